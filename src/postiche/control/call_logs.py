"""The Postman API's `/mocks/{mockId}/call-logs` (behaviour C.4).

Knows how calls are filtered, paged and shown. Must not know how they came to
be logged.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.mocks import existing_mock
from postiche.model import Call, CallPage, CallQuery, Headers
from postiche.store import InvalidCursor

MAX_ROWS = 100
MAX_BYTES = 6_500_000
"""An answer holds at most so many calls, or bytes of them: 6.5 MB (OpenAPI 1.45)."""

STEP = 10
"""Calls read at a time, where headers or bodies come with them."""

INCLUDES = ("request.headers", "request.body", "response.headers", "response.body")

_MODES = {
    "application/x-www-form-urlencoded": "urlencoded",
    "multipart/form-data": "formdata",
}


async def list_call_logs(asked: Asked) -> Response:
    """GET /mocks/{mockId}/call-logs: newest first unless sorted otherwise."""
    mock = await existing_mock(asked)
    include = _include(asked)
    query = _query(asked, include)
    await asked.settings.flush_calls()
    rows, cursor = await _rows(asked, mock.id, query, include)
    meta = orjson.dumps({"nextCursor": cursor})
    return wire.json_text(b'{"call-logs":[%s],"meta":%s}' % (b",".join(rows), meta))


async def _rows(
    asked: Asked, mock_id: str, query: CallQuery, include: frozenset[str]
) -> tuple[list[bytes], str | None]:
    """As many calls as JSON as one answer may hold, at least one, and the cursor behind them.

    They are read and made a few at a time, for mock servers to answer in between.
    """
    rows: list[bytes] = []
    room, cursor = MAX_BYTES, query.cursor
    while len(rows) < query.limit:
        step = min(query.limit - len(rows), STEP if include else MAX_ROWS)
        asking = replace(query, cursor=cursor, limit=step)
        page, more = await _fitting_page(asked, mock_id, asking, include, room if rows else None)
        if page.calls and not more:
            break
        rows += more
        cursor = page.next_cursor
        room -= sum(map(len, more)) + len(more)
        if cursor is None:
            break
    return rows, cursor


async def _fitting_page(
    asked: Asked, mock_id: str, query: CallQuery, include: frozenset[str], room: int | None
) -> tuple[CallPage, list[bytes]]:
    """A page of calls that fit in so many bytes, and those as JSON; no JSON if none does."""
    page = await _page(asked, mock_id, query)
    rows = await _fitting(page, include, room)
    while 0 < len(rows) < len(page.calls):
        # Only the store can make a cursor, so it is asked for as many as fit.
        page = await _page(asked, mock_id, replace(query, limit=len(rows)))
        rows = await _fitting(page, include, room)
    return page, rows


async def _page(asked: Asked, mock_id: str, query: CallQuery) -> CallPage:
    try:
        return await asked.store.calls(mock_id, query)
    except InvalidCursor:
        raise wire.invalid_cursor() from None


async def _fitting(page: CallPage, include: frozenset[str], room: int | None) -> list[bytes]:
    """The first calls of a page that fit in so many bytes; of an empty answer, at least one."""
    rows: list[bytes] = []
    left = MAX_BYTES if room is None else room
    for call in page.calls:
        row = orjson.dumps(_row(call, include))
        left -= len(row) + 1
        if left < 0 and (rows or room is not None):
            break
        rows.append(row)
        if include:
            await asyncio.sleep(0)
    return rows


# --- what is asked for ------------------------------------------------------------


def _query(asked: Asked, include: frozenset[str]) -> CallQuery:
    """The filters and the order asked for. Raises ApiError 400 naming a bad parameter."""
    since, until = _time(asked, "since"), _time(asked, "until")
    _refuse_impossible_period(asked, since, until)
    return CallQuery(
        since=since,
        until=until,
        status_code=_number(asked, "responseStatusCode", 0, 999),
        type=asked.query("responseType"),
        method=asked.query("requestMethod"),
        path=asked.query("requestPath"),
        ascending=_ascending(asked),
        limit=_number(asked, "limit", 1, MAX_ROWS) or MAX_ROWS,
        cursor=asked.query("cursor"),
        headers=bool(include - {"response.body"}),  # a request's body is shown by its type
        bodies=not include.isdisjoint(("request.body", "response.body")),
    )


def _time(asked: Asked, name: str) -> datetime | None:
    text = asked.query(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wire.invalid_param(name, "It must be a time in ISO 8601 format.") from None


def _refuse_impossible_period(asked: Asked, since: datetime | None, until: datetime | None) -> None:
    if since is None:
        return
    days = asked.settings.call_log_days
    if since < asked.now() - timedelta(days=days):
        raise wire.legacy(
            400,
            "invalidParamsError",
            "Invalid value for parameter: since. Cannot view logs beyond the call log retention "
            f"period based on your plan i.e. {days} days.",
        )
    if until is not None and until < since:
        raise wire.invalid_param("until", "It must not be earlier than since.")


def _number(asked: Asked, name: str, least: int, most: int) -> int | None:
    text = asked.query(name)
    if text is None:
        return None
    number = wire.whole_number(text)
    if number is None or not least <= number <= most:
        raise wire.invalid_param(name, f"It must be a whole number from {least} to {most}.")
    return number


def _ascending(asked: Asked) -> bool:
    """Whether the oldest come first; `sort` and `direction` need each other (OpenAPI 1.45)."""
    sort, direction = asked.query("sort"), (asked.query("direction") or "").lower()
    if sort and not direction:
        raise wire.param_missing("direction")
    if direction and not sort:
        raise wire.param_missing("sort")
    if sort not in (None, "servedAt"):
        raise wire.invalid_param("sort", "It must be servedAt.")
    if direction not in ("", "asc", "desc"):
        raise wire.invalid_param("direction", "It must be asc or desc.")
    return direction == "asc"


def _include(asked: Asked) -> frozenset[str]:
    names = [name.strip() for name in (asked.query("include") or "").split(",")]
    chosen = frozenset(filter(None, names))
    if not chosen.issubset(INCLUDES):
        raise wire.invalid_param("include", f"It may name {', '.join(INCLUDES)}.")
    return chosen


# --- what is shown ----------------------------------------------------------------


def _row(call: Call, include: frozenset[str]) -> dict[str, object]:
    request: dict[str, object] = {"method": _text(call.method), "path": _text(call.path)}
    response: dict[str, object] = {"type": call.type, "statusCode": call.status_code}
    if "request.headers" in include:
        request["headers"] = _headers(call.request_headers)
    if "request.body" in include:
        data = call.request_body.decode(errors="replace")
        request["body"] = {"mode": _mode(call.request_headers), "data": data}
    if "response.headers" in include:
        response["headers"] = _headers(call.response_headers)
    if "response.body" in include:
        response["body"] = {"data": call.response_body.decode(errors="replace")}
    return {
        "id": call.id,
        "responseName": _text(call.response_name),
        "servedAt": wire.iso(call.served_at),
        "request": request,
        "response": response,
        "postiche": _explained(call),
    }


def _explained(call: Call) -> dict[str, object]:
    """Which example answered and with how many points; for a miss, the nearest one and why not."""
    if call.why is None:
        return {"example": call.example, "score": call.score}
    return {"nearest": call.nearest, "why": _text(call.why)}


def _text(text: str) -> str:
    """Text that JSON can hold: a request line may bring what is no Unicode."""
    return text.encode(errors="replace").decode()


def _headers(headers: Headers) -> dict[str, str]:
    """One value for each name; repeated headers are joined (RFC 9110, 5.3)."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = _text(name), _text(value)
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


def _mode(headers: Headers) -> str:
    """The body mode that a request's content type stands for."""
    types = (value for name, value in headers if name.lower() == "content-type")
    media_type = next(types, "").partition(";")[0].strip().lower()
    return _MODES.get(media_type, "raw")
