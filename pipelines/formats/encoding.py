"""Text from bytes: the encoding that was declared, announced, or that the bytes show; never a silent replacement.

The order: what the description declares (another one is an error), a byte-order mark, UTF-8 where the bytes are, what
the server or the page announces, a detector kept by others; and of whatever is chosen, the text must be one that
somebody may have written (`plausible.py`). Doubt is reported, an improbable text is refused with the encoding that it
seems to be.
"""

from __future__ import annotations

import codecs
import re
import struct
from dataclasses import dataclass, field

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.errors import Damaged, ImprobableText, MixedEncodings, WrongEncoding
from pipelines.formats.plausible import IN_FRENCH, Plausibility, plausibility

MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 4096
FEW = 65_536
"""Bytes that are decoded faster than Arrow is asked."""
DETECTED = 200_000
ISO_8859 = ("iso8859-1", "iso8859-15")
_CONTROLS = re.compile(rb"[\x80-\x9f]")
SINGLE_BYTE = ("cp1252", "iso8859-1", "iso8859-15", "latin_1", "mac-roman", "cp850", "cp437")
# Read without being declared: what French software writes today. The others are named, and left to a person.
TRUSTED = ("cp1252", "iso8859-15")
NAMED = ("cp850", "mac-roman", "cp437", "cp1250")
# An HTTP server that says Latin-1 means Windows-1252, as browsers hold (WHATWG, Encoding, 4.2).
AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252"}
# The bytes that are a letter of French in ISO 8859-15 and a symbol in Windows-1252: € Š š Ž ž Œ œ Ÿ.
_OF_FIFTEEN = re.compile(rb"\xa4|[\xbc\xbd](?=[a-z\xe0-\xff])|(?<=[A-Za-z\xe0-\xff])[\xbc\xbd\xbe]")
# Where a few letters are French in two encodings, what is none in one of them: a capital beside no other (« Ècole »),
# a no-break space beside no digit.
_UNLIKELY = re.compile(r"(?<![A-ZÀ-ÖØ-Þ])[À-ÖØ-ÞŒŸ](?![A-ZÀ-ÖØ-Þ])|(?<![0-9])\xa0(?![0-9])")
UNKNOWN = Said("inconnu", "unknown")
FEWEST = 8
"""The letters beyond ASCII that a detector's opinion needs to be worth reporting."""
IMPROBABLE = 0.05
"""The share of improbable letters above which a text is refused; `options.improbable_text` sets another."""
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Decoded:
    """A text in UTF-8 without a mark, the encoding that it was in, and what is to be reported of it."""

    data: bytes
    encoding: str
    notices: list[Said] = field(default_factory=list)


def decoded(content: Content, *, within: str | None = None) -> Decoded:
    """The text of a file. `within`: the encoding that the document itself announces (`<meta charset>`).

    Raises `WrongEncoding`, `ImprobableText`, `MixedEncodings`, and `Damaged` for a file cut inside a character.
    """
    data, declared = content.data, content.options.get("encoding")
    found = _marked(data)
    if declared:
        return Decoded(*as_utf8(data, declared, file=content.file))
    if found is not None:
        return Decoded(*_in(data, found, content))
    if not is_utf8(data):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            return _not_utf8(content, data, error, within)
    announced = _announced(content, within)
    notices = []
    if announced not in (None, "utf-8", "ascii") and not data.isascii():
        name = f"{content.announced or within}"
        notices.append(Said(f"encodage annoncé : {name} ; octets : utf-8", f"announced encoding: {name}; bytes: utf-8"))
    return Decoded(data, "utf-8", notices)


def is_plainly_utf8(content: Content, head: bytes) -> bool:
    """Whether nothing but UTF-8 is declared, announced or marked for a file that begins with `head`: where all of its
    bytes are UTF-8 too, `decoded` gives them as they are, and reports nothing."""
    is_declared = content.options.get("encoding") in (None, "utf-8")
    return is_declared and _announced(content, None) in (None, "utf-8", "ascii") and _marked(head) is None


