"""A request's path is judged against an example's by the eight steps of behaviour A.1.4."""

import pytest
from hypothesis import given

from postiche.core.paths import (
    SCORES,
    PathPattern,
    Step,
    Wildcard,
    canonical,
    captures,
    is_id,
    judge_path,
    path_pattern,
    readable,
    segments,
    similar,
)
from postiche.core.urls import split_url

from .arbitrary import UUID, saved_paths, sent_paths
from .building import QUICK

LONG = "x" * 256


def saved(url: str) -> PathPattern:
    return path_pattern(split_url(url).path)


def step(url: str, path: str, *, wildcards: bool = True) -> Step | None:
    return judge_path(saved(url), canonical(path), wildcards=wildcards).step


def captured(url: str, path: str) -> dict[str, str] | None:
    return captures(saved(url), segments(canonical(path)))


# --- the steps and their points -------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "path", "expected"),
    [
        ("/users", "/users", Step.IDENTICAL),
        ("/", "/", Step.IDENTICAL),
        ("https://api.test", "/", Step.IDENTICAL),
        ("/users/", "/users/", Step.IDENTICAL),
        ("//accounts", "//accounts", Step.IDENTICAL),
        ("/users/7", "/users/7", Step.IDENTICAL),
        ("/users", "/users/", Step.TRAILING_SLASH),
        ("/users/", "/users", Step.TRAILING_SLASH),
        ("/users///", "/users/", Step.TRAILING_SLASH),
        ("/users", "/Users", Step.CASE),
        ("/USERS/me", "/users/ME", Step.CASE),
        ("/users/", "/Users", Step.CASE_AND_SLASH),
        ("/Users", "/users//", Step.CASE_AND_SLASH),
        ("/users/{{id}}", "/users/7", Step.WILDCARD),
        ("/users/{{id}}", "/users/carol", Step.WILDCARD),
        ("/users/:id", "/users/7", Step.WILDCARD),
        ("{{url}}/{{a}}/{{b}}", "/x/y", Step.WILDCARD),
        ("/users/7", "/users/8", Step.IDS),
        ("/users/7", f"/users/{UUID}", Step.IDS),
        ("/users/7/orders", "/Users/8/ORDERS", Step.IDS),
        ("/users/7", f"/users/{LONG}", Step.IDS),
        ("/users/", "/users/8", Step.IDS),
        ("/7/users", "/8/users", Step.IDS),
        ("/things", "/things/32", Step.IDS_AND_SLASH),
        ("/things/32", "/things", Step.IDS_AND_SLASH),
        ("/users/7/", "/users/8", Step.IDS_AND_SLASH),
        ("/users/7/orders/", "/users/8/Orders", Step.IDS_AND_SLASH),
        ("//accounts", "/accounts/123", Step.IDS_AND_SLASH),
        ("/europe", "/europes", Step.DISTANCE),
        ("/europe", "/euope", Step.DISTANCE),
        ("/users/europe", "/users/europa", Step.DISTANCE),
        ("/users", "/orders", None),
        ("/users", "/users/me", None),
        ("/europe", "/Europes/", None),
        ("/users/{{id}}", "/users", None),
        ("/users/{{id}}", "/users/", None),
        ("/users/{{id}}", "/users/1/", None),
        ("/users/{{id}}", "/users/another/segment", None),
        ("/users/{{id}}", "/Users/7", None),
        ("/users/AA", "/users/BB", None),
        ("/users/7a", "/users/8b", None),
    ],
)
def test_the_first_step_that_fits_decides(url: str, path: str, expected: Step | None) -> None:
    assert step(url, path) is expected


@pytest.mark.parametrize(
    ("row", "points"), list(enumerate([100, 95, 90, 85, 80, 79, 75, 70], start=1))
)
def test_each_step_has_the_points_of_its_row(row: int, points: int) -> None:
    assert SCORES[Step(row)] == points


def test_a_verdict_carries_the_points_of_its_step() -> None:
    assert judge_path(saved("/users"), "/users/", wildcards=True).score == 95


def test_a_path_that_passes_no_step_has_no_points() -> None:
    assert judge_path(saved("/users"), "/orders", wildcards=True).score == 0


def test_without_wildcards_step_5_is_left_out() -> None:
    assert step("/users/{{id}}", "/users/7", wildcards=False) is None


def test_without_wildcards_a_variable_still_equals_itself() -> None:
    assert step("/users/{{id}}", "/users/%7B%7Bid%7D%7D", wildcards=False) is Step.IDENTICAL


def test_without_wildcards_the_other_steps_stand() -> None:
    assert step("/users/7", "/users/8", wildcards=False) is Step.IDS


# --- percent-encoding -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/a[0]", "/a%5B0%5D"),
        ("/a%5B0%5D", "/a[0]"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/a b", "/a%20b"),
        ("/%41", "/A"),
        ("/a%2fb", "/a%2Fb"),
        ("/a+b", "/a+b"),
    ],
)
def test_paths_are_compared_decoded(url: str, path: str) -> None:
    assert step(url, path) is Step.IDENTICAL


def test_an_encoded_slash_separates_nothing() -> None:
    assert step("/a/b", "/a%2Fb") is None


