"""The examples worth explaining for a request, found without judging them all.

Knows how near paths, names and bodies are to each other. Must not know the
stages: what comes out here is only a choice of whom to judge, and whoever
fits by path is in it, up to a bound.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from weakref import WeakKeyDictionary

from rapidfuzz import process
from rapidfuzz.distance import Indel

from postiche.core.bodies import SavedBody
from postiche.core.directives import Directives
from postiche.core.match import Reading, stages_of, with_id
from postiche.core.paths import Wildcard, is_id, segments
from postiche.core.plan import MethodPlan, Plan, PlannedExample

MAX_FITTING = 256
"""How many examples whose path fits are looked at, for each method."""

MAX_SEARCHED = 5_000
"""How many different paths of its method, or names, are compared with a request's."""

MAX_ELSEWHERE = 2_000
"""How many different paths of other methods are."""

MAX_COMPARED = 256
"""Characters of a path or body that are compared to see how near it is."""

PER_PATH = 2
"""How many examples of one near path are looked at, for each method."""

PATHS_ELSEWHERE = 4
"""How many near paths are looked at for each other method."""

MAX_METHODS = 8
"""How many other methods are searched."""

_ANYTHING = "\ufdd2"
"""Stands for a segment that is a wildcard or an ID: a noncharacter."""


