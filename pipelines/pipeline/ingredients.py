"""What results and releases are made from, besides data: one formula for both, and nothing of another package in it.

That is: the code that the stages import, with the lock of its libraries; a package's own schemas and package file; the
tables of other packages that it reads, as they are described; its sources and their incoming schemas; the code lists
that these name, or that the code does; corrections, withdrawals and reference data. A contact of another package, or a
source that fills none of its tables, is none of it.

Belongs here: which files count for what. Does not: keeping results (`results.py`), archives (`rebuild.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.core.project import Project
from pipelines.pipeline.results import domains_digests, fingerprint, stage_code, stage_code_digest
from pipelines.schema import Package, load_packages
from pipelines.schema.order import tables_behind
from pipelines.sources import Source, load_sources
from pipelines.storage import sha256_bytes

OBTAINED = re.compile(r"^obtained:.*\n?", re.MULTILINE)
"""When a shipped file was obtained is no mapping: it is known of the snapshot."""


@dataclass(frozen=True)
class _Text:
    """A text that counts: its digest, and the code lists that it names."""

    digest: str
    lists: frozenset[str]


class Ingredients:
    """What a project says, each file read once. Thrown away when `schemas/` or `sources/` may have changed."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._read: dict[Path, _Text] = {}
        self._folders: dict[Path, dict[str, _Text]] = {}
        self._shared: dict[tuple[frozenset[str], frozenset[str]], tuple[frozenset[str], dict[str, Any]]] = {}

    def of_source(self, source: Source) -> str:
        """What the rows of a source are a function of besides its snapshots and the code."""
        incoming = frozenset(part.schema for part in source.parts if part.schema)
        owners = frozenset(key.partition("/")[0] for key in source.tables)
        if (incoming, owners) not in self._shared:
            self._shared[incoming, owners] = self._of_schemas(incoming, owners)
        lists, shared = self._shared[incoming, owners]
        written = self._text(source.written.encode())
        return fingerprint({"source": written.digest, "lists": self._digests_of(lists | written.lists), **shared})

    def _of_schemas(self, incoming: Iterable[str], owners: Iterable[str]) -> tuple[frozenset[str], dict[str, Any]]:
        """What thousands of sources of the same schemas have in common: the code lists that these name, and digests."""
        schemas = self._incoming(incoming)
        for owner in owners:
            schemas |= self._folder(self.project.schemas / owner)
        lists = frozenset[str]().union(*(text.lists for text in schemas.values()))
        withdrawals = _digests(self._folder(self.project.withdrawals))
        return lists, {"schemas": _digests(schemas), "withdrawals": withdrawals, **self._common}

    def of_package(self, package: str, packages: Mapping[str, Package]) -> str:
        """What the tables and findings of a package are a function of besides the rows of sources and the code."""
        described = self._described(package, packages)
        return fingerprint({"described": _digests(described), "lists": self._lists(described.values()), **self._common})

    def code_of(self, package: str, sources: Iterable[Source], packages: Mapping[str, Package]) -> str:
        """What releases record as their code: all that their tables are a function of besides the schemas as they are
        published, snapshots, corrections and redactions.

        `sources`: those whose rows reach the package, also through the tables of others.
        """
        used = list(sources)
        incoming = {part.schema for source in used for part in source.parts if part.schema}
        described = {**self._described(package, packages), **self._incoming(incoming)}
        described |= {source.path: self._mapping(source) for source in used}
        return fingerprint(
            {
                "code": stage_code_digest(),
                "described": _digests(described),
                "lists": self._lists(described.values()),
                "reference": self._common["reference"],
                **domains_digests(self.project),
            }
        )

    def _described(self, package: str, packages: Mapping[str, Package]) -> dict[str, _Text]:
        """The package's own files; of other packages the tables that it reads: how each is described, its schema."""
        found = dict(self._folder(self.project.schemas / package))
        for key in sorted(tables_behind(package, packages)):
            owner, _, name = key.partition("/")
            path = self.project.schemas / owner / f"{name}.json"
            if owner != package and owner in packages:
                found[key] = self._text(repr(packages[owner].table(name)).encode())
                if path.is_file():
                    found[f"{key}.json"] = self._file(path)
        return found

    def _incoming(self, names: Iterable[str]) -> dict[str, _Text]:
        """Incoming schemas by name; one that is not there is reported where it is read."""
        paths = {name: self.project.schemas / "entrants" / f"{name}.json" for name in sorted(names)}
        return {f"entrants/{name}": self._file(path) for name, path in paths.items() if path.is_file()}

    def _mapping(self, source: Source) -> _Text:
        return self._text(OBTAINED.sub("", source.written).encode())

    def _lists(self, texts: Iterable[_Text]) -> dict[str, str]:
        """The code lists that some text names, or the code does."""
        return self._digests_of(frozenset[str]().union(*(text.lists for text in texts)))

    def _digests_of(self, lists: frozenset[str]) -> dict[str, str]:
        """The digests of these code lists, and of those that the code names."""
        named = self._named_by_code | lists
        return {name: self._file(path).digest for name, path in self._list_files.items() if name in named}

    @cached_property
    def _list_files(self) -> dict[str, Path]:
        return {path.stem: path for path in sorted((self.project.schemas / "codelists").glob("*.csv"))}

    @cached_property
    def _named_by_code(self) -> frozenset[str]:
        code = stage_code(self.project)
        return frozenset(name for name in self._list_files if f'"{name}"'.encode() in code)

    @cached_property
    def _common(self) -> dict[str, str]:
        """What every table may be compared with: corrections and the official geography."""
        folders = {"corrections": self.project.corrections, "reference": self.project.reference}
        return {name: fingerprint(_digests(self._folder(folder))) for name, folder in folders.items()}

    def _folder(self, folder: Path) -> dict[str, _Text]:
        """The files of a folder by their path in it; none where there is no folder."""
        if folder not in self._folders:
            paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
            self._folders[folder] = {path.relative_to(folder.parent).as_posix(): self._file(path) for path in paths}
        return self._folders[folder]

    def _file(self, path: Path) -> _Text:
        if path not in self._read:
            self._read[path] = self._text(path.read_bytes())
        return self._read[path]

    def _text(self, data: bytes) -> _Text:
        return _Text(sha256_bytes(data), frozenset(name for name in self._list_files if name.encode() in data))


def _digests(files: Mapping[str, _Text]) -> dict[str, str]:
    return {name: text.digest for name, text in files.items()}


def code_ingredient(project: Project, package: str) -> str:
    """What a release of the package that is made now records as its code."""
    packages = load_packages(project.schemas)
    if package not in packages:
        return ""
    used = sources_of(packages[package], load_sources(project), packages)
    return Ingredients(project).code_of(package, used, packages)


def sources_of(package: Package, sources: Mapping[str, Source], packages: Mapping[str, Package]) -> list[Source]:
    """The sources whose rows reach a package: directly, or through the tables of other packages that it reads."""
    behind = tables_behind(package.name, packages)
    return [source for source in sources.values() if behind & set(source.tables)]
