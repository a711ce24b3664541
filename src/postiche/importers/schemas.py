"""Example values made from JSON Schemas, as OpenAPI 3.0 and 3.1 write them.

Knows objects, arrays, alternatives and what is read- or write-only. Must not
know OpenAPI's operations, nor media types. The same schema always gives the
same value. However a schema refers to itself, the work and the value stay
within a budget: what may be left out is left out where it would go in circles.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from postiche.importers.document import References, as_list, as_object, as_text
from postiche.importers.merging import Merged, Schema, merged, number, types
from postiche.importers.scalars import make_number, make_text

MAX_NODES = 3000
"""After so many values and schemas an example goes on only with what is required."""

MAX_REQUIRED = 10 * MAX_NODES
"""After so many it ends."""

MAX_WORK = 100 * MAX_REQUIRED
"""After so many in a whole document there are no more examples."""

MAX_LEVELS = 40
"""How many levels an example may have."""

MAX_ENTRIES = 50
"""How many entries or properties are made to satisfy `minItems` or `minProperties`."""


_TEXT = {"type": "string"}


class EndlessError(ValueError):
    """No value can be made here: it would never end, or nothing is allowed."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a value: the references above it, those of its own, its groups chosen from."""

    above: frozenset[str]
    references: frozenset[str]
    chosen: frozenset[int]


@dataclass(slots=True)
class Maker:
    """Makes the values of one document.

    `for_request` leaves out what is read-only, else what is write-only;
    `deprecated` says whether deprecated properties are made.
    """

    references: References
    for_request: bool = False
    deprecated: bool = True
    _work: int = 0
    _known: dict[str, Any] = field(default_factory=dict)
    _spent: int = 0
    _level: int = 0
    _above: frozenset[str] = frozenset()

    def example(self, schema: object) -> Any:
        """A value that fits the schema. Raises EndlessError if there is none that ends."""
        reference = as_text(as_object(schema).get("$ref"))
        alone = reference if reference and len(as_object(schema)) == 1 else ""
        if alone not in self._known:
            value = self._made(schema)
            if not alone:
                return value
            self._known[alone] = value
        return self._known[alone]

    def _made(self, schema: object) -> Any:
        if self._work > MAX_WORK:
            raise EndlessError
        self._spent = self._level = 0
        self._above = frozenset()
        try:
            return self._value(schema)
        finally:
            self._work += self._spent

    def _spend(self, count: int) -> None:
        self._spent += count
        if self._spent > MAX_REQUIRED:
            raise EndlessError

    @property
    def _tired(self) -> bool:
        return self._spent > MAX_NODES

    def _value(self, schema: object, nth: int = 0) -> Any:
        """A value in a place of its own: circles are broken where a place repeats one above it."""
        above = self._above
        self._level += 1
        try:
            return self._here(schema, nth, _Place(above, frozenset(), frozenset()))
        finally:
            self._above = above
            self._level -= 1

    def _here(self, schema: object, nth: int, place: _Place) -> Any:
        found = merged(self.references, schema, self._spend)
        deep = self._level > MAX_LEVELS or len(place.chosen) > MAX_LEVELS
        if found.impossible or deep or place.above & found.references:
            raise EndlessError
        groups = [each for each in found.alternatives if id(each) not in place.chosen]
        found = replace(found, alternatives=groups)
        here = place.references | found.references
        self._above = place.above | here
        return self._of(found, nth, replace(place, references=here))

    def _of(self, found: Merged, nth: int, place: _Place) -> Any:
        schema = found.schema
        given = _given(schema, nth)
        if given is not None:
            self._spend(_size(given[0]))
            return given[0]
        if found.alternatives:
            return self._alternative(found, nth, place)
        try:
            return self._of_kind(_kind(schema), found, nth)
        except EndlessError:
            if schema.get("nullable") is True or "null" in types(schema.get("type")):
                return None
            raise

    def _of_kind(self, kind: str, found: Merged, nth: int) -> Any:
        schema = found.schema
        if kind == "object":
            return self._object(found)
        if kind == "array":
            return self._array(schema)
        if kind in ("integer", "number"):
            return make_number(schema, whole=kind == "integer", nth=nth)
        if kind == "string":
            return make_text(schema, nth)
        return nth % 2 == 0 if kind == "boolean" else None

    # --- alternatives -------------------------------------------------------------

    def _alternative(self, found: Merged, nth: int, place: _Place) -> Any:
        """The first alternative of the first group that ends, together with all the rest."""
        group, *others = found.alternatives
        rest: list[Any] = [found.schema, *({"anyOf": each} for each in others)]
        chosen = replace(place, chosen=place.chosen | {id(group)})
        for branch in group:
            try:
                value = self._here({"allOf": [*rest, branch]} if any(rest) else branch, nth, chosen)
            except EndlessError:
                if self._spent > MAX_REQUIRED:
                    raise
                continue
            return self._discriminated(value, found.schema, branch)
        raise EndlessError

    def _discriminated(self, value: Any, schema: Schema, branch: object) -> Any:
        """The value with the name of its branch in it, if a discriminator asks for that."""
        reference = as_text(as_object(branch).get("$ref"))
        key = as_text(as_object(schema.get("discriminator")).get("propertyName"))
        if key and reference and isinstance(value, dict):
            target = merged(self.references, branch, self._spend).schema
            return self._named(value, key, schema, target, reference)
        return value

    def _named(
        self, value: Any, key: str, schema: Schema, target: Schema, reference: str
    ) -> dict[str, Any]:
        mapping = as_object(as_object(schema.get("discriminator")).get("mapping"))
        name = reference.rpartition("/")[2]
        named = next((k for k, v in mapping.items() if v in (reference, name)), name)
        wanted = self.references.resolve(as_object(target.get("properties")).get(key))
        allowed = as_list(wanted.get("enum"))
        fixed = "const" in wanted or (allowed and named not in allowed)
        return value if fixed else {**value, key: named}

    # --- objects and arrays -------------------------------------------------------

    def _object(self, found: Merged) -> dict[str, Any]:
        schema = found.schema
        required = [each for each in as_list(schema.get("required")) if isinstance(each, str)]
        made: dict[str, Any] = {}
        for key, each in as_object(schema.get("properties")).items():
            self._property(made, key, each, must=key in required)
        additional = schema.get("additionalProperties", True)
        for key in required[:MAX_REQUIRED]:
            if key not in made and key not in as_object(schema.get("properties")):
                made[key] = self._value(
                    additional if additional is not True else {"type": "string"}
                )
        self._add_more(made, schema, additional)
        self._drop_some(made, schema, required)
        key = as_text(as_object(schema.get("discriminator")).get("propertyName"))
        if key in made and found.name:
            return self._named(made, key, schema, schema, found.name)
        return made

    def _property(self, made: dict[str, Any], key: str, schema: object, *, must: bool) -> None:
        if not must and self._tired:
            return
        known = self.references.resolve(schema)
        if known.get("readOnly" if self.for_request else "writeOnly") is True:
            return
        if known.get("deprecated") is True and not self.deprecated and not must:
            return
        try:
            made[key] = self._value(schema)
        except EndlessError:
            if must or self._spent > MAX_REQUIRED:
                raise

    def _add_more(self, made: dict[str, Any], schema: Schema, additional: Any) -> None:
        """Properties that are not named, if their schema or `minProperties` asks for some."""
        least = _count(schema.get("minProperties"), 0)
        if isinstance(additional, dict) and additional and not made and not self._tired:
            least = max(least, 1)
        for place in range(least):
            if len(made) >= least or additional is False:
                return
            try:
                made[f"key{place}"] = self._value(additional if additional is not True else {})
            except EndlessError:
                return

    def _drop_some(self, made: dict[str, Any], schema: Schema, required: list[str]) -> None:
        most = number(schema.get("maxProperties"))
        optional = [key for key in made if key not in required] if most is not None else []
        while most is not None and len(made) > most and optional:
            del made[optional.pop()]

    def _array(self, schema: Schema) -> list[Any]:
        least, most = _count(schema.get("minItems"), 0), _count(schema.get("maxItems"), MAX_ENTRIES)
        prefix = as_list(schema.get("prefixItems"))
        items = schema.get("items", True)
        wanted = min(max(least, len(prefix), 0 if self._tired else 1), max(most, 0))
        made: list[Any] = []
        for place in range(wanted):
            each = prefix[place] if place < len(prefix) else items
            if each is False or (each is True and place >= least):
                break
            try:
                made.append(self._value(each, place if schema.get("uniqueItems") is True else 0))
            except EndlessError:
                if place < least or self._spent > MAX_REQUIRED:
                    raise
                break
        return made


