"""The ten questions of docs/fr/questions.md: each query runs on what the main job releases, and gives what it says."""

from __future__ import annotations

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.core.project import Project
from pipelines.domains.inquiries.law import controler_regle
from pipelines.pipeline.graph import BuildGraph
from pipelines.schema import load_package
from pipelines.schema.usage import usage_of
from pipelines.sources import load_sources
from tests.acceptance.builders import shipped_once
from tests.docs.builders import REPOSITORY, blocks
from tests.domains.inquiries.law.builders import an_inquiry

PACKAGES = ("label", "enquetes-publiques", "territoires-numeriques")
PAGE = REPOSITORY / "docs" / "fr" / "questions.md"


def queries() -> list[str]:
    found = blocks(PAGE.read_text(encoding="utf-8"), PAGE.name)
    return ["\n".join(block.lines) for block in found if block.language == "sql"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """Every published table of the three packages, as the main job made them, by its name."""
    graph = BuildGraph(shipped_once(tmp_path_factory).project)
    made: dict[str, pa.Table] = {}
    for package in PACKAGES:
        for table in graph.packages[package].tables:
            public = graph.packages[package].schema(table.name).public.names
            made.setdefault(table.name, graph.table(f"{package}/{table.name}").table.select(public))
    return made


@pytest.fixture(scope="module")
def base(tables: dict[str, pa.Table]) -> Iterator[sqlite3.Connection]:
    """The tables, loaded with their types under their own names."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for name, table in tables.items():
            load(connection, name, table)
        yield connection


def load(connection: sqlite3.Connection, name: str, table: pa.Table) -> None:
    fields = ", ".join(f'"{column}"' for column in table.column_names)
    connection.execute(f'CREATE TABLE "{name}" ({fields})')
    holes = ", ".join("?" for _ in table.column_names)
    plain = [[plain_value(value) for value in column.to_pylist()] for column in table.columns]
    connection.executemany(f'INSERT INTO "{name}" VALUES ({holes})', zip(*plain, strict=True))


def plain_value(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return float(value) if type(value).__name__ == "Decimal" else str(value)


def answers(base: sqlite3.Connection, number: int) -> list[tuple]:
    return base.execute(queries()[number - 1]).fetchall()


def test_there_are_ten_questions_of_one_query_each():
    assert len(queries()) == 10


@pytest.mark.parametrize("number", [number for number in range(1, 11) if number != 5])
def test_each_query_has_an_answer(base: sqlite3.Connection, number: int):
    assert answers(base, number)


def test_laureates_of_2017_by_level_are_those_of_the_table(base: sqlite3.Connection):
    of_2017 = {level: count for edition, level, count, _ in answers(base, 1) if edition == 2017}
    known = base.execute("SELECT COUNT(*) FROM laureats WHERE edition = 2017 AND arobases IS NOT NULL").fetchone()[0]
    assert sum(of_2017.values()) == known
    assert {share for edition, _, _, share in answers(base, 1) if edition == 2017} == {0.108761}


def test_who_rose_rose(base: sqlite3.Connection):
    assert all(after > before for _, _, before, after in answers(base, 2))


def test_the_named_of_2017_tell_rewarded_from_mentioned(base: sqlite3.Connection):
    told = {name: distinction for name, _, distinction, _ in answers(base, 4)}
    assert told["Ivry-sur-Seine"] == "recompensee"
    assert told["CA La Riviéra du Levant"] == "mentionnee"


def test_short_inquiries_are_accused_of_nothing(base: sqlite3.Connection):
    assert {result for _, _, result, _ in answers(base, 5)} <= {"a_verifier", "non_evalue"}


def test_what_is_short_in_days_or_in_months_is_found_and_dates_out_of_order_are_not():
    """Of no shipped inquiry is anything known to be short: made-up ones are asked of here."""
    inquiries = {
        "month": an_inquiry(order="2005-01-05", opening="2005-01-31", closing="2005-02-27"),
        "whole month": an_inquiry(order="2005-01-05", opening="2005-01-31", closing="2005-02-28"),
        "days": an_inquiry(order="2014-01-10", opening="2014-02-01", closing="2014-03-01"),
        "enough days": an_inquiry(order="2014-01-10", opening="2014-02-01", closing="2014-03-02"),
        "backwards": an_inquiry(order="2014-01-10", opening="2014-02-01", closing="2014-01-20"),
    }
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE enquetes (enquete_id, titre, ouverture_date, cloture_initiale_date, cloture_date)"
        )
        connection.execute("CREATE TABLE controles_legaux (enquete_id, regle, resultat, calcul)")
        for name, inquiry in inquiries.items():
            dates = (str(inquiry.ouverture), None, str(inquiry.cloture))
            connection.execute("INSERT INTO enquetes VALUES (?, ?, ?, ?, ?)", (name, name, *dates))
            found = controler_regle("EP-02", inquiry).resultat
            checked = (name, "EP-02", found.resultat, found.calcul)
            connection.execute("INSERT INTO controles_legaux VALUES (?, ?, ?, ?)", checked)
        assert [title for _, title, _, _ in answers(connection, 5)] == ["days", "month"]


def test_late_reports_are_some_of_those_with_both_dates(base: sqlite3.Connection):
    ((both, late),) = answers(base, 6)
    assert 0 < late < both


def test_88_per_cent_lived_below_half_of_fibre_at_the_end_of_2017(base: sqlite3.Connection):
    assert {edition: people for edition, _, people in answers(base, 8)}[2018] == pytest.approx(88.2, abs=0.05)


def test_france_is_above_or_below_by_the_definition(base: sqlite3.Connection):
    gaps = {(row[0], row[2]): row[5] for row in answers(base, 10)}
    assert gaps["echanges_en_ligne", None] == 16
    assert gaps["desi_5a1_egovu", 2015] < 0


def test_the_first_use_of_each_table_runs_and_counts_all_its_rows(
    tables: dict[str, pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """With DuckDB and with pandas, which find the same."""
    monkeypatch.chdir(tmp_path)
    project = Project.at(REPOSITORY)
    for package in PACKAGES:
        described = load_package(project.schemas, package, load_sources(project))
        for item in described.tables:
            schema = described.schema(item.name)
            fields = [field.descriptor | {"codelist": field.codelist} for field in schema.public.fields]
            usage = usage_of(item.name, fields, schema.primary_key)
            pq.write_table(tables[item.name], tmp_path / f"{item.name}.parquet")
            counted = duckdb.sql(usage.duckdb).fetchall()
            assert sum(row[-1] for row in counted) == tables[item.name].num_rows, item.name
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                exec(compile(usage.pandas.replace("print(", "print(shown := "), item.name, "exec"), found := {})
            of_pandas = found["shown"]
            assert (int(of_pandas.sum()) if hasattr(of_pandas, "sum") else of_pandas) == tables[item.name].num_rows
            assert (len(of_pandas) if hasattr(of_pandas, "sum") else 1) == len(counted), item.name


def test_the_page_on_territories_tells_how_many_names_are_settled(tables: dict[str, pa.Table]):
    page = (REPOSITORY / "docs" / "territories.md").read_text(encoding="utf-8")
    for label, table in (
        ("awards", "palmares"),
        ("initiatives", "actions"),
        ("communes of inquiries", "enquete_territoires"),
    ):
        methods = tables[table].column("resolution_methode").to_pylist()
        sure = tables[table].column("resolution_certitude").to_pylist()
        by_hand = methods.count("correction")
        counts = (len(sure), sure.count("certaine") - by_hand, sure.count("probable"), by_hand, sure.count("aucune"))
        assert f"| {label} | {' | '.join(map(str, counts))} |" in page


def test_the_example_for_pandas_runs(tables: dict[str, pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (code,) = [
        "\n".join(block.lines)
        for block in blocks(PAGE.read_text(encoding="utf-8"), PAGE.name)
        if block.language == "python"
    ]
    pq.write_table(tables["laureats"], tmp_path / "laureats.parquet")
    monkeypatch.chdir(tmp_path)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(code, PAGE.name, "exec"), {})
    assert "2017" in shown.getvalue()
