"""Explanations written out: as data for JSON, as text of fixed width, as the body of a miss.

Knows both layouts, which docs/explain.md describes. Must not know how an
explanation came about, nor colours and terminals.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from postiche.core.errors import MockError, Problem
from postiche.core.explaining.curl import CurlCall
from postiche.core.explaining.differences import Difference
from postiche.core.explaining.explain import Candidate, Explanation
from postiche.core.explaining.judging import Verdict
from postiche.core.explaining.saved import shown_value
from postiche.core.explaining.wording import (
    STEPS,
    described,
    more_differences,
    name_of,
    number,
    reason,
    signed,
    summary,
    ways,
)
from postiche.core.paths import Step

KEY = "postiche"
"""Where a miss has what Postman's error does not: beside `error`."""

SHORT_STEPS = {
    Step.IDENTICAL: "identical",
    Step.TRAILING_SLASH: "slashes",
    Step.CASE: "case",
    Step.CASE_AND_SLASH: "case, slashes",
    Step.WILDCARD: "wildcards",
    Step.IDS: "IDs",
    Step.IDS_AND_SLASH: "IDs, slashes",
    Step.DISTANCE: "spelling",
    Step.TAIL: "tail",
}
"""The steps of the path in a table."""

HEAD = ("", "points", "method", "path", "query", "headers", "body", "example")


# --- data ------------------------------------------------------------------------------------


def as_data(explanation: Explanation, base: str = "", key: str | None = None) -> dict[str, Any]:
    """An explanation for JSON; `base` is the URL of the mock server, `key` as in `CurlCall.line`.

    docs/explain.md says what each field means.
    """
    outcome = explanation.outcome
    return {
        "summary": summary(explanation),
        "request": {
            "method": _text(explanation.request.method.upper()),
            "url": _text(explanation.request.target),
        },
        "answer": _reference(explanation.candidates[0]) if outcome.example else None,
        "score": outcome.score,
        "captures": {_text(name): _text(value) for name, value in outcome.captures.items()},
        "error": outcome.miss.value.body if outcome.miss else None,
        "candidates": [_candidate(each, base, key) for each in explanation.candidates],
        "leftOut": explanation.left_out,
    }


def _candidate(candidate: Candidate, base: str, key: str | None) -> dict[str, Any]:
    points = candidate.points
    return {
        **_reference(candidate),
        "answers": candidate.answers,
        "reason": reason(candidate),
        "outAt": candidate.verdict.out_at,
        "points": points
        and {
            "path": points.path,
            "query": points.query,
            "body": points.body,
            "total": points.total,
        },
        "stages": _stages(candidate.verdict),
        "differences": [_difference(each) for each in candidate.verdict.differences],
        "wouldAnswer": None if candidate.answers else _would_answer(candidate, base, key),
    }


def _reference(candidate: Candidate) -> dict[str, Any]:
    source = candidate.example.source
    return {
        "id": source.id,
        "name": _text(source.name),
        "method": _text(source.method),
        "path": candidate.verdict.saved.path,
        "status": source.code,
    }


def _stages(verdict: Verdict) -> dict[str, Any]:
    """Each stage's verdict; null for one that has no say."""
    query, directives = verdict.query, verdict.call.directives
    return {
        "method": verdict.method_fits,
        "directives": verdict.directives_fit,
        "path": {
            "fits": verdict.path.step is not None,
            "step": verdict.path.step and STEPS[verdict.path.step],
            "points": verdict.path.score,
        },
        "query": query
        and {
            "matched": query.matched,
            "partial": query.partial,
            "missing": query.missing,
            "points": query.score,
        },
        "headers": verdict.headers_fit if directives.match_headers else None,
        "body": verdict.body_fits if directives.match_body else None,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "stage": difference.stage,
        "what": difference.subject,
        "sent": difference.sent,
        "saved": difference.saved,
    }


def _would_answer(candidate: Candidate, base: str, key: str | None) -> dict[str, Any]:
    found = candidate.remedies
    return {
        "headers": list(found.headers),
        "config": dict(found.switches),
        "curl": _line(found.call, base, key),
    }


def _line(call: CurlCall | None, base: str, key: str | None) -> str | None:
    return None if call is None else _text(call.line(base, key))


def _text(text: str) -> str:
    """Text that JSON can hold."""
    return text.encode(errors="replace").decode()


# --- text ------------------------------------------------------------------------------------


def as_text(explanation: Explanation, base: str = "", key: str | None = None) -> str:
    """An explanation as plain text: the summary, the table, and each candidate's reason.

    Aligned for a font of fixed width; `base` and `key` as for `as_data`.
    """
    lines = [*head_lines(explanation), "", *table(explanation)]
    for place, candidate in enumerate(explanation.candidates, 1):
        if not candidate.answers:
            lines += ["", *candidate_lines(place, candidate, base, key)]
    return "\n".join(lines) + "\n"


