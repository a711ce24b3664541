"""What a config lets pass as equal to a saved JSON body."""

from typing import Any

import pytest
from hypothesis import given

from postiche.core.json_paths import compile_paths
from postiche.core.likeness import EXACT, Likeness, likeness_of
from postiche.model import MockConfig

from .arbitrary import json_values
from .building import QUICK


def fits(saved: Any, sent: Any, *, subset: bool = False, patterns: bool = False) -> bool:
    template = Likeness(subset, patterns).template(saved)
    assert template is not None
    return template.fits(sent)


@pytest.mark.parametrize(
    ("saved", "sent", "contained"),
    [
        ({}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"a": None}, {}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}, True),
        ([1, 2], [1, 2, 3], True),
        ([1, 3], [1, 2, 3], False),
        ([1, 2], [1], False),
        ([{"a": 1}], [{"a": 1, "b": 2}], True),
        ({}, [], False),
        ([], {}, False),
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (False, 0, False),
        (None, None, True),
        (None, False, False),
        ("1", 1, False),
        (9007199254740993, 9007199254740992.0, True),
    ],
)
def test_a_subset_is_contained_field_by_field_and_place_by_place(
    saved: Any, sent: Any, contained: bool
) -> None:
    assert fits(saved, sent, subset=True) is contained


@given(json_values)
@QUICK
def test_every_value_is_contained_in_itself(value: Any) -> None:
    assert fits(value, value, subset=True)


@pytest.mark.parametrize(
    ("saved", "sent", "like"),
    [
        ({"id": "regex:[0-9]+", "a": 1}, {"id": "7", "a": 1.0}, True),
        ({"id": "regex:[0-9]+"}, {"id": 7}, False),
        ({"id": "regex:[0-9]+"}, {"id": "7", "a": 1}, False),
        (["regex:a", "b"], ["a", "b"], True),
        (["regex:a", "b"], ["a", "b", "c"], False),
        ({"a": "regex:("}, {"a": "regex:("}, True),
    ],
)
def test_strings_may_be_patterns_and_the_rest_is_equal(saved: Any, sent: Any, like: bool) -> None:
    if saved == sent:
        assert Likeness(patterns=True).template(saved) is None
    else:
        assert fits(saved, sent, patterns=True) is like


def test_patterns_hold_within_subsets() -> None:
    assert fits({"id": "regex:[0-9]+"}, {"id": "7", "a": 1}, subset=True, patterns=True)


def test_without_switches_equal_is_equal() -> None:
    assert EXACT.template({"a": "regex:x"}) is None
    assert EXACT.left_out_of([1]) == [1]


def test_a_config_says_what_is_alike() -> None:
    assert likeness_of(MockConfig()) is EXACT
    made = likeness_of(MockConfig(match_body_subset=True, ignore_body_fields=("$.a",)))
    assert (made.subset, made.patterns) == (True, False)
    assert made.left_out_of({"a": 1, "b": 2}) == {"b": 2}
    assert likeness_of(MockConfig(ignore_body_fields=("a",))).ignored is None


def test_ignored_fields_are_left_out() -> None:
    likeness = Likeness(ignored=compile_paths(["$..at"]))
    assert likeness.left_out_of({"at": 1, "b": [{"at": 2}]}) == {"b": [{}]}
