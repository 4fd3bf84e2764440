"""A scan checks each text once, and what it remembers never lets anything through. Everybody here is invented."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.privacy import AllowList, PersonalValues, files, scan_folder, scanning, seen
from pipelines.privacy.allowlist import Allowed
from pipelines.privacy.scanning import Scan
from pipelines.privacy.sifting import Passage, passages, passages_of, readings_of, suspect_passages
from tests.privacy.builders import RECORD, SOLENE

NOTHING = AllowList()
PERSONAL = PersonalValues({RECORD: tuple(SOLENE.items())})
LEAK = "jean.dupont@example.org"
ROW = "Révision du plan local d'urbanisme, 14 permanences en mairie"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that patterns were looked for in, in order."""
    asked: list[str] = []

    def listening(texts: pa.Array) -> dict[int, tuple[Passage, ...]]:
        asked.extend(texts.to_pylist())
        return suspect_passages(texts)

    monkeypatch.setattr(scanning, "suspect_passages", listening)
    return asked


def several_files(folder: Path, cell: str) -> None:
    """The same cell in a table written twice, in a page and in its data."""
    table = pa.table({"objet": [cell, "autre"]})
    pq.write_table(table, folder / "a.parquet")
    (folder / "a.csv").write_text(f'objet\n"{cell}"\nautre\n')
    (folder / "b.md").write_text(f"{cell}\n\nautre\n")
    (folder / "c.json").write_text(f'["{cell}", "autre"]')


def test_a_clean_text_is_checked_once_in_a_folder(tmp_path: Path, checked: list[str]) -> None:
    several_files(tmp_path, ROW)
    assert scan_folder(tmp_path, NOTHING, PERSONAL).is_clean
    assert checked.count(ROW) == checked.count("autre") == 2  # once as a column, once as a text


def test_a_text_that_is_held_is_held_wherever_it_stands(tmp_path: Path) -> None:
    several_files(tmp_path, LEAK)
    report = scan_folder(tmp_path, NOTHING, PERSONAL)
    assert [hold.place for hold in report.holds] == ["a.csv", "a.parquet", "b.md", "c.json"]


def test_a_name_of_somebody_is_held_wherever_it_stands(tmp_path: Path) -> None:
    several_files(tmp_path, "vu avec Quéméneur Solène")
    assert len(scan_folder(tmp_path, NOTHING, PERSONAL).holds) == 4


def test_what_is_allowed_in_one_place_is_held_in_another(tmp_path: Path) -> None:
    several_files(tmp_path, LEAK)
    entry = Allowed("ici", "[ab].*", "*", "courriel", "", "", "base", "S", "dans a et b seulement")
    report = scan_folder(tmp_path, AllowList((entry,)), PERSONAL)
    assert [hold.place for hold in report.holds] == ["c.json"]
    assert report.allowed == {"ici": 3}


def test_columns_that_hold_the_same_texts_are_named_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("objet,telephone\nautre,autre\n")
    (tmp_path / "b.csv").write_text("telephone\nautre\n")
    holds = scan_folder(tmp_path, NOTHING).holds
    assert [(hold.place, hold.field, hold.rule) for hold in holds] == [
        ("a.csv", "telephone", "nom_de_champ"),
        ("b.csv", "telephone", "nom_de_champ"),
    ]


@pytest.mark.parametrize(
    "header", [["a", "a", "a (2)"], ["a (2)", "a", "a"], ["a", "a", "a", "a (2)", "a (3)", "a (2)"]]
)
def test_no_column_hides_behind_another_of_its_name(header: list[str]) -> None:
    for place in range(len(header)):
        cells = [["rien"] for _ in header]
        cells[place] = [LEAK]
        report = Scan(NOTHING, PersonalValues().everyone()).table("a.csv", header, pa.Table.from_arrays(cells, header))
        assert [hold.rule for hold in report.holds] == ["courriel"], place


def test_a_scan_that_remembers_no_more_checks_again(checked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "REMEMBERED", len("court"))
    scan = Scan(NOTHING, PERSONAL.everyone())
    for _ in range(2):
        assert scan.texts("a.md", [(0, "ligne", "court"), (1, "ligne", ROW)]).is_clean
        assert not scan.texts("a.md", [(0, "ligne", LEAK)]).is_clean
    assert (checked.count("court"), checked.count(ROW)) == (1, 2)


def test_few_texts_and_many_are_checked_alike() -> None:
    texts = [LEAK, ROW, "M. Durand", "06 12 34 56 78", "amVhbi5kdXBvbnRAZXhhbXBsZS5vcmc=", "rien"]
    together = passages_of(readings_of(pa.array([*texts, "un texte de rien " * 100])))
    one_by_one = {place: list(found) for place, text in enumerate(texts) if (found := passages(text))}
    assert together == one_by_one
    assert list(together) == [0, 2, 3, 4]


@pytest.mark.parametrize("together", [1, 200, 8_000_000])
def test_files_are_checked_alike_however_many_are_opened_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(files, "TOGETHER", together)
    several_files(tmp_path, LEAK)
    (tmp_path / f"{LEAK}.md").write_text("rien\n")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as packed:
        packed.writestr("dedans/e.csv", f"objet\n{LEAK}\nautre\n")
        packed.writestr(f"dedans/{LEAK}.txt", "rien")
    report = scan_folder(tmp_path, NOTHING, PERSONAL)
    assert {(hold.place, hold.row, hold.field) for hold in report.holds} == {
        ("a.csv", 0, "objet"),
        ("a.parquet", 0, "objet"),
        ("b.md", 0, "ligne"),
        ("c.json", 0, "/0"),
        ("d.zip/dedans/e.csv", 0, "objet"),
        ("(nom de fichier retenu)", -1, "nom_de_fichier"),
    }


def test_an_outline_that_holds_something_is_held_in_each_table_that_has_it(tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [[[2.35, 48.85], [2.36, 48.86]]], "note": LEAK}
    features = [{"type": "Feature", "properties": {"code": code}, "geometry": shape} for code in ("75", "13")]
    for name in ("a.geojson", "b.geojson"):
        (tmp_path / name).write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    places = {(hold.place, hold.field) for hold in scan_folder(tmp_path, NOTHING).holds if hold.rule == "courriel"}
    pointers = ("/features/0/geometry/note", "/features/1/geometry/note")
    assert places == {(name, pointer) for name in ("a.geojson", "b.geojson") for pointer in pointers}


def test_what_was_checked_together_is_not_checked_again_though_nothing_more_can_be_remembered(
    tmp_path: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "REMEMBERED", 0)
    for number in range(3):
        (tmp_path / f"{number}.html").write_text(
            f"<p>{ROW}</p>\n\n<p>page {number} {LEAK if number == 1 else ''}</p>\n"
        )
    report = scan_folder(tmp_path, NOTHING, PERSONAL)
    assert {hold.place for hold in report.holds} == {"1.html"}
    assert sum(ROW in text for text in checked) == 1
