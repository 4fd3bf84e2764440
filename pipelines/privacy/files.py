"""The gate over files: everything that is about to be published or written, whatever its format.

Belongs here: which files are opened, and when. Does not: opening one (`opening.py`), nor checking what is in it
(`scanning.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path

from pipelines.privacy.allowlist import AllowList
from pipelines.privacy.clean_files import CleanFiles
from pipelines.privacy.gate import GateReport
from pipelines.privacy.known import PersonalValues
from pipelines.privacy.large_files import LARGE_READERS
from pipelines.privacy.opening import Opened, blocks, name_of, open_file, open_large
from pipelines.privacy.own_digests import OwnDigests
from pipelines.privacy.scanning import Scan
from pipelines.privacy.seen import Seen

LARGE = 16_000_000
"""Bytes from which on a table is read some rows at a time."""
TOGETHER = 8_000_000
"""How many bytes of files are opened before they are checked, all at once."""


def scan_folder(
    folder: Path,
    allow: AllowList,
    personal: PersonalValues | None = None,
    *,
    seen: Seen | None = None,
    package: str = "",
    clean: CleanFiles | None = None,
    own: Callable[[], Iterable[str]] = tuple,
) -> GateReport:
    """Scan every file under `folder`, in the order of their paths, and the paths themselves. `seen`: what the gate
    checked already of the tables that the files were made of. `package`: whose release the folder is; exceptions for a
    table hold in its files too. `clean`: files that were found clean before, which are not read again. `own`: digests
    that are known to be of something else than somebody's value, besides those of the folder's files."""
    report, seen = GateReport(), seen or Seen()
    values_among = seen.everyone(personal or PersonalValues()).written_among
    scan = _scan_for(allow, personal, seen, package, OwnDigests(own, folder, values_among))
    by_itself = not scan.seen.passed  # what tables let through is not in the key of what is remembered
    for opened in _opened_together(folder, scan, clean):
        scan.foresee(look for file in opened for look in file.looks)
        for file in opened:
            found = file.report(scan)
            if clean is not None and by_itself and found.is_clean:
                clean.add(file.name, file.data)
            report += found
    return report


def _opened_together(folder: Path, scan: Scan, clean: CleanFiles | None) -> Iterator[list[Opened]]:
    """The files of a folder that are not known to be clean, in order, as many at a time as have `TOGETHER` bytes."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    if clean is None:
        scan.foresee(map(name_of, files))
    waiting: list[tuple[str, bytes]] = []
    size = 0
    for name, path in files.items():
        if clean is None and path.stat().st_size >= LARGE and path.suffix.lower() in LARGE_READERS:
            yield _opened(waiting, scan)
            waiting, size = [], 0
            yield [open_large(name, path, scan)]
            continue
        data = path.read_bytes()
        if clean is not None and clean.has(name, data):
            continue
        waiting.append((name, data))
        size += len(data)
        if size >= TOGETHER:
            yield _opened(waiting, scan)
            waiting, size = [], 0
    yield _opened(waiting, scan)


def _opened(files: Sequence[tuple[str, bytes]], scan: Scan) -> list[Opened]:
    """Files, opened once their names are checked, all at once."""
    scan.foresee(name_of(name) for name, _ in files)
    return [open_file(name, data, scan) for name, data in files]


def scan_file(path: Path, allow: AllowList, personal: PersonalValues | None = None, *, name: str = "") -> GateReport:
    """Scan one file and its name. `name` is how it will be called where it is published (default: its own name).

    Raises `OSError` when it cannot be opened; a file of a format that is not read gives a hold `fichier_illisible`.
    """
    scan = _scan_for(allow, personal)
    return open_file(name or path.name, path.read_bytes(), scan).report(scan)


def scan_text(
    place: str, text: str, allow: AllowList, personal: PersonalValues | None = None, *, seen: Seen | None = None
) -> GateReport:
    """Scan one text that is shown rather than written: a preview, the metadata of a run, a line of a log."""
    return _scan_for(allow, personal, seen).texts(place, blocks(text))


def _scan_for(
    allow: AllowList,
    personal: PersonalValues | None,
    seen: Seen | None = None,
    package: str = "",
    own: Container[str] = frozenset(),
) -> Scan:
    seen = seen or Seen()
    return Scan(allow, seen.everyone(personal or PersonalValues()), seen, package, own)
