"""Everybody's values, for texts that belong to no record: pages, file names, findings, tables without provenance.

Belongs here: what of a value can be told from ordinary text whoever's it is, and looking for it in many texts at once.
Does not: the strong test on a record's own rows (`rows.py`), patterns (`detectors/`).

Single words and street addresses are left out: another's town hall may stand in the same street."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.detectors import without_codes
from pipelines.privacy.kinds import COMMON, FIRST_NAMES, Kind, kind_of
from pipelines.privacy.multi_value import Values
from pipelines.privacy.normalisation import digits, fold, fold_all
from pipelines.privacy.search_terms import PARTICLES, name_words, rotations
from pipelines.privacy.sifting import unmask_cells

Phrase = tuple[bytes, ...]
_SIGNS = frozenset((b"at", b"a", b"arobase", b"arrobase", b"arobas", b"chez"))
_DOTS = frozenset((b"point", b"dot"))
_BETWEEN = _SIGNS | _DOTS
_WANTED = frozenset((Kind.EMAIL, Kind.PHONE, Kind.OTHER, Kind.NAME, Kind.FIRST_NAME))
Told = tuple[Kind, str, bytes]
_RUN = r"\d(?:[\s./_-]{0,3}\d){7,}"
_RUNS = re.compile(_RUN)
_DIGEST = r"\b(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\b"
_DIGESTS = re.compile(_DIGEST)
_ALGORITHMS = ("md5", "sha1", "sha256")


@dataclass(frozen=True)
class Everyone:
    """Full names, e-mail addresses and numbers of everybody."""

    names: Mapping[int, frozenset[Phrase]] = field(default_factory=dict)
    """By how many words they have."""
    mails: Mapping[int, frozenset[Phrase]] = field(default_factory=dict)
    """The words of a local part and the first label of its domain; between them a sign stands."""
    joined: frozenset[bytes] = frozenset()
    numbers: frozenset[bytes] = frozenset()
    written: tuple[tuple[Kind, str], ...] = ()
    """What somebody may have hashed: e-mail addresses and numbers, as they are kept."""

    @classmethod
    def of(cls, records: Iterable[Values]) -> Everyone:
        names: dict[int, set[Phrase]] = {}
        mails: dict[int, set[Phrase]] = {}
        joined: set[bytes] = set()
        numbers: set[bytes] = set()
        written: dict[tuple[Kind, str], None] = {}
        for values in _told(records):
            for words in _full_names(values):
                if len(words) <= 5 and len(b"".join(words)) >= 6:
                    names.setdefault(len(words), set()).update(rotations(words))
            for kind, value, folded in values:
                if kind is Kind.EMAIL:
                    phrase = _mail_phrase(value, folded)
                    if phrase:
                        mails.setdefault(len(phrase), set()).add(phrase)
                        joined.add(b"".join(phrase[:-1]))
                    written[kind, value] = None
                elif kind is Kind.PHONE or kind is Kind.OTHER:
                    number = digits(folded)
                    if len(number) >= 8:
                        numbers.add(number[-9:])
                        written[kind, value] = None
        joined |= {b"".join(order) for orders in names.values() for order in orders}
        return cls(
            {size: frozenset(orders) for size, orders in names.items()},
            {size: frozenset(phrases) for size, phrases in mails.items()},
            frozenset(name for name in joined if len(name) >= 8),
            frozenset(numbers),
            tuple(written),
        )

    def __bool__(self) -> bool:
        return bool(self.names or self.mails or self.numbers)

    def kinds_in(self, texts: Sequence[str]) -> Iterator[tuple[int, Kind]]:
        """(place, kind) of the unmasked texts in which somebody's value stands. Sifted as whole columns: only a text
        that has a word of somebody's, a long number or a digest is looked at by itself."""
        if not self or not texts:
            return
        column = pa.array(texts, pa.large_string())
        words = pc.split_pattern(pa.array(fold_all(texts), pa.large_binary()).cast(pa.large_string()), " ")
        known = pc.indices_nonzero(pc.is_in(pc.list_flatten(words), value_set=self._anchors))
        places = set(pc.list_parent_indices(words).take(known).to_pylist())
        for wanted, expression in ((self.numbers, _RUN), (self.written, _DIGEST)):
            if wanted:
                places.update(pc.indices_nonzero(pc.match_substring_regex(column, expression)).to_pylist())
        for place in sorted(places):
            kind = self.kind_in(texts[place])
            if kind is not None:
                yield place, kind

    def kind_in(self, text: str) -> Kind | None:
        """What kind of somebody's value stands in an unmasked text, if any."""
        if not self:
            return None
        words = fold(text).split()
        if not self.joined.isdisjoint(words) or _holds(self.names, words):
            return Kind.NAME
        if self.mails and not _SIGNS.isdisjoint(words):
            told = [word for word in words if word not in _SIGNS and word not in _DOTS]
            if _holds(self.mails, told):
                return Kind.EMAIL
        runs = _RUNS.findall(without_codes(text)) if self.numbers else ()
        if any(not self.numbers.isdisjoint(_numbers_in(run)) for run in runs):
            return Kind.PHONE
        found = _DIGESTS.findall(text) if self.written else ()
        return next((self._digests[token.lower()] for token in found if token.lower() in self._digests), None)

    @cached_property
    def _anchors(self) -> pa.Array:
        """The longest word of each name and address, and the words run together: a text without any holds none."""
        phrases = (phrase for sets in (self.names, self.mails) for found in sets.values() for phrase in found)
        anchors = {max(phrase, key=len) for phrase in phrases} | self.joined
        return pa.array([word.decode() for word in sorted(anchors)], pa.large_string())

    @cached_property
    def _digests(self) -> dict[str, Kind]:
        """A hash of an address or a number is no anonymisation: whoever has the list of addresses undoes it."""
        return {
            hashlib.new(algorithm, spelling.encode(), usedforsecurity=False).hexdigest(): kind
            for kind, value in self.written
            for spelling in _spellings(kind, value)
            for algorithm in _ALGORITHMS
        }


