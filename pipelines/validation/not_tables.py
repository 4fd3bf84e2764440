"""Files that are not tables of text: refused by their first bytes, before anything tries to read rows in them.

Belongs here: refusing. Does not: what sources may be (`formats/magic_numbers.py`), whose signatures are used.
"""

from __future__ import annotations

from pipelines.core.text import Said
from pipelines.formats.magic_numbers import named, signature

# Beside those of the sources' own formats.
OTHERS: tuple[tuple[bytes, str | Said], ...] = (
    (b"GIF8", "gif"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x7fELF", Said("un programme", "a program")),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"ARROW1", "arrow"),
    (b"ORC", "orc"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"RIFF", Said("du son ou une image", "sound or an image")),
    (b"OggS", Said("du son", "sound")),
    (b"%!PS", "postscript"),
)
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16 and UTF-32
PRINTABLE = frozenset(b"\t\n\r\x0c\x1b") | frozenset(range(0x20, 0x100))
FEWEST, SHARE = 64, 0.1  # bytes that tell, and the part of control characters that no text has
BINARY = Said("des octets qui ne sont pas du texte", "bytes that are not text")


def refused_kind(head: bytes, *, is_wide: bool = False) -> str | Said | None:
    """What the first bytes of a file are when they are not text, None for text.

    `is_wide`: the text is in an encoding of two or four bytes a character, which has zeros in it.
    """
    kind = signature(head)
    if kind != "text":
        return named(kind)
    for magic, name in OTHERS:
        if head.startswith(magic) and (magic.isascii() is False or b"\x00" in head[:64] or magic in (b"GIF8", b"%!PS")):
            return name
    if is_wide or head.startswith(WIDE_MARKS) or len(head) < FEWEST:
        return None
    controls = sum(byte not in PRINTABLE for byte in head)
    return BINARY if controls > SHARE * len(head) else None
