"""API keys: an extension of Postiche, `/postiche/keys` and `/postiche/users/{userId}/keys`.

Knows keys as they are listed, made and revoked: one's own, or as an admin
anyone's. Must not know how a key is made or checked; `auth` does.
"""

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.auth import create_key
from postiche.control.users import existing_user
from postiche.control.validate import NO_NUL, compile_schema
from postiche.model import ApiKey, User

_complaints = compile_schema(
    {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "pattern": NO_NUL},
            "expiresAt": {"type": ["string", "null"]},
        },
    }
)


async def list_own_keys(asked: Asked) -> Response:
    """GET /postiche/keys: the caller's keys."""
    return await _list(asked, asked.user)


async def create_own_key(asked: Asked) -> Response:
    """POST /postiche/keys: a new key for the caller; the only answer that shows it."""
    return await _create(asked, asked.user)


async def revoke_own_key(asked: Asked) -> Response:
    """DELETE /postiche/keys/{keyId}: one of the caller's keys, be it the one in use."""
    return await _revoke(asked, asked.user)


async def list_keys_of_user(asked: Asked) -> Response:
    """GET /postiche/users/{userId}/keys, for admins."""
    return await _list(asked, await existing_user(asked))


async def create_key_for_user(asked: Asked) -> Response:
    """POST /postiche/users/{userId}/keys, for admins."""
    return await _create(asked, await existing_user(asked))


async def revoke_key_of_user(asked: Asked) -> Response:
    """DELETE /postiche/users/{userId}/keys/{keyId}, for admins."""
    return await _revoke(asked, await existing_user(asked))


async def _list(asked: Asked, user: User) -> Response:
    keys = await asked.api.store.keys(user_id=user.id)
    return wire.answer({"keys": [_shown(each) for each in keys]})


async def _create(asked: Asked, user: User) -> Response:
    sent, _ = await asked.json(_sent)
    key, text = await create_key(
        asked.api.store,
        user,
        sent["name"],
        asked.now,
        asked.settings.new_id,
        expires_at=_expiry(asked, sent.get("expiresAt")),
    )
    return wire.answer({"key": {**_shown(key), "key": text}})


async def _revoke(asked: Asked, user: User) -> Response:
    key_id = asked.segment("keyId")
    known = {each.id for each in await asked.api.store.keys(user_id=user.id)}
    if key_id not in known or not await asked.api.store.revoke_key(key_id):
        raise wire.legacy(404, "instanceNotFoundError", "The specified API key does not exist.")
    return wire.answer({"key": {"id": key_id}})


def _sent(body: dict[str, object]) -> dict[str, Any]:
    for complaint in _complaints(body):
        raise wire.refused(complaint, "key")
    return body


def _expiry(asked: Asked, text: str | None) -> datetime | None:
    """When the key expires, a time without zone being UTC. Raises ApiError 400."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        expires_at = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wire.invalid_param("expiresAt", "It must be an ISO 8601 time.") from None
    if expires_at <= asked.now():
        raise wire.invalid_param("expiresAt", "It must be in the future.")
    return expires_at


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "hint": key.hint,
        "createdAt": wire.iso(key.created_at),
        "expiresAt": key.expires_at and wire.iso(key.expires_at),
        "lastUsedAt": key.last_used_at and wire.iso(key.last_used_at),
    }
