import pytest

from postiche.control.mock_config import SCHEMA, changed, field_and_remedy, shown
from postiche.control.validate import compile_schema
from postiche.model import Delay, MockConfig

from .world import Json

complaints = compile_schema(SCHEMA, "config")

DEFAULT = {
    "headers": [],
    "matchBody": False,
    "matchHeader": False,
    "matchQueryParams": True,
    "matchWildcards": True,
    "delay": None,
    "serverResponseId": None,
}
FULL = {
    "headers": ["x-one", "x-two"],
    "matchBody": True,
    "matchHeader": True,
    "matchQueryParams": False,
    "matchWildcards": False,
    "delay": {"type": "fixed", "duration": 700},
    "serverResponseId": "9a291bbe-dc0a-44ba-a3c8-6dbd06a61460",
}


def test_the_defaults_are_those_of_every_recorded_mock() -> None:
    assert shown(MockConfig()) == DEFAULT


@pytest.mark.parametrize("config", [DEFAULT, FULL])
def test_what_was_shown_can_be_sent_again(config: Json) -> None:
    assert complaints(config) == ()
    assert shown(changed(MockConfig(), config)) == config


def test_what_is_not_sent_stays() -> None:
    full = changed(MockConfig(), FULL)
    assert changed(full, {}) == full
    assert shown(changed(full, {"matchBody": False})) == FULL | {"matchBody": False}


@pytest.mark.parametrize(
    ("sent", "delay"),
    [
        (None, None),
        ({"type": "fixed", "duration": 0}, Delay(0)),
        ({"type": "fixed", "duration": 180000.0}, Delay(180000)),
        ({"type": "fixed", "preset": "1"}, Delay(300, "1")),
        ({"type": "fixed", "preset": "2", "duration": 9}, Delay(100, "2")),
    ],
)
def test_delays_are_fixed_or_preset(sent: Json | None, delay: Delay | None) -> None:
    assert complaints({"delay": sent}) == ()
    assert changed(MockConfig(delay=Delay(5)), {"delay": sent}).delay == delay


def test_a_delay_is_shown_as_postman_shows_it() -> None:
    assert shown(MockConfig(delay=Delay(300, "1")))["delay"] == {
        "type": "fixed",
        "duration": 300,
        "preset": "1",
    }


@pytest.mark.parametrize("off", [None, ""])
def test_null_and_the_empty_text_switch_the_server_response_off(off: str | None) -> None:
    config = MockConfig(server_response_id="x")
    assert changed(config, {"serverResponseId": off}).server_response_id is None


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ([], "config: must be object"),
        ({"headers": "x"}, "config.headers: must be array"),
        ({"headers": [5]}, "config.headers.0: must be string"),
        ({"headers": ["a\0"]}, "config.headers.0: must not contain NUL"),
        ({"matchBody": "true"}, "config.matchBody: must be boolean"),
        ({"matchHeader": None}, "config.matchHeader: must be boolean"),
        ({"matchQueryParams": 1}, "config.matchQueryParams: must be boolean"),
        ({"matchWildcards": []}, "config.matchWildcards: must be boolean"),
        ({"serverResponseId": 5}, "config.serverResponseId: must be null,string"),
        ({"delay": 5}, "config.delay: must be null,object"),
        ({"matchbody": True}, "config.matchbody: must be a known property"),
    ],
)
def test_everything_else_is_refused_by_name(sent: object, complaint: str) -> None:
    assert [str(each) for each in complaints(sent)] == [complaint]


# --- what Postman does not have -----------------------------------------------------------

OURS = {
    "strict": True,
    "wildcardTail": True,
    "matchRegex": True,
    "matchBodySubset": True,
    "ignoreBodyFields": ["$.at", "$..id"],
    "schemas": {"order": {"type": "object"}, "any": True},
    "responseCode": 404,
    "responseId": "1-a",
    "responseName": "Not found",
    "rateLimit": {"calls": 10, "seconds": 60, "per": "session"},
    "fault": {"type": "drip", "rate": 7},
    "routes": [
        {
            "method": "GET",
            "path": "/users/:id",
            "responseCode": 404,
            "responseId": "b",
            "responseName": "No such user",
            "matchHeaders": ["accept"],
            "matchBody": False,
            "delay": {"type": "uniform", "min": 1, "max": 2},
            "rateLimit": {"calls": 1, "seconds": 2, "per": "mock"},
            "fault": {"type": "reset"},
        },
        {"path": "/files/**", "responseCode": 200},
    ],
}


