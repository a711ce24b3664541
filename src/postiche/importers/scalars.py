"""Numbers and texts that fit their schemas.

Knows the bounds, formats and patterns of JSON Schema. Must not know objects,
arrays or references. `nth` asks for a different value each time, for arrays
whose entries must differ.
"""

import math
from fractions import Fraction
from typing import Any, TypeAlias

from postiche.importers.document import as_text
from postiche.importers.merging import Schema, number
from postiche.importers.patterns import text_for

MAX_TEXT = 2000
"""The longest text made to satisfy `minLength`, in characters."""

_EXACT = 2**53
"""Beyond this a whole number is written as a float, as every JSON reader can hold it."""

FORMATS = {
    "date-time": "2026-01-15T09:30:00Z",
    "date": "2026-01-15",
    "time": "09:30:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com",
    "url": "https://example.com",
    "iri": "https://example.com",
    "uri-reference": "/example",
    "iri-reference": "/example",
    "uri-template": "/example/{id}",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "json-pointer": "/example",
    "relative-json-pointer": "0",
    "regex": "^example$",
    "byte": "c3RyaW5n",
}
"""A text of each format; the same ones every time, so that an import can be repeated."""


def make_number(schema: Schema, *, whole: bool, nth: int = 0) -> int | float:
    """A number within its bounds: the first multiple from the lower bound on, or near 1."""
    low, low_open = _bound(schema, "minimum", "exclusiveMinimum", max)
    high, high_open = _bound(schema, "maximum", "exclusiveMaximum", min)
    step = _fraction(schema.get("multipleOf"))
    grid = step if step and step > 0 else Fraction(1) if whole else None
    if whole and grid and grid.denominator != 1:
        grid = Fraction(grid.numerator)
    start = _start(low, high)
    if grid:
        return _plain(_multiple(grid, start, (low, low_open), (high, high_open)) + grid * nth)
    if (low_open and start == low) or (high_open and start == high):
        start = _between(low, high)
    return _plain(start + (Fraction(nth, 1000) if high is not None else nth))


_Bound: TypeAlias = tuple[Fraction | None, bool]


def _multiple(grid: Fraction, start: Fraction, low: _Bound, high: _Bound) -> Fraction:
    """The first multiple from `start` on, or the last one under the upper bound."""
    first = -(-start // grid) * grid
    if low == (first, True):
        first += grid
    limit, left_out = high
    if limit is None or first < limit or (first == limit and not left_out):
        return first
    last = limit // grid * grid
    return last - grid if left_out and last == limit else last


def _start(low: Fraction | None, high: Fraction | None) -> Fraction:
    wanted = Fraction(1)
    if low is not None and wanted < low:
        wanted = low
    return high if high is not None and wanted > high and (low is None or high >= low) else wanted


def _between(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        return (high or 0) - Fraction(1)
    return low + 1 if high is None else (low + high) / 2


def _bound(schema: Schema, closed: str, opened: str, choose: Any) -> tuple[Fraction | None, bool]:
    """The bound and whether it is left out: OpenAPI 3.0 says so by true, 3.1 by a number."""
    limit = _fraction(schema.get(closed))
    other = schema.get(opened)
    if other is True:
        return limit, limit is not None
    strict = _fraction(other)
    if strict is None or (limit is not None and choose(limit, strict) != strict):
        return limit, False
    return strict, True


def _fraction(value: object) -> Fraction | None:
    known = number(value)
    if known is None or not math.isfinite(known) or abs(known) > 1e100:
        return None
    if 0 < abs(known) < 1e-100:
        return None
    return Fraction(repr(known))


def _plain(value: Fraction) -> int | float:
    exact = value.denominator == 1 and abs(value) <= _EXACT
    return int(value) if exact else float(value)


def make_text(schema: Schema, nth: int = 0) -> str:
    """A text of its format or pattern, within its length; length counts for more than format."""
    least, most = _length(schema.get("minLength")) or 0, _length(schema.get("maxLength"))
    least = min(least, MAX_TEXT)
    if as_text(schema.get("pattern")):
        fitting = text_for(schema["pattern"], least, most)
        if fitting is not None:
            return fitting
    text = FORMATS.get(as_text(schema.get("format")), "")
    if text and len(text) >= least and (most is None or len(text) <= most):
        return text[: -len(str(nth))] + str(nth) if nth else text
    return _of_length("string", least, most, str(nth) if nth else "")


def _of_length(text: str, least: int, most: int | None, ending: str) -> str:
    text += ending
    if len(text) < least:
        text = ("string" * (least // 6 + 1))[: least - len(ending)] + ending
    if most is not None and len(text) > most:
        text = (text[: max(0, most - len(ending))] + ending)[-most:] if most else ""
    return text


def _length(value: object) -> int | None:
    known = number(value)
    return int(known) if known is not None and 0 <= known < 1e9 else None
