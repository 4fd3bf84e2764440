"""`arobase release`: the main job, from the sources to the releases and the catalogue, without a server."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.pipeline.run import Event, Run
    from pipelines.storage.buckets import Bucket

SAID = {
    "collect": {"fr": "collecte", "en": "collecting"},
    "records": {"fr": "lecture et mise en forme", "en": "reading and conforming"},
    "tables": {"fr": "assemblage et jugement", "en": "assembling and judging"},
    "findings": {"fr": "constats", "en": "findings"},
    "release": {"fr": "publication", "en": "releasing"},
    "announce": {"fr": "catalogue", "en": "catalogue"},
}

COLON: dict[Language, str] = {"fr": " : ", "en": ": "}
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
@click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for another release of the same package to end; 0: do not wait.",
)
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(
    *,
    packages: tuple[str, ...],
    key_path: str | None,
    address: str | None,
    no_collect: bool,
    wait_seconds: float,
    lang: str | None,
) -> None:
    """Publish new versions of the packages (default: all) from what their sources hold.

    Nothing is published when nothing changed. Exit codes: 0 when every package is published or unchanged, 1 when a
    source, a package or the catalogue could not be made or the releases could not be sent, 2 when the run could not
    start.
    """
    from pipelines.pipeline.working_copy import committed
    from pipelines.schema import package_names

    language = terminal_language(lang)
    project = Project.here()
    known = package_names(project.schemas)
    unknown = [name for name in packages if name not in known]
    if unknown:
        raise click.UsageError(f"{', '.join(unknown)}? {', '.join(known)}")
    bucket = None if address is None else _open(address, language)
    started = time.monotonic()

    def once(may_collect: bool) -> tuple[Run, str, datetime]:
        collecting = may_collect and not no_collect
        return _run(project, packages or None, key_path, collecting, language, wait_seconds=wait_seconds)

    done, name, now = committed(project, once, wait_seconds=wait_seconds)
    _tell_others(project, name, done, now, language)
    _report(project, done, language, time.monotonic() - started)
    sent = bucket is None or _send(project, bucket, language)
    sys.exit(0 if done.went_well and sent else 1)


def _open(address: str, language: Language) -> Bucket:
    """The store to send to, before a run that would be long. Raises `BucketsNotInstalled`, `BucketUnreachable`."""
    from pipelines.storage.buckets import SCHEMES, Bucket, is_bucket

    if not is_bucket(address):
        expected = ", ".join(SCHEMES)
        told = f"attendu : une adresse en {expected}" if language == "fr" else f"expected: an address in {expected}"
        raise click.UsageError(f"--to {address} ; {told}" if language == "fr" else f"--to {address}; {told}")
    return Bucket.open(address)


def _send(project: Project, bucket: Bucket, language: Language) -> bool:
    """Send all releases; whether that went well. The run is done then, and stands whatever became of the sending."""
    from pipelines.core.errors import ArobaseError
    from pipelines.releases.object_store import send

    try:
        sent = send(project.releases, bucket)
    except ArobaseError as error:
        click.echo(f"✗ {error.message(language)} → {error.advice(language)} [{error.code}]", err=True)
        return False
    for word, names in (("envoyée" if language == "fr" else "sent", sent.versions), ("×", sent.buried)):
        for name in names:
            click.echo(f"{bucket.address}{COLON[language]}{name} {word}")
    return True


def _run(
    project: Project,
    packages: Iterable[str] | None,
    key_path: str | None,
    collecting: bool,
    language: Language,
    *,
    wait_seconds: float,
) -> tuple[Run, str, datetime]:
    """One run, the name of its journal, and when it began."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipelines.pipeline.graph import BuildGraph
    from pipelines.pipeline.journal import Journal
    from pipelines.pipeline.run import run, steps_ahead
    from pipelines.releases.signature import key_of_environment, load_key

    key = load_key(Path(key_path)) if key_path else key_of_environment()
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    now, started = datetime.now(UTC), time.monotonic()
    journal, graph = Journal(now), BuildGraph(project)
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=steps_ahead(graph, packages))

        def tell(event: Event) -> None:
            journal.note(event)
            progress.update(bar, advance=1, description=f"{SAID[event.stage][language]}{COLON[language]}{event.name}")

        done = run(
            project,
            graph=graph,
            now=now,
            packages=packages,
            key=key,
            tell=tell,
            collecting=collecting,
            wait_seconds=wait_seconds,
        )
    path = journal.write(project, done, time.monotonic() - started)
    return done, path.stem, now


