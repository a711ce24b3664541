import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "big_collection.py"


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_big_collection_takes_less_than_ten_times_its_size() -> None:
    # A smaller one than the 20 MB of the bench, for time's sake; the multiple is much the same.
    completed = subprocess.run(
        [sys.executable, str(BENCH), "6", "3000"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "replace" in completed.stdout
