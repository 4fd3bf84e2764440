"""Small pieces of SVG: escaped text, axes, bars, legends. No styles: colours are classes of `style.css`.

Belongs here: marks. Does not: what any picture means. Units are those of the drawing's viewBox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape


def drawing(name: str, width: int, height: int, title: str, description: str, *marks: str) -> str:
    """A whole picture, with the name and the description that a screen reader says."""
    return (
        f'<svg class="drawing" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(marks)}</svg>"
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> str:
    """A text at a point; `anchor`: start, middle, end."""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{_n(x)}" y="{_n(y)}"{where}{style}>{escape(words)}</text>'


def bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A filled rectangle."""
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"/>'


def line(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points."""
    return f'<path class="{kind}" d="M{"L".join(f"{_n(x)} {_n(y)}" for x, y in points)}"/>'


def legend(x: float, y: float, entries: Sequence[tuple[str, str]], *, step: float = 150) -> str:
    """Swatches side by side, each with its words: (class, words)."""
    found = []
    for place, (kind, words) in enumerate(entries):
        at = x + place * step
        found += [bar(at, y - 11, 14, 14, f"{kind} key"), text(at + 21, y + 1, words, kind="small")]
    return "".join(found)


PHONE = 340  # units: the width of a drawing for narrow screens, about one a pixel
_ROW, _BAR = 42, 14


@dataclass(frozen=True)
class Row:
    """A line of a drawing for narrow screens: its label, its parts as (value, class), and the words beside its bar."""

    label: str
    parts: Sequence[tuple[float, str]]
    note: str = ""


def narrow(name: str, title: str, description: str, rows: Sequence[Row], entries: Sequence[tuple[str, str]]) -> str:
    """Bars from left to right for a narrow screen: each label above its bar, which nothing cuts. `entries`: the key."""
    drawn, top = [], 8.0
    for place, entry in enumerate(entries):
        drawn.append(legend(4 + (place % 2) * PHONE / 2, top + 12 + place // 2 * 24, [entry]))
    top += 24 * -(-len(entries) // 2)
    highest = max((sum(value for value, _ in row.parts) for row in rows), default=0) or 1
    reach = PHONE - 18 - max((8 * len(row.note) for row in rows), default=0)
    for place, row in enumerate(rows):
        x, y = 4.0, top + 4 + place * _ROW
        drawn.append(text(x, y + 14, shortened(row.label, 46), kind="small"))
        for value, kind in row.parts:
            wide = reach * value / highest
            if wide:
                drawn.append(bar(x, y + 20, wide, _BAR, f"{kind} key"))
            x += wide
        if row.note:
            drawn.append(text(x + 6, y + 32, row.note, kind="small"))
    return drawing(f"{name}-etroit", PHONE, int(top + 4 + _ROW * len(rows) + 4), title, description, *drawn)


def shortened(words: str, longest: int) -> str:
    """A label that fits, cut with an ellipsis where it would not."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def ticks(highest: float) -> list[float]:
    """Round values from 0 to at least `highest`, four to six of them."""
    if highest <= 0:
        return [0, 1]
    power = 1.0
    while power * 10 <= highest:
        power *= 10
    while power > highest:
        power /= 10
    step = next(power * part for part in (0.2, 0.25, 0.5, 1, 2) if highest / (power * part) <= 5)
    count = 0
    while count * step < highest:
        count += 1
    return [place * step for place in range(count + 1)]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
