"""The tables by commune that live sources bring: `acces_fixe_communes`, `zones_blanches_communes`, `label_et_acces`.

Belongs here: counting sites and premises, setting the density class and the label beside access. Does not: what was
recorded (`releves_acces_communes`, `densite_communes`, `sites_programmes` are published as they are read). None of them
says that the label and access cause one another.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.territories.derived.coverage import AWARDS, PACKAGE
from pipelines.domains.territories.derived.knowledge import LAUREATES, Knowledge, knowledge_by_edition
from pipelines.geo.gazetteer import read_reference
from pipelines.geo.geography import COMMUNAL, VINTAGE
from pipelines.tables.frames import frame, rows_of
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table

SITES = f"{PACKAGE}/sites_programmes"
RECORDED = f"{PACKAGE}/releves_acces_communes"
ACCESS, DENSITY = f"{PACKAGE}/acces_fixe_communes", f"{PACKAGE}/densite_communes"
CLASSES = tuple(str(number) for number in range(1, 8))
COUNTS = ("counted", "premises", "fibre", "fibre_of", "wired", "wired_of", "without_fibre")
NOTHING: Mapping[Hashable, int] = dict.fromkeys(COUNTS, 0)
"""What is counted of a density class of which nothing is known."""


@derived("acces_fixe_communes")
def access_by_commune(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """The recorded access of each commune and date, its density class while the grid is on, and the label."""
    access = frame(tables[RECORDED])
    place = _place_today(access["code_commune"], project)
    access["classe_densite"] = place.map(_class_of_each(tables[DENSITY], project)) if DENSITY in tables else None
    access["labellisee_connue"] = place.isin(_awarded(tables[AWARDS]))
    return text_table(project, ACCESS, rows_of(access))


@derived("zones_blanches_communes")
def sites_by_commune(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per commune, programme and quarter; a site that operators share counts once."""
    sites = frame(tables[SITES])
    sites["lieu"] = _place_of_site(sites)
    with_4g = sites[sites["site_4g"].fillna(False)]
    keys = ["code_commune", "programme", "trimestre"]
    counted = sites.groupby(keys).agg(sites=("lieu", "nunique"), operateurs=("operateur_code", "nunique"))
    counted["sites_4g"] = with_4g.groupby(keys)["lieu"].nunique().reindex(counted.index, fill_value=0)
    return text_table(project, f"{PACKAGE}/zones_blanches_communes", rows_of(counted.reset_index()))


def _place_of_site(sites: pd.DataFrame) -> pd.Series:
    """What tells the places of sites apart: one for those that share it, else one for each operator's own."""
    shared = sites["site_partage"].fillna("")
    own = "propre\x1f" + sites["operateur_code"].fillna("") + "\x1f" + sites["site_numero"].fillna("")
    return own.where(shared == "", "partage\x1f" + shared)


@derived("label_et_acces")
def label_and_access(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per date of access and density class, by the newest grid, in communes of today.

    Communes that the grid does not know (restored since) are in no class, and in no count.
    """
    classes = _class_of_each(tables[DENSITY], project)
    communes = pd.DataFrame({"classe": classes, "labellisee": classes.index.isin(_awarded(tables[AWARDS]))})
    labelled = communes.groupby("classe")["labellisee"].agg(["size", "sum"]).to_dict("index")
    access = frame(tables[ACCESS])
    access["classe"] = _place_today(access["code_commune"], project).map(classes)
    counts = _access_by_class(access).to_dict("index")
    known = _known(tables[LAUREATES])

    def rows() -> Iterator[dict[str, Any]]:
        for day in sorted(access["date_reference"].unique()):
            for name in (name for name in CLASSES if name in labelled):
                about = {"date_reference": day, "classe_densite": name}
                yield about | _row(labelled[name], known, counts.get((day, name), NOTHING))

    return text_table(project, f"{PACKAGE}/label_et_acces", rows())


def _access_by_class(access: pd.DataFrame) -> pd.DataFrame:
    """By date and class, what is counted of the communes whose premises are known, in whole numbers.

    `fibre_of` and `wired_of`: the premises of the communes whose fibre, and whose wired access, is known.
    """
    counted = access[access["locaux"].fillna(0) != 0]
    fibre, wired, premises = counted["locaux_fibre"], counted["locaux_filaire_30"], counted["locaux"]
    summed = pd.DataFrame(
        {
            "counted": 1,
            "premises": premises,
            "fibre": fibre.fillna(0),
            "fibre_of": premises.where(fibre.notna(), 0),
            "wired": wired.fillna(0),
            "wired_of": premises.where(wired.notna(), 0),
            "without_fibre": (fibre == 0).fillna(False).astype("int64"),
        },
        columns=list(COUNTS),
    )
    return summed.groupby([counted["date_reference"], counted["classe"]]).sum()


def _row(labelled: Mapping[Hashable, int], known: Knowledge, counts: Mapping[Hashable, int]) -> dict[str, Any]:
    communes, found = labelled["size"], labelled["sum"]
    rate = Fraction(1000 * found, communes)
    return {
        "communes": communes,
        "labellisees_connues": found,
        "labellisees_pour_mille_minimum": rate,
        "labellisees_pour_mille": rate if known.is_enough else None,
        **known.state(),
        **known.row(),
        "communes_avec_locaux": counts["counted"],
        "locaux": counts["premises"],
        "part_fibre": _percent(counts["fibre"], counts["fibre_of"]),
        "part_filaire_30": _percent(counts["wired"], counts["wired_of"]),
        "communes_sans_fibre": counts["without_fibre"],
    }


def _percent(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def _place_today(codes: pd.Series, project: Project) -> pd.Series:
    """The codes that are in the place of these today: their own, where they are codes of today."""
    former = read_reference(project.reference, f"anciens_codes-{VINTAGE}", ["code", "code_actuel"])
    places = dict(zip(*(former.column(name).to_pylist() for name in ("code", "code_actuel")), strict=True))
    return codes.map(places).fillna(codes)


def _class_of_each(density: pa.Table, project: Project) -> pd.Series:
    """The class of each commune of today in the newest grid, by code: where communes merged, that of the most
    populated."""
    grid = frame(density)
    grid = grid[grid["millesime"] == grid["millesime"].max()]
    grid = grid.assign(place=_place_today(grid["code_commune"], project), population=grid["population"].fillna(0))
    grid = grid.sort_values(["population", "code_commune"], ascending=[False, True]).drop_duplicates("place")
    return pd.Series(grid["classe_densite"].to_list(), index=grid["place"].to_list(), dtype="object").sort_index()


def _awarded(awards: pa.Table) -> set[str]:
    """Communes of today that are known to have been awarded in their own name, at one edition at least."""
    awarded = frame(awards.select(["code_actuel", "territoire_code", "territoire_nature"]))
    communes = awarded[awarded["territoire_nature"].isin(COMMUNAL)]
    return set(communes["code_actuel"].fillna(communes["territoire_code"]).dropna())


def _known(laureates: pa.Table) -> Knowledge:
    """How many laureates are known of the editions whose total was published, all of them together."""
    editions = [item for item in knowledge_by_edition(laureates).values() if item.total]
    total = sum(item.total or 0 for item in editions)
    return Knowledge(sum(min(item.known, item.total or 0) for item in editions), total or None)
