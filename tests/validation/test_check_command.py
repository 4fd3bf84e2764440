"""`arobase check`: what a publisher reads, what a program reads, and the exit code."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipelines.commands import check
from pipelines.commands._progress_bar import progress_bar
from pipelines.commands.check import Size, command
from pipelines.validation import validate
from pipelines.validation.rejects import read_rejects

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
        {"name": "jour", "type": "date", "constraints": {"minimum": "2020-01-01"}},
        {"name": "lieu", "type": "string"},
    ]
}
BAD = "id;jour;lieu\n1;2020-01-01;Alès\n1;01/02/2020;a\tb\n2;2019-01-01;Évry\n\n3;2020-05-05\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a schema, a valid file and an invalid one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "bon.csv").write_text("id,jour,lieu\n1,2020-01-01,Alès\n")
    (tmp_path / "mauvais.csv").write_text(BAD)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_a_valid_file(folder: Path) -> None:
    result = run("bon.csv", "--schema", "schema.json", "--lang", "fr")
    assert result.output == "✔ bon.csv : valide, 1 ligne.\n  3 champs prouvés.\n"
    assert result.exit_code == 0


def test_a_publisher_reads_totals_examples_who_and_what_to_do(folder: Path) -> None:
    result = run("mauvais.csv", "--schema", "schema.json", "--lang", "fr")
    assert result.exit_code == 1
    assert "✘ mauvais.csv : 5 erreurs ; 4 lignes écartées sur 5." in result.output
    assert "1 × Valeur d'un autre type, champ « jour » [type-error]" in result.output
    assert "ligne 3 : « 01/02/2020 » ; attendu : une date (AAAA-MM-JJ)" in result.output
    assert "ligne 4 : « 2019-01-01 » ; attendu : au moins 2020-01-01" in result.output
    assert "ligne 3 : déjà à la ligne 2" in result.output
    assert "    ligne 5\n" in result.output
    assert "→ Supprimez ces lignes. À corriger par le producteur de la source." in result.output


def test_the_same_in_english(folder: Path) -> None:
    result = run("mauvais.csv", "--schema", "schema.json", "--lang", "en")
    assert "✘ mauvais.csv: 5 errors; 4 rows rejected of 5." in result.output
    assert "row 3: “01/02/2020”; expected: a date (YYYY-MM-DD)" in result.output
    assert "row 3: already in row 2" in result.output


@pytest.mark.parametrize(
    ("header", "french", "english"),
    [
        ("id,jour,lieu,anne.dupont@example.org", "colonne 4 : un nom inconnu du schéma", "column 4: a name unknown"),
        ("id,jour,Anne Kerdoncuff", "colonne 3 : un nom inconnu du schéma", "column 3: a name unknown to the schema"),
        ("7,2020-01-01,Anne Kerdoncuff", "colonne 1 : un nom inconnu", "(not shown); expected: “id”"),
        ("id,Lieu,jour", "colonne 2 : « Lieu » ; attendu : « jour »", "column 3: “jour”; expected: “lieu”"),
        ("id,jour,id", "colonne 3 : « id »", "column 3: “id”"),
    ],
)
def test_a_header_that_the_schema_does_not_have_is_not_shown(
    folder: Path, header: str, french: str, english: str
) -> None:
    width = header.count(",") - 2
    (folder / "autre.csv").write_text(f"{header}\n1,2020-01-01,Alès{',x' * width}\n2,hier,Alès{',x' * width}\n")
    for language, told in (("fr", french), ("en", english)):
        output = run("autre.csv", "--schema", "schema.json", "--lang", language).output
        assert told in output
        assert not {"anne", "Anne", "Kerdoncuff", "example"} & set(re.findall(r"\w+", output))


def test_no_cell_of_a_field_that_is_not_public_is_shown(folder: Path) -> None:
    fields = [*SCHEMA["fields"][:2], {"name": "mel", "type": "string", "format": "email", "privacy": "personnel"}]
    (folder / "prive.json").write_text(json.dumps({"fields": fields}))
    (folder / "prive.csv").write_text("id,jour,mel\n1,hier,anne point dupont\n")
    output = run("prive.csv", "--schema", "prive.json", "--lang", "en").output
    assert "row 2: value not shown; expected: an e-mail address" in output
    assert "“hier”" in output
    assert "dupont" not in output
    assert "as private as the file" in run("--help").output.replace("\n  ", " ")


def test_notes_that_only_frictionless_words_are_owned_once(folder: Path) -> None:
    (folder / "autre.csv").write_bytes("id,jour,lieu\n1,2020-01-01,Alès\n".encode("latin-1"))
    french = run("autre.csv", "--schema", "schema.json", "--lang", "fr").output
    assert french.count("Les notes en anglais sont celles de Frictionless, telles quelles.") == 1
    assert "celles de Frictionless" not in run("autre.csv", "--schema", "schema.json", "--lang", "en").output
    assert "celles de Frictionless" not in run("mauvais.csv", "--schema", "schema.json", "--lang", "fr").output


@pytest.mark.parametrize("start", ["\r\n", "\ufeff\n", "\n\n"])
def test_a_first_line_that_is_blank_is_told_as_the_cause(start: str, folder: Path) -> None:
    (folder / "deux.json").write_text(json.dumps({"fields": [{"name": "id", "type": "integer"}, {"name": "nom"}]}))
    (folder / "vide.csv").write_bytes(f"{start}id,nom\n1,a\n".encode())
    result = run("vide.csv", "--schema", "deux.json", "--lang", "fr")
    assert result.exit_code == 1
    assert "! vide.csv : la première ligne du fichier est vide" in result.output
    told = json.loads(run("vide.csv", "--schema", "deux.json", "--format", "json").output)
    assert told["tasks"][0]["warnings"] == [], "the report stays Frictionless' own"
    assert len(told["notices"]) == 1


def test_a_blank_line_that_frictionless_takes_away_is_not_told(folder: Path) -> None:
    (folder / "vide.csv").write_text("\nid,jour,lieu\n1,2020-01-01,Alès\n")
    assert run("vide.csv", "--schema", "schema.json", "--lang", "fr").output.startswith("✔ vide.csv : valide, 1 ligne")


def test_columns_without_a_name_and_absent_ones_are_told_by_their_place(folder: Path) -> None:
    (folder / "sans.csv").write_text(",jour\n1,2020-01-01\n")
    output = run("sans.csv", "--schema", "schema.json", "--lang", "fr").output
    assert "colonne 1 ; attendu : « id »" in output
    assert "colonne 3 ; attendu : « lieu »" in output
    assert "Les notes en anglais" not in output


@pytest.mark.parametrize(
    ("arguments", "french", "english"),
    [
        (["bon.csv"], "attendu : --schema SCHÉMA FICHIER… ou PAQUET.json", "--schema SCHEMA FILE… or PACKAGE.json"),
        ([], "attendu : --schema SCHÉMA FICHIER… ou PAQUET.json", "--schema SCHEMA FILE… or PACKAGE.json"),
        (["--schema", "schema.json"], "--schema attend aussi les fichiers", "--schema asks for the files"),
        (
            ["bon.csv", "--package", "paquet.json"],
            "absent du jeu de données ; il contient :",
            "not in the package; it contains:",
        ),
    ],
)
def test_a_command_misused_is_told_in_the_language(
    arguments: list[str], french: str, english: str, folder: Path
) -> None:
    a_package(folder)
    assert french in run(*arguments, "--lang", "fr").output
    assert english in run(*arguments, "--lang", "en").output


def test_json_is_frictionless_report_with_totals(folder: Path) -> None:
    result = run("bon.csv", "mauvais.csv", "--schema", "schema.json", "--format", "json")
    told = json.loads(result.output)
    report = validate(folder / "mauvais.csv", SCHEMA, delimiter=";").report().to_descriptor()
    assert told["tasks"][1]["errors"] == report["tasks"][0]["errors"]
    assert told["valid"] is False
    assert told["stats"]["errors"] == 5
    assert {"place": "mauvais.csv", "rule": "type-error", "field": "jour", "errors": 1} in told["totals"]


def test_csv_has_one_line_an_error(folder: Path) -> None:
    result = run("mauvais.csv", "--schema", "schema.json", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(result.output)))
    assert [line["row"] for line in lines] == ["3", "3", "4", "5", "6"]
    assert lines[0]["cell"] == "01/02/2020"


def test_details_stop_at_the_sample_and_totals_do_not(folder: Path) -> None:
    (folder / "long.csv").write_text("id,jour,lieu\n" + "x,,\n" * 50)
    result = run("long.csv", "--schema", "schema.json", "--format", "json", "--sample", "3")
    told = json.loads(result.output)
    assert len(told["tasks"][0]["errors"]) == 3
    assert told["stats"]["errors"] == 50


def test_rejects_are_written_for_each_file(folder: Path) -> None:
    run("bon.csv", "mauvais.csv", "--schema", "schema.json", "--rejects", "out/refus")
    assert read_rejects(folder / "out" / "refus-mauvais.csv").num_rows == 5
    assert read_rejects(folder / "out" / "refus-bon.parquet").num_rows == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rien.csv", "--schema", "schema.json"], "rien.csv"),
        (["bon.csv", "--schema", "rien.json"], "rien.json"),
        (["bon.csv", "--schema", "bon.csv"], "bon.csv"),
        (["bon.csv", "--schema", "liste.json"], "list"),
        (["bon.csv", "--package", "schema.json"], "resources"),
        (["bon.csv"], "--schema"),
        (["--schema", "schema.json"], "--schema"),
        (["bon.csv", "--schema", "schema.json", "--memory", "beaucoup"], "512M"),
        (["bon.csv", "--schema", "schema.json", "--memory", "15M"], "16M"),
        (["bon.csv", "--package", "paquet.json"], "enfants.csv"),
    ],
)
def test_what_cannot_be_validated_exits_2(arguments: list[str], said: str, folder: Path) -> None:
    (folder / "liste.json").write_text("[]")
    a_package(folder)
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def a_package(folder: Path) -> None:
    key = {"fields": ["parent"], "reference": {"resource": "parents", "fields": ["id"]}}
    child = {"fields": [{"name": "id", "type": "integer"}, {"name": "parent", "type": "integer"}], "foreignKeys": [key]}
    (folder / "schema-parents.json").write_text(json.dumps({"fields": [{"name": "id", "type": "integer"}]}))
    (folder / "parents.csv").write_text("id\n1\n2\n")
    (folder / "enfants.csv").write_text("id|parent\n1|01\n2|3\n")
    (folder / "notes.txt").write_text("rien")
    dialect = {"commentChar": "#", "csv": {"delimiter": "|"}}
    resources = [
        {"name": "parents", "path": "parents.csv", "schema": "schema-parents.json", "dialect": {"delimiter": ","}},
        {"name": "enfants", "path": "enfants.csv", "schema": child, "dialect": dialect},
        {"name": "notes", "path": "notes.txt"},
    ]
    (folder / "paquet.json").write_text(json.dumps({"resources": resources}))


@pytest.mark.parametrize("files", [[], ["enfants.csv"]])
def test_a_package_gives_schemas_parents_and_files(files: list[str], folder: Path) -> None:
    a_package(folder)
    result = run(*files, "--package", "paquet.json", "--format", "json")
    told = json.loads(result.output)
    assert len(told["tasks"]) == (len(files) or 3)
    assert told["totals"] == [{"place": "enfants.csv", "rule": "foreign-key", "field": None, "errors": 1}]


def test_a_package_gives_the_parents_of_a_schema(folder: Path) -> None:
    a_package(folder)
    schema = json.loads((folder / "paquet.json").read_text())["resources"][1]["schema"]
    (folder / "enfant.json").write_text(json.dumps(schema))
    result = run("enfants.csv", "--schema", "enfant.json", "--package", "paquet.json", "--lang", "fr")
    assert "ligne 3 : parent « 3 » absent de parents.id" in result.output


def test_another_encoding_may_be_named(folder: Path) -> None:
    (folder / "latin.csv").write_bytes("id;jour;lieu\n1;;Alès\n".encode("cp1252"))
    assert run("latin.csv", "--schema", "schema.json", "--encoding", "cp1252", "--delimiter", ";").exit_code == 0
    result = run("latin.csv", "--schema", "schema.json", "--lang", "fr")
    assert "--encoding cp1252" in result.output


@pytest.mark.parametrize("mark", ["||", "tab", ""])
def test_a_delimiter_that_is_no_single_sign_is_the_options_fault_and_not_the_files(folder: Path, mark: str) -> None:
    (folder / "dialecte.json").write_text(json.dumps({"csv": {"quoteChar": mark}}))
    by_option = run("bon.csv", "--schema", "schema.json", "--delimiter", mark, "--lang", "en")
    by_dialect = run("bon.csv", "--schema", "schema.json", "--dialect", "dialecte.json", "--lang", "fr")
    assert (by_option.exit_code, by_dialect.exit_code) == (2, 2)
    assert f'--delimiter: "{mark}"; expected: one character (\\t for a tab).' in by_option.output
    assert f"--dialect, quoteChar : « {mark} » ; un seul caractère est attendu" in by_dialect.output


def test_what_a_schema_asks_for_and_nothing_checks_is_told(folder: Path) -> None:
    """Frictionless passes over it, and the file is valid: its reader would believe that it was checked."""
    schema = {
        "fields": [
            {"name": "id", "type": "integer", "enum": [1, 2], "decimalchar": ","},
            {"name": "jour", "enum": ["x"]},
            {"name": "lieu", "categories": ["Nîmes"]},
        ],
        "primary_key": "id",
        "uniqueKeys": [["jour", "lieu"]],
    }
    (folder / "schema.json").write_text(json.dumps(schema))
    result = run("bon.csv", "--schema", "schema.json", "--lang", "en")
    assert result.exit_code == 0
    assert [line for line in result.output.splitlines() if line.startswith("  ! ")] == [
        '  ! "primary_key" is not checked: its name is "primaryKey"',
        '  ! "uniqueKeys" is not checked: Frictionless does not apply it',
        '  ! "decimalchar" is not checked: its name is "decimalChar" (field id)',
        '  ! "enum" is not checked: its place is in "constraints" (fields id, jour)',
        '  ! "categories" is not checked: Frictionless does not apply it (field lieu)',
    ]
    french = run("bon.csv", "--schema", "schema.json", "--lang", "fr").output
    assert "  ! « enum » n'est pas vérifié : sa place est dans « constraints » (champs id, jour)\n" in french


def test_a_package_without_a_schema_asks_for_nothing(folder: Path) -> None:
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [{"name": "b", "path": "bon.csv"}]}))
    result = run("datapackage.json", "--lang", "en")
    assert "✔ bon.csv: valid, 1 row.\n" in result.output


VERSION_2 = "https://datapackage.org/profiles/2.0/tableschema.json"


@pytest.mark.parametrize("is_declared", [True, False])
def test_what_only_version_2_of_the_standard_has_is_checked_where_the_schema_declares_it(
    folder: Path, is_declared: bool
) -> None:
    missing = [{"value": "-", "label": "inconnu"}]
    bound = {"name": "id", "type": "integer", "constraints": {"exclusiveMinimum": 1}}
    schema = {"fields": [bound, {"name": "jour", "type": "date"}, {"name": "lieu"}], "missingValues": missing}
    (folder / "schema.json").write_text(json.dumps(schema | ({"$schema": VERSION_2} if is_declared else {})))
    (folder / "table.csv").write_text("id,jour,lieu\n1,-,a\n2,-,b\n")
    result = run("table.csv", "--schema", "schema.json", "--lang", "en")
    if not is_declared:
        assert (result.exit_code, '"exclusiveMinimum" requires datapackage v2' in result.output) == (2, True)
        return
    assert result.exit_code == 1
    assert "1 error; 1 row rejected of 2." in result.output
    assert "row 2: “1”; expected: more than 1" in result.output


def test_notes_of_french_checks_are_not_said_to_be_english(folder: Path) -> None:
    schema = {"fields": [{"name": "id"}, {"name": "jour"}, {"name": "lieu", "customCheck": "siret"}]}
    (folder / "schema.json").write_text(json.dumps(schema))
    result = run("bon.csv", "--schema", "schema.json", "--lang", "fr")
    assert "  1 × Numéro SIRET invalide, champ « lieu » [siret]\n" in result.output
    assert "ligne 2 : ce n'est pas un numéro SIRET valide" in result.output
    assert "Les notes en anglais" not in result.output


def test_a_tab_may_be_written_as_programs_write_it(folder: Path) -> None:
    (folder / "bon.txt").write_text("id\tjour\tlieu\n1\t2020-01-01\tAlès\n")
    assert run("bon.txt", "--schema", "schema.json", "--delimiter", "\\t").exit_code == 0


@pytest.mark.parametrize(("text", "bytes_"), [("512M", 512 << 20), ("2Gio", 2 << 30), ("64 KB", 64 << 10), ("7", 7)])
def test_sizes(text: str, bytes_: int) -> None:
    assert Size().convert(text, None, None) == bytes_


def test_a_bar_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with progress_bar("table.csv") as silent:
        assert silent is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress_bar("table.csv") as shown:
        assert shown is not None
        shown(10, None)
        shown(20, 0.5)


def test_it_is_a_program(folder: Path) -> None:
    arguments = [sys.executable, "-m", "pipelines.commands.check", "mauvais.csv", "--schema", "schema.json"]
    root = Path(check.__file__).parents[2]
    environment = {"PYTHONPATH": str(root), "LANG": "fr_FR.UTF-8", "PATH": "", "PYTHONIOENCODING": "utf-8"}
    found = subprocess.run(arguments, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert found.returncode == 1
    assert "lignes écartées sur 5" in found.stdout


def test_pandas_is_not_imported_and_a_data_frame_may_still_be_made(folder: Path) -> None:
    script = """
