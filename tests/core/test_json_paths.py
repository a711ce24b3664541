"""What paths name is left out of a value, and nothing else."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.json_paths import MAX_DEPTH, compile_paths

from .arbitrary import json_values
from .building import QUICK

VALUE = {
    "id": 7,
    "at": "now",
    "user": {"id": 1, "name": "Ann", "odd name": True, "it's": 0},
    "lines": [{"id": 1, "sku": "a"}, {"id": 2, "sku": "b", "at": "then"}],
}


def left(value: Any, *paths: str) -> Any:
    return compile_paths(paths).left_out_of(value)


@pytest.mark.parametrize(
    ("path", "removed"),
    [
        ("$.id", [("id",)]),
        ("$['id']", [("id",)]),
        ('$["id"]', [("id",)]),
        ("$.user.id", [("user", "id")]),
        ("$.user['odd name']", [("user", "odd name")]),
        (r"$.user['it\'s']", [("user", "it's")]),
        ("$.lines[*].id", [("lines", 0, "id"), ("lines", 1, "id")]),
        ("$.lines[1].id", [("lines", 1, "id")]),
        ("$.lines[1]", [("lines", 1)]),
        ("$.lines.*.at", [("lines", 1, "at")]),
        ("$..at", [("at",), ("lines", 1, "at")]),
        ("$..['at']", [("at",), ("lines", 1, "at")]),
        ("$.lines..id", [("lines", 0, "id"), ("lines", 1, "id")]),
        ("$.nothing.like[3].it", []),
        ("$.lines['0']", []),
        ("$.*", [("id",), ("at",), ("user",), ("lines",)]),
    ],
)
def test_each_form_names_its_fields(path: str, removed: list[tuple[Any, ...]]) -> None:
    expected: Any = without(VALUE, removed)
    assert left(VALUE, path) == expected


def without(value: Any, removed: list[tuple[Any, ...]]) -> Any:
    """The value without what stands at some places, one after another."""
    kept = copy.deepcopy(value)
    for *above, last in sorted(removed, key=str, reverse=True):
        parent = kept
        for key in above:
            parent = parent[key]
        del parent[last]
    return kept


def test_several_paths_hold_together() -> None:
    assert left(VALUE, "$.user", "$.lines[*].id", "$..at", "$.id") == {
        "lines": [{"sku": "a"}, {"sku": "b"}]
    }


def test_deep_paths_find_what_is_below_what_they_found() -> None:
    assert left({"a": {"b": {"a": {"b": 1, "c": 2}}}}, "$..a..a.b") == {"a": {"b": {"a": {"c": 2}}}}


@given(json_values)
@QUICK
def test_what_nothing_names_stays(value: object) -> None:
    assert left(value, "$..['no such key']", "$.nothing[*]..here") == value


@given(json_values)
@QUICK
def test_everything_below_the_root_can_be_left_out(value: Any) -> None:
    empty = type(value)() if isinstance(value, dict | list) else value
    assert left(value, "$..*") == empty


@given(st.lists(st.sampled_from(["$..a", "$.a.b", "$.*.a", "$[0]", "$..b[*]"]), max_size=4))
@QUICK
def test_leaving_out_changes_nothing_that_was_given(paths: list[str]) -> None:
    value = {"a": {"b": [1, {"a": 2}]}, "b": [[{"a": 1}]]}
    before = repr(value)
    left(value, *paths)
    assert repr(value) == before


@pytest.mark.parametrize(
    "path",
    [
        *("", "$", "a", ".a", "$a", "$.", "$..", "$.a.", "$.a..", "$[", "$[]", "$[-1]", "$[01]"),
        *("$.a[?(@.b)]", "$[0:2]", "$[0,1]", "$['a','b']", "$.['a']", "$.a b", "$...a", "$.1a"),
    ],
)
def test_other_forms_are_refused_by_name(path: str) -> None:
    with pytest.raises(ValueError, match="none of the known forms") as refused:
        compile_paths([path])
    assert repr(path) in str(refused.value)


def test_what_would_take_too_many_states_is_refused() -> None:
    with pytest.raises(ValueError, match=r"too many paths with both \.\. and \*"):
        compile_paths(["$..a" + ".*" * 20])


def test_a_value_nested_too_deeply_is_not_walked() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(RecursionError):
        left(deep, "$..a")
