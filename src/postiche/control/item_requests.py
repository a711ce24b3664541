"""Requests inside an item or an example: the fields of v1, the object of v2.1.

Knows both shapes of a request without its name and place (behaviour C.2, D).
Must not know items, ids or the store.
"""

from typing import Any

from postiche.control.item_urls import V1_NAMES as URL_NAMES
from postiche.control.item_urls import disabled_form, enabled_form, v1_url, v21_url

_MODES = {
    "raw": "raw",
    "urlencoded": "urlencoded",
    "formdata": "formdata",
    "params": "formdata",
    "binary": "file",
    "file": "file",
    "graphql": "graphql",
}
"""v1's `dataMode` and what v2.1 calls it; both of v1's names for form data occur."""

_V1_MODES = {"file": "binary"}
_BODY_NAMES = (
    "dataMode",
    "data",
    "rawModeData",
    "graphqlModeData",
    "dataOptions",
    "dataDisabled",
)
_HEADER_NAMES = ("headerData", "headers")
NAMES = (*URL_NAMES, *_HEADER_NAMES, *_BODY_NAMES, "method", "description", "auth")
"""The v1 fields that are about the request itself."""


def v1_request(saved: object) -> dict[str, Any]:
    """The v1 fields of a saved request, which may be an object, a URL text or missing."""
    request = as_object(saved)
    auth = request.get("auth")
    return {
        "method": text_of(request.get("method")) or "GET",
        "description": description_text(request.get("description")),
        "auth": auth if isinstance(auth, dict) else None,
        **v1_url(request.get("url")),
        **_v1_headers(request.get("header")),
        **_v1_body(request.get("body")),
    }


def v21_request(saved: object, sent: dict[str, Any]) -> Any:
    """The saved request with the v1 fields sent; the very same one if they say nothing new.

    What v1 has no name for stays as it is.
    """
    current = v1_request(saved)
    changed = {key for key in NAMES if key in sent and sent[key] != current[key]}
    if not changed:
        return saved
    v1 = current | {key: sent[key] for key in changed}
    request = dict(as_object(saved))
    if "method" in changed:
        request["method"] = v1["method"] or "GET"
    if changed & {*URL_NAMES}:
        request["url"] = v21_url(v1, request.get("url"), changed)
    if changed & {*_HEADER_NAMES}:
        request["header"] = v21_headers(v1, changed)
    if changed & {*_BODY_NAMES}:
        put(request, "body", _v21_body(v1, request.get("body")))
    if "auth" in changed:
        put(request, "auth", _v21_auth(v1["auth"]))
    if "description" in changed:
        put(request, "description", v1["description"])
    return request


def as_object(saved: object) -> dict[str, Any]:
    """A saved request as an object; a text stands for its URL (behaviour D)."""
    if isinstance(saved, str):
        return {"method": "GET", "header": [], "url": saved}
    return saved if isinstance(saved, dict) else {}


def put(target: dict[str, Any], key: str, value: object) -> None:
    """Set a property, or take it away if the value is empty."""
    if value in (None, "", [], {}):
        target.pop(key, None)
    else:
        target[key] = value


def text_of(value: object) -> str:
    """Text, or nothing."""
    return value if isinstance(value, str) else ""


def description_text(saved: object) -> str:
    """A description, which may be an object with its text in `content` (Collection v2.1)."""
    return text_of(saved.get("content")) if isinstance(saved, dict) else text_of(saved)


# --- headers ----------------------------------------------------------------------


def _v1_headers(saved: object) -> dict[str, Any]:
    entries = [enabled_form(each) for each in header_entries(saved)]
    lines = (
        f"{'' if each['enabled'] else '// '}{each.get('key', '')}: {each.get('value', '')}\n"
        for each in entries
    )
    return {"headerData": entries, "headers": "".join(lines) or None}


def header_entries(saved: object) -> list[dict[str, Any]]:
    """Saved headers as objects, whether they were objects, lines or one text (behaviour D)."""
    entries = saved.splitlines() if isinstance(saved, str) else saved
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            found.append(entry)
        elif isinstance(entry, str) and entry.strip():
            found.append(_header_line(entry))
    return found


def _header_line(line: str) -> dict[str, Any]:
    """A header from `Name: value`; a comment is a disabled one (v1's `headers`)."""
    disabled = line.lstrip().startswith("//")
    name, _, value = line.lstrip().removeprefix("//").partition(":")
    entry: dict[str, Any] = {"key": name.strip(), "value": value.strip()}
    return entry | {"disabled": True} if disabled else entry


def v21_headers(v1: dict[str, Any], changed: set[str]) -> list[dict[str, Any]]:
    """The headers of v2.1: from the list, or from `headers` if only that says something."""
    listed = "headerData" in changed and (v1["headerData"] or "headers" not in changed)
    return [
        disabled_form(each) for each in header_entries(v1["headerData" if listed else "headers"])
    ]


def _v21_auth(auth: object) -> object:
    return {"type": auth} if isinstance(auth, str) else auth


# --- body -------------------------------------------------------------------------


def _v1_body(saved: object) -> dict[str, Any]:
    body = saved if isinstance(saved, dict) else {"mode": "raw", "raw": saved} if saved else {}
    mode = text_of(body.get("mode"))
    content = body.get(mode)
    options = body.get("options")
    file = content.get("src") if mode == "file" and isinstance(content, dict) else None
    return {
        "dataMode": _V1_MODES.get(mode, mode) or None,
        "data": _v1_fields(content) if mode in ("urlencoded", "formdata") else None,
        "rawModeData": content if mode == "raw" else file,
        "graphqlModeData": content if mode == "graphql" else None,
        "dataOptions": _renamed(options, _V1_MODES) if isinstance(options, dict) else None,
        "dataDisabled": bool(body.get("disabled")),
    }


def _v1_fields(content: object) -> list[dict[str, Any]]:
    entries = content if isinstance(content, list) else []
    return [_v1_field(each) for each in entries if isinstance(each, dict)]


def _v1_field(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if key != "src"}
    return enabled_form({**kept, "value": entry["src"]} if "src" in entry else kept)


def _v21_body(v1: dict[str, Any], old: object) -> dict[str, Any] | None:
    mode = _MODES.get(text_of(v1["dataMode"]) or _mode_of(v1))
    if mode is None:
        return None
    body = {**(old if isinstance(old, dict) else {}), "mode": mode, mode: _content(mode, v1)}
    options = v1["dataOptions"]
    put(body, "options", _renamed(options, _MODES) if isinstance(options, dict) else None)
    put(body, "disabled", bool(v1["dataDisabled"]) or None)
    return body


def _mode_of(v1: dict[str, Any]) -> str:
    """The mode of a body that comes without one, from what it brings."""
    if isinstance(v1["rawModeData"], str):
        return "raw"
    if v1["data"]:
        return "formdata" if isinstance(v1["data"], list) else "raw"
    return "graphql" if v1["graphqlModeData"] else ""


def _content(mode: str, v1: dict[str, Any]) -> object:
    raw, data = v1["rawModeData"], v1["data"]
    if mode == "raw":
        return text_of(raw) or text_of(data)
    if mode == "graphql":
        return v1["graphqlModeData"] or {}
    if mode == "file":
        return {"src": raw}
    return [_v21_field(each) for each in (data if isinstance(data, list) else [])]


def _v21_field(entry: dict[str, Any]) -> dict[str, Any]:
    field = disabled_form(entry)
    if field.get("type") == "file" and "value" in field:
        field["src"] = field.pop("value")
    return field


def _renamed(options: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(mode, mode): value for mode, value in options.items()}
