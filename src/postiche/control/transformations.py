"""The Postman API's `/collections/{id}/transformations` (OpenAPI 1.45).

Knows the operation. Must not know collections or OpenAPI; the importers do.
"""

import orjson
from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked
from postiche.control.body import off_loop
from postiche.control.documents import find
from postiche.control.imports import COST
from postiche.importers.document import DocumentError
from postiche.importers.to_openapi import collection_to_openapi, openapi_text

FORMATS = ("json", "yaml")


async def transform_collection(asked: Asked) -> Response:
    """GET /collections/{collectionId}/transformations: the collection as OpenAPI 3.0.3, as text."""
    document = await find(asked, "collection", asked.segment("collectionId"))
    if document is None:
        instance = asked.request.url.path
        raise wire.problem(404, "Not Found", "Not Found", instance=instance)
    wanted = asked.query("format") or FORMATS[0]
    if wanted not in FORMATS:
        raise wire.problem(400, "Bad Request", f"format must be one of: {', '.join(FORMATS)}")
    content = document.content
    output = await off_loop(len(content) * COST, lambda: _output(content, yaml=wanted == "yaml"))
    return wire.answer({"output": output})


def _output(content: bytes, *, yaml: bool) -> str:
    try:
        return openapi_text(collection_to_openapi(orjson.loads(content)), yaml=yaml)
    except DocumentError as error:
        raise wire.problem(400, "Bad Request", str(error)) from None
