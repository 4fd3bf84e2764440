"""Are the changes that a release lists those between it and the version before?

Belongs here: the tables of changes, their counts, their causes; with `recomputed`, both versions read again. Does not:
making them (`diff.py`, `changes.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.releases.causes import ORDER, UNKNOWN, Ingredients
from pipelines.releases.descriptor import read_descriptor, table_resources
from pipelines.releases.diff import ADDED, CHANGED, REMOVED, WITHHELD, Counts, Side, difference
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats.registry import csv_digest
from pipelines.releases.parquet import read_parquet
from pipelines.releases.previous import FIRST_CAUSE
from pipelines.releases.versioning import reasons

PLACE = "data/changes/{}.parquet"


def changes(bag: Path) -> Iterator[Flaw]:
    """Both files of changes of each table say the same, and the descriptor and `CHANGES.md` count what they hold."""
    import pyarrow.parquet as pq

    document = read_descriptor(bag / "data")
    hashes = {item["path"]: item["hash"] for item in document["resources"]}
    page = (bag / "data" / "CHANGES.md").read_text(encoding="utf-8")
    described = document["arobase"]["changes"]
    for name in table_resources(document):
        path = bag / "data" / "changes" / f"{name}.parquet"
        plain = csv_digest(pq.ParquetFile(path))
        if f"sha256:{plain}" != hashes[f"changes/{name}.csv"]:
            yield Flaw("values", f"data/changes/{name}.csv", path.name)
        found = read_parquet(path)
        counted = _counted(found)
        if counted != described[name]:
            yield Flaw("changes", PLACE.format(name), str(counted)[:120], str(described[name])[:120])
        total = (
            f"| {name} | {counted['added']} | {counted['removed']} | {_rows_changed(found)} | {counted['changed']} |"
        )
        if total not in page.splitlines():
            yield Flaw("changes", "data/CHANGES.md", "", total)
        yield from _causes(bag, name, found, document)


def _plain(table: pa.Table, name: str) -> list[str | None]:
    found: list[str | None] = table.column(name).cast(pa.string()).to_pylist()
    return found


def _counted(found: pa.Table) -> dict[str, Any]:
    natures = Counter(_plain(found, "nature"))
    revised = zip(_plain(found, "nature"), _plain(found, "champ"), strict=True)
    fields = dict(Counter(name for nature, name in revised if nature == CHANGED))
    counts = {"added": natures[ADDED], "removed": natures[REMOVED], "changed": natures[CHANGED]}
    return {**counts, "fields": fields} | ({"withheld": natures[WITHHELD]} if natures[WITHHELD] else {})


def _rows_changed(found: pa.Table) -> int:
    keys = zip(_plain(found, "nature"), _plain(found, "cle"), strict=True)
    return len({key for nature, key in keys if nature == CHANGED})


def _causes(bag: Path, name: str, found: pa.Table, document: Mapping[str, Any]) -> Iterator[Flaw]:
    """Every cause is an ingredient, and one that differs from the version before where that is beside this one."""
    own = document["arobase"]
    possible = {FIRST_CAUSE} if own["compared_with"] is None else {*ORDER, UNKNOWN}
    before = bag.parent / str(own["compared_with"])
    if own["compared_with"] is not None and (before / "data" / "datapackage.json").is_file():
        old = Ingredients.parse(read_descriptor(before / "data")["arobase"]["ingredients"])
        new = Ingredients.parse(own["ingredients"])
        possible = {cause for cause in ORDER if old.of(cause) != new.of(cause)} or {UNKNOWN}
    for cause in {str(item) for item in _plain(found, "cause")}:
        words = {word for part in cause.split("+") for word in part.split("/")}
        if not words <= possible:
            yield Flaw("changes", PLACE.format(name), cause, ", ".join(sorted(possible)))
            return


def recomputed(bag: Path) -> Iterator[Flaw]:
    """The changes are those that both versions give, where the version before is beside this one."""
    document = read_descriptor(bag / "data")
    compared = document["arobase"]["compared_with"]
    before = bag.parent / str(compared)
    if compared is not None and not (before / "data" / "datapackage.json").is_file():
        return
    old_tables = {} if compared is None else table_resources(read_descriptor(before / "data"))
    for name, item in table_resources(document).items():
        new = read_parquet(bag / "data" / f"{name}.parquet")
        old = read_parquet(before / "data" / f"{name}.parquet") if name in old_tables else new.slice(0, 0)
        key = tuple(item["schema"].get("primaryKey") or ())
        if name in old_tables and tuple(old_tables[name]["schema"].get("primaryKey") or ()) != key:
            key = ()
        wanted = difference(Side.of(old), Side.of(new), key).changes
        found = read_parquet(bag / "data" / "changes" / f"{name}.parquet")
        for column in ("nature", "cle", "champ", "avant", "apres"):
            # A row that is withheld is one that the tables no longer hold: they cannot say why.
            words = [REMOVED if word == WITHHELD else word for word in _plain(found, column)]
            if words != _plain(wanted, column):
                expected = f"{wanted.num_rows}"
                yield Flaw("changes", f"{PLACE.format(name)} [{column}]", f"{found.num_rows}", expected)
                break
    if compared is not None:
        yield from _reasons(document, read_descriptor(before / "data"))
        yield from _licence(document, read_descriptor(before / "data"))


def _reasons(document: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Flaw]:
    """The reasons of the number are as grave as what both descriptors and the counts of changes give.

    Only how grave: later code may put the same reason in other words.
    """
    described = document["arobase"]
    counts = {
        name: Counts(one["added"], one["removed"], one["changed"], one["fields"], withheld=one.get("withheld", 0))
        for name, one in described["changes"].items()
    }
    wanted = sorted((reason.level.name for reason in reasons(before, document, counts)), reverse=True)
    found = sorted((str(reason["level"]) for reason in described["reasons"]), reverse=True)
    if found != wanted:
        yield Flaw("changes", "data/datapackage.json, reasons", ", ".join(found)[:120], ", ".join(wanted)[:120])


def _licence(document: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Flaw]:
    """Another licence is a major version."""
    same = document["licenses"] == before["licenses"]
    if not same and str(document["version"]).split(".")[0] == str(before["version"]).split(".")[0]:
        yield Flaw("licence", "data/datapackage.json", str(document["licenses"])[:80], str(before["licenses"])[:80])
