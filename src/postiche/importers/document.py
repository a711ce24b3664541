"""From text to a document of plain JSON, and from a `$ref` to what it means.

Knows JSON, YAML and JSON pointers. Must not know what OpenAPI is. YAML is read
as JSON would be: no dates, no "yes" for true, keys are text, and aliases may
not make a document much larger than its text.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import unquote

import orjson
import yaml

Document: TypeAlias = dict[str, Any]

MAX_YAML = 10 * 1024 * 1024
"""The largest YAML text read, in characters: the limit of a spec file (POST /specs files)."""

MAX_DEPTH = 200
"""How many levels of YAML may stand inside each other."""

EXPANSION = 10
"""How many times larger than its text a YAML document may become through aliases."""

MAX_HOPS = 50
"""How many `$ref`s may lead to each other before they count as a circle."""

_MERGE = "tag:yaml.org,2002:merge"


class DocumentError(ValueError):
    """A document that cannot be used; the message says why, for whoever wrote it."""


def read_document(text: str | bytes) -> Document:
    """The JSON object that a JSON or YAML text holds. Raises DocumentError."""
    value = _read_json(text)
    if value is None:
        value = _read_yaml(_decoded(text))
    if not isinstance(value, dict):
        raise DocumentError("The definition must be an object.")
    return value


def is_json(text: str) -> bool:
    """Whether a text is JSON at all."""
    return _read_json(text) is not None


def _read_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError("The definition is not UTF-8 text.") from None


# --- YAML -------------------------------------------------------------------------

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the C loader has the types of the other one
    """Reads YAML by the rules of its JSON schema (YAML 1.2, 10.2)."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Document:
        """Keys as they are written, so that a status code stays text."""
        self.flatten_mapping(node)
        if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            raise DocumentError("The definition has a key that is not text.")
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


def _number(loader: Any, node: yaml.ScalarNode) -> int | float:
    text: str = loader.construct_scalar(node)
    whole = re.fullmatch(r"[-+]?[0-9]{1,18}", text)
    return int(text) if whole else float(text)


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    (
        "tag:yaml.org,2002:float",
        r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
    (_MERGE, r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"(?:{_pattern})$"), _first)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:int", _number)


def _read_yaml(text: str) -> Any:
    if len(text) > MAX_YAML:
        raise DocumentError(f"YAML may have {MAX_YAML} characters at most; JSON may have more.")
    try:
        _refuse_bombs(text)
        return orjson.loads(orjson.dumps(yaml.load(text, Loader=_Loader)))  # noqa: S506 - is safe
    except (yaml.YAMLError, orjson.JSONEncodeError, ValueError) as error:
        raise DocumentError(_why(error)) from None


def _why(error: Exception) -> str:
    if isinstance(error, DocumentError):
        return str(error)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line = error.problem_mark.line + 1
        return f"The definition is neither JSON nor YAML: line {line}: {error.problem}."
    return "The definition is neither JSON nor YAML."


def _refuse_bombs(text: str) -> None:
    """Raise DocumentError for a document too deep, or much larger with its aliases filled in."""
    most = max(1_000_000, EXPANSION * len(text))
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    for anchor, size, step in _nodes(text, sizes):
        if step > 0:
            open_nodes.append((anchor, size))
            if len(open_nodes) > MAX_DEPTH:
                raise DocumentError(f"The definition has more than {MAX_DEPTH} levels.")
            continue
        if step < 0:
            anchor, size = open_nodes.pop()
        if anchor:
            sizes[anchor] = size
        if open_nodes:
            open_nodes[-1] = (open_nodes[-1][0], open_nodes[-1][1] + size)
        if size > most:
            raise DocumentError("The definition grows too large through its aliases.")


def _nodes(text: str, sizes: dict[str, int]) -> Iterator[tuple[str | None, int, int]]:
    """Anchor, size and nesting step of each node in a YAML text, as it is parsed."""
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise DocumentError(f"The alias *{event.anchor} stands for nothing before it.")
            yield None, sizes[event.anchor], 0
        elif isinstance(event, yaml.ScalarEvent):
            yield event.anchor, 1 + len(event.value), 0
        elif isinstance(event, yaml.CollectionStartEvent):
            yield event.anchor, 1, 1
        elif isinstance(event, yaml.CollectionEndEvent):
            yield None, 0, -1


# --- references -------------------------------------------------------------------


class References:
    """What the `$ref`s of one document mean; those that leave it mean nothing."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def resolve(self, node: object) -> Document:
        """The object that a node is or refers to; empty if it is none, or a circle."""
        for _ in range(MAX_HOPS):
            if not isinstance(node, dict):
                return {}
            if not isinstance(node.get("$ref"), str):
                return node
            node = self.target(node["$ref"])
        return {}

    def target(self, reference: str) -> object:
        """What stands at a local reference such as `#/components/schemas/Pet`; None if nothing."""
        head, _, pointer = reference.partition("#")
        if head:
            return None
        node: Any = self._document
        for step in unquote(pointer).split("/")[1:]:
            node = _child(node, step.replace("~1", "/").replace("~0", "~"))
        return node


def _child(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and step.isascii() and step.isdigit() and len(step) < 10:
        return node[int(step)] if int(step) < len(node) else None
    return None


def as_object(value: object) -> Document:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """The value if it is text, else empty."""
    return value if isinstance(value, str) else ""
