"""Saved URLs: from Postman's parts to text, and from text to path and query.

Knows the `url` object of the Collection format (behaviour D) and how the
Collection SDK puts it together (behaviour A.3). Must not know variables'
values, plans or requests.
"""

import re
from typing import Any, NamedTuple

from postiche.core.scalars import text

TOKEN = re.compile(r"\{\{([^{}]*)\}\}")
"""A `{{variable}}` as the Collection SDK finds it: the innermost braces."""

MAX_URL = 65_536
"""Characters of a saved URL; a longer one cannot be called, and would fill the index."""

_SCHEME = re.compile(r"[^/?#]*://")
"""Also a scheme that is a variable: `{{protocol}}://host/path`."""

_DELIMITERS = "/?#%:&=+"
_HIDE = {ord(c): 0xE000 + i for i, c in enumerate(_DELIMITERS)}
_SHOW = {0xE000 + i: c for i, c in enumerate(_DELIMITERS)}


class SplitUrl(NamedTuple):
    """The path, starting with "/", and the query text of a URL.

    Delimiters inside `{{...}}` are hidden so that a variable's name cannot
    split the URL; `shown` brings them back.
    """

    path: str
    query: str


def url_text(url: str | dict[str, Any]) -> str:
    """The text of a saved URL; of an object the parts count, not `raw`, which may disagree.

    `raw` stands in only where there are no parts at all (hand-written files).
    """
    if isinstance(url, str):
        return url
    path, query = _path(url), _query(url.get("query"))
    host = _joined(url.get("host"), ".")
    if not (path or query or host):
        return url["raw"] if isinstance(url.get("raw"), str) else ""
    scheme = f"{url['protocol']}://" if isinstance(url.get("protocol"), str) and host else ""
    port = f":{text(url['port'])}" if url.get("port") else ""
    return scheme + host + port + path + query


def split_url(url: str) -> SplitUrl:
    """Path and query of a URL text whose known variables are filled in; the host is dropped.

    Unresolved `{{variables}}` may stand anywhere, the host included. A text
    that starts with "/" has no host.
    """
    hidden = url.strip()
    if "{{" in hidden:
        hidden = TOKEN.sub(lambda token: token[0].translate(_HIDE), hidden)
    scheme = _SCHEME.match(hidden)
    rest = hidden[scheme.end() if scheme else 0 :].partition("#")[0]
    before_query, _, query = rest.partition("?")
    _, slash, path = before_query.partition("/")
    return SplitUrl(slash + path or "/", query)


def shown(part: str) -> str:
    """Text from a SplitUrl with the delimiters inside its variables back in place."""
    return part.translate(_SHOW)


def _joined(part: object, separator: str) -> str:
    if isinstance(part, list):
        return separator.join(_piece(piece) for piece in part)
    return part if isinstance(part, str) else ""


def _piece(piece: object) -> str:
    """A host or path piece: a string, or an object {type, value} (Collection v2.1, url.path)."""
    if isinstance(piece, str):
        return piece
    return text(piece.get("value") if isinstance(piece, dict) else piece)


def _path(url: dict[str, Any]) -> str:
    path = url.get("path")
    if isinstance(path, str):
        pieces = path.removeprefix("/").split("/") if path else []
    elif isinstance(path, list):
        pieces = [_piece(piece) for piece in path]
    else:
        pieces = []
    whole = "/".join(["", *pieces])
    if ":" not in whole:
        return whole
    values = _path_variables(url.get("variable"))
    return "".join("/" + _filled(piece, values) for piece in pieces)


def _path_variables(saved: object) -> dict[str, str]:
    """The non-empty values of `:name` path variables (behaviour A.3)."""
    return {
        name: value
        for entry in (saved if isinstance(saved, list) else ())
        if isinstance(entry, dict)
        and (name := text(entry.get("key") or entry.get("id")))
        and (value := _piece(entry))
        and not entry.get("disabled")
    }


def path_variable(segment: str) -> tuple[str, str] | None:
    """Name and suffix of a path variable segment: `:id.json` is ("id", ".json")."""
    if not segment.startswith(":") or len(segment) == 1:
        return None
    name, dot, suffix = segment[1:].partition(".")
    return (name, dot + suffix) if name else None


def _filled(segment: str, values: dict[str, str]) -> str:
    variable = path_variable(segment)
    if variable is None or (value := values.get(variable[0])) is None:
        return values.get(segment[1:], segment) if segment.startswith(":") else segment
    return value + variable[1]


def _query(saved: object) -> str:
    """The enabled query parameters as text; a null value is a key without "=" (behaviour D)."""
    if isinstance(saved, str):
        return "?" + saved if saved else ""
    pairs = [
        _pair(entry)
        for entry in (saved if isinstance(saved, list) else ())
        if isinstance(entry, dict) and not entry.get("disabled")
    ]
    return "?" + "&".join(pairs) if pairs else ""


def _pair(entry: dict[str, Any]) -> str:
    key = _escaped(_piece({"value": entry.get("key")}), "&#=")
    value = entry.get("value")
    return key if value is None else f"{key}={_escaped(_piece(entry), '&#')}"


def _escaped(part: str, delimiters: str) -> str:
    """Percent-encode delimiters that would cut a part apart, but not inside a variable."""
    if not any(delimiter in part for delimiter in delimiters):
        return part
    outside = TOKEN.sub(lambda token: token[0].translate(_HIDE), part)
    for delimiter in delimiters:
        outside = outside.replace(delimiter, f"%{ord(delimiter):02X}")
    return shown(outside)
