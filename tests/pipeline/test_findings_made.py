"""The findings of a package, as a stage makes them: its rules are given the tables that they ask for, and no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.findings import Finding, finding_rule
from pipelines.findings.registry import RULES
from pipelines.pipeline import tables
from pipelines.pipeline.graph import BuildGraph
from tests.pipeline.builders import a_small_project, first_run

TOWNS, ACTIONS = "villes/villes", "villes/actions"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = a_small_project(tmp_path)
    first_run(project)
    return project


def _tables_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that are read to make the findings on towns, in order."""
    read: list[str] = []
    kept = tables.read_kept

    def noted(path: Path, *more: list[str]) -> pa.Table:
        read.append(path.parent.parent.name)
        return kept(path, *more)

    graph = BuildGraph(project)
    for name in (TOWNS, ACTIONS):
        graph.table(name)
    shutil.rmtree(project.work / "findings")
    monkeypatch.setattr(tables, "read_kept", noted)
    assert graph.findings("villes").kept.is_new
    return read


def test_no_table_is_read_where_no_rule_asks_for_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _tables_read(project, monkeypatch) == []


def test_a_table_is_read_once_for_the_rules_that_ask_for_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(given: dict[str, pa.Table], project: Project) -> Iterator[Finding]:
        """A trial rule."""
        assert list(given) == [ACTIONS, TOWNS]
        assert given[TOWNS].num_rows == 2
        yield from ()

    for code in ("VIL-98", "VIL-99"):
        finding_rule(code, reads=(TOWNS,), base="essai")(check)
    try:
        assert _tables_read(project, monkeypatch) == ["villes"]
    finally:
        for code in ("VIL-98", "VIL-99"):
            RULES.forget(code)
