"""From a saved response to a reply that can be sent.

Knows which saved headers survive, what Postman adds, and how the body is
encoded (behaviour B.2). Must not know requests: what depends on one stays a
template until `render.py` expands it.
"""

import re
from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from typing import NamedTuple

from postiche.core.directives import PREFIX
from postiche.core.errors import CORS
from postiche.core.templates import (
    Capture,
    Dynamic,
    EncodedTemplate,
    Helper,
    Slot,
    Template,
    compile_template,
    encoded,
)
from postiche.core.variables import Scope
from postiche.model import Example, Headers, Reply, ServerResponse

NEVER_SENT = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)
"""Saved headers that would break a reply: the connection's own, and the length and encoding of
a body that is stored as plain text (behaviour B.2)."""

DEFAULT_TYPE = "text/html; charset=utf-8"
"""What Express, and so Postman, says of text without a usable Content-Type (B.2, #11593)."""

LANGUAGES = {
    "json": "application/json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "javascript": "application/javascript; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
"""The Content-Type of a server response that names a language but has no such header."""

BODILESS = frozenset({204, 205, 304})
"""Statuses that never carry a body (RFC 9110, 15.3.5, 15.3.6, 15.4.5)."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+\s*(;.*)?", re.ASCII | re.DOTALL)
_CHARSET = re.compile(r";\s*charset\s*=\s*([^;]*)", re.IGNORECASE)
_TEXTUAL = re.compile(r"text/|(application/(javascript|json)|[^;]*\+json)\s*(;|$)")


@dataclass(frozen=True, slots=True)
class OpenReply:
    """A saved response with slots that a request fills.

    `with_body` and `without` are the headers for when there is a body and for
    when there is none; both None if headers have slots themselves, as `saved`.
    """

    status: int
    saved: tuple[tuple[str, Template], ...]
    body: EncodedTemplate
    with_body: "CompletedHeaders | None"
    without: "CompletedHeaders | None"

    def filled(self, value: Callable[[Slot], str | None]) -> Reply:
        """The reply with every slot filled."""
        if self.with_body is None or self.without is None:
            headers = tuple((name, template.expand(value)) for name, template in self.saved)
            return _reply(self.status, headers, self.body.expand(value), completed_headers)
        body = b"" if self.status in BODILESS else self.body.expand(value)
        headers, tagged = self.with_body if body else self.without
        return Reply(self.status, (*headers, ("etag", etag(body))) if tagged else headers, body)


@dataclass(frozen=True, slots=True)
class PreparedReply:
    """A saved response made ready when the plan is compiled.

    `made` is the whole reply if no request can change it, else one with slots.
    With `by_target` nothing of a request but its target can change it, and
    neither can time or chance; with `by_chance` these can, with `by_headers`
    the request's headers.
    """

    made: Reply | OpenReply
    by_target: bool = True
    by_chance: bool = False
    by_headers: bool = False

    @property
    def fixed(self) -> Reply | None:
        """The reply that no request can change."""
        return self.made if isinstance(self.made, Reply) else None


class CompletedHeaders(NamedTuple):
    """The headers of a reply but for the ETag of its body; `tagged` says whether one follows."""

    headers: Headers
    tagged: bool


Complete = Callable[[int, Headers, bool], CompletedHeaders]
"""`completed_headers`, or the same with a memory: most examples of a collection share headers."""


def prepare_reply(
    example: Example,
    scope: Scope,
    captured: frozenset[str],
    complete: Complete | None = None,
) -> PreparedReply:
    """The reply of an example; `captured` names the wildcards of its path."""
    complete = complete or completed_headers
    status = example.code
    headers = tuple(
        (scope.fill(name), compile_template(value, scope, captured))
        for name, value in example.headers
    )
    body = compile_template(example.body, scope, captured)
    fixed = tuple((name, value.fixed) for name, value in headers if value.fixed is not None)
    settled = len(fixed) == len(headers)
    if settled and body.fixed is not None:
        return PreparedReply(_reply(status, fixed, _utf8(body.fixed), complete))
    slots = [*body.slots, *(slot for _, value in headers for slot in value.slots)]
    made = OpenReply(
        status,
        headers,
        encoded(body),
        complete(status, fixed, True) if settled else None,
        complete(status, fixed, False) if settled else None,
    )
    return PreparedReply(
        made,
        by_target=all(map(_is_of_target, slots)),
        by_chance=any(isinstance(slot, Dynamic) for slot in slots),
        by_headers=any(isinstance(slot, Helper) and slot.name == "headers" for slot in slots),
    )


def _is_of_target(slot: Slot) -> bool:
    if isinstance(slot, Helper):
        return slot.name in ("queryParams", "pathSegments")
    return isinstance(slot, Capture)


def server_response_reply(response: ServerResponse) -> Reply:
    """The reply of an active server response (behaviour B.4)."""
    headers = response.headers
    language = LANGUAGES.get(response.language or "")
    if language and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("content-type", language))
    return finished(response.status_code, headers, response.body)


def finished(status: int, saved: Headers, text: str) -> Reply:
    """A reply from a status, saved headers and body text: cleaned, completed, encoded."""
    return _reply(status, saved, _utf8(text), completed_headers)


def _reply(status: int, saved: Headers, body: bytes, complete: Complete) -> Reply:
    body = b"" if status in BODILESS else body
    headers, tagged = complete(status, saved, bool(body))
    return Reply(status, (*headers, ("etag", etag(body))) if tagged else headers, body)


def completed_headers(status: int, saved: Headers, has_body: bool) -> CompletedHeaders:
    """The headers of a reply, cleaned and completed.

    Names come out in lower case. All else that can be sent keeps its order
    and its repeats (behaviour B.2, Set-Cookie).
    """
    headers = [pair for name, value in saved if (pair := _clean(name, value)) is not None]
    if status in BODILESS:
        headers = [(name, value) for name, value in headers if name != "content-type"]
    else:
        headers = _with_type(headers, has_body)
    names = {name for name, value in headers}
    if "access-control-allow-origin" not in names:
        headers.append(CORS)
    return CompletedHeaders(tuple(headers), has_body and "etag" not in names)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def etag(body: bytes) -> str:
    """The weak tag that Express gives a body: its length in hex and SHA-1 (B.2)."""
    digest = b2a_base64(sha1(body, usedforsecurity=False).digest())
    return f'W/"{len(body):x}-{str(digest[:27], "ascii")}"'


def _clean(name: str, value: str) -> tuple[str, str] | None:
    """A saved header fit to send, or None for one that must not or cannot be sent."""
    name = name.strip().lower()
    value = _CONTROL.sub("", value).strip()
    if name in NEVER_SENT or name.startswith(PREFIX) or not _NAME.fullmatch(name):
        return None
    if name == "access-control-allow-origin" and not value:
        return None  # an empty origin would undo the CORS that every mock has (B.2)
    return name, value


def _with_type(headers: list[tuple[str, str]], needed: bool) -> list[tuple[str, str]]:
    """The headers with one Content-Type that fits the body, where the saved one stood."""
    saved = [value for name, value in headers if name == "content-type"]
    if not saved:
        return [*headers, ("content-type", DEFAULT_TYPE)] if needed else headers
    replaced = ("content-type", content_type(saved[0]))
    first = next(i for i, (name, _) in enumerate(headers) if name == "content-type")
    rest = [pair for pair in headers[first + 1 :] if pair[0] != "content-type"]
    return [*headers[:first], replaced, *rest]


def content_type(saved: str) -> str:
    """The Content-Type to send for a saved one (behaviour B.2).

    An invalid one becomes Express' default; text and JSON without a charset
    gain it; any other charset becomes UTF-8, which the body is sent in.
    """
    if not _TYPE.fullmatch(saved):
        return DEFAULT_TYPE
    charset = _CHARSET.search(saved)
    if charset is None:
        return f"{saved}; charset=utf-8" if _TEXTUAL.match(saved.lower()) else saved
    if charset[1].strip(' \t"').lower() in ("utf-8", "utf8"):
        return saved
    return saved[: charset.start()] + "; charset=utf-8" + saved[charset.end() :]
