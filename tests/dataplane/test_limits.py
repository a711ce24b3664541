"""Windows of rate limits: one for each mock, key and limit, and never too many."""

import asyncio

from postiche.dataplane.limits import LocalRates
from postiche.model import RateLimit

NOON = 1_795_348_800.0
ONE = RateLimit(1, 60)


def answered(rates: LocalRates, *calls: tuple[str, str, RateLimit, float]) -> list[bool]:
    """Whether each of these calls, one after the other, is allowed."""

    async def main() -> list[bool]:
        return [(await rates.take(*call)).allowed for call in calls]

    return asyncio.run(main())


def test_calls_with_a_key_share_a_window() -> None:
    call = ("m", "a", ONE, NOON)
    assert answered(LocalRates(), call, call) == [True, False]


def test_mocks_keys_and_limits_are_counted_apart() -> None:
    calls = [
        ("m", "a", ONE, NOON),
        ("n", "a", ONE, NOON),
        ("m", "b", ONE, NOON),
        ("m", "a", RateLimit(1, 61), NOON),
        ("m", "a", RateLimit(1, 60, "session"), NOON),
    ]
    assert answered(LocalRates(), *calls, *calls) == [True] * 5 + [False] * 5


def test_time_is_in_seconds() -> None:
    calls = [("m", "", ONE, NOON + later) for later in (0, 59.999, 60)]
    assert answered(LocalRates(), *calls) == [True, False, True]


def test_a_flood_of_keys_does_not_grow_the_memory() -> None:
    rates = LocalRates(windows=10)
    assert all(answered(rates, *(("m", str(key), ONE, NOON) for key in range(1_000))))
    assert len(rates) == 10
    assert answered(rates, ("m", "999", ONE, NOON), ("m", "0", ONE, NOON)) == [False, True]


def test_the_window_that_opened_first_is_forgotten_first() -> None:
    rates = LocalRates(windows=2)
    calls = [("m", "a", NOON), ("m", "b", NOON + 59), ("m", "a", NOON + 61), ("m", "c", NOON + 62)]
    answered(rates, *((mock, key, ONE, now) for mock, key, now in calls))
    assert answered(rates, ("m", "a", ONE, NOON + 63), ("m", "b", ONE, NOON + 63)) == [False, True]


def test_a_long_key_is_told_from_others_and_takes_no_room() -> None:
    rates = LocalRates()
    keys = ["k" * 60_000, "k" * 60_000 + "l", "\udcff" * 200, "\ud800" * 200]
    calls = [("m", key, ONE, NOON) for key in keys]
    assert answered(rates, *calls, *calls) == [True] * 4 + [False] * 4
    assert all(len(key) <= 128 for _, key, _ in rates._windows)
