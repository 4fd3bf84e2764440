"""One stream of a compound file (the container of `.xls`), read within its own size.

Source: [MS-CFB], 2.2 (header), 2.3 (FAT), 2.6 (directory). Every chain is followed at most as long as the file is, so
that a chain that bites its tail is a damaged file and not a process that never ends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from pipelines.formats.workbooks.scan import Unscannable

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
ENTRY = 128
STREAM, ROOT = 2, 5


class CompoundFile:
    """The streams of a compound file by name. Raises `Unscannable` for one that is cut or has chains without an end."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise Unscannable("header")
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise Unscannable(f"header: {error}") from None

    def _open(self) -> None:
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Unscannable("sector size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, self._cutoff, mini_fat = struct.unpack_from("<I4xII", self._data, 48)
        self._fat = self._allocation()
        entries = self._chain(directory, self._fat)
        self._mini_fat = self._numbers(self._chain(mini_fat, self._fat)) if mini_fat < END else ()
        self._entries = [entries[start : start + ENTRY] for start in range(0, len(entries) - ENTRY + 1, ENTRY)]
        root = next((item for item in self._entries if item[66] == ROOT), None)
        first = struct.unpack_from("<I", root, 116)[0] if root else END
        self._mini = self._chain(first, self._fat) if first < END else b""

    def _allocation(self) -> tuple[int, ...]:
        """The file allocation table, from the sectors that the header and its continuation list."""
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        following, count = struct.unpack_from("<II", self._data, 68)
        for _number in range(min(count, len(self._data) // self._size)):
            if following >= END:
                break
            block = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            sectors.extend(block[:-1])
            following = block[-1]
        tables = [self._sector(sector) for sector in sectors if sector < END]
        return self._numbers(b"".join(tables))

    @staticmethod
    def _numbers(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        found = self._data[start : start + self._size]
        if len(found) < self._size:
            found = found.ljust(self._size, b"\x00") if found else self._cut(number)
        return found

    def _cut(self, number: int) -> bytes:
        raise Unscannable(f"sector {number}")

    def _chain(self, first: int, table: tuple[int, ...]) -> bytes:
        """The bytes of a chain of sectors."""
        return b"".join(self._sector(number) for number in self._links(first, table))

    @staticmethod
    def _links(first: int, table: tuple[int, ...]) -> Iterable[int]:
        number, steps = first, 0
        while number < END:
            if number >= len(table) or steps > len(table):
                raise Unscannable(f"chain of sector {first}")
            yield number
            number, steps = table[number], steps + 1

    @property
    def names(self) -> list[str]:
        """The streams that the file holds."""
        return [self._name(item) for item in self._entries if item[66] == STREAM]

    @staticmethod
    def _name(entry: bytes) -> str:
        length = struct.unpack_from("<H", entry, 64)[0]
        return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream, None when the file has none of that name."""
        for entry in self._entries:
            if entry[66] == STREAM and self._name(entry).lower() == name.lower():
                first, size = struct.unpack_from("<II", entry, 116)
                return self._contents(first, size)
        return None

    def _contents(self, first: int, size: int) -> bytes:
        if size >= self._cutoff:
            return self._chain(first, self._fat)[:size]
        parts = []
        for number in self._links(first, self._mini_fat):
            start = number * self._mini_size
            parts.append(self._mini[start : start + self._mini_size])
        return b"".join(parts)[:size]
