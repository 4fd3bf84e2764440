"""The two oracles of the validator, as functions: cells against Frictionless' reader, files against its report.

They are run by the tests as they are, and again over mutated proofs, which they must catch.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.validation import blocks, cutter, proving, validate
from pipelines.validation.columns import Column
from pipelines.validation.errors import SchemaUnusable
from pipelines.validation.keytext import NotComparable, comparable, key_texts
from pipelines.validation.opening import table_schema
from pipelines.validation.readers import guarded_reader
from tests.at_once import answer_at_once
from tests.validation.builders import VERSION_2, hostile, odd_cell, odd_field, sound_cell
from tests.validation.comparison import difference

CELLS, ALONE = 2000, 100
validating = sys.modules[validate.__module__]  # the package's `validate` is the function


def some_often(seeds: Sequence[int], often: int) -> list[Any]:
    """Parameters of a test: the first seeds for every run of the tests, the others for the heavy one alone."""
    return [*seeds[:often], *(pytest.param(seed, marks=pytest.mark.heavy) for seed in seeds[often:])]


def columns_of_cells(seed: int, cells: int) -> Iterator[tuple[dict[str, Any], Any, list[str]]]:
    """Fields of every type with their constraints, each with a column of cells; `cells` of them in all."""
    rng = random.Random(seed)
    for _ in range(0, cells, CELLS):
        described = odd_field("c0", rng, hard=False)
        schema = {"$schema": VERSION_2, "fields": [described]}
        if rng.random() < 0.3:
            schema["missingValues"] = rng.choice([["", "NA"], ["NA"], [], ["-9", "1"]])
        made = [
            odd_cell(described["type"], rng) if rng.random() < 0.5 else sound_cell(described["type"], rng)
            for _ in range(CELLS)
        ]
        yield described, table_schema(schema).fields[0], made


def wrongly_proved(seed: int, cells: int) -> tuple[list[tuple[dict[str, Any], str]], int]:
    """Cells that are proved and that Frictionless refuses, with their field; and how many were proved."""
    wrong, proved = [], 0
    for described, field, made in columns_of_cells(seed, cells):
        column = Column(field, 1, guarded_reader(field, is_key=False))
        if column.proof is None:
            continue
        # Some proofs are quicker for whole columns, which odd cells are never in: some cells are a column each.
        together = _proved(column, pa.array(made, pa.string()))
        alone = [cell for cell in dict.fromkeys(made[:ALONE]) if _proved(column, pa.array([cell]))]
        reader = field.create_cell_reader()
        for cell in [*dict.fromkeys(together), *alone]:
            proved += 1
            if _refused(reader, cell):
                wrong.append((described, cell))
    return wrong, proved


def _proved(column: Column, cells: pa.Array) -> list[str]:
    """The cells of a column that its proof accepts, or that are missing and may be."""
    present, missing = column._present(cells)
    mask = column.proof.prove(present) if column.proof is not None and len(present) else None
    proved = present.to_pylist() if mask is None else present.filter(pa.array(mask)).to_pylist()
    return proved if missing is None or column.required else [*proved, *missing.to_pylist()]


def _refused(reader: Any, cell: str) -> bool:
    try:
        return bool(reader(cell)[1])
    except Exception:  # noqa: BLE001 - Frictionless itself fails on it: it must not have been proved
        return True


def wrong_keys(seed: int, cells: int) -> list[tuple[dict[str, Any], str, str]]:
    """Pairs of cells of a field whose key texts agree and whose values do not, or the other way round."""
    wrong = []
    for described, field, made in columns_of_cells(seed, cells):
        if not comparable(field):
            continue
        column = Column(field, 1, guarded_reader(field, is_key=True))
        distinct = sorted(set(made))
        values: dict[Any, tuple[str, str | None]] = {}
        texts: dict[str | None, str] = {}
        for cell in distinct:
            try:
                text = key_texts(column, pa.array([cell], pa.string()))[0].as_py()
            except (NotComparable, SchemaUnusable):  # a bound that is no value of the field gives no result at all
                continue
            value = column.read(cell)[0]
            known = values.setdefault(value, (cell, text))
            if known[1] != text or (value is None) != (text is None):
                wrong.append((described, cell, known[0]))
            other = texts.setdefault(text, cell)
            if column.read(other)[0] != value:
                wrong.append((described, cell, other))
    return wrong


def differences(seed: int, files: int, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """What differs from Frictionless' report over hostile files, each told with its seed; block sizes vary too."""
    answer_at_once()
    for number in range(seed, seed + files):
        rng = random.Random(number)
        rows = rng.choice([1, 3, 7, 16384])
        patch.setattr(cutter, "SIZE", rng.choice([16, 40, 100, 1 << 20]))
        patch.setattr(blocks, "ROWS", rows)
        patch.setattr(proving, "FEW", rng.choice([0, 1, 20]))
        keep = rng.random() < 0.5
        case = hostile(rng)
        found, how = difference(case, folder, keep=keep)
        if found is not None:
            yield f"seed {number} ({how}): {found}\n{case.describe()}"
