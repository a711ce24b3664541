"""The `config` of a mock server: read from requests, shown in answers.

Knows Postman's fields (behaviour A.3, B.4, C.4), all of which can be written
here although Postman's own API writes only `serverResponseId`. Must not know
the store; whether a server response exists is the caller's question.
"""

from dataclasses import replace
from typing import Any

from postiche.control.validate import NO_NUL
from postiche.model import Delay, MockConfig

MAX_DELAY = 180_000
"""The longest delay in milliseconds (behaviour B.4)."""

PRESETS = {"1": 300, "2": 100}
"""The delays of the presets in milliseconds: 2G and 3G (behaviour B.4)."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "headers": {"type": "array", "items": {"type": "string", "pattern": NO_NUL}},
        "matchBody": {"type": "boolean"},
        "matchHeader": {"type": "boolean"},
        "matchQueryParams": {"type": "boolean"},
        "matchWildcards": {"type": "boolean"},
        "serverResponseId": {"type": ["string", "null"]},
        "delay": {
            "type": ["object", "null"],
            "required": ["type"],
            "properties": {
                "type": {"enum": ["fixed"]},
                "duration": {"type": "integer", "minimum": 0, "maximum": MAX_DELAY},
                "preset": {"enum": list(PRESETS)},
            },
            "if": {"type": "object", "not": {"required": ["preset"]}},
            "then": {"required": ["duration"]},
        },
    },
}
"""What a config may be; a field that is not there keeps its value or has its default."""

_FLAGS = {
    "matchBody": "match_body",
    "matchHeader": "match_header",
    "matchQueryParams": "match_query_params",
    "matchWildcards": "match_wildcards",
}


def changed(config: MockConfig, sent: dict[str, Any]) -> MockConfig:
    """The config with what was sent, which fits SCHEMA, put in place."""
    changes = {_FLAGS[name]: value for name, value in sent.items() if name in _FLAGS}
    if "headers" in sent:
        changes["headers"] = tuple(sent["headers"])
    if "delay" in sent:
        changes["delay"] = _delay(sent["delay"])
    if "serverResponseId" in sent:
        changes["server_response_id"] = sent["serverResponseId"] or None
    return replace(config, **changes)


def _delay(sent: dict[str, Any] | None) -> Delay | None:
    """A preset decides the duration, whatever else was sent."""
    if sent is None:
        return None
    preset = sent.get("preset")
    return Delay(int(PRESETS[preset] if preset else sent["duration"]), preset)


def shown(config: MockConfig) -> dict[str, object]:
    """The config as the API answers it (behaviour C.4)."""
    return {
        "headers": list(config.headers),
        **{name: getattr(config, field) for name, field in _FLAGS.items()},
        "delay": _shown_delay(config.delay),
        "serverResponseId": config.server_response_id,
    }


def _shown_delay(delay: Delay | None) -> dict[str, object] | None:
    if delay is None:
        return None
    preset = {"preset": delay.preset} if delay.preset else {}
    return {"type": "fixed", "duration": delay.duration, **preset}
