"""Lists published in web pages, and cubes of JSON-stat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.formats.errors import Damaged, FormatError
from tests.formats.builders import a_file, a_part, positions, reading, records


def page(body: str) -> str:
    return f"<!DOCTYPE html><html><body>{body}</body></html>"


def test_a_table_is_read_under_its_header_and_a_ragged_row_is_less_sure(tmp_path: Path) -> None:
    head = "<tr><th>Commune </th><th>Niveau</th></tr>"
    body = f"<table>{head}<tr><td>S&eacute;n&eacute;</td><td>@@@</td></tr><tr><td>Vannes</td></tr></table>"
    table = reading(a_file(tmp_path, page(body)), a_part("html", "Commune"))
    assert records(table) == [
        {"Commune": "Séné", "Niveau": "@@@", "confiance": "1"},
        {"Commune": "Vannes", "Niveau": None, "confiance": "0.4"},
    ]
    assert positions(table) == [2, 3]


def test_several_tables_of_one_header_are_one_and_a_spanned_cell_is_repeated(tmp_path: Path) -> None:
    head = "<tr><th>Commune</th><th>Niveau</th><th>Année</th></tr>"
    first = "<tr><td colspan=2>Séné</td><td>2024</td></tr>"
    second = "<tr><td>Vannes</td><td colspan=x>5@</td><td>2024</td></tr>"
    body = f"<table>{head}{first}</table><table>{head}{second}</table>"
    table = reading(a_file(tmp_path, page(body)), a_part("html", options={"table": "//table"}))
    assert [(row["Commune"], row["Niveau"]) for row in records(table)] == [("Séné", "Séné"), ("Vannes", "5@")]


def test_a_list_gives_names_and_levels(tmp_path: Path) -> None:
    items = ("Séné (56) : 3 @", "Vannes – cinq arobases", "Lorient", " ", "Auray (@@)")
    body = f"<ul class=p>{''.join(f'<li>{item}</li>' for item in items)}</ul><ul><li>Menu</li></ul>"
    table = reading(a_file(tmp_path, page(body)), a_part("html", options={"list": "//ul[@class='p']/li"}))
    assert [(row["nom"], row["niveau"]) for row in records(table)] == [
        ("Séné (56)", "3 @"),
        ("Vannes", "cinq arobases"),
        ("Lorient", None),
        ("Auray", "@@"),
    ]


def test_prose_gives_the_names_that_follow_a_level_less_surely(tmp_path: Path) -> None:
    phrases = (
        "Palmarès du label.",
        "Cinq arobases : Séné (56), Vannes et Lorient. @@@@ : Auray ; écrire à mairie@example.org",
        "Carnac, Quiberon.",
    )
    body = "".join(f"<p>{phrase}</p>" for phrase in phrases)
    table = reading(a_file(tmp_path, page(body)), a_part("html", options={"prose": "//p"}))
    assert [(row["nom"], row["niveau"], row["confiance"]) for row in records(table)] == [
        ("Séné (56)", "Cinq arobases", "0.6"),
        ("Vannes", "Cinq arobases", "0.6"),
        ("Lorient", "Cinq arobases", "0.6"),
        ("Auray", "@@@@", "0.6"),
        ("Carnac", "@@@@", "0.4"),
        ("Quiberon", "@@@@", "0.4"),
    ]


def test_a_page_in_windows_1252_is_read_without_nonsense(tmp_path: Path) -> None:
    content = page("<ul><li>Séné</li></ul>").encode("cp1252")
    assert records(reading(a_file(tmp_path, content), a_part("html", options={"list": "//li"})))[0]["nom"] == "Séné"


@pytest.mark.parametrize(
    "options", [{"list": "//li[@class='gone']"}, {"table": "//table["}, {"table": "count(//p)"}, {"table": "//p"}]
)
def test_a_page_whose_list_moved_is_told(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(FormatError):
        reading(a_file(tmp_path, page("<p>x</p>")), a_part("html", options=options))


def a_cube(**more: Any) -> str:
    document: dict[str, Any] = {
        "class": "dataset",
        "updated": "2026-01-01",
        "id": ["geo", "time"],
        "size": [2, 2],
        "dimension": {
            "geo": {"category": {"index": {"FR": 1, "EU27_2020": 0}, "label": {"FR": "France", "EU27_2020": "Union"}}},
            "time": {"category": {"index": ["2024", "2025"], "label": {}}},
        },
        "value": {"0": 32.0, "3": 48.5},
        "status": {"3": "p"},
    }
    return json.dumps(document | more)


def test_a_cube_gives_a_row_a_value_with_codes_and_labels(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, a_cube()), a_part("jsonstat", "geo", "valeur"))
    assert records(table) == [
        {
            "geo": "EU27_2020",
            "geo_libelle": "Union",
            "time": "2024",
            "time_libelle": None,
            "valeur": "32",
            "statut": None,
        },
        {"geo": "FR", "geo_libelle": "France", "time": "2025", "time_libelle": None, "valeur": "48.5", "statut": "p"},
    ]
    assert positions(table) == [1, 4]


def test_values_and_flags_may_be_lists_and_an_index_may_be_left_out(tmp_path: Path) -> None:
    single = {"geo": {"category": {"label": {"FR": "France"}}}}
    content = a_cube(id=["geo"], size=[1], dimension=single, value=[48], status="e")
    assert records(reading(a_file(tmp_path, content), a_part("jsonstat")))[0]["statut"] == "e"
    short = a_cube(id=["geo"], size=[1], dimension=single, value={}, status={})
    assert reading(a_file(tmp_path, short), a_part("jsonstat", expect={"rows": {"min": 0}})).num_rows == 0


EVERYWHERE = {"category": {"index": ["FR", "EU27_2020"]}}
ALWAYS = {"category": {"index": ["2024", "2025"]}}
ONE = {"geo": {"category": {"index": {"FR": 1}}}}


@pytest.mark.parametrize(
    "content",
    [
        a_cube(size=[2, 3]),
        '{"id": ["x"]}',
        "[1]",
        a_cube(value=[1, 2, 3]),
        a_cube(value=[1, 2, 3, 4, 5]),
        a_cube(value={"4": 1}),
        a_cube(value={"x": 1}),
        a_cube(value="12"),
        a_cube(status=["p"]),
        a_cube(status={"9": "p"}),
        a_cube(id=["geo"], size=[1], dimension=ONE, value=[1]),
        a_cube(id=["geo", "geo"]),
        a_cube(id=["geo", "valeur"], dimension={"geo": EVERYWHERE, "valeur": ALWAYS}),
        a_cube(id=["geo", "geo_libelle"], dimension={"geo": EVERYWHERE, "geo_libelle": ALWAYS}),
        a_cube(id=["geo", "geo "], dimension={"geo": EVERYWHERE, "geo ": ALWAYS}),
        a_cube(value={"0": 1, "00": 2}),
        a_cube().replace('"value":', '"value": {"0": 1}, "value":'),
        a_cube().replace('"FR": 1', '"FR": 1, "FR": 1'),
    ],
)
def test_a_cube_of_another_shape_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(FormatError):
        reading(a_file(tmp_path, content), a_part("jsonstat"))


def test_a_cube_of_many_places_and_few_values_is_read_by_its_values(tmp_path: Path) -> None:
    wide = {"category": {"index": [f"c{number}" for number in range(3_000)]}}
    content = a_cube(
        id=["a", "b", "c"],
        size=[3_000] * 3,
        dimension={"a": wide, "b": wide, "c": wide},
        value={"9000002": 5},
        status={},
    )
    table = reading(a_file(tmp_path, content), a_part("jsonstat"))
    assert [(row["a"], row["b"], row["c"], row["valeur"]) for row in records(table)] == [("c1", "c0", "c2", "5")]


def test_a_cut_cube_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, a_cube()[:50]), a_part("jsonstat"))
