"""`arobase init`: a project of somebody's own, from an example or from a file, published by the first release."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.privacy.allowlist import AllowList
from pipelines.starter.proposal import propose
from tests import warm_start

DATA = Path(__file__).parent / "data"
PEOPLE = (
    "Numéro;Intitulé;Ouverture;Part;Gratuit;Courriel;Contact\n"
    "A-1;Atelier du lundi;14/03/2022;12,5;oui;camille.ortolan@example.org;Camille Ortolan\n"
    "A-2;Atelier du mardi;15/03/2022;7;non;alix.bruant@example.org;Alix Bruant\n"
    "A-3;Atelier du jeudi;17/03/2022;0,25;oui;;\n"
)


def arobase(*words: str | Path, folder: Path, lang: str = "en") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}
    return warm_start.arobase([str(word) for word in words], folder=folder, environment={**kept, "AROBASE_LANG": lang})


def rows(project: Path, package: str, table: str) -> list[dict[str, str]]:
    path = project / "outputs" / "releases" / package / "1.0.0" / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def people(folder: Path) -> Path:
    path = folder / "Ateliers 2022.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def test_the_example_is_published_by_the_first_release_with_its_rejected_row(tmp_path: Path) -> None:
    made = arobase("init", "mine", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "cd mine && arobase release" in made.stdout
    done = arobase("release", folder=tmp_path / "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [row["lieu_id"] for row in rows(tmp_path / "mine", "exemple", "lieux")] == ["L1", "L2", "L3", "L4"]
    assert len(rows(tmp_path / "mine", "exemple", "qualite/rejets")) == 1
    again = arobase("release", folder=tmp_path / "mine")
    assert "Nothing changed" in again.stdout


def test_nothing_of_the_domains_that_ship_is_in_a_new_project(tmp_path: Path) -> None:
    arobase("init", "mine", folder=tmp_path)
    helped = arobase("--help", folder=tmp_path / "mine")
    assert "audit" not in helped.stdout
    assert yaml.safe_load((tmp_path / "mine" / "arobase.yaml").read_text(encoding="utf-8")) == {"domains": []}


@pytest.mark.parametrize("name", ["Mme Zoelie Kervadec.csv", "zoe.kervadec@example.org.csv", "CV Zoé Kervadec.csv"])
def test_a_file_named_after_somebody_has_to_be_renamed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("numero,montant\nA1,3\nA2,4\n", encoding="utf-8")
    made = arobase("init", "mine", "--from", name, folder=tmp_path)
    assert made.returncode == 2
    assert "[file-name-unsure]" in made.stderr
    assert "ervadec" not in made.stdout + made.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    assert arobase("init", "mine", "--from", name, "--headers-checked", folder=tmp_path).returncode == 0


def test_dagster_loads_a_new_project(tmp_path: Path) -> None:
    arobase("init", "mine", folder=tmp_path)
    asked = "from pipelines.definitions import defs; "
    asked += "keys = defs.get_repository_def().asset_graph.get_all_asset_keys(); "
    asked += "print(*sorted(key.to_user_string() for key in keys))"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}
    command = [sys.executable, "-c", asked]
    done = subprocess.run(command, cwd=tmp_path / "mine", env=kept, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "catalogue",
        "exemple/codes_types_lieux",
        "exemple/constats",
        "exemple/lieux",
        "exemple/release",
        "records",
        "snapshots",
    ]


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    done = arobase("init", "mine", folder=tmp_path)
    assert done.returncode == 2
    assert "notes.txt" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert arobase("init", ".", folder=tmp_path).returncode == 0
    assert (tmp_path / "arobase.yaml").is_file()


@pytest.mark.parametrize("word", ["release", "sources list", "trace a 1.0.0 b c", "serve"])
def test_a_folder_that_is_no_project_is_refused_and_nothing_is_written(word: str, tmp_path: Path) -> None:
    done = arobase(*word.split(), folder=tmp_path)
    assert done.returncode == 2, done.stdout
    assert "arobase init" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_named_root_that_does_not_exist_is_refused_and_not_made(tmp_path: Path) -> None:
    environment = {**os.environ, "AROBASE_ROOT": str(tmp_path / "nowhere"), "AROBASE_LANG": "fr"}
    command = [sys.executable, "-m", "pipelines.cli", "release"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 2
    assert "n'est pas un projet Arobase" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_proposed_is_published_only_once_confirmed(tmp_path: Path) -> None:
    made = arobase("init", "mine", "--from", people(tmp_path), folder=tmp_path)
    assert made.returncode == 0, made.stderr
    refused = arobase("release", folder=tmp_path / "mine")
    assert refused.returncode == 1
    assert "--accept" in refused.stdout
    assert not (tmp_path / "mine" / "outputs" / "releases").exists()
    accepted = arobase("init", "mine", "--accept", folder=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    path = tmp_path / "mine" / "schemas" / "ateliers-2022" / "ateliers_2022.json"
    mark = json.loads(path.read_text(encoding="utf-8"))["proposed"]
    assert mark["confirmed_by"] == "arobase init --accept"
    done = arobase("release", folder=tmp_path / "mine")
    assert done.returncode == 0, done.stdout
    assert rows(tmp_path / "mine", "ateliers-2022", "ateliers_2022")[0] == {
        "numero": "A-1",
        "intitule": "Atelier du lundi",
        "ouverture": "2022-03-14",
        "part": "12.5",
        "gratuit": "true",
    }


def test_a_second_confirmation_finds_nothing_to_confirm(tmp_path: Path) -> None:
    arobase("init", "mine", "--from", people(tmp_path), "--accept", folder=tmp_path)
    done = arobase("init", "mine", "--accept", folder=tmp_path)
    assert done.returncode == 2
    assert "nothing waits" in done.stderr


def test_personal_columns_are_proposed_as_personal_and_reach_no_public_file(tmp_path: Path) -> None:
    made = arobase("init", "mine", "--from", people(tmp_path), "--accept", folder=tmp_path)
    told = {line.split()[0]: line.split()[2] for line in made.stdout.splitlines() if line.startswith("  ")}
    assert {name for name, kind in told.items() if kind == "personnel"} == {"Courriel", "Contact"}
    assert "ortolan" not in made.stdout.lower()
    assert arobase("release", folder=tmp_path / "mine").returncode == 0
    outputs = tmp_path / "mine" / "outputs"
    for name in ("releases", "catalogue", "work"):
        for path in (outputs / name).rglob("*"):
            assert not path.is_file() or b"ortolan" not in path.read_bytes().lower(), path
    assert "ortolan" not in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    "text",
    [
        "1;Camille Ortolan;camille.ortolan@example.org\n2;Alix Bruant;alix.bruant@example.org\n",
        "Ortolan;maraîcher;Agen\nBruant;menuisier;Metz\n",
        "Mois;Ortolan;Bruant\n2025-01;12;13\n",
        "commune;places\ncommune;12\nortolan;13\n",
    ],
)
def test_a_header_that_may_be_somebodys_name_is_written_and_printed_nowhere(text: str, tmp_path: Path) -> None:
    (tmp_path / "agents.csv").write_text(text, encoding="utf-8")
    made = arobase("init", "mine", "--from", "agents.csv", folder=tmp_path)
    assert made.returncode == 2, made.stdout
    assert "headers-unsure" in made.stderr
    assert "--headers-checked" in made.stderr
    assert not (tmp_path / "mine").exists()
    for word in ("camille", "ortolan", "bruant", "agen", "example.org"):
        assert word not in (made.stdout + made.stderr).lower().replace("agents.csv", "")


def test_headers_that_somebody_has_checked_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "visites.csv").write_text("Mois;Metz;Agen\n2025-01;12;13\n2025-02;10;9\n", encoding="utf-8")
    made = arobase("init", "mine", "--from", "visites.csv", "--headers-checked", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Agen" in made.stdout


@pytest.mark.parametrize(
    ("header", "public"),
    [
        ("Nom;Prénom;Fonction", ["Fonction"]),
        ("Noms;Prénoms;Fonction", ["Fonction"]),
        ("NOM;PRENOM;FONCTION", ["FONCTION"]),
        ("Nom du maire;Prénom du maire;Nom de la commune", ["Nom de la commune"]),
        ("nomElu;prenomElu;nomCommune", ["nomCommune"]),
        ("Nom d'usage;Mandat;Fonction", ["Mandat", "Fonction"]),
        ("Nom;Mandat;Fonction", ["Nom", "Mandat", "Fonction"]),
    ],
)
def test_a_surname_is_personal_by_its_own_name_or_beside_a_first_name(
    header: str, public: list[str], tmp_path: Path
) -> None:
    (tmp_path / "liste.csv").write_text(f"{header}\nBruant;Alix;Maire\nOrtolan;Camille;Adjointe\n", encoding="utf-8")
    made = arobase("init", "mine", "--from", "liste.csv", "--headers-checked", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    incoming = json.loads((tmp_path / "mine" / "schemas" / "entrants" / "liste.json").read_text(encoding="utf-8"))
    assert [field["name"] for field in incoming["fields"] if field["privacy"] == "public"] == public


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["1,234", "2,345"], None),
        (["1,234", "12"], None),
        (["1,234", "2,5"], {"decimalChar": ","}),
        (["1,234", "1234"], {"decimalChar": ","}),
        (["1,234", "0,123"], {"decimalChar": ","}),
        (["1,234,567", "2,345"], None),
        (["1 234 567,89", "12,5"], {"decimalChar": ",", "groupChar": " "}),
        (["1\u202f234,567", "1234", "-5"], {"decimalChar": ",", "groupChar": "\u202f"}),
        (["1\u00a0234,5", "1\u00a0234"], {"decimalChar": ",", "groupChar": "\u00a0"}),
        (["123 456 789", "234 567 890"], None),
        (["1 234,5", "12 34"], None),
        (["1.234", "2.500"], None),
        (["1.234", "-12"], None),
        (["1.234", "2.5"], {}),
        (["1.234", "0.123"], {}),
        (["1.234", "1234"], {}),
        (["1.234.567", "2.345"], None),
    ],
)
def test_a_sign_makes_a_number_only_where_it_is_sure_to_be_of_decimals(
    cells: list[str], written: dict[str, str] | None
) -> None:
    table = pa.table({"montant": cells})
    proposal = propose(table, "t", file="t.csv", file_format="csv", options={}, allow=AllowList())
    (column,) = proposal.columns
    assert column.type == ("string" if written is None else "number")
    found = {key: column.descriptor[key] for key in ("decimalChar", "groupChar") if key in column.descriptor}
    assert found == (written or {})
    is_unsure = cells[0] in ("1,234", "1.234") and written is None
    assert (f'"{cells[0]}"' in column.type_reason.en) == is_unsure


def test_a_personal_value_in_a_column_of_a_harmless_name_is_found(tmp_path: Path) -> None:
    text = "code,remarque\n1,\n2,Joindre alix.bruant@example.org avant midi\n"
    (tmp_path / "lieux.csv").write_text(text, encoding="utf-8")
    made = arobase("init", "mine", "--from", "lieux.csv", folder=tmp_path)
    told = {line.split()[0]: line.split()[2] for line in made.stdout.splitlines() if line.startswith("  ")}
    assert told == {"code": "public", "remarque": "personnel"}


def test_columns_that_name_owners_and_applicants_are_personal_and_headers_are_no_cells() -> None:
    """The national schema of wasteland has "proprio_nom", where a private owner's name is no more than a word."""
    data = {
        "proprio_nom": ["Ortolan"], "proprio_type": ["privé"], "nomDemandeur": ["Bruant"], "Propriétaires": ["Ortolan"],
        "telephone": [""], "commune_nom": ["Agen"], "courriel": ["alix.bruant@example.org"],
    }  # fmt: skip
    proposal = propose(pa.table(data), "t", file="t.csv", file_format="csv", options={}, allow=AllowList())
    told = {column.name: (column.privacy, column.reason.en) for column in proposal.columns}
    personal = ("personnel", "the column's name suggests a person")
    nothing = ("public", "no personal data found in its cells")
    assert told == {
        "proprio_nom": personal,
        "proprio_type": nothing,
        "nomDemandeur": personal,
        "Propriétaires": personal,
        "telephone": ("personnel", "privacy check: nom_de_champ"),
        "commune_nom": nothing,
        "courriel": ("personnel", "privacy check: courriel, nom_de_champ (1 cell)"),
    }


