"""Matching by index names the winner that trying every example names, with little work."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from postiche.core import index as indexing
from postiche.core import match as matching
from postiche.core import reading
from postiche.core.candidates import OUT, Alike, Candidates, Standing, better
from postiche.core.errors import MockError
from postiche.core.match import Reading, code_fits, match, passes, preferred, total
from postiche.core.paths import Step, canonical, captures, judge_path, segments
from postiche.core.plan import Plan, PlannedExample
from postiche.core.query import Parameters, QueryVerdict, judge_query
from postiche.model import BodyMode, Example, Request, RequestBody

from .arbitrary import saved_paths, saved_queries, sent_paths, sent_queries, url
from .building import QUICK, answered, example, get, plan, planned, raw, request, score, winner

JSON = {"Content-Type": "application/json"}


BODIES = (
    None,
    raw('{"a": 1}'),
    raw('{"a":1}'),
    raw("x"),
    raw("a=1"),
    RequestBody(BodyMode.URLENCODED, fields=(("a", "1"),)),
    RequestBody(BodyMode.FORMDATA, fields=(("a", "1"),)),
    RequestBody(BodyMode.GRAPHQL, "{a}"),
    RequestBody(BodyMode.FILE),
)
FORM_DATA = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
SENT = ("", '{"a":1}', '{"a": 1.0}', "x", "a=1", "a=2", FORM_DATA, '{"query": "{a}"}')
SENT_TYPES = (
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
)
TYPES: tuple[dict[str, str], ...] = (
    {},
    JSON,
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data"},
)


@st.composite
def any_example(draw: st.DrawFn) -> Example:
    sends = {**draw(st.sampled_from(TYPES)), **draw(st.sampled_from([{}, {"X-A": "1"}]))}
    return example(
        url(draw(saved_paths), draw(saved_queries)),
        method=draw(st.sampled_from(["GET", "POST"])),
        name=draw(st.sampled_from(["one", "two"])),
        id=draw(st.sampled_from([None, "a", "b", "c", "d"])),
        code=draw(st.sampled_from([200, 201, 404])),
        sends=sends,
        sends_body=draw(st.sampled_from(BODIES)),
    )


DIRECTIVES = st.fixed_dictionaries(
    {},
    optional={
        "x-mock-response-code": st.sampled_from(["200", "404", "x"]),
        "x-mock-match-request-headers": st.sampled_from(["X-A", "X-A, Content-Type", ""]),
        "x-mock-match-request-body": st.sampled_from(["true", "false"]),
        "x-a": st.sampled_from(["1", "2"]),
        "content-type": st.sampled_from(SENT_TYPES),
    },
)
REQUESTS = st.builds(
    request,
    st.sampled_from(["GET", "POST"]),
    st.builds(url, sent_paths, sent_queries),
    DIRECTIVES,
    st.sampled_from(SENT),
)
CONFIG = st.fixed_dictionaries(
    {},
    optional={
        "match_body": st.booleans(),
        "match_header": st.booleans(),
        "match_query_params": st.booleans(),
        "match_wildcards": st.booleans(),
        "headers": st.just(("X-A",)),
    },
)


def by_trying_all(plan: Plan, asked: Request) -> tuple[PlannedExample | None, float | None]:
    """The winner and its points, found by judging every example without any index."""
    call = Reading(asked, plan.config)
    points: dict[PlannedExample, float] = {}
    for each in planned(plan):
        verdict = judge_path(each.path, call.path, wildcards=plan.config.match_wildcards)
        allowed = each.source.method == asked.method and code_fits(each, call.directives)
        if allowed and verdict.step is not None and passes(call, each):
            points[each] = total(call, each, verdict.score)
    best = max(points.values(), default=None)
    return preferred(each for each, found in points.items() if found == best), best


@QUICK
@given(st.lists(any_example(), max_size=8), REQUESTS, CONFIG)
def test_the_indexes_find_the_winner_that_trying_all_finds(
    examples: list[Example], asked: Request, config: dict[str, Any]
) -> None:
    made = plan(*examples, **config)
    outcome = match(made, asked)
    assert (outcome.example, outcome.score) == by_trying_all(made, asked)
    assert (outcome.example is None) == (outcome.miss is not None)
    fits = made.config.match_wildcards and outcome.example is not None
    path = segments(canonical(asked.target.partition("?")[0]))
    captured = captures(outcome.example.path, path) if fits and outcome.example else None
    assert outcome.captures == (captured or {})


SAME_PATH = st.builds(
    example,
    st.builds(url, st.sampled_from(["/a", "/a/", "/{{x}}"]), saved_queries),
    method=st.just("POST"),
    id=st.sampled_from([None, "a", "b", "c", "d"]),
    code=st.sampled_from([200, 404]),
    sends=st.sampled_from(TYPES),
    sends_body=st.sampled_from(BODIES),
)
UNSTEERED = st.builds(
    request,
    st.just("POST"),
    st.builds(url, st.sampled_from(["/a", "/A"]), sent_queries),
    st.fixed_dictionaries({}, optional={"content-type": st.sampled_from(SENT_TYPES)}),
    st.sampled_from(SENT),
)
WITHOUT_HEADERS = st.fixed_dictionaries(
    {}, optional={"match_body": st.booleans(), "match_query_params": st.booleans()}
)


@settings(QUICK, max_examples=400)
@given(st.lists(SAME_PATH, min_size=2, max_size=16), UNSTEERED, WITHOUT_HEADERS)
def test_among_many_examples_of_one_path_the_tables_find_the_winner(
    examples: list[Example], asked: Request, config: dict[str, Any]
) -> None:
    made = plan(*examples, **config)
    outcome = match(made, asked)
    assert (outcome.example, outcome.score) == by_trying_all(made, asked)


def own_headers() -> st.SearchStrategy[dict[str, str]]:
    """Headers that have nothing to do with Postiche."""
    names = st.sampled_from(["accept", "x-a", "content-type", "x-mockery", "host"])
    return st.dictionaries(names, st.sampled_from(["1", "application/json", "*/*"]))


SAYING = st.sampled_from(
    ["", "{{id}}", "{{$queryParams 'a' 'none'}}", "{{$pathSegments '0'}}", "{{$headers 'x-a'}}"]
)


@QUICK
@given(
    st.lists(st.tuples(any_example(), SAYING), max_size=8),
    st.builds(url, sent_paths, sent_queries),
    own_headers(),
    own_headers(),
    CONFIG,
)
def test_where_the_target_decides_no_other_header_changes_the_reply(
    saved: list[tuple[Example, str]],
    target: str,
    one: dict[str, str],
    other: dict[str, str],
    config: dict[str, Any],
) -> None:
    made = plan(*(replace(each, body=body, method="GET") for each, body in saved), **config)
    assume(made.target_decides)
    first, second = get(target, one), get(target, other)
    assert match(made, first) == match(made, second)
    chosen = match(made, first).example
    if chosen is None or chosen.reply.by_target:
        assert answered(made, first) == answered(made, second)


@pytest.mark.parametrize(
    ("config", "decides"),
    [
        ({}, True),
        ({"match_query_params": False, "match_wildcards": False}, True),
        ({"match_body": True}, False),
        ({"match_header": True, "headers": ("X-A",)}, False),
        ({"match_header": True}, True),
        ({"match_header": True, "headers": (" ",)}, True),
        ({"headers": ("X-A",)}, True),
    ],
)
def test_the_target_decides_unless_headers_or_bodies_are_matched(
    config: dict[str, Any], decides: bool
) -> None:
    assert plan(example(), **config).target_decides is decides


@QUICK
@given(st.lists(any_example(), max_size=4, unique_by=lambda each: each.id), REQUESTS, st.randoms())
def test_the_order_of_the_file_does_not_matter_when_ids_are_distinct(
    examples: list[Example], asked: Request, random: Random
) -> None:
    named = [each for each in examples if each.id is not None]
    shuffled = random.sample(named, len(named))
    first, second = match(plan(*named), asked).example, match(plan(*shuffled), asked).example
    assert (first and first.source) == (second and second.source)


# --- the work it takes ----------------------------------------------------------------


@pytest.fixture(scope="module")
def large() -> Plan:
    """Twenty thousand examples, as many paths."""
    return plan(
        *(
            example(f"/area{i % 100}/thing{i}/{{{{id}}}}", id=str(i), name=str(i))
            for i in range(19_000)
        ),
        *(example(f"/literal/{i}x", name=f"literal {i}") for i in range(1_000)),
    )


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the examples whose points are counted, as they are."""
    names: list[str] = []

    def counting(call: Reading, path_score: float, example: PlannedExample) -> Standing:
        names.append(example.source.name)
        return total(call, example, path_score), (example,)

    def judging(leaf: Candidates, call: Reading, path_score: float) -> Standing:
        standings = [counting(call, path_score, each) for each in leaf.examples]
        return reduce(better, standings, OUT)

    monkeypatch.setattr(matching, "_all_at_once", judging)
    return names


