"""What commands print.

Knows how things are worded. Must not know how anything it shows came about, or
whether a terminal shows it. Text from files, clients or the database is shown
without the control characters it may hold.
"""

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from postiche.cli.terminal import Segment, write_line
from postiche.model import ApiKey, Call, Example, User

if TYPE_CHECKING:
    from postiche.server.administration import FirstKey
    from postiche.server.composition import Started
    from postiche.server.ephemeral import FileMock, Route

_METHOD = "bold"
_GOOD, _WARN, _BAD, _DIM = "green", "yellow", "red", "dim"


def plain(text: str) -> str:
    """Text safe for a terminal: control characters and the like are written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


# --- postiche run --------------------------------------------------------------------


def routes(mocks: Sequence["FileMock"], origin: str) -> None:
    """Every URL that is answered, and what of the files is not."""
    for mock in mocks:
        base = origin if len(mocks) == 1 else f"{origin}/{mock.slug}"
        write_line((plain(mock.collection.name), "bold"), f"  {plain(str(mock.file))}")
        found = mock.routes()
        width = max((len(route.method) for route in found), default=0)
        for route in found:
            write_line(*_route(route, base, width))
        for dropped in mock.dropped:
            why = f"left out: {plain(dropped.where)}: {plain(dropped.why)}"
            write_line(("  " + why, _WARN))
        if not found:
            hint = (
                "answers nothing: it has no saved examples; save some in Postman and export again"
            )
            write_line(("  " + hint, _WARN))
    write_line((f"Listening on {origin}, Ctrl-C stops", _DIM))


def _route(route: "Route", base: str, width: int) -> tuple[Segment, ...]:
    method = plain(route.method).ljust(width)
    url = base + route.target
    # Terminals end a link at a brace; the link itself has them encoded, wildcards stay readable.
    link = "link " + quote(url, safe="/?&=%:@!$'()*+,;~")
    names = (_names(route.examples), _DIM)
    return ("  ", (method, _METHOD), " ", (plain(url), link), "  ", names)


def _names(examples: Iterable[Example]) -> str:
    return ", ".join(_name(example) for example in examples)


def _name(example: Example) -> str:
    code, name = str(example.code), plain(example.name)
    return name if name.startswith(code) else f"{code} {name}".rstrip()


# --- calls ---------------------------------------------------------------------------


def call(call: Call, prefix: str = "") -> None:
    """One call on one line: local time, method, path, status and what answered.

    `prefix` stands before the path, where a mock server is not at the root.
    """
    write_line(
        (call.served_at.astimezone().strftime("%H:%M:%S"), _DIM),
        f" {plain(call.method)} {prefix}{plain(call.path)} ",
        (str(call.status_code), _BAD if call.type == "error" else _GOOD),
        f" {plain(call.response_name)}",
    )


def call_as_json(call: Call) -> None:
    """One call as a JSON object on one line, shaped like a row of the API's call logs."""
    row = {
        "id": call.id,
        "responseName": _encodable(call.response_name),
        "servedAt": call.served_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "request": {"method": _encodable(call.method), "path": _encodable(call.path)},
        "response": {"type": call.type, "statusCode": call.status_code},
        "postiche": {"example": call.example, "score": call.score}
        if call.why is None
        else {"nearest": call.nearest, "why": _encodable(call.why)},
    }
    write_line(orjson.dumps(row).decode())


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


# --- postiche serve ------------------------------------------------------------------


def started(server: "Started") -> None:
    """Where a server answers, its key if it is to be shown, and the demo's three commands."""
    write_line(("Postman API  ", "bold"), server.api_url)
    write_line(("Mock servers ", "bold"), server.mock_url("<mock id>"))
    _key(server)
    if server.demo_url is not None:
        _demo(server, server.demo_url)
    write_line(("Ctrl-C stops", _DIM))


def _key(server: "Started") -> None:
    """The key in full if it was made just now, or for the demo; never one of the environment."""
    key = server.key
    if server.settings.api_key is not None:
        return
    where = _whereabouts(key)
    shown = key.text if key.file is None or server.demo_url is not None else None
    told = ", ".join(part for part in (shown, where) if part)
    if told:
        write_line(("API key      ", "bold"), told)
    if key.made and key.file is None:
        write_line(("             Keep it: it is shown only now.", _WARN))


def _whereabouts(key: "FirstKey") -> str:
    if key.file is None:
        return ""
    return f"{'written to' if key.made else 'in'} {plain(str(key.file))}"


def _demo(server: "Started", mock_url: str) -> None:
    key = server.key.text
    header = '"x-api-key: $POSTICHE_API_KEY"' if key is None else shlex.quote(f"x-api-key: {key}")
    write_line(("Demo mock    ", "bold"), mock_url)
    write_line("Try:")
    for target in ("collections", "mocks"):
        write_line(f"  curl -H {header} {server.api_url}/{target}")
    write_line(f"  curl {shlex.quote(mock_url + '/get?test=123')}")


# --- postiche keys and users ---------------------------------------------------------


def keys(found: Sequence[tuple[ApiKey, str]]) -> None:
    """One key per line, in columns, with the name of its user."""
    _columns(
        ("ID", "NAME", "USER", "HINT", "CREATED", "EXPIRES", "LAST USED"),
        [(key.id, key.name, user, key.hint, *map(_moment, _times(key))) for key, user in found],
    )


def _times(key: ApiKey) -> tuple[datetime | None, ...]:
    return key.created_at, key.expires_at, key.last_used_at


def users(found: Sequence[User]) -> None:
    """One user per line, in columns."""
    _columns(
        ("ID", "NAME", "ROLE", "EMAIL"), [(str(u.id), u.username, u.role, u.email) for u in found]
    )


def _moment(time: datetime | None) -> str:
    return "never" if time is None else time.isoformat(timespec="seconds")


def _columns(head: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    rows = [head, *([plain(cell) for cell in row] for row in body)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        write_line("  ".join(cells))
