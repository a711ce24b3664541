"""`postiche explain` as it is typed, and that nothing it prints can take over a terminal."""

import json
from pathlib import Path

import pytest

from postiche.cli import explaining
from postiche.core.explaining.explain import explain
from postiche.core.plan import compile_plan
from postiche.model import Collection, Example, SavedRequest
from postiche.server.failures import Failure, UsageFailure

from .commands import COLLECTION, ENVIRONMENT, postiche


def test_a_hit_prints_the_table_and_succeeds() -> None:
    done = postiche("explain", COLLECTION, "get", "/get?test=123", "--environment", ENVIRONMENT)
    assert done.returncode == 0
    assert '"Request 1" (GET /get, 200) answers with 110 points' in done.stdout
    assert "\x1b" not in done.stdout


def test_a_miss_shows_the_nearest_side_by_side_and_fails() -> None:
    done = postiche(
        *("explain", COLLECTION, "POST", "http://h.test/get?test=1", "-H", "X-A: 1", "-d", "hello")
    )
    assert done.returncode == 1
    assert "POST /get has no example, but GET /get has." in done.stdout
    assert "get it with curl 'http://h.test/get?test=1'" in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["POST", "|", "GET"] in lines
    assert ["?test=1", "|", "?test=123"] in lines


def test_json_is_the_apis() -> None:
    done = postiche("explain", COLLECTION, "GET", "/nothing", "--json", "--limit", "1")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["error"]["name"] == "mockRequestNotFoundError"
    assert len(told["candidates"]) == 1
    assert told["candidates"][0]["wouldAnswer"]["curl"].startswith("curl http://127.0.0.1:3000/")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("GET", "users/7"), "neither a URL nor a path"),
        (("GET", "/", "-H", "no colon"), "is no header"),
        (("", "/"), "is no method"),
    ],
)
def test_what_is_no_request_is_a_usage_error(arguments: tuple[str, ...], told: str) -> None:
    done = postiche("explain", COLLECTION, *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = postiche("explain", tmp_path / "none.json", "GET", "/")
    assert done.returncode == 1
    assert "none.json" in done.stderr


def test_flags_make_the_request_that_a_mock_would_get(tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_bytes(b'{"a": 1}')
    headers = ["X-Name:  é ", "Empty:"]
    asked = explaining.request_of("post", "/é?a=1#x", headers, f"@{body}")
    assert (asked.method, asked.target, asked.body) == ("POST", "/%C3%A9?a=1", b'{"a": 1}')
    assert asked.headers == (("x-name", "é".encode().decode("latin-1")), ("empty", ""))
    with pytest.raises(Failure, match="nowhere"):
        explaining.request_of("GET", "/", [], "@nowhere")
    with pytest.raises(UsageFailure):
        explaining.request_of("GET", "/", [": value"], None)


def test_nothing_in_a_file_reaches_the_terminal_as_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    evil = "a\x1b]0;title\x07\r\u202e[red]\ud800"
    saved = Example(None, evil, "GET", f"/{evil}", (), None, 200, (), "")
    request = SavedRequest(None, evil, (), "GET", f"/{evil}", (saved,))
    plan = compile_plan(Collection(None, evil, requests=(request,)))
    asked = explaining.request_of("POST", "/other", [], evil.replace("\ud800", ""))
    explaining.show(explain(plan, asked), "http://h")
    printed = capsys.readouterr().out
    assert not set(printed) & set("\x1b\x07\r\u202e\ud800")


def test_long_lines_are_wrapped_within_their_columns(capsys: pytest.CaptureFixture[str]) -> None:
    saved = Example(None, "it", "GET", "/" + "s" * 200, (), None, 200, (), "")
    request = SavedRequest(None, "it", (), "GET", saved.url, (saved,))
    plan = compile_plan(Collection(None, "c", requests=(request,)))
    explaining.show(explain(plan, explaining.request_of("GET", "/" + "r" * 90, [], None)), "")
    compared = [line for line in capsys.readouterr().out.splitlines() if " | " in line]
    assert len({line.index(" | ") for line in compared}) == 1
    assert "".join(line.split(" | ")[0].strip() for line in compared) == "/" + "r" * 90
