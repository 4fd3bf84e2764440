"""Frictionless' errors of cells, made from what is known of the cells, without its reading their rows again.

Frictionless spends nearly all of an error on exporting it to fill one template; the same object is made here in a
fraction of that. Sources: frictionless 5.21, table/row.py, error/error.py, metadata/metadata.py, errors/cell.py.
Belongs here: rows in which nothing but cells is refused. Does not: errors of whole rows and of keys
(`row_validation.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.validation.blocks import Block
from pipelines.validation.examine import RULE_OF_NOTE, Finding
from pipelines.validation.row_validation import KeyFields

RENDERED = ("title", "description", "message", "tags")  # what Frictionless marks as defined in every error


def cell_errors(
    block: Block,
    rows: Sequence[int],
    findings: Sequence[Finding],
    keys: KeyFields,
    is_wanted: Callable[[tuple[str, str]], bool],
) -> dict[int, list[Any]]:
    """By place in the block: the errors of rows of which only cells are refused, in Frictionless' order.

    `is_wanted`: whether an error of a rule and a field is shown. Frictionless reads the fields of keys before the
    others, and of a cell tells the type before the constraints.
    """
    wanted = np.array(rows, np.int64)
    texts = zip(*(column.take(pa.array(wanted)).to_pylist() for column in block.columns), strict=True)
    cells_of = {row: [cell or "" for cell in cells] for row, cells in zip(rows, texts, strict=True)}
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(_names(keys)))}
    found: dict[int, list[Any]] = {row: [] for row in rows}
    for finding in sorted(findings, key=lambda item: (ranks.get(item.column.name, len(ranks)), item.column.number)):
        column = finding.column
        places = np.flatnonzero(np.isin(finding.indexes, wanted))
        cells = finding.cells.take(pa.array(places)).to_pylist()
        for row, cell in zip(finding.indexes[places].tolist(), cells, strict=True):
            for name, note in sorted(column.read(cell)[1], key=lambda item: item[0] not in RULE_OF_NOTE):
                rule = RULE_OF_NOTE.get(name, "constraint-error")
                if is_wanted((rule, column.name)):
                    facts = {
                        "note": note,
                        "cells": list(cells_of[row]),
                        "row_number": block.number(row),
                        "cell": cell,
                        "field_name": column.name,
                        "field_number": column.number,
                    }
                    found[row].append(made(rule, facts))
    return found


def _names(keys: KeyFields) -> list[str]:
    """The fields of keys, in the order in which Frictionless reads them."""
    return [*keys.unique, *keys.primary, *(name for group in keys.foreign for name in group.fields)]


def made(rule: str, facts: Mapping[str, Any]) -> Any:
    """The object that Frictionless makes of an error of a cell."""
    from frictionless import errors

    cls = errors.TypeError if rule == "type-error" else errors.ConstraintError
    error = cls.__new__(cls, **facts)
    for name, value in facts.items():
        object.__setattr__(error, name, value)
    words = {
        "cell": facts["cell"],
        "rowNumber": facts["row_number"],
        "fieldName": facts["field_name"],
        "fieldNumber": facts["field_number"],
        "note": facts["note"],
    }
    object.__setattr__(error, "message", cls.template.format_map(words))
    error.metadata_defaults["cells"] = list(facts["cells"])
    for name in RENDERED:
        error.add_defined(name)
    error.metadata_initiated = True
    return error
