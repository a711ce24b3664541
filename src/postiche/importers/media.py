"""Bodies: which media type to show, and a value as text of that type.

Knows JSON, XML and plain text. Must not know schemas or operations.
"""

import re
from typing import Any
from xml.sax.saxutils import escape

import orjson

from postiche.importers.document import DocumentError, as_object
from postiche.importers.options import Indent

_JSON = re.compile(r"application/json|[^;]*[/+]json", re.IGNORECASE)
_XML = re.compile(r"(?:application|text)/xml|[^;]*\+xml", re.IGNORECASE)
_LANGUAGES = {"text/html": "html", "application/javascript": "javascript"}
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.-]")

_INEXPRESSIBLE = "The definition holds an example that is nested too deeply."

URLENCODED = "application/x-www-form-urlencoded"
FORMDATA = "multipart/form-data"


def chosen(content: object) -> tuple[str, dict[str, Any]] | None:
    """The media type to show of a `content` object: JSON if there is any, else the first."""
    offered = as_object(content)
    names = sorted(offered, key=lambda name: not is_json(name))
    return (names[0], as_object(offered[names[0]])) if names else None


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON, or a format that is written in JSON."""
    return bool(_JSON.match(media_type))


def plain(media_type: str) -> str:
    """A media type without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def language(media_type: str) -> str:
    """How Postman highlights a body of this type."""
    if is_json(media_type):
        return "json"
    return "xml" if _XML.match(media_type) else _LANGUAGES.get(plain(media_type), "text")


def written(value: Any, media_type: str, indent: Indent, name: str = "") -> str:
    """A value as a body; `name` is the outermost element where that is XML.

    Text is taken as it is, except that JSON bodies quote it, unless it holds
    JSON already. Raises DocumentError if the value is nested too deeply.
    """
    if isinstance(value, str) and not (is_json(media_type) and not _holds_json(value)):
        return value
    if _XML.match(media_type) and value is not None:
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + _element(name or "element", value, 0)
    return written_json(value, indent)


def _holds_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def written_json(value: Any, indent: Indent = "Space") -> str:
    """A value as JSON over several lines. Raises DocumentError if it is nested too deeply."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:
        raise DocumentError(_INEXPRESSIBLE) from None
    if indent == "Space":
        return text
    return re.sub(r"^(?:  )+", lambda spaces: "\t" * (len(spaces[0]) // 2), text, flags=re.M)


def scalar(value: Any) -> str:
    """A value as it stands in a URL, a header or a form field."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        raise DocumentError(_INEXPRESSIBLE) from None


def _element(name: str, value: Any, level: int) -> str:
    if level > 100:
        raise DocumentError(_INEXPRESSIBLE)
    name = _NOT_A_NAME.sub("_", name)
    name = name if re.match("[A-Za-z_]", name) else f"_{name}"
    margin = "  " * level
    if isinstance(value, list):
        return "\n".join(_element(name, each, level) for each in value) or f"{margin}<{name}/>"
    if isinstance(value, dict):
        inner = "\n".join(_element(key, each, level + 1) for key, each in value.items())
        return f"{margin}<{name}>\n{inner}\n{margin}</{name}>" if inner else f"{margin}<{name}/>"
    text = "" if value is None else escape(scalar(value))
    return f"{margin}<{name}>{text}</{name}>"
