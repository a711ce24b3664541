"""Paths: the forms in which Postman compares them, and how much each form scores.

Knows the eight steps of the URL path score (behaviour A.1.4, A.2, A.3). Must
not know queries, examples or how paths are indexed.

A path is handled in its *canonical* form: percent-decoded segment by segment,
with a "/" that was encoded kept apart from those that separate segments.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain
from urllib.parse import unquote

from postiche.core.urls import TOKEN, path_variable, shown

ENCODED_SLASH = "\ufdd0"
"""Stands for a percent-encoded "/" inside a segment of a canonical path: a noncharacter, which
Unicode keeps free for such uses."""

MAX_LENIENT = 16_384
"""Characters of a path beyond which only steps 1 to 4 are tried: the rest look at every segment,
and no real path is that long."""


class Step(IntEnum):
    """The steps of behaviour A.1.4 in the order in which they are tried; the value is the row."""

    IDENTICAL = 1
    TRAILING_SLASH = 2
    CASE = 3
    CASE_AND_SLASH = 4
    WILDCARD = 5
    IDS = 6
    IDS_AND_SLASH = 7
    DISTANCE = 8


ALL_STEPS = tuple(Step)
STRICT_STEPS = tuple(step for step in Step if step < Step.WILDCARD)

SCORES = {
    Step.IDENTICAL: 100.0,
    Step.TRAILING_SLASH: 95.0,
    Step.CASE: 90.0,
    Step.CASE_AND_SLASH: 85.0,
    Step.WILDCARD: 80.0,
    Step.IDS: 79.0,
    Step.IDS_AND_SLASH: 75.0,
    Step.DISTANCE: 70.0,
}
"""Points of each step (behaviour A.1.4)."""

SIMILARITY = 0.75
"""How alike every segment must be for step 8: 1 - distance / length of the request's segment.
Undocumented by Postman; the rule of postman-local-mock-server (behaviour A.2)."""

LONG_ID = 256
"""A segment of at least so many characters counts as an ID (behaviour A.2, inferred)."""

_SPECIAL = re.compile("[%:{\ue000-\uf8ff]")
"""What no plain path holds: encoded text, path variables, variables, what `split_url` hides."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def canonical(raw_path: str) -> str:
    """The canonical form of a path as it stands on a request line or in a saved URL."""
    if "%" not in raw_path:
        return raw_path or "/"
    return "/".join(unquote(part).replace("/", ENCODED_SLASH) for part in raw_path.split("/"))


def segments(path: str) -> list[str]:
    """The segments of a canonical path; "/a/" has two, "a" and "" (behaviour A.2)."""
    return path.split("/")[1:]


def readable(segment: str) -> str:
    """A canonical segment as text."""
    return segment.replace(ENCODED_SLASH, "/")


# --- the steps that compare one key form -------------------------------------------


def same(path: str) -> str:
    """Step 1: the path itself."""
    return path


def steps_for(path: str) -> tuple[Step, ...]:
    """The steps that are tried for a request's path."""
    return STRICT_STEPS if len(path) > MAX_LENIENT else ALL_STEPS


def without_slash(path: str) -> str:
    """Step 2: trailing slashes removed."""
    return path.rstrip("/")


def lower(path: str) -> str:
    """Step 3: case ignored."""
    return path.lower()


def lower_without_slash(path: str) -> str:
    """Step 4: case ignored, trailing slashes removed."""
    return path.lower().rstrip("/")


def without_ids(path: str) -> str:
    """Step 6: the text of ID segments deleted, case ignored (A.2: #7484, #12452)."""
    return "/".join("" if is_id(part) else part for part in path.lower().split("/"))


def without_ids_and_slash(path: str) -> str:
    """Step 7: as step 6, and slashes stripped at both ends.

    Both, because a base URL of "/" makes `//accounts`, which #12452 saw
    answer `/accounts/<digits>`.
    """
    return without_ids(path).strip("/")


def is_id(segment: str) -> bool:
    """Whether a segment is an "alphanumeric ID": a number, a UUID, or very long (A.2)."""
    return (
        (segment.isdigit() and segment.isascii())
        or (len(segment) == 36 and _UUID.fullmatch(segment) is not None)
        or len(segment) >= LONG_ID
    )


KEYS = {
    Step.IDENTICAL: same,
    Step.TRAILING_SLASH: without_slash,
    Step.CASE: lower,
    Step.CASE_AND_SLASH: lower_without_slash,
    Step.IDS: without_ids,
    Step.IDS_AND_SLASH: without_ids_and_slash,
}
"""The steps that are an equality of keys; two paths pass the step if their keys are equal."""


# --- step 5: wildcards ---------------------------------------------------------------


WHOLE_SEGMENT = ("", "")
"""The literals of a wildcard that is all of its segment, as nearly all are."""


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A segment with unresolved variables: literals around and between the captured names.

    `{{id}}` is literals ("", "") around the name "id"; a whole-segment
    wildcard is what Postman documents (A.3), the rest follows `:id.json`.
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]

    def capture(self, segment: str) -> tuple[str, ...] | None:
        """What each name covers, at least one character each; None if the segment does not fit."""
        first, *rest = self.literals
        if not segment.startswith(first):
            return None
        captured: list[str] = []
        start = len(first)
        for position, literal in enumerate(rest, 1):
            last = position == len(rest)
            end = len(segment) - len(literal) if last else segment.find(literal, start + 1)
            if end <= start or not segment.startswith(literal, end):
                return None
            captured.append(readable(segment[start:end]))
            start = end + len(literal)
        return tuple(captured)


