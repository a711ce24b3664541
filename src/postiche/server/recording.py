"""Recording real services: what `postiche record` and `postiche capture` are put together from.

Knows collection files that are written to, and how requests get to services
and replies into files. Must not know how anything is printed, nor the rules of
what is recorded: `core.recording` has those.
"""

import asyncio
import json
import logging
import os
import random
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard
from uuid import UUID, uuid4

import orjson

from postiche.control.ids import id_after, ordered_ids
from postiche.core.collection import CollectionError, read_collection
from postiche.core.dynamic import Sources
from postiche.core.recording.addresses import Allowed, read_allowed
from postiche.core.recording.codings import NotText
from postiche.core.recording.recorder import (
    Added,
    Recorder,
    captured_example,
    new_collection,
    set_variable,
)
from postiche.core.recording.sending import NotSendable, Place, places, sendable
from postiche.core.recording.upstream import Target, read_target
from postiche.core.variables import Scope, scope_of
from postiche.dataplane.proxy import Proxy
from postiche.dataplane.relay import Passage
from postiche.dataplane.upstream import Forwarder, UpstreamError
from postiche.model import Environment, Exchange
from postiche.server import listening
from postiche.server.ephemeral import FileError, read_json
from postiche.server.failures import Failure, UsageFailure
from postiche.server.listening import Listener, port_of

logger = logging.getLogger(__name__)

SAVE_SECONDS = 1.0
"""How long a recorded exchange waits to be written, with those that follow it; longer only where
writing takes more than a tenth of that."""

Node = dict[str, Any]


class RecordingError(Failure):
    """Nothing can be recorded; the message says why."""


class TargetError(UsageFailure):
    """What to record is no URL of a service, or names something that is not there."""


# --- the file ---------------------------------------------------------------------------


class CollectionFile:
    """A collection file that grows: read once, replaced whole, keys and order kept."""

    def __init__(self, file: Path, out: Path | None = None, *, name: str | None = None) -> None:
        """Read `file`; without one, begin a collection called `name` if that is given.

        It is written to `out`, or else back to `file`. Raises FileError.
        """
        self.file = out or file
        self._indent = "  "
        self._tail = "\n"
        if name is not None and not file.exists():
            self._document: Node = {"collection": new_collection(name, str(uuid4()))}
            self._bare = True
            return
        document = read_json(file)
        try:
            read_collection(document)
        except CollectionError as error:
            raise FileError(f"{file}: {error}") from None
        assert isinstance(document, dict)  # read_collection says so
        self._bare = not isinstance(document.get("collection"), dict)
        self._document = {"collection": document} if self._bare else document
        self._take_after(file.read_text(encoding="utf-8-sig"))

    @property
    def tree(self) -> Node:
        """The collection."""
        tree: Node = self._document["collection"]
        return tree

    def _take_after(self, written: str) -> None:
        """Go on writing the file as it was written: its indentation and its last line's end."""
        found = re.match(r"\s*\{\r?\n([ \t]+)", written)
        self._indent = found[1] if found else ""
        self._tail = written[len(written.rstrip()) :]

    def save(self) -> None:
        """Replace the file in one step: it is the old or the new one, never half of one.

        Raises RecordingError.
        """
        value = self.tree if self._bare else self._document
        try:
            _replace(self.file, _written(value, self._indent) + self._tail.encode())
        except OSError as error:
            raise RecordingError(f"{self.file}: {error.strerror}") from None


def _written(value: Node, indent: str) -> bytes:
    """JSON in a file's own style. orjson knows two of them, and is a hundred times as fast."""
    if indent in ("", "  "):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def _replace(file: Path, content: bytes) -> None:
    place = file.resolve()  # a link goes on pointing to the file
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        beside.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask())
        beside.replace(place)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# --- record -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What `postiche record` is asked for; `variable` stands for the target in saved URLs."""

    target: str
    out: Path
    host: str = "127.0.0.1"
    port: int = 3000
    variable: str = "baseUrl"
    redact: tuple[str, ...] = ()
    ids_to_variables: bool = False
    timeout: float = 30.0


Told = Callable[[Exchange, Added], object]
"""Is told of each call and of what became of it."""


