import pytest

from postiche.dataplane.cors import is_preflight, preflight_headers
from postiche.model import Headers

PREFLIGHT = (("origin", "http://x"), ("access-control-request-method", "PUT"))


def test_options_with_origin_and_requested_method_is_a_preflight() -> None:
    assert is_preflight("OPTIONS", PREFLIGHT)


@pytest.mark.parametrize(
    ("method", "headers"),
    [("PUT", PREFLIGHT), ("OPTIONS", PREFLIGHT[:1]), ("OPTIONS", PREFLIGHT[1:]), ("OPTIONS", ())],
)
def test_everything_else_is_not(method: str, headers: Headers) -> None:
    assert not is_preflight(method, headers)


def test_the_answer_has_the_defaults_of_express() -> None:
    assert preflight_headers(PREFLIGHT) == [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"GET,HEAD,PUT,PATCH,POST,DELETE"),
        (b"vary", b"Access-Control-Request-Headers"),
        (b"content-length", b"0"),
    ]


def test_the_headers_asked_for_are_allowed() -> None:
    asked = (*PREFLIGHT, ("access-control-request-headers", "X-One,x-two"))
    assert (b"access-control-allow-headers", b"X-One,x-two") in preflight_headers(asked)


def test_what_is_asked_for_cannot_smuggle_in_a_header() -> None:
    asked = (*PREFLIGHT, ("access-control-request-headers", "x\r\nset-cookie: a=b"))
    assert preflight_headers(asked) == preflight_headers(PREFLIGHT)
