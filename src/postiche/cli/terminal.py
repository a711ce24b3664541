"""Lines on standard output, in colour on a terminal and plain elsewhere.

Knows where standard output goes. Must not know what is printed. What goes to
a file or a pipe is written without rich, which takes longer to load than a
collection of a thousand examples takes to serve.
"""

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from rich.console import Console

Segment = str | tuple[str, str]
"""Text, or text and its style in rich's words: `bold`, `green`, `link https://example.com`."""

_FORCING = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables with which rich is told to style what goes to no terminal."""


def write_line(*segments: Segment) -> None:
    """Write one line, at once, however wide it is.

    A reader that has gone ends the process, quietly, with exit code 1.
    """
    if sys.stdout.isatty() or any(map(os.environ.get, _FORCING)):
        from rich.text import Text

        _console().print(Text.assemble(*segments))
        return
    try:
        print(*map(_text, segments), sep="", flush=True)
    except BrokenPipeError:
        _leave()


@cache
def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, markup=False, soft_wrap=True)


def _text(segment: Segment) -> str:
    return segment if isinstance(segment, str) else segment[0]


def _leave() -> NoReturn:
    # What is buffered still has to go somewhere, or Python complains at the exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(1)
