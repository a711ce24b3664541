from dataclasses import replace

import pytest

from postiche.model import Delay, MockConfig, MockSources
from postiche.store import AlreadyExists, Conflict, Store

from .things import NOON, a_call, a_document, a_mock, a_server_response, after

pytestmark = pytest.mark.anyio

CONFIG = MockConfig(
    headers=("x-a", "x-b"),
    match_body=True,
    match_header=True,
    match_query_params=False,
    match_wildcards=False,
    delay=Delay(300, preset="1"),
    server_response_id="r1",
)


async def test_a_mock_comes_back_as_it_was_stored(store: Store) -> None:
    mock = a_mock(environment="7-e1", private=True, config=CONFIG)
    await store.add_mock(mock)
    assert await store.mock("m1") == mock
    assert await store.mock("m2") is None


async def test_a_mock_id_is_taken_once(store: Store) -> None:
    await store.add_mock(a_mock())
    with pytest.raises(AlreadyExists, match="Mock m1"):
        await store.add_mock(a_mock(name="other"))


async def test_mocks_are_listed_oldest_first_by_workspace_and_owner(store: Store) -> None:
    late = a_mock(id="a", created_at=after(1))
    elsewhere = a_mock(id="b", workspace="w2", owner=8)
    early = a_mock(id="c", owner=8)
    for mock in (late, elsewhere, early):
        await store.add_mock(mock)
    assert await store.mocks() == (elsewhere, early, late)
    assert await store.mocks(workspace="w1") == (early, late)
    assert await store.mocks(owner=8) == (elsewhere, early)
    assert await store.mocks(workspace="w2", owner=7) == ()
    assert await store.mocks(owner=10**30) == ()


async def test_a_mock_is_active_while_its_collection_and_environment_exist(store: Store) -> None:
    async def active() -> bool:
        mock = await store.mock("m1")
        assert mock is not None
        assert (mock,) == await store.mocks()
        return mock.active

    await store.add_mock(a_mock(environment="7-e1", active=True))
    assert not await active()
    await store.add_document(a_document())
    assert not await active()
    await store.add_document(a_document("environment", id="e1"))
    assert await active()
    await store.delete_document("environment", "e1")
    assert not await active()


async def test_a_mock_without_environment_needs_its_collection_only(store: Store) -> None:
    await store.add_mock(a_mock())
    await store.add_document(a_document("environment", id="c1"))
    assert (await store.mocks())[0].active is False
    await store.add_document(a_document())
    assert (await store.mocks())[0].active is True


async def test_a_document_of_another_owner_is_another_document(store: Store) -> None:
    await store.add_mock(a_mock(collection="8-c1"))
    await store.add_document(a_document())
    assert (await store.mocks())[0].active is False


async def test_replacing_a_mock_stores_every_field_and_derives_active(store: Store) -> None:
    await store.add_document(a_document())
    await store.add_mock(a_mock(config=CONFIG))
    await store.add_mock(a_mock(id="m2"))
    new = a_mock(name="New", workspace="w2", private=True, updated_at=after(9), description="")
    replaced = await store.replace_mock(new)
    assert replaced == replace(new, active=True)
    assert await store.mock("m1") == replaced
    assert await store.mock("m2") == a_mock(id="m2", active=True)


async def test_a_mock_is_replaced_only_as_it_was_expected(store: Store) -> None:
    await store.add_mock(a_mock())
    first = await store.replace_mock(a_mock(name="First"), expected=NOON)
    assert first == a_mock(name="First", updated_at=after(1))
    with pytest.raises(Conflict, match="m1 has changed"):
        await store.replace_mock(a_mock(name="Second", updated_at=after(9)), expected=NOON)
    assert await store.mock("m1") == first


async def test_a_mock_that_is_gone_is_not_replaced(store: Store) -> None:
    assert await store.replace_mock(a_mock()) is None
    assert await store.replace_mock(a_mock(), expected=NOON) is None
    assert await store.mocks() == ()


async def test_deleting_a_mock_takes_its_server_responses_and_calls(store: Store) -> None:
    for name in ("m1", "m2"):
        await store.add_mock(a_mock(id=name))
        await store.add_server_response(a_server_response(id=f"r-{name}", mock=name))
        await store.add_calls([a_call(mock=name)])
    assert await store.delete_mock("m1")
    assert await store.mock("m1") is None
    assert await store.server_responses("m1") == ()
    assert await store.count_calls("m1") == 0
    assert len(await store.server_responses("m2")) == 1
    assert await store.count_calls("m2") == 1
    assert not await store.delete_mock("m1")


