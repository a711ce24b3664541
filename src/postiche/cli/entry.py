"""Where the command line begins, and where what stops a command is said.

Knows what is typed plainly enough to be done at once: `postiche run` with its
flags, and `--version`. Must not know any other command, nor how anything is
served: typer reads everything else, and what it loads takes longer than all
of `postiche run`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from postiche import __version__
from postiche.server.failures import Failure

INTERRUPTED = 130
"""Exit code after Ctrl-C, where it does not simply mean "stop serving" (POSIX: 128 + SIGINT)."""


def main() -> None:
    """Run the command line; the console script `postiche` and `python -m postiche` call it."""
    if sys.argv[1:] == ["--version"]:
        print(f"postiche {__version__}")
        return
    _prepare_output()
    with _ends_said():
        if not _run_at_once(sys.argv[1:]):
            from postiche.cli.commands import app

            app()


def _run_at_once(words: list[str]) -> bool:
    """Do a `postiche run` that is typed plainly; False if typer has to read what is typed."""
    if words[:1] != ["run"]:
        return False
    from postiche.cli import run

    typed = run.read_plainly(words[1:])
    if typed is None:
        return False
    run.serve_files(typed)
    return True


def _prepare_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    import logging

    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)


@contextmanager
def _ends_said() -> Iterator[None]:
    """Say on standard error what stops a command, and leave with its exit code."""
    from postiche.store import StoreError

    try:
        yield
    except (Failure, StoreError) as error:
        print(f"postiche: {error}", file=sys.stderr)
        sys.exit(getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
