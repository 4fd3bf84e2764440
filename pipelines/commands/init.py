"""`arobase init`: a project of one's own, from an example or from a file of records."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.commands._shared_help import ENCODING, HEADER_ROW, HEADERS_CHECKED, POINTER, SHEET
from pipelines.core.text import Language, Said, terminal_language

FILE = click.Path(path_type=Path, dir_okay=False)


@as_command(
    "init",
    help=Said(
        """Créer un projet dans DOSSIER, qui doit être vide ou ne pas exister.

        Sans --from, le projet est un petit exemple que « arobase release » publie aussitôt ; avec --empty, il n'a
        encore aucune table. Avec --from, les types, une clé et une classe de confidentialité par colonne sont proposés
        d'après le fichier. Rien n'est publié avant que « arobase init DOSSIER --accept » les confirme ; le fichier de
        la table le note.

        Codes de sortie : 0, fait ; 2, impossible, et rien n'a été écrit.""",
        """Make a project in FOLDER, which must be empty or not exist yet.

        Without --from, the project is a small example that `arobase release` publishes at once; with --empty, it has no
        table yet. With --from, types, a key and a privacy class for each column are proposed from the file. Nothing is
        published before `arobase init FOLDER --accept` confirms them, which the table's file then records.

        Exit codes: 0, done; 2, impossible, and nothing was written.""",
    ),
)
@argument("folder", metavar=Said("DOSSIER", "FOLDER"), type=click.Path(path_type=Path, file_okay=False))
@option(
    "--from",
    "file",
    type=FILE,
    help=Said(
        "Partir de ce fichier de données (CSV, XLSX, ODS, JSON, Parquet).",
        "Start from this file of records (CSV, XLSX, ODS, JSON, Parquet).",
    ),
)
@option(
    "--schema",
    metavar=Said("SCHÉMA", "SCHEMA"),
    help=Said(
        "Avec --from : le Table Schema (JSON) qui décrit le fichier ; un fichier ou https://….",
        "With --from: the Table Schema (JSON) that describes the file; a file or https://….",
    ),
)
@option(
    "--licence",
    default="",
    help=Said(
        "Avec --from : un code de licences.csv, comme etalab-2.0.",
        "With --from: a code of licences.csv, such as etalab-2.0.",
    ),
)
@option(
    "--publisher",
    default="",
    help=Said("Avec --from : qui publie ces données.", "With --from: who publishes the records."),
)
@option(
    "--empty",
    is_flag=True,
    help=Said(
        "Sans l'exemple : « arobase tables new » ajoute la première table.",
        "Without the example: `arobase tables new` adds the first table.",
    ),
)
@option(
    "--accept",
    "accepted",
    is_flag=True,
    help=Said(
        "Confirmer ce qui a été proposé : types, clé et classes de confidentialité.",
        "Confirm what was proposed: types, key and privacy classes.",
    ),
)
@option("--sheet", help=SHEET)
@option("--header-row", type=click.IntRange(1), help=HEADER_ROW)
@option("--pointer", help=POINTER)
@option("--encoding", help=ENCODING)
@option("--headers-checked", is_flag=True, help=HEADERS_CHECKED)
@lang_option
def command(
    *,
    folder: Path,
    file: Path | None,
    schema: str | None,
    licence: str,
    publisher: str,
    headers_checked: bool,
    empty: bool,
    accepted: bool,
    lang: str | None,
    **chosen: object,
) -> None:
    """Make a project, or confirm what was proposed for one."""
    from pipelines.commands._proposals_output import proposed_columns
    from pipelines.starter import start_empty, start_example, start_from

    given = {
        "--schema": schema, "--licence": licence, "--publisher": publisher, "--headers-checked": headers_checked,
        **{f"--{name.replace('_', '-')}": value for name, value in chosen.items()},
    }  # fmt: skip
    _check_goes_together(file, accepted=accepted, empty=empty, given=[name for name, value in given.items() if value])
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
        licence=licence or None,
        publisher=publisher,
        confirmed=accepted,
        headers_checked=headers_checked,
        chosen={key: value for key, value in chosen.items() if value},
    )
    click.echo(_made(folder, language))
    for line in proposed_columns(proposal, language):
        click.echo(line)
    click.echo(_next(folder, language) if accepted else _to_confirm(folder, language))


def _check_goes_together(file: Path | None, *, accepted: bool, empty: bool, given: list[str]) -> None:
    """Raises `Misused` for words of which one would be passed over. `given`: those that go with --from."""
    if file is None and given:
        names = ", ".join(given)
        raise Misused(Said(f"{names} : seulement avec --from FICHIER", f"{names}: only with --from FILE"))
    if empty and (file is not None or accepted):
        other = "--accept" if file is None else "--from"
        raise Misused(Said(f"--empty et {other} ne vont pas ensemble", f"--empty and {other} do not go together"))


def _accept(folder: Path, language: Language) -> None:
    from pipelines.core.project import NotAProject, Project, is_project
    from pipelines.starter import accept

    if not is_project(folder):
        raise NotAProject(folder=folder.absolute(), file="arobase.yaml")
    project = Project.at(folder)
    for path in accept(project, datetime.now(UTC).date()):
        relative = path.relative_to(project.root)
        click.echo(Said(f"Confirmé : {relative}", f"Confirmed: {relative}")[language])
    click.echo(_next(folder, language))


def _made(folder: Path, language: Language) -> str:
    return Said(f"Projet créé : {folder}", f"Project made: {folder}")[language]


def _next(folder: Path, language: Language) -> str:
    enter = "" if folder.resolve() == Path.cwd() else f"cd {_quoted(folder)} && "
    return Said(f"Pour publier : {enter}arobase release", f"To publish: {enter}arobase release")[language]


def _to_confirm(folder: Path, language: Language) -> str:
    quoted, page = _quoted(folder), folder / "README.md"
    if language == "fr":
        return f"Rien n'est publié avant votre accord. Relisez {page}, puis lancez : arobase init {quoted} --accept"
    return f"Nothing is published before you agree. Read {page}, then run: arobase init {quoted} --accept"


def _quoted(folder: Path) -> str:
    import shlex

    return shlex.quote(os.fspath(folder))
