"""Requests between examples: paths that two wildcards share, and IDs beside a literal one.

Knows which requests lie between two saved ones. Must not know the matching
rules: whatever is said of such a request, the matcher was asked.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from postiche.core.lint.findings import Finding
from postiche.core.lint.subjects import Subject, brief, called
from postiche.core.lint.trial import Trial, tie_break
from postiche.core.own_request import SAMPLE, sample_segments, target_of
from postiche.core.paths import PathPattern, Wildcard, captures, is_id, segments
from postiche.core.plan import PlannedExample
from postiche.model import Request

MAX_LITERALS = 4
"""How many literal segments are tried where another path has a wildcard."""

MAX_COVERING = 16
"""How many arrangements of wildcards are kept for paths of one length, and paths for each."""

SAMPLE_UUID = "8f14e45f-ceea-467f-9575-1f3c5a1b6e02"


def crossings(trial: Trial) -> Iterator[Finding]:
    """Requests that go to another example than the saved paths suggest."""
    wild = [each for each in trial.subjects if each.planned.path.names]
    if not wild or not trial.plan.config.match_wildcards:
        return
    literals = _literals_beside(wild)
    covering = _Covering(wild)
    for subject in trial.subjects:
        if subject.planned.path.names:
            yield from _ties(trial, subject, literals)
        else:
            yield from _around_literal(trial, subject, covering)


# --- two wildcards -------------------------------------------------------------------

_Literals = dict[tuple[str, int, int], list[str]]
"""By method, number of segments and position: the literal segments of paths with wildcards."""


def _literals_beside(wild: Sequence[Subject]) -> _Literals:
    found: dict[tuple[str, int, int], dict[str, None]] = defaultdict(dict)
    for subject in wild:
        parts = subject.planned.path.parts
        for position, part in enumerate(parts):
            there = found[subject.source.method, len(parts), position]
            if isinstance(part, str) and part and len(there) < MAX_LITERALS:
                there[part] = None
    return {key: list(segments) for key, segments in found.items()}


def _ties(trial: Trial, subject: Subject, literals: _Literals) -> Iterator[Finding]:
    """A request that fits two paths with wildcards equally, so that only the tie-break decides."""
    path = subject.planned.path
    for position, part in enumerate(path.parts):
        if not isinstance(part, Wildcard):
            continue
        for literal in literals.get((subject.source.method, len(path.parts), position), ()):
            if part.capture(literal) is None or not trial.admits("tie", subject):
                continue
            asked = _asked(subject.own, path, position, literal)
            winner = trial.winner(asked)
            if winner is not None and _is_tie(trial, winner, subject, asked):
                yield _tied(trial, winner, subject, asked)
                return


def _asked(own: Request, path: PathPattern, position: int, literal: str) -> Request:
    """An example's own request with one segment of its path replaced."""
    found = sample_segments(path)
    found[position] = literal
    return replace(own, target=target_of(found, own.target.partition("?")[2]))


def _is_tie(trial: Trial, winner: PlannedExample, subject: Subject, asked: Request) -> bool:
    """Whether another wildcard won by the tie-break alone, and not always."""
    example = subject.planned
    return (
        winner is not example
        and bool(winner.path.names)
        and winner.path.parts != example.path.parts
        and trial.points(winner, asked) == trial.points(example, asked)
        and trial.winner(subject.own) is example
    )


def _tied(trial: Trial, winner: PlannedExample, subject: Subject, asked: Request) -> Finding:
    points = trial.points(winner, asked) or 0
    return Finding(
        "tie-by-id",
        subject.place,
        f"{asked.method} {brief(asked.target)} fits this example and {called(winner.source)} at"
        f" {brief(winner.path.text)} equally, {points:g} points each; the other one answers because"
        f" of {tie_break(winner, subject.planned)}. Save an example for the literal path.",
    )


# --- a literal and a wildcard --------------------------------------------------------


