"""A bounded memory of what was worked out before, for keys that come again.

Knows keys, weights and bounds. Must not know what is remembered.

What comes once is not worth a place: `comes_again` tells. What is kept lives in
two generations. A full young generation becomes the old one, and whatever is
asked for in the old one moves back to the young. So what is in use stays,
however many other keys pass by, and a flood of keys makes only that forgotten
which nobody asks for.
"""

from typing import Final, Generic, Protocol, TypeVar

ENTRIES: Final = 8_192
"""Values of one generation."""
BYTES: Final = 48 * 1024 * 1024
"""Bytes that the keys and values of one generation may weigh together."""
SHARE: Final = 64
"""No value may weigh more than one part in so many of a generation."""
GLIMPSES: Final = 16_384
"""Keys that came once and are known as such, by their hash alone."""


class Weighed(Protocol):
    """What can be remembered: it knows its weight in bytes."""

    @property
    def weight(self) -> int:
        """Bytes that the value pins in memory, at most; its key not counted."""
        ...


Key = TypeVar("Key", bytes, str)
Kept = TypeVar("Kept", bound=Weighed)


class Remembered(Generic[Key, Kept]):
    """Values by key, within twice `entries` values and twice `size` bytes."""

    def __init__(self, *, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._young: dict[Key, Kept] = {}
        self._old: dict[Key, Kept] = {}
        self._weight = 0
        self._glimpsed: set[int] = set()
        self._entries = entries
        self._size = size

    def get(self, key: Key) -> Kept | None:
        """What was kept for a key, if it is still remembered."""
        return self._young.get(key) or self._revived(key)

    def comes_again(self, key: Key) -> bool:
        """Whether a key was asked about before, and so is worth a value."""
        mark = hash(key)
        if mark in self._glimpsed:
            return True
        if len(self._glimpsed) >= GLIMPSES:
            self._glimpsed.clear()
        self._glimpsed.add(mark)
        return False

    def keep(self, key: Key, kept: Kept) -> None:
        """Remember a value, unless it is too heavy."""
        weight = len(key) + kept.weight
        if weight > self._size // SHARE:
            return
        if len(self._young) >= self._entries or self._weight + weight > self._size:
            self._old, self._young, self._weight = self._young, {}, 0
        self._young[key] = kept
        self._weight += weight

    def clear(self) -> None:
        """Forget all values; which keys came before stays known."""
        self._young = {}
        self._old = {}
        self._weight = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def _revived(self, key: Key) -> Kept | None:
        kept = self._old.pop(key, None)
        if kept is not None:
            self.keep(key, kept)
        return kept

    def __contains__(self, key: Key) -> bool:
        return key in self._young or key in self._old