@dataclass(slots=True)
class Recording:
    """A file that exchanges are added to as they come, written soon after."""

    file: CollectionFile
    recorder: Recorder
    tell: Told
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, exchange: Exchange) -> None:
        """Save an exchange, and tell what became of it."""
        added = self.recorder.add(exchange)
        if added.example is not None:
            self._changed.set()
        self.tell(exchange, added)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Write the file whenever it has changed, and once more at the end."""
        writing = asyncio.create_task(self._write_forever())
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self.file.save()

    async def _write_forever(self) -> None:
        """Write after each change, but spend no more than a tenth of the time on it."""
        clock = asyncio.get_running_loop().time
        pause = SAVE_SECONDS
        while True:
            await self._changed.wait()
            await asyncio.sleep(pause)
            self._changed.clear()
            begun = clock()
            try:
                self.file.save()
            except RecordingError as error:
                logger.warning("%s", error)  # it is tried again, and at the end it must succeed
            pause = max(SAVE_SECONDS, 9 * (clock() - begun))


async def record(options: RecordOptions, tell: Told, ready: Callable[[str, Target], None]) -> None:
    """Pass calls on and record them until SIGINT or SIGTERM.

    `ready` is told the proxy's URL and the target. Raises Failure.
    """
    target = record_target(options.target)
    recording = begin(options, target, tell)
    sockets = listening.listen(options.host, options.port)
    url = listening.origin(options.host, port_of(sockets))
    # The person named this target, so it may be on their own machine or network.
    forwarder = Forwarder(Allowed(frozenset({(target.host, target.port)})))
    passage = Passage(forwarder, target, _now, timeout=options.timeout)
    try:
        async with recording.kept():
            app = Proxy(passage, recording.add)
            await listening.serve([Listener(app, sockets)], ready=lambda: ready(url, target))
    finally:
        await forwarder.close()


def begin(options: RecordOptions, target: Target, tell: Told) -> Recording:
    """The file to record to, as it is so far, and what adds to it. Raises Failure."""
    file = CollectionFile(options.out, name=target.authority)
    value = set_variable(file.tree, options.variable, target.origin)
    if value.rstrip("/") != target.origin:
        raise RecordingError(
            f"{options.out}: {{{{{options.variable}}}}} is {value} there, not {target.origin};"
            " choose another variable with --environment-variable, or another file"
        )
    file.save()  # what cannot be written should be known before the first call
    recorder = Recorder(
        file.tree,
        _growing_ids(),
        redact=options.redact,
        ids_to_variables=options.ids_to_variables,
        variable=options.variable,
    )
    return Recording(file, recorder, tell)


def record_target(url: str) -> Target:
    """The service to record. Raises TargetError."""
    try:
        target = read_target(url)
    except ValueError as error:
        raise TargetError(f"--target {url}: {error}") from None
    if target.path or "?" in url or "#" in url:
        raise TargetError(
            f"--target {url}: give scheme, host and port alone, {target.origin};"
            " clients call the same paths here as there, so that a mock answers them too"
        )
    return target


def _growing_ids() -> Callable[[], str]:
    """Ids each of which sorts after the one before."""
    drawn = ordered_ids(_now(), uuid4())
    return lambda: next(drawn)


def _now() -> datetime:
    return datetime.now(UTC)


# --- capture ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """What `postiche capture` is asked for: which requests, and what is kept of the replies."""

    requests: tuple[str, ...] = ()
    all: bool = False
    redact: tuple[str, ...] = ()
    allow_upstream: tuple[str, ...] = ()
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of one request: the example's name, or why there is none."""

    place: Place
    example: str | None = None
    failure: str | None = None
    known: bool = False


def chosen(tree: Node, options: CaptureOptions) -> list[Place]:
    """The requests to send, in file order. Raises TargetError for a name that none has.

    By default those without an example; a name is that of a request, its way
    from the root (`Folder / Request`), or its id.
    """
    found = list(places(tree))
    if not options.requests:
        return [each for each in found if options.all or not each.examples]
    wanted = dict.fromkeys(options.requests)
    unknown = [name for name in wanted if not any(name in _names(each) for each in found)]
    if unknown:
        raise TargetError(f"--request {unknown[0]}: the collection has no such request")
    return [each for each in found if not wanted.keys().isdisjoint(_names(each))]


def _names(place: Place) -> set[str]:
    return {place.name, place.path, str(place.item.get("id", ""))} - {""}


async def capture(
    file: CollectionFile,
    environment: Environment | None,
    options: CaptureOptions,
    tell: Callable[[Captured], object],
) -> None:
    """Send requests of a collection, one after the other, and save the replies as examples.

    Each is told to `tell`. The file is written at the end, also if that comes
    early. Raises Failure.
    """
    selected = chosen(file.tree, options)
    scope = scope_of(read_collection(file.tree), environment)
    capturer = Capturer(file.tree, scope, _forwarder(options), options)
    changed = False
    try:
        for place in selected:
            captured = await capturer.one(place)
            changed = changed or captured.example is not None
            tell(captured)
    finally:
        await capturer.forwarder.close()
        if changed or not file.file.exists():
            file.save()


def _forwarder(options: CaptureOptions) -> Forwarder:
    """As in Postman a collection may be about a service on this machine or network; a cloud's
    metadata and the like are another matter, and want to be named."""
    try:
        names = read_allowed(options.allow_upstream)
    except ValueError as error:
        raise TargetError(f"--allow-upstream: {error}") from None
    return Forwarder(Allowed(names, private=True))


@dataclass(slots=True)
class Capturer:
    """Sends saved requests of one collection and adds what comes back."""

    tree: Node
    scope: Scope
    forwarder: Forwarder
    options: CaptureOptions
    _new_id: Callable[[], str] = field(default_factory=_growing_ids)
    _sources: Sources = field(default_factory=lambda: Sources(random.Random(), _now))

    async def one(self, place: Place) -> Captured:
        """Send one request and save the reply as an example."""
        try:
            ready = sendable(place, self.tree, self.scope, self._sources)
            exchange = await self.forwarder.fetch(
                ready.target, ready.request, timeout=self.options.timeout
            )
            names = (*self.options.redact, *ready.secrets)
            example = captured_example(place.item, exchange, names)
        except (NotSendable, NotText, UpstreamError) as error:
            return Captured(place, failure=str(error))
        if example is None:
            return Captured(place, known=True)
        if not isinstance(place.item.get("response"), list):
            place.item["response"] = []
        place.item["response"].append({"id": self._id_after(place.examples), **example})
        return Captured(place, example=example["name"])

    def _id_after(self, examples: Sequence[Any]) -> str:
        ids = [each.get("id") for each in examples if isinstance(each, dict)]
        return id_after(filter(_is_uuid, ids), self._new_id())


def _is_uuid(text: object) -> TypeGuard[str]:
    try:
        return isinstance(text, str) and bool(UUID(text))
    except ValueError:
        return False
