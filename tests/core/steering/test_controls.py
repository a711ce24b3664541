"""Every control in every place that has it, by one table; the nearest place wins."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from postiche.control import mock_config
from postiche.core.directives import in_force
from postiche.core.match import match
from postiche.core.plan import compile_plan
from postiche.core.steering.controls import (
    CONTROLS,
    NO_CONTROLS,
    UNKNOWN_CODE,
    Place,
    choose,
    hold_up,
    keys_of,
    merged,
    of_config,
    of_headers,
    of_json,
    to_json,
)
from postiche.dataplane.app import MockApp
from postiche.dataplane.locate import at_root
from postiche.dataplane.plans import FixedMocks, MockEntry
from postiche.model import Controls, Delay, Fault, Headers, MockConfig, RateLimit, Request
from tests.core.building import collection, example, raw
from tests.dataplane.driver import RecordedCalls, answered, exchange, frozen, request_parts
from tests.dataplane.driver import scope_for as scope

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Asking:
    """Two ways to ask for one control, as header and as JSON, and what a call then shows."""

    header: str
    key: str
    one: tuple[str, Any]
    other: tuple[str, Any]
    seen: tuple[object, object]
    nothing: object

    def said(self, which: int) -> tuple[str, Any]:
        return self.other if which else self.one


TABLE = {
    "response_code": Asking(
        "x-mock-response-code", "responseCode", ("404", 404), ("201", 201), ("404", "201"), "200"
    ),
    "response_id": Asking(
        "x-mock-response-id", "responseId", ("b", "b"), ("c", "c"), ("404", "201"), "200"
    ),
    "response_name": Asking(
        "x-mock-response-name", "responseName", ("B", "B"), ("C", "C"), ("404", "201"), "200"
    ),
    "match_headers": Asking(
        "x-mock-match-request-headers",
        "matchHeaders",
        ("X-A", ["X-A"]),
        ("", []),
        ("miss", "200"),
        "200",
    ),
    "match_body": Asking(
        "x-mock-match-request-body",
        "matchBody",
        ("true", True),
        ("false", False),
        ("miss", "200"),
        "200",
    ),
    "delay": Asking(
        "x-mock-response-delay",
        "delay",
        ("20", {"type": "fixed", "duration": 20}),
        ("30", {"type": "fixed", "duration": 30}),
        ("200 after 0.02", "200 after 0.03"),
        "200",
    ),
    "rate_limit": Asking(
        "x-mock-rate-limit",
        "rateLimit",
        ("0/60", {"calls": 0, "seconds": 60}),
        ("5/60", {"calls": 5, "seconds": 60}),
        ("429", "200 of 5"),
        "200",
    ),
    "fault": Asking(
        "x-mock-fault",
        "fault",
        ("error; status=503", {"type": "error", "status": 503}),
        ("error; status=504", {"type": "error", "status": 504}),
        ("503", "504"),
        "200",
    ),
}
"""What is sent in the tests below: a POST of {"sent": 1} to /a with the header X-A: sent."""

SENT = (("content-type", "application/json"), ("x-a", "sent"))
BODY = b'{"sent": 1}'

IN_CONFIG = {"match_headers": lambda names: {"matchHeader": bool(names), "headers": names}}
"""What Postman has a field of its own for, in its words."""


def entry_of(field: str, example_says: str | None, config: dict[str, Any]) -> MockEntry:
    """A mock whose examples ask for something themselves."""
    asking = TABLE[field]
    headers = {} if example_says is None else {asking.header: example_says}

    def one(name: str, code: int) -> Any:
        body = raw('{"saved": 1}')
        sends = {**JSON, "X-A": "saved"}
        return example(
            "/a",
            method="POST",
            name=name,
            id=name.lower(),
            code=code,
            sends=sends,
            sends_body=body,
            headers=headers,
            body=str(code),
        )

    made = mock_config.changed(MockConfig(), config)
    return MockEntry(
        compile_plan(collection(one("A", 200), one("B", 404), one("C", 201)), None, made)
    )


def asked_for(field: str, said: dict[Place, int]) -> tuple[MockEntry, Request]:
    """A mock and a request, asking in some places for one thing or another."""
    asking = TABLE[field]
    headers: Headers = SENT
    example_says: str | None = None
    config: dict[str, Any] = {}
    for place, which in said.items():
        text, value = asking.said(which)
        if place is Place.REQUEST:
            headers = (*SENT, (asking.header, text))
        elif place is Place.EXAMPLE:
            example_says = text
        elif place is Place.ROUTE:
            config["routes"] = [
                {"path": "/b"},
                {"method": "POST", "path": "/:x", asking.key: value},
            ]
        else:
            config |= IN_CONFIG.get(field, lambda value: {asking.key: value})(value)
    return entry_of(field, example_says, config), Request("POST", "/a", headers, BODY)


def seen(entry: MockEntry, request: Request) -> str:
    """What a client sees through the ASGI application, in a word."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    app = MockApp(
        FixedMocks({"m": entry}), RecordedCalls(), frozen(), locate=at_root("m"), sleep=sleep
    )
    quick = at_once(app, request)
    place = scope(request.method, request.target, request.headers)
    reply = answered(asyncio.run(exchange(app, place, request_parts(request.body))))
    assert quick in (None, reply.status)
    if b"mockRequestNotFoundError" in reply.body:
        return "miss"
    after = "".join(f" after {seconds:g}" for seconds in waited)
    limit = reply.header("x-ratelimit-limit")
    return f"{reply.status}{after}" + (f" of {limit}" if limit and reply.status != 429 else "")


