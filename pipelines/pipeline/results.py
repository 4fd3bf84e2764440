"""Results that are kept under the fingerprint of what they were made from, and made again only when that changed.

A result is a folder `outputs/work/<stage>/<name>/<fingerprint>/`. It appears by one rename, so that a run killed at any
moment leaves the old result or the new one. The fingerprint covers the inputs, the code and the pinned libraries.
Of processes that want the same result at once, one makes it while the others wait for it.
Belongs here: where a result is, and when it is made again. Does not: what a fingerprint covers (`ingredients.py`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pyarrow as pa

from pipelines.core.domains import foreign_folders
from pipelines.core.project import Project
from pipelines.pipeline.errors import NotMaterialised
from pipelines.storage import lock, make_own_folder, new_folder, sha256_bytes, sha256_file, sweep, write_text
from pipelines.storage.atomic import ASIDE
from pipelines.storage.shared import shared_of
from pipelines.storage.spool import put_in

KEPT_RESULTS = 2
CONTENTS = "contents.json"
FOREVER = -1.0  # the lock of a process that died is free at once
CODE, LOCK = Path(__file__).resolve().parents[2], "requirements.lock"
ABOVE_STAGES = {
    *("__main__.py", "cli.py", "definitions.py", "commands", "orchestration"),
    *("alerts", "monitoring", "starter", "portals", "catalogue"),
}
"""Of `pipelines/`, what no stage up to a release imports; `tests/pipeline/test_ingredients.py` holds it."""
SHOWN_OF_DOMAINS = {"charts", "commands"}
CODE_SUFFIXES = {".py", ".csv", ".json", ".j2", ".css", ".js", ".svg", ".ttf"}


@dataclass(frozen=True)
class Kept:
    """A result's folder, the fingerprint that names it, and whether this call made it."""

    folder: Path
    fingerprint: str
    is_new: bool


def fingerprint(parts: Mapping[str, object]) -> str:
    """The SHA-256 of named parts, whatever the order in which they are given."""
    return sha256_bytes(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode())


def keep(
    project: Project,
    stage: str,
    name: str,
    made_from: Mapping[str, object],
    make: Callable[[Path], None],
    *,
    is_good: Callable[[Path], bool] = Path.is_dir,
    may_make: bool = True,
) -> Kept:
    """The result of `make` for these inputs: the kept one, or a new one that `make` fills in an empty folder.

    A kept one whose files are not those that were made (somebody edited one, added one, took one away) is made again.

    `is_good`: whether a kept folder can still serve; one that cannot is made again. `may_make`: whether what is not
    kept may be made; else `NotMaterialised` is raised.
    Whatever `make` raises passes through, and then nothing of it is kept.
    """
    mark = fingerprint({**made_from, "code": stage_code_digest(), **domains_digests(project)})
    base = project.work / f"{stage}/{name}"
    folder = base / mark[:24]
    put_in(project.work)
    if _is_ready(base, folder, is_good):
        return Kept(folder, mark, is_new=False)
    make_own_folder(project.work)  # rejected values are in it, and nobody has read them yet
    with lock(base.with_name(f".{base.name}.lock"), wait_seconds=FOREVER):
        sweep(base)
        shared = shared_of(project.outputs)
        if shared is not None and not folder.is_dir():
            shared.fetch_result(folder)  # perhaps another machine made it
        if folder.is_dir() and is_as_made(folder) and is_good(folder):
            os.utime(folder)  # used now: another process forgets what was not used for longest
            return Kept(folder, mark, is_new=False)
        if not may_make:
            raise NotMaterialised(stage=stage, name=name)
        if folder.is_dir():
            _forget(folder)
        with new_folder(folder) as aside:
            make(aside)
            pa.default_memory_pool().release_unused()  # the next result is as large as this one
            write_text(aside / CONTENTS, json.dumps(_contents(aside), sort_keys=True))
        _forget_old(base, folder)
        if shared is not None:
            shared.give_result(folder)
    return Kept(folder, mark, is_new=True)


def is_sent(project: Project) -> bool:
    """Whether results are sent to a store, from where other machines take them."""
    return shared_of(project.outputs) is not None


def _is_ready(base: Path, folder: Path, is_good: Callable[[Path], bool]) -> bool:
    """Whether a result can be taken as it is, without the lock: it appeared whole, and nothing was left beside it."""
    try:
        names = [path.name for path in base.iterdir()]
        if folder.name not in names or any(name.startswith(ASIDE) for name in names):
            return False
        os.utime(folder)  # used now: another process forgets what was not used for longest
    except FileNotFoundError:
        return False
    return is_as_made(folder) and is_good(folder)


