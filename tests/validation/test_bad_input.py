"""Files and schemas that are broken, hostile or absurd: an error that says who can fix it, or Frictionless' own."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from frictionless.fields import ArrayField, StringField

from pipelines.core.errors import ResponsibleParty
from pipelines.validation import archives, blocks, validate
from pipelines.validation.errors import (
    ArchiveTooLarge,
    CannotValidate,
    EncodingUnknown,
    FileChanged,
    FileUnreadable,
    PatternInterrupted,
    PatternTooSlow,
    SchemaUnusable,
)
from pipelines.validation.fast import pattern_clock
from pipelines.validation.fast.pattern_clock import PatternClock
from pipelines.validation.readers import guarded_reader
from tests.validation.comparison import Raised, frictionless_report, plain_report

SCHEMA: dict[str, Any] = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]}


def same_as_frictionless(path: Path, schema: dict[str, Any] = SCHEMA) -> Any:
    """Our result, after its report was compared with Frictionless' own."""
    validation = validate(path, schema, sample=None, name="child")
    assert plain_report(validation.report()) == plain_report(frictionless_report(path, schema))
    return validation


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (b"a,b\n1,\xc3", {"encoding-error"}),
        (b"a,b\n1,x\n2,\xe9t\xe9\n3,z\n", {"encoding-error"}),
        (b"a,b\n1,x\x00y\n", set()),
        (b"a\x00,b\n1,x\n2,y\n", {"incorrect-label"}),
        (b'a,b\n1,"x\n2,y\n3,z\n', set()),
        (b"a,a\n1,x\n", {"duplicate-label"}),
        (b"b,a\nx,1\n", {"incorrect-label", "type-error"}),
        (b"a\n1\n", {"missing-label"}),
        (b"a,b,c\n1,x,y\n", {"extra-label"}),
        (b",\n1,x\n", {"blank-label", "incorrect-label"}),
        (b"", {"source-error"}),
        (b"\n\n\n", {"source-error", "blank-row", "blank-label"}),
        (b"a,b\n", set()),
        (b"a,b", set()),
        (b"a,b\n\xef\xbb\xbf1,x\n", {"type-error"}),
        (b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,x\n", {"incorrect-label"}),
        (b"a,b\r1,x\r2,y\r", set()),
        (b"\xff\xfea\x00,\x00b\x00", {"encoding-error"}),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", {"encoding-error"}),
    ],
)
def test_broken_bytes_are_validated_as_frictionless_does(data: bytes, rules: set[str], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    validation = same_as_frictionless(path)
    assert {rule for rule, _ in validation.totals} & rules or not rules
    assert validation.is_valid is (not rules)


def test_a_cell_of_three_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1," + "x" * (3 << 20) + '\n2,"' + "y\n" * (1 << 20) + '"\n')
    assert same_as_frictionless(path).is_valid


def test_a_file_without_an_end_of_record_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.validation import cutter

    monkeypatch.setattr(cutter, "LONGEST", 1 << 10)
    monkeypatch.setattr(cutter, "SIZE", 64)
    path = tmp_path / "table.csv"
    path.write_text('a,b\n1,"' + "y\n" * 2000 + '"\n')
    assert same_as_frictionless(path).path == "stream"


@pytest.mark.parametrize("width", [1_000, pytest.param(10_000, marks=pytest.mark.heavy)])
def test_thousands_of_columns_are_validated(width: int, tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(width)]
    path = tmp_path / "table.csv"
    path.write_text(",".join(names) + "\n" + ",".join(["1"] * width) + "\n" + ",".join(["1"] * (width - 1)) + ",x\n")
    validation = validate(path, {"fields": [{"name": name, "type": "integer"} for name in names]}, sample=2)
    assert validation.totals == {("type-error", names[-1]): 1}
    assert validation.rows == 2


@pytest.mark.parametrize(
    "schema",
    [
        {},
        [],
        {"fields": "id"},
        {"fields": [{"type": "integer"}]},
        {"fields": [{"name": "a", "type": "pigeon"}]},
        {"fields": [{"name": "a", "type": "integer", "constraints": {"pattern": "a"}}]},
        {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "("}}]},
        {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "x(?i)"}}]},
        {"fields": [{"name": "a"}], "primaryKey": ["z"]},
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": ["a"]}]},
        {"fields": [7]},
    ],
)
def test_a_schema_that_is_not_one_is_said_to_be_the_schemas_fault(schema: Any) -> None:
    with pytest.raises(SchemaUnusable) as caught:
        validate(pa.table({"a": ["1"]}), schema)
    assert caught.value.responsible is ResponsibleParty.SCHEMA
    assert caught.value.message("fr")


