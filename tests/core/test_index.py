"""An index of paths finds what judging them one by one would find, and no more."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.index import PathIndex, stages
from postiche.core.paths import (
    PathPattern,
    Step,
    canonical,
    captures,
    judge_path,
    path_pattern,
    segments,
    similar,
)
from postiche.core.urls import split_url

from .arbitrary import saved_paths, sent_paths
from .building import QUICK

Found = dict[int, Step]
Places = tuple[int, ...]


def patterns(urls: Iterable[str]) -> list[PathPattern]:
    return [path_pattern(split_url(url).path) for url in urls]


def index_of(saved: Iterable[PathPattern]) -> PathIndex[Places]:
    """An index whose entries are the places of the paths."""
    return PathIndex(((path, place) for place, path in enumerate(saved)), tuple)


def looked_up(index: PathIndex[Places], path: str, *, wildcards: bool) -> Found:
    """The first step that the index finds each entry by."""
    found: Found = {}
    for step, places in found_by(index, path, wildcards=wildcards):
        for place in places:
            found.setdefault(place, step)
    return found


def found_by(
    index: PathIndex[Places], path: str, *, wildcards: bool, strict: bool = False
) -> Iterator[tuple[Step, Places]]:
    """All that the look-ups for a path find, in their order."""
    for _, look_up in stages(path, wildcards=wildcards, strict=strict, tails=True):
        yield from look_up(index, path)


def judged(saved: list[PathPattern], path: str, *, wildcards: bool, strict: bool = False) -> Found:
    """The first step that each path passes, every one of them tried."""
    verdicts = (judge_path(each, path, wildcards=wildcards, strict=strict) for each in saved)
    return {place: each.step for place, each in enumerate(verdicts) if each.step is not None}


def tailed(path: str) -> str:
    return path.rstrip("/") + "/**"


any_paths = st.lists(st.one_of(saved_paths, saved_paths.map(tailed)), max_size=12)


@QUICK
@given(any_paths, sent_paths, st.booleans(), st.booleans())
def test_with_tails_and_strict_the_index_finds_what_judging_finds(
    urls: list[str], target: str, wildcards: bool, strict: bool
) -> None:
    saved = [path_pattern(split_url(each).path, tails=True) for each in urls]
    path = canonical(target)
    found: Found = {}
    for step, places in found_by(index_of(saved), path, wildcards=wildcards, strict=strict):
        for place in places:
            found.setdefault(place, step)
    assert found == judged(saved, path, wildcards=wildcards, strict=strict)


@QUICK
@given(st.lists(saved_paths, max_size=12), sent_paths, st.booleans())
def test_the_index_finds_what_judging_every_path_finds(
    urls: list[str], target: str, wildcards: bool
) -> None:
    saved, path = patterns(urls), canonical(target)
    expected = judged(saved, path, wildcards=wildcards)
    assert looked_up(index_of(saved), path, wildcards=wildcards) == expected


@QUICK
@given(st.lists(saved_paths, max_size=12), sent_paths)
def test_by_wildcards_the_index_finds_the_paths_that_capture(urls: list[str], target: str) -> None:
    saved, path = patterns(urls), canonical(target)
    found = [place for _, places in index_of(saved).covered(path) for place in places]
    expected = [p for p, each in enumerate(saved) if captures(each, segments(path)) is not None]
    assert sorted(found) == expected


@QUICK
@given(st.lists(saved_paths, max_size=12), sent_paths)
def test_almost_finds_every_similar_path_once(urls: list[str], target: str) -> None:
    saved, path = patterns(urls), canonical(target)
    expected = [p for p, each in enumerate(saved) if similar(each.text, segments(path))]
    assert sorted(p for _, places in index_of(saved).almost(path) for p in places) == expected


@QUICK
@given(st.lists(saved_paths, max_size=12), sent_paths)
def test_what_fits_comes_in_the_order_of_the_steps(urls: list[str], target: str) -> None:
    index = index_of(patterns(urls))
    steps = [step for step, _ in found_by(index, canonical(target), wildcards=True)]
    assert steps == sorted(steps)


@QUICK
@given(st.lists(saved_paths, max_size=12), sent_paths)
def test_each_look_up_finds_nothing_before_the_step_it_names(urls: list[str], target: str) -> None:
    index, path = index_of(patterns(urls)), canonical(target)
    for first, look_up in stages(path, wildcards=True):
        assert all(step >= first for step, _ in look_up(index, path))


def test_an_empty_index_finds_nothing() -> None:
    assert looked_up(index_of([]), "/a", wildcards=True) == {}


def test_entries_under_one_path_are_all_found() -> None:
    assert looked_up(index_of(patterns(["/a", "/a"])), "/a", wildcards=True) == {
        0: Step.IDENTICAL,
        1: Step.IDENTICAL,
    }


def test_differently_named_wildcards_at_one_place_are_all_found() -> None:
    index = index_of(patterns(["/{{a}}/x", "/{{b}}/x", "/:c/x"]))
    assert looked_up(index, "/7/x", wildcards=True) == dict.fromkeys(range(3), Step.WILDCARD)


def test_text_and_wildcard_at_one_place_are_both_found() -> None:
    index = index_of(patterns(["/users/me", "/users/{{id}}"]))
    assert looked_up(index, "/users/me", wildcards=True) == {0: Step.IDENTICAL, 1: Step.WILDCARD}


@pytest.mark.parametrize("path", ["", "*", "http://api.test/a", "//", "/" * 100])
def test_a_target_of_any_form_can_be_looked_up(path: str) -> None:
    assert looked_up(index_of(patterns(["/a"])), canonical(path), wildcards=True) == {}


def test_looking_up_an_unknown_number_of_segments_leaves_the_index_as_it_was() -> None:
    index = index_of(patterns(["/a"]))
    list(index.almost("/a/b/c"))
    assert looked_up(index, "/a", wildcards=True) == {0: Step.IDENTICAL}
