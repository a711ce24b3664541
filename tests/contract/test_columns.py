"""Anything a client can send is stored, and comes back as it was sent."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from postiche.model import CallQuery, Delay, MockConfig
from postiche.store import Store, StoreError, columns

from .things import NOON, a_call, a_document, a_key, a_mock, a_server_response, a_user, a_workspace

HOSTILE = "a\0b \ud800\udfff \\ \\u0000 \\\\u005c \N{PILE OF POO} ' \" % {text} :x ?"

any_text = st.text(st.sampled_from(sorted(set(HOSTILE))))
any_zone = st.sampled_from([UTC, timezone(timedelta(hours=-11)), timezone(timedelta(minutes=345))])
dialect = sqlite.dialect()


@given(any_text, any_text)
def test_stored_text_is_encodable_free_of_nul_and_as_different_as_its_source(
    one: str, other: str
) -> None:
    stored = columns.stored_text(one)
    assert b"\0" not in stored.encode()
    assert (stored == columns.stored_text(other)) == (one == other)


@given(any_text)
def test_text_comes_back(text: str) -> None:
    kind = columns.Text()
    assert kind.process_result_value(kind.process_bind_param(text, dialect), dialect) == text


@given(st.lists(st.tuples(any_text, any_text)).map(tuple))
def test_headers_come_back(headers: tuple[tuple[str, str], ...]) -> None:
    kind = columns.HeaderList()
    stored = kind.process_bind_param(headers, dialect)
    assert kind.process_result_value(stored, dialect) == headers


@given(st.datetimes(timezones=any_zone))
def test_moments_come_back_in_utc_to_the_millisecond(moment: datetime) -> None:
    kind = columns.Moment()
    back = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)
    assert back is not None
    assert back.tzinfo is UTC
    assert timedelta() <= moment - back < columns.MILLISECOND


CONFIGS = {
    "empty": (b"{}", MockConfig()),
    "one field": (b'{"match_body":true}', MockConfig(match_body=True)),
    "no delay": (b'{"delay":null}', MockConfig()),
    "delay": (b'{"delay":{"duration":5,"preset":"2"}}', MockConfig(delay=Delay(5, "2"))),
    "keys from the future": (
        b'{"headers":["a"],"shape":"round","delay":{"duration":5,"jitter":1}}',
        MockConfig(headers=("a",), delay=Delay(5)),
    ),
}


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_seconds_are_stored_as_the_datetime_of_the_same_moment(moment: datetime) -> None:
    assert columns.stored_seconds(moment.timestamp()) == columns.stored_moment(moment)


@pytest.mark.parametrize(("stored", "config"), CONFIGS.values(), ids=CONFIGS)
def test_configs_get_defaults_and_pass_over_what_they_do_not_know(
    stored: bytes, config: MockConfig
) -> None:
    assert columns.Config().process_result_value(stored, dialect) == config


def test_a_config_is_stored_without_the_server_response_that_has_its_own_column() -> None:
    stored = columns.Config().process_bind_param(MockConfig(server_response_id="r"), dialect)
    assert stored is not None
    assert "server_response_id" not in orjson.loads(stored)


@pytest.mark.anyio
async def test_hostile_text_comes_back_from_every_table(store: Store) -> None:
    text = HOSTILE
    user = a_user(username=text, full_name=text, email=text)
    key = a_key(id=text, name=text, digest=text, hint=text)
    workspace = a_workspace(id=text, name=text, type=text, description=text, about=text)
    document = a_document(id=text, workspace=text, name=text)
    config = MockConfig(headers=(text,), delay=Delay(1, text), server_response_id=text)
    mock = a_mock(
        id=text, workspace=text, collection=document.uid, config=config, active=True, name=text
    )
    response = a_server_response(
        id=text, mock=text, name=text, language=text, headers=((text, text),), body=text
    )
    await store.add_user(user)
    await store.add_key(key)
    await store.add_workspace(workspace)
    await store.add_document(document)
    await store.add_mock(mock)
    await store.add_server_response(response)
    assert await store.key_and_user(text) == (key, user)
    assert await store.keys() == (key,)
    assert await store.workspace(text) == workspace
    assert await store.document("collection", text) == document
    assert len(await store.documents("collection", workspace=text, name=text)) == 1
    sources = await store.mock_sources(text)
    assert sources is not None
    assert sources.mock == mock
    assert sources.server_response == response


@pytest.mark.anyio
async def test_hostile_calls_come_back_and_are_found(store: Store) -> None:
    call = a_call(
        id=HOSTILE,
        mock=HOSTILE,
        response_name=HOSTILE,
        method=HOSTILE,
        path=HOSTILE,
        request_headers=((HOSTILE, HOSTILE),),
        response_headers=((HOSTILE, HOSTILE),),
        example=HOSTILE,
    )
    await store.add_calls([call])
    assert (await store.calls(HOSTILE, CallQuery(path=HOSTILE, method=HOSTILE))).calls == (call,)
    assert (await store.calls(HOSTILE, CallQuery(path=HOSTILE.upper()))).calls == (call,)


@pytest.mark.anyio
async def test_times_of_other_zones_are_the_same_times(store: Store) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
    await store.add_calls([a_call(served_at=elsewhere)])
    assert await store.calls(
        "m1", CallQuery(since=elsewhere, until=elsewhere)
    ) == await store.calls("m1", CallQuery(since=NOON, until=NOON))
    assert (await store.calls("m1", CallQuery(since=elsewhere))).calls == (a_call(),)


@pytest.mark.anyio
async def test_what_no_database_can_hold_is_a_store_error(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.add_user(a_user(id=10**30))
    with pytest.raises(StoreError):
        await store.add_calls([a_call(status_code=10**30)])
    with pytest.raises(StoreError, match="no time zone"):
        await store.add_calls([a_call(served_at=datetime(2026, 1, 1))])
    with pytest.raises(StoreError, match="no time zone"):
        await store.add_mock(a_mock(created_at=datetime(2026, 1, 1)))
    assert await store.users() == ()
    assert await store.count_calls() == 0
