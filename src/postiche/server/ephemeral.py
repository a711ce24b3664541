"""Mock servers made of files alone, as `postiche run` needs them: no database, no keys.

Knows collection and environment files, and which routes they answer. Must not
know the Postman API, stores or how anything is printed.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import orjson

from postiche.core.collection import CollectionError, read_collection, read_environment
from postiche.core.dynamic import Sources
from postiche.core.plan import compile_plan
from postiche.core.urls import shown, split_url
from postiche.core.variables import Scope, scope_of
from postiche.dataplane.app import MAX_BODY, MockApp
from postiche.dataplane.calls import NullCalls, ToldCalls
from postiche.dataplane.locate import Locator, at_root, by_name
from postiche.dataplane.plans import FixedMocks, MockEntry
from postiche.model import Call, Collection, Dropped, Environment, Example
from postiche.server.failures import Failure

_URL_SAFE = "/?&=%:@!$'()*+,;~{}[]|"
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


class FileError(Failure):
    """A file cannot be used; the message names it and the reason."""


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path that is answered, and the examples saved for it."""

    method: str
    target: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class FileMock:
    """A mock server made of one collection file.

    `slug` is the first segment of its URLs where it shares a port with others.
    """

    file: Path
    slug: str
    collection: Collection
    environment: Environment | None

    @property
    def dropped(self) -> Sequence[Dropped]:
        """What of the collection is not answered, and why."""
        return self.collection.dropped

    def routes(self) -> list[Route]:
        """What is answered, in file order, one route for each method and URL."""
        scope = scope_of(self.collection, self.environment)
        found: dict[tuple[str, str], list[Example]] = {}
        for example in self.collection.examples():
            found.setdefault((example.method, _target(example, scope)), []).append(example)
        return [Route(*key, tuple(examples)) for key, examples in found.items()]


def load(files: Sequence[Path], environment_file: Path | None = None) -> list[FileMock]:
    """Read collection files, and the environment that all of them share. Raises FileError."""
    environment = None if environment_file is None else load_environment(environment_file)
    collections = [load_collection(file) for file in files]
    slugs = _slugs(collection.name for collection in collections)
    return [
        FileMock(file, slug, collection, environment)
        for file, slug, collection in zip(files, slugs, collections, strict=True)
    ]


def load_collection(file: Path) -> Collection:
    """The collection in a file. Raises FileError."""
    document = read_json(file)
    if isinstance(document, dict) and ("openapi" in document or "swagger" in document):
        raise FileError(f"{file}: this is an OpenAPI document, not a Postman collection")
    try:
        return read_collection(document)
    except CollectionError as error:
        hint = "; pass it with --environment" if _is_environment(document) else ""
        raise FileError(f"{file}: {error}{hint}") from None


def load_environment(file: Path) -> Environment:
    """The environment in a file. Raises FileError."""
    document = read_json(file)
    if not _is_environment(document):
        raise FileError(f"{file}: this is no environment, it has no array 'values'")
    try:
        return read_environment(document)
    except CollectionError as error:
        raise FileError(f"{file}: {error}") from None


def read_json(file: Path) -> object:
    """The JSON in a file. Raises FileError with the line and column of what is wrong."""
    try:
        return orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except IsADirectoryError:
        raise FileError(f"{file}: this is a folder; name the collection files in it") from None
    except OSError as error:
        raise FileError(f"{file}: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        where = f"{file}:{error.lineno}:{error.colno}"
        raise FileError(f"{where}: this is not JSON: {error.msg}") from None


def mock_app(
    mocks: Sequence[FileMock],
    tell: Callable[[Call], object] | None = None,
    max_body: int = MAX_BODY,
) -> MockApp:
    """The ASGI application that answers for all of them; a single one answers at `/`.

    Each answered call is told to `tell`; its `mock` is the slug. `max_body` is in bytes.
    """
    return MockApp(
        FixedMocks({mock.slug: _entry(mock) for mock in mocks}),
        NullCalls() if tell is None else ToldCalls(tell),
        Sources(random.Random(), _now),
        locate=_locator(mocks),
        max_body=max_body,
    )


def _entry(mock: FileMock) -> MockEntry:
    return MockEntry(plan=compile_plan(mock.collection, mock.environment))


def _locator(mocks: Sequence[FileMock]) -> Locator:
    if len(mocks) == 1:
        return at_root(mocks[0].slug)
    return by_name({mock.slug: mock.slug for mock in mocks})


def _now() -> datetime:
    return datetime.now(UTC)


def _is_environment(document: object) -> bool:
    body = document.get("environment", document) if isinstance(document, Mapping) else None
    return isinstance(body, Mapping) and "values" in body and "item" not in body


def _target(example: Example, scope: Scope) -> str:
    """Path and query as a client would send them, with wildcards as they were written."""
    path, query = split_url(scope.fill(example.url))
    return quote(shown(f"{path}?{query}" if query else path), safe=_URL_SAFE)


def _slugs(names: Iterable[str]) -> list[str]:
    """A URL segment for each name; a name that comes again gets a number."""
    slugs: list[str] = []
    for name in names:
        slug = _slug(name)
        numbered = (f"{slug}-{number}" for number in count(2))
        while slug in slugs:
            slug = next(numbered)
        slugs.append(slug)
    return slugs


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _NOT_IN_A_SLUG.sub("-", plain).strip("-") or "collection"
