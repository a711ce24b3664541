"""CORS as Postman's mock servers do it: they answer every preflight themselves.

Knows the preflight's headers (behaviour B.2). Must not know mocks: no example
can override a preflight, and none is looked up. The header that goes on actual
replies belongs to the core, with the replies.
"""

from postiche.dataplane.asgi import RawHeaders, encoded
from postiche.model import Headers, joined

_ALWAYS: RawHeaders = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET,HEAD,PUT,PATCH,POST,DELETE"),
    (b"vary", b"Access-Control-Request-Headers"),
]
_EMPTY = (b"content-length", b"0")


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a request is a CORS preflight; other OPTIONS requests are matched (B.2)."""
    if method != "OPTIONS":
        return False
    names = {name for name, _ in headers}
    return "origin" in names and "access-control-request-method" in names


def preflight_headers(headers: Headers) -> RawHeaders:
    """The headers of the 204 that answers a preflight: the defaults of Express' cors (B.2)."""
    asked = joined(headers, "access-control-request-headers")
    echo = encoded((("access-control-allow-headers", asked),)) if asked else []
    return [*_ALWAYS, *echo, _EMPTY]
