"""A small project for each test, and an instance of Dagster that nothing outlives."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.core.project import Project
from tests.pipeline.builders import a_small_project


@pytest.fixture(autouse=True)
def in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment that speaks French, unless a test says otherwise."""
    monkeypatch.setenv("AROBASE_LANG", "fr")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


@pytest.fixture
def instance() -> dg.DagsterInstance:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def on_disk(tmp_path: Path) -> dg.DagsterInstance:
    """An instance as the daemon has it: a schedule looks for its folder."""
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as stored:
        yield stored
