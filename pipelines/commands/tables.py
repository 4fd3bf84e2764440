"""`arobase tables`: a new table of a package from a file, an address or an official schema."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from pipelines.commands._bilingual import Misused, argument, as_group, lang_option, option
from pipelines.commands._shared_help import CONNECTOR, ENCODING, FORMAT, HEADER_ROW, HEADERS_CHECKED, POINTER, SHEET
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language
from pipelines.starter.guessing import FORMATS


@as_group("tables", help=Said("Commencer une table d'un jeu de données.", "Begin a new table of a package."))
def command() -> None:
    """Tables of packages."""


@command.command(
    "new",
    help=Said(
        """Proposer une table d'après FICHIER (un chemin ou une adresse).

        La commande écrit ses schémas, sa source et sa place dans un jeu de données. Types, clé et classes de
        confidentialité sont proposés, chacun avec sa raison. Avec --schema, ceux d'un schéma officiel sont repris, avec
        ses contrôles propres ; sans FICHIER, la table a les champs du schéma et n'a pas encore de source. Rien n'est
        publié avant « arobase init . --accept ». Rien de ce qui existe n'est réécrit.""",
        """Propose a table from FILE (a path or an address).

        The command writes its schemas, its source and its place in a package. Types, key and privacy classes are
        proposed, each with its reason. With --schema, those of an official schema are taken over, its custom checks
        included; without FILE, the table has the schema's fields and no source yet. Nothing is published before
        `arobase init . --accept`. Nothing that exists is overwritten.""",
    ),
)
@argument("file", metavar=Said("FICHIER", "FILE"), required=False)
@option(
    "--schema",
    metavar=Said("SCHÉMA", "SCHEMA"),
    help=Said(
        "Le Table Schema qui décrit les enregistrements : un fichier ou https://….",
        "The Table Schema that describes the records: a file or https://….",
    ),
)
@option(
    "--package",
    metavar=Said("JEU", "PACKAGE"),
    help=Said(
        "Le jeu de données de la table. Par défaut : un nouveau, du nom de la table.",
        "The package that it is for. Default: a new one, of the table's name.",
    ),
)
@option(
    "--name",
    metavar=Said("NOM", "NAME"),
    help=Said(
        "Le nom de la table. Par défaut : d'après le fichier ou le schéma.",
        "The table's name. Default: by the file, or by the schema.",
    ),
)
@option(
    "--licence",
    default="",
    help=Said(
        "Un code de licences.csv. Par défaut : celui du jeu de données.",
        "A code of licences.csv. Default: the package's.",
    ),
)
@option(
    "--publisher",
    default="",
    help=Said(
        "Qui publie les enregistrements. Par défaut : celui du jeu de données.",
        "Who publishes the records. Default: the package's.",
    ),
)
@option("--format", "file_format", type=click.Choice(FORMATS), help=FORMAT)
@option("--connector", help=CONNECTOR)
@option("--sheet", help=SHEET)
@option("--header-row", type=click.IntRange(1), help=HEADER_ROW)
@option("--pointer", help=POINTER)
@option("--encoding", help=ENCODING)
@option("--headers-checked", is_flag=True, help=HEADERS_CHECKED)
@lang_option
def new(
    *,
    file: str | None,
    schema: str | None,
    package: str | None,
    name: str | None,
    licence: str,
    publisher: str,
    headers_checked: bool,
    lang: str | None,
    **chosen: object,
) -> None:
    """Propose a table from a file or an official schema."""
    from pipelines.commands._proposals_output import table_made
    from pipelines.starter import new_table, official_schema

    language, project = terminal_language(lang), Project.here()
    if file is None and schema is None:
        raise Misused(Said("donnez un fichier, une adresse ou --schema", "give a file, an address or --schema"))
    made = new_table(
        project,
        file,
        today=datetime.now(UTC).date(),
        name=name,
        package=package,
        schema=None if schema is None else official_schema(schema),
        schema_from=schema or "",
        licence=licence,
        publisher=publisher,
        chosen={key: value for key, value in chosen.items() if value},
        headers_checked=headers_checked,
    )
    for line in table_made(made, language):
        click.echo(line)
