"""What `arobase check` does with what it was given: tables with their schemas, packages, each to its result."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.commands._bilingual import Misused
from pipelines.core.errors import ArobaseError
from pipelines.core.os_reasons import os_reason
from pipelines.core.text import Said
from pipelines.validation.described import check_documents, read_document, table_reading
from pipelines.validation.errors import DescriptionUnreadable, FileUnreadable, InputCut, RejectsUnwritable
from pipelines.validation.first_line import blank_first_line
from pipelines.validation.hosting import Host
from pipelines.validation.inputs import Reading, check_encoding, local_file
from pipelines.validation.intake import STANDARD_INPUT, Limits, is_address, local_input, shown
from pipelines.validation.packages import (
    DESCRIPTOR,
    DataPackage,
    encoding_guess,
    is_zip_package,
    opened_package,
    validate_resource,
)
from pipelines.validation.rejects import Origin, RejectsFile
from pipelines.validation.result import ValidationResult
from pipelines.validation.stray_quotes import quote_error, resource_reading, stray_quotes
from pipelines.validation.validate import validate
from pipelines.validation.workbook_notices import workbook_notices

if TYPE_CHECKING:
    from pipelines.formats.quotes import Record
    from pipelines.sources.http import Client
from pipelines.commands._check_found import Found, Table
from pipelines.commands._check_place import ONLY_ITS_DESCRIPTOR, descriptor_in, is_of_release, package_at
from pipelines.commands._progress_bar import progress_bar

PER_TABLE = ("encoding", "delimiter", "dialect", "sheet", "member")  # options that say how a table is read
UNREAD = "cannot retrieve metadata"  # in the note of a schema or a dialect that is not there, or is no document
NO_RESOURCE = Said("aucune ressource : rien n'est à valider", "no resource: there is nothing to validate")
UNREADABLE = ("format-error", "scheme-error", "compression-error")  # of a file that is no table at all, or not there


class Run:
    """One run. `options` are those of the command; `folder` is for what it needs for a moment."""

    def __init__(self, files: tuple[str, ...], options: Mapping[str, Any], folder: Path) -> None:
        self.files, self.options, self.folder = files, options, folder
        self.limits = Limits(options["wait"], options["limit_bytes"], options["limit_rows"])
        self._found = Found()
        self._stems: set[str] = set()
        self._documents: dict[str, dict[str, Any]] = {}
        named = [*files, *options["schemas"], options["package"], options["dialect"]]
        self._read = {Path(file).resolve() for file in named if file is not None and not is_address(file)}

    @cached_property
    def client(self) -> Client:
        from pipelines.sources.http import Client, Patience

        return Client(
            source="check",
            allow_private=self.options["allow_private"],
            maximum_size=self.options["limit_bytes"],
            patience=Patience(attempts=3, wait=30),
        )

    def found(self) -> Found:
        """Validate everything. Raises `Misused` when the command does not say what to do."""
        if self.options["encoding"] is not None:
            check_encoding(self.options["encoding"])
        if self.files.count(STANDARD_INPUT) > 1:
            raise Misused(Said("l'entrée standard ne se lit qu'une fois", "standard input can be read once only"))
        if self.options["schemas"]:
            self._tables()
        elif self.options["package"] is not None:
            package = self.options["package"]
            self._package(str(descriptor_in(Path(package)) or package), self.files)
        elif self.files:
            for file in self.files:
                self._package(package_at(file), ())
        else:
            raise Misused(
                Said(
                    "attendu : --schema SCHÉMA FICHIER… ou PAQUET.json",
                    "expected: --schema SCHEMA FILE… or PACKAGE.json",
                )
            )
        return self._found

    # Tables

    def _tables(self) -> None:
        schemas = self.options["schemas"]
        if not self.files:
            raise Misused(
                Said("--schema attend aussi les fichiers à valider", "--schema asks for the files to validate too")
            )
        if len(schemas) not in (1, len(self.files)):
            raise Misused(
                Said(
                    f"{len(schemas)} schémas pour {len(self.files)} fichiers ; attendu : un seul, ou un par fichier",
                    f"{len(schemas)} schemas for {len(self.files)} files; expected: one, or one per file",
                )
            )
        chosen = schemas if len(schemas) == len(self.files) else schemas * len(self.files)
        tables = []
        for file, schema in zip(self.files, chosen, strict=True):
            with self._failing(file):
                tables.append(self._table(file, schema))
        package = self.options["package"]
        if package is None:
            self._validate_tables(tables, {})
            return
        package = str(descriptor_in(Path(package)) or package)
        with self._opened(package) as (opened, host):
            self._take_errors([(package, error) for error in opened.errors])
            self._validate_tables(tables, {resource.name: resource for resource in opened.own})
            self._found.refused += host.refused

    def _validate_tables(self, tables: list[Table], parents: dict[str, Any]) -> None:
        alike = {table.input.name: (table.input.path, table.schema, table.reading) for table in tables}
        for table in tables:
            with self._failing(table.input.place), self._rejects(table.input.place, table.input.name) as rejects:
                validation = self._validate(table, {**alike, **parents}, rejects)
                amiss = self._stray_quotes(table.input.path, table.input.place, table.reading)
                self._take(table.input.place, validation, rejects, amiss)
                self._say_of_reading(table.input.path, table.input.place, table.reading, validation)

    def _table(self, file: str, schema_named: str) -> Table:
        schema = self._document(schema_named, "--schema")
        given = local_input(file, self.folder, self.limits, self.client)
        options = {name: self.options[name] for name in PER_TABLE}
        if options["dialect"] is not None:
            options["dialect"] = self._document(options["dialect"], "--dialect")
        return Table(given, schema, table_reading(given.path, given.place, schema, **options))

    def _document(self, named: str, option: str) -> dict[str, Any]:
        if named not in self._documents:
            given = local_input(named, self.folder, replace(self.limits, rows=None), self.client, option)
            self._documents[named] = read_document(given.path, given.place, option)
        return self._documents[named]

    def _validate(self, table: Table, parents: Mapping[str, Any], rejects: RejectsFile | None) -> ValidationResult:
        with progress_bar(table.input.place) as progress:
            validation = validate(
                table.input.path,
                table.schema,
                parents=parents,
                reading=table.reading,
                sample=self.options["sample"],
                memory=self.options["memory"],
                keep=False,
                rejects=rejects,
                progress=progress,
                limit_rows=self.options["limit_rows"],
                place=table.input.place if table.input.path != Path(table.input.place) else None,
                name=table.input.name if table.input.path.is_relative_to(self.folder) else None,
            )
        for error in validation.errors.to_pylist():
            if error["rule"] in UNREADABLE:
                raise FileUnreadable(file=table.input.place, found=error["note"])
        if table.input.is_cut and validation.rows < self.options["limit_rows"]:
            raise InputCut(place=table.input.place, rows=validation.rows)
        return validation

    # Packages

    def _remote(self, package: str) -> Client | None:
        return self.client if self.options["remote"] or is_address(package) else None

    def _package(self, named: str, files: tuple[str, ...]) -> None:
        with self._failing(named), self._opened(named) as (package, host):
            self._read.add(Path(named).resolve())
            named_files = [path for item in [*package.own, *package.resources] for path in item.normpaths]
            self._read |= {Path(path).resolve() for path in named_files}
            self._take_errors([(named, error) for error in package.errors])
            if not files:
                self._take_errors(package.inside.errors)
                self._found.failures += package.inside.failures
            if not (package.own or package.errors):
                raise DescriptionUnreadable(place=named, found=NO_RESOURCE, expected="resources: [{…}]")
            for resource in self._chosen(named, package, files):
                self._resource(resource, package)
            self._found.refused += host.refused
            if is_of_release(Path(named)):
                self._found.notices.append((named, ONLY_ITS_DESCRIPTOR))

    def _opened(self, named: str) -> AbstractContextManager[tuple[DataPackage, Host]]:
        """The package that was named. Raises `FileUnreadable`, `DescriptionUnreadable` when it is none."""
        if not (is_address(named) or is_zip_package(named)):
            option = "--package" if self.options["package"] else "FILE"
            document = read_document(Path(named), named, option)
            if "resources" not in document and Path(named).name != DESCRIPTOR:
                raise DescriptionUnreadable(place=named, found=", ".join(document)[:100], expected="resources: […]")
            check_documents(document, Path(named).parent, option)
        return opened_package(named, self._remote(named))

    def _take_errors(self, errors: list[tuple[str, Any]]) -> None:
        """What is wrong with descriptors; a part of one that cannot be read leaves the package without a result."""
        self._found.errors += errors
        for place, error in errors:
            if UNREAD in error.note:
                failure = DescriptionUnreadable(place=place, found=error.note, expected="JSON")
                self._found.failures.append((place, failure))

    def _chosen(self, named: str, package: DataPackage, files: tuple[str, ...]) -> list[Any]:
        """The resources to validate: all, or those whose files were named."""
        resources = list(package.resources)
        if not files or package.errors:
            return resources
        chosen = []
        for file in files:
            same = [item for item in resources if _is_of(item, file)]
            if not same:
                held = ", ".join(item.place for item in resources)
                raise Misused(
                    Said(
                        f"{file} : absent du jeu de données ; il contient : {held}",
                        f"{file}: not in the package; it contains: {held}",
                    )
                )
            chosen += same
        return chosen

    def _resource(self, resource: Any, package: DataPackage) -> None:
        declared = resource.encoding
        file = None if package.folder else local_file(resource)
        place = resource.place if file is None else shown(file)
        with self._failing(place), self._rejects(place, resource.name) as rejects:
            with progress_bar(place) as progress:
                validation = validate_resource(
                    resource,
                    folder=package.folder,
                    sample=self.options["sample"],
                    memory=self.options["memory"],
                    rejects=rejects,
                    progress=progress,
                    limit_rows=self.options["limit_rows"],
                )
            reading = resource_reading(resource) if file is not None else None
            amiss = [] if file is None or reading is None else self._stray_quotes(file, place, reading)
            self._take(place, validation, rejects, amiss)
            if file is not None and reading is not None:
                self._say_of_reading(file, place, reading, validation)
        if declared is not None:
            with self._failing(place):
                check_encoding(declared)
        notice = encoding_guess(resource, declared is not None)
        if notice is not None:
            self._found.notices.append((place, notice))

    # What both share

    def _stray_quotes(self, path: Path, place: str, reading: Reading) -> list[Record]:
        """Records that their quotes do not delimit, up to the sample that was asked for, and at least one."""
        found = list(
            islice(stray_quotes(path, reading, limit_rows=self.options["limit_rows"]), max(1, self.options["sample"]))
        )
        self._found.quotes += [(place, record) for record in found]
        return found

    def _say_of_reading(self, path: Path, place: str, reading: Reading, validation: ValidationResult) -> None:
        """Why a table has no header: its first line is blank. It may be valid all the same, with one row too many.
        And what a person sees in a workbook that a report does not."""
        labels = list(validation.report().tasks[0].labels)
        of_workbook = workbook_notices(path, reading, labels, validation.fields)
        self._found.notices += [(place, notice) for notice in of_workbook]
        has_header = bool(labels) or not validation.rows
        notice = None if has_header else blank_first_line(path, reading)
        if notice is not None:
            self._found.notices.append((place, notice))

    def _take(self, place: str, validation: ValidationResult, rejects: RejectsFile | None, amiss: list[Record]) -> None:
        if rejects is not None:
            import pyarrow as pa
            import pyarrow.compute as pc

            rejects.write_whole(validation.errors.filter(pc.is_null(validation.errors.column("row"))))
            lines = [quote_error(record) for record in amiss]
            rejects.write_whole(pa.Table.from_pylist(lines, schema=validation.errors.schema))
        self._found.results.append((place, validation))

    @contextlib.contextmanager
    def _failing(self, place: str) -> Iterator[None]:
        """What there can be no result on is told at the end; the rest is validated."""
        try:
            yield
        except ArobaseError as error:
            self._found.failures.append((place, error))

    @contextlib.contextmanager
    def _rejects(self, place: str, name: str) -> Iterator[RejectsFile | None]:
        """The rejects file of a table, of a name that no other table of this run has."""
        wanted: Path | None = self.options["rejects"]
        if wanted is None:
            yield None
            return
        stem = wanted.with_name(self._stem(wanted, name))
        for written in (stem.with_name(f"{stem.name}.csv"), stem.with_name(f"{stem.name}.parquet")):
            if written.resolve() in self._read:
                found = Said("la commande lit ce fichier", "the command reads that file")
                raise RejectsUnwritable(file=str(written), found=found)
        try:
            file = RejectsFile(stem, Origin(place, name)).__enter__()
        except OSError as error:
            raise RejectsUnwritable(file=str(stem), found=os_reason(error)) from error
        try:
            yield file
        except BaseException as error:
            file.__exit__(type(error), error, error.__traceback__)
            raise
        file.__exit__(None, None, None)

    def _stem(self, wanted: Path, name: str) -> str:
        base = wanted.name.removesuffix(".csv").removesuffix(".parquet")
        if len(self.files) > 1 or not self.options["schemas"]:
            plain = "".join(mark if mark.isalnum() or mark in "._-" else "-" for mark in name)
            base = f"{base}-{plain}"
        stem, number = base, 1
        while stem.casefold() in self._stems:
            number += 1
            stem = f"{base}-{number}"
        self._stems.add(stem.casefold())
        return stem


def _is_of(resource: Any, file: str) -> bool:
    return not resource.memory and any(Path(path).resolve() == Path(file).resolve() for path in resource.normpaths)
