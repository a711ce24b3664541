"""`python -m bench`: every measurement that the documents quote, and the documents' tables.

Knows the command line and the order of the parts. Must not know how a part
measures.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench import alone, big_collection, installing, machine, parts, results, tables, targets
from bench.charts import charts
from bench.load import Generator
from bench.parts import Bench, Options
from bench.processes import Cores, ServerFailed
from bench.results import Results
from bench.svg import draw

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".bench"
PARTS: dict[str, Callable[[Bench], None]] = {
    "rivals": parts.rivals,
    "heads": parts.heads,
    "connections": parts.connections,
    "examples": parts.examples,
    "mocks": parts.mocks,
    "layers": parts.layers,
    "steps": alone.steps,
    "compile": alone.compiling,
    "cold": alone.cold_start,
    "memory": parts.memory,
    "workers": parts.workers,
}
QUICK = Options(
    rounds=1,
    seconds=1.0,
    warmup=0.1,
    examples=(10, 1_000),
    mocks=50,
    calls=(2_000, 4_000),
    compiled=500,
    cold_starts=1,
)


def main(arguments: Sequence[str]) -> int:
    """Measure, write, print; the exit code."""
    given = _parser().parse_args(arguments)
    whole = not (given.quick or given.only)
    file = CACHE / ("results.json" if whole else "partial.json")
    if not given.report:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        measure(_options(given), given.only or list(PARTS), file)
    found = results.load(file)
    if found.failures:
        return _failed(found.failures)
    docs = given.docs or (ROOT / "docs" if whole else None)
    code = _report(found, docs, check=given.check)
    if given.report or not whole:
        return code
    big = big_collection.measure(20.0, 10_000)
    return code if big or not given.check else 1


def measure(options: Options, wanted: Sequence[str], file: Path) -> None:
    """Run the parts; after each one, all that is known so far goes to the file."""
    began = time.monotonic()
    tools = installing.install(CACHE, say)
    found = Results(machine=machine.describe(), versions=machine.versions(tools))
    found.machine["Measured"] = (
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {options.rounds} rounds of "
        f"{options.seconds:g} s, load average {machine.busy():.1f} before the first"
    )
    if reason := tools.why_not("wrk", "nginx"):
        raise SystemExit(f"bench: nothing can be measured: {reason}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, cores = Path(name), Cores.of_this_machine()
        load = Generator(tools.found["wrk"], cores.load, folder)
        bench = Bench(options, tools, cores, folder, load, found, say)
        for part in wanted:
            _run(bench, part)
            results.save(found, file)
            say(f"--- {part} done, {time.monotonic() - began:.0f} s so far")


def _run(bench: Bench, part: str) -> None:
    """One part. A server that fails ends it, and in the end the run, but not the other parts."""
    try:
        PARTS[part](bench)
    except ServerFailed as failure:
        bench.results.failures[part] = str(failure)
        say(f"!!! {part} FAILED: {failure}")


def _failed(failures: Mapping[str, str]) -> int:
    """Say what went wrong. A run with failures is no ground for documents."""
    for part, failure in failures.items():
        say(f"bench: {part} failed: {failure}")
    return 1


def say(text: str) -> None:
    """Progress, for whoever watches."""
    print(text, file=sys.stderr, flush=True)


def _report(found: Results, docs: Path | None, *, check: bool) -> int:
    """Write the documents, print the targets; 1 if one is missed and that counts."""
    verdicts = targets.verdicts(found)
    if docs is not None:
        _write(found, verdicts, docs)
    print(tables.targets(verdicts))
    return 1 if check and targets.unmet(verdicts) else 0


def _write(found: Results, verdicts: Sequence[targets.Verdict], docs: Path) -> None:
    """The project's performance.md with its tables made anew, and the charts."""
    page = docs / "performance.md"
    template = ROOT / "docs" / "performance.md"
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    document = template.read_text(encoding="utf-8")
    page.write_text(tables.filled(document, tables.blocks(found, verdicts)), encoding="utf-8")
    for name, chart in charts(found):
        (images / f"performance-{name}.svg").write_text(draw(chart), encoding="utf-8")
    say(f"wrote {page} and {images}/performance-*.svg")


def _options(given: argparse.Namespace) -> Options:
    chosen = QUICK if given.quick else Options()
    flags = {"rounds": given.rounds, "seconds": given.seconds, "warmup": given.warmup}
    flags |= {"calls": tuple(given.calls) if given.calls else None}
    return replace(chosen, **{name: value for name, value in flags.items() if value is not None})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure, write docs/performance.md, and print what was aimed at and reached.",
    )
    add = parser.add_argument
    add("--rounds", type=int, help="how often everything is measured in turn (3)")
    add("--seconds", type=float, help="seconds of each measurement (3)")
    add("--warmup", type=float, help="multiple of each server's own warm-up (1)")
    add("--calls", type=int, nargs="+", help="calls after which memory is read (1M and 10M)")
    add("--only", nargs="+", choices=PARTS, help="parts to measure; the documents stay as they are")
    add("--quick", action="store_true", help="everything once and shortly, to see that it works")
    add("--docs", type=Path, help="folder to write the documents to, also for --only and --quick")
    add("--report", action="store_true", help="measure nothing: write what was measured last")
    add("--no-check", dest="check", action="store_false", help="do not fail for missed targets")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
