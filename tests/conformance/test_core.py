"""The corpus against the pure core: collection and request in, reply out, nothing in between."""

from datetime import UTC, datetime
from random import Random

import pytest

from postiche.core.collection import read_collection, read_environment
from postiche.core.directives import in_force
from postiche.core.dynamic import Sources
from postiche.core.match import Outcome, match
from postiche.core.plan import Plan, compile_plan
from postiche.core.render import render, server_response_reply
from postiche.model import Delay, Reply, ServerResponse

from .corpus import Case, every_case, model_config, model_request, saved_headers
from .judge import Answer, faults

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("case", every_case(), ids=lambda case: case.id)
def test_the_core_answers_like_postman(case: Case) -> None:
    beyond = beyond_the_core(case)
    if beyond:
        pytest.skip(f"left to the ASGI and TCP runners: {beyond}")
    assert faults(case, answer_of(case)) == []


def beyond_the_core(case: Case) -> str | None:
    """Why the core has no say in this case; None if it has."""
    if case.is_preflight:
        return "preflights are answered before matching"
    if case.unknown_mock or case.deleted:
        return "the core knows one mock, and that one exists"
    if case.private:
        return "the core knows no keys"
    return None


def answer_of(case: Case) -> Answer:
    saved = case.server_response
    if saved is not None:
        return _seen(case, server_response_reply(_server_response(case)), None, 0)
    plan, request = _plan(case), model_request(case)
    outcome = match(plan, request)
    reply = render(outcome, request, Sources(random=Random(7), now=lambda: NOON))
    delay = in_force(plan.rules, request).delay
    waits = delay.duration if isinstance(delay, Delay) else 0
    return _seen(case, reply, _name_in(outcome), waits)


def _plan(case: Case) -> Plan:
    environment = None if case.environment is None else read_environment(case.environment)
    return compile_plan(read_collection(case.collection), environment, model_config(case))


def _name_in(outcome: Outcome) -> str | None:
    return None if outcome.example is None else outcome.example.source.name


def _seen(case: Case, reply: Reply, example: str | None, delay: int) -> Answer:
    """What a caller would see: to HEAD, whatever sends a reply sends no body."""
    body = b"" if case.method == "HEAD" else reply.body
    headers = tuple((name.lower(), value) for name, value in reply.headers)
    return Answer(reply.status, headers, body, example, delay)


def _server_response(case: Case) -> ServerResponse:
    saved = case.server_response or {}
    return ServerResponse(
        id="00000000-0000-4000-8000-000000000001",
        mock="00000000-0000-4000-8000-000000000002",
        name=saved["name"],
        status_code=saved["statusCode"],
        headers=saved_headers(saved),
        language=saved["language"],
        body=saved["body"],
        created_at=NOON,
        updated_at=NOON,
        created_by=1,
        updated_by=1,
    )
