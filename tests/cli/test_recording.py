"""Recording and capturing as a user does it: real commands, real services."""

import gzip
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]
import httpx
import pytest

from postiche.core.reply import content_type
from tests.services import Asked, Service, Told, service

from .commands import Command, postiche, started

TOKEN = "tok-5ecr3t-0123456789"
SESSION = "sess-5ecr3t-abcdef"
PASSWORD = 'pw-5ecr3t-"quoted"'
KEY = "key-5ecr3t-query"
COOKIE = "cookie-5ecr3t-fresh"
SECRETS = (TOKEN, SESSION, "pw-5ecr3t", KEY, COOKIE)

JSON = ("Content-Type", "application/json")


def answer(asked: Asked) -> Told:
    """A shop of sorts; what it answers depends on the request alone."""
    path, _, query = asked.target.partition("?")
    kind, _, rest = path.strip("/").partition("/")
    said = {"method": asked.method, "target": path, "query": query, "body": asked.body.decode()}
    if kind == "echo":
        sent = {name: value for name, value in asked.headers if name.lower() != "host"}
        echoed = {**said, "headers": sent, "password": PASSWORD}
        return Told(200, [JSON], json.dumps(echoed).encode())
    body = json.dumps(said, ensure_ascii=False).encode()
    special = {
        "gzip": Told(200, [JSON, ("Content-Encoding", "gzip")], gzip.compress(body * 20)),
        "br": Told(200, [JSON, ("Content-Encoding", "br")], brotli.compress(body * 20)),
        "empty": Told(200, [("X-Empty", "yes")]),
        "gone": Told(204),
        "moved": Told(302, [("Location", f"http://{asked.header('host')}/users/{rest}?from=x")]),
        "away": Told(301, [("Location", "https://elsewhere.test/x")]),
        "twice": Told(200, [JSON, *LINKS, ("Set-Cookie", f"s={COOKIE}; Path=/")], body),
        "latin": Told(
            200, [("Content-Type", "text/plain; charset=iso-8859-1")], b"caf\xe9 " + body
        ),
        "status": Told(int(rest) if rest.isdigit() else 0, [JSON], body),
        "image": Told(200, [("Content-Type", "image/png")], b"\x89PNG\r\n\xff\xfe"),
    }
    usual = Told(201 if asked.method == "POST" else 200, [JSON, ("X-Kind", kind)], body)
    return special.get(kind, usual)


LATIN = ("Content-Type", "text/plain; charset=iso-8859-1")
LINKS = [("Link", "</a>; rel=prev"), ("Link", "</b>; rel=next")]


@dataclass(frozen=True)
class Call:
    """A request of the test's client."""

    method: str
    target: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def calls() -> Iterator[Call]:
    for number in range(1, 61):
        yield Call("GET", f"/users/{number}")
        yield Call(
            "POST", "/orders", json.dumps({"item": number, "note": "größe ☃"}).encode(), JSON_SENT
        )
        yield Call("GET", f"/search?tag=a&tag=b{number}&q=caf%C3%A9+{number}")
    for number in range(1, 21):
        yield Call(
            "PUT", f"/files/{quote('naïve ☃')}-{number}.txt", f"text {number} ☃".encode(), TEXT_SENT
        )
        yield Call("PATCH", "/forms", f"name=n{number}&name=again&empty=".encode(), FORM_SENT)
        yield Call("DELETE", f"/gone/{number}")
        yield Call("GET", f"/gzip/{number}")
        yield Call("GET", f"/br/{number}")
        yield Call("HEAD", f"/users/{number}")
        yield Call("GET", f"/moved/{number}")
        yield Call("GET", f"/twice/{number}")
        yield Call("GET", f"/latin/{number}")
    for status in (200, 202, 206, 299, 400, 401, 404, 409, 418, 422, 429, 500, 503, 599):
        yield Call("GET", f"/status/{status}")
    for target in (
        "/",
        "/a%2Fb",
        "//double//",
        "/slash/",
        "/:colon/x",
        "/a/b%20c?x=%7B%7By%7D%7D",
        "/q?&a&b=",
    ):
        yield Call("GET", target)
    yield Call("OPTIONS", "/things")
    yield Call("PROPFIND", "/things")
    yield Call("GET", "/away")
    yield Call("GET", "/empty")
    yield Call("GET", f"/echo?token={KEY}&page=1")
    yield Call(
        "POST", "/echo/login", json.dumps({"password": PASSWORD, "user": "u"}).encode(), JSON_SENT
    )


