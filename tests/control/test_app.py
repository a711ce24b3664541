import pytest

from .world import World, error_of


def test_unknown_paths_are_not_found(world: World) -> None:
    for path in ("/", "/nowhere", "/mocks/a/b/c", "/me/more", "/collectionsx"):
        response = world.get(path)
        assert response.status_code == 404
        assert error_of(response)["name"] == "notFound"


def test_a_wrong_method_names_the_right_ones(world: World) -> None:
    response = world.delete("/collections")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    assert error_of(response)["name"] == "methodNotAllowed"


def test_a_final_slash_changes_nothing(world: World) -> None:
    assert world.get("/mocks/").json() == world.get("/mocks").json() == {"mocks": []}


def test_head_is_answered_like_get(world: World) -> None:
    response = world.ask("HEAD", "/me")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_a_browsers_preflight_needs_no_key(world: World) -> None:
    response = world.ask("OPTIONS", "/collections", key="")
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "x-api-key" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize("method", ["BREW", "TRACE", "PROPFIND"])
def test_odd_methods_are_not_allowed(world: World, method: str) -> None:
    assert world.ask(method, "/me").status_code == 405


def test_what_breaks_inside_is_logged_and_told_without_details(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.wait(world.store.close)
    response = world.get("/me")
    assert response.status_code == 500
    assert error_of(response) == {
        "name": "serverError",
        "message": "An error has occurred on the server.",
    }
    assert "GET '/me' failed" in caplog.text
