"""What is printed, and that nothing printed can take over a terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postiche.cli import display
from postiche.model import ApiKey, Call, Collection, Dropped, Example, SavedRequest, User
from postiche.server.administration import FirstKey
from postiche.server.composition import Started
from postiche.server.ephemeral import FileMock
from postiche.server.settings import read_settings

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def a_call(**more: object) -> Call:
    values: dict[str, object] = {
        "id": "c-1",
        "mock": "m",
        "served_at": NOON,
        "response_name": "one user",
        "type": "success",
        "status_code": 200,
        "method": "GET",
        "path": "/users/7",
    }
    return Call(**(values | more))  # type: ignore[arg-type]


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


# --- calls ---------------------------------------------------------------------------


def test_a_call_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    display.call(a_call())
    time = NOON.astimezone().strftime("%H:%M:%S")
    assert printed(capsys) == f"{time} GET /users/7 200 one user\n"


def test_a_line_is_never_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    display.call(a_call(path="/" + "x" * 500))
    assert printed(capsys).count("\n") == 1


@pytest.mark.parametrize("field", ["path", "method", "response_name"])
def test_control_characters_of_a_call_are_escaped(
    capsys: pytest.CaptureFixture[str], field: str
) -> None:
    display.call(a_call(**{field: "a\x1b]0;title\x07\n\r\x9b\u202eb[red]\ud800"}))
    line = printed(capsys)
    assert r"a\x1b]0;title\x07\n\r\x9b\u202eb[red]\ud800" in line
    assert line.count("\n") == 1


def test_a_call_as_json_is_one_json_line_whatever_it_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    display.call_as_json(a_call(path="/\x00\ud800\x1b", response_name="ü"))
    row = json.loads(printed(capsys))
    assert row == {
        "id": "c-1",
        "responseName": "ü",
        "servedAt": "2026-01-02T12:00:00.000Z",
        "request": {"method": "GET", "path": "/\x00?\x1b"},
        "response": {"type": "success", "statusCode": 200},
        "postiche": {"example": None, "score": None},
    }


def test_a_miss_as_json_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    display.call_as_json(a_call(nearest="e-1", why="GET /\ud800 has no example"))
    told = {"nearest": "e-1", "why": "GET /? has no example"}
    assert json.loads(printed(capsys))["postiche"] == told


# --- routes --------------------------------------------------------------------------


def a_mock(slug: str, *names: str, dropped: tuple[Dropped, ...] = ()) -> FileMock:
    examples = tuple(
        Example(None, name, "GET", "http://h/x", (), None, 200, (), "") for name in names
    )
    request = SavedRequest(None, "r", (), "GET", "http://h/x", examples)
    collection = Collection(None, slug, requests=(request,), dropped=dropped)
    return FileMock(Path("c.json"), slug, collection, None)


def test_a_single_file_answers_at_the_root(capsys: pytest.CaptureFixture[str]) -> None:
    display.routes([a_mock("a", "one", "200 OK")], "http://h:1")
    assert "GET http://h:1/x  200 one, 200 OK\n" in printed(capsys)


def test_several_files_answer_below_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    display.routes([a_mock("a", "one"), a_mock("b", "two")], "http://h:1")
    text = printed(capsys)
    assert "GET http://h:1/a/x  200 one\n" in text
    assert "GET http://h:1/b/x  200 two\n" in text


def test_what_is_left_out_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    display.routes([a_mock("a", dropped=(Dropped("r / e", "it has no url"),))], "http://h:1")
    text = printed(capsys)
    assert "left out: r / e: it has no url\n" in text
    assert "answers nothing" in text


# --- serve ---------------------------------------------------------------------------


def a_start(key: FirstKey, *, demo: bool = False, **settings: object) -> Started:
    def mock_url(mock_id: str) -> str:
        return f"http://h:1/m/{mock_id}"

    demo_url = mock_url("d") if demo else None
    return Started(read_settings(settings, {}), "http://h:1", mock_url, key, demo_url)


def test_a_made_key_is_shown_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    display.started(a_start(FirstKey("PMAK-1", made=True)))
    text = printed(capsys)
    assert "PMAK-1\n" in text
    assert "shown only now" in text


def test_a_key_of_the_environment_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    key = "a-key-of-16-chars"
    display.started(a_start(FirstKey(key, made=True), api_key=key))
    assert key not in printed(capsys)


def test_a_key_file_is_named_without_its_key(capsys: pytest.CaptureFixture[str]) -> None:
    display.started(a_start(FirstKey("PMAK-1", made=True, file=Path("k"))))
    text = printed(capsys)
    assert "API key      written to k\n" in text
    assert "PMAK-1" not in text


def test_the_demo_shows_the_key_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    display.started(a_start(FirstKey("PMAK-1", file=Path("k")), demo=True))
    assert "API key      PMAK-1, in k\n" in printed(capsys)


def test_the_demo_quotes_what_a_shell_would_read(capsys: pytest.CaptureFixture[str]) -> None:
    display.started(a_start(FirstKey("it's $HOME", file=Path("k")), demo=True))
    text = printed(capsys)
    assert """  curl -H 'x-api-key: it'"'"'s $HOME' http://h:1/mocks\n""" in text
    assert "  curl 'http://h:1/m/d/get?test=123'\n" in text


def test_the_demo_names_a_variable_where_the_key_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    display.started(a_start(FirstKey(), demo=True))
    assert 'curl -H "x-api-key: $POSTICHE_API_KEY" http://h:1/collections\n' in printed(capsys)


# --- keys ----------------------------------------------------------------------------


def test_keys_stand_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    keys = [
        ApiKey("0", 1, "x", "d", "…1f2c", NOON),
        ApiKey("1", 1, "long\n", "d", "…1f2c", NOON, expires_at=NOON, last_used_at=NOON),
    ]
    display.keys([(key, "ada") for key in keys])
    noon = "2026-01-02T12:00:00+00:00"
    assert [line.split() for line in printed(capsys).splitlines()] == [
        ["ID", "NAME", "USER", "HINT", "CREATED", "EXPIRES", "LAST", "USED"],
        ["0", "x", "ada", "…1f2c", noon, "never", "never"],
        ["1", r"long\n", "ada", "…1f2c", noon, noon, noon],
    ]


def test_users_stand_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    display.users([User(7, "ada", "Ada L.", "ada@example.com", "viewer")])
    assert printed(capsys).splitlines() == [
        "ID  NAME  ROLE    EMAIL",
        "7   ada   viewer  ada@example.com",
    ]
