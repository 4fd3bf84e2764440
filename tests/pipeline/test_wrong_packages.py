"""A wrong package or table schema costs that package only: on the command line and in Dagster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.run import steps_ahead
from pipelines.releases import Published
from tests.pipeline.builders import a_run, a_small_project


def a_wrong_line(project: Project) -> None:
    path = project.schemas / "bilan" / "package.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "cadence: souvent\n", encoding="utf-8")


def a_wrong_table(project: Project) -> None:
    (project.schemas / "bilan" / "nombres.json").write_text('{"fields": [{"name": "n"}]}', encoding="utf-8")


def a_missing_table(project: Project) -> None:
    (project.schemas / "bilan" / "nombres.json").unlink()


@pytest.mark.parametrize("breaks", [a_wrong_line, a_wrong_table, a_missing_table])
def test_a_wrong_package_costs_itself_only(tmp_path: Path, breaks: Callable[[Project], None]) -> None:
    project = a_small_project(tmp_path)
    breaks(project)
    assert steps_ahead(BuildGraph(project)) > 0
    done = a_run(project)
    assert isinstance(done.outcomes["villes"], Published)
    assert list(done.blocked) == ["bilan"]
    assert [place for place, _ in done.errors] == ["bilan"]
    assert "schemas/bilan/" in done.errors[0][1].message("en")
    assert done.catalogue_is_written
    assert a_run(project, packages=["villes"]).went_well, "nobody asked for the wrong one"
    assert not a_run(project, packages=["bilan"]).went_well
    keys = {key.to_user_string() for key in build_definitions(project).resolve_asset_graph().get_all_asset_keys()}
    assert "villes/release" in keys
    assert "bilan/release" not in keys


def test_real_records_and_made_up_ones_are_not_published_together(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    source = project.sources / "actions.yaml"
    source.write_text(source.read_text(encoding="utf-8") + "example: true\n", encoding="utf-8")
    done = a_run(project)
    assert isinstance(done.outcomes["bilan"], Published), "only real records reach it"
    assert [(place, error.code) for place, error in done.errors] == [("villes", "made-up-among-real")]
    source.write_text(source.read_text(encoding="utf-8").replace("example: true", "example: false"), encoding="utf-8")
    assert isinstance(a_run(project).outcomes["villes"], Published)


@pytest.mark.parametrize("text", ["tables: [", "- une liste\n", "", "title: Villes\n"])
def test_what_reads_a_wrong_package_is_told_why_it_cannot_be_made(tmp_path: Path, text: str) -> None:
    project = a_small_project(tmp_path)
    (project.schemas / "villes" / "package.yaml").write_text(text, encoding="utf-8")
    done = a_run(project, packages=["bilan"])
    assert {"villes", "bilan"} == set(done.blocked)
    assert "schemas/villes/package.yaml, line" in dict(done.errors)["villes"].message("en")
    keys = {key.to_user_string() for key in build_definitions(project).resolve_asset_graph().get_all_asset_keys()}
    assert "bilan/release" in keys


@pytest.mark.parametrize("meant", ["villes/action", "ville/actions", "nouveau/tout"])
def test_rows_for_a_table_that_there_is_not_are_an_error_with_its_line(tmp_path: Path, meant: str) -> None:
    project = a_small_project(tmp_path)
    assert a_run(project).went_well
    other = (project.sources / "actions.yaml").read_text(encoding="utf-8").replace("name: actions", "name: suite")
    text = other.replace("villes/actions", meant)
    (project.sources / "suite.yaml").write_text(text, encoding="utf-8")
    done = a_run(project)
    place, error = next((place, error) for place, error in done.errors if error.code == "source-file")
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if meant in line)
    assert place == "sources/suite.yaml"
    assert f"sources/suite.yaml, line {line}: " in error.message("en")
    assert meant in error.message("en")
    assert "villes/actions" in error.message("en")
    assert not done.went_well
    if meant != "nouveau/tout":
        assert "villes" in done.blocked, "its rows may have been meant for it"


def test_rows_for_a_table_that_is_off_are_no_error(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    path = project.schemas / "villes" / "package.yaml"
    text = path.read_text(encoding="utf-8").replace("name: actions", "name: actions\n  needs: [absente]")
    path.write_text(text, encoding="utf-8")
    assert a_run(project).went_well


def test_a_table_that_its_package_does_not_list_is_told_to_the_source_that_fills_it(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    path = project.schemas / "villes" / "package.yaml"
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**listed, "tables": ["villes"]}), encoding="utf-8")
    (error,) = BuildGraph(project).sources.errors
    assert "'villes/actions'" in error.message("en")
