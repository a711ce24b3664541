import os
import subprocess
import sys

import pytest

# In a process of its own: one that has run other tests has free memory to reuse.
SCRIPT = """
from pathlib import Path
from postiche.server.memory import LARGE, give_back_large_blocks

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) * 1024

possible = give_back_large_blocks()
before = resident()
for size in (8, 2, 8, 2):
    blocks = [bytes([1]) * (size * LARGE) for _ in range(10)]
    taken = resident() - before
    last = blocks[-1]
    del blocks
    left = resident() - before
    print(possible, taken // LARGE, left // LARGE)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_large_blocks_are_given_back() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    for line in completed.stdout.splitlines():
        possible, taken, left = line.split()
        if possible == "False":
            pytest.skip("this C library has no such setting")
        assert int(taken) >= 18
        assert int(left) <= 12


STAYING = """
import gc
from postiche.server.memory import staying

with staying():
    paused = not gc.isenabled()
    kept = [[number] for number in range(1000)]
tracked = {id(one) for one in gc.get_objects()}
print(paused, gc.isenabled(), id(kept) in tracked, gc.get_freeze_count() > 1000)
"""


def test_what_stays_is_no_longer_searched_for_garbage() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", STAYING],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert completed.stdout.split() == ["True", "True", "False", "True"]


APART = """
import gc
from postiche.server.memory import set_apart

kept = [[number] for number in range(1000)]
kept.append(kept)
set_apart()
print(id(kept) in {id(one) for one in gc.get_objects()}, gc.isenabled())
"""


def test_what_is_set_apart_is_no_longer_searched_for_garbage() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", APART],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert completed.stdout.split() == ["False", "True"]
