"""What is said to be always beaten is never chosen, whatever is asked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.core.lint.dominance import always_beats, covers, goes_first, signature
from postiche.core.match import match
from postiche.core.paths import path_pattern
from postiche.model import Example, MockConfig, Request
from tests.core.building import example, plan, planned

from .arbitrary import any_example, configs, examples, plain_requests

THOROUGH = settings(max_examples=150, deadline=None)


@THOROUGH
@given(examples, st.lists(plain_requests, max_size=6), configs)
def test_no_request_brings_an_example_that_another_always_beats(
    made: list[Example], requests: list[Request], config: dict[str, Any]
) -> None:
    compiled = plan(*made, **config)
    every = planned(compiled)
    named = all(each.source.id is not None for each in every)
    beaten = {
        loser
        for winner in every
        for loser in every
        if winner is not loser
        and winner.source.method == loser.source.method
        and always_beats(winner, loser, compiled.config, all_named=named)
    }
    assert not [one for one in requests if match(compiled, one).example in beaten]


@THOROUGH
@given(any_example(), any_example(), plain_requests, configs)
def test_examples_with_one_signature_get_the_same_points(
    one: Example, other: Example, asked: Request, config: dict[str, Any]
) -> None:
    outcomes = [match(plan(each, **config), asked) for each in (one, other)]
    first, second = (planned(plan(each))[0] for each in (one, other))
    if signature(first, MockConfig(**config)) == signature(second, MockConfig(**config)):
        assert outcomes[0].score == outcomes[1].score


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("/a/{{x}}", "/a/{{y}}", True),
        ("/a/:x", "/a/{{y}}", True),
        ("/{{x}}/{{y}}", "/a/{{y}}", True),
        ("/{{x}}/{{y}}", "/a/{{y}}.json", True),
        ("/a/{{y}}.json", "/{{x}}/{{y}}", False),
        ("/{{x}}", "/a", False),
        ("/{{x}}/{{y}}", "//{{y}}", False),
        ("/a/{{x}}", "/b/{{x}}", False),
        ("/a/{{x}}", "/a/{{x}}/c", False),
        ("/a/{{x}}", "/a/{{" + "y" * 300 + "}}", False),
    ],
)
def test_a_wildcard_covers_what_it_gets_as_many_points_for(
    wide: str, narrow: str, expected: bool
) -> None:
    assert covers(path_pattern(wide), path_pattern(narrow)) is expected


@pytest.mark.parametrize(
    ("winner", "loser", "all_named", "expected"),
    [
        (("b", 200), ("a", 404), True, True),
        (("a", 404), ("b", 200), True, False),
        (("a", 200), ("b", 200), False, True),
        (("b", 200), ("a", 200), False, False),
        ((None, 200), (None, 200), False, True),
        ((None, 404), ("a", 404), False, True),
    ],
)
def test_the_tie_break_is_known_beforehand(
    winner: tuple[str | None, int], loser: tuple[str | None, int], all_named: bool, expected: bool
) -> None:
    made = planned(plan(*(example("/", id=i, code=code) for i, code in (winner, loser))))
    assert goes_first(*made, all_named=all_named) is expected


def test_ids_decide_nothing_for_certain_where_a_third_example_may_have_none() -> None:
    later, earlier = planned(plan(example("/", id="b"), example("/", id="a")))
    assert goes_first(earlier, later, all_named=True)
    assert not goes_first(earlier, later, all_named=False)
