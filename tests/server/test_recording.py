"""Files that recordings go to; the commands as a whole are `tests/cli/test_recording.py`'s."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from postiche.core.recording.recorder import Added
from postiche.core.recording.upstream import Target
from postiche.model import Exchange, Reply, Request
from postiche.server import recording
from postiche.server.ephemeral import FileError
from postiche.server.recording import (
    CaptureOptions,
    CollectionFile,
    RecordingError,
    RecordOptions,
    TargetError,
    begin,
    capture,
    chosen,
    record_target,
)

TARGET = Target("http", "shop.test", 80)


def written(folder: Path, document: object, **style: Any) -> Path:
    file = folder / "collection.json"
    file.write_text(json.dumps(document, ensure_ascii=False, **style), encoding="utf-8")
    return file


@pytest.mark.parametrize("indent", ["\t", 2, 4, None])
@pytest.mark.parametrize("envelope", [True, False])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_is_written_back_as_it_was(
    tmp_path: Path, indent: str | int | None, envelope: bool, end: str
) -> None:
    tree = {"item": [], "x": {"z": 1.5, "a": "ü/"}, "info": {"name": "c"}, "variable": []}
    style: dict[str, Any] = {"indent": indent} if indent else {"separators": (",", ":")}
    file = written(tmp_path, {"collection": tree} if envelope else tree, **style)
    file.write_text(file.read_text("utf-8") + end, "utf-8")
    before = file.read_bytes()
    CollectionFile(file).save()
    assert file.read_bytes() == before


def test_a_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    file = written(tmp_path, {"item": []})
    file.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(file)
    CollectionFile(link).save()
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["collection.json", "link.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, {"item": []})
    opened = CollectionFile(file)
    opened.tree["item"].append({"name": "new"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RecordingError, match="No space left"):
        opened.save()
    assert json.loads(file.read_bytes()) == {"item": []}
    assert [each.name for each in tmp_path.iterdir()] == ["collection.json"]


def test_what_is_no_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="must have an array 'item'"):
        CollectionFile(written(tmp_path, {"info": {}}), name="x")
    with pytest.raises(FileError, match="No such file"):
        CollectionFile(tmp_path / "missing.json")


def test_a_recording_is_in_the_file_soon_and_wholly_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "SAVE_SECONDS", 0.01)
    out = tmp_path / "new" / "recorded.json"
    told: list[Added] = []

    def recorded() -> int:
        return len(json.loads(out.read_bytes())["item"])

    async def main() -> None:
        options = RecordOptions("http://shop.test", out)
        made = begin(options, TARGET, lambda _, added: told.append(added))
        assert recorded() == 0
        async with made.kept():
            made.add(Exchange(Request("GET", "/a"), Reply(200), "OK"))
            for _ in range(500):
                await asyncio.sleep(0.01)
                if recorded():
                    break
            assert recorded() == 1
            made.add(Exchange(Request("GET", "/b"), Reply(200), "OK"))
        assert recorded() == 2

    asyncio.run(main())
    assert [each.request for each in told] == ["GET /a", "GET /b"]
    assert json.loads(out.read_bytes())["variable"] == [
        {"key": "baseUrl", "value": "http://shop.test", "type": "string"}
    ]


def test_a_target_is_a_service_and_not_a_page() -> None:
    assert record_target("http://Shop.test:80/") == TARGET
    with pytest.raises(TargetError, match="give scheme, host and port alone"):
        record_target("http://shop.test?a=b")


def test_requests_are_chosen_by_name_by_path_and_by_id() -> None:
    has_one = {"name": "b", "id": "2", "response": [{}]}
    tree = {"item": [{"name": "f", "item": [{"name": "a", "id": "1"}, has_one]}, {"name": "a"}]}

    def paths(**options: Any) -> list[str]:
        return [place.path for place in chosen(tree, CaptureOptions(**options))]

    assert paths() == ["f / a", "a"]
    assert paths(all=True) == ["f / a", "f / b", "a"]
    assert paths(requests=("a",)) == ["f / a", "a"]
    assert paths(requests=("2", "f / a")) == ["f / a", "f / b"]
    with pytest.raises(TargetError, match="--request c: the collection has no such request"):
        paths(requests=("a", "c"))


def test_an_allow_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    file = CollectionFile(written(tmp_path, {"item": []}))
    options = CaptureOptions(allow_upstream=("http://x",))
    with pytest.raises(TargetError, match="--allow-upstream: http://x is no HOST"):
        asyncio.run(capture(file, None, options, print))
