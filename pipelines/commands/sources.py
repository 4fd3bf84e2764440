"""`arobase sources`: see, test, fetch and begin sources.

Belongs here: what is done, in which order, and the exit codes. Does not: wording (`_sources_shown.py`), collecting
(`sources/`), reading (`formats/`), guessing (`starter/`).
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language
from pipelines.starter.guessing import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.core.errors import ArobaseError

GOOD, FAULTY = 0, 1
lang_option = click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")


@click.group("sources")
def command() -> None:
    """The sources: list, show, test, fetch, and begin a new one."""


@command.command("list")
@lang_option
def list_sources(lang: str | None) -> None:
    """Every source, its last capture, and what is wrong with it. Exit 1 when a file of sources/ is wrong."""
    from pipelines.commands._sources_shown import listed
    from pipelines.sources import SnapshotStore, load_sources

    language, project = terminal_language(lang), Project.here()
    sources = load_sources(project)
    _echo(listed(sources, SnapshotStore.of(project), datetime.now(UTC), language))
    _say_errors(sources.errors, language)


@command.command("show")
@click.argument("name")
@lang_option
def show(name: str, lang: str | None) -> None:
    """One source: where it comes from, what it fills, and its last capture."""
    from pipelines.commands._sources_shown import shown
    from pipelines.sources import SnapshotStore, load_sources

    language, project = terminal_language(lang), Project.here()
    source = load_sources(project).find(name)
    secrets = {variable: bool(os.environ.get(variable, "").strip()) for variable in source.secrets}
    _echo(shown(source, SnapshotStore.of(project), secrets, language))


@command.command("fetch")
@click.argument("names", nargs=-1)
@lang_option
def fetch(names: tuple[str, ...], lang: str | None) -> None:
    """Collect the sources NAMES, or all, each from its drop folder where a file lies there.

    One that fails keeps its last capture; exit 1 then.
    """
    from pipelines.commands._sources_shown import said, size
    from pipelines.core.errors import ArobaseError
    from pipelines.pipeline.collect import make_snapshots
    from pipelines.sources import load_sources

    language, project = terminal_language(lang), Project.here()
    sources = load_sources(project)
    chosen = [sources.find(name) for name in names] if names else list(sources.values())
    width, failed, fresh = max((len(source.name) for source in chosen), default=0), 0, 0
    for source, capture in make_snapshots(project, chosen, now=lambda: datetime.now(UTC)):
        name = source.ljust(width)
        if isinstance(capture, ArobaseError):
            failed += 1
            click.echo(f"{name}  ! {_sentence(capture, language)}", err=True)
            continue
        fresh += capture.changed
        word = said(language, "nouvelle capture", "new capture") if capture.changed else ""
        weight = size(sum(part.size for part in {part.sha256: part for part in capture.parts}.values()), language)
        click.echo(f"{name}  {word or said(language, 'inchangée', 'unchanged')}, {weight}")
    if len(chosen) > 1:
        french = f"{len(chosen)} sources : {fresh} nouvelles captures, {failed} échecs."
        english = f"{len(chosen)} sources: {fresh} new captures, {failed} failures."
        click.echo(f"\n{said(language, french, english)}")
    if not names:
        _say_errors(sources.errors, language)
    if failed:
        sys.exit(FAULTY)


@command.command("test")
@click.argument("name")
@lang_option
def test(name: str, lang: str | None) -> None:
    """Ask the source NAME and read what it gives, without keeping anything.

    Its mapping is checked first. Says whether it is reachable and authorised, how many records there are, which columns
    the mapping reads, which are left over, what the schema that its publisher declares refuses, and all that a release
    would refuse. Exit 1 when something is not as described, 2 when its file or its mapping cannot be used.
    """
    from pipelines.commands._sources_shown import concluded, refused, said, tried
    from pipelines.core.errors import ArobaseError
    from pipelines.core.faults import unexpected
    from pipelines.formats import read_part
    from pipelines.formats.examining import examine
    from pipelines.mapping import check_mapping
    from pipelines.pipeline.declared import judged_as_declared
    from pipelines.pipeline.trying import refusals_of
    from pipelines.sources import SnapshotStore, collect, load_sources

    language, project = terminal_language(lang), Project.here()
    source, amiss = load_sources(project).find(name), 0
    check_mapping(source, project)
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        trial = Project.at(project.root, folder)
        capture = collect(trial, source, now=datetime.now(UTC))
        click.echo(f"{name}: {said(language, 'joignable, autorisée', 'reachable, authorised')}")
        for part in source.parts:
            snapshot = capture.snapshot(part.name)
            path, announced = SnapshotStore.of(trial).path(snapshot), snapshot.announced
            fault: ArobaseError | None = None
            try:
                reading = read_part(part, path, source=name, snapshot=snapshot.sha256, announced=announced)
            except ArobaseError:
                raise
            except Exception as error:  # noqa: BLE001  told without a value, as a run tells it
                fault = unexpected(error, name=name, stage="records", file=source.path)
            if fault is not None:
                raise fault
            found = examine(part, reading.table, source.parts)
            declared = judged_as_declared(trial, source, part, snapshot, reading.table, incoming=None)
            amiss += len(found.surprises) + len(declared.warnings) + reading.refused + len(reading.notices)
            _echo(tried(found, reading, snapshot, declared, language))
        refusals = refusals_of(trial, source, capture)
        _echo(refused(refusals, fills=bool(source.tables), language=language))
        amiss += len(refusals)
    _echo(concluded(name, amiss, language))
    sys.exit(FAULTY if amiss else GOOD)


@command.command("new")
@click.argument("name")
@click.argument("address")
@click.option(
    "--format", "file_format", type=click.Choice(FORMATS), help="Default: by the address, the server, or the bytes."
)
@click.option("--connector", help="Default: files; paged_json where the first answer says that there is more.")
@click.option("--table", "target", help="package/table that the records fill: proposes the mapping.")
@click.option("--sheet", help="Sheet of a workbook.")
@click.option("--header-row", type=click.IntRange(1), help="Row of the header, from 1. Default: found, below titles.")
@click.option("--pointer", help="Where the list is in a JSON document: results. Default: found.")
@lang_option
def new(*, name: str, address: str, lang: str | None, **chosen: Any) -> None:
    """Begin the source NAME from a sample at ADDRESS: writes its YAML, and its Table Schema when there is none.

    ADDRESS is a path under sources/, or an address: a file, a GeoJSON document, an OGC API - Features collection, or a
    JSON interface that gives pages. Format, pages, list, header row, encoding, types, key and privacy classes are
    proposed, each with its reason, for a person to correct. No field is public, but those that fill a field of --table
    which is public.
    """
    from pipelines.commands._proposals_shown import begun
    from pipelines.commands._sources_shown import said
    from pipelines.starter.sources import begin

    language, project = terminal_language(lang), Project.here()
    made = begin(project, name, address, chosen, now=datetime.now(UTC))
    for path in made.written:
        click.echo(f"{said(language, 'écrit', 'written')}: {path.relative_to(project.root)}")
    _echo(begun(name, made, language))


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _sentence(error: ArobaseError, language: Language) -> str:
    return f"{error.message(language)} [{error.code}]"


def _say_errors(errors: tuple[ArobaseError, ...], language: Language) -> None:
    for error in errors:
        click.echo(f"! {_sentence(error, language)}", err=True)
    if errors:
        sys.exit(FAULTY)
