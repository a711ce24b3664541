"""A text that fits a simple regular expression.

Knows ECMA-262 syntax as far as JSON Schema patterns commonly use it: literals,
classes, groups, alternatives and counts. Must not know schemas. What is not
understood gives None, so that a text made here always fits.
"""

import re
from dataclasses import dataclass
from typing import Protocol

MAX_TEXT = 2000
"""The longest text made, in characters."""

MAX_GROUPS = 20
"""How many groups may stand inside each other."""

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": None}
_COUNT = re.compile(r"\{([0-9]{1,4})(,([0-9]{0,4}))?\}")
_ODD = ("[[", "\\p", "\\P", "\\u", "\\x", "\\b", "\\c", "&&", "--", "||", "~~")
"""What stands in a class for one thing in ECMA-262 and for another, or an error, in Python."""

_CANDIDATES = "aA0 _-./:@#" + "".join(chr(code) for code in range(33, 127))


class _UnknownError(ValueError):
    """Something in a pattern that is not understood."""


class _Part(Protocol):
    def text(self, extra: int) -> str:
        """A text that fits, every open-ended count exceeding its least by `extra`."""


def text_for(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """A text of between `least` and `most` characters that the pattern finds itself in.

    None if the pattern is not understood or no such length was found.
    """
    try:
        whole = _Reader(pattern).whole()
        for extra in (*range(20), 40, 80, 160, max(0, least)):
            text = whole.text(extra)
            if least <= len(text) and (most is None or len(text) <= most):
                return text
    except _UnknownError:
        pass
    return None


@dataclass(frozen=True)
class _Literal:
    characters: str

    def text(self, extra: int) -> str:  # noqa: ARG002 - has no count
        return self.characters


@dataclass(frozen=True)
class _Sequence:
    parts: tuple[_Part, ...]

    def text(self, extra: int) -> str:
        return _short("".join(part.text(extra) for part in self.parts))


@dataclass(frozen=True)
class _Repeated:
    part: _Part
    least: int
    most: int | None

    def text(self, extra: int) -> str:
        times = self.least + extra if self.most is None else min(self.most, self.least + extra)
        once = self.part.text(extra) if times else ""
        if len(once) * times > MAX_TEXT:
            raise _UnknownError
        return once * times


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise _UnknownError
    return text


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern[:MAX_TEXT] if len(pattern) <= MAX_TEXT else "("
        self._at = 0
        self._groups = 0

    def whole(self) -> _Part:
        part = self._alternatives()
        if self._peek():
            raise _UnknownError
        return part

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise _UnknownError
        self._at += 1
        return character

    def _take(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _alternatives(self) -> _Part:
        first = self._sequence()
        while self._take("|"):
            self._sequence()
        return first

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._peek() not in ("", "|", ")"):
            if self._take("^"):
                if parts or self._groups:
                    raise _UnknownError
            elif self._take("$"):
                if self._peek() not in ("", "|") or self._groups:
                    raise _UnknownError
            else:
                parts.append(self._counted(self._atom()))
        return _Sequence(tuple(parts))

    def _atom(self) -> _Part:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return _Literal(self._class())
        if character == "\\":
            return _Literal(self._escape())
        if character in "*+?{":
            raise _UnknownError
        return _Literal("a" if character == "." else character)

    def _group(self) -> _Part:
        if self._take("?") and not self._take(":"):
            raise _UnknownError
        self._groups += 1
        if self._groups > MAX_GROUPS:
            raise _UnknownError
        inner = self._alternatives()
        self._groups -= 1
        if not self._take(")"):
            raise _UnknownError
        return inner

    def _escape(self) -> str:
        character = self._next()
        if character in _CLASSES:
            return _CLASSES[character]
        if character.isalnum():
            control = _CONTROLS.get(character)
            if control is None:
                raise _UnknownError
            return control
        return character

    def _class(self) -> str:
        """One character of a class: tried against the class by Python, which reads it alike."""
        start = self._at - 1
        self._take("^")
        while self._peek() != "]":
            if self._next() == "\\":
                self._next()
        self._next()
        text = self._pattern[start : self._at]
        if any(odd in text for odd in _ODD):
            raise _UnknownError
        try:
            one = re.compile(text)
        except (re.error, OverflowError):
            raise _UnknownError from None
        found = next((each for each in _CANDIDATES if one.fullmatch(each)), None)
        if found is None:
            raise _UnknownError
        return found

    def _counted(self, part: _Part) -> _Part:
        counts = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self._peek() in counts and self._peek():
            least, most = counts[self._next()]
        elif count := _COUNT.match(self._pattern, self._at):
            self._at = count.end()
            least = int(count[1])
            most = (int(count[3]) if count[3] else None) if count[2] else least
        else:
            return part
        self._take("?")
        if self._peek() in ("*", "+", "{") and self._peek():
            raise _UnknownError
        return _Repeated(part, least, most)
