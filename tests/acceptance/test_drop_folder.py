"""The drop folder: the legacy workbook left there gives what the new one gives, by command and through Dagster.

The same run of the job `tout` is searched for personal values, in its outputs and in Dagster's own records.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.workspace import Workspace
from pipelines.pipeline.graph import BuildGraph
from pipelines.storage.kept_tables import read_kept
from tests.acceptance.builders import REPOSITORY, WORKBOOK, Shipped, after_a_run

LEGACY = "formulaires-exemple.xls"
PLACES = ("_snapshot", "_position", "_part", "_source")


@dataclass(frozen=True)
class Delivered:
    """The project after its sensor saw the legacy workbook and its job ran, and all that Dagster wrote about it."""

    project: Project
    requests: tuple[dg.RunRequest, ...]
    result: dg.ExecuteInProcessResult
    records: str


@pytest.fixture(scope="module")
def delivered(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivered]:
    folder = tmp_path_factory.mktemp("livraison")
    project = after_a_run(shipped, folder / "project")
    inbox = project.sources / "inbox" / "formulaires"
    inbox.mkdir(parents=True)
    shutil.copyfile(project.sources / "data" / "label" / LEGACY, inbox / LEGACY)
    home = folder / "dagster"
    home.mkdir()
    definitions = build_definitions(project)
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        sensor = definitions.resolve_sensor_def("boite_de_depot")
        workspace = {"workspace": Workspace(root=str(project.root))}
        context = dg.build_sensor_context(instance=instance, resources=workspace)
        requests = tuple(sensor.evaluate_tick(context).run_requests or ())
        job = definitions.resolve_job_def(sensor.job_name)
        result = job.execute_in_process(instance=instance, tags=requests[0].tags, raise_on_error=False)
        events = [str(item) for item in instance.all_logs(result.run_id)]
        written = [path.read_text(encoding="utf-8", errors="replace") for path in home.rglob("*") if path.is_file()]
        yield Delivered(project, requests, result, "\n".join(events + written))


def test_a_delivery_is_seen_once_by_the_sensor(delivered: Delivered) -> None:
    assert len(delivered.requests) == 1
    assert delivered.requests[0].tags["arobase/livraison"] == "formulaires"


def test_the_run_that_it_starts_goes_well(delivered: Delivered) -> None:
    assert delivered.result.success
    failed = [item for item in delivered.result.get_asset_check_evaluations() if not item.passed]
    assert [(item.asset_key.to_user_string(), item.check_name) for item in failed] == []


def rows(project: Project, table: str) -> pa.Table:
    result = BuildGraph(project).records("formulaires").rows(table)
    return result.drop_columns([name for name in PLACES if name in result.column_names])


@pytest.mark.parametrize("table", ["candidatures/actions", "candidatures/actions_services"])
def test_the_legacy_workbook_gives_the_same_rows(shipped: Shipped, delivered: Delivered, table: str) -> None:
    assert BuildGraph(delivered.project).capture("formulaires").parts[0].address.endswith(f"inbox/formulaires/{LEGACY}")
    assert rows(delivered.project, table).equals(rows(shipped.project, table))


def personal_values() -> set[str]:
    """What the example workbook says of its (invented) people: names, telephones, addresses of mail."""
    book = CalamineWorkbook.from_path(REPOSITORY / "sources" / WORKBOOK)
    header, *people = book.get_sheet_by_name("Personnes").to_python()
    names = [str(name).strip() for name in header]
    kept = [index for index, name in enumerate(names) if name in ("Nom", "Telephone", "Telephone mobile", "Courriel")]
    values = {_as_typed(row[index]) for row in people for index in kept if row[index] not in ("", None)}
    return values | {"accueil@example.org", "Camille Inventée", "camille.inventee@example.org"}


def _as_typed(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)


def held(folder: Path, values: set[str]) -> list[tuple[str, str]]:
    """Where a value stands outside `private/`; files of tables are read as tables."""
    found = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        place = path.relative_to(folder).as_posix()
        if place.startswith("private/"):
            continue
        key = (hashlib.sha256(path.read_bytes()).digest(), path.suffix, frozenset(values))
        if key not in LOOKED_THROUGH:
            data = as_read(path)
            LOOKED_THROUGH[key] = [value for value in values if stands_in(value.encode(), data)]
        found += [(place, value) for value in LOOKED_THROUGH[key]]
    return found


def stands_in(value: bytes, said: bytes) -> bool:
    """Whether a text says a value: a telephone number with or without what is dialled before it, and no digits within
    a longer number, such as how long something took, to the nanosecond."""
    if value not in said:
        return False
    return not value.isdigit() or re.search(rb"(?<!\d)(?<!\d\.)(0|33|0033)?" + value + rb"(?!\d)", said) is not None


def as_read(path: Path) -> bytes:
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pydict()).encode()
    if path.suffix == ".arrow":
        return str(read_kept(path).to_pydict()).encode()
    return path.read_bytes()


LOOKED_THROUGH: dict[tuple[bytes, str, frozenset[str]], list[str]] = {}
"""What stands in files of these bytes: the second project is a copy of the first one, but for what its run made."""


def test_the_values_to_look_for_are_in_the_private_store() -> None:
    values = personal_values()
    assert len(values) >= 12
    assert "Capucine Vraisemblable" in values
    assert "personne1@example.org" in values


def test_what_is_looked_for_would_be_found(shipped: Shipped) -> None:
    private = held(shipped.project.outputs / "private", {"Capucine Vraisemblable"})
    objects = held(shipped.project.private_snapshots / "objects", {"Camille Inventée"})
    assert private, "the store keeps it"
    assert objects, "the snapshot has it"


def test_nothing_personal_stands_in_any_output(shipped: Shipped, delivered: Delivered) -> None:
    for project in (shipped.project, delivered.project):
        assert held(project.outputs, personal_values()) == []


def test_nothing_personal_is_said_by_the_command_or_kept_by_dagster(shipped: Shipped, delivered: Delivered) -> None:
    assert len(delivered.records) > 10_000
    said = shipped.output + shipped.progress + delivered.records
    assert [value for value in personal_values() if stands_in(value.encode(), said.encode())] == []


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (b'{"tel": 199000001}', True),
        (b"0199000001", True),
        (b"+33199000001", True),
        (b'"took": 11.199000001', False),
        (b"a1990000012", False),
    ],
)
def test_a_telephone_number_is_no_part_of_a_longer_number(said: bytes, stands: bool) -> None:
    assert stands_in(b"199000001", said) is stands
