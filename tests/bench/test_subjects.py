"""Servers that need nothing installed are started, and wrong answers are noticed."""

import sys
from pathlib import Path

import pytest
from bench.installing import Tools
from bench.load import check
from bench.processes import ServerFailed
from bench.subjects import BARE, LOG_OFF, RIVALS, RUN, started

from bench import work

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize("task", [work.static(), work.wildcard()], ids=lambda task: task.name)
def test_files_are_served_right(task: work.Work, tmp_path: Path) -> None:
    with started(RUN, task, Tools(), tmp_path / "run", None) as server:
        check(server, task, constant=False)


def test_mocks_are_made_through_the_api(tmp_path: Path) -> None:
    with started(LOG_OFF, work.body(), Tools(), tmp_path / "serve", None) as server:
        check(server, work.body(), constant=False)
    assert len(server.prefixes) == 1


def test_a_constant_is_no_answer_to_many_routes(tmp_path: Path) -> None:
    with started(BARE, work.static(), Tools(), tmp_path / "bare", None) as server:
        check(server, work.static(), constant=True)
        with pytest.raises(ServerFailed, match="was answered"):
            check(server, work.static(), constant=False)


def test_what_is_not_installed_is_named() -> None:
    tools = Tools(missing={"java": "java is not installed"})
    for rival in RIVALS:
        assert tools.why_not(*rival.needs)
    assert "java is not installed" in str(tools.why_not("java", "wiremock"))
    assert tools.why_not(*RUN.needs) is None