@dataclass(frozen=True, slots=True)
class PathPattern:
    """An example's path: its canonical text, and what each segment accepts.

    Variables stay in the text as written, so that the steps of equal keys see
    them literally. `names` are the variables that the path can capture;
    `whole` has each with the place of its segment if all of them cover whole
    ones and none occurs twice.
    """

    text: str
    parts: tuple[str | Wildcard, ...]
    names: tuple[str, ...] = field(default=(), compare=False)
    whole: tuple[tuple[str, int], ...] = field(default=(), compare=False)


def path_pattern(path: str) -> PathPattern:
    """The pattern of a SplitUrl's path, whose known variables are filled in already."""
    written = path.split("/")[1:]
    if not _SPECIAL.search(path):
        return PathPattern(path, tuple(written))
    parts = tuple(_part(segment) for segment in written)
    text = "/".join(["", *(_plain(segment) for segment in written)])
    found = [(part, place) for place, part in enumerate(parts) if isinstance(part, Wildcard)]
    names = tuple(chain.from_iterable(part.names for part, _ in found))
    whole = tuple((p.names[0], place) for p, place in found if p.literals == WHOLE_SEGMENT)
    simple = len(whole) == len(found) == len(set(names))
    return PathPattern(text, parts, names, whole if simple else ())


def covered(pattern: PathPattern, path: str) -> dict[str, str]:
    """What the wildcards cover in a path that is known to pass step 5."""
    requested = path.split("/")
    if pattern.whole:
        return {name: readable(requested[place + 1]) for name, place in pattern.whole}
    return captures(pattern, requested[1:]) or {}


def captures(pattern: PathPattern, requested: list[str]) -> dict[str, str] | None:
    """What the wildcards cover in a request's segments; None unless step 5 is passed.

    Static segments are compared case-sensitively and the number of segments
    must be equal (behaviour A.2). A name that occurs twice keeps its first text.
    """
    if len(requested) != len(pattern.parts) or not pattern.names:
        return None
    captured: dict[str, str] = {}
    for part, segment in zip(pattern.parts, requested):  # noqa: B905 - equally long, see above
        if isinstance(part, str):
            if part != segment:
                return None
        elif part.literals == WHOLE_SEGMENT:
            if not segment:
                return None
            captured.setdefault(part.names[0], readable(segment))
        elif (covered := part.capture(segment)) is None:
            return None
        else:
            for name, value in zip(part.names, covered):  # noqa: B905 - one for each
                captured.setdefault(name, value)
    return captured


def _plain(segment: str) -> str:
    return shown(unquote(segment).replace("/", ENCODED_SLASH))


def _part(segment: str) -> str | Wildcard:
    variable = path_variable(segment)
    if variable is not None and "{" not in variable[0]:
        segment = f"{{{{{variable[0]}}}}}{variable[1]}"
    pieces = TOKEN.split(segment)
    if len(pieces) == 1:
        return _plain(segment)
    literals, names = pieces[::2], pieces[1::2]
    return Wildcard(tuple(map(_plain, literals)), tuple(map(shown, names)))


# --- step 8: document distance -------------------------------------------------------


def tolerance(segment: str) -> int:
    """How many edits a request's segment forgives (step 8)."""
    return int(len(segment) * (1 - SIMILARITY))


def similar(wanted: str, requested: list[str]) -> bool:
    """Step 8 for one example's canonical path."""
    # Loaded with the first path that gets this far.
    from rapidfuzz.distance import Levenshtein

    parts = segments(wanted)
    return len(parts) == len(requested) and all(
        part == segment
        or Levenshtein.distance(segment, part, score_cutoff=tolerance(segment))
        <= tolerance(segment)
        for part, segment in zip(parts, requested, strict=True)
    )


# --- one path against one example ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathVerdict:
    """How a request's path fits an example's: the step that decided, its points, the captures."""

    step: Step | None
    captured: dict[str, str]

    @property
    def score(self) -> float:
        """The points of the step; 0 when none is passed."""
        return SCORES[self.step] if self.step is not None else 0.0


def judge_path(pattern: PathPattern, path: str, *, wildcards: bool) -> PathVerdict:
    """The first step that a request's canonical path passes against one example (A.1.4).

    With `wildcards` False step 5 is left out (`matchWildcards`, A.3).
    """
    requested = segments(path)
    for step in steps_for(path):
        if step is Step.WILDCARD:
            captured = captures(pattern, requested) if wildcards else None
            if captured is not None:
                return PathVerdict(step, captured)
        elif step is Step.DISTANCE:
            if similar(pattern.text, requested):
                return PathVerdict(step, {})
        elif KEYS[step](pattern.text) == KEYS[step](path):
            return PathVerdict(step, {})
    return PathVerdict(None, {})
