"""`postiche lint`: its three forms of output and its exit codes."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from postiche.cli.linting import lint_files
from postiche.server.failures import UsageFailure

from .commands import COLLECTION, ENVIRONMENT, postiche

JSON = {"key": "Content-Type", "value": "application/json"}


def written(folder: Path, name: str, *examples: dict[str, Any]) -> Path:
    """A collection file with one request that has these examples."""
    item = {"name": "Get a", "request": "https://h/a", "response": list(examples)}
    file = folder / f"{name}.json"
    document = {"info": {"name": name}, "item": [{"name": "Folder", "item": [item]}]}
    file.write_text(json.dumps(document))
    return file


def saved(name: str, body: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "originalRequest": "https://h/a", "body": body, **more}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return written(tmp_path, "broken", saved("no json", "{,", header=[JSON], id="1"))


@pytest.fixture
def surprising(tmp_path: Path) -> Path:
    return written(tmp_path, "surprising", saved("one\x1b[2J", "{{x}}"))


def run(
    capsys: pytest.CaptureFixture[str], *files: Path, form: Any = "text", strict: bool = False
) -> tuple[int, str]:
    code = lint_files(files, None, form, strict=strict)
    return code, capsys.readouterr().out


def test_findings_are_told_with_where_and_why_and_counted(
    capsys: pytest.CaptureFixture[str], broken: Path, surprising: Path
) -> None:
    code, out = run(capsys, broken, surprising)
    assert code == 1
    assert f"broken  {broken}\n  error   Folder / Get a / no json  body-not-json\n" in out
    assert "          The body is sent as application/json, but it is no JSON" in out
    assert "\x1b" not in out
    assert r"one\x1b[2J" in out
    assert out.endswith("\n1 error, 1 warning in 2 files\n")


def test_strict_counts_warnings_too(capsys: pytest.CaptureFixture[str], surprising: Path) -> None:
    assert run(capsys, surprising)[0] == 0
    assert run(capsys, surprising, strict=True)[0] == 1


def test_a_clean_file_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = written(tmp_path, "clean", saved("ok", "{}", header=[JSON]))
    code, out = run(capsys, file, strict=True)
    assert (code, out.splitlines()[-1]) == (0, "No findings")


def test_json_is_one_document(capsys: pytest.CaptureFixture[str], broken: Path) -> None:
    code, out = run(capsys, broken, form="json")
    document = orjson.loads(out)
    assert code == 1
    assert document["summary"] == {"error": 1, "warning": 0, "info": 0}
    [file] = document["files"]
    assert (file["file"], file["collection"]) == (str(broken), "broken")
    assert file["summary"] == document["summary"]
    [finding] = file["findings"]
    assert (finding["rule"], finding["exampleId"]) == ("body-not-json", "1")


def test_github_gets_one_escaped_command_per_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = written(tmp_path, "a,b", saved("50%\n::error::x", "{,", header=[JSON]))
    _, out = run(capsys, file, form="github")
    [line] = out.splitlines()
    path = str(file).replace(",", "%2C")
    assert line.startswith(f"::error file={path},title=body-not-json::Folder / Get a / 50%25%0A::")


def test_a_file_that_cannot_be_read_is_a_usage_failure(tmp_path: Path, broken: Path) -> None:
    for file, why in ((tmp_path / "nothing.json", "No such file"), (tmp_path, "a folder")):
        with pytest.raises(UsageFailure, match=why):
            lint_files([broken, file], None, "text", strict=False)


def test_the_command_takes_an_environment_and_exits_with_the_code(
    tmp_path: Path, broken: Path
) -> None:
    done = postiche("lint", COLLECTION, "--environment", ENVIRONMENT, "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("No findings\n")
    done = postiche("lint", broken, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert orjson.loads(done.stdout)["summary"]["error"] == 1
    done = postiche("lint", tmp_path / "nothing.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing.json: No such file" in done.stderr
    assert postiche("lint", broken, "--format", "xml").returncode == 2
