"""Query parameters are counted as match, partial or missing, and earn or cost up to ten points."""

import pytest
from hypothesis import given

from postiche.core.query import (
    QueryVerdict,
    first_values,
    judge_query,
    parameter_count,
    parameters,
    saved_parameters,
)
from postiche.core.urls import split_url

from .arbitrary import saved_queries, sent_queries
from .building import QUICK


def judged(saved: str, sent: str) -> QueryVerdict:
    """The verdict on a saved query, written as in a URL, and one that was sent."""
    requested = parameters(sent)
    return judge_query(
        saved_parameters(split_url(f"/?{saved}").query), requested, parameter_count(requested)
    )


def counts(saved: str, sent: str) -> tuple[int, int, int]:
    verdict = judged(saved, sent)
    return verdict.matched, verdict.partial, verdict.missing


def points(saved: str, sent: str) -> float:
    return judged(saved, sent).score


@pytest.mark.parametrize(
    ("saved", "sent", "expected"),
    [
        ("", "", (0, 0, 0)),
        ("a=1", "a=1", (1, 0, 0)),
        ("a=1&b=2", "b=2&a=1", (2, 0, 0)),
        ("a=1", "a=2", (0, 1, 0)),
        ("a=x", "a=X", (0, 1, 0)),
        ("a=1", "A=1", (0, 0, 2)),
        ("a=1", "", (0, 0, 1)),
        ("", "a=1", (0, 0, 1)),
        ("a=1&b=2&c=3", "a=1&b=9&d=4", (1, 1, 2)),
        ("a={{x}}", "a=1", (0, 1, 0)),
        ("a=v{{x}}", "a=v1", (0, 1, 0)),
        ("a={{x}}", "b=1", (0, 0, 2)),
        ("{{x}}=1", "a=1", (0, 0, 2)),
        ("a=1&a=2", "a=2&a=1", (2, 0, 0)),
        ("a=1&a=2", "a=1", (1, 1, 0)),
        ("a=1", "a=1&a=2", (1, 1, 0)),
        ("a=1", "a=2&a=3", (0, 2, 0)),
        ("a=1&a=1", "a=1", (1, 1, 0)),
        ("a", "a=", (1, 0, 0)),
        ("a", "a=1", (0, 1, 0)),
        ("&&a=1&", "a=1", (1, 0, 0)),
        ("a=b=c", "a=b%3Dc", (1, 0, 0)),
        ("a[]=1", "a%5B%5D=1", (1, 0, 0)),
        ("a=*", "a=%2A", (1, 0, 0)),
        ("a=x y", "a=x+y", (1, 0, 0)),
        ("a=x y", "a=x%20y", (1, 0, 0)),
        ("a=x+y", "a=x%2By", (1, 0, 0)),
        ("a={{x&y}}", "a=1", (0, 1, 0)),
    ],
)
def test_parameters_match_or_match_in_part_or_are_missing(
    saved: str, sent: str, expected: tuple[int, int, int]
) -> None:
    assert counts(saved, sent) == expected


def test_no_parameters_on_either_side_change_nothing() -> None:
    assert points("", "") == 0


def test_all_parameters_matching_earn_ten() -> None:
    assert points("a=1&b=2", "b=2&a=1") == 10


def test_some_parameters_matching_earn_their_share_of_ten() -> None:
    assert points("a=1&b=2&c=3", "a=1&b=9&d=4") == 2.5


def test_no_parameter_matching_costs_one_for_each_missing_one() -> None:
    assert points("a=1&b=2", "c=3") == -3


def test_a_partial_match_alone_changes_nothing() -> None:
    assert points("a=1", "a=2") == 0


def test_partial_matches_cost_nothing_beside_missing_ones() -> None:
    assert points("a=1&b=1", "a=2") == -1


def test_missing_parameters_cost_ten_at_most() -> None:
    many = "&".join(f"p{i}=1" for i in range(30))
    assert points("a=1", many) == -10
    assert points(many, "a=1") == -10


def test_one_match_outweighs_any_number_of_missing_parameters() -> None:
    many = "&".join(f"p{i}=1" for i in range(99))
    assert points("a=1", f"a=1&{many}") == pytest.approx(0.1)


def test_repeats_are_counted() -> None:
    assert parameter_count(parameters("a=1&a=1&b=2")) == 3


@QUICK
@given(sent_queries)
def test_a_query_matches_itself_altogether(query: str) -> None:
    assert counts(query, query) == (parameter_count(parameters(query)), 0, 0)


@QUICK
@given(sent_queries, sent_queries)
def test_it_does_not_matter_which_side_a_parameter_is_missing_on(one: str, other: str) -> None:
    assert counts(one, other) == counts(other, one)


@QUICK
@given(saved_queries, sent_queries)
def test_points_stay_between_minus_ten_and_ten(saved: str, sent: str) -> None:
    assert -10 <= points(saved, sent) <= 10


@QUICK
@given(saved_queries, sent_queries)
def test_every_parameter_is_counted(saved: str, sent: str) -> None:
    verdict = judged(saved, sent)
    total = verdict.matched + verdict.partial + verdict.missing
    most = max(
        parameter_count(saved_parameters(split_url(f"/?{saved}").query)),
        parameter_count(parameters(sent)),
    )
    assert total >= most


# --- values for the helper ------------------------------------------------------------


def test_a_helper_sees_the_first_value_of_a_parameter() -> None:
    assert first_values("a=1&b=2&a=3") == {"a": "1", "b": "2"}


def test_a_helper_sees_values_decoded() -> None:
    assert first_values("full%20name=J%C3%B6rg+M%2B%26") == {"full name": "J\u00f6rg M+&"}


def test_a_helper_sees_a_bare_key_as_empty() -> None:
    assert first_values("flag&a=") == {"flag": "", "a": ""}
