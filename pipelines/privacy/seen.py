"""What was checked already: columns in which nothing at all was found, known by a digest of their texts.

Belongs here: remembering, so that the gate on tables and the scan of the files made of them check each distinct column
once. Does not: checking. A column in which something was found is checked each time: the allow list asks where it
is.

One `Seen` serves one release, and gives its memory of what is clean to the next (`for_another`): nothing of it is
written, and it ends with the process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.everyone import Everyone
from pipelines.privacy.known import PersonalValues
from pipelines.storage.spool import chunks_of

LEAST_INTEGER = 10**10
"""Below, an integer is no telephone number with its prefix, no NIR and no IBAN: the leading zero is not in it."""


@dataclass
class Memory:
    """What is clean wherever it is: columns, texts and outlines in which nothing at all was found."""

    patterns: set[bytes] = field(default_factory=set)
    """Digests of columns without any pattern."""
    nobody: set[bytes] = field(default_factory=set)
    """Digests of columns that contain none of the values looked for."""
    texts: set[str] = field(default_factory=set)
    shapes: set[bytes] = field(default_factory=set)
    values: PersonalValues | None = None
    everyone: Everyone = field(default_factory=Everyone)
    _characters: int = 0

    def remember(self, texts: Iterable[str]) -> None:
        """Remember clean texts, up to `REMEMBERED` characters in all."""
        for text in texts:
            self._characters += len(text)
            if self._characters > REMEMBERED:
                return
            self.texts.add(text)

    def look_for(self, personal: PersonalValues) -> Everyone:
        """Everybody's values, put together once for the same values; others make what was found without them void."""
        if self.values is None or not self.values.is_as(personal):
            self.values, self.everyone = personal, personal.everyone()
            self.nobody.clear()
            self.texts.clear()
            self.shapes.clear()
            self._characters = 0
        return self.everyone


@dataclass
class Seen:
    """What one release knows: what is clean, and what its exceptions let through."""

    memory: Memory = field(default_factory=Memory)
    passed: dict[tuple[str, str], str] = field(default_factory=dict)
    """Passages that an exception let through in a table, by rule and text, with the exception's name: the same passage
    is let through in the files, pages and previews that are made of the table, where no field says what it is."""
    unread: dict[str, frozenset[str]] = field(default_factory=dict)
    """By table, as `package/table`, the columns whose values can be no pattern: nobody has looked at them as texts."""

    @property
    def patterns(self) -> set[bytes]:
        return self.memory.patterns

    @property
    def nobody(self) -> set[bytes]:
        return self.memory.nobody

    def everyone(self, personal: PersonalValues) -> Everyone:
        """Everybody's values; what was seen without them is forgotten."""
        return self.memory.look_for(personal)

    def for_another(self) -> Seen:
        """For the next release or the catalogue: what is clean is so everywhere, what was let through is not."""
        return Seen(self.memory)


REMEMBERED = 32_000_000
"""How many characters of clean texts are remembered; texts beyond are checked again, whatever they say."""
_NUMBER = re.compile(r"-?\d{1,3}[.,]\d{5,}|\d{6,7}(?:[.,]\d+)?")


def passing(passed: Mapping[tuple[str, str], str], rule: str, text: str, span: tuple[int, int]) -> str | None:
    """The name of the exception that let the same passage through before, or the same number of a point; or none."""
    passage = text[span[0] : span[1]]
    found = passed.get((rule, passage)) or passed.get((rule, text))
    if found is None and rule == "coordonnees":
        numbers = [number.replace(",", ".") for number in _NUMBER.findall(passage)]
        found = next((passed[rule, number] for number in numbers if (rule, number) in passed), None)
    return found


class Digest:
    """The digest of a column's texts, given chunk by chunk, however it is cut; an absent text is an empty one."""

    def __init__(self) -> None:
        self._lengths, self._texts = hashlib.sha256(), hashlib.sha256()

    def add(self, chunk: pa.Array) -> None:
        """The next texts of the column."""
        if not len(chunk):
            return
        plain = chunk if _is_text(chunk.type) else chunk.cast(pa.large_string())
        plain = pc.fill_null(plain, "") if plain.null_count else plain
        # A text of 4 GiB or more is none that any reader gives.
        lengths = pc.binary_length(plain).cast(pa.int32(), safe=False)
        _, offsets, data = plain.buffers()
        kind = pa.int32() if pa.types.is_string(plain.type) else pa.int64()
        bounds = pa.Array.from_buffers(kind, len(plain) + 1, [None, offsets], offset=plain.offset)
        first, last = bounds[0].as_py(), bounds[len(plain)].as_py()
        self._lengths.update(lengths.buffers()[1][4 * lengths.offset : 4 * (lengths.offset + len(plain))])
        if data is not None:
            self._texts.update(memoryview(data)[first:last])

    def value(self) -> bytes:
        """The digest of what was given."""
        return self._lengths.digest() + self._texts.digest()


def digest(column: pa.ChunkedArray | pa.Array) -> bytes:
    """The digest of a column's texts."""
    found = Digest()
    for chunk in chunks_of(column):
        found.add(chunk)
    return found.value()


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def distinct_searched(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The same of a column of a file, in which no row has to be found yet: of texts that repeat, each once."""
    kind = column.type
    if not pa.types.is_dictionary(kind):
        return as_searched(column)
    return pa.chunked_array([pc.unique(column.unify_dictionaries()).cast(kind.value_type)])


def as_searched(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A typed column as texts that a pattern may be in; none for a type, or numbers, that can contain no pattern."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_floating(kind):
        return None
    if pa.types.is_decimal(kind) and kind.scale > 0:
        return None
    if pa.types.is_integer(kind):
        ends = pc.min_max(column).as_py()
        return column.cast(pa.string()) if max(abs(ends["min"] or 0), abs(ends["max"] or 0)) >= LEAST_INTEGER else None
    return column.cast(pa.string())


def may_be_disguised(kind: pa.DataType) -> bool:
    """Whether a text of a column of this type may hold anything but plain digits, letters and signs."""
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return not (is_number or pa.types.is_boolean(kind) or pa.types.is_temporal(kind))


def are_numbers(column: pa.ChunkedArray) -> bool:
    """Whether a column has nothing but finite numbers, dates or instants: in words, digits and signs, and no letter but
    those of an exponent and of an instant. A decimal that is as long as a digest is taken for a text."""
    kind = column.type
    if pa.types.is_floating(kind):
        return bool(pc.all(pc.is_finite(column), min_count=0).as_py())
    is_short = pa.types.is_decimal(kind) and kind.precision < _LEAST_DIGEST
    return is_short or bool(pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_timestamp(kind))


_LEAST_DIGEST = 32
"""Digits of the shortest digest that is looked for."""
