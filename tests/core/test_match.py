"""The example that answers is the one Postman would choose, stage by stage."""

import pytest

from postiche.core.errors import MockError
from postiche.core.match import match
from postiche.core.plan import Plan
from postiche.model import BodyMode, Example, Request, RequestBody

from .arbitrary import UUID
from .building import (
    example,
    get,
    plan,
    planned,
    post,
    raw,
    request,
    score,
    unanswered,
    winner,
)

JSON = {"Content-Type": "application/json"}


def miss(plan: Plan, asked: Request) -> MockError | None:
    return match(plan, asked).miss


def both(first: Example, second: Example) -> tuple[Plan, Plan]:
    """Plans of two examples in either order: which comes first must not matter."""
    return plan(first, second), plan(second, first)


# --- method ---------------------------------------------------------------------------


def test_an_example_of_another_method_never_answers() -> None:
    assert miss(plan(example(method="GET")), post("/")) is MockError.NO_MATCH


def test_each_method_has_its_own_examples() -> None:
    made = plan(example(method="GET", name="read"), example(method="POST", name="write"))
    assert winner(made, get("/")) == "read"
    assert winner(made, post("/")) == "write"


@pytest.mark.parametrize("method", ["get", "Get"])
def test_the_case_of_a_method_does_not_matter(method: str) -> None:
    assert winner(plan(example(name="read")), request(method, "/")) == "read"


def test_any_method_can_have_examples() -> None:
    assert winner(plan(example(method="PURGE", name="purged")), request("PURGE", "/")) == "purged"


def test_a_head_request_needs_a_head_example() -> None:
    assert miss(plan(example()), request("HEAD", "/")) is MockError.NO_MATCH


@pytest.mark.parametrize("directive", ["x-mock-response-id", "x-mock-response-name"])
def test_no_directive_reaches_another_method(directive: str) -> None:
    made = plan(example(method="GET", id="a", name="a"))
    assert miss(made, post("/", headers={directive: "a"})) is MockError.NO_MATCH


# --- path -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "target", "points"),
    [
        ("/users", "/users", 100),
        ("/users", "/users/", 95),
        ("/users", "/USERS", 90),
        ("/users", "/Users/", 85),
        ("/users/{{id}}", "/users/ann", 80),
        ("/users/7", f"/users/{UUID}", 79),
        ("/users", "/users/7", 75),
        ("/europe", "/europes", 70),
    ],
)
def test_each_step_gives_its_points(saved: str, target: str, points: float) -> None:
    assert score(plan(example(saved)), get(target)) == points


STEPS_DOWN = [
    ("/users/7", "/users/7/", "/users/7"),
    ("/users/7/", "/USERS/7", "/users/7"),
    ("/USERS/7", "/USERS/7/", "/users/7"),
    ("/USERS/7/", "/users/{{id}}", "/users/7"),
    ("/users/{{id}}", "/users/8", "/users/7"),
    ("/users/8", "/users", "/users/7"),
    ("/users", "/userz/7", "/users/7"),
]


@pytest.mark.parametrize(("better", "worse", "target"), STEPS_DOWN)
def test_every_step_beats_the_next(better: str, worse: str, target: str) -> None:
    for made in both(example(better, name="better", id="2"), example(worse, name="worse", id="1")):
        assert winner(made, get(target)) == "better"


def test_the_host_of_a_saved_url_does_not_matter() -> None:
    saved = example("https://somewhere.test:8080/users", name="users")
    assert winner(plan(saved), get("/users")) == "users"


def test_a_known_base_url_is_part_of_the_path() -> None:
    made = plan(example("{{url}}/users"), variables={"url": "https://api.test/v1"})
    assert score(made, get("/v1/users")) == 100
    assert miss(made, get("/users")) is MockError.NO_MATCH


def test_the_captures_of_the_winner_come_with_it() -> None:
    made = plan(example("/users/{{id}}/:what.json"))
    assert match(made, get("/users/7/all.json")).captures == {"id": "7", "what": "all"}


