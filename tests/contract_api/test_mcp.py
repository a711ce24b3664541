"""Postman's official MCP server drives a live server: each tool is called, its answer checked.

A tool is left out if the operation it stands for is not in the official
definition (LEFT_OUT says which): Postiche answers those with 501.
"""

import time
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from tests.serving import Serving, serving_postiche

from .mcp_client import Mcp, ToolError, mcp_session

Json: TypeAlias = dict[str, Any]

TOOLS = {
    "workspaces": """createWorkspace deleteWorkspace getWorkspace getWorkspaces updateWorkspace
        getWorkspaceGlobalVariables updateWorkspaceGlobalVariables getAuthenticatedUser""",
    "collections": """createCollection deleteCollection getCollection getCollections
        patchCollection putCollection getCollectionUpdatesTasks duplicateCollection
        getDuplicateCollectionTaskStatus runCollection""",
    "folders": """createCollectionFolder deleteCollectionFolder getCollectionFolder
        updateCollectionFolder transferCollectionFolders""",
    "requests": """createCollectionRequest deleteCollectionRequest getCollectionRequest
        updateCollectionRequest transferCollectionRequests""",
    "responses": """createCollectionResponse deleteCollectionResponse getCollectionResponse
        updateCollectionResponse transferCollectionResponses""",
    "environments": """createEnvironment deleteEnvironment getEnvironment getEnvironments
        patchEnvironment putEnvironment""",
    "mocks": "createMock deleteMock getMock getMocks updateMock publishMock unpublishMock",
    "server responses": """createMockServerResponse deleteMockServerResponse
        getMockServerResponse getMockServerResponses updateMockServerResponse""",
    "specs": """createSpec deleteSpec getSpec getAllSpecs getSpecDefinition updateSpecProperties
        createSpecFile deleteSpecFile getSpecFile getSpecFiles updateSpecFile generateCollection
        getSpecCollections syncSpecWithCollection getAsyncSpecTaskStatus
        generateSpecFromCollection getGeneratedCollectionSpecs syncCollectionWithSpec""",
}
"""The tools that each test below calls, every one of them."""

LEFT_OUT = """
    getCollectionTags updateCollectionTags getWorkspaceTags updateWorkspaceTags
    getCollectionForks getCollectionsForkedByUser createCollectionFork mergeCollectionFork
    pullCollectionChanges getSourceCollectionStatus
    getCollectionPullRequests createCollectionPullRequest
    createCollectionComment deleteCollectionComment getCollectionComments updateCollectionComment
    updateApiCollectionComment deleteApiCollectionComment
    createFolderComment deleteFolderComment getFolderComments updateFolderComment
    createRequestComment deleteRequestComment getRequestComments updateRequestComment
    createResponseComment deleteResponseComment getResponseComments updateResponseComment
    getWorkspaceActivityFeed transferWorkspaceElement transferWorkspaceToTeam
    managePartnerWorkspaceInvites getAllWorkspaceRoles getWorkspaceRoles updateWorkspaceRoles
    getWorkspaceUpdates createWorkspaceUpdate getWorkspaceUpdate patchWorkspaceUpdate
    deleteWorkspaceUpdate listPrivateNetworkWorkspaces addWorkspaceToPrivateNetwork
    removeWorkspaceFromPrivateNetwork getApiCatalogSystemEnvironments
    createApiCatalogSystemEnvironment getApiCatalogSystemEnvironment
    updateApiCatalogSystemEnvironment getApiCatalogSystemEnvironmentAssociations
    addApiCatalogSystemEnvironmentAssociations removeApiCatalogSystemEnvironmentAssociations
    getApiCatalogServiceSpecificationLints
"""
SUBJECTS = ("workspace", "collection", "folder", "request", "response", "environment", "mock")
OTHER_SUBJECTS = ("pullrequest", "networkaddrequest", "accessrequest")

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
UNKNOWN = "00000000-0000-4000-8000-00000000dead"
GONE = "(?i)404|not found"
"""How tools tell that something is not there."""

ENDED = {"completed", "successful", "failed"}

OPENAPI = """\
openapi: 3.0.0
info: {title: Spacecraft, version: 1.0.0}
servers: [{url: https://space.test}]
paths:
  /docks:
    get:
      operationId: listDocks
      responses:
        "200":
          description: OK
          content: {application/json: {example: [{id: 1}]}}
"""


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving_postiche(tmp_path_factory.mktemp("postiche")) as serving:
        yield serving


