"""The formats of a table: each contains the same values, is checked, and is known wherever a release is shown."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from pipelines.geo.outlines import KINDS, outlines
from pipelines.releases.csvfile import with_formulas
from pipelines.releases.formats import Published, Released, output_formats
from pipelines.releases.formats.geojson import GeoJson
from pipelines.releases.formats.ods import Ods, archive, content
from pipelines.releases.formats.registry import SHEET_ROWS
from tests.releases.test_files import words_of

CLEAN = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn"), blacklist_characters="\ufffe\uffff"), min_size=1)


def a_published(table: pa.Table, maps: Mapping[str, str] | None = None) -> Published:
    return Published("essai", "Essai", {"fields": []}, table, maps or {})


def cells(table: pa.Table) -> list[list[Any]]:
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(archive(content(a_published(table)))))
    return book.get_sheet_by_name("essai").to_python()


def test_formats_are_told_in_one_order_and_each_has_its_own_place() -> None:
    assert [form.name for form in output_formats()] == ["csv", "parquet", "excel", "ods", "geojson"]
    places = [form.path("t") for form in output_formats()]
    assert len(set(places)) == len(places)


def test_an_ods_keeps_types_leading_zeros_long_numbers_and_lines() -> None:
    table = pa.table(
        {
            "code": ["01", None],
            "nombre": pa.array([12, 2**60]),
            "part": pa.array([Decimal("0.50"), None], pa.decimal128(18, 2)),
            "jour": pa.array([date(2026, 11, 28), date(1850, 1, 1)]),
            "vrai": [True, False],
            "texte": ["  deux  espaces ", "a & <b>\nligne"],
        }
    )
    assert cells(table) == [
        ["code", "nombre", "part", "jour", "vrai", "texte"],
        ["01", 12.0, 0.5, date(2026, 11, 28), True, "  deux  espaces "],
        ["", str(2**60), "", "1850-01-01", False, "a & <b>\nligne"],
    ]


AWKWARD = pa.table(
    {
        "code": ["01", "007", None, "1e5"],
        "texte": ['a;b,"c"\nd', "=1+1", "\u2028 \N{GRINNING FACE} \u202eé", "-5"],
        "long": pa.array([2**63 - 1, -(2**63), 0, None]),
        "reel": [5e-324, 1.7976931348623157e308, -0.0, 0.1],
        "prix": pa.array([Decimal("0.10"), None, Decimal("-1234567890123.45"), Decimal("7")], pa.decimal128(18, 2)),
        "jour": pa.array([date(1, 1, 1), date(9999, 12, 31), None, date(1900, 2, 28)]),
        "instant": pa.array([0, -(2**33), None, 2**33], pa.timestamp("s", tz="UTC")),
        "vrai": [True, None, False, True],
        "repete": pa.array(["é", "é", None, "e\u0301"]).dictionary_encode(),
    }
)
"""Values that readers of other people's make something else of where a format lets them."""


def of_parquet(path: Path) -> list[list[Any]]:
    return [list(row) for row in polars.read_parquet(path).rows()]


