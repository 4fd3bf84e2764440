"""`arobase rebuild`: make a version again from the kept snapshots, and compare every byte."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.rebuild import Rebuilt
    from pipelines.releases.store import ReleaseStore


@as_command(
    "rebuild",
    help=Said(
        """Refaire une version à partir de ses copies de sources, et comparer chaque octet.

        Par défaut, la version courante. Ses schémas et ses corrections sont ceux d'alors. Une version faite par un
        autre code est refaite par ce code, conservé avec les copies : avec les bibliothèques présentes si ce sont les
        mêmes, sinon dans un nouvel environnement (comme avec --fresh), ce qui demande un registre de modules. Rien
        n'est publié.

        Codes de sortie : 0, identique octet pour octet ; 1, différente ; 2, impossible à refaire.""",
        """Make a version again from its snapshots, and compare every byte.

        Default: the current version. Its schemas and corrections are those of then. A version that other code made is
        made by that code, which is kept with the snapshots: with the libraries at hand where they are the same, else in
        a new environment (as with --fresh), which takes a registry of packages. Nothing is published.

        Exit codes: 0, the same byte for byte; 1, not the same; 2, it could not be made again.""",
    ),
)
@argument("package", metavar=Said("JEU", "PACKAGE"), required=False)
@argument("version", metavar=Said("VERSION", "VERSION"), required=False)
@option(
    "--fresh",
    is_flag=True,
    help=Said(
        "Installer le code qui a fait la version dans un environnement à part.",
        "Install the code that made the version in an environment of its own.",
    ),
)
@option(
    "--any",
    "survey",
    is_flag=True,
    help=Said(
        "Afficher quelles versions peuvent être refaites ici, sans en refaire aucune.",
        "Show which versions can be made again here, and make none.",
    ),
)
@lang_option
def command(*, package: str | None, version: str | None, fresh: bool, survey: bool, lang: str | None) -> None:
    """Make a version again, and exit by whether it is the same."""
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
        raise Misused(Said("indiquez un jeu de données, ou --any", "name a package, or give --any"))
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
            click.echo(f"{mark} {name} {entry['version']}{Said(' :', ':')[language]} {getattr(words, language)}")


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
    name = f"{found.package} {found.version}"
    if found.is_same:
        click.echo(Said(f"✓ {name} : identique, octet pour octet", f"✓ {name}: the same, byte for byte")[language])
        return
    click.echo(Said(f"✗ {name} : différente", f"✗ {name}: not the same")[language])
    if found.other_ingredients:
        names = ", ".join(found.other_ingredients)
        click.echo(Said(f"  autres ingrédients ici : {names}", f"  other ingredients here: {names}")[language])
    words = ("diffère", "manque", "en plus") if language == "fr" else ("differs", "missing", "added")
    for word, files in zip(words, (found.differing, found.missing, found.added), strict=True):
        for file in files:
            click.echo(f"  {word}: {file}")
