"""What roles allow, and who sees which workspace."""

import inspect
from dataclasses import replace
from typing import get_args

import pytest

from postiche.control.access import UserStore
from postiche.control.wire import ApiError
from postiche.model import Role
from postiche.store import Store

from .encounters import OPERATIONS_HERE, Encounter
from .people import newcomer
from .recipes import RECIPES, Try
from .world import Json, World, error_of

FORBIDDEN = {
    "name": "forbiddenError",
    "message": "You do not have enough permissions to perform this action.",
}
OF_TEAMS = [each for each in OPERATIONS_HERE if "/postiche/" not in each]
CHANGES_NOTHING = ("GET ", "POST /mocks/{mockId}/explain")
READS = [each for each in OF_TEAMS if each.startswith(CHANGES_NOTHING) and "{taskId}" not in each]
WRITES = [each for each in OF_TEAMS if not each.startswith(CHANGES_NOTHING)]
FAIL_FOR_EVERYONE = {
    "POST /collections/{collectionId}/requests/{requestId}/capture": "nowhere may be contacted",
    "DELETE /mocks/{mockId}/unpublish": "it is private already",
    "DELETE /specs/{specId}/files/{filePath}": "it is the root file",
    "PATCH /specs/{specId}/collections/{collectionId}/sync-options": "it was not generated",
    "PUT /specs/{specId}/synchronizations": "it was not generated",
    "POST /specs/{specId}/version-tags": "nothing has changed since the last one",
}


def at_their_things(operation: str) -> list[Try]:
    """The requests that go to the victim's things, not to the caller's own."""
    return [each for each in RECIPES[operation] if not each.path]


@pytest.mark.parametrize("operation", WRITES)
def test_a_viewer_changes_nothing_where_an_editor_does(world: World, operation: str) -> None:
    encounter = Encounter(world, "viewer", kind="team")
    ids, tries = encounter.victim.ids, at_their_things(operation)
    refused = {encounter.answer(operation, each, ids).status_code for each in tries}
    assert refused <= {400, 401, 403}
    assert not tries or refused & {401, 403}
    assert encounter.nothing_changed()
    encounter.stranger, encounter.own = encounter.victim.person, ids
    allowed = [encounter.answer(operation, each, ids).status_code for each in tries]
    assert not tries or min(allowed) < 300 or operation in FAIL_FOR_EVERYONE


@pytest.mark.parametrize("role", get_args(Role))
def test_what_is_in_a_team_workspace_is_read_by_all(world: World, role: Role) -> None:
    encounter = Encounter(world, role, kind="team")
    for operation in READS:
        for attempt in at_their_things(operation):
            answer = encounter.answer(operation, attempt, encounter.victim.ids)
            assert answer.status_code == 200, (operation, attempt, answer.text)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/workspaces", {"workspace": {"name": "w", "type": "personal"}}),
        ("/collections", {}),
        ("/environments", {}),
        ("/mocks", {}),
    ],
)
def test_a_viewer_creates_nothing_whatever_the_body(world: World, path: str, body: Json) -> None:
    response = newcomer(world, "viewer").post(path, body)
    assert response.status_code == 403
    assert error_of(response)["name"] == FORBIDDEN["name"]


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("personal", False),
        ("private", False),
        ("team", True),
        ("partner", True),
        ("public", True),
    ],
)
def test_who_sees_a_workspace_depends_on_its_type(world: World, kind: str, seen: bool) -> None:
    owner, other = newcomer(world), newcomer(world, "admin")
    workspace = owner.workspace(kind)
    uid = owner.collection(workspace)
    for person, sees in ((owner, True), (other, seen)):
        listed = [each["id"] for each in person.get("/workspaces").json()["workspaces"]]
        assert (workspace in listed) is sees
        assert (person.get(f"/workspaces/{workspace}").status_code == 200) is sees
        assert (person.get(f"/collections/{uid}").status_code == 200) is sees
        rows = person.get("/collections", limit="10").json()
        assert len(rows["collections"]) == rows["meta"]["total"] == sees


def test_totals_count_what_is_seen(world: World) -> None:
    stranger = newcomer(world)
    mock = world.mock()
    world.called(mock["id"])
    answer = stranger.get("/collections", limit="1", name="shop").json()
    assert answer == {"collections": [], "meta": {"total": 0, "offset": 0, "limit": 1}}
    usage = {each["name"]: each["usage"] for each in stranger.get("/me").json()["operations"]}
    assert usage["mock_usage"] == 0


