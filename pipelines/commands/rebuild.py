"""`arobase rebuild`: make a version again from the kept snapshots, and compare every byte."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.rebuild import Rebuilt
    from pipelines.releases.store import ReleaseStore


@click.command("rebuild")
@click.argument("package", required=False)
@click.argument("version", required=False)
@click.option("--fresh", is_flag=True, help="Install the code that made the version in an environment of its own.")
@click.option("--any", "survey", is_flag=True, help="Say which versions can be made again here, and make none.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(*, package: str | None, version: str | None, fresh: bool, survey: bool, lang: str | None) -> None:
    """Make a version (default: the current one) again from its snapshots, schemas and corrections.

    A version that other code made is made by that code, which is kept with the snapshots: with the libraries at hand
    where they are the same, else in a new environment (as with --fresh), which takes a registry of packages. Nothing is
    published. Exit codes: 0 byte for byte the same, 1 not the same, 2 when it could not be made again.
    """
    from pipelines.pipeline.kept_code import kept_code, run_kept
    from pipelines.pipeline.rebuild import code_at_hand, ingredients_recorded
    from pipelines.pipeline.remake import check_deleted, remade
    from pipelines.releases.descriptor import read_descriptor
    from pipelines.releases.store import ReleaseStore

    project, language = Project.here(), terminal_language(lang)
    if survey:
        _survey(project, package, language)
        return
    if package is None:
        raise click.UsageError("PACKAGE")
    release = ReleaseStore.read(project.releases, package).path(version)
    document = read_descriptor(release / "data")
    check_deleted(project, package, document)
    wanted = ingredients_recorded(document)
    is_other = wanted.code != code_at_hand(project, package, wanted)
    if fresh or (is_other and kept_code(project, wanted.code) is not None):
        sys.exit(run_kept(project, package, release.name, wanted, fresh=fresh, language=language))
    found = remade(project, package, release.name)
    _report(found, language)
    sys.exit(0 if found.is_same else 1)


def _survey(project: Project, only: str | None, language: Language) -> None:
    """One line a version: whether it can be made again here, with what, or why not."""
    from pipelines.releases.ledger import Ledger, ledger_beside
    from pipelines.releases.store import ReleaseStore

    ledger = Ledger.read(ledger_beside(project.releases))
    for name in ledger.packages if only is None else [only]:
        store = ReleaseStore(project.releases, name, ledger)
        for entry in store.published:
            mark, words = _possible(project, store, entry["version"])
            click.echo(
                f"{mark} {name} {entry['version']}{' :' if language == 'fr' else ':'} {getattr(words, language)}"
            )


def _possible(project: Project, store: ReleaseStore, version: str) -> tuple[str, Said]:
    from pipelines.pipeline.rebuild import ingredients_recorded
    from pipelines.pipeline.remake import obstacle, with_code
    from pipelines.releases.descriptor import read_descriptor

    reason = obstacle(project, store, version)
    if reason is not None:
        return "✗", reason
    document = read_descriptor(store.folder / version / "data")
    return "✓", with_code(project, store.package, ingredients_recorded(document))


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
