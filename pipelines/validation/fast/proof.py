"""What a proof is: checks of a whole column, each of which accepts only what Frictionless accepts.

Belongs here: the shape of proofs, and checks by RE2 and by lists of words. Does not: any type of field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.cells import Mask, as_mask

Check = Callable[[pa.Array], Mask | None]
"""A text column without nulls or missing values → the mask of the cells that pass, None when all do."""


@dataclass(frozen=True)
class Proof:
    """All checks of one field; a cell is proved when it passes each. Without any, every cell is."""

    checks: tuple[Check, ...] = ()
    is_quick: bool = False  # quicker than looking for the distinct cells of a column that repeats itself
    is_canonical: bool = False  # proved cells are the texts that stand for their values in keys (`keytext.py`)

    def prove(self, column: pa.Array) -> Mask | None:
        """The mask of proved cells, None when all of them are. `column` contains no null and no missing value."""
        proved: Mask | None = None
        for check in self.checks:
            mask = check(column)
            if mask is not None:
                proved = mask if proved is None else proved & mask
        return None if proved is None or proved.all() else proved


def whole(form: str) -> str:
    """A form as an RE2 pattern of the whole cell; `\\z`, unlike `$`, allows no newline after it."""
    return rf"\A(?:{form})\z"


def matching(pattern: str) -> Check:
    """The check that a cell matches an RE2 pattern. Raises `pyarrow.ArrowInvalid` when it is not one."""
    pc.match_substring_regex(pa.array([""], pa.string()), pattern)
    return lambda column: as_mask(pc.match_substring_regex(column, pattern))


def one_of(words: Iterable[str]) -> Check:
    """The check that a cell is one of a list."""
    known = pa.array(list(words), pa.string())
    return lambda column: as_mask(pc.is_in(column, known))


def tried_first(quick: Callable[[pa.Array], bool] | None, check: Check) -> Check:
    """A check that `quick` spares when it says that every cell passes."""
    if quick is None:
        return check
    return lambda column: None if quick(column) else check(column)
