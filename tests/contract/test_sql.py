"""Turns, the revision, and what happens when callers vanish."""

import asyncio
import inspect
import itertools
import threading
from collections.abc import Awaitable, Callable

import pytest

from postiche.model import CallQuery, MockConfig
from postiche.store import AlreadyExists, Store, StoreError, open_store
from postiche.store.sql import SqlStore

from .conftest import Start
from .things import (
    NOON,
    a_call,
    a_document,
    a_key,
    a_mock,
    a_server_response,
    a_user,
    a_workspace,
    after,
)

pytestmark = pytest.mark.anyio

WRITER = """
import asyncio, sys
from datetime import datetime, timezone
from postiche.model import Document
from postiche.store import open_store

NOW = datetime.now(timezone.utc)

async def write(store, name):
    document = Document("collection", name, 7, "w", name, name.encode(), NOW, NOW, 7)
    await store.add_document(document)
    await store.replace_document(
        "collection", "shared", name=name, content=name.encode(), updated_by=7, updated_at=NOW
    )

async def main():
    store = await open_store(sys.argv[1])
    await asyncio.gather(*(write(store, f"{sys.argv[2]}-{n}") for n in range(15)))
    await store.close()

asyncio.run(main())
"""

MEMBERS = [name for name in vars(Store) if not name.startswith("_")]


@pytest.mark.parametrize("name", MEMBERS)
def test_every_member_of_the_protocol_is_there_with_its_signature(name: str) -> None:
    promised, kept = inspect.getattr_static(Store, name), inspect.getattr_static(SqlStore, name)
    if isinstance(promised, property):
        assert isinstance(kept, property)
        promised, kept = promised.fget, kept.fget
    assert inspect.signature(kept) == inspect.signature(promised)
    assert inspect.iscoroutinefunction(kept) == inspect.iscoroutinefunction(promised)


def test_the_store_offers_nothing_beyond_the_protocol() -> None:
    assert {name for name in vars(SqlStore) if not name.startswith("_")} == set(MEMBERS)


async def revisions(store: Store, *writes: Awaitable[object]) -> list[int]:
    seen = [store.revision]
    for write in writes:
        await write
        seen.append(store.revision)
    return [later - earlier for earlier, later in itertools.pairwise(seen)]


def replaced(store: Store, document_id: str) -> Awaitable[object]:
    return store.replace_document(
        "collection", document_id, name="n", content=b"", updated_by=7, updated_at=NOON
    )


async def test_every_write_raises_the_revision(store: Store) -> None:
    grown = await revisions(
        store,
        store.add_user(a_user()),
        store.add_key(a_key()),
        store.add_workspace(a_workspace()),
        store.add_document(a_document()),
        replaced(store, "c1"),
        store.add_mock(a_mock()),
        store.replace_mock(a_mock()),
        store.add_server_response(a_server_response()),
        store.replace_server_response(a_server_response()),
        store.delete_server_response("m1", "r1"),
        store.delete_mock("m1"),
        store.delete_document("collection", "c1"),
        store.revoke_key("k1"),
        store.replace_user(a_user(role="viewer")),
        store.replace_workspace(a_workspace(type="public")),
        store.delete_workspace("w1"),
        store.delete_user(7),
    )
    assert all(step > 0 for step in grown)


async def test_what_changes_nothing_leaves_the_revision(store: Store) -> None:
    await store.add_document(a_document())
    grown = await revisions(
        store,
        replaced(store, "none"),
        store.replace_mock(a_mock()),
        store.replace_server_response(a_server_response()),
        store.delete_server_response("m1", "r1"),
        store.delete_mock("m1"),
        store.delete_document("collection", "none"),
        store.revoke_key("k1"),
        store.add_calls([a_call()]),
        store.prune_calls(before=after(1), keep=0),
        store.advance("m1", "s", lambda _: (b"{}", None), at=NOON, since=NOON),
        store.delete_states("m1"),
        store.replace_user(a_user()),
        store.delete_user(7),
        store.replace_workspace(a_workspace()),
        store.delete_workspace("w1"),
        store.touch_key("k1", NOON),
        store.document("collection", "c1"),
        store.refresh(),
    )
    assert grown == [0] * len(grown)


