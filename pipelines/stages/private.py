"""What is personal, kept apart: the values of personal fields go to `outputs/private/`, for the strong test only."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa

from pipelines.project import Project
from pipelines.releases import ReleaseRequest
from pipelines.rules.privacy import GateReport, Vault, gate, load_allow_list
from pipelines.schema import Privacy, TableSchema
from pipelines.sources import Capture

RETENTION = timedelta(days=365)
WHY = "Vérifier avant publication qu'aucune de ces valeurs ne se retrouve dans ce qui est publié."


def keep_apart(project: Project, records: pa.Table, schema: TableSchema, capture: Capture) -> int:
    """Keep the personal values of judged records in the private folder; returns how many.

    The retention runs from the newest snapshot, not from today: the same inputs give the same date.
    """
    personal = [field.name for field in schema.fields if field.privacy is Privacy.PERSONAL]
    if not personal:
        return 0
    vault = Vault(project.private)
    newest = max(part.obtained for part in capture.parts).date()
    until = newest + RETENTION
    if project.private.exists():
        until = max(until, vault.keep_until())
    vault.open(until, WHY)
    return vault.write(records, personal)


def check_request(project: Project, request: ReleaseRequest) -> GateReport:
    """Hold what is personal in a request: tables, findings and rejects. Raises `PersonalDataFound`, which blocks.

    The strong test looks in each row for the personal values of the records that it comes from.
    """
    package = request.package.name
    tables = {f"{package}/{name}": table for name, table in request.tables.items()}
    report = gate(
        tables,
        Vault(project.private).read(),
        load_allow_list(project.schemas),
        provenance={f"{package}/{name}": table for name, table in request.provenance.items()},
        keys={f"{package}/{name}": schema.primary_key for name, schema in request.schemas.items()},
    )
    quality = {"qualite/constats": request.findings, "qualite/rejets": request.rejects}
    report += gate(quality, Vault(project.private).read(), load_allow_list(project.schemas))
    report.raise_if_held()
    return report
