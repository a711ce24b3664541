from typing import Any

import pytest

from postiche.importers.document import DocumentError, read_document
from postiche.importers.openapi import openapi_to_collection
from postiche.importers.options import ImportOptions
from postiche.importers.swagger import swagger_to_openapi

Json = dict[str, Any]

SHOP = """
swagger: '2.0'
info: {title: Shop}
host: shop.test
basePath: /v1
schemes: [http]
consumes: [application/xml, application/json]
securityDefinitions:
  basic: {type: basic}
  login: {type: oauth2, flow: accessCode, authorizationUrl: https://a.test, tokenUrl: https://t.test}
security: [{basic: []}]
parameters:
  limit: {name: limit, in: query, type: integer, minimum: 3}
paths:
  /items:
    get:
      summary: List
      parameters:
        - $ref: '#/parameters/limit'
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
      responses:
        '200':
          description: All
          schema: {type: array, items: {$ref: '#/definitions/Item'}}
          headers: {X-Total: {type: integer}}
        '400': {description: Bad, examples: {application/json: {no: 1}}}
    post:
      summary: Add
      parameters: [{name: body, in: body, schema: {$ref: '#/definitions/Item'}}]
      responses: {'201': {description: Made}}
  /files/{id}:
    parameters: [{name: id, in: path, required: true, type: string}]
    put:
      summary: Upload
      parameters:
        - {name: file, in: formData, type: file, required: true}
        - {name: note, in: formData, type: string}
      responses: {'204': {description: Done}}
definitions:
  Item: {type: object, properties: {id: {type: integer}}}
"""


def requests() -> dict[str, Json]:
    document = swagger_to_openapi(read_document(SHOP))
    collection = openapi_to_collection(document, ImportOptions(folderStrategy="Tags"))
    assert collection["variable"][0]["value"] == "http://shop.test/v1"
    assert collection["auth"]["type"] == "basic"
    return {each["name"]: each for each in collection["item"]}


def test_parameters_and_responses_are_found() -> None:
    item = requests()["List"]
    assert item["request"]["url"]["raw"] == "{{baseUrl}}/items?limit=3&tags=string"
    ok, bad = item["response"]
    assert (ok["name"], ok["body"]) == ("All", '[\n  {\n    "id": 1\n  }\n]')
    assert ok["header"][1] == {"key": "X-Total", "value": "1"}
    assert bad["body"] == '{\n  "no": 1\n}'


def test_bodies_and_forms_are_found() -> None:
    found = requests()
    assert found["Add"]["request"]["body"]["raw"] == '{\n  "id": 1\n}'
    upload = found["Upload"]["request"]
    assert upload["url"]["path"] == ["files", ":id"]
    assert [each["type"] for each in upload["body"]["formdata"]] == ["file", "text"]


@pytest.mark.parametrize("document", [{"openapi": "3.0.0"}, {"swagger": "2.0", "paths": []}])
def test_other_documents_are_refused(document: Json) -> None:
    with pytest.raises(DocumentError):
        swagger_to_openapi(document)


def test_junk_is_passed_over() -> None:
    for junk in (None, 5, [], "x", [5], {"x": None}):
        for key in (
            "host",
            "schemes",
            "parameters",
            "definitions",
            "securityDefinitions",
            "produces",
        ):
            document = swagger_to_openapi({**read_document(SHOP), key: junk})
            openapi_to_collection(document, ImportOptions())
        operation = {"parameters": junk, "responses": {"200": junk}, "consumes": junk}
        paths = {"/a": {"get": operation, "put": junk}, "/b": junk}
        document = swagger_to_openapi({"swagger": 2.0, "paths": paths})
        openapi_to_collection(document, ImportOptions())
