import asyncio
from collections import defaultdict
from datetime import timedelta

import pytest

from postiche.model import SessionState
from postiche.store import Store, StoreError, open_store

from .conftest import Start
from .things import NOON, a_mock, a_workspace, after

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)

COUNT = """
import asyncio, sys
from datetime import datetime, timedelta, UTC
from postiche.store import open_store

def counted(text):
    return str(int(text or b"0") + 1).encode(), int(text or b"0") + 1

async def main():
    store = await open_store(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    now = datetime.now(UTC)
    step = lambda n: store.advance("m1", f"s{n % 5}", counted, at=now, since=now - timedelta(1))
    print(*await asyncio.gather(*(step(n) for n in range(100))))
    await store.close()

asyncio.run(main())
"""


@pytest.fixture
async def store(store: Store) -> Store:
    """A store with the mock "m1"."""
    await store.add_mock(a_mock())
    return store


def counted(text: bytes | None) -> tuple[bytes, int]:
    """Counts the steps of a session."""
    number = int(text or b"0") + 1
    return str(number).encode(), number


async def count(store: Store, session: str = "s", mock: str = "m1", at: int = 0) -> int:
    moment = after(at)
    return await store.advance(mock, session, counted, at=moment, since=moment - DAY)


async def sessions(store: Store, mock: str = "m1") -> dict[str, bytes]:
    found = await store.states(mock, limit=1000)
    assert {each.mock for each in found} <= {mock}
    return {each.session: each.content for each in found}


async def test_a_step_begins_where_the_one_before_ended(store: Store) -> None:
    assert [await count(store) for _ in range(3)] == [1, 2, 3]
    assert await store.state("m1", "s") == SessionState("m1", "s", NOON, b"3")
    assert await store.state("m1", "other") is None


async def test_sessions_and_mocks_are_apart(store: Store) -> None:
    await store.add_mock(a_mock(id="m2"))
    for session, mock in (("s", "m1"), ("s", "m1"), ("t", "m1"), ("s", "m2")):
        await count(store, session, mock)
    assert await sessions(store) == {"s": b"2", "t": b"1"}
    assert await sessions(store, "m2") == {"s": b"1"}


async def test_any_name_is_a_session(store: Store) -> None:
    names = ["", "a/b", "\0", "\ud800", "\\u0000", "\xe9", "\U0001f600", "A", "a"]
    for _ in range(2):
        assert len({await count(store, name) for name in names}) == 1
    assert await sessions(store) == dict.fromkeys(names, b"2")


async def test_steps_asked_for_at_once_are_taken_in_that_order(store: Store) -> None:
    asked = [f"s{number % 7}" for number in range(1000)]
    found = await asyncio.gather(*(count(store, session) for session in asked))
    by_session: dict[str, list[int]] = defaultdict(list)
    for session, number in zip(asked, found, strict=True):
        by_session[session].append(number)
    assert all(seen == list(range(1, len(seen) + 1)) for seen in by_session.values())


