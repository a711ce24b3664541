"""The switches of matching: what each widens or narrows, seen by who answers."""

from typing import Any

import pytest

from postiche.model import BodyMode, RequestBody

from .building import body_of, example, get, plan, post, raw, score, winner

JSON = {"Content-Type": "application/json"}


def who(
    saved: Any, target: str, headers: dict[str, str] | None = None, **config: Any
) -> str | None:
    return winner(plan(saved, **config), get(target, headers))


# --- strict ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "sent", "strictly"),
    [
        ("/a", "/a", 100.0),
        ("/a", "/a/", 95.0),
        ("/a", "/A", None),
        ("/a", "/A/", None),
        ("/a/{{id}}", "/a/7", 80.0),
        ("/a/8", "/a/7", None),
        ("/a/8/", "/a/7", None),
        ("/europe", "/eurospe", None),
    ],
)
def test_strict_forgives_a_trailing_slash_and_nothing_else(
    saved: str, sent: str, strictly: float | None
) -> None:
    assert score(plan(example(saved), strict=True), get(sent)) == strictly
    assert score(plan(example(saved)), get(sent)) is not None


# --- wildcard tails -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "sent", "covered"),
    [
        ("/files/**", "/files/a", "a"),
        ("/files/**", "/files/a/b.txt", "a/b.txt"),
        ("/files/**", "/files", ""),
        ("/files/**", "/files/", ""),
        ("/files/**", "/files/a%2Fb/c", "a/b/c"),
        ("/{{kind}}/**", "/files/a", "a"),
        ("/**", "/", ""),
        ("/**", "/a/b", "a/b"),
    ],
)
def test_a_tail_covers_and_captures_all_that_follows(saved: str, sent: str, covered: str) -> None:
    made = plan(example(saved, body="[{{**}}]"), wildcard_tail=True)
    assert score(made, get(sent)) == 60
    assert body_of(made, get(sent)) == f"[{covered}]"


@pytest.mark.parametrize(
    ("saved", "sent", "config"),
    [
        ("/files/**", "/files/a", {}),
        ("/files/**", "/filesystem", {"wildcard_tail": True}),
        ("/files/**", "/other/a", {"wildcard_tail": True}),
        ("/a/**/b", "/a/x/y/b", {"wildcard_tail": True}),
        ("/files/**", "/files/a", {"wildcard_tail": True, "match_wildcards": False}),
    ],
)
def test_a_tail_is_a_last_segment_and_asked_for(
    saved: str, sent: str, config: dict[str, Any]
) -> None:
    assert who(example(saved), sent, **config) is None


def test_a_tail_comes_after_everything_that_is_saved_for_something_alike() -> None:
    made = plan(
        example("/files/**", name="tail"),
        example("/files/reports", name="like"),
        wildcard_tail=True,
    )
    assert winner(made, get("/files/report")) == "like"
    assert winner(made, get("/files/other")) == "tail"


# --- patterns -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sent", "points"),
    [
        ("id=regex:[0-9]%2B", "id=42", 110),
        ("id=regex:[0-9]+", "id=42", 110),
        ("id=regex:[0-9]+", "id=x", 100),
        ("id=regex:[0-9]+&a=1", "id=42&a=2", 105),
        ("id=regex:[0-9]+&id=regex:[a-z]", "id=a&id=7", 110),
        ("id=regex:[0-9]&id=7", "id=7&id=8", 110),
        ("id=regex:[0-9]&id=regex:[0-9]", "id=7", 105),
        ("id=regex:[0-9]+", "other=1", 98),
    ],
)
def test_query_values_may_be_patterns(query: str, sent: str, points: float) -> None:
    assert score(plan(example(f"/a?{query}"), match_regex=True), get(f"/a?{sent}")) == points


@pytest.mark.parametrize(
    ("sent", "fits"), [("Bearer abc", True), ("Basic abc", False), (None, False)]
)
def test_header_values_may_be_patterns(sent: str | None, fits: bool) -> None:
    saved = example("/a", sends={"Authorization": "regex:Bearer .+"})
    headers = {} if sent is None else {"Authorization": sent}
    made = plan(saved, match_regex=True, match_header=True, headers=("authorization",))
    assert (winner(made, get("/a", headers)) is not None) is fits


def test_without_the_switch_a_pattern_is_a_plain_value() -> None:
    saved = example("/a?id=regex:[0-9]")
    assert score(plan(saved), get("/a?id=7")) == 100
    assert score(plan(saved), get("/a?id=regex:[0-9]")) == 110


# --- bodies ---------------------------------------------------------------------------


def points(saved: str | RequestBody, sent: str, **config: Any) -> tuple[float | None, float | None]:
    """The points of an example for a body, without and with body matching."""
    body = raw(saved) if isinstance(saved, str) else saved
    kept = example("/a", method="POST", sends=JSON, sends_body=body)
    asked = post("/a", sent, JSON)
    return score(plan(kept, **config), asked), score(plan(kept, match_body=True, **config), asked)


