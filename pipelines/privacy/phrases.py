"""What of many people's values can be distinguished from ordinary text, no matter whose it is: full names, addresses,
numbers.

Belongs here: making phrases of values, all at once. Does not: looking for them (`everyone.py`). Single words and street
addresses are left out: another's town hall may be in the same street.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.folding import Mask, Numbers, Words, are_among, mask_of
from pipelines.privacy.kinds import CIVILITIES, COMMON, FIRST_NAMES, Kind
from pipelines.privacy.marks import Gathered, Marks
from pipelines.privacy.normalisation import fold
from pipelines.privacy.organisations import MARKS, names_an_organisation
from pipelines.privacy.plain_words import are_mailboxes
from pipelines.privacy.search_terms import PARTICLES
from pipelines.privacy.searched_values import SearchedValues

SIGNS = frozenset(("at", "a", "arobase", "arrobase", "arobas", "chez"))
DOTS = frozenset(("point", "dot"))
BETWEEN = SIGNS | DOTS
_PARTICLES = frozenset(word.decode() for word in PARTICLES)
_GIVEN = sorted(name for name in FIRST_NAMES if len(name) >= 3)
_BEGINS_WITH_A_NAME = f"^(?:{'|'.join(_GIVEN)})[a-z0-9]{{4}}"
"""A first name and four letters or more written as one word: "annequemeneur"."""
_PLAIN_ADDRESS = r"^[!-?A-~]+@[!-,.-?A-~]+$"
"""ASCII, one sign, no hyphen in the domain: taken apart by its folded words."""
_MOST_WORDS, _LEAST_LETTERS = 5, 6
"""Of a full name."""
KIND, KEPT = "kind", "value"
WRITTEN = pa.schema([pa.field(KIND, pa.uint8()), pa.field(KEPT, pa.large_string())])
_SHORTEST_HALF, _LONG_ENOUGH, _SHORTEST_NUMBER = 4, 7, 8
"""Letters of half a surname, of the words of an address that identify somebody, digits of a number."""


@dataclass(frozen=True)
class Phrases:
    """Phrases of several words, by how many words they have."""

    by_size: Mapping[int, Marks] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_size)

    def stand_in(self, words: Words) -> Mask:
        """Which texts contain one of the phrases among words that follow each other."""
        found = np.zeros(words.texts, np.bool_)
        for size, phrases in self.by_size.items():
            last = len(words.words) - size + 1
            if last < 1:
                continue
            is_one_text = words.text[:last] == words.text[size - 1 :]
            space = pa.scalar(" ", words.words.type)
            runs = pc.binary_join_element_wise(*(words.words.slice(shift, last) for shift in range(size)), space)
            are_told = phrases.are(runs) & is_one_text
            found[words.text[:last][are_told]] = True
        return found


class Gathering:
    """Phrases as they come, of which `Phrases` are made, and the longest word of each: a text without any of these
    contains none of them."""

    def __init__(self) -> None:
        self._by_size: dict[int, Gathered] = {}

    def add(self, texts: pa.Array) -> pa.Array:
        """Some more phrases, each of words between single spaces; returns their longest words."""
        texts = pc.unique(texts)
        sizes = mask_of(pc.count_substring(texts, " ")) + 1
        for size in np.unique(sizes).tolist():
            self._by_size.setdefault(int(size), Gathered()).add(texts.filter(pa.array(sizes == size)))
        return Words.of(texts).longest()

    def phrases(self) -> Phrases:
        """What was added, once."""
        return Phrases({size: gathered.marks() for size, gathered in sorted(self._by_size.items())})


@dataclass(frozen=True)
class _Names:
    """The values of one kind: the record of each, and its words without civilities."""

    record: Numbers
    words: Words

    @classmethod
    def of(cls, searched: SearchedValues, kind: Kind) -> _Names:
        """But those of organisations."""
        places = np.flatnonzero(searched.are([kind]))
        words = Words.of(searched.folded.take(pa.array(places)))
        if kind is Kind.NAME:
            are_persons = ~_of_organisations(searched, places, words)
            places, words = places[are_persons], words.in_texts(are_persons)
        return cls(searched.record[places], words.where(~are_among(words.words, CIVILITIES)))

    def of_records(self, are_kept: Mask) -> _Names:
        """Only those of some of the records."""
        is_kept = are_kept[self.record]
        return _Names(self.record[is_kept], self.words.in_texts(is_kept))


def _of_organisations(searched: SearchedValues, places: Numbers, words: Words) -> Mask:
    """Which names, given with their words, are those of organisations; few may be, and these are looked at one by
    one."""
    found = np.zeros(len(places), np.bool_)
    marked = np.flatnonzero(words.counts(are_among(words.words, MARKS)))
    for name, place in zip(marked.tolist(), places[marked].tolist(), strict=True):
        own = searched.folded[place].as_py().split()
        found[name] = names_an_organisation(searched.plain[place].as_py(), own)
    return found


def full_names(searched: SearchedValues) -> pa.Array:
    """The names that the values of each record make, in every order in which they may be written: whole, halves of a
    double surname, an initial before one."""
    family, given = _Names.of(searched, Kind.NAME), _Names.of(searched, Kind.FIRST_NAME)
    sizes = family.words.counts()
    are_given = sizes == family.words.counts(are_among(family.words.words, FIRST_NAMES))
    found = [family.words.in_texts((sizes > 1) & ~are_given).joined()]
    have_both = np.isin(np.arange(searched.count), family.record) & np.isin(np.arange(searched.count), given.record)
    one_each = have_both & _have_one_of_words(family, searched.count) & _have_one_of_words(given, searched.count)
    one_each &= ~_have_halves(family, searched.count)
    firsts, lasts = (names.of_records(one_each).words.joined() for names in (given, family))
    found.append(pc.binary_join_element_wise(firsts, lasts, pa.scalar(" ", firsts.type)))
    several = have_both & ~one_each
    pairs = _beside_each_other(given.of_records(several), family.of_records(several))
    found.append(pa.array([" ".join(words) for words in pairs], pa.large_string()))
    return pa.concat_arrays([*_in_any_order(pa.concat_arrays(found)), pa.nulls(0, pa.large_string())])


def _have_one_of_words(names: _Names, records: int) -> Mask:
    """Which records have one value, and a word in it."""
    counts = np.bincount(names.record, minlength=records)
    worded = np.bincount(names.record[names.words.counts() > 0], minlength=records)
    found: Mask = (counts == 1) & (worded == 1)
    return found


def _have_halves(names: _Names, records: int) -> Mask:
    """Which records have a surname of which several words may stand alone."""
    words = names.words.words
    is_half = (mask_of(pc.binary_length(words)) >= _SHORTEST_HALF) & ~are_among(words, _PARTICLES)
    found = np.zeros(records, np.bool_)
    found[names.record[names.words.counts(is_half) > 1]] = True
    return found


def _beside_each_other(given: _Names, family: _Names) -> Iterator[list[str]]:
    """Each first name beside each surname of its record."""
    firsts: dict[int, list[list[str]]] = {}
    for record, name in zip(given.record.tolist(), given.words.joined().to_pylist(), strict=True):
        firsts.setdefault(record, []).append(name.split())
    for record, name in zip(family.record.tolist(), family.words.joined().to_pylist(), strict=True):
        for first in firsts[record]:
            if first and name:
                yield from _full_names(first, name.split())


def _full_names(given: list[str], family: list[str]) -> Iterator[list[str]]:
    yield [*given, *family]
    halves = [word for word in family if len(word) >= _SHORTEST_HALF and word not in _PARTICLES]
    if len(halves) > 1:
        yield [given[0][:1], *family]
        yield from ([*given, half] for half in halves)


def _in_any_order(names: pa.Array) -> list[pa.Array]:
    """Names of two to `_MOST_WORDS` words, each of their words first, the others after it as they come."""
    spaces = pc.count_substring(names, " ")
    letters = pc.subtract(pc.binary_length(names), spaces)
    long_enough, sizes = mask_of(pc.greater_equal(letters, _LEAST_LETTERS)), mask_of(spaces) + 1
    found = []
    for size in range(2, _MOST_WORDS + 1):
        lists = pc.split_pattern(names.filter(pa.array(long_enough & (sizes == size))), " ")
        words = [pc.list_element(lists, place) for place in range(size)]
        space = pa.scalar(" ", names.type)
        found += [pc.binary_join_element_wise(*words[cut:], *words[:cut], space) for cut in range(size)]
    return found


def mails(searched: SearchedValues) -> tuple[pa.Array, pa.Array]:
    """The words of each address up to its domain's first label, but of those that say no more than a function; and the
    words before the sign run together, where they identify somebody without it: those of a mailbox ("recharge") do not,
    nor does one word alone, which may be a firm's."""
    places = np.flatnonzero(searched.are([Kind.EMAIL]))
    is_plain = mask_of(pc.match_substring_regex(searched.plain.take(pa.array(places)), _PLAIN_ADDRESS))
    plain, others = (pa.array(places[some]) for some in (is_plain, ~is_plain))
    taken = [
        _at_the_sign(searched.plain.take(plain), searched.folded.take(plain)),
        _one_by_one(searched.plain.take(others).to_pylist(), searched.folded.take(others).to_pylist()),
    ]
    phrases, alone = zip(*(_of_addresses(local, labels) for local, labels in taken), strict=True)
    return pa.concat_arrays(phrases), pa.concat_arrays(alone)


