"""The invented project, released once for all tests of this module and copied for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.core.project import Project
from tests.portals.builders import CHANGED, Renew, a_project, release
from tests.portals.fake_ckan import FakeCkan
from tests.portals.server import Served, served


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The project with version 1.0.0 of `prix`, and the same with 1.1.0 as well."""
    folder = tmp_path_factory.mktemp("publie")
    first = a_project(folder / "un")
    shutil.copytree(folder / "un", folder / "deux")
    release(Project.at(folder / "deux" / "projet"), CHANGED)
    return first.root, folder / "deux" / "projet"


@pytest.fixture
def project(released: tuple[Path, Path], tmp_path: Path) -> Project:
    """A project whose package `prix` has one version, 1.0.0."""
    shutil.copytree(released[0], tmp_path / "projet")
    return Project.at(tmp_path / "projet")


@pytest.fixture
def renew(released: tuple[Path, Path], project: Project) -> Renew:
    """Publishes version 1.1.0 in the project: one row changed, one more."""

    def publish_again() -> None:
        shutil.copytree(released[1] / "outputs", project.outputs, dirs_exist_ok=True)

    return publish_again


@pytest.fixture
def ckan() -> Iterator[Served]:
    with served(FakeCkan()) as holder:
        yield holder
