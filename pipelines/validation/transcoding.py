"""Text of one byte a character as UTF-8, the same characters one by one.

Belongs here: bytes to bytes, or an error. Does not: which encoding a file has (`opening.py`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

BYTEWISE = frozenset(
    {"ascii", "cp437", "cp850", "cp858", "iso8859-1", "iso8859-15", "mac-roman"}
    | {f"cp125{number}" for number in range(9)}
    | {f"iso8859-{number}" for number in range(2, 17) if number not in (12, 15)}
)
"""Encodings of one byte a character in which every ASCII character is itself: records end at the same bytes."""
PIECE = 32 << 10  # bytes that change their encoding at once: what the processor's nearest cache holds
ASCII = 128
LATIN = "latin-1"
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def as_utf8(raw: memoryview, encoding: str) -> memoryview:
    """The same text in UTF-8. Raises `UnicodeDecodeError` on a byte that stands for no character."""
    if not len(raw) or np.frombuffer(raw, np.uint8).max() < ASCII:
        return raw
    return memoryview(b"".join([_piece(raw[start : start + PIECE], encoding) for start in range(0, len(raw), PIECE)]))


def _piece(piece: memoryview, encoding: str) -> bytes | memoryview:
    data = np.frombuffer(piece, np.uint8)
    if data.max() < ASCII:
        return piece
    return str(piece, LATIN if _is_latin(data, encoding) else encoding).encode()


def _is_latin(data: Bytes, encoding: str) -> bool:
    """Whether these bytes are the same characters in ISO 8859-1, which Python reads twice as quickly as any other."""
    first, last = _unlike_latin(encoding)
    # One comparison for two: what is below `first` wraps around to the greatest numbers.
    return last < first or not ((data - np.uint8(first)) <= last - first).any()


@cache
def _unlike_latin(encoding: str) -> tuple[int, int]:
    """The first and the last byte that ISO 8859-1 reads otherwise; (1, 0) where there is none."""
    unlike = [code for code in range(256) if bytes([code]).decode(encoding, "replace") != chr(code)]
    return (unlike[0], unlike[-1]) if unlike else (1, 0)
