"""Matching for plans whose examples have state: the stages of `match.py`, and what follows.

Knows how state takes part in matching: it keeps examples out before the best is
chosen, and moves on once one has answered. Must not know whose state it is or
where it is kept: it comes in and goes out as text.

An `x-mock-response-id` or `-name` chooses whatever the state is, as it does
whatever the path is. But whichever example answers moves the state on.
"""

from postiche.core.match import Outcome, match_among
from postiche.core.plan import Plan, PlannedExample
from postiche.core.reading import Reading
from postiche.core.steering.states import StatePlan, read_state, written


def settled_outcome(plan: Plan, states: StatePlan, call: Reading) -> Outcome | None:
    """What matching decides if no state can change that; None if one can.

    Most calls to a mock with some sequence have nothing to do with it.
    """
    asked = False

    def admits(example: PlannedExample) -> bool:
        nonlocal asked
        concerned = states.concerns(example)
        asked = asked or concerned
        # With a body it is judged all the same, so that `step` finds the body read.
        return not concerned or bool(call.request.body)

    outcome = match_among(plan, call, admits)
    chosen = outcome.example is not None and states.concerns(outcome.example)
    return None if asked or chosen else outcome


def step(
    plan: Plan, states: StatePlan, call: Reading, text: bytes | None
) -> tuple[bytes | None, Outcome]:
    """What matching decides in a state, and the state that follows; None is the beginning."""
    state = read_state(text)
    outcome = match_among(plan, call, lambda example: states.allowed(state, example))
    if outcome.example is None or not states.concerns(outcome.example):
        return text, outcome
    return written(states.after(state, outcome.example)), outcome
