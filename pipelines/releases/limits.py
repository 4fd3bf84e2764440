"""What stops a release: a table that is missing, empty or shrunken beyond `package.yaml`, a key met twice.

Belongs here: comparing a request with what its package declares. Does not: checking rows (`validation/`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said, counted, number
from pipelines.releases.canonical import is_ascending, key_text
from pipelines.releases.errors import PrivateFieldAsked
from pipelines.releases.request import ReleaseRequest, Warned
from pipelines.schema import PackageTable, Privacy


@dataclass(frozen=True)
class Limits:
    """What was found: reasons to refuse, and warnings."""

    refusals: tuple[Warned, ...]
    warnings: tuple[Warned, ...]


def check_public(request: ReleaseRequest) -> None:
    """Raises `PrivateFieldAsked` when a table or its schema contains a field whose class is not `public`."""
    for name, schema in request.schemas.items():
        for item in schema.fields:
            if item.privacy is not Privacy.PUBLIC:
                facts = {"table": name, "field": item.name, "privacy": item.privacy.value}
                raise PrivateFieldAsked(package=request.package.name, **facts)
        table = request.tables.get(name)
        for column in table.column_names if table is not None else ():
            if column not in schema.names:
                facts = {"table": name, "field": column, "privacy": "?"}
                raise PrivateFieldAsked(package=request.package.name, **facts)


def check(
    request: ReleaseRequest,
    tables: Mapping[str, pa.Table],
    before: Mapping[str, int],
    raw: Collection[str] = (),
) -> Limits:
    """Compare with `package.yaml`. `before`: rows of each table in the current version; `raw`: its warnings in French.

    A notice that the current version does not have may let rows go: they were wrong, or moved elsewhere.
    """
    allowed = losses(request.warnings, raw)
    refusals: list[Warned] = []
    warnings: list[Warned] = []
    declared = [item.name for item in request.package.tables]
    refusals += [
        Warned(f"la table « {name} » est déclarée et absente", f'table "{name}" is declared and missing')
        for name in declared
        if name not in tables
    ]
    refusals += [
        Warned(f"la table « {name} » n'est pas déclarée", f'table "{name}" is not declared')
        for name in tables
        if name not in declared
    ]
    for item in (item for item in request.package.tables if item.name in tables):
        rows, name = tables[item.name].num_rows, item.name
        loss = max(item.maximum_loss, allowed.get(name, 0))
        refusals += too_few(item, rows, before.get(name, 0), loss)
        if item.maximum_rows is not None and rows > item.maximum_rows:
            fr = f"{name} : {rows} lignes, au plus {item.maximum_rows} attendues"
            warnings.append(Warned(fr, f"{name}: {rows} rows, at most {item.maximum_rows} expected"))
        refusals += _keys(request, name, tables[name])
    return Limits(tuple(refusals), tuple(warnings))


def too_few(table: PackageTable, rows: int, before: int, loss: float) -> list[Warned]:
    """Why a table of so many rows stops a release. `before`: rows of the current version, of which the share `loss`
    (0 to 1) may go."""
    found = []
    if rows < table.minimum_rows:
        told = counted(rows, Said("ligne", "row"), Said("lignes", "rows"))
        least = number(table.minimum_rows, "fr")
        wanted = f"au moins {least} attendues" if table.minimum_rows > 1 else f"au moins {least} attendue"
        english = f"{table.name}: {told.en}, at least {number(table.minimum_rows, 'en')} expected"
        found.append(Warned(f"{table.name} : {told.fr}, {wanted}", english))
    if rows < before * (1 - loss):
        told, share = counted(rows, Said("ligne", "row"), Said("lignes", "rows")), f"{loss:.0%}"
        of_before = Said(number(before, "fr"), number(before, "en"))
        french = f"{table.name} : {told.fr} contre {of_before.fr} dans la version courante, perte permise : {share}"
        english = f"{table.name}: {told.en} against {of_before.en} in the current version, loss allowed: {share}"
        found.append(Warned(french, english))
    return found


def losses(warnings: Iterable[Warned], already: Collection[str]) -> dict[str, float]:
    """The largest share of rows that new notices let go, by table."""
    found: dict[str, float] = {}
    for notice in warnings:
        if notice.is_notice and notice.fr not in already:
            for table, share in notice.losses:
                found[table] = max(share, found.get(table, 0))
    return found


def _keys(request: ReleaseRequest, name: str, table: pa.Table) -> list[Warned]:
    key = request.schemas[name].primary_key
    if not key:
        return []
    keys = key_text(table, key)
    twice = 0 if is_ascending(keys) else table.num_rows - pc.count_distinct(keys).as_py()
    absent = sum(table.column(field).null_count for field in key)
    found = []
    if twice:
        told = counted(twice, Said("clé en double", "duplicate key"), Said("clés en double", "duplicate keys"))
        found.append(Warned(f"{name} : {told.fr}", f"{name}: {told.en}"))
    if absent:
        one, many = Said("clé incomplète", "incomplete key"), Said("clés incomplètes", "incomplete keys")
        told = counted(absent, one, many)
        found.append(Warned(f"{name} : {told.fr}", f"{name}: {told.en}"))
    return found
