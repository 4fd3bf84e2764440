"""One run of the shipped project for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.core.project import Project
from tests.acceptance.builders import Shipped, after_a_run, shipped_once


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    """The project after its first run: to look at, not to change."""
    return shipped_once(tmp_path_factory)


@pytest.fixture
def project(shipped: Shipped, tmp_path: Path) -> Project:
    """The project after its first run: to change and to run again."""
    return after_a_run(shipped, tmp_path / "project")
