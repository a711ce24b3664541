"""Variables are filled in from environment over collection, and never without end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core import variables
from postiche.core.variables import MAX_TEXT, ROUNDS, Scope, scope_of
from postiche.model import Collection, Environment, Variable

from .building import QUICK


def filled(text: str, **values: str) -> str:
    return Scope(values).fill(text)


def test_a_known_variable_becomes_its_value() -> None:
    assert filled("/users/{{id}}/{{id}}", id="7") == "/users/7/7"


def test_an_unknown_variable_stays_as_written() -> None:
    assert filled("{{known}} {{unknown}} {{$guid}}", known="a") == "a {{unknown}} {{$guid}}"


def test_an_empty_value_is_a_value() -> None:
    assert filled("[{{gone}}]", gone="") == "[]"


def test_names_are_case_sensitive() -> None:
    assert filled("{{Id}}", id="7") == "{{Id}}"


@pytest.mark.parametrize("text", ["{id}", "{{id}", "{{id", "id}}", "{{}}", "{{i{d}}", ""])
def test_only_double_braces_around_a_name_are_a_variable(text: str) -> None:
    assert filled(text, id="7") == text


def test_the_innermost_braces_are_the_variable() -> None:
    assert filled("{{{id}}}", id="7") == "{7}"


def test_a_value_may_hold_variables() -> None:
    assert filled("{{url}}/a", url="https://{{host}}", host="h") == "https://h/a"


def test_a_name_may_be_put_together_from_variables() -> None:
    assert filled("{{user_{{stage}}}}", stage="dev", user_dev="ann") == "ann"


def test_a_value_that_looks_like_a_pattern_is_plain_text() -> None:
    assert filled("{{a}}", a=r"\1 \g<0>") == r"\1 \g<0>"


def chain(length: int) -> dict[str, str]:
    links = {f"v{i}": f"{{{{v{i + 1}}}}}" for i in range(length - 1)}
    return {**links, f"v{length - 1}": "end"}


def test_nineteen_rounds_resolve_nineteen_nested_variables() -> None:
    assert Scope(chain(ROUNDS)).fill("{{v0}}") == "end"


def test_the_twentieth_nested_variable_stays_a_token() -> None:
    assert Scope(chain(ROUNDS + 1)).fill("{{v0}}") == "{{v19}}"


@pytest.mark.parametrize("values", [{"a": "{{a}}"}, {"a": "{{b}}", "b": "{{a}}"}])
def test_circular_variables_end_as_a_token(values: dict[str, str]) -> None:
    assert Scope(values).fill("{{a}}") in ("{{a}}", "{{b}}")


def test_variables_that_multiply_each_other_stay_below_the_limit() -> None:
    doubling = {f"v{i}": f"{{{{v{i + 1}}}}}" * 50 for i in range(15)}
    assert len(Scope({**doubling, "v15": "x"}).fill("{{v0}}")) <= MAX_TEXT


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(variables, "MAX_TEXT", 200)
    return 200


def test_a_text_may_grow_up_to_the_limit_exactly(small_limit: int) -> None:
    assert len(filled("{{a}}", a="x" * small_limit)) == small_limit


def test_a_round_that_would_pass_the_limit_is_not_made(small_limit: int) -> None:
    assert filled("{{a}}", a="x" * (small_limit + 1)) == "{{a}}"


NAMES = ("a", "b", "c")
TEXTS = st.lists(st.sampled_from(["{{a}}", "{{b}}", "{{c}}", "{{", "}}", "x", "{{d}}"])).map(
    "".join
)


@QUICK
@given(text=TEXTS, values=st.dictionaries(st.sampled_from(NAMES), TEXTS))
def test_filling_ends_and_stays_small_whatever_the_variables_hold(
    text: str, values: dict[str, str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variables, "MAX_TEXT", 500)
        assert len(Scope(values).fill(text)) <= max(500, len(text))


@QUICK
@given(text=TEXTS, values=st.dictionaries(st.sampled_from(NAMES), st.text("xyz")))
def test_after_plain_values_no_known_variable_is_left(text: str, values: dict[str, str]) -> None:
    left = Scope(values).fill(text)
    assert not any(f"{{{{{name}}}}}" in left for name in values)


# --- scopes ---------------------------------------------------------------------------


def variables_of(**values: str) -> tuple[Variable, ...]:
    return tuple(Variable(key, value) for key, value in values.items())


def test_the_environment_wins_over_the_collection() -> None:
    collection = Collection(None, "c", variables_of(a="collection", b="collection"))
    environment = Environment(None, "e", variables_of(a="environment", c="environment"))
    assert scope_of(collection, environment).values == {
        "a": "environment",
        "b": "collection",
        "c": "environment",
    }


def test_an_empty_value_in_the_environment_still_wins() -> None:
    collection = Collection(None, "c", variables_of(a="collection"))
    environment = Environment(None, "e", variables_of(a=""))
    assert scope_of(collection, environment).fill("[{{a}}]") == "[]"


def test_without_an_environment_the_collection_decides() -> None:
    assert scope_of(Collection(None, "c", variables_of(a="1")), None).fill("{{a}}") == "1"


def test_of_a_repeated_variable_the_last_one_counts() -> None:
    twice = (Variable("a", "first"), Variable("a", "last"))
    assert scope_of(Collection(None, "c", twice), None).fill("{{a}}") == "last"
