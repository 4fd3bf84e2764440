"""The cells of a text column as bytes: their lengths, and those of one width as a matrix.

Belongs here: looking at Arrow's buffers. Does not: knowing what the bytes should be (`numbers.py`, `calendars.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Cells:
    """`data`: all cells one after the other; `ends`: where the first begins and each ends in it, from 0."""

    data: Bytes
    ends: np.ndarray[Any, np.dtype[np.int32]]

    @classmethod
    def of(cls, column: pa.Array) -> Cells:
        """The cells of a column of type `string` without nulls."""
        buffers = column.buffers()
        ends = np.frombuffer(buffers[1], np.int32)[column.offset : column.offset + len(column) + 1]
        if not len(column) or ends[-1] == ends[0]:
            return cls(np.empty(0, np.uint8), np.zeros(len(column) + 1, np.int32))
        data = np.frombuffer(buffers[2], np.uint8)[ends[0] : ends[-1]]
        return cls(data, ends - ends[0] if ends[0] else ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    @property
    def lengths(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Bytes of each cell."""
        return np.diff(self.ends)

    def of_width(self, width: int) -> tuple[Places | None, Bytes]:
        """The cells of `width` bytes, one a column: row `i` contains the byte `i` of each; and which they are, None:
        all.

        Bytes that are together in memory are compared many at a time.
        """
        lengths = self.lengths
        fitting = lengths == width
        if fitting.all():
            return None, np.ascontiguousarray(self.data.reshape(len(self), width).T)
        rows = np.flatnonzero(fitting)
        starts = self.ends[rows]
        return rows, self.data[starts[None, :] + np.arange(width, dtype=np.int32)[:, None]]

    def column(self) -> pa.Array:
        """The cells as an Arrow column again."""
        return pa.StringArray.from_buffers(len(self), pa.py_buffer(self.ends), pa.py_buffer(self.data))


def as_mask(found: pa.Array) -> Mask:
    """A boolean column without nulls as a mask."""
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return mask
