"""The `config` of a mock server: read from requests, shown in answers.

Knows Postman's fields (behaviour A.3, B.4, C.4), all of which can be written
here although Postman's own API writes only `serverResponseId`, and ours, which
an answer has only where they are set. Must not know the store, nor what the
fields do; whether a server response exists is the caller's question.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from postiche.control.validate import NO_NUL
from postiche.core.body_schemas import MAX_SCHEMAS, schema_text, schema_value
from postiche.core.json_paths import MAX_LENGTH, MAX_PATHS, compile_paths
from postiche.core.steering import controls, delays, sessions
from postiche.core.steering.controls import Place
from postiche.core.steering.routes import MAX_ROUTES, read_method, read_path
from postiche.model import MockConfig, RouteConfig, SessionKey

_MOCK_CONTROLS: Final = controls.keys_of(Place.MOCK)
_ROUTE_FIELDS: Final = ("method", "path", *controls.keys_of(Place.ROUTE))

_FLAGS: Final = {
    "matchBody": "match_body",
    "matchHeader": "match_header",
    "matchQueryParams": "match_query_params",
    "matchWildcards": "match_wildcards",
}
_SWITCHES: Final = {
    "strict": "strict",
    "wildcardTail": "wildcard_tail",
    "matchRegex": "match_regex",
    "matchBodySubset": "match_body_subset",
}

_EXPLAIN: Final = {"explainMisses": "explain_misses"}

_MESSAGE: Final = re.compile(r"(.*?) ((?:must|is|has) .*)", re.DOTALL)

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "headers": {"type": "array", "items": {"type": "string", "pattern": NO_NUL}},
        **{name: {"type": "boolean"} for name in (*_FLAGS, *_SWITCHES, *_EXPLAIN)},
        "serverResponseId": {"type": ["string", "null"]},
        "delay": {"type": ["object", "null"]},
        "ignoreBodyFields": {
            "type": ["array", "null"],
            "maxItems": MAX_PATHS,
            "items": {"type": "string", "maxLength": MAX_LENGTH, "pattern": NO_NUL},
        },
        "session": {"type": ["object", "null"]},
        "schemas": {"type": ["object", "null"], "maxProperties": MAX_SCHEMAS},
        "routes": {
            "type": ["array", "null"],
            "maxItems": MAX_ROUTES,
            "items": {"type": "object"},
        },
        **{name: {} for name in _MOCK_CONTROLS},
    },
}
"""What a config may be; a field that is not there keeps its value or has its default.

What a control, a path or a schema may be, `changed` says.
"""


def changed(config: MockConfig, sent: dict[str, Any]) -> MockConfig:
    """The config with what was sent, which fits SCHEMA, put in place.

    Null, or an empty list or object, takes back one of our fields. Raises
    ValueError, which names the field and the remedy.
    """
    flags = {**_FLAGS, **_SWITCHES, **_EXPLAIN}
    changes = {flags[name]: value for name, value in sent.items() if name in flags}
    for name, each in _FIELDS.items():
        if name in sent:
            changes[each.field] = each.read(sent[name])
    found = controls.of_json(sent, Place.MOCK, config.controls)
    return replace(config, **changes, controls=found)


def field_and_remedy(problem: ValueError) -> tuple[str, str]:
    """The field that an error of `changed` is about, and what it must be, in two texts."""
    found = _MESSAGE.fullmatch(str(problem))
    return (f"config.{found[1]}", found[2]) if found else ("config", str(problem))


def shown(config: MockConfig) -> dict[str, object]:
    """The config as the API answers it (behaviour C.4); of ours, what is set."""
    ours = {
        **{name: getattr(config, field) for name, field in _SWITCHES.items()},
        **{name: each.show(getattr(config, each.field)) for name, each in _OURS.items()},
    }
    return {
        "headers": list(config.headers),
        **{name: getattr(config, field) for name, field in _FLAGS.items()},
        "delay": None if config.delay is None else delays.to_json(config.delay),
        "serverResponseId": config.server_response_id,
        **({} if config.explain_misses else {"explainMisses": False}),
        **{name: value for name, value in ours.items() if value},
        **controls.to_json(config.controls),
    }


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a config: its name in the model, and its forms."""

    field: str
    read: Callable[[Any], object]
    show: Callable[[Any], object] = list


def _ignored(sent: list[str] | None) -> tuple[str, ...]:
    paths = tuple(sent or ())
    try:
        compile_paths(paths)
    except ValueError as problem:
        raise ValueError(f"ignoreBodyFields {problem}") from None
    return paths


def _schemas(sent: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    named = sorted((sent or {}).items())
    if any("\0" in name for name, _ in named):
        raise ValueError("schemas must have names without NUL")
    return tuple((name, schema_text(name, schema)) for name, schema in named)


def _shown_schemas(schemas: tuple[tuple[str, str], ...]) -> dict[str, object]:
    return {name: schema_value(text) for name, text in schemas}


def _routes(sent: list[dict[str, Any]] | None) -> tuple[RouteConfig, ...]:
    return tuple(_route(number, each) for number, each in enumerate(sent or ()))


def _route(number: int, sent: dict[str, Any]) -> RouteConfig:
    where = f"routes.{number}"
    for name in sent:
        if name not in _ROUTE_FIELDS:
            raise ValueError(f"{where}.{name} is no field; there are {', '.join(_ROUTE_FIELDS)}")
    try:
        return RouteConfig(
            read_path(sent.get("path")),
            read_method(sent.get("method")),
            controls.of_json(sent, Place.ROUTE),
        )
    except ValueError as problem:
        raise ValueError(f"{where}.{problem}") from None


def _session(sent: object) -> SessionKey:
    return SessionKey() if sent is None else sessions.parse_json(sent)


def _shown_session(key: SessionKey) -> dict[str, object]:
    return {} if key == SessionKey() else sessions.to_json(key)


def _shown_routes(routes: tuple[RouteConfig, ...]) -> list[dict[str, object]]:
    return [
        {
            **({"method": each.method} if each.method else {}),
            "path": each.path,
            **controls.to_json(each.controls),
        }
        for each in routes
    ]


_OURS: Final = {
    "ignoreBodyFields": _Field("ignore_body_fields", _ignored),
    "schemas": _Field("schemas", _schemas, _shown_schemas),
    "routes": _Field("routes", _routes, _shown_routes),
    "session": _Field("session", _session, _shown_session),
}
_FIELDS: Final = {
    "headers": _Field("headers", tuple),
    "delay": _Field("delay", lambda sent: None if sent is None else delays.parse_json(sent)),
    "serverResponseId": _Field("server_response_id", lambda sent: sent or None),
    **_OURS,
}
