"""What a spreadsheet seems to have changed is told of a column before anything is proposed of it, without a value."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.schema.reserved import POSITION
from pipelines.starter.shortened import seeming_changes
from tests.starter.test_init import arobase


def told(name: str, *cells: str | None) -> str:
    """What is reported of a column, its rows counted from 2."""
    positions = pa.array(range(2, len(cells) + 2), pa.int64())
    table = pa.table({name: pa.array(cells, pa.string()), POSITION: positions})
    return "\n".join(message.en for message in seeming_changes(table))


@pytest.mark.parametrize(
    ("name", "cells", "where"),
    [
        ("Code postal", ("75001", "1000", None, "6400"), "3, 5"),
        ("code_insee", ("2A004", "1004", "01005"), "3"),
        ("Code INSEE de la commune", ("1004", "1005"), "2, 3"),
        ("code_departement", ("1", "75", "2A", "974"), "2"),
        ("siren", ("552100554", "55210055"), "3"),
        ("SIRET", ("55210055400013", "5210055400013"), "3"),
    ],
)
def test_codes_that_lost_their_zero_are_told_by_their_places(
    name: str, cells: tuple[str | None, ...], where: str
) -> None:
    message = told(name, *cells)
    assert f'"{name}": codes that seem to lack a zero in front' in message
    assert f"positions {where}. Give it back" in message


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("code_postal", ("01000", "75001")),
        ("population_insee", ("1004", "75001")),
        ("code_postal", ("H3A", "SW1A", "1000")),
        ("montant", ("1000", "75001")),
    ],
)
def test_other_numbers_and_codes_are_not(name: str, cells: tuple[str, ...]) -> None:
    assert told(name, *cells) == ""


@pytest.mark.parametrize("name", ["date_depot", "Date d'ouverture", "Signé le", "jour"])
def test_days_as_spreadsheets_count_them_are_told_also_among_dates(name: str) -> None:
    message = told(name, "2023-03-15", "45000", "45000.5")
    assert f'"{name}": numbers where dates are expected' in message
    assert "positions 3, 4." in message


def test_years_and_numbers_of_other_columns_are_no_days() -> None:
    assert told("date", "2023", "2024-05-01") == ""
    assert told("visiteurs_par_jour", "45000") == ""


def test_percentages_as_text_are_told_where_the_column_is_of_them() -> None:
    assert "12,5 %), kept as text: positions 2, 3." in told("taux", "12,5 %", "-3%", "")
    assert told("commentaire", "12 %", "en hausse", "stable") == ""


def test_no_value_of_a_record_is_told() -> None:
    assert "41327" not in told("date_naissance", "41327")
    assert "7431" not in told("code_postal", "7431", "75001")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_init_and_new_sources_tell_it(tmp_path: Path, lang: str) -> None:
    lines = ["ref;code_postal;date_depot;taux", "R1;1000;45000;12,5 %", "R2;75001;45012;3 %"]
    (tmp_path / "depots.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = arobase("init", "mine", "--from", "depots.csv", folder=tmp_path, lang=lang)
    begun = arobase("sources", "new", "autre", tmp_path / "depots.csv", folder=tmp_path / "mine", lang=lang)
    for done in (made, begun):
        words = ["codes that seem to lack", "numbers where dates", "percentages written"]
        french = ["un zéro semble manquer", "nombres là où des dates", "pourcentages écrits"]
        for text in words if lang == "en" else french:
            assert text in done.stdout, done.stderr
