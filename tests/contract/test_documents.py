from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from postiche.model import Document
from postiche.store import AlreadyExists, Conflict, Store

from .things import NOON, a_document, after

pytestmark = pytest.mark.anyio


def listed(*documents: Document) -> tuple[Document, ...]:
    return tuple(replace(document, content=b"") for document in documents)


async def test_a_document_comes_back_as_it_was_stored(store: Store) -> None:
    await store.add_document(a_document(content=b"\0\xff any bytes"))
    assert await store.document("collection", "c1") == a_document(content=b"\0\xff any bytes")


async def test_collections_and_environments_do_not_share_ids(store: Store) -> None:
    collection, environment = a_document(), a_document("environment", name="Production")
    await store.add_document(collection)
    assert await store.document("environment", "c1") is None
    await store.add_document(environment)
    assert await store.document("environment", "c1") == environment
    assert await store.delete_document("environment", "c1")
    assert await store.document("collection", "c1") == collection


async def test_an_id_is_taken_once_per_kind_whoever_owns_it(store: Store) -> None:
    await store.add_document(a_document())
    with pytest.raises(AlreadyExists, match="Document c1"):
        await store.add_document(a_document(owner=8, name="Other"))
    assert await store.document("collection", "c1") == a_document()


async def test_documents_are_listed_oldest_first_then_by_id_without_content(store: Store) -> None:
    late = a_document(id="a", created_at=after(1))
    early_b, early_a = a_document(id="c"), a_document(id="b")
    for document in (late, early_b, early_a):
        await store.add_document(document)
    assert await store.documents("collection") == listed(early_a, early_b, late)


async def test_a_listing_does_not_read_the_content(store: Store) -> None:
    await store.add_document(a_document())
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await store.documents("collection", workspace="w1", name="Users")
        await store.document_head("collection", "c1")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert statements
    assert not any("content" in statement for statement in statements)


async def test_listings_are_narrowed_by_kind_workspace_and_exact_name(store: Store) -> None:
    here, there = a_document(), a_document(id="c2", workspace="w2")
    named = a_document(id="c3", name="users")
    environment = a_document("environment", id="e1")
    for document in (here, there, named, environment):
        await store.add_document(document)
    assert await store.documents("environment") == listed(environment)
    assert await store.documents("collection", workspace="w1") == listed(here, named)
    assert await store.documents("collection", name="users") == listed(named)
    assert await store.documents("collection", workspace="w2", name="users") == ()


async def test_listings_are_cut_by_limit_and_offset(store: Store) -> None:
    documents = [a_document(id=f"c{number}") for number in range(5)]
    for document in documents:
        await store.add_document(document)
    assert await store.documents("collection", limit=2) == listed(*documents[:2])
    assert await store.documents("collection", limit=2, offset=3) == listed(*documents[3:])
    assert await store.documents("collection", offset=4) == listed(*documents[4:])
    assert await store.documents("collection", limit=0) == ()


@pytest.mark.parametrize("absurd", [-1, -(10**30), 10**30])
async def test_absurd_limits_and_offsets_are_no_error(store: Store, absurd: int) -> None:
    await store.add_document(a_document())
    found = await store.documents("collection", limit=absurd)
    assert found == (listed(a_document()) if absurd > 0 else ())
    found = await store.documents("collection", offset=absurd)
    assert found == (() if absurd > 0 else listed(a_document()))


async def test_documents_are_counted_by_kind_and_workspace(store: Store) -> None:
    assert await store.count_documents("collection") == 0
    await store.add_document(a_document())
    await store.add_document(a_document(id="c2", workspace="w2"))
    await store.add_document(a_document("environment", id="e1"))
    assert await store.count_documents("collection") == 2
    assert await store.count_documents("collection", workspace="w2") == 1
    assert await store.count_documents("environment", workspace="w2") == 0
    assert await store.count_documents("collection", name="Users") == 2
    assert await store.count_documents("collection", workspace="w1", name="users") == 0


async def test_replacing_changes_name_content_and_update_and_nothing_else(store: Store) -> None:
    await store.add_document(a_document())
    await store.add_document(a_document(id="c2"))
    change = {"name": "New", "content": b"[]", "updated_by": 9, "updated_at": after(3)}
    expected = replace(a_document(), **change)  # type: ignore[arg-type]
    replaced = await store.replace_document("collection", "c1", **change)  # type: ignore[arg-type]
    assert replaced == expected
    assert await store.document("collection", "c1") == expected
    assert await store.document("collection", "c2") == a_document(id="c2")


async def test_what_is_not_there_is_neither_found_nor_replaced_nor_deleted(store: Store) -> None:
    assert await store.document("collection", "c1") is None
    assert not await store.delete_document("collection", "c1")
    replaced = await store.replace_document(
        "collection", "c1", name="New", content=b"", updated_by=9, updated_at=after(3)
    )
    assert replaced is None
    assert await store.count_documents("collection") == 0


async def test_a_deleted_document_is_gone(store: Store) -> None:
    await store.add_document(a_document())
    assert await store.delete_document("collection", "c1")
    assert await store.document("collection", "c1") is None
    assert not await store.delete_document("collection", "c1")


async def test_a_head_is_the_document_without_its_content(store: Store) -> None:
    await store.add_document(a_document())
    assert await store.document_head("collection", "c1") == replace(a_document(), content=b"")
    assert await store.document_head("environment", "c1") is None


async def test_a_replacement_is_made_only_of_what_was_expected(store: Store) -> None:
    await store.add_document(a_document())
    change: dict[str, Any] = {"name": "New", "content": b"[]", "updated_by": 9}
    first = await store.replace_document(
        "collection", "c1", **change, updated_at=after(3), expected=NOON
    )
    assert first is not None
    for late in (NOON, after(4)):
        with pytest.raises(Conflict, match="c1 has changed"):
            await store.replace_document(
                "collection", "c1", **change, updated_at=after(9), expected=late
            )
    assert await store.document("collection", "c1") == first
    gone = await store.replace_document(
        "collection", "c2", **change, updated_at=after(3), expected=NOON
    )
    assert gone is None


@pytest.mark.parametrize("given", [after(-5), NOON])
async def test_of_two_replacements_in_one_millisecond_the_second_conflicts(
    store: Store, given: datetime
) -> None:
    await store.add_document(a_document())
    change: dict[str, Any] = {"name": "New", "content": b"[]", "updated_by": 9}
    change["updated_at"] = given
    first = await store.replace_document("collection", "c1", **change, expected=NOON)
    assert first is not None
    assert first.updated_at == after(1)
    with pytest.raises(Conflict):
        await store.replace_document("collection", "c1", **change, expected=NOON)
