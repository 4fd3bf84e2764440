"""What is released, as the catalogue sees it: packages, their versions, their tables and files.

Belongs here: reading the releases' indexes and descriptors. Does not: reading a row (`rows.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.core.text import Language
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.formats import OutputFormat, output_formats
from pipelines.releases.store import VERSIONS, package_folders
from pipelines.releases.tombstones import TOMBSTONES


def text_in(document: Mapping[str, Any], name: str, language: Language) -> str:
    """A text of a descriptor in a language; the French where there is no English."""
    text = document.get(f"{name}_en") if language == "en" else None
    return str(text or document.get(name, ""))


def contributor(descriptor: Mapping[str, Any], role: str = "publisher") -> Mapping[str, Any]:
    """The first contributor of a descriptor with this role; empty when there is none."""
    return next((item for item in descriptor.get("contributors", []) if item.get("role") == role), {})


@dataclass(frozen=True)
class File:
    """A file of a release, in a format. `path` is relative to the releases."""

    form: OutputFormat
    path: str
    bytes: int
    sha256: str
    media_type: str

    @property
    def kind(self) -> str:
        """The name of its format."""
        return self.form.name


@dataclass(frozen=True)
class Table:
    """A table of a version: its schema as published, and its files."""

    name: str
    resource: Mapping[str, Any]
    files: tuple[File, ...]

    def title(self, language: Language) -> str:
        return text_in(self.resource, "title", language) or self.name

    def description(self, language: Language) -> str:
        return text_in(self.resource, "description", language)

    @property
    def rows(self) -> int:
        return int(self.resource["rows"])

    @property
    def schema(self) -> Mapping[str, Any]:
        schema: Mapping[str, Any] = self.resource["schema"]
        return schema

    @property
    def fields(self) -> list[dict[str, Any]]:
        return list(self.schema["fields"])

    def field_title(self, name: str, language: Language) -> str:
        """What a field is called; its name where it has no title, or is not there."""
        return next((text_in(item, "title", language) for item in self.fields if item["name"] == name), "") or name

    @property
    def key(self) -> list[str]:
        key = self.schema.get("primaryKey", [])
        return [key] if isinstance(key, str) else list(key)


@dataclass(frozen=True)
class Version:
    """A version of a package; a retracted one has no descriptor any more."""

    package: str
    entry: Mapping[str, Any]
    folder: Path

    @property
    def number(self) -> str:
        return str(self.entry["version"])

    @property
    def created(self) -> str:
        """When the newest snapshot that it was made from was taken: ISO, UTC."""
        return str(self.entry["created"])

    @property
    def is_retracted(self) -> bool:
        return bool(self.entry["status"] == "retracted")

    @property
    def moment(self) -> str:
        """When it was published or, for a retracted one, taken away: ISO, UTC."""
        return str(self.entry["at"]) if self.is_retracted else self.created

    @property
    def tombstone(self) -> str:
        """Where the reason of a retraction is, relative to the releases."""
        return f"{self.package}/{TOMBSTONES}/{self.number}.json"

    @property
    def path(self) -> str:
        """Its folder, relative to the releases."""
        return f"{self.package}/{self.number}/"

    @cached_property
    def descriptor(self) -> Mapping[str, Any]:
        """Its `datapackage.json`. Raises `ReleaseDamaged`."""
        return read_descriptor(self.folder / "data")

    @property
    def own(self) -> Mapping[str, Any]:
        own: Mapping[str, Any] = self.descriptor["arobase"]
        return own

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Its tables, in the package's order."""
        return tuple(self._table(item) for item in self.descriptor["resources"] if _is_table(item))

    def table(self, name: str) -> Table | None:
        return next((item for item in self.tables if item.name == name), None)

    def resource(self, path: str) -> Mapping[str, Any] | None:
        """What the descriptor says of one of its files, by path under `data/`."""
        return next((item for item in self.descriptor["resources"] if item.get("path") == path), None)

    @property
    def is_example(self) -> bool:
        """Whether everything in it is made up: shown to people with a warning, kept out of what machines harvest."""
        return bool(self.descriptor.get("example"))

    @property
    def is_signed(self) -> bool:
        return (self.folder / "tagmanifest-sha256.txt.sig").is_file()

    def warnings(self, language: Language) -> list[str]:
        return [str(item[language]) for item in self.descriptor.get("warnings", [])]

    def caveats(self, language: Language) -> list[str]:
        """What it says of its own records; what it says of the versions before it is left out."""
        return [str(item[language]) for item in self.descriptor.get("warnings", []) if not item.get("notice")]

    @property
    def notices(self) -> list[Mapping[str, str]]:
        """What it says of the versions before it: what was wrong in them, what moved where."""
        warnings = self.descriptor.get("warnings", [])
        return [{"fr": item["fr"], "en": item["en"]} for item in warnings if item.get("notice")]

    def _table(self, resource: Mapping[str, Any]) -> Table:
        plain = str(resource["path"])
        found = ((form, self.resource(form.path(plain.removesuffix(".csv")))) for form in output_formats())
        return Table(str(resource["name"]), resource, tuple(self._file(form, item) for form, item in found if item))

    def _file(self, form: OutputFormat, resource: Mapping[str, Any]) -> File:
        digest = str(resource["hash"]).removeprefix("sha256:")
        path = f"{self.path}data/{resource['path']}"
        return File(form, path, int(resource["bytes"]), digest, str(resource.get("mediatype", form.media_type)))


