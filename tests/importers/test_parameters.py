from typing import Any

import pytest

from postiche.importers.document import References
from postiche.importers.options import ImportOptions
from postiche.importers.parameters import path_names, postman_path, read_parameters
from postiche.importers.schemas import Maker

Json = dict[str, Any]


def read(*parameters: Any, **options: Any) -> tuple[Any, Any, Any]:
    found = read_parameters(Maker(References({})), ImportOptions(**options), list(parameters))
    return pairs(found.variables), pairs(found.query), pairs(found.headers)


def pairs(parts: list[Json]) -> list[tuple[str, str]]:
    return [(each["key"], each["value"]) for each in parts]


ARRAY: Json = {"type": "array", "items": {"type": "integer"}, "minItems": 2}
OBJECT: Json = {"properties": {"a": {"const": 1}, "b": {"const": "x"}}}


@pytest.mark.parametrize(
    ("parameter", "query"),
    [
        ({"schema": ARRAY}, [("q", "1"), ("q", "1")]),
        ({"schema": ARRAY, "explode": False}, [("q", "1,1")]),
        ({"schema": ARRAY, "style": "pipeDelimited"}, [("q", "1|1")]),
        ({"schema": OBJECT}, [("a", "1"), ("b", "x")]),
        ({"schema": OBJECT, "explode": False}, [("q", "a,1,b,x")]),
        ({"schema": OBJECT, "style": "deepObject"}, [("q[a]", "1"), ("q[b]", "x")]),
        ({"content": {"application/json": {"schema": OBJECT}}}, [("q", '{"a":1,"b":"x"}')]),
        ({"example": 5, "schema": OBJECT}, [("q", "5")]),
        ({"examples": {"one": {"value": "e"}}}, [("q", "e")]),
        ({"schema": {"type": "boolean"}}, [("q", "true")]),
        ({"schema": False}, [("q", "")]),
        ({}, [("q", "")]),
    ],
)
def test_query_parameters_are_written_as_their_style_wants(parameter: Json, query: Any) -> None:
    assert read({"name": "q", "in": "query", **parameter})[1] == query


def test_each_place_has_its_parameters() -> None:
    found = read(
        {"name": "p", "in": "path", "schema": ARRAY},
        {"name": "H", "in": "header", "schema": {"const": "h"}},
        {"name": "c", "in": "cookie", "schema": {"const": 1}},
        {"name": "Authorization", "in": "header"},
        {"name": "nowhere", "in": "body"},
        {"in": "query"},
        5,
    )
    assert found == ([("p", "1,1")], [], [("H", "h"), ("Cookie", "c=1")])


def test_an_operation_overrides_its_path() -> None:
    one = {"name": "a", "in": "query", "example": "path"}
    other = {**one, "example": "operation"}
    found = read_parameters(Maker(References({})), ImportOptions(), [one], [other])
    assert [each["value"] for each in found.query] == ["operation"]


@pytest.mark.parametrize(
    ("path", "segments", "names"),
    [
        ("/a/{id}", ["a", ":id"], ["id"]),
        ("/{id}.json/{x}-{y}", ["{{id}}.json", "{{x}}-{{y}}"], []),
        ("/", [""], []),
        ("a/{v.w}", ["a", "{{v.w}}"], []),
        ("/a/{}", ["a", "{}"], []),
    ],
)
def test_path_templates_become_postmans(path: str, segments: Any, names: Any) -> None:
    assert postman_path(path) == segments
    assert path_names(segments) == names
