"""The tables by commune that live sources bring: `acces_fixe_communes`, `zones_blanches_communes`, `label_et_acces`.

Belongs here: counting sites and premises, setting the density class and the label beside access. Does not: what was
recorded (`releves_acces_communes`, `densite_communes`, `sites_programmes` are published as they are read). None of them
says that the label and access cause one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.territories.derived.coverage import AWARDS, PACKAGE
from pipelines.domains.territories.derived.knowledge import LAUREATES, Knowledge, knowledge_by_edition
from pipelines.geo.gazetteer import read_reference
from pipelines.geo.geography import COMMUNAL, VINTAGE
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table

SITES = f"{PACKAGE}/sites_programmes"
RECORDED = f"{PACKAGE}/releves_acces_communes"
ACCESS, DENSITY = f"{PACKAGE}/acces_fixe_communes", f"{PACKAGE}/densite_communes"
CLASSES = tuple(str(number) for number in range(1, 8))


@derived("acces_fixe_communes")
def access_by_commune(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """The recorded access of each commune and date, its density class while the grid is on, and the label."""
    today = _codes_of_today(project)
    classes = _class_of_each(tables[DENSITY], today) if DENSITY in tables else {}
    awarded = _awarded(tables[AWARDS])

    def rows() -> Iterator[dict[str, Any]]:
        for row in tables[RECORDED].to_pylist():
            code = today.get(row["code_commune"], row["code_commune"])
            yield row | {"classe_densite": classes.get(code), "labellisee_connue": code in awarded}

    return text_table(project, ACCESS, rows())


@derived("zones_blanches_communes")
def sites_by_commune(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per commune, programme and quarter; a site that operators share counts once."""
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in tables[SITES].to_pylist():
        found[row["code_commune"], row["programme"], row["trimestre"]].append(row)

    def rows() -> Iterator[dict[str, Any]]:
        for (code, programme, quarter), sites in sorted(found.items()):
            with_4g = [site for site in sites if site["site_4g"]]
            yield {
                "code_commune": code,
                "programme": programme,
                "trimestre": quarter,
                "sites": len(_places(sites)),
                "sites_4g": len(_places(with_4g)),
                "operateurs": len({site["operateur_code"] for site in sites}),
            }

    return text_table(project, f"{PACKAGE}/zones_blanches_communes", rows())


def _places(sites: Iterable[Mapping[str, Any]]) -> set[tuple[str, ...]]:
    """The places that sites stand at: one for those that share it, else one for each operator's own."""
    return {
        ("partage", site["site_partage"])
        if site["site_partage"]
        else ("propre", site["operateur_code"], site["site_numero"])
        for site in sites
    }


@dataclass
class _Class:
    """What is counted of one density class at one date."""

    premises: int = 0
    counted: int = 0
    fibre: int = 0
    fibre_of: int = 0
    wired: int = 0
    wired_of: int = 0
    without_fibre: set[str] = field(default_factory=set)

    def add(self, row: Mapping[str, Any]) -> None:
        """The access of a commune whose premises are known."""
        self.counted += 1
        self.premises += row["locaux"]
        if row["locaux_fibre"] is not None:
            self.fibre += row["locaux_fibre"]
            self.fibre_of += row["locaux"]
            if row["locaux_fibre"] == 0:
                self.without_fibre.add(row["code_commune"])
        if row["locaux_filaire_30"] is not None:
            self.wired += row["locaux_filaire_30"]
            self.wired_of += row["locaux"]


@derived("label_et_acces")
def label_and_access(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per date of access and density class, by the newest grid, in communes of today.

    Communes that the grid does not know (restored since) are in no class, and in no count.
    """
    today = _codes_of_today(project)
    classes = _class_of_each(tables[DENSITY], today)
    awarded = _awarded(tables[AWARDS])
    known = _known(tables[LAUREATES])
    access: dict[date, dict[str, _Class]] = defaultdict(lambda: {name: _Class() for name in CLASSES})
    for row in tables[ACCESS].to_pylist():
        counts = access[row["date_reference"]]
        name = classes.get(today.get(row["code_commune"], row["code_commune"]))
        if name is not None and row["locaux"]:
            counts[name].add(row)

    def rows() -> Iterator[dict[str, Any]]:
        for day, counts in sorted(access.items()):
            for name in CLASSES:
                communes = {code for code, of in classes.items() if of == name}
                if communes:
                    yield {"date_reference": day, "classe_densite": name} | _row(communes, awarded, known, counts[name])

    return text_table(project, f"{PACKAGE}/label_et_acces", rows())


def _row(communes: set[str], awarded: frozenset[str], known: Knowledge, counts: _Class) -> dict[str, Any]:
    found = len(communes & awarded)
    rate = Fraction(1000 * found, len(communes))
    return {
        "communes": len(communes),
        "labellisees_connues": found,
        "labellisees_pour_mille_minimum": rate,
        "labellisees_pour_mille": rate if known.is_enough else None,
        **known.state(),
        **known.row(),
        "communes_avec_locaux": counts.counted,
        "locaux": counts.premises,
        "part_fibre": _percent(counts.fibre, counts.fibre_of),
        "part_filaire_30": _percent(counts.wired, counts.wired_of),
        "communes_sans_fibre": len(counts.without_fibre),
    }


def _percent(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def _codes_of_today(project: Project) -> Mapping[str, str]:
    """The code that holds the place of each former code today."""
    rows = read_reference(project.reference, f"anciens_codes-{VINTAGE}", ["code", "code_actuel"]).to_pylist()
    return {row["code"]: row["code_actuel"] for row in rows}


def _class_of_each(density: pa.Table, today: Mapping[str, str]) -> Mapping[str, str]:
    """The class of each commune of today in the newest grid: where communes merged, that of the most populated."""
    rows = density.to_pylist()
    newest = max((row["millesime"] for row in rows), default=None)
    found: dict[str, tuple[int, str]] = {}
    for row in sorted(rows, key=lambda row: row["code_commune"]):
        if row["millesime"] != newest:
            continue
        code = today.get(row["code_commune"], row["code_commune"])
        people = row["population"] or 0
        if code not in found or people > found[code][0]:
            found[code] = people, row["classe_densite"]
    return {code: name for code, (_, name) in found.items()}


def _awarded(awards: pa.Table) -> frozenset[str]:
    """Communes of today that are known to have been awarded in their own name, at one edition at least."""
    return frozenset(
        row["code_actuel"] or row["territoire_code"]
        for row in awards.select(["code_actuel", "territoire_code", "territoire_nature"]).to_pylist()
        if row["territoire_nature"] in COMMUNAL and (row["code_actuel"] or row["territoire_code"])
    )


def _known(laureates: pa.Table) -> Knowledge:
    """How many laureates are known of the editions whose total was published, all of them together."""
    editions = [item for item in knowledge_by_edition(laureates).values() if item.total]
    total = sum(item.total or 0 for item in editions)
    return Knowledge(sum(min(item.known, item.total or 0) for item in editions), total or None)
