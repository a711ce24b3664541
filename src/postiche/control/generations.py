"""The Postman API's collections made from specs, and specs made from collections.

Knows which is made from which, the tasks that make them, and when they are in
sync. Must not know OpenAPI or what is inside a collection; the importers do.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.responses import Response

from postiche.control import tasks, wire
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.cursor_pages import page
from postiche.control.documents import find, find_to_change, find_workspace
from postiche.control.imports import COST, add_collection, regenerated
from postiche.control.spec_document import Part, Spec, bad, no_entity, no_spec, not_found, read_spec
from postiche.control.specs import (
    add_spec,
    changed,
    definition_of,
    found_spec,
    new_spec,
    no_cursor,
    row,
    spec_to_change,
)
from postiche.importers.document import DocumentError, is_json
from postiche.importers.media import written_json
from postiche.importers.openapi import collection_named, openapi_to_collection
from postiche.importers.options import read_options
from postiche.importers.swagger import swagger_to_openapi
from postiche.importers.syncing import synced_definition
from postiche.importers.to_openapi import collection_to_openapi, openapi_text
from postiche.importers.yaml_text import write_yaml
from postiche.model import Document

SYNC_OPTIONS = {"syncExamples": True, "deleteOrphanedRequests": True}
"""The sync options and their defaults."""

GENERATED = {"OPENAPI:3.0": "3.0.3", "OPENAPI:3.1": "3.1.0"}
"""The types of specs that can be made from a collection, and their versions."""

Work = Callable[[str], Awaitable[None]]
"""What a task does, given its own id. Raises DocumentError to say why it could not."""


# --- collections made from a spec -----------------------------------------------------------


async def list_collections(asked: Asked) -> Response:
    """GET /specs/{specId}/generations/collection: those that are still there, oldest first."""
    _check_element(asked, "collection")
    document = await found_spec(asked)
    spec = read_spec(document.content)
    rows = [
        (f"{each['createdAt']} {each['collection']}", _generated(each, head, spec))
        for each in spec.generations
        if (head := await asked.store.document_head("collection", each["collection"]))
    ]
    shown, cursor = page(
        sorted(rows, key=_key), asked.query("limit"), asked.query("cursor"), no_cursor
    )
    return wire.answer({"collections": shown, "meta": {"nextCursor": cursor}})


def _key(row: tuple[str, Part]) -> str:
    return row[0]


def _generated(generation: Part, head: Document, spec: Spec) -> Part:
    edited = wire.iso(head.updated_at) != generation["updatedAt"]
    in_sync = generation["state"] == spec.state and not edited
    return {
        "id": head.id,
        "name": head.name,
        "state": "in-sync" if in_sync else "out-of-sync",
        "createdAt": generation["createdAt"],
        "updatedAt": wire.iso(head.updated_at),
        "createdBy": generation["createdBy"],
    }


async def generate_collection(asked: Asked) -> Response:
    """POST /specs/{specId}/generations/collection: a task that makes the collection."""
    _check_element(asked, "collection")
    document = await spec_to_change(asked)
    (name, options), _ = await asked.json(_named_options)
    workspace = await find_workspace(asked, document.workspace)
    if workspace is None:
        raise no_spec()

    async def work(task: str) -> None:
        spec = read_spec((await found_spec(asked)).content)
        size = sum(map(len, spec.texts.values()))
        collection = await off_loop(size * COST, lambda: _collection_of(spec, options))
        made = await add_collection(asked, workspace, collection_named(collection, name), size)
        await changed(
            asked, lambda now: now.generations.append(_generation(made, spec, options, task))
        )

    return await _started(asked, "/specs", document, document.id, work)


def _generation(made: Document, spec: Spec, options: Part, task: str) -> Part:
    """What a spec notes about a collection made from it as `spec` was then."""
    return {
        "collection": made.id,
        "uid": made.uid,
        "task": task,
        "state": spec.state,
        "options": options,
        "syncOptions": dict(SYNC_OPTIONS),
        "createdAt": wire.iso(made.created_at),
        "updatedAt": wire.iso(made.updated_at),
        "createdBy": made.owner,
    }


def _collection_of(spec: Spec, options: Part) -> dict[str, Any]:
    if not spec.type.startswith("OPENAPI:"):
        raise DocumentError("Collections can be generated from OpenAPI specifications only.")
    definition = definition_of(spec)
    if spec.type == "OPENAPI:2.0":
        definition = swagger_to_openapi(definition)
    return openapi_to_collection(definition, read_options(options))


async def update_sync_options(asked: Asked) -> Response:
    """PATCH /specs/{specId}/collections/{collectionId}/sync-options: those that are sent."""
    await spec_to_change(asked)
    sent, _ = await asked.json(_sync_options)
    collection = wire.reference(asked.segment("collectionId"))

    def update(spec: Spec) -> Part:
        generation = _of_collection(spec, collection.key if collection else "")
        generation["syncOptions"] |= sent
        return dict(generation["syncOptions"])

    _, _, options = await changed(asked, update)
    return wire.answer({"syncOptions": options})


def _of_collection(spec: Spec, collection_id: str) -> Part:
    """What a spec notes about a collection. Raises ApiError 404 if it was not made from it."""
    for generation in spec.generations:
        if generation["collection"] == collection_id:
            return generation
    raise no_entity()


# --- synchronisation --------------------------------------------------------------------------


async def sync_spec(asked: Asked) -> Response:
    """PUT /specs/{specId}/synchronizations: a task that brings the collection's changes here."""
    document = await spec_to_change(asked)
    collection = await _linked(asked, document, asked.query("collectionUid"))

    async def work(task: str) -> None:
        def update(spec: Spec) -> None:
            generation = _of_collection(spec, collection.id)
            spec.write(spec.root, _synced(spec, orjson.loads(collection.content), generation))
            now = {"updatedAt": wire.iso(asked.now()), "updatedBy": asked.user.id}
            spec.root.update(now)
            spec.tagged = False
            generation |= _in_sync(spec, collection, task)

        await changed(asked, update)

    return await _started(asked, "/specs", document, document.id, work)


