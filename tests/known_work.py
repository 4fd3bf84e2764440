"""Work that all processes of one run of the tests need not repeat: pages that the gate found clean, pictures drawn,
checks of a release in which nothing was wrong.

A page is known by its name, its bytes and the key of the gate (its code, the allow list, the values that are looked
for), as the memory of a project knows it; a page in which something was found is looked at each time. To look at the
same ones again would be a third of the time of each small run. A picture is known by what identifies a PNG's origin
(`mark_of`). A release is known by all of its bytes, and by the formats that there are: to check the same ones again
would be half of the time that tests of releases take. A check that found a flaw is made each time, and so is each one
that reads what lies beside the release. Commands that start a Python of their own do all of their work.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path

from pipelines.catalogue.pictures import png
from pipelines.privacy.clean_files import CleanFiles, _mark
from pipelines.releases import verify_descriptor, verify_facts, verify_provenance, verify_values
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats import output_formats

Check = Callable[[Path], Iterator[Flaw]]

FOLDER = "TESTS_KNOWN_WORK"
"""The variable that names the folder in which it is, for the processes of one run."""
OF_A_GATE = re.compile(r"[0-9a-f]{64}")
"""A key as gates have it; tests of the memory itself give it others."""
OF_A_RELEASE = (
    (verify_descriptor, "metadata"),
    (verify_facts, "facts"),
    (verify_provenance, "provenance"),
    (verify_values, "rows"),
    (verify_values, "values"),
)
"""Checks whose answer depends on nothing but the files of the release."""


class Known:
    """What is known to be clean or sound, by (key, mark), with what other processes found."""

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
    pages = Known(folder / "clean-pages")
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
    sound = Known(folder / "sound-releases")
    for module, name in OF_A_RELEASE:
        setattr(module, name, _known_when_sound(getattr(module, name), sound))


def _known_when_sound(check: Check, sound: Known) -> Check:
    """A check that is not made again of a release with the same bytes, in which it found nothing."""

    @wraps(check)
    def known(bag: Path) -> Iterator[Flaw]:
        mark = _mark_of_files(bag)
        if mark is not None and sound.has(check.__name__, mark):
            return
        flaws = 0
        for flaw in check(bag):
            flaws += 1
            yield flaw
        if mark is not None and not flaws:
            sound.add(check.__name__, mark)

    return known


def _mark_of_files(bag: Path) -> str | None:
    """A digest of the formats that there are, and of all names and bytes of a release; none of one that has more than
    files, or some that cannot be read."""
    found = hashlib.sha256(repr([form.name for form in output_formats()]).encode())
    try:
        for place, folders, names in os.walk(bag):
            folders.sort()
            for name in sorted(names):
                path = Path(place, name)
                if not stat.S_ISREG(path.lstat().st_mode):
                    return None
                data = path.read_bytes()
                found.update(f"{place[len(str(bag)) :]!r} {name!r} {len(data)} ".encode())
                found.update(data)
    except OSError:
        return None
    return found.hexdigest()
