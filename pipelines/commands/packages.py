"""`arobase packages`: see the packages of a project, and begin a new one."""

from __future__ import annotations

import sys

import click

from pipelines.commands._bilingual import argument, as_group, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language

FAULTY = 1


@as_group(
    "packages", help=Said("Lister les jeux de données, et en commencer un.", "List the packages, and begin a new one.")
)
def command() -> None:
    """Packages of the project."""


@command.command(
    "list",
    help=Said(
        """Lister les jeux de données, leurs tables et leurs erreurs.

        Codes de sortie : 0, tout est juste ; 1, un fichier de schemas/ est faux.""",
        """List the packages, their tables and their errors.

        Exit codes: 0, all is right; 1, a file of schemas/ is wrong.""",
    ),
)
@lang_option
def list_packages(lang: str | None) -> None:
    """List the packages."""
    from pipelines.commands._sources_output import aligned
    from pipelines.schema import load_packages

    language, project = terminal_language(lang), Project.here()
    packages = load_packages(project.schemas)
    header = (
        ("JEU DE DONNÉES", "LICENCE", "TABLES", "TITRE")
        if language == "fr"
        else ("PACKAGE", "LICENCE", "TABLES", "TITLE")
    )
    rows = [
        (name, package.licence, str(len(package.tables)), Said(package.title, package.title_en)[language])
        for name, package in packages.items()
    ]
    for line in aligned([header, *rows]):
        click.echo(line)
    for error in packages.errors.values():
        click.echo(f"! {error.message(language)} [{error.code}]", err=True)
    if packages.errors:
        sys.exit(FAULTY)


@command.command(
    "new",
    help=Said(
        """Commencer le jeu de données NOM, encore sans table : écrit schemas/NOM/package.yaml.

        Il est refusé, sans rien changer pour les autres, tant que « arobase tables new FICHIER --package NOM » ne lui
        a pas donné de table.""",
        """Begin the package NAME, still without a table: writes schemas/NAME/package.yaml.

        It is refused, and costs no other package anything, until `arobase tables new FILE --package NAME` gives it a
        table.""",
    ),
)
@argument("name", metavar=Said("NOM", "NAME"))
@option("--title", required=True, help=Said("Titre, en français.", "What people call it, in French."))
@option(
    "--title-en",
    default="",
    help=Said("Titre en anglais. Par défaut : le titre français.", "The same in English. Default: the French one."),
)
@option(
    "--description",
    default="",
    help=Said(
        "Ce qu'il contient, en français. Par défaut : le titre.", "What it contains, in French. Default: the title."
    ),
)
@option("--description-en", default="", help=Said("Ce qu'il contient, en anglais.", "The same in English."))
@option(
    "--licence",
    required=True,
    help=Said("Un code de licences.csv, comme etalab-2.0.", "A code of licences.csv, such as etalab-2.0."),
)
@option("--publisher", required=True, help=Said("Qui le publie.", "Who publishes it."))
@option(
    "--contact",
    default="",
    help=Said(
        "Adresse électronique d'un service, pour les questions et les corrections.",
        "An e-mail address of an office, for questions and corrections.",
    ),
)
@option(
    "--cadence",
    default="P1Y",
    show_default=True,
    help=Said("Fréquence de mise à jour : P1D, P1M, P1Y…", "How often it is made: P1D, P1M, P1Y…"),
)
@lang_option
def new(*, name: str, lang: str | None, **described: str) -> None:
    """Begin a package."""
    from pipelines.commands._proposals_output import package_made
    from pipelines.starter import new_package

    language, project = terminal_language(lang), Project.here()
    described["description"] = described["description"] or f"{described['title']}."
    path = new_package(project, name, **described)
    for line in package_made(path.relative_to(project.root), name, language):
        click.echo(line)
