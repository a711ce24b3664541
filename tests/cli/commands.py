"""Running `postiche` as a user does: as a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DEMO = Path(__file__).parents[2] / "src" / "postiche" / "server" / "demo"
COLLECTION = DEMO / "testAPI.postman_collection.json"
ENVIRONMENT = DEMO / "testAPIEnv.postman_environment.json"

PATIENCE = 30.0
"""Seconds until a command that does not do what a test waits for has failed."""


def environ(**variables: str) -> dict[str, str]:
    """This process's environment with no Postiche settings but the ones given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("POSTICHE_")}
    return inherited | {"PYTHONIOENCODING": "utf-8"} | variables


def postiche(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        _command(arguments),
        env=environ(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )


class Command:
    """A command that is running, and what it has printed so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, err: Path) -> None:
        self._process = process
        self._out = out
        self._err = err

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def out(self) -> str:
        """Standard output so far."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """Standard error so far."""
        return self._err.read_text(encoding="utf-8")

    def wait_for(self, pattern: str) -> str:
        """Wait until the output has this; its first group, or all of the match."""
        deadline = time.monotonic() + PATIENCE
        while True:
            ended = self._process.poll() is not None
            found = re.search(pattern, self.out)
            if found:
                return found[found.re.groups and 1]
            if ended or time.monotonic() > deadline:
                raise AssertionError(f"no {pattern!r} in:\n{self.out}\n{self.err}")
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        return self._process.wait(PATIENCE)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait; the exit code."""
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)


@contextmanager
def started(folder: Path, *arguments: str | Path, **variables: str) -> Iterator[Command]:
    """Run a command until the block is left, its output going to files in `folder`."""
    number = len(list(folder.glob("out-*")))
    out, err = folder / f"out-{number}", folder / f"err-{number}"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            _command(arguments), env=environ(**variables), stdout=stdout, stderr=stderr
        )
    try:
        yield Command(process, out, err)
    finally:
        process.kill()
        process.wait()


def _command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "postiche", *map(str, arguments)]
