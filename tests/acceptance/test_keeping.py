"""Backup and restore, as docs/keeping.md tells them: lose the machine, the results, Dagster's history, the answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.releases.errors import CannotRebuild
from tests.pipeline.builders import a_small_project, rewrite

LOST = ("work", "catalogue")


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with two versions: to copy."""
    project = a_small_project(tmp_path_factory.mktemp("machine"))
    assert arobase(project, "release").exit_code == 0
    rewrite(project, "actions", "id,ville,titre\na1,57463,Ateliers\na2,47001,Cartes\na3,57463,Livres\n")
    assert arobase(project, "release").exit_code == 0
    return project.root


@pytest.fixture
def project(two_versions: Path, tmp_path: Path) -> Project:
    """A small project with two versions: to lose."""
    return Project.at(Path(shutil.copytree(two_versions, tmp_path / "machine", symlinks=True)))


def arobase(project: Project, *words: str) -> Result:
    environment = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": "", "AROBASE_LANG": "en"}
    return CliRunner().invoke(commands, list(words), env=environment, catch_exceptions=False)


def manifests(project: Project) -> dict[str, bytes]:
    """What every version is, by its place: a manifest contains the digest of every file."""
    found = sorted(project.releases.glob("*/*/manifest-sha256.txt"))
    return {path.relative_to(project.releases).as_posix(): path.read_bytes() for path in found}


def goes_on(project: Project) -> None:
    """Every version verifies, a run publishes nothing, and the next change is published on top."""
    for package, version in (("villes", "1.0.0"), ("villes", "1.1.0"), ("bilan", "1.0.0")):
        assert arobase(project, "verify", str(project.releases / package / version)).exit_code == 0
    unchanged = arobase(project, "release")
    assert unchanged.exit_code == 0
    assert "Nothing changed" in unchanged.output
    rewrite(project, "actions", "id,ville,titre\na1,57463,Ateliers\na9,47001,Suite\n")
    assert arobase(project, "release").exit_code == 0
    assert len(list((project.releases / "villes").glob("[0-9]*.[0-9]*.[0-9]*"))) == 3


def test_the_machine_is_lost_and_restored_from_the_copy(project: Project, tmp_path: Path) -> None:
    before, backup = manifests(project), tmp_path / "backup"
    shutil.copytree(project.root, backup, ignore=lambda folder, names: LOST if Path(folder).name == "outputs" else [])
    shutil.rmtree(project.root)
    shutil.copytree(backup, tmp_path / "other-machine")
    restored = Project.at(tmp_path / "other-machine")
    assert manifests(restored) == before
    goes_on(restored)
    assert before.items() < manifests(restored).items(), "what was published stays, with one version more"
    assert all((restored.outputs / name).is_dir() for name in LOST)


def test_results_and_catalogue_are_lost(project: Project) -> None:
    for name in LOST:
        shutil.rmtree(project.outputs / name)
    goes_on(project)
    assert (project.catalogue / "index.html").is_file()


def test_journals_and_alerts_are_lost(project: Project) -> None:
    before = manifests(project)
    shutil.rmtree(project.runs)
    goes_on(project)
    assert before.items() < manifests(project).items()
    assert len(list(project.runs.glob("*.json"))) == 2, "the runs since are told, those before are not"


def test_answers_are_lost(project: Project) -> None:
    shutil.rmtree(project.snapshots)
    assert arobase(project, "verify", str(project.releases / "villes" / "1.0.0")).exit_code == 0
    with pytest.raises(CannotRebuild):
        arobase(project, "rebuild", "villes", "1.0.0")
    goes_on(project)
