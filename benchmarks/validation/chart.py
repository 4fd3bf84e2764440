"""A bar chart as SVG, seconds from zero: no library, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

WIDTH, LEFT, RIGHT, ROW = 720, 220, 70, 26
PAPER, INK, OURS, OTHERS = "#ffffff", "#17202a", "#0b4a6f", "#7b8490"
# What a contestant gives, where it is less than Frictionless' report.
LESS = {
    "F": "F (pyarrow, parses only)",
    "dataframely": "dataframely (by hand)",
    "duckdb": "duckdb (by hand)",
    "polars": "polars (by hand)",
}


def chart(figures: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """One bar a contestant, the shortest first; those that did not run are left out."""
    ran = sorted(((name, item["wall"]) for name, item in figures.items() if "wall" in item), key=lambda item: item[1])
    scale = (WIDTH - LEFT - RIGHT) / max(wall for _, wall in ran)
    height = ROW * len(ran) + 50
    summary = ", ".join(f"{LESS.get(name, name)} {wall:.2f} s" for name, wall in ran)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"',
        f' font-family="sans-serif" font-size="13" fill="{INK}">',
        f"<title>{escape(title)}: {escape(summary)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">{escape(title)}: seconds</text>',
    ]
    for number, (name, wall) in enumerate(ran):
        top, length = 36 + number * ROW, max(1.0, wall * scale)
        colour = OURS if name.startswith("arobase") else OTHERS
        lines.append(f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(LESS.get(name, name))}</text>')
        lines.append(f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{ROW - 8}" fill="{colour}"/>')
        lines.append(f'<text x="{LEFT + length + 6:.1f}" y="{top + 14}">{wall:.2f}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def shapes_chart(files: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """One bar a shape: how many times fewer CPU seconds than Frictionless, from zero, in the order of measuring."""
    left, height = 380, ROW * len(files) + 50
    found = [(title, figures["frictionless"]["cpu"] / figures["arobase"]["cpu"]) for title, figures in files.items()]
    scale = (WIDTH + 160 - left - RIGHT) / max(times for _, times in found)
    summary = ", ".join(f"{title} {times:.1f}" for title, times in found)
    heading = "CPU seconds of Frictionless for one of arobase"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 160} {height}" role="img"',
        f' font-family="sans-serif" font-size="13" fill="{INK}">',
        f"<title>{heading}: {escape(summary)}</title>",
        f'<rect width="{WIDTH + 160}" height="{height}" fill="{PAPER}"/>',
        f'<text x="{left}" y="22" font-weight="bold">{heading}</text>',
    ]
    for number, (title, times) in enumerate(found):
        top, length = 36 + number * ROW, max(1.0, times * scale)
        lines.append(f'<text x="{left - 8}" y="{top + 14}" text-anchor="end">{escape(title)}</text>')
        lines.append(f'<rect x="{left}" y="{top}" width="{length:.1f}" height="{ROW - 8}" fill="{OURS}"/>')
        lines.append(f'<text x="{left + length + 6:.1f}" y="{top + 14}">{times:.1f}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"
