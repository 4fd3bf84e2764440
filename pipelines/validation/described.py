"""Schemas, dialects and packages as documents: what `arobase check` is given, no matter who wrote them.

Belongs here: reading a document that may be anybody's, and how a table is to be read. Does not: our own schemas
(`schema/`), files (`intake.py`).
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.core.lined_yaml import YamlRefused, parse
from pipelines.core.os_reasons import os_reason
from pipelines.core.text import Said
from pipelines.storage.damage import DAMAGE
from pipelines.validation.errors import (
    DescriptionUnreadable,
    DialectUnusable,
    FileUnreadable,
    MemberUnclear,
    NotAnArchive,
    NotATable,
    SchemaUnusable,
)
from pipelines.validation.inputs import COMPRESSED, Reading, file_format
from pipelines.validation.not_tables import refused_kind

DELIMITERS = (",", ";", "\t", "|")
YAML = (".yaml", ".yml")
LARGEST = 64 << 20  # bytes of a document
DESCRIPTIONS = ("schema", "dialect", "profile")  # of a resource, each in its place or by its path
HEAD = 4096
LEFT_BEHIND = (".DS_Store", "Thumbs.db", "desktop.ini")  # by file managers, in every archive that they make
LISTED = 20  # members of an archive that an error names
WORKBOOKS = {"xlsx": "excel", "ods": "ods"}  # formats with sheets, and Frictionless' control of each
TEXT = ("csv", "tsv")
MARKS = ("delimiter", "quoteChar", "escapeChar")


def read_document(path: Path, place: str, option: str) -> dict[str, Any]:
    """A JSON or YAML object. `option` is where it was named, for the error.

    YAML is read as YAML 1.2: a date or a `yes` is text. Raises `FileUnreadable`, `SchemaUnusable` when it is no schema,
    and `DescriptionUnreadable` when it is no package or dialect.
    """
    unreadable = SchemaUnusable if option == "--schema" else DescriptionUnreadable
    try:
        check_is_file(path, place, option)
        if path.stat().st_size > LARGEST:
            raise unreadable(place=place, found=f"> {LARGEST >> 20} MiB", expected="{…}")
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=place, found=os_reason(error), option=option) from error
    try:
        found = _yaml(data) if path.suffix.lower() in YAML else json.loads(data)
    except YamlRefused as error:
        raise unreadable(place=place, found=str(error)[:200], expected="YAML") from error
    except (ValueError, RecursionError) as error:
        raise unreadable(place=place, found=_where(error), expected="JSON") from error
    if not isinstance(found, dict):
        raise unreadable(place=place, found=type(found).__name__, expected="{…}")
    return found


def _where(error: Exception) -> Said | str:
    """Where a JSON document breaks off."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)[:200]
    line, column = error.lineno, error.colno
    return Said(
        f"le JSON s'interrompt ligne {line}, colonne {column}", f"the JSON breaks off at line {line}, column {column}"
    )


def check_is_file(path: Path, place: str, option: str) -> None:
    """Raises `FileUnreadable` for a pipe or a device, which may never end, and `OSError` for what is not there."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileUnreadable(file=place, found=Said("ce n'est pas un fichier", "it is not a file"), option=option)


def check_documents(package: Mapping[str, Any], folder: Path, option: str) -> None:
    """Look at the files that a package names as descriptions: Frictionless opens them, pipes and devices too.

    Raises `FileUnreadable` for one that is neither a file nor absent, which Frictionless reports.
    """
    resources = package.get("resources")
    for resource in resources if isinstance(resources, list) else []:
        described = [resource.get(name) for name in DESCRIPTIONS] if isinstance(resource, Mapping) else [resource]
        for named in described:
            if isinstance(named, str) and not named.lower().startswith(("http://", "https://")):
                with contextlib.suppress(OSError, ValueError):
                    check_is_file(folder / named, named, option)


def is_package_document(path: Path) -> bool:
    """Whether a file is the descriptor of a Data Package: by its name, or an object with `resources`."""
    if path.name in ("datapackage.json", "datapackage.yaml"):
        return True
    if path.suffix.lower() not in (".json", *YAML):
        return False
    try:
        return "resources" in read_document(path, str(path), "FILE")
    except (FileUnreadable, SchemaUnusable):
        return False


def table_reading(
    path: Path,
    place: str,
    schema: Mapping[str, Any],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    dialect: Mapping[str, Any] | None = None,
    sheet: str | None = None,
    member: str | None = None,
) -> Reading:
    """How a file that a person named is read. Raises `NotATable`, `MemberUnclear`, `FileUnreadable`.

    Without a delimiter or a dialect, the delimiter is the one that makes the most of the schema's fields. Raises
    `DialectUnusable` where a mark is not one sign.
    """
    delimiter = "\t" if delimiter == "\\t" else delimiter
    _check_mark("--delimiter", delimiter)
    if path.suffix.lower() == ".zip":
        member = _member(path, place, member)
    elif member is not None:
        raise NotAnArchive(file=place)
    kind = file_format(path if member is None else Path(member))["format"]
    encoding = encoding or "utf-8"
    if kind not in TEXT:
        _check_typed(path, place, kind, member)
        control = {WORKBOOKS[kind]: {"sheet": _sheet(sheet)}} if sheet is not None and kind in WORKBOOKS else {}
        return Reading(encoding, dialect={**(dialect or {}), **control}, member=member)
    head = _head(path, place, member)
    found = refused_kind(
        head, is_wide=encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32", "u16", "u32"))
    )
    if found is not None:
        raise NotATable(file=place, found=found)
    if dialect is not None:
        return Reading(encoding, dialect=_whole_dialect(dialect, kind, delimiter), member=member)
    if kind == "tsv":
        return Reading(encoding, delimiter or "\t", member=member)
    return Reading(encoding, delimiter or likely_delimiter(head, schema, encoding), member=member)


def likely_delimiter(head: bytes, schema: Mapping[str, Any], encoding: str) -> str:
    """The delimiter that makes the most of the schema's field names out of the first line; a comma when none does."""
    fields = schema.get("fields")
    names = {str(item.get("name")) for item in fields if isinstance(item, dict)} if isinstance(fields, list) else set()
    try:
        text = head.decode(encoding, "replace")
    except LookupError:
        return ","
    first = text.partition("\n")[0].partition("\r")[0].strip("\ufeff")
    known = [sum(label.strip(' "') in names for label in first.split(mark)) for mark in DELIMITERS]
    return DELIMITERS[known.index(max(known))]


