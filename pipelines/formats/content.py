"""The bytes that a reader reads: unpacked within limits, checked to be what the description says.

Belongs here: compression, archives, size limits. Does not: any format's own reading.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.core.unicode_forms import OTHER_FORM, looks_the_same
from pipelines.formats.errors import Damaged, EmptyFile, MemberAmbiguous, MemberMissing, NotWhatItSays, TooLarge
from pipelines.formats.magic_numbers import is_wanted, named, signature
from pipelines.sources import Part
from pipelines.storage.damage import DAMAGE

MAXIMUM_SIZE = 2_000_000_000
# Deflate cannot do better than 1,032 to 1; spreadsheets of repeated cells reach 60. Small files may do as they like.
MAXIMUM_RATIO = 200
SMALL = 20_000_000
BLOCK = 1 << 20
UNREADABLE = Said("données illisibles", "unreadable data")
NO_LIST = Said("la liste de ses fichiers manque", "the list of its files is missing")
LEFT_BY_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")
BLANKS = b"\x00 \t\r\n\xef\xbb\xbf"


@dataclass(frozen=True)
class Content:
    """A snapshot's file and the part that it is read for.

    `file` names it in messages; `announced` is the encoding that the server named in its answer, if it did.
    """

    path: Path
    part: Part
    file: str
    announced: str | None = None
    limit: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", int(self.options.get("maximum_size", MAXIMUM_SIZE)))

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.part.options)

    @cached_property
    def data(self) -> bytes:
        """The unpacked bytes. Raises `EmptyFile`, `NotWhatItSays`, `Damaged`, `TooLarge`, `MemberMissing`,
        `MemberAmbiguous`."""
        data = self._unpacked()
        if len(data) < BLOCK and not data.strip(BLANKS):
            raise EmptyFile.of(self.file, len(data), self.part.format)
        kind = signature(data[:512])
        if not is_wanted(kind, self.part.format):
            raise NotWhatItSays(file=self.file, found=named(kind), expected=self.part.format)
        if kind == "zip":
            self._check_archive(data)
        return data

    def _unpacked(self) -> bytes:
        compression = self.options.get("compression")
        data = self.path.read_bytes()
        if compression is None or not data:
            return data
        kind = signature(data[:16])
        if kind != compression:
            raise NotWhatItSays(file=self.file, found=named(kind), expected=compression)
        return self._gunzipped(data) if compression == "gzip" else self._member(data)

    def _gunzipped(self, data: bytes) -> bytes:
        """All members of a gzip file. Unpacks no further than the limit."""
        blocks: list[bytes] = []
        size, rest = 0, data
        while rest:
            unpack = zlib.decompressobj(wbits=31)
            pending = rest
            while not unpack.eof:
                try:
                    block = unpack.decompress(pending, BLOCK)
                except zlib.error:
                    raise Damaged(file=self.file, detail=UNREADABLE, format="gzip") from None
                pending = unpack.unconsumed_tail
                size += len(block)
                self._check_size(size, len(data))
                blocks.append(block)
                if not block and not pending and not unpack.eof:
                    raise Damaged(file=self.file, detail=Said("fin absente", "no end"), format="gzip")
            rest = unpack.unused_data.lstrip(b"\x00")
        return b"".join(blocks)

    def _member(self, data: bytes) -> bytes:
        archive = self._archive(data)
        names = [item.filename for item in archive.infolist() if not item.is_dir()]
        wanted = self.options.get("member")
        own = names if wanted is not None else [name for name in names if not _is_left_by_system(name)]
        chosen = [name for name in own if wanted is None or wanted in (name, Path(name).name)]
        if wanted is not None and len(chosen) > 1:
            raise MemberAmbiguous(file=self.file, member=wanted, count=len(chosen), found=", ".join(chosen))
        if len(chosen) != 1:
            sought = wanted or Said("(un seul)", "(a single one)")
            raise MemberMissing(file=self.file, member=sought, found=_listed(names, wanted))
        return b"".join(self._blocks(archive, chosen[0], 0, len(data)))

    def _check_archive(self, data: bytes) -> None:
        """Read a workbook's archive through once, within the limit: what is cut, corrupt or a bomb shows here."""
        archive = self._archive(data)
        size = 0
        for item in archive.infolist():
            for block in self._blocks(archive, item.filename, size, len(data)):
                size += len(block)

    def _archive(self, data: bytes) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE:
            raise Damaged(file=self.file, detail=NO_LIST, format="zip") from None

    def _blocks(self, archive: zipfile.ZipFile, name: str, size: int, packed: int) -> Iterator[bytes]:
        """A member's blocks; the archive's own word on sizes is not believed, only counted bytes are."""
        try:
            with archive.open(name) as member:
                while block := member.read(BLOCK):
                    size += len(block)
                    self._check_size(size, packed)
                    yield block
        except DAMAGE:
            raise Damaged(
                file=self.file, detail=Said(f"{name} : illisible", f"{name}: unreadable"), format="zip"
            ) from None

    def _check_size(self, size: int, packed: int) -> None:
        if size > self.limit or (size > SMALL and size > packed * MAXIMUM_RATIO):
            limit = min(self.limit, max(SMALL, packed * MAXIMUM_RATIO))
            raise TooLarge(file=self.file, limit=limit, ratio=size // max(packed, 1))


def _is_left_by_system(name: str) -> bool:
    """Whether a file of an archive is one that macOS or Windows adds to any folder, and nobody's data."""
    place = Path(name)
    return "__MACOSX" in place.parts or place.name in LEFT_BY_SYSTEMS


def _listed(names: Sequence[str], wanted: str | None) -> Said:
    """The files of an archive; beside one that only looks like the wanted one, that it does."""
    found = Said(", ".join(names), ", ".join(names))
    for name in names:
        if wanted is not None and looks_the_same(Path(name).name, Path(wanted).name):
            fr, en = f"{name} ({OTHER_FORM.fr})", f"{name} ({OTHER_FORM.en})"
            found = Said(found.fr.replace(name, fr), found.en.replace(name, en))
    return found
