import re

import pytest

from postiche.importers.patterns import text_for


@pytest.mark.parametrize(
    "pattern",
    [
        "abc",
        "^a?b*c+$",
        r"^\d{3}-\d{2,4}$",
        r"^(?:foo|bar)\.(baz)$",
        "^[^abc]$",
        r"^[\]\-x]+$",
        r"^\w+@\w+\.com$",
        "a|b|c",
        "",
        "^.{5}$",
        r"^\$\{x\}\/$",
        "^x{2,}$",
    ],
)
def test_a_text_fits_its_pattern(pattern: str) -> None:
    text = text_for(pattern)
    assert text is not None
    assert re.search(pattern, text)


def test_lengths_are_met_where_counts_allow() -> None:
    assert text_for("^[a-z]+$", 5, 5) == "aaaaa"
    assert text_for("^ab{0,3}$", 3) == "abb"
    assert text_for("^abc$", 5) is None
    assert text_for("^abc$", 0, 2) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b",
        r"(a)\1",
        r"\bword",
        r"\p{L}",
        "a**",
        "(",
        ")",
        "[",
        "[]",
        "a{2000}{2000}",
        "x(^a)",
        "(" * 50 + ")" * 50,
        "*",
        "\\",
        "x" * 5000,
        "[b-a]",
    ],
)
def test_what_is_not_understood_gives_nothing(pattern: str) -> None:
    assert text_for(pattern) is None