async def test_a_refused_write_leaves_the_revision(store: Store) -> None:
    await store.add_document(a_document())
    before = store.revision
    with pytest.raises(AlreadyExists):
        await store.add_document(a_document())
    await store.refresh()
    assert store.revision == before


async def test_the_writes_of_another_process_show_after_a_refresh(
    store: Store, other: Store
) -> None:
    before = store.revision
    await other.add_document(a_document())
    assert store.revision == before
    await store.refresh()
    assert store.revision == other.revision > before


class Blackboard:
    """A revision shared by the stores of this process."""

    def __init__(self) -> None:
        self.published = [0]

    def newest(self) -> int:
        """The highest so far."""
        return max(self.published)

    def publish(self, revision: int) -> None:
        """Add one."""
        self.published.append(revision)


async def test_stores_that_share_their_revision_see_each_others_writes_at_once(url: str) -> None:
    shared = Blackboard()
    one, other = await open_store(url, shared), await open_store(url, shared)
    for writer, reader in ((one, other), (other, one)) * 3:
        before = reader.revision
        await writer.add_workspace(a_workspace(id=f"w{before}"))
        assert one.revision == other.revision == before + 1
    await one.close()
    await other.close()


async def test_a_shared_revision_can_be_read_by_everyone(url: str, other: Store) -> None:
    shared = Blackboard()
    writer = await open_store(url, shared)

    async def write() -> None:
        for number in range(20):
            await writer.add_workspace(a_workspace(id=f"w{number}"))

    writing = asyncio.create_task(write())
    while not writing.done():
        announced = shared.newest()
        await other.refresh()
        assert other.revision >= announced
        await asyncio.sleep(0)
    assert shared.newest() == 20
    await writer.close()


async def test_the_revision_is_never_lower_than_the_writes_it_stands_for(
    store: Store, other: Store
) -> None:
    await store.add_document(a_document())
    await other.add_document(a_document(id="c2"))
    await store.add_document(a_document(id="c3"))
    assert store.revision > other.revision
    await other.refresh()
    assert other.revision == store.revision


async def test_the_revision_never_falls_while_writes_and_refreshes_overlap(store: Store) -> None:
    writes = [asyncio.create_task(store.add_document(a_document(id=str(n)))) for n in range(20)]
    seen: list[int] = []

    async def watch() -> None:
        while not all(write.done() for write in writes):
            await store.refresh()
            seen.append(store.revision)

    await asyncio.gather(*(watch() for _ in range(4)))
    assert seen == sorted(seen)
    assert store.revision == 20


async def test_the_revision_outlives_the_process(url: str) -> None:
    first = await open_store(url)
    await first.add_document(a_document())
    await first.close()
    second = await open_store(url)
    assert second.revision == first.revision
    await second.close()


async def test_what_a_revision_announces_can_be_read(store: Store, other: Store) -> None:
    """Sources read after a revision are at least as new as it says."""
    await store.add_document(a_document(content=b"0"))
    await store.add_mock(a_mock())
    start = store.revision

    async def write() -> None:
        for number in range(1, 20):
            await store.replace_document(
                "collection",
                "c1",
                name="n",
                content=str(number).encode(),
                updated_by=7,
                updated_at=NOON,
            )

    writing = asyncio.create_task(write())
    while not writing.done():
        await other.refresh()
        for reader in (store, other):
            revision = reader.revision
            sources = await reader.mock_sources("m1")
            assert sources is not None
            assert int(sources.collection) >= revision - start
    await writing


async def torn_sources(store: Store) -> int:
    """How often the config named a server response that was not there, while both came and went."""
    named = a_mock(config=MockConfig(server_response_id="r1"))
    await store.add_mock(a_mock())

    async def come_and_go() -> None:
        for _ in range(15):
            await store.add_server_response(a_server_response())
            await store.replace_mock(named)
            await store.delete_server_response("m1", "r1")

    coming_and_going = asyncio.create_task(come_and_go())
    torn = 0
    while not coming_and_going.done():
        sources = await store.mock_sources("m1")
        assert sources is not None
        naming = sources.mock.config.server_response_id is not None
        torn += naming != (sources.server_response is not None)
    await coming_and_going
    return torn


async def test_sources_are_all_of_one_moment(store: Store) -> None:
    assert await torn_sources(store) == 0


