"""Explanations in words: the one sentence that matters, and the reason of each candidate.

Knows how to say what a verdict holds. Must not know layouts, JSON or
terminals.
"""

from collections.abc import Iterator

from postiche.core.directives import UNKNOWN_CODE, sent_text
from postiche.core.explaining.corrections import Remedies
from postiche.core.explaining.differences import CONTENT_TYPE, Difference, Stage
from postiche.core.explaining.explain import Candidate, Explanation
from postiche.core.explaining.judging import Choice, Points, Verdict
from postiche.core.explaining.saved import shown_path, shown_value
from postiche.core.paths import Step

STEPS = {
    Step.IDENTICAL: "identical",
    Step.TRAILING_SLASH: "equal without trailing slashes",
    Step.CASE: "equal but for case",
    Step.CASE_AND_SLASH: "equal but for case and trailing slashes",
    Step.WILDCARD: "covered by wildcards",
    Step.IDS: "equal without IDs",
    Step.IDS_AND_SLASH: "equal without IDs and slashes at the ends",
    Step.DISTANCE: "spelled almost alike",
    Step.TAIL: "covered by a tail",
}
"""The steps of the path in words."""


def name_of(candidate: Candidate) -> str:
    """An example by name, quoted; by its place where it has none."""
    return _quoted(candidate.example.source.name) or f"example {candidate.example.index + 1}"


def route_of(candidate: Candidate) -> str:
    """Method and path of the saved request."""
    return f"{shown_value(candidate.example.source.method)} {candidate.verdict.saved.path}"


def described(candidate: Candidate) -> str:
    """An example by name, with its route and status."""
    return f"{name_of(candidate)} ({route_of(candidate)}, {candidate.example.source.code})"


def number(points: float) -> str:
    """Points as they are read: 79, 93.3."""
    return f"{round(points, 1) or 0:g}"


def signed(points: float) -> str:
    """Points that are added or taken away: +5, -1, 0."""
    return f"+{number(points)}" if points > 0 else number(points)


def counted(count: float, noun: str) -> str:
    """A number and a noun: 1 point, 2.5 points."""
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")


# --- the whole -----------------------------------------------------------------------------


def summary(explanation: Explanation) -> str:
    """What happened and why, the difference that matters first, in one sentence."""
    if explanation.outcome.example is not None:
        return _answered(explanation.candidates[0], explanation)
    return _missed(explanation)


def _answered(candidate: Candidate, explanation: Explanation) -> str:
    points = candidate.points
    if points is None:
        return f"{described(candidate)} answers: {_directive(explanation)} chose it."
    return (
        f"{described(candidate)} answers with {counted(points.total, 'point')}:"
        f" {_parts(candidate.verdict, points)}."
    )


def _parts(verdict: Verdict, points: Points) -> str:
    """What the points are for."""
    step = verdict.path.step
    parts = [f"path {number(points.path)}, {STEPS[step]}"] if step else []
    query = verdict.query
    if query is not None and (query.matched or query.partial or query.missing):
        parts.append(f"query {signed(points.query)}, {_counts(verdict)}")
    if points.body:
        parts.append(f"body {signed(points.body)}, equal")
    return "; ".join(parts)


def _counts(verdict: Verdict) -> str:
    query = verdict.query
    assert query is not None
    total = query.matched + query.partial + query.missing
    return (
        f"{query.matched} of {counted(total, 'parameter')} {'match' if total != 1 else 'matches'}"
    )


def _missed(explanation: Explanation) -> str:
    request = explanation.request
    asked = f"{shown_value(request.method.upper())} {shown_path(explanation.call.path)}"
    if explanation.unanswered is not None:
        saved = _quoted(explanation.unanswered.name) or "a saved request"
        return f"The saved request {saved} fits {asked}, but has no example to answer with."
    if not explanation.candidates:
        return f"{asked} has no example: the collection has none at all."
    near = explanation.candidates[0]
    if near.verdict.choice is Choice.PASSED_OVER:
        return _not_chosen(explanation, near)
    return {
        Stage.METHOD: _other_method,
        Stage.DIRECTIVES: _other_code,
        Stage.PATH: _other_path,
    }.get(near.verdict.out_at or Stage.BODY, _almost)(asked, near)


def _other_method(asked: str, near: Candidate) -> str:
    if near.verdict.path.step is not None:
        return f"{asked} has no example, but {route_of(near)} has."
    return f"{asked} has no example; the nearest is {described(near)}: {reason(near)}."


def _other_code(asked: str, near: Candidate) -> str:
    sent = _sent_code(near.verdict)
    if near.verdict.choice is Choice.ASKED_FOR:
        kind = "id" if near.verdict.call.directives.id is not None else "name"
        return (
            f"{described(near)} has the {kind} that is asked for,"
            f" but x-mock-response-code asks for {sent}."
        )
    if near.verdict.call.directives.code == UNKNOWN_CODE:
        return f"x-mock-response-code: {sent} is no status, so no example of {asked} has it."
    return (
        f"No example of {asked} has status {sent}, which x-mock-response-code asks for;"
        f" {name_of(near)} has {near.example.source.code}."
    )


def _other_path(asked: str, near: Candidate) -> str:
    return (
        f"No example has the path of {asked};"
        f" the nearest, {route_of(near)}, differs in {reason(near)}."
    )


def _almost(asked: str, near: Candidate) -> str:
    return f"{described(near)} would answer {asked}, but for {reason(near)}."


