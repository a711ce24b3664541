"""Servers are measured with all their children, paused, and gone afterwards."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.processes import Server, ServerFailed, free_port, running, tree, until_answering

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
open("child", "w").write(str(child.pid))
time.sleep(60)
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def child_in(folder: Path) -> int:
    while not (folder / "child").exists() or not (folder / "child").read_text():
        time.sleep(0.01)
    return int((folder / "child").read_text())


def test_children_are_measured_paused_and_ended(tmp_path: Path) -> None:
    with running([sys.executable, "-c", PARENT], tmp_path) as process:
        child = child_in(tmp_path)
        server = Server("busy", process, 0)
        assert tree(process.pid) == [process.pid, child]
        while server.cpu_seconds() < 0.1:
            time.sleep(0.01)
        server.pause()
        assert state_of(child) == "T"
        server.resume()
        assert state_of(child) != "T"
        assert server.resident_bytes() > 1_000_000
    assert state_of(child) in ("", "Z")


def state_of(pid: int) -> str:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout[:1]


def test_a_server_that_ends_has_failed(tmp_path: Path) -> None:
    with (
        running([sys.executable, "-c", "raise SystemExit(3)"], tmp_path) as process,
        pytest.raises(ServerFailed, match="exit code 3"),
    ):
        until_answering(process, free_port(), b"GET / HTTP/1.1\r\n\r\n")
