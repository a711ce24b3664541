"""Which session a call belongs to, by the forms that a mock may choose from."""

import pytest
from hypothesis import given

from postiche.core.steering.sessions import (
    LONGEST,
    SHARED,
    bounded,
    parse_json,
    session_of,
    to_json,
)
from postiche.model import Headers, Request, SessionKey
from tests.core.arbitrary import latin_1
from tests.core.building import QUICK

BY_COOKIE = SessionKey("cookie", "sid")
BY_CLIENT = SessionKey("client", "")
BY_TRACE = SessionKey("header", "x-trace")


@pytest.mark.parametrize(
    ("key", "headers", "client", "session"),
    [
        (SessionKey(), [], "10.0.0.1", SHARED),
        (SessionKey(), [("x-mock-session", " a ")], None, "a"),
        (SessionKey(), [("x-mock-session", "  ")], None, SHARED),
        (SessionKey(), [("x-mock-session", "\xc3\xa9")], None, "\xe9"),
        (BY_TRACE, [("x-trace", "7")], None, "7"),
        (BY_TRACE, [("x-trace", "7"), ("x-mock-session", "a")], None, "a"),
        (BY_TRACE, [], "10.0.0.1", SHARED),
        (BY_CLIENT, [], "10.0.0.1", "10.0.0.1"),
        (BY_CLIENT, [], None, SHARED),
        (BY_CLIENT, [("x-mock-session", "a")], "10.0.0.1", "a"),
        (BY_COOKIE, [("cookie", "a=1; sid=x=y; sid=z")], None, "x=y"),
        (BY_COOKIE, [("cookie", "a=1"), ("cookie", 'sid="q"')], None, "q"),
        (BY_COOKIE, [("cookie", "SID=1; xsid=2; sid")], "10.0.0.1", ""),
        (BY_COOKIE, [("cookie", "sid=1"), ("x-mock-session", "a")], None, "a"),
    ],
)
def test_a_call_belongs_to_the_session_that_it_names(
    key: SessionKey, headers: Headers, client: str | None, session: str
) -> None:
    request = Request("GET", "/", tuple(headers))
    assert session_of(key, request, client) == (session or SHARED)


def test_a_long_name_is_kept_as_its_hash() -> None:
    at_most, longer = "a" * LONGEST, "a" * (LONGEST + 1)
    assert bounded(at_most) == at_most
    assert bounded(longer) != bounded(longer + "a")
    assert bounded(longer).startswith("sha256:")
    request = Request("GET", "/", (("x-mock-session", longer),))
    assert session_of(SessionKey(), request, None) == bounded(longer)


@QUICK
@given(latin_1, latin_1)
def test_no_header_makes_a_name_that_is_empty_or_long(named: str, cookie: str) -> None:
    request = Request("GET", "/", (("x-mock-session", named), ("cookie", cookie)))
    for key in (SessionKey(), BY_COOKIE):
        assert 0 < len(session_of(key, request, None)) <= LONGEST


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ({"by": "header"}, SessionKey()),
        ({"by": "header", "name": " X-Trace "}, BY_TRACE),
        ({"by": "cookie", "name": "sid"}, BY_COOKIE),
        ({"by": "client"}, BY_CLIENT),
    ],
)
def test_a_config_says_what_tells_sessions_apart(sent: object, key: SessionKey) -> None:
    assert parse_json(sent) == key
    assert parse_json(to_json(key)) == key


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ("header", "session must be an object"),
        ({}, "session.by must be one of header, cookie, client"),
        ({"by": "query"}, "session.by"),
        ({"by": "cookie"}, "session.name must be the name of the cookie"),
        ({"by": "cookie", "name": " "}, "session.name"),
        ({"by": "header", "name": 7}, "session.name must be the name of the header"),
        ({"by": "header", "name": "x" * 257}, "session.name"),
        ({"by": "client", "name": "x"}, "session.name must be left out"),
        ({"by": "client", "more": 1}, "session.more is no field"),
    ],
)
def test_a_malformed_config_is_refused_with_the_field(sent: object, field: str) -> None:
    with pytest.raises(ValueError, match=field):
        parse_json(sent)
