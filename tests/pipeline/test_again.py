"""Versions made again from kept ingredients, on a small project: causes by the real run, rebuilds, replays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.collect import make_snapshots
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.rebuild import across, ingredients_recorded, request_again
from pipelines.releases import Published
from pipelines.releases.causes import Ingredients
from pipelines.releases.descriptor import read_descriptor
from tests.pipeline.builders import NOW, REPOSITORY, a_run, a_small_project, a_source, obtained_later, rewrite
from tests.schema.builders import a_codelist, a_table

PLACES = "id,titre,lieu,couleur\n{}"
FIRST = ["a1,Ateliers,Metz,rouge", "a2,Cartes,Agenn,rouge", "a3,Retrait,Agen,vert", "a4,Nuances,Agen,bleu"]
COLOURS = ["rouge,Rouge,Red,,,", "vert,Vert,Green,2020-01-01,2021-12-31,page"]
CORRECTIONS = "nom_imprime,contexte,code,nature,nom,code_actuel,motif,source_url,date,auteur\n"


def mapped(genre: str) -> dict[str, Any]:
    fields = {"id": "id", "titre": "titre", "couleur": "couleur", "genre": {"value": genre}}
    reading = {"with": "territoire", "from": {"nom": "lieu"}, "into": {"code": "commune"}}
    row = {"table": "places/places", "fields": fields, "readings": [reading]}
    return {"lignes": {"format": "csv", "schema": "places", "rows": [row]}}


def described(project: Project, genre: str = "action", lines: list[str] | None = None) -> None:
    a_source(project, "places", PLACES.format("\n".join(lines or FIRST) + "\n"), parts=mapped(genre))


def with_places(folder: Path) -> Project:
    """The small project, with a package `places` whose names of towns are resolved."""
    project = a_small_project(folder)
    project.reference.rmdir()
    project.reference.symlink_to(REPOSITORY / "sources" / "reference")
    a_table(folder, "entrants/places", [{"name": name} for name in ("id", "titre", "lieu", "couleur")])
    fields: list[dict[str, Any]] = [{"name": name} for name in ("id", "titre", "couleur", "genre", "commune")]
    fields[0]["constraints"] = {"required": True}
    fields[2]["codelist"] = "couleurs"
    a_table(folder, "places/places", fields, primaryKey=["id"])
    described(project)
    package = yaml.safe_load((project.schemas / "villes" / "package.yaml").read_text(encoding="utf-8"))
    (project.schemas / "places" / "package.yaml").write_text(
        yaml.safe_dump({**package, "tables": [{"name": "places", "rows": {"min": 1, "loss": 0.9}}]}), encoding="utf-8"
    )
    return project


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The project, of which nothing was ever released."""
    return with_places(tmp_path)


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = with_places(tmp_path_factory.mktemp("places"))
    assert isinstance(a_run(made, packages=["places"]).outcomes["places"], Published)
    return made.root


@pytest.fixture
def project(after_a_run: Path, tmp_path: Path) -> Project:
    """The project after the package `places` was released once."""
    return Project.at(Path(shutil.copytree(after_a_run, tmp_path / "project", symlinks=True)))


def command(project: Project, *words: str, language: str = "en") -> Result:
    told = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": None, "AROBASE_LANG": language, "COLUMNS": "120"}
    return CliRunner(env=told).invoke(commands, list(words))


def everything_changes(project: Project) -> None:
    """One change of each kind at once."""
    described(project, "initiative", ["a1,Ateliers revus,Metz,rouge", *FIRST[1:]])
    obtained_later(project.sources / "places.yaml")
    a_codelist(project.root, "couleurs", [*COLOURS, "bleu,Bleu,Blue,,,"])
    line = "Agenn,,47001,commune,,,faute de frappe,https://example.org/agen,2026-11-20,equipe\n"
    (project.corrections / "places.csv").write_text(CORRECTIONS + line, encoding="utf-8")
    project.withdrawals.mkdir()
    gone = "places,lignes,id,a3,demande de la collectivité,2026-11-20\n"
    (project.withdrawals / "places.csv").write_text(f"source,part,champ,cle,motif,date\n{gone}", encoding="utf-8")