def _tell_others(project: Project, name: str, done: Run, now: datetime, language: Language) -> None:
    """Alerts, OpenLineage and Prometheus, each where it is set up; one that fails is told, and changes nothing else."""
    from pipelines.commands.alerts import after_run
    from pipelines.core.errors import ArobaseError
    from pipelines.monitoring.after_run import tell_machines
    from pipelines.storage.faults import fault_of

    tellings: tuple[Callable[[], None], ...] = (
        lambda: after_run(project, done, now, language),
        lambda: tell_machines(project, name),
    )
    for tell in tellings:
        try:
            tell()
        except (ArobaseError, OSError) as failed:
            error = failed if isinstance(failed, ArobaseError) else fault_of(failed)
            click.echo(f"✗ {error.message(language)} → {error.advice(language)} [{error.code}]", err=True)


def _report(project: Project, done: Run, language: Language, seconds: float) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from pipelines.releases import Published, Refused, Unchanged

    french, colon = language == "fr", COLON[language]
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
    for name in sorted(done.outcomes):
        rejects = _rejects(project, done, name)
        if rejects:
            word = "enregistrements refusés" if french else "rejected records"
            console.print(f"{escape(name)}{colon}{word} → {escape(rejects)}", soft_wrap=True)
    for mark, told in _told(project, done, language):
        console.print(f"[{'red' if mark == '✗' else 'yellow'}]{mark}[/] {escape(told)}", soft_wrap=True)
    for name, outcome in done.outcomes.items():
        if isinstance(outcome, Refused):
            for reason in outcome.reasons:
                console.print(f"[red]✗[/] {escape(name + colon + getattr(reason, language))}", soft_wrap=True)
        elif isinstance(outcome, Published):
            for warning in outcome.warnings:
                console.print(f"[yellow]![/] {escape(name + colon + getattr(warning, language))}", soft_wrap=True)
    if all(isinstance(outcome, Unchanged) for outcome in done.outcomes.values()) and not done.blocked:
        console.print("Rien n'a changé : rien n'est publié." if french else "Nothing changed: nothing is published.")
    console.print(_catalogue(project, done, french), soft_wrap=True)
    console.print(f"{'Durée' if french else 'Took'}{colon}{seconds:.1f} s")


def _catalogue(project: Project, done: Run, french: bool) -> str:
    """Where the catalogue is, or that this run left it as it was."""
    page = project.catalogue / "index.html"
    shown = _shown(project, page)
    if done.announced:
        return f"Catalogue{COLON['fr' if french else 'en']}{shown}"
    if not page.is_file():
        return "Catalogue non écrit." if french else "Catalogue not written."
    if french:
        return f"Catalogue non réécrit ; celui d'avant reste en place : {shown}"
    return f"Catalogue not rewritten; the one from before stays in place: {shown}"


def _rejects(project: Project, done: Run, package: str) -> str | None:
    """Where the rejected records of a package are read, when its version has some."""
    path: Path | None = getattr(done.outcomes[package], "path", None)
    if path is None or not _counts(done, package)[1]:
        return None
    file = path / "data" / "qualite" / "rejets.csv"
    return _shown(project, file) if file.is_file() else None


