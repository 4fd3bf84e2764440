"""The ways in which a text may be understood: unmasked, without its tags, spaced letters joined, base64 and
hexadecimal decoded.

Belongs here: reading, one text or many at a time. Does not: looking for anything in what was read (`sifting.py`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.normalisation import DISGUISED, unmask

LONGEST, OVERLAP = 4000, 400
WORD = 80  # characters: a longer run of letters and digits is no word, and may be cut anywhere
_WIDE = re.compile(r"\s{4,}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_APART = re.compile(r"(?<!\w)(?:(?:[\w.@+-] ){7,}[\w.@+-]|(?:\w[.·•_-]){7,}\w)(?!\w)")
_SPACES = re.compile(r"[ ·•]|(?<=\w)[._-](?=\w)")
_CUT = re.compile(r"(?<=\w)-[ \t]*\r?\n\s*(?=\w)")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{16,}|[A-Za-z0-9+/]{11,}={1,2})(?![A-Za-z0-9+/])")
# RE2: what has more than one reading (disguises, tags, letters apart, base64).
READ_OTHERWISE = (
    r"<[A-Za-z/]|[A-Za-z0-9+]{20}|[A-Za-z0-9+/]{11,}="
    r"|(?: [^ ]){7} |(?:[._-][^ ._-]){7}|(?:[·•][^ ·•]){7}|-[ \t\r]*\n"
)

# Letters and signs that `unmask` leaves as they are, but for no-break spaces and, sometimes, dashes.
_SIMPLE = r"\t\n\r -~\x{a0}\x{a7}\x{ab}\x{b0}\x{b7}\x{bb}À-ÂÄ-ÿŒœ–—‘’“”\x{202f}€"
_TO_UNMASK = rf"[^{_SIMPLE}]|{DISGUISED}"
_NO_BREAK = r"[\x{a0}\x{202f}]"
_ENTERED = r"[%&=\\]"
"""With one of these, and no U+202F, `unmask` also makes a hyphen of each dash."""
SPACE = r"[\s\x{b}\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
_ALONE = rf"{SPACE}{{4}}|-[ \t]*\r?\n|(?:[^ ] ){{7}}|(?:[^ ][._·•-]){{7}}"
"""Wide gaps, words cut in two, letters apart: what `readings` enters each text for, once it is unmasked."""
_HAS_TAG = r"</?[A-Za-z][^<>]*>"
_MAY_BE_BASE64 = r"[A-Za-z0-9+/]{16}|[A-Za-z0-9+/]{11,}="
FEW = 50  # texts: read faster one by one than expressions are compiled


def readings_together(texts: pa.Array) -> list[tuple[str, ...]]:
    """`readings` of each of many texts. Most are simple, lines of pages above all: they are read as whole columns."""
    if len(texts) <= FEW:
        return list(map(readings, texts.to_pylist()))
    plain = _unmasked_together(texts)
    alone = pc.match_substring_regex(plain, _ALONE)
    simple = _simply_read(plain.filter(pc.invert(alone)))
    pairs = zip(texts.to_pylist(), alone.to_pylist(), strict=True)
    return [readings(text) if is_alone else next(simple) for text, is_alone in pairs]


def _unmasked_together(texts: pa.Array) -> pa.Array:
    """`unmask` of each text."""
    plain = pc.replace_substring_regex(texts, _NO_BREAK, " ")
    entered = pc.and_(pc.match_substring_regex(texts, _ENTERED), pc.invert(pc.match_substring(texts, "\u202f")))
    plain = pc.if_else(entered, pc.replace_substring_regex(plain, "[–—]", "-"), plain)
    masked = pc.match_substring_regex(texts, _TO_UNMASK)
    unmasked = list(map(unmask, texts.filter(masked).to_pylist()))
    return pc.replace_with_mask(plain, masked, pa.array(unmasked, plain.type))


def _simply_read(plain: pa.Array) -> Iterator[tuple[str, ...]]:
    """The readings of unmasked texts that are not to be read alone: as they are, without tags, decoded."""
    tagged = pc.match_substring_regex(plain, _HAS_TAG)
    stripped = iter(pc.replace_substring_regex(plain.filter(tagged), _HAS_TAG, "").to_pylist())
    encoded = pc.match_substring_regex(plain, _MAY_BE_BASE64)
    for text, has_tag, may_be in zip(plain.to_pylist(), tagged.to_pylist(), encoded.to_pylist(), strict=True):
        read = (text, next(stripped)) if has_tag else (text,)
        yield (*read, *filter(None, map(_decoded, _BASE64.findall(text)))) if may_be else read


@lru_cache(maxsize=16_384)  # asked for by the patterns, then by the search for everybody's values
def readings(text: str) -> tuple[str, ...]:
    """The ways in which a text may be understood: unmasked; without tags; spaced letters joined; base64 decoded."""
    return tuple(_readings(text))


def _readings(text: str) -> Iterator[str]:
    plain = _plain(text)
    yield plain
    if "<" in plain and _TAG.search(plain):
        yield _TAG.sub("", plain)
    if sum(map(plain.count, " ._-·•")) >= 7 and _APART.search(plain):
        yield _APART.sub(_together, plain)
    if "\n" in plain and _CUT.search(plain):
        yield _CUT.sub("", plain)
    for token in _BASE64.findall(plain):
        decoded = _decoded(token)
        if decoded:
            yield decoded


def _plain(text: str) -> str:
    """A text unmasked, its wide gaps narrowed: nobody reads a gap of a thousand spaces otherwise than one of three."""
    plain = unmask(text)
    return _WIDE.sub(lambda gap: "\n" if "\n" in gap[0] else "   ", plain) if len(plain) > 8 else plain


def pieces(reading: str) -> Iterator[str]:
    """A reading in pieces of about `LONGEST`, which overlap: whatever a pattern costs, it costs it once a piece.

    No piece begins or ends within a word: "nes", left of "éoliennes", would be read as "née(s)".
    """
    if len(reading) <= LONGEST:
        yield reading
        return
    for start in range(0, len(reading) - OVERLAP, LONGEST - OVERLAP):
        yield reading[_word_start(reading, start) : _word_end(reading, start + LONGEST)]


def _word_start(text: str, place: int) -> int:
    """Where the word that a place is in begins, at most `WORD` characters before; else the place itself."""
    for start in range(place, max(place - WORD, 0), -1):
        if not (text[start - 1].isalnum() and text[start].isalnum()):
            return start
    return 0 if place <= WORD else place


def _word_end(text: str, place: int) -> int:
    """Where the word that a place is in ends, at most `WORD` characters after; else the place itself."""
    for end in range(place, min(place + WORD, len(text))):
        if not (text[end - 1].isalnum() and text[end].isalnum()):
            return end
    return place


def _together(match: re.Match[str]) -> str:
    return match[0].replace(" ", "") if " " in match[0] else _SPACES.sub("", match[0])


@lru_cache(maxsize=16_384)  # the same addresses of pages, on each line that has them
def _decoded(token: str) -> str | None:
    """A token in base64 or in hexadecimal as text, when it is one: printable, and long enough to hold an address."""
    decoders: tuple[Callable[[str], bytes], ...] = (_of_base64, bytes.fromhex)
    for decode in decoders:
        try:
            text = decode(token).decode("utf-8")
        except ValueError:  # of another alphabet or length, no UTF-8
            continue
        if len(text) >= 8 and text.isprintable():
            return unmask(text)
    return None


def _of_base64(token: str) -> bytes:
    return base64.b64decode(token + "=" * (-len(token) % 4), validate=True)
