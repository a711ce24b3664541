"""Saved text becomes literals and slots; what fills a slot is never read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.templates import Capture, Dynamic, Helper, Slot, Template, compile_template
from postiche.core.variables import Scope

from .building import QUICK


def compiled(text: str, *captured: str, **known: str) -> Template:
    return compile_template(text, Scope(known), frozenset(captured))


def only_slot(text: str, *captured: str) -> Slot:
    (slot,) = compiled(text, *captured).slots
    return slot


def test_text_without_tokens_is_fixed() -> None:
    assert compiled("plain { } text").fixed == "plain { } text"


def test_known_variables_are_filled_in_at_once() -> None:
    assert compiled("Hi {{name}}", name="Ann").fixed == "Hi Ann"


def test_a_token_that_is_nothing_known_is_text() -> None:
    assert compiled("{{objectId}} {{$unknown}}").fixed == "{{objectId}} {{$unknown}}"


def test_a_slot_leaves_no_fixed_text() -> None:
    assert compiled("a {{$guid}} b").fixed is None


def test_a_captured_name_is_a_capture() -> None:
    assert only_slot("{{id}}", "id") == Capture("{{id}}", "id")


def test_a_dynamic_variable_is_a_slot_of_its_own_each_time() -> None:
    assert compiled("{{$randomInt}}{{$randomInt}}").slots == (
        Dynamic("{{$randomInt}}", "$randomInt"),
        Dynamic("{{$randomInt}}", "$randomInt"),
    )


def test_a_variable_named_like_a_dynamic_one_wins() -> None:
    assert compile_template("{{$guid}}", Scope({"$guid": "fixed"}), frozenset()).fixed == "fixed"


def test_a_value_may_hold_a_dynamic_variable() -> None:
    assert compiled("{{id}}", id="{{$guid}}").slots == (Dynamic("{{$guid}}", "$guid"),)


@pytest.mark.parametrize(
    ("token", "name", "path", "default"),
    [
        ("{{$body}}", "body", None, None),
        ("{{$body 'user.name'}}", "body", "user.name", None),
        ("{{$body 'user.name' 'nobody'}}", "body", "user.name", "nobody"),
        ("{{$body 'a' ''}}", "body", "a", ""),
        ('{{$queryParams "page" "1"}}', "queryParams", "page", "1"),
        ("{{$headers 'x-id'}}", "headers", "x-id", None),
        ("{{$pathSegments '1'}}", "pathSegments", "1", None),
        ("{{ $body  'a'   'b' }}", "body", "a", "b"),
        ('{{$body "it\'s"}}', "body", "it's", None),
        (r"{{$body 'a\.b'}}", "body", r"a\.b", None),
    ],
)
def test_a_template_helper_has_a_path_and_a_default(
    token: str, name: str, path: str | None, default: str | None
) -> None:
    assert only_slot(token) == Helper(token, name, path, default)


@pytest.mark.parametrize(
    "token",
    [
        "{{body}}",
        "{{$Body}}",
        "{{$bodyguard}}",
        "{{$body'a'}}",
        "{{$body a}}",
        "{{$body 'a}}",
        "{{$body 'a''b'}}",
        "{{$body 'a' 'b' 'c'}}",
        "{{$query 'a'}}",
        "{{$randomint}}",
        "{{}}",
    ],
)
def test_what_only_looks_like_a_helper_is_text(token: str) -> None:
    assert compiled(token).fixed == token


def test_literals_stand_around_the_slots() -> None:
    made = compiled("a{{id}}{{$guid}}b", "id")
    assert made.literals == ("a", "", "b")


def test_every_slot_is_filled_in_its_place() -> None:
    made = compiled("<{{a}}|{{b}}|{{a}}>", "a", "b")
    assert made.expand(lambda slot: slot.token.strip("{}").upper()) == "<A|B|A>"


def test_a_slot_without_a_value_keeps_its_token() -> None:
    assert compiled("<{{a}}>", "a").expand(lambda slot: None) == "<{{a}}>"


def test_an_empty_value_is_a_value() -> None:
    assert compiled("<{{a}}>", "a").expand(lambda slot: "") == "<>"


def test_what_fills_a_slot_is_not_read_for_tokens() -> None:
    made = compiled("{{a}}{{b}}", "a", "b", secret="hidden")
    fillers = {"{{a}}": "{{secret}}{{b", "{{b}}": "{{a}}"}
    assert made.expand(lambda slot: fillers[slot.token]) == "{{secret}}{{b{{a}}"


PIECES = st.sampled_from(["{{a}}", "{{known}}", "{{$guid}}", "{{$body 'x'}}", "{{", "}}", "{", "x"])


@QUICK
@given(st.lists(PIECES).map("".join))
def test_a_template_whose_slots_stay_empty_is_its_text(text: str) -> None:
    scope = Scope({"known": "known"})
    made = compile_template(text, scope, frozenset("a"))
    assert len(made.literals) == len(made.slots) + 1
    assert made.expand(lambda slot: None) == scope.fill(text)
