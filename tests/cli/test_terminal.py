"""Lines in colour on a terminal, plain elsewhere."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from .commands import PATIENCE, environ

LINE = """
from postiche.cli.terminal import write_line
write_line(("bold", "bold"), " plain ", ("linked", "link http://h/%7Ba%7D"), " [red]")
"""

UNTIL_NOBODY_READS = """
from postiche.cli.terminal import write_line
while True:
    write_line("a line")
"""

COLOURS = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TERM", "COLORTERM")


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in environ().items() if name not in COLOURS}
    return kept | {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color"} | variables


def piped(**variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LINE],
        capture_output=True,
        text=True,
        check=True,
        env=environment(**variables),
    )
    return done.stdout


def on_a_terminal(variables: Mapping[str, str]) -> str:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", LINE], check=True, stdout=theirs, env=environment(**variables)
    )
    os.close(theirs)
    with os.fdopen(ours, "rb") as terminal:
        return terminal.readline().decode()


def test_a_pipe_gets_the_text_alone() -> None:
    assert piped() == "bold plain linked [red]\n"


def test_a_terminal_gets_styles_and_links() -> None:
    line = on_a_terminal({})
    assert line.startswith("\x1b[1mbold\x1b[0m plain \x1b]8;")
    assert ";http://h/%7Ba%7D\x1b\\linked\x1b]8;;\x1b\\ [red]" in line


def test_a_pipe_gets_styles_if_they_are_asked_for() -> None:
    assert "\x1b[1mbold\x1b[0m plain" in piped(FORCE_COLOR="1")


def test_a_reader_that_goes_ends_the_writer_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UNTIL_NOBODY_READS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        assert writer.stdout.readline().strip() == b"a line"
        writer.stdout.close()
        assert writer.wait(PATIENCE) == 1
        assert writer.stderr.read() == b""
