"""Every kind of file that is published or written passes the gate. Everybody here is invented."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.core.project import Project
from pipelines.privacy import (
    AllowList,
    GateReport,
    PersonalValues,
    load_allow_list,
    scan_file,
    scan_folder,
    scan_text,
)
from pipelines.privacy.allowlist import Allowed
from tests.privacy.builders import RECORD, SOLENE

NOTHING = AllowList()
PERSONAL = PersonalValues({RECORD: tuple(SOLENE.items())})
LEAK = "jean.dupont@example.org"


def scan(folder: Path, name: str, content: str | bytes, personal: PersonalValues | None = None) -> GateReport:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return scan_file(path, NOTHING, personal)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", f"id,note\n1,rien\n2,{LEAK}\n", (1, "note")),
        ("excel.csv", f'\ufeffid;note\n1;"deux\r\nlignes"\n2;{LEAK}\n', (1, "note")),
        ("a.tsv", f"id\tnote\n1\t{LEAK}\n", (0, "note")),
        ("deux.csv", f"note,note\nrien,{LEAK}\n", (0, "note (2)")),
        ("entete.csv", f"id,{LEAK}\n1,2\n", (0, "")),
        ("a.json", json.dumps({"a": [{"b": LEAK}]}), (0, "/a/0/b")),
        ("a.json", '{"a": "jean.dupont\\u0040example.org"}', (0, "/a")),
        ("a.json", json.dumps({LEAK: 1}), (0, "")),
        ("a.geojson", json.dumps({"coordinates": [2.352222, 48.856613]}), (0, "/coordinates")),
        ("a.json", json.dumps({"lat": 48.856613, "ok": True, "rien": None}), (0, "/lat")),
        ("a.jsonl", f'{{"a": 1}}\n\n{{"a": "{LEAK}"}}\n', (2, "/a")),
        ("CHANGES.md", f"# Titre\n\nrien\n{LEAK}\n", (3, "ligne")),
        ("page.html", "<p>rien</p>\n<p>jean.dupont<i>&#64;</i>example.org</p>", (1, "ligne")),
        ("page.html", "<p>rien</p>\n<!-- vu avec Mme Durand -->", (1, "ligne")),
        ("run.log", f"INFO ok\nERROR {LEAK}", (1, "ligne")),
        ("coupe.txt", "appeler le 06 12 34\n56 78 svp", (0, "ligne")),
        ("coupe_loin.txt", "rien\n" * 50 + "appeler le 06 12 34\n56 78 svp", (50, "ligne")),
        ("LICENCE", f"{LEAK}", (0, "ligne")),
        ("image.svg", f'<svg><path d="M48.856613,2.352222"/><text>{LEAK}</text></svg>', (0, "ligne")),
        ("latin.txt", f"été {LEAK}".encode("cp1252"), (0, "ligne")),
        ("utf16.txt", f"été {LEAK}".encode("utf-16"), (0, "ligne")),
        ("faux.json", f"pas du JSON {LEAK}", (0, "ligne")),
        ("faux.parquet", f"pas du Parquet {LEAK}", (0, "ligne")),
        ("faux.zip", f"pas un zip {LEAK}", (0, "ligne")),
        ("inegal.csv", f"a,b\n1,2,3\n{LEAK}\n", (2, "ligne")),
    ],
)
def test_a_leak_is_found_and_placed(tmp_path: Path, name: str, content: str | bytes, place: tuple[int, str]) -> None:
    report = scan(tmp_path, name, content)
    assert place in [(hold.row, hold.field) for hold in report.holds]
    assert {hold.place for hold in report.holds} == {name}
    assert "dupont" not in str(report)


def damaged(name: str) -> bytes:
    """A file that its reader cannot get through, of some real kind."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "note\n" + "".join(f"{number * number}\n" for number in range(500)))
    zipped = bytearray(packed.getvalue())
    match name:
        case "abime.gz":
            data = bytearray(gzip.compress(zipped))
            data[40:60] = b"\xff" * 20
            return bytes(data)
        case "abime.zip":
            zipped[60:80] = b"\xff" * 20
        case "chiffre.zip":
            zipped[6] |= 1  # of the member's header, then of the directory's: encrypted
            zipped[zipped.index(b"PK\x01\x02") + 8] |= 1
        case "inconnu.zip":
            zipped[8] = zipped[zipped.index(b"PK\x01\x02") + 10] = 77  # no such compression
        case "profond.json":
            return b"[" * 200_000
        case "large.csv":
            return b'"' + b"x" * 200_000 + b'",b\n1,2\n\x00'
    return bytes(zipped)


@pytest.mark.parametrize("name", ["abime.gz", "abime.zip", "chiffre.zip", "inconnu.zip", "profond.json", "large.csv"])
def test_a_file_that_nobody_can_read_is_held_or_read_as_text(tmp_path: Path, name: str) -> None:
    report = scan(tmp_path, name, damaged(name))
    is_text = name.endswith((".json", ".csv"))
    assert report.cells > 1
    assert is_text or report.by_rule() == {"fichier_illisible": 1}


