"""Patterns over whole columns: RE2 sifts, exact detectors check what is left.

Belongs here: from a text column to the passages found in it. Does not: which of them are allowed (`gate.py`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.detectors import detectors
from pipelines.privacy.folding import are_disguised
from pipelines.privacy.normalisation import DISGUISED, unmask_all
from pipelines.privacy.readings import READ_OTHERWISE, pieces, readings, readings_together


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that a detector found: `text[start:end]`, in the unmasked text. Never written anywhere."""

    rule: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


FIRST = 5000
"""Cells by which a column is taken to repeat itself or not."""
_DRESSED = f"{DISGUISED}|{READ_OTHERWISE}"


@cache
def sieve() -> str:
    """One RE2 expression that matches every text in which some detector may find something."""
    return "|".join(f"(?:{part})" for part in (_DRESSED, *(spaces(item.sieve) for item in detectors())))


@cache
def spaces(expression: str) -> str:
    """An expression whose `\\s` also means the no-break spaces of French typography: RE2's own are ASCII only."""
    parts, inside = [], False
    for part in re.split(r"(\\.|[\[\]])", expression):
        inside = part == "[" or (inside and part != "]")
        parts.append(("\\s\u00a0\u202f" if inside else "[\\s\u00a0\u202f]") if part == "\\s" else part)
    return "".join(parts)


def column_passages(column: pa.ChunkedArray) -> Iterator[tuple[int, tuple[Passage, ...]]]:
    """(row, passages) for the cells of a text column in which detectors found something. Equal cells are unmasked and
    checked once."""
    cells = column.cast(pa.large_string()).combine_chunks()
    texts = (cells if _are_ever_new(cells) else pc.unique(cells)).drop_null()
    if len(texts) > FEW_TEXTS:  # what is disguised, the sieve matches too: the rest need not be unmasked
        texts = texts.filter(pc.match_substring_regex(texts, sieve()))
    found = suspect_passages(unmask_cells(pa.chunked_array([texts]))) if len(texts) else {}
    if not found:
        return
    held = list(found)
    places = pc.index_in(cells, value_set=texts.take(pa.array(held)))
    rows = pc.indices_nonzero(pc.is_valid(places))
    for row, place in zip(rows.to_pylist(), places.take(rows).to_pylist(), strict=True):
        yield row, found[held[place]]


def _are_ever_new(cells: pa.Array) -> bool:
    """Whether cells seem to be distinct, as keys are: then looking for those that repeat costs more than sifting."""
    return len(cells) > FIRST and len(pc.unique(cells[:FIRST])) == FIRST


def clean_columns(
    columns: Mapping[bytes, pa.ChunkedArray], found_in: Callable[[pa.Array], Mapping[int, object]]
) -> list[bytes]:
    """The marks of the text columns in which `found_in` finds nothing. The distinct texts of all of them are looked
    through in one go."""
    texts = {mark: pc.unique(column.cast(pa.large_string())).drop_null() for mark, column in columns.items()}
    if not texts:
        return []
    found = sorted(found_in(pa.concat_arrays(list(texts.values()))))
    clean, start = [], 0
    for mark, own in texts.items():
        place = bisect_left(found, start)
        start += len(own)
        if place == len(found) or found[place] >= start:
            clean.append(mark)
    return clean


def matching_rows(column: pa.ChunkedArray, expression: str) -> list[int]:
    """The rows of a text column in which an RE2 expression matches."""
    matches = pc.fill_null(pc.match_substring_regex(column, expression), fill_value=False)
    rows: list[int] = pc.indices_nonzero(matches).to_pylist()
    return rows


def read_cells(cells: pa.Array) -> pa.Array:
    """Unmasked cells, every reading of each one after the other."""
    dressed = pc.match_substring_regex(cells, READ_OTHERWISE)
    if not pc.any(dressed).as_py():
        return cells
    read = list(map(" | ".join, readings_together(cells.filter(dressed))))
    return pc.replace_with_mask(cells, dressed, pa.array(read, cells.type))


def unmask_cells(column: pa.ChunkedArray) -> pa.Array:
    """The cells of a text column, disguises undone where there are any; empty where there is none."""
    cells = pc.fill_null(column.cast(pa.large_string()).combine_chunks(), "")
    are_masked = are_disguised(cells)
    if not are_masked.any():
        return cells
    masked = pa.array(are_masked)
    plain = unmask_all(cells.filter(masked).to_pylist())
    return pc.replace_with_mask(cells, masked, pa.array(plain, cells.type))


def suspect_passages(texts: pa.Array) -> dict[int, tuple[Passage, ...]]:
    """The passages of raw or unmasked texts, by place. Sifted twice: texts by all expressions at once, then each of
    their readings by each detector's own, so that a detector enters only what is worth its while."""
    if len(texts) <= FEW_TEXTS and sum(map(len, few := texts.to_pylist())) <= _FEW:
        return {place: tuple(found) for place, found in passages_of(readings_of(pa.array(few, texts.type))).items()}
    kept = pc.indices_nonzero(pc.match_substring_regex(texts, sieve()))
    if not len(kept):
        return {}
    found = passages_of(readings_of(texts.take(kept)))
    return {kept[place].as_py(): tuple(passages) for place, passages in found.items()}


_MEASURE = r"^-?(?:0|[1-9][0-9]{0,9})$|^-?[0-9]+[.,][0-9]+$"
"""A number in words, with a point or a comma, but for an integer that a telephone or an account may be."""


def patterns_beside_numbers(texts: pa.Array) -> dict[int, tuple[Passage, ...]]:
    """`suspect_passages` of the texts that are no measures."""
    others = pc.indices_nonzero(pc.invert(pc.match_substring_regex(texts, _MEASURE)))
    return {others[place].as_py(): found for place, found in suspect_passages(texts.take(others)).items()}


def readings_of(texts: pa.Array) -> list[tuple[int, str]]:
    """(place, reading) for every way in which each text may be understood, in order."""
    return [
        (place, reading)
        for place, read in enumerate(readings_together(texts))
        for whole in read
        for reading in pieces(whole)
    ]


_FEW, FEW_TEXTS = 1000, 50  # characters, texts: looked through faster than expressions are compiled to sift them


def passages_of(read: Sequence[tuple[int, str]]) -> dict[int, list[Passage]]:
    """What the detectors find in readings given as (place, reading), by place, in order."""
    few = sum(len(reading) for _, reading in read) <= _FEW
    candidates = pa.array([] if few else [reading for _, reading in read], pa.string())
    found: dict[int, dict[Passage, None]] = {}
    for item in detectors():
        worth = (
            range(len(read))
            if few
            else pc.indices_nonzero(pc.match_substring_regex(candidates, spaces(item.sieve))).to_pylist()
        )
        for number in worth:
            place, reading = read[number]
            for start, end in item.find(reading):
                found.setdefault(place, {})[Passage(item.rule, reading, start, end)] = None
    return {place: list(found[place]) for place in sorted(found)}


def passages(text: str) -> tuple[Passage, ...]:
    """What the detectors find in one raw text, in any of its readings."""
    return tuple(passages_of([(0, piece) for reading in readings(text) for piece in pieces(reading)]).get(0, ()))
