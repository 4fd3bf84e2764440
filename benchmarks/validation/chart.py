"""A bar chart as SVG, seconds on a logarithmic scale: no library, the same bytes for the same figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

WIDTH, LEFT, ROW = 720, 160, 26


def chart(figures: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """One bar a contestant, the shortest first; those that did not run are left out."""
    ran = sorted(((name, item["wall"]) for name, item in figures.items() if "wall" in item), key=lambda item: item[1])
    low = min(wall for _, wall in ran) / 2
    scale = (WIDTH - LEFT - 80) / math.log(max(wall for _, wall in ran) / low)
    height = ROW * len(ran) + 50
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        ' font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<text x="{LEFT}" y="22" font-weight="bold">{escape(title)} (s, log)</text>',
    ]
    for number, (name, wall) in enumerate(ran):
        top, length = 36 + number * ROW, max(1.0, math.log(wall / low) * scale)
        colour = "#000091" if name.startswith("arobase") else "#8a8aa8"
        lines.append(f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(name)}</text>')
        lines.append(f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{ROW - 8}" fill="{colour}"/>')
        lines.append(f'<text x="{LEFT + length + 6:.1f}" y="{top + 14}">{wall:.2f}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"
