"""Everybody's values, for texts that belong to no record: pages, file names, findings, tables without provenance.

Belongs here: looking for them in many texts at once. Does not: which of them can be distinguished from ordinary text
(`phrases.py`), the strong test on a record's own rows (`rows.py`), patterns (`detectors/`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.detectors import without_codes
from pipelines.privacy.folding import Mask, Numbers, Words, are_among, folded, mask_of
from pipelines.privacy.kinds import Kind
from pipelines.privacy.marks import Gathered, Marks
from pipelines.privacy.normalisation import NO_NUMBER, digits, fold
from pipelines.privacy.phrases import (
    BETWEEN,
    KEPT,
    KIND,
    SIGNS,
    WRITTEN,
    Gathering,
    Phrases,
    full_names,
    mails,
    numbers,
    written,
)
from pipelines.privacy.readings import SPACE
from pipelines.privacy.searched_values import KINDS, SearchedValues, code_of
from pipelines.storage.spool import Spool, pieces

_RUN = r"\d(?:[\s./_-]{0,3}\d){7,}"
_RUNS = re.compile(_RUN)
_ALONE = r"^-?[0-9]+(?:\.[0-9]+)?$"
_RUN_SIEVE = rf"\p{{Nd}}(?:(?:{SPACE}|[./_-]){{0,3}}\p{{Nd}}){{7,}}"
"""RE2's own digits and spaces are those of ASCII."""
_DIGEST = r"\b(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\b"
_DIGESTS = re.compile(_DIGEST)
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}
"""By how many signs their digests are written with."""
_LETTER = r"[^\x00-@\[-`{-\x7F]"
"""A letter, or anything beyond ASCII: without one, a text contains a name or an address only where one is all
digits."""
SHORTEST = 8
"""Letters of a name that is looked for when written as one word."""
TEXTS = 65_536
"""Texts, or values, that are worked on at once: more would not stay in the processor's own memory."""


