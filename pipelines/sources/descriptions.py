"""Descriptions of sources: `sources/*.yaml`, checked against `source.schema.json`, as `Source` and `Part`.

Belongs here: reading and checking the files. Does not: interpreting a mapping (`mapping/`), fetching
(`connectors/`). A wrong file costs its own source only; the error says file, line, key and what was expected.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.core.checked_yaml import Fault, checked, text_of
from pipelines.core.errors import ArobaseError
from pipelines.core.lined_yaml import LinedDocument
from pipelines.core.project import Project
from pipelines.core.registry import Registry, expected_of
from pipelines.core.shown import shown_as_code
from pipelines.core.text import Said
from pipelines.sources.checked_before import CheckedBefore
from pipelines.sources.errors import SourceFileError, SourceUnknown
from pipelines.sources.registry import CONNECTORS, READERS
from pipelines.storage.faults import as_error

SCHEMA = Path(__file__).with_name("source.schema.json")


@dataclass(frozen=True)
class Part:
    """One file, sheet or stream of a source. `rows` and `join` are the mapping as written, checked for shape only."""

    name: str
    format: str
    path: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    schema: str | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()
    join: tuple[Mapping[str, Any], ...] = ()

    @property
    def may_be_empty(self) -> bool:
        """Whether zero rows are no error: `expect: {rows: {min: 0}}`."""
        return bool(self.expect.get("rows", {}).get("min") == 0)


@dataclass(frozen=True)
class Source:
    """One source. `path` is its file, relative to the project; `obtained` is the snapshot date of shipped files,
    and `obtained_time` the time of that day, UTC, which distinguishes two files of one day."""

    name: str
    title: str
    title_en: str
    description: str
    description_en: str
    connector: str
    address: str
    obtained: date | None
    example: bool
    licence: str
    publisher: Mapping[str, str]
    owner: str
    cadence: str | None
    privacy: str
    secrets: tuple[str, ...]
    parameters: Mapping[str, Any]
    parts: tuple[Part, ...]
    path: str
    people: tuple[Mapping[str, str], ...] = ()
    """Which people's part is joined to which records, for the privacy gate (`privacy/related.py`)."""
    obtained_time: time = time()
    enabled: bool = True
    """Whether runs collect it. One that is not on is described, and may be shown and tested."""
    written: str = field(default="", repr=False, compare=False)
    """The text of its file, as it was when this was read from it."""

    def part(self, name: str) -> Part:
        """Raises `KeyError` when the source has no such part."""
        for item in self.parts:
            if item.name == name:
                return item
        raise KeyError(f"{self.name}: {name}")

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that its mapping fills, as `package/table`, each once, in the order of the file."""
        return tuple(dict.fromkeys(str(rows["table"]) for part in self.parts for rows in part.rows))


class Sources(dict[str, Source]):
    """The sources of a project that are on, by name, sorted; `errors` contains one for each file that cannot be used.

    `off` holds those that are described and not on (`enabled: false`): nothing is collected from them, and what only
    they fill does not exist.
    """

    errors: tuple[ArobaseError, ...] = ()
    off: Mapping[str, Source] = MappingProxyType({})
    checked: CheckedBefore | None = None
    """What was found right when they were read, to be kept once results are (`CheckedBefore.save`)."""

    def find(self, name: str) -> Source:
        """The source of that name, on or off. Raises its file's own error when that is why it is not here, or
        `SourceUnknown`."""
        if name in self:
            return self[name]
        if name in self.off:
            return self.off[name]
        for error in self.errors:
            if error.facts.get("file") == f"sources/{name}.yaml":
                raise error
        raise SourceUnknown(name=name, known=", ".join(sorted({*self, *self.off})) or "—")


def load_sources(project: Project) -> Sources:
    """Read every `sources/*.yaml`. Never raises for a wrong file: its error is in `Sources.errors`."""
    found: dict[str, Source] = {}
    errors: list[ArobaseError] = []
    before = CheckedBefore.of(project, SCHEMA, cache(lambda: frozenset(CONNECTORS)))
    licences, tables = cache(lambda: _licences(project)), cache(lambda: _tables(project))
    for path in sorted(_files(project.sources)):
        try:
            found[path.stem] = load_source(path, licences=licences(), tables=tables(), before=before)
        except ArobaseError as error:
            errors.append(error)
        except Exception as error:  # noqa: BLE001  whatever it is costs this one only
            errors.append(as_error(error, name=path.stem, stage="sources", file=f"sources/{path.name}"))
    sources = Sources({name: source for name, source in found.items() if source.enabled})
    sources.off = {name: source for name, source in found.items() if not source.enabled}
    sources.errors = tuple(errors)
    sources.checked = before
    before.save()
    return sources


def _files(folder: Path) -> list[Path]:
    """The descriptions in a folder; none where there is no such folder.

    Raises `OSError` for a folder that may not be read, in which a pattern would find nothing.
    """
    return [path for path in folder.iterdir() if path.match("*.yaml")] if folder.is_dir() else []


def load_source(
    path: Path,
    *,
    licences: Iterable[str] | None = None,
    tables: Mapping[str, Collection[str] | None] | None = None,
    before: CheckedBefore | None = None,
) -> Source:
    """Read one description. `licences` are the codes allowed, `tables` the tables that there are, by package, None when
    anything is; `before`: the descriptions that were found right before. Raises `SourceFileError`."""
    name, data = f"sources/{path.name}", path.read_bytes()
    known = None if before is None else before.value(data)
    if known is not None:
        # A name that agrees with no other is reported below, with its line.
        with suppress(SourceFileError):
            _check_names(LinedDocument(known), path.stem, name, licences, before.connectors() if before else None)
            _check_tables(LinedDocument(known), name, tables)
            return _source(known, name, text_of(data))
    try:
        document = checked(data, SCHEMA)
    except Fault as fault:
        raise SourceFileError(file=name, **fault.facts) from None
    _check_names(document, path.stem, name, licences)
    _check_tables(document, name, tables)
    source = _source(document.value, name, text_of(data))
    if before is not None:
        before.add(data, document.value)
    return source


def _check_names(
    document: LinedDocument,
    stem: str,
    file: str,
    licences: Iterable[str] | None,
    connectors: Collection[str] | None = None,
) -> None:
    """What the JSON Schema cannot say: names that must agree with other names. `connectors`: their names, for a caller
    of thousands: the register asks each time whether the project has others by now."""
    raw = document.value
    parts = list(raw["parts"])
    checks: list[tuple[tuple[str | int, ...], Any, list[str] | Registry[Any]]] = [
        (("name",), raw["name"], [stem]),
        (("connector",), raw["connector"], list(connectors) if connectors else CONNECTORS),
    ]
    of_domains = {name for name, part in raw["parts"].items() if part["format"] not in _formats_of_the_engine()}
    checks += [(("parts", name, "format"), raw["parts"][name]["format"], READERS) for name in sorted(of_domains)]
    if licences is not None:
        checks.append((("licence",), raw["licence"], list(licences)))
    for name, part in raw["parts"].items():
        for index, join in enumerate(part.get("join", ())):
            others = [other for other in parts if other != name]
            checks.append((("parts", name, "join", index, "part"), join["part"], others))
    for index, link in enumerate(raw.get("people", ())):
        checks += [(("people", index, name), link[name], parts) for name in ("part", "through") if name in link]
    for path, value, allowed in checks:
        if value not in allowed:
            raise SourceFileError(
                file=file,
                line=document.line(path),
                key=".".join(map(str, path)),
                found=shown_as_code(value),
                expected=allowed.expected(value) if isinstance(allowed, Registry) else " | ".join(allowed) or "—",
            )
    if "obtained" in raw:
        try:
            datetime.fromisoformat(raw["obtained"])
        except ValueError:
            raise SourceFileError(
                file=file,
                line=document.line(("obtained",)),
                key="obtained",
                found=shown_as_code(raw["obtained"]),
                expected=Said("une date AAAA-MM-JJ, ou un instant", "a date YYYY-MM-DD, or an instant"),
            ) from None


def _check_tables(document: LinedDocument, file: str, tables: Mapping[str, Collection[str] | None] | None) -> None:
    """Raises `SourceFileError` for rows that go to a table that there is not: nobody would ever see them."""
    if tables is None:
        return
    for name, part in document.value["parts"].items():
        for index, rows in enumerate(part.get("rows", ())):
            package, _, table = rows["table"].partition("/")
            listed = tables.get(package, ())
            if listed is None or table in listed:
                continue  # a package whose file cannot be read is reported for itself
            path = ("parts", name, "rows", index, "table")
            near = {package: listed} if listed else tables
            known = sorted(f"{one}/{item}" for one, items in near.items() for item in items or ())
            raise SourceFileError(
                file=file,
                line=document.line(path),
                key=".".join(map(str, path)),
                found=shown_as_code(rows["table"]),
                expected=expected_of(rows["table"], known),
                table=rows["table"],
            )


@cache
def _formats_of_the_engine() -> frozenset[str]:
    """The formats that the schema lists: readers are imported only for another one, which a domain may bring."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return frozenset(schema["$defs"]["part"]["properties"]["format"]["anyOf"][0]["enum"])


