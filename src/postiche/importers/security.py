"""Security schemes as Postman's `auth`, and as what they add to a request.

Knows OpenAPI's security requirements and Postman's auth types. Must not know
the rest of an operation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from postiche.importers.document import References, as_list, as_object, as_text

Auth = dict[str, Any]
NO_AUTH: Auth = {"type": "noauth"}

_GRANTS = {
    "authorizationCode": "authorization_code",
    "implicit": "implicit",
    "password": "password_credentials",
    "clientCredentials": "client_credentials",
}


@dataclass(frozen=True, slots=True)
class Security:
    """The security schemes of one document."""

    references: References
    schemes: dict[str, Any]

    def scheme(self, requirements: object) -> dict[str, Any] | None:
        """The first scheme of a `security` list that can be used; None if there is none."""
        for requirement in as_list(requirements):
            for name, scopes in as_object(requirement).items():
                scheme = self.references.resolve(self.schemes.get(name))
                if _auth_of(scheme, scopes):
                    return {**scheme, "x-scopes": scopes}
        return None

    def auth(self, requirements: object) -> Auth | None:
        """Postman's auth for a `security` list: noauth for an empty one, None if unknown."""
        scheme = self.scheme(requirements)
        if scheme is not None:
            return _auth_of(scheme, scheme["x-scopes"])
        return NO_AUTH if requirements == [] else None


def _pairs(**values: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value, "type": "string"} for key, value in values.items()]


def _auth_of(scheme: dict[str, Any], scopes: object) -> Auth | None:
    kind = as_text(scheme.get("type"))
    if kind == "http":
        write = _HTTP.get(as_text(scheme.get("scheme")).lower())
        return write() if write else None
    if kind == "apiKey":
        place = "query" if scheme.get("in") == "query" else "header"
        pairs = {"key": as_text(scheme.get("name")), "value": "{{apiKey}}", "in": place}
        return {"type": "apikey", "apikey": _pairs(**pairs)}
    if kind in ("oauth2", "openIdConnect"):
        return {"type": "oauth2", "oauth2": _oauth2(scheme, scopes)}
    return None


_HTTP: dict[str, Callable[[], Auth]] = {
    "basic": lambda: {
        "type": "basic",
        "basic": _pairs(username="{{basicAuthUsername}}", password="{{basicAuthPassword}}"),  # noqa: S106
    },
    "bearer": lambda: {"type": "bearer", "bearer": _pairs(token="{{bearerToken}}")},  # noqa: S106
    "digest": lambda: {
        "type": "digest",
        "digest": _pairs(username="{{digestAuthUsername}}", password="{{digestAuthPassword}}"),  # noqa: S106
    },
}


def _oauth2(scheme: dict[str, Any], scopes: object) -> list[dict[str, str]]:
    flows = as_object(scheme.get("flows"))
    name = next((each for each in _GRANTS if each in flows), None)
    flow = as_object(flows.get(name)) if name else {}
    known = {
        "scope": " ".join(each for each in as_list(scopes) if isinstance(each, str)),
        "accessTokenUrl": as_text(flow.get("tokenUrl")),
        "authUrl": as_text(flow.get("authorizationUrl")),
        "grant_type": _GRANTS.get(name or "", ""),
        "addTokenTo": "header",
    }
    return _pairs(**{key: value for key, value in known.items() if value})


def shown_in_example(scheme: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Where an example's request carries its credentials, "header" or "query", and how."""
    kind, name = as_text(scheme.get("type")), as_text(scheme.get("name"))
    note = f"Added as a part of security scheme: {kind.lower()}"
    if kind == "apiKey" and scheme.get("in") == "query":
        return "query", {"key": name, "value": "<API Key>", "description": note}
    if kind == "apiKey":
        cookie = scheme.get("in") == "cookie"
        key, value = ("Cookie", f"{name}=<API Key>") if cookie else (name, "<API Key>")
        return "header", {"key": key, "value": value, "description": note}
    how = as_text(scheme.get("scheme")).lower()
    shown = {"basic": "Basic <credentials>", "digest": "Digest <credentials>"}.get(how)
    return "header", {
        "key": "Authorization",
        "value": shown or "Bearer <token>",
        "description": note,
    }
