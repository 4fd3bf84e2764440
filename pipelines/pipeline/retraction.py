"""Retract: a version goes, once its reason was read by the gate.

Belongs here: the gate on the reason. Does not: deleting the files (`releases/retract.py`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.core.project import Project
from pipelines.pipeline.personal import check_reason
from pipelines.releases.retract import retract
from pipelines.releases.signature import SigningKey


def make_retraction(
    project: Project, package: str, version: str, reason: str, *, now: datetime, key: SigningKey | None = None
) -> Path:
    """Retract a version of a package; returns its tombstone. Every way to a retraction goes through here.

    `key` signs the log.

    Raises `PersonalDataFound` and `ReasonInvalid` before anything is written, and what `retract` raises.
    """
    check_reason(project, reason)
    return retract(project.releases, package, version, reason, now=now, key=key)
