"""Values in examples that look like real credentials.

Knows where requests and responses carry them and what common ones look like.
Must not know what becomes of a finding; it never repeats more of a value than
its first characters.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from postiche.core.urls import TOKEN
from postiche.model import Example

HEADERS = {
    *("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey"),
    *("x-auth-token", "x-access-token", "x-amz-security-token", "x-csrf-token"),
}
"""Request headers that carry credentials, lower case."""

PARAMETERS = {
    *("access_token", "api_key", "api-key", "apikey", "auth_token", "client_secret", "password"),
    *("refresh_token", "secret", "sig", "token"),
}
"""Query parameters and form fields that do, lower case."""

LEAST = 12
"""Characters of the shortest value that is taken for a real one."""

_KNOWN = {
    "AKIA": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "AIza": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "gh": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    "glpat-": re.compile(r"\bglpat-[0-9A-Za-z_-]{20,100}"),
    "_live_": re.compile(r"\b[rs]k_live_[0-9A-Za-z]{16,255}\b"),
    "xox": re.compile(r"\bxox[abeprs]-[0-9A-Za-z-]{10,255}"),
    "PMAK-": re.compile(r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b"),
    "eyJ": re.compile(
        r"\beyJ[A-Za-z0-9_-]{10,4096}\.eyJ[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10,2048}"
    ),
    "PRIVATE KEY": re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
}
"""Credentials that are known by their form, by a text that each of them holds."""

_WORD = re.compile(r"[A-Za-z0-9+/=_.~-]+")
_PLACEHOLDER = re.compile(
    r"your|example|sample|dummy|test|fake|insert|replace|secret|token|password|xxx|\.\.\.|abc123",
    re.IGNORECASE,
)


def credentials(example: Example) -> Iterator[tuple[str, str]]:
    """Where an example has what looks like a credential, and how the value begins."""
    for name, value in example.request_headers:
        if name.lower() in HEADERS and (found := real_part(value)):
            yield f"the request header {name[:60]}", shown_start(found)
    for name, value in _fields(example):
        if name.lower() in PARAMETERS and (found := real_part(value)):
            yield f"the parameter {name[:60]}", shown_start(found)
    for where, text in _texts(example):
        if found := known_form(text):
            yield where, shown_start(found)


def real_part(value: str) -> str | None:
    """The part of a value that looks like a real credential; None for variables and placeholders.

    Real ones are long and mix letters with digits; `<API key>` does not.
    """
    if TOKEN.search(value) or "<" in value:
        return None
    for word in _WORD.findall(value):
        mixed = any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
        if len(word) >= LEAST and mixed and _varied(word) and not _PLACEHOLDER.search(word):
            return str(word)
    return None


def known_form(text: str) -> str | None:
    """The first credential in a text that is known by its form."""
    for mark, form in _KNOWN.items():
        if mark in text and (found := form.search(text)) and _varied(found[0]):
            return found[0]
    return None


def shown_start(value: str) -> str:
    """As much of a credential as tells its owner which one it is."""
    return f"{value[:4]}…"


def _varied(value: str) -> bool:
    """Whether it is more than a few characters repeated, as 00000000 is."""
    return len(set(value)) >= 8


def _fields(example: Example) -> Iterator[tuple[str, str]]:
    for piece in example.url.partition("?")[2].split("&"):
        name, _, value = piece.partition("=")
        yield name, unquote(value)
    if example.request_body is not None:
        yield from example.request_body.fields


def _texts(example: Example) -> Iterator[tuple[str, str]]:
    if example.request_body is not None:
        yield "the request body", example.request_body.text
    yield "the response body", example.body
    for name, value in example.headers:
        yield f"the response header {name[:60]}", value
