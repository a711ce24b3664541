"""The request that an example was saved for, as a client would send it.

Knows how saved requests are put on the wire. Must not know how they are
matched.
"""

import json
from urllib.parse import quote, urlencode

from postiche.core.urls import shown, split_url
from postiche.core.variables import Scope
from postiche.model import BodyMode, Example, Headers, Request, RequestBody

SAFE = "/?&=%:@!$'()*+,;~{}[]|"
BOUNDARY = "replay-boundary"
DEFAULT_TYPES = {
    BodyMode.URLENCODED: "application/x-www-form-urlencoded",
    BodyMode.FORMDATA: "multipart/form-data",
    BodyMode.GRAPHQL: "application/json",
}


def own_request(example: Example, scope: Scope) -> Request:
    """The example's original request with its known variables filled in."""
    path, query = split_url(scope.fill(example.url))
    target = quote(shown(f"{path}?{query}" if query else path), safe=SAFE)
    headers = tuple((name.lower(), scope.fill(value)) for name, value in example.request_headers)
    body = example.request_body
    if body is None:
        return Request(example.method, target, headers)
    return Request(example.method, target, typed(headers, body.mode), encoded(body, scope))


def typed(headers: Headers, mode: BodyMode) -> Headers:
    """The headers with the Content-Type that Postman adds for a body mode."""
    if mode not in DEFAULT_TYPES or any(name == "content-type" for name, _ in headers):
        return headers
    boundary = f"; boundary={BOUNDARY}" if mode is BodyMode.FORMDATA else ""
    return (*headers, ("content-type", DEFAULT_TYPES[mode] + boundary))


def encoded(body: RequestBody, scope: Scope) -> bytes:
    """The body as it is sent."""
    fields = [(scope.fill(key), scope.fill(value)) for key, value in body.fields]
    match body.mode:
        case BodyMode.URLENCODED:
            return urlencode(fields).encode()
        case BodyMode.FORMDATA:
            parts = (
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
                for key, value in fields
            )
            return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
        case BodyMode.GRAPHQL:
            variables = json.loads(scope.fill(body.variables) or "{}")
            return json.dumps({"query": scope.fill(body.text), "variables": variables}).encode()
        case _:
            return scope.fill(body.text).encode()
