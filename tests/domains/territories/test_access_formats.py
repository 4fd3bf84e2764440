"""Figures of access are the same whichever file brings them: CSV, a workbook with typed cells, JSON with numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.formats import read
from pipelines.mapping import PartRecords, normalise
from pipelines.mapping.registry import CONVERTERS, Unreadable
from pipelines.schema import load_incoming
from pipelines.sources import load_sources
from pipelines.validation import validate

PROJECT = Project.at(Path(__file__).resolve().parents[3])
Rows = Sequence[Sequence[Any]]


def as_csv(rows: Rows) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return held.getvalue().encode()


def as_workbook(rows: Rows) -> bytes:
    """Cells as a spreadsheet keeps them: what looks like a number is one, and has lost its leading zeros."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([_typed(cell) for cell in row])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def as_json(rows: Rows) -> bytes:
    names, *records = rows
    cells = [[cell.isoformat() if isinstance(cell, date) else _typed(cell) for cell in record] for record in records]
    return json.dumps([dict(zip(names, record, strict=True)) for record in cells]).encode()


def _typed(cell: Any) -> Any:
    return int(cell) if isinstance(cell, str) and cell.isdecimal() else cell


FORMATS: dict[str, Callable[[Rows], bytes]] = {"csv": as_csv, "xlsx": as_workbook, "json": as_json}
# By source and part: its rows as published, and options that are no format's.
ABOUT = ("etalab-2.0", "https://example.org/page")
FILES: dict[tuple[str, str], Rows] = {
    ("fibre", "fibre_departements"): [
        [
            *("serie", "code_departement", "date_reference", "part_fibre", "precision_points", "locaux", "rupture"),
            *("valeur_douteuse", "licence", "source_url"),
        ],
        ["essai", "01", date(2017, 12, 31), 36, 1, None, "non", "non", *ABOUT],
        ["essai", "2A", date(2017, 12, 31), 20.5, 0.1, 120000, "oui", "non", *ABOUT],
        ["essai", "976", date(2017, 12, 31), 0, 1, 0, "non", "oui", *ABOUT],
    ],
    ("ruralite", "ruralite_departements"): [
        [
            *("code_departement", "millesime", "population", "population_annee"),
            *(f"habitants_classe_{number}" for number in range(1, 8)),
            *("licence", "source_url"),
        ],
        ["01", 2022, 652432, 2019, 0, 170754, 24905, 129349, 175156, 146055, 6213, *ABOUT],
    ],
    ("mediation", "mediation_departements"): [
        ["indicateur", "code_departement", "mois", "valeur", "unite", "producteur", "licence", "source_url"],
        ["essai", "09", "2020-01", 4, "lieux", "ANCT", *ABOUT],
    ],
    ("fibre-ditp", "indicateur_306"): [
        ["indic_id", "enforce_zone_id", "metric_enforce_date", "maille", "indic_vi", "indic_va"],
        ["IND-306", "D15", date(2022, 6, 1), "DEPT", 40.25, None],
        ["IND-306", "D976", date(2022, 6, 1), "DEPT", 0, None],
        ["IND-306", "D2A", date(2023, 12, 1), "DEPT", None, 100],
        ["IND-306", "R84", date(2023, 12, 1), "REG", None, 61.2],
    ],
    ("densite-communes", "grille"): [
        ["CODGEO", "LIBGEO", "DENS", "LIBDENS", "PMUN19"],
        ["01004", "Ambérieu-en-Bugey", 2, "Centres urbains intermédiaires", 14134],
        ["2A004", "Ajaccio", 2, "Centres urbains intermédiaires", 71361],
    ],
    ("sites-mobiles", "metropole"): [
        ["code_op", "nom_op", "num_site", "id_site_partage", "insee_com", "nom_com", "site_4g", "site_ZB", "site_DCC"],
        ["20801", "Orange", "A1", "ZB-1", "01004", "Ambérieu-en-Bugey", 1, 1, 0],
        ["20810", "SFR", "B1", None, "2A004", "Ajaccio", 0, 0, 1],
    ],
}


