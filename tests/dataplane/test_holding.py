"""Answers that are held up: counted first, delayed next, spoilt last."""

import asyncio
from typing import Any

import pytest

from postiche.core.steering.controls import NO_CONTROLS
from postiche.core.steering.sessions import session_of
from postiche.dataplane.answer import Decision, answered, decide
from postiche.dataplane.asgi import ClientGone, Message
from postiche.dataplane.holding import MAX_COUNTERS, Held, Holding
from postiche.dataplane.plans import MockEntry
from postiche.model import Controls, Delay, Fault, MockConfig, RateLimit, Request
from tests.dataplane.driver import RecordedCalls, app_of, call, frozen, plan, saved


class World:
    """One mock whose answers are held up, and what was waited for."""

    def __init__(self, *items: dict[str, Any], **config: Any) -> None:
        self.waited: list[float] = []
        made = MockConfig(**config)
        self.entry = MockEntry(plan(*(items or [saved()]), config=made))
        self.holding = Holding(frozen(), self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    def held(self, target: str = "/a", headers: tuple[tuple[str, str], ...] = ()) -> Held:
        request = Request("GET", target, headers)
        decision = decide(self.entry, request)
        answer = answered(self.entry, request, decision.outcome, frozen())
        session = session_of(self.entry.plan.config.session, request, None)
        return asyncio.run(self.holding.held("m", session, decision, answer, silent))

    def statuses(self, targets: str) -> list[int]:
        return [self.held(f"/{each}").answer.reply.status for each in targets]


async def silent() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def gone() -> Message:
    return {"type": "http.disconnect"}


def example(name: str, **headers: str) -> dict[str, Any]:
    pairs = [(key.replace("_", "-"), value) for key, value in headers.items()]
    return saved(name, path=f"/{name}", headers=pairs)


def test_what_the_mock_asks_for_counts_all_its_calls() -> None:
    world = World(example("a"), example("b"), controls=Controls(rate_limit=RateLimit(2, 60)))
    assert world.statuses("abab") == [200, 200, 429, 429]


def test_what_an_example_asks_for_counts_its_own_calls() -> None:
    world = World(example("a", x_mock_rate_limit="1/60"), example("b", x_mock_rate_limit="1/60"))
    assert world.statuses("abab") == [200, 200, 429, 429]
    assert world.statuses("c") == [404]


def test_sessions_may_be_counted_apart() -> None:
    limit = RateLimit(1, 60, "session")
    world = World(controls=Controls(rate_limit=limit))
    one, other = (("x-mock-session", "1"),), (("x-mock-session", "2"),)
    found = [world.held("/a", each).answer.reply.status for each in (one, other, (), one, ())]
    assert found == [200, 200, 200, 429, 429]


def test_an_answer_tells_of_the_limit_and_a_refusal_comes_at_once() -> None:
    controls = Controls(rate_limit=RateLimit(1, 60), fault=Fault("reset"))
    world = World(controls=controls, delay=Delay(50))
    first, second = world.held(), world.held()
    assert ("x-ratelimit-remaining", "0") in first.answer.reply.headers
    assert (first.fault, second.fault) == (Fault("reset"), None)
    assert second.answer.error
    assert second.answer.name.startswith("Rate Limit exceeded")
    assert world.waited == [0.05]


def test_misses_wait_too() -> None:
    world = World(delay=Delay(50))
    assert world.held("/nothing/like/it").answer.reply.status == 404
    assert world.waited == [0.05]


def test_nobody_waits_for_a_client_that_left() -> None:
    async def endless(_: float) -> None:
        await asyncio.Event().wait()

    request = Request("GET", "/a")
    world = World(delay=Delay(50))
    decision = decide(world.entry, request)
    answer = answered(world.entry, request, decision.outcome, frozen())
    holding = Holding(frozen(), endless)
    with pytest.raises(ClientGone):
        asyncio.run(holding.held("m", "default", decision, answer, gone))


def test_bursts_count_the_calls_of_whoever_asks_for_them() -> None:
    burst = "error; burst=1; of=3"
    mine = World(example("a", x_mock_fault=burst), example("b", x_mock_fault=burst))
    assert mine.statuses("abaaabb") == [500, 500, 200, 200, 500, 200, 200]
    ours = World(example("a"), example("b"), controls=Controls(fault=Fault("error", burst=1, of=3)))
    assert ours.statuses("abaaabb") == [500, 200, 200, 500, 200, 200, 500]


def test_an_error_is_what_the_log_says() -> None:
    calls = RecordedCalls()
    config = MockConfig(controls=Controls(fault=Fault("error", status=503)))
    assert call(app_of(saved(), config=config, calls=calls), target="/a").status == 503
    assert (calls.only.status_code, calls.only.type) == (503, "error")


def test_counters_are_bounded() -> None:
    world = World()
    answer = world.held().answer
    for number in range(MAX_COUNTERS + 5):
        fault = Fault("error", seed=number, probability=0.5)
        decision = Decision(None, Controls(fault=fault))
        asyncio.run(world.holding.held("m", "default", decision, answer, silent))
    assert len(world.holding._struck) == MAX_COUNTERS


def test_what_holds_nothing_up_is_sent_as_it_is() -> None:
    world = World()
    request = Request("GET", "/a")
    decision = decide(world.entry, request)
    assert decision.controls is NO_CONTROLS
    answer = answered(world.entry, request, decision.outcome, frozen())
    assert asyncio.run(world.holding.held("m", "default", decision, answer, silent)) == Held(answer)
