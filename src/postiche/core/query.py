"""Query parameters: how they are read, and what they add to a score.

Knows behaviour A.1.5 and A.2. Must not know paths, headers or bodies.
"""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from postiche.core.urls import TOKEN, shown

ALL_MATCH = 10.0
"""Points when every parameter matches, and what the percentage of some matches is taken of."""

MOST_LOST = 10
"""The most points that missing parameters can cost."""

PLUS_IS_SPACE = True
"""Whether "+" and an encoded space are one. Postman is silent: the app sends "+" as it is
written, most other clients write a space so; taking them for one serves both. `%2B` is the same
again: a client that encodes the plus of "a+b" means the example that was saved with it."""


class Values(NamedTuple):
    """The values of one key with their counts; None is one with an unresolved variable."""

    counts: Counter[str | None]
    total: int


Parameters = dict[str, Values]
"""The values of each key."""

Pairs = tuple[tuple[str, str], ...]
"""Keys and values, decoded, in any order; as a key of a table they are sorted."""


@dataclass(frozen=True, slots=True)
class QueryVerdict:
    """How a request's parameters fit an example's, counted as in behaviour A.1.5."""

    matched: int
    partial: int
    missing: int

    @property
    def score(self) -> float:
        """The adjustment: +10, +10 x percentage, or minus the missing ones, at most -10."""
        total = self.matched + self.partial + self.missing
        if self.matched:
            return ALL_MATCH * self.matched / total
        return -float(min(self.missing, MOST_LOST))


def parameters(query: str) -> Parameters:
    """The parameters of a query text, decoded; keys may repeat, a missing "=" is an empty value."""
    return parameters_of(pairs(query))


def pairs(query: str) -> Pairs:
    """The keys and values of a query text, decoded, sorted: equal for queries that match fully."""
    found = _pairs(query)
    if "%" in query or "+" in query:
        found = [(_decoded(key), _decoded(value)) for key, value in found]
    return tuple(sorted(found)) if len(found) > 1 else tuple(found)


def parameters_of(found: Pairs) -> Parameters:
    """The parameters that pairs make."""
    counts: dict[str, Counter[str | None]] = {}
    for key, value in found:
        counts.setdefault(key, Counter())[value] += 1
    return _totalled(counts)


def saved_pairs(saved: Parameters) -> Pairs | None:
    """The pairs that a request must send for all of these to match; None if no request can."""
    found: list[tuple[str, str]] = []
    for key, values in saved.items():
        for value, count in values.counts.items():
            if value is None:
                return None
            found += [(key, value)] * count
    return tuple(sorted(found))


def without_values(saved: Parameters) -> Parameters:
    """The parameters with every value unknown: what is left when no value matches."""
    return {key: Values(Counter({None: total}), total) for key, (_, total) in saved.items()}


def saved_parameters(query: str) -> Parameters:
    """The parameters of a saved URL: as `parameters`, with unresolved values as None."""
    found: dict[str, Counter[str | None]] = {}
    for key, value in _pairs(query):
        read = None if TOKEN.search(value) else _decoded(value)
        found.setdefault(shown(_decoded(key)), Counter())[read] += 1
    return _totalled(found)


def first_values(query: str) -> dict[str, str]:
    """The first value of each parameter, for the `$queryParams` helper; "+" read as a space."""
    found: dict[str, str] = {}
    for key, value in _pairs(query):
        found.setdefault(_decoded(key), unquote(value.replace("+", " ")))
    return found


def judge_query(saved: Parameters, requested: Parameters, requested_count: int) -> QueryVerdict:
    """Match, partial and missing parameters; `requested_count` counts the request's, repeats too.

    The work is bounded by the example's parameters, not by the request's.
    """
    matched = partial = missing = known = 0
    for key, values in saved.items():
        there = requested.get(key)
        if there is None:
            missing += values.total
            continue
        known += there.total
        same = sum(
            min(count, there.counts[value])
            for value, count in values.counts.items()
            if value is not None
        )
        matched += same
        partial += max(values.total, there.total) - same
    return QueryVerdict(matched, partial, missing + requested_count - known)


def parameter_count(found: Parameters) -> int:
    """How many parameters there are, repeats included."""
    return sum(values.total for values in found.values())


def _totalled(found: dict[str, Counter[str | None]]) -> Parameters:
    return {key: Values(counts, counts.total()) for key, counts in found.items()}


def _pairs(query: str) -> list[tuple[str, str]]:
    found = []
    for piece in query.split("&"):
        if piece:
            key, _, value = piece.partition("=")
            found.append((key, value))
    return found


def _decoded(text: str) -> str:
    decoded = unquote(text) if "%" in text else text
    return decoded.replace("+", " ") if PLUS_IS_SPACE else decoded
