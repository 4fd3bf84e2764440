"""`arobase init`: a project of one's own, from an example or from a file of records."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.core.text import Language, terminal_language

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "file", type=FILE, help="Start from this file of records (CSV, XLSX, ODS, JSON, Parquet).")
@click.option("--schema", help="With --from: the Table Schema (JSON) that describes the file, a file or https://….")
@click.option("--licence", default="non-precisee", help="With --from: a code of licences.csv, such as etalab-2.0.")
@click.option("--publisher", default="", help="With --from: who publishes the records.")
@click.option("--empty", is_flag=True, help="Without the example: `arobase tables new` adds the first table.")
@click.option("--accept", "accepted", is_flag=True, help="Confirm what was proposed: types, key and privacy classes.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages and of the README.")
def command(
    *,
    folder: Path,
    file: Path | None,
    schema: str | None,
    licence: str,
    publisher: str,
    empty: bool,
    accepted: bool,
    lang: str | None,
) -> None:
    """Make a project in FOLDER, which must be empty or not exist yet.

    Without --from, the project is a small example that `arobase release` publishes at once; with --empty, it has no
    table yet. With --from, types, a key and a privacy class for each column are proposed from the file; nothing is
    published before `arobase init FOLDER --accept` confirms them, which the table's file then records. Exit codes: 0
    done, 2 could not be done, and nothing was written.
    """
    from pipelines.commands._proposals_shown import proposed_columns
    from pipelines.starter import start_empty, start_example, start_from

    language = terminal_language(lang)
    today = datetime.now(UTC).date()
    if file is None and accepted:
        _accept(folder, language)
        return
    if file is None and empty:
        start_empty(folder)
        click.echo(_made(folder, language))
        return
    if file is None:
        start_example(folder, language)
        click.echo(_made(folder, language))
        click.echo(_next(folder, language))
        return
    proposal = start_from(
        folder,
        file,
        language=language,
        today=today,
        schema=schema,
        licence=licence,
        publisher=publisher,
        confirmed=accepted,
    )
    click.echo(_made(folder, language))
    for line in proposed_columns(proposal, language):
        click.echo(line)
    click.echo(_next(folder, language) if accepted else _to_confirm(folder, language))


def _accept(folder: Path, language: Language) -> None:
    from pipelines.core.project import NotAProject, Project, is_project
    from pipelines.starter import accept

    if not is_project(folder):
        raise NotAProject(folder=folder.absolute(), file="arobase.yaml")
    project = Project.at(folder)
    for path in accept(project, datetime.now(UTC).date()):
        shown = path.relative_to(project.root)
        click.echo(f"Confirmé : {shown}" if language == "fr" else f"Confirmed: {shown}")
    click.echo(_next(folder, language))


def _made(folder: Path, language: Language) -> str:
    return f"Projet créé : {folder}" if language == "fr" else f"Project made: {folder}"


def _next(folder: Path, language: Language) -> str:
    enter = "" if folder.resolve() == Path.cwd() else f"cd {_quoted(folder)} && "
    return f"Pour publier : {enter}arobase release" if language == "fr" else f"To publish: {enter}arobase release"


def _to_confirm(folder: Path, language: Language) -> str:
    shown, page = _quoted(folder), folder / "README.md"
    if language == "fr":
        return f"Rien n'est publié avant votre accord. Relisez {page}, puis lancez : arobase init {shown} --accept"
    return f"Nothing is published before you agree. Read {page}, then run: arobase init {shown} --accept"


def _quoted(folder: Path) -> str:
    import shlex

    return shlex.quote(os.fspath(folder))
