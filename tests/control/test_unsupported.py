import pytest

from postiche.control.app import OPERATIONS
from postiche.control.unsupported import OPERATIONS as UNSUPPORTED

from .world import UNKNOWN_ID, World


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", f"/collections/{UNKNOWN_ID}/forks", "GET /collections/{collectionId}/forks "),
        ("POST", "/collections/merge", "POST /collections/merge "),
        ("POST", "/collections/fork/x", "POST /collections/fork/... "),
        ("GET", "/monitors", "GET /monitors "),
        ("DELETE", "/monitors/x/", "DELETE /monitors/... "),
    ],
)
def test_an_operation_that_only_postman_has_says_so(
    world: World, method: str, path: str, named: str
) -> None:
    response = world.ask(method, path)
    assert response.status_code == 501
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["title"]) == (501, "Not Implemented")
    assert named in problem["detail"]
    assert "docs/compatibility.md" in problem["detail"]


def test_a_path_with_unsupported_operations_keeps_its_others(world: World) -> None:
    allowed = world.ask("PUT", "/collections").headers["allow"]
    assert world.ask("POST", f"/collections/{UNKNOWN_ID}").headers["allow"] == (
        "GET, PUT, DELETE, PATCH, HEAD, OPTIONS"
    )
    assert "PATCH" not in allowed


def test_together_the_operations_are_the_71_of_the_openapi_document() -> None:
    supported = {(path, method) for path, methods in OPERATIONS.items() for method in methods}
    missing = {(path, method) for path, methods in UNSUPPORTED.items() for method in methods}
    assert not supported & missing
    assert len(supported | missing) == 71