def test_a_literal_path_touches_one_example_of_twenty_thousand(
    large: Plan, judged: list[str]
) -> None:
    assert winner(large, get("/literal/500x")) == "literal 500"
    assert judged == ["literal 500"]


def test_a_wildcard_path_touches_one_example_of_twenty_thousand(
    large: Plan, judged: list[str]
) -> None:
    assert winner(large, get("/area1/thing101/7")) == "101"
    assert judged == ["101"]


def test_a_literal_path_never_looks_for_near_spellings(
    large: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def looking(spelled: object, segment: str) -> Iterator[object]:
        looked.append(segment)
        return iter(())

    monkeypatch.setattr(indexing, "_close", looking)
    assert winner(large, get("/literal/500x")) == "literal 500"
    assert looked == []


def test_a_path_that_fits_nothing_touches_no_example(large: Plan, judged: list[str]) -> None:
    assert match(large, get("/entirely/elsewhere")).miss is MockError.NO_MATCH
    assert judged == []


def test_ten_thousand_parameters_are_counted(large: Plan) -> None:
    many = "&".join(f"p{i}=1" for i in range(9_999))
    assert score(plan(example("/a?x=1")), get(f"/a?x=1&{many}")) == 100.001


@pytest.mark.parametrize(
    "path",
    [
        "/" * 65_536,
        "/a" * 32_768,
        "/" + "a" * 65_535,
        "/%41" * 16_384,
        "/{{" * 21_845,
        "/%" * 32_768,
    ],
)
def test_a_path_of_64_kb_matches_nothing(large: Plan, path: str) -> None:
    assert match(large, get(path)).miss is MockError.NO_MATCH


def test_a_query_that_matches_fully_touches_one_of_a_thousand_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = plan(*(example(f"/search?q={i}", name=str(i)) for i in range(1_000)))
    asked: list[object] = []
    standing = Alike.standing

    def counting(leaf: Alike, call: Reading, path_score: float, points: float) -> Standing:
        asked.append(leaf)
        return standing(leaf, call, path_score, points)

    monkeypatch.setattr(Alike, "standing", counting)
    assert winner(made, get("/search?q=777")) == "777"
    assert len(asked) == 1


def test_an_unknown_value_of_a_known_key_touches_the_shape_not_its_thousand_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = plan(*(example(f"/search?q={i}", id=f"{i:04}", name=str(i)) for i in range(1_000)))
    judged: list[object] = []

    def counting(saved: Parameters, requested: Parameters, count: int) -> QueryVerdict:
        judged.append(saved)
        return judge_query(saved, requested, count)

    monkeypatch.setattr(reading, "judge_query", counting)
    assert winner(made, get("/search?q=none")) == "0"
    assert len(judged) <= len(Step)
