"""The shipped gazetteer, and short ways to ask it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipelines.core.project import Project
from pipelines.geo import Corrections, Gazetteer, Query, Resolution, load_gazetteer, resolve

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project.at(ROOT)
DATA = Path(__file__).parent / "data"


@cache
def gazetteer() -> Gazetteer:
    return load_gazetteer(PROJECT.reference)


def resolved(name: str, **beside: str | None) -> Resolution:
    """The resolution of a name with what is beside it, no correction applied."""
    return resolve(Query(name, **beside), gazetteer(), Corrections({}))


def code(name: str, **beside: str | None) -> str | None:
    return resolved(name, **beside).code
