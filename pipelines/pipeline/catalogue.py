"""Catalogue: what is released, for people and for machines.

Belongs here: when the catalogue is written again, and the gate on its pages. Does not: any page (`catalogue/`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.core.project import Project
from pipelines.geo.other_names import other_names
from pipelines.pipeline.personal import check_pages, gate_key
from pipelines.pipeline.results import code_digest, domains_digests, fingerprint, folder_digest
from pipelines.privacy import Seen
from pipelines.storage import make_own_folder, write_text

MEMORY = "catalogue.json"


def make_catalogue(project: Project, *, base_url: str | None = None, seen: Seen | None = None) -> Path:
    """Write `outputs/catalogue/` from the releases, only what changed; returns the folder.

    `base_url` takes the place of the address that `catalogue.yaml` says. `seen`: what the gate found clean before.
    Nothing is made, nor looked at again, when neither the releases, the catalogue, the code, what the gate goes by
    nor the geographic reference has changed since this last went well.
    Raises `PersonalDataFound`, naming the page, when something personal is in one: then nothing of the folder has
    changed. Raises `CatalogueFileError`, and `ReferenceMissing` where a part of the reference is not there.
    """
    from pipelines.catalogue.publisher import read_publisher_settings

    settings = read_publisher_settings(project)
    made_from = _made_from(project, settings, base_url)
    if _remembered(project.work / MEMORY) == _mark(project, made_from):
        return project.catalogue
    from pipelines.catalogue import write_catalogue

    write_catalogue(
        project.releases,
        project.catalogue,
        settings=settings,
        base_url=base_url,
        also=other_names(project.reference),
        inspect=lambda pages: check_pages(project, pages, seen),
    )
    _remember(project, made_from)
    return project.catalogue


def altered_pages(project: Project) -> tuple[list[str], list[str]]:
    """The files of `outputs/catalogue/` that are not what the releases and `catalogue.yaml` make (altered, missing, or
    links), and those that somebody else put there, which a release leaves alone.

    Nothing is written there. A catalogue that `arobase serve` made has the address of that server.

    Raises `CatalogueFileError`, `ReleaseDamaged`, `OSError`.
    """
    from pipelines.catalogue import write_catalogue
    from pipelines.catalogue.publisher import read_publisher_settings
    from pipelines.catalogue.site import INVENTORY

    found = project.catalogue
    special = [path for path in sorted(found.rglob("*")) if path.is_symlink() or not (path.is_file() or path.is_dir())]
    if special:
        return [path.relative_to(found).as_posix() for path in special], []
    with TemporaryDirectory(prefix="arobase-") as folder:
        copy = Path(shutil.copytree(found, Path(folder) / found.name))
        settings, also = read_publisher_settings(project), other_names(project.reference)
        altered = write_catalogue(project.releases, copy, settings=settings, base_url=_served_at(copy), also=also)
        made = {INVENTORY, *(copy / INVENTORY).read_text(encoding="utf-8").splitlines()}
    files = [path.relative_to(found).as_posix() for path in sorted(found.rglob("*")) if path.is_file()]
    return altered, [name for name in files if name not in made and name not in altered]


def _served_at(catalogue: Path) -> str | None:
    """The address of the server of this machine that a catalogue was made for, none for one that is published."""
    path = catalogue / "sitemap.xml"
    address = _LOOPBACK.search(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else None
    return address[0] if address else None


_LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}/")


def _made_from(project: Project, settings: object, base_url: str | None) -> dict[str, object]:
    """What decides the catalogue, but the releases."""
    return {
        "code": code_digest(),
        **domains_digests(project),
        "publisher": repr(settings),
        "base_url": base_url,
        "gate": gate_key(project),
        "schemas": folder_digest(project.schemas),
        "reference": folder_digest(project.reference),
    }


def _remember(project: Project, made_from: Mapping[str, object]) -> None:
    """Note that the catalogue that is there is right."""
    make_own_folder(project.work)
    write_text(project.work / MEMORY, json.dumps({"mark": _mark(project, made_from)}))


def _mark(project: Project, made_from: Mapping[str, object]) -> str:
    """What the catalogue is made from and what it is, every file by its size, times and inode: bytes that are written
    again change the time of their inode, which nobody sets."""
    states = {folder.name: list(_states(folder)) for folder in (project.releases, project.catalogue)}
    return fingerprint({**made_from, **states})


def _states(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if path.suffix != ".lock":
                state = path.lstat()
                relative = path.relative_to(folder).as_posix()
                yield relative, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino


def _remembered(memory: Path) -> str | None:
    try:
        return str(json.loads(memory.read_text(encoding="utf-8"))["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