def _not_chosen(explanation: Explanation, near: Candidate) -> str:
    method = shown_value(explanation.request.method.upper())
    wanted, kind = _wanted(explanation)
    said = f"has the id {wanted}" if kind == "id" else f'is named "{wanted}"'
    start = f"No {method} example {said}, which x-mock-response-{kind} asks for"
    if not near.verdict.method_fits and _has_what_is_asked_for(near):
        return f"{start}; {described(near)} has it, but is saved for another method."
    if kind == "name":
        return f"{start}; the nearest name is {described(near)}."
    return f"{start}."


def _has_what_is_asked_for(candidate: Candidate) -> bool:
    directives, source = candidate.verdict.call.directives, candidate.example.source
    if directives.id is None:
        return directives.name == source.name.strip()
    return source.id is not None and directives.id.endswith(source.id)


def _directive(explanation: Explanation) -> str:
    """The directive that chooses, as it was sent."""
    wanted, kind = _wanted(explanation)
    return f"x-mock-response-{kind}: {wanted}"


def _wanted(explanation: Explanation) -> tuple[str, str]:
    """What is asked for, and whether it is an id or a name."""
    kind = "id" if explanation.call.directives.id is not None else "name"
    value = explanation.request.header(f"x-mock-response-{kind}") or ""
    return shown_value(sent_text(value).strip()), kind


# --- one candidate -----------------------------------------------------------------------------


def reason(candidate: Candidate) -> str:
    """Why a candidate did not answer, in one clause; why it did, for the one that did."""
    verdict = candidate.verdict
    if candidate.answers:
        return "it answers"
    if verdict.out_at is None:
        return _outdone(candidate)
    if verdict.out_at is Stage.DIRECTIVES:
        return _not_meant(verdict)
    if verdict.out_at is Stage.PATH:
        return _path_reason(verdict)
    first = decisive(verdict)
    if first.stage is Stage.BODY and first.subject == CONTENT_TYPE and first.saved is None:
        return f"{first.text}, and body matching needs it"
    return first.text


def decisive(verdict: Verdict) -> Difference:
    """The first difference of the stage that put an example out."""
    return next(each for each in verdict.differences if each.stage is verdict.out_at)


def _not_meant(verdict: Verdict) -> str:
    if verdict.choice is Choice.PASSED_OVER:
        kind = "id" if verdict.call.directives.id is not None else "name"
        return f"x-mock-response-{kind} asks for another example"
    sent = _sent_code(verdict)
    if verdict.call.directives.code == UNKNOWN_CODE:
        return f"x-mock-response-code: {sent} is no status, so no example has it"
    return f"x-mock-response-code asks for {sent}, its status is {verdict.example.source.code}"


def _sent_code(verdict: Verdict) -> str:
    return shown_value(verdict.call.request.header("x-mock-response-code") or "")


def _path_reason(verdict: Verdict) -> str:
    differences = [each for each in verdict.differences if each.stage is Stage.PATH]
    if not differences:
        return "the path is too long to be compared leniently"
    if not verdict.call.config.match_wildcards and "{{" in (differences[0].saved or ""):
        return f"{differences[0].text}, and wildcards are off"
    return differences[0].text


def _outdone(candidate: Candidate) -> str:
    """What an example lacks that the winner has, or what broke the tie."""
    if candidate.tie is not None:
        return f"{'' if candidate.points is None else 'equal points, but '}{candidate.tie}"
    short, winner = candidate.short_of, candidate.winner
    assert short is not None
    assert winner is not None
    lacks = "; ".join(_lacks(candidate.verdict, winner))
    return f"{counted(short, 'point')} short: {lacks}"


def _lacks(own: Verdict, best: Verdict) -> Iterator[str]:
    """Where the points are that the winner has and an example has not."""
    mine, theirs = own.points, best.points
    assert mine is not None
    assert theirs is not None
    if mine.path < theirs.path and own.path.step and best.path.step:
        yield (
            f"path {number(mine.path)}, {STEPS[own.path.step]},"
            f" against {number(theirs.path)}, {STEPS[best.path.step]}"
        )
    if mine.query < theirs.query:
        first = next((each for each in own.differences if each.stage is Stage.QUERY), None)
        why = f" ({first.text})" if first else ""
        yield f"query {signed(mine.query)} against {signed(theirs.query)}{why}"
    if mine.body < theirs.body:
        yield f"body 0 against {signed(theirs.body)}, for it is not equal"


def more_differences(candidate: Candidate) -> list[str]:
    """The other differences of an example that is out; the decisive one is its reason."""
    verdict = candidate.verdict
    if verdict.out_at is None:
        return []
    first = {reason(candidate), *((decisive(verdict).text,) if _has_decisive(verdict) else ())}
    return [each.text for each in verdict.differences if each.text not in first]


def _has_decisive(verdict: Verdict) -> bool:
    return any(each.stage is verdict.out_at for each in verdict.differences)


def ways(found: Remedies, line: str | None) -> list[str]:
    """What would make an example answer, the call to make (`line`) first; empty if nothing can."""
    lines = [line] if line is not None else []
    lines += [f"the header {header}" for header in found.headers]
    if found.switches:
        switched = " and ".join(f"{name} {'on' if on else 'off'}" for name, on in found.switches)
        lines.append(f"{switched} in the mock's config")
    return lines


def _quoted(name: str) -> str:
    return f'"{shown_value(name.strip())}"' if name.strip() else ""
