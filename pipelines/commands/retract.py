"""`arobase retract`: make a version disappear, and say so."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from pipelines.language import terminal_language
from pipelines.project import Project


@click.command("retract")
@click.argument("package")
@click.argument("version")
@click.option("--reason", required=True, help="Why; it is published, so it holds no personal data.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(package: str, version: str, reason: str, yes: bool, lang: str | None) -> None:
    """Delete the files of a version; a tombstone with the reason and the date stays, and the ledger records it.

    Exit codes: 0 retracted, 1 given up, 2 could not be.
    """
    from pipelines.releases.retract import retract

    french = terminal_language(lang) == "fr"
    asked = f"Effacer {package} {version} pour toujours ?" if french else f"Delete {package} {version} for ever?"
    if not yes:
        click.confirm(asked, abort=True)
    tombstone = retract(Project.here().releases, package, version, reason, now=datetime.now(UTC))
    click.echo(
        f"{package} {version} : retirée, {tombstone}" if french else f"{package} {version}: retracted, {tombstone}"
    )
