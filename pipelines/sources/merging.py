"""Dossiers of two files joined, the newest of each number: those of the last capture and those that changed since.

Belongs here: where each line is, which one wins, what was withdrawn. Does not: what is in a dossier (`dossiers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

NUMBER, MODIFIED = re.compile(rb'"number":(\d+)'), re.compile(rb'"dateDerniereModification":"([^"]+)"')
BLOCK = 1 << 20


@lru_cache(maxsize=4096)
def instant(text: str) -> str:
    """An instant in UTC, so that two compare as text: the platform writes Paris time, summer and winter."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def _known_by(line: bytes) -> tuple[int, str]:
    """The number of a dossier that we wrote, and when it was modified: both are before its champs."""
    number, modified = NUMBER.search(line), MODIFIED.search(line)
    if number is None or modified is None:
        raise ValueError("a line that kept_dossier did not write")
    return int(number[1]), instant(modified[1].decode("ascii"))


@dataclass
class Merged:
    """Dossiers of two files, the newest of each number: where each is, and what was withdrawn."""

    files: tuple[Path, ...]
    places: dict[int, tuple[str, int, int, int]]
    withdrawn: list[dict[str, Any]]

    @classmethod
    def of(cls, base: Path | None, changes: Path, withdrawn: Iterable[Mapping[str, Any]]) -> Merged:
        """The dossiers of `base` (the last capture) and `changes`; later lines win where dates are equal.

        A dossier that a list of deletions names goes, unless it was modified after its deletion (it was restored).
        """
        files = tuple(path for path in (base, changes) if path is not None)
        places: dict[int, tuple[str, int, int, int]] = {}
        for which, path in enumerate(files):
            offset = 0
            with path.open("rb") as file:
                for line in file:
                    number, day = _known_by(line)
                    if number not in places or places[number][0] <= day:
                        places[number] = (day, which, offset, len(line))
                    offset += len(line)
        gone: dict[int, dict[str, Any]] = {}
        for item in withdrawn:
            number, day = int(item["number"]), instant(item["dateSupression"]) if item.get("dateSupression") else "9999"
            if number not in places or places[number][0] <= day:
                places.pop(number, None)
                deletion = {"number": number, "date": item.get("dateSupression"), "reason": item.get("reason")}
                gone[number] = deletion
        return cls(files, places, [gone[number] for number in sorted(gone)])

    def write(self, path: Path) -> None:
        """All of them, by number, as JSON Lines."""
        with ExitStack() as stack:
            opened = [stack.enter_context(file.open("rb")) for file in self.files]
            out = stack.enter_context(path.open("wb"))
            for which, start, size in self._runs():
                opened[which].seek(start)
                left = size
                while left:
                    left -= out.write(opened[which].read(min(left, BLOCK)))

    def _runs(self) -> Iterator[tuple[int, int, int]]:
        """File, offset and size of what is together: dossiers mostly are in the order of their numbers already."""
        run = (0, 0, 0)
        for number in sorted(self.places):
            _day, which, offset, size = self.places[number]
            if (which, offset) == (run[0], run[1] + run[2]):
                run = (which, run[1], run[2] + size)
                continue
            yield run
            run = (which, offset, size)
        yield run
