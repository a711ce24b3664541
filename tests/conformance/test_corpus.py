"""The corpus itself: is it whole, and can every case of it fail?"""

import json
from typing import Any

import pytest

from .corpus import KEYS, OWN, RULES, SHARED, Case, cases_in, every_case

OWN_CASES = cases_in(OWN)
RULE_IDS = [rule["rule"] for rule in json.loads(RULES.read_text(encoding="utf-8"))]


def test_every_rule_has_a_case() -> None:
    assert sorted(set(RULE_IDS) - {case.rule for case in OWN_CASES}) == []


def test_every_rule_is_listed_once() -> None:
    assert len(RULE_IDS) == len(set(RULE_IDS))


def test_every_case_has_a_rule() -> None:
    assert [case.id for case in OWN_CASES if case.rule not in RULE_IDS] == []


def test_ids_are_unique() -> None:
    ids = [case.id for case in every_case()]
    assert len(ids) == len(set(ids))


def test_a_case_is_named_like_its_file() -> None:
    assert [case.id for case in OWN_CASES] == [path.stem for path in sorted(OWN.glob("*.json"))]


def test_a_file_name_begins_with_the_rule() -> None:
    wrong = [case.id for case in OWN_CASES if not case.id.startswith(_prefix(case.rule))]
    assert wrong == []


def test_every_case_says_why_and_whence() -> None:
    grades = ("documented", "observed", "inferred")
    wanting = [
        case.id
        for case in OWN_CASES
        if not (case.why and case.source and case.confidence in grades)
    ]
    assert wanting == []


def test_every_field_holds_what_the_format_allows() -> None:
    wrong = [
        case.id
        for case in OWN_CASES
        if case.key not in KEYS or case.deleted not in (None, "collection", "environment")
    ]
    assert wrong == []


def test_every_case_asks_for_something() -> None:
    idle = [case.id for case in every_case() if not (case.expect.example or case.expect.status)]
    assert idle == []


def test_every_answer_gives_its_example_away() -> None:
    assert [case.id for case in every_case() if case.expect.example and not _tells(case)] == []


def test_the_shared_cases_are_at_hand() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"no shared cases beside this checkout: only the {len(OWN_CASES)} own ones ran")
    assert cases_in(SHARED)


def _prefix(rule: str) -> str:
    """The beginning of a file name: "A.1.4 row 5" gives "A1-4-row5-"."""
    part, _, rest = rule.partition(" ")
    row = rest.replace("row ", "row") + "-" if rest.startswith("row ") else ""
    return part.replace(".", "", 1).replace(".", "-") + "-" + row


def _tells(case: Case) -> bool:
    """Whether the example can be known from outside: none other has its status and body."""
    named = [_looks(saved) for saved in case.examples() if saved["name"] == case.expect.example]
    others = [_looks(saved) for saved in case.examples() if saved["name"] != case.expect.example]
    alone = len(named) == 1 or (len(set(named)) == len(named) and case.expect.body is not None)
    return bool(named) and alone and set(named).isdisjoint(others)


def _looks(saved: dict[str, Any]) -> tuple[Any, Any]:
    return saved.get("code"), saved.get("body")
