"""The front door: each request goes to a mock server, the Postman API, or a page of the server's.

Knows ASGI scopes and the few paths that belong to the server itself. Must not
know mocks, the Postman API or settings.
"""

import time
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from starlette.types import ASGIApp

from postiche import __version__
from postiche.dataplane.asgi import Message, Receive, Scope, Send, imf_date, send_reply, target_of
from postiche.dataplane.calls import CallWriter
from postiche.dataplane.locate import Locator
from postiche.dataplane.protocol import FastAnswer
from postiche.model import Reply

HEALTH_PATH: Final = "/healthz"
START_PATH: Final = "/"

_JSON: Final = ("content-type", "application/json; charset=utf-8")
_HTML: Final = ("content-type", "text/html; charset=utf-8")
_LISTS: Final = ("/me", "/workspaces", "/collections", "/environments", "/mocks")

INDEX: Final = Reply(
    200, (_JSON,), orjson.dumps({"name": "postiche", "version": __version__, "api": _LISTS})
)
_PAGE_TEXT: Final = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Postiche</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto }}</style>
<h1>Postiche {__version__}</h1>
<p>The Postman API answers here. Send your API key in the header <code>x-api-key</code>:</p>
<ul>{"".join(f"<li><code>GET {path}</code>" for path in _LISTS)}</ul>
<p>A mock server answers at the <code>mockUrl</code> that <code>GET /mocks</code> gives for it.</p>
<p><a href="{HEALTH_PATH}">Is the server well?</a></p>
</html>
"""
PAGE: Final = Reply(200, (_HTML, ("vary", "accept")), _PAGE_TEXT.encode())


class Front:
    """ASGI 3 application for one listener.

    `locate` says which requests are for mock servers; None where none are.
    `api` is the Postman API; None on a listener for mock servers alone.
    `fast` answers calls to mock servers in front of it, where that can be done.
    `log` is the call log whose state the health page shows.
    """

    def __init__(
        self,
        mocks: ASGIApp,
        locate: Locator | None,
        api: ASGIApp | None,
        *,
        fast: FastAnswer | None = None,
        log: CallWriter | None = None,
    ) -> None:
        self._log = log
        self.fast = fast
        self._mocks = mocks
        self._locate = locate
        self._api = api

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        http = scope["type"] == "http"
        if http and self._is_for_a_mock(scope):
            await self._mocks(scope, receive, send)
        elif http and (page := self._page(scope)) is not None:
            await send_reply(send, scope["method"], page, datetime.now(UTC))
        elif self._api is not None:
            await self._api(scope, receive, _dated(send))
        else:
            await self._mocks(scope, receive, send)

    def _is_for_a_mock(self, scope: Scope) -> bool:
        if self._locate is None:
            return False
        return self._locate(target_of(scope), scope["headers"]) is not None

    def _page(self, scope: Scope) -> Reply | None:
        """The server's own answer to this request; None where it has none."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        if scope["path"] == HEALTH_PATH:
            return health(self._log)
        if scope["path"] != START_PATH or self._api is None:
            return None
        return PAGE if _is_browser(scope) else INDEX


def health(log: CallWriter | None) -> Reply:
    """That the server is well, and how its call log does: calls that wait, and that were lost."""
    told: dict[str, object] = {"status": "ok", "version": __version__}
    if log is not None:
        told["callLog"] = {"waiting": log.waiting, "dropped": log.dropped}
    return Reply(200, (_JSON,), orjson.dumps(told))


def _is_browser(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _dated(send: Send) -> Send:
    """Give an answer a Date, which an origin server owes (RFC 9110, 6.6.1)."""

    async def send_with_date(message: Message) -> None:
        if message["type"] == "http.response.start":
            date = (b"date", imf_date(int(time.time())))
            message = {**message, "headers": [*message.get("headers", ()), date]}
        await send(message)

    return send_with_date
