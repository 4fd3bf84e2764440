"""The bytes of a release do not depend on threads, the size of what is read at a time, or the road that reads it.

That they do not depend on who drives it either is tried where that one is: Dagster in one process
(`tests/orchestration/test_definitions.py`), machines on a store (`tests/pipeline/test_outputs_on_a_store.py`), workers
of a cluster (`tests/cluster/`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.formats import delimited, end_marks, records
from pipelines.mapping import engine
from pipelines.privacy import files, large_files, rows, scanning
from pipelines.storage import memory
from pipelines.validation import blocks
from tests.pipeline.builders import a_part, a_run, a_small_project, a_source

Change = Callable[[pytest.MonkeyPatch], None]
ACTIONS = "id,ville,titre\n" + "".join(
    f'a{row:03d},{"57463" if row % 3 else "47001"},"Atelier, ""numéro"" {row}\nà {row % 7} heures"\n'
    for row in (*range(0, 90, 2), 4, *range(89, 0, -2))  # out of order, one said twice
)


def by_small_pieces_on_one_thread(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(records, "PIECE", 100)
    patch.setattr(delimited, "LARGE", 1)
    patch.setattr(end_marks, "TAIL", 10)
    patch.setattr(engine, "BATCH", 7)
    patch.setattr(blocks, "ROWS", 5)
    patch.setattr(files, "LARGE", 1)
    patch.setattr(large_files, "ROWS", 3)
    patch.setattr(rows, "_BATCH", 4)
    patch.setattr(import_module("pipelines.privacy.gate"), "FEW_ROWS", 10)
    patch.setattr(scanning, "FEW_ROWS", 10)
    pa.set_cpu_count(1)
    patch.setattr(import_module("pipelines.storage.ahead"), "THREADS", 1)
    patch.setattr(scanning, "THREADS", 1)


def on_disk(patch: pytest.MonkeyPatch) -> None:
    """Every table is larger than memory: it is on disk, and is put in order there, in ranges of a few rows."""
    patch.setattr(memory, "LEAST", 100)
    patch.setenv("AROBASE_MEMORY", "5000")
    for module in ("storage.spool", "storage.sorting", "storage.columns", "tables.assembly", "releases.canonical"):
        patch.setattr(import_module(f"pipelines.{module}"), "ROWS", 8)
    patch.setattr(import_module("pipelines.privacy.gate"), "TOGETHER", 9)
    patch.setattr(import_module("pipelines.tables.assembly"), "MARKED", 10)
    patch.setattr(scanning, "MANY", 10)
    patch.setattr(files, "LARGE", 1)


def row_by_row(patch: pytest.MonkeyPatch) -> None:
    """Python's reader in the place of Arrow's, Frictionless itself in the place of proofs."""
    patch.setattr(delimited._Body, "read_plain", lambda self, pieces: False)
    patch.setattr(import_module("pipelines.validation.validate"), "_by_proof", lambda case, asked: False)


def a_project_of_quotes(folder: Path) -> Project:
    folder.mkdir()
    project = a_small_project(folder)
    part = a_part("actions", "villes/actions", {"id": "id", "ville": "ville", "titre": "titre"})
    a_source(project, "actions", ACTIONS, parts=part)
    return project


def released(project: Project) -> dict[str, bytes]:
    """Every file of the releases, and the ledger."""
    found = {
        path.relative_to(project.releases).as_posix(): path.read_bytes()
        for path in sorted(project.releases.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
    return found | {"ledger": (project.outputs / "ledger.jsonl").read_bytes()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    project = a_project_of_quotes(tmp_path_factory.mktemp("plain") / "p")
    assert a_run(project).went_well
    return released(project)


@pytest.mark.parametrize("change", [by_small_pieces_on_one_thread, row_by_row, on_disk])
def test_a_release_is_the_same_by_each_road(change: Change, plain: dict[str, bytes], tmp_path: Path) -> None:
    project = a_project_of_quotes(tmp_path / "p")
    threads = pa.cpu_count()
    with pytest.MonkeyPatch.context() as patch:
        change(patch)
        try:
            assert a_run(project).went_well
        finally:
            pa.set_cpu_count(threads)
    assert released(project) == plain
