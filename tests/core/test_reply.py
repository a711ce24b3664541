"""A saved response becomes a reply that can be sent: cleaned, completed, encoded."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.reply import (
    DEFAULT_TYPE,
    content_type,
    etag,
    finished,
    prepare_reply,
    server_response_reply,
)
from postiche.core.variables import Scope
from postiche.model import Headers, Reply, ServerResponse, joined

from .building import QUICK, example

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def sent(*saved: tuple[str, str], status: int = 200, text: str = "text") -> Headers:
    return finished(status, saved, text).headers


def header(name: str, *saved: tuple[str, str], status: int = 200, text: str = "text") -> str | None:
    return joined(sent(*saved, status=status, text=text), name)


# --- headers --------------------------------------------------------------------------


def test_a_plain_reply_gains_a_type_an_origin_and_a_tag() -> None:
    assert finished(201, (("X-Id", "7"),), "Hello, World!") == Reply(
        201,
        (
            ("x-id", "7"),
            ("content-type", "text/html; charset=utf-8"),
            ("access-control-allow-origin", "*"),
            ("etag", 'W/"d-CgqfKmdylCVXq1NV12r0Qvj2XgE"'),
        ),
        b"Hello, World!",
    )


def test_names_come_out_in_lower_case_and_order_and_repeats_stay() -> None:
    headers = sent(("Set-Cookie", "a=1"), ("X-One", "1"), ("set-cookie", "b=2"))
    assert headers[:3] == (("set-cookie", "a=1"), ("x-one", "1"), ("set-cookie", "b=2"))


CONNECTION = [
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
]


@pytest.mark.parametrize("name", CONNECTION)
def test_the_headers_of_a_connection_are_left_out(name: str) -> None:
    assert header(name.lower(), (f" {name} ", "x")) is None


def test_headers_that_steer_the_mock_are_left_out() -> None:
    assert header("x-mock-response-delay", ("X-Mock-Response-Delay", "300")) is None


@pytest.mark.parametrize("name", ["", " ", "a b", "a:b", "a\r\nb", "\u00e4", "a\x00", "(a)"])
def test_what_is_no_header_name_is_left_out(name: str) -> None:
    assert sent((name, "x")) == sent()


def test_space_around_a_name_goes() -> None:
    assert header("x-a", (" X-A ", "1")) == "1"


def test_control_characters_cannot_start_another_header() -> None:
    assert header("x-a", ("X-A", "one\r\nSet-Cookie: stolen=1\x00")) == "oneSet-Cookie: stolen=1"


def test_a_tab_within_a_value_stays_and_space_around_it_goes() -> None:
    assert header("x-a", ("X-A", " \ta\tb ")) == "a\tb"


def test_a_saved_origin_is_used_instead_of_the_star() -> None:
    saved = ("Access-Control-Allow-Origin", "https://a.test")
    assert header("access-control-allow-origin", saved) == "https://a.test"


def test_an_empty_saved_origin_does_not_undo_cors() -> None:
    assert header("access-control-allow-origin", ("Access-Control-Allow-Origin", " ")) == "*"


def test_a_saved_tag_is_kept() -> None:
    assert header("etag", ("ETag", '"mine"')) == '"mine"'


def test_an_empty_body_has_neither_tag_nor_invented_type() -> None:
    assert sent(text="") == (("access-control-allow-origin", "*"),)


def test_the_tag_is_length_and_sha_1_as_express_writes_it() -> None:
    assert etag(b"") == 'W/"0-2jmj7l5rSw0yVb/vlWAYkK/YBwk"'


# --- content types --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ("application/json", "application/json; charset=utf-8"),
        ("Application/JSON", "Application/JSON; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/xml; a=b", "text/xml; a=b; charset=utf-8"),
        ("application/problem+json", "application/problem+json; charset=utf-8"),
        ("application/javascript", "application/javascript; charset=utf-8"),
        ("application/json;charset=UTF-8", "application/json;charset=UTF-8"),
        ('text/html; charset="utf-8"', 'text/html; charset="utf-8"'),
        ("text/html; charset=utf8", "text/html; charset=utf8"),
        ("text/html; charset=iso-8859-1", "text/html; charset=utf-8"),
        ("text/html;charset=latin1; a=b", "text/html; charset=utf-8; a=b"),
        ("text/html; charset=", "text/html; charset=utf-8"),
        ("application/octet-stream", "application/octet-stream"),
        ("image/png", "image/png"),
        ("application/jsonp", "application/jsonp"),
        ("json", DEFAULT_TYPE),
        ("", DEFAULT_TYPE),
        ("application/", DEFAULT_TYPE),
        ("a/b c", DEFAULT_TYPE),
        ("text/html, text/plain", DEFAULT_TYPE),
    ],
)
def test_a_saved_content_type_is_completed_or_replaced(saved: str, expected: str) -> None:
    assert content_type(saved) == expected


def test_of_several_content_types_the_first_is_sent_in_its_place() -> None:
    headers = sent(("X-A", "1"), ("Content-Type", "text/plain"), ("content-type", "text/html"))
    assert headers[:2] == (("x-a", "1"), ("content-type", "text/plain; charset=utf-8"))
    assert [name for name, _ in headers].count("content-type") == 1


def test_an_empty_body_keeps_the_type_it_was_saved_with() -> None:
    saved = ("Content-Type", "application/json")
    assert header("content-type", saved, text="") == "application/json; charset=utf-8"


# --- bodies ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [204, 205, 304])
def test_some_statuses_never_have_a_body_nor_its_headers(status: int) -> None:
    reply = finished(status, (("Content-Type", "text/plain"), ("X-A", "1")), "text")
    assert reply.body == b""
    assert reply.headers == (("x-a", "1"), ("access-control-allow-origin", "*"))


def test_a_body_is_sent_as_utf_8() -> None:
    assert finished(200, (), "J\u00f6rg").body == b"J\xc3\xb6rg"


def test_half_a_surrogate_pair_does_not_break_a_reply() -> None:
    assert finished(200, (), "a\ud800b").body == b"a?b"


NAMES = st.sampled_from(
    [
        "Content-Type",
        "Content-Length",
        "Connection",
        "TE",
        "ETag",
        "X-Mock-A",
        "Set-Cookie",
        " x-a ",
    ]
)
TYPES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["text/plain", "application/json", "image/png", "nonsense", ""]),
    st.sampled_from(["", ";charset=utf-8", "; charset = latin1", '; Charset="x y"', "; charset="]),
    st.sampled_from(["", "; q=1", ";charset=x", " ", ";", ' ; a="charset=y"']),
)
PAIRS = st.tuples(NAMES | st.text(max_size=6), TYPES | st.text(max_size=12))
STATUSES = st.sampled_from([200, 201, 204, 205, 304, 404, 500, 599])


@QUICK
@given(STATUSES, st.lists(PAIRS, max_size=6).map(tuple), st.text(max_size=10))
def test_a_finished_reply_can_be_sent(status: int, saved: Headers, text: str) -> None:
    reply = finished(status, saved, text)
    for name, value in reply.headers:
        assert name == name.lower()
        assert name not in map(str.lower, CONNECTION)
        assert not name.startswith("x-mock-")
        assert all(c == "\t" or (c >= " " and c != "\x7f") for c in value)
    assert not (status in (204, 205, 304) and reply.body)


@QUICK
@given(STATUSES, st.lists(PAIRS, max_size=6).map(tuple), st.text(max_size=10))
def test_finishing_a_finished_reply_changes_nothing(status: int, saved: Headers, text: str) -> None:
    once = finished(status, saved, text)
    assert finished(once.status, once.headers, once.body.decode()) == once


@QUICK
@given(TYPES | st.text(max_size=30))
def test_completing_a_content_type_twice_is_completing_it_once(saved: str) -> None:
    assert content_type(content_type(saved)) == content_type(saved)


# --- prepared replies -----------------------------------------------------------------


def test_a_reply_that_nothing_can_change_is_finished_when_prepared() -> None:
    saved = example(code=201, headers={"X-Id": "{{id}}"}, body="{{id}}")
    prepared = prepare_reply(saved, Scope({"id": "7"}), frozenset())
    assert prepared.fixed == finished(201, (("X-Id", "7"),), "7")


@pytest.mark.parametrize("token", ["{{$guid}}", "{{$body}}", "{{captured}}"])
def test_a_token_in_body_or_header_keeps_a_reply_open(token: str) -> None:
    in_body = prepare_reply(example(body=token), Scope(), frozenset({"captured"}))
    in_header = prepare_reply(example(headers={"X-A": token}), Scope(), frozenset({"captured"}))
    assert in_body.fixed is None
    assert in_header.fixed is None


def test_a_token_that_means_nothing_leaves_a_reply_fixed() -> None:
    prepared = prepare_reply(example(body="{{who}}"), Scope(), frozenset())
    assert prepared.fixed is not None
    assert prepared.fixed.body == b"{{who}}"


def test_a_variable_may_stand_in_the_name_of_a_header() -> None:
    saved = example(headers={"X-{{what}}": "1"})
    prepared = prepare_reply(saved, Scope({"what": "Id"}), frozenset())
    assert prepared.fixed is not None
    assert joined(prepared.fixed.headers, "x-id") == "1"


HEADER = st.tuples(
    st.sampled_from(["Content-Type", "ETag", "X-A", "Access-Control-Allow-Origin", "Connection"]),
    st.sampled_from(["", "text/plain", "application/json", "{{x}}", "a{{x}}b"]),
)


@QUICK
@given(
    st.lists(HEADER, max_size=4),
    st.sampled_from(["", "{{x}}", "a{{x}}\ud800{{x}}"]),
    st.sampled_from([200, 204, 304]),
    st.sampled_from(["", "\u00e9", "{{x}}", "\udc00"]),
)
def test_an_open_reply_is_the_finished_reply_of_what_its_templates_say(
    saved: list[tuple[str, str]], body: str, status: int, value: str
) -> None:
    prepared = prepare_reply(
        replace(example(body=body, code=status), headers=tuple(saved)), Scope(), frozenset({"x"})
    )
    made = prepared.made
    reply = made if isinstance(made, Reply) else made.filled(lambda slot: value)
    headers = tuple((name, text.replace("{{x}}", value)) for name, text in saved)
    assert reply == finished(status, headers, body.replace("{{x}}", value))


@pytest.mark.parametrize(
    ("body", "by_target"),
    [
        ("plain", True),
        ("{{captured}}", True),
        ("{{$pathSegments '0'}} {{$queryParams 'a'}}", True),
        ("{{captured}} {{$guid}}", False),
        ("{{$headers 'a'}}", False),
        ("{{$body}}", False),
    ],
)
def test_a_reply_is_by_target_unless_a_slot_asks_for_more(body: str, by_target: bool) -> None:
    in_body = prepare_reply(example(body=body), Scope(), frozenset({"captured"}))
    in_header = prepare_reply(example(headers={"X-A": body}), Scope(), frozenset({"captured"}))
    assert (in_body.by_target, in_header.by_target) == (by_target, by_target)


# --- server responses -----------------------------------------------------------------


def server_response(
    headers: Headers = (), language: str | None = None, body: str = "down"
) -> ServerResponse:
    return ServerResponse("id", "mock", "name", 503, headers, language, body, NOW, NOW, 1, 1)


@pytest.mark.parametrize(
    ("language", "kind"),
    [
        ("json", "application/json"),
        ("html", "text/html"),
        ("xml", "application/xml"),
        ("javascript", "application/javascript"),
        ("text", "text/plain"),
    ],
)
def test_a_server_response_has_the_type_of_its_language(language: str, kind: str) -> None:
    reply = server_response_reply(server_response(language=language))
    assert joined(reply.headers, "content-type") == f"{kind}; charset=utf-8"


def test_a_server_response_answers_with_its_own_status_and_body() -> None:
    reply = server_response_reply(server_response())
    assert (reply.status, reply.body) == (503, b"down")


@pytest.mark.parametrize("language", [None, "klingon", ""])
def test_a_server_response_of_no_language_has_the_default_type(language: str | None) -> None:
    reply = server_response_reply(server_response(language=language))
    assert joined(reply.headers, "content-type") == DEFAULT_TYPE


def test_a_header_of_a_server_response_wins_over_its_language() -> None:
    reply = server_response_reply(server_response((("Content-Type", "text/css"),), "json"))
    assert joined(reply.headers, "content-type") == "text/css; charset=utf-8"
