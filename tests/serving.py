"""A real `postiche serve` for tests to talk to.

Knows how the server is started and stopped. Must not know what is asked of it.
"""

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
    """A running `postiche serve`: where it is, the key it accepts, what it has printed so far."""

    url: str
    api_key: str
    log: Path

    def client(self) -> httpx.Client:
        """Requests to the API, with the key."""
        return httpx.Client(base_url=self.url, headers={"x-api-key": self.api_key}, timeout=30)

    @property
    def port(self) -> int:
        """The port it listens on, at 127.0.0.1."""
        return int(self.url.rpartition(":")[2])


@contextmanager
def serving_postiche(folder: Path) -> Iterator[Serving]:
    """Runs `postiche serve` over a new SQLite file in `folder`, and stops it at the end."""
    port = _free_port()
    database = f"sqlite:///{folder / 'postiche.db'}"
    flags = ["--host=127.0.0.1", f"--port={port}", f"--database-url={database}"]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "postiche", "serve", *flags],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
        )
    try:
        serving = Serving(f"http://127.0.0.1:{port}", API_KEY, log)
        _await_health(serving, process, log)
        yield serving
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Asks the server to stop; one that does not obey is killed, and the test fails."""
    process.terminate()
    try:
        process.wait(timeout=STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _environment() -> dict[str, str]:
    """This environment with no Postiche setting but the API key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTICHE_")}
    return kept | {"POSTICHE_API_KEY": API_KEY}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(serving: Serving, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Returns once /healthz answers 200; fails with the server's output if it never does."""
    until = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        if _is_healthy(serving):
            return
        time.sleep(0.05)
    pytest.fail(f"postiche serve did not start:\n{log.read_text(errors='replace')}")


def _is_healthy(serving: Serving) -> bool:
    try:
        return httpx.get(f"{serving.url}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
