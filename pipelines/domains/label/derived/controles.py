"""The table `controles`: every check that the label's rules made, whatever it concluded.

Belongs here: publishing checks. Does not: any rule (`rules/`). Findings keep the deviations only.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.findings import finding_rules, run_rules
from pipelines.tables.frames import frame, rows_of
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table


@derived("controles_label")
def controles(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per check, with the sentence of its rule."""
    checks = frame(run_rules("label", tables, project)).rename(columns={"constat_id": "controle_id"})
    checks["libelle"] = checks["regle"].map({rule.code: rule.explanation for rule in finding_rules()})
    return text_table(project, "label/controles", rows_of(checks))
