"""Finding the paths that fit a request without trying them all.

Knows the eight steps of `paths.py` and holds a look-up for each: tables for
every step that is an equality of keys, a trie for wildcards, a trie of
spellings for step 8. Must not know examples, queries or bodies: what stands at
a place is a *leaf*, made of all entries that pass the same step with the same
key.

For every path and entry an index finds exactly what `judge_path` accepts, each
by its first step and perhaps by later ones; a property test holds the two
together.

A table leaves out keys that are themselves the one path that has them, for the
table of whole paths holds those already: that is most of all keys.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from postiche.core.paths import (
    KEYS,
    MAX_LENIENT,
    WHOLE_SEGMENT,
    PathPattern,
    Step,
    Wildcard,
    lower_without_slash,
    segments,
    tolerance,
    without_ids,
)

Entry = TypeVar("Entry")
Leaf = TypeVar("Leaf")

Spellings = dict[str, Any]
"""One level of the trie of spellings; the leaves stand at the depth of its segments."""

_LOOSE_STEPS = (Step.TRAILING_SLASH, Step.CASE, Step.CASE_AND_SLASH)


class _Node(Generic[Leaf]):
    """One level of the trie of wildcards: children by literal text and by wildcard.

    `whole` is the child of the wildcard that is all of its segment.
    """

    __slots__ = ("leaf", "literals", "whole", "wildcards")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[Leaf]] = {}
        self.whole: _Node[Leaf] | None = None
        self.wildcards: list[tuple[Wildcard, _Node[Leaf]]] = []
        self.leaf: Leaf | None = None

    def below(self, part: str | Wildcard) -> "_Node[Leaf]":
        """The child for a part, made if missing."""
        if isinstance(part, str):
            return self.literals.setdefault(part, _Node())
        if part.literals == WHOLE_SEGMENT:
            if self.whole is None:
                self.whole = _Node()
            return self.whole
        for known, child in self.wildcards:
            # by the text around the names: what they are called does not change what they cover
            if known.literals == part.literals:
                return child
        child = _Node[Leaf]()
        self.wildcards.append((part, child))
        return child


class PathIndex(Generic[Leaf]):
    """Leaves by the paths that they answer; `leaf` makes one of the entries that share it."""

    def __init__(
        self,
        entries: Iterable[tuple[PathPattern, Entry]],
        leaf: Callable[[Sequence[Entry]], Leaf],
    ) -> None:
        places = _Places(entries, leaf)
        self._exact = places.exact()
        self._loose = places.loose(self._exact)
        self._ids = places.by_key(Step.IDS, "", self._exact)
        self._ids_and_slash = places.by_key(Step.IDS_AND_SLASH, "/", self._exact)
        self._wildcards = places.wildcards()
        self._spellings = _spellings(self._exact)

    def identical(self, path: str) -> list[tuple[Step, Leaf]]:
        """What passes step 1 for a canonical path."""
        leaf = self._exact.get(path)
        return [] if leaf is None else [(Step.IDENTICAL, leaf)]

    def loose(self, path: str) -> list[tuple[Step, Leaf]]:
        """What passes steps 2 to 4 and not step 1."""
        key = lower_without_slash(path)
        texts = self._loose.get(key)
        if texts is None:
            if key not in self._exact:
                return []
            texts = (key,)
        found = [
            (next(s for s in _LOOSE_STEPS if KEYS[s](text) == KEYS[s](path)), self._exact[text])
            for text in texts
            if text != path
        ]
        return sorted(found, key=_step) if len(found) > 1 else found

    def covered(self, path: str) -> list[tuple[Step, Leaf]]:
        """What passes step 5."""
        level = [self._wildcards]
        for segment in path.split("/")[1:]:
            below = []
            for node in level:
                child = node.literals.get(segment)
                if child is not None:
                    below.append(child)
                if segment and node.whole is not None:
                    below.append(node.whole)
                for wildcard, child in node.wildcards:
                    if wildcard.capture(segment) is not None:
                        below.append(child)
            if not below:
                return []
            level = below
        return [(Step.WILDCARD, node.leaf) for node in level if node.leaf is not None]

    def only_covered(self, path: str) -> Leaf | None:
        """The one that passes step 5, if it is the only one that passes any of steps 1 to 5."""
        key = lower_without_slash(path)
        if path in self._exact or key in self._exact or key in self._loose:
            return None
        found = self.covered(path)
        return found[0][1] if len(found) == 1 else None

    def without_ids(self, path: str) -> list[tuple[Step, Leaf]]:
        """What passes steps 6 and 7."""
        key = without_ids(path)
        bare = key.strip("/")
        of_both = self._ids_and_slash.get(bare)
        if of_both is None:
            of_both = self._exact.get("/" + bare)
            if of_both is None:
                return []  # whatever passes step 6 passes step 7
        leaf = self._ids.get(key)
        if leaf is None:
            leaf = self._exact.get(key)
        both = [(Step.IDS_AND_SLASH, of_both)]
        return both if leaf is None else [(Step.IDS, leaf), *both]

    def almost(self, path: str) -> Iterator[tuple[Step, Leaf]]:
        """What passes step 8, whatever else it passes; only close spellings are visited."""
        requested = segments(path)
        level = [self._spellings[len(requested)]] if len(requested) in self._spellings else []
        *above, last = requested or [""]
        for segment in above:
            level = [child for spelled in level for child in _close(spelled, segment)]
        return ((Step.DISTANCE, leaf) for spelled in level for leaf in _close(spelled, last))


LookUp = Callable[[PathIndex[Any], str], Iterable[tuple[Step, Any]]]
Stages = tuple[tuple[Step, LookUp], ...]

_STRICT: Stages = ((Step.IDENTICAL, PathIndex.identical), (Step.TRAILING_SLASH, PathIndex.loose))
_LENIENT: Stages = ((Step.IDS, PathIndex.without_ids), (Step.DISTANCE, PathIndex.almost))
_ALL: Stages = (*_STRICT, (Step.WILDCARD, PathIndex.covered), *_LENIENT)


def stages(path: str, *, wildcards: bool) -> Stages:
    """The look-ups for a path in the order of the steps, each with the first step it may find."""
    if len(path) > MAX_LENIENT:
        return _STRICT
    return _ALL if wildcards else (*_STRICT, *_LENIENT)


class _Places(Generic[Entry, Leaf]):
    """The entries by their paths while an index is made; equal sets of paths share one leaf."""

    def __init__(
        self,
        entries: Iterable[tuple[PathPattern, Entry]],
        leaf: Callable[[Sequence[Entry]], Leaf],
    ) -> None:
        self._make = leaf
        self._entries: dict[PathPattern, list[Entry]] = {}
        for path, entry in entries:
            self._entries.setdefault(path, []).append(entry)
        self._texts: dict[str, list[PathPattern]] = {}
        for path in self._entries:
            self._texts.setdefault(path.text, []).append(path)
        self._made: dict[tuple[PathPattern, ...], Leaf] = {}

    def exact(self) -> dict[str, Leaf]:
        """The leaf of each path as it is written."""
        return {text: self._leaf(paths) for text, paths in self._texts.items()}

    def loose(self, exact: dict[str, Leaf]) -> dict[str, tuple[str, ...]]:
        """The paths, as written, of each key of step 4 but those that `exact` has itself."""
        return {
            key: tuple(texts)
            for key, texts in self._grouped(Step.CASE_AND_SLASH).items()
            if not (len(texts) == 1 and key in exact)
        }

    def by_key(self, step: Step, before: str, exact: dict[str, Leaf]) -> dict[str, Leaf]:
        """The leaf of each key of a step but those that `exact` has itself, after some text."""
        return {
            key: self._leaf([path for text in texts for path in self._texts[text]])
            for key, texts in self._grouped(step).items()
            if not (len(texts) == 1 and before + key in exact)
        }

    def wildcards(self) -> _Node[Leaf]:
        """The trie of the paths that have wildcards."""
        root: _Node[Leaf] = _Node()
        ends: dict[int, tuple[_Node[Leaf], list[PathPattern]]] = {}
        for path in self._entries:
            if path.names:
                node = root
                for part in path.parts:
                    node = node.below(part)
                ends.setdefault(id(node), (node, []))[1].append(path)
        for node, paths in ends.values():
            node.leaf = self._leaf(paths)
        return root

    def _grouped(self, step: Step) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for text in self._texts:
            found[KEYS[step](text)].append(text)
        return found

    def _leaf(self, paths: list[PathPattern]) -> Leaf:
        key = tuple(paths)
        if key not in self._made:
            self._made[key] = self._make([e for path in paths for e in self._entries[path]])
        return self._made[key]


def _spellings(exact: dict[str, Leaf]) -> dict[int, Spellings]:
    """The trie of all paths by their segments, one for each number of segments."""
    roots: dict[int, Spellings] = {}
    for text, leaf in exact.items():
        *above, last = segments(text)
        level = roots.setdefault(len(above) + 1, {})
        for segment in above:
            level = level.setdefault(segment, {})
        level[last] = leaf
    return roots


def _close(spelled: Spellings, segment: str) -> Iterator[Any]:
    """What stands at the spellings that step 8 lets a segment through to."""
    edits = tolerance(segment)
    if edits == 0:
        child = spelled.get(segment)
        return iter(() if child is None else (child,))
    # Loaded by the first request that gets this far, for those that need not wait for it.
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    found = process.extract(
        segment, spelled.keys(), scorer=Levenshtein.distance, score_cutoff=edits, limit=None
    )
    return (spelled[spelling] for spelling, _, _ in found)


def _step(found: tuple[Step, object]) -> Step:
    return found[0]
