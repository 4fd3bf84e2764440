"""Hashes: of a file's bytes beside the proof, and of keys so that only possible repeats are looked at.

Belongs here: numbers that stand for bytes. Does not: what a key is (`keys.py`).
"""

from __future__ import annotations

import hashlib
import queue
import threading
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

LONGEST = 512  # bytes of a key that are hashed by words; longer ones are hashed one by one
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)
_ABSENT = np.uint64(0x94D049BB133111EB)
_SHIFT = np.uint64(29)


class Hasher:
    """MD5, SHA-256 and size of bytes that come in order, computed in a thread of its own."""

    def __init__(self) -> None:
        self._md5, self._sha256, self._size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
        self._queue: queue.Queue[bytes | memoryview | None] = queue.Queue(maxsize=4)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def update(self, data: bytes | memoryview) -> None:
        """Add bytes; waits while four blocks are queued."""
        self._queue.put(data)

    def finish(self) -> tuple[str, str, int]:
        """MD5 and SHA-256 in hexadecimal, and how many bytes there were."""
        self._queue.put(None)
        self._thread.join()
        return self._md5.hexdigest(), self._sha256.hexdigest(), self._size

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            self._md5.update(data)
            self._sha256.update(data)
            self._size += len(data)


def hash_texts(column: pa.Array) -> Hashes:
    """One 64-bit hash a text, equal for equal texts; null has its own. It resists nobody: hits are verified."""
    sizes = pc.fill_null(pc.binary_length(column), 0)
    lengths = sizes.to_numpy(zero_copy_only=False)
    long = lengths > LONGEST
    if long.any():
        hashes = np.empty(len(column), np.uint64)
        hashes[long] = [_hash_long(text) for text in column.filter(pa.array(long)).to_pylist()]
        hashes[~long] = hash_texts(column.filter(pa.array(~long)))
        return hashes
    low, high = (int(lengths.min()), int(lengths.max())) if len(lengths) else (0, 0)
    width = max(8, -(-high // 8) * 8)
    padded = pc.ascii_rpad(column.fill_null("") if column.null_count else column, width=width, padding="\0")
    data = np.frombuffer(padded.buffers()[2] or b"", np.uint8)[: width * (len(column) + padded.offset)]
    words = data[width * padded.offset :].view(np.uint64).reshape(len(column), width // 8)
    hashes = lengths.astype(np.uint64) * _MIX + _SPREAD
    for number in range(width // 8):
        # The words that only pad a text must not count: the next block may be padded otherwise.
        more = mixed(hashes, words[:, number])
        hashes = more if low > number * 8 else np.where(lengths > number * 8, more, hashes)
    if column.null_count:
        hashes[pc.is_null(column).to_numpy(zero_copy_only=False)] = _ABSENT
    return hashes


def mixed(hashes: Hashes, more: Hashes) -> Hashes:
    """Two hashes as one; the order counts."""
    result: Hashes = (hashes ^ more) * _MIX
    result ^= result >> _SHIFT
    result *= _SPREAD
    result ^= result >> _SHIFT
    return result


def digest(texts: tuple[str | None, ...]) -> bytes:
    """16 bytes that stand for a key exactly: BLAKE2b, each part with its length."""
    parts = [b"-" if text is None else b"%d:" % len(text.encode()) + text.encode() for text in texts]
    return hashlib.blake2b(b"".join(parts), digest_size=16).digest()


def _hash_long(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