def test_words_that_a_tag_parts_are_read_apart(tmp_path: Path) -> None:
    link = "<a href='mailto:contact@example.org'>contact@example.org</a>"
    (tmp_path / "a.html").write_text(f"<dd>Équipe<br>{link}</dd><dt>Suite")
    assert scan_file(tmp_path / "a.html", load_allow_list(Project.here().schemas)).is_clean


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.csv", ""),
        ("a.csv", "id,note\n1,Révision du PLU\n"),
        ("a.json", json.dumps({"a": [1.5, 2.5], "b": ["x", "y"], "c": 48.856613})),
        ("image.svg", '<svg viewBox="0 0 48.856613 2.352222"><path d="M48.856613,2.352222"/></svg>'),
        ("notes.md", "# Titre\n\nUne ligne\nune autre\n\nencore"),
        ("vide.txt", ""),
        ("page.html", "<td>Début</td><td>Heure, HH:MM.</td><td>Exemple : 08:30</td>"),
    ],
)
def test_a_clean_file_passes(tmp_path: Path, name: str, content: str) -> None:
    assert scan(tmp_path, name, content).is_clean


def test_parquet_is_read_with_its_metadata_and_nested_values(tmp_path: Path) -> None:
    table = pa.table({"note": ["rien", LEAK], "liste": [["a"], ["M. Durand"]], "nombre": [1, 2]})
    table = table.replace_schema_metadata({"auteur": "Mme Payet"})
    field = table.schema.field("nombre").with_metadata({"note": "06 12 34 56 78"})
    table = table.cast(table.schema.set(2, field))
    pq.write_table(table, tmp_path / "a.parquet")
    report = scan_file(tmp_path / "a.parquet", NOTHING)
    assert {(hold.row, hold.field, hold.rule) for hold in report.holds} == {
        (-1, "metadata", "nom_civilite"),
        (-1, "metadata", "telephone"),
        (1, "note", "courriel"),
        (1, "liste", "nom_civilite"),
    }


def test_names_that_name_somebody_are_held_and_not_repeated(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "M. Durand"
    book.active.append(["note"])
    book.save(tmp_path / "a.xlsx")
    reports = [
        scan_file(tmp_path / "a.xlsx", NOTHING),
        scan(tmp_path, "a.csv", "M. Durand,x\njean.dupont@example.org,1\n"),
        scan(tmp_path, "a.json", json.dumps({"M. Durand": {"a": LEAK}})),
    ]
    for report in reports:
        assert "nom_civilite" in report.by_rule()
        assert "Durand" not in str(report)


def test_archives_and_workbooks_are_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("dossier/", "")
        archive.writestr("dossier/a.csv", f"note\n{LEAK}\n")
    assert [hold.place for hold in scan_file(tmp_path / "a.zip", NOTHING).holds] == ["a.zip/dossier/a.csv"]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(f"note\n{LEAK}\n".encode()))
    assert [hold.place for hold in scan_file(tmp_path / "a.csv.gz", NOTHING).holds] == ["a.csv"]
    book = openpyxl.Workbook()
    book.active.append(["note"])
    book.active.append([LEAK])
    book.active["A1"].comment = openpyxl.comments.Comment("vu avec Mme Durand", "x")
    book.save(tmp_path / "a.xlsx")
    holds = {(hold.row, hold.rule) for hold in scan_file(tmp_path / "a.xlsx", NOTHING).holds}
    assert {(1, "courriel"), (0, "nom_civilite")} <= holds
    assert "courriel" in scan(tmp_path, "faux.xls", LEAK).by_rule()


@pytest.mark.parametrize("name", ["photo.png", "base.sqlite", "faux.csv"])
def test_what_cannot_be_read_is_held(tmp_path: Path, name: str) -> None:
    report = scan(tmp_path, name, b"\x89PNG\x00\x01\x02")
    assert report.by_rule() == {"fichier_illisible": 1}
    entry = Allowed("image", "*.png", "*", "fichier_illisible", "", "", "CPI", "S", "image sans personne")
    allowed = scan_file(tmp_path / name, AllowList((entry,)))
    assert allowed.is_clean is (name == "photo.png")


@pytest.mark.parametrize(
    "name",
    ["solene_quemeneur.csv", "QUEMENEUR-Solene.csv", "solenequemeneur.csv", "jean@example.org.csv", "0612345678.csv"],
)
def test_a_name_in_a_file_name_is_held_and_not_repeated(tmp_path: Path, name: str) -> None:
    report = scan(tmp_path, name, "id\n1\n", PERSONAL)
    assert [hold.field for hold in report.holds][:1] == ["nom_de_fichier"]
    assert name.split(".", maxsplit=1)[0].lower() not in str(report).lower()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,note\n1,vu Quéméneur Solène\n"),
        ("a.md", "vu Que\u0301me\u0301neur\nSolène"),
        ("a.json", '["Sol\\u00e8ne Qu\\u00e9m\\u00e9neur"]'),
    ],
)
def test_full_names_of_records_are_found_in_files(tmp_path: Path, name: str, content: str) -> None:
    assert "valeur_du_dossier:nom" in scan(tmp_path, name, content, PERSONAL).by_rule()
    assert scan(tmp_path, name, content).is_clean


def test_a_folder_is_scanned_whole_in_the_order_of_its_paths(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.md").write_text(LEAK)
    (tmp_path / "a.md").write_text("M. Durand")
    (tmp_path / "c.csv").write_text("note\nrien\n")
    report = scan_folder(tmp_path, NOTHING, PERSONAL)
    assert [(hold.place, hold.rule) for hold in report.holds] == [("a.md", "nom_civilite"), ("b/a.md", "courriel")]
    assert report.cells > 3


def test_texts_that_are_shown_are_scanned_too() -> None:
    assert scan_text("métadonnées", f"| note |\n|---|\n| {LEAK} |", NOTHING).by_rule().keys() == {"courriel"}
    assert scan_text("journal", "12 lignes lues", NOTHING, PERSONAL).is_clean
