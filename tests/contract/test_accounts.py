import pytest

from postiche.store import AlreadyExists, Store

from .things import a_key, a_user, a_workspace, after

pytestmark = pytest.mark.anyio


async def test_users_come_back_by_id(store: Store) -> None:
    second, first = a_user(id=9), a_user(id=8, username="grace")
    await store.add_user(second)
    await store.add_user(first)
    assert await store.users() == (first, second)


async def test_a_user_id_is_taken_once(store: Store) -> None:
    await store.add_user(a_user())
    with pytest.raises(AlreadyExists, match="User 7"):
        await store.add_user(a_user(username="somebody else"))
    assert await store.users() == (a_user(),)


async def test_keys_come_back_oldest_first_then_by_id(store: Store) -> None:
    late = a_key(id="a", digest="1", created_at=after(5))
    early_b = a_key(id="c", digest="2", created_at=after(1))
    early_a = a_key(id="b", digest="3", created_at=after(1))
    for key in (late, early_b, early_a):
        await store.add_key(key)
    assert await store.keys() == (early_a, early_b, late)


@pytest.mark.parametrize("same", [{"id": "k2"}, {"digest": "d2"}])
async def test_neither_the_id_nor_the_digest_of_a_key_is_taken_twice(
    store: Store, same: dict[str, str]
) -> None:
    await store.add_key(a_key())
    with pytest.raises(AlreadyExists):
        await store.add_key(a_key(**same))
    assert len(await store.keys()) == 1


async def test_a_key_leads_to_its_user_until_it_is_revoked(store: Store) -> None:
    await store.add_user(a_user(id=6))
    await store.add_user(a_user())
    await store.add_key(a_key())
    assert await store.user_of_key("d1") == a_user()
    assert await store.revoke_key("k1")
    assert await store.user_of_key("d1") is None
    assert await store.keys() == ()


async def test_an_unknown_key_leads_nowhere(store: Store) -> None:
    assert await store.user_of_key("d1") is None
    assert not await store.revoke_key("k1")


async def test_a_key_without_a_user_leads_nowhere(store: Store) -> None:
    await store.add_key(a_key(user_id=99))
    assert await store.user_of_key("d1") is None


async def test_workspaces_come_back_oldest_first(store: Store) -> None:
    late, early = a_workspace(id="a", created_at=after(1)), a_workspace(id="b")
    await store.add_workspace(late)
    await store.add_workspace(early)
    assert await store.workspaces() == (early, late)
    assert await store.workspace("a") == late
    assert await store.workspace("c") is None


async def test_a_workspace_id_is_taken_once(store: Store) -> None:
    await store.add_workspace(a_workspace())
    with pytest.raises(AlreadyExists):
        await store.add_workspace(a_workspace(name="other"))
