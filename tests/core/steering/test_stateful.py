"""Matching within a state: what it leaves out, what follows, and when it need not be asked."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.errors import MockError
from postiche.core.match import Outcome, match, match_among
from postiche.core.plan import Plan, PlannedExample
from postiche.core.reading import Reading
from postiche.core.steering.stateful import settled_outcome, step
from postiche.core.steering.states import StatePlan
from postiche.model import Example, Request, State
from tests.core.arbitrary import saved_paths, saved_queries, sent_paths, sent_queries, url
from tests.core.building import QUICK, Pairs, example, get, plan, post, raw, winner


def states_of(made: Plan) -> StatePlan:
    assert made.states is not None
    return made.states


def stepped(made: Plan, text: bytes | None, asked: Request) -> tuple[bytes | None, Outcome]:
    return step(made, states_of(made), Reading(asked, made.config), text)


def name_of(outcome: Outcome) -> str | None:
    return None if outcome.example is None else outcome.example.source.name


def answers(made: Plan, *calls: Request) -> list[str | None]:
    """The names of what answers the calls of one session, one after the other."""
    text: bytes | None = None
    found: list[str | None] = []
    for asked in calls:
        text, outcome = stepped(made, text, asked)
        found.append(name_of(outcome))
    return found


def in_turn(target: str, *names: str, end: str = "hold", **more: str) -> list[Example]:
    """Examples that answer one after the other; ids are in the opposite order."""
    return [
        example(
            target,
            name=name,
            id=f"{99 - number}",
            headers={"x-mock-sequence": str(number), "x-mock-sequence-end": end, **more},
        )
        for number, name in enumerate(names, 1)
    ]


def test_a_sequence_answers_in_order_and_holds() -> None:
    made = plan(*in_turn("/a", "one", "two", "three"))
    assert answers(made, *[get("/a")] * 5) == ["one", "two", "three", "three", "three"]


def test_a_sequence_that_cycles_starts_over() -> None:
    made = plan(*in_turn("/a", "one", "two", end="cycle"))
    assert answers(made, *[get("/a")] * 5) == ["one", "two", "one", "two", "one"]


def test_the_best_of_those_whose_turn_it_is_answers() -> None:
    made = plan(
        *in_turn("/a?x=1", "x one", "x two"),
        *in_turn("/a?x=2", "y one", "y two"),
        example("/a?z=1", name="no turn"),
    )
    calls = [get("/a?x=2"), get("/a?z=1"), get("/a?x=1"), get("/a?x=2")]
    assert answers(made, *calls) == ["y one", "no turn", "x two", "y two"]


def test_sequences_of_other_names_move_apart() -> None:
    own = {"x-mock-sequence-name": "own"}
    made = plan(*in_turn("/a", "a1", "a2"), *in_turn("/b", "b1", "b2", **own))
    calls = [get("/a"), get("/b"), get("/b"), get("/a")]
    assert answers(made, *calls) == ["a1", "b1", "b2", "a2"]


def test_a_wildcard_path_is_one_sequence_whatever_it_covers() -> None:
    made = plan(*in_turn("/users/{{id}}", "one", "two"))
    assert answers(made, get("/users/7"), get("/users/8")) == ["one", "two"]
    _, outcome = stepped(made, None, get("/users/7"))
    assert outcome.captures == {"id": "7"}


def order(method: str, name: str, required: str = "", new: str = "") -> Example:
    headers = {"x-mock-required-state": required, "x-mock-new-state": new}
    return example("/order", method=method, name=name, headers=headers)


ORDER = plan(
    order("GET", "open", "start"),
    order("POST", "pay", "start", "paid"),
    order("GET", "paid", "paid"),
    order("DELETE", "cancel", "start|paid", "gone"),
)


def test_a_scenario_is_told_by_what_was_called_before() -> None:
    pay, read, cancel = post("/order"), get("/order"), Request("DELETE", "/order")
    assert answers(ORDER, read, read, pay, read, pay) == ["open", "open", "pay", "paid", None]
    assert answers(ORDER, cancel, read, cancel) == ["cancel", None, None]


def test_what_no_state_lets_in_is_no_match() -> None:
    text = b'{"sequences":{},"scenarios":{"default":"gone"}}'
    after, outcome = stepped(ORDER, text, get("/order"))
    assert (after, outcome.miss) == (text, MockError.NO_MATCH)


@pytest.mark.parametrize("header", ["x-mock-response-name", "x-mock-response-id"])
def test_a_choice_by_name_or_id_ignores_the_state_and_moves_it_on(header: str) -> None:
    made = plan(*in_turn("/a", "one", "two", "three", "four"))
    chosen = {"x-mock-response-name": "three", "x-mock-response-id": "96"}[header]
    assert answers(made, get("/a", {header: chosen}), get("/a")) == ["three", "four"]


def test_a_choice_by_code_is_among_those_that_the_state_lets_in() -> None:
    turns = in_turn("/a", "one", "two")
    made = plan(*turns, example("/a", name="other", code=500))
    by_code = get("/a", {"x-mock-response-code": "200"})
    assert answers(made, by_code, by_code) == ["one", "two"]
    failing = get("/a", {"x-mock-response-code": "500"})
    assert answers(made, failing, by_code) == ["other", "one"]


def test_header_and_body_matching_go_on_as_ever() -> None:
    def saved(name: str, text: str, number: int) -> Example:
        sends = {"content-type": "text/plain"}
        turn = {"x-mock-sequence": str(number)}
        body = raw(text)
        return example("/a", method="POST", name=name, sends=sends, sends_body=body, headers=turn)

    made = plan(saved("a1", "a", 1), saved("b1", "b", 1), saved("a2", "a", 2), match_body=True)
    typed = {"content-type": "text/plain"}
    calls = [post("/a", text, typed) for text in ("b", "b", "a")]
    assert answers(made, *calls) == ["b1", None, "a2"]


# --- when there is nothing to ask ------------------------------------------------------


def settled(made: Plan, asked: Request) -> Outcome | None:
    return settled_outcome(made, states_of(made), Reading(asked, made.config))


def test_a_call_that_has_nothing_to_do_with_state_is_settled() -> None:
    made = plan(*in_turn("/a", "one"), example("/b", name="b"), example("/a/c", name="c"))
    assert settled(made, get("/b")) == match(made, get("/b"))
    assert settled(made, get("/x/y/z")) == Outcome(miss=MockError.NO_MATCH)
    assert settled(made, Request("PUT", "/a")) == Outcome(miss=MockError.NO_MATCH)
    assert settled(made, get("/x", {"x-mock-response-name": "b"})) is not None
    assert settled(made, get("/a")) is None
    assert settled(made, get("/a/")) is None
    assert settled(made, get("/x", {"x-mock-response-name": "one"})) is None


STATES: list[Pairs] = [
    {},
    {},
    {"x-mock-sequence": "1", "x-mock-sequence-name": "s"},
    {"x-mock-sequence": "2", "x-mock-sequence-name": "s"},
    {"x-mock-required-state": "start", "x-mock-new-state": "on"},
    {"x-mock-required-state": "on", "x-mock-new-state": "start"},
]


@st.composite
def saved_examples(draw: st.DrawFn) -> list[Example]:
    """A few examples, of which many have state."""

    def one(number: int) -> Example:
        return example(
            url(draw(saved_paths), draw(saved_queries)),
            name=f"{number}",
            id=draw(st.sampled_from([None, f"id {-number}"])),
            code=draw(st.sampled_from([200, 200, 404])),
            headers=draw(st.sampled_from(STATES)),
        )

    return [one(number) for number in range(draw(st.integers(1, 7)))]


requests = st.builds(
    get,
    st.builds(url, sent_paths, sent_queries),
    st.sampled_from([{}, {}, {"x-mock-response-code": "404"}, {"x-mock-response-name": "1"}]),
)
some_state = st.builds(
    State,
    st.sampled_from([{}, {"s": 1}, {"s": 2}]),
    st.sampled_from([{}, {"default": "start"}, {"default": "on"}]),
)


@QUICK
@given(saved_examples(), requests)
def test_if_all_are_let_in_it_is_matching_as_ever(saved: list[Example], asked: Request) -> None:
    made = plan(*saved)
    assert match_among(made, Reading(asked, made.config), lambda _: True) == match(made, asked)


@QUICK
@given(saved_examples(), requests, st.data())
def test_who_is_not_let_in_might_as_well_not_be_there(
    saved: list[Example], asked: Request, data: st.DataObject
) -> None:
    named = "x-mock-response-name" in dict(asked.headers)
    kept = data.draw(st.just(saved) if named else st.lists(st.sampled_from(saved), unique_by=id))
    made = plan(*saved)

    def admits(one: PlannedExample) -> bool:
        return any(one.source is each for each in kept)

    found = match_among(made, Reading(asked, made.config), admits)
    alone = plan(*(each for each in saved if any(each is one for one in kept)))
    assert name_of(found) == winner(alone, asked)
    assert found.score == match(alone, asked).score


@QUICK
@given(saved_examples(), requests, some_state)
def test_what_is_settled_is_so_in_every_state(
    saved: list[Example], asked: Request, state: State
) -> None:
    made = plan(*saved)
    if made.states is None:
        return
    states, outcome = made.states, settled(made, asked)
    call = Reading(asked, made.config)
    within = match_among(made, call, lambda one: states.allowed(state, one))
    assert outcome in (None, within)


def positions(answered: Sequence[str | None]) -> list[int]:
    return [int(name) for name in answered if name]


@QUICK
@given(st.integers(1, 6), st.booleans(), st.integers(0, 20))
def test_every_call_of_a_session_gets_the_next_of_its_sequence(
    length: int, cycles: bool, calls: int
) -> None:
    names = [str(number) for number in range(length)]
    made = plan(*in_turn("/a", *names, end="cycle" if cycles else "hold"))
    expected = [n % length if cycles else min(n, length - 1) for n in range(calls)]
    assert positions(answers(made, *[get("/a")] * calls)) == expected
