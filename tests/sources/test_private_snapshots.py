"""What a source of personal values sends is in the private folder, and nowhere else. Everybody here is invented."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.sources import SnapshotStore
from pipelines.sources.snapshots import sends_personal_values
from tests.sources.builders import MORNING, NOON, a_project, a_shipped_file, a_source, collected, kept_bytes

SECRET = "solene@example.org"
PARTS = {"lignes": {"format": "csv", "schema": "mairie"}}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = a_project(tmp_path)
    a_shipped_file(made, content=f"code,courriel\n1,{SECRET}\n")
    return made


def a_schema(project: Project, privacy: str) -> None:
    fields = [{"name": "code", "privacy": "public"}, {"name": "courriel", "privacy": privacy}]
    told = {"fields": [{**field, "type": "string", "title": "T", "description": "D"} for field in fields]}
    path = project.schemas / "entrants" / "mairie.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(told), encoding="utf-8")


def where(project: Project) -> list[str]:
    """The files in which the value stands, each by its two first folders under the outputs."""
    files = (path for path in project.outputs.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes())
    return ["/".join(path.relative_to(project.outputs).parts[:2]) for path in files]


def test_bytes_with_a_personal_field_are_kept_in_the_private_folder_only(project: Project) -> None:
    a_schema(project, "personnel")
    capture = collected(project, a_source(project, parts=PARTS))
    assert where(project) == ["private/_snapshots"]
    assert SECRET.encode() in kept_bytes(project, capture, "lignes")
    path = SnapshotStore.of(project).path(capture.parts[0])
    modes = [one.stat().st_mode & 0o777 for one in (path, project.private_snapshots, project.private)]
    assert modes == [0o600, 0o700, 0o700]


def test_bytes_without_one_are_kept_beside_the_log(project: Project) -> None:
    a_schema(project, "interne")
    collected(project, a_source(project, parts=PARTS))
    assert where(project) == ["snapshots/objects"]
    assert not project.private.exists()


def test_bytes_that_came_before_the_field_was_classed_are_moved_though_nothing_changed(project: Project) -> None:
    a_schema(project, "public")
    source = a_source(project, parts=PARTS)
    collected(project, source)
    a_schema(project, "personnel")
    assert not collected(project, source, NOON).changed
    assert where(project) == ["private/_snapshots"]


def test_bytes_that_another_source_brought_too_are_in_the_private_folder_only(project: Project) -> None:
    collected(project, a_source(project, name="autre"))
    assert where(project) == ["snapshots/objects"]
    a_schema(project, "personnel")
    collected(project, a_source(project, parts=PARTS))
    collected(project, a_source(project, name="encore"))
    assert where(project) == ["private/_snapshots"]


def test_a_deleted_private_folder_is_filled_again_by_the_next_collection(project: Project) -> None:
    a_schema(project, "personnel")
    source = a_source(project, parts=PARTS)
    first = collected(project, source)
    shutil.rmtree(project.private)
    again = collected(project, source, NOON)
    assert (again.changed, again.parts[0].sha256) == (True, first.parts[0].sha256)
    assert SECRET.encode() in kept_bytes(project, again, "lignes")


def test_a_schema_that_cannot_be_read_is_taken_for_a_personal_one(project: Project) -> None:
    assert sends_personal_values(project, a_source(project, parts=PARTS))
    collected(project, a_source(project, parts=PARTS), MORNING)
    assert where(project) == ["private/_snapshots"]