@dataclass(frozen=True)
class Holding:
    """A package: its versions, newest first."""

    name: str
    versions: tuple[Version, ...]

    @cached_property
    def current(self) -> Version | None:
        """The newest version that was not retracted."""
        return next((item for item in self.versions if not item.is_retracted), None)

    @property
    def readable(self) -> list[Version]:
        """The versions that were not retracted, newest first."""
        return [item for item in self.versions if not item.is_retracted]

    @property
    def is_example(self) -> bool:
        """Whether its current version is made up."""
        return self.current is not None and self.current.is_example

    def for_machines(self) -> Holding | None:
        """What files for machines say of it: nothing while its current version is made up, else its real versions."""
        if self.is_example:
            return None
        real = tuple(item for item in self.versions if item.is_retracted or not item.is_example)
        return self if len(real) == len(self.versions) else Holding(self.name, real)

    def before(self, version: Version) -> Version | None:
        """The version published just before, among those that can be read."""
        later = self.readable[self.readable.index(version) + 1 :]
        return later[0] if later else None

    def marks(self, version: Version) -> list[Mapping[str, str]]:
        """What the current version says of an earlier one, which did not say it itself; nothing of a later one."""
        if self.current is None or version.is_retracted or version not in self.readable:
            return []
        if self.readable.index(version) <= self.readable.index(self.current):
            return []
        own = version.notices
        return [notice for notice in self.current.notices if notice not in own]

    def title(self, language: Language) -> str:
        return text_in(self.current.descriptor, "title", language) if self.current else self.name

    def description(self, language: Language) -> str:
        return text_in(self.current.descriptor, "description", language) if self.current else ""


def harvested_holdings(holdings: Sequence[Holding], *, with_examples: bool = False) -> list[Holding]:
    """What feeds, indexes and harvested files list: packages of made-up data only where they were asked for, since
    a program would take their rows for real ones."""
    if with_examples:
        return list(holdings)
    return [harvested for holding in holdings if (harvested := holding.for_machines()) is not None]


def read_holdings(releases: Path) -> list[Holding]:
    """Every package that has a version, in alphabetical order. Raises `ReleaseDamaged`."""
    return [_holding(folder) for folder in package_folders(releases) if (folder / VERSIONS).is_file()]


def _holding(folder: Path) -> Holding:
    try:
        entries = json.loads((folder / VERSIONS).read_text(encoding="utf-8"))["versions"]
        found = tuple(Version(folder.name, item, folder / str(item["version"])) for item in entries)
    except (ValueError, KeyError, TypeError) as error:
        place = f"{folder.name}/{VERSIONS}"
        raise ReleaseDamaged(file=place, found=type(error).__name__, expected="versions") from None
    return Holding(folder.name, found)


def _is_table(resource: Mapping[str, Any]) -> bool:
    return "schema" in resource and "/" not in str(resource["path"])