def _source(raw: Mapping[str, Any], file: str, written: str) -> Source:
    description = raw.get("description", "")
    return Source(
        name=raw["name"],
        title=raw["title"],
        title_en=raw.get("title_en", raw["title"]),
        description=description,
        description_en=raw.get("description_en", description),
        connector=raw["connector"],
        address=raw["address"],
        obtained=date.fromisoformat(raw["obtained"][:10]) if "obtained" in raw else None,
        obtained_time=datetime.fromisoformat(raw["obtained"]).time() if "obtained" in raw else time(),
        example=raw.get("example", False),
        licence=raw["licence"],
        publisher=raw["publisher"],
        owner=raw.get("owner", "arobase"),
        cadence=raw.get("cadence"),
        privacy=raw.get("privacy", ""),
        secrets=tuple(raw.get("secrets", ())),
        parameters=raw.get("parameters", {}),
        parts=tuple(_part(name, part) for name, part in raw["parts"].items()),
        path=file,
        people=tuple(raw.get("people", ())),
        enabled=raw.get("enabled", True),
        written=written,
    )


def _part(name: str, raw: Mapping[str, Any]) -> Part:
    return Part(
        name=name,
        format=raw["format"],
        path=raw.get("path"),
        options=raw.get("options", {}),
        schema=raw.get("schema"),
        expect=raw.get("expect", {}),
        rows=tuple(raw.get("rows", ())),
        join=tuple(raw.get("join", ())),
    )


def _tables(project: Project) -> Mapping[str, Collection[str] | None] | None:
    """The tables that each package's file lists; None in a project that has no package."""
    from pipelines.schema.package_files import described_tables

    return described_tables(project.schemas) or None


def _licences(project: Project) -> list[str] | None:
    """The codes of `schemas/codelists/licences.csv`; None in a project that has no such list."""
    from pipelines.schema import load_codelist

    if not (project.schemas / "codelists" / "licences.csv").is_file():
        return None
    return load_codelist(project.schemas, "licences").values
