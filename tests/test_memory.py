import sys
from pathlib import Path

import pytest

from postiche.memory import LARGE, give_back_large_blocks


def resident() -> int:
    """This process's resident memory in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_large_blocks_are_given_back() -> None:
    if not give_back_large_blocks():
        pytest.skip("this C library has no such setting")
    before = resident()
    blocks = [bytes([1]) * (2 * LARGE) for _ in range(20)]
    assert resident() - before > 30 * LARGE
    del blocks[:-1]
    assert resident() - before < 10 * LARGE
