"""Whether one example always beats another: proofs that hold for every request.

Knows what the stages of matching look at, and compares two examples by it.
Must not know particular requests: what one of them gets is `match.py`'s to say.

All here is about requests without `x-mock-*` headers, and about paths that do
not spell out the name of a variable, as `/users/{{id}}` sent literally would.
"""

from collections.abc import Hashable

from postiche.core.candidates import PREFERRED_CODE
from postiche.core.paths import LONG_ID, PathPattern, Wildcard
from postiche.core.plan import PlannedExample
from postiche.core.query import Parameters
from postiche.model import BodyMode, MockConfig


def always_beats(
    winner: PlannedExample, loser: PlannedExample, config: MockConfig, *, all_named: bool
) -> bool:
    """Whether `loser` can answer no request because `winner` fits it as well and goes first.

    `all_named` says that every example of the method has an id. True is a
    proof; False only says that there is none here.
    """
    return (
        covers(winner.path, loser.path)
        and (not config.match_query_params or _fits_query(winner.query, loser.query))
        and header_key(winner, config) == header_key(loser, config)
        and body_key(loser, config) in (None, body_key(winner, config))
        and goes_first(winner, loser, all_named=all_named)
    )


def signature(example: PlannedExample, config: MockConfig) -> Hashable:
    """All that matching looks at; examples that share it get the same points for any request."""
    return (
        *path_and_query(example, config),
        header_key(example, config),
        body_key(example, config),
    )


def path_and_query(example: PlannedExample, config: MockConfig) -> tuple[Hashable, ...]:
    """What the path and query stages look at, together with the method."""
    query = _query_key(example.query) if config.match_query_params else None
    return (example.source.method, shape(example.path), query)


def shape(path: PathPattern) -> Hashable:
    """A path without the names of its variables."""
    return tuple(part.literals if isinstance(part, Wildcard) else part for part in path.parts)


def covers(wide: PathPattern, narrow: PathPattern) -> bool:
    """Whether `wide` gets at least the points of `narrow` for the path of any request."""
    if wide.text == narrow.text:
        return True
    return (
        bool(narrow.names)
        and len(narrow.text) < LONG_ID
        and len(wide.parts) == len(narrow.parts)
        and all(map(_covers_part, wide.parts, narrow.parts))
    )


def goes_first(winner: PlannedExample, loser: PlannedExample, *, all_named: bool) -> bool:
    """Whether the tie-break puts `winner` before `loser` whoever else has as many points (A.1.7).

    With ids missing anywhere among the equals, the order of the file counts.
    """
    codes = (winner.source.code == PREFERRED_CODE, loser.source.code == PREFERRED_CODE)
    if codes[0] != codes[1]:
        return codes[0]
    by_file = winner.index < loser.index
    one, other = winner.source.id, loser.source.id
    if one is None or other is None:
        return by_file
    by_id = (one, winner.index) < (other, loser.index)
    return by_id and (all_named or by_file)


def header_key(example: PlannedExample, config: MockConfig) -> Hashable:
    """What header matching looks at."""
    if not config.match_header:
        return None
    return tuple(example.headers.get(name.strip().lower(), "") for name in config.headers)


def body_key(example: PlannedExample, config: MockConfig) -> Hashable:
    """What body matching looks at; while it is off, None for a body that earns no points."""
    body = example.body
    content = body.raw if body.mode is BodyMode.RAW and body.key is None else body.key
    if config.match_body:
        return (body.mode, body.media_type, content)
    unequal = body.mode in (None, BodyMode.FILE) or content in (None, b"")
    return None if unequal else (body.mode, content)


def _covers_part(wide: str | Wildcard, narrow: str | Wildcard) -> bool:
    if isinstance(wide, str):
        return wide == narrow
    if isinstance(narrow, str):
        return wide.capture(narrow) is not None
    return wide.literals in (("", ""), narrow.literals)


def _fits_query(winner: Parameters, loser: Parameters) -> bool:
    """Whether the queries differ at most in values where the loser's has an unknown variable."""
    return winner.keys() == loser.keys() and all(
        winner[key].total == values.total
        and all(
            winner[key].counts[value] >= count
            for value, count in values.counts.items()
            if value is not None
        )
        for key, values in loser.items()
    )


def _query_key(query: Parameters) -> Hashable:
    return frozenset((key, frozenset(values.counts.items())) for key, values in query.items())
