"""JSON values become text the way Postman shows them."""

import orjson
import pytest

from postiche.core.scalars import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [("as it is", "as it is"), (None, ""), (7, "7"), (1.5, "1.5"), (True, "true"), ([1], "[1]")],
)
def test_a_value_that_is_no_string_is_shown_as_json(value: object, shown: str) -> None:
    assert text(value) == shown


def test_what_cannot_be_written_as_json_is_nothing() -> None:
    assert text(orjson.loads(b"[" * 900 + b"]" * 900)) == ""
