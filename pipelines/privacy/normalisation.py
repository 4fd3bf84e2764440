"""Forms of a text in which a personal value shows, however it was dressed up.

Belongs here: undoing disguises (entities, percent-encoding, look-alike letters, invisible characters) and the folded
forms in which two spellings of one value are equal. Does not: saying what is personal.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

CELL, ROW = "\x1f", "\x1e"  # between two cells, two rows: no value is found across them
NO_NUMBER = f"[^0-9etz{CELL}]"
"""A sign that the folded words of no finite number, date or instant have."""

# Letters of other scripts that a reader takes for Latin ones (Unicode's confusables, the subset that spells names).
_LOOKALIKES = dict(
    zip(
        "аеорсхуіѕјһԁԛԝкмтнвгпАВЕКМНОРСТХУЅІЈαονρεικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսıɑɡⓐ",
        "aeopcxyisjhdqwkmthbrnABEKMHOPCTXYSIJaovpeiktuxABEZHIKMNOPTYXonsiag@",
        strict=True,
    )
)
_LOOKALIKES |= dict(zip("ᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghjklmnoprstuvwyz", strict=True))
_INVISIBLE = [0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
_INVISIBLE += [0xFEFF, *range(0xFE00, 0xFE10)]
# Blanks of Braille and Hangul, the frame of a keycap, tags and more selectors, marks of annotations.
_INVISIBLE += [0x2800, 0x3164, 0x115F, 0x1160, 0xFFA0, 0x17B4, 0x17B5, 0x20E3, *range(0xFFF9, 0xFFFC)]
_INVISIBLE += [*range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0)]
# The zeros of every script whose digits NFKC leaves as they are.
_ZEROS = (
    *(0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50),
    *(0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50),
    *(0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0),
    *(0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60),
    *(0x16AC0, 0x16B50, 0x1E140, 0x1E2F0, 0x1E950),
)
_DIGITS = {zero + value: str(value) for zero in _ZEROS for value in range(10)}
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-")
_UNMASK: dict[int, str | None] = {
    **{ord(key): value for key, value in _LOOKALIKES.items()},
    **_DIGITS,
    **_DASHES,
    0x3002: ".",  # the ideographic full stop, which names of domains take for a dot (RFC 3490)
    **dict.fromkeys(_INVISIBLE),
}
_MASKS = frozenset(map(chr, _UNMASK))
"""Looked for in a set: signs beyond U+FFFF make of an expression a list, which is gone through for each letter."""
_ESCAPE = re.compile(r"[\\%]u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_PRINTABLE = re.compile(r"=C3=([89AB][0-9A-F])")  # accents in quoted-printable
_MOJIBAKE = re.compile(r"Ã[^\x00-\x7F]")  # accents in UTF-8 that was read as Windows-1252
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")

# RE2: anything that `unmask` may change. What is left out is what French texts are full of and that changes nothing.
DISGUISED = (
    "[^\\x00-\\x7F\u00a0-\u00ac\u00ae-\u00b1\u00b4-\u00b8\u00bb-\u017f\u2018-\u201f\u2022\u2026\u202f\u20ac\u2013\u2014]"
    r"|%u?[0-9a-fA-F]{2}|&#?[0-9A-Za-z]+|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|=C3=[89AB][0-9A-F]|Ã[^\x00-\x7F]"
)
_DISGUISED = re.compile(DISGUISED)
ENTERED = (b"%", b"&", b"\\", b"=")
"""Signs of which a disguise in ASCII has one."""


# Windows-1252 but what `unmask` may change: most texts are known to be clean by one look at their bytes.
_CHANGED = b"%&=\\\xc3\xa8\xaa\xad\xaf\xb2\xb3\xb4\xb8\xb9\xba\xbc\xbd\xbe" + "ƒ†‡ˆ‰‹›˜™".encode("cp1252")
_CLEAN = bytes(code for code in range(256) if code not in _CHANGED)


def unmask(text: str) -> str:
    """`text` as a reader understands it: entities, escapes and percent-encoding decoded, look-alikes made Latin, digits
    of other scripts made Arabic, invisible characters gone. Case, accents and punctuation stay."""
    try:
        is_clean = not text.encode("cp1252").translate(None, _CLEAN)
    except UnicodeEncodeError:
        is_clean = not _DISGUISED.search(text)
    if is_clean:
        return text if text.isascii() else text.replace("\u00a0", " ").replace("\u202f", " ")
    return _in_latin_letters(_decoded(text))


def unmask_all(texts: Sequence[str]) -> list[str]:
    """`unmask` of each text, escapes decoded in one go: nothing is read across a line that holds but `ROW`."""
    decoded = _decoded(_BETWEEN.join(texts))
    if decoded.count(ROW) >= len(texts):  # a text with a separator of its own, written out or encoded
        return list(map(unmask, texts))
    return list(map(_in_latin_letters, decoded.split(_BETWEEN)))


_BETWEEN = f"\n{ROW}\n"


def _decoded(text: str) -> str:
    """Entities, percent-encoding and escapes decoded, one within another."""
    for _ in range(3):  # %2540 is %40 is @
        before = text
        if "&" in text:
            text = html.unescape(text)
        if "%" in text:
            text = _PERCENT.sub(lambda match: _unquoted(match[0]), text)
        if "\\" in text or "%u" in text:
            text = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
        if text == before or not any(sign in text for sign in "%&\\"):
            break
    if "=C3=" in text:
        text = _PRINTABLE.sub(lambda match: chr(0x40 + int(match[1], 16)), text)
    return text


def _in_latin_letters(text: str) -> str:
    """Wrong encodings read again, look-alikes made Latin, invisible characters gone."""
    if text.isascii():
        return text
    if "Ã" in text:
        text = _MOJIBAKE.sub(_read_again, text)
    return _unmasked(unicodedata.normalize("NFKC", _unmasked(text)))


def _unmasked(text: str) -> str:
    """Look-alikes made Latin, invisible characters gone. Most texts have none, and a translation enters each letter."""
    return text if _MASKS.isdisjoint(text) else text.translate(_UNMASK)


@lru_cache(maxsize=4096)  # nearly all are "%20" and "%27"
def _unquoted(run: str) -> str:
    """A run of percent-encoded bytes: UTF-8, else Windows-1252, which older sites encode."""
    data = bytes.fromhex(run.replace("%", ""))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read_again(match: re.Match[str]) -> str:
    return match[0].encode("cp1252", "ignore").decode("utf-8", "ignore") or match[0]


def _word_byte(code: int) -> int:
    """What a byte of Windows-1252 is in a folded text: a letter without its accent, a digit, a separator, or a
    space."""
    parts = unicodedata.normalize("NFKD", bytes([code]).decode("cp1252", "replace"))
    letter = {"ø": "o", "Ø": "o"}.get(parts[0], parts[0]).lower()
    is_one = all(unicodedata.combining(mark) for mark in parts[1:])  # "™" and "½" are no letter
    return ord(letter) if is_one and letter in "abcdefghijklmnopqrstuvwxyz0123456789" + CELL + ROW else 0x20


_WORDS = bytes(_word_byte(code) for code in range(256))
_LATIN_WORDS = bytes(0x20 if 0x80 <= code < 0xA0 else byte for code, byte in enumerate(_WORDS))
"""The same of Latin-1, in which these codes are controls."""
_NOT_DIGITS = bytes(code for code in range(256) if chr(code) not in "0123456789" + CELL + ROW)
_TWO_LETTERS = tuple(
    (one.encode("cp1252"), two) for one, two in zip("œŒæÆß", (b"oe", b"oe", b"ae", b"ae", b"ss"), strict=True)
)
_TWO_LETTERS_LATIN = _TWO_LETTERS[2:]
_COMMON_SIGNS = (*((sign, " ") for sign in "’–—‘“”…€•\u202f"), ("œ", "oe"), ("Œ", "oe"))
"""What French texts have beyond Latin-1, and what is left of it: few texts have anything else."""
_OTHER_LETTERS = {"ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ħ": "h", "ı": "i"}  # that no decomposition leads back


@lru_cache(maxsize=4096)
def _plain_letters(character: str) -> str:
    """A character that Windows-1252 lacks: the letters under its marks, nothing for a mark or another script's letter,
    else a space."""
    letters = (
        _OTHER_LETTERS.get(character) or unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    )
    return letters or (
        "" if unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Lo", "Ll", "Lu", "Lm") else " "
    )


def _without_marks(error: UnicodeError) -> tuple[str, int]:
    """An error handler of `str.encode`."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_plain_letters, error.object[error.start : error.end])), error.end


