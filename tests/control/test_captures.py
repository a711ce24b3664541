"""POST /collections/{collectionId}/requests/{requestId}/capture, over a service in its place.

That only allowed services are contacted is `tests/server/test_sending.py`'s.
"""

import pytest

from postiche.control.api import NotContacted
from postiche.core.recording.sending import Sendable
from postiche.model import Exchange, Reply

from .conftest import MakeWorld
from .people import newcomer
from .world import UNKNOWN_ID, Json, error_of, folder, request

HEADERS = (("content-type", "application/json"), ("set-cookie", "sid=abc"))


class Shop:
    """A service, the world that may contact it, and a collection about it."""

    def __init__(self, make_world: MakeWorld) -> None:
        self.sent: list[Sendable] = []
        self.reply = Reply(200, HEADERS, b'{"pin": 1}')
        self.refusal: NotContacted | None = None
        self.world = make_world(send=self._send)
        url = {"raw": "{{base}}/things", "host": ["{{base}}"], "path": ["things"]}
        asked = {"method": "GET", "url": url, "header": []}
        self.uid = self.world.collection(folder("f", request("r", request=asked)))
        item = self.items()[0]["item"][0]
        self.path = f"/collections/{self.uid}/requests/{item['id']}/capture"
        self.environment = self.world.environment({"key": "base", "value": "https://shop.test"})

    async def _send(self, ready: Sendable) -> Exchange:
        self.sent.append(ready)
        if self.refusal is not None:
            raise self.refusal
        return Exchange(ready.request, self.reply, "OK")

    def items(self) -> list[Json]:
        found: list[Json] = self.world.get(f"/collections/{self.uid}").json()["collection"]["item"]
        return found

    def examples(self) -> list[Json]:
        found: list[Json] = self.items()[0]["item"][0]["response"]
        return found


@pytest.fixture
def shop(make_world: MakeWorld) -> Shop:
    return Shop(make_world)


def test_a_request_is_sent_and_its_reply_saved(shop: Shop) -> None:
    body = {"environment": shop.environment, "redact": ["pin"]}
    answered = shop.world.post(shop.path, body)
    assert answered.status_code == 200, answered.text
    [sent] = shop.sent
    assert (sent.target.origin, sent.request.target) == ("https://shop.test", "/things")
    [example] = shop.examples()
    assert answered.json()["model_id"] == example["id"]
    assert answered.json()["meta"] == {"model": "response", "action": "create"}
    assert (example["name"], example["code"]) == ("200 OK", 200)
    assert example["originalRequest"]["url"]["raw"] == "{{base}}/things"
    assert example["body"] == '{"pin": "REDACTED"}'
    assert {"key": "set-cookie", "value": "sid=REDACTED"} in example["header"]
    assert example["uid"].endswith(example["id"])


def test_the_captured_example_answers_a_mock(shop: Shop) -> None:
    shop.world.post(shop.path, {"environment": shop.environment})
    again = shop.world.post(shop.path, {"environment": shop.environment})
    assert (again.status_code, error_of(again)["name"]) == (400, "instanceFoundError")
    shop.reply = Reply(404)
    assert shop.world.post(shop.path, {"environment": shop.environment}).status_code == 200
    first, second = shop.examples()
    assert first["id"] < second["id"]


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        (None, 400, "notSendableError"),
        ({"environment": UNKNOWN_ID}, 404, "instanceNotFoundError"),
        ({"environment": 1}, 400, "malformedRequestError"),
        ({"redact": "pin"}, 400, "malformedRequestError"),
    ],
)
def test_what_cannot_be_sent_is_refused(shop: Shop, body: object, status: int, name: str) -> None:
    refused = shop.world.post(shop.path, body)
    assert (refused.status_code, error_of(refused)["name"]) == (status, name)
    assert shop.sent == []


def test_a_service_that_fails_or_is_not_allowed_is_told_of(shop: Shop) -> None:
    for status in (403, 502, 504):
        shop.refusal = NotContacted(status, "why")
        refused = shop.world.post(shop.path, {"environment": shop.environment})
        error = {"name": "upstreamError", "message": "why"}
        assert (refused.status_code, error_of(refused)) == (status, error)


def test_a_reply_that_is_no_text_is_not_saved(shop: Shop) -> None:
    shop.reply = Reply(200, (("content-type", "image/png"),), b"\xff")
    refused = shop.world.post(shop.path, {"environment": shop.environment})
    assert error_of(refused)["message"] == (
        "The reply is not saved: a body of 1 bytes, image/png, is not text."
    )
    assert shop.examples() == []


def test_a_request_or_collection_that_is_not_there_is_not_found(shop: Shop) -> None:
    for path in (
        f"/collections/{shop.uid}/requests/{UNKNOWN_ID}/capture",
        f"/collections/{UNKNOWN_ID}/requests/{UNKNOWN_ID}/capture",
    ):
        refused = shop.world.post(path)
        assert (refused.status_code, error_of(refused)["name"]) == (404, "instanceNotFoundError")


def test_a_server_without_allowed_services_captures_nothing(make_world: MakeWorld) -> None:
    world = make_world(send=None)
    uid = world.collection(request("r"))
    refused = world.post(f"/collections/{uid}/requests/{UNKNOWN_ID}/capture")
    assert refused.status_code == 403
    assert "POSTICHE_ALLOW_UPSTREAM" in error_of(refused)["message"]


def test_strangers_and_viewers_send_nothing(shop: Shop) -> None:
    """What lies in a personal workspace is not there for others; a viewer changes nothing."""
    stranger = newcomer(shop.world).post(shop.path, {"environment": shop.environment})
    assert (stranger.status_code, error_of(stranger)["name"]) == (404, "instanceNotFoundError")
    owner, viewer = newcomer(shop.world), newcomer(shop.world, "viewer")
    uid = owner.collection(owner.workspace("team"), request("r"))
    [item] = viewer.get(f"/collections/{uid}").json()["collection"]["item"]
    refused = viewer.post(f"/collections/{uid}/requests/{item['id']}/capture")
    assert (refused.status_code, error_of(refused)["name"]) == (403, "forbiddenError")
    assert shop.sent == []
