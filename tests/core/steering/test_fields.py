"""Fields of a control are read within bounds, and refused with a message that helps."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.steering.fields import Fields, number_within, plain_number, settings_of


def refused(message: str, sent: object, read: str) -> None:
    """Reading a field, as `read` says, must fail with the message."""
    with pytest.raises(ValueError) as failure:
        READS[read](Fields.of("fault", sent))
    assert str(failure.value) == message


READS: dict[str, Callable[[Fields], object]] = {
    "of": lambda _fields: None,
    "only": lambda fields: fields.only(("a", "b")),
    "choice": lambda fields: fields.choice("a", ("x", "y")),
    "number": lambda fields: fields.number("a", 0, 1),
    "whole": lambda fields: fields.whole("a", 1, 9),
}


@pytest.mark.parametrize("sent", [None, 1, "reset", ["reset"]])
def test_a_control_is_an_object(sent: object) -> None:
    refused("fault must be an object", sent, "of")


def test_a_field_of_another_name_is_refused() -> None:
    refused("fault.c is no field; there are a, b", {"a": 1, "c": 2}, "only")


@pytest.mark.parametrize("value", [None, 1, "z", [], {}])
def test_a_word_that_is_no_choice_is_refused(value: object) -> None:
    refused("fault.a must be one of x, y", {"a": value}, "choice")


@pytest.mark.parametrize(
    "value", [None, "1", True, -0.1, 1.1, float("nan"), float("inf"), [], 9**99]
)
def test_what_is_no_number_within_bounds_is_refused(value: object) -> None:
    refused("fault.a must be a number from 0 to 1", {"a": value}, "number")


@pytest.mark.parametrize("value", [None, "1", True, 0, 10, 1.5, float("nan"), float("inf"), 9**99])
def test_what_is_no_whole_number_within_bounds_is_refused(value: object) -> None:
    refused("fault.a must be a whole number from 1 to 9", {"a": value}, "whole")


def test_what_is_not_sent_has_its_default() -> None:
    fields = Fields.of("fault", {})
    assert fields.whole("a", 1, 9, 4) == 4
    assert fields.number("a", 0, 1, 0.5) == 0.5
    assert fields.choice("a", ("x", "y"), "y") == "y"


def test_a_whole_number_may_be_written_with_a_point() -> None:
    whole = Fields.of("fault", {"a": 3.0}).whole("a", 1, 9)
    assert (whole, type(whole)) == (3, int)


def test_a_number_of_any_name_is_held_within_bounds() -> None:
    assert number_within("x", 3, 1, 9) == 3
    with pytest.raises(ValueError, match=r"^x must be a number from 1 to 9$"):
        number_within("x", 10, 1, 9)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("1.5", 1.5), ("180000", 180_000)]
    + [
        (text, None)
        for text in ("", "-1", "+1", "1.", ".5", "1e3", "nan", "1_0", "\u0664", "1" * 16)
    ],
)
def test_a_number_is_digits_and_a_point(text: str, number: float | None) -> None:
    assert plain_number(text) == number


def test_settings_follow_a_head() -> None:
    assert settings_of(" Drip ; RATE = 10;x= y z ;;p=0.5;") == (
        "drip",
        {"rate": 10, "x": "y z", "p": 0.5},
    )


@pytest.mark.parametrize("text", ["drip; rate", "drip; rate=1; rate=1", "drip;a=1;A=2"])
def test_a_setting_without_value_or_one_that_repeats_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        settings_of(text)


@given(st.text())
def test_no_text_is_read_but_as_settings_or_a_value_error(text: str) -> None:
    try:
        head, settings = settings_of(text)
    except ValueError:
        return
    assert head == head.strip()
    assert all(type(value) in (int, float, str) for value in settings.values())
