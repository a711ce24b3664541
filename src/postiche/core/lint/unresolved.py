"""Variables without a value, or with an empty one, and what that does where they stand.

Knows every place of an example that may hold `{{variables}}`. Must not know
how a value is found: `Scope` fills them in, and templates say what is a slot.
"""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from postiche.core.dynamic import NAMES
from postiche.core.lint.subjects import Subject, brief
from postiche.core.templates import compile_template
from postiche.core.urls import TOKEN, shown, split_url
from postiche.core.variables import Scope
from postiche.model import Example, Headers, MockConfig, Reply

GIVE = "Give it a value in the environment or the collection"
ALIKE = 75
"""How alike, in percent, a dynamic variable must be to be suggested."""

Unknown = tuple[str, str, str]
"""A rule, the variable's name, and what the lack of a value does."""


def unresolved(
    subject: Subject, reply: Reply, scope: Scope, config: MockConfig
) -> Iterator[Unknown]:
    """The variables of an example that have no value; the host of its URL is passed over."""
    example = subject.source
    if config.match_wildcards:
        yield from _in_path(subject)
    if config.match_query_params:
        yield from _in_query(example, scope)
    yield from _emptied(subject, scope)
    yield from _in_headers(example.request_headers, scope, config)
    yield from _in_body(example, scope, config)
    yield from _in_reply(subject, reply, scope)


def tokens(text: str, scope: Scope) -> Iterator[str]:
    """The variables that are left in a text once all known ones are filled in, each once."""
    if "{{" in text:
        yield from dict.fromkeys(TOKEN.findall(scope.fill(text)))


def _in_path(subject: Subject) -> Iterator[Unknown]:
    for name in dict.fromkeys(TOKEN.findall(subject.planned.path.text)):
        why = "In the path: it is a wildcard and covers any one segment."
        yield "path-wildcard", name, f"{why} If it should not, {GIVE[0].lower()}{GIVE[1:]}."


def _emptied(subject: Subject, scope: Scope) -> Iterator[Unknown]:
    """Variables whose value leaves an empty segment in the path: they are no wildcards (#12452)."""
    before_query = subject.source.url.partition("?")[0]
    for name in dict.fromkeys(TOKEN.findall(before_query)):
        value = scope.values.get(name)
        path = f"so the path is {brief(subject.planned.path.text)}"
        if value == "" and re.search(rf"[^/:]/{re.escape(f'{{{{{name}}}}}')}(/|$)", before_query):
            cure = "Give it one, or delete or disable it to have a wildcard"
            yield "empty-segment", name, f"Its value is empty, {path}. {cure}."
        elif value is not None and value.endswith("/") and f"{{{{{name}}}}}/" in before_query:
            yield "empty-segment", name, f"Its value ends in a slash, {path}. Remove the slash."


def _in_query(example: Example, scope: Scope) -> Iterator[Unknown]:
    if "{{" not in example.url:
        return
    for pair in split_url(scope.fill(example.url)).query.split("&"):
        for name in map(shown, TOKEN.findall(pair.partition("=")[2])):
            why = "In a query value: whatever is sent counts as another value, never as a match."
            yield "unresolved-in-query", name, f"{why} {GIVE}."


def _in_headers(headers: Headers, scope: Scope, config: MockConfig) -> Iterator[Unknown]:
    wanted = {name.strip().lower() for name in config.headers} if config.match_header else set()
    for header, value in headers:
        for name in tokens(value, scope) if header.lower() in wanted else ():
            why = f"In the request header {brief(header)}, which must match: no value sent does."
            yield "unresolved-where-matched", name, f"{why} {GIVE}."


def _in_body(example: Example, scope: Scope, config: MockConfig) -> Iterator[Unknown]:
    body = example.request_body
    if body is None:
        return
    fields = (part for field in body.fields for part in field)
    for text in (body.text, body.variables, *fields):
        for name in tokens(text, scope):
            cure = f"{GIVE}." if not name.startswith("$") else "Write a value in its place."
            if config.match_body:
                why = "In the request body, which must match: no body sent does."
                yield "unresolved-where-matched", name, f"{why} {cure}"
            else:
                why = "In the request body: no body sent equals it, so it never earns points."
                yield "unresolved-in-body", name, f"{why} {cure}"


def _in_reply(subject: Subject, reply: Reply, scope: Scope) -> Iterator[Unknown]:
    """Tokens that are sent as they were written: in the saved text as well as in the reply."""
    saved = (subject.source.body, *(value for _, value in subject.source.headers))
    if not any("{{" in text for text in saved):
        return
    sent = "\n".join((reply.body.decode(), *(value for _, value in reply.headers)))
    for name in dict.fromkeys(name for text in saved for name in tokens(text, scope)):
        token = f"{{{{{name}}}}}"
        if token not in sent or compile_template(token, scope, frozenset()).fixed is None:
            continue
        if name.strip().startswith("$"):
            yield "unknown-token", name, _unknown(name)
        else:
            why = "In the response: it is sent as it is written."
            yield "unresolved-in-response", name, f"{why} {GIVE}, or name a wildcard of the path."


def _unknown(name: str) -> str:
    why = "No dynamic variable or template helper is written so, and it is sent as it is."
    found = process.extractOne(name.strip(), NAMES, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return f"{why} Did you mean {found[0]}?" if found else f"{why} Correct or delete it."
