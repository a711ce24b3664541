"""Routes of a config: which calls they are for, and what holds elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.paths import canonical
from postiche.core.steering.routes import MAX_PATH, RouteControls, Routes, read_method, read_path
from postiche.model import Controls, Delay, RouteConfig
from tests.core.arbitrary import saved_paths, sent_paths
from tests.core.building import QUICK

HERE = Controls(404)


def covered(path: str, target: str, *, method: str | None = None) -> bool:
    routes = Routes([RouteConfig(path, method, HERE)], Controls())
    return routes.of("GET", canonical(target)).controls == HERE


@pytest.mark.parametrize(
    ("path", "target", "fits"),
    [
        ("/users", "/users", True),
        ("/users", "/users/", True),
        ("/users/", "/users", True),
        ("/users", "/Users", False),
        ("/users", "/users/7", False),
        ("/users/:id", "/users/7", True),
        ("/users/{{id}}", "/users/7/", True),
        ("/users/:id", "/users", False),
        ("/users/:id", "/users/7/a", False),
        ("/a%20b", "/a b", True),
        ("/files/**", "/files", True),
        ("/files/**", "/files/a/b", True),
        ("/files/**", "/filesystem", False),
        ("/:kind/**", "/files/a", True),
        ("/**", "/", True),
        ("/**", "/a/b/c", True),
        ("/", "/", True),
        ("/", "/a", False),
        ("/a/**/b", "/a/x/b", False),
    ],
)
def test_a_path_is_literal_but_for_wildcards_and_a_tail(path: str, target: str, fits: bool) -> None:
    assert covered(path, target) is fits


@pytest.mark.parametrize(("method", "fits"), [(None, True), ("GET", True), ("POST", False)])
def test_a_route_may_be_for_one_method(method: str | None, fits: bool) -> None:
    assert covered("/", "/", method=method) is fits


@given(st.lists(saved_paths, max_size=5), sent_paths)
@QUICK
def test_the_first_that_fits_counts(paths: list[str], target: str) -> None:
    routes = [RouteConfig(path, None, Controls(number)) for number, path in enumerate(paths, 100)]
    fitting = [route.controls for route in routes if covered(route.path, target)]
    found = Routes(routes, Controls()).of("GET", canonical(target)).controls
    assert found == (fitting[0] if fitting else Controls())


def test_a_route_asks_over_its_mock() -> None:
    base = Controls(500, delay=Delay(5))
    routes = Routes([RouteConfig("/a", None, Controls(404)), RouteConfig("/b")], base)
    assert routes.of("GET", "/a") == RouteControls(Controls(404, delay=Delay(5)), True)
    assert routes.of("GET", "/b") == RouteControls(base, True)
    assert routes.of("GET", "/c") == RouteControls(base, True)


def test_what_only_holds_up_does_not_choose() -> None:
    routes = Routes([RouteConfig("/a", None, Controls(delay=Delay(1)))], Controls())
    assert not routes.of("GET", "/a").choosing
    assert routes.hold_up
    assert not Routes([], Controls(match_body=True)).of("GET", "/").choosing


def test_paths_and_methods_are_checked() -> None:
    assert read_path("/a/:b/**") == "/a/:b/**"
    for wrong in (None, 5, "", "a", "/a?b", "/a#b", "/\0", "/" + "a" * MAX_PATH):
        with pytest.raises(ValueError, match="path must be"):
            read_path(wrong)
    assert (read_method(None), read_method("get")) == (None, "GET")
    for wrong in ("", "G T", 5, "GÉT"):
        with pytest.raises(ValueError, match="method must be"):
            read_method(wrong)
