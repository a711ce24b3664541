"""Both requests in lines that belong together, and which of them differ."""

from postiche.core.explaining.side_by_side import MAX_BODY_LINES, Pair, side_by_side
from postiche.model import BodyMode, RequestBody
from tests.core.building import example, get, plan, post, raw
from tests.core.explaining.told import verdict

JSON = {"content-type": "application/json"}


def test_method_path_and_query_stand_beside_each_other() -> None:
    made = plan(example("/users/{{id}}?page=1&size=5&any={{x}}", method="POST"))
    assert side_by_side(verdict(made, get("/users/7?page=2&any=1"))) == [
        Pair("GET", "POST", False),
        Pair("/users/7", "/users/{{id}}", True),
        Pair("?any=1", "?any={{...}}", False),
        Pair("?page=2", "?page=1", False),
        Pair(None, "?size=5", False),
    ]


def test_headers_in_force_do() -> None:
    made = plan(example("/", sends={"X-A": "1"}), match_header=True, headers=("X-A", "X-B"))
    assert side_by_side(verdict(made, get("/", {"x-b": "2"})))[2:] == [
        Pair(None, "x-a: 1", False),
        Pair("x-b: 2", None, False),
    ]


def test_json_is_laid_out_so_that_only_real_differences_show() -> None:
    saved = example("/", method="POST", sends=JSON, sends_body=raw('{"b":[1],"a":"Bob"}'))
    found = side_by_side(verdict(plan(saved), post("/", '{"a": "Ann", "b": [1]}', JSON)))[2:]
    assert [pair for pair in found if not pair.same] == [
        Pair('  "a": "Ann",', '  "a": "Bob",', False)
    ]
    assert len(found) == 6


def test_forms_are_laid_out_by_field() -> None:
    fields = (("b", "2"), ("a", "1"))
    saved = example("/", method="POST", sends_body=RequestBody(BodyMode.URLENCODED, fields=fields))
    found = side_by_side(verdict(plan(saved, match_body=True), post("/", "a=1&b=3")))
    assert found[2:] == [Pair("a=1", "a=1", True), Pair("b=3", "b=2", False)]


def test_content_types_show_where_bodies_are_matched() -> None:
    saved = example("/", method="POST", sends=JSON, sends_body=raw("x"))
    found = side_by_side(verdict(plan(saved, match_body=True), post("/", "x")))
    assert Pair(None, "content-type: application/json", False) in found
    assert Pair("x", "x", True) in found


def test_long_bodies_are_cut() -> None:
    saved = example("/", method="POST", sends_body=raw("a\n" * 10_000))
    found = side_by_side(verdict(plan(saved), post("/", "b\n" * 10_000)))
    assert len(found) == 2 + MAX_BODY_LINES
