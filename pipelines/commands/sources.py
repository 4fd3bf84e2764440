"""`arobase sources`: see, test, fetch and begin sources.

Belongs here: what is done, in which order, and the exit codes. Does not: wording (`_sources_output.py`), collecting
(`sources/`), reading (`formats/`), guessing (`starter/`).
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from pipelines.commands._bilingual import argument, as_group, lang_option, option
from pipelines.commands._shared_help import CONNECTOR, FORMAT, HEADER_ROW, HEADERS_CHECKED, POINTER, SHEET
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, counted, terminal_language
from pipelines.starter.guessing import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.core.errors import ArobaseError

GOOD, FAULTY = 0, 1


@as_group(
    "sources",
    help=Said(
        "Lister, montrer, essayer et collecter les sources, ou en commencer une.",
        "List, show, test and fetch the sources, or begin a new one.",
    ),
)
def command() -> None:
    """Sources of the project."""


@command.command(
    "list",
    help=Said(
        """Lister les sources, leur dernière collecte et leurs erreurs.

        Codes de sortie : 0, tout est juste ; 1, un fichier de sources/ est faux.""",
        """List the sources, their last capture and their errors.

        Exit codes: 0, all is right; 1, a file of sources/ is wrong.""",
    ),
)
@lang_option
def list_sources(lang: str | None) -> None:
    """List the sources."""
    from pipelines.commands._sources_output import listed
    from pipelines.pipeline.inbox import astray_told
    from pipelines.sources import SnapshotStore, load_sources

    language, project = terminal_language(lang), Project.here()
    sources = load_sources(project)
    _echo(listed(sources, SnapshotStore.of(project), datetime.now(UTC), language))
    _echo(f"! {told[language]}" for told in astray_told(project))
    _say_errors(sources.errors, language)


@command.command(
    "show",
    help=Said(
        "Montrer une source : d'où elle vient, les tables qu'elle remplit, sa dernière collecte.",
        "Show one source: where it comes from, what it fills, and its last capture.",
    ),
)
@argument("name", metavar=Said("NOM", "NAME"))
@lang_option
def show(name: str, lang: str | None) -> None:
    """Show one source."""
    from pipelines.commands._sources_output import shown
    from pipelines.sources import SnapshotStore, load_sources

    language, project = terminal_language(lang), Project.here()
    source = load_sources(project).find(name)
    secrets = {variable: bool(os.environ.get(variable, "").strip()) for variable in source.secrets}
    _echo(shown(source, SnapshotStore.of(project), secrets, language))


@command.command(
    "fetch",
    help=Said(
        """Collecter les sources NOM, ou toutes.

        Une source est lue dans son dossier de dépôt si un fichier s'y trouve. Celle qui échoue garde sa dernière
        collecte. Codes de sortie : 0, toutes sont collectées ; 1, une a échoué.""",
        """Collect the sources NAME, or all.

        Each is read from its drop folder where a file lies there. One that fails keeps its last capture. Exit codes: 0,
        all were collected; 1, one failed.""",
    ),
)
@argument("names", metavar=Said("NOM", "NAME"), nargs=-1)
@lang_option
def fetch(names: tuple[str, ...], lang: str | None) -> None:
    """Collect sources."""
    from pipelines.commands._sources_output import size
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
        word = Said("nouvelle copie de la source", "new snapshot")[language] if capture.changed else ""
        weight = size(sum(part.size for part in {part.sha256: part for part in capture.parts}.values()), language)
        click.echo(f"{name}  {word or Said('inchangée', 'unchanged')[language]}, {weight}")
    if len(chosen) > 1:
        news = counted(fresh, Said("nouvelle copie", "new snapshot"), Said("nouvelles copies", "new snapshots"))
        failures = counted(failed, Said("échec", "failure"), Said("échecs", "failures"))
        french = f"{len(chosen)} sources : {news.fr}, {failures.fr}."
        english = f"{len(chosen)} sources: {news.en}, {failures.en}."
        click.echo(f"\n{Said(french, english)[language]}")
    if not names:
        _say_errors(sources.errors, language)
    if failed:
        sys.exit(FAULTY)


@command.command(
    "test",
    help=Said(
        """Interroger la source NOM et lire ce qu'elle donne, sans rien conserver.

        Sa mise en forme (mapping) est vérifiée d'abord. La commande affiche si la source est joignable et autorisée, le
        nombre d'enregistrements, les colonnes lues et celles qui restent, ce que le schéma déclaré par le producteur
        écarte, et tout ce qu'une publication écarterait.

        Codes de sortie : 0, tout est conforme à la description ; 1, quelque chose ne l'est pas ; 2, son fichier ou sa
        mise en forme est inutilisable.""",
        """Ask the source NAME and read what it gives, without keeping anything.

        Its mapping is checked first. Shows whether it is reachable and authorised, how many records there are, which
        columns the mapping reads, which are left over, what the schema that its publisher declares rejects, and all
        that a release would reject.

        Exit codes: 0, all is as described; 1, something is not; 2, its file or its mapping cannot be used.""",
    ),
)
@argument("name", metavar=Said("NOM", "NAME"))
@lang_option
def test(name: str, lang: str | None) -> None:
    """Try a source, and exit by what was found."""
    from pipelines.commands._sources_output import concluded, refused, tried
    from pipelines.core.errors import ArobaseError
    from pipelines.core.faults import unexpected
    from pipelines.formats import read_part
    from pipelines.formats.examining import examine
    from pipelines.mapping import check_mapping
    from pipelines.pipeline.declared import validated_as_declared
    from pipelines.pipeline.trying import refusals_of
    from pipelines.sources import SnapshotStore, collect, load_sources

    language, project = terminal_language(lang), Project.here()
    source, amiss = load_sources(project).find(name), 0
    check_mapping(source, project)
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        trial = Project.at(project.root, folder)
        capture = collect(trial, source, now=datetime.now(UTC))
        click.echo(f"{name}{Said(' : joignable, autorisée', ': reachable, authorised')[language]}")
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
            declared = validated_as_declared(trial, source, part, snapshot, reading.table, incoming=None)
            amiss += len(found.surprises) + len(declared.warnings) + reading.refused + len(reading.notices)
            _echo(tried(found, reading, snapshot, declared, language))
        refusals = refusals_of(trial, source, capture, real=project)
        _echo(refused(refusals, fills=bool(source.tables), language=language))
        amiss += sum(not item.is_untried for item in refusals)
    _echo(concluded(name, amiss, language))
    sys.exit(FAULTY if amiss else GOOD)


@command.command(
    "new",
    help=Said(
        """Commencer la source NOM d'après un échantillon pris à ADRESSE.

        La commande écrit son fichier YAML, et son Table Schema s'il n'existe pas. ADRESSE est un chemin dans sources/,
        ou l'adresse d'un fichier, d'un document GeoJSON, d'une collection OGC API - Features ou d'une interface JSON
        par pages. Format, pages, liste, ligne d'en-tête, encodage, types, clé et classes de confidentialité sont
        proposés, chacun avec sa raison ; à une personne de les corriger. Aucun champ n'est public, sauf ceux qui
        remplissent un champ public de --table.""",
        """Begin the source NAME from a sample at ADDRESS.

        The command writes its YAML file, and its Table Schema when there is none. ADDRESS is a path under sources/, or
        the address of a file, a GeoJSON document, an OGC API - Features collection, or a JSON interface that gives
        pages. Format, pages, list, header row, encoding, types, key and privacy classes are proposed, each with its
        reason, for a person to correct. No field is public, except those that fill a public field of --table.""",
    ),
)
@argument("name", metavar=Said("NOM", "NAME"))
@argument("address", metavar=Said("ADRESSE", "ADDRESS"))
@option("--format", "file_format", type=click.Choice(FORMATS), help=FORMAT)
@option("--connector", help=CONNECTOR)
@option(
    "--table",
    "target",
    metavar=Said("JEU/TABLE", "PACKAGE/TABLE"),
    help=Said(
        "La table que remplissent les enregistrements : propose la mise en forme.",
        "The table that the records fill: proposes the mapping.",
    ),
)
@option("--sheet", help=SHEET)
@option("--header-row", type=click.IntRange(1), help=HEADER_ROW)
@option("--pointer", help=POINTER)
@option("--headers-checked", is_flag=True, help=HEADERS_CHECKED)
@lang_option
def new(*, name: str, address: str, headers_checked: bool, lang: str | None, **chosen: Any) -> None:
    """Begin a source from a sample."""
    from pipelines.commands._proposals_output import begun
    from pipelines.starter.sources import begin

    language, project = terminal_language(lang), Project.here()
    made = begin(project, name, address, chosen, now=datetime.now(UTC), headers_checked=headers_checked)
    for path in made.written:
        click.echo(f"{Said('écrit : ', 'written: ')[language]}{path.relative_to(project.root)}")
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