def of_csv(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def says(cell: Any, word: str) -> bool:
    """Whether a cell of a spreadsheet, typed or text, is the value of a word."""
    if isinstance(cell, float):
        return Decimal(word) == Decimal(repr(cell))
    return words_of(cell) == word


def test_every_format_says_the_same_to_readers_of_other_peoples(tmp_path: Path) -> None:
    published = a_published(AWKWARD)
    paths = {form.name: tmp_path / f"{form.name}{form.suffix}" for form in output_formats() if form.takes(published)}
    for form in output_formats():
        if form.name in paths:
            form.write(published, paths[form.name])
    rows = list(map(list, zip(*AWKWARD.to_pydict().values(), strict=True)))
    words = [list(map(words_of, row)) for row in rows]
    assert repr(of_parquet(paths["parquet"])) == repr(rows)  # -0.0 is == 0.0, and one zone another
    assert of_csv(paths["csv"]) == [AWKWARD.column_names, *words]
    shown = [list(map(with_formulas, row)) for row in of_csv(paths["excel"], ";")]
    assert shown == [AWKWARD.column_names, *words]
    sheet = python_calamine.CalamineWorkbook.from_path(paths["ods"]).get_sheet_by_name("essai").to_python()
    assert sheet[0] == AWKWARD.column_names
    assert all(
        says(cell, word)
        for row, said in zip(sheet[1:], words, strict=True)
        for cell, word in zip(row, said, strict=True)
    )
    assert set(paths) == {"csv", "parquet", "excel", "ods"}


@given(st.lists(CLEAN, min_size=1, max_size=5))
def test_every_text_comes_back_from_an_ods(texts: list[str]) -> None:
    read = cells(pa.table({"n": list(range(len(texts))), "texte": texts}))
    assert [row[1] for row in read[1:]] == texts


def test_an_ods_is_an_archive_that_others_open_and_begins_with_its_media_type() -> None:
    data = archive(content(a_published(pa.table({"a": ["x"] * 1000}))))
    with zipfile.ZipFile(BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["mimetype", "content.xml", "META-INF/manifest.xml"]
        assert opened.infolist()[0].compress_type == zipfile.ZIP_STORED
    assert data[30:38] == b"mimetype"
    assert data[38:].startswith(b"application/vnd.oasis.opendocument.spreadsheet")


@pytest.mark.parametrize("text", ["a\x0bb", "\x00", "\ufffe"])
def test_a_text_that_xml_cannot_hold_leaves_the_table_without_an_ods(text: str) -> None:
    assert not Ods().takes(a_published(pa.table({"a": [text]})))
    assert Ods().takes(a_published(pa.table({"a": ["é\t\n"]})))


def test_a_table_of_more_rows_than_a_spreadsheet_has_no_file_for_one() -> None:
    whole = a_published(pa.table({"a": pa.nulls(SHEET_ROWS + 1, pa.string())}))
    fits = a_published(pa.table({"a": pa.nulls(SHEET_ROWS, pa.string())}))
    assert [form.name for form in output_formats() if form.takes(whole)] == ["csv", "parquet"]
    assert [form.name for form in output_formats() if form.takes(fits)] == ["csv", "parquet", "excel"]


@pytest.mark.parametrize("kind", KINDS)
def test_outlines_are_closed_rings_that_turn_as_rfc_7946_asks(kind: str) -> None:
    for code, shape in outlines(kind).items():
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for outer, *holes in polygons:
            for ring, sign in ((outer, 1), *((hole, -1) for hole in holes)):
                assert len(ring) >= 4, code
                assert ring[0] == ring[-1], code
                pairs = pairwise(ring)
                assert sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) * sign > 0, code
                assert all(-64 < x < 56 and -22 < y < 52 for x, y in ring), code


def test_the_outline_of_a_departement_is_where_it_is() -> None:
    (ring,) = outlines("departement")["75"]["coordinates"]
    assert all(2.2 < x < 2.5 and 48.8 < y < 48.95 for x, y in ring)


def test_a_map_has_a_feature_a_row_and_none_of_an_unknown_territory_a_geometry(tmp_path: Path) -> None:
    table = pa.table(
        {
            "departement_code": ["2A", "986", None],
            "part": pa.array([0.5, None, 1.0]),
            "n": [1, 2, 3],
            "long": [1, 2**60, 3],
        }
    )
    path = tmp_path / "essai.geojson"
    GeoJson().write(a_published(table, {"departement": "departement_code"}), path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [feature["geometry"] is None for feature in document["features"]] == [False, True, True]
    assert document["features"][0]["properties"] == {"departement_code": "2A", "part": 0.5, "n": 1, "long": "1"}
    assert document["features"][1]["properties"] == {
        "departement_code": "986",
        "part": None,
        "n": 2,
        "long": str(2**60),
    }
    assert not GeoJson().takes(a_published(table))


@pytest.mark.parametrize("form", [Ods(), GeoJson()], ids=lambda form: form.name)
def test_a_file_that_holds_another_value_is_found(form: Any, tmp_path: Path) -> None:
    right = pa.table({"departement_code": ["01", "02"], "n": [1, 2]})
    wrong = pa.table({"departement_code": ["01", "02"], "n": [1, 3]})
    pq.write_table(right, tmp_path / "essai.parquet")
    resource = {"name": "essai", "title": "Essai", "schema": {"fields": []}}
    released = Released(tmp_path, resource, tmp_path / "essai.parquet")
    for table, flaws in ((right, []), (wrong, ["format"])):
        path = tmp_path / f"essai{form.suffix}"
        form.write(a_published(table, {"departement": "departement_code"}), path)
        assert [flaw.code for flaw in form.check(released, path)] == flaws