@dataclass(frozen=True)
class Everyone:
    """Full names, e-mail addresses and numbers of everybody."""

    names: Phrases = field(default_factory=Phrases)
    mails: Phrases = field(default_factory=Phrases)
    """The words of a local part and the first label of its domain; between them there is a sign."""
    joined: Marks = field(default_factory=Marks)
    """Names, and addresses that identify somebody without their domain, as one word."""
    numbers: Marks = field(default_factory=Marks)
    anchors: Marks = field(default_factory=Marks)
    """The longest word of each name and address, and the words run together: a text without any contains none."""
    are_words: bool = True
    """Whether each of the anchors has a sign that no number, date or instant has."""
    written: pa.Table = field(default_factory=WRITTEN.empty_table)
    """What somebody may have hashed: e-mail addresses and numbers, as they are kept."""

    @classmethod
    def of_searched(cls, some: Iterable[SearchedValues]) -> Everyone:
        """Of the values of many records, some of them at a time."""
        full, addresses, kept = Gathering(), Gathering(), Spool(WRITTEN)
        joined, known, anchors = Gathered(), Gathered(), Gathered()
        are_words = True
        for searched in some:
            names, (phrases, alone) = full_names(searched), mails(searched)
            as_one = pa.concat_arrays([pc.replace_substring(names, " ", ""), alone])
            as_one = as_one.filter(pc.greater_equal(pc.binary_length(as_one), SHORTEST))
            own = pa.concat_arrays([full.add(names), addresses.add(phrases), as_one])
            are_words &= bool(pc.all(pc.match_substring_regex(own, NO_NUMBER), min_count=0).as_py())
            joined.add(as_one)
            anchors.add(own)
            known.add(numbers(searched))
            kept.add(written(searched))
        marks = (joined.marks(), known.marks(), anchors.marks())
        return cls(full.phrases(), addresses.phrases(), *marks, are_words, kept.table())

    def __bool__(self) -> bool:
        return bool(self.names or self.mails or self.numbers)

    @property
    def may_be_numbers(self) -> bool:
        """Whether a number, a date or an instant may contain something of somebody: nearly nobody is called by one."""
        return bool(len(self.numbers)) or not self.are_words

    def kinds_in(
        self, texts: Sequence[str] | pa.Array, own: Container[str] = frozenset()
    ) -> Iterator[tuple[int, Kind]]:
        """(place, kind) of the unmasked texts that contain somebody's value: the first of name, address, number and
        digest of either. Looked for in whole columns; only long numbers and digests are looked at one by one. `own`:
        digests of which it is known that they are of something else."""
        if not self or not len(texts):
            return
        column = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.large_string())
        for start in range(0, len(column), TEXTS):
            found = self._kinds_in(column.slice(start, TEXTS), own)
            yield from ((start + place, kind) for place, kind in sorted(found.items()))

    def kind_in(self, text: str) -> Kind | None:
        """What kind of somebody's value is in an unmasked text, if any."""
        return next((kind for _, kind in self.kinds_in([text])), None)

    def written_among(self, texts: Collection[str]) -> frozenset[str]:
        """Which of a few texts are what somebody may have hashed, and nothing else: one line with an address, or a long
        number."""
        lines = {text: text.strip().lower() for text in texts}
        plain = {text: line for text, line in lines.items() if "\n" not in line and _may_be_a_value(line)}
        known: set[str] = set()
        for some in pieces(self.written, TEXTS) if plain else ():
            values = pc.utf8_lower(pc.utf8_trim_whitespace(some.column(KEPT)))
            known.update(values.filter(pc.is_in(values, value_set=pa.array(plain.values(), values.type))).to_pylist())
            numbers = pc.replace_substring_regex(values, "[^0-9]", "")
            known.update(numbers.filter(pc.is_in(numbers, value_set=pa.array(plain.values(), values.type))).to_pylist())
        return frozenset(text for text, value in plain.items() if value in known)

    def _kinds_in(self, texts: pa.Array, own: Container[str]) -> dict[int, Kind]:
        places, words = self._with_somebodys_word(texts)
        found = dict(self._with_digests(texts, own))
        found |= dict.fromkeys(self._with_numbers(texts), Kind.PHONE)
        if words.texts:
            found |= dict.fromkeys(places[self._with_addresses(words)].tolist(), Kind.EMAIL)
            found |= dict.fromkeys(places[self._with_names(words)].tolist(), Kind.NAME)
        return found

    def _with_somebodys_word(self, texts: pa.Array) -> tuple[Numbers, Words]:
        """The places of the texts that have an anchor, and the words of these."""
        kept = np.arange(len(texts))
        if self.are_words:
            kept = np.array(_matching(texts, _LETTER), np.int64)
            texts = texts.take(pa.array(kept))
        words = Words.of(folded(texts))
        has_some = np.zeros(len(kept), np.bool_)
        has_some[words.text[self.anchors.are(words.words)]] = True
        return kept[has_some], words.in_texts(has_some)

    def _with_names(self, words: Words) -> Mask:
        found = self.names.stand_in(words)
        found[words.text[self.joined.are(words.words)]] = True
        return found

    def _with_addresses(self, words: Words) -> Mask:
        found = np.zeros(words.texts, np.bool_)
        have_sign = words.counts(are_among(words.words, SIGNS)) > 0
        if self.mails and have_sign.any():
            some = words.in_texts(have_sign)
            found[have_sign] = self.mails.stand_in(some.where(~are_among(some.words, BETWEEN)))
        return found

    def _with_numbers(self, texts: pa.Array) -> list[int]:
        if not self.numbers:
            return []
        places = np.array(_matching(texts, _RUN_SIEVE), np.int64)
        some = texts.take(pa.array(places))
        are_alone = mask_of(pc.match_substring_regex(some, _ALONE))
        alone, found = _numbers_alone(some.filter(pa.array(are_alone)))
        pairs = [
            (place, number)
            for place in places[~are_alone].tolist()
            for run in _RUNS.findall(without_codes(texts[place].as_py()))
            for number in _numbers_in(run)
        ]
        of_pairs = np.array([place for place, _ in pairs], np.int64)
        numbers = pa.concat_arrays([found, pa.array([number for _, number in pairs], pa.large_string())])
        of_numbers = np.concatenate([places[are_alone][alone], of_pairs])
        return sorted(set(of_numbers[self.numbers.are(numbers)].tolist()))

    def _with_digests(self, texts: pa.Array, own: Container[str]) -> Iterator[tuple[int, Kind]]:
        for place in _matching(texts, _DIGEST) if len(self.written) else ():
            tokens = (token.lower() for token in _DIGESTS.findall(texts[place].as_py()))
            kinds = (self._digested(token) for token in tokens if token not in own)
            kind = next((kind for kind in kinds if kind is not None), None)
            if kind is not None:
                yield place, kind

    def _digested(self, token: str) -> Kind | None:
        """Whose value a digest is of: a hash of an address or a number is no anonymisation, for anyone with the list
        of addresses undoes it."""
        algorithm, start = _ALGORITHMS[len(token)], np.array([int(token[:16], 16)], np.uint64)
        if not self._first_bytes(algorithm).have(start)[0]:
            return None
        found = [kind for kind, value in self._spelled() if _hashed(algorithm, value.encode()).hex() == token]
        return found[-1] if found else None

    def _first_bytes(self, algorithm: str) -> Marks:
        """The first eight bytes of the digest of everything that somebody may have hashed."""
        if algorithm not in self._digests:
            gathered = Gathered()
            for some in pieces(self.written, TEXTS):
                first = b"".join([_hashed(algorithm, spelling)[:8] for spelling in _spelled_in_bytes(some)])
                gathered.add_hashes(np.frombuffer(first, ">u8").astype(np.uint64))
            self._digests[algorithm] = gathered.marks()
        return self._digests[algorithm]

    @cached_property
    def _digests(self) -> dict[str, Marks]:
        return {}

    def _spelled(self) -> Iterator[tuple[Kind, str]]:
        for some in pieces(self.written, TEXTS):
            yield from _spelled(some)


