"""Nothing a client sends to what is inside a collection breaks the API or the collection."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .test_hostile import ODD_TEXT, SCALARS, few
from .test_items import Shop
from .world import UNKNOWN_ID, World

PROPERTIES = """
    id name description method url headers headerData queryParams pathVariableData pathVariables
    dataMode data rawModeData graphqlModeData dataOptions dataDisabled auth events variables tests
    preRequestScript protocolProfileBehavior responses requests folder request status responseCode
    code time cookies mime text language rawDataType requestObject key value enabled equals type
    src listen script exec collection info variable ids target location position model mode op path
    values workspace suffix raw
"""
NAMES = st.sampled_from(PROPERTIES.split())
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=6)
REQUEST_TEXTS = OBJECTS.map(lambda fields: {"requestObject": orjson.dumps(fields).decode()})


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


@few
@given(
    body=OBJECTS | REQUEST_TEXTS,
    query=st.dictionaries(NAMES | st.just("folderId"), ODD_TEXT, max_size=2),
)
def test_no_body_breaks_an_item(shop: Shop, body: object, query: dict[str, str]) -> None:
    asked = [("PUT", path) for path in shop.paths.values()]
    asked += [("POST", f"{shop.path}/{each}s") for each in shop.paths]
    asked += [("POST", f"{shop.path}/responses?request={shop.request['id']}")]
    asked += [("PATCH", shop.path), ("POST", f"{shop.path}/duplicates")]
    for method, path in asked:
        params = None if "?" in path else query
        assert shop.world.ask(method, path, json=body, params=params).status_code < 500
    for path in shop.paths.values():
        shown = shop.world.get(path, populate="true")
        assert shown.status_code == 200
        assert shop.world.put(path, shown.json()["data"]).status_code == 200
    assert shop.world.put(shop.path, shop.world.get(shop.path).json()).status_code == 200


@few
@given(collection=OBJECTS, patch=st.lists(OBJECTS, max_size=3), target=OBJECTS, location=OBJECTS)
def test_no_body_breaks_a_patch_or_a_transfer(
    shop: Shop, collection: object, patch: object, target: object, location: object
) -> None:
    world = shop.world
    environment = world.environment({"key": "a"})
    transfer = {
        "ids": [shop.request["uid"]],
        "mode": "copy",
        "target": target,
        "location": location,
    }
    for method, path, body in [
        ("PATCH", shop.path, {"collection": collection}),
        ("PATCH", f"/environments/{environment}", patch),
        ("PUT", f"/workspaces/{world.workspace()}/global-variables", collection),
        ("PUT", f"/workspaces/{UNKNOWN_ID}", {"workspace": collection}),
        *(("POST", f"/collection-{each}s-transfers", transfer) for each in shop.paths),
    ]:
        assert world.ask(method, path, json=body).status_code < 500
    assert world.get(shop.path).status_code == 200
    assert world.get(f"/environments/{environment}").status_code == 200


@pytest.mark.parametrize("depth", [200, 240, *range(246, 258), 1000, 1020])
def test_a_body_of_brackets_breaks_nothing(shop: Shop, depth: int) -> None:
    world, environment = shop.world, shop.world.environment({"key": "a"})
    nested = orjson.Fragment(b"[" * depth + b"]" * depth)
    text = orjson.dumps({"graphqlModeData": {"a": nested}}).decode()
    inner = {"graphqlModeData": {"a": nested}, "auth": {"a": nested}, "responses": [{}]}
    variable = {"op": "replace", "path": "/values/0", "value": {"key": "a", "a": nested}}
    auth = {"type": "basic", "basic": [{"key": "a", "a": nested}]}
    for method, path, body in [
        ("PUT", shop.paths["folder"], {"auth": {"a": nested}}),
        ("PUT", shop.paths["request"], inner),
        ("PUT", shop.paths["response"], {"requestObject": text}),
        ("POST", f"{shop.path}/folders", {"requests": [inner]}),
        ("POST", f"{shop.path}/responses?request={shop.request['id']}", {"requestObject": text}),
        ("PATCH", f"/environments/{environment}", [variable]),
        ("PATCH", shop.path, {"collection": {"auth": auth}}),
    ]:
        response = world.ask(method, path, content=orjson.dumps(body))
        assert response.status_code in (200, 400), (method, path)
        for page in (shop.path, f"/environments/{environment}", *shop.paths.values()):
            assert world.get(page, populate="true").status_code == 200
