"""Retract: a version goes, once its reason was read by the gate, and the catalogue no longer shows it.

Belongs here: the gate on the reason, and the catalogue after that. Does not: deleting the files
(`releases/retract.py`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.pipeline.catalogue import make_catalogue
from pipelines.pipeline.errors import CatalogueStillShows
from pipelines.pipeline.personal import check_reason
from pipelines.releases.retract import retract, withdraw_reason
from pipelines.releases.signature import SigningKey

VERSION, REASON = Said("cette version", "this version"), Said("ce motif", "this reason")


def make_retraction(
    project: Project, package: str, version: str, reason: str, *, now: datetime, key: SigningKey | None = None
) -> Path:
    """Retract a version of a package; returns its tombstone. Every way to a retraction goes through here.

    `key` signs the log. Where there is a catalogue it is written again: its folder of the current version has those
    files too, and its pages their rows.

    Raises `PersonalDataFound` and `ReasonInvalid` before anything is written, what `retract` raises, and
    `CatalogueStillShows` when the version is gone and the catalogue could not be written.
    """
    check_reason(project, reason)
    tombstone = retract(project.releases, package, version, reason, now=now, key=key)
    _no_longer_shown(project, package, version, VERSION)
    return tombstone


def make_withdrawal(
    project: Project, package: str, version: str, *, now: datetime, key: SigningKey | None = None
) -> Path:
    """Delete the reason of a retraction, also from the pages and feeds of the catalogue; returns the tombstone.

    Raises what `withdraw_reason` raises, and `CatalogueStillShows` when the reason is gone and the catalogue could not
    be written.
    """
    tombstone = withdraw_reason(project.releases, package, version, now=now, key=key)
    _no_longer_shown(project, package, version, REASON)
    return tombstone


def _no_longer_shown(project: Project, package: str, version: str, what: Said) -> None:
    """Write the catalogue again, where there is one."""
    if not project.catalogue.is_dir():
        return
    try:
        make_catalogue(project)
    except (ArobaseError, OSError) as error:
        why = Said(error.message("fr"), error.message("en")) if isinstance(error, ArobaseError) else str(error)
        facts = {"package": package, "version": version, "folder": project.catalogue, "what": what, "why": why}
        raise CatalogueStillShows(**facts) from error
