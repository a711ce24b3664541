"""Delays are read from headers and config alike, and drawn as their distribution says."""

from random import Random
from statistics import fmean, median, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from postiche.core.steering.delays import MAX_MS, parse_json, parse_text, sample, to_json
from postiche.model import (
    Delay,
    Latency,
    LogNormalDelay,
    NormalDelay,
    PercentileDelay,
    UniformDelay,
)

FORMS: list[tuple[str, dict[str, object], Latency]] = [
    ("300", {"type": "fixed", "duration": 300}, Delay(300)),
    ("uniform 100 500", {"type": "uniform", "min": 100, "max": 500}, UniformDelay(100, 500)),
    ("normal 200 50", {"type": "normal", "mean": 200, "stddev": 50}, NormalDelay(200, 50)),
    (
        "log-normal 90 0.4",
        {"type": "log-normal", "median": 90, "sigma": 0.4},
        LogNormalDelay(90, 0.4),
    ),
    (
        "percentiles 50=20 90=80 99.9=400",
        {"type": "percentiles", "values": {"50": 20, "90": 80, "99.9": 400}},
        PercentileDelay(((50, 20), (90, 80), (99.9, 400))),
    ),
]


@pytest.mark.parametrize(("text", "shown", "latency"), FORMS)
def test_a_header_and_a_config_say_the_same(
    text: str, shown: dict[str, object], latency: Latency
) -> None:
    assert parse_text(text) == parse_text(f"  {text.upper()} ") == latency
    assert parse_json(shown) == latency
    assert to_json(latency) == shown


def test_a_preset_decides_the_duration() -> None:
    latency = parse_json({"type": "fixed", "preset": "1", "duration": 5})
    assert latency == Delay(300, "1")
    assert to_json(latency) == {"type": "fixed", "duration": 300, "preset": "1"}


def test_a_config_may_ask_for_no_delay_at_all() -> None:
    assert parse_json({"type": "fixed", "duration": 0}) == Delay(0)


def test_percentiles_may_stand_in_any_order() -> None:
    assert parse_text("percentiles 99=9 50=1") == PercentileDelay(((50, 1), (99, 9)))


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "180001", "-1", "1.5", "1e3", "\u0664", "soon", "fixed 5", "300, 300", "1 2"),
        *("uniform", "uniform 1", "uniform 2 1", "uniform 1 2 3", "uniform 1 180001"),
        *("normal 1", "normal 1 -1", "normal 180001 1", "log-normal 0 1", "log-normal 1 11"),
        *("percentiles", "percentiles 50", "percentiles 50=", "percentiles =5"),
        *("percentiles 50=5 90=4", "percentiles 50=5 50=5", "percentiles 50=5 50.0=6"),
        *("percentiles 101=5", "percentiles 50=180001", "percentiles 50=1=2"),
    ],
)
def test_a_malformed_header_asks_for_nothing(text: str) -> None:
    assert parse_text(text) is None


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (300, "delay must be an object"),
        ({}, "delay.type must be one of fixed, uniform, normal, log-normal, percentiles"),
        ({"type": "fixed"}, "delay.duration must be a whole number from 0 to 180000"),
        ({"type": "fixed", "preset": "3"}, "delay.preset must be one of 1, 2"),
        (
            {"type": "fixed", "duration": 1, "min": 1},
            "delay.min is no field; there are type, duration, preset",
        ),
        ({"type": "uniform", "min": 0}, "delay.max must be a number from 0 to 180000"),
        ({"type": "uniform", "min": 2, "max": 1}, "delay.min must not be above delay.max"),
        (
            {"type": "normal", "mean": -1, "stddev": 1},
            "delay.mean must be a number from 0 to 180000",
        ),
        (
            {"type": "log-normal", "median": 0, "sigma": 1},
            "delay.median must be a number from 1 to 180000",
        ),
        (
            {"type": "percentiles", "values": {}},
            'delay.values must be an object with 1 to 100 times, such as {"50": 20}',
        ),
        (
            {"type": "percentiles", "values": {"x": 1}},
            "the percentile of delay.values.x must be a number from 0 to 100",
        ),
        (
            {"type": "percentiles", "values": {"50": "1"}},
            "delay.values.50 must be a number from 0 to 180000",
        ),
        (
            {"type": "percentiles", "values": {"50": 2, "90": 1}},
            "delay.values must name each percentile once, with times that ascend",
        ),
    ],
)
def test_a_malformed_config_is_told_what_to_mend(sent: object, message: str) -> None:
    with pytest.raises(ValueError) as failure:
        parse_json(sent)
    assert str(failure.value) == message


