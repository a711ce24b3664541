import pytest

from .world import UNKNOWN_ID, World

PLAIN = "application/json; charset=utf-8"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "label"),
    [
        ("GET", f"/mocks/{UNKNOWN_ID}", 404, PLAIN),
        ("GET", f"/mocks/{UNKNOWN_ID}/", 404, PLAIN),
        ("POST", "/mocks", 400, PROBLEM),
        ("GET", f"/collections/{UNKNOWN_ID}", 400, PROBLEM),
        ("POST", "/collections", 400, PLAIN),
        ("GET", "/workspaces?limit=101", 400, PLAIN),
        ("POST", "/workspaces", 400, PROBLEM),
        ("GET", f"/specs/{UNKNOWN_ID}", 404, PLAIN),
        ("PUT", "/me", 405, PLAIN),
        ("GET", "/nowhere", 404, PLAIN),
        ("GET", f"/postiche/users/{UNKNOWN_ID}", 404, PLAIN),
    ],
)
def test_errors_are_labelled_as_the_definition_says(
    world: World, method: str, path: str, status: int, label: str
) -> None:
    answer = world.ask(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, label)


def test_a_wrong_key_is_answered_with_a_problem_label(world: World) -> None:
    answer = world.ask("GET", "/me", "PMAK-wrong")
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
