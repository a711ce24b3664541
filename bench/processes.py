"""Server processes: started on a core of their own, measured, paused, ended.

Knows /proc and signals, so Linux only. Must not know what the servers are.
"""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 120.0
"""How long a server may take until it answers."""
_TICKS = os.sysconf("SC_CLK_TCK")


class ServerFailed(Exception):  # noqa: N818 - reads as what it says
    """A server did not start, or did not do its work; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores that the servers and the load generator have; None where there is only one."""

    server: int | None
    load: int | None

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """The first usable core for the servers, the last one for the load."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[-1]) if len(usable) > 1 else cls(None, None)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and what began with it; `prefixes` come before the paths of its routes."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    prefixes: tuple[str, ...] = ("",)

    def cpu_seconds(self) -> float:
        """CPU time used so far by the process and its descendants."""
        return sum(_cpu_ticks(pid) for pid in tree(self.process.pid)) / _TICKS

    def resident_bytes(self) -> int:
        """Resident memory of the process and its descendants."""
        return sum(_resident(pid) for pid in tree(self.process.pid))

    def pause(self) -> None:
        """Stop it in its tracks, so that it takes nothing from the one that is measured."""
        for pid in tree(self.process.pid):
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        for pid in tree(self.process.pid):
            os.kill(pid, signal.SIGCONT)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on_core(core: int | None, command: Sequence[str]) -> list[str]:
    """The command, to be run on one core; children inherit it."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]


@contextmanager
def running(
    command: Sequence[str], folder: Path, extra_environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process with a session of its own; all of that is gone afterwards. Output to a file."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | dict(extra_environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def until_answering(process: "subprocess.Popen[bytes]", port: int, request: bytes) -> float:
    """Wait for the first 200; the moment it came. Raises ServerFailed."""
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise ServerFailed(f"it ended with exit code {process.returncode}")
        if status_of(port, request) == 200:
            return time.perf_counter()
        time.sleep(0.002)
    raise ServerFailed(f"no answer on port {port} after {START_SECONDS:.0f} s")


def status_of(port: int, request: bytes) -> int | None:
    """The status of the answer to one request on a new connection; None without an answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS) as connection:
            connection.sendall(request)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status
    except (OSError, http.client.HTTPException):
        return None


def tree(root: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process to end, with all of its group, and insist after a while."""
    for number, patience in ((signal.SIGCONT, 0.0), (signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        if patience:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
    process.wait()
