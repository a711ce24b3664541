"""Which services the Postman API may send requests to."""

import asyncio
from pathlib import Path

import pytest

from postiche.control.api import NotContacted
from postiche.core.recording.sending import Sendable
from postiche.core.recording.upstream import read_target
from postiche.model import Request
from postiche.server.composition import Ports, Running
from postiche.server.sending import sending
from tests.server.test_composition import client, with_server
from tests.services import Told, service

REQUEST = Request("GET", "/things")


def attempt(allow_list: str | None, url: str) -> int:
    """The status of the service's reply, or of the refusal."""

    async def send() -> int:
        async with sending(allow_list) as sender:
            assert sender is not None
            try:
                return (await sender(Sendable(read_target(url), REQUEST))).reply.status
            except NotContacted as refusal:
                return refusal.status

    return asyncio.run(send())


def test_only_services_on_the_list_are_contacted() -> None:
    with service(lambda _: Told(201)) as there, service(lambda _: Told()) as other:
        allow_list = f"shop.test, 127.0.0.1:{there.port}"
        assert attempt(allow_list, there.url) == 201
        assert attempt(allow_list, other.url) == 403
        assert attempt(allow_list, "http://8.8.8.8") == 403
        assert other.asked == []


def test_a_service_that_is_not_there_is_a_bad_gateway() -> None:
    assert attempt("127.0.0.1:1", "http://127.0.0.1:1") == 502


@pytest.mark.parametrize("allow_list", [None, "", " , "])
def test_without_a_list_nothing_is_sent(allow_list: str | None) -> None:
    async def look() -> bool:
        async with sending(allow_list) as sender:
            return sender is None

    assert asyncio.run(look())


def test_a_server_captures_from_the_services_that_it_may_contact(tmp_path: Path) -> None:
    with service(lambda _: Told(200, [("Content-Type", "text/plain")], b"hello")) as there:

        async def work(running: Running) -> None:
            async with client(running.main) as api:
                item = {"name": "r", "request": {"method": "GET", "url": f"{there.url}/things"}}
                made = {"collection": {"info": {"name": "c", "schema": SCHEMA}, "item": [item]}}
                uid = (await api.post("/collections", json=made)).json()["collection"]["uid"]
                tree = (await api.get(f"/collections/{uid}")).json()["collection"]
                path = f"/collections/{uid}/requests/{tree['item'][0]['id']}/capture"
                captured = await api.post(path)
                assert captured.json()["data"]["text"] == "hello"

        with_server(tmp_path, work, Ports(4000), allow_upstream=f"127.0.0.1:{there.port}")


SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
