"""The fields of a control: from a header's `name; key=value` or from JSON, with bounds.

Knows how such fields are written, and how to say what is wrong with one. Must
not know any control.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fields:
    """What was sent for a control; its methods raise ValueError, which names field and remedy.

    `control` is the name of the control in its config, with which messages begin.
    """

    control: str
    sent: Mapping[str, object]

    @classmethod
    def of(cls, control: str, sent: object) -> "Fields":
        """The fields of a JSON object; ValueError for other JSON."""
        if not isinstance(sent, dict):
            raise ValueError(f"{control} must be an object")
        return cls(control, sent)

    def only(self, names: Iterable[str]) -> None:
        """Refuse a field that is none of these."""
        names = tuple(names)
        for name in self.sent:
            if name not in names:
                known = ", ".join(names)
                raise ValueError(f"{self.control}.{name} is no field; there are {known}")

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of some words."""
        value = self.sent.get(name, default)
        for one in (allowed := tuple(allowed)):
            if value == one:
                return one
        raise ValueError(f"{self.control}.{name} must be one of {', '.join(allowed)}")

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """A number within bounds, which belong to it."""
        value = self.sent.get(name, default)
        return number_within(f"{self.control}.{name}", value, low, high)

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within bounds, which belong to it."""
        value = self.sent.get(name, default)
        if _is_number(value) and low <= value <= high and value == int(value):
            return int(value)
        raise ValueError(f"{self.control}.{name} must be a whole number from {low} to {high}")


def number_within(name: str, value: object, low: float, high: float) -> float:
    """The value, if it is a number within bounds; ValueError, beginning with `name`, if not."""
    if _is_number(value) and low <= value <= high:
        return value
    raise ValueError(f"{name} must be a number from {low:g} to {high:g}")


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def plain_number(text: str) -> int | float | None:
    """The number that a text in decimal digits stands for; None for any other text."""
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def settings_of(text: str) -> tuple[str, dict[str, object]]:
    """The head of `head; key=value; ...`, and its settings; case and space around do not count.

    Numbers become numbers. Raises ValueError for a setting without "=" or one
    that repeats.
    """
    head, *parts = (part.strip().lower() for part in text.split(";"))
    settings: dict[str, object] = {}
    for part in filter(None, parts):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or name in settings:
            raise ValueError(f"{part} is no setting, or one that repeats")
        number = plain_number(value)
        settings[name] = value if number is None else number
    return head, settings
