from .specs_world import NO_SPEC, malformed, new_spec, problem
from .world import UNKNOWN_ID, World


def test_a_tag_keeps_the_files_as_they_were(world: World) -> None:
    spec = new_spec(world, "index.yaml", "parts/more/a.json")
    response = world.post(f"/specs/{spec}/version-tags", {"name": "1.0.0"})
    assert response.status_code == 201
    tag = response.json()["data"]
    assert tag == {"id": tag["id"], "name": "1.0.0"}
    world.ask("PATCH", f"/specs/{spec}/files/parts/more/a.json", json={"content": "new"})
    world.ask("PATCH", f"/specs/{spec}/files/parts/more/a.json", json={"name": "b.json"})
    elements = world.get(f"/specs/{spec}/version-tags/{tag['id']}/files").json()["data"]
    assert [(each["type"], each["path"], each["name"]) for each in elements] == [
        ("FOLDER", "parts", "parts"),
        ("FOLDER", "parts/more", "more"),
        ("FILE", "index.yaml", "index.yaml"),
        ("FILE", "parts/more/a.json", "a.json"),
    ]
    parts, more, index, a = elements
    assert more["parentId"] == parts["id"]
    assert a["parentId"] == more["id"]
    assert "parentId" not in parts
    assert (index["fileType"], a["fileType"], a["content"]) == ("ROOT", "DEFAULT", "{}")
    assert (a["createdBy"], a["createdAt"]) == ("10000001", "2026-11-22T12:00:00.000Z")


def test_tags_are_listed_newest_first_in_pages(world: World) -> None:
    spec = new_spec(world)
    for number in range(3):
        world.post(f"/specs/{spec}/version-tags", {"name": f"v{number}"})
        world.ask("PATCH", f"/specs/{spec}/files/index.yaml", json={"content": str(number)})
    first = world.get(f"/specs/{spec}/version-tags", limit="2").json()
    assert [each["name"] for each in first["data"]] == ["v2", "v1"]
    cursor = first["meta"]["nextCursor"]
    rest = world.get(f"/specs/{spec}/version-tags", limit="2", cursor=cursor).json()
    assert [each["name"] for each in rest["data"]] == ["v0"]
    assert rest["meta"] == {"nextCursor": None}
    assert world.get(f"/specs/{spec}/version-tags", cursor="x").status_code == 400


def test_the_same_state_gets_no_second_tag(world: World) -> None:
    spec = new_spec(world)
    assert world.post(f"/specs/{spec}/version-tags", {"name": "a"}).status_code == 201
    response = world.post(f"/specs/{spec}/version-tags", {"name": "b"})
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "conflictError",
        "title": "Conflict",
        "detail": "A version tag already exists for the current changelog group. "
        "Make new changes to the spec to create a version tag.",
        "status": 409,
    }
    world.post(f"/specs/{spec}/files", {"path": "a.json", "content": ""})
    assert world.post(f"/specs/{spec}/version-tags", {"name": "b"}).status_code == 201


def test_a_tag_must_have_a_name(world: World) -> None:
    spec = new_spec(world)
    for name in (None, "", 5, " "):
        response = world.post(f"/specs/{spec}/version-tags", {"name": name})
        assert problem(response) == malformed(
            "Required property `name` is missing from the request."
        )


def test_an_unknown_tag_is_not_found(world: World) -> None:
    spec = new_spec(world)
    assert problem(world.get(f"/specs/{spec}/version-tags/{UNKNOWN_ID}/files"), 404) == (
        "instanceNotFoundError",
        "Version not found",
        "The version tag you are trying to access does not exist on this specification.",
    )
    assert problem(world.get(f"/specs/{UNKNOWN_ID}/version-tags/x/files"), 404) == NO_SPEC