import sys
from pipelines.commands.check import command
command(["bon.csv", "--schema", "schema.json"], standalone_mode=False)
assert "pandas" not in sys.modules
import pyarrow as pa
assert pa.table({"n": [1]}).to_pandas()["n"].tolist() == [1]
assert pa.Table.from_pandas(sys.modules["pandas"].DataFrame({"n": [1.0, None]}))["n"].null_count == 1
"""
    environment = {"PYTHONPATH": str(Path(check.__file__).parents[2]), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", script], env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.heavy
def test_a_check_takes_what_it_was_allowed_and_200_megabytes(folder: Path) -> None:
    rows = (f'{number},2020-01-01,"Alès {"x" * 60}\n"\n' for number in range(600_000))
    with (folder / "grand.csv").open("w") as file:
        file.write("id,jour,lieu\n")
        file.writelines(rows)
    # By a small process: the peak of one that is started counts that of anyone who starts it, until it runs its
    # program.
    measured = "import os, sys; _, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0); "
    measured += "print(status, used.ru_maxrss, file=sys.stderr)"
    line = [sys.executable, "-m", "pipelines.commands.check", "grand.csv", "--schema", "schema.json", "--memory", "16M"]
    environment = {"PYTHONPATH": str(Path(check.__file__).parents[2]), "PATH": ""}
    words = [sys.executable, "-c", measured, *line]
    told = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    status, peak = map(int, told.stderr.splitlines()[-1].split())
    assert status == 0
    assert peak * 1024 < (16 << 20) + 200 * 10**6


def test_the_road_of_each_field_is_told(folder: Path) -> None:
    fields = [
        {"name": "montant", "type": "number", "decimalChar": ","},
        {"name": "jour", "type": "date", "format": "%d/%m/%Y"},
        {"name": "heure", "type": "time"},
    ]
    (folder / "roads.json").write_text(json.dumps({"fields": fields}))
    (folder / "roads.csv").write_text("montant;jour;heure\n1,5;05/01/2024;10:20:30\n1e5;5/1/2024;x\n2,5;5/1/2024;\n")
    told = json.loads(run("roads.csv", "--schema", "roads.json", "--format", "json").output)
    assert [(road["field"], road["road"], road["cells"]) for road in told["roads"]] == [
        ("montant", "asked", 1),
        ("jour", "asked", 2),
        ("heure", "asked", 1),
    ]
    (folder / "heard.json").write_text(json.dumps({"fields": fields, "primaryKey": ["heure"]}))
    heard = run("roads.csv", "--schema", "heard.json", "--lang", "fr").output
    assert "  3 champs lus ligne à ligne par Frictionless.\n" in heard
    assert (
        "lu par Frictionless : montant (1 cellule)" in run("roads.csv", "--schema", "roads.json", "--lang", "fr").output
    )


def test_what_a_dialect_or_a_resource_asks_for_and_nothing_applies_is_told(folder: Path) -> None:
    """A misspelled delimiter is passed over, and another one is guessed."""
    resource = {"name": "t", "path": "bon.csv", "encodin": "cp1252", "rights": "kept for others"}
    dialect = {"delimitr": ";", "sheet": "A", "csv": {"quotechar": "'"}, "csvddfVersion": 1.2, "headerRows": [1]}
    package = {"name": "x", "resources": [resource | {"dialect": dialect | {"caseSensitiveHeader": False}}]}
    (folder / "datapackage.json").write_text(json.dumps(package))
    result = run("datapackage.json", "--lang", "en")
    assert result.exit_code == 0
    assert [line for line in result.output.splitlines() if line.startswith("  ! ")] == [
        '  ! "encodin" is not applied: its name is "encoding"',
        '  ! "dialect.delimitr" is not applied: its name is "delimiter"',
        '  ! "dialect.sheet" is not applied: Frictionless does not apply it',
        '  ! "dialect.csv.quotechar" is not applied: its name is "quoteChar"',
    ]
    (folder / "dialecte.json").write_text(json.dumps({"delimitr": ";"}))
    given = run("bon.csv", "--schema", "schema.json", "--dialect", "dialecte.json", "--lang", "fr")
    assert "« dialect.delimitr » n'est pas appliqué : son nom est « delimiter »" in given.output


def test_a_package_without_a_resource_is_no_valid_package(folder: Path) -> None:
    (folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": []}))
    result = run("datapackage.json", "--lang", "en")
    assert result.exit_code == 2
    assert "no resource: there is nothing to validate" in result.output


@pytest.mark.parametrize(
    ("given", "french", "english"),
    [
        (
            {"bytes": 20},
            "conforme au descripteur (taille) ; les lignes n'ont pas été lues.",
            "as the descriptor says (size); rows were not read.",
        ),
        (
            {},
            "fichier présent ; le descripteur ne donne ni sa taille, ni son empreinte, ni ses lignes.",
            "the file is there; the descriptor gives neither its size, its hash nor its rows.",
        ),
    ],
)
def test_a_file_that_is_described_as_no_table_is_not_told_as_one(
    folder: Path, given: dict[str, int], french: str, english: str
) -> None:
    (folder / "plan.pdf").write_bytes(b"%PDF" + "é".encode("utf-16-be") * 6 + b"%EOF")
    named = {"name": "plan", "path": "plan.pdf", "format": "pdf"}
    (folder / "datapackage.json").write_text(json.dumps({"resources": [{**named, **given}]}))
    assert run("datapackage.json", "--lang", "fr").output == f"✔ plan.pdf : {french}\n"
    assert run("datapackage.json", "--lang", "en").output == f"✔ plan.pdf: {english}\n"


def test_a_file_of_another_size_has_no_rows_that_were_rejected(folder: Path) -> None:
    (folder / "plan.pdf").write_bytes(b"%PDF")
    named = {"name": "plan", "path": "plan.pdf", "format": "pdf", "bytes": 5}
    (folder / "datapackage.json").write_text(json.dumps({"resources": [named]}))
    result = run("datapackage.json", "--lang", "en")
    assert result.output.splitlines()[0] == "✘ plan.pdf: 1 error."
    assert result.exit_code == 1


@pytest.fixture
def release(folder: Path) -> Path:
    """A release as it is published: a bag whose payload is a package, in the folder of its package."""
    place = folder / "jeu" / "1.0.0"
    (place / "data").mkdir(parents=True)
    (place / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    (place / "data" / "bon.csv").write_bytes((folder / "bon.csv").read_bytes())
    resource = {"name": "bon", "path": "bon.csv", "profile": "tabular-data-resource", "schema": SCHEMA}
    (place / "data" / "datapackage.json").write_text(json.dumps({"name": "jeu", "resources": [resource]}))
    return place


@pytest.mark.parametrize("words", [["jeu/1.0.0"], ["--package", "jeu/1.0.0"], ["jeu/1.0.0/data"]])
def test_a_release_is_checked_as_the_package_in_it_and_what_is_not_checked_is_told(
    release: Path, words: list[str]
) -> None:
    result = run(*words, "--lang", "en")
    assert "bon.csv: valid, 1 row." in result.stdout
    assert "signature, manifest and ledger are checked by `arobase verify`" in result.stdout
    assert result.exit_code == 0
    (release / "data" / "bon.csv").write_text("id,jour,lieu\nx,2020-01-01,Alès\n")
    assert run(*words).exit_code == 1


def test_a_folder_of_releases_and_an_archive_of_one_are_told_as_that(release: Path) -> None:
    assert "give one of its releases: 1.0.0" in run("jeu", "--lang", "en").output
    with zipfile.ZipFile("jeu.zip", "w") as archive:
        archive.write("jeu/1.0.0/bagit.txt", "1.0.0/bagit.txt")
    assert "contains a release: unpack it" in run("jeu.zip", "--lang", "en").output


def test_a_package_that_is_no_release_is_not_spoken_of_as_one(folder: Path) -> None:
    a_package(folder)
    result = run("paquet.json", "--lang", "en").stdout
    assert "parents.csv: valid, 2 rows." in result
    assert "arobase verify" not in result


PERCENTS = {"fields": [{"name": "lieu", "type": "string"}, {"name": "part", "type": "number"}]}


def a_workbook(path: Path, header: list[str], *, form: str = "0%") -> None:
    book = openpyxl.Workbook()
    for row in (header, ["a", 0.12], ["b", 0.5], ["c", 12]):
        book.active.append(row)
    for cell in ("B2", "B3"):
        book.active[cell].number_format = form
    book.save(path)


def test_percentages_of_a_workbook_are_told_as_the_proportions_that_they_are_validated_as(folder: Path) -> None:
    (folder / "parts.json").write_text(json.dumps(PERCENTS))
    a_workbook(folder / "parts.xlsx", ["lieu", "part"])
    result = run("parts.xlsx", "--schema", "parts.json", "--lang", "en")
    assert result.exit_code == 0, result.output
    assert (
        "! parts.xlsx: percentages validated as the proportions that the file holds (12%: 0.12): part." in result.stdout
    )
    assert '! parts.xlsx: "part": numbers without a percent sign among percentages, validated as they are: rows 4' in (
        result.stdout
    )
    french = run("parts.xlsx", "--schema", "parts.json", "--lang", "fr").stdout
    assert "pourcentages validés comme les proportions que le fichier contient (12 % : 0.12) : part." in french


def test_percentages_under_a_header_of_no_field_are_told_by_the_columns_number(folder: Path) -> None:
    (folder / "parts.json").write_text(json.dumps(PERCENTS))
    a_workbook(folder / "parts.xlsx", ["lieu", "Jeanne Exemple"])
    result = run("parts.xlsx", "--schema", "parts.json", "--lang", "en")
    assert "(12%: 0.12): column 2." in result.stdout
    assert "Jeanne" not in result.stdout


def test_a_package_tells_the_percentages_of_its_workbooks_and_plain_numbers_are_not_spoken_of(folder: Path) -> None:
    a_workbook(folder / "parts.xlsx", ["lieu", "part"], form="0.0 %")
    a_workbook(folder / "nombres.xlsx", ["lieu", "part"], form="0.00")
    resources = [
        {"name": name, "path": f"{name}.xlsx", "profile": "tabular-data-resource", "schema": PERCENTS}
        for name in ("parts", "nombres")
    ]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    told = [line for line in run("datapackage.json", "--lang", "en").stdout.splitlines() if "percentages" in line]
    assert told
    assert all("parts.xlsx" in line for line in told)


def test_formulas_that_nobody_computed_and_hidden_rows_are_told(folder: Path) -> None:
    (folder / "parts.json").write_text(json.dumps(PERCENTS))
    book = openpyxl.Workbook()
    for row in (["lieu", "part"], ["a", "=1+1"], ["b", 3]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(folder / "calcul.xlsx")
    told = run("calcul.xlsx", "--schema", "parts.json", "--lang", "en").stdout
    assert "! calcul.xlsx: formulas that nobody computed, validated as empty cells: rows 2. Open the workbook" in told
    assert "! calcul.xlsx: hidden rows, validated as others: 3" in told


def test_a_hidden_sheet_is_told_and_the_one_that_is_seen_is_not(folder: Path) -> None:
    (folder / "parts.json").write_text(json.dumps(PERCENTS))
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    for sheet in (book.active, book.create_sheet("vue")):
        sheet.append(["lieu", "part"])
        sheet.append(["a", 1])
    book.active = 1
    book.save(folder / "deux.xlsx")
    first = run("deux.xlsx", "--schema", "parts.json", "--lang", "en").stdout
    assert "the sheet that was validated is hidden" in first
    assert "only the first of 2 sheets is validated; --sheet, or the dialect of a resource, chooses another" in first
    seen = run("deux.xlsx", "--schema", "parts.json", "--lang", "en", "--sheet", "vue").stdout
    assert seen.splitlines()[0] == "✔ deux.xlsx: valid, 1 row."
    assert "hidden" not in seen
    assert "only the first" not in seen
