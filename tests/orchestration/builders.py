"""What tests of several files put into the small project."""

from __future__ import annotations

from pipelines.core.project import Project
from tests.portals.builders import a_portal


def described_portal(project: Project) -> None:
    (project.sources / "portals").mkdir()
    a_portal(project, "ckan", "https://ckan.example.org/")
