"""Parameters as parts of a Postman request: path variables, query and headers.

Knows how OpenAPI serialises parameters (style, explode, content). Must not
know responses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from postiche.importers.document import as_list, as_object, as_text
from postiche.importers.media import chosen, is_json, scalar
from postiche.importers.options import ImportOptions
from postiche.importers.schemas import EndlessError, Maker

Part = dict[str, Any]

IMPLICIT_HEADERS = ("accept", "content-type", "authorization")
"""Headers that follow from the rest of an operation (OpenAPI 3.0, Parameter Object)."""

MAX_PARAMETERS = 1000
"""How many parameters of one operation are read."""

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_TEMPLATE = re.compile(r"\{([^{}]+)\}")


@dataclass(slots=True)
class Parameters:
    """What the parameters of one operation add to its request."""

    variables: list[Part] = field(default_factory=list)
    query: list[Part] = field(default_factory=list)
    headers: list[Part] = field(default_factory=list)


def read_parameters(maker: Maker, options: ImportOptions, *lists: object) -> Parameters:
    """The parameters of a path and of an operation; later lists override earlier ones."""
    found = Parameters()
    for parameter in _unique(maker, lists):
        if parameter.get("deprecated") is True and not options.includeDeprecated:
            continue
        _add(found, parameter, maker, options)
    return found


def _unique(maker: Maker, lists: tuple[object, ...]) -> list[Part]:
    known: dict[tuple[str, str], Part] = {}
    for each in lists:
        for entry in as_list(each)[:MAX_PARAMETERS]:
            parameter = maker.references.resolve(entry)
            key = (as_text(parameter.get("in")), as_text(parameter.get("name")))
            if all(key):
                known[key] = parameter
    return list(known.values())[:MAX_PARAMETERS]


def _add(found: Parameters, parameter: Part, maker: Maker, options: ImportOptions) -> None:
    place, name = parameter["in"], parameter["name"]
    value = example_of(maker, parameter)
    if place == "path":
        found.variables.append(_described(parameter, name, _joined(value, ",")))
    elif place == "query":
        found.query += _query(parameter, value, options)
    elif place == "header":
        if options.keepImplicitHeaders or name.lower() not in IMPLICIT_HEADERS:
            found.headers.append(_optional(parameter, name, _joined(value, ","), options))
    elif place == "cookie":
        found.headers.append(_optional(parameter, "Cookie", f"{name}={_joined(value)}", options))


def example_of(maker: Maker, parameter: Part) -> Any:
    """The value that a parameter or header is given as an example, or one made for its schema."""
    if "example" in parameter:
        return parameter["example"]
    for example in as_object(parameter.get("examples")).values():
        known = maker.references.resolve(example)
        if "value" in known:
            return known["value"]
    content = chosen(parameter.get("content"))
    schema = content[1].get("schema") if content else parameter.get("schema")
    try:
        value = "" if schema is None else maker.example(schema)
    except EndlessError:
        return ""
    return scalar(value) if content and is_json(content[0]) else value


def _query(parameter: Part, value: Any, options: ImportOptions) -> Iterator[Part]:
    name, style = parameter["name"], as_text(parameter.get("style")) or "form"
    explode = parameter.get("explode", style == "form")
    if isinstance(value, list) and explode:
        pairs = [(name, each) for each in value] or [(name, "")]
    elif isinstance(value, list):
        pairs = [(name, _joined(value, _SEPARATORS.get(style, ",")))]
    elif isinstance(value, dict) and style == "deepObject":
        pairs = [(f"{name}[{key}]", each) for key, each in value.items()]
    elif isinstance(value, dict) and explode:
        pairs = list(value.items())
    else:
        pairs = [(name, _joined(value))]
    for key, each in pairs:
        yield _optional(parameter, key, _joined(each), options)


def _joined(value: Any, separator: str = ",") -> str:
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
    if isinstance(value, list):
        return separator.join(scalar(each) for each in value)
    return "" if value is None else scalar(value)


def _optional(parameter: Part, key: str, value: str, options: ImportOptions) -> Part:
    part = _described(parameter, key, value)
    if parameter.get("required") is not True and not options.enableOptionalParameters:
        part["disabled"] = True
    return part


def _described(parameter: Part, key: str, value: str) -> Part:
    text = as_text(parameter.get("description"))
    needed = "(Required) " if parameter.get("required") is True else ""
    part = {"key": key, "value": value}
    return {**part, "description": needed + text} if needed or text else part


def postman_path(template: str) -> list[str]:
    """The segments of a path template: `{id}` alone is `:id`, within other text `{{id}}`.

    The latter is a wildcard of the mock as long as no variable has its name.
    """
    return [_segment(each) for each in template.removeprefix("/").split("/")]


def _segment(text: str) -> str:
    whole = _TEMPLATE.fullmatch(text)
    if whole and "." not in whole[1]:
        return f":{whole[1]}"
    return _TEMPLATE.sub(lambda name: "{{" + name[1] + "}}", text)


def path_names(segments: list[str]) -> list[str]:
    """The names of the path variables in segments that `postman_path` made."""
    return [each[1:] for each in segments if each.startswith(":") and len(each) > 1]
