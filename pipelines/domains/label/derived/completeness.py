"""How much of an edition is known: its laureates, the total that was published, and the share.

Belongs here: that count. Does not: who a laureate is (`laureates.py`), or what may be said below a threshold
(`territories/`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from pipelines.tables.rows import decimal


def published_totals(figures: pd.DataFrame, measure: str = "labellises") -> pd.Series:
    """The published number of each edition (index), where all exact figures agree; editions without one are absent."""
    exact = figures[(figures["mesure"] == measure) & (figures["precision"] == "exact")].dropna(subset=["nombre"])
    agreed = exact.groupby("edition")["nombre"].agg(["nunique", "first"])
    return agreed.loc[agreed["nunique"] == 1, "first"].astype("Int64")


def completeness(laureates: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """By edition: `connus_nombre`, `total_publie` (absent where none is agreed) and `taux_connu`, an exact fraction."""
    known = laureates.groupby("edition").size().astype("Int64").rename("connus_nombre")
    found = known.to_frame().join(published_totals(figures).rename("total_publie"))
    found["taux_connu"] = [
        share(known, total) for known, total in zip(found["connus_nombre"], found["total_publie"], strict=True)
    ]
    return found


def share(known: int, total: Any) -> str | None:
    """Known over total to six decimals, halves up; absent without a total. More known than published gives 1."""
    if pd.isna(total) or not total:
        return None
    return decimal(min(Fraction(int(known), int(total)), Fraction(1)))
