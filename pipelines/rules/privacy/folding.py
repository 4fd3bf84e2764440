"""Forms of a text in which a personal value shows, however it was dressed up.

Belongs here: undoing disguises (entities, percent-encoding, look-alike letters, invisible characters) and the folded
forms in which two spellings of one value are equal. Does not: saying what is personal.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

CELL = "\x1f"  # stands between two cells of a row, so that no value is found across them

# Letters of other scripts that a reader takes for Latin ones (Unicode's confusables, the subset that spells names).
_LOOKALIKES = dict(
    zip(
        "аеорсхуіѕјһԁԛԝкмтнвгпАВЕКМНОРСТХУЅІЈαονρεικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսıɑɡⓐ",
        "aeopcxyisjhdqwkmthbrnABEKMHOPCTXYSIJaovpeiktuxABEZHIKMNOPTYXonsiag@",
        strict=True,
    )
)
_INVISIBLE = [0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
_INVISIBLE += [0xFEFF, *range(0xFE00, 0xFE10)]
_ZEROS = (0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50)
_DIGITS = {zero + value: str(value) for zero in _ZEROS for value in range(10)}
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-")
_UNMASK: dict[int, str | None] = {
    **{ord(key): value for key, value in _LOOKALIKES.items()},
    **_DIGITS,
    **_DASHES,
    **dict.fromkeys(_INVISIBLE),
}
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")

# RE2: anything that `unmask` may change. What is left out is what French texts are full of and that changes nothing.
DISGUISED = (
    "[^\\x00-\\x7F\u00a0-\u00ac\u00ae-\u00b1\u00b4-\u00b8\u00bb-\u017f\u2018-\u201f\u2022\u2026\u202f\u20ac\u2013\u2014]"
    r"|%[0-9a-fA-F]{2}|&#?[0-9A-Za-z]+;|\\u[0-9a-fA-F]{4}"
)
_DISGUISED = re.compile(DISGUISED)


# Latin-1 but what `unmask` may change: most texts are told clean by one look at their bytes.
_CLEAN = bytes(code for code in range(256) if code not in b"%&\\\xa8\xaa\xad\xaf\xb2\xb3\xb4\xb8\xb9\xba\xbc\xbd\xbe")


def unmask(text: str) -> str:
    """`text` as a reader understands it: entities, escapes and percent-encoding decoded, look-alikes made Latin, digits
    of other scripts made Arabic, invisible characters gone. Case, accents and punctuation stay."""
    try:
        is_clean = not text.encode("latin-1").translate(None, _CLEAN)
    except UnicodeEncodeError:
        is_clean = not _DISGUISED.search(text)
    if is_clean:
        return text if text.isascii() else text.replace("\u00a0", " ").replace("\u202f", " ")
    for _ in range(3):  # %2540 is %40 is @
        before = text
        if "&" in text:
            text = html.unescape(text)
        if "%" in text and _PERCENT.search(text):
            text = unquote(text)
        if "\\u" in text:
            text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        if text == before or not any(sign in text for sign in "%&\\"):
            break
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_UNMASK)).translate(_UNMASK)


def _word_byte(code: int) -> int:
    """What a byte of Latin-1 is in a folded text: a letter without its accent, a digit, a cell separator, or a
    space."""
    letter = unicodedata.normalize("NFKD", chr(code)).replace("ø", "o").replace("Ø", "o")[0].lower()
    return ord(letter) if letter in "abcdefghijklmnopqrstuvwxyz0123456789" + CELL else 0x20


_WORDS = bytes(_word_byte(code) for code in range(256))
_NOT_DIGITS = bytes(code for code in range(256) if chr(code) not in "0123456789" + CELL)
_SPELLINGS = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("ß", "ss"), ("ł", "l"), ("ø", "o"), ("Ø", "o"))
_PUNCTUATION = tuple((mark, " ") for mark in "’‘–—“”•«»")


def fold(text: str) -> bytes:
    """`text` without case, accents or punctuation: words of `a-z0-9` separated by one space, a space at both ends.

    Disguises are not undone: pass `unmask(text)`. A cell separator in it is a space.
    """
    return b" " + b" ".join(_plain(text.replace(CELL, " ")).split()) + b" "


def fold_all(texts: Sequence[str]) -> list[bytes]:
    """`fold` of each text, in one go: what is costly is entering Python for each."""
    plain = _plain(CELL.join(texts)).split(b"\x1f") if texts else []
    if len(plain) != len(texts):  # a text with a separator of its own
        return [fold(text) for text in texts]
    return [b" " + b" ".join(text.split()) + b" " for text in plain]


def _plain(text: str) -> bytes:
    """Letters without case or accents, digits, separators; a space for each other character of Latin-1."""
    try:
        plain = text.encode("latin-1")
        if b"\xe6" in plain or b"\xc6" in plain or b"\xdf" in plain:
            plain = _without_marks(text)
    except UnicodeEncodeError:
        plain = _without_marks(text)
    return plain.translate(_WORDS)


def _without_marks(text: str) -> bytes:
    for old, new in (*_PUNCTUATION, *_SPELLINGS):
        text = text.replace(old, new)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", text).encode("ascii", "ignore")


def compact(folded: bytes) -> bytes:
    """A folded text with its spaces gone: letters and digits run together, cell separators kept."""
    return folded.translate(None, b" ")


def digits(folded: bytes) -> bytes:
    """The digits of a folded text, run together, cell separators kept."""
    return folded.translate(None, _NOT_DIGITS)