def head_lines(explanation: Explanation) -> list[str]:
    """The request, and what happened and why."""
    request = explanation.request
    miss = explanation.outcome.miss
    asked = f"{shown_value(request.method.upper())} {_clipped(request.target, 200)}"
    status = f"{miss.value.status} {miss.value.name}: {miss.value.body['header']}" if miss else ""
    covered = explanation.outcome.captures.items()
    told = ", ".join(f"{shown_value(name)} = {shown_value(value)}" for name, value in covered)
    captures = [f"Its wildcards cover {told}."] if told else []
    return [asked, *([status] if status else []), summary(explanation), *captures]


def table(explanation: Explanation) -> list[str]:
    """One row for each candidate, a column for each stage; the one that answers is marked ">"."""
    if not explanation.candidates:
        return []
    rows = [HEAD, *(_row(each) for each in explanation.candidates)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(_cell(row, c, widths[c]) for c in range(len(HEAD))).rstrip() for row in rows]
    if explanation.left_out:
        plural = "s" if explanation.left_out > 1 else ""
        lines.append(f"and {explanation.left_out} more example{plural}, farther away")
    return lines


def _cell(row: tuple[str, ...], column: int, width: int) -> str:
    return row[column].rjust(width) if HEAD[column] == "points" else row[column].ljust(width)


def _row(candidate: Candidate) -> tuple[str, ...]:
    verdict, points = candidate.verdict, candidate.points
    step = verdict.path.step
    unscored = "out" if verdict.out_at else "named"
    return (
        ">" if candidate.answers else "",
        number(points.total) if points else unscored,
        shown_value(candidate.example.source.method),
        "no" if step is None else f"{number(verdict.path.score)} {SHORT_STEPS[step]}",
        _query_cell(verdict),
        _fits(verdict.headers_fit, in_force=bool(verdict.call.directives.match_headers)),
        _body_cell(candidate),
        f"{verdict.saved.path}  {candidate.example.source.code} {name_of(candidate)}",
    )


def _query_cell(verdict: Verdict) -> str:
    query = verdict.query
    if query is None or not (query.matched or query.partial or query.missing):
        return "-"
    return (
        f"{signed(query.score)} ({query.matched}/{query.matched + query.partial + query.missing})"
    )


def _body_cell(candidate: Candidate) -> str:
    verdict = candidate.verdict
    if verdict.call.directives.match_body:
        return _fits(verdict.body_fits, in_force=True)
    return signed(candidate.points.body) if candidate.points and candidate.points.body else "-"


def _fits(fits: bool, *, in_force: bool) -> str:
    if not in_force:
        return "-"
    return "fits" if fits else "differs"


def candidate_lines(
    place: int, candidate: Candidate, base: str = "", key: str | None = None
) -> Iterator[str]:
    """Why a candidate did not answer, what else differs, and what would make it answer."""
    yield f"{place}. {described(candidate)}"
    yield f"   {reason(candidate)}"
    for text in more_differences(candidate):
        yield f"   also {text}"
    found = candidate.remedies
    lead = "get it with"
    for way in ways(found, _line(found.call, base, key)):
        yield f"   {lead} {way}"
        lead = "    or with"
    if lead == "get it with":
        yield "   no call was found that it answers"


def _clipped(text: str, longest: int) -> str:
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return cut if cut.isprintable() else ascii(cut)[1:-1]


# --- the body of a miss --------------------------------------------------------------------------


def miss_body(explanation: Explanation, base: str = "", key: str | None = None) -> bytes:
    """Postman's error as JSON, and beside it, under KEY, the nearest examples and why.

    For the explanation of a miss, one by `nearest` for strangers; `base` and
    `key` as for `as_data`.
    """
    told = {
        "summary": summary(explanation),
        "nearest": [_near(each, base, key) for each in explanation.candidates],
    }
    return orjson.dumps({"error": _miss(explanation).body, KEY: told})


def _miss(explanation: Explanation) -> Problem:
    return (explanation.outcome.miss or MockError.NO_MATCH).value


def _near(candidate: Candidate, base: str, key: str | None) -> dict[str, Any]:
    return {
        **_reference(candidate),
        "reason": reason(candidate),
        "differences": [_difference(each) for each in candidate.verdict.differences],
        "wouldAnswer": _would_answer(candidate, base, key),
    }


def miss_text(explanation: Explanation, base: str = "", key: str | None = None) -> str:
    """The same as readable text."""
    error = _miss(explanation)
    lines = [f"{error.status} {error.name}: {error.message}", "", summary(explanation)]
    for place, candidate in enumerate(explanation.candidates, 1):
        lines += ["", *candidate_lines(place, candidate, base, key)]
    return "\n".join(lines) + "\n"
