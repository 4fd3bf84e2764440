"""`arobase retract`: make a version disappear, and say so."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

AGREED: dict[Language, tuple[tuple[str, ...], str]] = {"fr": (("o", "oui"), "o/N"), "en": (("y", "yes"), "y/N")}


@click.command("retract")
@click.argument("package")
@click.argument("version")
@click.option("--reason", required=True, help="Why; it is published, and refused when it holds personal data.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(package: str, version: str, reason: str, yes: bool, lang: str | None) -> None:
    """Delete the files of a version; a tombstone with the reason and the date stays, and the ledger records it.

    The reason is read before anything is written: one that names somebody is refused, and nothing is deleted.

    Exit codes: 0 retracted, 1 given up, 2 could not be.
    """
    from pipelines.pipeline.personal import check_reason
    from pipelines.pipeline.retraction import make_retraction
    from pipelines.releases.retract import to_retract

    language = terminal_language(lang)
    french = language == "fr"
    project = Project.here()
    check_reason(project, reason)
    to_retract(project.releases, package, version)
    asked = f"Effacer {package} {version} pour toujours ?" if french else f"Delete {package} {version} for ever?"
    if not yes and not _agrees(asked, language):
        click.echo("Abandonné : rien n'est effacé." if french else "Given up: nothing is deleted.", err=True)
        sys.exit(1)
    tombstone = make_retraction(project, package, version, reason, now=datetime.now(UTC))
    click.echo(
        f"{package} {version} : retirée, {tombstone}" if french else f"{package} {version}: retracted, {tombstone}"
    )


def _agrees(asked: str, language: Language) -> bool:
    """Whether a person says yes, in words of the language; anything else, and no answer at all, is no."""
    agreed, shown = AGREED[language]
    try:
        answer = click.prompt(f"{asked} [{shown}]", default="", show_default=False, prompt_suffix=" ")
    except click.Abort:
        click.echo(err=True)
        return False
    return str(answer).strip().lower() in agreed
