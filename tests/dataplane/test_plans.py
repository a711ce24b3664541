import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from postiche.core.match import match
from postiche.core.plan import Plan
from postiche.dataplane import plans
from postiche.dataplane.plans import FixedMocks, MockEntry, StoredMocks, plan_of
from postiche.model import ApiKey, MockSources, Request, ServerResponse, User, Workspace
from postiche.store import Store
from tests.dataplane.driver import (
    MOCK_ID,
    NOON,
    collection,
    document,
    opened,
    plan,
    replace_collection,
    saved,
    stored_mock,
)

Story = Callable[[Store, StoredMocks], Awaitable[None]]
"""What happens to a store with one mock, and to the plans made of it."""


def play(folder: Path, story: Story, *items: dict[str, Any]) -> None:
    """Run a story over a store that holds one mock of a collection of `items`."""

    async def run() -> None:
        async with opened(folder) as store:
            content = collection(*(items or (saved(),)))
            await store.add_document(document("collection", "c", content))
            await store.add_mock(stored_mock())
            await story(store, StoredMocks(store))

    asyncio.run(run())


def name_found(entry: MockEntry | None, target: str = "/a") -> str | None:
    """The name of the example that an entry answers GET with."""
    assert entry is not None
    found = match(entry.plan, Request("GET", target)).example
    return found.source.name if found else None


