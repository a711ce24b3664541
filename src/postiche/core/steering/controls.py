"""The controls: what can be asked of a call beside Postman's choice, and where.

Knows one table: for each control its header, its field in a config, and how
both are read; and which place wins where several ask. Must not know what any
control does, nor how routes are found.

A control may be asked for in four places, the first of which wins: a request
header, a saved header of the example's response, a route of the config, the
config. A header that is malformed asks for nothing (behaviour B.4); a config
that is malformed is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Flag, auto
from typing import Any, Final

from postiche.core.steering import delays, faults, limits
from postiche.model import Controls, Delay, Headers, MockConfig, joined

PREFIX: Final = "x-mock-"
"""How the names of all headers begin that steer a mock."""

UNKNOWN_CODE: Final = -1
"""A malformed `x-mock-response-code`: it matches no example (A.2)."""

NO_CONTROLS: Final = Controls()

CODES: Final = range(100, 1000)
"""The statuses that a config may ask for."""

MAX_HEADERS: Final = 100
MAX_NAME: Final = 1000
"""Bounds of what a config may list or name."""


class Place(Flag):
    """Where a control may be asked for."""

    REQUEST = auto()
    EXAMPLE = auto()
    ROUTE = auto()
    MOCK = auto()


_BEFORE_CHOICE: Final = Place.REQUEST | Place.ROUTE | Place.MOCK
"""Not an example: which one answers is settled before an example can ask for anything."""
_ANYWHERE: Final = _BEFORE_CHOICE | Place.EXAMPLE


@dataclass(frozen=True, slots=True)
class Control:
    """One control: the field of `Controls` that it fills, its names, its forms, its places.

    `parse_text` gives None for a header that asks for nothing; `parse_json`
    raises ValueError, which names the field and the remedy. Delay and the two
    switches of matching have fields of Postman's own in the config of a mock
    (`own_field`), so that `Controls` of a mock do not hold them.
    """

    field: str
    header: str
    key: str
    parse_text: Callable[[str], object | None]
    parse_json: Callable[[object], object]
    to_json: Callable[[Any], object]
    places: Place = _ANYWHERE
    own_field: bool = False


def sent_text(value: str) -> str:
    """A header value as its sender meant it: UTF-8 beyond ASCII arrives read as Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _code(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else UNKNOWN_CODE


def _json_code(sent: object) -> int:
    if isinstance(sent, int) and not isinstance(sent, bool) and sent in CODES:
        return sent
    raise ValueError(f"responseCode must be a whole number from {CODES[0]} to {CODES[-1]}")


def _text_for(key: str) -> Callable[[object], str]:
    def parse(sent: object) -> str:
        if isinstance(sent, str) and sent.strip() and len(sent) <= MAX_NAME and "\0" not in sent:
            return sent.strip()
        raise ValueError(f"{key} must be a text of 1 to {MAX_NAME} characters")

    return parse


def lowered(names: Iterable[str]) -> tuple[str, ...]:
    """Names of headers in lower case, each once."""
    return tuple(dict.fromkeys(name.strip().lower() for name in names if name.strip()))


def _json_headers(sent: object) -> tuple[str, ...]:
    if (
        isinstance(sent, list)
        and len(sent) <= MAX_HEADERS
        and all(
            isinstance(name, str) and len(name) <= MAX_NAME and "\0" not in name for name in sent
        )
    ):
        return lowered(sent)
    raise ValueError(f"matchHeaders must be a list of at most {MAX_HEADERS} header names")


def _switch(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def _json_switch(sent: object) -> bool:
    if isinstance(sent, bool):
        return sent
    raise ValueError("matchBody must be true or false")


def _as_it_is(value: object) -> object:
    return value


CONTROLS: Final = (
    Control(
        "response_code",
        "x-mock-response-code",
        "responseCode",
        _code,
        _json_code,
        _as_it_is,
        _BEFORE_CHOICE,
    ),
    Control(
        "response_id",
        "x-mock-response-id",
        "responseId",
        str.strip,
        _text_for("responseId"),
        _as_it_is,
        _BEFORE_CHOICE,
    ),
    Control(
        "response_name",
        "x-mock-response-name",
        "responseName",
        lambda text: sent_text(text).strip(),
        _text_for("responseName"),
        _as_it_is,
        _BEFORE_CHOICE,
    ),
    Control(
        "match_headers",
        "x-mock-match-request-headers",
        "matchHeaders",
        lambda text: lowered(text.split(",")),
        _json_headers,
        list,
        own_field=True,
    ),
    Control(
        "match_body",
        "x-mock-match-request-body",
        "matchBody",
        _switch,
        _json_switch,
        _as_it_is,
        own_field=True,
    ),
    Control(
        "delay",
        delays.HEADER,
        delays.KEY,
        delays.parse_text,
        delays.parse_json,
        delays.to_json,
        own_field=True,
    ),
    Control(
        "rate_limit",
        limits.HEADER,
        limits.KEY,
        limits.parse_text,
        limits.parse_json,
        limits.to_json,
    ),
    Control(
        "fault",
        faults.HEADER,
        faults.KEY,
        faults.parse_text,
        faults.parse_json,
        faults.to_json,
    ),
)
"""Every control; another one is one more row, and a field of `model.Controls`."""

_BY_HEADER: Final[Mapping[str, Control]] = {each.header: each for each in CONTROLS}
_BY_KEY: Final[Mapping[str, Control]] = {each.key: each for each in CONTROLS}
_FIELDS: Final = tuple(each.field for each in CONTROLS)


def of_headers(headers: Headers, place: Place) -> Controls:
    """What the headers of a request, or of an example's saved response, ask for.

    Names are in lower case; a header that repeats is joined by ", ".
    """
    found: dict[str, Any] = {}
    for name, _ in headers:
        control = _BY_HEADER.get(name) if name.startswith(PREFIX) else None
        if control is not None and control.field not in found and place in control.places:
            found[control.field] = control.parse_text(joined(headers, name) or "")
    return Controls(**found) if found else NO_CONTROLS


def keys_of(place: Place) -> tuple[str, ...]:
    """The fields of a config that `of_json` reads there."""
    return tuple(
        each.key
        for each in CONTROLS
        if place in each.places and not (place is Place.MOCK and each.own_field)
    )


def of_json(sent: Mapping[str, object], place: Place, before: Controls = NO_CONTROLS) -> Controls:
    """Controls with what a config sends put in place; null takes one back, other fields stay.

    Fields that are no controls are passed over. Raises ValueError, which names
    the field and the remedy.
    """
    changes: dict[str, Any] = {
        _BY_KEY[key].field: None if sent[key] is None else _BY_KEY[key].parse_json(sent[key])
        for key in keys_of(place)
        if key in sent
    }
    return replace(before, **changes) if changes else before


def to_json(controls: Controls) -> dict[str, object]:
    """Controls as the API shows them, without those that ask for nothing; `of_json` reads it."""
    values = {each: getattr(controls, each.field) for each in CONTROLS}
    return {each.key: each.to_json(value) for each, value in values.items() if value is not None}


def merged(*places: Controls) -> Controls:
    """The controls in force, given those of each place, the first of which wins."""
    asking = [each for each in places if each != NO_CONTROLS]
    if len(asking) < 2:
        return asking[0] if asking else NO_CONTROLS
    found: dict[str, Any] = {}
    for controls in asking:
        for name in _FIELDS:
            value = getattr(controls, name)
            if value is not None:
                found.setdefault(name, value)
    return Controls(**found)


def of_config(config: MockConfig) -> Controls:
    """What the config of a mock asks of every call, Postman's own fields included.

    A switch that is off, or a delay of nothing, asks for nothing.
    """
    headers = lowered(config.headers) if config.match_header else ()
    return replace(
        config.controls,
        match_headers=headers or None,
        match_body=config.match_body or None,
        delay=None if config.delay == Delay(0) else config.delay,
    )


def choose(controls: Controls) -> bool:
    """Whether controls bear on which example answers."""
    return forced(controls) or filtering(controls)


def forced(controls: Controls) -> bool:
    """Whether controls ask for a status or an example."""
    asked = (controls.response_code, controls.response_id, controls.response_name)
    return any(value is not None for value in asked)


def filtering(controls: Controls) -> bool:
    """Whether controls say which headers are matched, or whether the body is."""
    return controls.match_headers is not None or controls.match_body is not None


def hold_up(controls: Controls) -> bool:
    """Whether controls may keep an answer from being sent at once and as it is."""
    waits = controls.delay is not None and controls.delay != Delay(0)
    return waits or controls.rate_limit is not None or controls.fault is not None
