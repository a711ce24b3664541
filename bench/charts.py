"""Which charts the documents show, made of the results.

Knows what is worth a picture. Must not know SVG, nor how anything is measured.
"""

from collections.abc import Callable, Iterator

from bench.results import REFERENCE, Results
from bench.svg import Bar, Chart, Row
from bench.targets import OFF, ON, RUN

_KEYS = (("p50", "a"), ("p90", "b"), ("p99", "c"))


def charts(results: Results) -> Iterator[tuple[str, Chart]]:
    """Every chart for which there are results, with the name of its file."""
    made = {
        "throughput": _throughput(results),
        "latency": _latency(results),
        "cpu": _cpu(results),
        "cold-start": _cold_start(results),
        "memory": _memory(results),
    }
    for name, chart in made.items():
        if chart.rows:
            yield name, chart


def _throughput(results: Results) -> Chart:
    return Chart(
        "Requests per second, static examples",
        "100 routes, replies of 180 bytes, 64 connections, one core; more is better",
        _bars(results, "static", "rate", lambda value: f"{value:,.0f}", longest_first=True),
        _marks(),
    )


def _cpu(results: Results) -> Chart:
    return Chart(
        "CPU microseconds per request, static examples",
        "user and system time of the whole server; less is better; logarithmic",
        _bars(results, "static", "cpu", lambda value: f"{value:,.1f} µs"),
        _marks(),
        logarithmic=True,
    )


def _cold_start(results: Results) -> Chart:
    return Chart(
        "Seconds from the start of the process to the first answer",
        "a file with 100 routes; less is better",
        _bars(results, "cold start", "seconds", lambda value: f"{value:.2f} s"),
    )


def _memory(results: Results) -> Chart:
    return Chart(
        "Resident memory after the load, static examples",
        "the whole process tree; less is better",
        _bars(results, "static", "resident", lambda value: f"{value / 1e6:,.0f} MB"),
        _marks(),
    )


def _latency(results: Results) -> Chart:
    rows = []
    for name in _ordered(results, "static", "p99"):
        bars = [
            Bar(value, f"{value / 1000:,.2f} ms", style)
            for key, style in _KEYS
            if (value := results.median("static", name, key)) is not None
        ]
        rows.append(Row(name, tuple(bars), name in (ON, OFF)))
    legend = tuple((style, key.replace("p", "") + "th percentile") for key, style in _KEYS)
    note = "64 connections, each always waiting for one answer; less is better; logarithmic"
    return Chart("Latency, static examples", note, tuple(rows), legend, logarithmic=True)


def _bars(
    results: Results,
    part: str,
    key: str,
    shown: Callable[[float], str],
    *,
    longest_first: bool = False,
) -> tuple[Row, ...]:
    rows = []
    for name in _ordered(results, part, key, longest_first=longest_first):
        value = results.median(part, name, key) or 0.0
        rows.append(Row(name, (Bar(value, shown(value), _style(name)),), _style(name) == "a"))
    return tuple(rows)


def _ordered(results: Results, part: str, key: str, *, longest_first: bool = False) -> list[str]:
    """The subjects that have the value, the best first."""
    found = {name: results.median(part, name, key) for name in results.subjects(part)}
    known = {name: value for name, value in found.items() if value is not None}
    return sorted(known, key=lambda name: known[name], reverse=longest_first)


def _style(name: str) -> str:
    if name == REFERENCE:
        return "reference"
    return "a" if name in (ON, OFF, RUN) else "other"


def _marks() -> tuple[tuple[str, str], ...]:
    return (("a", "Postiche"), ("other", "other mock servers"), ("reference", "nginx, constant"))
