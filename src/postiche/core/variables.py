"""`{{variables}}`: what is known when a plan is compiled, filled into text.

Knows the scopes of a mock server, environment over collection (behaviour
A.3). Must not know dynamic variables, captures or requests: their tokens are
left as written for the template compiler.
"""

from postiche.core.urls import TOKEN
from postiche.model import Collection, Environment

ROUNDS = 19
"""How often substitution repeats for nested variables (behaviour B.3, S9 VARS_SUBREPLACE_LIMIT).
Circular variables are therefore left as whichever token the last round wrote."""

MAX_TEXT = 32 * 1024 * 1024
"""The longest text that substitution may grow to, in characters. Variables that multiply each
other would otherwise fill any memory; a round that would pass this is not made."""


MAX_GROWTH = 256 * 1024 * 1024
"""How much all texts of one plan together may grow by, in characters: a large variable in very
many examples would fill any memory as well. What is left is not filled in."""


class Scope:
    """The variables that have a value when a plan is compiled, and how far they have grown."""

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self.values = values or {}
        self._growth_left = MAX_GROWTH

    def fill(self, text: str) -> str:
        """`text` with every known variable replaced; unknown tokens stay as written."""
        for _ in range(ROUNDS):
            if "{{" not in text:
                break
            known = [name for name in TOKEN.findall(text) if name in self.values]
            growth = sum(len(self.values[name]) - len(name) - 4 for name in known)
            if not known or growth > min(MAX_TEXT - len(text), self._growth_left):
                break
            self._growth_left -= max(growth, 0)
            text = TOKEN.sub(lambda token: self.values.get(token[1], token[0]), text)
        return text


def scope_of(collection: Collection, environment: Environment | None) -> Scope:
    """The scope of a mock: environment values win over collection values; globals never count."""
    values = {variable.key: variable.value for variable in collection.variables}
    if environment is not None:
        values.update((variable.key, variable.value) for variable in environment.variables)
    return Scope(values)
