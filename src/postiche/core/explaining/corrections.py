"""What would have made an example answer: a header, a switch of the config, another request.

Knows which means there are, simplest first, and tries each on the matcher
itself: none is named that does not work. Must not know how an explanation
looks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any
from urllib.parse import urlencode

from postiche.core.explaining.curl import OWN_HEADERS, CurlCall, target_of
from postiche.core.explaining.differences import Stage
from postiche.core.explaining.judging import Choice, Judge, Verdict
from postiche.core.explaining.nearby import fitting
from postiche.core.match import Reading, match, preferred
from postiche.core.paths import Wildcard, segments
from postiche.core.plan import Plan, PlannedExample
from postiche.core.query import parameters
from postiche.model import BodyMode, Headers, MockConfig

STEERING = ("x-mock-match-request-headers", "x-mock-match-request-body")
"""The headers that say how to match, which a corrected call keeps."""

ANY = ("1", "any", "postiche-any")
"""What stands in for a wildcard, where what was sent does not do; the first that works."""

SWITCHES = {
    "matchBody": "match_body",
    "matchHeader": "match_header",
    "matchWildcards": "match_wildcards",
    "matchQueryParams": "match_query_params",
}
"""The switches of a mock's config by Postman's names, and their fields in the model."""

MAX_RIVALS = 64
"""With more examples than this on one path, each try costs the matcher much: then only what asks
for an example by its id or name is tried."""


@dataclass(frozen=True, slots=True)
class Remedies:
    """What, each by itself, would have made an example answer; all of it was tried.

    `headers` are lines to add to the request as it was, `switches` settings
    of the config by Postman's names, `call` a call that the example answers.
    """

    headers: tuple[str, ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()
    call: CurlCall | None = None


def remedies(plan: Plan, verdict: Verdict, *, crowded: bool) -> Remedies:
    """What would have made the example of a verdict answer instead."""
    return Remedies(
        tuple(_headers(plan, verdict, crowded=crowded)),
        () if crowded else _switches(plan, verdict),
        corrected_call(plan, verdict, crowded=crowded),
    )


def is_crowded(plan: Plan, call: Reading) -> bool:
    """Whether so many examples fit by path that only asking for one is tried."""
    method = plan.methods.get(call.request.method.upper())
    return method is not None and len(fitting(method, call, MAX_RIVALS + 1)) > MAX_RIVALS


# --- headers -------------------------------------------------------------------------------


def _headers(plan: Plan, verdict: Verdict, *, crowded: bool) -> Iterator[str]:
    """Header lines that choose the example, the gentlest kind first; one of a kind."""
    if not verdict.method_fits:
        return
    for name, value in chain(() if crowded else _gentle(verdict), _choosing(verdict.example)):
        request = verdict.call.request
        rest = tuple(pair for pair in request.headers if pair[0] != name)
        sent = value.encode("utf-8", "replace").decode("latin-1")
        changed = replace(request, headers=(*rest, (name, sent)))
        if value.isprintable() and match(plan, changed).example is verdict.example:
            yield f"{name}: {value}"
            if name in ("x-mock-response-id", "x-mock-response-code"):
                return


def _gentle(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Headers that change how the example is compared, not which one is meant."""
    if verdict.out_at is Stage.BODY:
        yield "x-mock-match-request-body", "false"
    if verdict.out_at in (None, Stage.DIRECTIVES) and verdict.path.step is not None:
        yield "x-mock-response-code", str(verdict.example.source.code)


def _choosing(example: PlannedExample) -> Iterator[tuple[str, str]]:
    source = example.source
    if source.id is not None:
        yield "x-mock-response-id", source.id
    if source.name.strip():
        yield "x-mock-response-name", source.name.strip()


# --- the config ------------------------------------------------------------------------------


def _switches(plan: Plan, verdict: Verdict) -> tuple[tuple[str, bool], ...]:
    """The fewest switches with which the example would have answered; none if they cannot."""
    if not (verdict.method_fits and verdict.directives_fit):
        return ()
    useful = [name for name in SWITCHES if _may_help(name, verdict)]
    for count in range(1, len(useful) + 1):
        for names in combinations(useful, count):
            changed = _switched(verdict.call.config, names)
            if _wins_under(plan, changed, verdict):
                return tuple((name, getattr(changed, SWITCHES[name])) for name in names)
    return ()


def _may_help(name: str, verdict: Verdict) -> bool:
    """Whether a switch is worth trying: all are for an example that was only outscored."""
    if verdict.out_at is None:
        return verdict.choice is Choice.NONE_MADE
    config = verdict.call.config
    return {
        "matchBody": config.match_body and not verdict.body_fits,
        "matchHeader": config.match_header and not verdict.headers_fit,
        "matchWildcards": not config.match_wildcards and verdict.path.step is None,
    }.get(name, False)


def _switched(config: MockConfig, names: Iterable[str]) -> MockConfig:
    turned: dict[str, Any] = {SWITCHES[name]: not getattr(config, SWITCHES[name]) for name in names}
    return replace(config, **turned)


def _wins_under(plan: Plan, config: MockConfig, verdict: Verdict) -> bool:
    """Whether an example would win under another config, by the verdicts on all that would fit.

    The plan is not asked: what it was compiled into may depend on its config.
    """
    call = Reading(verdict.call.request, config)
    method = plan.methods.get(call.request.method.upper())
    fits = [] if method is None else fitting(method, call, MAX_RIVALS + 1)
    if len(fits) > MAX_RIVALS:
        return False
    judge = Judge(plan, call)
    scores = {each: points.total for each in fits if (points := judge.on(each).points)}
    best = max(scores.values(), default=None)
    return preferred(each for each in scores if scores[each] == best) is verdict.example


