"""Finding the paths that fit a request without trying them all.

Knows the eight steps of `paths.py` and holds an index for each: a table for
every step that is an equality of keys, a trie for wildcards, a trie of
spellings for step 8. Must not know examples, queries or bodies: an entry is
whatever was added with a path.

For every path and entry an index finds exactly what `judge_path` accepts; a
property test holds the two together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from postiche.core.paths import (
    KEYS,
    PathPattern,
    Step,
    Wildcard,
    segments,
    steps_for,
    tolerance,
)

Entry = TypeVar("Entry")


@dataclass(slots=True)
class _Node(Generic[Entry]):
    """One level of a trie: children by literal text and by wildcard, and what ends here."""

    literals: dict[str, "_Node[Entry]"] = field(default_factory=dict)
    wildcards: "dict[tuple[str, ...], tuple[Wildcard, _Node[Entry]]]" = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def below(self, part: str | Wildcard) -> "_Node[Entry]":
        """The child for a part, made if missing."""
        if isinstance(part, Wildcard):
            # by the text around the names: what they are called does not change what they cover
            return self.wildcards.setdefault(part.literals, (part, _Node()))[1]
        return self.literals.setdefault(part, _Node())

    def covering(self, segment: str) -> "Iterator[_Node[Entry]]":
        """The children that step 5 lets a segment through to."""
        literal = self.literals.get(segment)
        if literal is not None:
            yield literal
        for wildcard, node in self.wildcards.values():
            if wildcard.capture(segment) is not None:
                yield node

    def close(self, segment: str) -> "Iterator[_Node[Entry]]":
        """The literal children that step 8 lets a segment through to."""
        edits = tolerance(segment)
        if edits == 0:
            literal = self.literals.get(segment)
            return iter(() if literal is None else (literal,))
        # Loaded by the first request that gets this far, for those that need not wait for it.
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        found = process.extract(
            segment,
            self.literals.keys(),
            scorer=Levenshtein.distance,
            score_cutoff=edits,
            limit=None,
        )
        return (self.literals[spelling] for spelling, _, _ in found)


class PathIndex(Generic[Entry]):
    """Entries by the paths that they answer."""

    def __init__(self) -> None:
        self._by_key: dict[Step, dict[str, list[Entry]]] = {step: {} for step in KEYS}
        self._wildcards: _Node[Entry] = _Node()
        self._spellings: dict[int, _Node[Entry]] = defaultdict(_Node)

    def add(self, path: PathPattern, entry: Entry) -> None:
        """Enter an entry under its path, once for each step."""
        for step, key in KEYS.items():
            self._by_key[step].setdefault(key(path.text), []).append(entry)
        if path.names:
            _leaf(self._wildcards, path.parts).entries.append(entry)
        spelled = segments(path.text)
        _leaf(self._spellings[len(spelled)], spelled).entries.append(entry)

    def fitting(self, path: str, *, wildcards: bool) -> Iterator[tuple[Step, Entry]]:
        """Entries that pass steps 1 to 7 for a canonical path, in step order; one may repeat."""
        for step in steps_for(path):
            if step is Step.WILDCARD:
                for entry in self._covered(path) if wildcards else ():
                    yield step, entry
            elif step is not Step.DISTANCE:
                for entry in self._by_key[step].get(KEYS[step](path), ()):
                    yield step, entry

    def almost(self, path: str) -> Iterator[Entry]:
        """Entries that pass step 8, whatever else they pass; only close spellings are visited."""
        if Step.DISTANCE not in steps_for(path):
            return iter(())
        requested = segments(path)
        root = self._spellings.get(len(requested))
        return _ends([] if root is None else [root], requested, _Node.close)

    def _covered(self, path: str) -> Iterator[Entry]:
        return _ends([self._wildcards], segments(path), _Node.covering)


def _ends(
    level: list[_Node[Entry]],
    requested: list[str],
    through: "Callable[[_Node[Entry], str], Iterator[_Node[Entry]]]",
) -> Iterator[Entry]:
    """The entries at the ends of all ways that let every segment through."""
    for segment in requested:
        level = [child for node in level for child in through(node, segment)]
        if not level:
            break
    return (entry for node in level for entry in node.entries)


def _leaf(root: _Node[Entry], parts: "list[str] | tuple[str | Wildcard, ...]") -> _Node[Entry]:
    node = root
    for part in parts:
        node = node.below(part)
    return node
