"""Rate limits let through what they say in each window, and tell the rest when to come back."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.steering.limits import (
    Taken,
    Window,
    headers_of,
    parse_json,
    parse_text,
    problem_of,
    refusal,
    take,
    to_json,
)
from postiche.model import RateLimit

NOON = 1_795_348_800_000
"""Milliseconds since 1970."""

TWO = RateLimit(2, 60)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("10/60", RateLimit(10, 60)),
        (" 10 / 60 ", RateLimit(10, 60)),
        ("10/60s", RateLimit(10, 60)),
        ("10 per 60s", RateLimit(10, 60)),
        ("10 PER 60", RateLimit(10, 60)),
        ("0/1", RateLimit(0, 1)),
        ("10/60; per=session", RateLimit(10, 60, "session")),
        ("10 per 60s;per=mock", RateLimit(10, 60)),
    ],
)
def test_a_header_says_calls_and_seconds(text: str, limit: RateLimit) -> None:
    assert parse_text(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "/60", "10/", "10/0", "-1/60", "1.5/60", "10/86401", "10/60m", "10per60"),
        *("10/60; per=client", "10/60; by=mock", "10/60; per", "10/60, 5/1", "1000000001/1"),
        "\u0664/60",
    ],
)
def test_a_malformed_header_asks_for_nothing(text: str) -> None:
    assert parse_text(text) is None


def test_a_config_may_leave_out_whose_calls_are_counted() -> None:
    limit = parse_json({"calls": 10, "seconds": 60})
    assert limit == RateLimit(10, 60, "mock")
    assert to_json(limit) == {"calls": 10, "seconds": 60, "per": "mock"}


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("10/60", "rateLimit must be an object"),
        ({"calls": 10}, "rateLimit.seconds must be a whole number from 1 to 86400"),
        (
            {"calls": 1.5, "seconds": 60},
            "rateLimit.calls must be a whole number from 0 to 1000000000",
        ),
        (
            {"calls": 1, "seconds": 1, "per": "client"},
            "rateLimit.per must be one of mock, session",
        ),
        (
            {"calls": 1, "seconds": 1, "burst": 1},
            "rateLimit.burst is no field; there are calls, seconds, per",
        ),
    ],
)
def test_a_malformed_config_is_told_what_to_mend(sent: object, message: str) -> None:
    with pytest.raises(ValueError) as failure:
        parse_json(sent)
    assert str(failure.value) == message


def test_calls_are_counted_until_the_window_ends() -> None:
    ends = NOON + 60_000
    window, first = take(TWO, None, NOON)
    window, second = take(TWO, window, NOON + 10_001)
    window, third = take(TWO, window, NOON + 59_999)
    window, fourth = take(TWO, window, NOON + 60_000)
    assert [first, second, third] == [
        Taken(True, 1, ends, 60),
        Taken(True, 0, ends, 50),
        Taken(False, 0, ends, 1),
    ]
    assert fourth == Taken(True, 1, ends + 60_000, 60)


def test_a_clock_that_was_put_back_opens_a_new_window() -> None:
    _, taken = take(TWO, Window(NOON, 2), NOON - 3_600_000)
    assert taken == Taken(True, 1, NOON - 3_540_000, 60)


def test_no_calls_at_all_may_be_allowed() -> None:
    window, taken = take(RateLimit(0, 5), None, NOON)
    assert taken == Taken(False, 0, NOON + 5_000, 5)
    assert window == Window(NOON, 0)


limits = st.builds(
    RateLimit, st.integers(0, 5), st.integers(1, 5), st.sampled_from(["mock", "session"])
)


@given(limits, st.lists(st.integers(0, 3_000), max_size=60))
def test_a_window_lets_through_no_more_than_it_says(limit: RateLimit, pauses: list[int]) -> None:
    window, now, allowed = None, NOON, dict[int, int]()
    for pause in pauses:
        now += pause
        window, taken = take(limit, window, now)
        assert window.start <= now < taken.ends == window.start + limit.seconds * 1000
        assert taken.remaining == limit.calls - window.used
        allowed[window.start] = allowed.get(window.start, 0) + taken.allowed
    assert all(count <= limit.calls for count in allowed.values())


@given(st.integers(1, 5), st.integers(1, 5), st.lists(st.integers(0, 1_000), max_size=30))
def test_who_waits_as_told_is_answered(calls: int, seconds: int, pauses: list[int]) -> None:
    limit, window, now = RateLimit(calls, seconds), None, NOON
    for pause in pauses:
        now += pause
        window, taken = take(limit, window, now)
        if not taken.allowed:
            assert 1 <= taken.wait <= seconds
            now += taken.wait * 1000
            window, taken = take(limit, window, now)
            assert taken.allowed


@given(limits)
def test_what_is_shown_can_be_sent_back(limit: RateLimit) -> None:
    assert parse_json(to_json(limit)) == limit
    assert parse_text(f"{limit.calls}/{limit.seconds}; per={limit.per}") == limit


def test_a_reply_says_what_is_left() -> None:
    assert headers_of(RateLimit(120, 60), Taken(True, 119, NOON + 60_000, 60)) == (
        ("x-ratelimit-limit", "120"),
        ("x-ratelimit-remaining", "119"),
        ("x-ratelimit-reset", str(NOON // 1000 + 60)),
        ("ratelimit-limit", "120"),
        ("ratelimit-remaining", "119"),
        ("ratelimit-reset", "60"),
        ("ratelimit-policy", "120;w=60"),
    )


def test_a_refused_call_is_told_so_in_postmans_words() -> None:
    taken = Taken(False, 0, NOON + 1, 1)
    reply = refusal(TWO, taken)
    assert reply.status == problem_of(taken).status == 429
    assert orjson.loads(reply.body) == {
        "error": {
            "name": "rateLimitError",
            "message": f"Rate Limit exceeded. Please retry at {NOON + 1}",
        }
    }
    headers = dict(reply.headers)
    assert headers["retry-after"] == "1"
    assert headers["x-ratelimit-reset"] == str(NOON // 1000 + 1)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["access-control-allow-origin"] == "*"
