"""The SQL script of a package, over HTTP, by a DuckDB that runs outside this project: versions, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.catalogue import write_catalogue
from pipelines.catalogue.publisher import PublisherSettings
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.store import ReleaseStore, package_folders
from tests.acceptance.builders import shipped_once
from tests.portals.builders import CHANGED, a_project, release
from tests.portals.real.fetching import Counted, answers, counting
from tests.releases.builders import PRIZES

pytestmark = pytest.mark.heavy
SCRIPT = "catalogue/prix/versions.sql"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counted, Path]]:
    project = a_project(tmp_path_factory.mktemp("sql"))
    release(project, CHANGED)
    with counting(project.outputs) as made:
        write_catalogue(project.releases, project.catalogue, base_url=made.address)
        yield made, project.releases


def test_every_version_is_read_over_http(shown: tuple[Counted, Path]) -> None:
    made, _ = shown
    ordered = "SELECT nom FROM prix.{} ORDER BY prix_id"
    first, second, current = answers(
        f"{made.address}{SCRIPT}", *(ordered.format(name) for name in ("prix('1.0.0')", "prix('1.1.0')", "prix()"))
    )
    assert [row[0] for row in first] == [row["nom"] for row in PRIZES]
    assert [row[0] for row in second] == [row[0] for row in current] == [row["nom"] for row in CHANGED]


def test_a_version_that_is_not_asked_for_is_not_fetched(shown: tuple[Counted, Path]) -> None:
    made, _ = shown
    made.clear()
    answers(f"{made.address}{SCRIPT}", "SELECT max(annee) FROM prix.prix('1.0.0')")
    released = {path for path, _ in made.fetched if path.startswith("/releases/")}
    assert released == {"/releases/prix/1.0.0/data/prix.parquet"}


def test_a_column_of_a_large_table_is_fetched_without_the_others(shown: tuple[Counted, Path], tmp_path: Path) -> None:
    """The releases of the tests are too small to have parts: this one is a file beside them."""
    made, releases = shown
    large = releases / "prix" / "1.1.0" / "grand.parquet"
    made_of = "SELECT i AS numero, sha256(i::VARCHAR) AS texte FROM range(200000) t(i)"
    duckdb.sql(f"COPY ({made_of}) TO '{large}' (COMPRESSION zstd)")
    made.clear()
    address = f"{made.address}releases/prix/1.1.0/grand.parquet"
    (((total,),),) = answers(f"{made.address}{SCRIPT}", f"SELECT sum(numero) FROM '{address}'")
    assert int(total) == sum(range(200_000))
    sent = sum(size for path, size in made.fetched if path.endswith("grand.parquet"))
    assert 0 < sent < large.stat().st_size / 3


def test_the_script_of_every_package_that_ships_is_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Those of made-up records as well, of which machines are told where a catalogue asks for it."""
    project = shipped_once(tmp_path_factory).project
    with counting(project.outputs) as made:
        write_catalogue(
            project.releases, project.catalogue, settings=PublisherSettings(examples=True), base_url=made.address
        )
        for folder in package_folders(project.releases):
            store = ReleaseStore.read(project.releases, folder.name)
            descriptor = read_descriptor(store.path() / "data")
            rows = {
                item["name"]: item["rows"]
                for item in descriptor["resources"]
                if item.get("type") == "table" and "rows" in item and not str(item["path"]).startswith("qualite/")
            }
            queries = [f'SELECT count(*) FROM "{folder.name}"."{name}"(\'{store.current}\')' for name in rows]
            found = answers(f"{made.address}catalogue/{folder.name}/versions.sql", *queries)
            assert [count for ((count,),) in found] == list(rows.values())
