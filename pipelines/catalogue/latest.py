"""Addresses that stay: the files of the current version under `<package>/latest/`, their checksums, and one archive.

Belongs here: which file is where. Does not: what any of them says. They are the released files themselves, linked
and not copied where the file system can; the privacy gate has checked them already, and does not check them again.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pipelines.catalogue.model import Version
from pipelines.catalogue.site import Site
from pipelines.releases.bag import MANIFEST, PROOF, TAGMANIFEST

LATEST, SUMS = "latest", "SHA256SUMS"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that zip archives know: bytes depend on the release alone
PLAIN = 0o100644 << 16
BLOCK = 1 << 20
LARGEST = 1_000_000_000
"""Bytes of a version up to which there is an archive of it: a larger one is as much again on the disk, and more than
many programs unpack or go on to load where they stopped."""


def latest_path(package: str, path: str) -> str:
    """The file of the catalogue that always contains the newest `path` (relative to `data/`) of a package."""
    return f"{package}/{LATEST}/{path}"


def archive_path(package: str) -> str:
    """The file of the catalogue that always contains the newest version of a package, whole."""
    return f"{package}/{LATEST}.zip"


def has_archive(version: Version) -> bool:
    """Whether there is an archive of a version."""
    return sum(path.stat().st_size for path in version.folder.rglob("*") if path.is_file()) <= LARGEST


def add_latest(site: Site, version: Version) -> None:
    """Hold each file of the payload of a current version, `SHA256SUMS` for `sha256sum -c`, and the archive."""
    lines = []
    for digest, path in payload(version):
        site.link(latest_path(version.package, path), version.folder / "data" / path)
        lines.append(f"{digest}  {path}\n")
    site.add(latest_path(version.package, SUMS), "".join(lines))
    if not has_archive(version):
        return
    mark = hashlib.sha256((version.folder / TAGMANIFEST).read_bytes()).hexdigest()
    site.make(archive_path(version.package), partial(write_archive, version, mark), partial(is_archive_of, mark))


def payload(version: Version) -> Iterator[tuple[str, str]]:
    """Each file of the payload, as its manifest has it: SHA-256, path relative to `data/`."""
    for line in (version.folder / MANIFEST).read_text(encoding="utf-8").splitlines():
        digest, _, path = line.partition("  ")
        yield digest, path.removeprefix("data/")


def write_archive(version: Version, mark: str, path: Path) -> None:
    """The whole version, as it can be verified, in one zip archive.

    The proof of the log stays beside the release: it says when that was published, and is no part of the bag. Nothing
    is compressed: Parquet and ODS are already, and what a compressor makes depends on the machine's library.
    """
    folder = version.folder
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = mark.encode()
        held = (item for item in folder.rglob("*") if item.is_file() and not item.name.startswith("."))
        for item in sorted(item for item in held if item.name != PROOF):
            name = f"{version.package}-{version.number}/{item.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.external_attr, entry.create_system = PLAIN, 3
            entry.file_size = item.stat().st_size
            with item.open("rb") as read, archive.open(entry, "w") as write:
                while block := read.read(BLOCK):
                    write.write(block)


def is_archive_of(mark: str, path: Path) -> bool:
    """Whether a file is the archive of the version with this tag manifest, whole: its comment is at its end."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == mark.encode()
    except (OSError, zipfile.BadZipFile):
        return False