def test_with_wildcards_off_a_variable_covers_nothing() -> None:
    made = plan(example("/users/{{id}}"), match_wildcards=False)
    assert miss(made, get("/users/7")) is MockError.NO_MATCH


def test_text_beats_a_wildcard() -> None:
    for made in both(example("/users/me", name="me"), example("/users/{{id}}", name="any")):
        assert winner(made, get("/users/me")) == "me"
        assert winner(made, get("/users/7")) == "any"


# --- query ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "target", "points"),
    [
        ("/a", "/a", 100),
        ("/a?p=1", "/a?p=1", 110),
        ("/a?p=1&q=2", "/a?p=1", 105),
        ("/a?p=1", "/a", 99),
        ("/a", "/a?p=1&q=2", 98),
        ("/a?p=1", "/a?p=2", 100),
        ("/a?p=1", "/a?q=1", 98),
        ("/a?p=1", "/A?p=1", 100),
    ],
)
def test_the_query_adds_or_takes_points(saved: str, target: str, points: float) -> None:
    assert score(plan(example(saved)), get(target)) == points


def test_a_third_of_a_match_is_a_third_of_the_points() -> None:
    assert score(plan(example("/a?p=1&q=1&r=1")), get("/a?p=1")) == pytest.approx(100 + 10 / 3)


def test_a_request_without_parameters_gets_the_example_without_parameters() -> None:
    for made in both(example("/a?p=1", name="with"), example("/a", name="without")):
        assert winner(made, get("/a")) == "without"
        assert winner(made, get("/a?p=1")) == "with"


def test_a_matching_query_can_outweigh_a_better_path() -> None:
    for made in both(
        example("/a?p=1", name="path", id="1"), example("/A?q=1", name="query", id="2")
    ):
        assert winner(made, get("/a?q=1")) == "query"


def test_a_near_spelling_can_outweigh_a_wildcard_by_its_query() -> None:
    for made in both(
        example("/{{any}}?p=1&q=1&r=1", name="wildcard"), example("/europe?s=1", name="near")
    ):
        assert winner(made, get("/europa?s=1")) == "near"


def test_with_query_matching_off_parameters_change_nothing() -> None:
    made = plan(example("/a?p=1"), match_query_params=False)
    assert score(made, get("/a?q=2")) == score(made, get("/a?p=1")) == score(made, get("/a")) == 100


# --- headers --------------------------------------------------------------------------


def test_header_matching_is_off_by_default() -> None:
    made = plan(example(sends={"X-A": "1"}), headers=("X-A",))
    assert winner(made, get("/", {"X-A": "2"})) is not None


@pytest.mark.parametrize(
    ("saved", "sent", "fits"),
    [
        ({"X-A": "1"}, {"X-A": "1"}, True),
        ({"x-a": " 1 "}, {"X-A": "1"}, True),
        ({"X-A": "1"}, {"X-A": "\t1 "}, True),
        ({"X-A": "1"}, {"X-A": "2"}, False),
        ({"X-A": "a"}, {"X-A": "A"}, False),
        ({"X-A": "1"}, {}, False),
        ({}, {"X-A": "1"}, False),
        ({}, {}, True),
        ({"X-A": "1", "X-B": "1"}, {"X-A": "1", "X-B": "2"}, True),
    ],
)
def test_only_the_listed_headers_must_be_equal(
    saved: dict[str, str], sent: dict[str, str], fits: bool
) -> None:
    made = plan(example(sends=saved), headers=("x-A",), match_header=True)
    assert (winner(made, get("/", sent)) is not None) == fits


def test_a_request_may_list_the_headers_to_match() -> None:
    made = plan(example(sends={"X-A": "1"}, name="a"), example(sends={"X-A": "2"}, name="b"))
    listed = {"x-mock-match-request-headers": "X-A"}
    assert winner(made, get("/", {**listed, "x-a": "2"})) == "b"
    assert miss(made, get("/", {**listed, "x-a": "3"})) is MockError.NO_MATCH


