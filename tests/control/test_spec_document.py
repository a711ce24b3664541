import pytest

from postiche.control import wire
from postiche.control.spec_document import (
    MAX_FILES,
    Spec,
    check_files,
    check_path,
    read_spec,
    write_spec,
)


def spec(*paths: str) -> Spec:
    made = Spec("OPENAPI:3.0")
    for path in paths:
        made.files.append({"path": path, "type": "DEFAULT"})
        made.write(made.files[-1], f"text of {path}")
    made.files[0]["type"] = "ROOT"
    return made


def test_a_spec_survives_being_stored() -> None:
    made = spec("a.yml", "b.json")
    read = read_spec(write_spec(made))
    assert read == made
    assert (read.root["path"], read.format) == ("a.yml", "yaml")
    assert read.by_path() == {"a.yml": "text of a.yml", "b.json": "text of b.json"}


def test_a_text_is_kept_as_long_as_something_holds_it() -> None:
    made = spec("a.json")
    made.tags.append({"id": "1", "name": "v1", "files": [dict(made.files[0])]})
    made.write(made.files[0], "new")
    assert sorted(read_spec(write_spec(made)).texts.values()) == ["new", "text of a.json"]
    made.tags.clear()
    assert list(read_spec(write_spec(made)).texts.values()) == ["new"]


def test_the_state_follows_paths_types_and_texts() -> None:
    made = spec("a.json", "b.json")
    states = {made.state}
    made.write(made.files[1], "new")
    states.add(made.state)
    made.files[1]["path"] = "c.json"
    states.add(made.state)
    assert len(states) == 3
    made.files.reverse()
    assert made.state in states


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a.json",
        "a/",
        "a//b.json",
        "./a.json",
        "a/../b.json",
        "a\\b.json",
        " a.json",
        "a\n.json",
        "x" * 600 + ".json",
        "a.txt",
        "json",
    ],
)
def test_odd_paths_are_refused(path: str) -> None:
    with pytest.raises(wire.ApiError):
        check_path(path, "OPENAPI:3.1")


def test_paths_may_have_folders_and_capitals() -> None:
    check_path("a/b c/D.YAML", "OPENAPI:3.1")
    check_path("é.proto", "PROTOBUF:2")


def test_there_can_be_only_so_many_files() -> None:
    files = [{"path": f"{n}.json", "content": ""} for n in range(MAX_FILES + 1)]
    with pytest.raises(wire.ApiError):
        check_files(files, "OPENAPI:3.0")
