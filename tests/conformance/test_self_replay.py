"""Self-replay: an example's own request brings that example, or one that the rules prefer.

Every example of every real collection is sent, as it was saved, to a mock
server of its collection. Where another example answers, the rules must rank it
at least as high; the reason is printed, and so is why an example could not be
replayed at all.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson
import pytest

from postiche.core.collection import read_collection
from postiche.core.dynamic import Sources
from postiche.core.match import Reading, match, total
from postiche.core.paths import SCORES, canonical, judge_path
from postiche.core.plan import Plan, PlannedExample, compile_plan, plan_example
from postiche.core.render import render
from postiche.core.variables import scope_of
from postiche.dataplane.app import MockApp
from postiche.dataplane.locate import at_root
from postiche.dataplane.plans import FixedMocks, MockEntry
from postiche.model import Collection, Request
from tests.dataplane.driver import NOON, RecordedCalls, call

from .replay import own_request

ROOT = Path(__file__).parents[2]
COLLECTIONS = [
    *sorted(ROOT.glob("src/postiche/server/demo/*.postman_collection.json")),
    *sorted(ROOT.parent.glob("shared/collections/*.json")),
]


@dataclass(frozen=True)
class Replayed:
    """An example, its own request, and who answered it."""

    own: PlannedExample
    winner: PlannedExample
    request: Request
    plan: Plan

    @property
    def reason(self) -> str:
        """Why another example answered; fails the test if no rule says so."""
        own, winner = self.points(self.own), self.points(self.winner)
        assert winner >= own, f"{self.winner.source.name} has {winner} points, not {own}"
        if winner > own:
            return f"{winner:g} points against {own:g}"
        if self.winner.source.code == 200 != self.own.source.code:
            return f"both have {own:g} points, and exactly 200 is preferred"
        assert self.order(self.winner) < self.order(self.own), "the tie-break is wrong"
        return f"both have {own:g} points, and its id comes first"

    def points(self, example: PlannedExample) -> float:
        """The points of an example for this request, by the verdicts on it alone."""
        path = canonical(self.request.target.partition("?")[0])
        step = judge_path(example.path, path, wildcards=True).step
        assert step is not None
        return total(Reading(self.request, self.plan.config), example, SCORES[step])

    def order(self, example: PlannedExample) -> tuple[str, int]:
        """What breaks a tie: the id, or the place in the file where ids are missing."""
        named = self.own.source.id is not None and self.winner.source.id is not None
        return (example.source.id or "" if named else "", example.index)

    def __str__(self) -> str:
        """One line for the printed list."""
        own, winner = self.own.source, self.winner.source
        return f"{own.method} {self.request.target}: {own.name!r} -> {winner.name!r}: {self.reason}"


def replay(collection: Collection) -> list[Replayed]:
    """Send every example's own request to a mock server of its collection."""
    plan, scope = compile_plan(collection), scope_of(collection, None)
    entry = FixedMocks({"m": MockEntry(plan=plan)})
    app = MockApp(entry, RecordedCalls(), sources(), locate=at_root("m"))
    replayed = []
    for index, example in enumerate(collection.examples()):
        request = own_request(example, scope)
        outcome = match(plan, request)
        assert outcome.example is not None, f"nothing answers {request.method} {request.target}"
        reply = call(app, request.method, request.target, request.headers, request.body)
        expected = render(outcome, request, sources())
        assert (reply.status, reply.body) == (expected.status, expected.body)
        own = plan_example(example, index, scope)
        replayed.append(Replayed(own, outcome.example, request, plan))
    return replayed


def sources() -> Sources:
    return Sources(Random(0), lambda: NOON)


@pytest.mark.parametrize("file", COLLECTIONS, ids=lambda file: file.stem.partition(".")[0])
def test_every_example_answers_its_own_request_or_yields_to_one_the_rules_prefer(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collection = read_collection(orjson.loads(file.read_bytes()))
    replayed = replay(collection)
    yielded = [one for one in replayed if one.winner.index != one.own.index]
    own = len(replayed) - len(yielded)
    with capsys.disabled():
        print(f"\nself-replay of {file.name}: {own} of {len(replayed)} examples answer themselves")
        for one in yielded:
            print(f"  {one}")
        for dropped in collection.dropped:
            print(f"  not replayed: {dropped.where}: {dropped.why}")
    assert replayed
    assert own >= len(replayed) // 2


def test_a_clone_without_shared_collections_still_replays_the_projects_own() -> None:
    assert any(file.is_relative_to(ROOT) for file in COLLECTIONS)
