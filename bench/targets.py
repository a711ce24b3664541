"""The targets for speed, and whether the measurements meet them.

Knows what is asked for and how each figure is taken from the results. Must not
know how anything is measured or shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.results import REFERENCE, Results, Spread

ON = "Postiche"
OFF = "Postiche, no call log"
RUN = "postiche run"
_OURS = (ON, OFF, RUN, REFERENCE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was found; `met` is None where it was not measured."""

    title: str
    wanted: str
    found: str
    met: bool | None


def verdicts(results: Results) -> list[Verdict]:
    """Every target, in the order in which they are set."""
    return [
        *_against_nginx(results),
        *_against_rivals(results),
        *_latency(results),
        *_growth(results),
        *_compile(results),
        *_start(results),
        _memory(results),
    ]


def rivals(results: Results, part: str) -> list[str]:
    """The other servers that took part."""
    return [name for name in results.subjects(part) if name not in _OURS]


def fastest(results: Results, part: str) -> str | None:
    """The rival with the highest median rate."""
    rates = {name: results.median(part, name, "rate") or 0.0 for name in rivals(results, part)}
    return max(rates, key=lambda name: rates[name]) if rates else None


def _against_nginx(results: Results) -> list[Verdict]:
    wanted = (
        ("static example, call log on", "static", ON, 0.60),
        ("static example, call log off", "static", OFF, 0.80),
        ("wildcard whose body uses the capture, call log on", "wildcard", ON, 0.40),
        ("POST, JSON body among 50 candidates, call log on", "body", ON, 0.25),
    )
    return [
        at_least(f"{title}, against nginx", results.ratio(part, name, "rate"), bound)
        for title, part, name, bound in wanted
    ]


def _against_rivals(results: Results) -> list[Verdict]:
    best = fastest(results, "static")
    wanted = [(best, 2.0, "static", f"the fastest rival ({best})")] if best else []
    each = (("MockServer", 4.0), ("WireMock", 7.0), ("Prism", 40.0), ("Mockoon", 40.0))
    wanted += [(name, times, "static", name) for name, times in each]
    for part in ("wildcard", "body"):
        best = fastest(results, part)
        wanted.append((best or "", 3.0, part, f"the fastest rival ({best or 'none'})"))
    return [
        at_least(
            f"{part}, call log on, against {title}", results.ratio(part, ON, "rate", name), times
        )
        for name, times, part, title in wanted
    ]


def _latency(results: Results) -> list[Verdict]:
    others = [
        ratio
        for name in rivals(results, "static")
        if (ratio := results.ratio("static", ON, "p99", name))
    ]
    worst = max(others, key=lambda ratio: ratio.median, default=None)
    off, on = (results.ratio("static", name, "p99") for name in (OFF, ON))
    return [
        at_most("99th percentile, static, call log off, against nginx", off, 3.0),
        at_most("99th percentile, static, call log on, against nginx", on, 6.0),
        at_most("99th percentile, static, call log on, against the best rival", worst, 1.0),
    ]


def _growth(results: Results) -> list[Verdict]:
    found = [
        at_least(f"static, {many} examples, against {few}", ratio, 0.9)
        for few, many, ratio in _grown(results, "examples", "rate")
    ]
    found += [
        at_most(f"CPU, every URL new, {many} examples, against {few}", ratio, 2.0)
        for few, many, ratio in _grown(results, "new URLs", "cpu")[-1:]
    ]
    found += [
        at_least(f"{many} mocks on one server, against {few}", ratio, 0.9)
        for few, many, ratio in _grown(results, "mocks", "rate")
    ]
    return found


def _grown(results: Results, part: str, key: str) -> list[tuple[str, str, Spread | None]]:
    """Every size after the first, as a multiple of the first."""
    few, *more = results.subjects(part) or ["few", "many"]
    return [(few, many, results.ratio(part, many, key, few)) for many in more]


def _compile(results: Results) -> list[Verdict]:
    cpu = _worst(results, "compile", "cpu")
    memory = _worst(results, "compile", "memory")
    count = _worst(results, "compile", "examples")
    examples = f"{count.median:,.0f} examples" if count else "a big collection"
    return [
        at_most(f"compile {examples}, seconds of CPU", cpu, 1.0),
        at_most("memory of that plan, as a multiple of the file", memory, 6.0),
    ]


def _worst(results: Results, part: str, key: str) -> Spread | None:
    found = [results.spread(part, name, key) for name in results.subjects(part)]
    return max((each for each in found if each), key=lambda each: each.median, default=None)


def _start(results: Results) -> list[Verdict]:
    own = results.spread("cold start", RUN, "seconds")
    found = [at_most("`postiche run FILE` to first answer, seconds", own, 0.4)]
    for name in ("Mockoon", "Prism", "WireMock"):
        ratio = results.ratio("cold start", RUN, "seconds", name)
        found.append(at_most(f"the same, against {name}", ratio, 0.5))
    return found


def _memory(results: Results) -> Verdict:
    held = [results.median("memory", name, "resident") for name in results.subjects("memory")]
    grown = held[-1] / held[0] if len(held) > 1 and held[0] and held[-1] else None
    calls = " and ".join(results.subjects("memory")[:: max(1, len(held) - 1)])
    title = f"resident memory after {calls or 'many'} calls, last against first"
    return at_most(title, None if grown is None else Spread.of([grown]), 1.05)


def at_least(title: str, found: Spread | None, bound: float) -> Verdict:
    """A figure that must not be smaller."""
    met = None if found is None else found.median >= bound
    return Verdict(title, f"≥ {_short(bound)}", _shown(found), met)


def at_most(title: str, found: Spread | None, bound: float) -> Verdict:
    """A figure that must not be larger."""
    met = None if found is None else found.median <= bound
    return Verdict(title, f"≤ {_short(bound)}", _shown(found), met)


def unmet(found: Iterable[Verdict]) -> Sequence[Verdict]:
    """The targets that the measurements miss."""
    return [each for each in found if each.met is False]


def _shown(found: Spread | None) -> str:
    if found is None:
        return "not measured"
    median = _short(found.median)
    if found.least == found.most:
        return median
    return f"{median} ({_short(found.least)} to {_short(found.most)})"


def _short(value: float) -> str:
    """A number with three significant digits or so."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
