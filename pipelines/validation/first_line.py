"""A table whose first line is blank: the cause, where Frictionless only reports what follows from it.

Frictionless takes the first line for the header whatever is in it: of a blank one it says nothing, and the real header
is then validated as a row. Its report stays what it is; the cause is given beside it.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.storage.damage import DAMAGE
from pipelines.validation.inputs import Reading

TABLES = ("", "csv", "tsv", "txt")
START = 1 << 12  # bytes
BLANK_FIRST_LINE = Said(
    "la première ligne du fichier est vide : l'en-tête, attendu là, est lu comme une ligne de données. "
    "Supprimez la ligne vide.",
    "the first line of the file is blank: the header, expected there, is read as a row of data. Remove the blank line.",
)


def blank_first_line(path: Path, reading: Reading) -> Said | None:
    """What to say of a text table that begins with a blank line where its header is expected, None of any other."""
    shown = Path(reading.member or path.name.removesuffix(".gz").removesuffix(".zip"))
    kind = reading.file_format or shown.suffix.lower().lstrip(".")
    dialect: Mapping[str, Any] = reading.dialect or {}
    if kind not in TABLES or dialect.get("header") is False or dialect.get("headerRows", [1]) != [1]:
        return None
    if dialect.get("skipBlankRows") or dialect.get("commentChar") or dialect.get("commentRows"):
        return None
    try:
        start = _start(path, reading.member).decode(reading.encoding, errors="ignore")
    except LookupError:
        return None  # has no result at all, which is reported; so has what is damaged
    except DAMAGE:
        return None
    first = io.StringIO(start.removeprefix("\ufeff"), newline="").readline()
    return BLANK_FIRST_LINE if first.endswith(("\r", "\n")) and not first.strip() else None


def _start(path: Path, member: str | None) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(member or archive.namelist()[0]) as file:
            return file.read(START)
    if suffix == ".gz":
        with gzip.open(path) as packed:
            return packed.read(START)
    with path.open("rb") as plain:
        return plain.read(START)
