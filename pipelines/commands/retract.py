"""`arobase retract`: make a version disappear, and say so."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Misused, agrees, argument, as_command, lang_option, option
from pipelines.commands._shared_help import CANCELLED, YES
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.signature import SigningKey


@as_command(
    "retract",
    help=Said(
        """Retirer une version : supprimer ses fichiers, et laisser un avis de retrait.

        L'avis donne le motif et la date, et le journal note le retrait. Le motif est relu avant toute écriture : s'il
        nomme quelqu'un, il est refusé et rien n'est supprimé. Le registre et le journal n'en gardent qu'une empreinte,
        pour que --withdraw-reason puisse supprimer le texte plus tard. Si le journal du projet est signé, il faut la
        clé (--key, AROBASE_SIGNING_KEY_FILE ou AROBASE_SIGNING_KEY). Le catalogue, s'il existe, est refait sans cette
        version.

        Codes de sortie : 0, fait ; 1, abandonné ; 2, impossible, ou le catalogue n'a pas pu être refait.""",
        """Retract a version: delete its files, and leave a retraction notice.

        The notice gives the reason and the date, and the log records the retraction. The reason is read before anything
        is written: one that names somebody is refused, and nothing is deleted. Ledger and log keep only a commitment to
        it, so that --withdraw-reason can delete the text later. A project whose log is signed needs the key (--key,
        AROBASE_SIGNING_KEY_FILE or AROBASE_SIGNING_KEY). The catalogue, where there is one, is written again without
        the version.

        Exit codes: 0, done; 1, cancelled; 2, impossible, or the catalogue could not be written again.""",
    ),
)
@argument("package", metavar=Said("JEU", "PACKAGE"))
@argument("version", metavar=Said("VERSION", "VERSION"))
@option(
    "--reason",
    metavar=Said("TEXTE", "TEXT"),
    help=Said(
        "Le motif ; il est publié, et refusé s'il contient une donnée personnelle.",
        "Why; it is published, and refused when it contains personal data.",
    ),
)
@option(
    "--withdraw-reason",
    is_flag=True,
    help=Said(
        "Supprimer plutôt, pour toujours, le motif d'un retrait précédent.",
        "Delete the reason of an earlier retraction instead, for ever.",
    ),
)
@option(
    "--key",
    "key_path",
    type=click.Path(exists=True, dir_okay=False),
    help=Said("La clé qui signe le journal.", "The key that signs the log."),
)
@option("--yes", is_flag=True, help=YES)
@lang_option
def command(
    *,
    package: str,
    version: str,
    reason: str | None,
    withdraw_reason: bool,
    key_path: str | None,
    yes: bool,
    lang: str | None,
) -> None:
    """Retract a version, or withdraw the reason of a retraction."""
    from pipelines.releases.signature import key_of_environment, load_key

    language = terminal_language(lang)
    if (reason is None) is not withdraw_reason:
        raise Misused(Said("donnez --reason ou --withdraw-reason", "give --reason or --withdraw-reason"))
    key = load_key(Path(key_path)) if key_path else key_of_environment()
    if reason is None:
        _withdraw(package, version, key, yes=yes, language=language)
    else:
        _retract(package, version, reason, key, yes=yes, language=language)


def _retract(package: str, version: str, reason: str, key: SigningKey | None, *, yes: bool, language: Language) -> None:
    from pipelines.pipeline.personal import check_reason
    from pipelines.pipeline.retraction import make_retraction
    from pipelines.releases.log.events import check_key
    from pipelines.releases.retract import to_retract

    project = Project.here()
    check_reason(project, reason)
    to_retract(project.releases, package, version)
    check_key(project.releases, key)
    question = Said(f"Supprimer {package} {version} pour toujours ?", f"Delete {package} {version} for ever?")
    _ask(question, yes, language)
    now = datetime.now(UTC)
    _warn_of_the_clock(project, now, language)
    tombstone = make_retraction(project, package, version, reason, now=now, key=key)
    click.echo(
        Said(f"{package} {version} : retirée, {tombstone}", f"{package} {version}: retracted, {tombstone}")[language]
    )


def _withdraw(package: str, version: str, key: SigningKey | None, *, yes: bool, language: Language) -> None:
    from pipelines.pipeline.retraction import make_withdrawal
    from pipelines.releases.log.events import check_key

    project = Project.here()
    check_key(project.releases, key)
    _ask(Said("Supprimer le motif pour toujours ?", "Delete the reason for ever?"), yes, language)
    now = datetime.now(UTC)
    _warn_of_the_clock(project, now, language)
    tombstone = make_withdrawal(project, package, version, now=now, key=key)
    words = Said("motif retiré", "reason withdrawn")[language]
    click.echo(f"{package} {version}{Said(' :', ':')[language]} {words}, {tombstone}")


def _warn_of_the_clock(project: Project, now: datetime, language: Language) -> None:
    """What has to leave leaves at once, whatever the clock says: its wrong date is told, and does not stop it."""
    from pipelines.pipeline.clock import check_dating
    from pipelines.releases.log.dates import LogClockBehind

    try:
        check_dating(project, now)
    except LogClockBehind as error:
        click.echo(f"! {error.message(language)} [{error.code}]", err=True)


def _ask(question: Said, yes: bool, language: Language) -> None:
    if not yes and not agrees(question):
        click.echo(CANCELLED[language], err=True)
        sys.exit(1)
