"""`arobase check`: validate tables against a Table Schema, or whole Data Packages, and say what to do about it."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from pipelines.commands._bilingual import argument, as_command, lang_option, option, spoken
from pipelines.commands._without_pandas import keep_pandas_out
from pipelines.core.text import Said, terminal_language

VALID, INVALID, NOT_VALIDATED, INTERRUPTED = 0, 1, 2, 130
LEAST_MEMORY = 16  # megabytes; with less, what Python and Arrow take by themselves would be all that counts
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

EXITS = Said(
    "Codes de sortie : 0, tout est valide ; 1, quelque chose ne l'est pas ; 2, quelque chose n'a pas pu être validé. "
    "Le compte rendu en texte ne montre pas les en-têtes inconnus du schéma (ce peut être le nom de quelqu'un), ni les "
    "cases des champs qui ne sont pas publics. Les comptes rendus JSON et CSV et les fichiers d'erreurs les "
    "contiennent : gardez-les aussi confidentiels que le fichier.",
    "Exit codes: 0, everything is valid; 1, something is invalid; 2, something could not be validated. "
    "The text shows no header that the schema does not have, which may be somebody's name, and no cell of a field that "
    "the schema classes as anything but public. JSON, CSV and rejects are Frictionless' errors with all of it: keep "
    "them as private as the file.",
)


class Size(click.ParamType[int]):
    """A number of bytes: 512M, 2G, 1048576. `least`: megabytes, below which it is refused."""

    name = "size"
    expected = Said("attendu : 512M, 2G…", "expected: 512M, 2G…")

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d+)\s*([KMG]?)i?[Bo]?", str(value).strip(), re.IGNORECASE)
        if found is None:
            self.fail(f"{value}; {self.expected[spoken()]}", param, ctx)
        size = int(found[1]) * UNITS[found[2].upper()]
        if size < self.least * UNITS["M"]:
            at_least = Said(f"attendu : au moins {self.least}M", f"expected: at least {self.least}M")
            self.fail(f"{value}; {at_least[spoken()]}", param, ctx)
        return size


@as_command(
    "check",
    help=Said(
        """Valider des tables ou des jeux de données (Data Packages).

        Avec --schema, FICHIERS sont des tables : CSV, classeurs, Parquet, archives zip, adresses, ou « - » pour
        l'entrée standard. Sans --schema, ce sont des datapackage.json, ou des dossiers et des archives zip qui en
        contiennent un.""",
        """Validate tables or Data Packages.

        With --schema, FILES are tables: CSV, workbooks, Parquet, zip archives, addresses, or "-" for the standard
        input. Without --schema, they are datapackage.json files, or folders and zip archives that contain one.""",
    ),
    epilog=EXITS,
)
@argument("files", metavar=Said("FICHIERS", "FILES"), nargs=-1)
@option(
    "--schema",
    "schemas",
    multiple=True,
    metavar=Said("SCHÉMA", "SCHEMA"),
    help=Said(
        "Table Schema (JSON, YAML ou adresse) : un seul, ou un par fichier.",
        "Table Schema (JSON, YAML or address): one, or one per file.",
    ),
)
@option(
    "--package",
    metavar=Said("FICHIER", "FILE"),
    help=Said(
        "Data Package : les schémas, les fichiers, et les tables que visent les clés étrangères.",
        "Data Package: schemas, files, and the tables that foreign keys refer to.",
    ),
)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help=Said("Forme du compte rendu.", "Form of the report."),
)
@option(
    "--sample",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help=Said("Nombre d'erreurs détaillées par règle et par champ.", "Errors detailed per rule and field."),
)
@option(
    "--limit-rows",
    type=click.IntRange(min=1),
    help=Said("Ne valider que les premières lignes.", "Validate the first rows only."),
)
@option(
    "--memory",
    type=Size(LEAST_MEMORY),
    default="512M",
    show_default=True,
    help=Said(
        f"Mémoire pour les clés et les blocs, au moins {LEAST_MEMORY}M ; le reste va sur le disque.",
        f"Memory for keys and blocks, at least {LEAST_MEMORY}M; more goes to disk.",
    ),
)
@option("--encoding", help=Said("utf-8 (par défaut), cp1252…", "utf-8 (default), cp1252…"))
@option(
    "--delimiter",
    help=Said(
        "Par défaut : celui qui donne, dans l'en-tête, les champs du schéma.",
        "Default: the one that makes the schema's fields out of the header.",
    ),
)
@option("--dialect", help=Said("Table Dialect (JSON, YAML ou adresse).", "Table Dialect (JSON, YAML or address)."))
@option(
    "--sheet",
    help=Said(
        "Feuille d'un classeur : son nom, ou son numéro à partir de 1 (par défaut : 1).",
        "Sheet of a workbook: its name, or its number from 1 (default: 1).",
    ),
)
@option(
    "--member",
    help=Said(
        "Fichier d'une archive zip, quand elle en contient plusieurs.",
        "File of a zip archive, when it contains several.",
    ),
)
@option(
    "--rejects",
    type=click.Path(path_type=Path),
    help=Said(
        "Écrire toutes les erreurs dans CHEMIN.csv et CHEMIN.parquet.",
        "Write every error to PATH.csv and PATH.parquet.",
    ),
)
@option(
    "--remote",
    is_flag=True,
    help=Said(
        "Lire ce qu'un jeu de données désigne par une adresse http(s) ; refusé sans cette option.",
        "Read what a package names by http(s) address; refused without it.",
    ),
)
@option(
    "--allow-private",
    is_flag=True,
    help=Said(
        "Accepter les adresses de réseaux privés et de cette machine.",
        "Let addresses lead to private networks and to this machine.",
    ),
)
@option(
    "--wait",
    type=click.FloatRange(min=0, min_open=True),
    default=20,
    show_default=True,
    help=Said("Silence admis d'un tube (pipe), en secondes.", "Silence that a pipe may keep, in seconds."),
)
@option(
    "--limit-bytes",
    type=Size(),
    default="4G",
    show_default=True,
    help=Said("Taille maximale d'un tube ou d'une adresse.", "Most bytes of a pipe or an address."),
)
@lang_option
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Validate what was named, and exit by what was found."""
    from pipelines.commands._check_output import tell

    language = terminal_language(options["lang"])
    try:
        status = _checked(files, options)
    except click.ClickException:
        raise
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:  # the reader of the output has enough of it
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - Python flushes it at the end
        status = NOT_VALIDATED
    except Exception as error:  # noqa: BLE001 - no failure may look like an invalid table, which exits 1
        tell(error, language)
        status = NOT_VALIDATED
    ctx.exit(status)


def _checked(files: tuple[str, ...], options: dict[str, Any]) -> int:
    """Validate what was named and write what was found; returns the exit code."""
    keep_pandas_out()
    from pipelines.commands._check_output import WRITERS
    from pipelines.commands._check_run import Run
    from pipelines.validation.workspace import workspace

    language = terminal_language(options["lang"])
    with workspace() as folder:
        run = Run(files, options, folder)
        found = run.found()
    WRITERS[options["form"]](found, language)
    sys.stdout.flush()
    if found.failures or found.refused:
        return NOT_VALIDATED
    return VALID if found.is_valid else INVALID


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    command()
