"""The lint of whole collections: order, places, determinism, and that the docs know every rule."""

import re
from pathlib import Path

import orjson
import pytest

from postiche.core.collection import read_collection
from postiche.core.lint import lint
from postiche.core.lint.findings import RULES
from postiche.model import Collection, Dropped, MockConfig, SavedRequest
from tests.core.building import collection, example, unanswered

from .linting import findings, one, rules

ROOT = Path(__file__).parents[3]
COLLECTIONS = [
    *sorted(ROOT.glob("src/postiche/server/demo/*.postman_collection.json")),
    *sorted(ROOT.glob("examples/*.postman_collection.json")),
    *sorted(ROOT.parent.glob("shared/collections/*.json")),
]

JSON = {"Content-Type": "application/json"}


def test_a_collection_without_flaws_has_no_findings() -> None:
    sound = example("https://h/users?page=1", headers=JSON, body="[]")
    assert rules(sound, example("https://h/users/:id", headers=JSON, body='{"id": 1}')) == []


def test_every_rule_is_in_the_docs_with_its_severity() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", (ROOT / "docs/lint.md").read_text(), re.M)
    assert dict(rows) == RULES
    assert len(rows) == len(RULES)


@pytest.mark.parametrize("file", COLLECTIONS, ids=lambda file: file.stem.partition(".")[0])
def test_real_collections_bring_the_same_findings_every_time_in_file_order(file: Path) -> None:
    read = read_collection(orjson.loads(file.read_bytes()))
    found = lint(read)
    assert found == lint(read)
    assert list(found) == sorted(found, key=lambda finding: finding.place.position)
    assert all(finding.message.rstrip('"').endswith((".", "?")) for finding in found)
    orjson.dumps([finding.described() for finding in found])


def test_a_finding_says_where_it_is() -> None:
    saved = example("/a", name="one", id="an-id", headers=JSON, body="{")
    request = SavedRequest(None, "Get a", ("Shop", "Inner"), "GET", "/a", (saved,))
    [finding] = lint(Collection(None, "c", (), (request,)))
    assert finding.described() == {
        "rule": "body-not-json",
        "severity": "error",
        "where": "Shop / Inner / Get a / one",
        "folders": ["Shop", "Inner"],
        "request": "Get a",
        "example": "one",
        "exampleId": "an-id",
        "message": finding.message,
    }


def test_findings_come_in_file_order_whatever_rule_found_them() -> None:
    broken = example("/b", name="b", headers=JSON, body="{")
    twins = (example("/a", name="a", headers={"X-Mock-Nothing": "1"}), example("/a", name="a2"))
    found = findings(twins[0], broken, twins[1], without_example=[unanswered("/zzz")])
    assert [(each.place.request, each.rule) for each in found] == [
        ("a", "unknown-control"),
        ("b", "body-not-json"),
        ("a2", "never-chosen"),
        ("a request", "unanswered"),
    ]


# --- the collection and its requests -------------------------------------------------


def test_a_collection_without_examples_is_told_once() -> None:
    empty = Collection(None, "c", (), (unanswered("/a"), unanswered("/b")))
    assert [finding.rule for finding in lint(empty)] == ["no-examples"]


def test_a_request_that_another_ones_example_answers_is_not_unanswered() -> None:
    assert rules(example("/a"), without_example=[unanswered("/a"), unanswered("/elsewhere")]) == [
        "unanswered"
    ]


def test_what_was_dropped_is_told_where_it_stood() -> None:
    document = {
        "info": {"name": "c"},
        "item": [
            {"name": "F", "item": [{"name": "R", "request": "/a", "response": [{"name": "x / y"}]}]}
        ],
    }
    made = read_collection(document)
    found = [finding for finding in lint(made) if finding.rule == "dropped"]
    assert [finding.where for finding in found] == ["F / R / x / y"]
    assert found[0].place.request == "R"
    assert [finding.rule for finding in lint(made)] == ["no-examples", "dropped"]


def test_what_was_dropped_outside_any_request_comes_first() -> None:
    made = collection(example("/a", headers=JSON, body="{"))
    dropped = (Dropped("somewhere", "an item is not an object"),)
    found = lint(Collection(None, "c", (), made.requests, dropped))
    assert next((each.rule, each.where) for each in found) == ("dropped", "somewhere")


def test_an_example_whose_url_grows_too_long_is_dropped() -> None:
    finding = one(example("/{{x}}"), example("/b"), variables={"x": "x" * 70_000})
    assert (finding.rule, finding.place.request) == ("dropped", "an example")


def test_an_active_server_response_is_told() -> None:
    assert rules(example("/a"), server_response_id="1") == ["server-response"]


def test_two_examples_with_one_id_are_told() -> None:
    assert rules(example("/a", id="1"), example("/b", id="1")) == ["duplicate-id"]


# --- what many examples share --------------------------------------------------------


def test_headers_that_are_never_sent_are_told_once_for_all_examples() -> None:
    gzip = {"Content-Encoding": "gzip"}
    finding = one(*(example(f"/{i}", headers=gzip) for i in range(3)))
    assert finding.rule == "header-not-sent"
    assert "content-encoding (also in 2 more" in finding.message


def test_a_credential_is_told_without_being_repeated() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    finding = one(example("/a", body=f"key {key}"))
    assert finding.rule == "secret"
    assert key not in finding.message


def test_the_config_decides_what_is_found() -> None:
    wild = example("/users/{{id}}")
    made = collection(wild)
    off = lint(made, None, MockConfig(match_wildcards=False))
    assert [finding.rule for finding in off] == ["wildcards-off"]
    assert [finding.rule for finding in lint(made)] == ["path-wildcard"]