@pytest.mark.parametrize("name", OURS)
def test_our_fields_are_shown_only_where_they_are_set(name: str) -> None:
    sent = {name: OURS[name]}
    assert complaints(sent) == ()
    set_so = changed(MockConfig(), sent)
    assert shown(set_so) == DEFAULT | sent
    assert changed(MockConfig(), shown(set_so)) == set_so


def test_all_our_fields_together_come_back() -> None:
    assert shown(changed(changed(MockConfig(), FULL), OURS)) == FULL | OURS


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_fields_can_be_taken_back(name: str) -> None:
    value = OURS[name]
    nothing: object = False if value is True else [] if isinstance(value, list) else None
    config = changed(MockConfig(), OURS)
    assert complaints({name: nothing}) == ()
    assert shown(changed(config, {name: nothing})) == DEFAULT | {
        key: each for key, each in OURS.items() if key != name
    }


@pytest.mark.parametrize(
    "delay",
    [
        {"type": "uniform", "min": 1, "max": 5},
        {"type": "normal", "mean": 100, "stddev": 5},
        {"type": "log-normal", "median": 90, "sigma": 0.4},
        {"type": "percentiles", "values": {"50": 20, "99": 400}},
    ],
)
def test_a_delay_may_be_drawn(delay: Json) -> None:
    assert shown(changed(MockConfig(), {"delay": delay}))["delay"] == delay


@pytest.mark.parametrize(
    ("sent", "field", "why"),
    [
        ({"delay": {"duration": 5}}, "delay.type", "must be one of fixed"),
        ({"delay": {"type": "fixed"}}, "delay.duration", "must be a whole number from 0"),
        ({"delay": {"type": "random"}}, "delay.type", "must be one of fixed"),
        ({"delay": {"type": "fixed", "preset": "3"}}, "delay.preset", "must be one of 1, 2"),
        ({"delay": {"type": "fixed", "duration": 180001}}, "delay.duration", "180000"),
        ({"delay": {"type": "fixed", "duration": 0.5}}, "delay.duration", "whole number"),
        ({"delay": {"type": "fixed", "duration": True}}, "delay.duration", "whole number"),
        ({"responseCode": 99}, "responseCode", "must be a whole number from 100 to 999"),
        ({"responseCode": "404"}, "responseCode", "must be a whole number"),
        ({"responseName": " "}, "responseName", "must be a text of 1 to 1000 characters"),
        ({"responseId": 5}, "responseId", "must be a text"),
        ({"rateLimit": {"calls": 1}}, "rateLimit.seconds", "must be a whole number"),
        ({"fault": {"type": "fire"}}, "fault.type", "must be one of reset"),
        ({"ignoreBodyFields": ["a.b"]}, "ignoreBodyFields", "has 'a.b', which is none of the"),
        ({"schemas": {"a": {"type": "list"}}}, "schemas.a", "is no JSON Schema"),
        ({"schemas": {"a": {"$ref": "http://127.0.0.1/"}}}, "schemas.a", "nothing is loaded"),
        ({"schemas": {"a": 5}}, "schemas.a", "must be a JSON Schema"),
        ({"routes": [{}]}, "routes.0.path", "must be a text"),
        ({"routes": [{"path": "a"}]}, "routes.0.path", "begins with /"),
        ({"routes": [{"path": "/a?b"}]}, "routes.0.path", "without a query"),
        ({"routes": [{"path": "/", "method": "G T"}]}, "routes.0.method", "such as GET"),
        ({"routes": [{"path": "/", "code": 1}]}, "routes.0.code", "is no field; there are"),
        ({"routes": [{"path": "/", "matchBody": 1}]}, "routes.0.matchBody", "true or false"),
        ({"routes": [{"path": "/", "matchHeaders": "a"}]}, "routes.0.matchHeaders", "a list"),
    ],
)
def test_what_no_schema_says_is_refused_by_name_too(sent: Json, field: str, why: str) -> None:
    assert complaints(sent) == ()
    with pytest.raises(ValueError, match=r" (must|is|has) ") as refused:
        changed(MockConfig(), sent)
    named, remedy = field_and_remedy(refused.value)
    assert named == f"config.{field}"
    assert why in remedy


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"strict": 1}, "config.strict: must be boolean"),
        ({"ignoreBodyFields": "$.a"}, "config.ignoreBodyFields: must be null,array"),
        ({"routes": {}}, "config.routes: must be null,array"),
        ({"routes": [5]}, "config.routes.0: must be object"),
        ({"matchHeaders": ["a"]}, "config.matchHeaders: must be a known property"),
    ],
)
def test_our_fields_have_types(sent: object, complaint: str) -> None:
    assert [str(each) for each in complaints(sent)] == [complaint]
