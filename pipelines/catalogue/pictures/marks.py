"""Small pieces of SVG: escaped text, axes, bars, legends. No styles: colours are classes of `style.css`.

Belongs here: marks. Does not: what any picture means. Units are those of the drawing's viewBox.
"""

from __future__ import annotations

from collections.abc import Sequence
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
