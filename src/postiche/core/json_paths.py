"""JSONPaths that name fields to leave out of a JSON value.

Knows a part of JSONPath (RFC 9535) that can be followed in one walk over the
value: `$.user.id`, `$['odd name']`, `$.lines[0]`, `$.lines[*].id`, `$.*`,
`$..updatedAt`. Must not know bodies, nor why fields are left out.

All paths together become one automaton when they are compiled, so that the walk
takes one step for each key of the value, however many paths there are.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_PATHS: Final = 100
MAX_LENGTH: Final = 1000
"""Characters of one path."""
MAX_STATES: Final = 1000
"""States of the automaton; only many `..` followed by many `*` need more."""
MAX_DEPTH: Final = 250
"""Levels of the deepest value that is walked, as in `bodies.py`."""

_STEP = re.compile(
    r"""(?P<deep>\.\.)?(?:
        (?P<dot>\.)?(?P<name>[^\W\d][\w-]*) | (?P<dotstar>\.)?(?P<star>\*)
        | \[\s*(?: (?P<index>0|[1-9]\d{0,8}) | (?P<any>\*)
        | '(?P<single>(?:[^'\\]|\\['\\])*)' | "(?P<double>(?:[^"\\]|\\["\\])*)" )\s*\]
    )""",
    re.VERBOSE,
)

_ANY: Final = None
Key = str | int | None
"""The name of a member, the place in a list counted from zero, or any of both."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """One step of a path; `deep` is `..`: on any level below."""

    key: Key
    deep: bool


_Path = tuple[_Segment, ...]


@dataclass(slots=True, eq=False)
class _State:
    """Where the walk stands: what follows for the keys that paths name, and for all others.

    None stands for "leave it out", a state without anything to follow for "keep it whole".
    """

    named: dict[str | int, "_State | None"] = field(default_factory=dict)
    others: "_State | None" = None
    idle: bool = False


class JsonPaths:
    """Compiled paths."""

    def __init__(self, paths: Iterable[_Path]) -> None:
        self._states: dict[frozenset[_Path], _State] = {}
        self._start = self._state(frozenset(paths))

    def left_out_of(self, value: Any) -> Any:
        """The value without what the paths name; RecursionError if it is nested too deeply.

        What stands after an element of a list that is left out moves up.
        """
        return _walked(value, self._start, MAX_DEPTH)

    def _state(self, paths: frozenset[_Path]) -> _State:
        known = self._states.get(paths)
        if known is not None:
            return known
        if len(self._states) == MAX_STATES:
            raise ValueError(
                "has too many paths with both .. and *; name the fields more precisely"
            )
        state = self._states[paths] = _State(idle=not paths)
        keys = {path[0].key for path in paths}
        state.named = {key: self._after(paths, key) for key in keys if key is not None}
        state.others = self._after(paths, _ANY)
        return state

    def _after(self, paths: frozenset[_Path], key: Key) -> _State | None:
        """What follows a key; None as key is one that no path names."""
        following: set[_Path] = set()
        for path in paths:
            first, rest = path[0], path[1:]
            if first.deep:
                following.add(path)
            if first.key is _ANY or first.key == key:
                if not rest:
                    return None
                following.add(rest)
        return self._state(frozenset(following))


def _walked(value: Any, state: _State, depth: int) -> Any:
    if state.idle or not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise RecursionError
    # Loops, as comprehensions would take several frames for each level.
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for key, item in value.items():
            to = state.named.get(key, state.others)
            if to is not None:
                kept[key] = _walked(item, to, depth - 1)
        return kept
    items: list[Any] = []
    for place, item in enumerate(value):
        to = state.named.get(place, state.others)
        if to is not None:
            items.append(_walked(item, to, depth - 1))
    return items


def compile_paths(written: Iterable[str]) -> JsonPaths:
    """The paths, compiled. Raises ValueError, which says what is wrong with which one."""
    return JsonPaths([_path(text) for text in written])


def _path(text: str) -> _Path:
    """One path. Filters, slices, unions and negative places are not known."""
    position = 1
    segments: list[_Segment] = []
    while text.startswith("$") and position < len(text):
        step = _STEP.match(text, position)
        if step is None or not _is_written_well(step.groupdict()):
            break
        segments.append(_Segment(_key(step.groupdict()), step["deep"] is not None))
        position = step.end()
    if not segments or position < len(text):
        raise ValueError(
            f"has {text!r}, which is none of the known forms: $.a.b, $['a b'], $.list[0], "
            f"$.list[*].a, $..a"
        )
    return tuple(segments)


def _is_written_well(found: Mapping[str, str | None]) -> bool:
    """Whether a name or a star stands behind exactly one dot or two, and brackets behind none."""
    dotted = found["dot"] or found["dotstar"]
    bare = found["name"] is not None or found["star"] is not None
    return (dotted is not None) != (found["deep"] is not None) if bare else True


def _key(found: Mapping[str, str | None]) -> Key:
    if found["index"] is not None:
        return int(found["index"])
    for quoted in (found["single"], found["double"]):
        if quoted is not None:
            return re.sub(r"\\(.)", r"\1", quoted)
    return found["name"]
