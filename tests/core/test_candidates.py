"""Examples of one path: two stand for any number of equals, and tables lead to who wins."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.candidates import (
    OUT,
    Alike,
    Various,
    better,
    candidates,
    preferred,
    representatives,
)
from postiche.core.plan import PlannedExample
from postiche.core.reading import Reading
from postiche.model import BodyMode, Example, MockConfig, RequestBody

from .building import QUICK, example, get, plan, planned, post, raw

EQUALS = st.lists(
    st.builds(
        example,
        id=st.sampled_from([None, "a", "b", "c"]) | st.text("abc", min_size=1, max_size=2),
        code=st.sampled_from([200, 200, 201, 404]),
    ),
    min_size=1,
    max_size=12,
)


def tied(*examples: Example) -> tuple[PlannedExample, ...]:
    return tuple(planned(plan(*examples)))


@QUICK
@given(EQUALS, st.data())
def test_representatives_stand_for_all_of_them_in_any_larger_tie(
    examples: list[Example], data: st.DataObject
) -> None:
    every = tied(*examples)
    cuts = data.draw(st.lists(st.integers(0, len(every)), max_size=3).map(sorted))
    parts = [every[a:b] for a, b in zip([0, *cuts], [*cuts, len(every)], strict=True)]
    standing = [e for part in parts if part for e in representatives(part)]
    assert preferred(standing) is preferred(every)


@given(EQUALS)
def test_two_examples_are_enough_to_stand_for_any_number(examples: list[Example]) -> None:
    assert len(representatives(tied(*examples))) <= 2


def test_nobody_is_preferred_among_none() -> None:
    assert preferred([]) is None


def test_the_better_standing_wins_and_equal_ones_join() -> None:
    one, other = tied(example(), example())
    assert better((2.0, (one,)), (1.0, (other,))) == (2.0, (one,))
    assert better(OUT, (1.0, (other,))) == (1.0, (other,))
    assert better((1.0, (one,)), (1.0, (other,))) == (1.0, (one, other))


@pytest.mark.parametrize(
    ("urls", "queries", "kind"),
    [
        (["/a?b=1"], True, Alike),
        (["/a?b=1&c=2", "/a?c=2&b=1"], True, Alike),
        (["/a?b=1", "/a?b=2"], True, Various),
        (["/a?b=1", "/a?b=2"], False, Alike),
    ],
)
def test_examples_are_alike_unless_their_queries_differ_and_count(
    urls: list[str], queries: bool, kind: type
) -> None:
    made = candidates(tied(*map(example, urls)), typed=False, queries=queries)
    assert isinstance(made, kind)


def sending(body: RequestBody | None, kind: str = "application/json", **more: Any) -> Example:
    return example(method="POST", sends={"Content-Type": kind}, sends_body=body, **more)


def names(found: tuple[PlannedExample, ...]) -> list[str]:
    return sorted(each.source.name for each in found)


def test_the_text_of_a_body_leads_to_all_of_its_value() -> None:
    every = tied(
        sending(raw('{"a":1}'), name="x", id="2"),
        sending(raw('{"a": 1}'), name="y", id="1"),
        sending(raw("other"), name="z"),
    )
    leaf = candidates(every, typed=False, queries=True)
    for text in ('{"a":1}', '{"a": 1}', '{"a" : 1.0}'):
        points, found = leaf.best(Reading(post("/", text), MockConfig()), 100.0)
        assert (points, preferred(found)) == (105.0, every[1])


def test_one_text_may_equal_bodies_of_different_kinds() -> None:
    every = tied(
        sending(raw("a=1"), name="text"),
        sending(RequestBody(BodyMode.URLENCODED, fields=(("a", "1"),)), name="form"),
    )
    leaf = candidates(every, typed=False, queries=True)
    _, found = leaf.best(Reading(post("/", "a=1"), MockConfig()), 100.0)
    assert names(found) == ["form", "text"]


def test_with_body_matching_the_media_type_has_to_be_equal() -> None:
    every = tied(sending(raw("1")), sending(raw("1"), "text/plain", name="plain"))
    leaf = candidates(every, typed=True, queries=True)
    call = Reading(
        post("/", "1", {"content-type": "text/plain; charset=utf-8"}), MockConfig(match_body=True)
    )
    points, found = leaf.best(call, 100.0)
    assert (points, names(found)) == (100.0, ["plain"])


def test_with_body_matching_no_body_fits_no_body_of_any_type() -> None:
    every = tied(sending(None, name="none"), sending(raw("1"), name="one"))
    leaf = candidates(every, typed=True, queries=True)
    config = MockConfig(match_body=True)
    assert names(leaf.best(Reading(post("/"), config), 100.0)[1]) == ["none"]
    assert leaf.best(Reading(post("/", "2"), config), 100.0) == OUT


def test_without_body_matching_a_body_that_nothing_equals_changes_nothing() -> None:
    leaf = candidates(tied(sending(raw("1"), name="one")), typed=False, queries=True)
    assert leaf.best(Reading(post("/", "2"), MockConfig()), 95.0)[0] == 95.0


def test_a_query_with_an_unresolved_value_is_never_matched_fully() -> None:
    every = tied(example("/?a={{x}}", name="open"), example("/?a=1", name="one"))
    leaf = candidates(every, typed=False, queries=True)
    assert names(leaf.best(Reading(get("/?a=1"), MockConfig()), 100.0)[1]) == ["one"]
    points, found = leaf.best(Reading(get("/?a=2"), MockConfig()), 100.0)
    assert (points, preferred(found)) == (100.0, every[0])
