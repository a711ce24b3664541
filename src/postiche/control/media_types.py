"""How the definition labels the errors of each operation.

Knows the media types that OpenAPI 1.45 documents for errors. Must not know
what an error says: which of the two families its body is of says nothing of
its label, most of the older family are labelled as problems (behaviour C).
"""

from postiche.control import wire

_SPEC_ERRORS = frozenset({400, 403, 404, 423})

_PLAIN: dict[str, dict[str, frozenset[int]]] = {
    "/collections": {"POST": frozenset({400})},
    "/collections/{collectionId}": {"PATCH": frozenset({400})},
    "/mocks/{mockId}": {
        "GET": frozenset({404}),
        "PUT": frozenset({400, 404}),
        "DELETE": frozenset({404}),
    },
    "/mocks/{mockId}/call-logs": {"GET": frozenset({400, 404})},
    "/mocks/{mockId}/publish": {"POST": frozenset({400, 404})},
    "/mocks/{mockId}/unpublish": {"DELETE": frozenset({400, 404})},
    "/mocks/{mockId}/server-responses": {"GET": frozenset({404}), "POST": frozenset({404})},
    "/mocks/{mockId}/server-responses/{serverResponseId}": {
        "GET": frozenset({404}),
        "PUT": frozenset({404}),
        "DELETE": frozenset({404}),
    },
    "/specs": {"GET": _SPEC_ERRORS, "POST": _SPEC_ERRORS - {404}},
    "/specs/{specId}/collections/{collectionId}/sync-options": {"PATCH": _SPEC_ERRORS | {401}},
    "/workspaces": {"GET": frozenset({400})},
    "/workspaces/{workspaceId}": {
        "GET": frozenset({404}),
        "PUT": frozenset({403, 404}),
        "DELETE": frozenset({400}),
    },
}
"""By path and method, the statuses whose errors are labelled as plain JSON."""

_SPECS = "/specs/"
_NOT_POSTMANS = ("/postiche/", "/mocks/{mockId}/states", "/{rest:path}")


def error_type(path: str, method: str, status: int) -> str | None:
    """The media type of an operation's error; None if it is not Postman's to say.

    `path` is the path of the route, with its variables' names.
    """
    if path.startswith(_NOT_POSTMANS) or status in (405, 501):
        return None
    plain = _PLAIN.get(path, {}).get(method)
    if plain is None:
        plain = _SPEC_ERRORS if path.startswith(_SPECS) else frozenset()
    return wire.JSON if status in plain else wire.PROBLEM_JSON
