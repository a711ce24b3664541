"""API keys: made, stored as digests, and asked of every request.

Knows keys and the `x-api-key` header. Must not know any resource.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request

from postiche.control import wire
from postiche.model import ApiKey, User
from postiche.store import Store

_POSTMAN_KEY = re.compile("PMAK-[0-9a-f]{24}-[0-9a-f]{34}")
_OWN_KEY = re.compile("[!-~]{16,}")


def generate_key() -> str:
    """A new key of Postman's shape, `PMAK-<24 hex>-<34 hex>`."""
    return f"PMAK-{secrets.token_hex(12)}-{secrets.token_hex(17)}"


def digest(key: str) -> str:
    """What is stored of a key: its SHA-256 in hex. Keys are random, so it needs no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


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
) -> tuple[ApiKey, str]:
    """Store a key for a user; the second value is the key itself, which is not kept.

    A given `key` may be any 16 or more visible ASCII characters. Raises
    ValueError for any other, AlreadyExists if the key is known.
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
    )
    await store.add_key(stored)
    return stored, text


async def authenticate(store: Store, request: Request) -> User:
    """The user whose key the request carries. Raises ApiError 401 (behaviour C.1)."""
    key = request.headers.get("x-api-key", "")
    user = await store.user_of_key(digest(key)) if key else None
    if user is None:
        raise wire.unauthenticated()
    return user
