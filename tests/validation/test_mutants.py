"""The oracles catch wrong proofs: each mutant breaks the judge in one way, and one of them must see it.

A mutant is a patch of one name of the judge. The oracles run as in `test_equality.py`, until they
find something.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.validation import columns, cutter, examine, hashing, keys, keytext, proving, references
from pipelines.validation.fast import patterns, proofs, quick
from tests.validation.oracle import differences, wrong_keys, wrongly_proved

Mutate = Callable[[pytest.MonkeyPatch], None]
CELLS, FILES, SEED = 3_000_000, 400, 7


def form(kind: str, mutated: str) -> Mutate:
    """Proofs of a type accept another form."""
    return lambda patch: patch.setitem(proofs.FORMS, kind, mutated)


def name(owner: Any, what: str, mutated: Any) -> Mutate:
    """Another value for a name of a module or a class."""
    return lambda patch: patch.setattr(owner, what, mutated)


def bound(limit: str, mutated: Any) -> Mutate:
    """A bound is compared otherwise."""
    return lambda patch: patch.setitem(proofs.BOUNDS, limit, mutated)


def emitter(token: Any, mutated: Any) -> Mutate:
    """A piece of a pattern is translated otherwise."""
    return lambda patch: patch.setitem(patterns._EMITTERS, token, mutated)


def always(column: pa.Array, limit: Any) -> pa.Array:
    return pc.is_valid(column)


def without_required(patch: pytest.MonkeyPatch) -> None:
    made = columns.Column.__init__

    def mutated(self: Any, *args: Any) -> None:
        made(self, *args)
        self.required = False

    patch.setattr(columns.Column, "__init__", mutated)


def unanchored(pattern: str) -> str | None:
    found = SUBSET(pattern)
    return None if found is None else found.removeprefix(r"\A").removesuffix(r"\z")


def schema_missing_values(field: Any) -> list[str]:
    return list(field.schema.missing_values) if field.schema else [""]


def missing_with_spaces(self: Any, column: pa.Array) -> pa.Array:
    return pc.is_in(pc.utf8_trim_whitespace(column), pa.array(self.missing, pa.string()))


def digits_and_points(column: pa.Array) -> bool:
    return pc.all(pc.match_substring_regex(column, r"\A[0-9.]*\z")).as_py() is True


SUBSET = patterns.subset_in_re2
ANY_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"

CELL_MUTANTS: dict[str, Mutate] = {
    "the 30th of February": form("date", ANY_DAY),
    "the 29th of February in every year": form("date", proofs.DAY.replace("2[0-8]", "2[0-9]")),
    "the year 0": form("date", proofs.DAY.replace("[1-9][0-9]{3}", "0000|[1-9][0-9]{3}", 1)),
    "a newline after the cell": name(proofs, "whole", lambda body: rf"\A(?:{body})\n?\z"),
    "the second 60": form("datetime", proofs.FORMS["datetime"].replace(":[0-5][0-9]Z", ":(?:[0-5][0-9]|60)Z")),
    "half past 24 hours": form("datetime", proofs.FORMS["datetime"].replace("2[0-3]", "2[0-4]")),
    "a year of five digits": form("year", "[0-9]{4,5}"),
    "an integer with decimals": form("integer", r"-?[0-9]{1,17}(?:\.0)?"),
    "an integer in hexadecimal": form("integer", r"-?[1-9][0-9]{0,17}|0(?:x[0-9A-F]+)?"),
    "a number with a comma": form("number", r"-?[0-9]{1,7}(?:[.,][0-9]{1,8})?"),
    "any digits and points, as a number": name(proofs, "numbers", digits_and_points),
    "plain numbers of any length, as floats": name(quick, "EXACT", 40),
    "a number of 25 digits, as a float": form("number", r"-?[0-9]{1,7}(?:\.[0-9]{1,25})?"),
    "a point alone": form("number", r"-?[0-9]{0,7}\.?[0-9]{0,8}"),
    "a UUID of any characters": form("uuid", r".{36}"),
    "required is ignored": without_required,
    "minimum is ignored": bound("minimum", always),
    "maximum is ignored": bound("maximum", always),
    "exclusiveMinimum lets its bound in": bound("exclusiveMinimum", pc.greater_equal),
    "exclusiveMaximum lets its bound in": bound("exclusiveMaximum", pc.less_equal),
    "minLength counts bytes": name(
        proofs, "_at_least", lambda shortest: lambda column: pc.greater_equal(pc.binary_length(column), shortest)
    ),
    "maxLength is one more": name(
        proofs, "_at_most", lambda longest: lambda column: pc.less_equal(pc.utf8_length(column), longest + 1)
    ),
    "a pattern matches inside the cell": name(proofs, "subset_in_re2", unanchored),
    "a point matches a newline": emitter(patterns.tokens.ANY, lambda _: r"(?s:.)"),
    "one repeat too many": emitter(
        patterns.tokens.MAX_REPEAT, lambda value: patterns._repeat((value[0], _more(value[1]), value[2]))
    ),
    "all but a character is that character": emitter(patterns.tokens.NOT_LITERAL, patterns._character),
    "a class is any character": emitter(patterns.tokens.IN, lambda value: patterns._set(value) or r"[^\n]"),
    "the schema's missing values for the field's": name(columns, "missing_values", schema_missing_values),
    "missing values are stripped first": name(columns.Column, "blank", missing_with_spaces),
    "any word is a boolean": name(
        columns, "compile_proof", lambda field: proofs.Proof(()) if field.type == "boolean" else None
    ),
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


def accepts_what_it_refused(patch: pytest.MonkeyPatch) -> None:
    ask = columns.Column._ask

    def wrong(self: columns.Column, column: pa.Array, open_: pa.Array | None) -> pa.Array | None:
        found = ask(self, column, open_)
        self._accepted.update(column.to_pylist())
        return found

    patch.setattr(columns.Column, "_ask", wrong)


FILE_MUTANTS: dict[str, Mutate] = {
    "a cell refused once is accepted in the next block": accepts_what_it_refused,
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


@pytest.mark.parametrize("mutant", CELL_MUTANTS)
def test_a_wrong_proof_is_caught_by_the_cells(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CELL_MUTANTS[mutant](monkeypatch)
    assert any(_wrong(seed) for seed in range(SEED, SEED + CELLS // 20_000))


def _wrong(seed: int) -> bool:
    try:
        return bool(wrongly_proved(seed, 20_000)[0])
    except pa.ArrowInvalid:  # a proof that cannot be carried out is seen as well
        return True


@pytest.mark.parametrize("mutant", KEY_MUTANTS)
def test_a_wrong_key_is_caught_by_the_cells(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    KEY_MUTANTS[mutant](monkeypatch)
    assert any(wrong_keys(seed, 20_000) for seed in range(SEED, SEED + CELLS // 20_000))


@pytest.mark.parametrize("mutant", FILE_MUTANTS)
def test_a_wrong_judge_is_caught_by_the_files(mutant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FILE_MUTANTS[mutant](monkeypatch)
    assert next(_seen(tmp_path, monkeypatch), None) is not None


def _seen(folder: Path, patch: pytest.MonkeyPatch) -> Any:
    try:
        yield from differences(SEED, FILES, folder, patch)
    except Exception as error:  # noqa: BLE001 - a mutant that fails instead of judging is seen as well
        yield repr(error)


def test_the_oracles_find_nothing_in_the_judge_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _wrong(SEED)
    assert not wrong_keys(SEED, 20_000)
    assert next(differences(SEED, 20, tmp_path, monkeypatch), None) is None


def test_there_are_at_least_twenty_mutants() -> None:
    assert len(CELL_MUTANTS) + len(KEY_MUTANTS) + len(FILE_MUTANTS) >= 20
