"""The demo: Postman's tutorial on mocking with its API, loaded through that API.

Knows the tutorial's collection, environment and mock server. Must not know
the store: what it makes is made as any client would make it.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from importlib.resources import files
from typing import Any

import orjson

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

MOCK_NAME = "testAPImock"


async def load(api: App, key: str) -> None:
    """Create collection, environment and mock server through the Postman API."""
    collection = await _created(api, key, "collection", _document("testAPI.postman_collection"))
    environment = await _created(
        api, key, "environment", _document("testAPIEnv.postman_environment")
    )
    mock = {"name": MOCK_NAME, "collection": collection, "environment": environment}
    await _created(api, key, "mock", mock)


def _document(name: str) -> object:
    return orjson.loads((files(__name__) / f"{name}.json").read_bytes())


async def _created(api: App, key: str, kind: str, content: object) -> str:
    """POST a thing to the API's list of its kind; the uid of what was made."""
    status, answer = await _post(api, f"/{kind}s", key, orjson.dumps({kind: content}))
    if status != 200:
        raise RuntimeError(f"the demo's {kind} was refused: {answer.decode(errors='replace')}")
    uid: str = orjson.loads(answer)[kind]["uid"]
    return uid


async def _post(api: App, path: str, key: str, body: bytes) -> tuple[int, bytes]:
    """One request to an ASGI application."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"x-api-key", key.encode()), (b"content-type", b"application/json")],
        "server": ("localhost", 80),
        "client": None,
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await api(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])
