"""A config, compiled: what it leaves alone is left alone."""

from postiche.core.likeness import EXACT
from postiche.core.steering.routes import RouteControls
from postiche.core.steering.rules import rules_of
from postiche.model import Controls, Delay, MockConfig, RouteConfig


def test_a_config_of_defaults_makes_no_rules() -> None:
    rules = rules_of(MockConfig())
    assert rules.likeness is EXACT
    assert rules.routes.of("GET", "/") == RouteControls()
    assert not any((rules.choose, rules.filter_by_route, rules.routes.hold_up))


def test_rules_know_whether_anything_bears_on_the_choice() -> None:
    assert rules_of(MockConfig(controls=Controls(404))).choose
    assert not rules_of(MockConfig(match_body=True)).choose
    assert not rules_of(MockConfig(delay=Delay(5))).choose


def test_rules_know_routes_that_match_headers_or_bodies() -> None:
    by_code = RouteConfig("/a", None, Controls(404))
    by_body = RouteConfig("/b", None, Controls(match_body=True))
    assert not rules_of(MockConfig(routes=(by_code,))).filter_by_route
    made = rules_of(MockConfig(routes=(by_code, by_body)))
    assert made.filter_by_route
    assert made.choose
