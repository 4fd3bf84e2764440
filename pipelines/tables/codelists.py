"""The rows of a code list's table.

Belongs here: a code list as a table. Does not: which lists are published (`schema/codelist_tables.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.schema import load_codelist


def codelist_rows(name: str) -> Callable[[Mapping[str, pa.Table], Project], pa.Table]:
    """The derivation of the table of a code list: one row per code, in the list's columns, as text."""

    def derive(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
        codes = load_codelist(project.schemas, name).codes
        columns: dict[str, list[str | None]] = {
            "code": [item.code for item in codes],
            "libelle_fr": [item.label_fr or None for item in codes],
            "libelle_en": [item.label_en or None for item in codes],
            "valide_du": [item.valid_from.isoformat() if item.valid_from else None for item in codes],
            "valide_au": [item.valid_to.isoformat() if item.valid_to else None for item in codes],
            "source": [item.source or None for item in codes],
        }
        for place, (title, _) in enumerate(codes[0].more if codes else ()):
            columns[title] = [item.more[place][1] or None for item in codes]
        return pa.table({title: pa.array(cells, pa.string()) for title, cells in columns.items()})

    return derive
