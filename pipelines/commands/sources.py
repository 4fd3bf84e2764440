"""`arobase sources`: see, test, fetch and begin sources.

Belongs here: what is printed. Does not: collecting (`sources/`), reading (`records/formats/`).
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from pipelines.language import Language, terminal_language
from pipelines.project import Project

if TYPE_CHECKING:
    from pipelines.errors import ArobaseError
    from pipelines.sources import Capture, Source

GOOD, FAULTY = 0, 1
SHOWN = 12
lang_option = click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")


@click.group("sources")
def command() -> None:
    """The sources: list, show, test, fetch, and begin a new one."""


@command.command("list")
@lang_option
def list_sources(lang: str | None) -> None:
    """Every source, its last capture, and what is wrong with it. Exit 1 when a file of sources/ is wrong."""
    from pipelines.sources import SnapshotStore, load_sources
    from pipelines.sources.freshness import freshness

    language, project = terminal_language(lang), Project.here()
    sources, now = load_sources(project), datetime.now(UTC)
    store = SnapshotStore.of(project)
    for source in sources.values():
        capture = store.latest(source.name)
        state = freshness(source, capture, now)
        words = [_obtained(capture, language)]
        if state.is_late:
            words.append("en retard" if language == "fr" else "late")
        if store.last_failure(source.name):
            words.append("dernier essai en échec" if language == "fr" else "last attempt failed")
        title = source.title if language == "fr" else source.title_en
        click.echo(f"{source.name:<28} {source.connector:<13} {', '.join(words)}  {title}")
    _say_errors(sources.errors, language)


@command.command("show")
@click.argument("name")
@lang_option
def show(name: str, lang: str | None) -> None:
    """One source: where it comes from, what it fills, and its last capture."""
    from pipelines.sources import SnapshotStore, load_sources

    language, project = terminal_language(lang), Project.here()
    source = load_sources(project).find(name)
    store = SnapshotStore.of(project)
    french = language == "fr"
    click.echo(f"{source.name}: {source.title if french else source.title_en}")
    click.echo((source.description if french else source.description_en).strip())
    for key, value in _facts(source, french):
        click.echo(f"  {key}: {value}")
    capture = store.latest(name)
    for snapshot in capture.parts if capture else ():
        click.echo(
            f"  {snapshot.part}: {snapshot.obtained.date()} {snapshot.size:,} B {snapshot.sha256} {snapshot.address}"
        )
        for told in snapshot.fetch.get("drift", ()):
            click.echo(f"    ! {told['what']} {told['champ']} {told.get('label', '')}")
    failure = store.last_failure(name)
    if failure:
        click.echo(f"  ! {failure['at']} {failure['error'][language]}")


@command.command("fetch")
@click.argument("names", nargs=-1)
@lang_option
def fetch(names: tuple[str, ...], lang: str | None) -> None:
    """Collect the sources NAMES, or all. One that fails keeps its last capture; exit 1 then."""
    from pipelines.errors import ArobaseError
    from pipelines.sources import collect_many, load_sources

    language, project = terminal_language(lang), Project.here()
    sources = load_sources(project)
    chosen = [sources.find(name) for name in names] if names else list(sources.values())
    failed = False
    for source, capture in collect_many(project, chosen, now=lambda: datetime.now(UTC)):
        if isinstance(capture, ArobaseError):
            failed = True
            click.echo(f"{source.name}: {_sentence(capture, language)}", err=True)
            continue
        changed = {"fr": ("inchangée", "nouvelle capture"), "en": ("unchanged", "new capture")}[language][
            capture.changed
        ]
        click.echo(f"{source.name}: {changed}, {sum(part.size for part in capture.parts):,} B")
    if not names:
        _say_errors(sources.errors, language)
    if failed:
        sys.exit(FAULTY)


@command.command("test")
@click.argument("name")
@lang_option
def test(name: str, lang: str | None) -> None:
    """Ask the source NAME and read what it gives, without keeping anything.

    Says whether it is reachable and authorised, how many records there are, which columns the mapping reads, and which
    are left over. Exit 1 when something is not as the description expects.
    """
    from pipelines.records.formats import read
    from pipelines.records.formats.examining import examine
    from pipelines.sources import SnapshotStore, collect, load_sources

    language, project = terminal_language(lang), Project.here()
    source = load_sources(project).find(name)
    french, surprised = language == "fr", False
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        trial = Project.at(project.root, folder)
        capture = collect(trial, source, now=datetime.now(UTC))
        click.echo(f"{name}: {'joignable, autorisée' if french else 'reachable, authorised'}")
        for part in source.parts:
            snapshot = capture.snapshot(part.name)
            table = read(part, SnapshotStore.of(trial).path(snapshot), source=name, snapshot=snapshot.sha256)
            found = examine(part, table, source.parts)
            click.echo(f"  {part.name}: {found.rows} {'enregistrements' if french else 'records'}, {snapshot.address}")
            click.echo(f"    {'lues' if french else 'mapped'} ({len(found.mapped)}): {_some(found.mapped)}")
            click.echo(
                f"    {'laissées' if french else 'left over'} ({len(found.left_over)}): {_some(found.left_over)}"
            )
            detected = (table.schema.metadata or {}).get(b"facts", b"{}").decode("utf-8")
            click.echo(f"    {'détecté' if french else 'detected'}: {detected}")
            for surprise in found.surprises:
                surprised = True
                click.echo(f"    ! {surprise.fr if french else surprise.en}")
    sys.exit(FAULTY if surprised else GOOD)


@command.command("new")
@click.argument("name")
@click.argument("address")
@click.option("--format", "file_format", required=True, help="csv, xlsx, json…")
@click.option("--connector", default="files", show_default=True)
@click.option("--table", "target", help="package/table that the records fill: proposes the mapping.")
@click.option("--sheet", help="Sheet of a workbook.")
@lang_option
def new(*, name: str, address: str, lang: str | None, **chosen: Any) -> None:
    """Begin the source NAME from a sample at ADDRESS: writes its YAML, and its Table Schema when there is none.

    What is written is a proposal to correct: types and names are guessed, and no field is public.
    """
    from pipelines.records.formats.beginning import begin

    language, project = terminal_language(lang), Project.here()
    for path in begin(project, name, address, chosen, now=datetime.now(UTC)):
        click.echo(f"{'écrit' if language == 'fr' else 'written'}: {path.relative_to(project.root)}")


def _facts(source: Source, french: bool) -> list[tuple[str, str]]:
    from pipelines.sources.http.addresses import shown

    address = shown(source.address) if "://" in source.address else source.address
    return [
        ("connecteur" if french else "connector", source.connector),
        ("adresse" if french else "address", address),
        ("licence", source.licence),
        ("producteur" if french else "publisher", source.publisher["title"]),
        ("responsable" if french else "owner", source.owner),
        ("cadence", source.cadence or "—"),
        ("exemple" if french else "example", str(source.example).lower()),
        ("tables", ", ".join(source.tables) or "—"),
        ("secrets", ", ".join(source.secrets) or "—"),
    ]


def _obtained(capture: Capture | None, language: Language) -> str:
    if capture is None:
        return "jamais collectée" if language == "fr" else "never collected"
    return str(min(part.obtained for part in capture.parts).date())


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "") or "—"


def _sentence(error: ArobaseError, language: Language) -> str:
    return f"{error.message(language)} [{error.code}]"


def _say_errors(errors: tuple[ArobaseError, ...], language: Language) -> None:
    for error in errors:
        click.echo(_sentence(error, language), err=True)
    if errors:
        sys.exit(FAULTY)
