"""Tables of web pages as browsers lay them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.formats import PartReading, read_part
from pipelines.formats.errors import FormatError
from tests.formats.builders import a_file, a_part, positions, records


def reading_of(folder: Path, body: str, **options: Any) -> PartReading:
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'
    return read_part(a_part("html", options=options), a_file(folder, page), source="mairie", snapshot="ab" * 32)


def cells(reading: PartReading) -> list[list[str | None]]:
    return [list(row.values())[:-1] for row in records(reading.table)]


def table(*rows: str) -> str:
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


HEAD = "<th>Dept</th><th>Commune</th>"


@pytest.mark.parametrize("span", ["2", "0", "2px", "99"])
def test_a_cell_that_spans_rows_has_its_text_in_each(tmp_path: Path, span: str) -> None:
    body = table(HEAD, f"<td rowspan={span}>62</td><td>Arras</td>", "<td>Lens</td>")
    assert cells(reading_of(tmp_path, body)) == [["62", "Arras"], ["62", "Lens"]]


@pytest.mark.parametrize("span", ["0", "-2", "x", ""])
def test_a_span_of_columns_that_is_none_is_one(tmp_path: Path, span: str) -> None:
    body = table(HEAD, f'<td colspan="{span}">62</td><td>Arras</td>')
    assert cells(reading_of(tmp_path, body)) == [["62", "Arras"]]


def test_a_span_stops_at_the_end_of_its_group_and_the_foot_is_no_record(tmp_path: Path) -> None:
    body = (
        f"<table><tfoot><tr><td>Total</td><td>3</td></tr></tfoot><thead><tr>{HEAD}</tr></thead>"
        "<tbody><tr><td rowspan=9>62</td><td>Arras</td></tr></tbody>"
        "<tbody><tr><td>59</td><td>Lille</td></tr></tbody></table>"
    )
    found = reading_of(tmp_path, body)
    assert cells(found) == [["62", "Arras"], ["59", "Lille"]]
    assert "1 lignes de pied" in found.notices[0].fr


def test_a_header_of_two_rows_names_each_column(tmp_path: Path) -> None:
    body = table(
        "<th rowspan=2>Commune</th><th colspan=2>2024</th>", "<th>dossiers</th><th>avis</th>", "<td>A<td>1<td>2"
    )
    assert records(reading_of(tmp_path, body).table)[0] == {
        "Commune": "A",
        "dossiers": "1",
        "avis": "2",
        "confiance": "1",
    }


def test_lines_are_lines_and_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    body = table(
        HEAD,
        "<td>62<script>x()</script><style>y</style></td><td>Arras<br>Lens<p>Douai</p><!-- note --></td>",
        "<td>59</td><td hidden>Roubaix</td><td>Lille<span style='display: none'>secret</span></td>",
    )
    found = reading_of(tmp_path, body)
    assert cells(found) == [["62", "Arras\nLens\nDouai"], ["59", "Lille"]]
    assert "masqués" in found.notices[0].fr
    read = reading_of(tmp_path, table(HEAD, "<td>59</td><td hidden>Lille</td>"), hidden="read")
    assert cells(read) == [["59", "Lille"]]


def test_a_nested_table_is_apart(tmp_path: Path) -> None:
    body = table(HEAD, f"<td>62</td><td>Arras{table('<td>x</td><td>y</td>')}</td>", "<td>62</td><td>Lens</td>")
    found = reading_of(tmp_path, body)
    assert cells(found) == [["62", "Arras"], ["62", "Lens"]]
    assert "imbriqués" in found.notices[0].fr


def test_a_second_table_is_read_by_its_own_header(tmp_path: Path) -> None:
    turned = table("<th>Commune</th><th>Dept</th>", "<td>Lille</td><td>59</td>")
    found = reading_of(tmp_path, table(HEAD, "<td>62</td><td>Arras</td>") + turned)
    assert (cells(found), positions(found.table)) == ([["62", "Arras"], ["59", "Lille"]], [2, 4])
    bare = reading_of(tmp_path, table(HEAD, "<td>62</td><td>Arras</td>") + table("<td>59</td><td>Lille</td>"))
    assert cells(bare) == [["62", "Arras"], ["59", "Lille"]]
    with pytest.raises(FormatError):
        reading_of(
            tmp_path, table(HEAD, "<td>62</td><td>Arras</td>") + table("<th>Année</th><th>Total</th>", "<td>1<td>2")
        )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Arras<sup>2</sup>", "Arras"),
        ("41 019<sup>(1)</sup>", "41 019"),
        ("Lens<sup>[a]</sup>", "Lens"),
        ("Lens<sup>*</sup>", "Lens"),
        ('Lens<sup><a href="#n1">note</a></sup>', "Lens"),
        ("10 m<sup>2</sup>", "10 m2"),
        ("3 km<sup>2</sup>", "3 km2"),
        ("10<sup>3</sup>", "10³"),
        ("1<sup>er</sup>", "1er"),
        ("XIX<sup>e</sup>", "XIXe"),
        ("n<sup>o</sup> 4", "no 4"),
    ],
)
def test_a_note_s_mark_is_no_text_and_an_exponent_is(tmp_path: Path, cell: str, text: str) -> None:
    found = reading_of(tmp_path, table(HEAD, f"<td>62</td><td>{cell}</td>"))
    assert cells(found) == [["62", text]]
    marks = json.loads(found.table.schema.metadata[b"facts"]).get("note_marks", 0)
    assert marks == (0 if text[-1:].isalnum() and text[-3:] not in ("ras", "019", "ens") else 1)
    kept = reading_of(tmp_path, table(HEAD, "<td>62</td><td>Arras<sup>2</sup></td>"), notes="keep")
    assert cells(kept) == [["62", "Arras2"]]


def test_headings_and_rows_that_are_too_long_are_refused(tmp_path: Path) -> None:
    body = table(HEAD, "<th colspan=2>Nord</th>", "<td>59</td><td>Lille</td>", "<td>59</td><td>Lens</td><td>62</td>")
    found = reading_of(tmp_path, body)
    assert cells(found) == [["59", "Lille"]]
    assert [(one.position, one.rule) for one in found.faults] == [(2, "ligne-de-titre"), (4, "trop-de-cellules")]


def test_a_cell_over_the_whole_row_is_a_heading_or_a_note_and_no_record(tmp_path: Path) -> None:
    body = table(HEAD, "<td colspan=2>Nord</td>", "<td>59</td><td>Lille</td>", "<td colspan=3>Source : exemple</td>")
    found = reading_of(tmp_path, body)
    assert cells(found) == [["59", "Lille"]]
    assert [(one.position, one.rule) for one in found.faults] == [(2, "ligne-de-titre"), (4, "ligne-de-titre")]


def test_a_cell_that_is_not_seen_keeps_its_place(tmp_path: Path) -> None:
    found = reading_of(tmp_path, table(HEAD, "<td style='visibility: hidden'>59</td><td>Lille</td>"))
    assert cells(found) == [["", "Lille"]]
    assert "1 éléments masqués" in found.notices[0].fr


def test_what_is_struck_out_or_not_chosen_is_no_part_of_a_value(tmp_path: Path) -> None:
    menu = "<select><option>59<option selected>62</select>"
    found = reading_of(
        tmp_path, table(HEAD, f"<td><del>59</del><ins>62</ins></td><td>{menu}</td>", "<td><s>4</s> 5<td>x")
    )
    assert cells(found) == [["62", "62"], ["5", "x"]]
    assert "2 textes barrés" in found.notices[0].fr
    first = reading_of(tmp_path, table(HEAD, "<td>59</td><td><select><option>Lille<option>Lens</select></td>"))
    assert cells(first) == [["59", "Lille"]]


def test_the_end_and_the_header_are_where_the_yaml_says(tmp_path: Path) -> None:
    body = table("<td>Palmarès</td>", "<td>Dept</td><td>Commune</td>", "<td>62</td><td>Arras</td>", "<td>Total</td>")
    assert cells(reading_of(tmp_path, body, header_row=2, stop_at="Total")) == [["62", "Arras"]]


def test_lists_and_prose_keep_their_lines(tmp_path: Path) -> None:
    listed = reading_of(tmp_path, "<ul><li>Arras<br>Lens @@@</li><li>Lille 5 @</li></ul>", list="//li")
    assert [(row["nom"], row["confiance"]) for row in records(listed.table)] == [
        ("Arras\nLens", "0.4"),
        ("Lille", "0.8"),
    ]
    prose = reading_of(tmp_path, "<p>5 arobases :<br>Arras<br>Lens<br>4 arobases :<br>Lille</p>", prose="//p")
    assert [(row["nom"], row["niveau"]) for row in records(prose.table)] == [
        ("Arras", "5 arobases"),
        ("Lens", "5 arobases"),
        ("Lille", "4 arobases"),
    ]


@pytest.mark.parametrize("path", ["//a/@href", "//p/text()", "//table[", "count(//p)", "//nothing"])
def test_an_xpath_that_meets_no_element_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(FormatError):
        reading_of(tmp_path, "<p><a href=x>y</a></p>", list=path)


@pytest.mark.parametrize("content", ["<!-- rien -->", "<", "<?xml version='1.0'?>", "<p>"])
def test_a_page_of_nothing_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(FormatError):
        read_part(a_part("html"), a_file(tmp_path, content), source="mairie", snapshot="ab" * 32)


def test_what_a_page_says_of_its_encoding_is_believed(tmp_path: Path) -> None:
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15"></head><body>'
    body = table(HEAD, "<td>27</td><td>Œuilly €</td>")
    path = a_file(tmp_path, f"{page}{body}</body></html>".encode("iso8859-15"))
    found = read_part(a_part("html"), path, source="mairie", snapshot="ab" * 32)
    assert cells(found) == [["27", "Œuilly €"]]


def test_a_grid_out_of_all_proportion_is_refused(tmp_path: Path) -> None:
    body = table(HEAD, "<td colspan=1000 rowspan=65534>x</td>", *["<td>y"] * 2_000)
    with pytest.raises(FormatError):
        reading_of(tmp_path, body)


ROWS = (HEAD, '<td>62</td><td class="b x" id="c">Arras</td>', "<td>59</td><td>Lille</td>")


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        (".x {display: none}", ""),
        ("/* .y{ */ td.x{color:red;display:none!important}", ""),
        ("#c, .other { VISIBILITY: hidden }", ""),
        ("TABLE tr > td.b.x{display:none}", ""),
        ("tr:nth-child(2) td:last-child{display:none}", ""),
        ("[id=c]{display:none}", ""),
        (".absent{display:none} .absent td, td:not(.absent)[id]{display:none}", ""),
        (r".\78 {display:none}", ""),
        ("td:has(+ b), tr > :is(.a, .b){display:none}", ""),
        ("tr{color:red; td{&.x{display:none}}}", ""),
        ("tr{td, > .y, > .x{ &:last-child{display:none} } } td:not(.x){display:table-cell!important}", ""),
        (".x{display:none; display:table-cell}", "Arras"),
        (".x{display:none!important; display:table-cell}", ""),
        ("td:not(:first-child):not(.other)[class~='b']{display:none} td + td:not(.x){display:table-cell}", ""),
        ("@media screen and (min-width: 40em){.x{display:none}}", ""),
        ("@media print{td{color:red}} tr{ & .x{display:none} }", ""),
        (".x{display:none", ""),
        ("@import 'a.css'; .x{content:'}';display:none}", ""),
        ("<!-- .x{display:none} -->", ""),
        (".x{display:none} .b.x{display:table-cell}", "Arras"),
        (".x{display:none} .x{display:table-cell}", "Arras"),
        ("#c{display:table-cell} .x{display:none}", "Arras"),
        ("@media print{.x{display:none}}", "Arras"),
        ("@media (max-width: 600px){.x{display:none}}", "Arras"),
        (".x:hover{display:none} .x::before{display:none}", "Arras"),
        (".xx{display:none} td .x{display:none} .x + td{display:none}", "Arras"),
        ("@font-face{font-family:a} .x{display:block}", "Arras"),
    ],
)
def test_what_the_page_hides_by_its_own_style_is_left_out(tmp_path: Path, style: str, shown: str) -> None:
    found = reading_of(tmp_path, f"<style>{style}</style>{table(*ROWS)}")
    last = [row[-1] or "" for row in cells(found)]
    assert last == [shown, "Lille"]
    assert any("masqués" in one.fr for one in found.notices) == (not shown)
    everything = reading_of(tmp_path, f"<style>{style}</style>{table(*ROWS)}", hidden="read")
    assert cells(everything)[0][-1] == "Arras"


@pytest.mark.parametrize("selector", [":not(" * 400 + ".x" + ")" * 400, "a" * 3_000, "td..x"])
def test_selectors_without_end_or_sense_are_told(tmp_path: Path, selector: str) -> None:
    found = reading_of(tmp_path, f"<style>{selector}{{display:none}}</style>{table(*ROWS)}")
    assert cells(found)[0] == ["62", "Arras"]
    assert [one.en[:36] for one in found.notices] == ["style rules that are not understood,"]


ENDLESS = ("{", "a{", "a{display:(", "@layer{", "}", "* ", "@media(", "@media not (")


@pytest.mark.parametrize("sheet", ENDLESS)
def test_sheets_without_end_hide_nothing(tmp_path: Path, sheet: str) -> None:
    found = reading_of(tmp_path, f"<style>{sheet * 9_000}.x{{color:red}}</style>{table(*ROWS)}")
    assert cells(found)[0] == ["62", "Arras"]


MANY = ",".join(f"tr.n{number}" for number in range(11))


@pytest.mark.parametrize(
    "sheet", [f"{MANY}{{{MANY},.x{{display:none}}}}", "@layer{" * 25 + ".x{display:none}" + "}" * 25]
)
def test_rules_too_many_or_too_deep_to_be_written_out_are_told(tmp_path: Path, sheet: str) -> None:
    found = reading_of(tmp_path, f"<style>{sheet}</style>{table(*ROWS)}")
    assert cells(found)[0] == ["62", "Arras"]
    assert [one.en[:36] for one in found.notices] == ["style rules that are not understood,"]


def test_rows_before_a_row_are_no_matter_of_depth(tmp_path: Path) -> None:
    rows = ["<td>80</td><td>Amiens</td>"] * 3_000
    found = reading_of(tmp_path, f"<style>tr:nth-child(2) ~ tr{{display:none}}</style>{table(HEAD, *rows)}")
    assert cells(found) == [["80", "Amiens"]]


def test_a_row_that_a_class_hides_is_no_record(tmp_path: Path) -> None:
    rows = "<tr class='modele'><td>00</td><td>Exemple</td></tr><tr><td>59</td><td>Lille</td></tr>"
    page = f"<style>.modele{{display:none}}</style><table><tr>{HEAD}</tr>{rows}</table>"
    assert cells(reading_of(tmp_path, page)) == [["59", "Lille"]]


def test_a_style_of_its_own_shows_what_a_sheet_hides(tmp_path: Path) -> None:
    body = "<style>.x{display:none}</style>" + table(HEAD, '<td>62<td class="x" style="display:table-cell">Arras')
    assert cells(reading_of(tmp_path, body)) == [["62", "Arras"]]


def test_a_table_in_what_is_hidden_is_left_out_and_told(tmp_path: Path) -> None:
    body = f"<style>#old{{display:none}}</style><div id=old>{table(*ROWS)}</div>"
    found = reading_of(tmp_path, body + table(HEAD, "<td>80<td>Amiens"))
    assert cells(found) == [["80", "Amiens"]]
    assert any("masqués" in one.fr for one in found.notices)
    with pytest.raises(FormatError, match="hidden: read"):
        reading_of(tmp_path, body)


def test_a_rule_that_hides_and_is_not_understood_is_told(tmp_path: Path) -> None:
    style = "td:state(on){display:none} td:state(off){color:red}"
    found = reading_of(tmp_path, f"<style>{style}</style>{table(*ROWS)}")
    assert cells(found)[0] == ["62", "Arras"]
    assert [one.en for one in found.notices] == [
        "style rules that are not understood, and may hide what is read: td:state(on)"
    ]


def test_a_cell_that_is_a_picture_is_told(tmp_path: Path) -> None:
    body = table(HEAD, "<td><img alt=oui></td><td>Arras <img></td>", "<td><i></i></td><td><i class=tick></i></td>")
    found = reading_of(tmp_path, body)
    assert cells(found) == [["", "Arras"], ["", ""]]
    assert [one.en for one in found.notices] == ["left out: 2 cells without text, with a picture, icon or field"]


def test_a_table_that_is_never_closed_is_told(tmp_path: Path) -> None:
    found = reading_of(tmp_path, f"<table><tr>{HEAD}</tr><tr><td>62<td>Arras</tr><tr><td>5")
    assert [one.en for one in found.notices] == ["a table is never closed (</table>): the page may be cut"]


def test_a_header_that_comes_again_in_capitals_is_no_record(tmp_path: Path) -> None:
    body = table(HEAD, "<td>62<td>Arras", "<td>DEPT<td>COMMUNE", "<td>59<td>Lille")
    assert cells(reading_of(tmp_path, body)) == [["62", "Arras"], ["59", "Lille"]]
