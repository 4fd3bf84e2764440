"""What differs between two versions, or between any two data packages on disk.

Belongs here: finding and reading the two. Does not: comparing tables (`diff.py`) or showing the outcome
(`comparison_views.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.releases.bag import INFO, check_files
from pipelines.releases.corrected import CORRECTIONS, correction_link, corrections_of
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.diff import CHANGED, Difference, Side, difference
from pipelines.releases.errors import NotComparable, ReleaseDamaged
from pipelines.releases.parquet import parquet_side
from pipelines.releases.recorded import recorded_path
from pipelines.releases.store import ReleaseStore
from pipelines.releases.versioning import Reason, reasons

_Side = tuple[Path, Mapping[str, Any], Mapping[str, Any]]  # a folder, its descriptor, its tables by name


@dataclass(frozen=True)
class Comparison:
    """Two data packages, by table: what differs, and what that would do to the number of a version."""

    before: str
    after: str
    tables: Mapping[str, Difference]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    reasons: tuple[Reason, ...]
    corrections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By table and key, the correction of each changed row whose correction is new, gone or rewritten."""

    @property
    def is_same(self) -> bool:
        """Whether nothing differs: every difference is a reason for another version."""
        return not self.reasons


def compare_versions(releases: Path, package: str, before: str | None = None, after: str | None = None) -> Comparison:
    """Compare two versions: by default the current one with the one before it; with one given, that and the current.

    Raises `NoSuchRelease`, `RetractedRelease`, `LedgerBroken`, and `ReleaseDamaged`, also for one that was sealed anew.
    """
    store = ReleaseStore.read(releases, package)
    new = recorded_path(store, after)
    earlier = store.versions[: store.versions.index(new.name)]
    old = recorded_path(store, before or (earlier[-1] if earlier else new.name))
    return compare_packages(old, new)


def compare_packages(before: Path, after: Path) -> Comparison:
    """Compare two folders that contain a `datapackage.json`, at their root or under `data/`.

    Tables are matched by name and rows by primary key. Raises `NotComparable`, `ReleaseDamaged` (of a release, also
    where a table is not the one that was published).
    """
    (old_folder, old), (new_folder, new) = _package(before), _package(after)
    olds, news = _tables(old), _tables(new)
    found = {}
    for name in (name for name in news if name in olds):
        key = _key(news[name]) if _key(news[name]) == _key(olds[name]) else ()
        found[name] = difference(side(old_folder, old, olds[name]), side(new_folder, new, news[name]), key)
    counts = {name: item.counts for name, item in found.items()}
    sides = [(new_folder, new, news), (old_folder, old, olds)]
    return Comparison(
        before=_label(before, old),
        after=_label(after, new),
        tables=found,
        only_before=tuple(name for name in olds if name not in news),
        only_after=tuple(name for name in news if name not in olds),
        reasons=tuple(reasons(old, new, counts)),
        corrections={name: corrected for name in found if (corrected := _corrected(name, found, sides))},
    )


def _corrected(name: str, found: Mapping[str, Difference], sides: Sequence[_Side]) -> dict[str, str]:
    """The corrections that changed rows of a table: those that a row now names, names no longer, or that were
    rewritten."""
    links = [correction_link(tables[name]["schema"]) for _, _, tables in sides]
    key = _key(sides[0][2][name])
    if not key or key != _key(sides[1][2][name]) or not any(links):
        return {}
    rows = [row for row in found[name].changes.to_pylist() if row["nature"] == CHANGED]
    tables = [
        _columns(folder, document, resources[name], [*key, link[0]])
        for (folder, document, resources), link in zip(sides, links, strict=True)
        if link is not None
    ]
    named = next(link[0] for link in links if link is not None)
    settled = corrections_of((row["cle"] for row in rows), key, named, tables)
    renamed = {row["cle"] for row in rows if row["champ"] == named}
    rewritten = set(found[CORRECTIONS].changes.column("cle").to_pylist()) if CORRECTIONS in found else set()
    return {row: item for row, item in settled.items() if row in renamed or item in rewritten}


def _columns(folder: Path, document: Mapping[str, Any], resource: Mapping[str, Any], names: list[str]) -> pa.Table:
    read = side(folder, document, resource)
    return pa.table({name: read.column(name) for name in names if name in read.names})


def _package(folder: Path) -> tuple[Path, dict[str, Any]]:
    for place in (folder, folder / "data"):
        if (place / "datapackage.json").is_file():
            document = read_descriptor(place)
            if place != folder and _is_release(folder):
                _check_sealed(folder, document)
            return place, document
    raise NotComparable(place=folder.name, expected="datapackage.json")


def _is_release(folder: Path) -> bool:
    info = folder / INFO
    return info.is_file() and b"Arobase-Package: " in info.read_bytes()


def _check_sealed(release: Path, document: Mapping[str, Any]) -> None:
    """Raises `ReleaseDamaged` where the descriptor or a table of a release is not what was published."""
    paths = {str(item["path"]) for item in document["resources"]}
    tables = {str(item["path"]) for item in _tables(document).values()}
    forms = tables | {path.removesuffix(".csv") + ".parquet" for path in tables} & paths
    check_files(release, [f"data/{path}" for path in ("datapackage.json", *forms)])


def _label(folder: Path, document: Mapping[str, Any]) -> str:
    return f"{document.get('name', folder.name)} {document.get('version', folder.name)}"


def _tables(document: Mapping[str, Any]) -> dict[str, Any]:
    tables = [item for item in document["resources"] if isinstance(item.get("schema"), dict)]
    return {item["name"]: item for item in tables if not str(item["path"]).startswith("qualite/")}


def _key(resource: Mapping[str, Any]) -> tuple[str, ...]:
    key = resource["schema"].get("primaryKey", [])
    return (key,) if isinstance(key, str) else tuple(key)


def side(folder: Path, document: Mapping[str, Any], resource: Mapping[str, Any]) -> Side:
    """A table of a data package: its Parquet file where the package has one beside it, else its CSV as text."""
    parquet = str(resource["path"]).removesuffix(".csv") + ".parquet"
    if any(item.get("path") == parquet for item in document["resources"]) and (folder / parquet).is_file():
        return parquet_side(folder / parquet)
    return Side.of(_csv(folder / resource["path"], resource))


def _csv(path: Path, resource: Mapping[str, Any]) -> pa.Table:
    from pyarrow import csv

    dialect = resource.get("dialect", {})
    dialect = dialect.get("csv", dialect)
    missing = resource["schema"].get("missingValues", [""])
    names = [item["name"] for item in resource["schema"]["fields"]]
    try:
        return csv.read_csv(
            path,
            read_options=csv.ReadOptions(encoding=resource.get("encoding", "utf-8")),
            parse_options=csv.ParseOptions(delimiter=dialect.get("delimiter", ","), newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=missing,
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except (OSError, pa.ArrowInvalid, LookupError) as error:
        name = f"{path.parent.name}/{path.name}"
        raise ReleaseDamaged(file=name, found=str(error).splitlines()[0][:120], expected="CSV") from None
