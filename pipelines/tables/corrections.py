"""The derived table `corrections`: what persons settled about the names of a package's rows, with reason and source.

Belongs here: publishing the corrections that were used. Does not: reading or checking them (`geo/corrections.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.geo import load_corrections, load_gazetteer
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table

FIELD = "correction_id"


@derived("corrections")
def corrections(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per correction that a row of `tables` points at; the tables are all of one package."""
    used = {cell for table in tables.values() for cell in table.column(FIELD).to_pylist() if cell}
    package = next(iter(tables)).split("/")[0]
    found = load_corrections(project.corrections, load_gazetteer(project.reference))

    def rows() -> Iterator[Mapping[str, str | None]]:
        for item in sorted(found, key=lambda item: item.id):
            if item.id in used:
                yield {
                    FIELD: item.id,
                    "nom_publie": item.printed,
                    "contexte": item.context or None,
                    "territoire_code": item.code,
                    "territoire_nature": item.nature,
                    "territoire_nom": item.name,
                    "code_actuel": item.present,
                    "motif": item.reason,
                    "source_url": item.source,
                    "decidee_le": item.day,
                    "auteur": item.author,
                }

    return text_table(project, f"{package}/corrections", rows())
