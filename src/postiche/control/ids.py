"""Ids that sort in the order in which they were drawn.

Knows the layout of a UUID of version 7. Must not know what the ids are for.
The matcher breaks its last ties by id (behaviour A.1), so the ids given to
items and examples that came without one must sort in file order.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

_TAIL_BITS = 74
"""The bits of a version 7 UUID after its 48 bits of time, version and variant left out."""

_LOW_BITS = 62
"""How many of them stand after the variant."""


def ordered_ids(moment: datetime, seed: UUID) -> Iterator[str]:
    """Ids of version 7 (RFC 9562, 5.7) for one moment, each sorting after the one before.

    The tail starts at a random place, taken from `seed`, in the lower half of
    its range and counts up, so it cannot overflow.
    """
    start = seed.int % (1 << (_TAIL_BITS - 1))
    milliseconds = int(moment.timestamp() * 1000)
    tail = start
    while True:
        yield str(_version_7(milliseconds, tail))
        tail += 1


def _version_7(milliseconds: int, tail: int) -> UUID:
    high, low = divmod(tail, 1 << _LOW_BITS)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << _LOW_BITS | low)


def id_after(siblings: Iterable[str], fresh: str) -> str:
    """The fresh id, unless a sibling sorts after it: then the id next to the last sibling.

    Ids that came with an upload may be anything, and the highest id of all has
    no successor; then the fresh one has to do.
    """
    last = max((UUID(each).int for each in siblings), default=0)
    if UUID(fresh).int > last or last + 1 >= 1 << 128:
        return fresh
    return str(UUID(int=last + 1))
