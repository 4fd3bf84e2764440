"""The whole way on a small project, and what happens when something is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.core.project import Project
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.run import Event, steps_ahead
from pipelines.privacy import Vault
from pipelines.releases import Published, Unchanged
from tests.pipeline.builders import ACTIONS, TOWNS, a_run, a_small_project, first_run, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def released(project: Project, package: str, version: str, table: str) -> list[dict]:
    return pq.read_table(project.releases / package / version / "data" / f"{table}.parquet").to_pylist()


def test_every_package_is_published_and_nothing_personal_leaves(project: Project):
    done = a_run(project)
    assert done.went_well, done.errors
    assert {name: type(item) for name, item in done.outcomes.items()} == {"villes": Published, "bilan": Published}
    towns = released(project, "villes", "1.0.0", "villes")
    assert towns == [{"code": "47001", "nom": "Agen", "niveau": 4}, {"code": "57463", "nom": "Metz", "niveau": 5}]
    assert released(project, "bilan", "1.0.0", "nombres") == [{"niveau": 4, "villes": 1}, {"niveau": 5, "villes": 1}]
    for path in (item for folder in (project.releases, project.work, project.catalogue) for item in folder.rglob("*")):
        assert not path.is_file() or b"invente@example.org" not in path.read_bytes(), path


def test_a_second_run_on_the_same_input_publishes_and_computes_nothing(project: Project):
    first_run(project)
    events: list[Event] = []
    done = a_run(project, on_event=events.append)
    assert {type(item) for item in done.outcomes.values()} == {Unchanged}
    assert {event.outcome for event in events if event.stage != "catalogue"} == {"kept"}


@pytest.mark.parametrize("damage", [b"", b"autre chose", None])
def test_a_page_that_somebody_changed_is_made_again(project: Project, damage: bytes | None):
    first_run(project)
    page = project.catalogue / "villes" / "index.html"
    made = page.read_bytes()
    if damage is None:
        page.unlink()
    else:
        page.write_bytes(damage.ljust(len(made)) if damage else damage)
    a_run(project)
    assert page.read_bytes() == made


def test_an_unchanged_catalogue_is_not_made_again_and_another_house_shows_in_it(project: Project, monkeypatch):
    first_run(project)
    before = {path: path.stat().st_mtime_ns for path in project.catalogue.rglob("*")}
    monkeypatch.setattr("pipelines.catalogue.write_catalogue", None)
    a_run(project)
    assert {path: path.stat().st_mtime_ns for path in project.catalogue.rglob("*")} == before
    monkeypatch.undo()
    (project.root / "catalogue.yaml").write_text("base_url: https://donnees.example.org/\n", encoding="utf-8")
    assert a_run(project).catalogue_is_written
    assert "donnees.example.org" in (project.catalogue / "sitemap.xml").read_text(encoding="utf-8")


def test_a_run_tells_as_many_steps_as_it_said_before(project: Project):
    events: list[Event] = []
    ahead = steps_ahead(BuildGraph(project))
    a_run(project, on_event=events.append)
    assert len(events) == ahead


def test_only_what_changed_is_computed_again(project: Project):
    first_run(project)
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    events: list[Event] = []
    done = a_run(project, on_event=events.append)
    again = {(event.stage, event.name) for event in events if event.outcome == "made"}
    assert again == {
        ("collect", "actions"),
        ("records", "actions"),
        ("tables", "villes/actions"),
        ("findings", "villes"),
        ("release", "villes"),
        ("catalogue", "catalogue"),
    }
    assert done.outcomes["villes"].version == "1.1.0"
    assert isinstance(done.outcomes["bilan"], Unchanged)


def test_one_package_brings_those_that_it_reads(project: Project):
    assert set(a_run(project, packages=["bilan"]).outcomes) == {"bilan", "villes"}
    assert set(a_run(project, packages=["villes"]).outcomes) == {"villes"}


def test_a_code_list_that_is_called_otherwise_is_published_as_a_revision(project: Project):
    path = project.schemas / "villes" / "actions.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["fields"][2]["codelist"] = "couleurs"
    path.write_text(json.dumps(described), encoding="utf-8")
    rewrite(project, "actions", "id,ville,titre\na1,57463,rouge\na2,47001,vert\n")
    assert a_run(project, packages=["villes"]).went_well
    (project.schemas / "codelists" / "titles.yaml").write_text(
        "couleurs: {title: couleurs de façade, title_en: colours of fronts}\n", encoding="utf-8"
    )
    outcome = a_run(project, packages=["villes"]).outcomes["villes"]
    assert (type(outcome), outcome.version) == (Published, "1.0.1")
    resources = json.loads((outcome.path / "data" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert "Codes : couleurs de façade" in [item.get("title") for item in resources]


def test_a_refused_row_takes_its_children_with_it_and_says_why(project: Project):
    rewrite(project, "villes", TOWNS.replace("Agen,4", "Agen,9"))
    done = a_run(project)
    assert [row["id"] for row in released(project, "villes", "1.0.0", "actions")] == ["a1"]
    rejects = released(project, "villes", "1.0.0", "qualite/rejets")
    told = {(row["table"], row["champ"], row["regle"], row["position"], row["etape"]) for row in rejects}
    assert told == {
        ("villes/villes", "niveau", "constraint-error", 3, "sortie"),
        ("villes/actions", None, "foreign-key", 3, "sortie"),
    }
    assert done.tables["villes/villes"].summary["rejected"] == 1


def test_a_broken_source_leaves_the_last_release_and_the_other_packages_alone(project: Project):
    first_run(project)
    before = sorted(path.name for path in (project.releases / "villes").iterdir())
    rewrite(project, "actions", "identifiant,ville,titre\na1,57463,Ateliers\n")
    done = a_run(project)
    assert [name for name, _ in done.errors] == ["actions", "villes/actions"]
    assert done.errors[0][1].code == "header-missing"
    assert set(done.blocked) == {"villes"}
    assert sorted(path.name for path in (project.releases / "villes").iterdir()) == before
    assert isinstance(done.outcomes["bilan"], Unchanged)
    assert not done.went_well


def test_a_source_that_cannot_be_collected_leaves_its_last_snapshot_in_use(project: Project):
    first_run(project)
    (project.sources / "data" / "actions.csv").unlink()
    done = a_run(project)
    assert [(name, error.code) for name, error in done.errors] == [("actions", "source-file-absent")]
    assert {type(item) for item in done.outcomes.values()} == {Unchanged}


def test_a_source_that_was_never_collected_blocks_its_package_only(project: Project):
    (project.sources / "data" / "actions.csv").unlink()
    done = a_run(project)
    assert set(done.blocked) == {"villes"}
    assert isinstance(done.outcomes["bilan"], Published)


def test_a_package_that_no_source_fills_is_an_error_that_says_what_is_expected(project: Project):
    (project.sources / "villes.yaml").unlink()
    (project.sources / "actions.yaml").unlink()
    done = a_run(project)
    told = dict(done.errors)
    assert {name: error.code for name, error in told.items()} == dict.fromkeys(["bilan", "villes"], "nothing-fills-it")
    assert "`table: villes/…`" in told["villes"].message("fr")
    assert not list(project.releases.glob("*/*/bagit.txt"))


def test_too_few_records_stop_the_source(project: Project):
    path = project.sources / "actions.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("format: csv", "format: csv\n    expect: {rows: {min: 5}}"),
        encoding="utf-8",
    )
    done = a_run(project)
    assert done.errors[0][1].code == "too-few-records"
    assert "2" in done.errors[0][1].message("fr")


def test_a_column_filled_less_than_expected_is_a_warning(project: Project):
    path = project.sources / "actions.yaml"
    text = path.read_text(encoding="utf-8").replace("format: csv", "format: csv\n    expect: {fill: {titre: 1.0}}")
    path.write_text(text, encoding="utf-8")
    rewrite(project, "actions", "id,ville,titre\na1,57463,Ateliers\na2,47001,\n")
    assert BuildGraph(project).sources["actions"].part("lignes").expect == {"fill": {"titre": 1.0}}
    assert a_run(project).records["actions"].summary["thin"] == ["lignes.titre: 0.500 < 1.0"]


def test_a_part_without_an_incoming_schema_is_refused(project: Project):
    path = project.sources / "actions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("    schema: actions\n", ""), encoding="utf-8")
    assert a_run(project).errors[0][1].code == "incoming-schema-missing"


def test_a_wrong_description_costs_the_tables_that_it_names_and_no_other(project: Project):
    first_run(project)
    path = project.sources / "actions.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "inconnu: 1\n", encoding="utf-8")
    done = a_run(project)
    assert done.errors[0][1].code == "source-file"
    assert set(done.blocked) == {"villes"}
    assert isinstance(done.outcomes["bilan"], Unchanged)


def test_a_withdrawn_record_leaves_the_next_release_as_a_redaction(project: Project):
    first_run(project)
    (project.withdrawals).mkdir()
    line = "actions,lignes,id,a2,demande de la collectivité,2026-11-20\n"
    (project.withdrawals / "actions.csv").write_text(f"source,part,champ,cle,motif,date\n{line}", encoding="utf-8")
    done = a_run(project)
    assert done.records["actions"].summary["parts"]["lignes"]["withdrawn"] == 1
    version = done.outcomes["villes"].version
    assert [row["id"] for row in released(project, "villes", version, "actions")] == ["a1"]
    changes = pq.read_table(project.releases / "villes" / version / "data" / "changes" / "actions.parquet").to_pylist()
    assert [(row["nature"], row["cle"], row["cause"]) for row in changes] == [("retrait", "a2", "redaction")]


def test_records_that_are_not_public_are_written_only_in_the_private_folder(project: Project):
    first_run(project)
    files = [path for path in project.outputs.rglob("*") if path.is_file() and b"contact.invente" in path.read_bytes()]
    assert {path.relative_to(project.private).parts[0] for path in files} >= {"_snapshots"}
    assert (project.private.stat().st_mode & 0o777) == 0o700
    assert (project.private / "conservation.json").is_file()


def test_what_is_published_does_not_change_when_the_private_folder_is_deleted(project: Project):
    first_run(project)
    shutil.rmtree(project.private)
    done = a_run(project)
    assert (done.blocked, type(done.outcomes["villes"]).__name__) == ({}, "Unchanged")
    assert list((project.private_snapshots / "objects").glob("*/*"))


def test_the_gate_knows_the_personal_values_again_after_the_private_folder_was_deleted(project: Project):
    first_run(project)
    known = Vault(project.private).read("villes").by_record
    shutil.rmtree(project.private)
    done = a_run(project)
    assert known
    assert Vault(project.private).read("villes").by_record == known
    assert done.records["villes"].kept.is_new
    assert not a_run(project).records["villes"].kept.is_new


def test_records_whose_bytes_were_deleted_say_so_until_the_source_is_asked_again(project: Project):
    first_run(project)
    shutil.rmtree(project.private)
    shutil.rmtree(project.work)
    failed = dict(a_run(project, collecting=False).errors)["villes"]
    assert (failed.code, failed.facts["source"]) == ("snapshot-gone", "villes")
    assert a_run(project).blocked == {}
