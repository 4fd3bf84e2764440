"""`arobase release`: the main job, from the sources to the releases and the catalogue, without a server."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.language import Language, terminal_language
from pipelines.project import Project

if TYPE_CHECKING:
    from pipelines.stages.run import Event, Run

SAID = {
    "collect": {"fr": "collecte", "en": "collecting"},
    "records": {"fr": "lecture et mise en forme", "en": "reading and conforming"},
    "tables": {"fr": "assemblage et jugement", "en": "assembling and judging"},
    "findings": {"fr": "constats", "en": "findings"},
    "release": {"fr": "publication", "en": "releasing"},
    "announce": {"fr": "catalogue", "en": "catalogue"},
}

WIDE = 110
HEADS = {
    "fr": ("Package", "Version", "Tables", "Lignes", "Rejets", "Constats", "Où regarder ensuite"),
    "en": ("Package", "Version", "Tables", "Rows", "Rejected", "Findings", "Where to look next"),
}


@click.command("release")
@click.argument("packages", nargs=-1, metavar="[PACKAGE]...")
@click.option(
    "--key", "key_path", type=click.Path(exists=True, dir_okay=False), help="Signing key; `arobase keys new` makes one."
)
@click.option("--to", "address", help="Then send all releases to this object store (s3://bucket/prefix).")
@click.option("--no-collect", is_flag=True, help="Work on the snapshots that are there; ask no source.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(
    *, packages: tuple[str, ...], key_path: str | None, address: str | None, no_collect: bool, lang: str | None
) -> None:
    """Publish new versions of the packages (default: all) from what their sources hold.

    Nothing is published when nothing changed. Exit codes: 0 when every package is published or unchanged, 1 when one
    could not be, 2 when the run could not start.
    """
    from pipelines.schema import package_names

    language = terminal_language(lang)
    project = Project.here()
    known = package_names(project.schemas)
    unknown = [name for name in packages if name not in known]
    if unknown:
        raise click.UsageError(f"{', '.join(unknown)}? {', '.join(known)}")
    started = time.monotonic()
    done = _run(project, packages or None, key_path, not no_collect, language)
    _report(project, done, language, time.monotonic() - started)
    if address is not None:
        _send(project, address, language)
    sys.exit(0 if done.went_well else 1)


def _send(project: Project, address: str, language: Language) -> None:
    from pipelines.releases.depot import send
    from pipelines.storage.buckets import Bucket

    sent = send(project.releases, Bucket.open(address))
    for word, names in (("envoyée" if language == "fr" else "sent", sent.versions), ("×", sent.buried)):
        for name in names:
            click.echo(f"{address}: {name} {word}")


def _run(
    project: Project, packages: Iterable[str] | None, key_path: str | None, collecting: bool, language: Language
) -> Run:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipelines.releases.signature import key_of_environment, load_key
    from pipelines.stages.run import run, steps_ahead

    key = load_key(Path(key_path)) if key_path else key_of_environment()
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=steps_ahead(project, packages))

        def tell(event: Event) -> None:
            progress.update(bar, advance=1, description=f"{SAID[event.stage][language]}: {event.name}")

        return run(project, now=datetime.now(UTC), packages=packages, key=key, tell=tell, collecting=collecting)


def _report(project: Project, done: Run, language: Language, seconds: float) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from pipelines.releases import Published, Refused, Unchanged

    french = language == "fr"
    console = Console(highlight=False)
    lines = [_line(project, name, done, french) for name in sorted({*done.outcomes, *done.blocked})]
    is_wide = console.width >= WIDE
    table = Table(
        *(HEADS[language] if is_wide else HEADS[language][:-1]), box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    for index, column in enumerate(table.columns):
        column.justify = "right" if 2 <= index <= 5 else "left"
        column.no_wrap = True
    for line in lines:
        table.add_row(*(line if is_wide else line[:-1]))
    console.print(table)
    for line in () if is_wide else lines:
        console.print(f"{line[0]} → {line[-1]}", soft_wrap=True)
    for mark, told in _told(project, done, language):
        console.print(f"[{'red' if mark == '✗' else 'yellow'}]{mark}[/] {escape(told)}", soft_wrap=True)
    for name, outcome in done.outcomes.items():
        if isinstance(outcome, Refused):
            for reason in outcome.reasons:
                console.print(f"[red]✗[/] {escape(f'{name}: {getattr(reason, language)}')}", soft_wrap=True)
        elif isinstance(outcome, Published):
            for warning in outcome.warnings:
                console.print(f"[yellow]![/] {escape(f'{name}: {getattr(warning, language)}')}", soft_wrap=True)
    if all(isinstance(outcome, Unchanged) for outcome in done.outcomes.values()) and not done.blocked:
        console.print("Rien n'a changé : rien n'est publié." if french else "Nothing changed: nothing is published.")
    console.print(f"Catalogue: {_shown(project, project.catalogue / 'index.html')}", soft_wrap=True)
    console.print(f"{'Durée' if french else 'Took'}: {seconds:.1f} s")


def _told(project: Project, done: Run, language: Language) -> Iterator[tuple[str, str]]:
    """What went wrong, each cause once, then what it cost; then what the sources' files did not expect."""
    from pipelines.stages.errors import InputMissing, RowsMissing

    costs: dict[str, list[str]] = {}
    for place, error in done.errors:
        if isinstance(error, InputMissing | RowsMissing):
            package, _, table = place.partition("/")
            costs.setdefault(package, []).append(table)
        else:
            yield "✗", f"{place}: {error.message(language)} → {error.advice(language)} [{error.code}]"
    for package, tables in costs.items():
        standing = _standing(project, package)
        if language == "fr":
            stays = f"la version {standing} reste en place" if standing else "aucune version n'est publiée"
            yield "✗", f"{package}: tables qui n'ont pas pu être faites : {', '.join(tables)} ; {stays}."
        else:
            stays = f"version {standing} stays in place" if standing else "no version is published"
            yield "✗", f"{package}: tables that could not be made: {', '.join(tables)}; {stays}."
    thin = {"fr": "colonne moins remplie qu'attendu", "en": "column filled less than expected"}[language]
    unread = {"fr": "colonnes inconnues, laissées de côté", "en": "unknown columns, left aside"}[language]
    for name, result in done.records.items():
        yield from (("!", f"{name}: {thin}: {warning}") for warning in result.summary["warnings"])
        for part, counts in result.summary["parts"].items():
            if counts["columns_without_field"]:
                yield "!", f"{name}/{part}: {unread}: {', '.join(counts['columns_without_field'])}"