# --- another request ---------------------------------------------------------------------------


def corrected_call(plan: Plan, verdict: Verdict, *, crowded: bool = False) -> CurlCall | None:
    """A call as near to the one that was made as may be, which the example does answer.

    None if no call does that. What may not be shown is not in it: the call
    then asks for the example by its id or name.
    """
    for call in _asking(verdict) if crowded else _calls(verdict):
        if call.possible and match(plan, call.request).example is verdict.example:
            return call
    return None


def _calls(verdict: Verdict) -> Iterator[CurlCall]:
    """Calls that may do, those that change least first."""
    yield from _least_changed(verdict)
    yield from _as_saved(verdict)
    yield from _asking(verdict)


def _asking(verdict: Verdict) -> Iterator[CurlCall]:
    """Calls that ask for the example."""
    plain = CurlCall(verdict.example.source.method, target_of(verdict.call.path, {}))
    for name, value in _choosing(verdict.example):
        yield plain.with_header(name, value)


def _least_changed(verdict: Verdict) -> Iterator[CurlCall]:
    """The call that was made with only those parts put right that put the example out."""
    query = parameters(verdict.call.request.target.partition("?")[2])
    paths: Iterable[str] = ()
    if verdict.path.step is not None:
        paths = (verdict.call.path,)
    elif not verdict.saved.hides_path:
        paths = _paths(verdict)
    for path in paths:
        yield from _bodied(verdict, target_of(path, query), own_body=False)


def _as_saved(verdict: Verdict) -> Iterator[CurlCall]:
    """The call that the example was saved for."""
    if verdict.saved.hides_path or verdict.saved.hides_query:
        return
    for path in _paths(verdict):
        yield from _bodied(verdict, target_of(path, verdict.example.query), own_body=True)


def _paths(verdict: Verdict) -> Iterator[str]:
    """Canonical paths that the example's wildcards, and then its text, are made for."""
    pattern = verdict.example.path
    if pattern.names and verdict.call.config.match_wildcards:
        sent = [*segments(verdict.call.path), *([""] * len(pattern.parts))]
        for anything in ANY:
            parts = zip(pattern.parts, sent, strict=False)
            yield "/".join(["", *(_segment(part, own, anything) for part, own in parts)])
    yield pattern.text


def _segment(part: str | Wildcard, sent: str, anything: str) -> str:
    if isinstance(part, str):
        return part
    if anything == ANY[0] and part.capture(sent) is not None:
        return sent
    return anything.join(part.literals)


def _bodied(verdict: Verdict, target: str, *, own_body: bool) -> Iterator[CurlCall]:
    """Calls of one target with the headers in force, and with a body that the example takes."""
    headers = _headers_in_force(verdict)
    if headers is None:
        return
    method = verdict.example.source.method
    bare = _typed(verdict, CurlCall(method, target, headers), None)
    if not own_body and verdict.body_fits:
        with_body = _with_sent_body(verdict, CurlCall(method, target, headers))
        needless = verdict.example.body.mode is None
        yield from (bare, with_body) if needless else (with_body, bare)
    if verdict.saved.hides_body:
        return
    if own_body or not verdict.body_fits:
        yield _with_saved_body(verdict, CurlCall(method, target, headers))


def _headers_in_force(verdict: Verdict) -> Headers | None:
    """The saved values of the headers that are matched, and what switched that on."""
    call, saved = verdict.call, verdict.saved
    names = sorted(call.directives.match_headers - {"content-type"})
    if any(saved.hides_header(name) for name in names):
        return None
    wanted = (
        (saved.header_name(name) or name, value)
        for name in names
        if (value := verdict.example.headers.get(name, "")) or name in dict(OWN_HEADERS)
    )
    steering = ((name, call.request.header(name)) for name in STEERING)
    return (*wanted, *((name, value) for name, value in steering if value is not None))


def _with_sent_body(verdict: Verdict, call: CurlCall) -> CurlCall:
    request = verdict.call.request
    return _typed(verdict, replace(call, body=request.body), request.header("content-type"))


def _with_saved_body(verdict: Verdict, call: CurlCall) -> CurlCall:
    """The call with the body of the example, as Postman would send it."""
    body, type_ = verdict.example.body, verdict.example.headers.get("content-type")
    match body.mode:
        case None | BodyMode.FILE:
            return _typed(verdict, call, None)
        case BodyMode.FORMDATA if isinstance(body.key, tuple):
            return replace(call, fields=body.key)
        case BodyMode.URLENCODED if isinstance(body.key, tuple):
            encoded = urlencode(body.key, errors="replace").encode()
            return _typed(verdict, replace(call, body=encoded), type_)
        case BodyMode.GRAPHQL if isinstance(body.key, bytes):
            return _typed(verdict, replace(call, body=body.key), type_ or "application/json")
        case _:
            return _typed(verdict, replace(call, body=body.raw), type_)


def _typed(verdict: Verdict, call: CurlCall, type_: str | None) -> CurlCall:
    """The call with the Content-Type of its body, or the saved one if that header is matched."""
    matched = "content-type" in verdict.call.directives.match_headers
    if matched:
        type_ = verdict.example.headers.get("content-type")
    if call.body or (matched and type_):
        return call.with_header("Content-Type", type_ or "")
    return call