@pytest.fixture(scope="module")
def session(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mcp]:
    with mcp_session(serving, tmp_path_factory.mktemp("mcp")) as opened:
        yield opened


@pytest.fixture
def mcp(session: Mcp) -> Mcp:
    session.called.clear()
    return session


@pytest.fixture
def workspace(session: Mcp) -> str:
    made = session.call("createWorkspace", workspace={"name": "harbour", "type": "team"})
    return str(made["workspace"]["id"])


@pytest.fixture
def collection(session: Mcp, workspace: str) -> Json:
    """A collection with one request, which has one response, as getCollection tells it."""
    asked = {"method": "GET", "url": "https://postman-echo.com/get"}
    example = {"name": "OK", "originalRequest": asked, "code": 200, "body": "{}", "header": []}
    items = [{"name": "get", "request": asked, "response": [example]}]
    uid = new_collection(session, workspace, items)
    return whole(session, uid)


def new_collection(mcp: Mcp, workspace: str, items: list[Json], name: str = "shop") -> str:
    document = {"info": {"name": name, "schema": SCHEMA}, "item": items}
    made = mcp.call("createCollection", workspace=workspace, collection=document)
    return str(made["collection"]["uid"])


def empty(name: str) -> Json:
    return {"info": {"name": name, "schema": SCHEMA}, "item": []}


def whole(mcp: Mcp, uid: str) -> Json:
    return dict(mcp.call("getCollection", collectionId=uid, model="full")["collection"])


def replace_later(serving: Serving, uid: str, collection: Json) -> str:
    """The id of a task that replaces a collection: putCollection takes `Prefer`, but sends none."""
    with serving.client() as client:
        body = {"collection": collection}
        answer = client.put(f"/collections/{uid}", json=body, headers={"prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task"]["id"])


def ended(mcp: Mcp, tool: str, **arguments: Any) -> str:
    """The status of a task once it is no longer under way, within ten seconds."""
    for _ in range(100):
        answer = mcp.call(tool, **arguments)
        status = str(answer.get("task", answer)["status"])
        if status in ENDED:
            return status
        time.sleep(0.1)
    return status


def listed(mcp: Mcp, tool: str, key: str, **arguments: Any) -> list[Json]:
    """What a tool for a list answers, which is JSON for some of them and a table for others."""
    answer = mcp.call(tool, **arguments)
    return list(answer[key]) if isinstance(answer, dict) else table(answer)


