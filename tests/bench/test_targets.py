"""Targets are judged by medians, and what was not measured is neither met nor missed."""

import pytest
from bench.results import Results, Spread
from bench.targets import OFF, ON, RUN, at_least, at_most, fastest, unmet, verdicts

FAST = {"nginx": 100.0, ON: 70.0, OFF: 90.0, "MockServer": 10.0, "WireMock": 5.0}


def results(rates: dict[str, float]) -> Results:
    found = Results()
    for part in ("static", "wildcard", "body"):
        for name, rate in rates.items():
            found.add(part, name, 0, rate=rate, p99=1000 / rate, cpu=1.0)
    return found


def said(found: Results) -> dict[str, bool | None]:
    return {each.title: each.met for each in verdicts(found)}


def test_nothing_measured_is_nothing_missed() -> None:
    found = verdicts(Results())
    assert {each.met for each in found} == {None}
    assert {each.found for each in found} == {"not measured"}
    assert not unmet(found)


def test_a_fast_server_meets_what_was_measured() -> None:
    assert not unmet(verdicts(results(FAST)))
    assert said(results(FAST))["static example, call log on, against nginx"] is True


def test_a_slow_server_misses() -> None:
    missed = said(results(FAST | {ON: 8.0}))
    assert missed["static example, call log on, against nginx"] is False
    assert missed["static, call log on, against the fastest rival (MockServer)"] is False
    assert missed["99th percentile, static, call log on, against the best rival"] is False
    assert missed["static example, call log off, against nginx"] is True


def test_the_fastest_rival_is_no_server_of_ours() -> None:
    assert fastest(results(FAST), "static") == "MockServer"
    assert fastest(results({"nginx": 1.0, ON: 1.0}), "static") is None


def test_every_size_is_held_against_the_first() -> None:
    found = Results()
    for size, rate in (("10", 100.0), ("10,000", 95.0), ("100,000", 85.0)):
        found.add("examples", size, 0, rate=rate)
    judged = said(found)
    assert judged["static, 10,000 examples, against 10"] is True
    assert judged["static, 100,000 examples, against 10"] is False


def test_memory_may_not_grow() -> None:
    found = Results()
    for calls, resident in (("1,000", 100.0), ("5,000", 300.0), ("10,000", 106.0)):
        found.add("memory", calls, 0, resident=resident)
    title = "resident memory after 1,000 and 10,000 calls, last against first"
    assert said(found)[title] is False


def test_the_worse_collection_counts() -> None:
    found = Results()
    found.add("compile", "lean", 0, cpu=0.4, memory=6.5, examples=500.0)
    found.add("compile", "usual", 0, cpu=0.6, memory=3.0, examples=500.0)
    judged = {each.title: each for each in verdicts(found)}
    assert judged["compile 500 examples, seconds of CPU"].found == "0.60"
    assert judged["memory of that plan, as a multiple of the file"].met is False


def test_a_start_is_judged_alone_and_against_others() -> None:
    found = Results()
    for name, seconds in ((RUN, 0.3), ("Mockoon", 0.5), ("Prism", 0.7)):
        found.add("cold start", name, 0, seconds=seconds)
    judged = said(found)
    assert judged["`postiche run FILE` to first answer, seconds"] is True
    assert judged["the same, against Mockoon"] is False
    assert judged["the same, against Prism"] is True
    assert judged["the same, against WireMock"] is None


@pytest.mark.parametrize(("median", "least", "most"), [(2.0, False, True), (3.0, True, True)])
def test_bounds_include_themselves(median: float, least: bool, most: bool) -> None:
    spread = Spread(median, 0.0, 9.0)
    assert at_least("x", spread, 3.0).met is least
    assert at_most("x", spread, 3.0).met is most
    assert at_most("x", spread, 3.0).found == f"{median:.2f} (0.00 to 9.00)"
