"""Keys and call logs, straight on a real database."""

import asyncio
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from postiche.control.auth import digest
from postiche.control.bootstrap import first_user
from postiche.model import Call, Mock, MockConfig
from postiche.server import administration
from postiche.server.administration import FirstKey, KeyFailure, NoSuchMock, first_key
from postiche.server.settings import Settings, read_settings
from postiche.store import Store

T = TypeVar("T")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
KEY = "sixteen-characters-and-more"


def on_store(folder: Path, work: Callable[[Store], Awaitable[T]]) -> T:
    """What some work on the database in `folder` gives."""

    async def main() -> T:
        async with administration.opened(url(folder)) as store:
            return await work(store)

    return asyncio.run(main())


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'postiche.db'}"


def start(folder: Path, **settings: object) -> FirstKey:
    """The key that a server with these settings starts with."""
    chosen = read_settings(settings, {})
    return on_store(folder, lambda store: _start(store, chosen))


async def _start(store: Store, settings: Settings) -> FirstKey:
    return await first_key(store, await first_user(store, administration.now), settings)


def opens(folder: Path, key: str) -> bool:
    """Whether a key opens the API."""

    async def ask(store: Store) -> bool:
        return await store.key_and_user(digest(key)) is not None

    return on_store(folder, ask)


# --- the first key -------------------------------------------------------------------


def test_a_key_is_made_once_where_none_is_given(tmp_path: Path) -> None:
    first = start(tmp_path)
    assert first.made
    assert first.text is not None
    assert opens(tmp_path, first.text)
    assert start(tmp_path) == FirstKey()


def test_a_given_key_is_taken_and_stays_when_another_is_given(tmp_path: Path) -> None:
    assert start(tmp_path, api_key=KEY) == FirstKey(KEY, made=True)
    assert start(tmp_path, api_key=KEY) == FirstKey(KEY, made=False)
    start(tmp_path, api_key=KEY[::-1])
    assert opens(tmp_path, KEY)
    assert opens(tmp_path, KEY[::-1])


@pytest.mark.parametrize("key", ["short", "with a space inside it", "schlüssel-mit-umlaut"])
def test_a_key_that_no_header_can_carry_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(KeyFailure, match="POSTICHE_API_KEY: an API key must have"):
        start(tmp_path, api_key=key)


def test_a_missing_key_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "api-key"
    made = start(tmp_path, api_key_file=file)
    assert made.made
    assert file.read_text() == f"{made.text}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert start(tmp_path, api_key_file=file) == FirstKey(made.text, made=False, file=file)


def test_a_key_file_brings_its_key_into_a_new_database(tmp_path: Path) -> None:
    file = tmp_path / "api-key"
    file.write_text(f"  {KEY}\n")
    assert start(tmp_path, api_key_file=file).text == KEY
    assert opens(tmp_path, KEY)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe not ascii at all"])
def test_a_key_file_without_a_key_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "api-key"
    file.write_bytes(content)
    with pytest.raises(KeyFailure, match="api-key: "):
        start(tmp_path, api_key_file=file)


def test_a_key_file_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyFailure, match="cannot be written"):
        start(tmp_path, api_key_file=tmp_path / "file" / "api-key")
    with pytest.raises(KeyFailure, match="cannot be read"):
        start(tmp_path, api_key_file=tmp_path)


# --- keys ----------------------------------------------------------------------------


# --- calls ---------------------------------------------------------------------------


def a_mock(mock_id: str, name: str) -> Mock:
    return Mock(
        id=mock_id,
        owner=1,
        workspace="w",
        name=name,
        description="",
        collection="1-c",
        environment=None,
        private=False,
        config=MockConfig(),
        created_at=NOON,
        updated_at=NOON,
    )


def a_call(number: int, served_at: datetime = NOON) -> Call:
    return Call(
        id=f"call {number}",
        mock="m1",
        served_at=served_at,
        response_name="",
        type="success",
        status_code=200,
        method="GET",
        path="/",
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A database with three mocks, two of one name, and 250 calls to the first."""

    async def fill(store: Store) -> None:
        for mock in (a_mock("m1", "one"), a_mock("m2", "two"), a_mock("m3", "two")):
            await store.add_mock(mock)
        await store.add_calls(
            [a_call(number, NOON + timedelta(seconds=number)) for number in range(250)]
        )

    on_store(tmp_path, fill)
    return tmp_path


def shown(folder: Path, name: str, limit: int) -> list[str]:
    calls: list[str] = []
    show = administration.show_calls(
        url(folder), name, limit=limit, follow=False, show=lambda call: calls.append(call.id)
    )
    asyncio.run(show)
    return calls


@pytest.mark.parametrize("name", ["m1", "1-m1", "one"])
def test_the_last_calls_are_shown_the_newest_last(shop: Path, name: str) -> None:
    assert shown(shop, name, 3) == ["call 247", "call 248", "call 249"]


def test_more_calls_than_fit_a_page_are_shown_too(shop: Path) -> None:
    assert shown(shop, "m1", 230) == [f"call {number}" for number in range(20, 250)]
    assert len(shown(shop, "m1", 1000)) == 250
    assert shown(shop, "m1", 0) == []


def test_a_name_that_two_mocks_share_is_not_guessed(shop: Path) -> None:
    with pytest.raises(NoSuchMock, match="give the id: m2, m3"):
        shown(shop, "two", 1)


def test_an_unknown_name_is_answered_with_those_there_are(shop: Path) -> None:
    with pytest.raises(NoSuchMock, match=r"there is one \(m1\), two \(m2\), two \(m3\)"):
        shown(shop, "three", 1)


def test_following_shows_new_calls_once_also_those_that_were_served_before_others(
    shop: Path,
) -> None:
    """Calls reach the log in batches, so one may come after another that was served later."""
    seen: list[str] = []
    now = administration.now()

    async def main() -> None:
        showing = administration.show_calls(
            url(shop), "one", limit=1, follow=True, show=lambda call: seen.append(call.id)
        )
        following = asyncio.create_task(showing)
        async with administration.opened(url(shop)) as store:
            await _until(lambda: seen == ["call 249"])
            await store.add_calls([a_call(1000, now + timedelta(seconds=1))])
            await _until(lambda: len(seen) == 2)
            await store.add_calls([a_call(1001, now)])
            await _until(lambda: len(seen) == 3)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(main())
    assert seen == ["call 249", "call 1000", "call 1001"]


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)