def is_as_made(folder: Path) -> bool:
    """Whether a result contains the files that it was made with, byte for byte."""
    try:
        contents = json.loads((folder / CONTENTS).read_bytes())
        return bool(contents == _contents(folder))
    except (OSError, ValueError):
        return False


def _contents(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a result, by its path in it; of what is no file, what it is."""
    found = dict(_digests_below(folder, ""))
    found.pop(CONTENTS, None)
    return found


def _digests_below(folder: Path, above: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as items:
        for item in items:
            name = above + item.name
            if item.is_dir(follow_symlinks=False):
                yield from _digests_below(Path(item.path), f"{name}/")
            elif item.is_file(follow_symlinks=False):
                yield name, sha256_file(Path(item.path))
            else:
                yield name, "?"


def _forget_old(base: Path, newest: Path) -> None:
    others = sorted(
        (item for item in base.iterdir() if item.is_dir() and item != newest), key=lambda item: item.stat().st_mtime_ns
    )
    for old in others[: max(0, len(others) - KEPT_RESULTS + 1)]:
        _forget(old)


def _forget(folder: Path) -> None:
    """Take a result away by one rename: a process killed while it deletes leaves no half of one under its name."""
    gone = folder.with_name(f"{ASIDE}{folder.name}")
    folder.rename(gone)
    shutil.rmtree(gone)


@cache
def code_digest() -> str:
    """The SHA-256 over the project's own code and, where it is beside it, the lock of its libraries."""
    return fingerprint(_own_code())


def code_digest_of(root: Path) -> str:
    """The same of the code in another folder, which contains `pipelines/`."""
    return fingerprint(_code_of(root))


@cache
def stage_code_digest() -> str:
    """The SHA-256 over the code that the stages up to a release import, and the lock: no page, command or graph of
    Dagster decides a byte of a table."""
    return fingerprint({name: digest for name, digest in _own_code().items() if is_of_stages(name)})


@cache
def stage_code(project: Project) -> bytes:
    """The text of that code, domains of the project's own included."""
    own = [CODE / name for name in _own_code() if is_of_stages(name) and name != LOCK]
    foreign = [path for folder in foreign_folders(project).values() for path in _files_of_code(folder)]
    return b"\n".join(path.read_bytes() for path in [*own, *foreign] if path.suffix == ".py")


def is_of_stages(name: str) -> bool:
    """Whether a file of the code, `pipelines/…`, may decide what a release contains. Modules above the stages
    cannot."""
    _, *folders = name.split("/")
    is_above = bool(folders) and folders[0] in ABOVE_STAGES
    is_shown = len(folders) > 2 and folders[0] == "domains" and folders[2] in SHOWN_OF_DOMAINS
    return not is_above and not is_shown


@cache
def _own_code() -> dict[str, str]:
    return _code_of(CODE)


def _code_of(root: Path) -> dict[str, str]:
    """The SHA-256 of each file of the code, by its path."""
    lock = root / LOCK
    files = sorted([*_files_of_code(root / "pipelines"), *([lock] if lock.is_file() else [])])
    return {path.relative_to(root).as_posix(): sha256_bytes(path.read_bytes()) for path in files}


def _files_of_code(folder: Path) -> list[Path]:
    return [
        Path(place) / name
        for place, _, names in os.walk(folder)
        if not place.endswith("__pycache__")
        for name in names
        if os.path.splitext(name)[1] in CODE_SUFFIXES  # noqa: PTH122  # of names that `os.walk` gives as text
    ]


def domains_digests(project: Project) -> dict[str, str]:
    """The SHA-256 over the code of each domain of the project that does not ship with the engine; none, no entry."""
    return {f"domain {name}": _digest(folder, _files_of_code(folder)) for name, folder in _foreign(project).items()}


def _foreign(project: Project) -> dict[str, Path]:
    """`foreign_folders`, asked again when the project's file changed: hundreds of results ask for it in a run."""
    try:
        state = project.file.stat()
    except FileNotFoundError:
        return _foreign_domains(project, None)
    return _foreign_domains(project, (state.st_mtime_ns, state.st_size, state.st_ino))


@lru_cache(maxsize=64)
def _foreign_domains(project: Project, _stamp: tuple[int, int, int] | None) -> dict[str, Path]:
    return foreign_folders(project)


def folder_digest(folder: Path, beside: Mapping[str, bytes] | None = None) -> str:
    """The SHA-256 over every file of a folder, empty when there is none. `beside`: files to count as if they were
    there, by name."""
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    digests = {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}
    digests |= {name: sha256_bytes(data) for name, data in (beside or {}).items()}
    return fingerprint(digests) if digests else ""


def _digest(root: Path, files: Iterable[Path]) -> str:
    named = sorted((path.relative_to(root).as_posix(), path) for path in files)
    return fingerprint({name: sha256_file(path) for name, path in named})
