"""The files of the catalogue: collected in memory, written only where their bytes differ, gone when nobody makes them.

Belongs here: writing. Does not: knowing what any file says. Files appear whole (written aside, then renamed) but are
not flushed to the disk one by one: the catalogue can be made again at any time from the releases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.storage.atomic import ASIDE

INVENTORY = "fichiers.txt"


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

    def write(self, folder: Path) -> list[str]:
        """Write what differs, delete what an earlier catalogue wrote and this one does not hold; both are returned.

        Only files of the inventory are deleted: what somebody else put into the folder stays. Raises `OSError`.
        """
        inventory = folder / INVENTORY
        before = inventory.read_text(encoding="utf-8").splitlines() if inventory.is_file() else []
        held = {**self.files, INVENTORY: "".join(f"{path}\n" for path in sorted(self.files)).encode()}
        changed = [path for path, content in held.items() if _differs(folder / path, content)]
        for path in changed:
            _replace(folder / path, held[path])
        gone = [path for path in before if path not in held and (folder / path).is_file()]
        for path in gone:
            (folder / path).unlink()
        for parent in _emptied(folder, gone):
            parent.rmdir()
        return sorted([*changed, *gone])


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size != len(content) or path.read_bytes() != content
    except FileNotFoundError:
        return True


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{ASIDE}{path.name}")
    aside.write_bytes(content)
    aside.replace(path)


def _emptied(folder: Path, gone: list[str]) -> Iterator[Path]:
    """Folders that the deletions left empty, deepest first."""
    parents = {parent for path in gone for parent in (folder / path).parents if folder in parent.parents}
    for parent in sorted(parents, key=lambda item: -len(item.parts)):
        if parent.is_dir() and not any(parent.iterdir()):
            yield parent