def test_a_stored_mock_is_found_by_its_id_and_its_uid(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        by_id = await mocks.find(MOCK_ID)
        assert name_found(by_id) == "an example"
        assert await mocks.find(f"7-{MOCK_ID}") is by_id

    play(tmp_path, story)


@pytest.mark.parametrize(
    "mock_id", ["", "unknown", f"8-{MOCK_ID}", f"x-{MOCK_ID}", "7-", "\0", "\ud800", "x" * 100_000]
)
def test_other_ids_are_not_found(tmp_path: Path, mock_id: str) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        await mocks.find(MOCK_ID)
        assert await mocks.find(mock_id) is None

    play(tmp_path, story)


def test_a_warm_mock_is_found_without_the_database(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        entry = await mocks.find(MOCK_ID)
        assert await mocks.find("unknown") is None
        await store.close()
        assert await mocks.find(MOCK_ID) is entry
        assert mocks.warm(MOCK_ID) is entry
        assert await mocks.find("unknown") is None

    play(tmp_path, story)


def test_a_write_shows_in_the_next_call(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        assert name_found(await mocks.find(MOCK_ID)) == "an example"
        await replace_collection(store, saved("another"))
        assert mocks.warm(MOCK_ID) is None
        assert name_found(await mocks.find(MOCK_ID)) == "another"

    play(tmp_path, story)


def test_a_mock_made_after_it_was_asked_for_is_found(tmp_path: Path) -> None:
    other = MOCK_ID.replace("1", "2", 1)

    async def story(store: Store, mocks: StoredMocks) -> None:
        assert await mocks.find(other) is None
        await store.add_mock(stored_mock(id=other))
        assert await mocks.find(other) is not None

    play(tmp_path, story)


def test_a_deleted_mock_is_gone(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        assert await mocks.find(MOCK_ID) is not None
        await store.delete_mock(MOCK_ID)
        assert await mocks.find(MOCK_ID) is None

    play(tmp_path, story)


def test_a_plan_is_kept_when_something_else_was_written(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        before = await mocks.find(MOCK_ID)
        await store.add_document(document("collection", "other", collection()))
        await store.replace_mock(stored_mock(name="another name", private=True))
        after = await mocks.find(MOCK_ID)
        assert before is not None
        assert after is not None
        assert after.plan is before.plan
        assert after.private

    play(tmp_path, story)


def test_a_changed_config_makes_another_plan(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        assert name_found(await mocks.find(MOCK_ID), "/x") == "an example"
        mock = stored_mock()
        literal = replace(mock.config, match_wildcards=False)
        await store.replace_mock(replace(mock, config=literal))
        assert name_found(await mocks.find(MOCK_ID), "/x") is None

    play(tmp_path, story, saved(path="/{{anything}}"))


def test_an_environment_takes_part_and_its_changes_show(tmp_path: Path) -> None:
    def environment(value: str) -> object:
        return {"name": "e", "values": [{"key": "where", "value": value, "enabled": True}]}

    async def story(store: Store, mocks: StoredMocks) -> None:
        await store.add_document(document("environment", "e", environment("paris")))
        await store.replace_mock(stored_mock(environment="7-e"))
        assert name_found(await mocks.find(MOCK_ID), "/paris") == "an example"
        content = document("environment", "e", environment("rome")).content
        await store.replace_document(
            "environment", "e", name="e", content=content, updated_by=7, updated_at=NOON
        )
        assert name_found(await mocks.find(MOCK_ID), "/paris") is None
        assert name_found(await mocks.find(MOCK_ID), "/rome") == "an example"

    play(tmp_path, story, saved(path="/{{where}}"))


def test_a_mock_without_its_collection_is_inactive(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        await store.delete_document("collection", "c")
        entry = await mocks.find(MOCK_ID)
        assert entry is not None
        assert not entry.active

    play(tmp_path, story)


def test_an_active_server_response_is_ready_to_send(tmp_path: Path) -> None:
    response = ServerResponse("s", MOCK_ID, "down", 503, (), None, "sorry", NOON, NOON, 7, 7)

    async def story(store: Store, mocks: StoredMocks) -> None:
        await store.add_server_response(response)
        idle = await mocks.find(MOCK_ID)
        assert idle is not None
        assert (idle.server_response, idle.server_reply) == (None, None)
        mock = stored_mock()
        await store.replace_mock(replace(mock, config=replace(mock.config, server_response_id="s")))
        active = await mocks.find(MOCK_ID)
        assert active is not None
        assert active.server_reply is not None
        assert (active.server_reply.status, active.server_reply.body) == (503, b"sorry")
        assert active.server_response == response

    play(tmp_path, story)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"info": 1}', b"[" * 5000, b"\xff", b""])
def test_a_collection_that_cannot_be_read_answers_nothing_and_says_so(
    content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    entry_plan = plan_of(MockSources(stored_mock(), content, None, None))
    assert match(entry_plan, Request("GET", "/a")).example is None
    assert ("7-c cannot be read" in caplog.text) == (content != b"")


def test_an_environment_that_cannot_be_read_is_no_environment() -> None:
    source = document("collection", "c", collection(saved())).content
    mock = stored_mock(environment="7-e")
    broken = plan_of(MockSources(mock, source, b"{", None))
    assert match(broken, Request("GET", "/a")).example is not None


class SlowReads:
    """A store whose `mock_sources` waits for a signal, and is counted."""

    def __init__(self, store: Store) -> None:
        self.open = asyncio.Event()
        self.reads = 0
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def mock_sources(self, mock_id: str) -> MockSources | None:
        self.reads += 1
        sources = await self._store.mock_sources(mock_id)
        await self.open.wait()
        return sources


def test_concurrent_first_calls_share_one_load(tmp_path: Path) -> None:
    async def story(store: Store, _: StoredMocks) -> None:
        slow: Any = SlowReads(store)
        mocks = StoredMocks(slow)
        asking = [asyncio.create_task(mocks.find(MOCK_ID)) for _ in range(20)]
        await asyncio.sleep(0)
        slow.open.set()
        entries = await asyncio.gather(*asking)
        assert slow.reads == 1
        assert all(entry is entries[0] is not None for entry in entries)

    play(tmp_path, story)


def test_a_write_during_a_load_is_not_lost(tmp_path: Path) -> None:
    async def story(store: Store, _: StoredMocks) -> None:
        slow: Any = SlowReads(store)
        mocks = StoredMocks(slow)
        before = asyncio.create_task(mocks.find(MOCK_ID))
        while not slow.reads:
            await asyncio.sleep(0)
        await replace_collection(store, saved("another"))
        after = asyncio.create_task(mocks.find(MOCK_ID))
        await asyncio.sleep(0)
        slow.open.set()
        await before
        assert name_found(await after) == "another"
        assert name_found(await mocks.find(MOCK_ID)) == "another"

    play(tmp_path, story)


def test_a_large_collection_is_compiled_off_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled_in: list[threading.Thread] = []

    def watched(sources: MockSources) -> Plan:
        compiled_in.append(threading.current_thread())
        return plan_of(sources)

    async def story(store: Store, mocks: StoredMocks) -> None:
        monkeypatch.setattr(plans, "plan_of", watched)
        await mocks.find(MOCK_ID)
        await replace_collection(store, saved(body="x" * plans.THREAD_ABOVE))
        await mocks.find(MOCK_ID)
        assert [each is threading.main_thread() for each in compiled_in] == [True, False]

    play(tmp_path, story)


def test_plans_are_kept_within_their_budget(tmp_path: Path) -> None:
    ids = [f"0000000{n}-0000-4000-8000-000000000000" for n in range(2, 6)]

    async def story(store: Store, _: StoredMocks) -> None:
        for mock_id in ids:
            await store.add_mock(stored_mock(id=mock_id))
        mocks = StoredMocks(store, budget=2 * plans.PLAN_FLOOR)
        for mock_id in [*ids[:2], ids[0], ids[2]]:
            await mocks.find(mock_id)
        assert [mocks.warm(mock_id) is not None for mock_id in ids] == [True, False, True, False]

    play(tmp_path, story)


def test_a_plan_larger_than_the_budget_is_still_served(tmp_path: Path) -> None:
    async def story(store: Store, _: StoredMocks) -> None:
        mocks = StoredMocks(store, budget=1)
        entry = await mocks.find(MOCK_ID)
        assert name_found(entry) == "an example"
        assert mocks.warm(MOCK_ID) is entry

    play(tmp_path, story)


def test_a_flood_of_unknown_ids_drives_no_plan_out(tmp_path: Path) -> None:
    async def story(store: Store, _: StoredMocks) -> None:
        mocks = StoredMocks(store, budget=2 * plans.PLAN_FLOOR)
        entry = await mocks.find(MOCK_ID)
        for number in range(50):
            assert await mocks.find(f"unknown {number}") is None
        assert mocks.warm(MOCK_ID) is entry

    play(tmp_path, story)


async def put_key(store: Store, user_id: int, text: str, **more: Any) -> None:
    """A user with one key."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    await store.add_user(User(user_id, "u", "U", "u@example.com", "viewer"))
    await store.add_key(ApiKey(text, user_id, "key", digest, "PMAK-...", NOON, **more))


async def put_workspace(store: Store, kind: str) -> Workspace:
    """The workspace of the mock, made by user 7."""
    workspace = Workspace("w", "W", kind, "", "", 7, NOON, NOON)
    await store.add_workspace(workspace)
    return workspace


def test_a_key_opens_private_mocks_until_it_is_revoked(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        await put_workspace(store, "team")
        assert not await mocks.may_call(MOCK_ID, "PMAK-1")
        await put_key(store, 7, "PMAK-1")
        assert await mocks.may_call(MOCK_ID, "PMAK-1")
        assert await mocks.may_call(f"7-{MOCK_ID}", "PMAK-1")
        assert not await mocks.may_call(MOCK_ID, "PMAK-2")
        await store.revoke_key("PMAK-1")
        assert not await mocks.may_call(MOCK_ID, "PMAK-1")

    play(tmp_path, story)


def test_a_private_mock_opens_to_those_who_see_its_workspace(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        workspace = await put_workspace(store, "personal")
        await put_key(store, 7, "PMAK-creator")
        await put_key(store, 8, "PMAK-other")
        for kind, opens in (("personal", False), ("team", True), ("private", False)):
            await store.replace_workspace(replace(workspace, type=kind))
            assert await mocks.may_call(MOCK_ID, "PMAK-creator")
            assert await mocks.may_call(MOCK_ID, "PMAK-other") is opens

    play(tmp_path, story)


def test_an_expired_key_opens_nothing_however_well_known(tmp_path: Path) -> None:
    async def story(store: Store, _: StoredMocks) -> None:
        times = [NOON]
        mocks = StoredMocks(store, clock=lambda: times[-1])
        await put_workspace(store, "team")
        await put_key(store, 8, "PMAK-1", expires_at=NOON + timedelta(seconds=1))
        assert await mocks.may_call(MOCK_ID, "PMAK-1")
        times.append(NOON + timedelta(seconds=1))
        assert not await mocks.may_call(MOCK_ID, "PMAK-1")

    play(tmp_path, story)


def test_the_use_of_a_key_is_noted_once_a_minute(tmp_path: Path) -> None:
    async def story(store: Store, _: StoredMocks) -> None:
        seconds = [0]
        mocks = StoredMocks(store, clock=lambda: NOON + timedelta(seconds=seconds[-1]))
        await put_workspace(store, "team")
        await put_key(store, 8, "PMAK-1")
        for now, noted in ((0, 0), (59, 0), (60, 60), (61, 60)):
            seconds.append(now)
            assert await mocks.may_call(MOCK_ID, "PMAK-1")
            (key,) = await store.keys()
            assert key.last_used_at == NOON + timedelta(seconds=noted)

    play(tmp_path, story)


def test_a_known_key_is_checked_without_the_database(tmp_path: Path) -> None:
    async def story(store: Store, mocks: StoredMocks) -> None:
        assert not await mocks.may_call(MOCK_ID, "\ud800\0")
        await store.close()
        assert not await mocks.may_call(MOCK_ID, "\ud800\0")

    play(tmp_path, story)


def test_fixed_mocks_are_open_to_everybody() -> None:
    entry = MockEntry(plan=plan(saved()))
    mocks = FixedMocks({"m": entry})
    assert asyncio.run(mocks.find("m")) is entry
    assert asyncio.run(mocks.find("n")) is None
    assert asyncio.run(mocks.may_call("m", "any key"))
