"""What the servers are asked to do: routes, replies and requests, the same for every server.

Knows HTTP requests as bytes. Must not know any server, nor how load is made.
"""

import json
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final, Literal

REPLY_BYTES: Final = 180
ROUTES: Final = 100
CANDIDATES: Final = 50
CAPTURE: Final = "@id@"
"""Stands in a path for the segment that is captured, and in a reply for what was captured."""
COUNTER: Final = b"\x01"
"""Stands in a request for a number that is another one in every request sent."""
FIRST_NUMBER: Final = 1_000_000
"""Where the numbers begin, so that they keep their length for a long time."""

Kind = Literal["static", "wildcard", "body", "text"]
"""What choosing takes: the path, a piece of it, a body equal as JSON, or a body equal as text."""

BROWSER: Final = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: en-US,en;q=0.5",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Connection: keep-alive",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: none",
)


@dataclass(frozen=True, slots=True)
class Route:
    """One saved example: the request it is for, and the reply. CAPTURE may stand in path and reply.

    `sent` is the JSON body by which it is chosen, empty for a GET; `saved` is
    how the example has it, which may be laid out differently.
    """

    path: str
    reply: str
    method: str = "GET"
    sent: str = ""
    saved: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """Examples that a server holds, and how they are asked for.

    `asked` are the examples that requests are for, in turn. `extra` are header
    lines of every request; COUNTER may stand in them and in `query`.
    """

    name: str
    kind: Kind
    routes: tuple[Route, ...]
    asked: tuple[Route, ...]
    extra: tuple[str, ...] = ()
    query: str = ""


def static(name: str = "static", *, extra: tuple[str, ...] = (), query: str = "") -> Work:
    """Literal GET routes."""
    routes = literal_routes(ROUTES)
    return Work(name, "static", routes, routes, extra, query)


def spread(count: int) -> Work:
    """A collection of `count` examples, of which ROUTES are asked for, evenly spread."""
    routes = literal_routes(count)
    asked = tuple(routes[n * count // ROUTES] for n in range(ROUTES))
    return Work(f"{count:,} examples", "static", routes, asked)


def wildcard() -> Work:
    """GET routes with an id in the path that the reply repeats."""
    routes = tuple(
        Route(f"/{place}/{CAPTURE}/orders", _reply(place, CAPTURE)) for place in _places(ROUTES)
    )
    return Work("wildcard", "wildcard", routes, routes)


def body() -> Work:
    """A POST route with as many examples as CANDIDATES, told apart by their JSON body alone.

    They were saved indented, as Postman's editor does, and are sent without a space.
    """
    return _candidates("body", indent=2)


def text() -> Work:
    """The same with bodies that are saved byte for byte as they are sent."""
    return _candidates("text", indent=None)


def _candidates(kind: Kind, indent: int | None) -> Work:
    rest = literal_routes(ROUTES - CANDIDATES)
    candidates = []
    for place in _places(CANDIDATES):
        sent = _json(_order(place))
        saved = sent if indent is None else json.dumps(_order(place), indent=indent)
        candidates.append(Route("/orders", _reply(place, "order"), "POST", sent, saved))
    return Work(kind, kind, (*rest, *candidates), tuple(candidates))


def literal_routes(count: int) -> tuple[Route, ...]:
    """That many GET routes, each with a reply of its own."""
    return tuple(Route(f"/items/{place}", _reply(place, "item")) for place in _places(count))


def requests(work: Work, prefix: str = "") -> list[bytes]:
    """The requests in the order in which they are sent; COUNTER may stand in them."""
    return [request(route, prefix, work.extra, work.query) for route in work.asked]


def request(route: Route, prefix: str, extra: tuple[str, ...] = (), query: str = "") -> bytes:
    """One request as it goes over the wire."""
    path = prefix + route.path.replace(CAPTURE, COUNTER.decode()) + query
    lines = [f"{route.method} {path} HTTP/1.1", "Host: 127.0.0.1", *extra]
    if route.sent:
        lines += ["Content-Type: application/json", f"Content-Length: {len(route.sent)}"]
    return "\r\n".join((*lines, "", route.sent)).encode("ascii")


def numbered(request: bytes, number: int) -> bytes:
    """A request with the number in the place of every COUNTER."""
    return request.replace(COUNTER, str(number).encode("ascii"))


def expected(route: Route, number: int) -> bytes:
    """The body of the reply to a request with that number."""
    return route.reply.replace(CAPTURE, str(number)).encode("ascii")


def _reply(place: str, what: str) -> str:
    """JSON of REPLY_BYTES once a number has taken the place of a CAPTURE."""
    missing = REPLY_BYTES - len(_json({"id": what, "place": place, "text": ""}))
    if what == CAPTURE:
        missing -= len(str(FIRST_NUMBER)) - len(CAPTURE)
    return _json({"id": what, "place": place, "text": "x" * missing})


def _order(place: str) -> dict[str, object]:
    """What makes some 200 bytes of JSON; `order` alone is another one in each."""
    lines = [{"sku": f"{place}-{size}", "count": size, "price": 12.5} for size in (1, 2, 3)]
    customer = {"name": "Carol Jones", "city": "Bristol"}
    return {"order": place, "customer": customer, "express": True, "lines": lines}


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _places(count: int) -> list[str]:
    """That many distinct names: letters only, because digits look like ids to some servers."""
    width = 2
    while len(ascii_lowercase) ** width < count:
        width += 1
    return [_place(number, width) for number in range(count)]


def _place(number: int, width: int) -> str:
    letters = ""
    for _ in range(width):
        number, letter = divmod(number, len(ascii_lowercase))
        letters = ascii_lowercase[letter] + letters
    return letters