async def sync_collection(asked: Asked) -> Response:
    """PUT /collections/{collectionId}/synchronizations: a task that makes it anew from its spec."""
    spec_document = await find_to_change(asked, "spec", asked.query("specId"))
    if spec_document is None:
        raise no_spec()
    collection = await _linked(asked, spec_document, asked.segment("collectionId"))

    async def work(task: str) -> None:
        spec = read_spec(spec_document.content)
        generation = _of_collection(spec, collection.id)
        size = len(spec_document.content)
        made = await off_loop(size * COST, lambda: _collection_of(spec, generation["options"]))
        written = await regenerated(
            asked, collection, collection_named(made, collection.name), size
        )

        def update(now: Spec) -> None:
            _of_collection(now, collection.id).update(_in_sync(spec, written, task))

        await changed(asked, update, spec_id=spec_document.id)

    return await _started(asked, "/collections", collection, collection.uid, work)


def _in_sync(spec: Spec, collection: Document, task: str) -> Part:
    return {"state": spec.state, "updatedAt": wire.iso(collection.updated_at), "task": task}


def _synced(spec: Spec, collection: dict[str, Any], generation: Part) -> str:
    """The root file with what the collection says. Raises DocumentError."""
    options = generation["syncOptions"]
    root = spec.text(spec.root)
    document = synced_definition(
        definition_of(Spec(spec.type, [spec.root], texts=spec.texts)),
        collection_to_openapi(collection),
        examples=options["syncExamples"],
        delete=options["deleteOrphanedRequests"],
    )
    return written_json(document) if is_json(root) else write_yaml(document)


async def _linked(asked: Asked, document: Document, reference: str | None) -> Document:
    """The collection with a uid, made from a spec. Raises ApiError 400 or 404."""
    if wire.reference(reference) is None:
        raise bad(
            "Parameter, collectionUid is in an invalid format.",
            title="The specified parameter is in an invalid format",
            kind="invalidParamsError",
        )
    collection = await find_to_change(asked, "collection", reference)
    if collection is None:
        raise no_entity()
    _of_collection(read_spec(document.content), collection.id)
    return collection


# --- specs made from a collection ---------------------------------------------------------------


async def generate_spec(asked: Asked) -> Response:
    """POST /collections/{collectionId}/generations/spec: a task that makes the spec."""
    _check_element(asked, "spec")
    collection = await find_to_change(asked, "collection", asked.segment("collectionId"))
    workspace = await find_workspace(asked, collection.workspace) if collection else None
    if collection is None or workspace is None:
        raise no_entity()
    (name, kind, form), _ = await asked.json(_named_type)
    content = collection.content

    async def work(task: str) -> None:
        text = await off_loop(len(content) * COST, lambda: _spec_text(content, kind, form))
        file = {"path": f"index.{form.lower()}", "type": "ROOT", "content": text}
        spec = new_spec(asked, kind, [file])
        spec.source = collection.id
        made = await add_spec(asked, workspace, name, spec)
        generation = _generation(collection, spec, {}, task) | {
            "createdAt": wire.iso(made.created_at)
        }
        await changed(asked, lambda now: now.generations.append(generation), spec_id=made.id)

    return await _started(asked, "/collections", collection, collection.uid, work)


def _spec_text(content: bytes, kind: str, form: str) -> str:
    document = {**collection_to_openapi(orjson.loads(content)), "openapi": GENERATED[kind]}
    return openapi_text(document, yaml=form == "YAML")


