"""Custom checks of French schemas, decided as validata-core decides them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.validation import validate
from tests.validation.comparison import Collected

RECORDED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "validata.json").read_text())
"""What validata-table 0.12.5 decided; written by `record_validata.py`."""


def a_schema(name: str, kinds: dict[str, str], **params: Any) -> dict[str, Any]:
    return {
        "fields": [{"name": field, "type": kind} for field, kind in kinds.items()],
        "custom_checks": [{"name": name, "params": params}],
    }


def refused(schema: dict[str, Any], rows: list[list[str | None]]) -> list[int]:
    """The places of the rows that the custom check refuses."""
    names = [field["name"] for field in schema["fields"]]
    table = pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(names)})
    validation = validate(table, schema)
    name = schema["custom_checks"][0]["name"]
    return [line["row"] - 2 for line in validation.errors.to_pylist() if line["rule"] == name]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("french-siret-value", "73282932000074", "73282932000075"),
        ("french-siren-value", "732829320", "732829321"),
        ("nomenclature-actes-value", "Libertés publiques et pouvoirs de police/Police municipale", "Urbanisme / PLU"),
        ("nomenclature-actes-value", "URBANISME/x", "Jardinage/x"),
        ("nomenclature-actes-value", "finances locales/x", "Urbanisme"),
        ("year-interval-value", "2017/2018", "2018/2017"),
        ("year-interval-value", "2017/2018", "2017/2017"),
        ("year-interval-value", "2017/2018", "2017"),
    ],
)
def test_a_value_by_itself(name: str, good: str, bad: str) -> None:
    schema = a_schema(name, {"v": "string", "w": "string"}, column="v")
    assert refused(schema, [[good, "x"], [bad, "x"], [None, "x"]]) == [1]


def test_a_year_alone_may_be_allowed() -> None:
    schema = a_schema("year-interval-value", {"v": "string"}, column="v", **{"allow-year-only": "yes"})
    assert refused(schema, [["2017"], ["17"]]) == [1]
    schema["custom_checks"][0]["params"]["allow-year-only"] = True  # validata takes a text alone, and runs nothing
    told = validate(pa.table({"v": ["17"]}), schema)
    assert told.is_valid
    assert "was not run" in told.warnings[0].en


@pytest.mark.parametrize(
    ("kind", "op", "good", "bad"),
    [
        ("integer", ">=", ["3", "3"], ["2", "10"]),
        ("number", "<", ["2", "10.5"], ["10.5", "2"]),
        ("date", ">", ["2024-01-05", "2023-12-31"], ["2023-12-31", "2024-01-05"]),
        ("string", "<=", ["a", "b"], ["b", "a"]),
        ("string", "==", ["01", "1.0"], ["1", "a"]),
    ],
)
def test_columns_are_compared_as_values(kind: str, op: str, good: list[str], bad: list[str]) -> None:
    schema = a_schema("compare-columns-value", {"a": kind, "b": kind}, column="a", column2="b", op=op)
    assert refused(schema, [good, bad, [None, bad[1]]]) == [1]


def test_values_of_other_kinds_are_not_comparable() -> None:
    schema = a_schema("compare-columns-value", {"a": "boolean", "b": "integer"}, column="a", column2="b", op="<")
    assert refused(schema, [["true", "3"]]) == [0]


def test_nan_is_no_number_to_compare() -> None:
    schema = a_schema("compare-columns-value", {"a": "string", "b": "string"}, column="a", column2="b", op="<")
    assert refused(schema, [["nan", "3"], ["3", "nan"]]) == [0]


def test_columns_that_go_together() -> None:
    schema = a_schema("cohesive-columns-value", {"a": "integer", "b": "integer"}, column="a", othercolumns=["b"])
    assert refused(schema, [["1", "2"], ["1", None], [None, "2"]]) == [1, 2]


def test_sums() -> None:
    kinds = dict.fromkeys("tab", "integer")
    schema = a_schema("sum-columns-value", kinds, column="t", columns=["a", "b"])
    assert refused(schema, [["3", "1", "2"], ["4", "1", "2"], ["4", None, "2"]]) == [1]


@pytest.mark.parametrize(("total", "parts"), [("0", ["0.9", "0.9"]), ("NaN", ["1", "1"]), ("INF", ["1", "1"])])
def test_sums_are_exact_and_what_is_no_finite_number_is_no_sum(total: str, parts: list[str]) -> None:
    schema = a_schema("sum-columns-value", dict.fromkeys("tab", "number"), column="t", columns=["a", "b"])
    assert refused(schema, [[total, *parts], ["1.8", "0.9", "0.9"]]) == [0]


@pytest.mark.parametrize(
    "check",
    [
        {"name": "sum-columns-value", "params": {"column": "t", "columns": ["a"]}},
        {"name": "french-gps-coordinates", "params": {"column": "a"}},
    ],
)
def test_a_check_on_columns_of_another_type_is_told_as_not_run(check: dict[str, Any]) -> None:
    schema = {"fields": [{"name": "t"}, {"name": "a"}], "custom_checks": [check]}
    validation = validate(pa.table({"t": ["1"], "a": ["1"]}), schema)
    assert validation.is_valid
    assert "ne sont pas du type" in validation.warnings[0].fr


def test_one_of_two_columns() -> None:
    kinds = {"a": "string", "b": "string", "c": "string"}
    schema = a_schema("one-of-required", kinds, column1="a", column2="b")
    assert refused(schema, [["1", None, "x"], [None, None, "x"]]) == [1]


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "code-commune-insee", "params": {"column": "a", "cog": "2024"}},
        {"name": "code-region", "params": {"column": "a", "cog": "1999"}},
        {"name": "compare-columns-value", "params": {"column": "a", "column2": "a", "op": "~"}},
        {"name": "sum-columns-value"},
        {"name": "french-siret-value", "params": {"column": "absente"}},
    ],
)
def test_a_check_that_cannot_be_run_is_told(entry: dict[str, Any]) -> None:
    validation = validate(pa.table({"a": ["1"]}), {"fields": [{"name": "a"}], "custom_checks": [entry]})
    assert validation.is_valid
    assert "non appliqué" in validation.warnings[0].fr
    assert entry["name"] in validation.warnings[0].fr
    assert entry["name"] in validation.warnings[0].en
    assert validation.report().tasks[0].warnings == [validation.warnings[0].en]


@pytest.mark.parametrize("heard", [False, True])
def test_custom_errors_are_counted_sampled_and_rejected(heard: bool) -> None:
    schema = a_schema("cohesive-columns-value", {"a": "integer", "b": "time"}, column="a", othercolumns=["b"])
    if heard:
        schema["fields"][1]["constraints"] = {"unique": True}  # a key of times is left to Frictionless
    table = pa.table({"a": ["1", "1", "x", "1"], "b": ["10:20:30", None, None, None]})
    collected = Collected()
    validation = validate(table, schema, sample=1, rejects=collected)
    assert validation.path == ("frictionless" if heard else "proof")
    assert validation.totals == {("cohesive-columns-value", "a"): 2, ("type-error", "a"): 1}
    assert [line["rule"] for line in validation.errors.to_pylist()] == ["cohesive-columns-value", "type-error"]
    assert len(collected.rows()) == 3
    assert validation.rejected.column("_row").to_pylist() == [3, 4, 5]


@pytest.mark.parametrize(
    ("columns", "cells", "wrong"),
    [
        (["a", "b"], ["1", "2"], []),
        (["a"], ["1"], ["one-of-required: nothing", "cohesive"]),
        (["c"], ["1"], ["one-of-required"]),
    ],
)
def test_columns_that_are_absent(columns: list[str], cells: list[str], wrong: list[str]) -> None:
    table = pa.table({name: [cell] for name, cell in zip(columns, cells, strict=True)})
    for name, params in [
        ("one-of-required", {"column1": "a", "column2": "b"}),
        ("cohesive-columns-value", {"column": "a", "othercolumns": ["b"]}),
    ]:
        schema = {
            "fields": [{"name": item} for item in columns],
            "custom_checks": [{"name": name, "params": params}],
        }
        found = [rule for rule, _ in validate(table, schema).totals]
        assert found == ([name] if name in wrong or (name.startswith("cohesive") and "cohesive" in wrong) else [])
        assert validate(table.slice(0, 0), schema).is_valid  # validata looks at rows: a table without any is as it is


@pytest.mark.parametrize("key", ["customCheck", "frFormat"])
def test_a_field_declares_its_own_check(key: str) -> None:
    schema = {"fields": [{"name": "v", key: "siren"}, {"name": "w", key: {"name": "code-region", "cog": "2024"}}]}
    table = pa.table({"v": ["732829320", "1"], "w": ["84", "99"]})
    totals = validate(table, schema).totals
    assert totals == {("siren", "v"): 1, ("code-region", "w"): 1}


def test_an_act_without_a_slash_is_looked_up_as_validata_does() -> None:
    schema = RECORDED[1]["schema"]
    assert schema["custom_checks"][0]["name"] == "nomenclature-actes-value"
    cells = ["URBANISMEx", "Commande publique.", "Urbanisme", "Jardinagex"]
    assert refused(schema, [[cell, "x"] for cell in cells]) == [2, 3]


@pytest.mark.parametrize("number", range(len(RECORDED)))
def test_each_decision_is_that_of_validata(number: int) -> None:
    case = RECORDED[number]
    schema = case["schema"]
    assert refused(schema, [[cell or None for cell in row] for row in case["rows"]]) == case["refused"]
