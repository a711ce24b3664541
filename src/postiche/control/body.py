"""Request bodies: read up to a limit, parsed without holding up other requests.

Knows request streams and JSON. Must not know what the JSON means.
"""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
import orjson
from starlette.requests import Request

from postiche.control import wire

T = TypeVar("T")

LARGE = 1_000_000
"""Work on more bytes than this goes to a thread, so that other requests go on meanwhile."""

MAX_DEPTH = 254
"""How many levels of JSON can be written back (orjson reads 1024)."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


async def off_loop(size: int, work: Callable[[], T]) -> T:
    """Do `work`, which costs about as much as `size` bytes of JSON."""
    return await anyio.to_thread.run_sync(work) if size > LARGE else work()


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises ApiError 413 as soon as it is known to exceed `limit` bytes."""
    announced = wire.whole_number(request.headers.get("content-length", ""))
    if announced is not None and announced > limit:
        raise wire.payload_too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise wire.payload_too_large()
    return bytes(body)


async def read_json(
    request: Request, limit: int, check: Callable[[dict[str, object]], T]
) -> tuple[T, int]:
    """What `check` makes of the JSON object that the body is, and the body's size in bytes.

    Raises ApiError saying what is wrong with the body; `check` may raise others.
    """
    body = await read_body(request, limit)
    return await off_loop(len(body), lambda: check(parse_json_object(body))), len(body)


def parse_json_object(body: bytes) -> dict[str, object]:
    """Parse a body. Raises ApiError 400: empty (common400Error), not JSON, or no object."""
    text = body.removeprefix(_BYTE_ORDER_MARK)
    if not text.strip():
        raise wire.problem(400, "Bad Request", "Request body is required")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise wire.malformed(f"The request body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise wire.malformed("The request body must be a JSON object.")
    return value


def to_json(what: str, value: object) -> bytes:
    """Write a document back as JSON. Raises ApiError 400 if it is nested too deeply for that."""
    try:
        return orjson.dumps(value)
    except TypeError:
        why = f": must NOT have more than {MAX_DEPTH} levels"
        raise wire.found_errors(what, [why]) from None
