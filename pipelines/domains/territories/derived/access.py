"""The table `acces_inegalites`: how unevenly fibre is spread between départements, series by series and date by date.

Belongs here: thresholds, quartiles, the gap between rural and urban départements. Does not: any figure of access, which
is published as it was recorded (`acces_fixe_departements`). Doubtful values enter nothing, and series are never joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.core.project import Project
from pipelines.tables.frames import frame
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table

PACKAGE = "territoires-numeriques"
THRESHOLDS = (25, 50, 80, 90)  # per cent of premises
LEFT_OUT = ("976",)  # Mayotte, whose zeros are no data: at every date, so that all count the same départements
RURAL_CLASSES = (5, 6, 7)  # Insee's density grid: rural municipalities
RURAL_FROM, URBAN_BELOW = 50, 20  # per cent of people in rural municipalities


@derived("acces_inegalites")
def access_inequality(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per series and date, from the départements whose figure is not doubtful."""
    access = frame(tables[f"{PACKAGE}/acces_fixe_departements"])
    access = access[~access["valeur_douteuse"] & ~access["departement_code"].isin(LEFT_OUT)]
    places = with_rural_share(frame(tables[f"{PACKAGE}/ruralite_departements"]))
    joined = access.merge(places, on="departement_code", validate="many_to_one")
    groups = joined.groupby(["serie", "date_reference"], sort=True)
    rows = [{"serie": series, "date_reference": day, **measures(group, day)} for (series, day), group in groups]
    return text_table(project, f"{PACKAGE}/acces_inegalites", rows)


def with_rural_share(places: pd.DataFrame) -> pd.DataFrame:
    """Code, people and share of people in rural municipalities (per cent) of each département."""
    rural = places[[f"habitants_classe_{number}" for number in RURAL_CLASSES]].sum(axis="columns")
    shares = 100 * rural.astype("float64") / places["population"].astype("float64")
    return pd.DataFrame(
        {"departement_code": places["departement_code"], "population": places["population"], "part_rurale": shares}
    )


def measures(group: pd.DataFrame, day: Any) -> dict[str, Any]:
    """What is published of the départements of one date."""
    share, people = group["part_fibre"].astype("float64"), group["population"].astype("int64")
    rural = share[group["part_rurale"] >= RURAL_FROM]
    urban = share[group["part_rurale"] < URBAN_BELOW]
    below = {threshold: share < threshold for threshold in THRESHOLDS}
    return {
        "edition": day.year + 1 if (day.month, day.day) == (12, 31) else None,
        "departements_nombre": len(group),
        "minimum": _decimals(share.min()),
        "q1": _decimals(share.quantile(0.25)),
        "mediane": _decimals(share.median()),
        "q3": _decimals(share.quantile(0.75)),
        "maximum": _decimals(share.max()),
        "moyenne_ponderee": _decimals((share * people).sum() / people.sum()),
        **{f"departements_sous_{limit}": int(found.sum()) for limit, found in below.items()},
        **{
            f"part_population_sous_{limit}": _decimals(100 * people[found].sum() / people.sum())
            for limit, found in below.items()
        },
        "departements_ruraux_nombre": len(rural),
        "moyenne_ruraux": _decimals(rural.mean()),
        "departements_urbains_nombre": len(urban),
        "moyenne_urbains": _decimals(urban.mean()),
        "ecart_ruraux_urbains": _decimals(urban.mean() - rural.mean()),
    }


def _decimals(value: Any) -> str | None:
    """Two decimals; absent where there is nothing to measure."""
    return None if pd.isna(value) else f"{value:.2f}"
