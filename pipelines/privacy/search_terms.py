"""What to look for in a row, given the personal values of its record.

Belongs here: turning personal values into probes, and trying them on a row's folded forms. Does not: tables, files.

A probe is a cheap key (one substring search) and, when the key alone proves nothing, the forms of which one has to
follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from pipelines.privacy.kinds import CIVILITIES, COMMON, FIRST_NAMES, Kind
from pipelines.privacy.normalisation import compact, digits, fold
from pipelines.privacy.organisations import names_an_organisation
from pipelines.privacy.plain_words import is_a_mailbox

WORDS, COMPACT, DIGITS, TEXT = 0, 1, 2, 3
Needle = tuple[int, bytes]
Forms = tuple[bytes, bytes, bytes, bytes]
"""Of a row or a cell: its words (folded, a separator at both ends of each cell), its letters run together, its digits,
and its text in lower case, which is empty where nobody needs it."""


class Probe(NamedTuple):
    """`key` is sought in form number `form`; then, if `spell` is given, one of the needles that it spells out.

    `word` is set when the probe is one single word, which the row's own place names may explain.
    """

    kind: Kind
    form: int
    key: bytes
    spell: Callable[[], Iterable[Needle]] | None = None
    word: bytes | None = None

    def hits(self, forms: Forms) -> bool:
        if self.key not in forms[self.form]:
            return False
        return self.spell is None or any(needle in forms[form] for form, needle in self.spell())


def probes(values: Iterable[tuple[Kind, str, bytes]]) -> list[Probe]:
    """The probes of one record's personal values, given as (kind, unmasked value, folded form)."""
    found: list[Probe] = []
    named: dict[Kind, list[list[bytes]]] = {}
    for kind, value, form in values:
        found += probes_of_value(kind, value, form)
        if kind is Kind.FIRST_NAME or (kind is Kind.NAME and not _of_an_organisation(value, form)):
            named.setdefault(kind, []).append(name_words(form))
    if len(named) == 2:
        for given in named[Kind.FIRST_NAME]:
            for family in named[Kind.NAME]:
                if given and family and given[0] not in family:
                    found.append(_full_name(given + family, len(given)))
                    found += _half_names(given, family)
    return found


def probes_of_value(kind: Kind, value: str, folded: bytes) -> list[Probe]:
    """The probes of one unmasked value; none when it identifies nobody by itself."""
    maker = _MAKERS.get(kind)
    if maker is None:
        return []
    made = maker(value, folded)
    if not made and len(folded) <= 2 and re.search(r"[^\W\d_]", value):
        made = [Probe(kind, TEXT, value.strip().lower().encode())]  # a script that folding leaves nothing of
    return made


def name_words(folded: bytes) -> list[bytes]:
    """The words of a folded name, civility left out."""
    return [word for word in folded.split() if word not in _CIVILITIES]


