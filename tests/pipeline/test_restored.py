"""Outputs of which a part is of an older backup, or is lost: nothing is published that would contradict the rest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.releases.verify import verify
from tests.pipeline.builders import ACTIONS, a_run, a_small_project, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with two versions; beside it `before`, its outputs after the first."""
    made = a_small_project(tmp_path / "projet")
    assert a_run(made, packages=["villes"]).went_well
    shutil.copytree(made.outputs, tmp_path / "before")
    a_new_answer(made, "a3,47001,Wifi\n")
    assert a_run(made, packages=["villes"]).went_well
    return made


def a_new_answer(project: Project, line: str) -> None:
    rewrite(project, "actions", ACTIONS + line)


def put_back(project: Project, *names: str) -> None:
    before = project.root.parent / "before"
    for name in names:
        there = project.outputs / name
        shutil.rmtree(there) if there.is_dir() else there.unlink()
        shutil.copytree(before / name, there) if (before / name).is_dir() else shutil.copyfile(before / name, there)


def bytes_of(project: Project) -> dict[str, bytes]:
    paths = (path for path in (project.releases / "villes").rglob("*") if path.is_file())
    return {path.relative_to(project.releases).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("changed", [False, True], ids=["nothing new", "new records"])
def test_a_ledger_older_than_the_releases_is_told_and_nothing_is_published(project: Project, *, changed: bool) -> None:
    put_back(project, "ledger.jsonl", "log")
    before = bytes_of(project)
    if changed:
        a_new_answer(project, "a4,47001,Fibre\n")
    error = a_run(project, packages=["villes"]).blocked["villes"]
    assert (error.code, "villes 1.1.0" in error.message("en")) == ("ledger-behind", True)
    assert bytes_of(project) == before


@pytest.mark.parametrize("changed", [False, True], ids=["nothing new", "new records"])
def test_a_lost_log_is_not_begun_again(project: Project, *, changed: bool) -> None:
    shutil.rmtree(project.outputs / "log")
    if changed:
        a_new_answer(project, "a4,47001,Fibre\n")
    error = a_run(project, packages=["villes"]).blocked["villes"]
    assert error.code == "log-lost"
    assert not (project.outputs / "log").exists()


def test_a_package_goes_on_after_the_log_of_its_snapshots_was_lost(project: Project) -> None:
    shutil.rmtree(project.snapshots / "log")
    path = project.schemas / "villes" / "actions.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**schema, "title": "Actions menées"}), encoding="utf-8")  # two causes to tell apart
    a_new_answer(project, "a4,47001,Fibre\n")
    done = a_run(project, packages=["villes"])
    assert done.went_well, done.errors
    assert verify(project.releases).is_sound