VERSION_2 = "https://datapackage.org/profiles/2.0/tableschema.json"


@pytest.mark.parametrize("is_version_2", [False, True])
def test_what_the_publishers_schema_calls_missing_is_absent_from_the_table(tmp_path: Path, is_version_2: bool) -> None:
    """It was refused in a number, and published as a value in a text."""
    taux = {"name": "taux", "type": "number", "decimalChar": ","}
    day = {"name": "jour", "type": "date", "format": "%d/%m/%Y"}
    schema = {"fields": [{"name": "code"}, {"name": "nom"}, taux, day, {"name": "ouvert", "type": "boolean"}]}
    schema |= {"missingValues": ["", "n.d."], "primaryKey": "code"}
    if is_version_2:
        schema |= {"$schema": VERSION_2, "missingValues": [{"value": ""}, {"value": "n.d.", "label": "non dit"}]}
        taux |= {"constraints": {"exclusiveMinimum": 0}}
    (tmp_path / "s.json").write_text(json.dumps(schema), encoding="utf-8")
    text = 'code,nom,taux,jour,ouvert\na,Séné,"1,5",14/03/2022,true\nb,n.d.,n.d.,n.d.,n.d.\nn,n.d,2,14/03/2022,true\n'
    (tmp_path / "lieux.csv").write_text(text, encoding="utf-8")
    made = arobase("init", "mine", "--from", "lieux.csv", "--schema", "s.json", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    arobase("init", "mine", "--accept", folder=tmp_path)
    done = arobase("release", folder=tmp_path / "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [tuple(row.values()) for row in rows(tmp_path / "mine", "lieux", "lieux")] == [
        ("a", "Séné", "1.5", "2022-03-14", "true"),
        ("b", "", "", "", ""),
        ("n", "n.d", "2", "2022-03-14", "true"),
    ]
    assert rows(tmp_path / "mine", "lieux", "qualite/rejets") == []


def test_bounds_are_published_as_the_published_values_are_written(tmp_path: Path) -> None:
    """In the source's own writing they were no bounds of the published table, which could not be made."""
    fields = [
        {"name": "code"},
        {"name": "jour", "type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "01/01/2000"}},
        {"name": "taux", "type": "number", "decimalChar": ",", "groupChar": " ", "constraints": {"maximum": "1 000,5"}},
        {"name": "part", "type": "number", "decimalChar": ",", "constraints": {"enum": ["0,5", "1"], "required": True}},
        {"name": "prix", "type": "number", "bareNumber": False, "constraints": {"minimum": 1, "unique": True}},
        {"name": "ouvert", "type": "boolean", "trueValues": ["oui"], "constraints": {"enum": ["oui"]}},
    ]
    (tmp_path / "s.json").write_text(json.dumps({"fields": fields, "primaryKey": "code"}), encoding="utf-8")
    text = 'code,jour,taux,part,prix,ouvert\na,14/03/2022,"999,5","0,5",2 €,oui\nb,14/03/1999,"2 000","0,6",0 €,oui\n'
    (tmp_path / "lieux.csv").write_text(text, encoding="utf-8")
    made = arobase("init", "mine", "--from", "lieux.csv", "--schema", "s.json", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    arobase("init", "mine", "--accept", folder=tmp_path)
    done = arobase("release", folder=tmp_path / "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [tuple(row.values()) for row in rows(tmp_path / "mine", "lieux", "lieux")] == [
        ("a", "2022-03-14", "999.5", "0.5", "2 €", "true")
    ]
    refused = rows(tmp_path / "mine", "lieux", "qualite/rejets")
    assert [row["champ"] for row in refused] == ["jour", "part", "prix", "taux"]
    found = json.loads((tmp_path / "mine" / "schemas" / "lieux" / "lieux.json").read_text(encoding="utf-8"))["fields"]
    assert [field.get("constraints") for field in found] == [
        None,
        {"minimum": "2000-01-01"},
        {"maximum": "1000.5"},
        {"required": True, "enum": ["0.5", "1"]},
        {"unique": True},
        None,
    ]


@pytest.mark.parametrize(("rows", "told"), [(2, ", but the file has only 2 rows: check it"), (10, "")])
def test_a_key_that_few_rows_show_is_said_to_be_of_few(rows: int, told: str) -> None:
    """Two charging points of two stations made the station the key, and the next file would have lost the rest."""
    table = pa.table({"id_station": [f"S{number}" for number in range(rows)]})
    proposal = propose(table, "t", file="t.csv", file_format="csv", options={}, allow=AllowList())
    assert proposal.key == ("id_station",)
    assert proposal.key_reason.en == f"no cell is empty, and no two rows are alike in it{told}"


def test_both_halves_of_a_point_are_personal_where_one_is(tmp_path: Path) -> None:
    """The check names a point by its latitude; a longitude that is left is half of somebody's home."""
    (tmp_path / "arrets.csv").write_text(
        "code,lat,lon\nA,47.612345,-2.712345\nB,47.654321,-2.754321\n", encoding="utf-8"
    )
    made = arobase("init", "mine", "--from", "arrets.csv", folder=tmp_path)
    told = {line.split()[0]: line.split()[2] for line in made.stdout.splitlines() if line.startswith("  ")}
    assert told == {"code": "public", "lat": "personnel", "lon": "personnel"}


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("t.parquet", "--header-row", "2"),
        ("t.parquet", "--encoding", "cp1252"),
        ("t.csv", "--sheet", "Feuille1"),
        ("t.csv", "--pointer", "results"),
    ],
)
def test_an_option_that_nothing_reads_in_such_a_file_is_refused(
    tmp_path: Path, name: str, option: str, value: str
) -> None:
    table = pa.table({"code": ["a", "b"], "nombre": [1, 2]})
    pq.write_table(table, tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("code,nombre\na,1\nb,2\n", encoding="utf-8")
    refused = arobase("init", "mine", "--from", name, option, value, folder=tmp_path)
    assert refused.returncode == 2
    assert f"{option} is of no use for a {name[2:]} file" in refused.stderr
    assert not (tmp_path / "mine").exists()


def test_names_that_are_no_row_of_the_file_are_not_looked_for_below(tmp_path: Path) -> None:
    pq.write_table(pa.table({"Ortolan": [1], "Bruant": [2]}), tmp_path / "mois.parquet")
    refused = arobase("init", "mine", "--from", "mois.parquet", folder=tmp_path)
    assert "--headers-checked" in refused.stderr
    assert "--header-row" not in refused.stderr


def test_a_header_below_titles_is_where_somebody_says(tmp_path: Path) -> None:
    """`headers-unsure` asks for --header-row, which `init` takes as `tables new` does."""
    text = "Camille Ortolan,tableau de 2026\n\ncode,nom\n1,a\n2,b\n"
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    refused = arobase("init", "mine", "--from", "table.csv", folder=tmp_path)
    assert (refused.returncode, "--header-row" in refused.stderr) == (2, True)
    made = arobase("init", "mine", "--from", "table.csv", "--header-row", "3", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Key: code" in made.stdout
    alone = arobase("init", "other", "--header-row", "3", folder=tmp_path)
    assert "--header-row: only with --from FILE" in alone.stderr


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("code,nom\n1,a\n2,a\n", "code"),
        ("annee,commune,nombre\n2020,Agen,1\n2021,Agen,1\n2020,Metz,1\n", "annee, commune"),
        ("nom,nombre\na,1\na,1\n", ""),
        ("nom,code_insee\na,\nb,2\n", "nom"),
        # what differs by chance is no key: a measure, the years of a wide table
        ("commune,indicateur,2010,2011\nAgen,a,1,5\nAgen,b,2,6\nMetz,a,3,7\n", "commune, indicateur"),
        ("nom,nombre\na,1\na,2\n", ""),
        ("nom,numero\na,1\na,2\n", "numero"),
    ],
)
def test_the_key_is_the_fewest_full_columns_in_which_no_rows_are_alike(text: str, key: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    made = arobase("init", "mine", "--from", "table.csv", folder=tmp_path)
    (line,) = [line for line in made.stdout.splitlines() if line.startswith("Key: ")]
    told = line.removeprefix("Key: ").partition(" (")[0]
    assert told == (key or "none, rows cannot be followed from one version to the next")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "nowhere.csv"), "nowhere.csv"),
        (("--from", "notes.docx"), ".docx"),
        (("--from", "empty.csv"), "empty"),
        (("--from", "towns.csv", "--schema", "towns.csv"), "Table Schema"),
        (("--from", "towns.csv", "--schema", "other.json"), "population"),
    ],
)
def test_a_file_that_cannot_be_started_from_is_refused_and_nothing_is_written(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "towns.csv").write_text("code\n1\n", encoding="utf-8")
    needed = {"fields": [{"name": "code"}, {"name": "population", "constraints": {"required": True}}]}
    (tmp_path / "other.json").write_text(json.dumps(needed), encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = arobase("init", "mine", *words, folder=tmp_path)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_settings_of_dagster_of_a_new_project_are_those_of_this_one() -> None:
    """No telemetry, no dialog over the pages, and what is forgotten when: the same in each project."""
    root = Path(__file__).resolve().parents[2]
    shipped = root / "pipelines" / "starter" / "common" / "dagster.yaml"
    assert shipped.read_bytes() == (root / "dagster.yaml").read_bytes()


def test_licences_of_a_new_project_are_those_of_this_one() -> None:
    root = Path(__file__).resolve().parents[2]
    own = (root / "schemas" / "codelists" / "licences.csv").read_text(encoding="utf-8").splitlines()
    copied = root / "pipelines" / "starter" / "common" / "schemas" / "codelists" / "licences.csv"
    assert set(copied.read_text(encoding="utf-8").splitlines()) <= set(own)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "absent.csv"], "absent.csv: no readable file is there"),
        (["--from", "ok.csv", "--schema", "absent.json"], "absent.json: no readable file is there"),
        (["--from", "ok.csv", "--schema", "cut.json"], "cut.json cannot be used: it is not JSON, line 2, column 1"),
        (["--from", "ok.csv", "--schema", "list.json"], "list.json cannot be used: JSON that is no object"),
        (["--from", "empty.csv"], "empty.csv is empty (0 bytes)"),
        (["--from", "ok.csv", "--licence", "libre"], '"libre" cannot be the name of a licence; expected: etalab-2.0'),
        (["--schema", "list.json"], "--schema: only with --from FILE"),
        (["--licence", "etalab-2.0", "--publisher", "Mairie"], "--licence, --publisher: only with --from FILE"),
        (["--from", "ok.csv", "--empty"], "--empty and --from do not go together"),
        (["--empty", "--accept"], "--empty and --accept do not go together"),
    ],
)
def test_what_init_cannot_do_is_told_by_the_name_of_the_file_and_nothing_is_written(
    tmp_path: Path, words: list[str], told: str
) -> None:
    files = {"ok.csv": "a,b\n1,2\n", "empty.csv": "", "cut.json": '{"fields": [\n', "list.json": "[1]"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = arobase("init", "mine", *words, folder=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == set(files)


def test_notes_under_a_table_are_left_out_and_said_to_be(tmp_path: Path) -> None:
    """« Source : INSEE » was a row of the table, and made texts of its numbers."""
    text = "Les taux;;\nCode;Commune;Taux\n01004;Ambérieu;3\n01005;Ambérieux;4\nSource : INSEE;;\nChamp : France;;\n"
    (tmp_path / "taux.csv").write_text(text, encoding="utf-8")
    made = arobase("init", "mine", "--from", "taux.csv", "--accept", folder=tmp_path)
    assert 'the notes under the table, from "Source :" on' in made.stdout
    assert "Header: row 2" in made.stdout
    assert "  Taux     integer" in made.stdout
    arobase("release", folder=tmp_path / "mine")
    assert [row["code"] for row in rows(tmp_path / "mine", "taux", "taux")] == ["01004", "01005"]


def test_what_reading_a_file_reports_is_told_before_anything_is_confirmed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["code", "part"], ["01004", 0.125], ["01005", 0.5], ["01006", "#REF!"]):
        book.active.append(row)
    book.active["B2"].number_format = book.active["B3"].number_format = "0.0%"
    book.save(tmp_path / "taux.xlsx")
    made = arobase("init", "mine", "--from", "taux.xlsx", folder=tmp_path)
    assert "! records that cannot be read, left out: 1; the first:" in made.stdout
    assert "percentages read as proportions" in made.stdout
    begun = arobase("sources", "new", "autre", tmp_path / "taux.xlsx", folder=tmp_path / "mine", lang="fr")
    assert "! enregistrements illisibles, écartés : 1 ; le premier :" in begun.stdout, begun.stderr