async def test_concurrent_replacements_never_mix_name_and_content(
    store: Store, other: Store
) -> None:
    await store.add_document(a_document(name="0", content=b"0"))

    async def replace(owner: Store, number: int) -> None:
        name = str(number)
        done = await owner.replace_document(
            "collection", "c1", name=name, content=name.encode(), updated_by=7, updated_at=NOON
        )
        assert done is not None
        assert (done.name, done.content) == (name, name.encode())

    writing = [
        asyncio.create_task(replace((store, other)[number % 2], number)) for number in range(20)
    ]
    while not all(task.done() for task in writing):
        found = await store.document("collection", "c1")
        assert found is not None
        assert found.content == found.name.encode()
    await asyncio.gather(*writing)


async def test_tasks_and_processes_write_side_by_side(store: Store, url: str, start: Start) -> None:
    await store.add_document(a_document(id="shared", name="", content=b""))
    before = store.revision
    processes = [start(WRITER, url, name) for name in ("a", "b")]
    while any(process.poll() is None for process in processes):
        await asyncio.gather(*(store.add_calls([a_call()]) for _ in range(5)))
        shared = await store.document("collection", "shared")
        assert shared is not None
        assert shared.content == shared.name.encode()
        await asyncio.sleep(0.01)
    assert [process.returncode for process in processes] == [0, 0]
    await store.refresh()
    assert await store.count_documents("collection") == 31
    assert store.revision == before + 60


async def test_a_cancelled_caller_tears_nothing(store: Store) -> None:
    async def vanish(work: Callable[[], Awaitable[object]], turns: int) -> None:
        task = asyncio.ensure_future(work())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await store.add_document(a_document())
    for turns in range(1, 12):
        document = a_document(id=f"t{turns}")
        await vanish(lambda document=document: store.add_document(document), turns)  # type: ignore[misc]
        await vanish(lambda: store.document("collection", "c1"), turns)
    await store.add_document(a_document(id="after"))
    assert await store.count_documents("collection") == 13
    assert store.revision == 13


async def test_closing_waits_for_what_is_running(url: str) -> None:
    store = await open_store(url)
    writing = [
        asyncio.create_task(store.add_document(a_document(id=str(number)))) for number in range(10)
    ]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writing)
    again = await open_store(url)
    assert await again.count_documents("collection") == 10
    await again.close()


async def test_a_closed_store_says_so_and_may_be_closed_again(store: Store) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.users()
    with pytest.raises(StoreError, match="closed"):
        await store.add_user(a_user())
    with pytest.raises(StoreError, match="closed"):
        await store.calls("m1", CallQuery())


def test_a_closed_store_leaves_no_thread_behind(url: str) -> None:
    before = set(threading.enumerate())

    async def use() -> None:
        store = await open_store(url)
        await asyncio.gather(*(store.users() for _ in range(10)), store.add_user(a_user()))
        await store.close()

    asyncio.run(use())
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
    assert set(threading.enumerate()) <= before


async def test_many_readers_at_once_are_all_answered(store: Store) -> None:
    await store.add_document(a_document())
    found = await asyncio.gather(*(store.document("collection", "c1") for _ in range(60)))
    assert set(found) == {a_document()}


NO_DATABASE = {
    "scheme": ("mysql://host/db", "mysql is not supported; write sqlite:///PATH"),
    "no URL": ("postiche.db", "not a database URL; write sqlite:///PATH"),
    "nothing": ("", "not a database URL"),
    "broken": ("http://[::1", "not a database URL"),
}


@pytest.mark.parametrize(("url", "reason"), NO_DATABASE.values(), ids=NO_DATABASE)
async def test_what_names_no_database_is_refused_with_the_way_out(url: str, reason: str) -> None:
    with pytest.raises(StoreError) as caught:
        await open_store(url)
    assert str(caught.value).startswith(f"Cannot open the database {url}: ")
    assert reason in str(caught.value)


SECRETS = [
    "mysql://bob:s3cret@host/db",
    "mysql://bob:s3@cret@host/db",
    "mysql://bob:a?s3cret@host/db",
    "mysql://host/db?password=s3cret",
    "bob:s3cret@host",
]


@pytest.mark.parametrize("url", SECRETS)
async def test_no_error_shows_a_password(url: str) -> None:
    with pytest.raises(StoreError, match="host") as caught:
        await open_store(url)
    assert "cret" not in str(caught.value)
    assert "bob" not in str(caught.value)
