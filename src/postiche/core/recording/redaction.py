"""Secrets taken out of what is recorded.

Knows which headers carry secrets, and how they show in saved requests and
examples. Must not know how an exchange becomes an example.

Two passes. First what stands in a place for secrets is replaced: headers,
cookies, and the fields and query keys that were named. Then every text that
was found there is replaced wherever else it occurs, for services echo what
they are sent and hand out tokens that are used later.
"""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from postiche.core.bodies import SentBody
from postiche.core.query import first_values
from postiche.model import Exchange, Headers, Request

REDACTED = "REDACTED"
"""What stands for a secret."""

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
"""Request headers whose values are never recorded, in either direction."""

SHORTEST = 8
"""Characters of a secret that is looked for everywhere; a shorter one would be found in words."""

_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:\s*+)?', re.DOTALL)
_COOKIE_VALUE = re.compile(r"(=)([^;]*)")
_AS_THEY_ARE = frozenset({"id", "key", "mode", "method", "type"})
"""Properties of a saved request or example that hold no text of the exchange."""


class Redaction:
    """What is secret, by name as configured and by text as met so far."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.strip().lower() for name in names if name.strip())
        self._secrets: set[str] = set()

    # what is learnt from an exchange

    def learn(self, exchange: Exchange, reply_text: str) -> bool:
        """Note the secrets of an exchange as it went over the wire; whether any is new."""
        request, reply = exchange.request, exchange.reply
        query = first_values(request.target.partition("?")[2])
        found = [
            *self._in_headers(request.headers),
            *self._in_headers(reply.headers),
            *(value for name, value in query.items() if self._named(name)),
            *self._in_body(request),
            *self._in_json(reply_text),
        ]
        forms = {form for secret in found for form in _forms(secret) if len(form) >= SHORTEST}
        new = forms - self._secrets - {REDACTED}
        self._secrets |= new
        return bool(new)

    def _in_headers(self, headers: Headers) -> Iterator[str]:
        for name, value in headers:
            if name == "cookie":
                yield from (pair.partition("=")[2].strip().strip('"') for pair in value.split(";"))
            elif name == "set-cookie":
                yield value.partition(";")[0].partition("=")[2].strip().strip('"')
            elif name in SECRET_HEADERS or self._named(name):
                yield value
                yield from _credentials(value)

    def _in_body(self, request: Request) -> Iterator[str]:
        body = SentBody(request)
        yield from (value for name, value in body.fields or () if self._named(name))
        yield from self._in_json(request.body.decode("utf-8", "replace"))

    def _in_json(self, text: str) -> Iterator[str]:
        for start, end in self._json_values(text):
            try:
                value = json.loads(text[start:end])
            except (ValueError, RecursionError):
                continue
            if isinstance(value, str):
                yield value

    # what is taken out

    def headers(self, entries: Iterable[dict[str, Any]]) -> None:
        """Replace the values of saved headers that carry secrets."""
        for entry in entries:
            name = str(entry.get("key", "")).lower()
            if name == "set-cookie":
                entry["value"] = _COOKIE_VALUE.sub(rf"\1{REDACTED}", str(entry["value"]), count=1)
            elif name in SECRET_HEADERS or self._named(name):
                entry["value"] = REDACTED

    def fields(self, entries: Iterable[dict[str, Any]]) -> None:
        """Replace the values of query parameters or form fields that were named."""
        for entry in entries:
            if self._named(unquote(str(entry.get("key") or ""))) and entry.get("value"):
                entry["value"] = REDACTED

    def json_text(self, text: str) -> str:
        """JSON text with the values of named fields replaced; all else stays as it is written."""
        pieces, done = [], 0
        for start, end in self._json_values(text):
            pieces += [text[done:start], f'"{REDACTED}"']
            done = end
        return "".join([*pieces, text[done:]])

    def everywhere(self, node: Any) -> Any:
        """A saved request or example without the secrets met so far, wherever they stand."""
        if isinstance(node, str):
            return self.text(node)
        if isinstance(node, list):
            return [self.everywhere(each) for each in node]
        if isinstance(node, dict):
            return {
                key: value if key in _AS_THEY_ARE else self.everywhere(value)
                for key, value in node.items()
            }
        return node

    def text(self, text: str) -> str:
        """Text without the secrets met so far; a secret within another one goes with it."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, REDACTED)
        return text

    def _named(self, name: str) -> bool:
        return name.lower() in self._names

    def _json_values(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the values of named fields begin and end in a JSON text, outermost first."""
        if not self._names or text.lstrip()[:1] not in ("{", "["):
            return
        decoder, at = json.JSONDecoder(), 0
        while (at := text.find('"', at)) >= 0 and (found := _STRING.match(text, at)):
            at = found.end()
            if found[2] is None or not self._named(_unescaped(found[1])):
                continue
            try:
                _, at = decoder.raw_decode(text, found.end())
            except (ValueError, RecursionError):
                at = len(text)  # no end of the value can be told, so nothing after it is kept
            yield found.end(), at


def _unescaped(name: str) -> str:
    try:
        return str(json.loads(f'"{name}"', strict=False))
    except ValueError:
        return name


def _credentials(value: str) -> Iterator[str]:
    """What stands behind a scheme such as Bearer, and what Basic hides (RFC 9110, 11.4)."""
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    yield rest
    if scheme.lower() == "basic":
        try:
            plain = b64decode(rest, validate=True).decode()
        except (Base64Error, UnicodeError):
            return
        yield plain
        yield plain.partition(":")[2]


def _forms(secret: str) -> Iterator[str]:
    """The ways in which a secret may be written: plain, percent-encoded, as JSON, and as JSON
    within JSON, which is how a service echoes a body."""
    if len(secret) < SHORTEST:
        return
    yield from (secret, quote(secret, safe=""), unquote(secret))
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield from (once, json.dumps(once, ensure_ascii=ascii_only)[1:-1])
