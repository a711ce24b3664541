"""Lists in pages that a cursor continues.

Knows rows that have an id. Must not know what they are. A cursor names the
last row shown, so that rows added or deleted meanwhile shift nothing.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from postiche.control import wire

T = TypeVar("T")

LIMIT = 10
"""How many rows a page has unless a client says so (OpenAPI 1.45, parameter `limit`)."""

MAX_LIMIT = 100


def page(
    rows: Sequence[tuple[str, T]],
    limit: str | None,
    cursor: str | None,
    refuse: Callable[[], wire.ApiError],
) -> tuple[list[T], str | None]:
    """The rows after the cursor and the cursor for those after them; rows are keyed in order.

    A key must tell where its row stands even when the row is gone, by sorting
    as the rows do. Raises ApiError 400 for an impossible limit, and `refuse`
    for a cursor that no page gave.
    """
    count = limit_of(limit)
    if cursor is not None:
        last = key_of(cursor, refuse)
        rows = [each for each in rows if each[0] > last]
    shown = rows[:count]
    more = len(rows) > count
    return [row for _, row in shown], cursor_of(shown[-1][0]) if more else None


def limit_of(text: str | None) -> int:
    """How many rows a page is to have. Raises ApiError 400 for an impossible number."""
    count = LIMIT if text is None else wire.whole_number(text)
    if count is None or not 1 <= count <= MAX_LIMIT:
        raise wire.invalid_param("limit", f"It must be a whole number from 1 to {MAX_LIMIT}.")
    return count


def cursor_of(key: str) -> str:
    """The cursor of the page that follows the row with a key."""
    return base64.urlsafe_b64encode(f"after:{key}".encode()).decode()


def key_of(cursor: str, refuse: Callable[[], wire.ApiError]) -> str:
    """The key that a cursor was made of. Raises `refuse` for what is no cursor."""
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode(
            errors="surrogatepass"
        )
    except (binascii.Error, ValueError):
        raise refuse() from None
    if not text.startswith("after:"):
        raise refuse()
    return text.removeprefix("after:")
