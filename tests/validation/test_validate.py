"""The validator's contract: tables in memory, files, samples, sinks, parents."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.schema.tables import parse_table
from pipelines.validation import ERRORS, validate
from pipelines.validation.errors import ReferenceMissing, TableNotText
from tests.validation.comparison import Collected, frictionless_report, plain_report

PERSONS: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
        {"name": "jour", "type": "date"},
        {"name": "lieu", "type": "string"},
    ],
    "primaryKey": ["id"],
}


def a_file(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(validation: Any) -> list[tuple[Any, ...]]:
    return [(line["row"], line["field"], line["rule"]) for line in validation.errors.to_pylist()]


def test_a_valid_file_is_proved_and_its_report_is_frictionless_own(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\n1,2024-01-05,Alès\n2,,\n")
    validation = validate(path, PERSONS)
    assert validation.is_valid
    assert validation.path == "proof"
    assert validation.accepted.to_pylist() == [
        {"id": "1", "jour": "2024-01-05", "lieu": "Alès"},
        {"id": "2", "jour": None, "lieu": None},
    ]
    assert validation.rejected.num_rows == validation.error_count == 0
    mine, theirs = plain_report(validation.report()), plain_report(frictionless_report(path, PERSONS))
    mine["tasks"][0]["name"] = theirs["tasks"][0]["name"]
    assert mine == theirs


def test_a_table_in_memory_is_numbered_as_the_file_that_it_would_make() -> None:
    table = pa.table(
        {"id": ["1", "x", None, "1"], "jour": [None, "2024-01-05", None, "2024-02-30"], "lieu": ["a", None, None, "b"]}
    )
    validation = validate(table, PERSONS)
    assert rows_of(validation) == [
        (3, "id", "type-error"),
        (3, None, "primary-key"),
        (4, None, "blank-row"),
        (4, None, "primary-key"),
        (5, "jour", "type-error"),
        (5, "id", "unique-error"),
        (5, None, "primary-key"),
    ]
    assert validation.accepted.to_pylist() == [{"id": "1", "jour": None, "lieu": "a"}]
    assert validation.rejected.column("_row").to_pylist() == [3, 4, 5]


def test_reserved_columns_are_carried_through_and_never_validated() -> None:
    table = pa.table(
        {"id": ["1", "x"], "jour": ["", None], "lieu": ["a", "b"], "_source": ["s", "s"], "_position": [12, 14]}
    )
    validation = validate(table, PERSONS)
    assert validation.accepted.to_pylist() == [{"id": "1", "jour": "", "lieu": "a", "_source": "s", "_position": 12}]
    assert validation.rejected.select(["_position", "_row"]).to_pylist() == [{"_position": 14, "_row": 3}]


def test_a_reserved_name_that_is_a_field_is_validated() -> None:
    schema = {"fields": [{"name": "_id", "type": "integer"}]}
    assert rows_of(validate(pa.table({"_id": ["x"]}), schema)) == [(2, "_id", "type-error")]


def test_columns_of_other_types_than_text_are_refused() -> None:
    with pytest.raises(TableNotText, match="id"):
        validate(pa.table({"id": [1]}), PERSONS)


def test_dictionaries_and_nulls_are_read_as_text() -> None:
    table = pa.table({"id": ["1"], "jour": pa.nulls(1), "lieu": pa.array(["a"]).dictionary_encode()})
    assert validate(table, PERSONS).is_valid


def test_a_table_with_other_columns_has_frictionless_header_errors() -> None:
    validation = validate(pa.table({"id": ["1"], "lieu": ["x"]}), PERSONS)
    assert {rule for rule, _ in validation.totals} == {"incorrect-label", "missing-label", "type-error"}


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_tables_have_empty_results(rows: int) -> None:
    table = pa.table({name: pa.array(["1"], pa.string()).slice(0, rows) for name in ("id", "jour", "lieu")})
    validation = validate(table.slice(0, 0), PERSONS)
    assert validation.is_valid
    assert validation.rows == validation.accepted.num_rows == 0
    assert validation.errors.schema == ERRORS


def test_the_schemas_of_the_project_are_taken_as_they_are(tmp_path: Path) -> None:
    field = {"name": "id", "type": "integer", "privacy": "public"}
    schema = parse_table({"fields": [field]}, "t", "schemas/t.json", tmp_path)
    assert rows_of(validate(pa.table({"id": ["1", "x"]}), schema)) == [(3, "id", "type-error")]


def test_totals_are_exact_past_the_sample(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\n" + "".join(f"{n},pas une date,x\n" for n in range(2500)) + "x,,y\n")
    validation = validate(path, PERSONS, sample=10)
    assert validation.totals == {("primary-key", None): 1, ("type-error", "id"): 1, ("type-error", "jour"): 2500}
    assert validation.error_count == 2502
    assert validation.errors.num_rows == 12
    assert validation.rejected_rows == validation.rejected.num_rows == 2501
    report = validation.report()
    assert report.stats["errors"] == report.tasks[0].stats["errors"] == 2502
    assert len(report.tasks[0].errors) == 12
    assert "12 errors of 2502" in report.tasks[0].warnings[0]


def test_no_sample_at_all_still_counts(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\nx,,\n\n1\n")
    validation = validate(path, PERSONS, sample=0)
    assert validation.errors.num_rows == 0
    assert validation.rejected_rows == 3


def test_every_error_goes_to_the_rejects_whatever_the_sample(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\n" + "x,2024-02-30,y\n" * 40)
    collected = Collected()
    validation = validate(path, PERSONS, sample=1, rejects=collected, keep=False)
    assert len(collected.rows()) == validation.error_count == 40 * 2 + 40
    assert validation.accepted is None
    assert validation.rejected is None


def test_cells_that_may_not_be_told_are_not(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\nsecret,caché,a,surplus\n7,,\n7,,b\n")
    schema = {
        **PERSONS,
        "foreignKeys": [{"fields": ["id", "lieu"], "reference": {"resource": "p", "fields": ["i", "l"]}}],
    }
    parents = {"p": pa.table({"i": ["1"], "l": ["privé"]})}
    for provable in (True, False):
        described = schema if provable else {**schema, "primaryKey": ["id", "jour"]}
        collected = Collected()
        validate(path, described, parents=parents, rejects=collected, shown_fields=frozenset({"lieu"}))
        told = str(collected.rows())
        assert not any(word in told for word in ("secret", "caché", "surplus", '"7'))
        assert "unique-error" in told


def test_accepted_rows_can_be_taken_as_they_come(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\n1,,a\nx,,b\n2,,c\n")
    taken: list[pa.Table] = []
    validation = validate(path, PERSONS, keep=False, accept=taken.append)
    assert pa.concat_tables(taken).column("lieu").to_pylist() == ["a", "c"]
    assert validation.rejected_rows == 1


def test_progress_tells_rows_and_the_part_that_they_are(tmp_path: Path) -> None:
    steps: list[tuple[int, float | None]] = []
    validate(
        a_file(tmp_path, "id,jour,lieu\n1,,a\n2,,b\n"), PERSONS, progress=lambda rows, part: steps.append((rows, part))
    )
    assert steps == [(2, 1.0)]


@pytest.mark.parametrize(
    ("name", "encoding", "options"),
    [
        ("a.csv", "utf-8-sig", {}),
        ("a.csv", "cp1252", {"encoding": "cp1252"}),
        ("a.txt", "utf-8", {"delimiter": ";"}),
        ("a.tsv", "utf-8", {"delimiter": "\t"}),
        ("a.csv", "utf-8", {"dialect": {"csv": {"delimiter": "|", "skipInitialSpace": True}}}),
    ],
)
def test_dialects_and_encodings(name: str, encoding: str, options: dict[str, Any], tmp_path: Path) -> None:
    mark = options.get("delimiter") or ("| " if "dialect" in options else ",")
    lines = [["id", "jour", "lieu"], ["1", "2024-01-05", "Alès"], ["x", "", "Évry"]]
    path = a_file(tmp_path, "".join(mark.join(line) + "\n" for line in lines), name, encoding)
    validation = validate(path, PERSONS, **options)
    assert validation.accepted.to_pylist() == [{"id": "1", "jour": "2024-01-05", "lieu": "Alès"}]
    assert rows_of(validation)[0] == (3, "id", "type-error")


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"id,jour,lieu\n1,,a\nx,,b\n"))
    validation = validate(path, PERSONS)
    assert validation.path == "proof"
    assert validation.rows == 2
    assert validation.rejected_rows == 1


def test_skipped_lines_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,jour,lieu\n1,,a\n# rien\n1,,b\n")
    dialect = {"commentChar": "#", "csv": {"delimiter": ",", "skipInitialSpace": False}}
    validation = validate(path, PERSONS, dialect=dialect)
    assert rows_of(validation) == [(4, "id", "unique-error"), (4, None, "primary-key")]
    loose = validate(path, {"fields": PERSONS["fields"][1:], "fieldsMatch": "subset"}, dialect=dialect)
    assert loose.rows == 2


def test_references_are_compared_as_values(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "id", "type": "integer"}],
        "foreignKeys": [{"fields": ["id"], "reference": {"resource": "p", "fields": ["n"]}}],
    }
    parent = a_file(tmp_path, "n\n1.0\n02\n", "p.csv")
    number, text = ({"fields": [{"name": "n", "type": kind}]} for kind in ("number", "string"))
    child = pa.table({"id": ["1", "+2", "3"]})
    assert rows_of(validate(child, schema, parents={"p": (parent, number)})) == [(4, None, "foreign-key")]
    assert validate(child, schema, parents={"p": (parent, text)}).totals == {("foreign-key", None): 3}


def test_a_parent_without_a_schema_is_read_as_the_fields_that_refer_to_it(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "id", "type": "integer"}],
        "foreignKeys": [{"fields": ["id"], "reference": {"resource": "p", "fields": ["n"]}}],
    }
    table = pa.table({"autre": ["x", "y"], "n": ["01", "2"], "_row": [1, 2]})
    assert validate(pa.table({"id": ["1", "2", None]}), schema, parents={"p": table}).totals == {("blank-row", None): 1}
    assert validate(pa.table({"id": ["1"]}), schema, parents={"p": a_file(tmp_path, "n\n1\n")}).is_valid


def test_a_table_may_refer_to_itself() -> None:
    schema = {
        "fields": [{"name": "id", "type": "integer"}, {"name": "mere", "type": "integer"}],
        "foreignKeys": [{"fields": ["mere"], "reference": {"resource": "", "fields": ["id"]}}],
    }
    table = pa.table({"id": ["1", "2", "3"], "mere": [None, "01", "9"]})
    assert rows_of(validate(table, schema)) == [(4, None, "foreign-key")]


def test_a_parent_that_was_not_given_is_an_error() -> None:
    schema = {
        "fields": [{"name": "id", "type": "integer"}],
        "foreignKeys": [{"fields": ["id"], "reference": {"resource": "p", "fields": ["n"]}}],
    }
    with pytest.raises(ReferenceMissing, match='"p"'):
        validate(pa.table({"id": ["1"]}), schema, parents={"q": pa.table({"n": ["1"]})})


def test_keys_beyond_the_memory_are_put_on_disk_and_validated_the_same(tmp_path: Path) -> None:
    text = "id,jour,lieu\n" + "".join(f"{n % 900},,{n}\n" for n in range(2000))
    schema = {
        **PERSONS,
        "foreignKeys": [{"fields": ["lieu"], "reference": {"resource": "p", "fields": ["l"]}}],
    }
    parents = {"p": pa.table({"l": [str(n) for n in range(1990)]})}
    path = a_file(tmp_path, text)
    rich, poor = (validate(path, schema, parents=parents, memory=memory) for memory in (1 << 30, 64))
    assert rich.totals == poor.totals
    assert rich.totals["unique-error", "id"] == 1100
    assert rich.totals["foreign-key", None] == 10
    assert rich.errors.equals(poor.errors)


def test_rows_heard_one_by_one_are_counted_without_being_held() -> None:
    schema = {"fields": [{"name": "heure", "type": "time"}, {"name": "n", "type": "integer"}], "primaryKey": ["heure"]}
    table = pa.table({"heure": ["10:00:00", "10:00:00", "11:00:00"], "n": ["1", "2", "x"]})
    validation = validate(table, schema, keep=False)
    assert (validation.path, validation.rows, validation.rejected_rows) == ("frictionless", 3, 2)
    assert validation.accepted is None
