import pytest

from postiche.importers.scalars import MAX_TEXT, make_number, make_text


@pytest.mark.parametrize(
    ("schema", "whole", "value"),
    [
        ({}, True, 1),
        ({"maximum": 0}, True, 0),
        ({"minimum": 0.5}, False, 1),
        ({"minimum": 3, "exclusiveMinimum": True}, False, 4),
        ({"exclusiveMinimum": 3, "exclusiveMaximum": 4}, False, 3.5),
        ({"exclusiveMaximum": 1}, False, 0),
        ({"multipleOf": 0.5, "minimum": 2.2}, False, 2.5),
        ({"multipleOf": 2.5}, True, 5),
        ({"multipleOf": 3, "maximum": 8, "minimum": 7}, True, 6),
        ({"multipleOf": 0, "minimum": "x", "maximum": None}, True, 1),
        ({"minimum": 1e300}, True, 1),
        ({"minimum": 2**60}, True, float(2**60)),
    ],
)
def test_numbers_keep_to_their_bounds(schema: dict[str, object], whole: bool, value: float) -> None:
    assert make_number(schema, whole=whole) == value


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({}, "string"),
        ({"minLength": 8}, "stringst"),
        ({"maxLength": 2}, "st"),
        ({"maxLength": 0}, ""),
        ({"format": "date"}, "2026-01-15"),
        ({"format": "date", "maxLength": 3}, "str"),
        ({"format": "unheard-of"}, "string"),
        ({"pattern": "^[A-Z]{2}$"}, "AA"),
        ({"pattern": "(?<odd>x)"}, "string"),
        ({"minLength": -1, "maxLength": True}, "string"),
    ],
)
def test_texts_keep_to_format_pattern_and_length(schema: dict[str, object], text: str) -> None:
    assert make_text(schema) == text


def test_the_nth_differs_from_the_first() -> None:
    for schema in ({}, {"format": "uuid"}, {"maxLength": 4}):
        assert len({make_text(schema, nth) for nth in range(5)}) == 5
    assert len({make_number({"maximum": 9}, whole=False, nth=nth) for nth in range(5)}) == 5


def test_texts_are_never_very_long() -> None:
    assert len(make_text({"minLength": 10**8})) == MAX_TEXT