def _standing(project: Project, package: str) -> str | None:
    """The version that is current, none before the first."""
    path = project.releases / package / "latest.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["version"]) if path.is_file() else None


def _line(project: Project, name: str, done: Run, french: bool) -> tuple[str, ...]:
    from pipelines.releases import Published, Unchanged

    tables = [result for result in done.tables.values() if result.package == name]
    rows = sum(result.summary["accepted"] for result in tables)
    sources = {
        result.source for result in done.records.values() if any(key.startswith(f"{name}/") for key in result.tables)
    }
    rejected = sum(result.summary["rejected"] for result in tables)
    rejected += sum(done.records[source].summary["rejected"] for source in sources)
    findings = str(done.findings[name].table.num_rows) if name in done.findings else "–"
    outcome = done.outcomes.get(name)
    if isinstance(outcome, Published):
        version = f"[green]{outcome.version}[/] {'nouvelle' if french else 'new'}"
    elif isinstance(outcome, Unchanged):
        version = f"{outcome.version} {'inchangée' if french else 'unchanged'}"
    else:
        version = f"[red]{'non publiée' if french else 'not published'}[/]"
    path = getattr(outcome, "path", getattr(outcome, "record", project.releases / name))
    counts = (str(len(tables)), f"{rows:,}".replace(",", "\u202f" if french else ","), str(rejected), findings)
    return name, version, *counts, _shown(project, path)


def _shown(project: Project, path: Path) -> str:
    """A path as a person would type it from the project's folder."""
    return str(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
