import base64

import pytest

from postiche.control import wire
from postiche.control.cursor_pages import page

ROWS = [(f"{number:02}", number) for number in range(25)]


def bad_cursor() -> wire.ApiError:
    return wire.invalid_cursor()


def test_pages_follow_each_other() -> None:
    first, cursor = page(ROWS, None, None, bad_cursor)
    assert first == list(range(10))
    second, cursor = page(ROWS, "14", cursor, bad_cursor)
    assert second == list(range(10, 24))
    assert page(ROWS, "14", cursor, bad_cursor) == ([24], None)
    assert page([], None, cursor, bad_cursor) == ([], None)


def test_a_page_goes_on_where_its_last_row_was() -> None:
    _, cursor = page(ROWS, "3", None, bad_cursor)
    remaining = [each for each in ROWS if each[1] not in (1, 2, 3)]
    assert page(remaining, "2", cursor, bad_cursor)[0] == [4, 5]


def test_impossible_limits_and_cursors_are_refused() -> None:
    for limit in ("0", "101", "-1", "x", "1e1"):
        with pytest.raises(wire.ApiError):
            page(ROWS, limit, None, bad_cursor)
    for text in ("x", "%", base64.b64encode(b"\xff").decode(), base64.b64encode(b"x").decode()):
        with pytest.raises(wire.ApiError):
            page(ROWS, None, text, bad_cursor)
