"""A scope lets through what its workspaces hold, in SQL, so that totals are right too."""

import pytest

from postiche.model import Scope
from postiche.store import Store

from .things import a_document, a_mock, a_workspace

pytestmark = pytest.mark.anyio

ADA, EVE = 7, 8


async def filled(store: Store) -> None:
    """Ada's personal workspace, Eve's, and one for the team, a collection in each."""
    for name, kind, creator in (
        ("ada", "personal", ADA),
        ("eve", "personal", EVE),
        ("all", "team", EVE),
    ):
        await store.add_workspace(a_workspace(id=name, type=kind, created_by=creator))
        await store.add_document(a_document(id=f"c-{name}", workspace=name))


async def test_a_scope_holds_what_one_made_and_what_is_open(store: Store) -> None:
    await filled(store)
    scope = Scope(creator=ADA, types=("team",))
    found = await store.documents("collection", scope=scope)
    assert {document.id for document in found} == {"c-ada", "c-all"}
    assert await store.count_documents("collection", scope=scope) == 2
    assert {each.id for each in await store.workspaces(scope=scope)} == {"ada", "all"}


async def test_a_scope_without_open_types_holds_only_what_one_made(store: Store) -> None:
    await filled(store)
    scope = Scope(creator=ADA, types=())
    assert [each.id for each in await store.documents("collection", scope=scope)] == ["c-ada"]


async def test_a_document_out_of_scope_is_not_found_by_its_id(store: Store) -> None:
    await filled(store)
    scope = Scope(creator=ADA, types=("team",))
    assert await store.document("collection", "c-eve", scope=scope) is None
    assert await store.document("collection", "c-ada", scope=scope) is not None


async def test_a_mock_stops_when_its_owner_no_longer_sees_the_collection(store: Store) -> None:
    await filled(store)
    uid = f"{a_document().owner}-c-all"
    await store.add_mock(a_mock(id="m", owner=ADA, workspace="ada", collection=uid))
    assert (await active(store), await active(store, EVE)) == (True, None)
    await store.replace_workspace(a_workspace(id="all", type="personal", created_by=EVE))
    assert await active(store) is False
    await store.replace_workspace(a_workspace(id="all", type="team", created_by=EVE))
    assert await active(store) is True


async def active(store: Store, owner: int = ADA) -> bool | None:
    """Whether the owner's only mock is active; None without one."""
    mocks = await store.mocks(owner=owner)
    return mocks[0].active if mocks else None


async def test_without_a_scope_everything_is_found(store: Store) -> None:
    await filled(store)
    assert len(await store.documents("collection")) == 3
