from postiche.core.lint.findings import (
    RULES,
    SEVERITIES,
    WHOLE,
    Finding,
    counted,
    example_place,
    request_place,
)
from postiche.model import SavedRequest
from tests.core.building import example

SAVED = SavedRequest("r", "Get", ("A", "B"), "GET", "/", ())


def test_a_place_is_told_by_the_names_above_it() -> None:
    place = request_place(SAVED, 3)
    assert Finding("secret", place, "").where == "A / B / Get"
    below = example_place(place, example(name="ok", id="1"), 2)
    assert Finding("secret", below, "").where == "A / B / Get / ok"
    assert Finding("secret", WHOLE, "").where == ""


def test_a_request_stands_before_its_examples_and_the_collection_before_all() -> None:
    places = [example_place(request_place(SAVED, 0), example(), 0), request_place(SAVED, 0), WHOLE]
    ordered = sorted(places, key=lambda place: place.position)
    assert ordered == places[::-1]


def test_findings_are_counted_by_severity() -> None:
    found = [Finding(rule, WHOLE, "") for rule in ("dropped", "secret", "secret", "code-only")]
    assert counted(found) == {"error": 1, "warning": 2, "info": 1}
    assert counted([]) == {"error": 0, "warning": 0, "info": 0}


def test_every_rule_has_a_severity() -> None:
    assert set(RULES.values()) == set(SEVERITIES)