class _Covering:
    """The paths with wildcards, found by the literal paths that they cover.

    Those of one method and length are kept by where they have wildcards and
    what stands between, so that few are looked at for each literal path.
    """

    def __init__(self, wild: Sequence[Subject]) -> None:
        self._places: dict[Hashable, dict[tuple[bool, ...], None]] = defaultdict(dict)
        self._found: dict[Hashable, list[Subject]] = defaultdict(list)
        for subject in wild:
            parts = subject.planned.path.parts
            places = self._places[subject.source.method, len(parts)]
            literal = tuple(isinstance(part, str) for part in parts)
            if literal in places or len(places) < MAX_COVERING:
                places[literal] = None
                there = self._found[self._key(subject.source.method, literal, parts)]
                there += [subject] if len(there) < MAX_COVERING else []

    def first(self, method: str, path: str) -> Subject | None:
        """An example whose wildcards cover a path; None if none is known."""
        requested = segments(path)
        for literal in self._places.get((method, len(requested)), ()):
            for subject in self._found.get(self._key(method, literal, requested), ()):
                if captures(subject.planned.path, requested) is not None:
                    return subject
        return None

    def _key(self, method: str, literal: tuple[bool, ...], parts: Sequence[object]) -> Hashable:
        between = (part for part, fixed in zip(parts, literal, strict=True) if fixed)
        return (method, literal, *between)


def _around_literal(trial: Trial, subject: Subject, covering: _Covering) -> Iterator[Finding]:
    """Requests where a literal path and a wildcard that covers it get in each other's way."""
    wildcard = covering.first(subject.source.method, subject.planned.path.text)
    if wildcard is not None:
        yield from _taking(trial, subject, wildcard)
        if trial.admits("taken", subject):
            yield from _taken(trial, subject, wildcard)


def _taking(trial: Trial, subject: Subject, wildcard: Subject) -> Iterator[Finding]:
    """A literal ID that answers for other IDs too, which a wildcard seems meant for."""
    others = [_other_id(segment) for segment in segments(subject.planned.path.text)]
    query = subject.own.target.partition("?")[2]
    asked = replace(subject.own, target=target_of(others, query))
    if asked.target == subject.own.target or not trial.admits("ids", subject, tuple(others)):
        return
    if trial.winner(asked) is subject.planned:
        own, other = (trial.points(each.planned, asked) for each in (subject, wildcard))
        yield Finding(
            "literal-takes-wildcard",
            subject.place,
            f"{asked.method} {brief(asked.target)} is answered by this example for"
            f" {brief(subject.planned.path.text)}, {_against(own, other)} for {wildcard.named} at"
            f" {brief(wildcard.planned.path.text)}: IDs count as equal, and its query or body"
            " fits better. Save the example with the wildcard with the same query and body.",
        )


def _other_id(segment: str) -> str:
    """Another ID of the same form; what is no ID stays."""
    if not is_id(segment):
        return segment
    return SAMPLE if segment.isdigit() else SAMPLE_UUID


def _taken(trial: Trial, subject: Subject, wildcard: Subject) -> Iterator[Finding]:
    """A literal path whose requests go to a wildcard that has the better query."""
    path = segments(subject.planned.path.text)
    asked = replace(wildcard.own, target=target_of(path, wildcard.own.target.partition("?")[2]))
    own, other = (trial.points(each.planned, asked) for each in (subject, wildcard))
    if own is not None and trial.winner(asked) is wildcard.planned:
        yield Finding(
            "wildcard-takes-literal",
            subject.place,
            f"{asked.method} {brief(asked.target)} is not answered by this example but by"
            f" {wildcard.named} at {brief(wildcard.planned.path.text)}, {_against(other, own)}: its"
            " query or body fits better. Save this example with the same query and body.",
        )


def _against(winner: float | None, loser: float | None) -> str:
    lost = "none" if loser is None else f"{loser:g}"
    return f"{winner or 0:g} points against {lost}"
