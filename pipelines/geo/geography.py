"""The shipped geography as derivations count with it: communes of today, their population, and who covers them.

Belongs here: which communes an awarded authority covers. Does not: resolving names, or counting
(`domains/territories/derived/coverage.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.geo.gazetteer import HISTORY_MEMBERS, read_reference

VINTAGE = 2026
PEOPLE = "populations_millesimes"
# A municipal arrondissement is not among them: what it was awarded says nothing of the rest of its city.
COMMUNAL = frozenset({"commune", "ancienne_commune", "commune_deleguee", "commune_associee"})
INTERCOMMUNAL = frozenset({"epci", "ept"})


@dataclass(frozen=True)
class Commune:
    """A commune of today. `population`: municipal, 0 where the reference has none (uninhabited districts)."""

    code: str
    departement: str
    region: str
    population: int

    def with_people(self, population: int) -> Commune:
        """The same commune with so many people."""
        if population == self.population:
            return self
        return Commune(self.code, self.departement, self.region, population)


@dataclass(frozen=True)
class Area:
    """A département, region or overseas collectivity. `region` is its own code for a region."""

    code: str
    name: str
    region: str
    is_overseas: bool


@dataclass(frozen=True, eq=False)
class Geography:
    """Communes of today by code, départements and regions by code, and the communes of each intercommunal body.

    Equal to itself alone: what is made of one is kept for it."""

    communes: Mapping[str, Commune]
    departements: Mapping[str, Area]
    regions: Mapping[str, Area]
    members: Mapping[str, frozenset[str]]
    names: Mapping[tuple[str, str], str]
    populations: Mapping[tuple[str, str], int | None]
    vintages: Mapping[str, Mapping[int, frozenset[str]]] = field(default_factory=dict)
    people: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """By vintage, the people of each commune of today; a vintage that has none of a commune leaves it out."""
    _communes_at: dict[int, Mapping[str, Commune]] = field(default_factory=dict, repr=False, compare=False)

    def covered_by(
        self, nature: str | None, code: str | None, present: str | None, year: int | None = None
    ) -> frozenset[str]:
        """The communes of today that a territory covers.

        A former or delegated commune covers the commune that is in its place today, and a municipal arrondissement,
        a part of one, covers none; an intercommunal body covers the communes of today that are in the places of its
        members of `year`, or of the nearest vintage that knows it (see `vintage_of`); without a year, its members of
        today. A body that no vintage knows covers nothing.
        """
        if nature in COMMUNAL:
            one = present or code
            return frozenset({one}) if one is not None and one in self.communes else frozenset()
        if code is None or nature not in (*INTERCOMMUNAL, "ancien_epci"):
            return frozenset()
        vintage = None if year is None else self.vintage_of(code, year)
        if vintage is not None:
            return self.vintages[code][vintage]
        return self.members.get(code, frozenset()) if nature in INTERCOMMUNAL else frozenset()

    def vintage_of(self, code: str, year: int) -> int | None:
        """The vintage whose members stand for those of a body in a year: the nearest, the earlier one of two."""
        known = self.vintages.get(code)
        return min(known, key=lambda vintage: (abs(vintage - year), vintage)) if known else None

    def people_vintage(self, year: int) -> int:
        """The vintage whose populations stand for those of a year: the nearest, the earlier one of two."""
        return min((*self.people, VINTAGE), key=lambda vintage: (abs(vintage - year), vintage))

    def communes_at(self, vintage: int) -> Mapping[str, Commune]:
        """The communes of today with their people of a vintage, or of the nearest that knows any."""
        if vintage not in self._communes_at:
            nearest = sorted(self.people, key=lambda other: (abs(other - vintage), other))
            counted = [self.people[other] for other in nearest]
            self._communes_at[vintage] = {
                code: commune.with_people(_first(code, counted, commune.population))
                for code, commune in self.communes.items()
            }
        return self._communes_at[vintage]

    def population_of(self, communes: Iterable[str], vintage: int = VINTAGE) -> int:
        """People of these communes in a vintage, each commune once."""
        found = self.communes_at(vintage)
        return sum(found[code].population for code in set(communes))


def _first(code: str, counted: Iterable[Mapping[str, int]], otherwise: int) -> int:
    for people in counted:
        if code in people:
            return people[code]
    return otherwise


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
        vintages=_vintages(reference, places),
        people=_people(reference),
        communes={row["code"]: _commune(row) for row in places if row["type"] == "commune"},
        departements=_areas(reference, "departements"),
        regions=_areas(reference, "regions"),
        members={code: frozenset(found) for code, found in members.items()},
        names=names,
        populations=populations,
    )


def _vintages(reference: Path, places: list[dict[str, Any]]) -> dict[str, dict[int, frozenset[str]]]:
    """By body and vintage, the communes of today that are in the places of its members."""
    today = {row["code"]: row["code_actuel"] for row in _rows(reference, f"anciens_codes-{VINTAGE}")}
    today |= {row["code"]: row["code"] for row in places if row["type"] == "commune"}
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in _rows(reference, "epci_membres_millesimes"):
        for year in range(row["premier_millesime"], row["dernier_millesime"] + 1):
            found[row["epci_code"]][year].add(today.get(row["commune_code"], row["commune_code"]))
    if (reference / f"{HISTORY_MEMBERS}.parquet").is_file():
        for row in _rows(reference, HISTORY_MEMBERS):
            found[row["epci_code"]][row["annee"]].add(today.get(row["commune_code"], row["commune_code"]))
    known = set(today.values())
    return {
        code: {year: frozenset(communes & known) for year, communes in years.items()} for code, years in found.items()
    }


def _people(reference: Path) -> dict[int, dict[str, int]]:
    """By vintage and commune of today, its people. None for a reference that was built without earlier populations."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    if (reference / f"{PEOPLE}.parquet").is_file():
        for row in _rows(reference, PEOPLE):
            for vintage in range(row["premier_millesime"], row["dernier_millesime"] + 1):
                found[vintage][row["commune_code"]] = row["population"]
    return dict(found)


def _rows(reference: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_reference(reference, name).to_pylist()
    return rows


def _commune(row: Mapping[str, Any]) -> Commune:
    return Commune(row["code"], row["departement_code"], row["region_code"], row["population"] or 0)


def _areas(reference: Path, name: str) -> dict[str, Area]:
    rows = read_reference(reference, f"{name}-{VINTAGE}").to_pylist()
    return {
        row["code"]: Area(row["code"], row["nom"], row.get("region_code", row["code"]), row["zone"] != "metro")
        for row in sorted(rows, key=lambda row: str(row["code"]))
    }