def causes(project: Project, version: str) -> dict[tuple[str, str | None], str]:
    path = project.releases / "places" / version / "data" / "changes" / "places.parquet"
    return {(row["cle"], row["champ"]): row["cause"] for row in pq.read_table(path).to_pylist()}


def recorded(project: Project, version: str = "1.0.0") -> Ingredients:
    return ingredients_recorded(read_descriptor(project.releases / "places" / version / "data"))


def test_all_five_causes_at_once_are_told_apart_by_the_real_run(fresh: Project) -> None:
    first = a_run(fresh, packages=["places"])
    assert first.tables["places/places"].summary["rejected"] == 1  # a4: a colour that the list does not know yet
    everything_changes(fresh)
    outcome = a_run(fresh, packages=["places"]).outcomes["places"]
    assert causes(fresh, outcome.version) == {
        ("a1", "titre"): "source",
        ("a1", "genre"): "code",
        ("a2", "genre"): "code",
        ("a2", "commune"): "correction",
        ("a3", None): "redaction",
        ("a4", None): "schema",
    }


def test_a_version_is_made_again_byte_for_byte_after_everything_changed(project: Project) -> None:
    a_codelist(project.root, "couleurs", [*COLOURS, "bleu,Bleu,Blue,,,"])
    a_run(project, packages=["places"])
    done = command(project, "rebuild", "places", "1.0.0")
    assert (done.exit_code, "✓ places 1.0.0: the same, byte for byte" in done.output) == (0, True), done.output
    assert "identique, octet pour octet" in command(project, "rebuild", "places", language="fr").output


def test_a_version_made_by_other_mappings_is_made_again_with_those_that_were_kept(project: Project) -> None:
    described(project, "initiative")
    assert command(project, "rebuild", "places").exit_code == 0


def test_a_version_made_by_other_mappings_is_said_to_differ_where_they_are_not_kept(project: Project) -> None:
    described(project, "initiative")
    shutil.rmtree(project.snapshots / "ingredients" / "code")
    done = command(project, "rebuild", "places")
    assert done.exit_code == 1, done.output
    assert "✗ places 1.0.0: not the same\n  other ingredients here: code\n  differs: data/" in done.output
    french = command(project, "rebuild", "places", language="fr")
    assert "autres ingrédients ici : code" in french.output


def test_a_version_whose_ingredients_are_gone_cannot_be_made_again(project: Project) -> None:
    shutil.rmtree(project.snapshots / "ingredients")
    done = command(project, "rebuild", "places")
    assert isinstance(done.exception, ArobaseError)
    assert done.exception.code == "cannot-rebuild"


def test_a_survey_says_which_versions_can_be_made_again_and_why_not(project: Project) -> None:
    a_codelist(project.root, "couleurs", [*COLOURS, "bleu,Bleu,Blue,,,"])
    a_run(project, packages=["places"])
    lines = command(project, "rebuild", "--any").output.splitlines()
    versions = [line.split()[2].rstrip(":") for line in lines]
    assert lines == [f"✓ places {version}: with the code at hand" for version in versions]
    assert command(project, "retract", "places", versions[0], "--reason", "essai", "--yes").exit_code == 0
    lines = command(project, "rebuild", "places", "--any").output.splitlines()
    assert lines[0] == f"✗ places {versions[0]}: retracted"
    assert lines[1].startswith(f"✗ places {versions[1]}: compared with {versions[0]}")
    shutil.rmtree(project.snapshots / "ingredients")
    french = command(project, "rebuild", "--any", language="fr").output
    assert "retirée" in french
    assert sorted(path.name for path in project.releases.iterdir() if path.is_dir()) == ["places"]


