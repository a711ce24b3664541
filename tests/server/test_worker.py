"""A worker on its own: what it does when nobody leads it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import postiche
from postiche.server.board import new_memory
from postiche.server.peers import Place
from postiche.server.workers import READY, Job

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has one worker")


def begun(link: socket.socket, *descriptors: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "postiche.server.worker", str(link.fileno())],
        pass_fds=(link.fileno(), *descriptors),
        env=os.environ | {"PYTHONPATH": str(Path(postiche.__file__).parents[1])},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_without_a_job_ends_at_once() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        process = begun(theirs)
    ours.close()
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def told(database_url: str) -> tuple[int, str, bytes]:
    """The exit code and errors of a worker with such a database, and what it has said, once
    it is alone."""
    ours, theirs = socket.socketpair()
    memory, (wakes, bell) = new_memory(1), os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listening, ours:
        job = Job(
            {"database_url": database_url, "port": 0},
            [listening.fileno()],
            [],
            Place(0, 1, memory, wakes, (bell,)),
        )
        with theirs:
            process = begun(theirs, listening.fileno(), memory, wakes, bell)
        ours.sendall(job.written())
        said = ours.recv(1)
    _, errors = process.communicate(timeout=30)
    for number in (memory, wakes, bell):
        os.close(number)
    return process.returncode, errors, said


def test_a_worker_says_that_it_answers_and_ends_with_its_supervisor(tmp_path: Path) -> None:
    assert told(f"sqlite:///{tmp_path / 'postiche.db'}") == (0, "", READY)


def test_a_worker_that_cannot_serve_says_why(tmp_path: Path) -> None:
    code, errors, said = told(f"sqlite:///{tmp_path}")
    assert (code, said) == (1, b"")
    assert errors.startswith("postiche: Cannot open the database")