def test_the_list_of_a_request_replaces_the_one_of_the_config() -> None:
    made = plan(example(sends={"X-A": "1", "X-B": "1"}), headers=("X-A",), match_header=True)
    sent = {"x-mock-match-request-headers": "X-B", "x-a": "9", "x-b": "1"}
    assert winner(made, get("/", sent)) is not None


def test_headers_put_out_an_example_however_well_its_path_fits() -> None:
    made = plan(
        example("/a", sends={"X-A": "1"}, name="path"),
        example("/{{any}}", sends={"X-A": "2"}, name="header"),
        headers=("X-A",),
        match_header=True,
    )
    assert winner(made, get("/a", {"x-a": "2"})) == "header"


# --- bodies ---------------------------------------------------------------------------


def saved_post(text: str, name: str = "an example", **changes: str) -> Example:
    return example(method="POST", name=name, sends={**JSON, **changes}, sends_body=raw(text))


def test_an_equal_body_earns_five_while_body_matching_is_off() -> None:
    made = plan(saved_post('{"a": 1}'))
    assert score(made, post("/", '{"a":1}', JSON)) == 105
    assert score(made, post("/", '{"a":2}', JSON)) == 100
    assert score(made, post("/")) == 100


def test_no_body_on_either_side_earns_nothing() -> None:
    assert score(plan(example(method="POST")), post("/")) == 100


def test_an_equal_body_decides_between_equals() -> None:
    one, two = saved_post('{"a":1}', "one"), saved_post('{"a":2}', "two")
    for made in both(one, two):
        assert winner(made, post("/", '{"a": 2}')) == "two"


def test_an_equal_body_can_outweigh_a_better_path() -> None:
    better = example("/users/{{id}}", method="POST", name="path", sends_body=raw("other"))
    equal = example("/users/7", method="POST", name="body", sends_body=raw("same"))
    for made in both(better, equal):
        assert winner(made, post("/users/8", "same")) == "body"


@pytest.mark.parametrize(
    ("body", "content_type", "fits"),
    [
        ('{"a":1}', "application/json", True),
        ('{"a":1}', "application/json; charset=utf-8", True),
        ('{"a":1}', "text/plain", False),
        ('{"a":1}', None, False),
        ('{"a":2}', "application/json", False),
        ("", "application/json", False),
    ],
)
def test_body_matching_wants_an_equal_body_of_an_equal_type(
    body: str, content_type: str | None, fits: bool
) -> None:
    made = plan(saved_post('{"a": 1}'), match_body=True)
    sent = {} if content_type is None else {"content-type": content_type}
    assert (winner(made, post("/", body, sent)) is not None) == fits


def test_an_example_without_a_content_type_never_has_an_equal_body() -> None:
    made = plan(example(method="POST", sends_body=raw("x")), match_body=True)
    assert miss(made, post("/", "x")) is MockError.NO_MATCH
    assert miss(made, post("/", "x", {"content-type": "text/plain"})) is MockError.NO_MATCH


def test_two_empty_bodies_are_equal_without_a_content_type() -> None:
    assert winner(plan(example(), match_body=True), get("/")) is not None


def test_body_matching_adds_no_points() -> None:
    assert score(plan(saved_post("{}"), match_body=True), post("/", "{}", JSON)) == 100


@pytest.mark.parametrize(
    ("config", "header", "fits"), [(False, "true", False), (True, "false", True)]
)
def test_a_request_switches_body_matching(config: bool, header: str, fits: bool) -> None:
    made = plan(saved_post('{"a": 1}'), match_body=config)
    asked = post("/", '{"a": 2}', {**JSON, "x-mock-match-request-body": header})
    assert (winner(made, asked) is not None) == fits


