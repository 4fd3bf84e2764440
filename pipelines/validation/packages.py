"""Data Packages: every resource validated as the package describes it, and Frictionless' own report for the whole.

Frictionless reads the descriptor, chooses encodings and dialects and opens the files; tables of text are then proved as
any other. Belongs here: what `Package.validate` and `Resource.validate` of frictionless 5.21 do around the rows. Does
not: the rows (`validate.py`), what a package may reach (`hosting.py`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.text import Said
from pipelines.storage.damage import DAMAGE
from pipelines.validation.archives import unpacked
from pipelines.validation.error_counts import ErrorCounts
from pipelines.validation.errors import CannotValidate, SchemaUnusable, ValidationFailed
from pipelines.validation.hosting import Host, check_scheme, frictionless_host
from pipelines.validation.inputs import local_file, readable_files, unchanged
from pipelines.validation.nested import Inside
from pipelines.validation.outcome import Outcome, Progress, Rejects
from pipelines.validation.parents import ResourceParents
from pipelines.validation.result import ValidationResult
from pipelines.validation.validate import MEMORY, Asked, validate_opened

if TYPE_CHECKING:
    from pipelines.sources.http import Client

DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True)
class DataPackage:
    """A Data Package as Frictionless read it. `errors`: what is wrong with its descriptor; then it has no resource.

    `resources`: to be validated, those of packages inside it too; `own`: without them. `inside`: what is wrong with the
    descriptors of those. `folder`: the temporary folder that its archive was unpacked in, with a slash at its end.
    """

    resources: Sequence[Any] = ()
    errors: Sequence[Any] = ()
    folder: str = ""
    own: Sequence[Any] = ()
    inside: Inside = field(default_factory=Inside)


@dataclass
class PackageResult:
    """The results on the resources of a package, in its order, and what there could be no result on."""

    errors: Sequence[Any] = ()
    results: list[tuple[str, ValidationResult]] = field(default_factory=list)  # with the place of each
    failures: list[tuple[str, CannotValidate]] = field(default_factory=list)

    def report(self) -> Any:
        """Frictionless' own `Report` of the package; a resource without a result is not among its tasks."""
        from frictionless import Report

        whole = Report.from_validation_reports(time=0, reports=[validation.report() for _, validation in self.results])
        return Report.from_validation(tasks=whole.tasks, errors=list(self.errors)) if self.errors else whole


