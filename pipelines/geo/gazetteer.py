"""The gazetteer: every territory of the reference under every name it has or had, found by key or by code.

Belongs here: loading `sources/reference/` and looking up. Does not: choosing among what is found (`resolution.py`).
Only what is asked for is loaded: communes at once, former communes and EPCI when first looked up.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.geo.bodies import Bodies, Year, acronyms_in, bodies_between
from pipelines.geo.entities import Entity
from pipelines.geo.errors import ReferenceMissing
from pipelines.geo.names import normalise, without_article

VINTAGE = 2026
FIRST_EPCI_VINTAGE = 2019
HISTORY, HISTORY_MEMBERS = "epci_historique", "epci_historique_membres"
DEPARTEMENT_NATURES = {"com": "collectivite_outre_mer"}


def read_reference(folder: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """One file of the reference as a table, by its name without ending. Raises `ReferenceMissing`."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise ReferenceMissing(file=f"sources/reference/{path.name}")
    # `pq.read_table` would import pyarrow's datasets first, which takes longer than everything here.
    with pq.ParquetFile(path) as file:
        return file.read(columns=columns, use_threads=False)


class Gazetteer:
    """Territories of France by key. Lookups return entities in the order of their codes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bodies: dict[int, Bodies | None] = {}
        self._keys: dict[tuple[frozenset[str], str], list[str]] = {}

    def named(self, key: str) -> list[Entity]:
        """Communes of every type, of now and before, whose name has that key."""
        return [*self._built(self._communes, key), *self._built(self._former, key)]

    def named_but_for_the_article(self, key: str) -> list[Entity]:
        """Communes whose name has that key once the leading article of both is left out."""
        keys = self._without_article.get(without_article(key), ())
        return [entity for one in keys for entity in self.named(one)]

    def coded(self, code: str) -> list[Entity]:
        """Communes of every type, of now and before, that have or had that code."""
        now = [self._communes.entity(place) for place in self._communes.by_code.get(code, ())]
        return [*now, *(self._former.entity(place) for place in self._former.by_code.get(code, ()))]

    def keys_in(self, departements: Iterable[str], initial: str = "") -> list[str]:
        """Keys of communes of now and before in those départements; of all France when none is named.

        `initial`: only those that begin so.
        """
        wanted = frozenset(departements)
        if (wanted, initial) not in self._keys:
            known = self._communes.keys_in(wanted) | self._former.keys_in(wanted)
            self._keys[wanted, initial] = sorted(key for key in known if key.startswith(initial))
        return self._keys[wanted, initial]

    def beginning_with(self, key: str) -> list[Entity]:
        """Communes of now and before whose name begins with all words of a key and goes on, leading articles aside."""
        begun = f"{without_article(key)} "
        start = bisect_left(self._bare_keys, (begun, ""))
        found: list[Entity] = []
        for bare, own in self._bare_keys[start:]:
            if not bare.startswith(begun):
                break
            found += self.named(own)
        return found

    def has_one_commune(self, departement: str) -> bool:
        """Whether a département is one commune of today (Paris)."""
        return departement in self._single_communes

    @cached_property
    def _single_communes(self) -> frozenset[str]:
        rows = read_reference(self.folder, f"communes-{VINTAGE}", ["departement_code", "type"]).to_pylist()
        counted = Counter(row["departement_code"] for row in rows if row["type"] == "commune")
        return frozenset(code for code, number in counted.items() if number == 1)

    @cached_property
    def epci(self) -> list[Entity]:
        """EPCI and EPT of now, then the names that EPCI had in the vintages since 2019 and have no longer."""
        return [*self._present_epci(), *self._former_epci()]

    @cached_property
    def epci_by_core(self) -> dict[str, list[Entity]]:
        """Every EPCI that the reference knows, of now and before, by the key of its name without its type."""
        known = (entity for year in self._history.values() for entity in year.values())
        return Bodies.of([*self.epci, *known]).by_core

    def bodies_on(self, day: str | None) -> Bodies | None:
        """The EPCI and EPT of an ISO date (None: of today); None where the reference does not say who existed."""
        year = int(day[:4]) if day else VINTAGE
        if year not in self._bodies:
            self._bodies[year] = self._bodies_of(min(year, VINTAGE))
        return self._bodies[year]

    def _bodies_of(self, year: int) -> Bodies | None:
        if year < FIRST_EPCI_VINTAGE:
            return bodies_between(self._years, year)
        first = f"{year}-01-01"
        living = {entity.code for entity in self.epci if entity.lives_on(first)}
        return Bodies.of(entity for entity in self.epci if entity.code in living)

    @cached_property
    def known_acronyms(self) -> dict[str, str]:
        """Codes of EPCI by acronym: those of the list `sigles_epci.csv`, and those that an official name states."""
        found: dict[str, set[str]] = defaultdict(set)
        for entity in self.epci:
            for acronym in acronyms_in(entity.name):
                found[acronym].add(entity.code)
        path = self.folder / "sigles_epci.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    found[row["sigle"]].add(row["epci_code"])
        return {acronym: codes.pop() for acronym, codes in found.items() if len(codes) == 1}

    @cached_property
    def _history(self) -> dict[int, Year]:
        """EPCI by year under their name of then, as the Ministry of the Interior published them; empty if not given."""
        found: dict[int, Year] = defaultdict(dict)
        if not (self.folder / f"{HISTORY}.parquet").is_file():
            return {}
        for row in read_reference(self.folder, HISTORY).to_pylist():
            codes = tuple(row["departements_codes"].split())
            region = self.departements[codes[0]].region if codes and codes[0] in self.departements else None
            entity = Entity(
                row["code"], "epci", row["nom"], row["cle"], codes, region, row["code_actuel"], None, None, "",
                row["type"], row["population"],
            )  # fmt: skip
            found[row["annee"]][row["code"]] = entity
        return dict(found)

    @cached_property
    def _years(self) -> dict[int, Year]:
        """The history, and the first vintages of the packages that are neighbours of its last years."""
        found = dict(self._history)
        for year in (FIRST_EPCI_VINTAGE, FIRST_EPCI_VINTAGE + 1) if found else ():
            day = f"{year}-01-01"
            here = [entity for entity in self.epci if entity.nature == "epci" and entity.lives_on(day)]
            found[year] = {entity.code: replace(entity, since=None, until=None) for entity in here}
        return found

    @cached_property
    def departements(self) -> dict[str, Entity]:
        """Départements and overseas collectivities, by code."""
        return {
            row["code"]: _area(row, DEPARTEMENT_NATURES.get(row["zone"], "departement"), (row["code"],))
            for row in self._rows("departements")
        }

    @cached_property
    def regions(self) -> dict[str, Entity]:
        """Regions of today, by code; overseas collectivities are left to `departements`."""
        within: dict[str, list[str]] = defaultdict(list)
        for code, departement in self.departements.items():
            within[departement.region or ""].append(code)
        rows = [row for row in self._rows("regions") if row["zone"] != "com"]
        return {row["code"]: _area(row, "region", tuple(within[row["code"]])) for row in rows}

    @cached_property
    def areas(self) -> dict[str, tuple[str, ...]]:
        """Départements covered by each département or region, of now and before 2016, by key of its name.

        A name that a region shares with a département of it (Guadeloupe, Mayotte) means the same either way.
        """
        found = {key: tuple(codes) for key, codes in self._former_regions().items()}
        found |= {entity.key: entity.departements for entity in self.regions.values()}
        return found | {entity.key: entity.departements for entity in self.departements.values()}

    @cached_property
    def _communes(self) -> _Rows:
        return _Rows(read_reference(self.folder, f"communes-{VINTAGE}"), _current)

    @cached_property
    def _former(self) -> _Rows:
        regions = {code: entity.region for code, entity in self.departements.items()}
        return _Rows(read_reference(self.folder, "anciennes_communes"), lambda row: _gone(row, regions))

    @cached_property
    def _without_article(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.keys_in(()):
            found[without_article(key)].append(key)
        return found

    @cached_property
    def _bare_keys(self) -> list[tuple[str, str]]:
        return sorted((without_article(key), key) for key in self.keys_in(()))

    def _built(self, rows: _Rows, key: str) -> list[Entity]:
        return [rows.entity(place) for place in rows.by_key.get(key, ())]

    def _rows(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = read_reference(self.folder, f"{name}-{VINTAGE}").to_pylist()
        return rows

    def _present_epci(self) -> Iterable[Entity]:
        for row in self._rows("epci"):
            codes = tuple(row["departements_codes"].split())
            region = self.departements[codes[0]].region
            first = row["nom_depuis_millesime"] or FIRST_EPCI_VINTAGE  # EPT: the packages list them since 2023 only
            since = f"{first}-01-01" if first > FIRST_EPCI_VINTAGE else None
            yield Entity(
                row["code"],
                row["nature"],
                row["nom"],
                row["cle"],
                codes,
                region,
                row["code"],
                since,
                None,
                "",
                row["type"],
            )

    def _former_epci(self) -> Iterable[Entity]:
        for row in read_reference(self.folder, "anciens_epci").to_pylist():
            codes = tuple(row["departements_codes"].split())
            region = self.departements[codes[0]].region
            first = row["premier_millesime"]
            since = f"{first}-01-01" if first > FIRST_EPCI_VINTAGE else None
            until = f"{row['dernier_millesime'] + 1}-01-01"
            yield Entity(
                row["code"],
                "epci",
                row["nom"],
                row["cle"],
                codes,
                region,
                row["code_actuel"],
                since,
                until,
                "",
                row["type"],
            )

    def _former_regions(self) -> dict[str, list[str]]:
        path = self.folder / "anciennes_regions.csv"
        if not path.is_file():
            raise ReferenceMissing(file=f"sources/reference/{path.name}")
        with path.open(encoding="utf-8", newline="") as file:
            return {normalise(row["nom"]): row["departements_codes"].split() for row in csv.DictReader(file)}


class _Rows:
    """A table as columns of Python values, its rows found by key and by code, made entities only when asked for."""

    def __init__(self, table: pa.Table, make: Any) -> None:
        self._columns: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in table.column_names}
        self._make = make
        self.by_key: dict[str, list[int]] = defaultdict(list)
        self.by_code: dict[str, list[int]] = defaultdict(list)
        for place, (key, code) in enumerate(zip(self._columns["cle"], self._columns["code"], strict=True)):
            self.by_key[key].append(place)
            self.by_code[code].append(place)

    def entity(self, place: int) -> Entity:
        entity: Entity = self._make({name: column[place] for name, column in self._columns.items()})
        return entity

    def keys_in(self, departements: Collection[str]) -> set[str]:
        pairs = zip(self._columns["cle"], self._columns["departement_code"], strict=True)
        return {key for key, departement in pairs if not departements or departement in departements}


def _current(row: dict[str, Any]) -> Entity:
    return Entity(
        row["code"], row["type"], row["nom"], row["cle"], (row["departement_code"],), row["region_code"],
        row["commune_code"], row["nom_depuis"], None, row["codes_postaux"] or "", "", row["population"],
    )  # fmt: skip


def _gone(row: dict[str, Any], regions: dict[str, str | None]) -> Entity:
    departement = row["departement_code"]
    return Entity(
        row["code"], "commune", row["nom"], row["cle"], (departement,), regions.get(departement),
        row["code_actuel"], row["valide_du"], row["valide_au"],
    )  # fmt: skip


def _area(row: dict[str, Any], nature: str, departements: tuple[str, ...]) -> Entity:
    return Entity(
        row["code"], nature, row["nom"], row["cle"], departements, row.get("region_code", row["code"]), row["code"]
    )


@lru_cache(maxsize=4)
def _cached(folder: Path, _modified: int) -> Gazetteer:
    return Gazetteer(folder)


def load_gazetteer(folder: Path) -> Gazetteer:
    """The gazetteer of a reference folder, kept in memory until its communes change. Raises `ReferenceMissing`."""
    path = folder / f"communes-{VINTAGE}.parquet"
    if not path.is_file():
        raise ReferenceMissing(file=f"sources/reference/{path.name}")
    return _cached(folder.resolve(), path.stat().st_mtime_ns)  # a rebuild links to the same folder from another
