"""What a command loads before it does its work: `postiche run` starts at once because it
loads nothing that it does not use."""

import re
from pathlib import Path

import httpx
import pytest

from .commands import COLLECTION, ENVIRONMENT, postiche, started

HEAVY = {
    *("aiosqlite", "annotated_types", "faker", "importlib.metadata", "jsonschema_rs"),
    *("platformdirs", "pydantic", "pydantic_core", "pydantic_settings", "python_multipart"),
    *("rapidfuzz", "rich", "sqlalchemy", "sqlite3", "starlette", "typer", "typing_extensions"),
    *("yaml", "postiche.cli.commands", "postiche.control", "postiche.importers"),
    *("postiche.server.composition", "postiche.server.settings", "postiche.store.sql"),
}

TRACED = {"PYTHONPROFILEIMPORTTIME": "1"}


def loaded(trace: str) -> set[str]:
    """The modules in a trace of imports, and the packages that they are in."""
    names = re.findall(r"^import time: .*\| +([\w.]+)$", trace, re.MULTILINE)
    parts = (name.split(".") for name in names)
    return {".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}


@pytest.mark.parametrize("flags", [[], ["--quiet", "--environment", ENVIRONMENT]])
def test_run_answers_before_anything_heavy_is_loaded(tmp_path: Path, flags: list[str]) -> None:
    with started(tmp_path, "run", COLLECTION, "--port", "0", *flags, **TRACED) as command:
        url = command.wait_for(r"GET (http\S+)")
        assert httpx.get(url).status_code == 200
        modules = loaded(command.err)
    assert "postiche.server.ephemeral" in modules
    assert not modules & HEAVY


def test_the_version_loads_next_to_nothing() -> None:
    modules = loaded(postiche("--version", **TRACED).stderr)
    assert "postiche.cli.entry" in modules
    assert not modules & (HEAVY | {"asyncio", "logging", "uvicorn", "postiche.model"})


def test_help_loads_no_server() -> None:
    modules = loaded(postiche("--help", **TRACED).stderr)
    assert "typer" in modules
    assert not modules & {"asyncio", "uvicorn", "sqlalchemy", "starlette", "pydantic_settings"}


def test_a_trace_is_read_with_its_packages() -> None:
    trace = "import time:       194 |        298 |     rich.console\nother: | typer"
    assert loaded(trace) == {"rich", "rich.console"}