def test_other_code_or_lost_ingredients_give_no_tables(project: Project) -> None:
    kept = recorded(project)
    remade = across(project, "places")
    found = remade(kept)
    assert found is not None
    assert found["places"].column("id").to_pylist() == ["a1", "a2", "a3"]
    other = Ingredients("0" * 64, kept.schema, kept.correction, kept.redaction, kept.snapshots)
    assert remade(other) is None
    lost = Ingredients(kept.code, "0" * 64, kept.correction, kept.redaction, kept.snapshots)
    assert remade(lost) is None


def test_ingredients_that_do_not_fit_each_other_give_no_request(project: Project) -> None:
    kept = recorded(project)
    (project.sources / "places.yaml").write_text("name: places  # places/places\n", encoding="utf-8")
    assert request_again(project, "places", kept) is None


def validated_at_the_door(project: Project) -> None:
    """The colour is validated as it comes in, against the list."""
    names = [{"name": name} for name in ("id", "titre", "lieu")]
    a_table(project.root, "entrants/places", [*names, {"name": "couleur", "codelist": "couleurs"}])


def test_a_replay_tells_what_came_back_once_a_code_was_added(fresh: Project) -> None:
    validated_at_the_door(fresh)
    a_run(fresh, packages=["places"])
    still = command(fresh, "replay", "places")
    assert (still.exit_code, "lignes:5 → entrants/places: constraint-error" in still.output) == (1, True), still.output
    a_codelist(fresh.root, "couleurs", [*COLOURS, "bleu,Bleu,Blue,,,"])
    done = command(fresh, "replay", "places", language="fr")
    told = next(line for line in done.output.splitlines() if "repris" in line)
    assert (done.exit_code, "1" in told, "constraint-error (1)" in told) == (0, True, True), done.output


def test_a_replay_without_an_earlier_result_refuses_anew(fresh: Project) -> None:
    validated_at_the_door(fresh)
    a_run(fresh, packages=["places"])
    shutil.rmtree(fresh.work / "records" / "places")
    done = command(fresh, "replay", "places")
    told = next(line for line in done.output.splitlines() if "newly rejected" in line)
    assert (done.exit_code, "constraint-error (1)" in told) == (1, True)


def test_a_record_that_left_its_source_did_not_come_back(fresh: Project) -> None:
    validated_at_the_door(fresh)
    a_run(fresh, packages=["places"])
    rewrite(fresh, "places", PLACES.format("\n".join(FIRST[:3]) + "\n"))
    dict(make_snapshots(fresh, [BuildGraph(fresh).sources.find("places")], now=lambda: NOW))
    done = command(fresh, "replay", "places")
    told = next(line for line in done.output.splitlines() if "accepted now" in line)
    assert (done.exit_code, "constraint-error" in told) == (0, False), done.output


def test_trace_reads_the_raw_record_of_a_kept_snapshot(fresh: Project) -> None:
    a_run(fresh, packages=["villes"])
    done = command(fresh, "trace", "villes", "villes", "57463", "niveau")
    assert done.exit_code == 0, done.output
    assert "Raw values:\n    code = 57463\n    nom = Metz\n    niveau = 5\n" in done.output
    assert "contact.invente" not in done.output
    shutil.rmtree(fresh.private_snapshots)
    assert (
        "Raw values not shown: the snapshot is not kept here"
        in command(fresh, "trace", "villes", "villes", "57463").output
    )


def test_a_release_is_sent_to_a_store_when_asked(fresh: Project, tmp_path: Path) -> None:
    (tmp_path / "depot").mkdir()
    address = f"file://{tmp_path}/depot"
    done = command(fresh, "release", "villes", "--to", address)
    assert (done.exit_code, f"{address}: villes 1.0.0 sent" in done.output) == (0, True), done.output
    assert command(fresh, "verify", address).exit_code == 0
    assert "envoyée" not in command(fresh, "release", "villes", "--to", address, language="fr").output