def _told(records: Iterable[Values]) -> Iterator[list[Told]]:
    """The values of each record that may be looked for, as (kind, unmasked value, folded form): folded in one go."""
    kept = [[(kind_of(name, value), value) for name, value in values] for values in records]
    wanted = [[item for item in values if item[0] in _WANTED] for values in kept]
    plain = unmask_cells(pa.chunked_array([[value for values in wanted for _, value in values]], pa.large_string()))
    texts = plain.to_pylist()
    told = zip((kind for values in wanted for kind, _ in values), texts, fold_all(texts), strict=True)
    for values in wanted:
        yield [next(told) for _ in values]


def _full_names(values: Sequence[Told]) -> Iterator[list[bytes]]:
    """The names that a record's values make: whole, halves of a double surname, and an initial before one."""
    first = [name_words(folded) for kind, _, folded in values if kind is Kind.FIRST_NAME]
    last = [name_words(folded) for kind, _, folded in values if kind is Kind.NAME]
    yield from (words for words in last if len(words) > 1 and not _are_first_names(words))
    for family in last if first else ():
        for given in first:
            if not given or not family:
                continue
            yield [*given, *family]
            halves = [word for word in family if len(word) >= 4 and word not in PARTICLES]
            if len(halves) > 1:
                yield [given[0][:1], *family]
                yield from ([*given, half] for half in halves)


def _mail_phrase(value: str, folded: bytes) -> Phrase:
    """The words of an address up to its domain's first label; none for one that says no more than a function."""
    size = value.count(".", value.rfind("@")) + 1
    words = folded.split()
    parts, labels = words[:-size], words[-size:]
    if not value.isascii() or "-" in value[value.rfind("@") :]:
        local, _, domain = value.strip().rpartition("@")
        parts, labels = fold(local).split(), fold(domain).split()
    parts = [word for word in parts if word not in _BETWEEN]
    label = next((word for word in labels if word not in _BETWEEN), b"")
    plain = all(word.decode() in COMMON for word in parts)
    tells = len(parts) > 1 or any(map(bytes.isdigit, parts)) or len(b"".join(parts)) >= 7
    return (*parts, label) if label and tells and not plain and not _are_first_names(parts) else ()


def _holds(sets: Mapping[int, frozenset[Phrase]], words: Sequence[bytes]) -> bool:
    return any(
        not phrases.isdisjoint(zip(*(words[shift:] for shift in range(size)), strict=False))
        for size, phrases in sets.items()
    )


def _spellings(kind: Kind, value: str) -> set[str]:
    number = digits(fold(value)).decode()
    is_number = kind is not Kind.EMAIL and len(number) >= 8
    return {value, value.strip(), value.strip().lower(), value.strip().upper()} | ({number} if is_number else set())


def _numbers_in(run: str) -> Iterator[bytes]:
    """The numbers that may stand in groups of digits that follow each other: "06 12 34 56 78 / 2024" is two. Of nine
    digits what comes before is a prefix; eight are a number of their own."""
    groups = re.findall(rb"\d+", run.encode())
    whole, ends = b"".join(groups), list(accumulate(map(len, groups)))
    starts = {0, *ends}
    for end in ends:
        if end >= 9:
            yield whole[end - 9 : end]
        if end - 8 in starts:
            yield whole[end - 8 : end]


def _are_first_names(words: Sequence[bytes]) -> bool:
    """ "Jean Paul" alone names too many people and too many streets."""
    return all(word.decode() in FIRST_NAMES for word in words)
