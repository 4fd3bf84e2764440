"""The log of a source's collections: one JSON object a line, of which a dying process may have torn the last.

Belongs here: reading and appending lines, and what this process has read of them. Does not: what an entry means
(`snapshots.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from pipelines.sources.errors import SnapshotLogDamaged
from pipelines.storage import append_line


def read_log(path: Path) -> list[dict[str, Any]]:
    """The entries of a log, oldest first; none when it is not there.

    A last line without its end was cut by a dying process: it never counted. Raises `SnapshotLogDamaged` for any
    other line that is not a JSON object.
    """
    text = path.read_bytes() if path.is_file() else b""
    before, known = _logs.of(path)
    if not text.startswith(before):
        before, known = b"", []
    whole = text[: text.rfind(b"\n") + 1]
    entries = [*known, *_entries(whole[len(before) :], path.name, after=before.count(b"\n"))]
    _logs.keep(path, whole, entries)
    return entries


def append_to_log(path: Path, entry: Mapping[str, Any], *, flush: bool = True) -> None:
    """Append one entry, after cutting the torn end that a dying process may have left. `flush`: to the disk."""
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True)
    if not _ends_whole(path):
        _cut_torn_end(path)
    append_line(path, line, flush=flush)


def state_of_log(path: Path) -> tuple[int, ...] | None:
    """What a log is known by without reading it: whatever is appended has another size. None when it is not there."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _entries(text: bytes, name: str, *, after: int) -> Iterator[dict[str, Any]]:
    """The entries of whole lines of a log, of which `after` others come before."""
    for number, line in enumerate(text.split(b"\n")[:-1], start=after + 1):
        if not line:
            continue
        try:
            entry = msgspec.json.decode(line.decode("utf-8", errors="replace"))
        except (msgspec.DecodeError, RecursionError):
            entry = None
        if not isinstance(entry, dict):
            raise SnapshotLogDamaged(file=f"snapshots/log/{name}", line=number)
        yield entry


class _Logs:
    """What the logs that were read last contained, and their entries: a run reads each several times, and only ever
    adds lines."""

    MOST = 32

    def __init__(self) -> None:
        self._read: dict[Path, tuple[bytes, list[dict[str, Any]]]] = {}
        self._lock = Lock()

    def of(self, path: Path) -> tuple[bytes, list[dict[str, Any]]]:
        with self._lock:
            return self._read.get(path, (b"", []))

    def keep(self, path: Path, text: bytes, entries: list[dict[str, Any]]) -> None:
        with self._lock:
            self._read.pop(path, None)
            self._read[path] = text, entries
            while len(self._read) > self.MOST:
                del self._read[next(iter(self._read))]


_logs = _Logs()


def _ends_whole(path: Path) -> bool:
    """Whether a log has no torn end; one that is not there has none."""
    try:
        with path.open("rb", buffering=0) as file:
            if not file.seek(0, os.SEEK_END):
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
    except FileNotFoundError:
        return True


def _cut_torn_end(path: Path) -> None:
    """Take away what a dying process left after the last whole line: it was never an entry."""
    with path.open("r+b") as file:
        file.truncate(file.read().rfind(b"\n") + 1)
        os.fsync(file.fileno())
