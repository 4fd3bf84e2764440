"""`arobase retract`: make a version disappear, and say so."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.signature import SigningKey

AGREED: dict[Language, tuple[tuple[str, ...], str]] = {"fr": (("o", "oui"), "o/N"), "en": (("y", "yes"), "y/N")}


@click.command("retract")
@click.argument("package")
@click.argument("version")
@click.option("--reason", help="Why; it is published, and refused when it holds personal data.")
@click.option("--withdraw-reason", is_flag=True, help="Delete the reason of an earlier retraction instead, for ever.")
@click.option("--key", "key_path", type=click.Path(exists=True, dir_okay=False), help="Key that signs the log.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
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
    """Delete the files of a version; a tombstone with the reason and the date stays, and the log records it.

    The reason is read before anything is written: one that names somebody is refused, and nothing is deleted. Ledger
    and log hold only a commitment to it, so that --withdraw-reason can delete the text later. A project whose log is
    signed needs the key (--key, AROBASE_SIGNING_KEY_FILE or AROBASE_SIGNING_KEY).

    Exit codes: 0 done, 1 given up, 2 could not be.
    """
    from pipelines.releases.signature import key_of_environment, load_key

    language = terminal_language(lang)
    if (reason is None) is not withdraw_reason:
        wanted = "--reason ou --withdraw-reason" if language == "fr" else "--reason or --withdraw-reason"
        raise click.UsageError(wanted)
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

    french = language == "fr"
    project = Project.here()
    check_reason(project, reason)
    to_retract(project.releases, package, version)
    check_key(project.releases, key)
    asked = f"Effacer {package} {version} pour toujours ?" if french else f"Delete {package} {version} for ever?"
    _ask(asked, yes, language)
    now = datetime.now(UTC)
    _warn_of_the_clock(project, now, language)
    tombstone = make_retraction(project, package, version, reason, now=now, key=key)
    click.echo(
        f"{package} {version} : retirée, {tombstone}" if french else f"{package} {version}: retracted, {tombstone}"
    )


def _withdraw(package: str, version: str, key: SigningKey | None, *, yes: bool, language: Language) -> None:
    from pipelines.releases.log.events import check_key
    from pipelines.releases.retract import withdraw_reason

    french = language == "fr"
    project = Project.here()
    check_key(project.releases, key)
    asked = "Effacer le motif pour toujours ?" if french else "Delete the reason for ever?"
    _ask(asked, yes, language)
    now = datetime.now(UTC)
    _warn_of_the_clock(project, now, language)
    tombstone = withdraw_reason(project.releases, package, version, now=now, key=key)
    words = "motif retiré" if french else "reason withdrawn"
    click.echo(f"{package} {version}{' :' if french else ':'} {words}, {tombstone}")


def _warn_of_the_clock(project: Project, now: datetime, language: Language) -> None:
    """What has to leave leaves at once, whatever the clock says: its wrong date is told, and does not stop it."""
    from pipelines.pipeline.clock import check_dating
    from pipelines.releases.log.dates import LogClockBehind

    try:
        check_dating(project, now)
    except LogClockBehind as error:
        click.echo(f"! {error.message(language)} [{error.code}]", err=True)


def _ask(asked: str, yes: bool, language: Language) -> None:
    if not yes and not _agrees(asked, language):
        click.echo("Abandonné : rien n'est effacé." if language == "fr" else "Given up: nothing is deleted.", err=True)
        sys.exit(1)


def _agrees(asked: str, language: Language) -> bool:
    """Whether a person says yes, in words of the language; anything else, and no answer at all, is no."""
    agreed, shown = AGREED[language]
    try:
        answer = click.prompt(f"{asked} [{shown}]", default="", show_default=False, prompt_suffix=" ")
    except click.Abort:
        click.echo(err=True)
        return False
    return str(answer).strip().lower() in agreed