def read_data_package(descriptor: str | dict[str, Any], basepath: str | None = None) -> DataPackage:
    """A package by the path or the address of its descriptor, or as a descriptor and the folder that it is in.

    Must be called within `hosting.frictionless_host`. Raises `SchemaUnusable` when a descriptor raises in Frictionless.
    """
    from frictionless import FrictionlessException, Package

    try:
        package = Package.from_descriptor(descriptor, basepath=basepath)
        _read_schemas(package)
        package.to_descriptor(validate=True)
    except FrictionlessException as error:
        return DataPackage(errors=error.to_errors())
    except (RecursionError, ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
        raise _no_descriptor("datapackage", error) from error
    inside = Inside()
    inside.take(package.resources, () if isinstance(descriptor, dict) else (Path(descriptor).resolve(),))
    return DataPackage(resources=inside.resources, own=package.resources, inside=inside)


def _read_schemas(package: Any) -> None:
    """Read the schemas that are named by a path, up to the first with foreign keys, as Frictionless does.

    Raises `SchemaUnusable`, where Frictionless raises out of `validate`.
    """
    from frictionless import FrictionlessException

    try:
        any(resource.schema and resource.schema.foreign_keys for resource in package.resources)
    except FrictionlessException as error:
        raise _no_descriptor("schema", "; ".join(item.note for item in error.to_errors())) from error


@contextmanager
def opened_package(path: str, client: Client | None = None) -> Iterator[tuple[DataPackage, Host]]:
    """The package at a path or an address: a descriptor, or a zip file that contains `datapackage.json`.

    `client`: what addresses are read through, None to refuse them. Raises `CannotValidate`.
    """
    with frictionless_host(client=client) as host:
        if is_zip_package(path):
            with unpacked(Path(path)) as folder:
                yield replace(_read_unpacked(folder), folder=f"{folder}/"), host
        else:
            yield read_data_package(path), host


def is_zip_package(path: str) -> bool:
    """Whether a path is that of a zip file with a `datapackage.json` at its root."""
    if not path.lower().endswith(".zip"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return DESCRIPTOR in archive.namelist()
    except DAMAGE:
        return False


def _read_unpacked(folder: Path) -> DataPackage:
    """A package of a zip file, read twice as Frictionless does. Source: frictionless 5.21, resource/factory.py."""
    from frictionless import FrictionlessException, Package

    try:
        package = Package.from_descriptor(str(folder / DESCRIPTOR))
        descriptor = package.to_descriptor()
    except FrictionlessException as error:
        raise _no_descriptor(DESCRIPTOR, "; ".join(item.note for item in error.to_errors())) from error
    return read_data_package(descriptor, package.basepath)


def validate_package_at(path: str, *, sample: int | None = 1000, memory: int = MEMORY) -> PackageResult:
    """The result on the package at a path, as `validate_package` gives it. Raises `CannotValidate`."""
    with opened_package(path) as (package, _):
        return validate_package(package, sample=sample, memory=memory)


def validate_package(package: DataPackage, *, sample: int | None = 1000, memory: int = MEMORY) -> PackageResult:
    """The result on every resource of a package, and on the package as a whole. Must be called as `read_data_package`.

    `sample` and `memory` are those of `validate`.
    """
    errors = [*package.errors, *(error for _, error in package.inside.errors)]
    found = PackageResult(errors=errors, failures=list(package.inside.failures))
    for resource in package.resources:
        try:
            validation = validate_resource(resource, folder=package.folder, sample=sample, memory=memory)
            found.results.append((resource.place, validation))
        except CannotValidate as error:
            found.failures.append((resource.place, error))
    return found


def validate_resource(
    resource: Any,
    *,
    folder: str = "",
    sample: int | None = 1000,
    memory: int = MEMORY,
    rejects: Rejects | None = None,
    progress: Progress | None = None,
    limit_rows: int | None = None,
) -> ValidationResult:
    """The result on one resource of a package; all files that it reads stay as they are meanwhile.

    `folder` is that of the package, the other arguments those of `validate`.
    Raises `CannotValidate` when there can be no result.
    """
    from frictionless import FrictionlessException
    from frictionless.resources import TableResource

    outcome = Outcome(
        ErrorCounts(sample, folder), keep=False, table=None, accept=None, rejects=rejects, shown_fields=None
    )
    try:
        check_scheme(resource)
        resource.to_descriptor(validate=True)
    except FrictionlessException as error:
        return _result_of(resource, outcome, error.to_errors())
    schema = _schema(resource)
    try:
        with unchanged(readable_files(resource), are_declared=True):
            if not isinstance(resource, TableResource):
                return _result_of(resource, outcome, resource.validate(limit_errors=0).tasks[0])
            foreign_keys = list(schema.foreign_keys)
            descriptor = schema.to_descriptor()
            parents = ResourceParents(resource, descriptor, memory)
            asked = Asked(tuple(foreign_keys), parents, outcome, memory, progress, limit_rows)
            with _without_foreign_keys(schema):
                return validate_opened(local_file(resource), resource, asked)
    except CannotValidate:
        raise
    except Exception as error:  # whatever a strange descriptor makes Frictionless raise out of `validate`
        raise ValidationFailed(place=resource.place, found=f"{type(error).__name__}: {error}") from error


def encoding_guess(resource: Any, declared: bool) -> Said | None:
    """A sentence when Frictionless guessed another encoding than UTF-8, after the resource was read."""
    from frictionless.resources import TableResource

    if not isinstance(resource, TableResource):
        return None  # its bytes are compared, no text is read
    if declared or resource.memory or resource.encoding in (None, "utf-8", "utf-8-sig"):
        return None
    return Said(
        f"encodage deviné : {resource.encoding} ; une erreur est possible, déclarez « encoding » dans le descripteur",
        f'encoding guessed: {resource.encoding}; the guess may be wrong, declare "encoding" in the descriptor',
    )


def _schema(resource: Any) -> Any:
    """The schema of a resource, read when it is a path. Raises `SchemaUnusable`."""
    from frictionless import FrictionlessException

    try:
        return resource.schema
    except FrictionlessException as error:
        raise _no_descriptor(f"{resource.name}: schema", error.error.note) from error


@contextmanager
def _without_foreign_keys(schema: Any) -> Iterator[None]:
    """Foreign keys taken out of a schema, whose parents are read once each by us; an empty schema stays empty."""
    foreign_keys = schema.foreign_keys
    if not foreign_keys:
        yield
        return
    schema.foreign_keys = []
    try:
        yield
    finally:
        schema.foreign_keys = foreign_keys


def _no_descriptor(place: str, error: object) -> SchemaUnusable:
    found = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else str(error)
    expected = Said("un descripteur lisible", "a descriptor that can be read")
    return SchemaUnusable(place=place, found=found[:300], expected=expected)


def _result_of(resource: Any, outcome: Outcome, found: Any) -> ValidationResult:
    """A result that Frictionless gave: the errors of a resource, or the task of a resource that is no table."""
    from frictionless.report import ReportTask

    warnings: list[str] = []
    compared = None
    if isinstance(found, ReportTask):
        warnings, found = found.warnings, found.errors
        given = ((resource.bytes, Said("taille", "size")), (resource.hash, Said("empreinte", "hash")))
        compared = tuple(name for value, name in given if value is not None)
    for error in found:
        outcome.error_counts.add(error)
    outcome.error_counts.warnings.extend(Said(warning, warning) for warning in warnings)
    return ValidationResult(
        rows=0,
        accepted=None,
        rejected=None,
        errors=outcome.error_counts.table(),
        totals=outcome.error_counts.ordered_totals(),
        rejected_rows=0,
        path="frictionless",
        warnings=tuple(outcome.error_counts.warnings),
        compared=compared,
        source_report=outcome.error_counts.report(resource, []),
    )
