import orjson
import pytest

from postiche.importers.bundle import bundle
from postiche.importers.document import DocumentError, References


def test_files_are_reached_from_where_they_are() -> None:
    texts = {
        "api/index.yaml": "paths: {/a: {$ref: './parts/a.json#/A'}, /b: {$ref: '#/paths/~1a'}}",
        "api/parts/a.json": orjson.dumps(
            {"A": {"x": {"$ref": "../parts/a.json#/B"}, "y": {"$ref": "#/B"}}, "B": {"b": 1}}
        ).decode(),
        "api/unused.json": "{}",
    }
    document = bundle("api/index.yaml", texts)
    assert list(document["x-files"]) == ["api/parts/a.json"]
    references = References(document)
    a = references.resolve(document["paths"]["/a"])
    assert references.resolve(document["paths"]["/b"]) == a
    assert references.resolve(a["x"]) == references.resolve(a["y"]) == {"b": 1}


def test_a_file_may_refer_back_to_the_root() -> None:
    texts = {
        "index.json": '{"a": {"$ref": "b.json"}, "c": {"d": 1}}',
        "b.json": '{"$ref": "index.json#/c"}',
    }
    document = bundle("index.json", texts)
    assert References(document).resolve(document["a"]) == {"d": 1}


def test_what_is_not_there_or_broken_means_nothing() -> None:
    texts = {
        "index.json": '{"a": {"$ref": "no.json#/x"}, "b": {"$ref": "bad.json"}}',
        "bad.json": "[",
    }
    document = bundle("index.json", texts)
    assert References(document).resolve(document["a"]) == {}
    assert References(document).resolve(document["b"]) == {}


def test_a_single_file_stays_as_it_is() -> None:
    assert bundle("a.json", {"a.json": '{"x": {"$ref": "#/y"}}'}) == {"x": {"$ref": "#/y"}}
    with pytest.raises(DocumentError):
        bundle("a.json", {"a.json": "["})
