"""Text from bytes: the encoding that was declared, or the one that the bytes show; never a silent replacement."""

from __future__ import annotations

import codecs

from pipelines.formats.errors import WrongEncoding

MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 4096
SINGLE_BYTE = ("cp1252", "iso8859-1", "iso8859-15", "latin_1", "mac-roman")


def detected_encoding(data: bytes) -> str:
    """By its mark; else UTF-16 where every other byte is zero; else UTF-8 where it is valid; else Windows-1252."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    sample = data[:SAMPLE]
    if sample.count(0) > len(sample) // 4:
        return "utf-16-be" if sample[:1] == b"\x00" else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def as_utf8(data: bytes, declared: str | None, *, file: str) -> tuple[bytes, str]:
    """The same text in UTF-8 without a mark, and the encoding that it was in.

    Raises `WrongEncoding` when the bytes are not text in the declared encoding, also for UTF-8 declared as a one-byte
    encoding, which decodes without complaint into nonsense.
    """
    found = detected_encoding(data)
    name = codecs.lookup(declared).name if declared else found
    if name in ("utf-8", "utf-8-sig"):
        if found not in ("utf-8", "utf-8-sig"):
            raise _wrong(data, "utf-8", found, file)
        return data.removeprefix(codecs.BOM_UTF8), found
    if declared and name in SINGLE_BYTE and found in ("utf-8", "utf-8-sig", "utf-16") and not data.isascii():
        raise _wrong(data, declared, found, file)
    try:
        return data.decode(name).removeprefix("\ufeff").encode("utf-8"), name
    except UnicodeDecodeError as error:
        raise _wrong(data, name, found, file, error.start) from None


def _wrong(data: bytes, declared: str, likely: str, file: str, offset: int | None = None) -> WrongEncoding:
    """Offset (from 0) and line (from 1) of the first byte that betrays the encoding."""
    if offset is None:
        offset = next((place for place, byte in enumerate(data) if byte > 127 or byte == 0), 0)
        try:
            data.decode(declared)
        except UnicodeDecodeError as error:
            offset = error.start
    line = data.count(b"\n", 0, offset) + 1
    return WrongEncoding(file=file, line=line, offset=offset, declared=declared, likely=likely)
