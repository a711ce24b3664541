"""How the Postman API looks on the wire: answers, errors, times and ids.

Knows JSON envelopes and the two error families of behaviour C. Must not know
the store, routes, or what any one resource contains.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

import orjson
from starlette.responses import Response

from postiche.control.validate import Complaint

JSON = "application/json; charset=utf-8"
PROBLEM_JSON = "application/problem+json"

CORS = {"access-control-allow-origin": "*"}
"""On every answer, as recorded from the Postman API (behaviour C.1). Safe: no cookie opens it."""

Body: TypeAlias = Mapping[str, object] | Sequence[object]


class ApiError(Exception):
    """An answer other than success; raise it anywhere below the router."""

    def __init__(
        self,
        status: int,
        body: Mapping[str, object],
        *,
        media_type: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.media_type = media_type
        self.headers = dict(headers or {})

    def response(self, media_type: str | None = None) -> Response:
        """The error as it is sent; `media_type` instead of its own, if given."""
        return Response(
            orjson.dumps(self.body),
            status_code=self.status,
            media_type=media_type or self.media_type,
            headers=CORS | self.headers,
        )


def answer(body: Body) -> Response:
    """A 200 with this JSON body."""
    return json_text(orjson.dumps(body))


def spliced(name: str, content: bytes) -> Response:
    """A 200 with `{"<name>": <content>}`; the content is JSON already and is not parsed again."""
    return json_text(b'{"%s":%s}' % (name.encode(), content))


def json_text(text: bytes) -> Response:
    """A 200 with a body that is JSON already."""
    return Response(text, media_type=JSON, headers=CORS)


# --- errors -----------------------------------------------------------------------


def legacy(status: int, name: str, message: str, **more: object) -> ApiError:
    """An error of the older family: `{"error": {"name", "message", ...}}` (behaviour C)."""
    return ApiError(status, {"error": {"name": name, "message": message, **more}})


def problem(
    status: int, title: str, detail: str, *, kind: str | None = None, **more: object
) -> ApiError:
    """An error of the newer family, RFC 7807 as Postman writes it (behaviour C.1).

    `kind` ends the URL of its type; it follows from the title if not given.
    """
    kind = kind or title.lower().replace(" ", "-")
    body = {
        "type": f"https://api.postman.com/problems/{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        **more,
    }
    return ApiError(status, body, media_type=PROBLEM_JSON)


def unauthenticated() -> ApiError:
    """No valid API key: the form of every recording (behaviour C.1)."""
    return legacy(
        401,
        "AuthenticationError",
        "Invalid API Key. Every request requires a valid API Key to be sent.",
    )


def server_error() -> ApiError:
    """Something broke that no input should be able to break (behaviour C.1)."""
    return legacy(500, "serverError", "An error has occurred on the server.")


def payload_too_large() -> ApiError:
    """A body over the limit (common413Error)."""
    return problem(413, "Payload Too Large", "Request size limit exceeded", instance="/")


def no_such_path() -> ApiError:
    """A path that the Postman API does not have either."""
    return legacy(404, "notFound", "Requested resource not found")


def wrong_method(method: str, allowed: Sequence[str]) -> ApiError:
    """A known path asked with a method it does not have; `Allow` names those it has."""
    names = ", ".join(allowed)
    error = legacy(
        405, "methodNotAllowed", f"{method} is not allowed here. Allowed methods: {names}"
    )
    error.headers["allow"] = names
    return error


def param_missing(*names: str) -> ApiError:
    """Required body properties are absent (common400Error, "Missing ... Parameter")."""
    return legacy(
        400,
        "paramMissingError",
        "Parameter is missing in the request.",
        details={"param": list(names)},
    )


def nothing_to_update(names: str) -> ApiError:
    """A PUT that names nothing to change (mock400Error, "Missing Parameter")."""
    return legacy(
        400,
        "paramMissingError",
        "At least one parameter must be provided.",
        details={"param": names},
    )


def invalid_param(name: str, why: str) -> ApiError:
    """A parameter with an impossible value; the wording follows mock400Error."""
    return legacy(
        400,
        "invalidParamsError",
        f"Invalid value for parameter: {name}. {why}",
        details={"param": name},
    )


def refused(complaint: Complaint, what: str) -> ApiError:
    """A body property, within the object `what`, that is missing or impossible."""
    if complaint.missing:
        return param_missing(complaint.subject)
    return invalid_param(complaint.subject or what, f"It {complaint.text}.")


def invalid_cursor() -> ApiError:
    """A cursor that no page gave (common400Error, "Invalid Cursor")."""
    return problem(400, "Malformed request", "Invalid cursor", kind="bad-request")


def malformed(message: str, **more: object) -> ApiError:
    """A body that cannot be what it claims to be."""
    return legacy(400, "malformedRequestError", message, **more)


def found_errors(what: str, details: Sequence[str]) -> ApiError:
    """A document that breaks its schema (collectionPut400Errors, environment400Errors)."""
    return malformed(
        f"Found {len(details)} errors with the supplied {what}.", details=list(details)
    )


def item_not_found(status: int, item: str, reference: str) -> ApiError:
    """A collection or environment that is not there (instanceNotFoundCollection)."""
    return legacy(
        status,
        "instanceNotFoundError",
        "The specified item does not exist.",
        details={"item": item, "id": reference},
    )


# --- times and ids ----------------------------------------------------------------


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z` (behaviour C)."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


@dataclass(frozen=True, slots=True)
class Reference:
    """An id as a client wrote it: a plain UUID, or a uid, which names the owner too."""

    owner: str | None
    id: str

    @property
    def key(self) -> str:
        """The id as the store knows it."""
        return self.id.lower()

    def fits(self, owner: int) -> bool:
        """Whether it may mean a thing of this owner."""
        return self.owner is None or self.owner == str(owner)


_REFERENCE = re.compile(
    r"(?:([0-9]{1,18})-)?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
)


def reference(text: object) -> Reference | None:
    """Read an id or uid (behaviour C, "Ids"); None for anything that is neither."""
    match = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    return Reference(match[1], match[2]) if match else None


_WHOLE_NUMBER = re.compile("[0-9]{1,18}")


def whole_number(text: str) -> int | None:
    """Read a number of at most 18 ASCII digits, so that it fits any column; None if it is none."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None
