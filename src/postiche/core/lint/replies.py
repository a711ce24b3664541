"""Whether the reply of an example is what it says it is.

Knows media types, JSON and XML, and compares what is saved with what is sent.
Must not know requests, nor how a reply is made.
"""

import json
from collections.abc import Iterator
from xml.parsers import expat

import orjson

from postiche.core.bodies import media_type
from postiche.core.directives import EXAMPLE_CONTROLS, PREFIX
from postiche.core.reply import BODILESS, NEVER_SENT
from postiche.model import Example, Reply, joined

Remark = tuple[str, str]
"""A rule and what it has to say."""


def check_body(example: Example, reply: Reply) -> Iterator[Remark]:
    """What is wrong with the body that is sent, and with the type that it is sent as."""
    saved = _saved_type(example)
    kind = media_type(joined(reply.headers, "content-type"))
    if reply.status in BODILESS:
        if example.body.strip():
            yield (
                "body-not-sent",
                f"Status {reply.status} has no body, so the saved one is not sent."
                " Choose another status or delete the body.",
            )
    elif saved is not None and kind == "text/html" != media_type(saved):
        yield (
            "invalid-content-type",
            f"{_short(saved)} is no media type, so text/html is sent instead."
            " Write it as type/subtype, for example application/json.",
        )
    elif is_json(kind) or is_xml(kind):
        yield from _check_claim(example, reply, str(kind))
    elif kind == "text/html" and _is_json_container(reply.body):
        why = "says text/html" if saved is not None else "is missing, and text/html is sent"
        yield (
            "json-as-html",
            f"The body is JSON, but its Content-Type {why}, so that clients may not parse it."
            " Save the header Content-Type: application/json.",
        )


def unsendable(example: Example, reply: Reply) -> Iterator[Remark]:
    """Saved headers that are not sent although HTTP could do with them, and why."""
    sent = {name for name, _ in reply.headers}
    for name, value in example.headers:
        lowered = name.strip().lower()
        if lowered.startswith(PREFIX):
            if lowered not in EXAMPLE_CONTROLS:
                yield (
                    "unknown-control",
                    f"No saved response header {_short(name)} is known, so it is neither sent nor"
                    " has it an effect. Check its spelling or delete it.",
                )
        elif lowered not in sent | NEVER_SENT | {"content-type"} and value.strip():
            yield (
                "invalid-header",
                f"{_short(name)} is no name that a header can have, so it is not sent."
                " Use letters, digits and hyphens.",
            )


def never_sent(example: Example) -> list[str]:
    """Saved headers that a mock server always leaves out, lower case."""
    names = (name.strip().lower() for name, _ in example.headers)
    return [name for name in names if name in NEVER_SENT]


def is_json(kind: str | None) -> bool:
    """Whether a media type promises one JSON value."""
    return kind is not None and (kind in ("application/json", "text/json") or "+json" in kind[-5:])


def is_xml(kind: str | None) -> bool:
    """Whether a media type promises an XML document."""
    return kind is not None and (kind in ("application/xml", "text/xml") or "+xml" in kind[-4:])


def json_problem(body: bytes) -> str | None:
    """Why a text is no JSON; None if it is."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # orjson has limits that JSON has not: deep nesting, lone surrogates
        return None if _is_json(body) else f"{error.msg} at line {error.lineno}, {error.colno}"
    return None


def xml_problem(body: bytes) -> str | None:
    """Why a text is no well-formed XML document; None if it is.

    A document that declares entities is not looked into any further: small
    ones can stand for any amount of text.
    """
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _stop
    try:
        parser.Parse(body, True)
    except _EntitiesError:
        return None
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        return f"{reason} at line {error.lineno}, {error.offset + 1}"
    return None


class _EntitiesError(Exception):
    """The document declares entities of its own."""


def _stop(*_: object) -> None:
    raise _EntitiesError


def _check_claim(example: Example, reply: Reply, kind: str) -> Iterator[Remark]:
    """Whether a body that is said to be JSON or XML is."""
    if not reply.body.strip():
        if example.method != "HEAD":
            yield (
                "empty-body",
                f"The body is empty, but its Content-Type is {kind}, which a client cannot parse."
                " Save a body, or delete the Content-Type header.",
            )
        return
    rule, name = ("body-not-json", "JSON") if is_json(kind) else ("body-not-xml", "XML")
    problem = json_problem(reply.body) if is_json(kind) else xml_problem(reply.body)
    if problem is not None:
        yield (
            rule,
            f"The body is sent as {kind}, but it is no {name}: {problem}."
            f" Correct the body or its Content-Type.{_looks(reply.body)}",
        )


def _looks(body: bytes) -> str:
    """What the body may be instead."""
    start = body.lstrip()[:9].lower()
    if start.startswith((b"<html", b"<!doctype")):
        return " It looks like HTML."
    if start.startswith(b"<"):
        return " It looks like XML."
    return " It looks like JSON." if _is_json_container(body) else ""


def _is_json_container(body: bytes) -> bool:
    return body.lstrip()[:1] in (b"{", b"[") and json_problem(body) is None


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body.decode(), parse_constant=_no_constant)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _saved_type(example: Example) -> str | None:
    found = [value for name, value in example.headers if name.strip().lower() == "content-type"]
    return found[0] if found else None


def _short(text: str) -> str:
    return f'"{text[:60]}"'
