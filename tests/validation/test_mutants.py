"""The oracles catch wrong proofs: each mutant breaks the validator in one way, and one of them must see it.

A mutant is a patch of one name of the validator. The oracles run as in `test_equality.py`, until they find something:
first over the seed that caught the mutant before (`caught_by.json`, which `python -m tests.validation.test_mutants`
writes anew), then over all others.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.validation import columns, cutter, examine, hashing, keys, keytext, proving, references
from pipelines.validation.fast import calendars, cells, numbers, patterns, places, proof, proofs, texts
from tests.validation.oracle import differences, wrong_keys, wrongly_proved

Mutate = Callable[[pytest.MonkeyPatch], None]
CELLS, PORTION, FILES, SEED = 2_000_000, 2000, 400, 7
CAUGHT_BY = Path(__file__).with_name("caught_by.json")
"""The seed of the first portion of cells, or of the first file, in which each mutant is seen."""


def form(owner: Any, kind: str, mutated: Any) -> Mutate:
    """Another value for a name of a table: a type, a format or a part of a day is read otherwise."""
    return lambda patch: patch.setitem(owner, kind, mutated)


def name(owner: Any, what: str, mutated: Any) -> Mutate:
    """Another value for a name of a module or a class."""
    return lambda patch: patch.setattr(owner, what, mutated)


def bound(limit: str, mutated: Any) -> Mutate:
    """A bound is compared otherwise."""
    return lambda patch: patch.setitem(numbers.BOUNDS, limit, mutated)


def emitter(token: Any, mutated: Any) -> Mutate:
    """A piece of a pattern is translated otherwise."""
    return lambda patch: patch.setitem(patterns._EMITTERS, token, mutated)


def always(values: Any, limit: Any) -> Any:
    return np.ones(len(values), np.bool_)


def without_required(patch: pytest.MonkeyPatch) -> None:
    made = columns.Column.__init__

    def mutated(self: Any, *args: Any) -> None:
        made(self, *args)
        self.required = False

    patch.setattr(columns.Column, "__init__", mutated)


def unanchored(pattern: str) -> str | None:
    found = SUBSET(pattern)
    return None if found is None else found.replace(r"\A", "").replace(r"\z", "")


def schema_missing_values(field: Any) -> list[str]:
    return list(field.schema.missing_values) if field.schema else [""]


def missing_with_spaces(self: Any, column: pa.Array) -> pa.Array:
    return pc.is_in(pc.utf8_trim_whitespace(column), pa.array(self.missing, pa.string()))


def any_day(day: int = 31) -> Mutate:
    return name(calendars, "DAYS", np.array([0] + [day] * 12, np.uint8))


def from_year_0(patch: pytest.MonkeyPatch) -> None:
    read = calendars.Layout.read
    patch.setattr(calendars.Layout, "read", lambda self, matrix, **more: read(self, matrix, **more | {"first_year": 0}))


def without_leap_years(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(calendars, "_days_of", lambda numbers, valid: calendars.DAYS[np.where(valid, numbers["m"], 1)] + 1)


def without_group(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(numbers, "BARE", re.compile(r"(?s).+"))


def with_points(column: pa.Array, point: str, group: str) -> Any:
    column = pc.replace_substring(column, group, "") if group else column
    return pc.replace_substring(column, point, "."), None


def floats_alone(column: pa.Array, kind: str, limits: Any) -> Any:
    """Bounds of numbers of any length are compared as floats."""
    found = WITHIN(column, kind, ())
    for compare, limit in limits:
        values = np.array(
            [float(cell) if fine else 0 for cell, fine in zip(column.to_pylist(), _every(found, column), strict=True)]
        )
        mask = compare(values, limit)
        found = mask if found is None else found & mask
    return found


def _every(mask: Any, column: pa.Array) -> Any:
    return np.ones(len(column), np.bool_) if mask is None else mask


SUBSET, WITHIN = patterns.subset_in_re2, numbers._within
EMAIL = texts.FORMS["email"]

CELL_MUTANTS: dict[str, Mutate] = {
    "the 30th of February": any_day(30),
    "the 31st of every month": any_day(31),
    "the 29th of February in every year": without_leap_years,
    "the year 0": from_year_0,
    "the second 60": form(calendars.LARGEST, "S", 60),
    "half past 24 hours": form(calendars.LARGEST, "H", 24),
    "an offset of 24 hours": form(calendars.LARGEST, "h", 24),
    "any byte is a digit": name(calendars, "NINE", 255),
    "the order of a day leaves out its month": form(calendars.COMPARED, "date", "Yd"),
    "a newline after a number": name(numbers, "whole", lambda body: rf"\A(?:{body})\n?\z"),
    "a newline after an address": name(texts, "whole", lambda body: rf"\A(?:{body})\n?\z"),
    "an integer with decimals": form(numbers.FORMS, "integer", r"-?[0-9]+(?:\.0)?"),
    "an integer in hexadecimal": form(numbers.FORMS, "integer", r"-?[0-9]+(?:x[0-9A-F]+)?"),
    "a number with a comma": form(numbers.FORMS, "number", r"-?[0-9]+(?:[.,][0-9]*)?"),
    "a point alone": form(numbers.FORMS, "number", r"-?[0-9]*\.?[0-9]*"),
    "a point where the comma is": name(numbers, "_written", with_points),
    "long numbers are compared as floats": name(numbers, "_within", floats_alone),
    "any characters part groups": without_group,
    "a unit may hold a sign": name(numbers, "UNIT", r"[^0-9]*"),
    "a UUID of any characters": form(texts.FORMS, "uuid", r".{36}"),
    "an address of any length": name(texts, "LONGEST", 10_000),
    "an address without a host": form(texts.FORMS, "email", EMAIL.replace(r"\.)+", r"\.)*")),
    "an underscore in a host": form(texts.FORMS, "email", EMAIL.replace("@(?:[0-9A-Za-z]", "@(?:[0-9A-Za-z_]")),
    "two points in an address": form(texts.FORMS, "email", EMAIL.replace(r"(?:\.", r"(?:\.+", 1)),
    "a URI without a scheme": name(texts, "SCHEME", r":"),
    "Base64 without its end": form(texts.FORMS, "binary", r"[0-9A-Za-z+/]*={0,2}"),
    "a longitude of 185 degrees": form(places.POINTS, "array", places.POINTS["array"].replace("180", "18[0-5]")),
    "a zero before a number of JSON": form(places.POINTS, "array", places.POINTS["array"].replace("[1-9]?", "[0-9]?")),
    "a duration of nothing": name(
        proofs, "duration_check", lambda field: proof.matching(r"\AP(?:[0-9]+[YMWDHS]|T)*\z")
    ),
    "required is ignored": without_required,
    "minimum is ignored": bound("minimum", always),
    "maximum is ignored": bound("maximum", always),
    "exclusiveMinimum lets its bound in": bound("exclusiveMinimum", np.greater_equal),
    "exclusiveMaximum lets its bound in": bound("exclusiveMaximum", np.less_equal),
    "minLength counts bytes": name(
        texts, "_at_least", lambda shortest: lambda column: cells.Cells.of(column).lengths >= shortest
    ),
    "maxLength is one more": name(
        texts,
        "_at_most",
        lambda longest: lambda column: cells.as_mask(pc.less_equal(pc.utf8_length(column), longest + 1)),
    ),
    "a pattern matches inside the cell": name(texts, "subset_in_re2", unanchored),
    "a point matches a newline": emitter(patterns.tokens.ANY, lambda _: r"(?s:.)"),
    "one repeat too many": emitter(
        patterns.tokens.MAX_REPEAT, lambda value: patterns._repeat((value[0], _more(value[1]), value[2]))
    ),
    "all but a character is that character": emitter(patterns.tokens.NOT_LITERAL, patterns._character),
    "a class is any character": emitter(patterns.tokens.IN, lambda value: r"[^\n]"),
    "letters are those of ASCII, and so what is no letter": name(
        patterns, "_category", lambda name: frozenset(range(128)) if "NOT" not in name else frozenset(range(128, 300))
    ),
    "the schema's missing values for the field's": name(columns, "missing_values", schema_missing_values),
    "missing values are stripped first": name(columns.Column, "blank", missing_with_spaces),
    "any word is a boolean": name(
        columns, "compile_proof", lambda field: proof.Proof(()) if field.type == "boolean" else None
    ),
    "every word of an enumeration is read": name(proofs, "_accepts", lambda read, word: True),
}


def _more(high: Any) -> Any:
    return high if high is patterns.tokens.MAXREPEAT else high + 1


KEY_MUTANTS: dict[str, Mutate] = {
    "leading zeros make another key": lambda patch: patch.setitem(keytext.OWN_TEXT, "integer", r"-?[0-9]+"),
    "trailing zeros make another key": lambda patch: patch.setitem(
        keytext.OWN_TEXT, "number", r"-?[0-9]+(?:\.[0-9]+)?"
    ),
    "zeros that end decimals make another key": name(keytext, "_numbers", lambda texts: texts),
    "offsets make another key": name(keytext, "_instant", lambda value: value.isoformat()),
    "instants without an offset are in UTC": name(
        keytext, "_instant", lambda value: value.replace(tzinfo=None).isoformat() + "Z"
    ),
    "numbers are rounded to floats": name(keytext, "_number", lambda value: str(float(value))),
}


def no_repeats(self: Any) -> Any:
    return np.empty(0, np.int64)


def any_newline(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cutter, "end_of_record", lambda data, _: bytes(data).rfind(b"\n") + 1)
    patch.setattr(cutter.CutSource, "_check_quotes", lambda *_: None)


def forgets_what_it_refused(patch: pytest.MonkeyPatch) -> None:
    get = columns.CellMemory.get

    def wrong(self: columns.CellMemory, column: int, cell: str | None) -> Any:
        found = get(self, column, cell)
        return None if found is None else (found[0], ())

    patch.setattr(columns.CellMemory, "get", wrong)


def remembers_for_every_column(patch: pytest.MonkeyPatch) -> None:
    get, keep = columns.CellMemory.get, columns.CellMemory.keep
    patch.setattr(columns.CellMemory, "get", lambda self, column, cell: get(self, 0, cell))
    patch.setattr(columns.CellMemory, "keep", lambda self, column, cell, reading: keep(self, 0, cell, reading))


FILE_MUTANTS: dict[str, Mutate] = {
    "rows are numbered as if none were skipped": name(proving, "_numbers", lambda block: 2),
    "a cell refused once is accepted in the next block": forgets_what_it_refused,
    "what one column answered is said for another": remembers_for_every_column,
    "no key is repeated": name(keys.HashLog, "repeated", no_repeats),
    "the block counts in the hash of a key": name(
        keys, "hash_texts", lambda column: hashing.hash_texts(column) + np.uint64(len(column))
    ),
    "every child has a parent": name(references.ParentKeys, "orphans", lambda *_: np.empty(0, np.int64)),
    "kinds of keys are not told apart": name(
        references.ParentKeys, "__init__", lambda self, kinds, budget: PARENTS(self, ("text",) * len(kinds), budget)
    ),
    "blank lines are rows of empty cells": name(cutter, "has_blank_row", lambda _: False),
    "records end at any newline": any_newline,
    "blank rows are not looked for": name(examine.Examiner, "_blank", lambda *_: np.empty(0, np.int64)),
    "suspects of the first block only": name(proving.FirstPass, "ordinals", lambda *_: frozenset({0})),
    "empty primary keys are let through": name(
        examine, "keyed", lambda key, texts: keys.KeyedRows(keys.keyed(key, texts).hashes, np.empty(0, np.int64))
    ),
}
PARENTS = references.ParentKeys.__init__


def seeds_of(mutant: str, number: int) -> Iterator[int]:
    """The seed that caught the mutant before, then `number` of them."""
    yield json.loads(CAUGHT_BY.read_text(encoding="utf-8")).get(mutant, SEED)
    yield from range(SEED, SEED + number)


@pytest.mark.parametrize("mutant", CELL_MUTANTS)
def test_a_wrong_proof_is_caught_by_the_cells(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CELL_MUTANTS[mutant](monkeypatch)
    assert any(_wrong(seed) for seed in seeds_of(mutant, CELLS // PORTION))


def _wrong(seed: int, cells: int = PORTION) -> bool:
    try:
        return bool(wrongly_proved(seed, cells)[0])
    except pa.ArrowInvalid:  # a proof that cannot be carried out is seen as well
        return True


@pytest.mark.parametrize("mutant", KEY_MUTANTS)
def test_a_wrong_key_is_caught_by_the_cells(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    KEY_MUTANTS[mutant](monkeypatch)
    assert any(wrong_keys(seed, PORTION) for seed in seeds_of(mutant, CELLS // PORTION))


@pytest.mark.parametrize("mutant", FILE_MUTANTS)
def test_a_wrong_validator_is_caught_by_the_files(mutant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FILE_MUTANTS[mutant](monkeypatch)
    assert any(_seen(seed, tmp_path, monkeypatch) for seed in seeds_of(mutant, FILES))


def _seen(seed: int, folder: Path, patch: pytest.MonkeyPatch) -> bool:
    try:
        return next(differences(seed, 1, folder, patch), None) is not None
    except Exception:  # noqa: BLE001 - a mutant that fails instead of validating is seen as well
        return True


def test_the_oracles_find_nothing_in_the_validator_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _wrong(SEED, 20_000)
    assert not wrong_keys(SEED, 20_000)
    assert next(differences(SEED, 20, tmp_path, monkeypatch), None) is None


def test_no_seed_that_catches_a_mutant_catches_the_validator_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mutant, seed in json.loads(CAUGHT_BY.read_text(encoding="utf-8")).items():
        if mutant in CELL_MUTANTS:
            assert not _wrong(seed), mutant
        elif mutant in KEY_MUTANTS:
            assert not wrong_keys(seed, PORTION), mutant
        else:
            assert not _seen(seed, tmp_path, monkeypatch), mutant


def test_there_are_at_least_twenty_mutants() -> None:
    assert len(CELL_MUTANTS) + len(KEY_MUTANTS) + len(FILE_MUTANTS) >= 20


def find_seeds() -> dict[str, int]:
    """The seed that catches each mutant first."""
    found: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for mutants, number, is_caught in (
            (CELL_MUTANTS, CELLS // PORTION, lambda seed, _: _wrong(seed)),
            (KEY_MUTANTS, CELLS // PORTION, lambda seed, _: bool(wrong_keys(seed, PORTION))),
            (FILE_MUTANTS, FILES, lambda seed, patch: _seen(seed, Path(folder), patch)),
        ):
            for mutant, mutate in mutants.items():
                with pytest.MonkeyPatch.context() as patch:
                    mutate(patch)
                    found[mutant] = next(seed for seed in range(SEED, SEED + number) if is_caught(seed, patch))
    return found


if __name__ == "__main__":
    CAUGHT_BY.write_text(json.dumps(find_seeds(), indent=2) + "\n", encoding="utf-8")
