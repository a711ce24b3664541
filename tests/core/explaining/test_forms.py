"""The layouts of an explanation: the data that is documented, the text, the body of a miss."""

from pathlib import Path

import orjson

from postiche.core.errors import MockError
from postiche.core.explaining.explain import explain, nearest
from postiche.core.explaining.forms import as_data, as_text, miss_body, miss_text
from postiche.core.match import match
from tests.core.building import example, get, plan, post
from tests.core.curling import sent_by

DOCS = Path(__file__).parents[3] / "docs" / "explain.md"
TWO = plan(
    example("/users/{{id}}?page=1", id="a", name="one"),
    example("/users", method="POST", id="b", name="make user", code=201),
)


def test_text_is_a_summary_a_table_and_a_reason_for_each_that_did_not_answer() -> None:
    assert as_text(explain(TWO, get("/users/7?page=2")), "http://mock").splitlines() == [
        "GET /users/7?page=2",
        '"one" (GET /users/{{id}}, 200) answers with 80 points:'
        " path 80, covered by wildcards; query 0, 0 of 1 parameter matches.",
        "Its wildcards cover id = 7.",
        "",
        "   points  method  path             query     headers  body  example",
        '>      80  GET     80 wildcards     0 (0/1)   -        -     /users/{{id}}  200 "one"',
        '      out  POST    75 IDs, slashes  -1 (0/1)  -        -     /users  201 "make user"',
        "",
        '2. "make user" (POST /users, 201)',
        "   method: sent GET, saved POST",
        "   also query key page: sent 2, not saved",
        "   get it with curl -X POST 'http://mock/users/7?page=2'",
    ]


def test_columns_are_aligned() -> None:
    lines = as_text(explain(TWO, get("/users/7?page=2"))).splitlines()
    head = next(line for line in lines if "points" in line and "example" in line)
    rows = lines[lines.index(head) + 1 : lines.index(head) + 3]
    at = head.index("example")
    assert [row[at - 1 : at + 1] for row in rows] == [" /", " /"]
    assert rows[0].startswith(">")


def test_data_holds_the_verdict_of_every_stage() -> None:
    data = as_data(explain(TWO, get("/users/7?page=2")), "http://mock")
    assert data["answer"] == {
        "id": "a",
        "name": "one",
        "method": "GET",
        "path": "/users/{{id}}",
        "status": 200,
    }
    assert (data["score"], data["error"], data["captures"]) == (80.0, None, {"id": "7"})
    first, second = data["candidates"]
    assert first["points"] == {"path": 80.0, "query": 0.0, "body": 0.0, "total": 80.0}
    assert first["stages"] == {
        "method": True,
        "directives": True,
        "path": {"fits": True, "step": "covered by wildcards", "points": 80.0},
        "query": {"matched": 0, "partial": 1, "missing": 0, "points": 0.0},
        "headers": None,
        "body": None,
    }
    assert second["outAt"] == "method"
    assert second["differences"][0] == {
        "stage": "method",
        "what": "method",
        "sent": "GET",
        "saved": "POST",
    }
    assert second["wouldAnswer"]["curl"].startswith("curl -X POST")


def test_data_is_json_whatever_was_sent() -> None:
    asked = get("/\udcff?\ud800=1", {"x-mock-response-name": "\udcff"})
    assert orjson.dumps(as_data(explain(TWO, asked)))
    assert orjson.loads(miss_body(nearest(TWO, asked)))


def test_every_field_is_documented() -> None:
    documented = DOCS.read_text(encoding="utf-8")
    data = as_data(explain(TWO, get("/users/7?page=2")))
    names = {*data, *data["candidates"][1], *data["candidates"][1]["wouldAnswer"]}
    assert not [name for name in names if f"`{name}`" not in documented]


def test_a_miss_keeps_postmans_error_and_adds_the_three_nearest() -> None:
    made = plan(*(example(f"/users/{i}x", name=str(i)) for i in range(9)))
    asked = post("/users/3x")
    body = orjson.loads(miss_body(nearest(made, asked), "http://mock/m/1"))
    assert list(body) == ["error", "postiche"]
    assert body["error"] == MockError.NO_MATCH.value.body
    told = body["postiche"]
    assert told["summary"] == "POST /users/3x has no example, but GET /users/3x has."
    assert len(told["nearest"]) == 3
    assert told["nearest"][0]["wouldAnswer"]["curl"] == "curl http://mock/m/1/users/3x"


def test_a_command_for_a_private_mock_has_a_place_for_the_key() -> None:
    body = orjson.loads(miss_body(nearest(TWO, get("/x")), "http://mock", "$KEY"))
    line = body["postiche"]["nearest"][0]["wouldAnswer"]["curl"]
    assert '-H "x-api-key: $KEY"' in line
    assert match(TWO, sent_by(line)).example is not None


def test_a_miss_as_text_says_the_same() -> None:
    text = miss_text(nearest(TWO, get("/users")), "http://mock")
    first, _, told, *rest = text.splitlines()
    assert first == (
        "404 mockRequestNotFoundError: Double check your method and the request path and try again."
    )
    assert told == "GET /users has no example, but POST /users has."
    assert "   get it with curl -X POST http://mock/users" in rest
