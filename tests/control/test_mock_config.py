import pytest

from postiche.control.mock_config import SCHEMA, changed, shown
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
        ({"delay": {"duration": 5}}, "config.delay: must have required property 'type'"),
        ({"delay": {"type": "fixed"}}, "config.delay: must have required property 'duration'"),
        ({"delay": {"type": "random", "duration": 5}}, "config.delay.type: must be one of fixed"),
        ({"delay": {"type": "fixed", "preset": "3"}}, "config.delay.preset: must be one of 1, 2"),
        (
            {"delay": {"type": "fixed", "duration": 180001}},
            "config.delay.duration: must be <= 180000",
        ),
        ({"delay": {"type": "fixed", "duration": -1}}, "config.delay.duration: must be >= 0"),
        ({"delay": {"type": "fixed", "duration": 0.5}}, "config.delay.duration: must be integer"),
        ({"delay": {"type": "fixed", "duration": True}}, "config.delay.duration: must be integer"),
        ({"matchbody": True}, "config.matchbody: must be a known property"),
    ],
)
def test_everything_else_is_refused_by_name(sent: object, complaint: str) -> None:
    assert [str(each) for each in complaints(sent)] == [complaint]
