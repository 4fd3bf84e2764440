"""A table validated once more as it leaves: as the text of its typed values, which is what the world will read.

Belongs here: how much of it has to be. Does not: the validation of what comes in (`tables.py`), nor the types
(`tables/assembly.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from pipelines.schema import Field, TableSchema
from pipelines.schema.tables import CHECKED_BY
from pipelines.tables import Assembled
from pipelines.validation import ValidationResult, validate


def leaving_errors(
    assembled: Assembled, schema: TableSchema, parents: Mapping[str, pa.Table], key: str, *, is_as_validated: bool
) -> dict[str, int]:
    """The errors of a table as it leaves, by rule and field: validated once more as the text of its values.

    Of cells in the very words that were just found valid nothing new can be said: where no others are left out, added
    or refer to each other, the fields in other words are enough. `is_as_validated`: no cell was emptied or rewritten,
    and no row left out, after it was found valid.
    """
    table = assembled.table
    if is_as_validated and _stands_alone(schema, assembled.rewritten):
        if not assembled.rewritten:
            return {}
        # The key without its rules: a row of which nothing else is given is not a blank one.
        keys = [_as_it_is(schema[name]) for name in schema.primary_key]
        fields = [*keys, *(field for field in schema.fields if field.name in assembled.rewritten)]
        schema = replace(schema, fields=tuple(fields), primary_key=(), foreign_keys=())
        table = table.select(schema.names)
    return named(validate(table, schema, parents=parents, name=key, keep=False, typed=True))


def _stands_alone(schema: TableSchema, rewritten: frozenset[str]) -> bool:
    """Whether the fields that are in other words are in no key and no check, and rows do not refer to each other."""
    in_keys = {*schema.primary_key, *(name for key in schema.foreign_keys for name in key.fields)}
    refers_to_itself = any(not key.table for key in schema.foreign_keys)
    has_checks = any(name in schema.more for name in CHECKED_BY)
    return bool(schema.primary_key) and not (refers_to_itself or has_checks or rewritten & in_keys)


def _as_it_is(field: Field) -> Field:
    return replace(field, type="string", descriptor={"name": field.name, "type": "string"})


def named(validation: ValidationResult) -> dict[str, int]:
    """How many errors there are of each rule of each field."""
    return {f"{rule}:{field or ''}": count for (rule, field), count in validation.totals.items()}
