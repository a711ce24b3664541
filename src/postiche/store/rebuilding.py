"""Dataclasses of the model, made again from the JSON that `dataclasses.asdict` became.

Knows type hints: nested dataclasses, unions of them, tuples. Must not know any
class of the model by name. Keys that a newer Postiche wrote are passed over;
missing ones get their defaults.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def rebuilt(kind: type[Made], document: Mapping[str, Any]) -> Made:
    """A dataclass from a JSON object. Raises TypeError if a field without default is missing."""
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], document[name]) for name in hints if name in document})


def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _one_of(get_args(hint), value)
    if origin is tuple:
        return _tuple(get_args(hint), value)
    return rebuilt(hint, value) if is_dataclass(hint) and isinstance(hint, type) else value


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """Null and plain values are themselves; an object is the first class whose fields it has."""
    if isinstance(value, list):
        return next(_value(kind, value) for kind in kinds if get_origin(kind) is tuple)
    if isinstance(value, dict):
        fitting = (kind for kind in kinds if is_dataclass(kind) and _needed(kind) <= value.keys())
        return _value(next(fitting), value)
    return value


def _needed(kind: Any) -> set[str]:
    every = fields(kind)
    return {f.name for f in every if f.default is MISSING and f.default_factory is MISSING}


def _tuple(kinds: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_value(kinds[0], each) for each in value)
    return tuple(_value(kind, each) for kind, each in zip(kinds, value, strict=True))
