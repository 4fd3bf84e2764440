"""SHA-256 of bytes and of files, in lower-case hexadecimal."""

from __future__ import annotations

import hashlib
from pathlib import Path

BLOCK = 1 << 18


def sha256_bytes(data: bytes) -> str:
    """The SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:  # of thousands of small files, a buffer each costs more than its bytes
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
