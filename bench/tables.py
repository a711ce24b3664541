"""The tables of docs/performance.md, as Markdown, and how they get into it.

Knows Markdown and the markers in the document. Must not know how anything is
measured.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from bench.results import REFERENCE, Results, Spread
from bench.targets import OFF, ON, Verdict

_BLOCK = re.compile(r"(<!-- bench: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class UnknownBlock(Exception):  # noqa: N818 - reads as what it says
    """The document has a marker for which there is no table."""


def filled(document: str, blocks: Mapping[str, str]) -> str:
    """The document with what stands between its markers made anew. Raises UnknownBlock."""

    def block(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        if name not in blocks:
            raise UnknownBlock(name)
        return f"{begin}\n{blocks[name].strip()}\n\n{end}"

    return _BLOCK.sub(block, document)


def blocks(results: Results, found: Sequence[Verdict]) -> dict[str, str]:
    """What stands between the markers, by their names."""
    return {
        "machine": machine(results),
        "targets": targets(found),
        "static": compared(results, "static"),
        "wildcard": compared(results, "wildcard"),
        "body": compared(results, "body"),
        "text": compared(results, "text"),
        "heads": of_parts(results, ("browser headers", "new heads")),
        "connections": of_parts(results, _connection_parts(results)),
        "examples": grown(results, ("examples", "new URLs", "every example"), "examples"),
        "mocks": grown(results, ("mocks",), "mocks"),
        "compile": compiled(results),
        "cold-start": cold_start(results),
        "memory": memory(results),
        "layers": layers(results),
        "steps": steps(results),
        "workers": grown(results, ("workers",), "workers"),
    }


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, the first column to the left and the others to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    if len(lines) == 2:
        return "Not measured in this run."
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def machine(results: Results) -> str:
    """What the numbers were measured on, with what, and what was left out."""
    told = [f"- {name}: {value}" for name, value in results.machine.items()]
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    told.append(f"- Versions: {versions}")
    told += [f"- Left out, {name}: {reason}" for name, reason in results.skipped.items()]
    return "\n".join(told)


def targets(found: Sequence[Verdict]) -> str:
    """What was aimed at and what was reached."""
    said = {True: "met", False: "**NOT met**", None: "not measured"}
    rows = [(each.title, each.wanted, each.found, said[each.met]) for each in found]
    return table(("target", "wanted", "measured", ""), rows)


def compared(results: Results, part: str) -> str:
    """One work: every server's rate, ratio, latencies and CPU, the fastest first."""
    head = ("server", "requests/s", "of nginx", "p50 ms", "p90 ms", "p99 ms", "CPU µs", "MB")
    rates = {name: results.median(part, name, "rate") or 0.0 for name in results.subjects(part)}
    names = sorted(rates, key=lambda name: -rates[name])
    return table(head, [_measured(results, part, name, name) for name in names])


def of_parts(results: Results, parts: Sequence[str]) -> str:
    """Several works that only Postiche and nginx did."""
    head = ("work", "requests/s", "of nginx", "p50 ms", "p90 ms", "p99 ms", "CPU µs", "MB")
    rows = [
        _measured(results, part, name, f"{part}: {name}")
        for part in parts
        for name in (REFERENCE, ON, OFF)
        if name in results.subjects(part)
    ]
    return table(head, rows)


def _measured(results: Results, part: str, name: str, title: str) -> tuple[str, ...]:
    latencies = (_scaled(results.median(part, name, key), 1000) for key in ("p50", "p90", "p99"))
    return (
        title,
        _count(results.median(part, name, "rate")),
        _spread(results.ratio(part, name, "rate")),
        *latencies,
        _scaled(results.median(part, name, "cpu"), 1),
        _count(_divided(results.median(part, name, "resident"), 1e6)),
    )


def _connection_parts(results: Results) -> list[str]:
    parts = list(dict.fromkeys(each.part for each in results.samples))
    return [part for part in parts if part.endswith(" connections")]


def grown(results: Results, parts: Sequence[str], what: str) -> str:
    """The same work with more and more of something, as multiples of the first row."""
    rows = []
    for part in parts:
        names = results.subjects(part)
        for name in names:
            ratio = results.ratio(part, name, "rate", names[0])
            cpu = results.ratio(part, name, "cpu", names[0])
            rate = _count(results.median(part, name, "rate"))
            rows.append((part, name, rate, _spread(ratio), _spread(cpu)))
    return table(("part", what, "requests/s", "rate, of the first", "CPU, of the first"), rows)


def compiled(results: Results) -> str:
    """Compiling a big collection."""
    rows = [
        (
            name,
            _count(results.median("compile", name, "examples")),
            _scaled(results.median("compile", name, "bytes"), 1e6),
            _spread(results.spread("compile", name, "cpu")),
            _spread(results.spread("compile", name, "memory")),
        )
        for name in results.subjects("compile")
    ]
    return table(("collection", "examples", "file MB", "CPU s", "plan's memory, of the file"), rows)


def cold_start(results: Results) -> str:
    """From start to first answer."""
    names = results.subjects("cold start")
    found = {name: results.spread("cold start", name, "seconds") for name in names}
    return table(("server", "seconds"), [(name, _spread(each)) for name, each in found.items()])


def memory(results: Results) -> str:
    """Memory after so many calls."""
    rows = [
        (
            _count(results.median("memory", name, "calls")),
            _scaled(results.median("memory", name, "resident"), 1e6),
        )
        for name in results.subjects("memory")
    ]
    return table(("calls answered and logged", "resident MB"), rows)


_LAYERS = (
    ("bare protocol", None, "sockets, event loop, kernel: a protocol that sends a constant"),
    ("static", "bare protocol", "+ Postiche without its log: parser, look-up, prepared reply"),
    ("call log", "static", "+ the call log, SQLite included"),
    ("browser headers", "static", "seven headers of a browser"),
    ("new heads", "static", "a request head that never came before"),
    ("new URLs", "static", "a URL that never came before: matching anew"),
    ("wildcard", "static", "a wildcard: matching, and a template filled in"),
    ("body", "static", "a JSON body: read, parsed, found among 50 candidates"),
    ("bare ASGI on uvicorn", "bare protocol", "for comparison: ASGI alone, with a constant"),
)


def layers(results: Results) -> str:
    """Where the microseconds go: what each thing costs beyond what is below it."""
    rows = []
    for name, below, told in _LAYERS:
        own = results.median("layers", name, "cpu")
        under = None if below is None else results.median("layers", below, "cpu")
        if own is None:
            continue
        more = "" if under is None else f"{own - under:+.1f}"
        rows.append((told, name, _scaled(own, 1), more, below or ""))
    return table(("what", "work", "CPU µs per request", "difference", "to"), rows)


def steps(results: Results) -> str:
    """Matching and rendering alone."""
    rows = [
        (name, *(_scaled(results.median("steps", name, key), 1) for key in ("match", "render")))
        for name in results.subjects("steps")
    ]
    return table(("work", "match µs", "render µs"), rows)


def _spread(found: Spread | None) -> str:
    if found is None:
        return ""
    if found.least == found.most:
        return f"{found.median:.2f}"
    return f"{found.median:.2f} ({found.least:.2f} to {found.most:.2f})"


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _divided(value: float | None, by: float) -> float | None:
    return None if value is None else value / by


def _scaled(value: float | None, by: float) -> str:
    if value is None:
        return ""
    scaled = value / by
    return f"{scaled:,.0f}" if scaled >= 100 else f"{scaled:.{1 if scaled >= 10 else 2}f}"
