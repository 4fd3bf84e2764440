"""Compressed files: whether they can be unpacked, and whether that would fill a disk.

Belongs here: looking into an archive before Frictionless unpacks it. Does not: unpacking it.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from pipelines.validation.errors import ArchiveTooLarge, FileUnreadable

RATIO = 200  # times: tables in text shrink 5 to 50 times, files made to fill a disk 1,000 times and more
ALLOWED = 64 << 20  # bytes that any archive may unpack to
PIECE = 1 << 20


def _first_member(path: Path) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    names = archive.namelist()
    if not names:
        raise zipfile.BadZipFile("the archive is empty")
    return archive.open(names[0])


OPENERS: dict[str, Callable[[Path], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zip": _first_member,
}


def check_archive(path: Path) -> None:
    """Read a compressed file through. Raises `ArchiveTooLarge`, and `FileUnreadable` when it is damaged."""
    opener = OPENERS.get(path.suffix.lower())
    if opener is None:
        return
    packed, unpacked = path.stat().st_size, 0
    try:
        with opener(path) as stream:
            while piece := stream.read(PIECE):
                unpacked += len(piece)
                if unpacked > max(ALLOWED, RATIO * packed):
                    raise ArchiveTooLarge(file=str(path), packed=packed, unpacked=unpacked)
    except (
        OSError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise FileUnreadable(file=str(path), found=f"{type(error).__name__}: {error}") from error
