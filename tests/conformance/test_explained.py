"""Every case of the corpus is explained as it is checked in, and every miss says why."""

import pytest

from postiche.core.explaining.differences import Stage
from postiche.core.explaining.explain import Explanation
from postiche.core.explaining.judging import Choice
from postiche.core.explaining.wording import reason, summary

from .corpus import Case
from .explained import FOLDER, before_matching, checked_in, explanation_of, families, text_of

CASES = [(family, case) for family, cases in families().items() for case in cases]
MATCHED = [case for _, case in CASES if before_matching(case) is None]


@pytest.mark.parametrize(("family", "case"), CASES, ids=lambda each: getattr(each, "id", ""))
def test_a_case_is_explained_as_it_is_checked_in(family: str, case: Case) -> None:
    assert checked_in(family).get(case.id) == text_of(case).rstrip() + "\n", (
        "run `python -m tests.conformance.explained` and read what has changed"
    )


def test_no_explanation_is_kept_of_a_case_that_is_gone() -> None:
    present = {family: {case.id for case in cases} for family, cases in families().items()}
    kept = {file.stem: set(checked_in(file.stem)) for file in FOLDER.glob("*.txt")}
    assert all(kept[family] == ids for family, ids in present.items())
    assert kept.keys() - present.keys() <= {"shared"}


@pytest.mark.parametrize("case", MATCHED, ids=lambda case: case.id)
def test_a_miss_names_the_difference_that_matters_in_its_first_sentence(case: Case) -> None:
    found = explanation_of(case)
    if found.outcome.example is None:
        assert names_what_matters(found), summary(found)


def names_what_matters(found: Explanation) -> bool:
    """Whether the summary of a miss holds what put its nearest example out."""
    said = summary(found)
    if found.unanswered is not None or not found.candidates:
        return "has no example" in said
    verdict = found.candidates[0].verdict
    if verdict.choice is not Choice.NONE_MADE:
        kind = "id" if found.call.directives.id is not None else "name"
        return f"x-mock-response-{kind}" in said or "x-mock-response-code" in said
    if verdict.out_at is Stage.METHOD:
        return verdict.example.source.method in said
    if verdict.out_at is Stage.DIRECTIVES:
        return "x-mock-response-code" in said
    return reason(found.candidates[0]) in said
