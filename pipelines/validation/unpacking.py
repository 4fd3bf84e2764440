"""A gzip file unpacked in a thread of its own, some blocks ahead of who reads it.

Belongs here: bytes in their order, whole or an error. Does not: what Frictionless unpacks itself (`archives.py` looks
into it before). What isal does not unpack to the end may still be read by Python's `gzip`, which checks less.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import cast

from isal import isal_zlib

from pipelines.validation.archives import allowed
from pipelines.validation.errors import ArchiveTooLarge

READ, PIECE = 1 << 20, 4 << 20  # bytes read, and bytes unpacked, at once
AHEAD = 2  # pieces
GZIP = 31  # in zlib's terms: a gzip header and its checksum
UNPACKING = cast("type[Exception]", isal_zlib.error)


class DamagedGzip(Exception):
    """The file ends in the middle, or contains what isal does not unpack as gzip."""


class Gunzipped:
    """The unpacked bytes of a gzip file. Used as a context, whose end stops the thread."""

    def __init__(self, path: Path) -> None:
        self._pieces = _pieces(path)
        self._pool = ThreadPoolExecutor(1)
        self._waiting: deque[Future[bytes]] = deque()
        self._rest, self._is_over = memoryview(b""), False

    def __enter__(self) -> Gunzipped:
        self._waiting.extend(self._ask() for _ in range(AHEAD))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._pieces.close()

    def readinto(self, view: memoryview) -> int:
        """Fill `view`, as far as there are bytes; returns how many. Raises what unpacking raised."""
        filled = 0
        while filled < len(view) and not self._is_over:
            if not self._rest:
                self._waiting.append(self._ask())
                self._rest = memoryview(self._waiting.popleft().result())
                self._is_over = not self._rest
            taken = self._rest[: len(view) - filled]
            view[filled : filled + len(taken)] = taken
            filled, self._rest = filled + len(taken), self._rest[len(taken) :]
        return filled

    def _ask(self) -> Future[bytes]:
        """The next piece, empty at the end; one thread takes them in turn."""
        return self._pool.submit(next, self._pieces, b"")


def _pieces(path: Path) -> Generator[bytes]:
    """The unpacked bytes, at most `PIECE` at once, members one after the other as Python's `gzip` takes them.

    Raises `DamagedGzip`, `ArchiveTooLarge` and `OSError`.
    """
    packed, unpacked = path.stat().st_size, 0
    most = allowed(packed)
    with path.open("rb") as file:
        rest = file.read(READ)
        while rest:
            member = isal_zlib.decompressobj(GZIP)
            while not member.eof:
                try:
                    piece = member.decompress(rest, PIECE)
                except UNPACKING as error:
                    raise DamagedGzip(str(error)) from error
                unpacked += len(piece)
                if unpacked > most:
                    raise ArchiveTooLarge(file=str(path), packed=packed, unpacked=most)
                if piece:
                    yield piece
                rest = member.unconsumed_tail or (b"" if member.eof else file.read(READ))
                if not rest and not piece and not member.eof:
                    raise DamagedGzip("the file ends in the middle")
            rest = member.unused_data.lstrip(b"\0")
            while not rest and (more := file.read(READ)):
                rest = more.lstrip(b"\0")