# --- properties ------------------------------------------------------------------------

TIMES = st.floats(0, MAX_MS) | st.integers(0, MAX_MS)


def _percentiles() -> SearchStrategy[Latency]:
    percents = st.lists(
        st.integers(0, 10_000).map(lambda n: n / 100), min_size=1, max_size=20, unique=True
    )
    return percents.flatmap(
        lambda chosen: st.lists(TIMES, min_size=len(chosen), max_size=len(chosen)).map(
            lambda times: PercentileDelay(tuple(zip(sorted(chosen), sorted(times), strict=True)))
        )
    )


latencies: SearchStrategy[Latency] = st.one_of(
    st.integers(0, MAX_MS).map(Delay),
    st.tuples(TIMES, TIMES).map(lambda pair: UniformDelay(min(pair), max(pair))),
    st.builds(NormalDelay, TIMES, TIMES),
    st.builds(LogNormalDelay, st.floats(1, MAX_MS), st.floats(0, 10)),
    _percentiles(),
)


@given(latencies, st.randoms(use_true_random=False))
def test_a_time_is_never_negative_nor_beyond_the_longest(latency: Latency, random: Random) -> None:
    assert 0 <= sample(latency, random) <= MAX_MS


@given(latencies, st.integers())
def test_the_same_randomness_gives_the_same_time(latency: Latency, seed: int) -> None:
    assert sample(latency, Random(seed)) == sample(latency, Random(seed))


@given(latencies)
def test_what_is_shown_can_be_sent_back(latency: Latency) -> None:
    assert parse_json(to_json(latency)) == latency


@given(
    st.text()
    | st.from_regex(r"(uniform|normal|log-normal|percentiles)( [0-9=.]+)*", fullmatch=True)
)
def test_what_a_header_asks_for_a_config_may_say(text: str) -> None:
    latency = parse_text(text)
    assert latency is None or parse_json(to_json(latency)) == latency


def drawn(latency: Latency) -> list[float]:
    random = Random(20_261_122)
    return sorted(sample(latency, random) for _ in range(20_000))


def test_uniform_times_fill_their_range_evenly() -> None:
    times = drawn(UniformDelay(100, 500))
    assert 100 <= times[0] < 101
    assert 499 < times[-1] <= 500
    assert fmean(times) == pytest.approx(300, rel=0.01)
    assert pstdev(times) == pytest.approx(400 / 12**0.5, rel=0.01)


def test_normal_times_have_mean_and_deviation() -> None:
    times = drawn(NormalDelay(200, 50))
    assert fmean(times) == pytest.approx(200, rel=0.01)
    assert pstdev(times) == pytest.approx(50, rel=0.02)


def test_normal_times_are_cut_off_at_zero_not_gathered_there() -> None:
    times = drawn(NormalDelay(0, 50))
    assert times[0] > 0
    assert fmean(times) == pytest.approx(50 * (2 / 3.141592653589793) ** 0.5, rel=0.02)


def test_log_normal_times_have_median_and_sigma() -> None:
    times = drawn(LogNormalDelay(90, 0.4))
    assert median(times) == pytest.approx(90, rel=0.02)
    assert fmean(times) == pytest.approx(90 * 2.718281828459045 ** (0.4**2 / 2), rel=0.02)


def test_percentiles_are_met_with_straight_lines_between() -> None:
    times = drawn(PercentileDelay(((50, 20), (90, 80), (99, 400))))

    def at(percent: float) -> float:
        return times[int(len(times) * percent / 100)]

    expected = {25: 10, 50: 20, 70: 50, 90: 80, 94.5: 240, 99.5: 400}
    assert {percent: at(percent) for percent in expected} == pytest.approx(expected, rel=0.06)
    assert times[-1] == 400


def test_a_percentile_of_zero_is_the_least_time() -> None:
    times = drawn(PercentileDelay(((0, 50), (100, 60))))
    assert 50 <= times[0] < 50.1
    assert 59.9 < times[-1] <= 60
