"""Pages that the gate found clean, known to all tests of a process: to look at the same ones again would be a third of
the time of each small run.

A page is known by its name, its bytes and the key of the gate (its code, the allow list, the values that are looked
for), as the memory of a project knows it; a page in which something was found is looked at each time.
"""

from __future__ import annotations

import re

from pipelines.privacy.clean_files import CleanFiles, _mark

OF_A_GATE = re.compile(r"[0-9a-f]{64}")
"""A key as gates have it; tests of the memory itself give it others."""


def remember_clean_pages_together() -> None:
    """From here on, what one `CleanFiles` of this process learns, all know that have its key."""
    had, added = CleanFiles.has, CleanFiles.add
    known: set[tuple[str, str]] = set()

    def has(memory: CleanFiles, name: str, data: bytes) -> bool:
        if (memory.key, _mark(name, data)) in known:
            memory._met.add(_mark(name, data))
        return had(memory, name, data)

    def add(memory: CleanFiles, name: str, data: bytes) -> None:
        if OF_A_GATE.fullmatch(memory.key):
            known.add((memory.key, _mark(name, data)))
        added(memory, name, data)

    CleanFiles.has, CleanFiles.add = has, add  # type: ignore[method-assign]
