"""What wrk says is read, and what went wrong is never taken for an answer."""

import json

import pytest
from bench.load import in_turn, measured, summary
from bench.processes import ServerFailed

from bench import work

SAID = {
    "requests": 3000,
    "microseconds": 1_500_000,
    "bytes": 9,
    "longest": 9.0,
    "p50": 500.0,
    "p90": 700.0,
    "p99": 900.0,
    "refused": 0,
    "unread": 0,
    "unwritten": 0,
    "not_2xx": 0,
    "timeouts": 0,
}


def output(**changed: float) -> str:
    return f"Running 3s test\n\nBENCH {json.dumps(SAID | changed)}\n"


def test_rates_and_cpu_are_per_request() -> None:
    found = measured("own", output(), cpu_seconds=0.9, seconds=1.8)
    assert (found.rate, found.cpu, found.busy) == (2000.0, 300.0, 0.5)
    assert (found.p50, found.p90, found.p99, found.requests) == (500.0, 700.0, 900.0, 3000)


@pytest.mark.parametrize("failure", ["refused", "unread", "unwritten", "not_2xx", "timeouts"])
def test_any_failure_fails_the_run(failure: str) -> None:
    with pytest.raises(ServerFailed, match=f"own: 3000 answers, and {{'{failure}': 1}}"):
        measured("own", output(**{failure: 1}), 1.0, 1.0)


def test_no_answers_fail_the_run() -> None:
    with pytest.raises(ServerFailed):
        measured("own", output(requests=0), 1.0, 1.0)


def test_a_summary_that_is_missing_fails_the_run() -> None:
    with pytest.raises(ServerFailed, match="no summary: Running"):
        summary("Running 3s test\n")


def test_with_one_mock_every_route_gets_its_turn() -> None:
    assert in_turn(work.static(), ("/m/1",)) == work.requests(work.static(), "/m/1")


def test_with_many_mocks_every_mock_gets_its_turn() -> None:
    prefixes = [f"/m/{number}" for number in range(250)]
    sent = in_turn(work.static(), prefixes)
    assert [request.split(b"/items")[0] for request in sent] == [
        f"GET {prefix}".encode() for prefix in prefixes
    ]
    assert len({request.split(b"/items")[1] for request in sent}) == work.ROUTES
