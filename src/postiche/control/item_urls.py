"""URLs of requests: the text and lists of Collection format v1, the parts of v2.1.

Knows both shapes of a URL (behaviour D). Must not know variables' values, nor
the rest of a request.
"""

import re
from typing import Any

from postiche.core.urls import TOKEN, url_text

_DELIMITERS = "/?#:&=."
_HIDE = {ord(c): 0xE100 + i for i, c in enumerate(_DELIMITERS)}
_SHOW = {0xE100 + i: c for i, c in enumerate(_DELIMITERS)}
_PROTOCOL = re.compile(r"([^/?#]*)://")
_PORT = re.compile(r"(.*):([0-9]+|\{\{[^{}]*\}\})")

V1_NAMES = ("url", "queryParams", "pathVariableData", "pathVariables")


def v1_url(saved: object) -> dict[str, Any]:
    """The v1 fields of a saved URL, which may be text, parts or missing.

    Path variables stay names in the text; disabled parameters are only in the list.
    """
    url = parsed(saved) if isinstance(saved, str) else saved if isinstance(saved, dict) else {}
    variables = [_v1_variable(each) for each in _objects(url.get("variable"))]
    return {
        "url": saved if isinstance(saved, str) else _text(url),
        "queryParams": [enabled_form(each) for each in _objects(url.get("query"))],
        "pathVariableData": variables,
        "pathVariables": {str(each.get("key")): each.get("value") for each in variables},
    }


def v21_url(v1: dict[str, Any], old: object, changed: set[str]) -> dict[str, Any]:
    """The saved URL after a change of the v1 fields named in `changed`; `v1` has all of them.

    Where both the text and the list of parameters are new, the list counts
    unless it is empty, as when Postman's own transformer converts v1.
    """
    kept = old if isinstance(old, dict) else parsed(old if isinstance(old, str) else "")
    url = {**kept, **parsed(str(v1["url"] or ""))} if "url" in changed else dict(kept)
    if "url" in changed:
        gone = _PARTS - {*parsed(str(v1["url"] or ""))}
        url = {key: value for key, value in url.items() if key not in gone}
    if "queryParams" in changed and (v1["queryParams"] or "url" not in changed):
        url["query"] = [disabled_form(each) for each in _objects(v1["queryParams"])]
    url["variable"] = _variables(v1, changed)
    kept_keys = {key: value for key, value in url.items() if key not in _EMPTY_OUT or value}
    return {**kept_keys, "raw": _text(kept_keys) or str(v1["url"] or "")}


_PARTS = {"raw", "protocol", "host", "port", "path", "query", "hash"}
_EMPTY_OUT = {"query", "variable"}


def parsed(text: str) -> dict[str, Any]:
    """The parts of a URL text; delimiters inside `{{variables}}` part nothing."""
    rest = TOKEN.sub(lambda token: token[0].translate(_HIDE), text.strip())
    rest, found_hash, fragment = rest.partition("#")
    rest, found_query, query = rest.partition("?")
    protocol = _PROTOCOL.match(rest)
    host, slash, path = rest[protocol.end() if protocol else 0 :].partition("/")
    port = _PORT.fullmatch(host)
    parts: dict[str, Any] = {
        "protocol": protocol[1] if protocol else "",
        "host": (port[1] if port else host).split(".") if host else [],
        "port": port[2] if port else "",
        "path": path.split("/") if slash else [],
        "query": [_pair(each) for each in query.split("&")] if found_query and query else [],
        "hash": fragment if found_hash else "",
    }
    return {"raw": text, **{key: _shown(value) for key, value in parts.items() if value}}


def _pair(text: str) -> dict[str, str | None]:
    key, equals, value = text.partition("=")
    return {"key": key, "value": value if equals else None}


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    return value.translate(_SHOW) if isinstance(value, str) else value


def _text(url: dict[str, Any]) -> str:
    """The text of a URL's parts; `raw` where there are none."""
    text = url_text({**url, "variable": None})
    fragment = url.get("hash")
    return f"{text}#{fragment}" if isinstance(fragment, str) and fragment else text


def _objects(value: object) -> list[dict[str, Any]]:
    entries = value if isinstance(value, list) else []
    return [each for each in entries if isinstance(each, dict)]


def enabled_form(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a list as v1 has it: `enabled` where v2.1 says `disabled`."""
    kept = {key: value for key, value in entry.items() if key != "disabled"}
    return {**kept, "enabled": not entry.get("disabled")}


def disabled_form(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a list as v2.1 has it; says nothing of enabled ones."""
    dropped = {"enabled", "equals"} | ({"description"} if not entry.get("description") else set())
    kept = {key: value for key, value in entry.items() if key not in dropped}
    return {**kept, "disabled": True} if entry.get("enabled") is False else kept


def _v1_variable(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "key": entry.get("key") or entry.get("id"), "value": entry.get("value")}


def _variables(v1: dict[str, Any], changed: set[str]) -> list[dict[str, Any]]:
    """The path variables: of the list, or if only the map is new, of the map."""
    listed = _objects(v1["pathVariableData"])
    mapped = v1["pathVariables"]
    if "pathVariables" not in changed or not isinstance(mapped, dict):
        return listed
    if "pathVariableData" in changed:
        known = {name for each in listed if isinstance(name := each.get("key"), str)}
        return listed + [{"key": k, "value": v} for k, v in mapped.items() if k not in known]
    old = {name: each for each in listed if isinstance(name := each.get("key"), str)}
    return [{**old.get(name, {}), "key": name, "value": value} for name, value in mapped.items()]
