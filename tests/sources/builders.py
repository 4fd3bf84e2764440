"""Projects with sources of their own, and the moments at which they are collected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.project import PROJECT_FILE, Project
from pipelines.sources import Capture, SnapshotStore, Source, collect, load_sources

MORNING = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def a_project(folder: Path) -> Project:
    """A project with nothing in it but its file and its folders."""
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    (folder / "sources").mkdir(exist_ok=True)
    (folder / PROJECT_FILE).write_text("domains: [label, inquiries, territories]\n", encoding="utf-8")
    return Project.at(folder)


def a_description(**more: Any) -> dict[str, Any]:
    """The YAML of a source `mairie` of one CSV file, with `more` over it."""
    plain: dict[str, Any] = {
        "name": "mairie",
        "title": "Mairie",
        "connector": "files",
        "address": "data/mairie.csv",
        "licence": "etalab-2.0",
        "publisher": {"title": "Mairie inventée"},
        "parts": {"lignes": {"format": "csv"}},
    }
    return plain | more


def a_source(project: Project, **more: Any) -> Source:
    """Write the YAML of a source and load it."""
    described = a_description(**more)
    path = project.sources / f"{described['name']}.yaml"
    path.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_sources(project).find(described["name"])


def a_shipped_file(project: Project, name: str = "mairie.csv", content: str = "a,b\n1,2\n") -> Path:
    path = project.sources / "data" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def collected(project: Project, source: Source, now: datetime = MORNING, **environment: str) -> Capture:
    return collect(project, source, now=now, environment=environment)


def kept_bytes(project: Project, capture: Capture, part: str) -> bytes:
    return SnapshotStore.of(project).path(capture.snapshot(part)).read_bytes()
