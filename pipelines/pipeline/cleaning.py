"""Cleaning: what may go of `outputs/`, and what never does.

Goes: copies of answers that no published version was made of, that are no source's last, and that are older than asked
for; results of sources, tables and packages that are no more. Never goes: whatever a published version needs to be made
again (its snapshots, what is kept with them, the code, the schemas), any source's last answer, releases, the ledger and
the log, records of refusals. What is kept about people goes by `arobase private delete`, which leaves proof of it.
Belongs here: what is deleted, and why. Does not: what is kept about people (`retention.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.store import ReleaseStore, package_folders
from pipelines.sources import SnapshotStore, load_sources
from pipelines.sources.snapshots import digests_of
from pipelines.storage import lock

Kind = Literal["snapshot", "result"]


class NotCleaned(ArobaseError):
    """It is not certain what a published version needs, so that nothing goes."""

    code: ClassVar[str] = "not-cleaned"
    fr: ClassVar[str] = (
        "Rien n'est supprimé : la description de {package} {version} ne se lit pas, et l'on ne sait donc pas de quoi "
        "cette version est faite (arobase verify {package})."
    )
    en: ClassVar[str] = (
        "Nothing is deleted: the descriptor of {package} {version} cannot be read, so that it is not known what this "
        "version was made of (arobase verify {package})."
    )


@dataclass(frozen=True)
class Removable:
    """Something that may go: a file or a folder, and its size in bytes."""

    kind: Kind
    path: Path
    size: int


def removable(project: Project, now: datetime, older_than: timedelta) -> list[Removable]:
    """What may go at `now` (aware). Raises `NotCleaned`, `SnapshotLogDamaged`, `LedgerBroken`."""
    return [*_snapshots(project, (now - older_than).timestamp()), *_results(project)]


def clean(project: Project, now: datetime, older_than: timedelta) -> list[Removable]:
    """Delete what may go; gives what went. Of two that clean at once, one waits. Raises as `removable`, and `Busy`."""
    with lock(project.outputs / ".clean.lock", wait_seconds=60):
        gone = removable(project, now, older_than)
        for item in gone:
            if item.path.is_dir():
                shutil.rmtree(item.path)
            else:
                item.path.unlink(missing_ok=True)
        return gone


def needed_snapshots(project: Project) -> set[str]:
    """The digests of all bytes that a published version was made of, and of each source's last answer.

    Raises `NotCleaned` where a version does not say what it was made of.
    """
    found: set[str] = set()
    for folder in package_folders(project.releases):
        store = ReleaseStore.read(project.releases, folder.name)
        retracted = store.retracted
        for version in (item for item in store.versions if item not in retracted):
            found |= _made_of(store, version)
    kept = SnapshotStore.of(project)
    for source in _collected(project):
        latest = kept.latest(source)
        found |= {digest for part in (latest.parts if latest else ()) for digest in digests_of(part)}
        for snapshot in kept.snapshots(source):
            if snapshot.sha256 in found:
                found.update(digests_of(snapshot))
    return found


def _made_of(store: ReleaseStore, version: str) -> set[str]:
    try:
        sources = read_descriptor(store.path(version) / "data")["sources"]
        return {str(part["sha256"]) for source in sources for part in source.get("snapshots", ())}
    except (ArobaseError, OSError, ValueError, KeyError, TypeError):
        raise NotCleaned(package=store.package, version=version) from None


def _collected(project: Project) -> list[str]:
    folder = project.snapshots / "log"
    return sorted(path.stem for path in folder.glob("*.jsonl")) if folder.is_dir() else []


def _snapshots(project: Project, before: float) -> Iterator[Removable]:
    """Public copies only: what is in the private folder is deleted with proof, by another command."""
    folder = project.snapshots / "objects"
    if not folder.is_dir():
        return
    needed = needed_snapshots(project)
    for path in sorted(folder.glob("??/*")):
        status = path.lstat()
        if path.name not in needed and len(path.name) == 64 and status.st_mtime < before:
            yield Removable("snapshot", path, status.st_size)


def _results(project: Project) -> Iterator[Removable]:
    """Results of what the project no longer describes. A description that cannot be read just now keeps its own."""
    from pipelines.schema import package_names

    described = {path.stem for path in project.sources.glob("*.yaml")} | set(load_sources(project))
    packages = set(package_names(project.schemas)) | {path.name for path in project.schemas.iterdir() if path.is_dir()}
    yield from _of_stage(project.work / "records", described)
    yield from _of_stage(project.work / "findings", packages)
    yield from _of_stage(project.work / "tables", packages)
    for package in sorted(packages):
        tables = _tables(project, package)
        if tables is not None:
            yield from _of_stage(project.work / "tables" / package, tables)


def _tables(project: Project, package: str) -> set[str] | None:
    """The tables of a package; None where its file cannot be read, so that nothing of it goes."""
    from pipelines.schema import load_package

    try:
        return {table.name for table in load_package(project.schemas, package).tables}
    except (ArobaseError, OSError):
        return None


def _of_stage(folder: Path, described: set[str]) -> Iterator[Removable]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name not in described:
            yield Removable("result", path, sum(item.lstat().st_size for item in path.rglob("*") if item.is_file()))