def test_an_id_that_something_unseen_has_is_not_refused_but_replaced(world: World) -> None:
    stranger, owner = newcomer(world), newcomer(world)
    hidden = owner.collection(owner.workspace("private"))
    body = owner.get(f"/collections/{hidden}").json()
    made = stranger.made("/collections", body)
    assert made["id"] not in hidden
    assert made["uid"] == f"{stranger.id}-{made['id']}"
    assert owner.get(f"/collections/{hidden}").json() == body
    shown = stranger.get(f"/collections/{made['uid']}").json()
    assert shown["collection"]["info"]["_postman_id"] == made["id"]


def test_an_id_that_something_seen_has_is_refused(world: World) -> None:
    stranger, owner = newcomer(world), newcomer(world)
    seen = owner.collection(owner.workspace("team"))
    response = stranger.post("/collections", owner.get(f"/collections/{seen}").json())
    assert response.status_code == 400
    assert error_of(response)["name"] == "instanceFoundError"


def test_everyone_creates_in_their_own_personal_workspace(world: World) -> None:
    person = newcomer(world)
    (workspace,) = person.get("/workspaces").json()["workspaces"]
    assert (workspace["type"], workspace["createdBy"]) == ("personal", str(person.id))
    person.made("/environments", {"environment": {"name": "e"}})
    listed = person.get("/environments", workspace=workspace["id"]).json()["environments"]
    assert [each["owner"] for each in listed] == [str(person.id)]


def test_who_lost_the_personal_workspace_is_given_another(world: World) -> None:
    person = newcomer(world)
    (workspace,) = person.get("/workspaces").json()["workspaces"]
    world.wait(world.store.delete_workspace, workspace["id"])
    person.made("/environments", {"environment": {"name": "e"}})
    (other,) = person.get("/workspaces").json()["workspaces"]
    assert other["type"] == "personal"


def test_nothing_is_put_into_a_workspace_that_is_gone_or_unseen(world: World) -> None:
    """Whatever a handler has looked up before."""
    owner, stranger = newcomer(world), newcomer(world)
    workspace = owner.workspace("private")
    uid = owner.collection(workspace)
    document = world.wait(world.store.document, "collection", uid[-36:])
    assert document is not None
    copy = replace(document, id=world.new_id())
    with pytest.raises(ApiError, match=r"400.*workspace does not exist"):
        world.wait(UserStore(world.store, stranger.user).add_document, copy)
    world.wait(world.store.delete_workspace, workspace)
    with pytest.raises(ApiError, match=r"400.*workspace does not exist"):
        world.wait(UserStore(world.store, owner.user).add_document, copy)


def test_a_uid_names_who_made_the_thing_whoever_changed_it(world: World) -> None:
    owner, editor = newcomer(world), newcomer(world)
    uid = owner.collection(owner.workspace("team"))
    body = owner.get(f"/collections/{uid}").json()
    body["collection"]["info"]["name"] = "changed"
    assert editor.put(f"/collections/{uid}", body).json()["collection"]["uid"] == uid
    info = owner.get(f"/collections/{uid}").json()["collection"]["info"]
    assert info["lastUpdatedBy"] == str(editor.id)


def test_only_its_creator_takes_a_workspace_out_of_sight(world: World) -> None:
    owner, admin = newcomer(world), newcomer(world, "admin")
    workspace = world.wait(world.store.workspace, owner.workspace("team"))
    assert workspace is not None
    path = f"/workspaces/{workspace.id}"
    hidden = {"workspace": {"name": "mine", "type": "private"}}
    assert admin.put(path, hidden).status_code == 403
    assert admin.get(path).status_code == 200
    assert owner.put(path, hidden).status_code == 200
    assert admin.get(path).status_code == 404


def test_a_user_store_offers_nothing_that_its_rules_do_not_cover() -> None:
    offered = {name for name in vars(UserStore) if not name.startswith("_")}
    about_accounts = {
        name
        for name in vars(Store)
        if any(word in name for word in ("user", "key")) and not name.startswith("_")
    }
    own = {"user", "count_own_calls"}
    assert offered - own <= set(vars(Store)) - about_accounts
    for name in offered - own:
        kept, promised = (
            set(inspect.signature(vars(each)[name]).parameters) for each in (UserStore, Store)
        )
        assert promised - kept <= {"scope"}
