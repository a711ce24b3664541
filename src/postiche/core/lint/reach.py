"""Which examples do not answer their own request, and which can answer none.

Knows which examples are in doubt, and words the verdicts. Must not know the
matching rules: the winner is the matcher's, and "never" is said with a proof.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import replace

from postiche.core.bodies import SentBody
from postiche.core.directives import PREFIX
from postiche.core.lint.dominance import path_and_query, shape, signature
from postiche.core.lint.findings import Finding, Place
from postiche.core.lint.subjects import Subject, brief, called
from postiche.core.lint.trial import Trial, tie_break
from postiche.core.match import Reading, passes, preferred
from postiche.core.plan import PlannedExample

MAX_LISTED = 8
"""How many examples one message names."""


def unreached(trial: Trial) -> Iterator[Finding]:
    """Examples that do not answer the request that they were saved for."""
    groups = _alike(trial)
    kinds = _body_kinds(trial, groups)
    by_code: dict[Place, list[tuple[Subject, Subject]]] = {}
    for group in groups:
        first = preferred(subject.planned for subject in group)
        head = next(subject for subject in group if subject.planned is first)
        refusal = _refusal(trial, head)
        if refusal is not None:
            yield from (Finding(refusal[0], each.place, refusal[1]) for each in group)
            continue
        rivals = kinds[path_and_query(head.planned, trial.plan.config)]
        if _in_doubt(head, rivals) and trial.admits("doubt", head):
            yield from _judged(trial, head)
        for loser in group:
            if loser is not head and trial.admits("loser", loser):
                if _by_code(trial, head, loser):
                    by_code.setdefault(_above(loser.place), []).append((loser, head))
                else:
                    yield _alike_loser(trial, head, loser)
    yield from (_code_only(place, losers) for place, losers in by_code.items())


def _alike(trial: Trial) -> list[list[Subject]]:
    """The examples, those together that get the same points for any request."""
    groups: dict[Hashable, list[Subject]] = defaultdict(list)
    for subject in trial.subjects:
        groups[signature(subject.planned, trial.plan.config)].append(subject)
    return list(groups.values())


def _body_kinds(trial: Trial, groups: list[list[Subject]]) -> dict[Hashable, Counter[Hashable]]:
    """How many differing bodies of each kind there are for one path and query."""
    kinds: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for group in groups:
        example = group[0].planned
        kinds[path_and_query(example, trial.plan.config)][_body_kind(example)] += 1
    return kinds


def _body_kind(example: PlannedExample) -> Hashable:
    """Bodies of one kind equal the same body only if they equal each other."""
    return (example.body.mode, type(example.body.key))


def _in_doubt(subject: Subject, rivals: Counter[Hashable]) -> bool:
    """Whether an example that differs could get as many points for this one's own request.

    None can if path and query are literal, and its body earns what no other
    body does: its own request then brings it the most there is.
    """
    example = subject.planned
    unknown = any(None in values.counts for values in example.query.values())
    if example.path.names or unknown or len(rivals) > 1:
        return True
    return rivals.total() > 1 and not example.body.equals(SentBody(subject.own))


def _refusal(trial: Trial, subject: Subject) -> tuple[str, str] | None:
    """The setting of the mock that keeps an example from its own request, as rule and message."""
    example, config = subject.planned, trial.plan.config
    if example.path.names and not config.match_wildcards:
        names = brief(", ".join(dict.fromkeys(example.path.names)))
        return "wildcards-off", (
            f"It never answers: its path has variables without a value ({names}), and"
            " matchWildcards is off. Give them values, or switch matchWildcards on."
        )
    if passes(Reading(subject.own, config), example):
        return None
    typed = example.body.media_type is not None
    why = "its body is not saved as text" if typed else "its request has no Content-Type header"
    cure = "Save the body as raw text" if typed else "Save one"
    return "refuses-own-request", (
        f"It never answers: body matching is on, and {why}. {cure}, or switch matchBody off."
    )


def _judged(trial: Trial, subject: Subject) -> Iterator[Finding]:
    """What is to be said about an example if another one answers its own request."""
    winner = trial.winner(subject.own)
    if winner is None:
        text = f"Nothing answers its own request, {subject.asked}. Shorten its path."
        yield Finding("loses-own-request", subject.place, text)
    elif winner is not subject.planned:
        yield _lost(trial, winner, subject)


def _lost(trial: Trial, winner: PlannedExample, loser: Subject) -> Finding:
    """The finding about an example that loses to one that differs."""
    how = trial.selector(loser)
    if not trial.beats(winner, loser.planned):
        return _loses(trial, winner, loser, how)
    if shape(winner.path) == shape(loser.planned.path):
        return _never(winner, loser, how)
    return Finding(
        "shadowed-by-wildcard",
        loser.place,
        f"It never answers: the path of {called(winner.source)}, {brief(winner.path.text)}, covers"
        f" every path of {brief(loser.planned.path.text)} for as many points, and that example"
        f" comes first by {tie_break(winner, loser.planned)}."
        f" {_advice(how, 'save examples for literal paths')}",
    )


def _by_code(trial: Trial, head: Subject, loser: Subject) -> bool:
    """Whether asking for its status, and only that, brings an example that `head` equals."""
    if loser.source.code == head.source.code:
        return False
    how = trial.selector(loser) or ""
    return how.startswith(f"{PREFIX}response-code") and trial.goes_first(
        head.planned, loser.planned
    )


def _alike_loser(trial: Trial, head: Subject, loser: Subject) -> Finding:
    """The finding about an example that `head` equals in all that matching looks at."""
    one, other = head.source, loser.source
    if (one.code, one.headers, one.body) == (other.code, other.headers, other.body):
        twin = f"{head.named} of the request {brief(head.place.request or '')!r}"
        text = f"Its request and its response are those of {twin}. Delete one of the two."
        return Finding("duplicate-example", loser.place, text)
    how = trial.selector(loser)
    if trial.goes_first(head.planned, loser.planned):
        return _never(head.planned, loser, how)
    return _loses(trial, head.planned, loser, how)


def _never(winner: PlannedExample, loser: Subject, how: str | None) -> Finding:
    return Finding(
        "unreachable" if how is None else "never-chosen",
        loser.place,
        f"It never answers: {called(winner.source)} fits every request as well, and comes first by"
        f" {tie_break(winner, loser.planned)}. {_advice(how, _apart(winner, loser.planned))}",
    )


def _loses(trial: Trial, winner: PlannedExample, loser: Subject, how: str | None) -> Finding:
    best, own = (trial.points(each, loser.own) for each in (winner, loser.planned))
    first = tie_break(winner, loser.planned)
    score = f"{best or 0:g} points against {own or 0:g}"
    if best == own:
        score = f"both have {own:g} points, and it comes first by {first}"
    return Finding(
        "loses-own-request",
        loser.place,
        f"Its own request, {loser.asked}, is answered by {called(winner.source)}: {score}."
        f" {_advice(how, _apart(winner, loser.planned))}",
    )


def _code_only(place: Place, losers: list[tuple[Subject, Subject]]) -> Finding:
    """One finding about all examples of a request that answer only if their status is asked for."""
    named = ", ".join(loser.named for loser, _ in losers[:MAX_LISTED])
    more = f" and {len(losers) - MAX_LISTED} more" if len(losers) > MAX_LISTED else ""
    verb = "answers" if len(losers) == 1 else "answer"
    return Finding(
        "code-only",
        place,
        f"{named}{more} {verb} only if {PREFIX}response-code asks for the status;"
        f" without it {losers[0][1].named} does.",
    )


def _above(place: Place) -> Place:
    """The place of the request that an example belongs to."""
    return replace(place, position=(place.position[0], -1), example=None, example_id=None)


def _apart(winner: PlannedExample, loser: PlannedExample) -> str:
    """What would make a difference between two examples."""
    cure = "give its request a path, query parameter or body that tells it apart"
    differ = winner.headers != loser.headers
    return f"{cure}, or match their request headers, which differ" if differ else cure


def _advice(how: str | None, cure: str) -> str:
    """What to do: send the header that helps, if one does, or cure the cause."""
    return f"Send {how}, or {cure}." if how else f"{cure[0].upper()}{cure[1:]}."
