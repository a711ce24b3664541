"""What became of the operations that go on after they were answered.

Knows tasks as they are stored, started and looked up. Must not know what any
of them does, nor how the API shows it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.documents import find
from postiche.model import Document

GIVEN_UP_AFTER = timedelta(minutes=15)
"""A task that takes longer has failed: the server that worked on it is gone."""

FORGOTTEN_AFTER = timedelta(days=7)
"""How long one can ask what became of a task."""

_log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[str | None]]
"""Does a task; gives the reason why it failed, None if it did not."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands: `done` says how it went, None while it goes on."""

    document: Document
    done: bool | None
    reason: str | None


async def start(asked: Asked, kind: str, workspace: str, subject: str, work: Work) -> Document:
    """Begin a task about the thing with the id `subject`, and answer without waiting for it."""
    await _forget_old(asked, kind, workspace)
    now = asked.now()
    document = Document(
        kind="task",
        id=asked.settings.new_id(),
        owner=asked.user.id,
        workspace=workspace,
        name=_running_name(kind, subject),
        content=_content(None, None),
        created_at=now,
        updated_at=now,
        updated_by=asked.user.id,
    )
    await asked.store.add_document(document)
    task = asyncio.create_task(_run(asked, replace(document, name=_done_name(kind)), work))
    asked.api.background.add(task)
    task.add_done_callback(asked.api.background.discard)
    return document


async def find_task(asked: Asked, kind: str, text: str) -> Task | None:
    """The task of that kind with this id or uid; None if there is none that the user may see."""
    document = await find(asked, "task", text)
    if document is None or document.name.split(" ")[0] != kind:
        return None
    stored = orjson.loads(document.content)
    done = stored["done"]
    if done is None and document.created_at < asked.now() - GIVEN_UP_AFTER:
        done = False
    return Task(document, done, stored["reason"])


async def is_running(asked: Asked, kind: str, workspace: str, subject: str) -> bool:
    """Whether a task about a thing goes on, on whichever server."""
    name = _running_name(kind, subject)
    since = asked.now() - GIVEN_UP_AFTER
    running = await asked.store.documents("task", workspace=workspace, name=name)
    return any(each.created_at >= since for each in running)


def _running_name(kind: str, subject: str) -> str:
    return f"{kind} {subject}"


def _done_name(kind: str) -> str:
    return f"{kind} done"


def _content(done: bool | None, reason: str | None) -> bytes:
    return orjson.dumps({"done": done, "reason": reason})


async def _run(asked: Asked, task: Document, work: Work) -> None:
    try:
        reason = await _outcome(work)
        await asked.store.replace_document(
            "task",
            task.id,
            name=task.name,
            content=_content(reason is None, reason),
            updated_by=task.owner,
            updated_at=asked.now(),
        )
    except Exception:
        _log.exception("The end of task %s could not be stored.", task.id)


async def _outcome(work: Work) -> str | None:
    try:
        return await work()
    except wire.ApiError as error:
        return f"status {error.status}"
    except Exception:
        _log.exception("A task failed.")
        return "internal error"


async def _forget_old(asked: Asked, kind: str, workspace: str) -> None:
    before = asked.now() - FORGOTTEN_AFTER
    for task in await asked.store.documents("task", workspace=workspace):
        if task.created_at < before and task.name.split(" ")[0] == kind:
            await asked.store.delete_document("task", task.id)
