"""Compressed files: whether they can be unpacked, and whether that would fill a disk.

Belongs here: looking into an archive before Frictionless unpacks it. Does not: unpacking it.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipelines.storage.damage import DAMAGE
from pipelines.validation.errors import ArchiveTooLarge, FileUnreadable

RATIO = 200  # times: tables in text shrink 5 to 50 times, files made to fill a disk 1,000 times and more
ALLOWED = 64 << 20  # bytes that any archive may unpack to
PIECE = 1 << 20
GZIP = ".gz"


class _Members:
    """All members of a zip file, one after the other: a workbook is one, and any of them may be read."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        names = self._archive.namelist()
        if not names:
            raise zipfile.BadZipFile("the archive is empty")
        self._rest = iter(names)
        self._open: IO[bytes] | None = None

    def __enter__(self) -> _Members:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end of the last member."""
        while True:
            if self._open is None:
                name = next(self._rest, None)
                if name is None:
                    return b""
                self._open = self._archive.open(name)
            if piece := self._open.read(size):
                return piece
            self._open = None


OPENERS: dict[str, Callable[[Path], Any]] = {
    GZIP: gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zip": _Members,
    ".xlsx": _Members,
    ".xlsm": _Members,
    ".ods": _Members,
}


def allowed(packed: int) -> int:
    """To how many bytes that many packed ones may unpack."""
    return max(ALLOWED, RATIO * packed)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """All files of a zip file in a temporary folder, which goes when the block ends.

    Raises `ArchiveTooLarge`, and `FileUnreadable` when it is damaged.
    """
    packed, room = path.stat().st_size, [0]
    room[0] = allowed(packed)
    with tempfile.TemporaryDirectory(prefix="package-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    _unpack(archive, member, Path(folder), room)
        except _TooMuch:
            raise ArchiveTooLarge(file=str(path), packed=packed, unpacked=allowed(packed)) from None
        except DAMAGE as error:
            raise FileUnreadable(file=str(path), found=f"{type(error).__name__}: {error}") from error
        yield Path(folder)


class _TooMuch(Exception):
    """More was unpacked than is allowed."""


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, room: list[int]) -> None:
    """One member, inside `folder` whatever its name says; `room` is how many bytes may still come."""
    target = (folder / member.filename.lstrip("/")).resolve()
    if member.is_dir() or not target.is_relative_to(folder.resolve()):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as stream, target.open("wb") as file:
        while piece := stream.read(PIECE):
            room[0] -= len(piece)
            if room[0] < 0:
                raise _TooMuch
            file.write(piece)


def check_archive(path: Path, *, may_be_damaged: bool = False) -> None:
    """Read a compressed file through. Raises `ArchiveTooLarge`, and `FileUnreadable` when it is damaged and may not."""
    opener = OPENERS.get(path.suffix.lower())
    if opener is None:
        return
    packed, unpacked = path.stat().st_size, 0
    try:
        with opener(path) as stream:
            while piece := stream.read(PIECE):
                unpacked += len(piece)
                if unpacked > allowed(packed):
                    raise ArchiveTooLarge(file=str(path), packed=packed, unpacked=unpacked)
    except DAMAGE as error:
        if may_be_damaged:
            return
        raise FileUnreadable(file=str(path), found=f"{type(error).__name__}: {error}") from error
