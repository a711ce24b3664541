"""How each operation could be used to reach somebody else's things.

`{collectionId}` and the like stand for ids of the other's things, or of none
at all; `{own.collectionId}` for the caller's. Every operation must be here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .world import SCHEMA


@dataclass(frozen=True)
class Try:
    """One request; the path is the operation's own unless another is given."""

    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """A path, query or body with ids put in."""
    text = json.dumps(value)
    for name, found in ids.items():
        text = text.replace("{" + name + "}", found)
    return json.loads(text)


def transfers(item: str, holder: str) -> list[Try]:
    """Take away or copy the other's item, or put one's own into something of the other's."""

    def body(item_id: str, holder_id: str, mode: str) -> dict[str, Any]:
        location = {"position": "end", "model": None, "id": None}
        place = {"model": holder, "id": holder_id}
        return {"ids": [item_id], "target": place, "location": location, "mode": mode}

    theirs, own = "{%sId}", "{own.%sId}"
    return [
        Try(body=body(from_whom % item, to_whom % holder, mode))
        for from_whom, to_whom in ((theirs, own), (own, theirs), (theirs, theirs))
        for mode in ("copy", "move")
    ]


COLLECTION = {"collection": {"info": {"name": "taken", "schema": SCHEMA}, "item": []}}
ENVIRONMENT = {"environment": {"name": "taken", "values": []}}
RESPONSE = {"serverResponse": {"name": "taken", "statusCode": 500}}
WORKSPACE = {"workspace": {"name": "taken", "type": "team"}}
OPENAPI = '{"openapi":"3.0.0","info":{"title":"taken","version":"1"},"paths":{}}'
SPEC = {"name": "taken", "type": "OPENAPI:3.0", "files": [{"path": "a.json", "content": OPENAPI}]}
USER = {"username": "taken", "role": "admin"}
JUST = [Try()]

