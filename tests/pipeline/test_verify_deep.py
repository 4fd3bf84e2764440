"""`arobase verify --deep` makes the project's releases again, and compares with them what only snapshots can show."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.pipeline import release
from pipelines.pipeline.catalogue import make_catalogue
from pipelines.releases import build, files, publish
from pipelines.releases.request import ReleaseRequest
from tests.pipeline.builders import a_run, a_small_project, first_run, obtained_later


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def verified(project: Project, *words: str, language: str = "en") -> Result:
    told = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": None, "AROBASE_LANG": language, "COLUMNS": "120"}
    return CliRunner(env=told).invoke(commands, ["verify", *words])


def reversed_positions(request: ReleaseRequest, tables: dict[str, pa.Table]) -> pa.Table:
    table = GENUINE(request, tables)
    place = table.column_names.index("position")
    return table.set_column(
        place, table.schema.field(place), pa.array(table.column(place).to_pylist()[::-1], pa.int64())
    )


GENUINE = files.provenance_table


def test_releases_are_made_again_and_are_the_same(project: Project) -> None:
    first_run(project)
    done = verified(project, "--deep")
    assert (done.exit_code, "intact" in done.output) == (0, True), done.output
    assert "not made again" not in done.output


def test_reversed_provenance_is_seen(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions that fit the rows and the snapshots, but not each other: no file of the release contradicts them."""
    with monkeypatch.context() as altered:
        altered.setattr(files, "provenance_table", reversed_positions)
        a_run(project)
    assert verified(project).exit_code == 0
    done = verified(project, "--deep")
    assert done.exit_code == 1
    assert "/1.0.0/data/qualite/provenance.parquet" in done.output
    assert "[remade]" in done.output


def another_value(request: ReleaseRequest) -> ReleaseRequest:
    """Of any table: those of corrections and of code lists are tables as others are."""
    table = request.tables["actions"]
    place = table.column_names.index("titre")
    titles = pa.array(["Forgé", *table.column(place).to_pylist()[1:]], table.schema.field(place).type)
    return replace(request, tables={**request.tables, "actions": table.set_column(place, "titre", titles)})


def no_notice(request: ReleaseRequest) -> ReleaseRequest:
    return replace(request, warnings=tuple(item for item in request.warnings if not item.is_notice))


def other_notice(request: ReleaseRequest) -> ReleaseRequest:
    told = (replace(item, fr="Rien.", en="Nothing.") if item.is_notice else item for item in request.warnings)
    return replace(request, warnings=tuple(told))


@pytest.mark.parametrize("forged", [another_value, no_notice, other_notice])
def test_what_the_key_s_holder_publishes_otherwise_than_it_was_made_is_seen(
    project: Project, monkeypatch: pytest.MonkeyPatch, forged: Callable[[ReleaseRequest], ReleaseRequest]
) -> None:
    """A value, or a notice of what was wrong in earlier versions: the release is whole, and agrees with itself."""
    path = project.schemas / "villes" / "package.yaml"
    notice = "notices: [{fr: Erreur avant 2026., en: Wrong before 2026.}]\n"
    path.write_text(path.read_text(encoding="utf-8") + notice, encoding="utf-8")
    with monkeypatch.context() as altered:
        altered.setattr(release, "publish", lambda request, *rest, **more: publish(forged(request), *rest, **more))
        a_run(project, packages=["villes"])
    assert verified(project).exit_code == 0
    done = verified(project, "--deep")
    assert (done.exit_code, "[remade]" in done.output) == (1, True), done.output


def test_rejects_and_findings_left_out_are_seen(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    places = project.sources / "data" / "villes.csv"
    places.write_text(
        places.read_text(encoding="utf-8") + "44109,Nantes,9,tiers.invente@example.org\n", encoding="utf-8"
    )
    obtained_later(project.sources / "villes.yaml")

    def emptied(request: ReleaseRequest, tables: dict[str, pa.Table], data: Path) -> list[files.FileMade]:
        nothing = replace(request, rejects=request.rejects.slice(0, 0), findings=request.findings.slice(0, 0))
        return files.write_quality(nothing, tables, data)

    with monkeypatch.context() as altered:
        altered.setattr(build, "write_quality", emptied)
        a_run(project)
    assert verified(project).exit_code == 0
    done = verified(project, "--deep")
    assert (done.exit_code, "[remade]" in done.output) == (1, True), done.output


def test_what_cannot_be_made_again_here_is_said(project: Project, tmp_path: Path) -> None:
    first_run(project)
    shutil.copytree(project.outputs, tmp_path / "elsewhere")
    done = verified(project, str(tmp_path / "elsewhere" / "releases"), "--deep", language="fr")
    assert (done.exit_code, "n'ont pas été recalculés" in done.output) == (0, True)
    for path in (project.snapshots / "ingredients" / "schema").iterdir():
        path.unlink()
    done = verified(project, "--deep")
    assert (done.exit_code, "villes 1.0.0 was not made again: missing here: schema" in done.output) == (0, True)


PAGES = ["index.html", "catalog.ttl", "catalog.jsonld", "en/feed.atom"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose releases and catalogue are sound; a test that changes it leaves it so."""
    project = a_small_project(tmp_path_factory.mktemp("sound"))
    a_run(project, packages=["villes"])
    assert verified(project, "--deep").exit_code == 0
    return project


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("act", ["alter", "delete", "link"])
def test_a_catalogue_that_the_releases_do_not_make_is_seen(sound: Project, name: str, act: str) -> None:
    page = sound.catalogue / name
    if not page.is_file():
        page = next(path for path in sorted(sound.catalogue.rglob("*")) if path.name == page.name)
    match act:
        case "alter":
            page.write_bytes(page.read_bytes().replace(b"e", b"3", 1))
        case "delete":
            page.unlink()
        case "link":
            page.unlink()
            page.symlink_to("/dev/zero")
    done = verified(sound, "--deep")
    assert done.exit_code == 1, done.output
    assert "[catalogue]" in done.output
    a_run(sound, packages=["villes"])
    assert verified(sound, "--deep").exit_code == 0


def test_a_file_that_somebody_added_to_the_catalogue_is_told(project: Project) -> None:
    a_run(project, packages=["villes"])
    (project.catalogue / "CNAME").write_text("donnees.example.org")
    done = verified(project, "--deep")
    assert (done.exit_code, "added files: CNAME" in done.output) == (0, True), done.output


def test_a_catalogue_shown_by_a_server_of_this_machine_is_sound(project: Project) -> None:
    a_run(project, packages=["villes"])
    make_catalogue(project, base_url="http://127.0.0.1:8123/")
    assert verified(project, "--deep").exit_code == 0
