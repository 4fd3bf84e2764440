"""What is personal, kept apart: the values of personal fields go to `outputs/private/`, for the strong test only."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa

from pipelines.project import Project
from pipelines.rules.privacy import Vault
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