def _may_be_a_value(line: str) -> bool:
    return "@" in line or sum(map(str.isdigit, line)) >= SHORTEST


def _matching(texts: pa.Array, expression: str) -> list[int]:
    places: list[int] = pc.indices_nonzero(pc.match_substring_regex(texts, expression)).to_pylist()
    return places


def _spelled_in_bytes(kept: pa.Table) -> Iterator[bytes]:
    """The same as `_spelled`, in any order: most addresses are plain, and are spelled all at once."""
    values = kept.column(KEPT)
    is_plain = pc.match_substring_regex(values, "^[!-~]+$")
    is_plain = pc.and_(is_plain, pc.equal(kept.column(KIND), code_of(Kind.EMAIL)))
    plain = values.filter(is_plain)
    lower, upper = pc.ascii_lower(plain), pc.ascii_upper(plain)
    mixed = plain.filter(pc.and_(pc.not_equal(plain, lower), pc.not_equal(plain, upper)))
    for spelled in (lower, upper, mixed):
        yield from spelled.cast(pa.large_binary()).to_pylist()
    for _, spelling in _spelled(kept.filter(pc.invert(is_plain))):
        yield spelling.encode()


def _spelled(kept: pa.Table) -> Iterator[tuple[Kind, str]]:
    for code, value in zip(kept.column(KIND).to_pylist(), kept.column(KEPT).to_pylist(), strict=True):
        for spelling in _spellings(KINDS[code], value):
            yield KINDS[code], spelling


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


def _numbers_alone(texts: pa.Array) -> tuple[Numbers, pa.Array]:
    """`_numbers_in` of texts that are a number and nothing else, with or without a fraction: the place of the text of
    each number, and the numbers. No text enters Python by itself."""
    plain = texts.cast(pa.large_string())
    whole = pc.replace_substring_regex(plain, r"^-|\..*$", "")
    fraction = pc.replace_substring_regex(plain, r"^[^.]*\.?", "")
    both = pc.binary_join_element_wise(whole, fraction, pa.scalar("", whole.type))
    places, found = [], []
    for read, is_long in ((both, True), (whole, True), (both, False), (whole, False), (fraction, False)):
        sizes = mask_of(pc.binary_length(read))
        some = np.flatnonzero(sizes > SHORTEST if is_long else sizes == SHORTEST)
        places.append(some)
        found.append(pc.utf8_slice_codeunits(read.take(pa.array(some)), -9))
    return np.concatenate(places), pa.concat_arrays(found)


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