JSON_SENT = {"content-type": "application/json"}
TEXT_SENT = {"content-type": "text/plain; charset=utf-8"}
FORM_SENT = {"content-type": "application/x-www-form-urlencoded"}
CREDENTIALS = {"authorization": f"Bearer {TOKEN}", "cookie": f"sid={SESSION}", "x-api-key": TOKEN}

NOT_COMPARED = {"date", "content-length", "content-encoding", "transfer-encoding", "set-cookie"}


@dataclass(frozen=True)
class Got:
    status: int
    text: str
    headers: list[tuple[str, str]]


def got(client: httpx.Client, call: Call) -> Got:
    """What a client gets; a target is sent as it stands."""
    request = client.build_request(call.method, "/", content=call.body, headers=call.headers)
    request.extensions["target"] = call.target.encode()
    response = client.send(request)
    headers = [(k.lower(), v) for k, v in response.headers.multi_items()]
    return Got(
        response.status_code, response.text, [h for h in headers if h[0] not in NOT_COMPARED]
    )


@pytest.fixture(scope="module")
def shop() -> Iterator[Service]:
    with service(answer) as running:
        yield running


@contextmanager
def recording(folder: Path, target: str, *flags: str | Path) -> Iterator[tuple[Command, str, Path]]:
    out = folder / "recorded.json"
    arguments = ("record", "--target", target, "--out", out, "--port", "0", *flags)
    with started(folder, *arguments) as command:
        yield command, command.wait_for(r"Listening on (http\S+),"), out


@contextmanager
def replaying(folder: Path, file: Path) -> Iterator[httpx.Client]:
    """A client of `postiche run` with a collection file."""
    with started(folder, "run", file, "--port", "0", "--quiet") as command:
        url = command.wait_for(r"Listening on (http\S+),")
        with httpx.Client(base_url=url) as client:
            yield client


def test_a_recorded_service_replays_the_same_replies_without_secrets(
    shop: Service, tmp_path: Path
) -> None:
    asked = list(calls())
    assert len(asked) > 300
    flags = ("--redact", "password", "--redact", "token")
    with recording(tmp_path, shop.url, *flags) as (command, url, out):
        with httpx.Client(base_url=url, headers=CREDENTIALS, follow_redirects=False) as client:
            seen = [got(client, call) for call in asked]
            got(client, Call("GET", "/image/1"))
            again = len(shop.asked)
            got(client, asked[0])
            assert len(shop.asked) == again + 1
        assert command.stop() == 0
        assert "GET /image/1 200 left out: a body of 8 bytes, image/png, is not text" in command.out
        assert f"{len(asked)} saved, 1 left out" in command.out
    text = out.read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS if secret in text]
    with replaying(tmp_path, out) as client:
        for call, before in zip(asked, seen, strict=True):
            after = got(client, call)
            assert after.status == before.status, call
            assert after.text == hidden(before.text), call
            assert expected(before.headers) <= set(after.headers), call
            assert repeats(before.headers, "link") == repeats(after.headers, "link")


def test_a_recording_goes_on_where_it_stopped(shop: Service, tmp_path: Path) -> None:
    for number in (1, 2):
        with recording(tmp_path, shop.url, "--ids-to-variables", "--quiet") as (command, url, out):
            httpx.get(f"{url}/users/1")
            httpx.get(f"{url}/users/{number}")
            assert command.stop(signal.SIGTERM) == 0
            assert "1 saved, 0 left out" in command.out
    [item] = json.loads(out.read_bytes())["item"]
    assert item["request"]["url"]["path"] == ["users", ":id"]
    called = [each["originalRequest"]["url"]["path"] for each in item["response"]]
    assert called == [["users", "1"], ["users", "2"]]


def test_the_variable_of_another_service_is_not_taken_for_this_one(
    shop: Service, tmp_path: Path
) -> None:
    out = tmp_path / "recorded.json"
    variable = {"key": "baseUrl", "value": "https://other.test"}
    out.write_text(json.dumps({"info": {}, "item": [], "variable": [variable]}))
    failed = postiche("record", "--target", shop.url, "--out", out, "--port", "0")
    assert failed.returncode == 1
    assert "{{baseUrl}} is https://other.test there" in failed.stderr


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("localhost:80", "begins with http:// or https://"),
        ("http://localhost/v1", "give scheme, host and port alone, http://localhost;"),
        ("http://u:p@localhost", "leave user and password out"),
    ],
)
def test_a_target_that_cannot_be_recorded_is_refused(
    tmp_path: Path, target: str, complaint: str
) -> None:
    failed = postiche("record", "--target", target, "--out", tmp_path / "x.json")
    assert failed.returncode == 2
    assert complaint in failed.stderr
    assert not (tmp_path / "x.json").exists()


