"""Explaining names the matcher's winner, its points add up, and what it advises works."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.explaining.explain import Candidate, Explanation, explain, nearest
from postiche.core.explaining.forms import as_data, as_text, miss_body, miss_text
from postiche.core.explaining.judging import Judge, Verdict
from postiche.core.explaining.wording import summary
from postiche.core.match import match, preferred
from postiche.core.plan import Plan, PlannedExample
from postiche.model import Example, Request
from tests.core.arbitrary import sent_paths, sent_queries, url
from tests.core.building import QUICK, example, get, plan, post, raw, request
from tests.core.curling import sent_by
from tests.core.test_match_whole import (
    CONFIG,
    SENT_BODIES,
    SWITCHES,
    any_example,
    particular_example,
)

DIRECTIVES = st.fixed_dictionaries(
    {},
    optional={
        "x-mock-response-code": st.sampled_from(["200", "404", "x"]),
        "x-mock-response-id": st.sampled_from(["a", "b", "12-c", "z"]),
        "x-mock-response-name": st.sampled_from(["one", "two", "three"]),
        "x-mock-match-request-headers": st.sampled_from(["X-A", "X-A, Content-Type", "Accept", ""]),
        "x-mock-match-request-body": st.sampled_from(["true", "false"]),
        "x-a": st.sampled_from(["1", "2"]),
        "content-type": st.sampled_from(["application/json", "application/x-www-form-urlencoded"]),
    },
)
REQUESTS = st.builds(
    request,
    st.sampled_from(["GET", "POST", "PUT"]),
    st.builds(url, sent_paths, sent_queries),
    DIRECTIVES,
    st.sampled_from(["", '{"a":1}', "x", "a=1"]),
)
EXAMPLES = st.lists(any_example(), max_size=8)


@QUICK
@given(EXAMPLES, REQUESTS, CONFIG)
def test_explaining_names_the_winner_of_matching_and_its_points_add_up(
    examples: list[Example], asked: Request, config: dict[str, Any]
) -> None:
    made = plan(*examples, **config)
    outcome, found = match(made, asked), explain(made, asked)
    assert len(found.candidates) == len(examples)
    assert [each.example for each in found.candidates if each.answers] == (
        [outcome.example] if outcome.example else []
    )
    assert winner_by_verdicts(found) is outcome.example
    for each in found.candidates:
        if each.answers and outcome.score is not None:
            assert each.points is not None
            assert each.points.total == outcome.score
            assert each.points.body in (0, 5)
        if each.verdict.out_at is not None:
            assert any(d.stage is each.verdict.out_at for d in each.verdict.differences) or (
                each.verdict.choice.name == "PASSED_OVER"
            )


@QUICK
@given(
    st.lists(st.one_of(any_example(), particular_example()), max_size=6),
    REQUESTS,
    st.sampled_from(SENT_BODIES),
    CONFIG,
    SWITCHES,
)
def test_explaining_holds_with_switches_and_controls(
    examples: list[Example],
    asked: Request,
    body: str,
    config: dict[str, Any],
    switches: dict[str, Any],
) -> None:
    made, sent = plan(*examples, **config, **switches), replace(asked, body=body.encode())
    outcome, found = match(made, sent), explain(made, sent)
    assert winner_by_verdicts(found) is outcome.example
    for each in found.candidates:
        if each.answers and each.points is not None:
            assert each.points.total == outcome.score
    assert as_text(found)
    assert as_data(found)


def winner_by_verdicts(found: Explanation) -> object:
    """The example that wins by what the explanation says of each."""
    best = max((each.points.total for each in found.candidates if each.points), default=None)
    left = [each for each in found.candidates if each.verdict.out_at is None]
    return preferred(e.example for e in left if e.points is None or e.points.total == best)


@QUICK
@given(EXAMPLES, REQUESTS, CONFIG, st.booleans())
def test_whatever_is_said_to_make_an_example_answer_does(
    examples: list[Example], asked: Request, config: dict[str, Any], public: bool
) -> None:
    made = plan(*examples, **config)
    for each in explain(made, asked, public=public).candidates:
        if not each.answers:
            check_header_lines(made, asked, each)
            check_switches(examples, config, asked, each)
            check_curl_line(made, each)


def check_header_lines(made: Plan, asked: Request, candidate: Candidate) -> None:
    for line in candidate.remedies.headers:
        name, _, value = line.partition(": ")
        rest = tuple(pair for pair in asked.headers if pair[0] != name)
        changed = replace(asked, headers=(*rest, (name, value)))
        assert match(made, changed).example is candidate.example


def check_switches(
    examples: list[Example], config: dict[str, Any], asked: Request, candidate: Candidate
) -> None:
    switches = dict(candidate.remedies.switches)
    if switches:
        names = {"matchBody": "match_body", "matchHeader": "match_header"}
        names |= {"matchWildcards": "match_wildcards", "matchQueryParams": "match_query_params"}
        turned = config | {names[name]: on for name, on in switches.items()}
        winner = match(plan(*examples, **turned), asked).example
        assert winner is not None
        assert winner.index == candidate.example.index


def check_curl_line(made: Plan, candidate: Candidate) -> None:
    call = candidate.remedies.call
    source = candidate.example.source
    alone = made.methods[source.method].by_id.get(source.id or "") == (candidate.example,)
    assert call is not None or not alone, "an example with an id of its own can be asked for"
    if call is not None:
        assert match(made, sent_by(call.line("http://mock.test"))).example is candidate.example


@QUICK
@given(EXAMPLES, REQUESTS, CONFIG)
def test_every_explanation_can_be_written_out(
    examples: list[Example], asked: Request, config: dict[str, Any]
) -> None:
    made = plan(*examples, **config)
    found = explain(made, asked)
    assert all(line.isprintable() for line in as_text(found).splitlines())
    assert as_data(found)["summary"] == summary(found)


@QUICK
@given(EXAMPLES, REQUESTS, CONFIG)
def test_the_nearest_begin_with_what_a_full_explanation_begins_with(
    examples: list[Example], asked: Request, config: dict[str, Any]
) -> None:
    made = plan(*examples, **config)
    full, near = explain(made, asked), nearest(made, asked, 3)
    assert [each.example for each in near.candidates] == [
        each.example for each in full.candidates[:3]
    ]


# --- what becomes of large plans -------------------------------------------------------------


@pytest.fixture(scope="module")
def large() -> Plan:
    """Four thousand examples on as many paths, and two hundred on one."""
    return plan(
        *(example(f"/area{i}/things/{{{{id}}}}", name=f"thing {i}") for i in range(4_000)),
        *(
            example(f"/search?q={i}", method="POST", id=str(i), name=f"found {i}", sends={"X": "1"})
            for i in range(200)
        ),
        match_header=True,
        headers=("X",),
    )


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[PlannedExample]:
    """The examples that a verdict is asked for."""
    found: list[PlannedExample] = []
    on = Judge.on

    def noting(judge: Judge, asked: PlannedExample) -> Verdict:
        found.append(asked)
        return on(judge, asked)

    monkeypatch.setattr(Judge, "on", noting)
    return found


@pytest.mark.parametrize(
    "asked",
    [
        get("/aera17/things"),
        get("/entirely/elsewhere"),
        get("/area17/things/1", {"x-mock-response-name": "thing 71x"}),
        get("/area17/things/1", {"x-mock-response-code": "404"}),
        request("DELETE", "/area17/things/1"),
        post("/search?q=12", b"", {"x": "2"}),
    ],
    ids=lambda asked: f"{asked.method} {asked.target}",
)
def test_a_miss_of_a_large_plan_is_explained_by_judging_a_few(
    large: Plan, judged: list[PlannedExample], asked: Request
) -> None:
    found = nearest(large, asked)
    assert len(found.candidates) == 3
    assert found.left_out == 4_200 - 3
    assert all(each.remedies.call is not None for each in found.candidates)
    assert len(set(judged)) < 60


def test_the_nearest_of_a_large_plan_are_near(large: Plan) -> None:
    near = nearest(large, get("/aera17/things/1")).candidates[0]
    assert near.example.source.name == "thing 17"
    named = nearest(large, get("/", {"x-mock-response-name": "thing 123x"})).candidates[0]
    assert named.example.source.name == "thing 123"


def test_a_hit_of_a_large_plan_shows_the_winner_first_and_counts_the_rest(large: Plan) -> None:
    found = explain(large, get("/area17/things/1"), limit=5)
    assert found.candidates[0].answers
    assert (len(found.candidates), found.left_out) == (5, 4_200 - 5)


# --- what strangers are told -----------------------------------------------------------------

SECRET = "zq-secret-zq"
HIDING = st.sampled_from(["{{secret}}", "a{{secret}}", "plain", "{{nobody}}"])


@st.composite
def hiding_example(draw: st.DrawFn) -> Example:
    return example(
        f"{{{{host}}}}/{draw(HIDING)}/{draw(HIDING)}?{draw(HIDING)}={draw(HIDING)}",
        id=draw(st.sampled_from([None, "a", "b"])),
        sends={"X-A": draw(HIDING), "Content-Type": draw(st.sampled_from(["a/b", "a/{{secret}}"]))},
        sends_body=draw(st.sampled_from([None, raw('{"a": "{{secret}}"}'), raw("{{secret}}")])),
    )


@QUICK
@given(
    st.lists(hiding_example(), max_size=4),
    st.sampled_from(["/plain", "/plain/plain", "/x/y?plain=1"]),
    st.sampled_from([{}, {"x-a": "1"}, {"x-mock-response-name": "x"}]),
    CONFIG,
)
def test_no_miss_tells_a_stranger_the_value_of_a_variable(
    examples: list[Example], target: str, headers: dict[str, str], config: dict[str, Any]
) -> None:
    environment = {"secret": SECRET, "host": f"https://h/{SECRET}"}
    made = plan(*examples, environment=environment, **config)
    asked = request("GET", target, headers, "sent")
    told = nearest(made, asked)
    assert SECRET.encode() not in miss_body(told, "http://mock")
    assert SECRET not in miss_text(told, "http://mock")