def test_graphql_and_form_bodies_can_be_matched() -> None:
    graphql = RequestBody(BodyMode.GRAPHQL, "{me}", variables='{"a": 1}')
    form = RequestBody(BodyMode.URLENCODED, fields=(("a", "1"), ("b", "2")))
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    made = plan(
        example(method="POST", name="graphql", sends=JSON, sends_body=graphql),
        example(method="POST", name="form", sends=form_type, sends_body=form),
        match_body=True,
    )
    assert winner(made, post("/", '{"query":"{me}","variables":{"a":1}}', JSON)) == "graphql"
    assert winner(made, post("/", "b=2&a=1", form_type)) == "form"


# --- directives -----------------------------------------------------------------------


CODES = (
    example("/a", name="fine", id="3", code=200),
    example("/a", name="missing", id="2", code=404),
    example("/b", name="other", id="1", code=404),
)


def directed(asked: str = "/a", /, **headers: str) -> Request:
    """A GET with directives: `code="404"` stands for `x-mock-response-code: 404`."""
    return get(asked, {f"x-mock-response-{name}": value for name, value in headers.items()})


def test_a_code_keeps_the_examples_with_that_status() -> None:
    made = plan(*CODES)
    assert winner(made, directed(code="404")) == "missing"
    assert winner(made, directed("/b", code="404")) == "other"
    assert miss(made, directed("/b", code="200")) is MockError.NO_MATCH


def test_a_code_leaves_the_path_and_its_points_alone() -> None:
    assert score(plan(*CODES), directed("/A", code="404")) == 90


@pytest.mark.parametrize("code", ["", "4xx", "999", "404, 404"])
def test_a_code_that_no_example_has_matches_nothing(code: str) -> None:
    assert miss(plan(*CODES), directed(code=code)) is MockError.NO_MATCH


@pytest.mark.parametrize("asked", ["2", "123-2", " 2 "])
def test_an_id_or_uid_chooses_at_once(asked: str) -> None:
    made = plan(*CODES)
    assert winner(made, directed("/nowhere/at/all?x=1", id=asked)) == "missing"
    assert score(made, directed(id=asked)) is None


@pytest.mark.parametrize("asked", ["", "9", "abc-2", "2-", "-2", "missing"])
def test_an_unknown_id_ends_matching(asked: str) -> None:
    assert miss(plan(*CODES), directed(id=asked)) is MockError.NO_MATCH


def test_an_id_with_dashes_is_not_taken_for_a_uid() -> None:
    made = plan(example(id="12-ab", name="whole"), example(id="ab", name="part"))
    assert winner(made, directed(id="12-ab")) == "whole"
    assert winner(made, directed(id="34-ab")) == "part"
    assert winner(made, directed(id="34-12-ab")) == "whole"


def test_a_name_chooses_at_once() -> None:
    assert winner(plan(*CODES), directed("/nowhere", name="other")) == "other"


@pytest.mark.parametrize("asked", ["", "Fine", "fine fine", "unknown", "2"])
def test_an_unknown_name_ends_matching(asked: str) -> None:
    assert miss(plan(*CODES), directed(name=asked)) is MockError.NO_MATCH


def test_of_several_with_a_name_the_lowest_id_with_200_answers() -> None:
    made = plan(
        example(name="same", id="1", code=404),
        example(name="same", id="3", code=200),
        example(name="same", id="2", code=200),
    )
    assert match(made, directed(name="same")).example is planned(made)[2]


def test_the_code_comes_before_id_and_name() -> None:
    made = plan(*CODES)
    assert winner(made, directed(code="404", id="2")) == "missing"
    assert miss(made, directed(code="200", id="2")) is MockError.NO_MATCH
    assert miss(made, directed(code="200", name="missing")) is MockError.NO_MATCH


def test_the_id_comes_before_the_name() -> None:
    made = plan(*CODES)
    assert winner(made, directed(id="2", name="other")) == "missing"
    assert miss(made, directed(id="9", name="other")) is MockError.NO_MATCH


