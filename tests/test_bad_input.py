"""Input that is broken, hostile or huge, sent to a real server.

Each gets a clear error of Postman's shape, or is served by the rules. After
every one of them what was stored before is as it was, and still served.
"""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.serving import Serving, serving_postiche

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """A server with a collection and a mock of it, which nothing may disturb."""

    serving: Serving
    api: httpx.Client
    collection: dict[str, Any]
    mock_url: str

    def make(self, collection: object) -> httpx.Response:
        """POST /collections."""
        return self.api.post("/collections", json={"collection": collection})

    def mock_of(self, collection: object) -> str:
        """The mock URL of a new collection, which must be accepted."""
        made = self.make(collection)
        assert made.status_code == 200, made.text
        body = {"mock": {"collection": made.json()["collection"]["uid"]}}
        return str(self.api.post("/mocks", json=body).json()["mock"]["mockUrl"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    with (
        serving_postiche(tmp_path_factory.mktemp("bad")) as serving,
        httpx.Client(
            base_url=serving.url, headers={"x-api-key": serving.api_key}, timeout=60
        ) as api,
    ):
        made = api.post("/collections", json={"collection": collection(item("/kept"))}).json()
        uid = made["collection"]["uid"]
        mock = api.post("/mocks", json={"mock": {"collection": uid}}).json()["mock"]
        kept = api.get(f"/collections/{uid}").json()
        yield Stored(serving, api, kept, mock["mockUrl"])


@pytest.fixture
def stored(server: Stored) -> Iterator[Stored]:
    """The server; afterwards it must still hold and serve what it held before."""
    yield server
    uid = server.collection["collection"]["info"]["uid"]
    assert server.api.get(f"/collections/{uid}").json() == server.collection
    assert httpx.get(f"{server.mock_url}/kept").text == "body of /kept"


def item(path: object, **more: Any) -> dict[str, Any]:
    """A request with one example; `path` is the path, or any value for `url` if no string."""
    url = f"{{{{url}}}}{path}" if isinstance(path, str) else path
    saved = {"name": "an example", "code": 200, "body": f"body of {path}"}
    request = {"method": "GET", "url": url}
    return {
        "name": "a request",
        "request": request,
        "response": [{**saved, "originalRequest": request, **more}],
    }


def collection(*items: object, **more: Any) -> dict[str, Any]:
    return {"info": {"name": "bad input", "schema": SCHEMA}, "item": list(items), **more}


def is_refused(reply: httpx.Response, status: int = 400) -> dict[str, Any]:
    """The error of a refusal, which has Postman's shape; legacy or problem."""
    assert reply.status_code == status, reply.text
    body: dict[str, Any] = reply.json()
    error: dict[str, Any] = body.get("error", body)
    assert {"name", "message"} <= error.keys() or {"type", "title"} <= error.keys()
    return error


# --- what is no JSON object -----------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b'{"collection": {', b"[]", b"[1, 2]", b"7", b"null", b"", b"\xff\xfe", b'{"a": "\\ud800"}'],
)
@pytest.mark.parametrize("path", ["/collections", "/environments", "/mocks", "/workspaces"])
def test_a_body_that_is_no_json_object_is_refused(stored: Stored, path: str, body: bytes) -> None:
    error = is_refused(stored.api.post(path, content=body))
    assert error.get("message") or error.get("detail")


def test_a_collection_without_item_is_told_so(stored: Stored) -> None:
    error = is_refused(stored.make({"info": {"name": "c", "schema": SCHEMA}}))
    assert error["name"] == "malformedRequestError"
    assert error["details"] == [": must have required property 'item'"]


def test_a_replacement_that_is_broken_changes_nothing(stored: Stored) -> None:
    uid = stored.collection["collection"]["info"]["uid"]
    path = f"/collections/{uid}"
    is_refused(stored.api.put(path, content=b'{"collection": '))
    is_refused(stored.api.put(path, json={"collection": {"info": {"name": "x"}}}))


# --- what is too much -------------------------------------------------------------------


def test_a_collection_of_60_megabytes_is_kept_and_served(stored: Stored) -> None:
    url = stored.mock_of(collection(item("/big", body="x" * (60 * MEGABYTE)), item("/small")))
    assert httpx.get(f"{url}/small", timeout=60).text == "body of /small"
    assert len(httpx.get(f"{url}/big", timeout=60).content) == 60 * MEGABYTE


def test_a_body_beyond_the_limit_is_refused_and_the_limit_named(stored: Stored) -> None:
    reply = stored.api.post("/collections", content=iter([b" " * MEGABYTE] * 101))
    assert is_refused(reply, 413)["title"] == "Payload Too Large"


def test_items_nested_500_deep_are_refused_by_the_place(stored: Stored) -> None:
    head, tail = json.dumps({"collection": collection("nested")}).split('"nested"')
    nested = '{"name": "folder", "item": [' * 500 + json.dumps(item("/deep")) + "]}" * 500
    reply = stored.api.post("/collections", content=head + nested + tail)
    assert "100" in " ".join(is_refused(reply)["details"])


def test_json_too_deep_to_parse_is_refused(stored: Stored) -> None:
    deep = b'{"collection": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    is_refused(stored.api.post("/collections", content=deep))


@pytest.mark.parametrize(("parameter", "status"), [("k={}", 200), ("key{}=value{}", 414)])
def test_ten_thousand_query_parameters_are_matched_unless_too_long(
    stored: Stored, parameter: str, status: int
) -> None:
    query = "&".join(parameter.format(n % 10, n) for n in range(10_000))
    with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
        path = stored.mock_url.removeprefix(stored.serving.url)
        answer = raw(connection, f"GET {path}/kept?{query} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer[0] == status
    assert answer[1] == b"body of /kept" or "bytes" in json.loads(answer[1])["error"]["message"]


def test_a_header_of_64_kilobytes_gets_an_answer(stored: Stored) -> None:
    with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
        path = stored.mock_url.removeprefix(stored.serving.url)
        head = f"GET {path}/kept HTTP/1.1\r\nHost: x\r\nX-Long: {'a' * 65_536}\r\n\r\n"
        status, _ = raw(connection, head)
    assert status in (200, 431)


# --- what variables and strings can do ---------------------------------------------------


def test_circular_variables_are_left_as_written(stored: Stored) -> None:
    variables = [{"key": "a", "value": "{{b}}"}, {"key": "b", "value": "{{a}}"}]
    url = stored.mock_of(collection(item("/c", body="<{{a}}>"), variable=variables))
    assert httpx.get(f"{url}/c").text in ("<{{a}}>", "<{{b}}>")


def test_variables_that_multiply_each_other_do_not_fill_the_memory(stored: Stored) -> None:
    variables = [{"key": f"v{n}", "value": f"{{{{v{n + 1}}}}}" * 10} for n in range(18)]
    url = stored.mock_of(collection(item("/bomb", body="{{v0}}"), variable=variables))
    assert httpx.get(f"{url}/bomb", timeout=60).status_code == 200


def test_a_nul_in_a_body_is_served_and_in_a_header_left_out(stored: Stored) -> None:
    headers = [{"key": "X-Odd", "value": "a\x00b\r\nInjected: yes"}]
    url = stored.mock_of(collection(item("/nul", body="a\x00b", header=headers)))
    reply = httpx.get(f"{url}/nul")
    assert reply.content == b"a\x00b"
    assert "injected" not in reply.headers
    assert reply.headers["x-odd"] == "abInjected: yes"


def test_a_nul_in_a_name_is_refused(stored: Stored) -> None:
    bad = collection(item("/a"))
    bad["info"]["name"] = "a\x00b"
    assert is_refused(stored.make(bad))["message"]


@pytest.mark.parametrize("url", [None, 7, 1.5, True, [], ["https", "x"]])
def test_an_example_whose_url_is_no_url_is_left_out(stored: Stored, url: object) -> None:
    mock = stored.mock_of(collection(item(url), item("/good")))
    assert httpx.get(f"{mock}/good").text == "body of /good"
    assert httpx.get(f"{mock}/bad").status_code == 404


def test_an_example_without_a_request_is_left_out(stored: Stored) -> None:
    mock = stored.mock_of(collection(item("/a", originalRequest=None), item("/good")))
    assert httpx.get(f"{mock}/good").text == "body of /good"
    assert httpx.get(f"{mock}/a").json()["error"]["header"] == "You need an example"


# --- what breaks off ---------------------------------------------------------------------


def test_a_chunked_body_that_breaks_off_disturbs_nobody(stored: Stored) -> None:
    path = stored.mock_url.removeprefix(stored.serving.url)
    head = f"POST {path}/kept HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
            connection.sendall(head.encode() + b"ff\r\nonly a part")


def test_a_client_that_stops_half_way_but_listens_is_told_so(stored: Stored) -> None:
    path = stored.mock_url.removeprefix(stored.serving.url)
    head = f"POST {path}/kept HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
        connection.sendall(head.encode() + b"5\r\nab")
        connection.shutdown(socket.SHUT_WR)
        status, body = raw(connection, "")
    assert (status, json.loads(body)["error"]["name"]) == (400, "malformedRequestError")


@pytest.mark.parametrize("method", ["FOO", "BREW", "M-SEARCH", "PURGE", "get", "X" * 60])
@pytest.mark.parametrize("body", ["", "some body"])
def test_any_method_is_served(stored: Stored, method: str, body: str) -> None:
    example = item("/own")
    example["response"][0]["originalRequest"] = {"method": method, "url": "{{url}}/own"}
    path = stored.mock_of(collection(example)).removeprefix(stored.serving.url)
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
        for _ in range(2):
            answer = raw(
                connection, f"{method} {path}/own HTTP/1.1\r\nHost: x\r\n{length}\r\n{body}"
            )
            assert answer == (200, b"body of /own")
        assert raw(connection, f"GET {path}/own HTTP/1.1\r\nHost: x\r\n\r\n")[0] == (
            200 if method == "get" else 404
        )


def test_a_path_sent_as_plain_utf_8_is_the_same_as_encoded(stored: Stored) -> None:
    path = stored.mock_of(collection(item("/café"))).removeprefix(stored.serving.url)
    sent = "/café".encode().decode("latin-1")
    with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
        status, body = raw(connection, f"GET {path}{sent} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, body.decode()) == (200, "body of /café")


def test_a_chunk_with_a_broken_length_is_refused(stored: Stored) -> None:
    path = stored.mock_url.removeprefix(stored.serving.url)
    head = f"POST {path}/kept HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", stored.serving.port), 30) as connection:
        status, _ = raw(connection, head + "zz\r\nnot a chunk\r\n")
    assert status == 400


def raw(connection: socket.socket, request: str) -> tuple[int, bytes]:
    """Status and body of the answer to bytes as they stand."""
    if request:
        connection.sendall(request.encode("latin-1"))
    received = b""
    while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
    while len(body) < length and (part := connection.recv(65536)):
        body += part
    return int(head.split()[1]), body


def test_the_error_says_what_the_client_can_change(stored: Stored) -> None:
    error = is_refused(stored.api.post("/mocks", json={"mock": {"name": "no collection"}}))
    assert error == {
        "name": "paramMissingError",
        "message": "Parameter is missing in the request.",
        "details": {"param": ["collection"]},
    }
