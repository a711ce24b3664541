"""How a JSON body may differ from a saved one and still count as equal.

Knows saved values as templates: fields that may come on top, strings that are
patterns. Must not know how bodies are sent, nor what equality earns.

Objects: every saved field must be in the sent one. Lists: place by place; with
subsets allowed the sent one may be longer. Numbers are doubles, as in
JavaScript: 1 is 1.0.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from postiche.core.json_paths import JsonPaths, compile_paths
from postiche.core.value_patterns import ValuePattern, value_pattern
from postiche.model import MockConfig


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a config lets pass as equal."""

    subset: bool = False
    patterns: bool = False
    ignored: JsonPaths | None = None

    def left_out_of(self, value: Any) -> Any:
        """A value without the fields that do not count; RecursionError if nested too deeply."""
        return value if self.ignored is None else self.ignored.left_out_of(value)

    def template(self, value: Any) -> "Template | None":
        """What stands for a saved value; None if only an equal value is like it.

        Fields that do not count are left out already. The value is nested no
        deeper than `bodies.MAX_DEPTH`.
        """
        made = _patterned(value) if self.patterns else value
        if not self.subset and not _has_pattern(made):
            return None
        return Template(made, self.subset)


EXACT: Final = Likeness()
"""Postman's own: equal is equal."""


def likeness_of(config: MockConfig) -> Likeness:
    """What a config lets pass. A list of fields that cannot be read ignores nothing."""
    if not (config.match_body_subset or config.match_regex or config.ignore_body_fields):
        return EXACT
    ignored = _ignored(config.ignore_body_fields)
    return Likeness(config.match_body_subset, config.match_regex, ignored)


@lru_cache(maxsize=256)
def _ignored(paths: tuple[str, ...]) -> JsonPaths | None:
    try:
        return compile_paths(paths) if paths else None
    except ValueError:  # only of a config that no API has checked
        return None


@dataclass(frozen=True, slots=True)
class Template:
    """A saved JSON value, in which strings may be patterns."""

    value: Any
    subset: bool

    def fits(self, sent: Any) -> bool:
        """Whether a sent value is like the saved one."""
        return _like(self.value, sent, self.subset)


def _like(saved: Any, sent: Any, subset: bool) -> bool:
    if isinstance(saved, ValuePattern):
        return isinstance(sent, str) and saved.fits(sent)
    if isinstance(saved, dict | list):
        return _contains(saved, sent, subset)
    if _is_number(saved):
        return _is_number(sent) and float(saved) == float(sent)
    return type(saved) is type(sent) and bool(saved == sent)


def _contains(saved: dict[str, Any] | list[Any], sent: Any, subset: bool) -> bool:
    """Whether everything that an object or a list holds is in the sent one, at its place."""
    if type(saved) is not type(sent) or len(saved) > len(sent):
        return False
    if not subset and len(saved) != len(sent):
        return False
    # Loops, as generators would take a second frame for each level.
    if isinstance(saved, dict) and isinstance(sent, dict):
        for key, each in saved.items():
            if key not in sent or not _like(each, sent[key], subset):
                return False
        return True
    for each, other in zip(saved, sent, strict=False):  # noqa: SIM110
        if not _like(each, other, subset):
            return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _patterned(value: Any) -> Any:
    if isinstance(value, str):
        return value_pattern(value) or value
    if isinstance(value, dict):
        return {key: _patterned(each) for key, each in value.items()}
    return [_patterned(each) for each in value] if isinstance(value, list) else value


def _has_pattern(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_pattern, value.values()))
    if isinstance(value, list):
        return any(map(_has_pattern, value))
    return isinstance(value, ValuePattern)
