from postiche.control.item_tree import find, insert, places, taken_ids

EXAMPLE = {"id": "e", "name": "e"}
REQUEST = {"id": "R", "request": {}, "response": [None, EXAMPLE]}
FOLDER = {"id": "f", "info": "an unknown key", "item": [REQUEST, {"id": "g", "item": None}]}
TREE = {"info": {}, "item": [FOLDER, {"id": "top", "request": "/"}]}


def test_every_node_knows_what_holds_it() -> None:
    found = {each.node["id"]: (each.model, each.holder_id) for each in places(TREE)}
    assert found == {
        "f": ("folder", None),
        "top": ("request", None),
        "R": ("request", "f"),
        "g": ("folder", "f"),
        "e": ("response", "R"),
    }


def test_a_node_is_found_in_any_case_but_only_as_what_it_is() -> None:
    place = find(TREE, "request", "r")
    assert place is not None
    assert place.node is REQUEST
    assert find(TREE, "folder", "r") is None
    assert find(TREE, "request", "x") is None


def test_ids_are_taken_in_any_case() -> None:
    assert taken_ids(TREE) == {"f", "top", "r", "g", "e"}


def test_a_node_goes_into_a_list_that_is_not_there_yet() -> None:
    holder: dict[str, object] = {"item": None}
    insert(holder, "item", 0, EXAMPLE)
    insert(holder, "response", 0, EXAMPLE)
    assert holder == {"item": [EXAMPLE], "response": [EXAMPLE]}


def test_a_removed_node_leaves_its_namesakes() -> None:
    kept, gone = dict(EXAMPLE), dict(EXAMPLE)
    request = {"id": "r", "response": [kept, gone]}
    *_, last = places({"item": [request]})
    last.remove()
    assert len(request["response"]) == 1
    assert request["response"][0] is kept
