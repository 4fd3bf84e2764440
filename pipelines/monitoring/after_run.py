"""What `arobase release` writes for machines at its end, where the environment asks for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from pipelines.core.project import Project
from pipelines.core.settings import METRICS_FILE, folder_of

LINEAGE = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT__TYPE")
OFF = "OPENLINEAGE_DISABLED"


def export_figures(project: Project, run: str) -> None:
    """Write the figures and send the events of a run. Raises `LineageNotInstalled`, `LineageNotTold`, `OSError`."""
    path = folder_of(METRICS_FILE)
    if path is not None:
        from pipelines.monitoring.metrics import metrics_text
        from pipelines.storage import write_text

        write_text(path, metrics_text(project, datetime.now(UTC)))
    if wants_lineage(os.environ):
        from pipelines.monitoring.lineage import send
        from pipelines.pipeline.run_journal import find_journal

        name, journal = find_journal(project, run)
        send(project, name, journal)


def wants_lineage(environment: Mapping[str, str]) -> bool:
    """Whether OpenLineage's own settings name a service, and do not say that nothing is sent."""
    is_off = environment.get(OFF, "").strip().lower() in ("1", "true")
    return not is_off and any(environment.get(name, "").strip() for name in LINEAGE)
