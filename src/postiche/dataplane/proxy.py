"""An ASGI application that passes every call on to one service.

Knows ASGI scopes and who is told of the calls. Must not know how a call is
passed on, nor what is done with what is told.
"""

import logging
from collections.abc import Callable

from postiche.dataplane.app import live
from postiche.dataplane.asgi import ClientGone, Receive, Scope, Send, headers_of, target_of
from postiche.dataplane.relay import Passage, relay
from postiche.model import Exchange, Request

logger = logging.getLogger(__name__)


class Proxy:
    """ASGI 3 application; each exchange is told to `tell` once the reply has been sent."""

    def __init__(self, passage: Passage, tell: Callable[[Exchange], object]) -> None:
        self._passage = passage
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1003})
        elif scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            request = Request(scope["method"], target_of(scope), headers_of(scope))
            try:
                self._tell(await relay(self._passage, request, receive, send))
            except ClientGone:
                logger.debug("the client left before it was answered")
