"""`regex:` values cover whole values, and take no time that a client could choose."""

import pytest

from postiche.core.value_patterns import value_pattern


@pytest.mark.parametrize(
    ("saved", "value", "fits"),
    [
        ("regex:[0-9]+", "42", True),
        ("regex:[0-9]+", "42a", False),
        ("regex:[0-9]+", "a42", False),
        ("regex:a|b", "ab", False),
        ("regex:a|b", "b", True),
        (r"regex:\d{2}", "12", True),
        ("regex:(?i)abc", "ABC", True),
        ("regex:a.c", "a\nc", False),
        ("regex:a", "a\n", False),
        ("regex:", "", True),
        ("regex:", "a", False),
        ("regex:ü+", "üü", True),
        ("regex:.*", "\ud800", False),
    ],
)
def test_an_expression_covers_the_whole_value(saved: str, value: str, fits: bool) -> None:
    pattern = value_pattern(saved)
    assert pattern is not None
    assert pattern.fits(value) is fits


@pytest.mark.parametrize(
    "saved",
    ["abc", "", " regex:a", "Regex:a", "regex:(", "regex:a)|(?:b", "regex:(?=a)", r"regex:(a)\1"],
)
def test_what_is_no_expression_is_a_plain_value(saved: str) -> None:
    assert value_pattern(saved) is None


def test_an_expression_that_fills_the_memory_is_none() -> None:
    assert value_pattern("regex:[0-9]{1000000}") is None


def test_nothing_that_is_sent_makes_an_expression_try_again_and_again() -> None:
    pattern = value_pattern("regex:(a+)+b")
    assert pattern is not None
    assert not pattern.fits("a" * 100_000)  # would not end where expressions backtrack


def test_patterns_are_equal_that_are_written_alike() -> None:
    one, other = value_pattern("regex:a"), value_pattern("regex:b")
    assert one == value_pattern("regex:a") != other
    assert len({one, value_pattern("regex:a"), other}) == 2
    assert repr(one) == "ValuePattern('a')"