def at_once(app: MockApp, request: Request) -> int | None:
    """The status that the fast path answers, the same each time; None where it must not."""
    lines = [("host", "test"), *request.headers, ("content-length", str(len(request.body)))]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    data = f"{request.method} {request.target} HTTP/1.1\r\n{head}\r\n".encode() + request.body
    path = app.fast_path(lambda: 0.0)
    answers = {path.answer(data) for _ in range(4)}
    assert len(answers) == 1
    [answer] = answers
    return None if answer is None else int(answer.split()[1])


PLACES = tuple(Place)
ALONE = [
    (control.field, place, which)
    for control in CONTROLS
    for place in PLACES
    if place in control.places
    for which in (0, 1)
]


def test_the_table_of_these_tests_has_every_control() -> None:
    assert TABLE.keys() == {control.field for control in CONTROLS}
    for control in CONTROLS:
        assert (control.header, control.key) == (
            TABLE[control.field].header,
            TABLE[control.field].key,
        )


@pytest.mark.parametrize("field", TABLE)
def test_where_nothing_is_asked_for_nothing_changes(field: str) -> None:
    entry, request = asked_for(field, {})
    assert seen(entry, request) == TABLE[field].nothing


@pytest.mark.parametrize(("field", "place", "which"), ALONE)
def test_each_control_works_in_each_place(field: str, place: Place, which: int) -> None:
    entry, request = asked_for(field, {place: which})
    assert seen(entry, request) == TABLE[field].seen[which]


@pytest.mark.parametrize(
    ("field", "winner", "loser", "which"),
    [
        (control.field, winner, loser, which)
        for control in CONTROLS
        for number, winner in enumerate(PLACES)
        for loser in PLACES[number + 1 :]
        if winner in control.places and loser in control.places
        for which in (0, 1)
    ],
)
def test_the_nearer_place_wins(field: str, winner: Place, loser: Place, which: int) -> None:
    entry, request = asked_for(field, {winner: which, loser: 1 - which})
    assert seen(entry, request) == TABLE[field].seen[which]


@pytest.mark.parametrize(("field", "place", "which"), ALONE)
def test_the_core_has_every_control_in_force(field: str, place: Place, which: int) -> None:
    entry, request = asked_for(field, {place: which})
    example = match(entry.plan, request).example
    own = NO_CONTROLS if example is None else example.controls
    if example is not None or place is not Place.EXAMPLE:
        found = in_force(entry.plan.rules, request, own)
        switched_off = place is Place.MOCK and TABLE[field].other[1] in (False, [])
        assert (getattr(found, field) is not None) != (switched_off and which == 1)


