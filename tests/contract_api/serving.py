"""A live Postiche for the contract tests: a process of its own over a new SQLite file.

Knows how the server is started and stopped. Must not know what the API does.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

API_KEY = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
STARTS_WITHIN = 30.0
STOPS_WITHIN = 15.0
"""Seconds."""


@dataclass(frozen=True)
class Serving:
    """A running server: where it is, the key it accepts, and what it has logged so far."""

    url: str
    api_key: str
    log: Path

    def client(self) -> httpx.Client:
        """Requests to the API, with the key."""
        return httpx.Client(base_url=self.url, headers={"x-api-key": self.api_key}, timeout=30)


@contextmanager
def serving_postiche(folder: Path) -> Iterator[Serving]:
    """Run a server over a new database in `folder`, and stop it at the end."""
    port = _free_port()
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(port, folder / "postiche.db"),
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
        )
    try:
        serving = Serving(f"http://127.0.0.1:{port}", API_KEY, log)
        _await_answers(serving, process)
        yield serving
    finally:
        _stop(process)


def _command(port: int, database: Path) -> list[str]:
    """`postiche serve`, or the Postman API alone where there is no command line yet."""
    if importlib.util.find_spec("postiche.__main__"):
        flags = ["--host=127.0.0.1", f"--port={port}", f"--database-url=sqlite:///{database}"]
        return [sys.executable, "-m", "postiche", "serve", *flags]
    return [sys.executable, str(Path(__file__).parent / "bare_api.py"), str(port), str(database)]


def _environment() -> dict[str, str]:
    """This environment with no Postiche setting but the API key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTICHE_")}
    return kept | {"POSTICHE_API_KEY": API_KEY}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_answers(serving: Serving, process: "subprocess.Popen[bytes]") -> None:
    """Return once /me answers 200; fail with the server's output if it never does."""
    until = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        if _answers(serving):
            return
        time.sleep(0.05)
    pytest.fail(f"the server did not start:\n{serving.log.read_text(errors='replace')}")


def _answers(serving: Serving) -> bool:
    try:
        with serving.client() as client:
            return client.get("/me").status_code == 200
    except httpx.TransportError:
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask the server to stop; one that does not obey is killed, and the test fails."""
    process.terminate()
    try:
        process.wait(timeout=STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
