"""The files of the catalogue: collected in memory, written only where their bytes differ, gone when nobody makes them.

Belongs here: writing. Does not: knowing what any file says. Files appear whole (written aside, then renamed) but are
not flushed to the disk one by one: the catalogue can be made again at any time from the releases. What somebody has to
look at first (the privacy gate) is shown to them before any of it has its name.
"""

from __future__ import annotations

import filecmp
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
WELL_KNOWN = ".well-known"
"""The one folder of a hidden name that hosts show; others (`.git`) are their owner's, and our server shows none."""
Inspect = Callable[[Path], object]
Make = Callable[[Path], object]
IsRight = Callable[[Path], bool]


def json_text(document: Any) -> str:
    """A JSON document as the catalogue writes it: in the order given, two spaces, one final line feed."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@dataclass
class Site:
    """What a catalogue contains, by path relative to its folder."""

    files: dict[str, bytes] = field(default_factory=dict)
    linked: dict[str, Path] = field(default_factory=dict)
    """Released files that are here too: links, or copies where the file system has none."""
    made: dict[str, tuple[Make, IsRight]] = field(default_factory=dict)
    """Files that are too large for the memory: how each is written, and whether the one that is there is right."""

    def add(self, path: str, content: str | bytes) -> None:
        """Hold a file. Raises `ValueError` when two makers claim one path, or a path leaves the catalogue."""
        self._claim(path)
        self.files[path] = content.encode("utf-8") if isinstance(content, str) else content

    def link(self, path: str, target: Path) -> None:
        """Hold a released file under a second name. It was checked when it was released. Raises as `add`."""
        self._claim(path)
        self.linked[path] = target

    def make(self, path: str, write: Make, is_right: IsRight) -> None:
        """Hold a file made of released files alone, written only where it is not right yet. Raises as `add`."""
        self._claim(path)
        self.made[path] = (write, is_right)

    @property
    def paths(self) -> set[str]:
        """Every file that the catalogue holds."""
        return {*self.files, *self.linked, *self.made}

    def _claim(self, path: str) -> None:
        if (
            any(path in held for held in (self.files, self.linked, self.made))
            or ".." in PurePosixPath(path).parts
            or path.startswith("/")
        ):
            raise ValueError(f"{path!r} is made twice, or leaves the catalogue")

    def add_json(self, path: str, document: Any) -> None:
        """Hold a JSON document."""
        self.add(path, json_text(document))

    def write(self, folder: Path, *, inspect: Inspect | None = None) -> list[str]:
        """Write what differs, delete what an earlier catalogue wrote and this one does not hold; both are returned.

        Only files of the inventory are deleted: what somebody else put into the folder stays. `inspect` is shown the
        whole folder, aside, as it is about to be, without hidden folders and without released files, which it checked
        before they were; when it raises, the folder stays as it was.
        Raises `OSError`, and `Busy` when another process has been writing the same folder for a minute. A process that
        is killed leaves an inventory of what was there and of what was to come, so that nothing stays for ever.
        """
        with lock(folder.with_name(f".{folder.name}.lock"), wait_seconds=WAIT):
            return self._write(folder, inspect)

    def _write(self, folder: Path, inspect: Inspect | None) -> list[str]:
        inventory = folder / INVENTORY
        before = inventory.read_text(encoding="utf-8").splitlines() if inventory.is_file() else []
        paths = self.paths
        held = {**self.files, INVENTORY: _lines(paths)}
        changed = [path for path, content in held.items() if _differs(folder / path, content)]
        linked = [path for path, target in self.linked.items() if not _is_same(folder / path, target)]
        made = [path for path, (_, is_right) in self.made.items() if not is_right(folder / path)]
        stale = [path for path in before if path not in paths and path != INVENTORY]
        gone = [path for path in stale if (folder / path).is_file()]
        released = {*self.linked, *self.made}
        if inspect is not None and not (changed or gone or linked or made):
            with _aside(folder) as aside:
                _link_others(folder, aside, released)
                inspect(aside)
        elif changed or gone or linked or made:
            with _aside(folder) as aside:
                for path in changed:
                    _write_shared(_make(aside / path), held[path])
                if inspect is not None:
                    _link_others(folder, aside, {*changed, *gone, *released})
                    inspect(aside)
                for path in linked:
                    _link(self.linked[path], _make(aside / path))
                for path in made:
                    self.made[path][0](_make(aside / path))
                    (aside / path).chmod(0o644)
                if INVENTORY in changed:
                    both = aside / BOTH
                    _write_shared(both, _lines({*before, *paths}))
                    both.replace(_make(folder / INVENTORY))
                for path in (*linked, *made, *changed):
                    if path != INVENTORY:
                        (aside / path).replace(_make(folder / path))
                for path in gone:
                    (folder / path).unlink(missing_ok=True)
                for parent in _emptied(folder, stale):
                    parent.rmdir()
                if INVENTORY in changed:
                    (aside / INVENTORY).replace(folder / INVENTORY)
        return sorted([*changed, *linked, *made, *gone])


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
            _link(path.resolve(), _make(aside / name))


def _link(source: Path, target: Path) -> None:
    """A second name of a file, or a copy of it where the file system has no links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(0o644)


def _is_same(path: Path, target: Path) -> bool:
    """Whether a file is the other one, or contains the same bytes."""
    try:
        return path.samefile(target) or filecmp.cmp(path, target, shallow=False)
    except FileNotFoundError:
        return False


def _is_hidden(name: str) -> bool:
    """Whether a file is in a hidden folder."""
    return any(part.startswith(".") and part != WELL_KNOWN for part in PurePosixPath(name).parts[:-1])


def _emptied(folder: Path, gone: list[str]) -> Iterator[Path]:
    """Folders that the deletions left empty, deepest first."""
    parents = {parent for path in gone for parent in (folder / path).parents if folder in parent.parents}
    for parent in sorted(parents, key=lambda item: -len(item.parts)):
        if parent.is_dir() and not any(parent.iterdir()):
            yield parent
