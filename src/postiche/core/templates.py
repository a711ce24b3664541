"""Response templates: text with slots for what only a request can tell.

Knows the tokens of behaviour B.3: captured wildcards, dynamic variables and
template helpers. Must not know where a request's values come from: whoever
expands a template says what each slot holds.

What fills a slot is put in as it is and never read for tokens again, so that
no client can make a mock print an environment's secrets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from postiche.core.dynamic import NAMES
from postiche.core.urls import TOKEN
from postiche.core.variables import MAX_TEXT, Scope

_HELPER = re.compile(  # the template helpers of November 2022 (behaviour B.3)
    r"""\s*\$(body|queryParams|headers|pathSegments)
        (?:\s+('[^']*'|"[^"]*"))?
        (?:\s+('[^']*'|"[^"]*"))?\s*""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Capture:
    """The text that a wildcard of the path covered."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A dynamic variable such as `$randomInt`; each occurrence gets a fresh value."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Helper:
    """A template helper: its name without "$", its first argument, its default."""

    token: str
    name: str
    path: str | None
    default: str | None


Slot = Capture | Dynamic | Helper


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text with slots in between: `literals` has one piece more than `slots`."""

    literals: tuple[str, ...]
    slots: tuple[Slot, ...]

    @property
    def fixed(self) -> str | None:
        """The whole text if nothing about a request can change it."""
        return None if self.slots else self.literals[0]

    def expand(self, value: Callable[[Slot], str | None]) -> str:
        """The text with every slot filled."""
        pieces = [self.literals[0]]
        for found, literal in zip(fillers(self.slots, value), self.literals[1:], strict=True):
            pieces += (found, literal)
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class EncodedTemplate:
    """A template as UTF-8: what stands between the slots is encoded once."""

    literals: tuple[bytes, ...]
    slots: tuple[Slot, ...]

    def expand(self, value: Callable[[Slot], str | None]) -> bytes:
        """The bytes with every slot filled; what UTF-8 cannot say becomes "?"."""
        pieces = list(self.literals)
        for place, found in enumerate(fillers(self.slots, value), 1):
            pieces[place] = found.encode("utf-8", "replace") + pieces[place]
        return b"".join(pieces)


def encoded(template: Template) -> EncodedTemplate:
    """The template whose expansion is that of another, encoded."""
    literals = tuple(literal.encode("utf-8", "replace") for literal in template.literals)
    return EncodedTemplate(literals, template.slots)


def fillers(slots: tuple[Slot, ...], value: Callable[[Slot], str | None]) -> list[str]:
    """What fills the slots.

    A slot that has no value keeps its token, and so does one whose value would
    make what is filled in longer than MAX_TEXT.
    """
    filled = []
    room = MAX_TEXT
    for slot in slots:
        found = value(slot)
        if found is None or len(found) > room:
            found = slot.token
        room -= len(found)
        filled.append(found)
    return filled


def compile_template(text: str, scope: Scope, captured: frozenset[str]) -> Template:
    """The template of a saved body or header: known variables filled in, the rest slots or text.

    `captured` names the wildcards of the example's path. Tokens that are
    nothing known stay as written (behaviour B.3, #11323).
    """
    filled = scope.fill(text)
    if "{{" not in filled:
        return Template((filled,), ())
    literals: list[str] = []
    slots: list[Slot] = []
    end = 0
    for token in TOKEN.finditer(filled):
        slot = _slot(token[0], token[1], captured)
        if slot is not None:
            literals.append(filled[end : token.start()])
            slots.append(slot)
            end = token.end()
    return Template((*literals, filled[end:]), tuple(slots))


def _slot(token: str, name: str, captured: frozenset[str]) -> Slot | None:
    if name in captured:
        return Capture(token, name)
    if name in NAMES:
        return Dynamic(token, name)
    helper = _HELPER.fullmatch(name)
    if helper is None:
        return None
    path, default = (None if quoted is None else quoted[1:-1] for quoted in helper.groups()[1:])
    return Helper(token, helper[1], path, default)
