"""Work that all processes of one run of the tests need not repeat: pages that the gate found clean, pictures drawn.

A page is known by its name, its bytes and the key of the gate (its code, the allow list, the values that are looked
for), as the memory of a project knows it; a page in which something was found is looked at each time. To look at the
same ones again would be a third of the time of each small run. A picture is known by what identifies a PNG's origin
(`mark_of`). Commands that start a Python of their own do all of their work.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from pipelines.catalogue.pictures import png
from pipelines.privacy.clean_files import CleanFiles, _mark

FOLDER = "TESTS_KNOWN_WORK"
"""The variable that names the folder in which it is, for the processes of one run."""
OF_A_GATE = re.compile(r"[0-9a-f]{64}")
"""A key as gates have it; tests of the memory itself give it others."""


class Pages:
    """Clean pages by (key, mark), those that other processes found among them."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0
        self._known: set[str] = set()

    def has(self, key: str, mark: str) -> bool:
        line = f"{key} {mark}"
        if line not in self._known:
            self._read_more()
        return line in self._known

    def add(self, key: str, mark: str) -> None:
        line = f"{key} {mark}"
        if line not in self._known:
            self._known.add(line)
            with self._path.open("a", encoding="ascii") as file:
                file.write(f"{line}\n")

    def _read_more(self) -> None:
        try:
            if self._path.stat().st_size == self._read:
                return
            with self._path.open("rb") as file:
                file.seek(self._read)
                more = file.read()
        except FileNotFoundError:
            return
        whole = more[: more.rfind(b"\n") + 1]
        self._read += len(whole)
        self._known.update(whole.decode("ascii").splitlines())


def share_known_work() -> None:
    """From here on, what one process of this run of the tests learns, all know."""
    folder = Path(os.environ[FOLDER])
    pages = Pages(folder / "clean-pages")
    had, added, drawn = CleanFiles.has, CleanFiles.add, png.draw

    def has(memory: CleanFiles, name: str, data: bytes) -> bool:
        if OF_A_GATE.fullmatch(memory.key) and pages.has(memory.key, _mark(name, data)):
            memory._met.add(_mark(name, data))
        return had(memory, name, data)

    def add(memory: CleanFiles, name: str, data: bytes) -> None:
        if OF_A_GATE.fullmatch(memory.key):
            pages.add(memory.key, _mark(name, data))
        added(memory, name, data)

    @cache
    def draw(svg: str) -> bytes:
        path = folder / f"{png.mark_of(svg)}.png"
        if not path.is_file():
            made = path.with_suffix(f".{os.getpid()}")
            made.write_bytes(drawn(svg))
            made.replace(path)
        return path.read_bytes()

    CleanFiles.has, CleanFiles.add = has, add  # type: ignore[method-assign]
    png.draw = draw