def _at_the_sign(values: pa.Array, folded: pa.Array) -> tuple[Words, Words]:
    """The words before and after the sign of addresses in ASCII with no hyphen in their domain."""
    words = Words.of(folded)
    domains = pc.list_element(pc.split_pattern(values, "@", max_splits=1), 1) if len(values) else values
    labels = mask_of(pc.count_substring(domains, ".")).astype(np.int64) + 1
    counts = words.counts()
    place = np.arange(len(words.text)) - (np.cumsum(counts) - counts)[words.text]
    is_label = place >= (counts - labels)[words.text]
    return words.where(~is_label), words.where(is_label)


def _one_by_one(values: Sequence[str], forms: Sequence[str]) -> tuple[Words, Words]:
    """The same of any addresses, and of what is none although its field says so."""
    pairs = list(map(_local_and_domain, values, forms))
    local, labels = (pa.array([pair[side] for pair in pairs], pa.large_string()) for side in (0, 1))
    return Words.of(local), Words.of(labels)


def _local_and_domain(value: str, form: str) -> tuple[str, str]:
    if value.isascii() and "-" not in value[value.rfind("@") :]:
        words, size = form.split(), value.count(".", value.rfind("@")) + 1
        return " ".join(words[:-size]), " ".join(words[-size:])
    local, _, domain = value.strip().rpartition("@")
    return fold(local).decode(), fold(domain).decode()