def hidden(text: str) -> str:
    """A reply's text as it is recorded."""
    once = json.dumps(PASSWORD)[1:-1]
    for secret in (json.dumps(once)[1:-1], once, TOKEN, SESSION, KEY, COOKIE):
        text = text.replace(secret, "REDACTED")
    return text.replace("Bearer REDACTED", "REDACTED")


def expected(headers: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The headers that a mock sends for these: a charset may be added (behaviour B.2)."""
    return {(k, content_type(v) if k == "content-type" else v) for k, v in headers}


def repeats(headers: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in headers if key == name]


# --- capture ----------------------------------------------------------------------------


def request(name: str, url: str, **more: object) -> dict[str, object]:
    return {"name": name, "id": name, "request": {"method": "GET", "url": url, **more}}


def shop_file(folder: Path, *items: dict[str, object]) -> Path:
    file = folder / "shop.json"
    folded = {"name": "Folder", "x-ours": [1, {"b": 2, "a": 1}], "item": list(items)}
    document = {"item": [folded], "info": {"name": "shop"}, "odd": None}
    file.write_text(json.dumps(document, indent=4, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def environment_file(folder: Path, **values: str) -> Path:
    file = folder / "environment.json"
    entries = [{"key": key, "value": value, "enabled": True} for key, value in values.items()]
    file.write_text(json.dumps({"name": "e", "values": entries}))
    return file


def test_captured_requests_answer_from_the_same_file(shop: Service, tmp_path: Path) -> None:
    header = [{"key": "Authorization", "value": "Bearer {{token}}"}]
    file = shop_file(
        tmp_path,
        request("ünï", "{{base}}/users/7?q={{q}}", header=header),
        request("has one", "{{base}}/x") | {"response": [{"name": "mine", "code": 200}]},
        request("echo", "{{base}}/echo", header=header),
    )
    before = json.loads(file.read_bytes())
    environment = environment_file(tmp_path, base=shop.url, q="ä b", token=TOKEN)
    done = postiche("capture", file, "--environment", environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Folder / ünï: saved 200 OK" in done.stdout
    assert f"2 sent, 2 saved, 0 failed: {file}" in done.stdout
    text = file.read_text(encoding="utf-8")
    assert TOKEN not in text
    after = json.loads(text)
    [first, _, echo] = after["item"][0]["item"]
    [example] = first["response"]
    assert example["originalRequest"]["url"] == "{{base}}/users/7?q={{q}}"
    assert json.loads(example["body"])["query"] == "q=%C3%A4%20b"
    assert json.loads(echo["response"][0]["body"])["headers"]["authorization"] == "REDACTED"
    for item in (first, echo):
        del item["response"]
    assert json.dumps(after) == json.dumps(before)
    with started(tmp_path, "run", file, "--environment", environment, "--port", "0") as command:
        url = command.wait_for(r"Listening on (http\S+),")
        assert httpx.get(f"{url}/users/7?q=ä b").text == example["body"]


def test_what_cannot_be_captured_is_told_and_fails(shop: Service, tmp_path: Path) -> None:
    file = shop_file(
        tmp_path,
        request("no value", "{{nowhere}}/x"),
        request("no service", "http://127.0.0.1:1/x"),
        request("image", f"{shop.url}/image/1"),
        request("metadata", "http://169.254.169.254/latest"),
        request("good", f"{shop.url}/users/1"),
    )
    done = postiche("capture", file)
    assert done.returncode == 1
    assert "5 sent, 1 saved, 4 failed" in done.stdout
    for line in (
        "no value: failed: no value for {{nowhere}}",
        "no service: failed: it cannot be reached",
        "image: failed: a body of 8 bytes, image/png, is not text",
        "169.254.169.254 is a metadata address; --allow-upstream 169.254.169.254 allows it",
    ):
        assert line in done.stderr


def test_requests_are_captured_by_name_into_another_file(shop: Service, tmp_path: Path) -> None:
    file = shop_file(tmp_path, request("a", f"{shop.url}/a"), request("b", f"{shop.url}/b"))
    before, out = file.read_bytes(), tmp_path / "out.json"
    done = postiche("capture", file, "--request", "Folder / b", "--out", out)
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == before
    [a, b] = json.loads(out.read_bytes())["item"][0]["item"]
    assert "response" not in a
    assert len(b["response"]) == 1
    again = postiche("capture", out, "--all")
    assert "Folder / b: known already" in again.stdout
    assert postiche("capture", file, "--request", "c").returncode == 2
