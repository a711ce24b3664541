"""Small charts as SVG: horizontal bars, alone or in groups.

Knows SVG, and colours that can be read on light and on dark pages. Must not
know what the bars stand for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

WIDTH = 760
LABELS = 190
"""Pixels for the names at the left."""
VALUES = 120
"""Pixels for the texts behind the longest bar."""
BAR = 20
SMALL_BAR = 13
GAP = 10
TOP = 64
BOTTOM = 34

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .note, .axis { font-size: 12px; fill: #57606a }
  .value { font-variant-numeric: tabular-nums }
  .own { font-weight: 600 }
  .line { stroke: #d0d7de; stroke-width: 1 }
  .a { fill: #0a7d8c } .b { fill: #6fb7c1 } .c { fill: #b6d9de } .other { fill: #9aa4af }
  .reference { fill: #c99a2e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note, .axis { fill: #9aa4af } .line { stroke: #30363d }
    .a { fill: #39b8c8 } .b { fill: #24808c } .c { fill: #1a5660 } .other { fill: #6e7781 }
    .reference { fill: #d8ad48 }
  }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of some length; `text` stands behind it, `style` is a class of STYLE."""

    length: float
    text: str
    style: str = "other"


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its bars, one below the other; `own` names are emphasised."""

    name: str
    bars: tuple[Bar, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows under a title. `legend` names bar styles; `logarithmic` is for very unlike lengths."""

    title: str
    note: str
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...] = ()
    logarithmic: bool = False


def draw(chart: Chart) -> str:
    """The chart as an SVG document."""
    scale = _Scale.of(chart)
    parts = [_text(16, 26, chart.title, "title"), _text(16, 46, chart.note, "note")]
    y = TOP
    for row in chart.rows:
        parts += _row(row, y, scale)
        y += _height(row) + GAP
    parts.insert(2, _line(LABELS, TOP - 4, y - GAP + 4))
    parts += _legend(chart.legend, y + 12)
    height = y + (BOTTOM if chart.legend else 8)
    return _document(chart, height, parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From lengths to pixels."""

    longest: float
    shortest: float
    logarithmic: bool

    @classmethod
    def of(cls, chart: Chart) -> "_Scale":
        lengths = [bar.length for row in chart.rows for bar in row.bars if bar.length > 0]
        return cls(max(lengths, default=1.0), min(lengths, default=1.0), chart.logarithmic)

    def pixels(self, length: float) -> float:
        room = WIDTH - LABELS - VALUES
        if length <= 0:
            return 1.0
        if not self.logarithmic:
            return max(1.0, room * length / self.longest)
        decades = log10(self.longest / self.shortest) + 0.5
        return max(1.0, room * (log10(length / self.shortest) + 0.5) / decades)


def _row(row: Row, y: int, scale: _Scale) -> list[str]:
    middle = y + _height(row) / 2 + 4.5
    name = _text(LABELS - 10, middle, row.name, "own" if row.own else "", anchor="end")
    thick = _thickness(row)
    parts = [name]
    for number, bar in enumerate(row.bars):
        top, width = y + number * (thick + 2), scale.pixels(bar.length)
        parts.append(
            f'<rect class="{bar.style}" x="{LABELS}" y="{top}" '
            f'width="{width:.1f}" height="{thick}" rx="2"/>'
        )
        parts.append(_text(LABELS + width + 7, top + thick / 2 + 4.5, bar.text, "value"))
    return parts


def _thickness(row: Row) -> int:
    return BAR if len(row.bars) == 1 else SMALL_BAR


def _height(row: Row) -> int:
    return len(row.bars) * (_thickness(row) + 2) - 2


def _legend(entries: Sequence[tuple[str, str]], y: int) -> list[str]:
    parts, x = [], float(LABELS)
    for style, name in entries:
        parts.append(f'<rect class="{style}" x="{x:.0f}" y="{y}" width="11" height="11" rx="2"/>')
        parts.append(_text(x + 17, y + 10, name, "axis"))
        x += 40 + 7 * len(name)
    return parts


def _line(x: int, top: int, bottom: int) -> str:
    return f'<line class="line" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>'


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}"'
    aligned = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{style}" {place}{aligned}>{escape(text)}</text>'


def _document(chart: Chart, height: int, parts: Sequence[str]) -> str:
    told = "; ".join(f"{row.name} {', '.join(b.text for b in row.bars)}" for row in chart.rows)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="t d">',
            f'<title id="t">{escape(chart.title)}</title>',
            f'<desc id="d">{escape(told)}</desc>',
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>\n",
        )
    )
