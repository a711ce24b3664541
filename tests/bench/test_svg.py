"""Charts are well-formed SVG whose bars are as long as they should be."""

from xml.etree import ElementTree

from bench.svg import LABELS, VALUES, WIDTH, Bar, Chart, Row, draw
from hypothesis import given
from hypothesis import strategies as st

SVG = "{http://www.w3.org/2000/svg}"
LENGTHS = st.lists(st.floats(0, 1e9), min_size=1, max_size=8)


def chart(*lengths: float, logarithmic: bool = False) -> Chart:
    rows = tuple(Row(f"row {n}", (Bar(each, f"{each}"),)) for n, each in enumerate(lengths))
    return Chart("title", "note", rows, (("a", "ours"),), logarithmic)


def widths(drawn: str) -> list[float]:
    rects = ElementTree.fromstring(drawn).iter(f"{SVG}rect")
    return [float(rect.attrib["width"]) for rect in rects][:-1]  # the last is the legend's


def test_bars_are_in_proportion() -> None:
    longest, half = widths(draw(chart(10.0, 5.0)))
    assert longest == WIDTH - LABELS - VALUES
    assert half * 2 == longest


def test_a_logarithmic_chart_shows_small_things() -> None:
    long, short = widths(draw(chart(10_000.0, 1.0, logarithmic=True)))
    assert long > short > long / 20


@given(LENGTHS, st.booleans())
def test_no_bar_leaves_the_picture(lengths: list[float], logarithmic: bool) -> None:
    found = widths(draw(chart(*lengths, logarithmic=logarithmic)))
    assert len(found) == len(lengths)
    assert all(1.0 <= width <= WIDTH - LABELS - VALUES + 0.1 for width in found)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_name_is_escaped(name: str) -> None:
    drawn = draw(Chart(name, name, (Row(name, (Bar(1.0, name),)),)))
    texts = [each.text or "" for each in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert texts.count(name) == 4


def test_the_numbers_are_told_to_who_cannot_see() -> None:
    assert "row 0 10.0; row 1 5.0" in draw(chart(10.0, 5.0))
