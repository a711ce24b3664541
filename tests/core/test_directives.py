"""The x-mock headers are read once, and win over the mock's config."""

import pytest

from postiche.core.directives import (
    UNKNOWN_CODE,
    Directives,
    in_force,
    read_directives,
)
from postiche.core.steering.rules import rules_of
from postiche.model import Delay, MockConfig

from .building import get


def directives(config: MockConfig | None = None, /, **headers: str) -> Directives:
    """The directives of a GET; keywords stand for headers, "_" for "-"."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_directives(config or MockConfig(), get("/", sent))


def test_a_plain_request_asks_for_nothing() -> None:
    assert directives(accept="text/plain") == Directives()


def test_each_header_says_its_part() -> None:
    assert directives(
        x_mock_response_code="404",
        x_mock_response_id="1-a",
        x_mock_response_name="Not found",
        x_mock_match_request_headers="Accept, X-Client",
        x_mock_match_request_body="true",
    ) == Directives(404, "1-a", "Not found", frozenset({"accept", "x-client"}), match_body=True)


@pytest.mark.parametrize("value", ["404", " 404 ", "0404"])
def test_a_code_may_stand_between_spaces(value: str) -> None:
    assert directives(x_mock_response_code=value).code == 404


@pytest.mark.parametrize(
    "value",
    ["", "abc", "4O4", "-404", "+404", "404.0", "404, 404", "\u0664\u0660\u0664", "9" * 5000],
)
def test_a_malformed_code_is_one_that_no_example_has(value: str) -> None:
    assert directives(x_mock_response_code=value).code == UNKNOWN_CODE


def test_an_empty_id_or_name_is_still_asked_for() -> None:
    asked = directives(x_mock_response_id="", x_mock_response_name=" ")
    assert (asked.id, asked.name) == ("", "")


def test_a_name_sent_as_utf_8_is_read_as_it_was_saved() -> None:
    sent = "Sch\u00f6n".encode().decode("latin-1")
    assert directives(x_mock_response_name=sent).name == "Sch\u00f6n"


@pytest.mark.parametrize("name", ["Sch\u00f6n", "\u4f60\u597d"])
def test_a_name_that_is_no_utf_8_stays_as_it_came(name: str) -> None:
    assert directives(x_mock_response_name=name).name == name


# --- header matching ------------------------------------------------------------------


def test_config_lists_headers_only_if_header_matching_is_on() -> None:
    off = MockConfig(headers=("Accept",), match_header=False)
    on = MockConfig(headers=(" Accept ", ""), match_header=True)
    assert directives(off).match_headers == frozenset()
    assert directives(on).match_headers == {"accept"}


def test_the_header_list_of_a_request_wins_over_the_config() -> None:
    config = MockConfig(headers=("Accept",), match_header=True)
    asked = directives(config, x_mock_match_request_headers="X-Client")
    assert asked.match_headers == {"x-client"}


def test_an_empty_header_list_switches_header_matching_off() -> None:
    config = MockConfig(headers=("Accept",), match_header=True)
    assert directives(config, x_mock_match_request_headers=" , ").match_headers == frozenset()


def test_another_directive_leaves_the_header_list_of_the_config() -> None:
    config = MockConfig(headers=("Accept",), match_header=True)
    assert directives(config, x_mock_response_code="200").match_headers == {"accept"}


# --- body matching --------------------------------------------------------------------


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("TRUE ", True), ("false", False), ("False", False)]
)
def test_a_request_switches_body_matching(value: str, expected: bool, default: bool) -> None:
    config = MockConfig(match_body=default)
    assert directives(config, x_mock_match_request_body=value).match_body is expected


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("value", ["", "yes", "1"])
def test_anything_but_true_or_false_leaves_body_matching_to_the_config(
    value: str, default: bool
) -> None:
    config = MockConfig(match_body=default)
    assert directives(config, x_mock_match_request_body=value).match_body is default


# --- delay ----------------------------------------------------------------------------


def delay(header: str | None, config: Delay | None = None) -> int:
    sent = {} if header is None else {"x-mock-response-delay": header}
    found = in_force(rules_of(MockConfig(delay=config)), get("/", sent)).delay
    return found.duration if isinstance(found, Delay) else 0


def test_without_any_delay_there_is_no_wait() -> None:
    assert delay(None) == 0


def test_the_config_delays_every_reply() -> None:
    assert delay(None, Delay(300, "1")) == 300


def test_the_header_wins_over_the_config() -> None:
    assert delay("1000", Delay(300)) == 1000


@pytest.mark.parametrize("value", ["1", "180000", " 20 "])
def test_a_delay_is_between_a_millisecond_and_three_minutes(value: str) -> None:
    assert delay(value) == int(value)


@pytest.mark.parametrize("value", ["0", "180001", "-5", "1.5", "soon", "", "9" * 5000])
def test_any_other_delay_is_ignored(value: str) -> None:
    assert delay(value, Delay(300)) == 300