async def list_specs(asked: Asked) -> Response:
    """GET /collections/{collectionId}/generations/spec: the specs made from a collection."""
    _check_element(asked, "spec")
    collection = await find(asked, "collection", asked.segment("collectionId"))
    if collection is None:
        raise no_entity()
    found = []
    for head in await asked.store.documents("spec", workspace=collection.workspace):
        document = await asked.store.document("spec", head.id)
        spec = read_spec(document.content) if document else None
        if document and spec and spec.source == collection.id:
            state = _generated(_of_collection(spec, collection.id), collection, spec)["state"]
            found.append({**row(document, spec), "state": state})
    return wire.answer({"specs": found, "meta": {"nextCursor": None}})


# --- tasks ----------------------------------------------------------------------------------------


async def _started(
    asked: Asked, family: str, subject: Document, reference: str, work: Work
) -> Response:
    """A 202 with the task's id and the URL that tells how it goes. Raises ApiError 423."""
    kind, started = _kind(subject), list[str]()

    async def run() -> str | None:
        try:
            await work(started[0])
        except DocumentError as error:
            return str(error)
        return None

    async with asked.api.updating:
        if await tasks.is_running(asked, kind, subject.workspace, subject.id):
            raise bad(
                "Collection generation is already in progress for the spec.",
                title="Collection generation in progress",
                kind="actionLockedError",
                status=423,
            )
        task = await tasks.start(asked, kind, subject.workspace, subject.id, run)
        started.append(task.id)
    response = wire.answer({"taskId": task.id, "url": f"{family}/{reference}/tasks/{task.id}"})
    response.status_code = 202
    return response


def _kind(subject: Document) -> str:
    """Tasks are asked for below the thing they are about, so its id is part of their kind."""
    return f"generation-{subject.id}"


async def get_task(asked: Asked) -> Response:
    """GET /specs/{specId}/tasks/{taskId} and GET /collections/{collectionId}/tasks/{taskId}."""
    of_spec = "specId" in asked.request.path_params
    kind, name = ("spec", "specId") if of_spec else ("collection", "collectionId")
    subject = await find(asked, "spec" if of_spec else "collection", asked.segment(name))
    if subject is None:
        raise no_spec() if of_spec else no_entity()
    task = await tasks.find_task(asked, _kind(subject), asked.segment("taskId"))
    if task is None:
        raise no_entity()
    status = {None: "pending", True: "completed", False: "failed"}[task.done]
    meta = {"url": asked.request.url.path, "model": kind, "action": "generation"}
    details: object = {"resources": await _resources(asked, subject, task.document.id)}
    if task.done is False:
        details = task.reason or "The task did not end."
    return wire.answer({"status": status, "meta": meta, "details": details})


async def _resources(asked: Asked, subject: Document, task: str) -> list[Part]:
    """What a task made or changed."""
    if subject.kind == "spec":
        spec = read_spec(subject.content)
        uids = [each["uid"] for each in spec.generations if each["task"] == task]
        return [{"id": each, "url": f"/collections/{each}"} for each in uids]
    made = []
    for head in await asked.store.documents("spec", workspace=subject.workspace):
        document = await asked.store.document("spec", head.id)
        spec = read_spec(document.content) if document else Spec("")
        if any(each["task"] == task for each in spec.generations):
            made.append({"id": head.id, "url": f"/specs/{head.id}"})
    return made


# --- what is sent ---------------------------------------------------------------------------------


def _check_element(asked: Asked, known: str) -> None:
    if asked.segment("elementType") != known:
        raise not_found(
            "Resource not found", "Entity that you are trying to access does not exist."
        )


def _name(body: dict[str, Any]) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name or "\0" in name:
        raise bad("Required property `name` is missing from the request.")
    return name


def _named_options(body: dict[str, Any]) -> tuple[str, Part]:
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise bad("Required property `options` must be an object.")
    try:
        read_options(options)
    except DocumentError as error:
        raise bad(str(error)) from None
    return _name(body), options


def _named_type(body: dict[str, Any]) -> tuple[str, str, str]:
    kind, form = body.get("type", "OPENAPI:3.0"), body.get("format", "JSON")
    for name, value, known in (("type", kind, GENERATED), ("format", form, ("JSON", "YAML"))):
        if value not in known:
            raise bad(
                f"Required property `{name}` is invalid. Should be one of: {', '.join(known)}",
                title="Required parameter is invalid",
                kind="InvalidParamsError",
            )
    return _name(body), kind, form


def _sync_options(body: dict[str, Any]) -> dict[str, bool]:
    sent = body.get("syncOptions")
    if not isinstance(sent, dict):
        raise bad("syncOptions should be there in the request body.")
    known = {name: sent[name] for name in SYNC_OPTIONS if name in sent}
    for name, value in known.items():
        if not isinstance(value, bool):
            raise bad(f"syncOptions.{name} should be true or false.")
    return known
