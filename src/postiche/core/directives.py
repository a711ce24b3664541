"""The `x-mock-*` request headers, read once.

Knows their names, forms and precedence over the config (behaviour A.1.3, A.4,
A.5, B.4). Must not know what the matcher makes of them.
"""

from dataclasses import dataclass

from postiche.model import MockConfig, Request

PREFIX = "x-mock-"
DELAY_RANGE = range(1, 180_001)
"""Milliseconds that `x-mock-response-delay` may ask for; anything else is ignored (B.4)."""

EXAMPLE_CONTROLS: frozenset[str] = frozenset()
"""Saved response headers that steer their own example, lower case. So far none does: all that
begin with PREFIX are left out of replies, and the lint says so."""

UNKNOWN_CODE = -1
"""A malformed `x-mock-response-code`: it matches no example (A.2)."""


@dataclass(frozen=True, slots=True)
class Directives:
    """What a request, over the mock's config, asks of the matcher."""

    code: int | None = None
    id: str | None = None
    name: str | None = None
    match_headers: frozenset[str] = frozenset()
    match_body: bool = False


def is_steered(request: Request) -> bool:
    """Whether a request has any `x-mock-*` header, known or not."""
    for name, _ in request.headers:  # noqa: SIM110 - any() takes three times as long here
        if PREFIX in name and name.startswith(PREFIX):  # "in" is the quicker one
            return True
    return False


def listed_headers(config: MockConfig) -> frozenset[str]:
    """The headers that the config itself wants matched, in lower case."""
    return _lowered(config.headers if config.match_header else ())


def read_directives(config: MockConfig, request: Request) -> Directives:
    """The directives of a request; what a header leaves open the config decides."""
    if not is_steered(request):
        return Directives(match_headers=listed_headers(config), match_body=config.match_body)
    listed = request.header("x-mock-match-request-headers")
    return Directives(
        code=_code(request.header("x-mock-response-code")),
        id=_stripped(request.header("x-mock-response-id")),
        name=_name(request.header("x-mock-response-name")),
        match_headers=listed_headers(config) if listed is None else _lowered(listed.split(",")),
        match_body=_flag(request.header("x-mock-match-request-body"), config.match_body),
    )


def delay_ms(config: MockConfig, request: Request) -> int:
    """How long to wait before the reply, in milliseconds; the header wins over the config."""
    asked = _number(request.header("x-mock-response-delay"))
    if asked in DELAY_RANGE:
        return asked
    return config.delay.duration if config.delay is not None else 0


def _lowered(names: tuple[str, ...] | list[str]) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in names if name.strip())


def _code(value: str | None) -> int | None:
    return None if value is None else _number(value)


def _number(value: str | None) -> int:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else UNKNOWN_CODE


def _stripped(value: str | None) -> str | None:
    return None if value is None else value.strip()


def _name(value: str | None) -> str | None:
    return None if value is None else sent_text(value).strip()


def sent_text(value: str) -> str:
    """A header value as its sender meant it: UTF-8 beyond ASCII arrives read as Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _flag(value: str | None, default: bool) -> bool:
    return {"true": True, "false": False}.get((value or "").strip().lower(), default)
