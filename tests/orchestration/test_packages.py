"""What the assets of a package and of the catalogue say when they cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.core.project import Project
from pipelines.orchestration.packages import catalogue_asset, findings_asset, release_asset
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import Package, load_package
from tests.pipeline.builders import a_run, a_small_project, first_run, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def made(project: Project, asset: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
    resources = {"workspace": Workspace(root=str(project.root))}
    return dg.materialize([asset], resources=resources, raise_on_error=False)


def said(result: dg.ExecuteInProcessResult) -> str:
    (event,) = (item for item in result.all_events if item.event_type_value == "STEP_FAILURE")
    return str(event.step_failure_data.user_failure_data.description)


@pytest.mark.parametrize("asset", [findings_asset, release_asset])
def test_what_needs_tables_that_were_never_made_says_which_source_lacks(
    project: Project, asset: Callable[[Package], dg.AssetsDefinition]
):
    result = made(project, asset(load_package(project.schemas, "villes")))
    assert not result.success
    assert "« actions »" in said(result)


def test_a_release_that_is_refused_fails_with_its_reasons_and_its_record(project: Project):
    first_run(project)
    rewrite(project, "actions", "id,ville,titre\na9,99999,Une action d'une ville que personne ne connaît\n")
    a_run(project)
    result = made(project, release_asset(load_package(project.schemas, "villes")))
    assert not result.success
    assert "actions : 0 ligne, au moins 1 attendue" in said(result)
    (event,) = (item for item in result.all_events if item.event_type_value == "STEP_FAILURE")
    assert "refus" in str(event.step_failure_data.user_failure_data.metadata["dossier"].value)


def test_a_catalogue_that_the_gate_holds_fails_and_names_the_page(project: Project):
    first_run(project)
    (project.catalogue / "note.html").write_text("<p>Vu avec Mme Inventée</p>", encoding="utf-8")
    result = made(project, catalogue_asset({}))
    assert not result.success
    assert "note.html" in said(result)


@pytest.mark.parametrize(
    ("step", "asset"),
    [("release.release_of", "villes"), ("catalogue.make_catalogue", "catalogue")],
)
def test_what_nobody_foresaw_is_told_by_its_place_and_never_by_its_text(
    project: Project, monkeypatch: pytest.MonkeyPatch, step: str, asset: str
):
    first_run(project)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("invente@example.org")

    monkeypatch.setattr(f"pipelines.pipeline.{step}", broken)
    wanted = catalogue_asset({}) if asset == "catalogue" else release_asset(load_package(project.schemas, "villes"))
    result = made(project, wanted)
    assert not result.success
    assert "RuntimeError" in said(result)
    assert "invente@example.org" not in str(result.all_events)


def test_a_preview_that_could_not_be_looked_at_is_held_and_the_table_stands(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    first_run(project)

    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("pipelines.pipeline.personal.scan_text", gone)
    result = made(project, findings_asset(load_package(project.schemas, "villes")))
    assert result.success
    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["aperçu"].value.startswith("Aperçu bloqué : le dossier privé")
