"""Nothing personal leaves, whichever way it took. Everybody here is invented."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.core.project import Project
from pipelines.pipeline.catalogue import make_catalogue
from pipelines.pipeline.collect import make_snapshots
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.personal import inspection
from pipelines.pipeline.release import make_release
from pipelines.privacy import PersonalDataFound, PersonalValuesGone, Vault
from pipelines.releases import Unchanged
from pipelines.sources import load_sources
from tests.pipeline.builders import ACTIONS, NOW, TOWNS, a_run, a_small_project, first_run, rewrite

LEAK = "contact.invente@example.org"
QUARANTINE = "quarantaine/villes.jsonl"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = a_small_project(tmp_path)
    first_run(made)
    return made


def versions(project: Project, package: str) -> list[str]:
    return sorted(path.name for path in (project.releases / package).iterdir() if path.name[:1].isdigit())


def quarantined(project: Project) -> list[dict]:
    return [json.loads(line) for line in (project.private / QUARANTINE).read_text(encoding="utf-8").splitlines()]


def outside_private(project: Project, value: str) -> list[Path]:
    """The files in which a value stands, besides the private folder, the snapshots and what is kept of work."""
    kept = (project.private, project.snapshots, project.work)
    files = (path for path in project.outputs.rglob("*") if path.is_file())
    return [path for path in files if not any(map(path.is_relative_to, kept)) and value.encode() in path.read_bytes()]


def test_a_personal_value_in_a_public_field_blocks_the_release_and_the_last_one_stays(project: Project):
    rewrite(project, "actions", ACTIONS.replace("Ateliers", f"Ateliers ({LEAK})"))
    done = a_run(project)
    error = done.blocked["villes"]
    assert isinstance(error, PersonalDataFound)
    assert (error.facts["place"], error.facts["field"], error.facts["rule"]) == ("villes/actions", "titre", "courriel")
    assert LEAK not in error.message("fr") + error.message("en")
    assert versions(project, "villes") == ["1.0.0"]
    assert outside_private(project, LEAK) == []


def test_a_held_row_waits_in_the_private_folder_with_its_place_and_rule(project: Project):
    rewrite(project, "actions", ACTIONS.replace("Ateliers", f"Ateliers ({LEAK})"))
    a_run(project)
    line = quarantined(project)[0]
    assert (line["lieu"], line["ligne"], line["champ"], line["regle"]) == ("villes/actions", 1, "titre", "courriel")
    assert line["cellules"]["id"] == "a1"
    assert (project.private / QUARANTINE).stat().st_mode & 0o777 == 0o600
    assert (project.private / "quarantaine").stat().st_mode & 0o777 == 0o700


def test_a_fixed_row_is_published_and_its_quarantine_goes(project: Project):
    rewrite(project, "actions", ACTIONS.replace("Ateliers", f"Ateliers ({LEAK})"))
    a_run(project)
    rewrite(project, "actions", ACTIONS.replace("Ateliers", "Ateliers du soir"))
    assert a_run(project).outcomes["villes"].version != "1.0.0"
    assert not (project.private / QUARANTINE).exists()


def test_the_value_of_a_record_is_held_in_its_own_public_cells(project: Project):
    rewrite(project, "villes", TOWNS.replace("Metz,", "Metz contact invente example org,"))
    error = a_run(project).blocked["villes"]
    assert (error.facts["field"], error.facts["rule"]) == ("nom", "valeur_du_dossier:courriel")


@pytest.mark.parametrize("said", ["Éditeur, voir Mme Inventée", f"Éditeur ({LEAK})"])
def test_what_only_the_files_of_a_version_show_is_held_before_anybody_sees_it(project: Project, said: str):
    path = project.schemas / "villes" / "package.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Éditeur", said), encoding="utf-8")
    before = (project.outputs / "ledger.jsonl").read_bytes()
    error = a_run(project).blocked["villes"]
    assert isinstance(error, PersonalDataFound)
    assert error.facts["place"].startswith("data/")
    assert versions(project, "villes") == ["1.0.0"]
    assert (project.outputs / "ledger.jsonl").read_bytes() == before
    held = quarantined(project)
    assert {line["cellules"] for line in held} == {None}
    assert error.facts["holds"].en.startswith(f"{len(held)} ")
    assert outside_private(project, said) == []


def test_a_page_of_the_catalogue_that_names_somebody_is_an_error_naming_the_page(project: Project):
    (project.catalogue / "note.html").write_text("<p>Vu avec Mme Inventée</p>", encoding="utf-8")
    with pytest.raises(PersonalDataFound) as raised:
        make_catalogue(project)
    assert raised.value.facts["place"] == "note.html"
    assert "Inventée" not in str(raised.value)


def test_a_page_that_is_held_was_never_seen_and_the_old_one_stays(project: Project):
    before = {path: path.read_bytes() for path in project.catalogue.rglob("*") if path.is_file()}
    (project.root / "catalogue.yaml").write_text(
        "base_url: https://example.org/arobase/\npublisher: {title: Mme Inventée}\n", encoding="utf-8"
    )
    with pytest.raises(PersonalDataFound):
        make_catalogue(project)
    assert {path: path.read_bytes() for path in project.catalogue.rglob("*") if path.is_file()} == before
    assert outside_private(project, "Mme Inventée") == []


def test_a_picture_holds_the_catalogue_until_the_allow_list_names_it_and_a_git_folder_does_not(project: Project):
    (project.catalogue / ".git").mkdir()
    (project.catalogue / ".git" / "index").write_bytes(b"DIRC\x00\x00")
    make_catalogue(project)
    (project.catalogue / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    with pytest.raises(PersonalDataFound) as raised:
        make_catalogue(project)
    assert (raised.value.facts["place"], raised.value.facts["rule"]) == ("logo.png", "fichier_illisible")
    with (project.schemas / "privacy" / "admis.csv").open("a", encoding="utf-8") as file:
        file.write("logo,logo.png,*,fichier_illisible,,,Aucune personne,S,Un dessin inventé.\n")
    make_catalogue(project)


def test_a_run_tells_that_a_page_was_held(project: Project):
    (project.catalogue / "note.html").write_text("<p>Vu avec Mme Inventée</p>", encoding="utf-8")
    done = a_run(project)
    assert [(name, error.code) for name, error in done.errors] == [("catalogue", "personal-data")]


def test_what_is_kept_of_somebody_withdrawn_at_the_source_goes_with_the_next_snapshot(project: Project):
    assert any(LEAK.encode() in _values(path) for path in project.private.rglob("*.parquet"))
    rewrite(project, "villes", "".join(TOWNS.splitlines(keepends=True)[:1]) + TOWNS.splitlines(keepends=True)[2])
    rewrite(project, "actions", "".join(line for line in ACTIONS.splitlines(keepends=True) if "57463" not in line))
    a_run(project)
    assert not any(LEAK.encode() in _values(path) for path in project.private.rglob("*.parquet"))


def test_an_answer_that_comes_back_is_validated_by_its_own_values(project: Project):
    other = TOWNS.replace(LEAK, "quelquun.invente@example.org")
    rewrite(project, "villes", other)
    a_run(project)
    rewrite(project, "villes", TOWNS)
    a_run(project)
    kept = b"\n".join(_values(path) for path in project.private.rglob("*.parquet"))
    assert LEAK.encode() in kept
    assert b"quelquun.invente" not in kept


def test_what_is_left_of_another_snapshot_goes_also_when_nothing_is_read_again(project: Project):
    (path,) = project.private.rglob("*.parquet")
    other = path.parent.with_name("1" * 64)
    shutil.copytree(path.parent, other)
    a_run(project)
    assert not other.exists()
    assert path.is_file()


def test_nothing_is_published_whose_personal_values_another_run_forgot(project: Project):
    rewrite(project, "actions", ACTIONS.replace("Ateliers", "Ateliers du soir"))
    dict(make_snapshots(project, load_sources(project).values(), now=lambda: NOW))
    graph = BuildGraph(project)
    request, apart = graph.request("villes"), graph.apart("villes")
    assert sum(apart.values()) > 0
    Vault(project.private).forget("villes")
    with pytest.raises(PersonalValuesGone) as raised:
        make_release(project, request, apart, key=None, now=NOW)
    assert raised.value.facts["source"] == "villes"
    assert versions(project, "villes") == ["1.0.0"]
    assert a_run(project).outcomes["villes"].version != "1.0.0"


def test_the_last_look_at_a_version_knows_that_another_run_forgot_values(project: Project):
    graph = BuildGraph(project)
    inspect = inspection(project, graph.request("villes"), graph.apart("villes"))
    inspect(project.releases / "villes" / "1.0.0")
    Vault(project.private).forget("villes")
    with pytest.raises(PersonalValuesGone):
        inspect(project.releases / "villes" / "1.0.0")


def test_a_schema_that_comes_back_brings_its_values_back(project: Project):
    path = project.schemas / "entrants" / "villes.json"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("personnel", "interne"), encoding="utf-8")
    a_run(project)
    assert list(project.private.rglob("*.parquet")) == []
    path.write_text(before, encoding="utf-8")
    a_run(project)
    assert any(LEAK.encode() in _values(path) for path in project.private.rglob("*.parquet"))


def test_the_quarantine_goes_also_when_what_was_held_is_undone(project: Project):
    rewrite(project, "actions", ACTIONS.replace("Ateliers", f"Ateliers ({LEAK})"))
    a_run(project)
    assert quarantined(project)
    rewrite(project, "actions", ACTIONS)
    assert isinstance(a_run(project).outcomes["villes"], Unchanged)
    assert not (project.private / QUARANTINE).exists()


def test_a_held_row_waits_until_the_version_without_it_is_there(project: Project, monkeypatch: pytest.MonkeyPatch):
    rewrite(project, "actions", ACTIONS.replace("Ateliers", f"Ateliers ({LEAK})"))
    a_run(project)
    rewrite(project, "actions", ACTIONS.replace("Ateliers", "Ateliers du soir"))

    def published_then_killed(*_: object, inspect: Callable[[Path], None], **__: object) -> None:
        inspect(project.releases / "villes" / "1.0.0")
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.pipeline.release.publish", published_then_killed)
    with pytest.raises(KeyboardInterrupt):
        a_run(project, packages=["villes"])
    assert quarantined(project)


def test_a_source_without_personal_fields_does_not_keep_the_others_values_longer(project: Project):
    told = project.private / "conservation.json"
    before = told.read_text(encoding="utf-8")
    path = project.sources / "actions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-11-01", "2026-11-20"), encoding="utf-8")
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    a_run(project)
    assert told.read_text(encoding="utf-8") == before


def _values(path: Path) -> bytes:
    return "\n".join(pq.read_table(path).column("valeur").to_pylist()).encode()


def test_the_digests_that_a_run_writes_itself_cost_nobodys_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a million people, the hashes of everybody's address took a tenth of a release."""

    def never(*_: object) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(import_module("pipelines.privacy.everyone"), "_hashed", never)
    project = a_small_project(tmp_path)
    first_run(project)
    rewrite(project, "actions", ACTIONS.replace("Ateliers", "Séances"))
    done = a_run(project)
    assert not done.errors
    assert versions(project, "villes") == ["1.0.0", "1.0.1"]
