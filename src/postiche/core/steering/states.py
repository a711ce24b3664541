"""State without code: sequences and scenarios, as saved `x-mock-*` headers of examples tell them.

Knows these headers, when they keep an example out, and what follows once one
has answered. Must not know requests, whose state it is, or where it is kept.

A *sequence* is a row of examples that answer in turn:

    x-mock-sequence: 2               the place in the row, from 1 to 999999999
    x-mock-sequence-name: checkout   the row; the method and path of the example unless said
    x-mock-sequence-end: cycle       after the last: start over, or `hold` it, as is usual;
                                     what one example of the row says holds for all

A *scenario* is in one state at a time, in the beginning in `start`:

    x-mock-scenario: order           the scenario; `default` unless said
    x-mock-required-state: new|paid  answer only in one of these states
    x-mock-new-state: shipped        the state after answering

A header that is malformed is ignored, as Postman does with a delay.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from postiche.core.directives import PREFIX
from postiche.core.variables import Scope
from postiche.model import State

if TYPE_CHECKING:
    from postiche.core.plan import PlannedExample

START: Final = "start"
"""The state in which every scenario begins."""
DEFAULT_SCENARIO: Final = "default"
LARGEST_NUMBER: Final = 999_999_999
"""The largest number in a sequence."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """The numbers of a sequence, ascending and each once, and whether it starts over."""

    numbers: tuple[int, ...]
    cycles: bool

    def current(self, position: int) -> int:
        """The number that answers at a position, which may be of an earlier row of numbers."""
        return self._at(bisect_left(self.numbers, position))

    def after(self, number: int) -> int:
        """The number that answers once this one has."""
        return self._at(bisect_right(self.numbers, number))

    def _at(self, place: int) -> int:
        if place < len(self.numbers):
            return self.numbers[place]
        return self.numbers[0] if self.cycles else self.numbers[-1]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one example says of state.

    With `number` it is of a `sequence`, which ends in a cycle if any of its
    examples `cycles`. An empty `required` fits every state of the `scenario`;
    without `new` that stays as it is.
    """

    number: int | None = None
    sequence: str = ""
    cycles: bool = False
    scenario: str = DEFAULT_SCENARIO
    required: frozenset[str] = frozenset()
    new: str | None = None

    @property
    def says_anything(self) -> bool:
        """Whether state has a part in the example at all."""
        return self.number is not None or bool(self.required) or self.new is not None


@dataclass(frozen=True, slots=True)
class StatePlan:
    """The part of a plan that state has: rules by example, and what they make up together."""

    rules: "Mapping[PlannedExample, Rule]"
    sequences: Mapping[str, Sequence]
    scenarios: frozenset[str]

    def concerns(self, example: "PlannedExample") -> bool:
        """Whether the example depends on state, or changes it."""
        return example in self.rules

    def allowed(self, state: State, example: "PlannedExample") -> bool:
        """Whether the example may answer in a state."""
        rule = self.rules.get(example)
        if rule is None:
            return True
        if rule.required and state.scenarios.get(rule.scenario, START) not in rule.required:
            return False
        if rule.number is None:
            return True
        position = state.sequences.get(rule.sequence, 0)
        return rule.number == self.sequences[rule.sequence].current(position)

    def after(self, state: State, example: "PlannedExample") -> State:
        """The state once the example has answered, however it was chosen.

        What the plan does not name any more is forgotten.
        """
        rule = self.rules.get(example)
        if rule is None:
            return state
        sequences = {k: v for k, v in state.sequences.items() if k in self.sequences}
        scenarios = {k: v for k, v in state.scenarios.items() if k in self.scenarios}
        if rule.number is not None:
            sequences[rule.sequence] = self.sequences[rule.sequence].after(rule.number)
        if rule.new is not None:
            scenarios[rule.scenario] = rule.new
        return State(sequences, scenarios)


def state_plan(examples: "Iterable[PlannedExample]", scope: Scope) -> StatePlan | None:
    """What state has to do with the examples of a plan; None if nothing, as is usual."""
    rules = {example: rule for example in examples if (rule := _rule(example, scope)) is not None}
    if not rules:
        return None
    rows: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules.values():
        if rule.number is not None:
            rows[rule.sequence].append(rule)
    sequences = {name: _sequence(row) for name, row in rows.items()}
    return StatePlan(rules, sequences, frozenset(rule.scenario for rule in rules.values()))


def _sequence(row: list[Rule]) -> Sequence:
    numbers = {rule.number for rule in row if rule.number is not None}
    return Sequence(tuple(sorted(numbers)), any(rule.cycles for rule in row))


def _rule(example: "PlannedExample", scope: Scope) -> Rule | None:
    """What an example says of state; None if nothing."""
    said: dict[str, str] = {}
    for name, value in example.source.headers:
        key = name.strip().lower()
        if key.startswith(PREFIX):
            said.setdefault(key, scope.fill(value).strip())
    if not said:
        return None
    rule = Rule(
        number=_number(said.get("x-mock-sequence", "")),
        sequence=said.get("x-mock-sequence-name") or own_name(example),
        cycles=said.get("x-mock-sequence-end", "").lower() == "cycle",
        scenario=said.get("x-mock-scenario") or DEFAULT_SCENARIO,
        required=_states(said.get("x-mock-required-state", "")),
        new=said.get("x-mock-new-state") or None,
    )
    return rule if rule.says_anything else None


def own_name(example: "PlannedExample") -> str:
    """The sequence of an example that names none: all of its method and path."""
    return f"{example.source.method} {example.path.text}"


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))):
        return None
    return int(text) or None


def _states(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|") if part.strip())


# --- states as JSON text ---------------------------------------------------------------


def read_state(text: bytes | None) -> State:
    """The state in a text that `written` made; without one, the beginning."""
    if text is None:
        return State()
    kept = orjson.loads(text)
    return State(kept["sequences"], kept["scenarios"])


def written(state: State) -> bytes:
    """A state as JSON text; equal states have equal texts."""
    document = {"sequences": state.sequences, "scenarios": state.scenarios}
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
