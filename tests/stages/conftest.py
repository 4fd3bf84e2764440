"""The derivation that the small project names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa

from pipelines.project import Project
from pipelines.tables import derived


@derived("essai_nombres")
def count_by_level(tables: Mapping[str, pa.Table], _project: Project) -> pa.Table:
    counted = Counter(tables["villes/villes"].column("niveau").to_pylist())
    levels = sorted(level for level in counted if level is not None)
    return pa.table(
        {"niveau": pa.array(levels, pa.int64()), "villes": pa.array([counted[n] for n in levels], pa.int64())}
    )
