"""`arobase push`: bring the current version of packages to a portal, or show how the portal differs."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.portals import Portal
    from pipelines.portals.pushing import Look, Outcome

GOOD, DIFFERS, CANNOT = 0, 1, 2
WORDS: dict[str, dict[Language, str]] = {
    "created": {"fr": "créé", "en": "created"},
    "updated": {"fr": "mis à jour", "en": "updated"},
    "unchanged": {"fr": "déjà à jour", "en": "unchanged"},
}


@click.command("push")
@click.argument("portal")
@click.argument("package", required=False)
@click.option("--dry-run", is_flag=True, help="Say what a push would change; write nothing.")
@click.option("--diff", "only_diff", is_flag=True, help="Show how the portal differs; exit 1 when it does.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(portal: str, package: str | None, dry_run: bool, only_diff: bool, lang: str | None) -> None:
    """Push the current version of PACKAGE, or of every package, to PORTAL.

    PORTAL is a file of sources/portals/, or ckan or datagouv where only one is described. The same version pushed twice
    changes nothing; a newer one is never overwritten; a push that was cut is resumed by pushing again. Exit codes:
    0 done, 1 the portal differs (--diff), 2 something could not be pushed.
    """
    from pipelines.core.errors import ArobaseError
    from pipelines.portals import load_portal
    from pipelines.portals.pushing import look, push

    language, project = terminal_language(lang), Project.here()
    described = load_portal(project, portal)
    code, names = GOOD, _packages(project, described, package)
    if not names:
        nothing = {
            "fr": "rien à pousser : aucun paquet de ce portail n'a de version",
            "en": "nothing to push: no package of this portal has a version",
        }
        click.echo(f"= {described.name}: {nothing[language]}")
    for name in names:
        try:
            if dry_run or only_diff:
                seen = look(project, described, name, environment=os.environ, now=lambda: datetime.now(UTC))
                _show(seen, language)
                code = max(code, DIFFERS if only_diff and seen.differences else GOOD)
                continue
            _say(push(project, described, name, environment=os.environ, now=lambda: datetime.now(UTC)), language)
        except ArobaseError as error:
            if package is not None:
                raise
            # The other packages are pushed all the same: each stands alone on a portal.
            told = f"{error.message(language)} → {error.advice(language)} [{error.code}]"
            click.echo(f"✗ {name}: {told}", err=True)
            code = CANNOT
    sys.exit(code)


def _packages(project: Project, portal: Portal, package: str | None) -> list[str]:
    from pipelines.portals.pushing import released

    return [package] if package is not None else [name for name in released(project) if portal.takes(name)]


def _show(seen: Look, language: Language) -> None:
    french, offer = language == "fr", seen.offer
    there = seen.there or ("absent" if seen.found is None else "?")
    if seen.is_newer_there:
        newer = "plus récente, ne sera pas écrasée" if french else "newer, will not be overwritten"
        click.echo(f"! {offer.package} {offer.version}: {there} ({newer})")
    elif not seen.differences:
        click.echo(f"= {offer.package} {offer.version}: {'aucune différence' if french else 'no difference'}")
    else:
        click.echo(f"≠ {offer.package} {offer.version}: {'portail' if french else 'portal'} {there}")
    for difference in seen.differences:
        click.echo(f"  {difference.told(language)}")


def _say(outcome: Outcome, language: Language) -> None:
    count = len(outcome.differences)
    told = f" ({count} {'différence(s)' if language == 'fr' else 'difference(s)'})" if count else ""
    click.echo(f"✓ {outcome.package} {outcome.version}: {WORDS[outcome.done][language]}{told} {outcome.page}")