@pytest.mark.parametrize("key", [{"primaryKey": ["a"]}, {}])
@pytest.mark.parametrize(("kind", "cell"), [("array", "[1]"), ("object", "{}"), ("list", "a,b"), ("geojson", "{}")])
def test_a_key_of_lists_or_objects_is_answered_until_one_is_met(kind: str, cell: str, key: dict[str, Any]) -> None:
    limits = {} if key else {"constraints": {"unique": True}}
    schema = {"fields": [{"name": "a", "type": kind, **limits}, {"name": "b"}], **key}
    assert ("primary-key" in str(validate(pa.table({"a": [""], "b": ["1"]}), schema).totals)) == bool(key)
    if kind == "geojson":
        cell = '{"type": "Point", "coordinates": [1, 2]}'
    with pytest.raises(SchemaUnusable) as caught:
        validate(pa.table({"a": [cell], "b": ["1"]}), schema)
    assert caught.value.responsible is ResponsibleParty.SCHEMA


def test_a_bound_that_is_no_value_is_found_when_a_cell_meets_it() -> None:
    schema = {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": "x"}}]}
    assert validate(pa.table({"a": ["y"]}), schema).totals == {("type-error", "a"): 1}
    with pytest.raises(SchemaUnusable, match="minimum"):
        validate(pa.table({"a": ["1"]}), schema)


def test_a_pattern_that_explodes_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_clock, "SECONDS", 0.3)
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": r"(\w+\s?)+(?!x)"}}]}
    assert validate(pa.table({"a": ["abc def"]}), schema).is_valid
    with pytest.raises(PatternTooSlow) as caught:
        validate(pa.table({"a": ["a" * 40 + "!"]}), schema)
    assert caught.value.responsible is ResponsibleParty.SCHEMA


@pytest.mark.parametrize("cell", ["a" * 40 + "!", "a" * 300 + "b!", "Abc-def " * 30 + "!", "é" * 40 + "\n!"])
@pytest.mark.parametrize("pattern", ["(a{0,15}){0,15}", "([A-Za-z]{1,15}[ -]?){1,10}", "(a+)+", r"(\w+\s?)+"])
def test_a_pattern_that_explodes_in_re_refuses_at_once_where_re2_says_the_same(pattern: str, cell: str) -> None:
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": pattern}}]}
    assert validate(pa.table({"a": [cell]}), schema).totals == {("constraint-error", "a"): 1}


def test_a_pattern_of_the_items_of_an_array_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_clock, "SECONDS", 0.3)
    item = {"type": "string", "constraints": {"pattern": r"(\w+\s?)+(?!x)"}}
    schema = {"fields": [{"name": "a", "type": "array", "arrayItem": item}]}
    with pytest.raises(PatternTooSlow):
        validate(pa.table({"a": ['["abc def"]', f'["abc", "{"a" * 40}!"]']}), schema)


