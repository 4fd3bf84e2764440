"""Which headers of French open data suggest a person, and which only look as if they did."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.privacy import AllowList
from pipelines.privacy.columns import named_personal
from pipelines.starter.proposal import propose

with (Path(__file__).parent / "data" / "entetes.csv").open(encoding="utf-8", newline="") as file:
    HEADERS = [(row["entete"], row["classe"]) for row in csv.DictReader(file)]


def proposed(header: str, *cells: str) -> str:
    """The class that is proposed for a column that is alone in its file."""
    told = cells or ("abc", "def")
    beside = {"_source": "s", "_snapshot": "0" * 64, "_part": "p"}
    columns = {header: list(told), **{name: [value] * len(told) for name, value in beside.items()}}
    table = pa.table({**columns, "_position": list(range(1, len(told) + 1))})
    return propose(table, "t", file="f", file_format="csv", options={}, allow=AllowList()).columns[0].privacy


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_a_header_suggests_a_person_or_nobody(header: str, expected: str) -> None:
    assert proposed(header) == expected


@pytest.mark.parametrize("header", ["adresses", "contacts", "emails"])
def test_a_plural_is_a_count_over_whole_numbers_and_a_list_over_words(header: str) -> None:
    assert proposed(header, "12", "1450") == "public"
    assert proposed(header, "12 impasse", "rue") == "personnel"


@pytest.mark.parametrize("header", ["tel", "telephone", "contact", "adresse", "mobile"])
def test_a_singular_over_numbers_stays_personal(header: str) -> None:
    assert proposed(header, "12", "1450") == "personnel"


@pytest.mark.parametrize(
    "name", ["mobile", "numero_mobile", "adresse_domicile", "adresse_ip", "uid", "signature", "mel"]
)
def test_the_check_still_holds_names_of_personal_columns(name: str) -> None:
    assert list(named_personal(name)) == ["nom_de_champ"]


@pytest.mark.parametrize(
    "name", ["couverture_mobile", "aide_domicile", "date_signature", "uid_adresse", "nb_prenoms", "indice_ip"]
)
def test_the_check_holds_no_name_that_has_another_sense(name: str) -> None:
    assert list(named_personal(name)) == []
