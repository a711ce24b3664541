"""What the measurements were made on and with: processor, kernel, versions.

Knows /proc and how programs tell their versions. Must not know what is
measured.
"""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.installing import NPM_PACKAGES, Tools, version_of

_NUMBER = re.compile(r"\d+(?:\.\d+)+")


def describe() -> dict[str, str]:
    """The machine in a few words."""
    cpu = _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    kilobytes = (_line("/proc/meminfo", "MemTotal") or "0").split()[0]
    return {
        "Processor": f"{cpu}, {len(os.sched_getaffinity(0))} cores usable",
        "Memory": f"{int(kilobytes) / 1024**2:.0f} GiB",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
    }


def versions(tools: Tools) -> dict[str, str]:
    """The version of everything that takes part."""
    found = {
        "Postiche": version("postiche"),
        "Python": platform.python_version(),
        "uvicorn": version("uvicorn"),
        "uvloop": version("uvloop"),
    }
    for name, flag in (("nginx", "-v"), ("wrk", "-v"), ("java", "-version"), ("node", "--version")):
        if name in tools.found:
            found[name] = _said(tools.found[name], flag)
    for package in NPM_PACKAGES:
        if package in tools.found:
            found[package] = version_of(tools, package)
    return found


def busy() -> float:
    """The load average of the last minute: how much else this machine is doing."""
    return os.getloadavg()[0]


def _said(program: Path, flag: str) -> str:
    done = subprocess.run([str(program), flag], capture_output=True, text=True)
    number = _NUMBER.search(done.stdout + done.stderr)
    return number.group() if number else "unknown"


def _line(file: str, name: str) -> str | None:
    try:
        lines = Path(file).read_text(errors="replace").splitlines()
    except OSError:
        return None
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(values, None)
