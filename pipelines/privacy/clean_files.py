"""Files in which a scan found nothing, remembered from one run to the next.

Belongs here: remembering, so that a catalogue of which one page changed is not read whole again. Does not: deciding
what is clean. What is remembered applies to one key: the code, the allow list and the values that are looked for.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.storage import write_text


@dataclass
class CleanFiles:
    """The digests of the files, with their names, in which nothing was found by a scan under `key`."""

    path: Path
    key: str
    _known: set[str] = field(default_factory=set)
    _met: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path, key: str) -> CleanFiles:
        """What is remembered in `path`; nothing when it is not there, cannot be read, or is of another key."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            known = set(document["clean"]) if document["key"] == key else set()
        except (OSError, ValueError, KeyError, TypeError):
            known = set()
        return cls(path, key, known)

    def has(self, name: str, data: bytes) -> bool:
        """Whether nothing was found in this very file, under this name."""
        mark = _mark(name, data)
        if mark not in self._known and mark not in self._met:
            return False
        self._met.add(mark)
        return True

    def add(self, name: str, data: bytes) -> None:
        """Remember a file in which nothing was found."""
        self._met.add(_mark(name, data))

    def save(self) -> None:
        """Keep what this scan met, and forget the rest: files that are no more."""
        if self._met != self._known:
            write_text(self.path, json.dumps({"key": self.key, "clean": sorted(self._met)}))


def _mark(name: str, data: bytes) -> str:
    digest = hashlib.sha256(name.encode())
    digest.update(b"\0")
    digest.update(data)
    return digest.hexdigest()
