"""Applying a source's mappings to its records.

The records of one source go through together, because parts join each other. Personal columns are dropped first,
except those that a mapping gives to a converter.
Belongs here: the order of the steps of a mapping. Does not: what one step does (`reshape.py`, `convert.py`), reading
the mapping itself (`description.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from pipelines.core.errors import ResponsibleParty
from pipelines.core.project import Project
from pipelines.mapping.check import target_of
from pipelines.mapping.convert import Refusal, convert, look
from pipelines.mapping.description import RowMapping, parse_mapping
from pipelines.mapping.errors import InternalFieldCopied, MappingError, PersonalFieldCopied
from pipelines.mapping.registry import READINGS
from pipelines.mapping.rejections import Rejection
from pipelines.mapping.reshape import RANK, Met, expand, join, keep, met_by_key
from pipelines.schema import Privacy, TableSchema
from pipelines.schema.reserved import RESERVED

BATCH = 262_144
"""How many records are normalised at a time."""


@dataclass(frozen=True)
class PartRecords:
    """The validated records of one part, the schema that validated them, and its mapping as written: `rows`, and the
    `join` that applies to all of them. `unquoted`: columns whose values no refusal quotes, public or not."""

    records: pa.Table
    schema: TableSchema
    rows: Sequence[Mapping[str, Any]]
    join: Sequence[Mapping[str, Any]] = ()
    unquoted: Collection[str] = ()


@dataclass(frozen=True)
class Normalised:
    """Rows by table ("package/table"), text with the reserved columns, and what was refused on the way."""

    rows: Mapping[str, pa.Table]
    rejections: tuple[Rejection, ...]


def _copied(privacy: Privacy) -> type[MappingError]:
    return InternalFieldCopied if privacy is Privacy.INTERNAL else PersonalFieldCopied


def normalise(parts: Mapping[str, PartRecords], project: Project, *, file: str) -> Normalised:
    """The rows that a source's records become, table by table, in the order of the parts and of the records.

    `file` is the source's file, for messages. Raises `MappingError` when the mapping itself is wrong: then no record of
    the source can be trusted, and none is returned.
    """
    rows: dict[str, list[pa.Table]] = {}
    rejections: list[Rejection] = []
    for table, some, refused in normalise_in_batches(parts, project, file=file):
        rows.setdefault(table, []).append(some)
        rejections.extend(refused)
    return Normalised({table: pa.concat_tables(found) for table, found in rows.items()}, tuple(rejections))


def normalise_in_batches(
    parts: Mapping[str, PartRecords], project: Project, *, file: str, batch: int = BATCH
) -> Iterator[tuple[str, pa.Table, list[Rejection]]]:
    """The same a batch of records at a time, as (table, rows, rejections): one at least for each mapping. All rows of a
    table have the same columns."""
    mappings = [
        (name, parse_mapping({"join": part.join, **raw}, file=file, part=name))
        for name, part in parts.items()
        for raw in part.rows
    ]
    columns: dict[str, dict[str, None]] = {}
    for _, mapping in mappings:
        columns.setdefault(mapping.table, {}).update(dict.fromkeys((*mapping.columns, *RESERVED)))
    for name, mapping in mappings:
        maker = _RowsOf(parts, name, mapping, project, file)
        records = parts[name].records
        for start in range(0, max(1, records.num_rows), batch):
            made, refused = maker.make(records.slice(start, batch))
            yield mapping.table, _with_columns(made, list(columns[mapping.table])), refused


def _with_columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    known = set(table.column_names)
    absent = pa.nulls(table.num_rows, pa.string())
    return pa.table({name: table.column(name) if name in known else absent for name in names})


@dataclass(frozen=True)
class _RowsOf:
    """One mapping at work; split into steps so that each is short enough to read."""

    parts: Mapping[str, PartRecords]
    part: str
    mapping: RowMapping
    project: Project
    file: str

    def make(self, records: pa.Table) -> tuple[pa.Table, list[Rejection]]:
        """The rows of some records of the part, and what was refused of them."""
        records, rejections = self._joined(records)
        target = self._target
        self._check_columns(records, target)
        if self.mapping.each:
            grown, unlike = expand(records, self.mapping.each)
            rejections.extend(self._no_list(records, row) for row in unlike)
            records = self._with_absent_members(grown)
        columns: dict[str, pa.Array] = {}
        refusals: list[Refusal] = []
        for rule in self.mapping.fields:
            columns[rule.field], refused = convert(records, rule)
            refusals.extend(refused)
        for reading in self.mapping.readings:
            read = READINGS[reading.reading](self.project, reading.options)
            found, refused = look(records, read, reading.inputs, reading.outputs, reading.reading)
            columns |= found
            refusals.extend(refused)
        rejections.extend(self._rejection(records, refusal, target) for refusal in refusals)
        table = pa.table({**columns, **{name: records.column(name) for name in RESERVED}})
        wrong = {refusal.row for refusal in refusals}
        if not wrong:
            return table, rejections
        kept = [row for row in range(table.num_rows) if row not in wrong]
        return table.take(pa.array(kept, pa.int64())), rejections

    @cached_property
    def _target(self) -> TableSchema:
        return target_of(self.mapping, self.project, file=self.file, part=self.part)

    @cached_property
    def _met(self) -> dict[int, Met]:
        """The records that each join meets, looked up once for all batches."""
        return {}

    def _joined(self, records: pa.Table) -> tuple[pa.Table, list[Rejection]]:
        records = keep(records, self._existing(self.mapping.when, self.part))
        rejections: list[Rejection] = []
        for place, rule in enumerate(self.mapping.joins):
            if rule.part not in self.parts:
                raise self._wrong("join", rule.part, ", ".join(self.parts))
            other = self.parts[rule.part].records
            if place not in self._met:
                self._met[place] = met_by_key(other, rule)
            records, several = join(records, other, rule, self._met[place])
            rejections.extend(self._met_several(records, row, rule.part) for row in several)
        return records, rejections

    def _existing(self, when: Mapping[str, Any], part: str) -> Mapping[str, Any]:
        known = self.parts[part].records.column_names
        unknown = [column for column in when if column not in known]
        if unknown:
            raise self._wrong("when", ", ".join(unknown), ", ".join(known))
        return when

    def _check_columns(self, records: pa.Table, target: TableSchema) -> None:
        known = {name for name in records.column_names if name not in RESERVED}
        each = self.mapping.each
        if each:
            wanted = [each.column] if each.column else list(each.columns)
            missing = sorted(set(wanted) - known)
            if missing:
                raise self._wrong("each", ", ".join(missing), ", ".join(sorted(known)))
            known |= {RANK, each.value, each.name} - {""}
        for rule in self.mapping.fields:
            for column in rule.columns:
                if column not in known and not self._is_member(column):
                    raise self._wrong(f"fields.{rule.field}", column, ", ".join(sorted(known)))
                privacy = self._privacy(column)
                if rule.is_copy and privacy is not Privacy.PUBLIC and target[rule.field].privacy is Privacy.PUBLIC:
                    raise _copied(privacy)(file=self.file, part=self.part, column=column, field=rule.field)
        for reading in self.mapping.readings:
            missing = sorted(set(reading.inputs.values()) - known)
            if missing:
                raise self._wrong(f"readings.{reading.reading}", ", ".join(missing), ", ".join(sorted(known)))

    def _is_member(self, column: str) -> bool:
        """Whether a column is a member of the listed elements, known only once they are read."""
        each = self.mapping.each
        return each is not None and each.kind == "list" and column.startswith(f"{each.value}.")

    def _with_absent_members(self, records: pa.Table) -> pa.Table:
        """Members that no listed element has are absent everywhere, not an error."""
        wanted = {column for rule in self.mapping.fields for column in rule.columns if self._is_member(column)}
        for column in sorted(wanted - set(records.column_names)):
            records = records.append_column(column, pa.nulls(records.num_rows, pa.string()))
        return records

    def _is_personal(self, column: str) -> bool:
        return self._privacy(column) is not Privacy.PUBLIC

    def _privacy(self, column: str) -> Privacy:
        """The class that the incoming schema gives a column; public for what it does not know."""
        part, _, name = column.rpartition(".")
        schema = self.parts[part].schema if part in self.parts else self.parts[self.part].schema
        name = name if part in self.parts else column
        return schema[name].privacy if name in schema.names else Privacy.PUBLIC

    def _wrong(self, place: str, found: str, expected: str) -> MappingError:
        return MappingError(file=self.file, at="", part=self.part, place=place, found=found, expected=expected)

    def _rejection(self, records: pa.Table, refusal: Refusal, target: TableSchema) -> Rejection:
        is_quoted = refusal.column not in self.parts[self.part].unquoted and not self._is_personal(refusal.column)
        value = refusal.text if is_quoted else None
        what = f"« {value} »" if value is not None else "la valeur (non montrée)"
        what_en = f'"{value}"' if value is not None else "the value (not shown)"
        return Rejection(
            **_place(records, refusal.row),
            table=self.mapping.table,
            champ=refusal.field,
            valeur=value,
            regle=f"lecture-{refusal.rule}",
            message=f"{what} ne se lit pas dans « {refusal.column} » ; attendu : {refusal.expected_fr}.",
            message_en=f'{what_en} cannot be read in "{refusal.column}"; expected: {refusal.expected_en}.',
            a_corriger_par=(ResponsibleParty.MAPPING if refusal.rule == "codes" else ResponsibleParty.SOURCE).value,
            etape="conformation",
        )

    def _no_list(self, records: pa.Table, row: int) -> Rejection:
        column = self.mapping.each.column if self.mapping.each else ""
        return Rejection(
            **_place(records, row),
            table=self.mapping.table,
            champ=None,
            valeur=None,
            regle="liste-ou-texte",
            message=f"« {column} » n'est pas une liste JSON ; attendu : une liste, comme ailleurs.",
            message_en=f'"{column}" is not a JSON list; expected: a list, as elsewhere.',
            a_corriger_par=ResponsibleParty.SOURCE.value,
            etape="conformation",
        )

    def _met_several(self, records: pa.Table, row: int, part: str) -> Rejection:
        return Rejection(
            **_place(records, row),
            table=self.mapping.table,
            champ=None,
            valeur=None,
            regle="plusieurs-correspondances",
            message=f"L'enregistrement rencontre plusieurs lignes de « {part} » ; seule la première est gardée.",
            message_en=f'The record meets several lines of "{part}"; only the first is kept.',
            a_corriger_par=ResponsibleParty.SOURCE.value,
            etape="conformation",
        )


def _place(records: pa.Table, row: int) -> dict[str, Any]:
    source, snapshot, part, position = (records.column(name)[row].as_py() for name in RESERVED)
    return {"source": source, "snapshot": snapshot, "part": part, "position": position}
