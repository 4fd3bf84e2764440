"""A store of bytes under their SHA-256: the same bytes are kept once, and a name says whether its bytes are right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.storage.atomic import write_bytes
from pipelines.storage.digests import sha256_bytes, sha256_file


@dataclass(frozen=True)
class ObjectStore:
    """Objects in a folder, as `<first two digits>/<sha256>`."""

    folder: Path

    def path(self, digest: str) -> Path:
        """Where the object of that digest is, or would be."""
        return self.folder / f"{digest[:2]}/{digest}"

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and self.path(digest).is_file()

    def add_bytes(self, data: bytes) -> str:
        """Keep `data`; returns its digest."""
        digest = sha256_bytes(data)
        if digest not in self:
            write_bytes(self.path(digest), data)
        return digest

    def add_file(self, path: Path) -> str:
        """Keep a copy of a file; returns its digest."""
        digest = sha256_file(path)
        if digest not in self:
            write_bytes(self.path(digest), path.read_bytes())
        return digest

    def is_sound(self, digest: str) -> bool:
        """Whether the object is there and its bytes still have its digest."""
        return digest in self and sha256_file(self.path(digest)) == digest
