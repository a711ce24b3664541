"""The rules of a mock: its config, compiled.

Knows which compiled part each field of a config becomes. Must not know
requests or examples. What a config leaves at its defaults costs nothing later.
"""

from dataclasses import dataclass

from postiche.core.index import Stages, stages
from postiche.core.likeness import Likeness, likeness_of
from postiche.core.paths import MAX_LENIENT
from postiche.core.steering.controls import choose, filtering, forced, of_config
from postiche.core.steering.routes import Routes
from postiche.model import MockConfig


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What holds for all calls of a mock, made ready.

    `stages` are the look-ups for a path that the config leaves. `choose` says
    that the mock or some route bears on which example answers, and
    `filter_by_route` that some route matches headers or bodies, so that method
    and target alone settle nothing.
    """

    routes: Routes
    likeness: Likeness
    stages: Stages
    stages_of_long_paths: Stages
    choose: bool = False
    filter_by_route: bool = False


def rules_of(config: MockConfig) -> Rules:
    """The rules of a config; the time it takes is proportional to its size."""
    base = of_config(config)
    return Rules(
        Routes(config.routes, base),
        likeness_of(config),
        _stages(config, "/"),
        _stages(config, "/" * (MAX_LENIENT + 1)),
        forced(base) or any(choose(route.controls) for route in config.routes),
        any(filtering(route.controls) for route in config.routes),
    )


def _stages(config: MockConfig, path: str) -> Stages:
    return stages(
        path, wildcards=config.match_wildcards, strict=config.strict, tails=config.wildcard_tail
    )