def _given(schema: Schema, nth: int) -> tuple[Any] | None:
    """The value that a schema itself gives, in a tuple, for it may be null; None if it has none."""
    if "const" in schema:
        return (schema["const"],)
    examples = as_list(schema.get("examples"))
    options = as_list(schema.get("enum"))
    if nth and options:
        return (options[nth % len(options)],)
    for key in ("example", "default"):
        if key in schema and schema[key] is not None and not nth:
            return (schema[key],)
        if key == "example" and examples and not nth:
            return (examples[0],)
    return (options[0],) if options else None


def _kind(schema: Schema) -> str:
    named = [each for each in types(schema.get("type")) if each != "null"]
    if named:
        return named[0]
    if types(schema.get("type")):
        return "null"
    for kind, keywords in _TELLING.items():
        if any(keyword in schema for keyword in keywords):
            return kind
    return "object"


_TELLING = {
    "object": ("properties", "required", "additionalProperties", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
"""The keywords by which a schema without a type tells what it is about."""


def _count(value: object, otherwise: int) -> int:
    known = number(value)
    return otherwise if known is None else int(min(max(known, 0), MAX_ENTRIES))


def _size(value: Any) -> int:
    """About how large a given value is: texts by their length, the rest by their parts."""
    waiting, size = [value], 0
    while waiting and size <= MAX_REQUIRED:
        each = waiting.pop()
        size += 1 + (len(each) // 100 if isinstance(each, str) else 0)
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return min(size, MAX_NODES)
