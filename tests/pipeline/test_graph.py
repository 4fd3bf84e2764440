"""The build graph: what it makes, and what it asks others to have made."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.errors import NotMaterialised, RowsMissing
from pipelines.pipeline.graph import BuildGraph
from tests.pipeline.builders import ACTIONS, a_run, a_small_project, first_run, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def test_a_graph_that_makes_one_thing_takes_the_rest_as_it_was_made(project: Project) -> None:
    first_run(project)
    graph = BuildGraph(project, makes_all=False)
    assert not graph.table("villes/actions").kept.is_new
    assert not graph.findings("villes").kept.is_new


def test_what_was_not_made_from_what_is_there_now_is_asked_for_by_name(project: Project) -> None:
    first_run(project)
    schema = project.schemas / "villes" / "actions.json"
    schema.write_text(schema.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    graph = BuildGraph(project, makes_all=False)
    with graph.making("table", "villes/actions"), pytest.raises(NotMaterialised, match=r"actions.*records"):
        graph.table("villes/actions")
    with graph.making("records", "actions"):
        assert graph.records("actions").kept.is_new
    with graph.making("table", "villes/actions"), pytest.raises(NotMaterialised, match=r"villes.*records"):
        graph.table("villes/actions")


def test_what_a_graph_made_is_known_to_what_it_makes_next(project: Project) -> None:
    first_run(project)
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    a_run(project)
    graph = BuildGraph(project, makes_all=False)
    with graph.making("table", "villes/actions"):
        first = graph.table("villes/actions")
    assert graph.table("villes/actions") is first


def test_an_attempt_that_failed_is_tried_again_when_it_is_made_again(project: Project) -> None:
    first_run(project)
    rewrite(project, "actions", "identifiant,ville,titre\na1,57463,Ateliers\n")
    a_run(project)
    graph = BuildGraph(project, makes_all=False)
    with graph.making("records", "actions"), pytest.raises(Exception, match="id"):
        graph.records("actions")
    with pytest.raises(RowsMissing):
        graph.table("villes/actions")
    with graph.making("records", "actions"), pytest.raises(Exception, match="id"):
        graph.records("actions")


def test_a_graph_holds_on_to_the_captures_that_it_read(project: Project) -> None:
    first_run(project)
    graph = BuildGraph(project)
    before = graph.capture("actions")
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    a_run(project)
    assert graph.capture("actions") is before