def brought(source_name: str, part_name: str, rows: Rows, kind: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows that a source makes of a file of this format, by table; nothing is rejected on the way."""
    source = load_sources(PROJECT).find(source_name)
    part = next(part for part in source.parts if part.name == part_name)
    options = {"optional": part.options["optional"]} if "optional" in part.options else {}
    part = replace(part, format=kind, options=options)
    path = folder / f"file.{kind}"
    path.write_bytes(FORMATS[kind](rows))
    records = read(part, path, source=source_name, snapshot="0" * 64)
    schema = load_incoming(PROJECT.schemas, part.schema or "")
    kept = records.select([*schema.names, *(name for name in records.column_names if name.startswith("_"))])
    assert validate(kept, schema).rejected_rows == 0
    found = normalise({part_name: PartRecords(records, schema, part.rows, part.join)}, PROJECT, file=source.path)
    assert found.rejections == ()
    return {
        table: [{name: value for name, value in row.items() if name[0] != "_"} for row in made.to_pylist()]
        for table, made in found.rows.items()
    }


@pytest.mark.parametrize("kind", ["xlsx", "json"])
@pytest.mark.parametrize("name", FILES, ids=lambda name: name[0])
def test_a_workbook_and_json_bring_what_csv_brings(name: tuple[str, str], kind: str, tmp_path: Path) -> None:
    expected = brought(*name, FILES[name], "csv", tmp_path)
    assert any(expected.values())
    assert brought(*name, FILES[name], kind, tmp_path) == expected


@pytest.mark.parametrize("yes", [True, "VRAI", "True", "Oui", "1.0"])
def test_a_flag_keeps_its_site_however_programs_write_it(yes: object, tmp_path: Path) -> None:
    header, site, _ = FILES["sites-mobiles", "metropole"]
    rows = [header, [*site[:6], yes, yes, False]]
    found = brought("sites-mobiles", "metropole", rows, "json", tmp_path)
    (one,) = found["territoires-numeriques/sites_programmes"]
    assert (one["programme"], one["site_4g"]) == ("zone_blanche", "true")


def test_a_flag_that_says_neither_is_rejected_and_no_site_is_lost_in_silence() -> None:
    schema = load_incoming(PROJECT.schemas, "sites_mobiles")
    cells = dict(zip(*FILES["sites-mobiles", "metropole"][:2], strict=True)) | {"site_ZB": "peut-être"}
    told = pa.table({name: pa.array([str(cells[name])], pa.string()) for name in schema.names})
    assert validate(told, schema).rejected_rows == 1


@pytest.mark.parametrize(
    ("text", "share"), [("3e-05", "0.00003"), ("1e2", "100"), ("40,25 %", "40.25"), ("82.5%", "82.5"), ("36", "36")]
)
def test_a_share_is_read_however_programs_write_it(text: str, share: str) -> None:
    assert CONVERTERS["pourcentage"]((text,), {}) == share


@pytest.mark.parametrize("text", ["100.01", "-1", "1e3", "4O", "40 % et plus", "1e99"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        CONVERTERS["pourcentage"]((text,), {})


@pytest.mark.parametrize(("text", "code"), [("1", "01"), ("2a", "2A"), ("976", "976"), (None, None)])
def test_a_departement_gets_back_the_zero_that_a_spreadsheet_took(text: str | None, code: str | None) -> None:
    assert CONVERTERS["departement_insee"]((text,), {}) == code


@pytest.mark.parametrize("text", ["20", "0", "96", "D15", "979", "1004"])
def test_what_is_no_departement_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        CONVERTERS["departement_insee"]((text,), {})


@pytest.mark.parametrize(
    ("text", "code"),
    [("1004", "01004"), ("1004.0", "01004"), ("2a004", "2A004"), ("97701", "97701"), ("98818", "98818"), (None, None)],
)
def test_a_commune_gets_back_the_zero_that_a_spreadsheet_took(text: str | None, code: str | None) -> None:
    assert CONVERTERS["commune_insee"]((text,), {}) == code


@pytest.mark.parametrize("text", ["00000", "20004", "99999", "96001", "97000", "01000", "2A4", "979"])
def test_what_is_no_commune_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        CONVERTERS["commune_insee"]((text,), {})


@pytest.mark.parametrize("zone", ["D20", "D00", "D99", "971", "R84"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(Unreadable):
        CONVERTERS["code_de_zone"]((zone,), {})
