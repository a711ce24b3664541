"""What the command line does at once, and how it ends."""

import pytest

from postiche import __version__
from postiche.cli.entry import main

from .commands import postiche


def test_the_version_is_the_same_however_it_is_asked_for() -> None:
    plainly, by_typer = postiche("--version"), postiche("--version", "run")
    assert plainly.stdout == by_typer.stdout == f"postiche {__version__}\n"
    assert plainly.returncode == by_typer.returncode == 0


@pytest.mark.parametrize("words", [["run"], ["run", "--port", "x", "c.json"], ["runs"], ["--what"]])
def test_a_mistake_is_explained_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["postiche", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "Usage: " in capsys.readouterr().err


@pytest.mark.parametrize("words", [["run", "--help"], ["run", "c.json", "-h"]])
def test_help_is_given_wherever_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["postiche", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "Collection files" in capsys.readouterr().out


def test_a_failure_is_one_line_with_its_exit_code() -> None:
    failed = postiche("run", "no such file.json")
    assert failed.returncode == 1
    assert failed.stderr == "postiche: no such file.json: No such file or directory\n"
