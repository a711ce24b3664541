"""The lint in the API: what in a collection will surprise whoever calls its mocks.

Knows the two operations, which the Postman API does not have. Must not know
any rule of the lint.
"""

from functools import partial

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.documents import find
from postiche.control.mocks import existing_mock
from postiche.core.collection import CollectionError, read_collection, read_environment
from postiche.core.errors import MockError
from postiche.core.lint import lint
from postiche.core.lint.findings import counted
from postiche.model import Document, MockConfig

COST = 30
"""How much longer the lint of a collection takes than reading its JSON, about."""


async def lint_collection(asked: Asked) -> Response:
    """GET /collections/{collectionId}/lint, with the variables of `environment` if it is given."""
    collection = await _found(asked, asked.segment("collectionId"))
    wanted = asked.query("environment")
    environment = await _environment(asked, wanted) if wanted else None
    return await _answer(collection, environment, MockConfig())


async def lint_mock(asked: Asked) -> Response:
    """GET /mocks/{mockId}/lint: its collection, with its environment and its config."""
    mock = await existing_mock(asked)
    collection = await find(asked, "collection", mock.collection)
    if collection is None or not mock.active:
        inactive = MockError.INACTIVE.value
        raise wire.legacy(400, inactive.name, inactive.message)
    environment = await _environment(asked, mock.environment) if mock.environment else None
    return await _answer(collection, environment, mock.config)


async def _found(asked: Asked, text: str) -> Document:
    document = await find(asked, "collection", text)
    if document is None:
        raise wire.item_not_found(404, "collection", text)
    return document


async def _environment(asked: Asked, text: str) -> Document:
    document = await find(asked, "environment", text)
    if document is None:
        raise wire.item_not_found(400, "environment", text)
    return document


async def _answer(
    collection: Document, environment: Document | None, config: MockConfig
) -> Response:
    size = len(collection.content) * COST
    return wire.json_text(await off_loop(size, partial(_linted, collection, environment, config)))


def _linted(collection: Document, environment: Document | None, config: MockConfig) -> bytes:
    """The answer as JSON. Raises ApiError 400 for what cannot be read."""
    try:
        saved = read_collection(orjson.loads(collection.content))
        variables = None
        if environment is not None:
            variables = read_environment(orjson.loads(environment.content))
    except CollectionError as error:
        raise wire.malformed(str(error)) from None
    findings = lint(saved, variables, config)
    described = [finding.described() for finding in findings]
    return orjson.dumps({"findings": described, "summary": counted(findings)})
