"""What looks like a credential, and what only stands for one."""

import pytest

from postiche.core.lint.credentials import credentials, known_form, real_part
from postiche.model import BodyMode, Example, RequestBody
from tests.core.building import example

REAL = "q7RtX2mP9sLk4VwZ"
JWT = ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N"))


@pytest.mark.parametrize(
    ("saved", "where"),
    [
        (example(sends={"Authorization": f"Bearer {REAL}"}), "the request header Authorization"),
        (example(sends={"X-API-Key": REAL}), "the request header X-API-Key"),
        (example(f"/?api_key={REAL}&page=1"), "the parameter api_key"),
        (
            example(sends_body=RequestBody(BodyMode.URLENCODED, fields=(("client_secret", REAL),))),
            "the parameter client_secret",
        ),
        (example(body=f'{{"token": "{JWT}"}}'), "the response body"),
        (example(headers={"Set-Cookie": f"t={JWT}"}), "the response header Set-Cookie"),
        (
            example(sends_body=RequestBody(BodyMode.RAW, "key AKIA" + "J7XQ2WLPN4RT6VYZ")),
            "the request body",
        ),
    ],
)
def test_a_credential_is_found_where_it_stands(saved: Example, where: str) -> None:
    [(found, start)] = credentials(saved)
    assert found == where
    assert len(start) == 5


@pytest.mark.parametrize(
    "value",
    [
        *("", "{{token}}", "Bearer {{token}}", "<API Key>", "YOUR_API_KEY_123", "Bearer token"),
        *("xxxxxxxxxxxx1", "000000000000a", "short1", "onlyletterswithoutdigits", "123456789012"),
        "Bearer your-access-token-1",
    ],
)
def test_a_placeholder_is_no_credential(value: str) -> None:
    assert real_part(value) is None
    assert not list(credentials(example(sends={"Authorization": value})))


def test_other_headers_may_hold_anything() -> None:
    assert not list(credentials(example(sends={"X-Request-Id": REAL}, body=REAL)))


def test_known_forms_are_found_in_running_text() -> None:
    assert known_form("-----BEGIN RSA PRIVATE KEY-----\nabc") is not None
    assert known_form("ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2) is not None
    assert known_form("PMAK-" + "0" * 24 + "-" + "0" * 34) is None
    assert known_form("a photograph of a ghost") is None
