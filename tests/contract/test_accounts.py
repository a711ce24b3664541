from datetime import timedelta
from typing import get_args

import pytest

from postiche.model import DocumentKind, Scope
from postiche.store import AlreadyExists, Store

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
    assert await store.key_and_user("d1") == (a_key(), a_user())
    assert await store.revoke_key("k1")
    assert await store.key_and_user("d1") is None
    assert await store.keys() == ()


async def test_an_unknown_key_leads_nowhere(store: Store) -> None:
    assert await store.key_and_user("d1") is None
    assert not await store.revoke_key("k1")


async def test_a_key_without_a_user_leads_nowhere(store: Store) -> None:
    await store.add_key(a_key(user_id=99))
    assert await store.key_and_user("d1") is None


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


async def test_a_user_is_found_replaced_and_deleted_by_id(store: Store) -> None:
    await store.add_user(a_user())
    await store.add_user(a_user(id=8))
    assert await store.user(7) == a_user()
    assert await store.replace_user(a_user(role="viewer", full_name="New"))
    assert await store.users() == (a_user(role="viewer", full_name="New"), a_user(id=8))
    assert await store.delete_user(7)
    assert await store.users() == (a_user(id=8),)


@pytest.mark.parametrize("unknown", [9, 10**30])
async def test_an_unknown_user_is_neither_found_nor_replaced_nor_deleted(
    store: Store, unknown: int
) -> None:
    await store.add_user(a_user())
    assert await store.user(unknown) is None
    assert not await store.delete_user(unknown)
    assert not await store.replace_user(a_user(id=9))
    assert await store.users() == (a_user(),)


async def test_the_keys_of_a_user_are_listed_and_go_with_them(store: Store) -> None:
    own, other = a_key(), a_key(id="k2", digest="d2", user_id=8)
    for key in (own, other):
        await store.add_user(a_user(id=key.user_id))
        await store.add_key(key)
    assert await store.keys(user_id=7) == (own,)
    assert await store.keys(user_id=9) == ()
    await store.delete_user(7)
    assert await store.keys() == (other,)
    assert await store.key_and_user("d1") is None


async def test_a_key_is_given_with_its_expiry_whether_or_not_that_is_past(store: Store) -> None:
    key = a_key(expires_at=after(-1))
    await store.add_user(a_user())
    await store.add_key(key)
    assert await store.key_and_user("d1") == (key, a_user())
    assert not key.valid_at(NOON)
    assert key.valid_at(NOON - timedelta(seconds=1))


async def test_the_last_use_of_a_key_moves_forward_only(store: Store) -> None:
    await store.add_key(a_key())
    assert await store.touch_key("k1", after(5))
    assert not await store.touch_key("k1", after(4))
    assert await store.touch_key("k1", after(6))
    assert await store.keys() == (a_key(last_used_at=after(6)),)
    assert not await store.touch_key("unknown", after(7))


async def test_the_use_of_a_key_does_not_change_the_revision(store: Store) -> None:
    await store.add_key(a_key())
    before = store.revision
    assert await store.touch_key("k1", after(5))
    await store.refresh()
    assert store.revision == before


async def test_a_workspace_is_replaced_whole(store: Store) -> None:
    await store.add_workspace(a_workspace())
    await store.add_workspace(a_workspace(id="w2"))
    new = a_workspace(name="New", type="private", description="", updated_at=after(4))
    assert await store.replace_workspace(new)
    assert await store.workspaces() == (new, a_workspace(id="w2"))
    assert not await store.replace_workspace(a_workspace(id="w3"))


async def test_deleting_a_workspace_takes_all_that_is_in_it_and_nothing_else(store: Store) -> None:
    for name in ("w1", "w2"):
        await store.add_workspace(a_workspace(id=name))
        for kind in get_args(DocumentKind):
            await store.add_document(a_document(kind, id=f"{kind}-{name}", workspace=name))
        await store.add_mock(a_mock(id=name, workspace=name, collection=f"7-collection-{name}"))
        await store.add_server_response(a_server_response(id=f"r-{name}", mock=name))
        await store.add_calls([a_call(mock=name)])
    assert await store.delete_workspace("w1")
    assert [each.id for each in await store.workspaces()] == ["w2"]
    for kind in get_args(DocumentKind):
        assert [each.id for each in await store.documents(kind)] == [f"{kind}-w2"]
    assert [each.id for each in await store.mocks()] == ["w2"]
    assert await store.server_responses("w1") == ()
    assert await store.count_calls("w1") == 0
    assert len(await store.server_responses("w2")) == await store.count_calls("w2") == 1
    assert not await store.delete_workspace("w1")


async def test_mocks_elsewhere_become_inactive_with_the_workspace_of_their_collection(
    store: Store,
) -> None:
    await store.add_workspace(a_workspace())
    await store.add_document(a_document())
    await store.add_mock(a_mock(workspace="w2"))
    assert [each.active for each in await store.mocks()] == [True]
    await store.delete_workspace("w1")
    assert [each.active for each in await store.mocks()] == [False]


async def test_a_scope_holds_workspaces_of_its_types_and_those_of_its_creator(
    store: Store,
) -> None:
    team, own, other = (
        a_workspace(id="team", created_by=8),
        a_workspace(id="own", type="personal"),
        a_workspace(id="other", type="personal", created_by=8),
    )
    for each in (team, own, other):
        await store.add_workspace(each)
    scope = Scope(7, ("team", "public"))
    assert await store.workspaces(scope=scope) == (own, team)
    assert await store.workspace("own", scope=scope) == own
    assert await store.workspace("team", scope=scope) == team
    assert await store.workspace("other", scope=scope) is None
    assert await store.workspaces(scope=Scope(10**30, ())) == ()


async def test_things_are_found_within_a_scope_only(store: Store) -> None:
    for name, kind in (("w1", "personal"), ("w2", "team"), ("w3", "personal")):
        await store.add_workspace(a_workspace(id=name, type=kind, created_by=ord(name[1])))
        await store.add_document(a_document(id=f"c-{name}", workspace=name))
        await store.add_mock(a_mock(id=f"m-{name}", workspace=name))
    scope = Scope(ord("1"), ("team",))
    seen = ["c-w1", "c-w2"]
    assert [each.id for each in await store.documents("collection", scope=scope)] == seen
    last = await store.documents("collection", scope=scope, limit=1, offset=1)
    assert [each.id for each in last] == seen[1:]
    assert await store.count_documents("collection", scope=scope) == 2
    assert await store.documents("collection", scope=scope, workspace="w3") == ()
    assert [each.id for each in await store.mocks(scope=scope)] == ["m-w1", "m-w2"]
    for read in (store.document, store.document_head):
        assert await read("collection", "c-w2", scope=scope) is not None
        assert await read("collection", "c-w3", scope=scope) is None
        assert await read("collection", "c-w3") is not None
    assert await store.mock("m-w1", scope=scope) is not None
    assert await store.mock("m-w3", scope=scope) is None


async def test_what_lies_in_no_workspace_is_in_no_scope(store: Store) -> None:
    await store.add_document(a_document(workspace="gone"))
    assert await store.documents("collection", scope=Scope(7, ("team",))) == ()
