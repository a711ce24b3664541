from typing import Any

import pytest

from postiche.importers.document import DocumentError, References
from postiche.importers.operations import Budget, Writer
from postiche.importers.options import ImportOptions
from postiche.importers.schemas import Maker
from postiche.importers.security import Security

Json = dict[str, Any]


def item(operation: Json, path: str = "/a", method: str = "get", **options: Any) -> Json:
    references = References({})
    security = Security(references, {"k": {"type": "apiKey", "in": "query", "name": "k"}})
    makers = Maker(references), Maker(references, for_request=True)
    writer = Writer(ImportOptions(**options), *makers, security, None, Budget())
    return writer.item(path, {}, method, operation)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ({"summary": "S", "operationId": "o"}, "S"),
        ({"operationId": "getHTTPItems_all"}, "get HTTP Items all"),
        ({"operationId": "as it is"}, "as it is"),
        ({"description": "D"}, "D"),
        ({"summary": 5}, "/a/:id"),
        ({"summary": "x" * 300}, "x" * 255),
    ],
)
def test_a_request_is_named_by_the_first_that_is_there(operation: Json, name: str) -> None:
    assert item(operation, "/a/{id}")["name"] == name


def test_statuses_are_read_from_their_keys() -> None:
    keys = ["200", "2XX", "5xx", "default", "x-note", "99", "abc", "700"]
    found = item({"responses": {key: {"description": key} for key in keys}})["response"]
    assert [(each["name"], each["code"]) for each in found] == [
        ("200", 200),
        ("2XX", 200),
        ("5xx", 500),
        ("default", 500),
    ]


def test_a_response_without_a_description_is_named_by_its_status() -> None:
    (found,) = item({"responses": {"404": {}}})["response"]
    assert (found["name"], found["status"], found["body"]) == ("Not Found", "Not Found", "")


def test_credentials_in_the_query_are_shown_in_examples() -> None:
    operation = {"security": [{"k": []}], "responses": {"200": {}}}
    made = item(operation)
    url = made["response"][0]["originalRequest"]["url"]
    assert url["raw"] == "{{baseUrl}}/a?k=<API Key>"
    assert url["query"][0]["key"] == "k"
    assert "query" not in made["request"]["url"]


def test_a_media_type_with_nothing_in_it_has_an_empty_body() -> None:
    content: Json = {"content": {"text/plain": {}}}
    (found,) = item({"responses": {"200": content}})["response"]
    assert (found["body"], found["_postman_previewlanguage"]) == ("", "text")


def test_a_schema_without_end_gives_an_empty_object() -> None:
    content = {"content": {"application/json": {"schema": False}}}
    (found,) = item({"responses": {"200": content}})["response"]
    assert found["body"] == "{}"


def test_optional_form_fields_can_be_disabled() -> None:
    schema = {"required": ["a"], "properties": {"a": {"const": 1, "description": "d"}, "b": {}}}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    operation = {"requestBody": {"content": content}}
    body = item(operation, method="post", enableOptionalParameters=False)["request"]["body"]
    assert body["urlencoded"] == [
        {"key": "a", "value": "1", "type": "text", "description": "d"},
        {"key": "b", "value": "{}", "type": "text", "disabled": True},
    ]


def test_a_budget_ends() -> None:
    budget = Budget(10)
    budget.spend(10)
    with pytest.raises(DocumentError):
        budget.spend(1)
