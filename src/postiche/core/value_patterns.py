"""Saved values that stand for many: `regex:` and a regular expression.

Knows how such a value is written and what it covers. Must not know where
values are saved, nor whether the config of a mock wants them read so.

The expression covers whole values and is one of Rust's: no look-around and no
references back, and so its time grows with the length of a value and never
more. Nothing that a client sends can make it slow.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

PREFIX: Final = "regex:"

MAX_SIZE: Final = 1024 * 1024
"""Bytes of a compiled expression; `[0-9]{1000000}` and the like are refused."""


class ValuePattern:
    """A regular expression that a value must fit as a whole; equal if they are written alike."""

    __slots__ = ("_is_valid", "written")

    def __init__(self, written: str, is_valid: Callable[[str], bool]) -> None:
        self.written = written
        self._is_valid = is_valid

    def fits(self, value: str) -> bool:
        """Whether the expression covers the value from its first character to its last."""
        try:
            return self._is_valid(value)
        except UnicodeEncodeError:  # half of a surrogate pair is no text
            return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ValuePattern) and self.written == other.written

    def __hash__(self) -> int:
        return hash(self.written)

    def __repr__(self) -> str:
        return f"ValuePattern({self.written!r})"


@lru_cache(maxsize=4096)
def value_pattern(saved: str) -> ValuePattern | None:
    """The pattern that a saved value is; None for a plain one, and for one that cannot be read."""
    if not saved.startswith(PREFIX):
        return None
    # Loaded by the first mock that has such a value.
    from jsonschema_rs import RegexOptions, validator_for

    written = saved.removeprefix(PREFIX)
    options = RegexOptions(size_limit=MAX_SIZE)
    try:
        # On its own first: `a)|(?:b` would otherwise escape from the anchors.
        validator_for({"pattern": written}, pattern_options=options)
        whole = validator_for({"pattern": f"^(?:{written})$"}, pattern_options=options)
    except ValueError:
        return None
    return ValuePattern(written, whole.is_valid)
