"""The validator: a table and a Table Schema in, Frictionless' result out.

Belongs here: the one function that other modules call. Does not: opening (`opening.py`), proving (`proving.py`), or
what the result is (`result.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.schema import TableSchema
from pipelines.storage.damage import DAMAGE
from pipelines.validation.archives import GZIP, check_archive
from pipelines.validation.blocks import StreamSource, as_text, block_of_rows, rows_together
from pipelines.validation.columns import CellMemory
from pipelines.validation.custom_checks import declared_checks
from pipelines.validation.cutter import CutSource, NotPlain
from pipelines.validation.error_counts import ErrorCounts, as_row
from pipelines.validation.hashing import Hasher
from pipelines.validation.inputs import (
    Reading,
    SchemaLike,
    check_encoding,
    descriptor_of,
    frictionless_resource,
    text_columns,
    unchanged,
    without_foreign_keys,
)
from pipelines.validation.keytext import NotComparable
from pipelines.validation.opening import Case, compile_case, key_fields, table_schema
from pipelines.validation.outcome import Outcome, Progress, Rejects
from pipelines.validation.parents import GivenParents, Parent, Parents
from pipelines.validation.proving import Proving
from pipelines.validation.result import ValidationResult
from pipelines.validation.row_validation import Remembered, validate_rows
from pipelines.validation.unapplied import unapplied, unapplied_beside

MEMORY = 512 << 20


def validate(
    resource: Path | str | pa.Table,
    schema: SchemaLike,
    *,
    parents: Mapping[str, Parent] | None = None,
    encoding: str = "utf-8",
    delimiter: str = ",",
    dialect: Mapping[str, Any] | None = None,
    sample: int | None = 1000,
    memory: int = MEMORY,
    keep: bool = True,
    accept: Callable[[pa.Table], None] | None = None,
    rejects: Rejects | None = None,
    shown_fields: frozenset[str] | None = None,
    progress: Progress | None = None,
    name: str | None = None,
    limit_rows: int | None = None,
    reading: Reading | None = None,
    place: str | None = None,
    typed: bool = False,
) -> ValidationResult:
    """Frictionless' result on a file or on a text table.

    A table in memory is validated as the CSV file that it would make (header on row 1); its columns whose names start
    with `_` are carried through and never validated. `parents` gives the tables that foreign keys refer to, by name,
    each alone (its columns are then read as the fields that refer to them) or with its schema.

    `sample`: how many errors of each rule of each field are detailed, None for all; totals and rejected rows are
    complete anyway. `memory`: bytes that keys may take before they are put on disk. `keep=False`: accepted and rejected
    rows are not held, `accept` and `rejects` get them as they come; `shown_fields` names the fields whose cells the
    rejects may show. `progress` is called with the rows read, and with the part of the table that they are, when it is
    known. `name`: the resource's name in the report. `limit_rows`: validate the first rows only, which the report then
    says. `reading`: in the place of `encoding`, `delimiter` and `dialect`. `place`: what the report calls the file.
    `typed`: the table in memory has types, and is validated as the canonical text of its values.

    Raises `CannotValidate` when there can be no result.
    """
    reading = reading or Reading(encoding, delimiter, dialect)
    check_encoding(reading.encoding)
    descriptor = descriptor_of(schema)
    whole_schema = table_schema(descriptor, schema.path if isinstance(schema, TableSchema) else "schema")
    source = Path(resource) if isinstance(resource, str) else resource
    validated = source if isinstance(source, Path) else text_columns(source, descriptor, typed=typed)
    table = source if isinstance(source, pa.Table) else None
    outcome = Outcome(
        ErrorCounts(sample, place=place),
        keep=keep,
        table=table,
        accept=accept,
        rejects=rejects,
        shown_fields=shown_fields,
    )
    given = GivenParents(parents or {}, validated, descriptor, reading, memory)
    made = None if whole_schema.foreign_keys else whole_schema
    with (
        unchanged([validated] if isinstance(validated, Path) else [], later=GZIP),
        frictionless_resource(validated, without_foreign_keys(descriptor), reading, name, made) as opened,
    ):
        packed = validated if isinstance(validated, Path) and validated.suffix.lower() == GZIP else None
        asked = Asked(tuple(whole_schema.foreign_keys), given, outcome, memory, progress, limit_rows, packed)
        try:
            return validate_opened(validated, opened, asked)
        except DAMAGE:
            asked.check_packed()
            raise


@dataclass(frozen=True)
class Asked:
    """What was asked: the foreign keys, the tables that they refer to, and where the outcome goes.

    `limit_rows`: how many rows are validated, None for all. `packed`: a gzip file that nobody looked into yet; the fast
    reader does so while it reads, and before any other reader it is looked into as a whole.
    """

    foreign_keys: Sequence[Mapping[str, Any]]
    parents: Parents
    outcome: Outcome
    memory: int
    progress: Progress | None
    limit_rows: int | None = None
    packed: Path | None = None

    def check_packed(self) -> None:
        """Raises `ArchiveTooLarge`, and `FileUnreadable` when the gzip file is damaged."""
        if self.packed is not None:
            check_archive(self.packed)


def validate_opened(validated: Path | pa.Table | None, opened: Any, asked: Asked) -> ValidationResult:
    """The result on a Frictionless table resource that is not open, its foreign keys taken out of its schema.

    `validated`: the one file that the resource reads as it is, or the table in memory; None when it is neither.
    Raises `CannotValidate` when there can be no result.
    """
    declared = list(opened.schema.fields)
    labels = _validate(validated, opened, asked)
    outcome = asked.outcome
    accepted, rejected = outcome.finish()
    return ValidationResult(
        rows=opened.stats.rows or 0,
        accepted=accepted,
        rejected=rejected,
        errors=outcome.error_counts.table(),
        totals=outcome.error_counts.ordered_totals(),
        rejected_rows=outcome.rejected_rows,
        path=outcome.path,
        roads=outcome.roads(),
        fields=frozenset(field.name for field in declared),
        hidden_fields=frozenset(field.name for field in declared if field.custom.get("privacy", "public") != "public"),
        warnings=tuple(outcome.error_counts.warnings),
        source_report=outcome.error_counts.report(opened, labels),
    )


def _validate(validated: Path | pa.Table | None, opened: Any, asked: Asked) -> list[str]:
    """Validate a resource, in the fastest way that is Frictionless'; returns the labels.

    Source: frictionless 5.21, resource/resource.py, `validate`.
    """
    from frictionless import FrictionlessException

    error_counts = asked.outcome.error_counts
    try:
        opened.to_descriptor(validate=True)
        described = opened.schema
        _open(opened, asked)
        if opened.schema is not described:  # a schema without fields: Frictionless made another of what it read
            asked = replace(asked, foreign_keys=())
        with opened:
            fields = opened.header.get_expected_fields()
            declared = declared_checks(asked.parents.descriptor, {field.name: field.type for field in fields})
            not_run = [*unapplied(asked.parents.descriptor), *unapplied_beside(opened), *declared.not_run]
            error_counts.warnings.extend([*_ignored_hash(opened), *not_run])
            keys = key_fields(opened.schema, asked.foreign_keys, fields, header_case=opened.dialect.header_case)
            case = compile_case(validated, opened, keys, declared.checks, CellMemory(asked.memory // 8))
            asked.outcome.columns = case.columns
            is_whole = asked.limit_rows is None and _by_proof(case, asked)
            is_whole = is_whole or _by_hearing(case, asked)
            for error in declared.absent if opened.stats.rows else ():
                error_counts.add(error)
            if is_whole:
                for error in _end_errors(opened):
                    error_counts.add(error)
            return case.labels
    except FrictionlessException as error:
        asked.check_packed()
        asked.outcome.restart()
        error_counts.warnings.clear()
        for item in error.to_errors():
            error_counts.add(item)
        return []


def _open(opened: Any, asked: Asked) -> None:
    """Open a resource. Frictionless reads parents between the header and the rows: what is wrong with a parent is
    reported before labels that come twice. Source: frictionless 5.21, resources/table.py, `open`."""
    from frictionless import FrictionlessException

    described = opened.schema
    try:
        opened.open()
    except FrictionlessException:
        if _has_header(opened) and opened.schema is described:
            asked.parents.values(asked.foreign_keys)
        raise


def _has_header(opened: Any) -> bool:
    from frictionless import FrictionlessException

    try:
        return opened.header is not None
    except FrictionlessException:
        return False


def _by_proof(case: Case, asked: Asked) -> bool:
    """Whether the case could be proved, and then was validated so."""
    outcome = asked.outcome
    if not case.provable:
        return False
    try:
        keys = asked.parents.keys(asked.foreign_keys)
    except NotComparable:
        return False
    start = list(_start_errors(case.resource))
    # Of a packed file Frictionless hashes the packed bytes, before it unpacks them.
    hasher = Hasher() if isinstance(case.validated, Path) and not case.resource.compression else None
    for source in (case.source(hasher, asked.memory), case.stream()):
        if isinstance(source, StreamSource):
            asked.check_packed()
        outcome.restart()
        for error in start:
            outcome.error_counts.add(error)
        try:
            rows = Proving(case, source, keys, outcome, budget=asked.memory, progress=asked.progress).run()
        except NotPlain:
            continue
        except NotComparable:
            return False
        finally:
            digests = hasher.finish() if hasher is not None else None
            hasher = None
        stats = case.resource.stats
        stats.rows = rows
        if isinstance(source, CutSource) and digests is not None:
            stats.md5, stats.sha256, stats.bytes = digests
        if source.failure is not None:
            outcome.error_counts.add(source.failure)
        outcome.path = "stream" if isinstance(source, StreamSource) else "proof"
        return True
    raise NotPlain("a stream is always plain")


def _by_hearing(case: Case, asked: Asked) -> bool:
    """Every row validated by Frictionless, keys remembered as it does; returns whether all rows were read."""
    from frictionless import FrictionlessException

    outcome, limit = asked.outcome, asked.limit_rows
    asked.check_packed()
    outcome.restart()
    outcome.path = "frictionless"
    error_counts, width = outcome.error_counts, len(case.fields)
    most = rows_together(width)
    for error in _start_errors(case.resource):
        error_counts.add(error)
    known = asked.parents.values(asked.foreign_keys)
    integrity = Remembered([known[group.source, group.source_fields] for group in case.keys.foreign])
    rows, numbers, errors_of, read = list[list[Any]](), list[int](), dict[int, list[Any]](), 0

    holds = outcome.wants_every_block or outcome.wants_all_errors  # else nobody asks for the rows

    def flush() -> None:
        if rows:
            block = block_of_rows([as_text(cells) for cells in rows], width, read - len(rows), numbers)
            outcome.take_rows(block, errors_of)
        rows.clear()
        numbers.clear()
        errors_of.clear()

    try:
        for number, cells, errors in validate_rows(case.rows(), case.handlers, case.keys, integrity, case.checks):
            read += 1
            for error in errors:
                error_counts.add(error)
            if holds:
                if errors:
                    errors_of[len(rows)] = list(errors)
                rows.append(list(cells))
                numbers.append(number)
            elif errors:
                outcome.rejected_rows += 1
            if read % most == 0:
                flush()
                if asked.progress is not None:
                    asked.progress(read, None)
            if read == limit:
                error_counts.warnings.append(
                    Said(f"lecture limitée aux premières lignes ({limit})", f"reached row limit: {limit}")
                )
                break
        flush()
    except FrictionlessException as error:
        flush()
        error_counts.add(error.error)
    case.resource.stats.rows = read
    return read != limit


def _start_errors(opened: Any) -> Iterator[Any]:
    """The errors of the file and of its header. Source: frictionless 5.21, checks/baseline.py."""
    from frictionless import errors

    if not (opened.labels or opened.fragment):
        yield errors.SourceError(note="the source is empty")
    yield from opened.header.errors


def _end_errors(opened: Any) -> Iterator[Any]:
    """What the descriptor says of the whole file and is not so: hash, bytes, fields, rows."""
    from frictionless.checks.baseline import baseline

    check = baseline()
    check.connect(opened)
    yield from check.validate_end()


def _ignored_hash(opened: Any) -> Iterator[Said]:
    """The warning about a hash that Frictionless does not compute. Source: frictionless 5.21, `Resource.validate`."""
    from frictionless.helpers import parse_resource_hash_v1

    if opened.hash and parse_resource_hash_v1(opened.hash)[0] not in ("md5", "sha256"):
        yield Said(
            "l'empreinte déclarée n'est ni md5 ni sha256 : elle n'a pas été comparée",
            "hash is ignored; supported algorithms: md5/sha256",
        )


__all__ = ["MEMORY", "Asked", "Parent", "as_row", "validate", "validate_opened"]
