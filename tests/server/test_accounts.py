"""Users and keys, straight on a real database."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from postiche.control.auth import digest
from postiche.server import accounts
from postiche.server.administration import KeyFailure, now, opened

T = TypeVar("T")


def done(work: Awaitable[T]) -> T:
    async def main() -> T:
        return await work

    return asyncio.run(main())


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'postiche.db'}"


async def holder(url: str, text: str) -> str:
    """The name of the user whose key this is."""
    async with opened(url) as store:
        found = await store.key_and_user(digest(text))
    assert found is not None
    return found[1].username


def test_a_key_is_for_the_first_user_unless_another_is_named(url: str) -> None:
    done(accounts.create_user(url, "ada", "viewer", ""))
    _, first = done(accounts.create_key(url, "a"))
    _, hers = done(accounts.create_key(url, "b", username="ada"))
    assert done(holder(url, first)) == "postiche"
    assert done(holder(url, hers)) == "ada"
    assert [(key.name, user) for key, user in done(accounts.list_keys(url))] == [
        ("a", "postiche"),
        ("b", "ada"),
    ]


def test_a_key_may_end_but_not_in_the_past(url: str) -> None:
    ends = now() + timedelta(days=1)
    key, _ = done(accounts.create_key(url, "a", expires_at=ends))
    assert key.expires_at == ends
    with pytest.raises(KeyFailure, match="in the past"):
        done(accounts.create_key(url, "a", expires_at=now() - timedelta(days=1)))


def test_a_revoked_key_is_gone_and_cannot_be_revoked_again(url: str) -> None:
    key, _ = done(accounts.create_key(url, "a"))
    done(accounts.revoke_key(url, key.id))
    assert done(accounts.list_keys(url)) == []
    with pytest.raises(KeyFailure, match="no key with id"):
        done(accounts.revoke_key(url, key.id))


def test_users_are_made_listed_changed_and_deleted(url: str) -> None:
    done(accounts.create_user(url, "ada", "editor", "ada@example.com"))
    done(accounts.change_role(url, "ada", "viewer"))
    assert [(u.username, u.role) for u in done(accounts.list_users(url))] == [
        ("postiche", "admin"),
        ("ada", "viewer"),
    ]
    done(accounts.delete_user(url, "ada"))
    assert [u.username for u in done(accounts.list_users(url))] == ["postiche"]


def test_a_name_is_given_once(url: str) -> None:
    done(accounts.create_user(url, "ada", "editor", ""))
    with pytest.raises(accounts.UserFailure, match="already"):
        done(accounts.create_user(url, "ada", "editor", ""))


def test_an_unknown_user_is_named_in_the_error(url: str) -> None:
    with pytest.raises(accounts.UserFailure, match="'eve'"):
        done(accounts.create_key(url, "a", username="eve"))


def test_the_last_admin_stays(url: str) -> None:
    done(accounts.list_users(url))
    with pytest.raises(accounts.UserFailure, match="only admin"):
        done(accounts.delete_user(url, "postiche"))
    with pytest.raises(accounts.UserFailure, match="only admin"):
        done(accounts.change_role(url, "postiche", "viewer"))
