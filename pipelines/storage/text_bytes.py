"""The bytes of a column of texts, looked at all at once: which signs stand in none of them is known sooner so than by
asking each text.

Belongs here: asking that of whole columns, and of bytes at large. Does not: asking it of rows, which Arrow's own
functions do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
BLOCK = 1 << 16
"""Bytes that are looked at together: what is found of them stays in the processor's cache, and takes no new memory."""


def has_sign(texts: pa.Array, *signs: str) -> bool:
    """Whether some text has one of these signs of one byte in it. What an absent text lies over may count too."""
    data = bytes_of(texts)[0]
    blocks = (data[start : start + BLOCK] for start in range(0, len(data), BLOCK))
    return any((block == ord(sign)).any() for block in blocks for sign in signs)


def count_of(data: Bytes, sign: int) -> int:
    """How many times a byte is in some bytes."""
    return sum(int(np.count_nonzero(data[start : start + BLOCK] == sign)) for start in range(0, len(data), BLOCK))


def may_begin_with(texts: pa.Array, first: bytes) -> bool:
    """Whether some text begins with one of these bytes; more may be said to than do, none fewer."""
    data, starts = bytes_of(texts)
    is_sought = np.zeros(256, np.bool_)
    is_sought[list(first)] = True
    inside = starts[starts < len(data)]  # an empty text at the end begins nowhere
    return bool(is_sought[data[inside]].any())


def bytes_of(texts: pa.Array) -> tuple[Bytes, np.ndarray[Any, Any]]:
    """The bytes of all texts, and where each text begins in them."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return np.empty(0, np.uint8), np.empty(0, np.int64)
    kind = np.int32 if pa.types.is_string(texts.type) else np.int64
    places = np.frombuffer(offsets, kind)[texts.offset : texts.offset + len(texts) + 1]
    first, last = int(places[0]), int(places[-1])
    return np.frombuffer(data, np.uint8)[first:last], places[:-1] - first
