"""Strategies for property tests: paths that nearly fit each other, and hostile input.

Knows what is worth confusing the core with. Must not know what comes out.
"""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"

SHARED_SEGMENTS = ("", "a", "A", "users", "Users", "userz", "user", "7", "12", UUID, "a%2Fb", "%41")
SAVED_SEGMENTS = (
    *SHARED_SEGMENTS,
    "{{id}}",
    "{{other}}",
    ":id",
    ":id.json",
    "v{{n}}",
    "{{a}}-{{b}}",
)
SENT_SEGMENTS = (
    *SHARED_SEGMENTS,
    "7.json",
    "v2",
    "a-b",
    "a-b-c",
    "-",
    "a/b",
    "usersusers",
    "%7B%7Bid%7D%7D",
)


def _paths(segments: tuple[str, ...]) -> SearchStrategy[str]:
    return st.lists(st.sampled_from(segments), min_size=1, max_size=4).map(
        lambda chosen: "/" + "/".join(chosen)
    )


saved_paths = _paths(SAVED_SEGMENTS)
"""Paths of saved URLs: wildcards, ids, case and slashes over a small alphabet."""

sent_paths = _paths(SENT_SEGMENTS)
"""Paths of requests that fit, or nearly fit, what `saved_paths` makes."""

_PARAMETERS = ("a=1", "a=2", "b=1", "b", "A=1", "c=%31", "a=+", "a=%20")
sent_queries = st.lists(st.sampled_from(_PARAMETERS), max_size=4).map("&".join)
saved_queries = st.lists(st.sampled_from((*_PARAMETERS, "a={{x}}")), max_size=4).map("&".join)


def url(path: str, query: str) -> str:
    """A target of a path and a query, which may be empty."""
    return f"{path}?{query}" if query else path


latin_1 = st.text(st.characters(max_codepoint=255), max_size=60)
"""Any text that can stand in a header once the connection has decoded it."""

json_values: SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
"""Any JSON, as a parser leaves it."""
