"""Cells that a spreadsheet spoiled: the record is refused at its place, with its value, its reason and who fixes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from tests.acceptance.builders import (
    REPOSITORY,
    a_copy,
    cell,
    in_json,
    in_text,
    in_workbook,
    records_of,
    rejected,
    replaced,
)

AWARDS = "data/label/palmares.csv"
INQUIRIES = "data/inquiries/enquetes.csv"
PROJECTS = "data/inquiries/projets-environnement.json"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_copy(tmp_path)


def in_sheet(
    sheet: str, column: str, row: int, value: Any, number_format: str = "General"
) -> Callable[[Project], None]:
    def change(project: Project) -> None:
        def edit(book: Any) -> None:
            spoiled = cell(book[sheet], column, row)
            spoiled.value, spoiled.number_format = value, number_format

        in_workbook(project, edit)

    return change


def in_line(where: str, old: str, new: str) -> Callable[[Project], None]:
    def change(project: Project) -> None:
        before = (project.sources / where).read_text(encoding="utf-8")
        assert old in before
        in_text(project, where, lambda text: text.replace(old, new, 1))

    return change


def in_record(at: int, **members: Any) -> Callable[[Project], None]:
    return lambda project: in_json(project, PROJECTS, lambda rows: replaced(rows, at, **members))


SPOILED: dict[str, tuple[str, Callable[[Project], None], tuple[str, int, str, str]]] = {
    # what is wrong: source, change, (part, position, field, value) of the refusal
    "serial date in a sheet": (
        "formulaires",
        in_sheet("Actions", "Date", 5, 42614),
        ("actions", 5, "date_fiche", "42614"),
    ),
    "serial date typed as text": (
        "formulaires",
        in_sheet("Actions", "Date", 7, "42614", "@"),
        ("actions", 7, "date_fiche", "42614"),
    ),
    "identifier in scientific notation": (
        "formulaires",
        in_sheet("Actions", "Id_Action", 6, "1.5295E+04", "@"),
        ("actions", 6, "Id_Action", "1.5295E+04"),
    ),
    "commune in scientific notation": (
        "formulaires",
        in_sheet("Lieux", "Id_INSEE", 3, "7.3008E+04", "@"),
        ("lieux", 3, "Id_INSEE", "7.3008E+04"),
    ),
    "commune whose digits go on": (
        "formulaires",
        in_sheet("Lieux", "Id_INSEE", 3, "73008E+04", "@"),
        ("lieux", 3, "Id_INSEE", "73008E+04"),
    ),
    "year as a serial": ("palmares", in_line(AWARDS, "\n2000,", "\n36526,"), ("palmares", 2, "edition_year", "36526")),
    "year in scientific notation": (
        "palmares",
        in_line(AWARDS, "\n2000,", "\n2.0E+03,"),
        ("palmares", 2, "edition_year", "2.0E+03"),
    ),
    "département in scientific notation": (
        "palmares",
        in_line(AWARDS, "Douvaine,commune,,", "Douvaine,commune,7.4E+01,"),
        ("palmares", 3, "department_code_as_published", "7.4E+01"),
    ),
    "level out of reach": (
        "palmares",
        in_line(AWARDS, "Douvaine,commune,,,4", "Douvaine,commune,,,9"),
        ("palmares", 3, "arobases", "9"),
    ),
    "opening as a serial": (
        "enquetes-collectees",
        in_line(INQUIRIES, "2021-02-25", "44252"),
        ("enquetes", 2, "date_ouverture", "44252"),
    ),
    "opening as a serial in JSON": (
        "projets-environnement",
        in_record(1, dateouverture=43346),
        ("projets", 2, "dateouverture", "43346"),
    ),
    "identifier too long for a number": (
        "projets-environnement",
        in_record(2, recordsid="2.0189E+09"),
        ("projets", 3, "recordsid", "2.0189E+09"),
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_cell_is_refused_at_its_place_and_the_others_go_on(project: Project, what: str) -> None:
    source, change, place = SPOILED[what]
    change(project)
    result = records_of(project, source)
    refusals = [line for line in rejected(result) if (line["part"], line["position"]) == place[:2]]
    told = [line for line in refusals if (line["champ"], line["valeur"]) == place[2:]]
    assert told, rejected(result)
    assert {line["a_corriger_par"] for line in told} == {"source"}
    assert {(line["part"], line["position"]) for line in rejected(result)} == {place[:2]}
    for line in told:
        assert line["message"].strip()
        quoted = re.findall(r'row (?:at position )?"(\d+)"', line["message_en"])
        assert quoted in ([], [str(place[1])]), "the sentence and the columns say the same place"
    read = sum(part["read"] for part in result.summary["parts"].values())
    accepted = sum(part["accepted"] for part in result.summary["parts"].values())
    assert read - accepted <= 1


def test_a_whole_number_that_a_spreadsheet_made_a_float_is_the_code_that_it_was(project: Project) -> None:
    in_sheet("Lieux", "Id_INSEE", 3, 1034.0)(project)
    assert rejected(records_of(project, "formulaires")) == []


def test_every_alternative_of_a_pattern_is_held_from_end_to_end() -> None:
    """Frictionless puts `^` before the first alternative and `$` after the last: they have to be in a group."""
    loose = []
    for path in sorted((REPOSITORY / "schemas").rglob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if set(schema) == {"like"}:
            continue  # the fields are those of another table, read in their own file
        for field in schema["fields"]:
            pattern = field.get("constraints", {}).get("pattern", "")
            inside = re.sub(r"\\.|\[[^]]*\]", "", pattern)
            while "(" in inside:
                inside = re.sub(r"\([^()]*\)", "", inside)
            if "|" in inside:
                loose.append(f"{path.name}: {field['name']}: {pattern}")
    assert loose == []
