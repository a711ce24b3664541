"""The errors that a mock URL answers with.

Knows their names, statuses and texts (behaviour B.1). Must not know when they
arise: the matcher and the data plane decide that.
"""

from dataclasses import dataclass
from enum import Enum

import orjson

from postiche.model import Reply

CORS = ("access-control-allow-origin", "*")
JSON = ("content-type", "application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error body of a mock URL, in the key order in which it was recorded."""

    status: int
    body: dict[str, str]

    @property
    def name(self) -> str:
        """The `error.name` that clients test for."""
        return self.body["name"]

    @property
    def message(self) -> str:
        """The `error.message`; call logs show it as the response name."""
        return self.body["message"]

    def reply(self) -> Reply:
        """The error as Postman sends it."""
        return Reply(self.status, (JSON, CORS), orjson.dumps({"error": self.body}))


class MockError(Enum):
    """Every error of behaviour B.1 that Postiche gives, and two of its own for hostile input."""

    NO_MATCH = Problem(
        404,
        {
            "name": "mockRequestNotFoundError",
            "message": "Double check your method and the request path and try again.",
            "header": "No matching requests",
        },
    )
    NO_EXAMPLE = Problem(
        404,
        {
            "name": "mockRequestNotFoundError",
            "message": "To mock this request add an example response"
            " for the mock server to return.",
            "header": "You need an example",
        },
    )
    NO_MOCK = Problem(
        404,
        {
            "name": "mockNotFoundError",
            "header": "Unable to find mock",
            "message": "Please refresh and try again.",
        },
    )
    INACTIVE = Problem(
        400,
        {
            "name": "inactiveMockError",
            "message": "The environment or collection associated with this mock has been deleted.",
        },
    )
    NO_KEY = Problem(
        401,
        {
            "name": "invalidCredentialsError",
            "message": "Please provide the required `x-api-key` authentication header.",
        },
    )
    BODY_TOO_LARGE = Problem(
        413,
        {
            "name": "payloadTooLargeError",
            "message": "The request body is larger than this mock server accepts.",
            "header": "Payload too large",
        },
    )
    BROKEN_BODY = Problem(
        400,
        {
            "name": "malformedRequestError",
            "message": "The request body ended before it was complete.",
            "header": "Malformed request",
        },
    )


WRONG_KEY = MockError.NO_MOCK
"""A private mock called with a key that has no access: the sources conflict (B.1); Postiche
answers as if the mock did not exist, so that nobody learns that it does."""
