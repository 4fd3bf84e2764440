"""The reserved columns: where a row comes from, beside its data, from *read* to *assemble*.

Belongs here: their names, their order, their types. Every other module takes them from here.
"""

from __future__ import annotations

import pyarrow as pa

from pipelines.schema.arrow import REPEATED

SOURCE, SNAPSHOT, PART, POSITION = "_source", "_snapshot", "_part", "_position"
RESERVED = (SOURCE, SNAPSHOT, PART, POSITION)
"""The name of the source, the SHA-256 of the snapshot, the part of it, and the line, row or index in it, from 1."""
RESERVED_SCHEMA = pa.schema([(SOURCE, REPEATED), (SNAPSHOT, REPEATED), (PART, REPEATED), (POSITION, pa.int64())])
"""As they are beside the data: texts that repeat are written once."""
PUBLISHED = {"source": SOURCE, "snapshot": SNAPSHOT, "part": PART, "position": POSITION}
"""What the published tables (`rejets`, `provenance`) call each of them."""
ROW = "_row"
"""In the provenance of a table without a key, what its rows are named by: their place as they came, from 0."""
