"""The code that the page of a table shows: it reads the published files as they are."""

from __future__ import annotations

import csv
import threading
from html import unescape
from pathlib import Path

import pytest

from pipelines.catalogue.serving import server
from pipelines.schema.usage import programs
from tests.catalogue.builders import BASE, a_catalogue, two_versions

CODE = '<div class="command"><pre tabindex="0"><code>'


def shown(outputs: Path, base: str = BASE) -> dict[str, str]:
    """The code on the page of a table, by tool."""
    page = (a_catalogue(outputs, base) / "prix" / "table-prix.html").read_text(encoding="utf-8")
    part = page[page.index('id="t-programme"') : page.index('id="t-champs"')]
    tools = [piece.split("</h3>", 1) for piece in part.split("<h3>")[1:]]
    return {name: unescape(rest.split(CODE)[1].split("</code>")[0]) for name, rest in tools}


def rows_of(outputs: Path) -> list[dict[str, str]]:
    path = outputs / "releases" / "prix" / "1.0.1" / "data" / "prix.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pandas_reads_the_table_from_its_address(tmp_path: Path) -> None:
    two_versions(tmp_path)
    with server(tmp_path, logs_requests=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{made.server_address[1]}/"
        read: dict[str, object] = {}
        exec(shown(tmp_path, base)["pandas"], read)
        made.shutdown()
    assert list(read["prix"]["nom"]) == [row["nom"] for row in rows_of(tmp_path)]  # type: ignore[index]


def test_duckdb_reads_the_table(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    two_versions(tmp_path)
    query = shown(tmp_path)["DuckDB"].replace(BASE, f"{tmp_path}/")
    found = duckdb.sql(query).fetchall()
    assert [row[2] for row in found] == [row["nom"] for row in rows_of(tmp_path)]


def test_each_tool_is_given_an_address_that_never_changes(tmp_path: Path) -> None:
    two_versions(tmp_path)
    told = shown(tmp_path)
    assert list(told) == ["DuckDB", "pandas", "R"]
    assert all(f"{BASE}releases/prix/1.0.1/data/prix." in code for code in told.values())
    assert dict(programs("t", "a.csv", "a.parquet"))["R"].startswith('t <- read.csv("a.csv"')
