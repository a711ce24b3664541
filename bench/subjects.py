"""The servers that are compared: what they can do, what they need, how they start.

Knows each server's command line. Must not know what is measured, nor how load
is made.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import rival_files
from bench.installing import Tools, jar, script
from bench.postiche_api import KEY, copies_of, make_mock
from bench.processes import (
    Server,
    ServerFailed,
    free_port,
    on_core,
    running,
    until_answering,
)
from bench.work import FIRST_NUMBER, Kind, Work, numbered, request

ALL: Final[frozenset[Kind]] = frozenset(("static", "wildcard", "body", "text"))
STATIC: Final[frozenset[Kind]] = frozenset(("static",))

Prepare = Callable[[Tools, Path, int, Work], list[str]]
"""Writes what the server needs into a folder; the command that starts it on the port."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A server that can be started with the routes of a work.

    `needs` are names of tools. `constant` servers answer every request alike.
    `package` is the npm package that it comes from. `warmup` is in seconds.
    """

    name: str
    prepare: Prepare
    needs: tuple[str, ...] = ()
    can: frozenset[Kind] = ALL
    warmup: float = 1.0
    constant: bool = False
    package: str | None = None
    mocks: int = 1
    fills: bool = False


def _nginx(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    del work  # it answers anything
    (folder / "nginx.conf").write_text(rival_files.nginx_conf(port))
    return [str(tools.found["nginx"]), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _bare(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    del tools, folder, work
    return [sys.executable, str(Path(__file__).with_name("bare.py")), "protocol", str(port)]


def _bare_asgi(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    del tools, folder, work
    return [sys.executable, str(Path(__file__).with_name("bare.py")), "asgi", str(port)]


def _serve(*flags: str) -> Prepare:
    def prepare(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
        del tools, work
        command = [sys.executable, "-m", "postiche", "serve", "--port", str(port)]
        return [*command, "--database-url", _database_url(folder), *flags]

    return prepare


def _run(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    del tools
    file = _json_file(folder, rival_files.postman_collection(work.routes))
    return [sys.executable, "-m", "postiche", "run", file, "--port", str(port), "--quiet"]


def _mockoon(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    file = _json_file(folder, rival_files.mockoon_environment(work.routes))
    command = [str(tools.found["node"]), str(script(tools, "@mockoon/cli", "bin", "run.js"))]
    return [*command, "start", "--data", file, "--port", str(port), "--repair"]


def _prism(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    file = _json_file(folder, rival_files.openapi(work.routes))
    start = script(tools, "@stoplight/prism-cli", "dist", "index.js")
    return [str(tools.found["node"]), str(start), "mock", file, "--port", str(port)]


def _wiremock(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    (folder / "mappings").mkdir()
    _json_file(folder / "mappings", rival_files.wiremock_mappings(work.routes))
    command = [str(tools.found["java"]), "-jar", str(jar(tools, "wiremock"))]
    return [*command, "--port", str(port), "--root-dir", str(folder)]


def _mockserver(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    file = _json_file(folder, rival_files.mockserver_expectations(work.routes))
    java = [str(tools.found["java"]), f"-Dmockserver.initializationJsonPath={file}"]
    return [*java, "-jar", str(jar(tools, "mockserver-node")), "-serverPort", str(port)]


def _file_mocks(tools: Tools, folder: Path, port: int, work: Work) -> list[str]:
    for name, content in rival_files.file_mocks(work).items():
        file = folder / "mocks" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    start = script(tools, "mockserver", "bin", "mockserver.js")
    mocks = str(folder / "mocks")
    return [str(tools.found["node"]), str(start), "-p", str(port), "-m", mocks, "-q"]


def _json_file(folder: Path, content: object) -> str:
    file = folder / "routes.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


NGINX: Final = Subject("nginx", _nginx, needs=("nginx",), constant=True)
BARE: Final = Subject("bare protocol", _bare, constant=True)
BARE_ASGI: Final = Subject("bare ASGI on uvicorn", _bare_asgi, constant=True)
LOG_ON: Final = Subject("Postiche", _serve(), fills=True)
LOG_OFF: Final = Subject("Postiche, no call log", _serve("--no-call-log"), fills=True)
RUN: Final = Subject("postiche run", _run)
RIVALS: Final = (
    Subject(
        "mockserver (npm)",
        _file_mocks,
        needs=("node", "mockserver"),
        can=frozenset(("static", "text")),
        warmup=2.0,
        package="mockserver",
    ),
    Subject(
        "MockServer",
        _mockserver,
        needs=("java", "mockserver-node"),
        warmup=10.0,
        package="mockserver-node",
    ),
    Subject("WireMock", _wiremock, needs=("java", "wiremock"), warmup=10.0, package="wiremock"),
    Subject(
        "Prism",
        _prism,
        needs=("node", "@stoplight/prism-cli"),
        can=STATIC,
        warmup=2.0,
        package="@stoplight/prism-cli",
    ),
    Subject(
        "Mockoon", _mockoon, needs=("node", "@mockoon/cli"), warmup=2.0, package="@mockoon/cli"
    ),
)


def has_workers() -> bool:
    """Whether `postiche serve` can have several worker processes."""
    command = [sys.executable, "-m", "postiche", "serve", "--help"]
    told = subprocess.run(command, capture_output=True, env=os.environ | {"COLUMNS": "200"})
    return b"--workers" in told.stdout


def with_workers(count: int) -> Subject:
    """Postiche as it comes, with so many worker processes."""
    return Subject(f"Postiche, {count} workers", _serve("--workers", str(count)), fills=True)


@contextmanager
def started(
    subject: Subject, work: Work, tools: Tools, folder: Path, core: int | None
) -> Iterator[Server]:
    """The server with the routes of a work, answering. Raises ServerFailed."""
    folder.mkdir(parents=True)
    port = free_port()
    command = on_core(core, subject.prepare(tools, folder, port, work))
    with running(command, folder, environment(folder)) as process:
        answering(subject, process, port, work, folder)
        prefixes = _filled(subject, work, port, folder) if subject.fills else ("",)
        yield Server(subject.name, process, port, prefixes)


def _filled(subject: Subject, work: Work, port: int, folder: Path) -> tuple[str, ...]:
    """Make the mock servers of a Postiche; where they answer."""
    made = make_mock(port, work.routes, match_body=work.kind in ("body", "text"))
    copies = asyncio.run(copies_of(made, _database_url(folder), subject.mocks - 1))
    return tuple(f"/m/{mock_id}" for mock_id in (made, *copies))


def _database_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'postiche.db'}"


def answering(
    subject: Subject, process: "subprocess.Popen[bytes]", port: int, work: Work, folder: Path
) -> float:
    """Wait for the first answer; the moment it came. Raises ServerFailed with what was printed."""
    try:
        return until_answering(process, port, first_request(subject, work))
    except ServerFailed as failure:
        output = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
        raise ServerFailed(f"{subject.name}: {failure}\n{output[-2000:]}") from failure


def environment(folder: Path) -> Mapping[str, str]:
    """Variables for every server: a home of its own, and the key that Postiche is to take."""
    return {"HOME": str(folder), "POSTICHE_API_KEY": KEY}


def first_request(subject: Subject, work: Work) -> bytes:
    """The request whose answer says that a server is ready."""
    if subject.fills:
        return b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    asked = request(work.asked[0], "", ("Connection: close",))
    return numbered(asked, FIRST_NUMBER)
