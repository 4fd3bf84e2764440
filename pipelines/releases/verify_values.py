"""Do the files of a release contain the same values, of the schema's types, within the schema's rules?

Belongs here: what takes reading the tables. Does not: the bytes (`verify_bag.py`). Parquet files are read a row group
at a time, and turned back into the bytes that the CSV must have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats import output_formats
from pipelines.releases.formats.registry import Released
from pipelines.schema.arrow import PLAIN_TYPES
from pipelines.validation import validate


def values(bag: Path) -> Iterator[Flaw]:
    """Each table has the schema's types in Parquet, and the same values in every format."""
    import pyarrow.parquet as pq

    document = read_descriptor(bag / "data")
    by_path = {item["path"]: item for item in document["resources"]}
    for resource in (item for item in document["resources"] if "schema" in item):
        path = resource["path"].removesuffix(".csv") + ".parquet"
        opened = pq.ParquetFile(bag / "data" / path)
        wanted = [(field["name"], expected_type(field)) for field in resource["schema"]["fields"]]
        if [(field.name, str(field.type)) for field in opened.schema_arrow] != wanted:
            yield Flaw("types", f"data/{path}", *_unlike(opened.schema_arrow, wanted))
            continue
        released = Released(bag / "data", resource, bag / "data" / path)
        name = resource["path"].removesuffix(".csv")
        places = [(form, by_path[form.path(name)]) for form in output_formats() if form.path(name) in by_path]
        for form, other in places:
            yield from form.check(released, bag / "data" / other["path"])
        plain = released.plain
        for _, other in sorted(places, key=lambda place: "schema" in place[1]):
            if other["content"] != plain:
                yield Flaw("descriptor", f"data/{other['path']}", other["content"][:12], plain[:12])


def _unlike(found: pa.Schema, wanted: list[tuple[str, str]]) -> tuple[str, str]:
    """The columns that are not as wanted, as found and as expected."""
    got = [(field.name, str(field.type)) for field in found]
    odd = [item for item in got if item not in wanted]
    return ", ".join(map(" ".join, odd)), ", ".join(" ".join(item) for item in wanted if item not in got)


def expected_type(field: Mapping[str, Any]) -> str:
    """The Arrow type that a field of a published schema has in Parquet, as Arrow names it."""
    if field.get("codelist"):
        return "dictionary<values=string, indices=int32, ordered=0>"
    if field["type"] == "number" and field.get("scale") is not None:
        return f"decimal128(18, {field['scale']})"
    if field["type"] == "datetime":
        return "timestamp[ms, tz=UTC]"  # Parquet knows no seconds
    return str(PLAIN_TYPES.get(field["type"], pa.string()))


def rows(bag: Path) -> Iterator[Flaw]:
    """Every row satisfies the published schema, keys included: the check says so."""
    resources = [item for item in read_descriptor(bag / "data")["resources"] if "schema" in item]
    parents = {item["name"]: (bag / "data" / item["path"], item["schema"]) for item in resources}
    for item in resources:
        validation = validate(bag / "data" / item["path"], item["schema"], parents=parents)
        if not validation.is_valid:
            yield Flaw("rows", f"data/{item['path']}", ", ".join(sorted({str(key) for key in validation.totals})))
