"""A first use of a table: one query for DuckDB and one for pandas, which give the same counts.

Belongs here: writing the two examples from a schema. Does not: running them; the tests do, on every published table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Usage:
    """The two examples; both read `<table>.parquet` in the folder that they are run in."""

    duckdb: str
    pandas: str


def usage_of(table: str, fields: Iterable[Mapping[str, Any]], key: Iterable[str] = ()) -> Usage:
    """Examples that count the rows of a table by what tells them apart at best: a year, a code, a yes or no.

    `fields`: public ones, as Table Schema describes them. A table that has none of these is counted as a whole.
    """
    keys = set(key)
    ranked = sorted(
        (rank, place, str(field["name"]))
        for place, field in enumerate(fields)
        if (rank := _rank(field)) is not None and keys != {field["name"]}
    )
    if not ranked:
        return Usage(
            f"SELECT COUNT(*) AS lignes\nFROM '{table}.parquet'",
            f'import pandas as pd\n\n{table} = pd.read_parquet("{table}.parquet")\nprint(len({table}))',
        )
    name = ranked[0][2]
    return Usage(
        f"SELECT {name}, COUNT(*) AS lignes\nFROM '{table}.parquet'\nGROUP BY {name}\nORDER BY {name}",
        f'import pandas as pd\n\n{table} = pd.read_parquet("{table}.parquet")\n'
        f'print({table}.groupby("{name}", dropna=False).size())',
    )


def programs(table: str, csv: str, parquet: str) -> Iterator[tuple[str, str]]:
    """How each tool reads a published table from the addresses of its files: (name of the tool, code)."""
    yield "DuckDB", f"SELECT * FROM '{parquet}'"
    yield "pandas", f'import pandas as pd\n\n{table} = pd.read_parquet("{parquet}")'
    yield "R", f'{table} <- read.csv("{csv}", colClasses = "character", na.strings = "", encoding = "UTF-8")'


def _rank(field: Mapping[str, Any]) -> int | None:
    """How well a field tells rows apart for a reader, best first; None for one that does not."""
    if field.get("type") == "year":
        return 0
    if field.get("codelist") or field.get("constraints", {}).get("enum"):
        return 1
    return 2 if field.get("type") == "boolean" else None
