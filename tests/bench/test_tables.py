"""Tables are Markdown, and stand where the document has markers for them."""

import re
from pathlib import Path

import pytest
from bench.charts import charts
from bench.results import Results
from bench.svg import draw
from bench.tables import UnknownBlock, blocks, filled, table
from bench.targets import OFF, ON, RUN, verdicts

DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
MARKED = "# Title\n<!-- bench: static -->\nold\n<!-- end -->\nprose\n"


def results() -> Results:
    found = Results(machine={"Processor": "slow"}, versions={"nginx": "1"})
    for number, factor in enumerate((1.0, 2.0)):
        for name, rate in (("nginx", 100.0), (ON, 60.0), (OFF, 80.0), ("Prism", 1.0)):
            values = {"rate": rate * factor, "cpu": 10.0, "resident": 5e7}
            latencies = {"p50": 500.0, "p90": 700.0, "p99": 900.0}
            found.add("static", name, number, **values, **latencies)
    found.add("cold start", RUN, 0, seconds=0.3)
    return found


def test_what_stands_between_markers_is_replaced() -> None:
    once = filled(MARKED, {"static": "new"})
    assert once == "# Title\n<!-- bench: static -->\n\nnew\n\n<!-- end -->\nprose\n"
    assert filled(once, {"static": "new"}) == once


def test_a_marker_without_a_table_is_an_error() -> None:
    with pytest.raises(UnknownBlock):
        filled(MARKED, {})


def test_the_document_has_a_place_for_every_table() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    named = re.findall(r"<!-- bench: ([a-z-]+) -->", document)
    assert sorted(named) == sorted(blocks(Results(), verdicts(Results())))
    assert document.count("<!-- end -->") == len(named)


def test_the_document_shows_every_chart() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    made = {f"images/performance-{name}.svg" for name, _ in charts(results())}
    assert made == set(re.findall(r"\]\((images/[^)]+)\)", document))


def test_every_number_of_the_document_stands_between_markers() -> None:
    prose = filled(DOCUMENT.read_text(encoding="utf-8"), dict.fromkeys(blocks(Results(), []), ""))
    assert not re.search(r"^\|", prose, re.MULTILINE)
    assert not re.search(r"\d (?:µs|ms|requests/s|MB/s)\b", prose)


def test_servers_come_fastest_first_with_their_ratio() -> None:
    lines = blocks(results(), [])["static"].splitlines()
    assert [line.split(" | ")[0].strip("| ") for line in lines[2:]] == ["nginx", OFF, ON, "Prism"]
    assert lines[4] == f"| {ON} | 90 | 0.60 | 0.50 | 0.70 | 0.90 | 10.0 | 50 |"


def test_nothing_measured_says_so() -> None:
    assert blocks(Results(), [])["memory"] == "Not measured in this run."
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_the_machine_and_what_was_left_out_are_named() -> None:
    found = results()
    found.skipped["Mockoon"] = "Node is not installed"
    told = blocks(found, [])["machine"]
    assert "- Processor: slow" in told
    assert "- Left out, Mockoon: Node is not installed" in told


def test_charts_are_drawn_of_what_was_measured() -> None:
    drawn = {name: draw(chart) for name, chart in charts(results())}
    assert set(drawn) == {"throughput", "latency", "cpu", "cold-start", "memory"}
    assert not list(charts(Results()))
    assert drawn["throughput"].index("nginx") < drawn["throughput"].index("Prism")
