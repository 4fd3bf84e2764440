"""What a `package.yaml` says of the time and place that its data speak of, and of the law they are published under.

Belongs here: what `temporal`, `bbox` and `hvd` may hold. Does not: reading a period in data (`releases/periods.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.core.text import Said
from pipelines.schema.errors import SchemaFileError

# Source: Implementing Regulation (EU) 2023/138, annex: its six categories.
HVD = (
    "geospatial",
    "earth-observation-environment",
    "meteorological",
    "statistics",
    "companies",
    "mobility",
)
WEST, SOUTH, EAST, NORTH = range(4)


def check_coverage(raw: Mapping[str, Any], file: str) -> None:
    """Raises `SchemaFileError` for a period, a box or a category that portals cannot be given as it is."""
    checks = (
        (
            "temporal",
            _is_period,
            Said(
                "{start: AAAA-MM-JJ, end: AAAA-MM-JJ}, ou {from: [table.champ]} pour le lire dans les données",
                "{start: YYYY-MM-DD, end: YYYY-MM-DD}, or {from: [table.field]} to read it in the data",
            ),
        ),
        (
            "bbox",
            _is_box,
            Said("[ouest, sud, est, nord], en degrés", "[west, south, east, north], in degrees"),
        ),
        ("hvd", lambda value: value in HVD, ", ".join(HVD)),
    )
    for key, is_right, expected in checks:
        if key in raw and not is_right(raw[key]):
            raise SchemaFileError(file=file, place=key, found=str(raw[key]), expected=expected)


def _is_period(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if set(value) == {"from"}:
        named = value["from"]
        return isinstance(named, list) and bool(named) and all(_names_a_field(item) for item in named)
    if not value or set(value) - {"start", "end"}:
        return False
    days = [_day(value[key]) for key in ("start", "end") if key in value]  # a period may be open at one end
    known = [day for day in days if day is not None]
    return len(known) == len(days) and known == sorted(known)


def _names_a_field(value: Any) -> bool:
    return isinstance(value, str) and len(value.split(".")) == 2 and all(value.split("."))


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _is_box(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 4 or any(type(item) not in (int, float) for item in value):
        return False
    return bool(-180 <= value[WEST] <= value[EAST] <= 180 and -90 <= value[SOUTH] <= value[NORTH] <= 90)
