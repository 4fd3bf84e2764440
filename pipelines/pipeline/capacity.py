"""Capacity: the memory and disk that reading it and publishing its rows will take, logged and checked before it begins.

Belongs here: the estimate, and what the machine has. Does not: taking less. The figures are those of tables of one and
of millions of rows, in their widest stages (`benchmarks/scale/stages.md`).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.logs import facts, logger
from pipelines.core.project import Project
from pipelines.pipeline.errors import NoRoom
from pipelines.sources import Capture, Source
from pipelines.storage.memory import free_memory

_log = logger("pipeline.capacity")
SMALL = 200_000_000
"""Bytes of a source that any machine has room for."""
BASE = 400_000_000
"""Bytes of memory that a run takes whatever it reads."""
MEMORY_A_BYTE, DISK_A_BYTE = 4.5, 5.0
"""Bytes of memory and of disk for each byte of a snapshot: text in columns, rows, the typed table, the files of a
version and its changes."""
ON_DISK_BASE, ON_DISK_A_BYTE = 1_500_000_000, 0.6
"""Bytes of memory where tables are on disk: what is in memory at once of the stages, and numbers for each row."""
STREAMED = ("csv", "tsv")
"""Formats that are read piece by piece."""


@dataclass(frozen=True)
class Capacity:
    """Bytes of memory and of disk."""

    memory: int
    disk: int


def capacity_wanted(size: int, *, is_streamed: bool = False) -> Capacity:
    """What a source of so many bytes takes at least. `is_streamed`: whether its tables may be on disk."""
    memory = BASE + int(size * MEMORY_A_BYTE)
    if is_streamed:
        memory = min(memory, ON_DISK_BASE + int(size * ON_DISK_A_BYTE))
    return Capacity(memory, int(size * DISK_A_BYTE))


def check_capacity(project: Project, source: Source, capture: Capture) -> None:
    """Raises `NoRoom` where the machine has not what a large source takes; else says in the log what that will be."""
    size = sum({part.sha256: part.size for part in capture.parts}.values())
    if size < SMALL:
        return
    is_plain = all(part.format in STREAMED and not part.options.get("compression") for part in source.parts)
    is_streamed = is_plain and not source.people  # who is joined to a record is known of all records at once
    wanted, memory = capacity_wanted(size, is_streamed=is_streamed), free_memory()
    disk = shutil.disk_usage(_existing(project.outputs)).free
    named = {"source": capture.source, "size": _size(size)}
    _log.info("capacity", extra=facts(**named, memory=_size(wanted.memory), disk=_size(wanted.disk)))
    if memory is not None and memory < wanted.memory:
        raise NoRoom(**named, what=NoRoom.MEMORY, wanted=_size(wanted.memory), found=_size(memory))
    if disk < wanted.disk:
        raise NoRoom(**named, what=NoRoom.DISK, wanted=_size(wanted.disk), found=_size(disk))


def _existing(folder: Path) -> Path:
    return folder if folder.exists() or folder.parent == folder else _existing(folder.parent)


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