@pytest.mark.parametrize("constraints", [{}, {"maxLength": 2}, {"required": True}])
@pytest.mark.parametrize("limits", [{}, {"maxLength": 6}, {"required": True, "enum": ["a", "b", "aa aa"]}])
def test_items_under_a_clock_are_read_as_frictionless_reads_them(
    limits: dict[str, Any], constraints: dict[str, Any]
) -> None:
    item = {"type": "string", "constraints": {"pattern": "(a+ ?)+", **limits}}
    field = ArrayField(name="a", constraints=constraints, array_item=item)
    cells = [
        '["a a"]',
        '["a", "b", "aaaaaaaaa"]',
        "[1, null]",
        '["b", 1, ""]',
        "[]",
        "{}",
        "x",
        "",
        '["a","a","a"]',
        "[[]]",
    ]
    ours, theirs = guarded_reader(field, is_key=False), field.create_cell_reader()
    ours.prepare(cells)
    assert [ours(cell) for cell in cells] == [theirs(cell) for cell in cells]


def test_a_pattern_is_tried_on_many_cells_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_clock, "TOGETHER", 7)
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": r"([a-z0-9]+ ?)+(?!x)"}}]}
    cells = [f"mot {number}" if number % 3 else f"mot{number}!" for number in range(500)]
    assert validate(pa.table({"a": cells}), schema).totals == {("constraint-error", "a"): 167}


def test_a_process_that_is_ended_by_another_gives_no_result() -> None:
    clock = PatternClock("a", "(a+)+(?!x)")
    assert clock.matches(["a"]) == [True]
    assert clock._process is not None
    clock._process.kill()
    clock._process.wait()
    with pytest.raises(PatternInterrupted):
        clock.matches(["a"])
    assert clock.matches(["a"]) == [True]
    clock.close()


@pytest.mark.parametrize("pattern", [r"(\w+\s?)+", r"(\w+\s?)+(?!x)"])
def test_a_pattern_under_the_clock_is_validated_as_frictionless_does(pattern: str, tmp_path: Path) -> None:
    limits = {"pattern": pattern, "minLength": 3, "enum": ["abc", "de f"]}
    schema = {"fields": [{"name": "a", "type": "string", "constraints": limits, "missingValues": ["", "NA"]}]}
    path = tmp_path / "table.csv"
    path.write_text("a\nabc\nde f\nde\nNA\n!\né!\n")
    assert same_as_frictionless(path, schema).rejected_rows == 4


def test_a_pattern_that_explodes_in_re_does_not_in_re2() -> None:
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "(a+)+b?"}}]}
    assert validate(pa.table({"a": ["a" * 5000]}), schema).is_valid


def test_a_signalling_nan_is_a_type_error_of_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\nsNaN,1\n2,sNaN\n")
    schema = {
        "fields": [
            {"name": "a", "type": "number", "constraints": {"minimum": 0}},
            {"name": "b", "type": "number", "constraints": {"unique": True}},
        ]
    }
    assert isinstance(frictionless_report(path, schema), Raised)
    assert validate(path, schema).totals == {("type-error", "a"): 1, ("type-error", "b"): 1}


def test_a_local_time_against_a_bound_with_an_offset_is_a_type_error_of_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a\n2024-01-05T10:20:30\n2024-01-05T10:20:30Z\n")
    schema = {"fields": [{"name": "a", "type": "datetime", "constraints": {"minimum": "2020-01-01T00:00:00Z"}}]}
    assert isinstance(frictionless_report(path, schema), Raised)
    assert validate(path, schema).totals == {("type-error", "a"): 1}


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileUnreadable):
        validate("/nulle/part.csv", SCHEMA)


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        validate(tmp_path, SCHEMA)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,x\n")

    def meanwhile(rows: int, part: float | None) -> None:
        path.write_text("a,b\nx,x\nx,x\n")

    with pytest.raises(FileChanged):
        validate(path, SCHEMA, progress=meanwhile)


