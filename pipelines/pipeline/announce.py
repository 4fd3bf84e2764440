"""Announce: the catalogue of what is released, for people and for machines."""

from __future__ import annotations

from pathlib import Path

from pipelines.core.project import Project
from pipelines.pipeline.personal import check_pages
from pipelines.privacy import Seen


def make_announcement(project: Project, *, base_url: str | None = None, seen: Seen | None = None) -> Path:
    """Write `outputs/catalogue/` from the releases, only what changed; returns the folder.

    `base_url` takes the place of the address that `catalogue.yaml` says. `seen`: what the gate found clean before.
    Raises `PersonalDataFound`, naming the page, when something personal stands in one: then nothing of the folder has
    changed. Raises `CatalogueFileError`.
    """
    from pipelines.catalogue import read_house, write_catalogue

    write_catalogue(
        project.releases,
        project.catalogue,
        house=read_house(project),
        base_url=base_url,
        inspect=lambda pages: check_pages(project, pages, seen),
    )
    return project.catalogue
