"""People who are in a part of their own, joined to the records that speak of them.

Belongs here: from links (`people` of a source's file) to the values that each record has besides its own. Does not:
keeping them (`vault.py`). Without the join, only full names and long numbers of such people would be looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipelines.privacy.known import PersonalValues
from pipelines.privacy.multi_value import Values
from pipelines.privacy.places import RecordId
from pipelines.schema.reserved import RESERVED

MOST = 200
"""How many people one record is joined to: beyond, a key that all share would make everybody everyone's."""


@dataclass(frozen=True)
class Link:
    """People of `part`, known by the column `key`.

    `through`: the part that pairs `key` with the column `records` of the records that speak of them; empty where those
    records contain `key` themselves."""

    part: str
    key: str
    through: str = ""
    records: str = ""


def related_values(
    links: Iterable[Link], records: Mapping[str, pa.Table], personal: Mapping[str, PersonalValues]
) -> dict[str, PersonalValues]:
    """The values that the records of each part have through links, by part. `records`: text tables with the reserved
    columns; `personal`: the values of each part's own records."""
    found: dict[str, dict[RecordId, Values]] = {}
    for link in links:
        own = personal.get(link.part, PersonalValues()).by_record
        people: dict[str, list[RecordId]] = {}
        for record, key in _keyed(records[link.part], link.key):
            people.setdefault(key, []).append(record)
        column, reached = (link.records, {}) if link.through else (link.key, people)
        if link.through:
            pairs = records[link.through]
            ends = zip(_texts(pairs, link.records), _texts(pairs, link.key), strict=True)
            for end, key in ends:
                if end and key:
                    reached.setdefault(end, []).extend(people.get(key, ()))
        for part, table in records.items():
            if part == link.part or column not in table.column_names:
                continue
            of_part = found.setdefault(part, {})
            for record, key in _keyed(table, column):
                values = [value for person in reached.get(key, ())[:MOST] for value in own.get(person, ())]
                if values:
                    of_part[record] = tuple(dict.fromkeys((*of_part.get(record, ()), *values)))
    return {part: PersonalValues(by_record) for part, by_record in found.items()}


def _keyed(table: pa.Table, column: str) -> Iterable[tuple[RecordId, str]]:
    """(record, key) of the rows that have a key; it is compared without the spaces around it."""
    ids = zip(*(table.column(name).to_pylist() for name in RESERVED), strict=True)
    for record, key in zip(ids, _texts(table, column), strict=True):
        if key:
            yield record, key


def _texts(table: pa.Table, column: str) -> list[str]:
    return [(value or "").strip() for value in table.column(column).to_pylist()]
