"""`arobase check`: validate tables against a Table Schema, or whole Data Packages, and say what to do about it."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from pipelines.core.text import terminal_language

VALID, INVALID, NOT_VALIDATED, INTERRUPTED = 0, 1, 2, 130
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
HELP = "Validate tables or Data Packages / Valider des tables ou des jeux de données."

EXITS = (
    "Exit 0: everything is valid; 1: something is invalid; 2: something could not be validated. "
    "The text shows no header that the schema does not have, which may be somebody's name, and no cell of a field that "
    "the schema classes as anything but public. JSON, CSV and rejects are Frictionless' errors with all of it: keep "
    "them as private as the file."
)


class Size(click.ParamType[int]):
    """A number of bytes: 512M, 2G, 1048576."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d+)\s*([KMG]?)i?[Bo]?", str(value).strip(), re.IGNORECASE)
        if found is None:
            self.fail(f"{value!r}: 512M, 2G…", param, ctx)
        return int(found[1]) * UNITS[found[2].upper()]


@click.command("check", help=HELP, epilog=EXITS)
@click.argument("files", nargs=-1)
@click.option("--schema", "schemas", multiple=True, help="Table Schema (JSON, YAML, address): one, or one per FILE.")
@click.option("--package", help="Data Package: schemas, files, and the tables that foreign keys refer to.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--sample", type=click.IntRange(min=0), default=1000, show_default=True, help="Details a rule and field.")
@click.option("--limit-rows", type=click.IntRange(min=1), help="Validate the first rows only.")
@click.option("--memory", type=Size(), default="512M", show_default=True, help="Memory for keys; more goes to disk.")
@click.option("--encoding", default=None, help="utf-8 (default), cp1252…")
@click.option("--delimiter", default=None, help="Default: the one that makes the schema's fields out of the header.")
@click.option("--dialect", default=None, help="Table Dialect (JSON, YAML, address).")
@click.option("--sheet", default=None, help="Sheet of a workbook: its name, or its number from 1 (default: 1).")
@click.option("--member", default=None, help="File of a zip archive, when it holds several.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="Write every error to REJECTS.csv and REJECTS.parquet."
)
@click.option("--remote", is_flag=True, help="Read what a package names by http(s) address; refused without it.")
@click.option("--allow-private", is_flag=True, help="Let addresses lead to private networks and to this machine.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0, min_open=True),
    default=20,
    show_default=True,
    help="Silence of a pipe, in seconds.",
)
@click.option("--limit-bytes", type=Size(), default="4G", show_default=True, help="Most bytes of a pipe or an address.")
@click.option("--lang", type=click.Choice(["fr", "en"]), default=None, help="Default: the locale's.")
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Exit 0: all is valid; 1: something is invalid; 2: something could not be validated."""
    from pipelines.commands._check_told import tell

    language = terminal_language(options["lang"])
    try:
        status = _checked(files, options)
    except click.ClickException:
        raise
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:  # whoever read the output has enough of it
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - Python flushes it at the end
        status = NOT_VALIDATED
    except Exception as error:  # noqa: BLE001 - no failure may look like an invalid table, which exits 1
        tell(error, language)
        status = NOT_VALIDATED
    ctx.exit(status)


def _checked(files: tuple[str, ...], options: dict[str, Any]) -> int:
    """Validate what was named and write what was found; returns the exit code."""
    from pipelines.commands._check_run import Run
    from pipelines.commands._check_told import WRITERS
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
