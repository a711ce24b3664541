"""Nothing a client sends breaks the API, or changes what others have stored."""

import os
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import MakeWorld
from .world import UNKNOWN_ID, World, collection, example, folder, request

ODD_TEXT = st.sampled_from(
    ["", "\0", "x" * 3000, "é\u2028", UNKNOWN_ID, f"10000001-{UNKNOWN_ID}", "fixed", "{{a}}", "1"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ODD_TEXT
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
PROPERTIES = """
    collection environment mock workspace serverResponse info item name schema _postman_id id uid
    request response variable values key value enabled type config headers matchBody delay
    duration preset serverResponseId private description statusCode language body about
"""
PARAMETERS = """
    workspace name limit offset model cursor until since responseStatusCode responseType
    requestMethod requestPath sort direction include type createdBy elementType elementId
"""
NAMES = st.sampled_from(PROPERTIES.split())
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
QUERIES = st.dictionaries(
    st.sampled_from(PARAMETERS.split()),
    ODD_TEXT | st.sampled_from(["-1", "9" * 40, "2026-01-01T00:00:00+25:00", "asc", "servedAt"]),
    max_size=4,
)

few = settings(
    max_examples=int(os.environ.get("HOSTILE_EXAMPLES", "15")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Victim:
    """Stored things, and the paths that lead to them."""

    def __init__(self, world: World) -> None:
        items = folder("f", request("r", example("e")))
        self.world = world
        mock = world.mock(
            collection=world.collection(items), environment=world.environment({"key": "a"})
        )
        self.mock = f"/mocks/{mock['id']}"
        response = world.server_response(mock["id"])
        self.response = f"{self.mock}/server-responses/{response['id']}"
        self.collection = f"/collections/{mock['collection']}"
        self.environment = f"/environments/{mock['environment']}"

    def state(self) -> list[bytes]:
        paths = (self.mock, self.response, self.collection, self.environment)
        return [self.world.get(path).content for path in paths]


@pytest.fixture
def victim(world: World) -> Victim:
    return Victim(world)


@pytest.fixture
def mine(world: World) -> Victim:
    return Victim(world)


@few
@given(sent=JSON)
def test_no_body_breaks_a_creation(world: World, victim: Victim, sent: Any) -> None:
    before = victim.state()
    for path, name in (
        ("/collections", "collection"),
        ("/environments", "environment"),
        ("/mocks", "mock"),
        ("/workspaces", "workspace"),
        (f"{victim.mock}/server-responses", "serverResponse"),
    ):
        for body in (sent, {name: sent}):
            assert world.post(path, body).status_code < 500
    assert victim.state() == before


@few
@given(sent=JSON)
def test_no_body_breaks_an_update(world: World, mine: Victim, victim: Victim, sent: Any) -> None:
    before = victim.state()
    for path, name in (
        (mine.collection, "collection"),
        (mine.environment, "environment"),
        (mine.mock, "mock"),
        (mine.response, "serverResponse"),
    ):
        for body in (sent, {name: sent}):
            assert world.put(path, body).status_code < 500
            assert world.get(path).status_code < 500
    assert victim.state() == before


@few
@given(sent=st.dictionaries(NAMES, JSON, max_size=5), items=st.lists(JSON, max_size=4))
def test_a_collection_that_is_taken_can_be_read_and_put_back(
    world: World, sent: dict[str, Any], items: list[Any]
) -> None:
    document = {**collection(), **sent, "info": collection()["info"], "item": items}
    created = world.post("/collections", {"collection": document})
    assert created.status_code in (200, 400)
    if created.status_code == 200:
        path = f"/collections/{created.json()['collection']['uid']}"
        first = world.get(path)
        assert world.get(f"{path}?model=minimal").status_code == 200
        assert world.put(path, first.json()).status_code == 200
        assert world.get(path).content == first.content


@few
@given(query=QUERIES)
def test_no_query_breaks_a_list(world: World, victim: Victim, query: dict[str, str]) -> None:
    own = (f"{victim.mock}/call-logs", victim.collection)
    for path in ("/collections", "/environments", "/workspaces", "/mocks", *own):
        assert world.get(path, **query).status_code < 500


@few
@given(segment=ODD_TEXT | st.text(max_size=10), content=st.binary(max_size=30))
def test_no_path_and_no_bytes_break_anything(world: World, segment: str, content: bytes) -> None:
    segment = quote(segment.encode(errors="replace"), safe="")
    for path in (f"/{segment}", f"/mocks/{segment}", f"/collections/{segment}/x", f"/me{segment}"):
        for method in ("GET", "PUT", "DELETE"):
            status = world.ask(method, path, content=content).status_code
            assert status < 500 or status == 501


def test_a_body_of_brackets_breaks_nothing(make_world: MakeWorld) -> None:
    world = make_world()
    for depth in (100, 253, 254, 255, 1000, 1024, 200_000):
        nested = b"[" * depth + b"]" * depth
        body = b'{"collection":{"info":{"name":"x","schema":"x"},"item":[],"x":%s}}' % nested
        response = world.ask("POST", "/collections", content=body)
        assert response.status_code == (200 if depth <= 253 else 400)
        if response.status_code == 200:
            uid = response.json()["collection"]["uid"]
            assert orjson.loads(world.get(f"/collections/{uid}").content)
