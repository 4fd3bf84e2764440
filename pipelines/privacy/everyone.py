"""Everybody's values, for texts that belong to no record: pages, file names, findings, tables without provenance.

Belongs here: looking for them in many texts at once. Does not: which of them can be distinguished from ordinary text
(`phrases.py`), the strong test on a record's own rows (`rows.py`), patterns (`detectors/`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.detectors import without_codes
from pipelines.privacy.folding import Words, folded, mask_of
from pipelines.privacy.kinds import Kind
from pipelines.privacy.normalisation import digits, fold
from pipelines.privacy.phrases import DOTS, SIGNS, Phrases, Written, full_names, mails, numbers, written
from pipelines.privacy.told import Told

_RUN = r"\d(?:[\s./_-]{0,3}\d){7,}"
_RUNS = re.compile(_RUN)
_DIGEST = r"\b(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\b"
_DIGESTS = re.compile(_DIGEST)
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}
"""By how many signs their digests are written with."""
_LETTER = r"[^\x00-@\[-`{-\x7F]"
"""A letter, or anything beyond ASCII: without one, a text contains a name or an address only where one is all
digits."""
Digests = np.ndarray[Any, np.dtype[np.uint64]]
_MANY = 20_000
"""Distinct words, beyond which Arrow looks them up faster than Python."""


@dataclass(frozen=True)
class Everyone:
    """Full names, e-mail addresses and numbers of everybody."""

    names: Phrases = field(default_factory=Phrases)
    mails: Phrases = field(default_factory=Phrases)
    """The words of a local part and the first label of its domain; between them there is a sign."""
    joined: frozenset[str] = frozenset()
    """Names, and addresses that identify somebody without their domain, as one word."""
    numbers: frozenset[str] = frozenset()
    written: Written = field(default_factory=Written)
    """What somebody may have hashed: e-mail addresses and numbers, as they are kept."""

    @classmethod
    def of_told(cls, told: Told) -> Everyone:
        """Of the values of many records."""
        names, (addresses, alone) = Phrases.of(full_names(told)), mails(told)
        as_one = names.as_one_word() | alone
        joined = frozenset(word for word in as_one if len(word) >= 8)
        return cls(names, addresses, joined, numbers(told), written(told))

    def __bool__(self) -> bool:
        return bool(self.names or self.mails or self.numbers)

    def kinds_in(self, texts: Sequence[str] | pa.Array) -> Iterator[tuple[int, Kind]]:
        """(place, kind) of the unmasked texts that contain somebody's value. Sifted as whole columns: only a text
        that has a word of somebody's, a long number or a digest is looked at by itself."""
        if not self or not len(texts):
            return
        column = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.large_string())
        places = self._with_somebodys_word(column)
        for wanted, expression in ((self.numbers, _RUN), (self.written, _DIGEST)):
            if wanted:
                places.update(pc.indices_nonzero(pc.match_substring_regex(column, expression)).to_pylist())
        for place in sorted(places):
            kind = self.kind_in(column[place].as_py())
            if kind is not None:
                yield place, kind

    def _with_somebodys_word(self, column: pa.Array) -> set[int]:
        if self._has_digits_alone:
            kept, some = np.arange(len(column)), column
        else:
            kept = np.flatnonzero(mask_of(pc.match_substring_regex(column, _LETTER)))
            some = column.take(pa.array(kept))
        if not len(kept):
            return set()
        words = Words.of(folded(some))
        distinct = words.words.dictionary_encode()
        known = np.flatnonzero(self._are_anchors(distinct.dictionary))
        found = mask_of(pc.is_in(distinct.indices, value_set=pa.array(known, distinct.indices.type)))
        return set(kept[words.text[found]].tolist())

    def _are_anchors(self, words: pa.Array) -> Any:
        if len(words) > _MANY:
            return mask_of(pc.is_in(words, value_set=pa.array(self._anchors, words.type)))
        return np.fromiter((word in self._anchors for word in words.to_pylist()), np.bool_, len(words))

    def kind_in(self, text: str) -> Kind | None:
        """What kind of somebody's value is in an unmasked text, if any."""
        if not self:
            return None
        words = fold(text).decode().split()
        if not self.joined.isdisjoint(words) or self.names.are_in(words):
            return Kind.NAME
        if self.mails and not SIGNS.isdisjoint(words):
            letters = [word for word in words if word not in SIGNS and word not in DOTS]
            if self.mails.are_in(letters):
                return Kind.EMAIL
        runs = _RUNS.findall(without_codes(text)) if self.numbers else ()
        if any(not self.numbers.isdisjoint(_numbers_in(run)) for run in runs):
            return Kind.PHONE
        found = _DIGESTS.findall(text) if self.written else ()
        kinds = (self._digested(token.lower()) for token in found)
        return next((kind for kind in kinds if kind is not None), None)

    @cached_property
    def _anchors(self) -> frozenset[str]:
        """The longest word of each name and address, and the words run together: a text without any contains none."""
        return self.names.longest_words() | self.mails.longest_words() | self.joined

    @cached_property
    def _has_digits_alone(self) -> bool:
        return any(map(str.isdigit, self._anchors))

    def _digested(self, token: str) -> Kind | None:
        """Whose value a digest is of: a hash of an address or a number is no anonymisation, for anyone with the list
        of addresses undoes it."""
        algorithm = _ALGORITHMS[len(token)]
        known, start = self._first_bytes(algorithm), int(token[:16], 16)
        place = int(np.searchsorted(known, np.uint64(start)))
        if place == len(known) or known[place] != start:
            return None
        found = [kind for kind, value in self._spelled() if _hashed(algorithm, value.encode()).hex() == token]
        return found[-1] if found else None

    def _first_bytes(self, algorithm: str) -> Digests:
        """The first eight bytes of the digest of everything that somebody may have hashed, sorted."""
        if algorithm not in self._digests:
            first = b"".join([_hashed(algorithm, spelling)[:8] for spelling in self._spellings_in_bytes()])
            self._digests[algorithm] = np.sort(np.frombuffer(first, ">u8").astype(np.uint64))
        return self._digests[algorithm]

    @cached_property
    def _digests(self) -> dict[str, Digests]:
        return {}

    def _spellings_in_bytes(self) -> Iterator[bytes]:
        """The same as `_spelled`, in any order: most addresses are plain, and are spelled all at once."""
        plain, others = self.written.parted()
        lower, upper = pc.ascii_lower(plain), pc.ascii_upper(plain)
        mixed = plain.filter(pc.and_(pc.not_equal(plain, lower), pc.not_equal(plain, upper)))
        for spelled in (lower, upper, mixed):
            yield from spelled.cast(pa.large_binary()).to_pylist()
        for kind, value in others:
            yield from (spelling.encode() for spelling in _spellings(kind, value))

    def _spelled(self) -> Iterator[tuple[Kind, str]]:
        for kind, value in self.written:
            for spelling in _spellings(kind, value):
                yield kind, spelling


def _hashed(algorithm: str, value: bytes) -> bytes:
    digest: bytes = getattr(hashlib, algorithm)(value, usedforsecurity=False).digest()
    return digest


def _spellings(kind: Kind, value: str) -> set[str]:
    stripped = value.strip()
    spelled = {value, stripped, stripped.lower(), stripped.upper()}
    if kind is not Kind.EMAIL:
        number = digits(fold(value)).decode()
        spelled |= {number} if len(number) >= 8 else set()
    return spelled


def _numbers_in(run: str) -> Iterator[str]:
    """The numbers that may be in groups of digits that follow each other: "06 12 34 56 78 / 2024" is two. Of nine
    digits what comes before is a prefix; eight are a number of their own."""
    groups = re.findall(r"[0-9]+", run)
    whole, ends = "".join(groups), list(accumulate(map(len, groups)))
    starts = {0, *ends}
    for end in ends:
        if end >= 9:
            yield whole[end - 9 : end]
        if end - 8 in starts:
            yield whole[end - 8 : end]