@pytest.mark.parametrize(("field", "place", "which"), ALONE)
def test_the_fast_path_leaves_only_what_is_held_up(field: str, place: Place, which: int) -> None:
    entry, request = asked_for(field, {place: which})
    app = MockApp(FixedMocks({"m": entry}), RecordedCalls(), frozen(), locate=at_root("m"))
    held_up = field in ("delay", "rate_limit", "fault")
    missed = match(entry.plan, request).example is None  # and so explained by the application
    assert (at_once(app, request) is None) is (held_up or missed)


@pytest.mark.parametrize("field", ["response_code", "response_id", "response_name"])
def test_an_example_cannot_force_itself(field: str) -> None:
    entry, request = asked_for(field, {Place.EXAMPLE: 0})
    assert seen(entry, request) == "200"


def test_a_route_is_for_its_method_and_path_alone() -> None:
    entry = entry_of(
        "fault", None, {"routes": [{"method": "GET", "path": "/a", "responseCode": 404}]}
    )
    assert seen(entry, Request("POST", "/a", SENT, BODY)) == "200"


def test_the_first_route_that_fits_counts() -> None:
    routes = [{"path": "/a", "responseCode": 404}, {"path": "/**", "responseCode": 201}]
    entry = entry_of("fault", None, {"routes": routes})
    assert seen(entry, Request("POST", "/a", SENT, BODY)) == "404"


# --- the forms ------------------------------------------------------------------------


def test_headers_are_read_by_name_and_place() -> None:
    sent = (
        ("x-mock-response-code", "404"),
        ("x-mock-match-request-headers", "Accept"),
        ("x-mock-match-request-headers", "X-B"),
        ("x-mock-unknown", "1"),
        ("accept", "text/plain"),
    )
    assert of_headers(sent, Place.REQUEST) == Controls(404, match_headers=("accept", "x-b"))
    assert of_headers(sent, Place.EXAMPLE) == Controls(match_headers=("accept", "x-b"))


@pytest.mark.parametrize(
    "header",
    [
        ("x-mock-response-delay", "soon"),
        ("x-mock-rate-limit", "many"),
        ("x-mock-fault", "fire"),
        ("x-mock-match-request-body", "yes"),
    ],
)
def test_a_malformed_header_asks_for_nothing(header: tuple[str, str]) -> None:
    assert of_headers((header,), Place.REQUEST) == NO_CONTROLS


def test_a_malformed_code_asks_for_what_no_example_has() -> None:
    found = of_headers((("x-mock-response-code", "4O4"),), Place.REQUEST)
    assert found.response_code == UNKNOWN_CODE


FULL = Controls(
    404, "b", "B", ("x-a",), True, Delay(5), RateLimit(1, 2, "session"), Fault("drip", rate=7)
)


def test_json_comes_back_as_it_was() -> None:
    assert of_json(to_json(FULL), Place.ROUTE) == FULL
    assert to_json(NO_CONTROLS) == {}


def test_null_takes_a_control_back_and_what_is_not_sent_stays() -> None:
    taken = of_json({"fault": None, "delay": None}, Place.ROUTE, FULL)
    assert (taken.fault, taken.delay, taken.response_code) == (None, None, 404)
    assert of_json({}, Place.ROUTE, FULL) is FULL


def test_what_postman_has_a_field_for_is_no_control_of_a_mock() -> None:
    own = set(keys_of(Place.ROUTE)) - set(keys_of(Place.MOCK))
    assert own == {"matchHeaders", "matchBody", "delay"}


def test_the_first_that_asks_wins_for_each_control() -> None:
    one, other = Controls(404, delay=Delay(1)), Controls(500, "b")
    assert merged(one, NO_CONTROLS, other) == Controls(404, "b", delay=Delay(1))
    assert merged() == NO_CONTROLS


def test_postmans_own_fields_are_controls_too() -> None:
    config = MockConfig(headers=("X-A",), match_header=True, match_body=True, delay=Delay(3))
    assert of_config(config) == Controls(match_headers=("x-a",), match_body=True, delay=Delay(3))
    assert of_config(MockConfig(headers=("X-A",), delay=Delay(0))) == NO_CONTROLS


def test_controls_say_what_they_bear_on() -> None:
    assert choose(Controls(404))
    assert choose(Controls(match_body=False))
    assert not choose(Controls(delay=Delay(1)))
    assert hold_up(Controls(fault=Fault("reset")))
    assert not hold_up(Controls(404, delay=Delay(0)))
