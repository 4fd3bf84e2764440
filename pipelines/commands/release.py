"""`arobase release`: the main job, from the sources to the releases and the catalogue, without a server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.commands._release_output import COLON, report
from pipelines.commands._without_pandas import keep_pandas_out
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    from pipelines.pipeline.run import Event, Run
    from pipelines.storage.buckets import Bucket

LABELS = {
    "collect": Said("collecte", "collecting"),
    "records": Said("lecture et mise en forme", "reading and normalising"),
    "tables": Said("assemblage et validation", "assembling and validating"),
    "findings": Said("constats", "findings"),
    "release": Said("publication", "releasing"),
    "catalogue": Said("catalogue", "catalogue"),
}


@as_command(
    "release",
    help=Said(
        """Publier de nouvelles versions à partir des sources.

        JEU : les jeux de données à publier (par défaut : tous). Rien n'est publié si rien n'a changé.

        Codes de sortie : 0, chaque jeu de données est publié ou inchangé ; 1, une source, un jeu de données ou le
        catalogue n'a pas pu être fait, ou les versions n'ont pas pu être envoyées ; 2, l'exécution n'a pas pu
        commencer.""",
        """Publish new versions from the sources.

        PACKAGE: the packages to publish (default: all). Nothing is published when nothing changed.

        Exit codes: 0, every package is published or unchanged; 1, a source, a package or the catalogue could not be
        made, or the releases could not be sent; 2, the run could not start.""",
    ),
)
@argument("packages", metavar=Said("JEU", "PACKAGE"), nargs=-1)
@option(
    "--key",
    "key_path",
    type=click.Path(exists=True, dir_okay=False),
    help=Said("Clé de signature ; « arobase keys new » en crée une.", "Signing key; `arobase keys new` makes one."),
)
@option(
    "--to",
    "address",
    metavar=Said("ADRESSE", "ADDRESS"),
    help=Said(
        "Envoyer ensuite toutes les versions à ce dépôt d'objets (s3://seau/préfixe).",
        "Then send all releases to this object store (s3://bucket/prefix).",
    ),
)
@option(
    "--no-collect",
    is_flag=True,
    help=Said(
        "Travailler sur les copies déjà là, sans interroger aucune source.",
        "Work on the snapshots that are there; ask no source.",
    ),
)
@option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar=Said("SECONDES", "SECONDS"),
    help=Said(
        "Attendre au plus ce temps la fin d'une autre publication du même jeu de données ; 0 : ne pas attendre.",
        "Wait this long for another release of the same package to end; 0: do not wait.",
    ),
)
@lang_option
def command(
    *,
    packages: tuple[str, ...],
    key_path: str | None,
    address: str | None,
    no_collect: bool,
    wait_seconds: float,
    lang: str | None,
) -> None:
    """Publish what the sources contain, and exit by how it went."""
    from pipelines.core.domains import foreign_folders
    from pipelines.pipeline.working_copy import committed
    from pipelines.schema import package_names

    language = terminal_language(lang)
    project = Project.here()
    known = package_names(project.schemas)
    unknown = [name for name in packages if name not in known]
    if unknown:
        raise Misused(
            Said(
                f"jeu de données inconnu : {', '.join(unknown)} ; attendu : {', '.join(known)}",
                f"unknown package: {', '.join(unknown)}; expected: {', '.join(known)}",
            )
        )
    bucket = None if address is None else _open(address)
    if not foreign_folders(project):  # what a project's own domain hands to Arrow is not for us to say
        keep_pandas_out()
    started = time.monotonic()

    def once(may_collect: bool) -> tuple[Run, str, datetime]:
        collecting = may_collect and not no_collect
        return _run(project, packages or None, key_path, collecting, language, wait_seconds=wait_seconds)

    done, name, now = committed(project, once, wait_seconds=wait_seconds)
    _notify_others(project, name, done, now, language)
    report(project, done, language, time.monotonic() - started)
    sent = bucket is None or _send(project, bucket, language)
    sys.exit(0 if done.went_well and sent else 1)


def _open(address: str) -> Bucket:
    """The store to send to, before a run that would be long. Raises `BucketsNotInstalled`, `BucketUnreachable`."""
    from pipelines.storage.buckets import SCHEMES, Bucket, is_bucket

    if not is_bucket(address):
        expected = ", ".join(SCHEMES)
        raise Misused(
            Said(
                f"--to {address} ; attendu : une adresse en {expected}",
                f"--to {address}; expected: an address in {expected}",
            )
        )
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
    for word, names in ((Said("envoyée", "sent")[language], sent.versions), ("×", sent.buried)):
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
    from pipelines.pipeline.run import run, steps_ahead
    from pipelines.pipeline.run_journal import RunJournal
    from pipelines.releases.signature import key_of_environment, load_key

    key = load_key(Path(key_path)) if key_path else key_of_environment()
    console = Console(stderr=True, emoji=False)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    now, started = datetime.now(UTC), time.monotonic()
    journal, graph = RunJournal(now), BuildGraph(project)
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=steps_ahead(graph, packages))

        def noted(event: Event) -> None:
            journal.note(event)
            progress.update(bar, advance=1, description=f"{LABELS[event.stage][language]}{COLON[language]}{event.name}")

        done = run(
            project,
            graph=graph,
            now=now,
            packages=packages,
            key=key,
            on_event=noted,
            collecting=collecting,
            wait_seconds=wait_seconds,
        )
    path = journal.write(project, done, time.monotonic() - started)
    return done, path.stem, now


def _notify_others(project: Project, name: str, done: Run, now: datetime, language: Language) -> None:
    """Alerts, OpenLineage and Prometheus, each where set up; one that fails is reported, and changes nothing else."""
    from pipelines.commands.alerts import after_run
    from pipelines.core.errors import ArobaseError
    from pipelines.monitoring.after_run import export_figures
    from pipelines.storage.faults import fault_of

    exports: tuple[Callable[[], None], ...] = (
        lambda: after_run(project, done, now, language),
        lambda: export_figures(project, name),
    )
    for export in exports:
        try:
            export()
        except (ArobaseError, OSError) as failed:
            error = failed if isinstance(failed, ArobaseError) else fault_of(failed)
            click.echo(f"✗ {error.message(language)} → {error.advice(language)} [{error.code}]", err=True)
