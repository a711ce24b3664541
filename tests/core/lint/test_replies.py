"""Replies that are not what they say they are."""

import pytest

from postiche.core.lint.replies import is_json, is_xml, json_problem, never_sent, xml_problem
from tests.core.building import example

from .linting import findings, rules

JSON, XML = "application/json", "application/xml"


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (JSON, '{"a": 1}', []),
        (JSON, "[1,]", ["body-not-json"]),
        (JSON, "<html></html>", ["body-not-json"]),
        ("application/problem+json", "oops", ["body-not-json"]),
        ("application/x-ndjson", "1\n2", []),
        (JSON, "", ["empty-body"]),
        (JSON, '{"id": {{id}}, "at": "{{$guid}}"}', []),
        (JSON, '{"id": {{unknown}}}', ["body-not-json", "unresolved-in-response"]),
        (XML, "<a><b/></a>", []),
        (XML, "<a><b></a>", ["body-not-xml"]),
        (XML, "{}", ["body-not-xml"]),
        ("image/svg+xml", "<svg/>", []),
        ("text/plain", "anything", []),
        ("text/html", "<p>", []),
        ("text/html", '{"a": 1}', ["json-as-html"]),
        (None, '{"a": 1}', ["json-as-html"]),
        (None, "hello", []),
        (None, "12", []),
        ("json", "{}", ["invalid-content-type"]),
        ("text/html", "{not json", []),
    ],
)
def test_a_body_is_held_against_its_content_type(
    content_type: str | None, body: str, expected: list[str]
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    found = rules(example("/:id", headers=headers, body=body))
    assert found == expected


def test_the_message_says_where_and_what_it_looks_like() -> None:
    headers = {"Content-Type": JSON}
    [finding] = findings(example("/a", headers=headers, body="<!DOCTYPE html>"))
    assert "at line 1, 1." in finding.message
    assert finding.message.endswith("It looks like HTML.")


def test_an_empty_reply_to_head_is_no_surprise() -> None:
    assert rules(example("/a", method="HEAD", headers={"Content-Type": JSON})) == []


def test_a_body_with_a_status_that_has_none_is_told() -> None:
    assert rules(example("/a", code=204, body="x")) == ["body-not-sent"]
    assert rules(example("/a", code=204, headers={"Content-Type": JSON})) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("X Y", ["invalid-header"]),
        ("X-Mock-Respons-Delay", ["unknown-control"]),
        ("Connection", ["header-not-sent"]),
        ("X-Fine", []),
        ("Access-Control-Allow-Origin", []),
    ],
)
def test_headers_that_are_not_sent_are_told(name: str, expected: list[str]) -> None:
    assert rules(example("/a", headers={name: "1"})) == expected


def test_what_json_has_and_the_fast_parser_has_not_is_json() -> None:
    assert json_problem(b'"\\ud800"') is None
    assert json_problem(b"[" * 2000 + b"]" * 2000) is None
    assert json_problem(b"[" * 100_000) is None or "line 1" in str(json_problem(b"[" * 100_000))
    assert json_problem(b"NaN") is not None
    assert json_problem(b"\xff") is not None


def test_entities_cannot_blow_up_the_xml_check() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "x">{entities}]><a>&e29;</a>'
    assert xml_problem(bomb.encode()) is None
    assert xml_problem(b"<a>") == "no element found at line 1, 4"


def test_media_types_are_told_apart() -> None:
    assert is_json("application/json")
    assert is_json("application/vnd.api+json")
    assert not is_json("application/json5")
    assert is_xml("text/xml")
    assert not is_xml(None)


def test_headers_of_the_connection_are_listed_in_lower_case() -> None:
    saved = example(headers={"Transfer-Encoding": "chunked", "X": "1"})
    assert never_sent(saved) == ["transfer-encoding"]
