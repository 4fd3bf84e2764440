"""A file sent as one part of a form, read from the disk while it goes: never whole in memory.

Source: RFC 7578 (multipart/form-data).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 18


@dataclass(frozen=True)
class Upload:
    """The file `path`, sent under `name` in the form's field `file`. `boundary` must not be in the file: a SHA-256."""

    path: Path
    name: str
    media_type: str
    boundary: str

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def body(self) -> _Body:
        """The body of one request, from its start."""
        head = f'--{self.boundary}\r\nContent-Disposition: form-data; name="file"; filename="{self.name}"\r\n'
        head += f"Content-Type: {self.media_type}\r\n\r\n"
        return _Body(head.encode("utf-8"), self.path, self.size, f"\r\n--{self.boundary}--\r\n".encode())


@dataclass(frozen=True)
class _Body:
    """What `requests` streams: it asks for the length, then for the blocks."""

    head: bytes
    path: Path
    size: int
    tail: bytes

    def __len__(self) -> int:
        return len(self.head) + self.size + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
        yield self.tail
