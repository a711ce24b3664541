"""The lint: what in a collection will surprise whoever calls its mock server.

Knows all the checks and puts what they find into the order of the file. Must
not know files, stores or how findings are shown.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from postiche.core.collection import way
from postiche.core.dynamic import Sources
from postiche.core.errors import MockError
from postiche.core.lint.credentials import credentials
from postiche.core.lint.crossings import crossings
from postiche.core.lint.findings import WHOLE, Finding, Place, request_place
from postiche.core.lint.reach import unreached
from postiche.core.lint.replies import check_body, never_sent, unsendable
from postiche.core.lint.subjects import Subject, brief, placed, subjects
from postiche.core.lint.trial import trial_of
from postiche.core.lint.unresolved import unresolved
from postiche.core.match import Outcome, match
from postiche.core.own_request import sample_segments, target_of
from postiche.core.paths import captures, path_pattern
from postiche.core.plan import Plan, compile_plan
from postiche.core.render import render
from postiche.core.urls import MAX_URL, split_url
from postiche.core.variables import Scope, scope_of
from postiche.model import Collection, Environment, MockConfig, Request

__all__ = ["Finding", "lint"]

_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def lint(
    collection: Collection,
    environment: Environment | None = None,
    config: MockConfig | None = None,
) -> tuple[Finding, ...]:
    """What is wrong, surprising or worth knowing about a mock server of these, in file order.

    Pure, the same for the same input; the time it takes is about proportional
    to the size of the collection.
    """
    scope = scope_of(collection, environment)
    plan = compile_plan(collection, environment, config)
    look = _Look(collection, plan, scope, subjects(collection, plan, scope))
    found = [*_about_whole(look), *_about_examples(look)]
    without_any = {finding.place.position[0] for finding in found if finding.rule == "dropped"}
    found += _about_requests(look, without_any)
    return tuple(sorted(found, key=lambda finding: finding.place.position))


@dataclass(frozen=True, slots=True)
class _Look:
    """All that is looked at."""

    collection: Collection
    plan: Plan
    scope: Scope
    subjects: list[Subject]


def _about_whole(look: _Look) -> Iterator[Finding]:
    if look.plan.config.server_response_id is not None:
        text = "An active server response answers every call; no example does. Deactivate it."
        yield Finding("server-response", WHOLE, text)
    if not look.subjects:
        text = "No request has an example, so every call is answered 404. Save some in Postman."
        yield Finding("no-examples", WHOLE, text)
    yield from _dropped(look.collection)
    kept = {subject.place for subject in look.subjects}
    for _, place, _ in placed(look.collection):
        if place not in kept:
            text = f"With its variables its URL is longer than {MAX_URL} characters. Shorten it."
            yield Finding("dropped", place, text)


def _dropped(collection: Collection) -> Iterator[Finding]:
    """What could not be read, at the request that it belongs to."""
    places: dict[str, Place] = {}
    for number, request in enumerate(collection.requests):
        place = request_place(request, number)
        places.setdefault(way(*request.folders, request.name), place)
    for dropped in collection.dropped:
        text = f"It is left out: {dropped.why}. Correct it in Postman and export it again."
        yield Finding("dropped", _nearest(places, dropped.where), text)


def _nearest(places: dict[str, Place], where: str) -> Place:
    """The place of a request, or of an example in it, by its written way."""
    above, names = where, ""
    while above not in places:
        above, separator, name = above.rpartition(" / ")
        names = f"{name} / {names}" if names else name
        if not separator:
            return replace(WHOLE, folders=(where,)) if where else WHOLE
    return replace(places[above], example=names or None)


def _about_requests(look: _Look, dropped: Container[int]) -> Iterator[Finding]:
    """Saved requests without an example, not even a dropped one: calls are told to save one."""
    for number, request in enumerate(look.collection.requests):
        if request.examples or request.url is None or not look.subjects or number in dropped:
            continue
        url = look.scope.fill(request.url)
        segments = sample_segments(path_pattern(split_url(url[:MAX_URL]).path))
        outcome = match(look.plan, Request(request.method, target_of(segments, "")))
        if outcome.miss is MockError.NO_EXAMPLE:
            text = "It has no example, so calls to it are answered 404. Save one in Postman."
            yield Finding("unanswered", request_place(request, number), text)


def _about_examples(look: _Look) -> Iterator[Finding]:
    trial = trial_of(look.plan, look.subjects)
    yield from unreached(trial)
    yield from crossings(trial)
    yield from _duplicate_ids(look.subjects)
    yield from _details(look)


def _duplicate_ids(found: Iterable[Subject]) -> Iterator[Finding]:
    first: dict[str, Subject] = {}
    for subject in found:
        other = first.setdefault(subject.source.id or "", subject)
        if subject.source.id is not None and other is not subject:
            text = f"{other.named} has the same id, so x-mock-response-id cannot tell them apart."
            yield Finding("duplicate-id", subject.place, f"{text} Give one of them a new id.")


def _details(look: _Look) -> Iterator[Finding]:
    """What the examples say of themselves; what many of them share is told once."""
    shared: dict[tuple[str, str], _Shared] = {}
    sources = Sources(Random(0), lambda: _MOMENT)
    for subject in look.subjects:
        outcome = Outcome(subject.planned, None, _sampled(subject, look.plan))
        reply = render(outcome, subject.own, sources)
        for rule, text in (*check_body(subject.source, reply), *unsendable(subject.source, reply)):
            yield Finding(rule, subject.place, text)
        yield from _spelled(subject)
        for name in never_sent(subject.source):
            text = "It is never sent: it belongs to the connection or the encoding. It may stay."
            _share(shared, subject, "header-not-sent", name, text)
        for rule, name, text in unresolved(subject, reply, look.scope, look.plan.config):
            _share(shared, subject, rule, f"{{{{{name}}}}}", text)
    yield from (each.finding() for each in shared.values())


def _spelled(subject: Subject) -> Iterator[Finding]:
    """What its saved texts show."""
    for where, start in credentials(subject.source):
        text = f"What looks like a credential is in {where} ({start}). Use a variable instead."
        yield Finding("secret", subject.place, text)


def _sampled(subject: Subject, plan: Plan) -> dict[str, str]:
    if not plan.config.match_wildcards:
        return {}
    path = subject.planned.path
    return captures(path, sample_segments(path)) or {}


@dataclass(slots=True)
class _Shared:
    """A finding that would be the same for several examples."""

    rule: str
    name: str
    text: str
    subjects: list[Subject]

    def finding(self) -> Finding:
        """One finding, at the first example, that says how many there are."""
        count = len(self.subjects)
        also = "" if count == 1 else f" (also in {count - 1} more, such as {self._second()})"
        return Finding(self.rule, self.subjects[0].place, f"{self.name}{also}: {self.text}")

    def _second(self) -> str:
        return f'"{brief(self.subjects[1].place.request or "")}"'


def _share(
    shared: dict[tuple[str, str], _Shared], subject: Subject, rule: str, name: str, text: str
) -> None:
    found = shared.setdefault((rule, name), _Shared(rule, name, text, []))
    if subject not in found.subjects[-1:]:
        found.subjects.append(subject)
