"""How much memory a run may take, and how much of it one table: what is larger is kept on disk (`spool.py`).

Belongs here: what the machine has, and what `AROBASE_MEMORY` allows. Does not: what a source will take
(`pipeline/capacity.py`).
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from pipelines.core.settings import MEMORY, SettingWrong, value_of

PART = 16
"""A table may have that part of the memory: it is in several forms at once, and others are there too."""
LEAST = 8_000_000
"""Bytes that a table may always have: below, what is written to the disk are files of nothing."""
UNKNOWN = 4_000_000_000
"""Bytes of memory where nobody knows."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B|o)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_CGROUP = Path("/sys/fs/cgroup")


def free_memory() -> int | None:
    """Bytes of memory that a run may take: what `AROBASE_MEMORY` says, else what is free; None where nobody knows.

    Raises `SettingWrong`.
    """
    given = value_of(MEMORY).text
    if given:
        return _bytes_of(given)
    known = [free for free in (_free_of_machine(), _free_of_container()) if free is not None]
    return min(known) if known else None


def table_memory() -> int:
    """Bytes that a table may have in memory. No byte that is published depends on it. Raises `SettingWrong`."""
    given = value_of(MEMORY).text
    allowed = _bytes_of(given) if given else _free_at_first()
    return max(LEAST, allowed // PART)


@lru_cache(maxsize=1)
def _free_at_first() -> int:
    """What was free when it was asked first: later on, what is not free is this run's own."""
    return free_memory() or UNKNOWN


def _bytes_of(given: str) -> int:
    found = _SIZE.fullmatch(given)
    if found is None:
        raise SettingWrong(name=MEMORY.name, value=given, expected=MEMORY.expected)
    return int(float(found[1]) * _UNITS[found[2].upper()])


def _free_of_machine() -> int | None:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        return int(re.findall(r"MemAvailable:\s+(\d+) kB", text)[0]) * 1024
    except (OSError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None


def _free_of_container() -> int | None:
    """What is left of the limit of a control group, version 2; files that the kernel keeps at hand do not count."""
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        cached = re.findall(r"^inactive_file (\d+)$", (_CGROUP / "memory.stat").read_text(encoding="ascii"), re.M)
        return int(limit) - used + int(cached[0])
    except (OSError, ValueError, IndexError):
        return None
