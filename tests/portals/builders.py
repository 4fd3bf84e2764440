"""A small project with released versions, and the file of a portal. Every name and place is invented."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.project import Project
from pipelines.portals import Portal
from pipelines.portals.descriptions import read_portal
from pipelines.portals.pushing import Look, Outcome, look, push
from pipelines.releases import publish
from tests.portals.server import Served
from tests.releases.builders import PRIZES, Row, a_request, prizes

Renew = Callable[[], None]
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BASE = "https://donnees.example.org/"
PACKAGE = {
    "title": "Prix inventés",
    "description": "Un paquet inventé pour les tests.",
    "licence": "etalab-2.0",
    "publisher": {"title": "Éditeur inventé", "url": "https://example.org/"},
    "contact": {"title": "Équipe inventée", "email": "contact@example.org"},
    "cadence": "P1Y",
    "temporal": {"start": "2024-01-01", "end": "2025-12-31"},
    "tables": [{"name": "editions", "rows": {"min": 1}}, {"name": "prix", "rows": {"min": 1}}],
}
CHANGED: list[Row] = [*prizes(p1={"arobases": "4"}), {"prix_id": "p4", "annee": "2025", "nom": "Autre-Exemple"}]


def a_project(folder: Path) -> Project:
    """A project whose package `prix` has one version, 1.0.0."""
    project = Project.at(folder / "projet")
    place = project.schemas / "prix" / "package.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(yaml.safe_dump(PACKAGE, allow_unicode=True), encoding="utf-8")
    (project.schemas / "codelists").mkdir()
    shutil.copy(ROOT / "schemas" / "codelists" / "licences.csv", project.schemas / "codelists")
    (project.sources / "portals").mkdir(parents=True)
    release(project)
    return project


def release(project: Project, rows: Sequence[Row] = PRIZES) -> None:
    """Publish a version of `prix` with these rows."""
    publish(a_request(rows), project.releases, key=None)


def a_portal(project: Project, software: str, address: str, **more: Any) -> Portal:
    """A portal described by a file of the project."""
    told: Mapping[str, Any] = {
        "portal": software,
        "title": f"{software} inventé",
        "address": address,
        "token": "JETON_DU_PORTAIL",
        "base": BASE,
        "allow_private": True,
        **more,
    }
    path = project.sources / "portals" / f"{software}.yaml"
    path.write_text(yaml.safe_dump({key: value for key, value in told.items() if value is not None}), encoding="utf-8")
    return read_portal(path)


def pushed(project: Project, portal: Portal, token: str, package: str = "prix") -> Outcome:
    return push(project, portal, package, environment={portal.token: token}, now=lambda: NOW, sleep=lambda _: None)


def written_by_the_second_of_two_pushes(project: Project, portal: Portal, token: str, there: Served) -> list[str]:
    """What a push of a version that the portal holds already writes to it."""
    pushed(project, portal, token)
    there.asked.clear()
    assert pushed(project, portal, token).done == "unchanged"
    return there.writes


def looked(project: Project, portal: Portal, token: str, package: str = "prix") -> Look:
    return look(project, portal, package, environment={portal.token: token}, now=lambda: NOW, sleep=lambda _: None)
