"""What `asdict` took apart is put together again, whatever the config holds."""

from dataclasses import asdict

import orjson
import pytest

from postiche.model import (
    Controls,
    Delay,
    Fault,
    Latency,
    LogNormalDelay,
    MockConfig,
    NormalDelay,
    PercentileDelay,
    RateLimit,
    RouteConfig,
    UniformDelay,
)
from postiche.store.rebuilding import rebuilt

DELAYS: tuple[Latency, ...] = (
    Delay(5, "2"),
    UniformDelay(1.5, 2),
    NormalDelay(100, 5),
    LogNormalDelay(90, 0.4),
    PercentileDelay(((50.0, 20), (99.0, 400))),
)


@pytest.mark.parametrize("delay", DELAYS)
def test_a_config_comes_back_from_json(delay: Latency) -> None:
    controls = Controls(404, "b", "B", ("x-a",), False, delay, RateLimit(1, 2), Fault("drip"))
    config = MockConfig(
        headers=("a",),
        delay=delay,
        strict=True,
        ignore_body_fields=("$.a",),
        schemas=(("a", "{}"),),
        controls=controls,
        routes=(RouteConfig("/a", "GET", controls), RouteConfig("/b", None, Controls())),
    )
    assert rebuilt(MockConfig, orjson.loads(orjson.dumps(asdict(config)))) == config


def test_what_is_missing_has_its_default_and_what_is_unknown_is_passed_over() -> None:
    stored = {"strict": True, "shape": "round", "controls": {"response_code": 404, "mood": 1}}
    assert rebuilt(MockConfig, stored) == MockConfig(strict=True, controls=Controls(404))


def test_what_cannot_be_left_out_must_be_there() -> None:
    with pytest.raises(TypeError):
        rebuilt(RouteConfig, {"method": "GET"})
