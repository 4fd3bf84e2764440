"""The project as it ships, copied to a folder of the test's own, and what can be done to its sources there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from pipelines.catalogue.publisher import read_publisher_settings
from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline import catalogue
from pipelines.pipeline.collect import make_snapshot, make_snapshots
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.records import RecordsResult, make_records
from pipelines.pipeline.release import release_of
from pipelines.releases import Outcome
from pipelines.sources import load_sources
from tests import warm_start

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PACKAGES = ("candidatures", "enquetes-publiques", "label", "projets-environnement", "territoires-numeriques")
WORKBOOK = "data/label/formulaires-exemple.xlsx"
WIDTH = "100"
AS_READERS = {"AROBASE_LANG": "en", "COLUMNS": WIDTH, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
"""The terminal in which pages show commands."""
SPOKEN = ("AROBASE_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE")


@dataclass(frozen=True)
class Shipped:
    """The project after one run of the main job by its command, and what that command said."""

    project: Project
    output: str
    progress: str


def a_copy(folder: Path) -> Project:
    """The shipped schemas and sources, writable, with no outputs. Reference data is linked: no test changes it."""
    shutil.copytree(REPOSITORY / "schemas", folder / "schemas")
    leave = shutil.ignore_patterns("reference", "inbox")
    shutil.copytree(REPOSITORY / "sources", folder / "sources", ignore=leave)
    (folder / "sources" / "reference").symlink_to(REPOSITORY / "sources" / "reference")
    for path in (folder / "sources").rglob("*"):
        if path.is_file() and not path.is_symlink() and "reference" not in path.parts:
            path.chmod(0o644)
    return Project.at(folder)


def after_a_run(shipped: Shipped, folder: Path) -> Project:
    """A copy of the project as it is after its first run: to change, break, and run again."""
    shutil.copytree(shipped.project.root, folder, symlinks=True, dirs_exist_ok=True)
    project = Project.at(folder)
    know_the_catalogue(project)
    return project


def know_the_catalogue(project: Project) -> None:
    """Note, as the run that made it did, that the catalogue of a copied project is right: its files are known by their
    inodes, and a run would make all of it again, which a project that nobody copied is spared."""
    catalogue._remember(project, catalogue._made_from(project, read_publisher_settings(project), None))


def release_alone(project: Project, package: str) -> Outcome:
    """Collect a package's sources and release it, by the clock of the machine, and leave the catalogue as it is."""
    graph, now = BuildGraph(project), datetime.now(UTC)
    for name, outcome in make_snapshots(project, graph.sources_of(package), now=lambda: now):
        assert not isinstance(outcome, ArobaseError), (name, outcome)
    return release_of(graph, package, key=None, now=now)


def arobase(project: Project, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, as a person would type it in the project's folder; nothing of this terminal's language."""
    inherited = {name: value for name, value in os.environ.items() if name not in SPOKEN}
    told = {**inherited, "PYTHONPATH": str(REPOSITORY), "AROBASE_ROOT": str(project.root), **environment}
    if not any(name.startswith("PYTHON") for name in environment):
        return warm_start.arobase(words, folder=project.root, environment=told)
    asked = [sys.executable, "-m", "pipelines.cli", *words]
    return subprocess.run(
        asked, cwd=project.root, env=told, capture_output=True, text=True, errors="replace", check=False
    )


def shipped_once(factory: pytest.TempPathFactory) -> Shipped:
    """The run of the shipped project as a reader makes it, once for all workers of a test run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _shipped(factory.mktemp("shipped"))
    root = factory.getbasetemp().parent / "shipped"
    with FileLock(f"{root}.lock"):
        return _shipped(root)


def _shipped(folder: Path) -> Shipped:
    words = folder / "said.json"
    if not words.is_file():
        project = a_copy(folder / "project")
        done = arobase(project, "release", **AS_READERS, TZ="UTC", PYTHONHASHSEED="1")
        assert done.returncode == 0, done.stdout + done.stderr
        words.write_text(json.dumps([done.stdout, done.stderr]), encoding="utf-8")
    output, progress = json.loads(words.read_text(encoding="utf-8"))
    return Shipped(Project.at(folder / "project"), output, progress)


def files(folder: Path) -> dict[str, str]:
    """Every file of a folder by its path, as the SHA-256 of its bytes; lock files left out."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def without_proofs(found: dict[str, str]) -> dict[str, str]:
    """All but what the log says of each release, which holds when it was published."""
    return {name: digest for name, digest in found.items() if not name.endswith(".tlog-proof")}


def versions(project: Project, package: str) -> list[str]:
    """The visible versions of a package."""
    folder = project.releases / package
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def records_of(project: Project, name: str) -> RecordsResult:
    """Collect one source and read it. Raises what stops it."""
    source = load_sources(project)[name]
    return make_records(project, source, make_snapshot(project, source, now=NOW))


def rejected(result: RecordsResult) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result.rejects.to_pylist()
    return found


def in_workbook(project: Project, change: Callable[[Any], None], where: str = WORKBOOK) -> None:
    """Open the shipped workbook, change it, and save it in place."""
    import openpyxl

    path = project.sources / where
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    obtained_again(project, where)


def obtained_again(project: Project, where: str) -> None:
    """Say in the source of a shipped file that it was obtained a minute later: its bytes changed."""
    for path in project.sources.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        address = re.search(r"^address: (\S+)", text, re.MULTILINE)
        said = re.search(r"^obtained: \"?([0-9TZ:-]+)\"?", text, re.MULTILINE)
        if address and said and where.startswith(address[1]):
            later = datetime.fromisoformat(said[1]).replace(tzinfo=None) + timedelta(minutes=1)
            text = text.replace(said[0], f'obtained: "{later:%Y-%m-%dT%H:%MZ}"')
            path.write_text(text, encoding="utf-8")


def cell(sheet: Any, column: str, row: int) -> Any:
    """The cell of a sheet under the header `column` (blanks around it do not count), at the sheet's own row number."""
    headers = [str(item.value).strip() for item in sheet[1]]
    return sheet.cell(row=row, column=headers.index(column) + 1)


def in_text(project: Project, where: str, change: Callable[[str], str]) -> None:
    path = project.sources / where
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    obtained_again(project, where)


def in_json(project: Project, where: str, change: Callable[[Any], Any]) -> None:
    path = project.sources / where
    path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8"))), ensure_ascii=False), "utf-8")
    obtained_again(project, where)


def replaced(rows: Sequence[Mapping[str, Any]], at: int, **changes: Any) -> list[dict[str, Any]]:
    """The rows, with some members of one of them changed."""
    return [{**row, **(changes if number == at else {})} for number, row in enumerate(rows)]
