"""What the model's dataclasses say of themselves."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from postiche.model import (
    Collection,
    Document,
    Example,
    Mock,
    MockConfig,
    Request,
    SavedRequest,
    joined,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def example(name: str) -> Example:
    return Example(None, name, "GET", "/a", (), None, 200, (), "")


def test_a_header_that_repeats_is_joined_in_order() -> None:
    assert joined((("accept", "a"), ("x", "1"), ("accept", "b")), "accept") == "a, b"


def test_a_header_that_is_absent_is_not_an_empty_one() -> None:
    request = Request("GET", "/", (("x-empty", ""),))
    assert request.header("x-empty") == ""
    assert request.header("x-absent") is None


def test_examples_come_in_file_order_whatever_their_request() -> None:
    saved = [
        SavedRequest(None, name, (), "GET", "/a", tuple(map(example, examples)))
        for name, examples in (("first", ("one", "two")), ("second", ("three",)))
    ]
    collection = Collection(None, "c", requests=tuple(saved))
    assert [each.name for each in collection.examples()] == ["one", "two", "three"]


def test_a_uid_is_the_owner_and_the_id() -> None:
    document = Document("collection", "abc", 7, "w", "c", b"{}", NOON, NOON, 7)
    mock = Mock("def", 8, "w", "m", "", document.uid, None, False, MockConfig(), NOON, NOON)
    assert (document.uid, mock.uid, mock.collection) == ("7-abc", "8-def", "7-abc")


def test_a_config_starts_with_the_defaults_of_every_recorded_mock() -> None:
    config = MockConfig()
    assert (config.match_query_params, config.match_wildcards) == (True, True)
    assert (config.match_body, config.match_header, config.headers) == (False, False, ())
    assert (config.delay, config.server_response_id) == (None, None)


def test_nothing_in_the_model_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Request("GET", "/").method = "PUT"  # type: ignore[misc]
