"""The tables of figures in the pages that people read, written from `results/validation.json`.

python -m benchmarks.validation.pages          writes README.md, docs/tours.md and docs/validation.md again

Belongs here: which figures a page shows. Does not: measuring (`run.py`), the whole table (`results/validation.md`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.validation.run import HERE, of_shapes, speed_up

ROOT = HERE.parents[1]
Files = Mapping[str, dict[str, Any]]
SHAPES = ("| table | wall s | speed-up: wall, CPU |", "|---|---:|---:|")
FILES = (
    "| file | contestant | wall s | CPU s | peak MB | speed-up over Frictionless: wall, CPU |",
    "|---|---|---:|---:|---:|---:|",
)


def shape_rows(about: Mapping[str, Any]) -> list[str]:
    """One row a shape that was measured beside Frictionless."""
    return [
        f"| {title} | {found['arobase']['wall']:.2f} | {speed_up(found, 'arobase')} |"
        for title, found in of_shapes(about).items()
    ]


def file_rows(about: Mapping[str, Any]) -> list[str]:
    """One row a file, by the one of our contestants that does the most with it."""
    rows = []
    for title, found in about["files"].items():
        ours = [name for name, figures in found.items() if name.startswith("arobase") and "cpu" in figures]
        if not ours:
            continue
        name, figures = ours[-1], found[ours[-1]]
        cells = [f"{figures['wall']:.2f}", f"{figures['cpu']:.2f}", f"{figures['peak_mb']:.0f}", speed_up(found, name)]
        rows.append(f"| {title} | {name} | {' | '.join(cells)} |")
    return rows


PAGES: dict[str, tuple[tuple[str, str], Callable[[Mapping[str, Any]], list[str]]]] = {
    "README.md": (SHAPES, shape_rows),
    "docs/tours.md": (FILES, file_rows),
    "docs/validation.md": (FILES, file_rows),
}


def page(name: str, text: str, about: Mapping[str, Any]) -> str:
    """A page with its table of these figures. Raises `ValueError` when it has none."""
    header, rows = PAGES[name]
    lines = text.split("\n")
    start = lines.index(header[0])
    end = start
    while lines[end].startswith("|"):
        end += 1
    return "\n".join([*lines[:start], *header, *rows(about), *lines[end:]])


def write(root: Path = ROOT) -> None:
    """Write the tables of all pages again."""
    about = json.loads((HERE / "results" / "validation.json").read_text())
    for name in PAGES:
        path = root / name
        path.write_text(page(name, path.read_text(encoding="utf-8"), about), encoding="utf-8")


if __name__ == "__main__":
    write()