def _of_addresses(local: Words, labels: Words) -> tuple[pa.Array, pa.Array]:
    """The phrases of addresses, and the words of some run together."""
    parts = local.where(~are_among(local.words, BETWEEN))
    labels = labels.where(~are_among(labels.words, BETWEEN))
    counts, letters = parts.counts(), parts.letters()
    has_number = parts.counts(mask_of(pc.match_substring_regex(parts.words, "^[0-9]+$"))) > 0
    identifies = (counts > 1) | has_number | (letters >= _LONG_ENOUGH)
    is_plain = parts.counts(are_among(parts.words, COMMON)) == counts
    are_given = parts.counts(are_among(parts.words, FIRST_NAMES)) == counts
    are_looked_for = (labels.counts() > 0) & identifies & ~is_plain & ~are_given
    parts, labels = parts.in_texts(are_looked_for), labels.in_texts(are_looked_for)
    phrases = pc.binary_join_element_wise(parts.joined(), labels.firsts(), pa.scalar(" ", parts.words.type))
    return phrases, parts.joined("").filter(pa.array(_identify_without_domain(parts)))


def _identify_without_domain(parts: Words) -> Mask:
    identifies: Mask = parts.counts() > 1
    for expression in ("[0-9]", _BEGINS_WITH_A_NAME):
        others = parts.in_texts(~identifies).joined("")
        identifies[~identifies] = mask_of(pc.match_substring_regex(others, expression))
    return identifies & ~are_mailboxes(parts)


def numbers(searched: SearchedValues) -> pa.Array:
    """The last nine digits of everybody's telephones and other long numbers."""
    found = _digits_of(searched, np.flatnonzero(searched.are([Kind.PHONE, Kind.OTHER])))
    long_enough = found.filter(pc.greater_equal(pc.binary_length(found), _SHORTEST_NUMBER))
    return pc.utf8_slice_codeunits(long_enough, -9)


def written(searched: SearchedValues) -> pa.Table:
    """What somebody may have hashed, as it is kept, with the code of its kind: addresses of mail and long numbers."""
    is_number = searched.are([Kind.PHONE, Kind.OTHER])
    places = np.flatnonzero(is_number)
    is_number[places] = mask_of(pc.greater_equal(pc.binary_length(_digits_of(searched, places)), _SHORTEST_NUMBER))
    chosen = np.flatnonzero(searched.are([Kind.EMAIL]) | is_number)
    return pa.table([pa.array(searched.kinds[chosen]), searched.plain.take(pa.array(chosen))], schema=WRITTEN)


def _digits_of(searched: SearchedValues, places: Numbers) -> pa.Array:
    return pc.replace_substring_regex(searched.folded.take(pa.array(places)), "[^0-9]", "")