def _told(project: Project, done: Run, language: Language) -> Iterator[tuple[str, str]]:
    """What went wrong, each cause once, then what it cost; then what the sources' files did not expect."""
    from pipelines.pipeline.errors import InputMissing, RowsMissing

    colon = COLON[language]
    causes: dict[str, list[str]] = {}
    costs: dict[str, list[str]] = {}
    for place, error in done.errors:
        package, _, table = place.partition("/")
        if table and package in done.blocked:
            costs.setdefault(package, []).append(table)
        if not isinstance(error, InputMissing | RowsMissing):
            told = f"{error.message(language)} → {error.advice(language)} [{error.code}]"
            causes.setdefault(told, []).append(place)
    for told, places in causes.items():
        # The file that the sentence begins with is not said twice; tables are in the line of what it cost.
        apart = [place for place in places if not told.startswith(place) and (len(places) == 1 or "/" not in place)]
        yield "✗", f"{', '.join(apart)}{colon if apart else ''}{told}"
    for package, tables in costs.items():
        standing = _standing(project, package)
        if language == "fr":
            stays = f"la version {standing} reste en place" if standing else "aucune version n'est publiée"
            yield "✗", f"{package} : tables qui n'ont pas pu être faites : {', '.join(tables)} ; {stays}."
        else:
            stays = f"version {standing} stays in place" if standing else "no version is published"
            yield "✗", f"{package}: tables that could not be made: {', '.join(tables)}; {stays}."
    thin = {"fr": "colonne moins remplie qu'attendu", "en": "column filled less than expected"}[language]
    declared = {"fr": "schéma déclaré par le producteur", "en": "schema declared by the publisher"}[language]
    unread = {"fr": "colonnes inconnues, laissées de côté", "en": "unknown columns, left aside"}[language]
    for name, result in done.records.items():
        yield from (("!", f"{name}{colon}{thin}{colon}{column}") for column in result.summary["thin"])
        yield from (("!", f"{name}{colon}{declared}{colon}{item[language]}") for item in result.summary["declared"])
        yield from (("!", f"{name}{colon}{item[language]}") for item in result.summary["noticed"])
        for part, counts in result.summary["parts"].items():
            if counts["columns_without_field"]:
                yield "!", f"{name}/{part}{colon}{unread}{colon}{', '.join(counts['columns_without_field'])}"


def _standing(project: Project, package: str) -> str | None:
    """The version that is current, none before the first."""
    path = project.releases / package / "latest.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["version"]) if path.is_file() else None


def _line(project: Project, name: str, done: Run, french: bool) -> tuple[str, ...]:
    from pipelines.releases import Published, Unchanged

    rows, rejected = _counts(done, name)
    made = sum(result.package == name for result in done.tables.values())
    findings = str(done.findings[name].rows) if name in done.findings else "–"
    outcome = done.outcomes.get(name)
    if isinstance(outcome, Published):
        version = f"[green]{outcome.version}[/] {'nouvelle' if french else 'new'}"
    elif isinstance(outcome, Unchanged):
        version = f"{outcome.version} {'inchangée' if french else 'unchanged'}"
    else:
        version = f"[red]{'non publiée' if french else 'not published'}[/]"
    path = getattr(outcome, "path", getattr(outcome, "record", project.releases / name))
    counts = (str(made), f"{rows:,}".replace(",", "\u202f" if french else ","), str(rejected), findings)
    return name, version, *counts, _shown(project, path)


def _counts(done: Run, package: str) -> tuple[int, int]:
    """The rows of a package's tables, and the records that they and their sources refused."""
    tables = [result for result in done.tables.values() if result.package == package]
    sources = {
        result.source for result in done.records.values() if any(key.startswith(f"{package}/") for key in result.tables)
    }
    rejected = sum(result.summary["rejected"] for result in tables)
    rejected += sum(done.records[source].summary["rejected"] for source in sources)
    return sum(result.summary["accepted"] for result in tables), rejected


def _shown(project: Project, path: Path) -> str:
    """A path as a person would type it from the project's folder; of outputs on an object store, its address."""
    from pipelines.storage.shared import shared_of

    shared = shared_of(project.outputs)
    if shared is not None and path.is_relative_to(project.outputs):
        return f"{shared.public.address}/{path.relative_to(project.outputs).as_posix()}"
    return str(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
