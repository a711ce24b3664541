"""`postiche explain`: one request described on the command line, and the table it gets.

Knows flags, files and terminals. Must not know how examples are matched.
"""

from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text

from postiche.cli.display import plain
from postiche.core.explaining.explain import Candidate, Explanation, explain
from postiche.core.explaining.forms import as_data, candidate_lines, head_lines, table
from postiche.core.explaining.side_by_side import Pair, side_by_side
from postiche.core.explaining.targets import origin_in, target_in
from postiche.core.plan import compile_plan
from postiche.model import Headers, Request
from postiche.server.ephemeral import load_collection, load_environment
from postiche.server.failures import Failure, UsageFailure

BASE = "http://127.0.0.1:3000"
"""Where `postiche run` answers unless told otherwise: the base of commands to paste."""

NARROWEST = 24
"""Characters of one side of a comparison, on however narrow a terminal."""

_out = Console(highlight=False, markup=False, soft_wrap=True)


def explained(file: Path, environment: Path | None, request: Request, limit: int) -> Explanation:
    """Why a mock server of a collection file answers a request as it does. Raises Failure."""
    scope = None if environment is None else load_environment(environment)
    return explain(compile_plan(load_collection(file), scope), request, limit=limit)


def request_of(method: str, url: str, headers: list[str], data: str | None) -> Request:
    """The request that flags describe. Raises UsageFailure, or Failure for an unreadable file."""
    target = target_in(url)
    if target is None:
        raise UsageFailure(f"{url!r} is neither a URL nor a path that begins with /")
    if not method.strip().isprintable() or not method.strip():
        raise UsageFailure(f"{method!r} is no method")
    return Request(method.strip().upper(), target, _headers(headers), _body(data))


def _headers(given: list[str]) -> Headers:
    pairs = [(line, *line.partition(":")) for line in given]
    for line, name, colon, _ in pairs:
        if not colon or not name.strip():
            raise UsageFailure(f"{line!r} is no header; write it as 'Name: value'")
    return tuple(
        (name.strip().lower(), value.strip().encode("utf-8", "replace").decode("latin-1"))
        for _, name, _, value in pairs
    )


def _body(data: str | None) -> bytes:
    if data is None or not data.startswith("@"):
        return (data or "").encode("utf-8", "surrogateescape")
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise Failure(f"{data[1:]}: {error.strerror}") from None


def base_of(url: str) -> str:
    """Where commands to paste send a request: where the URL points, else where `run` answers."""
    return origin_in(url) or BASE


# --- what is printed -------------------------------------------------------------------------


def show_json(explanation: Explanation, base: str) -> None:
    """The explanation as JSON, shaped like the API's."""
    _out.print(orjson.dumps(as_data(explanation, base), option=orjson.OPT_INDENT_2).decode())


def show(explanation: Explanation, base: str) -> None:
    """The explanation in colour: summary, table, the nearest miss side by side, the reasons."""
    missed = explanation.outcome.example is None
    first, *rest = head_lines(explanation)
    _line(first, "bold")
    for line in rest:
        _line(line, "red" if missed else "green")
    _out.print()
    _table(explanation)
    for place, candidate in enumerate(explanation.candidates, 1):
        if not candidate.answers:
            _out.print()
            _candidate(place, candidate, base)
            if missed and place == 1:
                _compared(candidate)


def _line(text: str, style: str = "") -> None:
    _out.print(Text(plain(text), style))


def _table(explanation: Explanation) -> None:
    head, *rows = table(explanation) or [""]
    _line(head, "dim")
    for row, candidate in zip(rows, explanation.candidates, strict=False):
        _line(row, _style(candidate))
    for row in rows[len(explanation.candidates) :]:
        _line(row, "dim")


def _style(candidate: Candidate) -> str:
    if candidate.answers:
        return "green"
    return "" if candidate.points else "dim"


def _candidate(place: int, candidate: Candidate, base: str) -> None:
    styles = {0: "bold", 1: "yellow"}
    for number, line in enumerate(candidate_lines(place, candidate, base)):
        _line(line, styles.get(number, "cyan" if "with " in line[:15] else ""))


def _compared(candidate: Candidate) -> None:
    """The request and the saved one beside each other; what differs is marked and coloured."""
    pairs = side_by_side(candidate.verdict)
    lines = (line or "" for pair in pairs for line in (pair.sent, pair.saved))
    widest = max(len(plain(line)) for line in lines)
    width = max(NARROWEST, min(widest, (_out.width - 8) // 2))
    _out.print()
    _line(f"   {'sent'.ljust(width)}   saved", "dim")
    for pair in pairs:
        for sent, saved in _wrapped(pair, width):
            _out.print(_row(sent, saved, width, same=pair.same))


def _wrapped(pair: Pair, width: int) -> list[tuple[str, str]]:
    """The two lines of a pair in pieces that fit their columns."""
    ours, theirs = plain(pair.sent or ""), plain(pair.saved or "")
    starts = range(0, max(len(ours), len(theirs), 1), width)
    return [(ours[at : at + width], theirs[at : at + width]) for at in starts]


def _row(sent: str, saved: str, width: int, *, same: bool) -> Text:
    mark = " " if same else "|"
    return Text.assemble(
        "   ",
        (sent.ljust(width), "" if same else "red"),
        f" {mark} ",
        (saved, "" if same else "green"),
    )
