"""`arobase tables`: a new table of a package from a file, an address or an official schema."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language
from pipelines.starter.guessing import FORMATS


@click.group("tables")
def command() -> None:
    """The tables of packages: begin a new one."""


@command.command("new")
@click.argument("file", required=False)
@click.option("--schema", help="The Table Schema that describes the records: a file, or https://….")
@click.option("--package", help="The package that it is for. Default: a new one, of the table's name.")
@click.option("--name", help="The table's name. Default: by the file, or by the schema.")
@click.option("--licence", default="", help="A code of licences.csv. Default: the package's.")
@click.option("--publisher", default="", help="Who publishes the records. Default: the package's.")
@click.option(
    "--format", "file_format", type=click.Choice(FORMATS), help="Default: by the address, the server, or the bytes."
)
@click.option("--connector", help="Default: files; paged_json where the first answer says that there is more.")
@click.option("--sheet", help="Sheet of a workbook.")
@click.option("--header-row", type=click.IntRange(1), help="Row of the header, from 1. Default: found, below titles.")
@click.option("--pointer", help="Where the list is in a JSON document: results. Default: found.")
@click.option("--encoding", help="Encoding of a text. Default: found.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def new(
    *,
    file: str | None,
    schema: str | None,
    package: str | None,
    name: str | None,
    licence: str,
    publisher: str,
    lang: str | None,
    **chosen: object,
) -> None:
    """Propose a table from FILE (a path or an address), and write its schemas, its source and its place in a package.

    Types, key and privacy classes are proposed, each with its reason. With --schema, those of an official schema are
    taken over instead, its custom checks included; without FILE, the table has the schema's fields and no source yet.
    Nothing is published before `arobase init . --accept`. Nothing that is there is written over.
    """
    from pipelines.commands._proposals_shown import table_made
    from pipelines.starter import new_table, official_schema

    language, project = terminal_language(lang), Project.here()
    if file is None and schema is None:
        french, english = "donnez un fichier, une adresse ou --schema", "give a file, an address or --schema"
        raise click.UsageError(french if language == "fr" else english)
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
    )
    for line in table_made(made, language):
        click.echo(line)