def test_a_plus_in_a_path_is_no_space() -> None:
    assert step("/a+b", "/a%20b") is not Step.IDENTICAL


def test_a_capture_is_decoded_and_shows_an_encoded_slash() -> None:
    assert captured("/files/{{name}}", "/files/a%2Fb%20c") == {"name": "a/b c"}


def test_an_empty_path_is_the_root() -> None:
    assert canonical("") == "/"


def test_a_trailing_slash_makes_one_segment_more() -> None:
    assert segments("/a/") == ["a", ""]


def test_a_segment_reads_as_it_was_meant() -> None:
    assert readable(canonical("/a%2Fb")) == "/a/b"


# --- ids ------------------------------------------------------------------------------


@pytest.mark.parametrize("segment", ["7", "0", "123456789012", UUID, UUID.upper(), "a" * 256])
def test_numbers_uuids_and_very_long_segments_are_ids(segment: str) -> None:
    assert is_id(segment)


@pytest.mark.parametrize(
    "segment",
    ["", "AA", "a1", "7a", "-7", "7.5", "a" * 255, UUID[:-1], UUID.replace("-", ""), "\u0667"],
)
def test_nothing_else_is_an_id(segment: str) -> None:
    assert not is_id(segment)


# --- wildcards ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "path", "found"),
    [
        ("/users/{{id}}", "/users/7", {"id": "7"}),
        ("/{{a}}/{{b}}", "/x/y", {"a": "x", "b": "y"}),
        ("/{{a}}/{{a}}", "/x/y", {"a": "x"}),
        ("/users/:id", "/users/7", {"id": "7"}),
        ("/users/:id.json", "/users/7.json", {"id": "7"}),
        ("/users/:id.json", "/users/7.xml", None),
        ("/users/:id.json", "/users/.json", None),
        ("/v{{major}}", "/v2", {"major": "2"}),
        ("/v{{major}}", "/v", None),
        ("/{{name}}.{{type}}", "/a.b.c", {"name": "a", "type": "b.c"}),
        ("/{{name}}.{{type}}", "/a.", None),
        ("/{{name}}.{{type}}", "/.a", None),
        ("/{{from}}-to-{{till}}!", "/1-to-2!", {"from": "1", "till": "2"}),
        ("/{{from}}-to-{{till}}!", "/1-to-2", None),
        ("/{{a}}{{b}}", "/xyz", {"a": "x", "b": "yz"}),
        ("/{{a}}{{b}}", "/x", None),
        ("/a{{x}}a", "/aa", None),
        ("/a{{x}}a", "/aaa", {"x": "a"}),
        ("/{{a/b}}", "/x", {"a/b": "x"}),
        ("/users", "/users", None),
        ("/users/{{id}}", "/users/7/", None),
        ("/users/{{id}}", "/users//", None),
        ("/users/{{id}}", "/users/%7B", {"id": "{"}),
        ("/a%20b/{{id}}", "/a%20b/7", {"id": "7"}),
        ("/a%7B{{id}}", "/a%7B7", {"id": "7"}),
    ],
)
def test_a_wildcard_covers_text_within_one_segment(
    url: str, path: str, found: dict[str, str] | None
) -> None:
    assert captured(url, path) == found


def test_a_pattern_names_its_wildcards_in_order() -> None:
    assert saved("/{{b}}/x{{a}}/:c").names == ("b", "a", "c")


def test_a_colon_by_itself_is_text() -> None:
    assert saved("/:/x").names == ()


def test_a_wildcard_between_texts_takes_the_first_that_fits() -> None:
    assert Wildcard(("", "-", ""), ("a", "b")).capture("1-2-3") == ("1", "2-3")


@QUICK
@given(saved_paths, sent_paths)
def test_a_capture_put_back_gives_the_segment(url: str, path: str) -> None:
    for part, segment in zip(saved(url).parts, segments(canonical(path)), strict=False):
        if isinstance(part, Wildcard) and (covered := part.capture(segment)) is not None:
            first, *rest = part.literals
            again = first + "".join(map(str.__add__, covered, rest))
            assert again == readable(segment)
            assert all(covered)


# --- step 8 ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "requested", "near"),
    [
        ("/abcd", "/abcx", True),
        ("/abc", "/abx", False),
        ("/abc", "/abcd", True),
        ("/abcdefgh", "/abcdefxy", True),
        ("/abcdefgh", "/abcdexyz", False),
        ("/abcdefghi", "/abcdefgh", True),
        ("/abcd/abcd", "/abcx/abcx", True),
        ("/abcd/abcd", "/abcx/wxyz", False),
        ("/abcd", "/abcd/", False),
        ("/abcd/", "/abcx/", True),
        ("/Abcd", "/abcd", True),
        ("/ABcd", "/abcd", False),
    ],
)
def test_every_segment_must_be_three_quarters_alike_by_the_length_of_the_request(
    wanted: str, requested: str, near: bool
) -> None:
    assert similar(wanted, segments(requested)) is near


@QUICK
@given(sent_paths)
def test_every_path_is_identical_to_itself(path: str) -> None:
    assert step(path, path) is Step.IDENTICAL
