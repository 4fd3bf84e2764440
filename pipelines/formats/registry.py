"""The register of readers: which function reads which format. A module of this folder that registers one is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.core.text import Said
from pipelines.formats.faults import RecordFault
from pipelines.sources.registry import READERS

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.formats.content import Content
    from pipelines.formats.errors import FormatError


@dataclass(frozen=True)
class Records:
    """What a reader found: text columns, and where each record is.

    `names` are unique and stripped, `originals` as printed; `positions` int64, 1 for the first line, row or element;
    `place` names the sheet or the list for messages; `near` contains the first rows, to find a header that is
    elsewhere; `facts` (encoding, delimiter, cells in scientific notation…) go to the table's metadata; `faults` are the
    records that cannot be read, whether they are among the columns or not; `notices` are doubts that a person should
    hear of; `refusal` is raised once it is certain that the header is the one that is read: most records do not fit it.
    """

    names: Sequence[str]
    originals: Sequence[str]
    columns: Sequence[pa.Array | pa.ChunkedArray]
    positions: pa.Array
    place: str | Said
    near: Sequence[Sequence[str]] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    is_sparse: bool = False
    faults: Sequence[RecordFault] = ()
    notices: Sequence[Said] = ()
    refusal: FormatError | None = None


Reader = Callable[["Content"], Records]


def reader(*formats: str) -> Callable[[Reader], Reader]:
    """Register a reader for formats: `read(content) -> Records`, raising `FormatError`s."""
    return READERS.registering(*formats)