def _marked(data: bytes) -> str | None:
    """The encoding that a mark or zero bytes show."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    sample = data[:SAMPLE]
    zeros = sample.count(0)
    if zeros > len(sample) * 2 // 3 and len(sample) >= 4:
        return "utf-32-be" if sample[:3] == b"\x00\x00\x00" else "utf-32-le"
    if zeros > len(sample) // 4:
        return "utf-16-be" if sample[:1] == b"\x00" else "utf-16-le"
    return None


def _announced(content: Content, within: str | None) -> str | None:
    """What the server announces, else the document itself; None for neither and for names that mean nothing."""
    for name in (content.announced, within):
        if name:
            try:
                found = codecs.lookup(name.strip()).name
            except LookupError:
                continue
            return AS_BROWSERS_DO.get(found, found)
    return None


def _not_utf8(content: Content, data: bytes, error: UnicodeDecodeError, within: str | None) -> Decoded:
    _check_cut(content, data, error)
    _check_mixed(content, data, error)
    announced = _announced(content, within)
    notices: list[Said] = []
    if announced is not None and announced not in ("utf-8", "utf-8-sig"):
        text, encoding = _in(data, announced, content)
        _check_plausible(content, data, text.decode("utf-8"), announced)
        letters = plausibility(text.decode("utf-8"))
        if letters.foreign > letters.french:
            french = f"encodage annoncé : {announced}, où le texte a surtout des lettres que le français n'a pas"
            english = f"announced encoding: {announced}, in which most letters are none of French"
            notices.append(Said(french, english))
        return Decoded(text, encoding, notices)
    if announced is not None:
        notices.append(
            Said("encodage annoncé : utf-8, que les octets ne sont pas", "announced: utf-8; the bytes are not")
        )
    encoding, doubt = _detected(content, data)
    text, _name = _in(data, encoding, content)
    return Decoded(text, encoding, notices + doubt)


def _check_cut(content: Content, data: bytes, error: UnicodeDecodeError) -> None:
    """Raises `Damaged` for UTF-8 whose last character is not whole: the file was cut."""
    if error.reason == "unexpected end of data" and error.start >= len(data) - 3:
        line = data.count(b"\n") + 1
        detail = Said(f"ligne {line} : coupé au milieu d'un caractère", f"line {line}: cut inside a character")
        raise Damaged(file=content.file, detail=detail, format=content.part.format)


def _check_mixed(content: Content, data: bytes, error: UnicodeDecodeError) -> None:
    """Raises `MixedEncodings` where a good part of what is beyond ASCII is UTF-8: the rest is of another encoding."""
    whole = sum(1 for _ in _SEQUENCE.finditer(data))
    rest = _SEQUENCE.sub(b"", data)
    wrong = len(rest) - len(rest.translate(None, bytes(range(128, 256))))
    # By chance, a pair of letters of Windows-1252 is one of UTF-8: « Ã© » and its like, which nobody writes.
    if whole * 4 > wrong:
        lines = {number for number, line in enumerate(data.split(b"\n")) if not is_utf8(line)}
        line = data.count(b"\n", 0, error.start) + 1
        raise MixedEncodings(file=content.file, line=line, offset=error.start, count=len(lines))


def is_utf8(data: bytes | memoryview) -> bool:
    """Whether some bytes are UTF-8. Of many, Arrow says so without making a text of them."""
    if len(data) < FEW:
        try:
            bytes(data).decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True
    ends = pa.py_buffer(struct.pack("=2q", 0, len(data)))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _detected(content: Content, data: bytes) -> tuple[str, list[Said]]:
    """The encoding of a file that says none, and the doubt that remains. Raises `ImprobableText`, `WrongEncoding`."""
    first = "iso8859-15" if _OF_FIFTEEN.search(data) and not re.search(rb"[\x80-\x9f]", data) else "cp1252"
    opinion = detector(data)
    tried = _try(data, first)
    if tried is None:
        offset = _undecodable(data, first)
        likely = _likely(data, besides=first) or (opinion if opinion != first else None) or UNKNOWN
        facts = {"line": data.count(b"\n", 0, offset) + 1, "offset": offset, "declared": first, "likely": likely}
        raise WrongEncoding(file=content.file, **facts)
    text, found = tried
    _check_plausible(content, data, text, first, opinion)
    rival = _rival(data, text)
    if rival is None and found.french and not (found.improbable or found.foreign) and first == "cp1252":
        return first, []
    if rival is not None:
        french = f"encodage supposé : {first} (le texte serait aussi français en {rival}) ; l'écrire dans "
        english = f"encoding assumed: {first} (the text would be French in {rival} too); write it in "
        more = Said("options.encoding s'il est juste", "options.encoding if it is right")
        return first, [Said(french + more.fr, english + more.en)]
    guess = opinion or "—"
    return first, [
        Said(
            f"encodage supposé : {first} (détecteur : {guess}) ; l'écrire dans options.encoding s'il est juste",
            f"encoding assumed: {first} (detector: {guess}); write it in options.encoding if it is right",
        )
    ]


def _rival(data: bytes, text: str) -> str | None:
    """Another encoding in which the few letters of a text are as French: `ISÈRE` of MS-DOS is `ISÔRE` of Windows."""
    signs = bytes(set(data.translate(None, bytes(range(128)))))
    for name in NAMED:
        if not all(letter in IN_FRENCH for letter in signs.decode(name, errors="replace")):
            continue
        other = data.decode(name)
        if other != text and not plausibility(other).improbable and not _UNLIKELY.search(other):
            return name
    return None


def _check_plausible(content: Content, data: bytes, text: str, encoding: str, opinion: str | None = None) -> None:
    """Raises `ImprobableText` where too much of a text is what nobody would have typed."""
    found = plausibility(text)
    if found.share <= float(content.options.get("improbable_text", IMPROBABLE)) or found.first is None:
        return
    offset = len(text[: found.first].encode(encoding, errors="replace"))
    likely = _likely(data, besides=encoding) or (opinion if opinion != encoding else None) or UNKNOWN
    letter = f"U+{ord(text[found.first]):04X}"
    facts = {"line": text.count("\n", 0, found.first) + 1, "offset": offset, "declared": encoding, "likely": likely}
    raise ImprobableText(file=content.file, found=letter, **facts)


def _likely(data: bytes, *, besides: str) -> str | None:
    """The encoding of those known here in which the text is the most French, two where it is as French in both, None
    where in none it is plausible."""
    scores: dict[str, float] = {}
    for name in (*TRUSTED, *NAMED):
        tried = _try(data, name) if name != besides else None
        if tried is None or tried[1].share > IMPROBABLE or not tried[1].looked:
            continue
        scores[name] = tried[1].french / tried[1].looked
    best = [name for name, score in scores.items() if score == max(scores.values())]
    if best and best[0] in TRUSTED:
        return best[0]
    # Of few letters, « ƒ » may be É of one or â of the other: only a person can tell.
    return " / ".join(name for name in ("cp850", "mac-roman") if name in best) or (best[0] if best else None)


def _try(data: bytes, encoding: str) -> tuple[str, Plausibility] | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text, plausibility(text)


def _undecodable(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def detector(data: bytes) -> str | None:
    """What charset-normalizer makes of the lines that are not ASCII, as Python names it; None where it has no idea."""
    from charset_normalizer import from_bytes

    lines = b"\n".join(line for line in data[: 1 << 22].split(b"\n") if not line.isascii())[:DETECTED]
    if len(lines) - len(lines.translate(None, bytes(range(128, 256)))) < FEWEST:
        return None
    best = from_bytes(lines).best()
    return codecs.lookup(best.encoding).name if best else None


def detected_encoding(data: bytes) -> str:
    """What the bytes show at once: by their mark or zeros; else UTF-8 where they are; else Windows-1252."""
    found = _marked(data)
    if found is None:
        found = "utf-8" if is_utf8(data) else "cp1252"
    return found


def as_utf8(data: bytes, declared: str, *, file: str) -> tuple[bytes, str]:
    """The same text in UTF-8 without a mark, and the encoding that it was in.

    Raises `WrongEncoding` when the bytes are not text in the declared encoding, also for UTF-8 declared as a one-byte
    encoding, which decodes without complaint into nonsense.
    """
    found = detected_encoding(data)
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise _wrong(data, declared, found, file, 0) from None
    if name in ("utf-8", "utf-8-sig"):
        if found not in ("utf-8", "utf-8-sig"):
            better = _likely(data, besides="utf-8") if found == "cp1252" else None
            raise _wrong(data, "utf-8", better or found, file)
        return data.removeprefix(codecs.BOM_UTF8), found
    # ISO 8859 has no sign at these bytes: whoever typed `latin-1` means Windows, where they are €, œ or quotes.
    if name in ISO_8859 and (control := _CONTROLS.search(data)):
        raise _wrong(data, name, "cp1252", file, control.start())
    if name in SINGLE_BYTE and found in ("utf-8", "utf-8-sig", "utf-16", "utf-32") and not data.isascii():
        raise _wrong(data, declared, found, file)
    try:
        return data.decode(name).removeprefix("\ufeff").encode("utf-8"), name
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        likely = found if found != name else _likely(data, besides=name) or detector(data) or UNKNOWN
        raise _wrong(data, name, likely, file, error.start) from None


def _in(data: bytes, encoding: str, content: Content) -> tuple[bytes, str]:
    if encoding in ("utf-8", "utf-8-sig"):
        if not is_utf8(data):
            try:
                data.decode("utf-8")
            except UnicodeDecodeError as error:
                _check_cut(content, data, error)
                raise _wrong(data, encoding, UNKNOWN, content.file, error.start) from None
        return data.removeprefix(codecs.BOM_UTF8), encoding
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode("utf-8"), encoding
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        if error.start >= len(data) - 4:
            detail = Said("coupé au milieu d'un caractère", "cut inside a character")
            raise Damaged(file=content.file, detail=detail, format=content.part.format) from None
        raise _wrong(data, encoding, detector(data) or UNKNOWN, content.file, error.start) from None


def _wrong(data: bytes, declared: str, likely: str | Said, file: str, offset: int | None = None) -> WrongEncoding:
    """Offset (from 0) and line (from 1) of the first byte that betrays the encoding."""
    if offset is None:
        offset = next((place for place, byte in enumerate(data) if byte > 127 or byte == 0), 0)
        try:
            data.decode(declared)
        except UnicodeDecodeError as error:
            offset = error.start
    line = data.count(b"\n", 0, offset) + 1
    return WrongEncoding(file=file, line=line, offset=offset, declared=declared, likely=likely)
