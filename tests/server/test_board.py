"""What processes see of each other through memory that they share."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import postiche
from postiche.server.board import Board, new_memory

WORKERS = 3

writes = st.lists(st.tuples(st.integers(0, WORKERS - 1), st.integers(0, 2**63)), max_size=30)


@pytest.fixture
def memory() -> Iterator[int]:
    made = new_memory(WORKERS)
    yield made
    os.close(made)


@given(writes)
def test_every_worker_sees_the_highest_revision_at_once(revisions: list[tuple[int, int]]) -> None:
    memory = new_memory(WORKERS)
    boards = [Board(memory, WORKERS) for _ in range(WORKERS)]
    os.close(memory)
    highest = 0
    for column, revision in revisions:
        boards[column].publish(column, revision)
        highest = max(highest, revision)
        assert [each.newest() for each in boards] == [highest] * WORKERS


def test_the_rows_are_apart(memory: int) -> None:
    one, other = Board(memory, WORKERS), Board(memory, WORKERS)
    one.publish(2, 7)
    one.asked[0], one.answered[1], one.up[2] = 1, 2, 3
    assert (list(other.asked), list(other.answered), list(other.up)) == (
        [1, 0, 0],
        [0, 2, 0],
        [0, 0, 3],
    )
    assert other.newest() == 7


def test_a_file_without_a_name_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    memory = new_memory(2)
    one, other = Board(memory, 2), Board(memory, 2)
    os.close(memory)
    one.publish(1, 5)
    assert other.newest() == 5


# --- the turn ------------------------------------------------------------------------


COUNTING = """
import asyncio, sys
from pathlib import Path
from postiche.server.board import Turn

async def main(memory, file):
    turn = Turn(memory)
    async def one():
        for _ in range(10):
            async with turn:
                count = int(file.read_text())
                await asyncio.sleep(0.001)
                file.write_text(str(count + 1))
    await asyncio.gather(one(), one())

asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
"""

HOLDING = """
import asyncio, sys
from postiche.server.board import Turn

async def main(memory):
    async with Turn(memory):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(int(sys.argv[1])))
"""


def begun(program: str, memory: int, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, str(memory), *arguments],
        pass_fds=(memory,),
        env=os.environ | {"PYTHONPATH": str(Path(postiche.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_no_two_tasks_of_any_process_have_the_turn(memory: int, tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("0")
    processes = [begun(COUNTING, memory, str(count)) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=60)
    assert count.read_text() == "60"


def test_a_killed_process_gives_its_turn_back(memory: int, tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("0")
    holder = begun(HOLDING, memory)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting = begun(COUNTING, memory, str(count))
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(0.5)
    holder.kill()
    holder.communicate()
    waiting.communicate(timeout=60)
    assert count.read_text() == "20"