def rotations(words: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """Every order in which first names and last names may be written: each cut, second part first."""
    return list(dict.fromkeys((*words[cut:], *words[:cut]) for cut in range(len(words))))


PARTICLES = frozenset((b"de", b"du", b"des", b"la", b"le", b"les", b"ben", b"van", b"von", b"der", b"den", b"dos"))
_CIVILITIES = frozenset(word.encode() for word in CIVILITIES)
_SIGNS = (b"", b"at", b"a", b"arobase", b"arrobase", b"arobas", b"chez")


def _email(value: str, folded: bytes) -> list[Probe]:
    local, _, domain = value.strip().partition("@")
    words, size = folded.split(), domain.count(".") + 1
    parts, labels = words[:-size], words[-size:]
    if len(parts) + len(labels) != len(words) or "-" in domain or not domain.isascii():
        parts, labels = fold(local).split(), fold(domain).split()
    if not parts or not labels:
        return []
    return [Probe(Kind.EMAIL, COMPACT, max(parts, key=len), partial(_email_needles, parts, labels[0]))]


def _email_needles(parts: list[bytes], label: bytes) -> Iterable[Needle]:
    says_nobody = is_a_mailbox(parts)
    for joined in (dot.join(parts) for dot in (b"", b"point", b"dot")):
        for sign in _SIGNS:
            yield COMPACT, joined + sign + label
        if len(joined) >= 8 and not says_nobody and (len(parts) > 1 or digits(joined)):
            yield COMPACT, joined


def _phone(value: str, _folded: bytes) -> list[Probe]:
    number = digits(value.encode("ascii", "ignore"))
    return [Probe(Kind.PHONE, DIGITS, number[-9:])] if len(number) >= 8 else _short_number(Kind.PHONE, number)


def _short_number(kind: Kind, number: bytes) -> list[Probe]:
    """Five to seven digits: too few to be sought among other digits, enough as a word."""
    return [Probe(kind, WORDS, b" " + number + b" ")] if len(number) >= 5 else []


_MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
_DAY = re.compile(r"(?P<y>\d{4})\D?(?P<m>\d\d)\D?(?P<d>\d\d)|(?P<d2>\d{1,2})\D(?P<m2>\d{1,2})\D(?P<y2>\d{4})")


def _birth(value: str, folded: bytes) -> list[Probe]:
    match = _DAY.search(value)
    if match is None:
        return _other(value, folded)
    year, month, day = (int(match[name] or match[name + "2"]) for name in ("y", "m", "d"))
    try:
        born = date(year, month, day)
    except ValueError:
        return _other(value, folded)
    short = Probe(Kind.BIRTH, WORDS, f" {born:%d %m %y} ".encode())
    return [Probe(Kind.BIRTH, WORDS, f"{born.year}".encode(), partial(_birth_needles, born)), short]


def _birth_needles(born: date) -> Iterable[Needle]:
    month = _MONTHS[born.month - 1]
    texts = [
        f"{born:%Y %m %d}",
        f"{born:%d %m %Y}",
        f"{born:%d%m%Y}",
        f"{born:%Y%m%d}",
        f"{born:%d} {month} {born.year}",
    ]
    texts += [f"{born.year} {born.month} {born.day}", f"{born.year} {month} {born.day}"]
    texts += [f"{born.day} {month} {born.year}", f"{born.day} {born.month} {born.year}", f"1er {month} {born.year}"]
    for text in texts if born.day == 1 else texts[:-1]:
        yield WORDS, f" {text} ".encode()
    yield WORDS, f" {born:%Y %m %d}t".encode()  # an instant: the hour is glued to the day


def _full_name(words: list[bytes], given: int) -> Probe:
    """The probe of a name of several words, of which the first `given` are first names (0: not known)."""
    return Probe(Kind.NAME, COMPACT, max(words[given:], key=len), partial(_name_needles, words, given))


def _name_needles(words: list[bytes], given: int) -> Iterable[Needle]:
    for order in rotations(words):
        yield WORDS, b" " + b" ".join(order) + b" "
        if len(b"".join(words)) >= 8:
            yield COMPACT, b"".join(order)
    family = words[given:]
    if given and len(b"".join(family)) >= 3:
        initials = [word[:1] for word in words[:given]]
        for initial in (initials[:1], initials):
            for written in ((*initial, *family), (*family, *initial)):
                yield WORDS, b" " + b" ".join(written) + b" "


def _half_names(given: list[bytes], family: list[bytes]) -> list[Probe]:
    """Of a surname of several words, each one beside the first name or its initial: "S. Durand" of Durand-Kermarec."""
    halves = [word for word in family if len(word) >= 3 and word not in PARTICLES and word.decode() not in FIRST_NAMES]
    return [Probe(Kind.NAME, COMPACT, half, partial(_half_needles, given, half)) for half in halves if len(family) > 1]


def _half_needles(given: list[bytes], half: bytes) -> Iterable[Needle]:
    firsts = [given, given[:1], [b"".join(word[:1] for word in given)], [word[:1] for word in given], [given[0][:1]]]
    for first in dict.fromkeys(map(tuple, firsts)):
        for written in ((*first, half), (half, *first)):
            yield WORDS, b" " + b" ".join(written) + b" "
        if len(b"".join(first)) > 2 and len(b"".join((*first, half))) >= 8:
            yield COMPACT, b"".join((*first, half))
            yield COMPACT, b"".join((half, *first))


def _word(kind: Kind, word: bytes, *, shortest: int) -> list[Probe]:
    if word.decode() in COMMON:
        return []
    if len(word) < shortest:
        return _whole_cell(kind, word)
    return [Probe(kind, WORDS, b" " + word + b" ", word=word)]


def _whole_cell(kind: Kind, folded: bytes) -> list[Probe]:
    """A value that is nothing by itself in a sentence is still somebody's when it fills a cell."""
    if len(folded) < 2 or folded.decode() in COMMON:
        return []
    return [Probe(kind, WORDS, b"\x1f " + folded + b" \x1f", word=folded)]


def _of_an_organisation(value: str, folded: bytes) -> bool:
    return names_an_organisation(value, folded.decode().split())


def _name(value: str, folded: bytes) -> list[Probe]:
    words = name_words(folded)
    if not words or _of_an_organisation(value, folded):
        return []
    if len(words) == 1:
        return _word(Kind.NAME, words[0], shortest=3)
    given = sum(1 for word in words if word.decode() in FIRST_NAMES)
    family = [word for word in words if word.decode() not in FIRST_NAMES]
    leading = [word for word in words if word.decode() in FIRST_NAMES] + family
    found = [_full_name(leading, given if given < len(words) else 0)]
    if 0 < given < len(words) - 1:
        found += _half_names(leading[:given], family)
    if given and len(family) == 1:
        found += _word(Kind.NAME, family[0], shortest=4)
    return found


def _first_name(_value: str, folded: bytes) -> list[Probe]:
    return _whole_cell(Kind.FIRST_NAME, folded.strip())


_ABBREVIATIONS = {
    b"rue": (b"r",), b"avenue": (b"av", b"ave"), b"boulevard": (b"bd", b"bld", b"blvd"), b"place": (b"pl",),
    b"chemin": (b"ch", b"che"), b"allee": (b"all",), b"route": (b"rte",), b"impasse": (b"imp",), b"faubourg": (b"fg",),
}  # fmt: skip
_LONG = {short: long for long, shorts in _ABBREVIATIONS.items() for short in shorts}
ABBREVIATED = frozenset((*_ABBREVIATIONS, *_LONG))
_OFFICES = frozenset((b"mairie", b"hotel", b"prefecture", b"bp", b"cs"))


def _address(_value: str, folded: bytes) -> list[Probe]:
    words = folded.split()
    postal = next(
        (place for place, word in enumerate(words) if place and len(word) == 5 and word.isdigit()), len(words)
    )
    street = words[:postal]
    if _OFFICES.intersection(street) or len(street) < 2 or len(b"".join(street)) < (6 if street[0].isdigit() else 8):
        return []
    key = max((word for word in street if word not in ABBREVIATED), key=len, default=street[-1])
    return [Probe(Kind.ADDRESS, WORDS, b" " + key + b" ", partial(_address_needles, street))]


def _address_needles(street: list[bytes]) -> Iterable[Needle]:
    spellings = [street]
    for place, word in enumerate(street):
        others = (*_ABBREVIATIONS.get(word, ()), *((_LONG[word],) if word in _LONG else ()))
        spellings += [[*street[:place], other, *street[place + 1 :]] for other in others]
    for words in spellings:
        yield WORDS, b" " + b" ".join(words) + b" "
        number, name = _numbered(words)
        if number and len(b"".join(name)) >= 6:  # "avenue des Lilas, 12 bis"
            for sign in ((), (b"n",), (b"no",), (b"numero",), (b"au",)):
                yield WORDS, b" " + b" ".join((*name, *sign, *number)) + b" "
    if len(b"".join(street)) >= 12:
        yield COMPACT, b"".join(street)
        number, name = _numbered(street)
        if number:
            yield COMPACT, b"".join((*name, *number))


def _numbered(street: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The number of a street's address, "bis" with it, and the street; no number where it does not begin with one."""
    if not street or not street[0][:1].isdigit():
        return [], street
    size = 2 if len(street) > 1 and street[1] in (b"bis", b"ter", b"quater", b"a", b"b", b"c", b"d") else 1
    return street[:size], street[size:]


SHINGLE, STEP = 8, 4


def _text(value: str, folded: bytes) -> list[Probe]:
    """A person's own words: any run of `SHINGLE` of them, tried every `STEP` (so any run of eleven is found)."""
    words = folded.split()
    if len(words) < SHINGLE:
        return [Probe(Kind.TEXT, WORDS, b" " + b" ".join(words) + b" ")] if len(words) > 2 and len(value) > 14 else []
    return [Probe(Kind.TEXT, WORDS, b" ", partial(_text_needles, words))]


def _text_needles(words: list[bytes]) -> Iterable[Needle]:
    return ((WORDS, run) for run in shingles(words))


def shingles(words: list[bytes]) -> Iterable[bytes]:
    """The runs of words that a text is known by; a text of fewer words is one run."""
    for start in (*range(0, len(words) - SHINGLE, STEP), max(0, len(words) - SHINGLE)):
        yield b" " + b" ".join(words[start : start + SHINGLE]) + b" "


def _other(value: str, folded: bytes) -> list[Probe]:
    folded = folded.strip()
    joined = compact(folded)
    number = digits(folded)
    if number == joined:
        return [Probe(Kind.OTHER, DIGITS, number)] if len(number) >= 8 else _short_number(Kind.OTHER, number)
    if number:
        return [Probe(Kind.OTHER, COMPACT, joined)] if len(joined) >= 6 else []
    if _of_an_organisation(value, folded):
        return []
    if b" " in folded:
        return [Probe(Kind.OTHER, WORDS, b" " + folded + b" ")] if len(joined) >= 8 else _whole_cell(Kind.OTHER, folded)
    return _word(Kind.OTHER, folded, shortest=5)


_MAKERS: dict[Kind, Callable[[str, bytes], list[Probe]]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.BIRTH: _birth,
    Kind.ADDRESS: _address,
    Kind.FIRST_NAME: _first_name,
    Kind.NAME: _name,
    Kind.TEXT: _text,
    Kind.OTHER: _other,
}
