"""`python -m postiche` and the console script are the same command line."""

import subprocess
import sys
from pathlib import Path

from .commands import postiche


def test_the_module_and_the_script_say_the_same() -> None:
    script = Path(sys.executable).with_name("postiche")
    told = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert postiche("--version").stdout == told.stdout
