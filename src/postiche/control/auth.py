"""API keys: made, stored as digests, and asked of every request.

Knows keys and the `x-api-key` header. Must not know any resource.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import Request

from postiche.control import wire
from postiche.model import ApiKey, User
from postiche.store import Store, StoreError

_POSTMAN_KEY = re.compile("PMAK-[0-9a-f]{24}-[0-9a-f]{34}")
_OWN_KEY = re.compile("[!-~]{16,}")

_NOTED_EVERY = timedelta(minutes=1)
"""The use of a key is noted at most this often: a read must not cost a write each time."""

_log = logging.getLogger(__name__)


def generate_key() -> str:
    """A new key of Postman's shape, `PMAK-<24 hex>-<34 hex>`."""
    return f"PMAK-{secrets.token_hex(12)}-{secrets.token_hex(17)}"


def digest(key: str) -> str:
    """What is stored of a key: its SHA-256 in hex. Keys are random, so it needs no salt."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def hint(key: str) -> str:
    """What may be shown of a key: enough to tell it from others, useless to a thief."""
    shown = key[:9] if _POSTMAN_KEY.fullmatch(key) else ""
    return f"{shown}…{key[-4:]}"


async def create_key(
    store: Store,
    user: User,
    name: str,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
    key: str | None = None,
    *,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Store a key for a user; the second value is the key itself, which is not kept.

    A given `key` may be any 16 or more visible ASCII characters. Without
    `expires_at` it opens the API until it is revoked. Raises ValueError for
    any other key, AlreadyExists if the key is known.
    """
    text = generate_key() if key is None else key
    if not _OWN_KEY.fullmatch(text):
        raise ValueError("an API key must have at least 16 characters, all visible ASCII")
    stored = ApiKey(
        id=new_id(),
        user_id=user.id,
        name=name,
        digest=digest(text),
        hint=hint(text),
        created_at=clock(),
        expires_at=expires_at,
    )
    await store.add_key(stored)
    return stored, text


async def authenticate(store: Store, request: Request, now: datetime) -> User:
    """The user whose key the request carries, unless expired. Raises ApiError 401 (behaviour C.1).

    The key stands in the header, else in the query parameter `apikey`, as Newman sends it.
    """
    text = request.headers.get("x-api-key") or request.query_params.get("apikey")
    held = await store.key_and_user(digest(text)) if text else None
    if held is None or not held[0].valid_at(now):
        raise wire.unauthenticated()
    await note_use(store, held[0], now)
    return held[1]


async def note_use(store: Store, key: ApiKey, now: datetime) -> None:
    """Note that a key is used, unless that was done a moment ago. Never fails."""
    if key.last_used_at is not None and now - key.last_used_at < _NOTED_EVERY:
        return
    try:
        await store.touch_key(key.id, now)
    except StoreError:
        _log.warning("The use of an API key could not be noted.", exc_info=True)
