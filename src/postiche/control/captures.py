"""Capturing a request: sent to its real service, the reply saved as an example.

Knows the operation, an extension of Postiche. Must not know how requests are
sent or what an example keeps; the core and the server's settings do.
"""

import random
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import must_change
from postiche.control.api import Asked, NotContacted, Send
from postiche.control.body import off_loop, parse_json_object, read_body
from postiche.control.collection_edits import edited, found_collection
from postiche.control.documents import find
from postiche.control.item_shapes import Fields, examples
from postiche.control.item_tree import Place, Tree, insert
from postiche.control.items import Shown, answer, found, not_found, refusals
from postiche.control.new_items import new_ids, stamp
from postiche.core.collection import read_collection, read_environment
from postiche.core.dynamic import Sources
from postiche.core.recording.codings import NotText
from postiche.core.recording.recorder import captured_example
from postiche.core.recording.sending import NotSendable, Sendable, places, sendable
from postiche.core.variables import scope_of
from postiche.model import Document, Environment


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the body asks for: an environment, and names of which no value is saved."""

    environment: str | None = None
    redact: tuple[str, ...] = field(default=())


async def capture_request(asked: Asked) -> Response:
    """POST /collections/{collectionId}/requests/{requestId}/capture: answers the new example.

    Where the request has the very same example already, that it has: 400
    `instanceFoundError`.
    """
    send = _allowed_to_send(asked)
    wanted = await _wanted(asked)
    request_id = asked.segment("requestId")
    missing = refusals(asked, 404, "request", request_id)
    collection = await found_collection(asked, missing)
    must_change(asked.user)
    environment = await _environment(asked, wanted)
    read = partial(_ready, asked, collection, environment)
    ready = await off_loop(len(collection.content), read)
    try:
        exchange = await send(ready)
    except NotContacted as refusal:
        raise wire.legacy(refusal.status, "upstreamError", str(refusal)) from None

    def change(stored: Document, tree: Tree) -> Fields:
        place = found(stored, tree, "request", request_id)
        if place is None:
            raise not_found(asked, 404, "request", request_id)
        try:
            example = captured_example(place.node, exchange, (*wanted.redact, *ready.secrets))
        except NotText as why:
            raise wire.legacy(400, "notSavableError", f"The reply is not saved: {why}.") from None
        if example is None:
            raise wire.legacy(400, "instanceFoundError", "This example already exists.")
        new_id = new_ids(asked, tree).after(examples(place.node))
        node = {"id": new_id, **example}
        insert(place.node, "response", len(place.node.get("response") or ()), node)
        stamp(asked, stored, node)
        return Shown(stored).data(Place(node, place.node, place.node["id"]))

    changed, data = await edited(asked, missing, change, len(exchange.reply.body))
    return answer(data["id"], "response", "create", data, changed)


def _allowed_to_send(asked: Asked) -> Send:
    if asked.settings.send is None:
        raise wire.legacy(
            403,
            "forbiddenError",
            "This server contacts no service; POSTICHE_ALLOW_UPSTREAM names those it may.",
        )
    return asked.settings.send


async def _wanted(asked: Asked) -> _Wanted:
    """What the body says; it may be empty. Raises ApiError 400."""
    body = await read_body(asked.request, asked.settings.max_body)
    sent: dict[str, Any] = parse_json_object(body) if body.strip() else {}
    environment, redact = sent.get("environment"), sent.get("redact", [])
    if environment is not None and not isinstance(environment, str):
        raise wire.malformed("'environment' must be a string")
    if not isinstance(redact, list) or not all(isinstance(name, str) for name in redact):
        raise wire.malformed("'redact' must be an array of strings")
    return _Wanted(environment, tuple(redact))


async def _environment(asked: Asked, wanted: _Wanted) -> Environment | None:
    if wanted.environment is None:
        return None
    document = await find(asked, "environment", wanted.environment)
    if document is None:
        raise wire.item_not_found(404, "environment", wanted.environment)
    return read_environment(orjson.loads(document.content))


def _ready(asked: Asked, collection: Document, environment: Environment | None) -> Sendable:
    """The request as it is to be sent. Raises ApiError 400 saying why it cannot be."""
    tree = orjson.loads(collection.content)
    request_id = asked.segment("requestId")
    known = found(collection, tree, "request", request_id)
    place = next((each for each in places(tree) if known and each.item is known.node), None)
    if place is None:
        raise not_found(asked, 404, "request", request_id)
    sources = Sources(random.Random(), asked.settings.clock)
    try:
        return sendable(place, tree, scope_of(read_collection(tree), environment), sources)
    except NotSendable as why:
        raise wire.legacy(400, "notSendableError", f"The request cannot be sent: {why}.") from None
