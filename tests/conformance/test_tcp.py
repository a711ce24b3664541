"""The corpus against `postiche serve`, a process of its own, over TCP.

Everything goes in through the Postman API, and the mock is called at its
mockUrl. Targets are sent exactly as they stand in the case.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from postiche.model import Headers
from tests.serving import serving_postiche

from .corpus import RIGHT_KEY, Case, every_case
from .judge import Answer, faults

ANSWER_SECONDS = 20
TIMER_MS = 2
"""Event loops keep time in whole milliseconds, so a wait may end that much early."""


class ApiError(AssertionError):
    """The Postman API refused what a case needs."""


@dataclass
class Server:
    """A running `postiche serve`, one connection to it, and the mocks made so far."""

    connection: HTTPConnection
    paths: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, target: str, headers: Headers, body: bytes) -> HTTPResponse:
        """Send a request as it stands; nothing is added but Host and Content-Length."""
        self.connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            self.connection.putheader(name, value)
        if body:
            self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders(body or None)
        return self.connection.getresponse()

    def api(self, method: str, path: str, document: object = None) -> Any:
        """Call the Postman API. Raises ApiError unless the answer is 200."""
        body = b"" if document is None else json.dumps(document).encode()
        headers = (("x-api-key", RIGHT_KEY), ("content-type", "application/json"))
        response = self.send(method, path, headers, body)
        answer = response.read()
        if response.status != 200:
            raise ApiError(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_postiche(tmp_path_factory.mktemp("serve")) as serving:
        connection = HTTPConnection("127.0.0.1", serving.port, timeout=ANSWER_SECONDS)
        yield Server(connection)
        connection.close()


@pytest.mark.parametrize("case", every_case(), ids=lambda case: case.id)
def test_the_server_answers_like_postman(case: Case, server: Server) -> None:
    target = _mock_path(server, case) + case.target
    began = time.monotonic()
    response = server.send(case.method, target, case.headers, case.body)
    body = response.read()
    waited = (time.monotonic() - began) * 1000
    headers = tuple((name.lower(), value) for name, value in response.getheaders())
    assert faults(case, Answer(response.status, headers, body)) == []
    assert waited >= (case.expect.delay_ms or 0) - TIMER_MS


def _mock_path(server: Server, case: Case) -> str:
    """The path of a mock URL for the case; cases that need the same share a mock."""
    needs = (case.collection, case.environment, case.mock_config)
    key = json.dumps((*needs, case.private, case.deleted, case.unknown_mock))
    if key not in server.paths:
        server.paths[key] = _set_up(server, case)
    return server.paths[key]


def _set_up(server: Server, case: Case) -> str:
    """Make all that the case needs, take away what it says is gone; the path of the mock URL."""
    made = {"collection": _make(server, "collection", _without_own_id(case.collection))}
    if case.environment is not None:
        made["environment"] = _make(server, "environment", case.environment)
    uids = {kind: document["uid"] for kind, document in made.items()}
    mock = _make(server, "mock", {**uids, "private": case.private, "config": case.config})
    if case.server_response is not None:
        _switch_on(server, mock, case)
    if case.deleted is not None:
        server.api("DELETE", f"/{case.deleted}s/{uids[case.deleted]}")
    path = str(urlsplit(mock["mockUrl"]).path)
    return path.replace(mock["id"], str(uuid4())) if case.unknown_mock else path


def _make(server: Server, kind: str, document: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = server.api("POST", f"/{kind}s", {kind: document})[kind]
    return made


def _without_own_id(collection: dict[str, Any]) -> dict[str, Any]:
    """A collection that may be uploaded again and again: many cases share one id."""
    info = {name: value for name, value in collection["info"].items() if name != "_postman_id"}
    return {**collection, "info": info}


def _switch_on(server: Server, mock: dict[str, Any], case: Case) -> None:
    """Make a server response and make it the active one."""
    path = f"/mocks/{mock['id']}"
    made = server.api("POST", f"{path}/server-responses", {"serverResponse": case.server_response})
    response_id = made.get("serverResponse", made)["id"]
    config = {**case.config, "serverResponseId": response_id}
    server.api("PUT", path, {"mock": {"config": config}})
