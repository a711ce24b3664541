"""The operations of the Postman API that Postiche does not have.

Knows their paths, so that a client learns the difference between a path that
is wrong and one that is not supported. Must not know the supported ones.
"""

from postiche.control import wire

OPERATIONS: dict[str, tuple[str, ...]] = {}
"""Operations next to those that are supported (OpenAPI 1.45), by path."""

FAMILIES = (
    "/accounts",
    "/analytics",
    "/analytics-metadata",
    "/api-catalog",
    "/apis",
    "/audit",
    "/audit-actions",
    "/collection-accesses",
    "/collections/collection-forks",
    "/collections/fork",
    "/collections/merge",
    "/collections/{collectionId}/comments",
    "/collections/{collectionId}/folders/{folderId}/comments",
    "/collections/{collectionId}/forks",
    "/collections/{collectionId}/public-documentations",
    "/collections/{collectionId}/pull-requests",
    "/collections/{collectionId}/pulls",
    "/collections/{collectionId}/requests/{requestId}/comments",
    "/collections/{collectionId}/responses/{responseId}/comments",
    "/collections/{collectionId}/roles",
    "/collections/{collectionId}/source-status",
    "/collections/{collectionId}/tags",
    "/comments-resolutions",
    "/components",
    "/context",
    "/context-graph",
    "/detected-secrets",
    "/detected-secrets-queries",
    "/environments/{environmentId}/forks",
    "/environments/{environmentId}/merges",
    "/environments/{environmentId}/pulls",
    "/groups",
    "/invitations",
    "/monitors",
    "/network",
    "/packages",
    "/pull-requests",
    "/scim",
    "/sdk-git-connections",
    "/sdks",
    "/secret-types",
    "/security",
    "/tags",
    "/teams",
    "/users",
    "/webhooks",
    "/workspaces-roles",
    "/workspaces/{workspaceId}/activities",
    "/workspaces/{workspaceId}/element-transfers",
    "/workspaces/{workspaceId}/roles",
    "/workspaces/{workspaceId}/tags",
    "/workspaces/{workspaceId}/transfers",
    "/workspaces/{workspaceId}/updates",
)
"""Parts of the Postman API of which nothing is supported: these paths and all below them.

The definition that Postiche follows does not have them; they are known from
Postman's documentation and from what Postman's MCP server calls.
"""


def not_supported(method: str, path: str) -> wire.ApiError:
    """The answer to an operation that exists, but not here; says where to read more."""
    detail = (
        f"{method} {path} is part of the Postman API, but this server does not support it. "
        "docs/compatibility.md lists what it supports."
    )
    return wire.problem(501, "Not Implemented", detail)
