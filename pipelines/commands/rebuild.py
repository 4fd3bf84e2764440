"""`arobase rebuild`: make a version again from the kept snapshots, and compare every byte."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.releases import ReleaseRequest
    from pipelines.releases.rebuild import Rebuilt


@click.command("rebuild")
@click.argument("package")
@click.argument("version", required=False)
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(package: str, version: str | None, lang: str | None) -> None:
    """Make a version (default: the current one) again from its snapshots, schemas and corrections.

    Nothing is published. Exit codes: 0 byte for byte the same, 1 not the same, 2 when it could not be made again.
    """
    from pipelines.pipeline.rebuild import across, ingredients_recorded, request_again
    from pipelines.pipeline.retention import IngredientDeleted, took
    from pipelines.pipeline.withholding import without_recorded
    from pipelines.releases.errors import CannotRebuild
    from pipelines.releases.rebuild import rebuild
    from pipelines.releases.store import ReleaseStore

    project = Project.here()

    def remake(document: Mapping[str, Any]) -> ReleaseRequest:
        request = request_again(project, package, ingredients_recorded(document))
        if request is None:
            gone = took(project, {sha for _, _, sha in ingredients_recorded(document).snapshots})
            if gone is not None:
                facts = {"snapshot": gone["found"][:12], "source": gone["source"], "at": gone["at"]}
                facts |= {"why": gone["why"], "event": gone["seq"]}
                raise IngredientDeleted(package=package, version=document["version"], **facts)
            raise CannotRebuild(package=package, version=document["version"])
        return without_recorded(request, document["arobase"].get("withheld", {}))

    chosen = ReleaseStore.read(project.releases, package).path(version).name
    found = rebuild(project.releases, package, chosen, remake, across=across(project, package))
    _report(found, terminal_language(lang))
    sys.exit(0 if found.is_same else 1)


def _report(found: Rebuilt, language: Language) -> None:
    french = language == "fr"
    name = f"{found.package} {found.version}"
    if found.is_same:
        click.echo(f"✓ {name} : identique, octet pour octet" if french else f"✓ {name}: the same, byte for byte")
        return
    click.echo(f"✗ {name} : différente" if french else f"✗ {name}: not the same")
    if found.other_ingredients:
        told = ", ".join(found.other_ingredients)
        click.echo(f"  autres ingrédients ici : {told}" if french else f"  other ingredients here: {told}")
    words = ("diffère", "manque", "en plus") if french else ("differs", "missing", "added")
    for word, files in zip(words, (found.differing, found.missing, found.added), strict=True):
        for file in files:
            click.echo(f"  {word}: {file}")
