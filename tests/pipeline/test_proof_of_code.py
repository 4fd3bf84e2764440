"""What a release was made with is kept, found again, and altered by nobody unseen."""

from __future__ import annotations

import gzip
import json
import lzma
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.ingredients import code_ingredient
from pipelines.pipeline.kept_code import _packed_code, keep_code, kept_code, needs_environment
from pipelines.pipeline.results import code_digest, code_digest_of
from pipelines.releases.errors import CauseUnknown
from pipelines.releases.log.journal import Journal
from pipelines.sources.errors import ObtainedUnchanged
from pipelines.storage.kept_tables import read_kept, write_kept
from tests.pipeline.builders import REPOSITORY, TOWNS, a_run, a_small_project, first_run, rewrite


def test_the_code_of_a_release_is_kept_once_and_is_the_code_at_hand(tmp_path: Path) -> None:
    project = a_small_project(tmp_path / "project")
    assert a_run(project).went_well
    folder = project.snapshots / "ingredients" / "code"
    found = kept_code(project, code_ingredient(project, "villes"))
    assert found is not None
    assert [path.name for path in folder.glob("*.tar.*")] == [f"{code_digest()}.tar.gz"]
    with tarfile.open(folder / f"{found.code}.tar.gz") as packed:
        packed.extractall(tmp_path / "code", filter="data")
    assert code_digest_of(tmp_path / "code") == found.code == code_digest()
    with tarfile.open(folder / f"{found.code}.tar.gz") as packed:
        assert {item.mtime for item in packed} == {0}
    assert _packed_code(REPOSITORY) == (folder / f"{found.code}.tar.gz").read_bytes()


def test_code_that_was_kept_as_xz_before_is_found(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    first_run(project)
    packed = project.snapshots / "ingredients" / "code" / f"{code_digest()}.tar.gz"
    packed.with_suffix(".xz").write_bytes(lzma.compress(gzip.decompress(packed.read_bytes()), preset=0))
    packed.unlink()
    found = kept_code(project, code_ingredient(project, "villes"))
    assert found is not None
    assert not needs_environment(project, found)
    index = project.snapshots / "ingredients" / "code" / f"{code_ingredient(project, 'villes')}.json"
    index.unlink()
    keep_code(project, code_ingredient(project, "villes"))
    assert not packed.exists()  # it is kept once


def test_the_log_says_when_and_by_which_code_a_release_was_published(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    first_run(project)
    leaf = json.loads(Journal.read(project.releases).tree.entry(0))
    assert (leaf["at"], leaf["code"]) == ("2026-11-23T12:00:00Z", code_digest())


@pytest.mark.heavy
def test_a_release_of_other_code_is_made_again_by_that_code(tmp_path: Path) -> None:
    """The code moves on; the version that the old one made is still the same, byte for byte."""
    code = tmp_path / "code"
    code.mkdir()
    (tmp_path / "code.tar").write_bytes(_packed_code(REPOSITORY))
    with tarfile.open(tmp_path / "code.tar") as packed:
        packed.extractall(code, filter="data")
    project = a_small_project(tmp_path / "project")
    assert arobase(code, project, "release", "villes") == 0
    (code / "pipelines" / "core" / "later.py").write_text('"""A module that was not there."""\n')
    assert arobase(code, project, "rebuild", "villes") == 0
    (code / "pipelines" / "releases" / "readme.py").write_text("raise SystemExit(7)\n")
    archive = next((project.snapshots / "ingredients" / "code").glob("*.json"))
    archive.rename(archive.with_suffix(".gone"))
    assert arobase(code, project, "rebuild", "villes") != 0


def arobase(code: Path, project: Project, *words: str) -> int:
    environment = {"PYTHONPATH": str(code), "AROBASE_ROOT": str(project.root), "PATH": "/usr/bin:/bin"}
    asked = [sys.executable, "-m", "pipelines.cli", *words]
    return subprocess.run(asked, env=environment, cwd=code, capture_output=True, check=False).returncode


def test_a_kept_result_that_was_altered_by_hand_is_made_again(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    first_run(project)
    poisoned = 0
    for path in project.work.rglob("*.arrow"):
        table = read_kept(path)
        if "nom" in table.column_names and table.num_rows:
            names = ["POISON"] * table.num_rows
            write_kept(table.set_column(table.column_names.index("nom"), "nom", [names]), path)
            poisoned += 1
    assert poisoned
    done = a_run(project)
    assert done.went_well
    assert {outcome.version for outcome in done.outcomes.values()} == {"1.0.0"}  # type: ignore[union-attr]  # unchanged
    assert not any(b"POISON" in path.read_bytes() for path in project.releases.rglob("*.csv"))


def test_a_file_added_to_a_kept_result_is_seen(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    first_run(project)
    result = next(path.parent for path in project.work.rglob("contents.json"))
    (result / "more").write_text("x")
    a_run(project)
    assert not (result / "more").exists()


def test_a_change_that_nothing_explains_stops_the_release(tmp_path: Path) -> None:
    """The current version was altered by its key's holder: its values differ, and nothing that it is made from does."""
    from pipelines.releases import publish
    from tests.releases.builders import a_request, prizes

    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    with pytest.raises(CauseUnknown, match="arobase verify") as error:
        publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None, needs_causes=True)
    assert "prix.arobases" in error.value.message("fr")
    assert sorted(path.name for path in (releases / "prix").iterdir() if path.is_dir()) == ["1.0.0"]


def test_a_shipped_file_that_changed_says_when_it_was_obtained(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    first_run(project)
    path = project.sources / "data" / "villes.csv"
    path.write_text(TOWNS.replace("Agen", "Auch"), encoding="utf-8")
    done = a_run(project)
    assert isinstance(done.errors[0][1], ObtainedUnchanged)
    assert "sources/villes.yaml" in done.errors[0][1].message("fr")
    path.write_text(TOWNS, encoding="utf-8")
    assert a_run(project).went_well
    rewrite(project, "villes", TOWNS.replace("Agen", "Auch"))
    done = a_run(project)
    assert done.went_well
    changes = (project.releases / "villes" / "1.0.1" / "data" / "changes" / "villes.csv").read_text()
    assert changes.splitlines()[1].endswith(",source")
