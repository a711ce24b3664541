"""Which application gets which request, and the pages of the server itself."""

import asyncio
from typing import Any

import httpx

from postiche import __version__
from postiche.dataplane.locate import by_path
from postiche.server.front import Front


def named(name: str) -> Any:
    """An application that answers with its name."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": name.encode()})

    return app


def ask(front: Front, method: str, path: str, **headers: str) -> httpx.Response:
    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app=front)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(main())


SHARED = Front(named("mocks"), by_path(), named("api"))
API_ONLY = Front(named("mocks"), None, named("api"))
MOCKS_ONLY = Front(named("mocks"), by_path(), None)


def test_mock_calls_and_api_calls_part_ways() -> None:
    assert ask(SHARED, "GET", "/m/id/x").text == "mocks"
    assert ask(SHARED, "GET", "/mocks").text == "api"
    assert ask(SHARED, "GET", "/m/").text == "api"


def test_a_mock_may_have_a_path_named_like_a_page() -> None:
    assert ask(SHARED, "GET", "/m/id/healthz").text == "mocks"


def test_mocks_leave_a_listener_without_a_locator() -> None:
    assert ask(API_ONLY, "GET", "/m/id/x").text == "api"


def test_a_listener_for_mocks_has_no_api_and_no_start_page() -> None:
    assert ask(MOCKS_ONLY, "GET", "/m/id/x").text == "mocks"
    assert ask(MOCKS_ONLY, "GET", "/me").text == "mocks"
    assert ask(MOCKS_ONLY, "GET", "/").text == "mocks"


def test_health_says_how_the_call_log_does() -> None:
    class Log:
        waiting = 3
        dropped = 1

    log: Any = Log()
    front = Front(named("mocks"), None, named("api"), log=log)
    assert ask(front, "GET", "/healthz").json()["callLog"] == {"waiting": 3, "dropped": 1}
    assert "callLog" not in ask(SHARED, "GET", "/healthz").json()


def test_health_needs_no_key_on_any_listener() -> None:
    for front in (SHARED, API_ONLY, MOCKS_ONLY):
        answer = ask(front, "GET", "/healthz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert ask(SHARED, "HEAD", "/healthz").status_code == 200
    assert ask(SHARED, "POST", "/healthz").text == "api"


def test_a_browser_gets_a_page_and_a_program_json() -> None:
    page = ask(SHARED, "GET", "/", accept="text/html,application/xhtml+xml")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!doctype html>")
    assert ask(SHARED, "GET", "/", accept="*/*").json()["version"] == __version__


def test_every_answer_has_a_date() -> None:
    for path in ("/", "/healthz", "/me"):
        assert ask(SHARED, "GET", path).headers["date"].endswith(" GMT")


def test_what_is_no_http_goes_to_an_application_that_can_refuse_it() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def main() -> None:
        await Front(app, by_path(), None)({"type": "websocket"}, None, None)  # type: ignore[arg-type]

    asyncio.run(main())
    assert seen == ["websocket"]
