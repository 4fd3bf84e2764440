"""The judge: a table and a Table Schema in, Frictionless' verdict out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.validation.archives import check_archive
from pipelines.validation.blocks import ROWS, StreamSource, block_of_rows
from pipelines.validation.columns import CellMemory
from pipelines.validation.custom_checks import declared_checks
from pipelines.validation.cutter import CutSource, NotPlain
from pipelines.validation.errors import FileChanged
from pipelines.validation.hashing import Hasher
from pipelines.validation.hearing import Remembered, hear
from pipelines.validation.inputs import (
    Reading,
    SchemaLike,
    check_file,
    descriptor_of,
    frictionless_resource,
    text_columns,
    without_foreign_keys,
)
from pipelines.validation.keytext import NotComparable
from pipelines.validation.opening import Case, compile_case, table_schema
from pipelines.validation.outcome import Outcome, Progress, Rejects
from pipelines.validation.parents import Parent, Parents
from pipelines.validation.proving import Proving
from pipelines.validation.tally import Tally, as_row
from pipelines.validation.verdict import Verdict

MEMORY = 512 << 20


def judge(
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
    tell: frozenset[str] | None = None,
    progress: Progress | None = None,
    name: str | None = None,
) -> Verdict:
    """Frictionless' verdict on a file or on a text table.

    A table in memory is judged as the CSV file that it would make (header on row 1); its columns whose names start with
    `_` are carried through and never judged. `parents` gives the tables that foreign keys refer to, by name, each alone
    (its columns are then read as the fields that refer to them) or with its schema.

    `sample`: how many errors of each rule of each field are detailed, None for all; totals and rejected rows are
    complete anyway. `memory`: bytes that keys may take before they are put on disk. `keep=False`: accepted and rejected
    rows are not held, `accept` and `rejects` get them as they come; `tell` names the fields whose cells the rejects may
    show. `progress` is called with the rows read, and with the part of the table that they are, when it is known.
    `name`: the resource's name in the report.

    Raises `JudgeError` when there can be no verdict.
    """
    descriptor = descriptor_of(schema)
    whole_schema = table_schema(descriptor)
    source = Path(resource) if isinstance(resource, str) else resource
    reading = Reading(encoding, delimiter, dialect)
    judged = source if isinstance(source, Path) else text_columns(source, descriptor)
    table = source if isinstance(source, pa.Table) else None
    outcome = Outcome(Tally(sample), keep=keep, table=table, accept=accept, rejects=rejects, tell=tell)
    given = Parents(parents or {}, judged, descriptor, reading, memory // 4)
    made = None if whole_schema.foreign_keys else whole_schema
    with (
        _unchanged(judged),
        frictionless_resource(judged, without_foreign_keys(descriptor), reading, name, made) as opened,
    ):
        labels = _judge(judged, opened, _Hearing(whole_schema, given, outcome, memory, progress))
        accepted, rejected = outcome.finish()
        report = outcome.tally.report(opened, labels)
        return Verdict(
            rows=opened.stats.rows or 0,
            accepted=accepted,
            rejected=rejected,
            errors=outcome.tally.table(),
            totals=dict(sorted(outcome.tally.totals.items(), key=lambda item: (item[0][0], item[0][1] or ""))),
            rejected_rows=outcome.rejected_rows,
            path=outcome.path,
            roads=outcome.roads(),
            warnings=tuple(outcome.tally.warnings),
            source_report=report,
        )


@dataclass(frozen=True)
class _Hearing:
    """What was asked: the schema with its foreign keys, the parents, and where the outcome goes."""

    schema: Any
    parents: Parents
    outcome: Outcome
    memory: int
    progress: Progress | None


def _judge(judged: Path | pa.Table, opened: Any, asked: _Hearing) -> list[str]:
    """Judge an opened resource, in the fastest way that is Frictionless'; returns the labels."""
    from frictionless import FrictionlessException

    try:
        opened.to_descriptor(validate=True)
        _open(opened, asked)
        with opened:
            names = [field.name for field in opened.header.get_expected_fields()]
            checks, told = declared_checks(asked.parents.descriptor, names)
            asked.outcome.tally.warnings.extend(told)
            case = compile_case(judged, opened, asked.schema, checks, CellMemory(asked.memory // 8))
            asked.outcome.columns = case.columns
            if not _by_proof(case, asked):
                _by_hearing(case, asked)
            return case.labels
    except FrictionlessException as error:
        asked.outcome.restart()
        for item in error.to_errors():
            asked.outcome.tally.add(item)
        return []


def _open(opened: Any, asked: _Hearing) -> None:
    """Open a resource. Frictionless reads parents between the header and the rows: what is wrong with a parent is told
    before labels that come twice. Source: frictionless 5.21, resources/table.py, `open`."""
    from frictionless import FrictionlessException

    try:
        opened.open()
    except FrictionlessException:
        if _has_header(opened):
            asked.parents.values(asked.schema)
        raise


def _has_header(opened: Any) -> bool:
    from frictionless import FrictionlessException

    try:
        return opened.header is not None
    except FrictionlessException:
        return False


def _by_proof(case: Case, asked: _Hearing) -> bool:
    """Whether the case could be proved, and then was judged so."""
    outcome = asked.outcome
    if not case.provable:
        return False
    try:
        keys = asked.parents.keys(asked.schema)
    except NotComparable:
        return False
    start = list(_start_errors(case.resource))
    hasher = Hasher() if isinstance(case.judged, Path) else None
    for source in (case.source(hasher), case.stream()):
        outcome.restart()
        for error in start:
            outcome.tally.add(error)
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
            outcome.tally.add(source.failure)
        outcome.path = "stream" if isinstance(source, StreamSource) else "proof"
        return True
    raise NotPlain("a stream is always plain")


def _by_hearing(case: Case, asked: _Hearing) -> None:
    """Every row heard by Frictionless, keys remembered as it does."""
    from frictionless import FrictionlessException

    outcome = asked.outcome
    outcome.restart()
    outcome.path = "frictionless"
    tally, width = outcome.tally, len(case.fields)
    for error in _start_errors(case.resource):
        tally.add(error)
    known = asked.parents.values(asked.schema)
    integrity = Remembered([known[group.source, group.source_fields] for group in case.keys.foreign])
    rows, numbers, errors_of, read = list[list[str]](), list[int](), dict[int, list[Any]](), 0

    holds = outcome.wants_every_block or outcome.wants_all_errors  # else nobody asks for the rows

    def flush() -> None:
        if rows:
            block = block_of_rows(rows, width, read - len(rows), numbers)
            outcome.take_heard(block, errors_of)
        rows.clear()
        numbers.clear()
        errors_of.clear()

    try:
        for number, cells, errors in hear(case.rows(), case.handlers, case.keys, integrity, case.checks):
            read += 1
            for error in errors:
                tally.add(error)
            if holds:
                if errors:
                    errors_of[len(rows)] = list(errors)
                rows.append(list(cells))
                numbers.append(number)
            elif errors:
                outcome.rejected_rows += 1
            if read % ROWS == 0:
                flush()
                if asked.progress is not None:
                    asked.progress(read, None)
        flush()
    except FrictionlessException as error:
        flush()
        tally.add(error.error)
    case.resource.stats.rows = read


def _start_errors(opened: Any) -> Iterator[Any]:
    """The errors of the file and of its header. Source: frictionless 5.21, checks/baseline.py."""
    from frictionless import errors

    if not (opened.labels or opened.fragment):
        yield errors.SourceError(note="the source is empty")
    yield from opened.header.errors


@contextmanager
def _unchanged(judged: Path | pa.Table) -> Iterator[None]:
    """Raises `FileChanged` when the file is not at the end what it was at the start, `FileUnreadable` without one."""
    if not isinstance(judged, Path):
        yield
        return
    before = check_file(judged)
    check_archive(judged)
    yield
    if check_file(judged) != before:
        raise FileChanged(file=str(judged))


__all__ = ["MEMORY", "Parent", "as_row", "judge"]
