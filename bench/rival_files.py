"""The same routes in the words of each server: its configuration as text or data.

Knows the file formats of the servers that are compared. Must not know how
they are installed or started.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import NAMESPACE_URL, uuid5

from bench.work import CAPTURE, REPLY_BYTES, Route, Work

JSON_TYPE = "application/json"
POSTMAN_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def nginx_conf(port: int) -> str:
    """nginx that answers everything with one constant of the same length."""
    return f"""
worker_processes 1; daemon off; pid nginx.pid; error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off; default_type {JSON_TYPE};
  keepalive_requests 1000000000; keepalive_timeout 3600s;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location / {{ return 200 '{nginx_reply()}'; }}
  }}
}}
"""


def nginx_reply() -> str:
    """What nginx answers."""
    begin = '{"id":"item","text":"'
    return begin + "x" * (REPLY_BYTES - len(begin) - 2) + '"}'


def postman_collection(routes: Iterable[Route]) -> dict[str, object]:
    """A Postman collection, one request with its examples for each method and path."""
    return {
        "info": {"name": "bench", "schema": POSTMAN_SCHEMA},
        "item": [_postman_item(list(same)) for same in _by_path(routes)],
    }


def _postman_item(same: Sequence[Route]) -> dict[str, object]:
    request = _postman_request(same[0])
    return {"name": _name(same[0]), "request": request, "response": list(map(_example, same))}


def _example(route: Route) -> dict[str, object]:
    return {
        "name": _name(route),
        "originalRequest": _postman_request(route),
        "status": "OK",
        "code": 200,
        "header": [{"key": "Content-Type", "value": JSON_TYPE}],
        "body": route.reply.replace(CAPTURE, "{{id}}"),
    }


def _postman_request(route: Route) -> dict[str, object]:
    path = route.path.replace(CAPTURE, "{{id}}")
    segments = path.strip("/").split("/")
    url = {"raw": "{{url}}" + path, "host": ["{{url}}"], "path": segments}
    request: dict[str, object] = {"method": route.method, "header": [], "url": url}
    if route.sent:
        request["header"] = [{"key": "Content-Type", "value": JSON_TYPE}]
        request["body"] = {"mode": "raw", "raw": route.saved}
    return request


def mockoon_environment(routes: Iterable[Route]) -> dict[str, object]:
    """A Mockoon data file."""
    mocks = [_mockoon_route(list(same)) for same in _by_path(routes)]
    return {
        "uuid": _uuid("environment"),
        "lastMigration": 33,
        "name": "bench",
        "endpointPrefix": "",
        "port": 3000,
        "routes": mocks,
        "rootChildren": [{"type": "route", "uuid": mock["uuid"]} for mock in mocks],
    }


def _mockoon_route(same: Sequence[Route]) -> dict[str, object]:
    route = same[0]
    return {
        "uuid": _uuid(_name(route)),
        "type": "http",
        "method": route.method.lower(),
        "endpoint": route.path.strip("/").replace(CAPTURE, ":id"),
        "responses": [_mockoon_response(each, each is route) for each in same],
        "responseMode": None,
    }


def _mockoon_response(route: Route, default: bool) -> dict[str, object]:
    return {
        "uuid": _uuid("response of " + _name(route)),
        "body": route.reply.replace(CAPTURE, "{{urlParam 'id'}}"),
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": JSON_TYPE}],
        "rules": [_mockoon_rule(route)] if route.sent else [],
        "default": default,
    }


def _mockoon_rule(route: Route) -> dict[str, object]:
    """Mockoon compares whole bodies as text, and pieces of JSON by their path."""
    whole = route.saved == route.sent
    return {
        "target": "body",
        "modifier": "" if whole else "order",
        "value": route.sent if whole else json.loads(route.sent)["order"],
        "operator": "equals",
        "invert": False,
    }


def openapi(routes: Iterable[Route]) -> dict[str, object]:
    """An OpenAPI document with an example for each operation, for Prism."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": {route.path: {route.method.lower(): _operation(route)} for route in routes},
    }


def _operation(route: Route) -> dict[str, object]:
    content = {JSON_TYPE: {"example": json.loads(route.reply)}}
    return {"responses": {"200": {"description": "OK", "content": content}}}


def wiremock_mappings(routes: Iterable[Route]) -> dict[str, object]:
    """WireMock's stubs in one file."""
    return {"mappings": [_wiremock_mapping(route) for route in routes]}


def _wiremock_mapping(route: Route) -> dict[str, object]:
    captures = CAPTURE in route.path
    request: dict[str, object] = {"method": route.method}
    request["urlPathTemplate" if captures else "urlPath"] = route.path.replace(CAPTURE, "{id}")
    if route.sent:
        request["bodyPatterns"] = [{"equalToJson": route.saved}]
    reply = route.reply.replace(CAPTURE, "{{request.path.id}}")
    response = {"status": 200, "body": reply, "headers": {"Content-Type": JSON_TYPE}}
    if captures:
        response["transformers"] = ["response-template"]
    return {"request": request, "response": response}


def mockserver_expectations(routes: Iterable[Route]) -> list[dict[str, object]]:
    """MockServer's expectations, as its initialization file has them."""
    return [_mockserver_expectation(route) for route in routes]


def _mockserver_expectation(route: Route) -> dict[str, object]:
    request: dict[str, object] = {"method": route.method, "path": route.path}
    if route.sent:
        request["body"] = {"type": "JSON", "json": route.saved, "matchType": "STRICT"}
    if CAPTURE in route.path:
        request["path"] = route.path.replace(CAPTURE, "{id}")
        request["pathParameters"] = {"id": [".*"]}
        return {"httpRequest": request, "httpResponseTemplate": _velocity(route)}
    headers = {"Content-Type": [JSON_TYPE]}
    response = {"statusCode": 200, "headers": headers, "body": route.reply}
    return {"httpRequest": request, "httpResponse": response}


def _velocity(route: Route) -> dict[str, str]:
    reply = json.dumps(route.reply).replace(CAPTURE, "$!request.pathParameters['id'][0]")
    headers = json.dumps({"Content-Type": [JSON_TYPE]})
    template = f'{{"statusCode": 200, "headers": {headers}, "body": {reply}}}'
    return {"templateType": "VELOCITY", "template": template}


def file_mocks(work: Work) -> dict[str, str]:
    """Files for the npm package `mockserver`: their paths tell method, path and body."""
    return {
        f"{route.path.strip('/')}/{route.method}{f'--{route.saved}' if route.sent else ''}.mock": (
            f"HTTP/1.1 200 OK\nContent-Type: {JSON_TYPE}\n\n{route.reply}"
        )
        for route in work.routes
    }


def _by_path(routes: Iterable[Route]) -> list[list[Route]]:
    """Routes in order, those with one method and path together."""
    return [list(same) for _, same in groupby(routes, lambda route: (route.method, route.path))]


def _name(route: Route) -> str:
    """What tells a route from the others."""
    return f"{route.method} {route.path.replace(CAPTURE, ':id')} {route.sent}".strip()


def _uuid(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, text))
