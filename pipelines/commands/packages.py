"""`arobase packages`: see the packages of a project, and begin a new one."""

from __future__ import annotations

import sys

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language

FAULTY = 1
lang_option = click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")


@click.group("packages")
def command() -> None:
    """The packages: list them, and begin a new one."""


@command.command("list")
@lang_option
def list_packages(lang: str | None) -> None:
    """Every package with its tables, and what is wrong with it. Exit 1 when a file of schemas/ is wrong."""
    from pipelines.commands._sources_shown import aligned, said
    from pipelines.schema import load_packages

    language, project = terminal_language(lang), Project.here()
    packages = load_packages(project.schemas)
    header = (
        ("JEU DE DONNÉES", "LICENCE", "TABLES", "TITRE")
        if language == "fr"
        else ("PACKAGE", "LICENCE", "TABLES", "TITLE")
    )
    rows = [
        (name, package.licence, str(len(package.tables)), said(language, package.title, package.title_en))
        for name, package in packages.items()
    ]
    for line in aligned([header, *rows]):
        click.echo(line)
    for error in packages.errors.values():
        click.echo(f"! {error.message(language)} [{error.code}]", err=True)
    if packages.errors:
        sys.exit(FAULTY)


@command.command("new")
@click.argument("name")
@click.option("--title", required=True, help="What people call it, in French.")
@click.option("--title-en", default="", help="The same in English. Default: the French one.")
@click.option("--description", default="", help="What it holds, in French. Default: the title.")
@click.option("--description-en", default="", help="The same in English.")
@click.option("--licence", required=True, help="A code of licences.csv, such as etalab-2.0.")
@click.option("--publisher", required=True, help="Who publishes it.")
@click.option("--contact", default="", help="An e-mail address of an office, for questions and corrections.")
@click.option("--cadence", default="P1Y", show_default=True, help="How often it is made: P1D, P1M, P1Y…")
@lang_option
def new(*, name: str, lang: str | None, **described: str) -> None:
    """Begin the package NAME: writes schemas/NAME/package.yaml, still without a table.

    It is refused, and costs no other package anything, until `arobase tables new FILE --package NAME` gives it one.
    """
    from pipelines.commands._proposals_shown import package_made
    from pipelines.starter import new_package

    language, project = terminal_language(lang), Project.here()
    described["description"] = described["description"] or f"{described['title']}."
    path = new_package(project, name, **described)
    for line in package_made(path.relative_to(project.root), name, language):
        click.echo(line)
