from typing import Any

import pytest

from postiche.importers.document import References
from postiche.importers.security import NO_AUTH, Security, shown_in_example

Json = dict[str, Any]

FLOW = {"authorizationUrl": "https://a.test", "tokenUrl": "https://t.test", "scopes": {}}


def security(scheme: Json) -> Security:
    return Security(References({}), {"s": scheme})


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [
        (
            {"type": "http", "scheme": "Basic"},
            {"username": "{{basicAuthUsername}}", "password": "{{basicAuthPassword}}"},
        ),
        ({"type": "http", "scheme": "bearer"}, {"token": "{{bearerToken}}"}),
        (
            {"type": "http", "scheme": "digest"},
            {"username": "{{digestAuthUsername}}", "password": "{{digestAuthPassword}}"},
        ),
        (
            {"type": "apiKey", "in": "query", "name": "k"},
            {"key": "k", "value": "{{apiKey}}", "in": "query"},
        ),
        (
            {"type": "oauth2", "flows": {"authorizationCode": FLOW}},
            {
                "scope": "read write",
                "accessTokenUrl": "https://t.test",
                "authUrl": "https://a.test",
                "grant_type": "authorization_code",
                "addTokenTo": "header",
            },
        ),
    ],
)
def test_schemes_become_postmans_auth(scheme: Json, auth: Json) -> None:
    found = security(scheme).auth([{"s": ["read", "write"]}])
    assert found
    kind = found["type"]
    assert {each["key"]: each["value"] for each in found[kind]} == auth


def test_what_cannot_be_said_is_left_out() -> None:
    for scheme in ({"type": "mutualTLS"}, {"type": "http", "scheme": "odd"}, {}, {"type": 5}):
        assert security(scheme).auth([{"s": []}]) is None
    assert security({}).auth([{"unknown": []}]) is None
    assert security({}).auth([]) == NO_AUTH
    assert security({}).auth("junk") is None


@pytest.mark.parametrize(
    ("scheme", "place", "key", "value"),
    [
        ({"type": "apiKey", "in": "header", "name": "X"}, "header", "X", "<API Key>"),
        ({"type": "apiKey", "in": "query", "name": "k"}, "query", "k", "<API Key>"),
        ({"type": "apiKey", "in": "cookie", "name": "c"}, "header", "Cookie", "c=<API Key>"),
        ({"type": "http", "scheme": "basic"}, "header", "Authorization", "Basic <credentials>"),
        ({"type": "oauth2"}, "header", "Authorization", "Bearer <token>"),
    ],
)
def test_examples_show_where_credentials_go(scheme: Json, place: str, key: str, value: str) -> None:
    found, part = shown_in_example(scheme)
    assert (found, part["key"], part["value"]) == (place, key, value)
