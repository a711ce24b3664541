from datetime import timedelta

from .world import NOON, World


def test_times_are_cut_to_the_milliseconds_that_the_store_keeps(world: World) -> None:
    world.time = NOON + timedelta(microseconds=1999)
    uid = world.collection()
    created = world.get(f"/collections/{uid}").json()["collection"]["info"]["createdAt"]
    listed = world.get("/collections").json()["collections"][0]["createdAt"]
    assert created == listed == "2026-11-22T12:00:00.001Z"


def test_an_empty_query_parameter_is_as_good_as_none(world: World) -> None:
    uid = world.collection()
    listed = world.get("/collections?workspace=&name=&limit=").json()
    assert [each["uid"] for each in listed["collections"]] == [uid]
    assert "meta" not in listed