def test_an_archive_made_to_fill_a_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "ALLOWED", 1 << 20)
    packed = tmp_path / "table.csv.gz"
    packed.write_bytes(gzip.compress(b"0" * (8 << 20)))
    with pytest.raises(ArchiveTooLarge):
        validate(packed, SCHEMA)
    with zipfile.ZipFile(tmp_path / "table.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", b"0" * (8 << 20))
    with pytest.raises(ArchiveTooLarge):
        validate(tmp_path / "table.csv.zip", SCHEMA)
    for name in ("table.csv.zip", "table.xlsx", "table.ods"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", b"a,b\n")
            archive.writestr("b.csv", b"0" * (8 << 20))
        with pytest.raises(ArchiveTooLarge):
            validate(tmp_path / name, SCHEMA)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zip", "a.csv.bz2", "a.csv.xz"])
@pytest.mark.parametrize("data", [b"not an archive", gzip.compress(b"a,b\n1,x\n" * 9999)[:60]], ids=["none", "cut"])
def test_a_damaged_archive_is_an_error(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CannotValidate):
        validate(path, SCHEMA)


def test_an_archive_with_nothing_in_it_is_an_error(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w"):
        pass
    with pytest.raises(FileUnreadable, match="empty"):
        validate(tmp_path / "a.csv.zip", SCHEMA)


class Unreadable(StringField):
    """A field whose constraints Frictionless itself cannot read."""

    def create_cell_reader(self) -> Any:
        raise ValueError("no reader")


def test_a_schema_is_refused_in_one_language_at_a_time() -> None:
    with pytest.raises(SchemaUnusable) as caught:
        validate(pa.table({"a": ["[1]"]}), {"fields": [{"name": "a", "type": "array"}], "primaryKey": ["a"]})
    assert caught.value.message("fr").endswith("Attendu : une clé dont les valeurs se comparent.")
    assert caught.value.message("en").endswith("Expected: a key whose values can be compared.")
    with pytest.raises(SchemaUnusable) as caught:
        guarded_reader(Unreadable(name="a"), is_key=False)
    assert caught.value.message("fr").endswith("Attendu : des contraintes lisibles.")
    assert caught.value.message("en").endswith("Expected: constraints that can be read.")


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ({"type": "time", "constraints": {"minimum": "09:00:00"}}, "10:20:30Z"),
        ({"type": "time", "format": "%H:%M:%S%z", "constraints": {"maximum": "09:00:00+0100"}}, "10:20:30+0100"),
        ({"type": "datetime", "constraints": {"minimum": "2024-01-01T00:00:00Z"}}, "2024-01-05T10:20:30"),
    ],
)
def test_a_cell_that_does_not_compare_with_a_bound_gets_a_result(field: dict[str, Any], cell: str) -> None:
    validation = validate(pa.table({"a": [cell, "x"]}), {"fields": [{"name": "a", **field}]})
    assert validation.totals[("type-error", "a")] >= 1


def test_an_encoding_that_does_not_exist_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,x\n")
    for encoding in ("foo", "base64", "rot13", "hex"):
        with pytest.raises(EncodingUnknown):
            validate(tmp_path / "t.csv", SCHEMA, encoding=encoding)


@pytest.mark.parametrize("heard", [False, True])
def test_a_repeat_names_the_true_position_whatever_rows_were_skipped(
    heard: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,x\n#,\n\n2,y\n#,\n1,z\n\n2,y\n")
    schema: dict[str, Any] = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}], "primaryKey": ["a"]}
    if heard:
        schema["fields"][1] |= {"type": "list", "constraints": {"unique": False}}
        schema["primaryKey"] = ["a"]
    dialect = {"csv": {"delimiter": ",", "skipInitialSpace": False}, "commentChar": "#", "skipBlankRows": True}
    for rows in (1, 2, 3, 100):
        monkeypatch.setattr(blocks, "ROWS", rows)
        validation = validate(path, schema, dialect=dialect)
        notes = {line["row"]: line["note"] for line in validation.errors.to_pylist()}
        assert notes == {7: "the same as in the row at position 2", 9: "the same as in the row at position 5"}
