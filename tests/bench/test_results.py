"""Ratios pair the values of one round; results survive being saved."""

from pathlib import Path

from bench.results import Results, Spread, load, save
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.lists(st.floats(1, 1e6), min_size=1, max_size=9)


def measured(**rates: list[float]) -> Results:
    results = Results()
    for name, values in rates.items():
        for number, value in enumerate(values):
            results.add("static", name, number, rate=value)
    return results


def test_a_ratio_is_taken_round_by_round() -> None:
    results = measured(nginx=[100.0, 10.0, 50.0], own=[50.0, 10.0, 40.0])
    assert results.ratio("static", "own", "rate") == Spread(0.8, 0.5, 1.0)


def test_a_round_that_one_of_them_lacks_does_not_count() -> None:
    results = measured(nginx=[100.0, 10.0], own=[50.0])
    assert results.ratio("static", "own", "rate") == Spread(0.5, 0.5, 0.5)


def test_what_was_not_measured_is_none() -> None:
    results = measured(own=[1.0])
    assert results.ratio("static", "own", "rate") is None
    assert results.median("static", "own", "cpu") is None
    assert results.spread("other", "own", "rate") is None


@given(NUMBERS)
def test_the_median_lies_between_least_and_most(values: list[float]) -> None:
    spread = Spread.of(values)
    assert spread.least <= spread.median <= spread.most


def test_subjects_come_in_the_order_of_the_measurements() -> None:
    assert measured(b=[1.0, 2.0], a=[1.0]).subjects("static") == ["b", "a"]


def test_results_survive_being_saved(tmp_path: Path) -> None:
    results = measured(own=[1.0])
    results.machine["Processor"] = "slow"
    results.failures["memory"] = "why"
    save(results, tmp_path / "deep" / "results.json")
    assert load(tmp_path / "deep" / "results.json") == results
