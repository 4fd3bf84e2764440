"""Announce: the catalogue of what is released, for people and for machines."""

from __future__ import annotations

from pathlib import Path

from pipelines.project import Project
from pipelines.stages.private import check_pages


def make_announcement(project: Project) -> Path:
    """Write `outputs/catalogue/` from the releases, only what changed; returns the folder.

    Raises `PersonalDataFound`, naming the page, when something personal stands in one.
    """
    from pipelines.catalogue import write_catalogue

    write_catalogue(project.releases, project.catalogue)
    check_pages(project)
    return project.catalogue
