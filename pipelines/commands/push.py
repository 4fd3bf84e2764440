"""`arobase push`: bring the current version of packages to a portal, or show how the portal differs."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import argument, as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, counted, terminal_language

if TYPE_CHECKING:
    from pipelines.portals import Portal
    from pipelines.portals.pushing import Look, Outcome

GOOD, DIFFERS, CANNOT = 0, 1, 2
WORDS: dict[str, Said] = {
    "created": Said("créé", "created"),
    "updated": Said("mis à jour", "updated"),
    "unchanged": Said("déjà à jour", "unchanged"),
}


@as_command(
    "push",
    help=Said(
        """Envoyer vers PORTAIL la version courante de JEU, ou de tous les jeux de données.

        PORTAIL est un fichier de sources/portals/, ou « ckan » ou « datagouv » quand un seul est décrit. Envoyer deux
        fois la même version ne change rien ; une version plus récente n'est jamais écrasée ; un envoi interrompu
        reprend quand on le relance.

        Codes de sortie : 0, fait ; 1, le portail diffère (--diff) ; 2, quelque chose n'a pas pu être envoyé.""",
        """Push the current version of PACKAGE, or of every package, to PORTAL.

        PORTAL is a file of sources/portals/, or ckan or datagouv where only one is described. The same version pushed
        twice changes nothing; a newer one is never overwritten; a push that was cut is resumed by pushing again.

        Exit codes: 0, done; 1, the portal differs (--diff); 2, something could not be pushed.""",
    ),
)
@argument("portal", metavar=Said("PORTAIL", "PORTAL"))
@argument("package", metavar=Said("JEU", "PACKAGE"), required=False)
@option(
    "--dry-run",
    is_flag=True,
    help=Said("Afficher ce qu'un envoi changerait ; ne rien écrire.", "Show what a push would change; write nothing."),
)
@option(
    "--diff",
    "only_diff",
    is_flag=True,
    help=Said(
        "Afficher en quoi le portail diffère ; code de sortie 1 s'il diffère.",
        "Show how the portal differs; exit code 1 when it does.",
    ),
)
@lang_option
def command(portal: str, package: str | None, dry_run: bool, only_diff: bool, lang: str | None) -> None:
    """Push to a portal, or compare with it."""
    from pipelines.core.errors import ArobaseError
    from pipelines.portals import load_portal
    from pipelines.portals.pushing import look, push

    language, project = terminal_language(lang), Project.here()
    described = load_portal(project, portal)
    code, names = GOOD, _packages(project, described, package)
    if not names:
        nothing = Said(
            "rien à envoyer : aucun jeu de données de ce portail n'a de version",
            "nothing to push: no package of this portal has a version",
        )
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
            text = f"{error.message(language)} → {error.advice(language)} [{error.code}]"
            click.echo(f"✗ {name}: {text}", err=True)
            code = CANNOT
    sys.exit(code)


def _packages(project: Project, portal: Portal, package: str | None) -> list[str]:
    from pipelines.portals.pushing import released

    return [package] if package is not None else [name for name in released(project) if portal.takes(name)]


def _show(seen: Look, language: Language) -> None:
    publication = seen.publication
    there = seen.there or ("absent" if seen.found is None else "?")
    if seen.is_newer_there:
        newer = Said("plus récente, ne sera pas écrasée", "newer, will not be overwritten")[language]
        click.echo(f"! {publication.package} {publication.version}: {there} ({newer})")
    elif not seen.differences:
        click.echo(
            f"= {publication.package} {publication.version}: {Said('aucune différence', 'no difference')[language]}"
        )
    else:
        click.echo(f"≠ {publication.package} {publication.version}: {Said('portail', 'portal')[language]} {there}")
    for difference in seen.differences:
        click.echo(f"  {difference.message(language)}")


def _say(outcome: Outcome, language: Language) -> None:
    count = len(outcome.differences)
    told = counted(count, Said("différence", "difference"), Said("différences", "differences"))
    differences = f" ({told[language]})" if count else ""
    click.echo(f"✓ {outcome.package} {outcome.version}: {WORDS[outcome.done][language]}{differences} {outcome.page}")
