"""`arobase sources …`: what a data engineer reads, in both languages, and the exit codes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.commands._sources_output import aligned, size
from pipelines.commands.sources import command
from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.sources import latest
from pipelines.sources.errors import SourceUnknown
from pipelines.starter.errors import FormatUnknown
from pipelines.starter.names import plain_name, proposed_fields
from pipelines.starter.sources import SourceExists
from tests.sources.builders import a_project, a_shipped_file, a_source
from tests.sources.platform import TOKEN, Platform, identifier
from tests.sources.portals import a_portal, a_resource
from tests.sources.server import Reply, as_json, serving


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that the commands find."""
    made = a_project(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.delenv("AROBASE_OUTPUTS", raising=False)
    return made


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command, [*arguments])
    if isinstance(result.exception, ArobaseError):
        raise result.exception
    return result


def a_table(project: Project, table: str, *names: str) -> None:
    folder = project.schemas / "label"
    folder.mkdir(parents=True, exist_ok=True)
    fields = [{"name": name, "type": "string", "privacy": "public"} for name in names]
    (folder / f"{table}.json").write_text(json.dumps({"fields": fields}))


def test_a_list_names_every_source_and_the_files_that_are_wrong(project: Project) -> None:
    a_shipped_file(project)
    a_source(project, cadence="P1D")
    a_source(project, name="casse", address="data/absent.csv", title_en="Broken")
    assert run("fetch").exit_code == 1
    capture = latest(project, "mairie")
    assert capture is not None
    listed, day = run("list", "--lang", "en").output, capture.parts[0].obtained.date()
    assert "mairie" in listed
    assert listed.splitlines()[:3] == [
        "SOURCE  CONNECTOR  OBTAINED    STATE                                 TITLE",
        "casse   files      —           never collected, last attempt failed  Broken",
        f"mairie  files      {day}  ✓                                     Mairie",
    ]
    assert "2 sources, 1 problem." in listed
    (project.sources / "faux.yaml").write_text("name: [")
    wrong = run("list", "--lang", "fr")
    assert wrong.exit_code == 1
    assert "sources/faux.yaml, ligne" in wrong.output
    assert run("fetch").exit_code == 1
    assert "en retard" not in wrong.output.split("\n")[1]


def test_a_source_that_was_never_collected_is_late(project: Project) -> None:
    a_source(project, cadence="P1D")
    assert "jamais collectée, en retard" in run("list", "--lang", "fr").output


def test_fetching_says_what_changed_and_goes_on_after_a_failure(project: Project) -> None:
    a_shipped_file(project)
    a_source(project)
    a_source(project, name="casse", address="data/absent.csv")
    first, second = run("fetch", "--lang", "en"), run("fetch", "mairie", "--lang", "fr")
    assert "mairie  new snapshot, 8 B" in first.output
    assert "casse   ! Source" in first.output
    assert "2 sources: 1 new snapshot, 1 failure." in first.output
    assert first.exit_code == 1
    assert (second.output, second.exit_code) == ("mairie  inchangée, 8 o\n", 0)
    with pytest.raises(SourceUnknown):
        run("fetch", "rien")


def test_showing_a_source_says_where_it_stands(project: Project) -> None:
    file = a_shipped_file(project)
    a_source(project, description="Des lignes", description_en="Lines")
    run("fetch")
    file.unlink()
    run("fetch")
    shown = run("show", "mairie", "--lang", "fr").output
    assert "Des lignes" in shown
    assert "sources/data/mairie.csv" in shown
    assert "n'existe pas" in shown
    assert shown.rstrip().endswith("arobase sources test mairie")
    english = run("show", "mairie", "--lang", "en").output
    assert "Lines" in english
    assert "  lignes  csv" in english


