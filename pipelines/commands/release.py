"""`arobase release`: the main job, from the sources to the releases and the catalogue, without a server."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
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
@click.option("--no-collect", is_flag=True, help="Work on the snapshots that are there; ask no source.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(packages: tuple[str, ...], key_path: str | None, no_collect: bool, lang: str | None) -> None:
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
    sys.exit(0 if done.went_well else 1)


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
    for place, error in done.errors:
        told = f"{place}: {error.message(language)} → {error.advice(language)} [{error.code}]"
        console.print(f"[red]✗[/] {escape(told)}")
    for name, outcome in done.outcomes.items():
        if isinstance(outcome, Refused):
            for reason in outcome.reasons:
                console.print(f"[red]✗[/] {escape(f'{name}: {getattr(reason, language)}')}")
        elif isinstance(outcome, Published):
            for warning in outcome.warnings:
                console.print(f"[yellow]![/] {escape(f'{name}: {getattr(warning, language)}')}")
    if all(isinstance(outcome, Unchanged) for outcome in done.outcomes.values()) and not done.blocked:
        console.print("Rien n'a changé : rien n'est publié." if french else "Nothing changed: nothing is published.")
    console.print(f"Catalogue: {_shown(project, project.catalogue / 'index.html')}")
    console.print(f"{'Durée' if french else 'Took'}: {seconds:.1f} s")


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
    counts = (str(len(tables)), f"{rows:,}".replace(",", "\u202f"), str(rejected), findings)
    return name, version, *counts, _shown(project, path)


def _shown(project: Project, path: Path) -> str:
    """A path as a person would type it from the project's folder."""
    return str(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
