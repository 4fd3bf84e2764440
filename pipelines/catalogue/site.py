"""The files of the catalogue: collected in memory, written only where their bytes differ, gone when nobody makes them.

Belongs here: writing. Does not: knowing what any file says. Files appear whole (written aside, then renamed) but are
not flushed to the disk one by one: the catalogue can be made again at any time from the releases. What somebody has to
look at first (the privacy gate) is shown to them before any of it has its name.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.storage import lock, make_folder
from pipelines.storage.atomic import ASIDE

INVENTORY, BOTH = "fichiers.txt", ".fichiers"
WAIT = 60  # seconds
SHOWN_FOLDER = ".well-known"
"""The one folder of a hidden name that hosts show; others (`.git`) are their owner's, and our server shows none."""
Inspect = Callable[[Path], object]


def json_text(document: Any) -> str:
    """A JSON document as the catalogue writes it: in the order given, two spaces, one final line feed."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@dataclass
class Site:
    """What a catalogue holds, by path relative to its folder."""

    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, path: str, content: str | bytes) -> None:
        """Hold a file. Raises `ValueError` when two makers claim one path, or a path leaves the catalogue."""
        if path in self.files or ".." in PurePosixPath(path).parts or path.startswith("/"):
            raise ValueError(f"{path!r} is made twice, or leaves the catalogue")
        self.files[path] = content.encode("utf-8") if isinstance(content, str) else content

    def add_json(self, path: str, document: Any) -> None:
        """Hold a JSON document."""
        self.add(path, json_text(document))

    def write(self, folder: Path, *, inspect: Inspect | None = None) -> list[str]:
        """Write what differs, delete what an earlier catalogue wrote and this one does not hold; both are returned.

        Only files of the inventory are deleted: what somebody else put into the folder stays. `inspect` is shown the
        whole folder, aside, as it is about to be, without hidden folders; when it raises, the folder stays as it was.
        Raises `OSError`, and `Busy` when another process has been writing the same folder for a minute. A process that
        is killed leaves an inventory of what was there and of what was to come, so that nothing stays for ever.
        """
        with lock(folder.with_name(f".{folder.name}.lock"), wait_seconds=WAIT):
            return self._write(folder, inspect)

    def _write(self, folder: Path, inspect: Inspect | None) -> list[str]:
        inventory = folder / INVENTORY
        before = inventory.read_text(encoding="utf-8").splitlines() if inventory.is_file() else []
        held = {**self.files, INVENTORY: _lines(self.files)}
        changed = [path for path, content in held.items() if _differs(folder / path, content)]
        stale = [path for path in before if path not in held]
        gone = [path for path in stale if (folder / path).is_file()]
        if inspect is not None and not changed and not gone:
            with _aside(folder) as aside:
                _link_others(folder, aside, set())
                inspect(aside)
        elif changed or gone:
            with _aside(folder) as aside:
                for path in changed:
                    _write_shared(_make(aside / path), held[path])
                if inspect is not None:
                    _link_others(folder, aside, {*changed, *gone})
                    inspect(aside)
                if INVENTORY in changed:
                    both = aside / BOTH
                    _write_shared(both, _lines({*before, *self.files}))
                    both.replace(_make(folder / INVENTORY))
                for path in changed:
                    if path != INVENTORY:
                        (aside / path).replace(_make(folder / path))
                for path in gone:
                    (folder / path).unlink(missing_ok=True)
                for parent in _emptied(folder, stale):
                    parent.rmdir()
                if INVENTORY in changed:
                    (aside / INVENTORY).replace(folder / INVENTORY)
        return sorted([*changed, *gone])


def _lines(paths: Iterable[str]) -> bytes:
    return "".join(f"{path}\n" for path in sorted(paths)).encode()


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size != len(content) or path.read_bytes() != content
    except FileNotFoundError:
        return True


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder` that nobody else may read; what a killed process left of it goes first."""
    aside = folder.with_name(f"{ASIDE}{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _make(path: Path) -> Path:
    """The path, whose folder is there."""
    make_folder(path.parent)
    return path


def _write_shared(path: Path, content: bytes) -> None:
    """Write a file that a web server reads, whatever the umask."""
    path.write_bytes(content)
    path.chmod(0o644)


def _link_others(folder: Path, aside: Path, replaced: set[str]) -> None:
    """Show in `aside` the files of `folder` that stay: as links, or as copies where the file system has no links."""
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in replaced and not _is_hidden(name):
            target = _make(aside / name)
            try:
                target.hardlink_to(path.resolve())
            except OSError:
                shutil.copyfile(path, target)


def _is_hidden(name: str) -> bool:
    """Whether a file is in a hidden folder."""
    return any(part.startswith(".") and part != SHOWN_FOLDER for part in PurePosixPath(name).parts[:-1])


def _emptied(folder: Path, gone: list[str]) -> Iterator[Path]:
    """Folders that the deletions left empty, deepest first."""
    parents = {parent for path in gone for parent in (folder / path).parents if folder in parent.parents}
    for parent in sorted(parents, key=lambda item: -len(item.parts)):
        if parent.is_dir() and not any(parent.iterdir()):
            yield parent
