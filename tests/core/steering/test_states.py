"""What saved headers say of sequences and scenarios, and how a state moves on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.plan import Plan
from postiche.core.steering.states import (
    LARGEST_NUMBER,
    START,
    Rule,
    Sequence,
    StatePlan,
    read_state,
    written,
)
from postiche.model import Example, State
from tests.core.building import QUICK, Pairs, example, plan, planned

BEGINNING = State()


def states_of(made: Plan) -> StatePlan:
    assert made.states is not None
    return made.states


def rule_of(headers: Pairs) -> Rule | None:
    """What the only example of a plan says of state."""
    made = plan(example("/orders/{{id}}?x=1", headers=headers), variables={"n": "7"})
    return made.states.rules[planned(made)[0]] if made.states else None


def test_a_plan_without_such_headers_has_no_state() -> None:
    assert plan(example("/a", headers={"x-mock-response-delay": "1", "X": "1"})).states is None
    assert plan().states is None


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        ({"x-mock-sequence": "2"}, Rule(2, "GET /orders/{{id}}")),
        ({"X-Mock-Sequence": " 2 "}, Rule(2, "GET /orders/{{id}}")),
        ({"x-mock-sequence": "1", "x-mock-sequence-name": " pay "}, Rule(1, "pay")),
        ({"x-mock-sequence": "{{n}}"}, Rule(7, "GET /orders/{{id}}")),
        (
            {"x-mock-sequence": "1", "x-mock-sequence-end": "Cycle"},
            Rule(1, "GET /orders/{{id}}", True),
        ),
        (
            {"x-mock-sequence": "1", "x-mock-sequence-end": "hold"},
            Rule(1, "GET /orders/{{id}}", False),
        ),
        (
            {"x-mock-required-state": "a | b|", "x-mock-new-state": "c"},
            Rule(None, "GET /orders/{{id}}", required=frozenset("ab"), new="c"),
        ),
        (
            {"x-mock-scenario": "order", "x-mock-new-state": "paid"},
            Rule(None, "GET /orders/{{id}}", scenario="order", new="paid"),
        ),
    ],
)
def test_headers_say_what_an_example_has_to_do_with_state(headers: Pairs, rule: Rule) -> None:
    assert rule_of(headers) == rule


@pytest.mark.parametrize(
    "headers",
    [
        *({"x-mock-sequence": text} for text in ("", "0", "-1", "1.5", "one", "1" * 10, "\u0664")),
        {"x-mock-scenario": "order"},
        {"x-mock-sequence-name": "checkout"},
        {"x-mock-required-state": " | "},
        {"x-mock-new-state": " "},
    ],
)
def test_malformed_headers_and_those_without_effect_are_ignored(headers: Pairs) -> None:
    assert rule_of(headers) is None


def test_examples_of_one_method_and_path_are_one_sequence() -> None:
    def numbered(number: int, url: str, method: str = "GET", **more: str) -> Example:
        named = {f"x-mock-sequence-{key}": value for key, value in more.items()}
        headers = {"x-mock-sequence": str(number), **named}
        return example(url, method=method, headers=headers)

    made = plan(
        numbered(3, "/a?x=1"),
        numbered(1, "/a", end="cycle"),
        numbered(1, "/a"),
        numbered(1, "/a", "POST"),
        numbered(5, "/b", name="own"),
        numbered(2, "/c", name="own"),
    )
    assert states_of(made).sequences == {
        "GET /a": Sequence((1, 3), True),
        "POST /a": Sequence((1,), False),
        "own": Sequence((2, 5), False),
    }


@pytest.mark.parametrize(
    ("cycles", "answered"),
    [(False, [2, 4, 9, 9, 9]), (True, [2, 4, 9, 2, 4])],
)
def test_a_sequence_goes_through_its_numbers_and_ends_as_it_says(
    cycles: bool, answered: list[int]
) -> None:
    sequence, position, seen = Sequence((2, 4, 9), cycles), 0, []
    for _ in answered:
        seen.append(sequence.current(position))
        position = sequence.after(seen[-1])
    assert seen == answered


@QUICK
@given(
    st.sets(st.integers(1, LARGEST_NUMBER), min_size=1),
    st.booleans(),
    st.integers(0, LARGEST_NUMBER),
)
def test_wherever_a_sequence_stands_one_of_its_numbers_answers(
    numbers: set[int], cycles: bool, position: int
) -> None:
    sequence = Sequence(tuple(sorted(numbers)), cycles)
    current = sequence.current(position)
    assert current in numbers
    assert current >= position or current in (min(numbers), max(numbers))
    later = [n for n in numbers if n > current]
    assert sequence.after(current) == min(later, default=min(numbers) if cycles else max(numbers))


def a_scenario() -> Plan:
    def step(name: str, required: str, new: str = "") -> Example:
        headers = {"x-mock-scenario": "order", "x-mock-required-state": required}
        return example("/a", name=name, headers=headers | {"x-mock-new-state": new})

    return plan(
        step("pay", START, "paid"), step("ship", "paid|late"), example("/a", name="whenever")
    )


def test_a_scenario_lets_in_what_fits_its_state() -> None:
    made = a_scenario()
    pay, ship, whenever = planned(made)
    states = states_of(made)

    def admitted(state: State) -> list[str]:
        return [e.source.name for e in (pay, ship, whenever) if states.allowed(state, e)]

    assert admitted(BEGINNING) == ["pay", "whenever"]
    paid = states.after(BEGINNING, pay)
    assert paid == State({}, {"order": "paid"})
    assert admitted(paid) == ["ship", "whenever"]
    assert admitted(State({}, {"order": "late"})) == ["ship", "whenever"]
    assert states.after(paid, ship) == states.after(paid, whenever) == paid
    assert [e for e in (pay, ship, whenever) if states.concerns(e)] == [pay, ship]


def test_what_the_collection_no_longer_names_is_forgotten_with_the_next_step() -> None:
    made = plan(example("/a", headers={"x-mock-sequence": "1", "x-mock-new-state": "on"}))
    old = State({"gone": 3, "GET /a": 9}, {"gone": "x", "default": "y"})
    after = states_of(made).after(old, planned(made)[0])
    assert after == State({"GET /a": 1}, {"default": "on"})


names = st.text(max_size=20)


@QUICK
@given(st.dictionaries(names, st.integers(1, LARGEST_NUMBER)), st.dictionaries(names, names))
def test_a_state_is_read_as_it_was_written(
    sequences: dict[str, int], scenarios: dict[str, str]
) -> None:
    state = State(sequences, scenarios)
    assert read_state(written(state)) == state
    backwards = State(dict(reversed(sequences.items())), dict(reversed(scenarios.items())))
    assert written(backwards) == written(state)


def test_without_a_text_it_is_the_beginning() -> None:
    assert read_state(None) == BEGINNING
