"""The proxy's manners as an ASGI application; what it passes on is `test_relay`'s."""

import asyncio
from typing import Any

import pytest

from postiche.core.recording.addresses import Allowed
from postiche.core.recording.upstream import Target
from postiche.dataplane.proxy import Proxy
from postiche.dataplane.relay import Passage
from postiche.dataplane.upstream import Forwarder
from tests.dataplane.driver import NOON


@pytest.mark.parametrize(
    ("kind", "received", "sent"),
    [
        ("websocket", ["websocket.connect"], [{"type": "websocket.close", "code": 1003}]),
        (
            "lifespan",
            ["lifespan.startup", "lifespan.shutdown"],
            [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}],
        ),
    ],
)
def test_what_is_no_call_is_not_passed_on(
    kind: str, received: list[str], sent: list[dict[str, object]]
) -> None:
    answers: list[Any] = []
    messages = iter(received)

    async def receive() -> dict[str, Any]:
        return {"type": next(messages)}

    async def send(message: Any) -> None:
        answers.append(message)

    passage = Passage(Forwarder(Allowed()), Target("http", "x.test", 80), lambda: NOON)
    app = Proxy(passage, answers.append)
    asyncio.run(app({"type": kind}, receive, send))
    assert answers == sent
