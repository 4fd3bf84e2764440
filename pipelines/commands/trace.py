"""`arobase trace`: why is this value here?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from pipelines.language import Language, terminal_language
from pipelines.project import Project

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.releases.trace import Raw, Trace

WORDS = {
    "field": ("Champ", "Field"),
    "value": ("Valeur", "Value"),
    "steps": ("Étapes", "Steps"),
    "rules": ("Règles", "Rules"),
    "since": ("De … à", "From … to"),
    "origin": ("Origine", "Origin"),
    "raw": ("Valeurs brutes", "Raw values"),
    "findings": ("Constats", "Findings"),
    "none": ("aucune provenance : table dérivée d'autres tables", "no provenance: a table derived from other tables"),
}


@click.command("trace")
@click.argument("package")
@click.argument("table")
@click.argument("key")
@click.argument("field", required=False)
@click.option("--version", "version", help="Version to look in (default: the current one).")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(*, package: str, table: str, key: str, field: str | None, version: str | None, lang: str | None) -> None:
    """Trace a row, or one FIELD of it, to the snapshots that it comes from.

    KEY: the values of the primary key, in order, with " | " between. Works on the releases alone, with no network.
    Exit codes: 0 found, 2 not found.
    """
    from rich.console import Console

    from pipelines.releases.trace import trace

    project = Project.here()
    found = trace(project.releases, package, table, [key], field, version=version, raw=_reader(project))
    _show(found, terminal_language(lang), Console())


def _reader(project: Project) -> Raw:
    """How raw records are had: from the kept snapshot, read as the source's file says, its public columns only."""
    from pipelines.errors import ArobaseError

    def raw(source: str, snapshot: str, part: str, position: int) -> Mapping[str, str | None] | None:
        try:
            return _record(project, source, snapshot, part, position)
        except (ArobaseError, KeyError, OSError):
            # The releases may stand far from their sources: then the trace ends at the snapshot's hash and position.
            return None

    return raw


def _record(project: Project, source: str, snapshot: str, part: str, position: int) -> Mapping[str, str | None] | None:
    import pyarrow.compute as pc

    from pipelines.records.formats import read
    from pipelines.schema import Privacy, load_incoming
    from pipelines.sources import SnapshotStore, load_sources

    described = load_sources(project).find(source).part(part)
    if described.schema is None:
        return None
    schema = load_incoming(project.schemas, described.schema)
    store = SnapshotStore.of(project)
    records = read(described, store.objects.path(snapshot), source=source, snapshot=snapshot)
    public = {item.name for item in schema.fields if item.privacy is Privacy.PUBLIC}
    found = records.filter(pc.equal(records.column("_position"), position))
    rows: list[dict[str, str | None]] = found.select(
        [name for name in found.column_names if name in public]
    ).to_pylist()
    return rows[0] if rows else None


def _show(found: Trace, language: Language, console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    def word(name: str) -> str:
        return WORDS[name][0 if language == "fr" else 1]

    console.print(escape(f"{found.package} {found.version} · {found.table} · {found.key} (#{found.row})"))
    cells = Table(*(word(name) for name in ("field", "value", "since", "steps", "rules")))
    for cell in found.cells:
        rules = ", ".join(f"{name} {value}" for name, value in cell.constraints.items())
        since = f"{cell.first_version} … {cell.last_version}"
        value = "∅" if cell.value is None else cell.value
        cells.add_row(*(escape(item) for item in (cell.field, value, since, " → ".join(cell.steps), rules)))
    console.print(cells)
    for origin in found.origins:
        console.print(escape(f"{word('origin')} : {origin.title} ({origin.source}), {origin.part} #{origin.position}"))
        console.print(escape(f"  sha256 {origin.snapshot}\n  {origin.obtained} {origin.address}"))
        if origin.record is not None:
            told = ", ".join(f"{name}={value!r}" for name, value in origin.record.items() if value is not None)
            console.print(escape(f"  {word('raw')} : {told}"))
    if not found.origins:
        console.print(word("none"))
    for finding in found.findings:
        sentence = finding["message"] if language == "fr" else finding["message_en"]
        console.print(escape(f"{word('findings')} : {finding['regle']} {finding['resultat']} : {sentence or ''}"))
