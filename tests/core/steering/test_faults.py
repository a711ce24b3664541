"""Faults are read from headers and config alike, and strike the calls that they say."""

from random import Random
from typing import get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from postiche.core.steering.faults import parse_json, parse_text, problem_of, strikes, to_json
from postiche.model import Fault, FaultKind

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

FORMS: list[tuple[str, dict[str, object], Fault]] = [
    (
        "truncate; bytes=10; probability=0.3; seed=7",
        {"type": "truncate", "bytes": 10, "probability": 0.3, "seed": 7},
        Fault("truncate", 0.3, 7, bytes=10),
    ),
    ("drip; rate=25", {"type": "drip", "rate": 25}, Fault("drip", rate=25)),
    ("hang; limit=5000", {"type": "hang", "limit": 5000}, Fault("hang", limit=5000)),
    (
        "error; status=503; burst=3; of=10",
        {"type": "error", "status": 503, "burst": 3, "of": 10},
        Fault("error", status=503, burst=3, of=10),
    ),
    *[(kind, dict[str, object](type=kind), Fault(kind)) for kind in KINDS],
    ("reset; probability=0", {"type": "reset", "probability": 0}, Fault("reset", 0)),
]


@pytest.mark.parametrize(("text", "shown", "fault"), FORMS)
def test_a_header_and_a_config_say_the_same(
    text: str, shown: dict[str, object], fault: Fault
) -> None:
    assert parse_text(text) == parse_text(f" {text.upper()};") == fault
    assert parse_json(shown) == fault
    assert to_json(fault) == shown


@pytest.mark.parametrize(
    "text",
    [
        *("", "explode", "reset, drip", "reset reset", "reset; rate=1", "reset; type=drip", "1"),
        *("truncate; bytes=-1", "truncate; bytes=1.5", "drip; rate=0", "drip; rate=fast"),
        *("hang; limit=0", "hang; limit=180001", "hang; limit", "drip; rate=1; rate=1"),
        *("error; status=404", "error; status=600", "error; burst=3", "error; burst=3; of=2"),
        *("error; burst=0; of=2", "reset; probability=1.1", "reset; probability=-1"),
        *("reset; seed=9007199254740992", "reset; seed=x"),
    ],
)
def test_a_malformed_header_asks_for_nothing(text: str) -> None:
    assert parse_text(text) is None


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("reset", "fault must be an object"),
        ({}, f"fault.type must be one of {', '.join(KINDS)}"),
        (
            {"type": "drip", "bytes": 1},
            "fault.bytes is no field; there are type, rate, probability, seed",
        ),
        ({"type": "drip", "rate": 0}, "fault.rate must be a whole number from 1 to 1000000000"),
        ({"type": "drip", "rate": None}, "fault.rate must be a whole number from 1 to 1000000000"),
        ({"type": "error", "status": 404}, "fault.status must be a whole number from 500 to 599"),
        ({"type": "error", "burst": 3}, "fault.of must not be below fault.burst, which is 3"),
        ({"type": "reset", "probability": 2}, "fault.probability must be a number from 0 to 1"),
    ],
)
def test_a_malformed_config_is_told_what_to_mend(sent: object, message: str) -> None:
    with pytest.raises(ValueError) as failure:
        parse_json(sent)
    assert str(failure.value) == message


def test_an_error_has_the_shape_of_the_servers_own() -> None:
    reply = problem_of(Fault("error", status=503)).reply()
    assert reply.status == 503
    assert orjson.loads(reply.body) == {
        "error": {"name": "serverError", "message": "An error has occurred on the server."}
    }


# --- which calls are struck --------------------------------------------------------------


def struck(fault: Fault, calls: int, random: Random | None = None) -> list[int]:
    random = random or Random(0)
    return [number for number in range(1, calls + 1) if strikes(fault, number, random)]


def test_a_fault_strikes_every_call_unless_told_otherwise() -> None:
    assert struck(Fault("reset"), 3) == [1, 2, 3]


def test_a_burst_comes_first_in_each_round_of_calls() -> None:
    assert struck(Fault("error", burst=3, of=10), 24) == [1, 2, 3, 11, 12, 13, 21, 22, 23]


def test_a_burst_may_be_drawn_from_too() -> None:
    burst = set(struck(Fault("error", burst=30, of=100), 1000))
    drawn = set(struck(Fault("error", 0.5, seed=3, burst=30, of=100), 1000))
    assert drawn < burst
    assert len(drawn) == pytest.approx(150, abs=30)


def test_a_seed_decides_for_ever() -> None:
    assert struck(Fault("reset", 0.3, seed=7), 30) == SEVEN


SEVEN = [1, 4, 7, 13, 16, 17, 24, 30]
"""Held fast: a seed in somebody's configuration must mean the same in each release."""


@given(st.integers(0, 2**53 - 1), st.floats(0, 1), st.integers(1, 10**9), st.integers())
def test_with_a_seed_no_randomness_is_asked(
    seed: int, probability: float, number: int, other: int
) -> None:
    fault = Fault("reset", probability, seed)
    assert strikes(fault, number, Random(0)) == strikes(fault, number, Random(other))


@pytest.mark.parametrize("seed", [None, 0, 1, 12345])
@pytest.mark.parametrize("probability", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_the_probability_is_met(seed: int | None, probability: float) -> None:
    share = len(struck(Fault("reset", probability, seed), 10_000)) / 10_000
    assert share == pytest.approx(probability, abs=0.02)


def test_seeds_differ() -> None:
    assert len({tuple(struck(Fault("reset", 0.5, seed), 100)) for seed in range(100)}) == 100


# --- properties --------------------------------------------------------------------------


def _faults() -> SearchStrategy[Fault]:
    """Faults of every kind, with fields of their own or left out."""
    bursts = st.tuples(st.integers(1, 50), st.integers(0, 50)).map(
        lambda pair: {"burst": pair[0], "of": pair[0] + pair[1]}
    )
    own = st.one_of(
        st.fixed_dictionaries({"kind": st.sampled_from(["reset", "empty", "garbage"])}),
        st.fixed_dictionaries(
            {"kind": st.just("truncate")}, optional={"bytes": st.integers(0, 99)}
        ),
        st.fixed_dictionaries({"kind": st.just("drip")}, optional={"rate": st.integers(1, 99)}),
        st.fixed_dictionaries({"kind": st.just("hang")}, optional={"limit": st.integers(1, 99)}),
        st.tuples(
            bursts,
            st.fixed_dictionaries(
                {"kind": st.just("error")}, optional={"status": st.integers(500, 599)}
            ),
        ).map(lambda pair: pair[0] | pair[1]),
    )
    chance = st.fixed_dictionaries(
        {}, optional={"probability": st.floats(0, 1), "seed": st.integers(0, 2**53 - 1)}
    )
    return st.tuples(own, chance).map(lambda pair: Fault(**pair[0] | pair[1]))


@given(_faults())
def test_what_is_shown_can_be_sent_back(fault: Fault) -> None:
    assert parse_json(to_json(fault)) == fault


@given(st.text() | st.from_regex(r"[a-z]{4,8}(; ?[a-z]{2,11}=[0-9.]{1,4}){0,4}", fullmatch=True))
def test_what_a_header_asks_for_a_config_may_say(text: str) -> None:
    fault = parse_text(text)
    assert fault is None or parse_json(to_json(fault)) == fault