codecs.register_error("arobase-without-marks", _without_marks)


def fold(text: str) -> bytes:
    """`text` without case, accents or punctuation: words of `a-z0-9` separated by one space, a space at both ends.

    Disguises are not undone: pass `unmask(text)`. A separator in it is a space.
    """
    return b" " + b" ".join(_plain(text.replace(CELL, " ").replace(ROW, " ")).split()) + b" "


def fold_all(texts: Sequence[str]) -> list[bytes]:
    """`fold` of each text, in one go: what is costly is entering Python for each. A text without words is one space."""
    joined = f" {CELL} ".join(texts)
    if joined.count(CELL) >= len(texts):  # a text with a separator of its own
        joined = f" {CELL} ".join(text.replace(CELL, " ") for text in texts)
    return fold_joined(joined).split(CELL.encode()) if texts else []


def fold_joined(joined: str) -> bytes:
    """`fold` of each of the texts between which a separator stands, in one go; between those in bytes it stands too."""
    return _single_spaced(_plain(f" {joined} ".replace(ROW, " ")))


def fold_rows(rows: Sequence[str]) -> list[bytes]:
    """Rows, their cells joined by `CELL`, folded in one go: a cell has a space and a separator at both ends."""
    joined = ROW.join(rows).replace(CELL, f" {CELL} ").replace(ROW, f" {CELL}{ROW}{CELL} ")
    return _single_spaced(_plain(f"{CELL} {joined} {CELL}")).split(ROW.encode()) if rows else []


