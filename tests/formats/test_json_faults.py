"""Records of JSON that Python's reader would change or choke on: each is refused at its place, the others are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.formats import PartReading, read_part
from pipelines.formats.errors import Damaged, FormatError
from tests.formats.builders import a_file, a_part, positions, records


def reading_of(folder: Path, content: str, file_format: str = "json") -> PartReading:
    return read_part(a_part(file_format), a_file(folder, content), source="mairie", snapshot="ab" * 32)


@pytest.mark.parametrize("file_format", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("record", "rule", "member"),
    [
        ('{"nom": "A", "nom": "B"}', "nom-deux-fois", "nom"),
        ('{"geo": {"lat": 1, "lat": 2}}', "nom-deux-fois", "geo.lat"),
        ('{"geo.lat": "A", "geo": {"lat": "B"}}', "nom-deux-fois", "geo.lat"),
        ('{"nom": "A", "nom ": "B"}', "nom-deux-fois", "nom"),
        ('{"un nom": "A", "un\u00a0nom": "B"}', "nom-deux-fois", "un nom"),
        ('{"nom": "a\\u0000b"}', "octet-nul", "nom"),
        ('{"nom": "a\\ud800b"}', "demi-caractere", "nom"),
        ('{"noms": ["x", {"y": "\\udc00"}]}', "demi-caractere", "noms.y"),
        ('{"a\\ud800": 1}', "demi-caractere", "…"),
        ('{"n": 1e400}', "valeur-non-json", "n"),
        ('{"n": -1e400}', "valeur-non-json", "n"),
        ('{"n": 1.5e-400}', "valeur-non-json", "n"),
        ('{"n": NaN}', "valeur-non-json", "n"),
        ('{"n": [1, Infinity]}', "valeur-non-json", "n"),
        (f'{{"n": {"9" * 5_000}}}', "valeur-non-json", "n"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_at_its_place(
    tmp_path: Path, file_format: str, record: str, rule: str, member: str
) -> None:
    lines = ['{"bon": "1"}', record, '{"bon": "é😀"}']
    content = "\n".join(lines) if file_format == "jsonl" else f"[{', '.join(lines)}]"
    found = reading_of(tmp_path, content, file_format)
    assert [row["bon"] for row in records(found.table)] == ["1", "é😀"]
    assert positions(found.table) == [1, 3]
    assert [(fault.position, fault.rule, fault.column) for fault in found.faults] == [(2, rule, member)]
    assert "ud800b" not in found.faults[0].message.en


@pytest.mark.parametrize(("content", "is_told"), [('{"a": 1}\n{"a": 2}\n', True), ('[{"a": 1}] x', False)])
def test_documents_in_lines_under_the_name_of_json_are_told_as_such(
    tmp_path: Path, content: str, *, is_told: bool
) -> None:
    with pytest.raises(Damaged) as raised:
        reading_of(tmp_path, content)
    assert ("if each line is a document: format: jsonl" in str(raised.value)) is is_told


def test_what_is_wrong_beside_the_records_costs_none(tmp_path: Path) -> None:
    part = a_part("json", options={"pointer": "results"})
    path = a_file(tmp_path, '{"total": NaN, "results": [{"a": 1}]}')
    assert records(read_part(part, path, source="s", snapshot="ab" * 32).table) == [{"a": "1"}]


def test_a_number_keeps_all_its_digits(tmp_path: Path) -> None:
    content = '[{"a": 0.1234567890123456789, "b": 0.1, "c": 12345678901234567890, "d": 1.50, "e": 1e3}]'
    assert records(reading_of(tmp_path, content).table) == [
        {"a": "0.1234567890123456789", "b": "0.1", "c": "12345678901234567890", "d": "1.5", "e": "1000"}
    ]


@pytest.mark.parametrize("written", ["900719925474099.3", "2.352222222222222222", "-48.85661400000000123"])
def test_a_number_in_a_list_keeps_all_its_digits_too(tmp_path: Path, written: str) -> None:
    content = f'[{{"a": {written}, "place": [{{"lon": {written}, "nom": "é"}}, 1.10, true, null]}}]'
    assert records(reading_of(tmp_path, content).table) == [
        {"a": written, "place": f'[{{"lon":{written},"nom":"é"}},1.1,true,null]'}
    ]


def test_a_name_with_blanks_around_it_fills_the_column_of_the_same_name(tmp_path: Path) -> None:
    table = reading_of(tmp_path, '[{"nom": "A"}, {"nom ": "B"}]').table
    assert records(table) == [{"nom": "A"}, {"nom": "B"}]


def test_a_list_that_a_document_names_twice_is_none_that_was_meant(tmp_path: Path) -> None:
    part = a_part("json", options={"pointer": "results"})
    path = a_file(tmp_path, '{"results": [{"a": 1}], "results": [{"a": 2}]}')
    with pytest.raises(FormatError, match='"results" twice'):
        read_part(part, path, source="s", snapshot="ab" * 32)


def test_lists_without_end_are_a_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        reading_of(tmp_path, "[" * 100_000)
    with pytest.raises(Damaged):
        reading_of(tmp_path, '[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]")


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"b":', "}"), ('[{"b":', "}]")])
def test_a_record_of_lists_within_lists_is_rejected_however_deep_python_would_follow(
    tmp_path: Path, opening: str, closing: str
) -> None:
    deep = [opening * times + "1" + closing * times for times in (40, 120, 240)]
    found = reading_of(tmp_path, "[" + ",".join(f'{{"a": {value}, "n": {n}}}' for n, value in enumerate(deep)) + "]")
    assert [(one.position, one.rule) for one in found.faults] == [(2, "trop-profond"), (3, "trop-profond")]
    assert [row["n"] for row in records(found.table)] == ["0"]


def test_a_line_of_json_lines_that_is_no_json_costs_itself_and_tells_none_of_it(tmp_path: Path) -> None:
    found = reading_of(tmp_path, '{"a": 1}\n{"a": Jeanne}\n\n{"a": 3}\n', "jsonl")
    assert [row["a"] for row in records(found.table)] == ["1", "3"]
    assert [(fault.position, fault.rule) for fault in found.faults] == [(2, "json-illisible")]
    assert "Jeanne" not in found.faults[0].message.en + found.faults[0].message.fr


def test_a_last_line_that_is_cut_is_a_damaged_file_for_what_else_it_had_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        reading_of(tmp_path, '{"a": 1}\n{"a": 2', "jsonl")
    whole = reading_of(tmp_path, '{"a": 1}\n{"a": 2\n', "jsonl")
    assert [fault.position for fault in whole.faults] == [2]


@pytest.mark.parametrize("stranger", ["3", '"texte"', "null", "[1]", "true"])
@pytest.mark.parametrize("file_format", ["json", "jsonl"])
def test_a_record_that_is_no_object_costs_itself(tmp_path: Path, file_format: str, stranger: str) -> None:
    lines = ['{"a": 1}', stranger, '{"a": 3}']
    content = "\n".join(lines) if file_format == "jsonl" else f"[{', '.join(lines)}]"
    found = reading_of(tmp_path, content, file_format)
    assert positions(found.table) == [1, 3]
    assert [(fault.position, fault.rule) for fault in found.faults] == [(2, "pas-un-objet")]


def test_a_list_of_no_object_at_all_is_not_the_table_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        reading_of(tmp_path, "[1, 2]")