class Surroundings:
    """All paths of a plan in a form in which near ones look alike, with their examples."""

    def __init__(self, plan: Plan) -> None:
        self.examples = tuple(examples_of(plan))
        self._by_method: dict[str, _Shapes] = {}
        for example in self.examples:
            self._by_method.setdefault(example.source.method, _Shapes()).add(example)

    def near(self, method: str, path: str, count: int) -> Iterator[PlannedExample]:
        """Examples of about `count` of the nearest paths, and some of other methods'."""
        asked = requested_shape(path)
        own = self._by_method.get(method)
        if own is not None:
            yield from own.near(asked, count, MAX_SEARCHED)
        others = [shapes for name, shapes in self._by_method.items() if name != method]
        for shapes in others[:MAX_METHODS]:
            yield from shapes.near(asked, PATHS_ELSEWHERE, MAX_ELSEWHERE // len(others))


class _Shapes:
    """The paths of one method, by how many segments they have."""

    def __init__(self) -> None:
        self._examples: dict[str, list[PlannedExample]] = {}
        self._by_length: dict[int, list[str]] = {}

    def add(self, example: PlannedExample) -> None:
        """Enter an example."""
        shape = shape_of(example)
        found = self._examples.get(shape)
        if found is None:
            found = self._examples[shape] = []
            self._by_length.setdefault(shape.count("/"), []).append(shape)
        found.append(example)

    def near(self, asked: str, count: int, most: int) -> Iterator[PlannedExample]:
        """Examples of the `count` paths most like one, of at most `most` that are compared."""
        searched = self._searched(asked.count("/"), most)
        for shape, _, _ in process.extract(asked, searched, scorer=Indel.distance, limit=count):
            yield from self._examples[shape][:PER_PATH]

    def _searched(self, length: int, most: int) -> list[str]:
        """The paths to compare: those with as many segments first, or nearly as many."""
        found: list[str] = []
        for near in sorted(self._by_length, key=lambda each: abs(each - length)):
            found += self._by_length[near][: most - len(found)]
        return found


_surroundings: "WeakKeyDictionary[Plan, Surroundings]" = WeakKeyDictionary()


def surroundings(plan: Plan) -> Surroundings:
    """The surroundings of a plan, made when first asked for and kept as long as the plan."""
    found = _surroundings.get(plan)
    if found is None:
        found = _surroundings[plan] = Surroundings(plan)
    return found


def examples_of(plan: Plan) -> Iterator[PlannedExample]:
    """All examples of a plan."""
    for method in plan.methods.values():
        for named in method.by_name.values():
            yield from named


def nearby(plan: Plan, call: Reading, count: int) -> list[PlannedExample]:
    """The examples to judge, all of a small plan: those that fit by path, then near ones.

    About `count` of them, or a few times as many.
    """
    around = surroundings(plan)
    if len(around.examples) <= count:
        return list(around.examples)
    asked = call.request.method.upper()
    found: dict[PlannedExample, None] = {}
    for name, method in plan.methods.items():
        kept = _likeliest(method, call, count) if name == asked else fitting(method, call, PER_PATH)
        found.update(dict.fromkeys(kept))
    found.update(dict.fromkeys(_named(plan, call)))
    found.update(dict.fromkeys(around.near(asked, call.path, count)))
    return list(found)


def _likeliest(method: MethodPlan, call: Reading, count: int) -> list[PlannedExample]:
    """At most `count` of those that fit by path; where bodies are matched, the nearest by body."""
    if not call.directives.match_body:
        return fitting(method, call, count)
    fits = fitting(method, call)
    return sorted(fits, key=lambda each: body_distance(call, each.body))[:count]


def fitting(method: MethodPlan, call: Reading, most: int = MAX_FITTING) -> list[PlannedExample]:
    """Examples of a method whose path fits, at most so many, those with most points first."""
    found: dict[PlannedExample, None] = {}
    for example in _by_path(method, call):
        found[example] = None
        if len(found) >= most:
            break
    return list(found)


def _by_path(method: MethodPlan, call: Reading) -> Iterator[PlannedExample]:
    """The examples whose path fits, in the order of the steps; one may repeat."""
    for _, look_up in stages_of(call):
        for _, leaf in look_up(method.examples, call.path):
            yield from leaf.examples


# --- by name -----------------------------------------------------------------------------


def _named(plan: Plan, call: Reading) -> Iterator[PlannedExample]:
    """Who has the id or name that is asked for, whatever the method, and the nearest names."""
    directives = call.directives
    for method in plan.methods.values():
        if directives.id is not None:
            yield from with_id(method, directives.id)
        elif directives.name is not None:
            yield from method.by_name.get(directives.name, ())[:PER_PATH]
    own = plan.methods.get(call.request.method.upper())
    if directives.id is None and directives.name is not None and own is not None:
        for name in near_names(directives.name, own.by_name):
            yield from own.by_name[name][:PER_PATH]


def near_names(asked: str, names: Iterable[str]) -> list[str]:
    """The names that are most like one that is asked for, the nearest first."""
    searched = list(islice(names, MAX_SEARCHED))
    found = process.extract(asked[:MAX_COMPARED], searched, scorer=Indel.distance, limit=3)
    return [name for name, _, _ in found]


# --- how near ------------------------------------------------------------------------------


def shape_of(example: PlannedExample) -> str:
    """An example's path in the form in which near ones look alike."""
    return _shape(_ANYTHING if isinstance(p, Wildcard) else p for p in example.path.parts)


def requested_shape(path: str) -> str:
    """A request's canonical path in the same form."""
    return _shape(segments(path[: 4 * MAX_COMPARED]))


def _shape(parts: Iterable[str]) -> str:
    made = "/".join(_ANYTHING if is_id(part) else part.lower() for part in parts)
    return made.rstrip("/")[:MAX_COMPARED]


def path_distance(call: Reading, example: PlannedExample) -> float:
    """How far an example's path is from the request's, from 0 to 1."""
    return float(Indel.normalized_distance(requested_shape(call.path), shape_of(example)))


def choice_distance(directives: Directives, example: PlannedExample) -> float:
    """How far an example is from the id or name that is asked for, from 0 to 1."""
    if directives.id is not None:
        asked, own = directives.id, example.source.id or ""
        return 0.0 if own and asked in (own, f"{asked.partition('-')[0]}-{own}") else 1.0
    asked, own = directives.name or "", example.source.name.strip()
    return float(Indel.normalized_distance(asked[:MAX_COMPARED], own[:MAX_COMPARED]))


def body_distance(call: Reading, body: SavedBody) -> float:
    """How far an example's body is from the request's, from 0 to 1."""
    sent = call.body.raw[:MAX_COMPARED]
    return float(Indel.normalized_distance(sent, _comparable(body)))


def _comparable(body: SavedBody) -> bytes:
    if body.raw:
        return body.raw[:MAX_COMPARED]
    key = body.key or b""
    if isinstance(key, tuple):
        key = "&".join(f"{name}={value}" for name, value in key).encode("utf-8", "replace")
    return key[:MAX_COMPARED]
