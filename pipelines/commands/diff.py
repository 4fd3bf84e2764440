"""`arobase diff`: what changed between two versions, or two data packages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.compare import Comparison


@as_command(
    "diff",
    help=Said(
        """Comparer deux versions d'un jeu de données, ou deux dossiers.

        Par défaut : la version courante et la précédente. Un dossier est un Data Package quelconque : il contient un
        datapackage.json.

        Les tables d'une version sont comparées à son manifeste et, dans un projet, au registre ; la signature et le
        journal ne sont vérifiés que par « arobase verify ». Codes de sortie : 0, aucune
        différence ; 1, des différences ; 2, comparaison impossible.""",
        """Compare two versions of a package, or two folders.

        Default: the current version and the one before. A folder is any data package: it contains a datapackage.json.

        Tables of a release are compared with its manifest and, in a project, with the ledger; signature and log are
        checked by `arobase verify` only. Exit codes: 0, no difference; 1, differences; 2, could not
        compare.""",
    ),
)
@argument("first", metavar=Said("JEU|DOSSIER1", "PACKAGE|FOLDER1"))
@argument("second", metavar=Said("V1|DOSSIER2", "V1|FOLDER2"), required=False)
@argument("third", metavar=Said("V2", "V2"), required=False)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help=Said("Forme de la comparaison.", "Form of the comparison."),
)
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help=Said("Écrire dans ce fichier.", "Write to this file."),
)
@lang_option
def command(
    *, first: str, second: str | None, third: str | None, form: str, output: Path | None, lang: str | None
) -> None:
    """Compare what the arguments name, and exit by whether they differ."""
    from pipelines.releases.comparison_views import as_html, as_json, as_text

    language = terminal_language(lang)
    found = _compare(first, second, third)
    writers = {"text": lambda: as_text(found, language), "json": lambda: as_json(found)}
    text = writers.get(form, lambda: as_html(found, language))()
    if output is None:
        click.echo(text, nl=False)
    else:
        from pipelines.storage import write_text

        write_text(output, text)
    sys.exit(0 if found.is_same else 1)


def _compare(first: str, second: str | None, third: str | None) -> Comparison:
    from pipelines.releases.compare import compare_packages, compare_versions

    if third is None and second is not None and Path(first).is_dir() and Path(second).is_dir():
        return compare_packages(Path(first), Path(second))
    _check_no_paths([word for word in (first, second, third) if word is not None])
    return compare_versions(Project.here().releases, first, second, third)


def _check_no_paths(words: Sequence[str]) -> None:
    """Raises `Misused` where a path stands in the place of a package or a version: no name has a slash."""
    paths = [word for word in words if "/" in word or os.sep in word]
    absent = [path for path in paths if not Path(path).is_dir()]
    if absent:
        raise Misused(Said(f"{absent[0]} n'est pas un dossier", f"{absent[0]} is no folder"))
    if paths:
        raise Misused(
            Said(
                f"{paths[0]} est un dossier ; attendu : deux dossiers, ou un jeu du projet et ses versions",
                f"{paths[0]} is a folder; expected: two folders, or a package of the project and its versions",
            )
        )
