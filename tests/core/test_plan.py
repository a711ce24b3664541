"""A collection is compiled once: variables filled in, every example in every index."""

import dataclasses

import pytest

from postiche.core.collection import read_collection
from postiche.core.paths import Step, Wildcard
from postiche.core.plan import PlannedExample, compile_plan
from postiche.model import BodyMode, Collection, MockConfig, RequestBody, SavedRequest

from .building import collection, example, plan, planned, raw, unanswered


def only(saved_url: str, **known: str) -> PlannedExample:
    (made,) = planned(plan(example(saved_url), environment=known))
    return made


def test_a_plan_carries_the_name_and_config_it_was_made_of() -> None:
    made = compile_plan(collection(), None, MockConfig(match_body=True))
    assert (made.collection_name, made.config.match_body) == ("a collection", True)


def test_without_a_config_the_defaults_of_postman_hold() -> None:
    assert compile_plan(collection()).config == MockConfig()


def test_examples_are_kept_apart_by_method() -> None:
    made = plan(example(method="GET", name="read"), example(method="POST", name="write"))
    assert set(made.methods) == {"GET", "POST"}
    assert list(made.methods["POST"].by_name) == ["write"]


def test_examples_are_numbered_through_the_whole_file() -> None:
    made = plan(example(method="GET"), example(method="POST"), example(method="GET"))
    assert [each.index for each in planned(made)] == [0, 1, 2]


def test_an_example_is_found_by_id_by_name_and_by_path() -> None:
    method = plan(example("/a", id="1", name="one")).methods["GET"]
    (by_id,), (by_name,) = method.by_id["1"], method.by_name["one"]
    ((step, leaf),) = method.examples.identical("/a")
    (by_path,) = leaf.examples
    assert by_id is by_name is by_path
    assert step is Step.IDENTICAL


def test_examples_with_one_id_are_all_kept() -> None:
    method = plan(example(id="1", name="a"), example(id="1", name="b")).methods["GET"]
    assert [each.source.name for each in method.by_id["1"]] == ["a", "b"]


def test_an_example_without_an_id_is_under_no_id() -> None:
    assert plan(example(id=None)).methods["GET"].by_id == {}


def test_known_variables_of_a_url_are_filled_in_before_it_is_split() -> None:
    assert only("{{url}}/users", url="https://api.test/v1").path.text == "/v1/users"


def test_an_unknown_host_is_harmless() -> None:
    assert only("{{url}}/users").path.text == "/users"


def test_a_base_url_of_a_slash_makes_two() -> None:
    assert only("{{url}}/accounts", url="/").path.text == "//accounts"


def test_a_variable_may_bring_path_and_query() -> None:
    made = only("/{{rest}}", rest="users?a=1")
    assert made.path.text == "/users"
    assert list(made.query) == ["a"]


def test_an_unknown_variable_of_a_path_is_a_wildcard() -> None:
    assert only("/users/{{id}}").path.parts == ("users", Wildcard(("", ""), ("id",)))


def test_a_circular_variable_ends_as_a_wildcard() -> None:
    assert only("/{{id}}", id="{{id}}").path.names == ("id",)


def test_known_variables_are_filled_into_headers_and_body_of_the_request() -> None:
    saved = example(sends={"X-{{what}}": "{{value}}"}, sends_body=raw('{"a": "{{value}}"}'))
    (made,) = planned(plan(saved, environment={"what": "Id", "value": "7"}))
    assert made.headers == {"x-id": "7"}
    assert made.body.raw == b'{"a": "7"}'


def test_known_variables_are_filled_into_fields_and_graphql() -> None:
    form = RequestBody(BodyMode.URLENCODED, fields=(("{{a}}", "{{a}}"),))
    graphql = RequestBody(BodyMode.GRAPHQL, "{{a}}", variables='{"a": "{{a}}"}')
    made = planned(
        plan(example(sends_body=form), example(sends_body=graphql), environment={"a": "x"})
    )
    assert [each.body.key for each in made] == [
        (("x", "x"),),
        b'{"query":"x","variables":{"a":"x"}}',
    ]


def test_a_saved_header_is_found_trimmed_and_repeats_are_joined() -> None:
    (made,) = planned(plan(example(sends={"X-A": " 1 ", "x-a": "2"})))
    assert made.headers["x-a"] == "1 , 2"
    assert "x-b" not in made.headers


def test_an_example_equals_only_itself() -> None:
    one, other = planned(plan(example("/a"), example("/a")))
    assert one != dataclasses.replace(one)
    assert len({one, other, one}) == 2


def test_only_requests_without_examples_are_unanswered() -> None:
    made = plan(example("/a"), without_example=[unanswered("{{url}}/b")])
    saved = made.methods["GET"].unanswered
    assert saved.identical("/a") == []
    assert [step for step, _ in saved.identical("/b")] == [Step.IDENTICAL]


def test_a_request_without_a_url_is_no_help() -> None:
    nowhere = SavedRequest(None, "lost", (), "GET", None, ())
    assert plan(without_example=[nowhere]).methods == {}


def test_a_plan_cannot_be_given_other_methods() -> None:
    made = plan(example())
    with pytest.raises(TypeError):
        made.methods["GET"] = made.methods["GET"]  # type: ignore[index]


def test_an_empty_collection_makes_an_empty_plan() -> None:
    assert compile_plan(Collection(None, "empty")).methods == {}


def test_headers_matter_only_where_something_reads_them() -> None:
    plain = {"name": "a", "request": {"method": "GET", "url": "/a"}}
    bodies = {"hello": False, "{{$headers 'a'}}": True, "{{$randomInt}} {{$body}}": False}
    for body, matter in bodies.items():
        saved = {"name": "a", "originalRequest": plain["request"], "code": 200, "body": body}
        schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
        document = {
            "info": {"name": "c", "schema": schema},
            "item": [{**plain, "response": [saved]}],
        }
        collection = read_collection(document)
        assert compile_plan(collection).headers_matter is matter
        assert compile_plan(collection, None, MockConfig(match_body=True)).headers_matter
        listed = MockConfig(match_header=True, headers=("a",))
        assert compile_plan(collection, None, listed).headers_matter