def table(text: str) -> list[Json]:
    """The rows of a Markdown table, with text as values."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return [dict(zip(head, row, strict=True)) for row in rows]


def names(things: list[Json]) -> list[str]:
    return sorted(thing["name"] for thing in things)


def called_all(mcp: Mcp, subject: str) -> bool:
    missing = set(TOOLS[subject].split()) - mcp.called
    assert missing == set()
    return True


def test_every_tool_for_these_things_is_called_or_left_out(mcp: Mcp) -> None:
    accounted = {*" ".join(TOOLS.values()).split(), *LEFT_OUT.split()}
    about = {tool for tool in mcp.tools() if _is_about_them(tool)}
    assert about - accounted == set()
    assert accounted - set(mcp.tools()) == set()


def _is_about_them(tool: str) -> bool:
    plain = tool.lower()
    return any(word in plain for word in (*SUBJECTS, "spec")) and not any(
        word in plain for word in OTHER_SUBJECTS
    )


def test_workspaces(mcp: Mcp) -> None:
    me = mcp.call("getAuthenticatedUser")["user"]
    made = mcp.call(
        "createWorkspace", workspace={"name": "quay", "type": "personal", "description": "d"}
    )["workspace"]
    assert made["name"] == "quay"
    here = {"workspaceId": made["id"]}
    assert "quay" in names(listed(mcp, "getWorkspaces", "workspaces"))
    found = mcp.call("getWorkspace", **here)["workspace"]
    assert (found["type"], found["description"]) == ("personal", "d")
    assert str(found["createdBy"]) == str(me["id"])
    changed = mcp.call("updateWorkspace", **here, workspace={"name": "pier"})["workspace"]
    assert (changed["id"], changed["name"]) == (made["id"], "pier")
    value = {"key": "host", "type": "default", "value": "h", "enabled": True, "description": ""}
    mcp.call("updateWorkspaceGlobalVariables", **here, values=[value])
    (kept,) = mcp.call("getWorkspaceGlobalVariables", **here)["values"]
    assert (kept["key"], kept["value"]) == ("host", "h")
    assert mcp.call("deleteWorkspace", **here)["workspace"]["id"] == made["id"]
    with pytest.raises(ToolError, match=GONE):
        mcp.call("getWorkspace", **here)
    assert called_all(mcp, "workspaces")


def test_collections(mcp: Mcp, serving: Serving, workspace: str) -> None:
    uid = new_collection(mcp, workspace, [], name="first")
    it = {"collectionId": uid}
    assert names(listed(mcp, "getCollections", "collections", workspace=workspace)) == ["first"]
    document = whole(mcp, uid)
    assert document["info"]["name"] == "first"
    assert document["item"] == []

    mcp.call("patchCollection", **it, collection={"info": {"name": "second"}})
    assert whole(mcp, uid)["info"]["name"] == "second"
    put = mcp.call("putCollection", **it, collection=empty("third"))
    assert put["collection"]["uid"] == uid
    task = replace_later(serving, uid, empty("fourth"))
    assert ended(mcp, "getCollectionUpdatesTasks", taskId=task) == "successful"
    assert whole(mcp, uid)["info"]["name"] == "fourth"

    copying = mcp.call("duplicateCollection", **it, workspace=workspace, suffix="copy")["task"]
    status = ended(mcp, "getDuplicateCollectionTaskStatus", taskId=copying["id"])
    assert status == "completed"
    found = listed(mcp, "getCollections", "collections", workspace=workspace)
    assert names(found) == ["fourth", "fourth copy"]
    assert "Failed requests: 0" in mcp.call("runCollection", **it)
    assert mcp.call("deleteCollection", **it)["collection"]["uid"] == uid
    with pytest.raises(ToolError, match="could not find the collection"):
        mcp.call("getCollection", **it)
    assert called_all(mcp, "collections")


def test_folders(mcp: Mcp, workspace: str, collection: Json) -> None:
    here = {"collectionId": collection["info"]["_postman_id"]}
    made = mcp.call("createCollectionFolder", **here, name="f")
    folder = made["model_id"]
    assert (made["meta"]["model"], made["data"]["name"]) == ("folder", "f")
    it = {**here, "folderId": folder}
    assert mcp.call("getCollectionFolder", **it)["data"]["id"] == folder
    changed = mcp.call("updateCollectionFolder", **it, name="g", description="why")
    assert (changed["data"]["name"], changed["data"]["description"]) == ("g", "why")

    other = whole(mcp, new_collection(mcp, workspace, []))["info"]
    owner = other["uid"].partition("-")[0]
    moved = mcp.call(
        "transferCollectionFolders",
        ids=[f"{owner}-{folder}"],
        mode="move",
        target={"id": other["uid"], "model": "collection"},
        location={"id": None, "model": None, "position": "start"},
    )
    (there,) = moved["ids"]
    assert names(whole(mcp, other["uid"])["item"]) == ["g"]
    assert names(whole(mcp, collection["info"]["uid"])["item"]) == ["get"]

    gone = {"collectionId": other["_postman_id"], "folderId": there.partition("-")[2]}
    assert mcp.call("deleteCollectionFolder", **gone)["meta"]["action"] == "destroy"
    assert whole(mcp, other["uid"])["item"] == []
    assert called_all(mcp, "folders")


def test_requests(mcp: Mcp, collection: Json) -> None:
    info = collection["info"]
    here = {"collectionId": info["_postman_id"]}
    folder = mcp.call("createCollectionFolder", **here, name="f")["model_id"]
    made = mcp.call(
        "createCollectionRequest", **here, name="r", method="POST", url="https://x.test/a"
    )
    it = {**here, "requestId": made["model_id"]}
    assert (made["data"]["method"], made["data"]["url"]) == ("POST", "https://x.test/a")
    assert mcp.call("getCollectionRequest", **it)["data"]["name"] == "r"
    changed = mcp.call("updateCollectionRequest", **it, name="s", method="PUT")["data"]
    assert (changed["name"], changed["method"], changed["url"]) == ("s", "PUT", "https://x.test/a")
    owner = info["uid"].partition("-")[0]
    moved = mcp.call(
        "transferCollectionRequests",
        ids=[f"{owner}-{made['model_id']}"],
        mode="copy",
        target={"id": f"{owner}-{folder}", "model": "folder"},
        location={"id": None, "model": None, "position": "end"},
    )
    assert len(moved["ids"]) == 1
    document = whole(mcp, info["uid"])
    assert names(document["item"]) == ["f", "get", "s"]
    inside = next(item for item in document["item"] if item["name"] == "f")
    assert names(inside["item"]) == ["s"]
    assert mcp.call("deleteCollectionRequest", **it)["meta"]["action"] == "destroy"
    assert names(whole(mcp, info["uid"])["item"]) == ["f", "get"]
    assert called_all(mcp, "requests")


def test_responses(mcp: Mcp, collection: Json) -> None:
    info = collection["info"]
    here = {"collectionId": info["_postman_id"]}
    request = collection["item"][0]["id"]
    made = mcp.call(
        "createCollectionResponse",
        **here,
        request=request,
        name="gone",
        responseCode={"code": 410, "name": "Gone"},
        text="gone",
    )
    it = {**here, "responseId": made["model_id"]}
    found = mcp.call("getCollectionResponse", **it)["data"]
    assert (found["name"], found["responseCode"]["code"], found["text"]) == ("gone", 410, "gone")
    changed = mcp.call("updateCollectionResponse", **it, name="away")["data"]
    assert (changed["name"], changed["text"]) == ("away", "gone")
    owner = info["uid"].partition("-")[0]
    other = mcp.call("createCollectionRequest", **here, name="r")["model_id"]
    moved = mcp.call(
        "transferCollectionResponses",
        ids=[f"{owner}-{made['model_id']}"],
        mode="move",
        target={"id": f"{owner}-{other}", "model": "request"},
        location={"id": None, "model": None, "position": "start"},
    )
    (there,) = moved["ids"]
    by_name = {item["name"]: item for item in whole(mcp, info["uid"])["item"]}
    assert names(by_name["r"]["response"]) == ["away"]
    assert names(by_name["get"]["response"]) == ["OK"]
    it["responseId"] = there.partition("-")[2]
    assert mcp.call("deleteCollectionResponse", **it)["meta"]["action"] == "destroy"
    with pytest.raises(ToolError, match=GONE):
        mcp.call("getCollectionResponse", **it)
    assert called_all(mcp, "responses")


def test_environments(mcp: Mcp, workspace: str) -> None:
    value = {"key": "a", "value": "1", "type": "default", "enabled": True, "description": ""}
    body = {"name": "test", "values": [value]}
    made = mcp.call("createEnvironment", workspace=workspace, environment=body)["environment"]
    it = {"environmentId": made["uid"]}
    assert names(listed(mcp, "getEnvironments", "environments", workspace=workspace)) == ["test"]
    found = mcp.call("getEnvironment", **it)["environment"]
    assert (found["values"][0]["key"], found["values"][0]["value"]) == ("a", "1")
    mcp.call("putEnvironment", **it, environment={"name": "stage", "values": [value]})
    patch = [{"op": "replace", "path": "/values/0/value", "value": "2"}]
    mcp.call("patchEnvironment", **it, body=patch)
    changed = mcp.call("getEnvironment", **it)["environment"]
    assert (changed["name"], changed["values"][0]["value"]) == ("stage", "2")
    assert mcp.call("deleteEnvironment", **it)["environment"]["uid"] == made["uid"]
    with pytest.raises(ToolError, match="could not find the environment"):
        mcp.call("getEnvironment", **it)
    assert called_all(mcp, "environments")


def test_mocks(mcp: Mcp, workspace: str, collection: Json) -> None:
    uid = collection["info"]["uid"]
    made = mcp.call("createMock", workspace=workspace, mock={"collection": uid, "name": "m"})
    mock = made["mock"]
    it = {"mockId": mock["id"]}
    assert (mock["collection"], mock["name"]) == (uid, "m")
    assert mock["mockUrl"].startswith("http")
    assert names(listed(mcp, "getMocks", "mocks", workspace=workspace)) == ["m"]
    changed = mcp.call("updateMock", **it, mock={"collection": uid, "name": "n"})["mock"]
    assert (changed["id"], changed["name"]) == (mock["id"], "n")
    assert mcp.call("unpublishMock", **it)["mock"]["id"] == mock["id"]
    with pytest.raises(ToolError, match="mockAlreadyUnpublishedError"):
        mcp.call("unpublishMock", **it)
    assert mcp.call("publishMock", **it)["mock"]["id"] == mock["id"]
    with pytest.raises(ToolError, match="mockAlreadyPublishedError"):
        mcp.call("publishMock", **it)
    assert mcp.call("getMock", **it)["mock"]["id"] == mock["id"]
    assert mcp.call("deleteMock", **it)["mock"]["id"] == mock["id"]
    with pytest.raises(ToolError, match=GONE):
        mcp.call("getMock", **it)
    assert called_all(mcp, "mocks")


def test_server_responses(mcp: Mcp, workspace: str, collection: Json) -> None:
    uid = collection["info"]["uid"]
    mock = mcp.call("createMock", workspace=workspace, mock={"collection": uid})["mock"]["id"]
    body = {"name": "down", "statusCode": 503, "body": "later", "language": "text"}
    made = mcp.call("createMockServerResponse", mockId=mock, serverResponse=body)
    assert (made["name"], made["statusCode"], made["mock"]) == ("down", 503, mock)
    it = {"mockId": mock, "serverResponseId": made["id"]}
    assert names(mcp.call("getMockServerResponses", mockId=mock)) == ["down"]
    assert mcp.call("getMockServerResponse", **it)["body"] == "later"
    changed = mcp.call("updateMockServerResponse", **it, serverResponse={"statusCode": 500})
    assert (changed["statusCode"], changed["name"]) == (500, "down")
    active = {"collection": uid, "config": {"serverResponseId": made["id"]}}
    assert (
        mcp.call("updateMock", mockId=mock, mock=active)["mock"]["config"]["serverResponseId"]
        == made["id"]
    )
    assert mcp.call("deleteMockServerResponse", **it)["id"] == made["id"]
    assert mcp.call("getMockServerResponses", mockId=mock) == []
    assert called_all(mcp, "server responses")


def test_specs(mcp: Mcp, workspace: str, collection: Json) -> None:
    files = [{"path": "index.yaml", "content": OPENAPI, "type": "ROOT"}]
    made = mcp.call(
        "createSpec", workspaceId=workspace, name="Spacecraft", type="OPENAPI:3.0", files=files
    )
    it = {"specId": made["id"]}
    assert names(listed(mcp, "getAllSpecs", "specs", workspaceId=workspace)) == ["Spacecraft"]
    assert mcp.call("getSpec", **it)["type"] == "OPENAPI:3.0"
    assert mcp.call("updateSpecProperties", **it, name="Capsule")["name"] == "Capsule"
    assert "listDocks" in str(mcp.call("getSpecDefinition", **it))

    mcp.call("createSpecFile", **it, path="schemas.yaml", content="a: 1\n")
    one = {**it, "filePath": "schemas.yaml"}
    found = listed(mcp, "getSpecFiles", "files", **it)
    assert sorted(file["path"] for file in found) == ["index.yaml", "schemas.yaml"]
    mcp.call("updateSpecFile", **one, content="a: 2\n")
    assert mcp.call("getSpecFile", **one)["content"] == "a: 2\n"
    mcp.call("deleteSpecFile", **one)
    assert len(listed(mcp, "getSpecFiles", "files", **it)) == 1

    kind = {"elementType": "collection"}
    making = mcp.call("generateCollection", **it, **kind, name="made", options={})
    task = {"elementType": "specs", "elementId": made["id"]}
    assert ended(mcp, "getAsyncSpecTaskStatus", **task, taskId=making["taskId"]) == "completed"
    (generated,) = listed(mcp, "getSpecCollections", "collections", **it, **kind)
    assert generated["state"] == "in-sync"
    synchronizing = mcp.call("syncSpecWithCollection", **it, collectionUid=generated["id"])
    sync = synchronizing["taskId"]
    assert ended(mcp, "getAsyncSpecTaskStatus", **task, taskId=sync) == "completed"

    mcp.call("deleteSpec", **it)
    with pytest.raises(ToolError, match=GONE):
        mcp.call("getSpec", **it)
    a_spec_of_a_collection(mcp, collection["info"]["uid"])
    assert called_all(mcp, "specs")


def a_spec_of_a_collection(mcp: Mcp, uid: str) -> None:
    """Make a spec of a collection."""
    of = {"collectionUid": uid, "elementType": "spec"}
    making = mcp.call(
        "generateSpecFromCollection", **of, name="made", type="OPENAPI:3.0", format="YAML"
    )
    task = {"elementType": "collections", "elementId": uid, "taskId": making["taskId"]}
    assert ended(mcp, "getAsyncSpecTaskStatus", **task) == "completed"
    (spec,) = listed(mcp, "getGeneratedCollectionSpecs", "specs", **of)
    assert spec["name"] == "made"
    synchronizing = mcp.call("syncCollectionWithSpec", collectionUid=uid, specId=spec["id"])
    task["taskId"] = synchronizing["taskId"]
    assert ended(mcp, "getAsyncSpecTaskStatus", **task) == "completed"
