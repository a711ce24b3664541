"""Strategies for examples that get in each other's way, and requests between them.

Knows what is worth confusing the lint with. Must not know what it finds.
"""

from hypothesis import strategies as st

from postiche.model import BodyMode, Example, RequestBody
from tests.core.arbitrary import saved_paths, saved_queries, sent_paths, sent_queries, url
from tests.core.building import example, raw, request

_BODIES = (
    None,
    raw('{"a": 1}'),
    raw('{"a":1.0}'),
    raw("x"),
    raw("a=1"),
    raw('{"query": "{ a }"}'),
    RequestBody(BodyMode.URLENCODED, fields=(("a", "1"),)),
    RequestBody(BodyMode.FORMDATA, fields=(("a", "1"),)),
    RequestBody(BodyMode.GRAPHQL, "{ a }"),
    RequestBody(BodyMode.FILE),
)
_TYPES: tuple[dict[str, str], ...] = (
    {},
    {"Content-Type": "application/json"},
    {"Content-Type": "application/x-www-form-urlencoded"},
)


@st.composite
def any_example(draw: st.DrawFn) -> Example:
    """An example over small alphabets, so that several are often nearly the same."""
    sends = {**draw(st.sampled_from(_TYPES)), **draw(st.sampled_from([{}, {"X-A": "1"}]))}
    return example(
        url(draw(saved_paths), draw(saved_queries)),
        method=draw(st.sampled_from(["GET", "POST"])),
        name=draw(st.sampled_from(["one", "two", ""])),
        id=draw(st.sampled_from([None, "a", "b", "c", "d"])),
        code=draw(st.sampled_from([200, 201, 404])),
        sends=sends,
        sends_body=draw(st.sampled_from(_BODIES)),
        body=draw(st.sampled_from(["", "x"])),
    )


examples = st.lists(any_example(), max_size=8)

plain_requests = st.builds(
    request,
    st.sampled_from(["GET", "POST"]),
    # a path that spells out a variable's name is what the proofs leave out
    st.builds(url, sent_paths.filter(lambda path: "%7B" not in path), sent_queries),
    st.fixed_dictionaries(
        {},
        optional={
            "x-a": st.sampled_from(["1", "2"]),
            "content-type": st.sampled_from(
                ["application/json", "application/x-www-form-urlencoded"]
            ),
        },
    ),
    st.sampled_from(["", '{"a":1}', "x", "a=1", '{"query":"{ a }"}']),
)
"""Requests without `x-mock-*` headers."""

configs = st.fixed_dictionaries(
    {},
    optional={
        "match_body": st.booleans(),
        "match_header": st.booleans(),
        "match_query_params": st.booleans(),
        "match_wildcards": st.booleans(),
        "headers": st.just(("X-A",)),
    },
)