def _single_spaced(plain: bytes) -> bytes:
    characters = np.frombuffer(plain, np.uint8)
    is_space = characters == ord(" ")
    is_kept = np.ones(len(characters), np.bool_)
    is_kept[np.flatnonzero(is_space[1:] & is_space[:-1]) + 1] = False
    return characters[is_kept].tobytes()


def _plain(text: str) -> bytes:
    """Letters without case or accents, digits, separators; a space for each character that is neither. Windows-1252 is
    what French texts are written in, their dashes and quotation marks included."""
    if text.isascii():
        return text.encode("ascii").translate(_WORDS)
    for sign, plain_sign in _COMMON_SIGNS:
        text = text.replace(sign, plain_sign)
    try:  # in a seventh of the time
        plain, others, words = text.encode("latin-1"), _TWO_LETTERS_LATIN, _LATIN_WORDS
    except UnicodeEncodeError:
        plain, others, words = text.encode("cp1252", "arobase-without-marks"), _TWO_LETTERS, _WORDS
    for one, two in others:
        if one in plain:
            plain = plain.replace(one, two)
    return plain.translate(words)


def compact(folded: bytes) -> bytes:
    """A folded text with its spaces gone: letters and digits run together, cell separators kept."""
    return folded.translate(None, b" ")


def compact_rows(joined: str) -> bytes:
    """`compact` of the folded rows between whose cells, and around them, separators stand."""
    return compact(_plain(joined))


def digits(folded: bytes) -> bytes:
    """The digits of a folded text, run together, cell separators kept."""
    return folded.translate(None, _NOT_DIGITS)