def test_a_chosen_example_needs_no_matching_headers_or_body() -> None:
    made = plan(
        example(id="1", name="one", sends={"X-A": "1"}, sends_body=raw("x")),
        headers=("X-A",),
        match_header=True,
        match_body=True,
    )
    assert winner(made, directed(id="1")) == winner(made, directed(name="one")) == "one"


def test_a_chosen_example_captures_if_its_path_fits() -> None:
    made = plan(example("/users/{{id}}", name="one"))
    assert match(made, directed("/users/7", name="one")).captures == {"id": "7"}
    assert match(made, directed("/other", name="one")).captures == {}


# --- ties -----------------------------------------------------------------------------


def tied(*ids_and_codes: tuple[str | None, int]) -> Plan:
    return plan(*(example(id=id, code=code, name=f"{id} {code}") for id, code in ids_and_codes))


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([("b", 200), ("a", 200)], "a 200"),
        ([("a", 404), ("b", 200)], "b 200"),
        ([("a", 404), ("c", 200), ("b", 200)], "b 200"),
        ([("b", 404), ("a", 500)], "a 500"),
        ([("b", 201), ("a", 204)], "a 204"),
        ([("a", 201), ("b", 200)], "b 200"),
        ([("10", 200), ("9", 200)], "10 200"),
        ([("a", 200), ("B", 200)], "B 200"),
        ([("b", 200), (None, 200), ("a", 200)], "b 200"),
        ([(None, 404), ("b", 200), ("a", 200)], "b 200"),
        ([(None, 404), (None, 500)], "None 404"),
        ([("a", 500), ("a", 404)], "a 500"),
        ([("a", 404), ("a", 200)], "a 200"),
    ],
)
def test_among_equals_the_lowest_id_with_200_answers(
    candidates: list[tuple[str | None, int]], expected: str
) -> None:
    assert winner(tied(*candidates), get("/")) == expected


def test_among_equals_with_one_id_the_first_of_the_file_answers() -> None:
    made = plan(example(id="a", name="first"), example(id="a", name="second"))
    assert winner(made, get("/")) == "first"


def test_points_come_before_the_preferred_status() -> None:
    made = plan(example("/a", code=404, name="better"), example("/A", code=200, name="fine"))
    assert winner(made, get("/a")) == "better"


# --- misses ---------------------------------------------------------------------------


def test_a_request_that_has_no_example_needs_one() -> None:
    made = plan(without_example=[unanswered("/users/{{id}}")])
    assert miss(made, get("/users/7")) is MockError.NO_EXAMPLE


@pytest.mark.parametrize("target", ["/users", "/Users/", "/users/7", "/userz"])
def test_a_request_without_example_is_recognised_by_any_step(target: str) -> None:
    made = plan(example("/other"), without_example=[unanswered("/users")])
    assert miss(made, get(target)) is MockError.NO_EXAMPLE


def test_an_unanswered_request_of_another_method_or_path_does_not_count() -> None:
    made = plan(example("/other"), without_example=[unanswered("/users", "POST")])
    assert miss(made, get("/users")) is MockError.NO_MATCH
    assert miss(made, post("/orders")) is MockError.NO_MATCH


def test_an_example_that_fits_beats_an_unanswered_request_that_fits_better() -> None:
    made = plan(example("/Users", name="fits"), without_example=[unanswered("/users")])
    assert winner(made, get("/users")) == "fits"


def test_an_example_put_out_by_headers_or_body_is_no_missing_example() -> None:
    made = plan(saved_post("{}"), without_example=[unanswered("/", "POST")], match_body=True)
    assert miss(made, post("/", "[]", JSON)) is MockError.NO_MATCH


def test_an_empty_plan_matches_nothing() -> None:
    assert miss(plan(), get("/")) is MockError.NO_MATCH
