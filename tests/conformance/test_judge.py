"""The judge must reject: a corpus whose judge is always content proves nothing."""

from dataclasses import replace
from typing import Any

import pytest

from .corpus import Case, Expectation
from .judge import Answer, faults

COLLECTION = {
    "info": {"name": "depot", "schema": "v2.1"},
    "item": [
        {
            "name": "bins",
            "item": [
                {
                    "name": "list",
                    "response": [
                        {"name": "bins", "code": 200, "body": "two bins"},
                        {"name": "card", "code": 200, "body": "bin {{bin}}"},
                    ],
                }
            ],
        }
    ],
}
CASE = Case(
    id="judged",
    why="",
    source="",
    confidence="documented",
    collection=COLLECTION,
    environment=None,
    mock_config={},
    request={"method": "GET", "path": "/bins", "headers": {}, "body": None},
    expect=Expectation(example="bins"),
)
CORS = ("access-control-allow-origin", "*")
GOOD = Answer(200, (CORS, ("link", "a"), ("link", "b")), b"two bins", "bins", 0)
ERROR = b'{"error": {"name": "notFound", "message": "Not here."}}'


def expecting(**wanted: Any) -> Case:
    return replace(CASE, expect=replace(CASE.expect, **wanted))


def test_the_right_answer_has_no_faults() -> None:
    assert faults(CASE, GOOD) == []


def test_an_example_known_only_by_its_looks_is_right() -> None:
    assert faults(CASE, replace(GOOD, example="(a caller is not told)")) == []


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({}, replace(GOOD, example="card")),
        ({}, replace(GOOD, example=None)),
        ({}, replace(GOOD, status=201)),
        ({}, replace(GOOD, body=b"three bins")),
        ({}, replace(GOOD, headers=())),
        ({}, replace(GOOD, headers=(CORS, CORS))),
        ({"status": 404}, GOOD),
        ({"body": "one bin"}, GOOD),
        ({"body_pattern": "two"}, GOOD),
        ({"headers": {"Link": "a"}}, GOOD),
        ({"headers": {"Link": ["b", "a"]}}, GOOD),
        ({"headers": {"X-Row": "1"}}, GOOD),
        ({"header_patterns": {"Link": "[ab]"}}, GOOD),
        ({"header_patterns": {"X-Row": ".*"}}, GOOD),
        ({"absent_headers": ("Link",)}, GOOD),
        ({"error_name": "notFound"}, GOOD),
        ({"body": ERROR.decode(), "error_name": "gone"}, replace(GOOD, body=ERROR)),
        ({"body": ERROR.decode(), "error_message": "Not there."}, replace(GOOD, body=ERROR)),
        ({"delay_ms": 5}, GOOD),
        ({"example": None, "status": 200}, GOOD),
    ],
)
def test_a_wrong_answer_has_one_fault(wanted: dict[str, Any], answer: Answer) -> None:
    assert len(faults(expecting(**wanted), answer)) == 1


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({"body_pattern": "two .*"}, GOOD),
        ({"headers": {"LINK": ["a", "b"]}, "absent_headers": ("X-Row",)}, GOOD),
        ({"error_name": "notFound", "body": ERROR.decode()}, replace(GOOD, body=ERROR)),
        ({"example": "card"}, replace(GOOD, example="card", body=b"anything")),
        ({"delay_ms": 5}, replace(GOOD, delay_ms=5)),
        ({"delay_ms": 5}, replace(GOOD, delay_ms=None)),
    ],
)
def test_what_is_asked_for_and_there_is_no_fault(wanted: dict[str, Any], answer: Answer) -> None:
    assert faults(expecting(**wanted), answer) == []