def _whole_dialect(dialect: Mapping[str, Any], kind: str, delimiter: str | None) -> dict[str, Any]:
    """A dialect in which nothing is left to guess but the row of the header."""
    found = dict(dialect)
    own: Any = found.get("csv")
    own = own if isinstance(own, dict) else {}
    plain = {"skipInitialSpace": False, "delimiter": "\t" if kind == "tsv" else ","}
    named = {name: found.pop(name) for name in (*plain, "quoteChar", "doubleQuote", "escapeChar") if name in found}
    found["csv"] = {**plain, **named, **own, **({"delimiter": delimiter} if delimiter else {})}
    for name in MARKS:
        _check_mark(f"--dialect, {name}", found["csv"].get(name))
    return found


def _check_mark(place: str, mark: Any) -> None:
    """Raises `DialectUnusable` for a text that is no single sign: Python's reader cannot read by it."""
    if isinstance(mark, str) and len(mark) != 1:
        raise DialectUnusable(place=place, found=mark[:20])


def _sheet(sheet: str) -> str | int:
    return int(sheet) if sheet.isdigit() else sheet


def _yaml(data: bytes) -> Any:
    return parse(data.decode("utf-8-sig")).value


def _member(path: Path, place: str, member: str | None) -> str:
    """The file of an archive that is the table: the one that was named, else the only one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [item.filename for item in archive.infolist() if not item.is_dir()]
    except DAMAGE as error:
        raise FileUnreadable(file=place, found=f"{type(error).__name__}: {error}") from error
    files = [name for name in names if not (name.startswith("__MACOSX/") or name.rpartition("/")[2] in LEFT_BEHIND)]
    if member is not None and member in names:
        return member
    if member is None and len(files) == 1:
        return files[0]
    listed = ", ".join(files[:LISTED]) + (", …" if len(files) > LISTED else "")
    raise MemberUnclear(file=place, found=listed or "—")


def _head(path: Path, place: str, member: str | None) -> bytes:
    """The first bytes of the table, out of its archive. Raises `FileUnreadable` when it is damaged."""
    openers = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    opener: Any = openers.get(path.suffix.lower(), Path.open)
    try:
        if member is not None:
            with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
                return stream.read(HEAD)
        with opener(path, "rb") as file:
            data: bytes = file.read(HEAD)
            return data
    except DAMAGE as error:
        raise FileUnreadable(file=place, found=f"{type(error).__name__}: {error}") from error


MAGIC = {"xlsx": b"PK", "ods": b"PK", "parquet": b"PAR1"}


def _check_typed(path: Path, place: str, kind: str, member: str | None) -> None:
    """Raises `NotATable` when a workbook or a Parquet file is none."""
    magic = MAGIC.get(kind)
    if magic is None:
        return
    head = _head(path, place, member)
    if not head.startswith(magic):
        what = refused_kind(head) or Said("du texte", "text")
        found = what if isinstance(what, Said) else Said(what, what)
        raise NotATable(file=place, found=Said(f"{found.fr} (attendu : {kind})", f"{found.en} (expected: {kind})"))


__all__ = ["COMPRESSED", "is_package_document", "likely_delimiter", "read_document", "table_reading"]
