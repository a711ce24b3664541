"""Who wins among the examples of one path.

Knows how queries and bodies rank examples whose paths score alike, and works
out when a plan is compiled what no request can change: examples that no
request tells apart are one *class*, and a table leads from a body to its class.
Must not know paths, nor `x-mock-*` headers and header matching: with those in
force examples are judged one by one, by `match.py`.

The points are those of `match.total`; a property test holds them together.
With several saved queries on one path the one that matches fully is found by
its pairs. Otherwise the work grows with the number of different sets of keys,
and with the examples that share one whole parameter with the request.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from postiche.core.bodies import BodyKey, Form, SavedBody, SentBody
from postiche.core.query import ALL_MATCH, Pairs, Parameters, saved_pairs, without_values
from postiche.core.reading import NO_PARAMETERS, Reading, points_of

if TYPE_CHECKING:
    from postiche.core.plan import PlannedExample

PREFERRED_CODE = 200
"""Among equals, exactly this status is preferred; 201 is not (behaviour A.1.7)."""

Tied = tuple["PlannedExample", ...]
"""Examples with equal points."""


Standing = tuple[float, Tied]
"""The most points among some examples, and those that have them; nobody if all are out."""

OUT: Standing = (float("-inf"), ())


def preferred(tied: "Iterable[PlannedExample]") -> "PlannedExample | None":
    """The one of several equals that answers (behaviour A.1.7); None if there are none.

    Ids sort as plain strings. Where an id is missing, file order stands in
    for the order of all.
    """
    found = sorted(tied, key=lambda example: example.index)
    if all(example.source.id is not None for example in found):
        found.sort(key=lambda example: example.source.id or "")
    first = found[0] if found else None
    return next((e for e in found if e.source.code == PREFERRED_CODE), first)


def representatives(examples: Tied) -> Tied:
    """At most two of some equals, who stand for all of them in any larger tie.

    In it either ids or, if one is missing anywhere, file order decides: the
    first by each are enough, or the first and one that has no id.
    """
    if len(examples) == 1:
        return examples
    first = preferred(examples)
    nameless = next((e for e in examples if e.source.id is None), None)
    second = nameless or min(
        examples, key=lambda e: (e.source.code != PREFERRED_CODE, e.index), default=None
    )
    return tuple({e: None for e in (first, second) if e is not None})


class BodyTable:
    """The classes of examples by the keys of their bodies.

    With `typed` the media types must be equal too, and two empty bodies are
    equal without one: body matching (A.5). Otherwise they do not matter.
    """

    __slots__ = ("_bodiless", "_one_is_all", "_tables", "_typed")

    def __init__(self, examples: Tied, *, typed: bool) -> None:
        self._typed = typed
        tables: dict[Form, dict[object, list[PlannedExample]]] = {}
        for example in examples:
            if not typed or example.body.media_type is not None:
                for form, key in _keys(example.body):
                    table = tables.setdefault(form, defaultdict(list))
                    table[self._key(example.body, key)].append(example)
        self._one_is_all = tables.keys() <= {"raw", "json"}
        if self._one_is_all:
            self._widen(tables)
        self._tables: list[tuple[Form, dict[object, Tied]]] = [
            (form, {key: representatives(tuple(found)) for key, found in tables[form].items()})
            for form in sorted(tables, key=lambda form: form != "raw")
        ]
        bodiless = tuple(e for e in examples if typed and e.body.mode is None)
        self._bodiless = representatives(bodiless) if bodiless else ()

    def __bool__(self) -> bool:
        return self._typed or bool(self._tables)

    def equal(self, sent: SentBody) -> Tied:
        """Those whose body equals the one that was sent; each class by its representatives."""
        found = self._bodiless if not sent.raw else ()
        for form, table in self._tables:
            key = sent.key(form)
            more = () if key is None else table.get(self._key(sent, key), ())
            if more and self._one_is_all:
                return found + more
            found += more
        return found

    def _key(self, body: SavedBody | SentBody, key: BodyKey) -> object:
        return (body.media_type, key) if self._typed else key

    def _widen(self, tables: "dict[Form, dict[object, list[PlannedExample]]]") -> None:
        """Let the text of a JSON body lead to all that have its value: no need to parse it then."""
        by_value = tables.get("json", {})
        for text, found in tables.get("raw", {}).items():
            saved = found[0].body
            if saved.key is not None:
                tables["raw"][text] = by_value[self._key(saved, saved.key)]


def _keys(body: SavedBody) -> list[tuple[Form, BodyKey]]:
    return body.keys()


class Alike:
    """Examples with one saved query, or of a plan in which queries do not count."""

    __slots__ = ("_bodies", "_first", "_query", "_typed", "examples")

    def __init__(self, examples: Tied, query: Parameters, *, typed: bool) -> None:
        self.examples = examples
        self._query = query
        self._typed = typed
        self._first = representatives(examples)
        self._bodies = BodyTable(examples, typed=typed) or None

    @property
    def only(self) -> "PlannedExample | None":
        """The winner if it is the same for every request with neither query nor body."""
        if self._query or self._typed or len(self._first) > 1:
            return None
        return self._first[0]

    def best(self, call: Reading, path_score: float) -> Standing:
        """The best of the examples for a request whose path scores so much."""
        if not self._query and not call.pairs:
            return self.standing(call, path_score, 0.0)
        return self.standing(call, path_score, call.query_points(self._query))

    def standing(self, call: Reading, path_score: float, query_points: float) -> Standing:
        """The best of the examples if their query adds so much."""
        if self._bodies is not None and (self._typed or call.request.body):
            equal = self._bodies.equal(call.body)
            if equal:
                return points_of(path_score, query_points, equal_body=not self._typed), equal
            if self._typed:
                return OUT
        return points_of(path_score, query_points, equal_body=False), self._first


class Various:
    """Examples with several saved queries."""

    __slots__ = ("_by_pair", "_by_pairs", "_shapes", "examples", "only")

    def __init__(self, examples: Tied, classes: list[Tied], *, typed: bool) -> None:
        self.examples = examples
        self._by_pairs: dict[Pairs, Alike] = {}
        self._by_pair: dict[tuple[str, str], list[Alike]] = defaultdict(list)
        shapes: dict[Pairs, list[PlannedExample]] = defaultdict(list)
        for members in classes:
            query = members[0].query
            shapes[_shape(query)] += members
            alike = Alike(members, query, typed=typed)
            matched = saved_pairs(query)
            if matched is not None:
                self._by_pairs[matched] = alike
            for pair in _known(query):
                self._by_pair[pair].append(alike)
        self._by_pair.default_factory = None
        self.only = None
        self._shapes = [
            Alike(tuple(members), without_values(members[0].query), typed=typed)
            for members in shapes.values()
        ]

    def best(self, call: Reading, path_score: float) -> Standing:
        """The best of the examples for a request whose path scores so much."""
        full = self._by_pairs.get(call.pairs)
        standing = OUT
        if full is not None:
            standing = full.standing(call, path_score, ALL_MATCH if call.pairs else 0.0)
            if standing[0] >= points_of(path_score, call.bonus, equal_body=False):
                return standing  # nothing can have more, and nothing else as much
        # An example that shares a pair with the request is better than its shape says, so that
        # it cannot win or tie as one of its shape.
        for shape in self._shapes:
            standing = better(standing, shape.best(call, path_score))
        for pair in set(call.pairs):
            for alike in self._by_pair.get(pair, ()):
                if alike is not full:
                    standing = better(standing, alike.best(call, path_score))
        return standing


Candidates = Alike | Various


def candidates(examples: "Sequence[PlannedExample]", *, typed: bool, queries: bool) -> Candidates:
    """Examples with one path, ready to compete; `typed` is body matching, `queries` count."""
    every = tuple(examples)
    if len(every) == 1 or not queries:
        return Alike(every, every[0].query if queries else NO_PARAMETERS, typed=typed)
    classes: dict[object, list[PlannedExample]] = defaultdict(list)
    for example in every:
        classes[_identity(example.query)].append(example)
    if len(classes) == 1:
        return Alike(every, every[0].query, typed=typed)
    return Various(every, [tuple(members) for members in classes.values()], typed=typed)


def better(one: Standing, other: Standing) -> Standing:
    """The standing with more points; both together if they are equal."""
    if one[0] > other[0]:
        return one
    if other[0] > one[0]:
        return other
    return one[0], one[1] + other[1]


def _identity(query: Parameters) -> object:
    """Equal for saved queries that no request tells apart."""
    return frozenset(
        (key, value, count)
        for key, values in query.items()
        for value, count in values.counts.items()
    )


def _shape(query: Parameters) -> Pairs:
    """Equal for saved queries with as many values of each key."""
    return tuple(sorted((key, str(values.total)) for key, values in query.items()))


def _known(query: Parameters) -> list[tuple[str, str]]:
    return [
        (key, value)
        for key, values in query.items()
        for value in values.counts
        if value is not None
    ]
