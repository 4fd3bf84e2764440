"""How a command asks for memory and hands it back.

Belongs here: settings of the two allocators that take large blocks, Arrow's and the C library's. Does not: how much a
run may take (`storage/memory.py`).
"""

from __future__ import annotations

import ctypes
import os
import sys

ARROWS = "MIMALLOC_PURGE_DELAY"  # mimalloc, "Environment options": milliseconds, -1 for never
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # mallopt(3)
MAPPED, KEPT = 32 << 20, 256 << 20
"""Bytes: a block as large is taken from the kernel by itself (the most that `mallopt` lets one say); what is free at
the end of the heap before it is handed back."""


def keep_freed_memory() -> None:
    """What one stage frees, the next one takes again. Handed back in between, each page would be filled with zeros by
    the kernel once more: a twentieth of the processor's time of a million rows.

    For a command that ends, before Arrow is imported; a server that waits hands back what it does not use. What the
    environment says of Arrow's allocator is left as it is.
    """
    os.environ.setdefault(ARROWS, "-1")
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # none in other C libraries than glibc
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, MAPPED)
            mallopt(M_TRIM_THRESHOLD, KEPT)
