"""The corpus against the data plane in process: the ASGI app, called as a server would call it.

A case about keys, deletion, unknown mocks or server responses runs over mocks
kept in SQLite; any other over a fixed mock, as `postiche run` serves it.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest

from postiche.core.collection import read_collection, read_environment
from postiche.core.dynamic import Sources
from postiche.core.plan import compile_plan
from postiche.dataplane.app import MockApp
from postiche.dataplane.calls import Noted
from postiche.dataplane.locate import by_path
from postiche.dataplane.plans import FixedMocks, MockEntry, MockSource, StoredMocks
from postiche.model import (
    ApiKey,
    Call,
    Document,
    DocumentKind,
    Mock,
    ServerResponse,
    User,
    Workspace,
)
from postiche.store import Store, open_store

from .corpus import RIGHT_KEY, Case, every_case, model_config, path_of, saved_headers
from .judge import Answer, faults

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWNER = 10000001
WORKSPACE = "00000000-0000-4000-8000-00000000aaaa"
FIXED = str(UUID(int=1, version=4))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def store(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = runner.run(_open(tmp_path_factory.mktemp("conformance")))
    yield opened
    runner.run(opened.close())


@pytest.mark.parametrize("case", every_case(), ids=lambda case: case.id)
def test_the_data_plane_answers_like_postman(
    case: Case, store: Store, runner: asyncio.Runner
) -> None:
    assert faults(case, runner.run(_answer(case, store))) == []


async def _answer(case: Case, store: Store) -> Answer:
    mocks, mock_id = _fixed(case), FIXED
    if _needs_store(case):
        mocks, mock_id = StoredMocks(store), await _stored(case, store)
    return await _called(case, mocks, mock_id)


def _needs_store(case: Case) -> bool:
    special = case.private or case.unknown_mock or case.deleted is not None
    return special or case.server_response is not None


def _fixed(case: Case) -> MockSource:
    environment = None if case.environment is None else read_environment(case.environment)
    plan = compile_plan(read_collection(case.collection), environment, model_config(case))
    return FixedMocks({FIXED: MockEntry(plan)})


# --- mocks in a store -------------------------------------------------------------


async def _open(folder: Path) -> Store:
    store = await open_store(f"sqlite:///{folder}/conformance.db")
    await store.add_user(User(OWNER, "tester", "A Tester", "tester@example.com"))
    digest = hashlib.sha256(RIGHT_KEY.encode()).hexdigest()
    await store.add_key(ApiKey("key-1", OWNER, "tests", digest, "PMAK-01", NOON))
    workspace = Workspace(WORKSPACE, "tests", "personal", "", "", OWNER, NOON, NOON)
    await store.add_workspace(workspace)
    return store


async def _stored(case: Case, store: Store) -> str:
    """Store what the case needs and take away what it says is gone; the id to call."""
    documents = {"collection": await _keep(store, "collection", case.collection)}
    if case.environment is not None:
        documents["environment"] = await _keep(store, "environment", case.environment)
    mock = _mock(case, documents)
    await store.add_mock(mock)
    if case.server_response is not None:
        await _switch_on(store, mock, case.server_response)
    if case.deleted is not None:
        gone = documents[case.deleted]
        await store.delete_document(gone.kind, gone.id)
    return str(uuid4()) if case.unknown_mock else mock.id


async def _keep(store: Store, kind: DocumentKind, content: dict[str, Any]) -> Document:
    document = Document(
        kind=kind,
        id=str(uuid4()),
        owner=OWNER,
        workspace=WORKSPACE,
        name="depot",
        content=json.dumps(content).encode(),
        created_at=NOON,
        updated_at=NOON,
        updated_by=OWNER,
    )
    await store.add_document(document)
    return document


def _mock(case: Case, documents: dict[str, Document]) -> Mock:
    return Mock(
        id=str(uuid4()),
        owner=OWNER,
        workspace=WORKSPACE,
        name="depot",
        description="",
        collection=documents["collection"].uid,
        environment=documents["environment"].uid if "environment" in documents else None,
        private=case.private,
        config=model_config(case),
        created_at=NOON,
        updated_at=NOON,
    )


async def _switch_on(store: Store, mock: Mock, saved: dict[str, Any]) -> None:
    """Store a server response of the mock and make it the active one."""
    response = ServerResponse(
        id=str(uuid4()),
        mock=mock.id,
        name=saved["name"],
        status_code=saved["statusCode"],
        headers=saved_headers(saved),
        language=saved["language"],
        body=saved["body"],
        created_at=NOON,
        updated_at=NOON,
        created_by=OWNER,
        updated_by=OWNER,
    )
    await store.add_server_response(response)
    config = replace(mock.config, server_response_id=response.id)
    await store.replace_mock(replace(mock, config=config))


# --- calling the app --------------------------------------------------------------


@dataclass
class Observed:
    """What the app recorded, and how long it wanted to sleep."""

    call: Call | None = None
    seconds: float = 0.0

    def record(self, noted: Noted, at: float) -> None:
        self.call = noted.call(at)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


async def _called(case: Case, mocks: MockSource, mock_id: str) -> Answer:
    observed = Observed()
    sources = Sources(random=Random(7), now=lambda: NOON)
    app = MockApp(mocks, observed, sources, locate=by_path(), sleep=observed.sleep)
    status, headers, body = await _send(app, case, mock_id)
    seen = tuple((name.decode().lower(), value.decode("latin-1")) for name, value in headers)
    example = _example_in(observed.call, case)
    return Answer(status, seen, body, example, round(observed.seconds * 1000))


def _example_in(call: Call | None, case: Case) -> str | None:
    """The example that the call was logged with; preflights and unknown mocks are not logged."""
    if call is None or call.type == "error" or case.server_response is not None:
        return None
    return call.response_name


async def _send(app: MockApp, case: Case, mock_id: str) -> tuple[int, Any, bytes]:
    """Call the app with the target exactly as the case has it."""
    sent: list[dict[str, Any]] = []
    body = [{"type": "http.request", "body": case.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await asyncio.Event().wait()  # the client stays until it is answered
        raise AssertionError("unreachable")

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await app(_scope(case, mock_id), receive, send)
    start = sent[0]
    return start["status"], start["headers"], b"".join(part.get("body", b"") for part in sent[1:])


def _scope(case: Case, mock_id: str) -> dict[str, Any]:
    path = f"/m/{mock_id}{path_of(case.target)}"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": case.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": case.target.partition("?")[2].encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in case.headers],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 4000),
    }