async def test_sources_hold_all_that_a_plan_is_made_of(store: Store) -> None:
    mock = a_mock(environment="7-e1", config=MockConfig(server_response_id="r1"))
    await store.add_mock(mock)
    await store.add_document(a_document(content=b"collection"))
    await store.add_document(a_document("environment", id="e1", content=b"environment"))
    await store.add_server_response(a_server_response())
    assert await store.mock_sources("m1") == MockSources(
        replace(mock, active=True), b"collection", b"environment", a_server_response()
    )


async def test_sources_of_a_mock_with_nothing_but_a_collection(store: Store) -> None:
    await store.add_mock(a_mock())
    await store.add_document(a_document(content=b"collection"))
    await store.add_server_response(a_server_response())
    assert await store.mock_sources("m1") == MockSources(
        a_mock(active=True), b"collection", None, None
    )


@pytest.mark.parametrize("missing", ["collection", "environment"])
async def test_sources_of_an_inactive_mock_are_empty(store: Store, missing: str) -> None:
    mock = a_mock(environment="7-e1", config=MockConfig(server_response_id="r1"))
    await store.add_mock(mock)
    await store.add_server_response(a_server_response())
    if missing == "environment":
        await store.add_document(a_document())
    else:
        await store.add_document(a_document("environment", id="e1"))
    assert await store.mock_sources("m1") == MockSources(mock, b"", None, a_server_response())


@pytest.mark.parametrize("named", ["gone", "of-another-mock"])
async def test_only_a_server_response_of_the_mock_itself_is_active(
    store: Store, named: str
) -> None:
    await store.add_mock(a_mock(config=MockConfig(server_response_id=named)))
    await store.add_server_response(a_server_response(id="of-another-mock", mock="m2"))
    sources = await store.mock_sources("m1")
    assert sources is not None
    assert sources.server_response is None


async def test_a_mock_that_is_not_there_has_no_sources(store: Store) -> None:
    assert await store.mock_sources("m1") is None


async def test_server_responses_come_back_oldest_first(store: Store) -> None:
    late = a_server_response(id="a", created_at=after(1))
    early = a_server_response(id="b", language=None, headers=(), body="")
    for response in (late, early, a_server_response(id="c", mock="m2")):
        await store.add_server_response(response)
    assert await store.server_responses("m1") == (early, late)
    assert await store.server_response("m1", "a") == late


async def test_a_server_response_id_is_taken_once(store: Store) -> None:
    await store.add_server_response(a_server_response())
    with pytest.raises(AlreadyExists, match="ServerResponse r1"):
        await store.add_server_response(a_server_response(mock="m2"))


async def test_a_server_response_is_reached_through_its_mock_only(store: Store) -> None:
    await store.add_server_response(a_server_response())
    assert await store.server_response("m2", "r1") is None
    assert not await store.replace_server_response(a_server_response(mock="m2", name="stolen"))
    assert not await store.delete_server_response("m2", "r1")
    assert await store.server_response("m1", "r1") == a_server_response()


async def test_replacing_a_server_response_stores_every_field(store: Store) -> None:
    await store.add_server_response(a_server_response())
    new = a_server_response(
        name="New", status_code=500, headers=(), language=None, body="b", updated_at=after(1)
    )
    assert await store.replace_server_response(new)
    assert await store.server_responses("m1") == (new,)


async def test_a_deleted_server_response_is_no_longer_named_by_a_config(store: Store) -> None:
    await store.add_mock(a_mock(config=CONFIG))
    await store.add_mock(a_mock(id="m2", config=replace(CONFIG, server_response_id="r2")))
    await store.add_server_response(a_server_response())
    assert await store.delete_server_response("m1", "r1")
    assert await store.server_response("m1", "r1") is None
    configs = [mock.config for mock in await store.mocks()]
    assert configs == [
        replace(CONFIG, server_response_id=None),
        replace(CONFIG, server_response_id="r2"),
    ]
    assert not await store.delete_server_response("m1", "r1")