EQUAL, DIFFERENT = (105, 100), (100, None)


@pytest.mark.parametrize(
    ("saved", "sent", "config", "expected"),
    [
        ('{"a": 1}', '{"b": 2, "a": 1.0}', {"match_body_subset": True}, EQUAL),
        ('{"a": 1}', '{"a": 2}', {"match_body_subset": True}, DIFFERENT),
        ('{"a": 1}', "a", {"match_body_subset": True}, DIFFERENT),
        ('{"a": 1}', '{"b": 2, "a": 1}', {}, DIFFERENT),
        ('{"id": 1, "at": 5}', '{"id": 1, "at": 6}', {"ignore_body_fields": ("$.at",)}, EQUAL),
        ('{"id": 1}', '{"id": 1, "at": 6}', {"ignore_body_fields": ("$.at",)}, EQUAL),
        ('{"id": 1}', '{"id": 2, "at": 6}', {"ignore_body_fields": ("$.at",)}, DIFFERENT),
        ('{"id": "regex:[0-9]+"}', '{"id": "7"}', {"match_regex": True}, EQUAL),
        ('{"id": "regex:[0-9]+"}', '{"id": "x"}', {"match_regex": True}, DIFFERENT),
        ('{"id": "regex:[0-9]+"}', '{"id": "7"}', {}, DIFFERENT),
        (
            '{"id": "regex:[0-9]+"}',
            '{"id": "7", "at": 1, "more": 2}',
            {"match_regex": True, "match_body_subset": True, "ignore_body_fields": ("$.at",)},
            EQUAL,
        ),
        (
            RequestBody(BodyMode.GRAPHQL, "{ me }", variables='{"a": 1}'),
            '{"query": "{ me }", "variables": {"a": 1, "b": 2}}',
            {"match_body_subset": True},
            EQUAL,
        ),
        (
            RequestBody(BodyMode.GRAPHQL, "{ me }", variables='{"a": 1}'),
            '{"query": "{ me }", "variables": {"a": 1, "at": 2}}',
            {"ignore_body_fields": ("$.variables.at",)},
            EQUAL,
        ),
    ],
)
def test_bodies_may_be_alike(
    saved: str, sent: str, config: dict[str, Any], expected: tuple[float, float | None]
) -> None:
    assert points(saved, sent, **config) == expected


def test_an_ignored_field_nested_too_deeply_leaves_the_bodies_to_their_text() -> None:
    deep = "[" * 300 + "]" * 300
    assert points(deep, deep, ignore_body_fields=("$..a",)) == EQUAL
    assert points(deep, deep + " ", ignore_body_fields=("$..a",)) == DIFFERENT


# --- schemas --------------------------------------------------------------------------

SCHEMA = {"x-mock-body-schema": '{"required": ["id"]}'}


def ordered(**config: Any) -> Any:
    return plan(
        example("/a", method="POST", name="order", headers=SCHEMA, sends_body=raw("saved")),
        example("/a", method="POST", name="other", code=400),
        **config,
    )


@pytest.mark.parametrize(
    ("sent", "name"),
    [('{"id": 1}', "order"), ("{}", "other"), ("no JSON", "other"), ("", "other")],
)
def test_an_example_with_a_schema_answers_valid_bodies_alone(sent: str, name: str) -> None:
    assert winner(ordered(), post("/a", sent)) == name


def test_a_call_can_switch_the_schema_off() -> None:
    asked = post("/a", "{}", {"x-mock-match-request-body": "false"})
    assert winner(ordered(), asked) == "order"


def test_a_schema_may_be_named() -> None:
    saved = example("/a", method="POST", headers={"X-Mock-Body-Schema": "#/order"})
    made = plan(saved, schemas=(("order", '{"type": "object"}'),))
    assert winner(made, post("/a", "{}")) is not None
    assert winner(made, post("/a", "[]")) is None


def test_a_schema_may_come_from_the_environment() -> None:
    saved = example("/a", method="POST", headers={"x-mock-body-schema": "{{schema}}"})
    made = plan(saved, environment={"schema": '{"type": "array"}'})
    assert winner(made, post("/a", "[]")) is not None
    assert winner(made, post("/a", "{}")) is None


def test_a_schema_that_is_none_narrows_nothing() -> None:
    saved = example("/a", method="POST", headers={"x-mock-body-schema": "#/missing"})
    assert winner(plan(saved), post("/a", "[]")) is not None


# --- an example's own matching ----------------------------------------------------------


def test_one_example_may_match_headers_that_others_do_not() -> None:
    own = {"x-mock-match-request-headers": "X-Client"}
    made = plan(
        example("/a", name="app", headers=own, sends={"X-Client": "app"}, id="a"),
        example("/a", name="any", id="b"),
    )
    assert winner(made, get("/a", {"X-Client": "app"})) == "app"
    assert winner(made, get("/a", {"X-Client": "web"})) == "any"
    assert not made.target_decides
