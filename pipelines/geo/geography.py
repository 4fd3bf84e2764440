"""The shipped geography as derivations count with it: communes of today, their population, and who covers them.

Belongs here: which communes a laureate covers. Does not: resolving names, or counting (`coverage.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.geo import read_reference

VINTAGE = 2026
COMMUNAL = frozenset(
    {"commune", "ancienne_commune", "commune_deleguee", "commune_associee", "arrondissement_municipal"}
)
INTERCOMMUNAL = frozenset({"epci", "ept"})


@dataclass(frozen=True)
class Commune:
    """A commune of today. `population`: municipal, 0 where the reference has none (uninhabited districts)."""

    code: str
    departement: str
    region: str
    population: int


@dataclass(frozen=True)
class Area:
    """A département, region or overseas collectivity. `region` is its own code for a region."""

    code: str
    name: str
    region: str
    is_overseas: bool


@dataclass(frozen=True)
class Geography:
    """Communes of today by code, départements and regions by code, and the communes of each intercommunal body."""

    communes: Mapping[str, Commune]
    departements: Mapping[str, Area]
    regions: Mapping[str, Area]
    members: Mapping[str, frozenset[str]]
    names: Mapping[tuple[str, str], str]
    populations: Mapping[tuple[str, str], int | None]

    def covered_by(self, nature: str | None, code: str | None, present: str | None) -> frozenset[str]:
        """The communes of today that a territory covers.

        A former or delegated commune covers the commune that holds its place today; an intercommunal body of today
        covers its members of today. A body that is no more covers nothing here: its members of then are not shipped.
        """
        if nature in COMMUNAL:
            one = present or code
            return frozenset({one}) if one is not None and one in self.communes else frozenset()
        if nature in INTERCOMMUNAL and code is not None:
            return self.members.get(code, frozenset())
        return frozenset()

    def population_of(self, communes: Iterable[str]) -> int:
        """People of these communes, each commune once."""
        return sum(self.communes[code].population for code in set(communes))


def load_geography(reference: Path) -> Geography:
    """The geography of a reference folder, kept until its communes change. Raises `ReferenceMissing`."""
    path = reference / f"communes-{VINTAGE}.parquet"
    return _loaded(reference, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=4)
def _loaded(reference: Path, _modified: int) -> Geography:
    columns = ["code", "type", "nom", "departement_code", "region_code", "population"]
    places = read_reference(reference, f"communes-{VINTAGE}", columns).to_pylist()
    bodies = read_reference(
        reference, f"epci-{VINTAGE}", ["code", "nature", "nom", "population_municipale"]
    ).to_pylist()
    members: dict[str, set[str]] = defaultdict(set)
    for row in read_reference(reference, f"epci_membres-{VINTAGE}", ["epci_code", "commune_code"]).to_pylist():
        members[row["epci_code"]].add(row["commune_code"])
    names = {(row["type"], row["code"]): row["nom"] for row in places}
    names |= {(row["nature"], row["code"]): row["nom"] for row in bodies}
    populations = {(row["type"], row["code"]): row["population"] for row in places}
    populations |= {(row["nature"], row["code"]): row["population_municipale"] for row in bodies}
    return Geography(
        communes={row["code"]: _commune(row) for row in places if row["type"] == "commune"},
        departements=_areas(reference, "departements"),
        regions=_areas(reference, "regions"),
        members={code: frozenset(found) for code, found in members.items()},
        names=names,
        populations=populations,
    )


def _commune(row: Mapping[str, Any]) -> Commune:
    return Commune(row["code"], row["departement_code"], row["region_code"], row["population"] or 0)


def _areas(reference: Path, name: str) -> dict[str, Area]:
    rows = read_reference(reference, f"{name}-{VINTAGE}").to_pylist()
    return {
        row["code"]: Area(row["code"], row["nom"], row.get("region_code", row["code"]), row["zone"] != "metro")
        for row in sorted(rows, key=lambda row: str(row["code"]))
    }
