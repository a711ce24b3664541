"""Near examples are found: all that fit by path, then what is most alike."""

import gc
from weakref import ref

import pytest

from postiche.core.explaining.nearby import (
    MAX_SEARCHED,
    choice_distance,
    near_names,
    nearby,
    path_distance,
    surroundings,
)
from postiche.core.match import Reading
from postiche.core.plan import Plan
from postiche.model import Request
from tests.core.building import example, get, plan, planned, post, raw


def names(made: Plan, asked: Request, count: int) -> list[str]:
    return [each.source.name for each in nearby(made, Reading(asked, made.config), count)]


def test_of_a_small_plan_all_are_near() -> None:
    made = plan(example("/a", name="a"), example("/b", method="POST", name="b"))
    assert names(made, get("/z"), 2) == ["a", "b"]


def test_who_fits_by_path_is_found_first_whatever_the_method() -> None:
    far = [example(f"/far/away/{i}x", name=f"far {i}") for i in range(20)]
    fitting = [example("/{{a}}", name="get"), example("/x", method="POST", name="post")]
    assert set(names(plan(*far, *fitting), get("/x"), 3)[:2]) == {"get", "post"}


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("/user/7", "/users/{{id}}"),
        ("/USERS/7/", "/users/{{id}}"),
        ("/users/9/order", "/users/{{id}}/orders"),
        ("/invoice", "/invoices/latest"),
    ],
)
def test_near_paths_are_alike_but_for_case_ids_and_wildcards(asked: str, nearest: str) -> None:
    paths = ["/users/{{id}}", "/users/{{id}}/orders", "/invoices/latest", "/health/live"]
    made = plan(*(example(path, name=path) for path in paths))
    call = Reading(get(asked), made.config)
    assert min(planned(made), key=lambda e: path_distance(call, e)).source.name == nearest


def test_where_bodies_are_matched_those_nearest_by_body_are_kept() -> None:
    bodies = [f'{{"name": "{chr(97 + i) * 30}"}}' for i in range(20)]
    made = plan(
        *(example("/", method="POST", name=b, sends_body=raw(b)) for b in bodies), match_body=True
    )
    assert names(made, post("/", bodies[17].replace("r}", "s}")), 2)[0] == bodies[17]


def test_an_id_is_found_whatever_the_method() -> None:
    far = [example(f"/{i}x", name=f"far {i}") for i in range(20)]
    made = plan(*far, example("/y/z", method="POST", id="wanted", name="it"))
    asked = get("/nowhere/near/it", {"x-mock-response-id": "12-wanted"})
    assert "it" in names(made, asked, 2)
    call = Reading(asked, made.config)
    assert choice_distance(call.directives, planned(made)[-1]) == 0
    assert choice_distance(call.directives, planned(made)[0]) == 1


def test_names_are_found_by_likeness() -> None:
    assert near_names("sold uot", ["in stock", "sold out", "gone"])[0] == "sold out"


def test_a_plan_with_more_paths_than_are_searched_still_finds_those_of_its_length() -> None:
    deep = [example(f"/deep/{i}x/y/z", name="deep") for i in range(MAX_SEARCHED)]
    made = plan(*deep, *(example(f"/thing{i}x", name=f"thing{i}") for i in range(50)))
    assert names(made, get("/thingg17x"), 4)[0] == "thing17"


def test_surroundings_go_when_their_plan_goes() -> None:
    made = plan(example("/a"))
    kept = ref(made)
    assert surroundings(made) is surroundings(made)
    del made
    gc.collect()
    assert kept() is None
