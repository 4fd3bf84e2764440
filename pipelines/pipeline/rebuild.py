"""Making tables again from other ingredients: what a rebuild and the causes of changes rest on.

A release records the hashes of what it is a function of (`pipelines/releases/causes.py`). Here the schemas, corrections
and redactions of each release are kept under those hashes, beside the snapshots; a project put together from them in a
temporary folder gives the tables that the code at hand would have made then.
Belongs here: keeping these ingredients, and making tables from them. Does not: comparing versions (`releases/`),
archives of code (`kept_code.py`).
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.errors import SnapshotGone
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.ingredients import code_ingredient
from pipelines.pipeline.kept_code import keep_code, kept_archive
from pipelines.pipeline.requests import withdrawals_by_source
from pipelines.releases import ReleaseRequest
from pipelines.releases.build import ingredients_of
from pipelines.releases.causes import Across, Ingredients
from pipelines.sources import Capture, Snapshot, SnapshotStore
from pipelines.storage import write_bytes

SCHEMAS, CORRECTIONS, REDACTIONS = "schemas", "sources/corrections", "sources/retraits"
KEPT = {"schema": SCHEMAS, "correction": CORRECTIONS, "redaction": REDACTIONS}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STILL = (1980, 1, 1, 0, 0, 0)


def keep_ingredients(project: Project, request: ReleaseRequest) -> None:
    """Keep the schemas, corrections, redactions and code of a request under their hashes; what is there stays."""
    found = ingredients_of(request)
    document = {"redaction": withdrawals_by_source(_captures(project, found).values())}
    for cause, folder in KEPT.items():
        path, packed = kept_archive(project, cause, found), _packed(project.root / folder, document.get(cause, {}))
        if not path.is_file():
            write_bytes(path, packed)
        elif cause == "schema" and path.read_bytes() != packed and found.code not in path.name:
            write_bytes(path.with_name(f"{found.schema}.{found.code}.zip"), packed)
    keep_code(project, found.code)


def missing_ingredients(project: Project, wanted: Ingredients) -> list[str]:
    """What is not kept here of what a release was made from: causes, and "source/part" of snapshots."""
    found = [cause for cause in KEPT if not kept_archive(project, cause, wanted).is_file()]
    objects = SnapshotStore.of(project).objects
    return found + [f"{source}/{part}" for source, part, digest in wanted.snapshots if digest not in objects]


def across(project: Project, package: str) -> Across:
    """The tables of a package made by the code at hand from other ingredients; none when one is no longer kept."""

    def remade(wanted: Ingredients) -> Mapping[str, pa.Table] | None:
        if wanted.code != code_ingredient(project, package):
            return None
        request = request_again(project, package, wanted)
        return None if request is None else request.tables

    return remade


def request_again(project: Project, package: str, wanted: Ingredients) -> ReleaseRequest | None:
    """The request that the code at hand makes from kept ingredients; none when one is missing or does not fit."""
    archives = _archives(project, wanted)
    if not all(path.is_file() for path in archives.values()):
        return None
    with _put_together(project, archives) as other:
        try:
            request = BuildGraph(other, _captures(project, wanted)).request(package)
            # The licence is described from the kept schemas, while they are there.
            return request if request.package.licence_described else None
        except ArobaseError:
            # Old rows under new schemas may not make a table at all: then this step shows nothing, and says so.
            return None


def ingredients_recorded(document: Mapping[str, Any]) -> Ingredients:
    """What a release's descriptor says that it was made from."""
    return Ingredients.parse(document["arobase"]["ingredients"])


def code_at_hand(project: Project, package: str, wanted: Ingredients) -> str:
    """What the code at hand would record as its code, were the version made again from its kept ingredients; empty when
    one is missing or cannot be read."""
    archives = _archives(project, wanted)
    if not all(path.is_file() for path in archives.values()):
        return ""
    with _put_together(project, archives) as other:
        try:
            return code_ingredient(other, package)
        except ArobaseError:
            return ""


def _archives(project: Project, wanted: Ingredients) -> dict[str, Path]:
    return {folder: kept_archive(project, cause, wanted) for cause, folder in KEPT.items()}


def _packed(folder: Path, beside: Mapping[str, bytes]) -> bytes:
    """A folder, and files as if they were in it, as the bytes of a zip file: sorted names, no dates, so that the same
    folder gives the same bytes."""
    buffer = io.BytesIO()
    paths = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths} | dict(beside)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, STILL), files[name])
    return buffer.getvalue()


@contextmanager
def _put_together(project: Project, archives: Mapping[str, Path]) -> Iterator[Project]:
    """A project in a temporary folder: kept ingredients, today's mappings and reference data, the same snapshots."""
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        root = Path(folder)
        (root / "sources").mkdir()
        for path in project.sources.glob("*.yaml"):
            shutil.copyfile(path, root / "sources" / path.name)
        for name, archive in archives.items():
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(root / name)
        shutil.rmtree(root / "schemas" / "entrants", ignore_errors=True)
        (root / "schemas" / "entrants").symlink_to(project.schemas / "entrants")
        (root / "sources" / "reference").symlink_to(project.reference)
        (root / "outputs").mkdir()
        (root / "outputs" / "snapshots").symlink_to(project.snapshots)
        other = Project.at(root)
        if project.private_snapshots.is_dir():
            for kept in (other.private, other.private_snapshots):
                kept.mkdir(mode=0o700)
            (other.private_snapshots / "objects").symlink_to(project.private_snapshots / "objects")
        yield other


def _captures(project: Project, wanted: Ingredients) -> dict[str, Capture]:
    """The captures that contain the snapshots of a release, as the log knew them. Raises `SnapshotGone` where it knows
    one of them no longer."""
    by_source: dict[str, list[tuple[str, str]]] = {}
    for source, part, digest in wanted.snapshots:
        by_source.setdefault(source, []).append((part, digest))
    return {
        source: Capture(source, _parts(project, source, parts), False, EPOCH) for source, parts in by_source.items()
    }


def _parts(project: Project, source: str, wanted: list[tuple[str, str]]) -> tuple[Snapshot, ...]:
    known = SnapshotStore.of(project).snapshots_of(source, wanted)
    for part, digest in wanted:
        if (part, digest) not in known:  # the log was lost, or is that of an older backup
            raise SnapshotGone(source=source, part=part, sha256=digest)
    return tuple(known[place] for place in wanted)
