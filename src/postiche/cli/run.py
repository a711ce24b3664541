"""`postiche run`: what is typed after it, if plainly, and what it does.

Knows its flags, as `commands.py` declares them. Must not know how files become
mock servers. `read_plainly` is no second parser: it reads what cannot be
misread and leaves the rest, mistakes and `--help` included, to typer; a
property test holds that the two never differ.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postiche.model import Call
from postiche.server.memory import staying

HOST: Final = "127.0.0.1"
PORT: Final = 3000

_VALUED: Final = {"--environment", "--host", "--port"}
_QUIET: Final = {"--quiet", "-q"}
_PLAIN = re.compile(r"[^-*?\[~$%][^*?\[~$%]*")
"""A value: not empty, no flag, and nothing that typer expands on Windows, where no shell does."""
_PLAIN_PORT = re.compile(r"0|[1-9][0-9]{0,3}|[1-5][0-9]{4}")
"""Most ports; what is left, such as 65536, is for typer to judge."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What `postiche run` is asked for; the fields are its arguments and flags."""

    path: list[Path]
    environment: Path | None = None
    host: str = HOST
    port: int = PORT
    quiet: bool = False


def read_plainly(words: Sequence[str]) -> Typed | None:
    """What the words after `postiche run` ask for; None if they are for typer to read."""
    paths: list[str] = []
    flags: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, has_value, value = word.partition("=")
        if name in _VALUED:
            flags[name] = value if has_value else next(rest, "")
        elif word not in _QUIET:
            paths.append(word)
    port = flags.get("--port", str(PORT))
    if not paths or not all(map(_PLAIN.fullmatch, [*paths, *flags.values()])):
        return None
    if not _PLAIN_PORT.fullmatch(port):
        return None
    environment = flags.get("--environment")
    return Typed(
        [Path(path) for path in paths],
        None if environment is None else Path(environment),
        flags.get("--host", HOST),
        int(port),
        not _QUIET.isdisjoint(words),
    )


def serve_files(typed: Typed) -> None:
    """Serve collection files until a signal; what is answered goes to standard output.

    Raises Failure for a file or an address that cannot be used.
    """
    with staying():
        from postiche.cli import display
        from postiche.server import ephemeral, listening

        mocks = ephemeral.load(typed.path, typed.environment)
        sockets = listening.listen(typed.host, typed.port)
        several = len(mocks) > 1

        def show_call(call: Call) -> None:
            display.call(call, f"/{call.mock}" if several else "")

        answering = ephemeral.mock_app(mocks, None if typed.quiet else show_call)

    def show_routes() -> None:
        display.routes(mocks, listening.origin(typed.host, listening.port_of(sockets)))

    listeners = [listening.Listener(answering, sockets, answering.fast_path().answer)]
    listening.run(listening.serve(listeners, ready=show_routes))