RECIPES: dict[str, list[Try]] = {
    "GET /me": JUST,
    "GET /workspaces": [
        Try(),
        Try(query={"limit": "100"}),
        Try(query={"createdBy": "{userId}"}),
        Try(query={"type": "private"}),
        Try(query={"elementType": "collection", "elementId": "{collectionId}"}),
        Try(query={"elementType": "specification", "elementId": "{specId}"}),
    ],
    "POST /workspaces": [],
    "GET /workspaces/{workspaceId}": [Try(), Try(query={"include": "mocks:deactivated,team"})],
    "PUT /workspaces/{workspaceId}": [Try(body=WORKSPACE), Try(body={})],
    "DELETE /workspaces/{workspaceId}": JUST,
    "GET /workspaces/{workspaceId}/global-variables": JUST,
    "PUT /workspaces/{workspaceId}/global-variables": [
        Try(body={"values": [{"key": "taken", "value": "taken"}]})
    ],
    "GET /collections": [
        Try(),
        Try(query={"workspace": "{workspaceId}"}),
        Try(query={"workspace": "{workspaceId}", "limit": "1"}),
        Try(query={"name": "sesame", "limit": "1"}),
        Try(query={"offset": "0"}),
    ],
    "POST /collections": [Try(query={"workspace": "{workspaceId}"}, body=COLLECTION)],
    "GET /collections/{collectionId}": [Try(), Try(query={"model": "minimal"})],
    "PUT /collections/{collectionId}": [Try(body=COLLECTION), Try(body={})],
    "PATCH /collections/{collectionId}": [
        Try(body={"collection": {"info": {"name": "taken"}}}),
        Try(body={}),
    ],
    "DELETE /collections/{collectionId}": JUST,
    "POST /collections/{collectionId}/duplicates": [
        Try(body={"workspace": "{own.workspaceId}"}),
        Try("/collections/{own.collectionId}/duplicates", body={"workspace": "{workspaceId}"}),
    ],
    "GET /collections/{collectionId}/transformations": [Try(), Try(query={"format": "json"})],
    "GET /collections/{collectionId}/tasks/{taskId}": JUST,
    "POST /collections/{collectionId}/folders": [
        Try(body={"name": "taken"}),
        Try("/collections/{own.collectionId}/folders", body={"name": "a", "folder": "{folderId}"}),
    ],
    "POST /collections/{collectionId}/requests": [
        Try(body={"name": "taken", "method": "GET"}),
        Try("/collections/{own.collectionId}/requests", {"folderId": "{folderId}"}, {"name": "a"}),
    ],
    "POST /collections/{collectionId}/requests/{requestId}/capture": [
        Try(),
        Try(
            "/collections/{own.collectionId}/requests/{own.requestId}/capture",
            body={"environment": "{environmentId}"},
        ),
        Try("/collections/{own.collectionId}/requests/{requestId}/capture"),
    ],
    "POST /collections/{collectionId}/responses": [
        Try(query={"request": "{requestId}"}, body={"name": "taken"}),
        Try("/collections/{own.collectionId}/responses", {"request": "{requestId}"}, {"name": "a"}),
    ],
    **{
        f"{method} /collections/{{collectionId}}/{kind}s/{{{kind}Id}}": [
            Try(body=body),
            Try(f"/collections/{{own.collectionId}}/{kind}s/{{{kind}Id}}", body=body),
            *([Try(query={"populate": "true", "uid": "true"})] if method == "GET" else []),
        ]
        for kind in ("folder", "request", "response")
        for method, body in (("GET", None), ("PUT", {"name": "taken"}), ("DELETE", None))
    },
    "POST /collection-folders-transfers": transfers("folder", "collection"),
    "POST /collection-requests-transfers": transfers("request", "collection"),
    "POST /collection-responses-transfers": transfers("response", "request"),
    "GET /collection-duplicate-tasks/{taskId}": JUST,
    "GET /collection-updates-tasks/{taskId}": JUST,
    "GET /environments": [Try(), Try(query={"workspace": "{workspaceId}"})],
    "POST /environments": [Try(query={"workspace": "{workspaceId}"}, body=ENVIRONMENT)],
    "GET /environments/{environmentId}": JUST,
    "PUT /environments/{environmentId}": [Try(body=ENVIRONMENT), Try(body={})],
    "PATCH /environments/{environmentId}": [
        Try(body=[{"op": "replace", "path": "/name", "value": "taken"}])
    ],
    "DELETE /environments/{environmentId}": JUST,
    "POST /import/openapi": [
        Try(query={"workspace": "{workspaceId}"}, body={"type": "string", "input": OPENAPI})
    ],
    "GET /mocks": [
        Try(),
        Try(query={"workspace": "{workspaceId}"}),
        Try(query={"teamId": "0"}),
    ],
    "POST /mocks": [
        Try(query={"workspace": "{workspaceId}"}, body={"mock": {"collection": "{collectionId}"}}),
        Try(body={"mock": {"collection": "{collectionId}"}}),
        Try(body={"mock": {"collection": "{own.collectionId}", "environment": "{environmentId}"}}),
        Try(
            query={"workspace": "{workspaceId}"},
            body={"mock": {"collection": "{own.collectionId}"}},
        ),
    ],
    "GET /mocks/{mockId}": JUST,
    "PUT /mocks/{mockId}": [
        Try(body={"mock": {"name": "taken"}}),
        Try("/mocks/{own.mockId}", body={"mock": {"collection": "{collectionId}"}}),
        Try("/mocks/{own.mockId}", body={"mock": {"environment": "{environmentId}"}}),
        Try(
            "/mocks/{own.mockId}",
            body={"mock": {"config": {"serverResponseId": "{serverResponseId}"}}},
        ),
    ],
    "DELETE /mocks/{mockId}": JUST,
    "GET /mocks/{mockId}/states": [Try(), Try(query={"limit": "1"})],
    "DELETE /mocks/{mockId}/states": JUST,
    "GET /mocks/{mockId}/states/{session}": JUST,
    "PUT /mocks/{mockId}/states/{session}": [Try(body={"state": {"sequences": {"taken": 1}}})],
    "DELETE /mocks/{mockId}/states/{session}": JUST,
    "GET /mocks/{mockId}/lint": JUST,
    "GET /collections/{collectionId}/lint": [
        Try(),
        Try(path="/collections/{own.collectionId}/lint", query={"environment": "{environmentId}"}),
    ],
    "GET /mocks/{mockId}/call-logs": [Try(), Try(query={"include": "response.body"})],
    "POST /mocks/{mockId}/publish": JUST,
    "DELETE /mocks/{mockId}/unpublish": JUST,
    "POST /mocks/{mockId}/explain": [Try(body={"request": {"method": "GET", "path": "/sesame"}})],
    "GET /mocks/{mockId}/server-responses": JUST,
    "POST /mocks/{mockId}/server-responses": [Try(body=RESPONSE), Try(body={})],
    **{
        f"{method} /mocks/{{mockId}}/server-responses/{{serverResponseId}}": [
            Try(body=body),
            Try("/mocks/{own.mockId}/server-responses/{serverResponseId}", body=body),
        ]
        for method, body in (("GET", None), ("PUT", RESPONSE), ("DELETE", None))
    },
    "GET /specs": [
        Try(query={"workspaceId": "{workspaceId}"}),
        Try(query={"workspaceId": "{workspaceId}", "limit": "1"}),
    ],
    "POST /specs": [Try(query={"workspaceId": "{workspaceId}"}, body=SPEC)],
    "GET /specs/{specId}": JUST,
    "PATCH /specs/{specId}": [Try(body={"name": "taken"})],
    "DELETE /specs/{specId}": JUST,
    "GET /specs/{specId}/definitions": JUST,
    "GET /specs/{specId}/files": JUST,
    "POST /specs/{specId}/files": [Try(body={"path": "b.json", "content": "{}"})],
    "GET /specs/{specId}/files/{filePath}": JUST,
    "PATCH /specs/{specId}/files/{filePath}": [Try(body={"content": OPENAPI})],
    "DELETE /specs/{specId}/files/{filePath}": JUST,
    "GET /specs/{specId}/generations/{elementType}": JUST,
    "POST /specs/{specId}/generations/{elementType}": [Try(body={"name": "taken"})],
    "GET /specs/{specId}/tasks/{taskId}": JUST,
    "PUT /specs/{specId}/synchronizations": [
        Try(query={"collectionUid": "{collectionId}"}),
        Try(query={"collectionUid": "{own.collectionId}"}),
        Try("/specs/{own.specId}/synchronizations", {"collectionUid": "{collectionId}"}),
    ],
    "PATCH /specs/{specId}/collections/{collectionId}/sync-options": [
        Try(body={"syncOptions": {"syncExamples": True}}),
        Try(
            "/specs/{own.specId}/collections/{collectionId}/sync-options",
            body={"syncOptions": {"syncExamples": True}},
        ),
    ],
    "GET /specs/{specId}/version-tags": JUST,
    "POST /specs/{specId}/version-tags": [Try(body={"name": "v1"})],
    "GET /specs/{specId}/version-tags/{tagId}/files": [
        Try(),
        Try("/specs/{own.specId}/version-tags/{tagId}/files"),
    ],
    "GET /postiche/users": JUST,
    "POST /postiche/users": [Try(body=USER)],
    "GET /postiche/users/{userId}": JUST,
    "PUT /postiche/users/{userId}": [Try(body={"role": "viewer"})],
    "DELETE /postiche/users/{userId}": JUST,
    "GET /postiche/users/{userId}/keys": JUST,
    "POST /postiche/users/{userId}/keys": [Try(body={"name": "taken"})],
    "DELETE /postiche/users/{userId}/keys/{keyId}": JUST,
    "GET /postiche/keys": JUST,
    "POST /postiche/keys": [],
    "DELETE /postiche/keys/{keyId}": JUST,
}