def test_steps_of_several_processes_never_come_between_each_other(url: str, start: Start) -> None:
    async def with_mock() -> None:
        opened = await open_store(url)
        await opened.add_mock(a_mock())
        await opened.close()

    asyncio.run(with_mock())
    processes = [start(COUNT, url) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [list(map(int, process.communicate(timeout=60)[0].split())) for process in processes]
    of_first = sorted(number for each in found for number in each[::5])
    assert of_first == list(range(1, 61))
    for each in found:
        assert each[::5] == sorted(each[::5])


async def test_a_step_may_leave_or_end_a_state(store: Store) -> None:
    assert await store.advance("m1", "s", lambda text: (text, text), at=NOON, since=NOON) is None
    assert await sessions(store) == {}
    await count(store)
    assert await store.advance("m1", "s", lambda text: (text, text), at=NOON, since=NOON) == b"1"
    assert await store.advance("m1", "s", lambda text: (None, text), at=NOON, since=NOON) == b"1"
    assert await sessions(store) == {}
    assert await count(store) == 1


async def test_a_step_that_fails_changes_nothing_and_disturbs_no_other(store: Store) -> None:
    await count(store)

    def failing(text: bytes | None) -> tuple[bytes | None, int]:
        raise LookupError(text)

    wrong = store.advance("m1", "s", failing, at=NOON, since=NOON)
    found = await asyncio.gather(count(store), wrong, count(store), return_exceptions=True)
    first, failure, second = found
    assert (first, second) == (2, 3)
    assert isinstance(failure, LookupError)
    assert await sessions(store) == {"s": b"3"}


async def test_a_caller_that_leaves_undoes_nothing(store: Store) -> None:
    leaving = asyncio.create_task(count(store))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert await count(store) == 2


async def test_a_session_that_was_idle_begins_anew(store: Store) -> None:
    day = DAY // timedelta(milliseconds=1)
    assert [await count(store, at=at) for at in (0, day, 2 * day, 3 * day + 1)] == [1, 2, 3, 1]
    await count(store, "old", at=3 * day)
    await count(store, "new", at=5 * day)
    assert await sessions(store) == {"new": b"1"}


async def test_the_use_of_a_state_that_stays_is_noted_now_and_then(store: Store) -> None:
    await count(store)
    for at, noted in ((59_999, 0), (60_000, 60_000), (90_000, 60_000)):
        await store.advance("m1", "s", lambda text: (text, None), at=after(at), since=NOON)
        found = await store.state("m1", "s")
        assert found is not None
        assert found.used_at == after(noted)


async def test_sessions_are_bounded_and_those_used_last_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postiche.store.states.SESSIONS", 20)
    await store.add_mock(a_mock(id="m2"))
    await count(store, "of another mock", "m2")
    for number in range(20):
        await count(store, f"{number}", at=number)
    assert await count(store, "0", at=50) == 2
    await asyncio.gather(*(count(store, f"new {number}", at=60) for number in range(3)))
    kept = await sessions(store)
    assert len(kept) <= 20
    assert {"0", "19", "new 0", "new 1", "new 2"} <= kept.keys()
    assert not {"1", "2", "3"} & kept.keys()
    assert await sessions(store, "m2") == {"of another mock": b"1"}


async def test_a_mock_that_is_gone_takes_steps_and_keeps_none(store: Store) -> None:
    assert [await count(store, mock="none") for _ in range(2)] == [1, 1]
    assert await sessions(store, "none") == {}


async def test_states_go_with_their_mock(store: Store) -> None:
    await store.add_workspace(a_workspace(id="w2"))
    await store.add_mock(a_mock(id="m2", workspace="w2"))
    await count(store)
    await count(store, mock="m2")
    await store.delete_workspace("w2")
    assert await sessions(store, "m2") == {}
    assert await sessions(store) == {"s": b"1"}
    await store.delete_mock("m1")
    assert await sessions(store) == {}


async def test_states_are_listed_by_name_and_in_pieces(store: Store) -> None:
    for session in ("b", "c", "a"):
        await count(store, session)
    assert [each.session for each in await store.states("m1", limit=2)] == ["a", "b"]
    rest = await store.states("m1", after="b", limit=10**30)
    assert [each.session for each in rest] == ["c"]
    assert await store.states("m1", after="c", limit=9) == ()


async def test_one_state_is_deleted_or_all_of_a_mock(store: Store) -> None:
    await store.add_mock(a_mock(id="m2"))
    for session, mock in (("a", "m1"), ("b", "m1"), ("c", "m1"), ("a", "m2")):
        await count(store, session, mock)
    assert await store.delete_states("m1", "a") == 1
    assert await store.delete_states("m1", "a") == 0
    assert await sessions(store) == {"b": b"1", "c": b"1"}
    assert await store.delete_states("m1") == 2
    assert await sessions(store, "m2") == {"a": b"1"}


async def test_states_come_back_after_a_restart_and_in_another_process(
    store: Store, other: Store
) -> None:
    await count(store)
    assert await count(other) == 2
    assert await count(store) == 3


async def test_a_failing_database_fails_every_step_that_waits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OverflowError("too much")

    with monkeypatch.context() as out_of_order:
        out_of_order.setattr("postiche.store.states._write", broken)
        asked = [count(store, session) for session in "abc"]
        found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in found] == [StoreError] * 3
    assert await sessions(store) == {}
    assert await count(store, "a") == 1


async def test_a_store_in_memory_takes_steps_too() -> None:
    in_memory = await open_store("sqlite://")
    await in_memory.add_mock(a_mock())
    assert await asyncio.gather(*(count(in_memory) for _ in range(5))) == [1, 2, 3, 4, 5]
    await in_memory.close()


async def test_a_closed_store_takes_no_step(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await count(store)