def test_showing_a_form_tells_its_drift_and_no_secret(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = Platform()
    platform.file(1)
    monkeypatch.setenv("JETON", TOKEN)
    with serving(graphql=platform.answer) as server:
        champs = {"titre": identifier("Champ", 1)}
        a_source(
            project,
            connector="demarche",
            address=f"{server.url}/graphql",
            secrets=["JETON"],
            parameters={"number": 1, "allow_private": True, "per_minute": 0},
            parts={"dossiers": {"format": "demarche", "options": {"champs": champs}}},
        )
        run("fetch")
    shown = run("show", "mairie", "--lang", "fr").output
    assert f"! missing {champs['titre']}" in shown
    assert TOKEN not in shown


def test_a_trial_says_what_is_mapped_and_left_over_and_keeps_nothing(project: Project) -> None:
    a_shipped_file(project, content="nom,genre,vide\nSéné,commune,\n")
    a_table(project, "x", "titre")
    rows = [{"table": "label/x", "fields": {"titre": "nom"}}]
    expect = {"rows": {"min": 2, "max": 9}, "fill": {"vide": 0.5, "absente": 1.0, "nom": 1.0}}
    a_source(project, parts={"lignes": {"format": "csv", "rows": rows, "expect": expect}})
    result = run("test", "mairie", "--lang", "en")
    assert result.exit_code == 1
    for told in (
        "reachable, authorised",
        "lignes — 1 record, ",
        "mapped (1)     nom\n",
        "left over (2)  genre (100%), vide (0%)",
        "1 rows; expected: 2–9",
        '"vide" filled at 0.0% < 50.0%',
        'column "absente" is missing',
        'encoding utf-8, delimiter ","',
        "release — problems: 2",
        "schemas/label/package.yaml does not exist",
        'the part "lignes" names no incoming schema',
        'Differences from the description, marked "!": 5.',
    ):
        assert told in result.output
    assert "laissées (2)" in run("test", "mairie", "--lang", "fr").output
    assert latest(project, "mairie") is None


def test_a_source_as_described_passes_its_trial(project: Project) -> None:
    a_shipped_file(project)
    a_source(project)
    result = run("test", "mairie", "--lang", "fr")
    assert result.exit_code == 0
    assert result.output.rstrip().endswith("Comme décrit. La suite : arobase sources fetch mairie")


def test_a_trial_of_an_empty_source_fills_nothing(project: Project) -> None:
    a_shipped_file(project, content="a,b\n")
    a_source(project, parts={"lignes": {"format": "csv", "expect": {"rows": {"min": 0, "max": 0}, "fill": {"a": 0.0}}}})
    assert run("test", "mairie").exit_code == 0


def test_a_new_source_is_proposed_from_a_sample(project: Project) -> None:
    a_shipped_file(
        project,
        "depot.csv",
        "Nom commune;Code INSEE;Année;Taux;Jour;Actif;Courriel;Libre\n"
        "Séné;05600;2026;1.5;2026-01-02;true;a@example.org;\nVannes;56260;2025;2;2026-01-03;false;b@example.org;x\n",
    )
    a_table(project, "palmares", "commune_nom", "annee", "autre")
    result = run("new", "depot", "data/depot.csv", "--format", "csv", "--table", "label/palmares", "--lang", "en")
    lines = result.output.splitlines()
    assert lines[:2] == ["written: sources/depot.yaml", "written: schemas/entrants/depot.json"]
    by_column = {line[:13].strip(): line for line in lines}
    assert " string   public     commune_nom " in by_column["Nom commune"]
    assert "fills label/palmares.commune_nom, which is public" in by_column["Nom commune"]
    assert " string   interne    — " in by_column["Code INSEE"]
    assert " string   personnel  — " in by_column["Courriel"]
    of_few = "but the file has only 2 rows: check it"
    assert f"Key: Code INSEE (no cell is empty, and no two rows are alike in it, {of_few})" in lines
    assert lines[-1] == "Then: arobase sources test depot"
    text = (project.sources / "depot.yaml").read_text()
    assert text.startswith("# Proposé d'après un échantillon")
    assert "Code INSEE" in text.split("\n", 1)[0]
    described: dict[str, Any] = yaml.safe_load(text)
    part = described["parts"]["depot"]
    assert part["options"] == {"encoding": "utf-8", "delimiter": ";"}
    assert part["rows"] == [{"table": "label/palmares", "fields": {"commune_nom": "Nom commune", "annee": "Année"}}]
    schema = json.loads((project.schemas / "entrants" / "depot.json").read_text())
    kinds = {field["name"]: (field["type"], field["privacy"]) for field in schema["fields"]}
    assert kinds["Code INSEE"] == ("string", "interne")
    assert (kinds["Année"][0], kinds["Taux"][0], kinds["Jour"][0], kinds["Actif"][0]) == (
        "integer",
        "number",
        "date",
        "boolean",
    )
    assert kinds["Courriel"] == ("string", "personnel")
    assert "constraints" not in schema["fields"][-1]
    assert part["schema"] == "depot"
    (project.sources / "depot.yaml").write_text(text.replace("title: depot", "title: Dépôt", 1))
    with pytest.raises(SourceExists):
        run("new", "depot", "data/depot.csv", "--format", "csv")


def test_a_new_source_keeps_a_schema_that_is_there_and_reads_the_sheet_asked_for(project: Project) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.create_sheet("Actions").append(["a"])
    book["Actions"].append([1])
    (project.sources / "data").mkdir()
    book.save(project.sources / "data" / "c.xlsx")
    (project.schemas / "entrants").mkdir()
    (project.schemas / "entrants" / "classeur.json").write_text("{}")
    result = run("new", "classeur", "data/c.xlsx", "--format", "xlsx", "--sheet", "Actions", "--lang", "fr")
    assert result.output.startswith("écrit : sources/classeur.yaml\n\n  COLONNE")


@pytest.mark.parametrize(
    ("name", "content", "arguments", "said"),
    [
        ("depot.TXT", "a;b\n1;2\n", [], "format: csv"),
        ("depot.csv.gz", None, [], "compression: gzip"),
        ("depot.json", '{"results": [{"a": 1}]}', ["--pointer", "results"], "pointer: results"),
    ],
)
def test_the_format_of_a_new_source_is_told_by_its_address(
    project: Project, name: str, content: str | None, arguments: list[str], said: str
) -> None:
    file = a_shipped_file(project, name, content or "")
    if content is None:
        file.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert run("new", "depot", f"data/{name}", *arguments).exit_code == 0
    assert said in (project.sources / "depot.yaml").read_text()


def test_an_address_that_names_no_format_asks_for_it(project: Project) -> None:
    with serving(export=Reply(b"rien de connu")) as server, pytest.raises(FormatUnknown, match="--format csv"):
        run("new", "depot", f"{server.url}/export")
    assert not (project.sources / "depot.yaml").exists()


def test_a_trial_tells_what_the_publishers_own_schema_refuses(project: Project) -> None:
    schema = {"name": "essai", "url": ""}
    with serving(**{"r/r1": Reply(b"nom;annee\nA;2026\nB;deux\n")}) as server:
        server.routes["/s"] = as_json({"fields": [{"name": "nom"}, {"name": "annee", "type": "integer"}]})
        a_portal(server, a_resource(server.url, checksum=None, schema=schema | {"url": f"{server.url}/s"}))
        a_source(
            project,
            connector="datagouv",
            address=server.url,
            parameters={"resource": "r1", "allow_private": True},
            parts={"lignes": {"format": "csv", "options": {"delimiter": ";"}}},
        )
        result = run("test", "mairie", "--lang", "en")
        run("fetch")
    assert result.exit_code == 1
    assert "declared schema  essai: 1 rejected" in result.output
    assert "! lignes: essai: 1/2 rejected\n" in result.output
    assert "schema declared by the publisher: essai (kept)" in run("show", "mairie", "--lang", "en").output


def test_what_a_source_needs_is_shown_with_whether_it_is_there(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETON", TOKEN)
    monkeypatch.delenv("AUTRE", raising=False)
    a_source(
        project,
        secrets=["JETON", "AUTRE"],
        example=True,
        privacy="Rien de personnel.",
        address="https://example.org/x",
    )
    shown = run("show", "mairie", "--lang", "en").output
    assert "JETON (set), AUTRE (not set)" in shown
    assert "never collected" in shown
    assert "Rien de personnel." in shown
    assert "yes: made-up data" in shown


def test_sizes_and_lists_are_written_for_people() -> None:
    assert [size(count, "fr") for count in (0, 999, 41_152, 5_000_000, 7_200_000_000_000)] == [
        "0 o",
        "999 o",
        "41,2 ko",
        "5,0 Mo",
        "7200,0 Go",
    ]
    assert size(41_152, "en") == "41.2 kB"
    assert list(aligned([("é", "b"), ("e\u0301te", "c")])) == ["é    b", "e\u0301te  c"]


def test_a_sample_that_cannot_be_read_writes_nothing(project: Project) -> None:
    a_shipped_file(project, "depot.csv", "")
    with pytest.raises(ArobaseError):
        run("new", "depot", "data/depot.csv", "--format", "csv")
    assert list(project.sources.glob("*.yaml")) == []


def test_a_column_is_proposed_for_one_field_only() -> None:
    assert plain_name("  Numéro d'Enquête (2026) ") == "numero_d_enquete_2026"
    assert proposed_fields(["titre"], ["titre", "titres"]) == {"titre": "titre"}


def test_no_output_of_a_failing_run_holds_the_token(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETON", TOKEN)
    with serving(graphql=Reply(f'{{"message": "bad token {TOKEN}"}}'.encode(), 400)) as server:
        a_source(
            project,
            connector="demarche",
            address=f"{server.url}/graphql?token={TOKEN}",
            secrets=["JETON"],
            parameters={"number": 1, "allow_private": True},
            parts={"dossiers": {"format": "demarche"}},
        )
        outputs = [run("fetch", "--lang", "fr"), run("show", "mairie", "--lang", "en"), run("list")]
    assert outputs[0].exit_code == 1
    assert all(TOKEN not in result.output for result in outputs)
    written = [path.read_bytes() for path in project.outputs.rglob("*") if path.is_file()]
    assert written
    assert not any(TOKEN.encode() in content for content in written)


def test_a_column_that_another_part_reads_through_a_join_is_not_left_over(project: Project) -> None:
    a_shipped_file(project, "actions.csv", "id,titre\n1,Une action\n")
    a_shipped_file(project, "lieux.csv", "id_action,ville,fax\n1,Séné,x\n")
    a_table(project, "x", "titre", "ville")
    rows = [{"table": "label/x", "fields": {"titre": "titre", "ville": "lieux.ville"}}]
    join = [{"part": "lieux", "on": {"id": "id_action"}}]
    parts = {
        "actions": {"format": "csv", "path": "actions.csv", "join": join, "rows": rows},
        "lieux": {"format": "csv", "path": "lieux.csv"},
    }
    a_source(project, address="data", parts=parts)
    output = run("test", "mairie", "--lang", "en").output
    assert "mapped (2)     id_action, ville" in output
    assert "left over (1)  fax (100%)" in output


def a_publishable_source(
    project: Project, content: str, *incoming: dict[str, Any], published: tuple[str, ...], **more: Any
) -> None:
    """A source of `content`, mapped column by column, and a package that publishes it."""
    a_shipped_file(project, content=content)
    a_table(project, "lieux", *published)
    package = {"title": "Lieux", "description": "Des lieux.", "licence": "etalab-2.0", "tables": ["lieux"]}
    package |= {"publisher": {"title": "Mairie inventée"}, "contact": {"title": "Mairie inventée"}}
    (project.schemas / "label" / "package.yaml").write_text(yaml.safe_dump(package), encoding="utf-8")
    (project.schemas / "entrants").mkdir(exist_ok=True)
    (project.schemas / "entrants" / "lignes.json").write_text(json.dumps({"fields": list(incoming)}))
    rows = [{"table": "label/lieux", "fields": {name: name for name in published}}]
    a_source(project, parts={"lignes": {"format": "csv", "schema": "lignes", "rows": rows}}, **more)


def test_a_trial_passes_where_a_release_would_publish_everything(project: Project) -> None:
    fields = [{"name": name, "type": "string", "privacy": "public"} for name in ("nom", "genre")]
    a_publishable_source(project, "nom,genre\nSéné,commune\n", *fields, published=("nom", "genre"))
    result = run("test", "mairie", "--lang", "en")
    assert "release — nothing would be rejected" in result.output
    assert result.exit_code == 0
    assert not list(project.outputs.rglob("*")), "nothing is kept"


def test_a_trial_tells_a_field_classed_internal_that_would_be_published(project: Project) -> None:
    field = {"name": "nom", "type": "string", "privacy": "interne"}
    a_publishable_source(project, "nom\nSéné\n", field, published=("nom",))
    result = run("test", "mairie", "--lang", "en")
    assert result.exit_code == 1
    assert '"nom", classed "interne" in the incoming schema' in result.output
    assert "[internal-field-copied]" in result.output


def test_a_trial_tells_the_rows_and_the_personal_values_that_a_release_would_refuse(project: Project) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "annee", "type": "integer", "privacy": "public"},
        {"name": "note", "type": "string", "privacy": "public"},
    ]
    content = "annee,note\n2026,rien\ndeux,rien\n2025,écrire à jeanne@example.org\n"
    a_publishable_source(project, content, *fields, published=("annee", "note"))
    result = run("test", "mairie", "--lang", "en")
    assert result.exit_code == 1
    assert "entrants/lignes, field annee: rejected once" in result.output
    assert "label/lieux, field note: 1 possible personal values" in result.output
    assert "jeanne" not in result.output


def test_a_trial_looks_for_the_personal_values_of_each_record_as_a_release_does(project: Project) -> None:
    """A surname alone is nobody's by its pattern: it is held because the same record has it in a personal column."""
    fields: list[dict[str, Any]] = [
        {"name": "nom", "type": "string", "privacy": "personnel"},
        {"name": "note", "type": "string", "privacy": "public"},
    ]
    content = "nom,note\nKerdoncuff,vu avec Kerdoncuff\nPennec,rien\n"
    a_publishable_source(project, content, *fields, published=("note",))
    result = run("test", "mairie", "--lang", "en")
    assert result.exit_code == 1
    assert "label/lieux, field note: 1 possible personal values (valeur_du_dossier:nom)" in result.output
    assert "Kerdoncuff" not in result.output
    assert not list(project.outputs.rglob("*")), "nothing is kept"


def test_a_trial_tells_a_changed_file_that_keeps_its_old_date(project: Project) -> None:
    field = {"name": "nom", "type": "string", "privacy": "public"}
    a_publishable_source(project, "nom\nSéné\n", field, published=("nom",), obtained="2026-01-31")
    assert run("fetch", "mairie").exit_code == 0
    assert run("test", "mairie").exit_code == 0
    a_publishable_source(project, "nom\nVannes\n", field, published=("nom",), obtained="2026-01-31")
    result = run("test", "mairie", "--lang", "en")
    assert result.exit_code == 1
    assert "[obtained-unchanged]" in result.output


def test_a_proposal_is_asked_for_again_until_somebody_edits_it(project: Project) -> None:
    a_shipped_file(project, "depot.csv", "Un titre;\nnom;genre\nSéné;commune\n")
    assert run("new", "depot", "data/depot.csv").exit_code in (0, 1, 2)
    again = run("new", "depot", "data/depot.csv", "--header-row", "2", "--lang", "en")
    assert again.exit_code == 0, again.output
    path = project.sources / "depot.yaml"
    assert "header_row: 2" in path.read_text(encoding="utf-8")
    schema = project.schemas / "entrants" / "depot.json"
    assert [field["name"] for field in json.loads(schema.read_text())["fields"]] == ["nom", "genre"]
    schema.write_text(schema.read_text().replace("interne", "public"))
    edited = schema.read_text()
    assert run("new", "depot", "data/depot.csv", "--header-row", "2").exit_code == 0
    assert schema.read_text() == edited, "what a person has edited stays"
    path.write_text(path.read_text(encoding="utf-8").replace("title: depot", "title: Dépôt", 1), encoding="utf-8")
    with pytest.raises(SourceExists):
        run("new", "depot", "data/depot.csv")


def test_the_list_of_a_geojson_file_is_found(project: Project) -> None:
    feature = {"type": "Feature", "properties": {"nom": "Séné"}, "geometry": {"type": "Point", "coordinates": [-2, 47]}}
    a_shipped_file(project, "lieux.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    result = run("new", "lieux", "data/lieux.geojson", "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "pointer: features" in (project.sources / "lieux.yaml").read_text(encoding="utf-8")
    assert "properties.nom" in result.output
