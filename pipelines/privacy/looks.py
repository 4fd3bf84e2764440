"""What waits to be checked of files that were opened.

Belongs here: the forms in which a file's texts and tables wait. Does not: opening files (`opening.py`), checking
(`scanning.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipelines.privacy.gate import GateReport

Text = tuple[int, str, str]  # row or line from 0, place in the file, text


@dataclass(frozen=True)
class Texts:
    """Texts of a file that wait to be checked, with where each is; `name` is how the file is named."""

    name: str
    texts: Sequence[Text]


@dataclass(frozen=True)
class Columns:
    """A table of a file that waits to be checked, its columns called as `header` says."""

    name: str
    header: Sequence[str]
    table: pa.Table


@dataclass(frozen=True)
class LargeTable:
    """A large table of a file that waits to be checked: `batches` reads it from the start each time, some rows at a
    time. Where that raises `NotPlain`, `whole` is what its file holds."""

    name: str
    header: Sequence[str]
    batches: Callable[[], Iterator[pa.Table]]
    whole: Callable[[], Iterable[Look]]


class NotPlain(Exception):
    """A file that cannot be read some rows at a time."""


@dataclass(frozen=True)
class Unreadable:
    """A file that nobody could look into."""

    name: str


@dataclass(frozen=True)
class ExaminedColumn:
    """What was checked already, in its place among what waits."""

    report: GateReport


Look = Texts | Columns | LargeTable | Unreadable | ExaminedColumn
