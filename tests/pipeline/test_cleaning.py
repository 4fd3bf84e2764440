"""What `arobase clean` takes and what it never takes."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.pipeline.cleaning import NotCleaned, clean, removable
from pipelines.sources import SnapshotStore
from tests.pipeline.builders import ACTIONS, NOW, a_run, a_small_project, first_run, rewrite

AGE = timedelta(days=90)
LATER = NOW + timedelta(days=400)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def digests(project: Project, source: str = "actions") -> list[str]:
    return [snapshot.sha256 for snapshot in SnapshotStore.of(project).snapshots(source)]


def grown_old(project: Project) -> None:
    for path in (project.snapshots / "objects").glob("??/*"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def three_answers(project: Project) -> list[str]:
    """The first answer is in version 1.0.0; the second was never released; the third is the last."""
    a_run(project)
    rewrite(project, "actions", ACTIONS + "a3,57463,Deuxième\n")
    a_run(project, packages=[])
    from pipelines.pipeline.collect import make_snapshot
    from pipelines.sources import load_sources

    make_snapshot(project, load_sources(project)["actions"], now=NOW)
    rewrite(project, "actions", ACTIONS + "a4,57463,Troisième\n")
    make_snapshot(project, load_sources(project)["actions"], now=NOW)
    grown_old(project)
    return digests(project)


def kept(project: Project) -> set[str]:
    return {path.name for path in (project.snapshots / "objects").glob("??/*")}


def test_only_an_old_answer_that_no_version_was_made_of_and_that_is_not_the_last_goes(project: Project) -> None:
    released, between, last = three_answers(project)
    gone = clean(project, LATER, AGE)
    assert [item.path.name for item in gone if item.kind == "snapshot"] == [between]
    assert {released, last} <= kept(project)
    assert clean(project, LATER, AGE) == []


def test_what_is_left_makes_every_version_again_and_the_next_run_goes_on(project: Project) -> None:
    three_answers(project)
    a_run(project)
    clean(project, LATER, AGE)
    for version in ("1.0.0", "1.1.0"):
        assert (project.releases / "villes" / version).is_dir()
        assert arobase(project, "rebuild", "villes", version).exit_code == 0
    assert a_run(project).went_well


def test_a_young_answer_stays(project: Project) -> None:
    three_answers(project)
    assert [item for item in removable(project, NOW + timedelta(days=30), AGE) if item.kind == "snapshot"] == []


def test_where_it_is_not_certain_what_a_version_needs_nothing_goes(project: Project) -> None:
    three_answers(project)
    before = kept(project)
    descriptor = project.releases / "villes" / "1.0.0" / "data" / "datapackage.json"
    descriptor.chmod(0o644)
    descriptor.write_text("{", encoding="utf-8")
    with pytest.raises(NotCleaned):
        clean(project, LATER, AGE)
    assert kept(project) == before


def test_results_of_what_is_no_more_go_and_those_of_a_wrong_file_stay(project: Project) -> None:
    first_run(project)
    (project.sources / "actions.yaml").write_text("name: [\n", encoding="utf-8")
    assert [item for item in removable(project, LATER, AGE) if item.kind == "result"] == []
    (project.sources / "actions.yaml").unlink()
    shutil.rmtree(project.schemas / "bilan")
    gone = {
        item.path.relative_to(project.work).as_posix() for item in clean(project, NOW, AGE) if item.kind == "result"
    }
    assert gone == {"records/actions", "findings/bilan", "tables/bilan"}


def arobase(project: Project, *words: str) -> Result:
    environment = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": "", "AROBASE_LANG": "en"}
    return CliRunner().invoke(commands, list(words), env=environment, catch_exceptions=False)


def test_the_command_tells_before_it_deletes(project: Project) -> None:
    _, between, _ = three_answers(project)
    told = arobase(project, "clean", "--dry-run", "--older-than", "1")
    assert told.exit_code == 0
    assert between in told.output
    assert between in kept(project)
    assert "copies of answers: 1, " in arobase(project, "clean", "--older-than", "1").output
    assert between not in kept(project)
