"""`arobase check`: judge CSV files by a Table Schema, as Frictionless does, and say what can be done about it."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.validation.described import DescribedTable
    from pipelines.validation.outcome import Progress
    from pipelines.validation.verdict import Verdict

VALID, INVALID, NOT_JUDGED = 0, 1, 2
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Size(click.ParamType[int]):
    """A number of bytes: 512M, 2G, 1048576."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d+)\s*([KMG]?)i?[Bo]?", str(value).strip(), re.IGNORECASE)
        if found is None:
            self.fail(f"{value!r}: 512M, 2G…", param, ctx)
        return int(found[1]) * UNITS[found[2].upper()]


@click.command("check", help="Judge CSV files by a Table Schema / Juger des fichiers CSV selon un schéma de table.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--schema", "schema_path", type=click.Path(path_type=Path), help="Table Schema (JSON).")
@click.option(
    "--package", "package_path", type=click.Path(path_type=Path), help="Data Package: schemas, parents, files."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--sample", type=click.IntRange(min=0), default=1000, show_default=True, help="Details a rule and field.")
@click.option("--memory", type=Size(), default="512M", show_default=True, help="Memory for keys; more goes to disk.")
@click.option("--encoding", default=None, help="utf-8 (default), cp1252…")
@click.option("--delimiter", default=None, help="Default: the one that makes the schema's fields out of the header.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="Write every error to REJECTS.csv and REJECTS.parquet."
)
@click.option("--lang", type=click.Choice(["fr", "en"]), default=None, help="Default: the locale's.")
@click.pass_context
def command(ctx: click.Context, /, files: tuple[Path, ...], **options: Any) -> None:
    """Exit 0: every file is valid; 1: some are not; 2: some could not be judged."""
    from pipelines.validation.errors import JudgeError

    language = terminal_language(options["lang"])
    try:
        tables = _tables(files, options)
    except JudgeError as error:
        _tell(error, language)
        ctx.exit(NOT_JUDGED)
    told: list[tuple[str, Verdict]] = []
    status = VALID
    for table in tables:
        place = _shown(table.path)
        try:
            with _progress(place) as progress:
                verdict = _judge(table, tables, options, progress)
        except JudgeError as error:
            _tell(error, language)
            status = NOT_JUDGED
            continue
        status = max(status, VALID if verdict.is_valid else INVALID)
        told.append((place, verdict))
    WRITERS[options["form"]](told, language)
    ctx.exit(status)


def _tables(files: tuple[Path, ...], options: Mapping[str, Any]) -> list[DescribedTable]:
    """What is to be judged first, then what may only be referred to. Raises `JudgeError`, `click.UsageError`."""
    from pipelines.validation.described import DescribedTable, read_document, read_package

    known = read_package(options["package_path"]) if options["package_path"] else []
    if options["schema_path"]:
        schema = read_document(options["schema_path"])
        if not files:
            raise _misused(
                options, "--schema attend aussi les fichiers à juger", "--schema asks for the files to judge too"
            )
        return [DescribedTable(file.stem, file, schema, _reading(file, schema, options)) for file in files]
    if not known:
        raise _misused(
            options,
            "attendu : --schema SCHÉMA FICHIER… ou --package PAQUET",
            "expected: --schema SCHEMA FILE… or --package PACKAGE",
        )
    if not files:
        return known
    chosen = [table for file in files for table in known if file.resolve() == table.path]
    if len(chosen) < len(files):
        found = ", ".join(_shown(table.path) for table in known)
        asked = ", ".join(map(str, files))
        raise _misused(
            options, f"{asked} : absent du paquet ; il a : {found}", f"{asked}: not in the package; it has: {found}"
        )
    return chosen


def _misused(options: Mapping[str, Any], french: str, english: str) -> click.UsageError:
    return click.UsageError(french if terminal_language(options["lang"]) == "fr" else english)


def _reading(file: Path, schema: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    from pipelines.validation.described import likely_delimiter
    from pipelines.validation.inputs import Reading

    encoding = options["encoding"] or "utf-8"
    return Reading(encoding, options["delimiter"] or likely_delimiter(file, schema, encoding))


def _judge(
    table: DescribedTable, tables: list[DescribedTable], options: Mapping[str, Any], progress: Progress | None
) -> Verdict:
    from pipelines.validation import judge
    from pipelines.validation.described import read_package
    from pipelines.validation.rejects import Origin, RejectsFile

    known = read_package(options["package_path"]) if options["package_path"] else []
    parents: dict[str, Any] = {item.name: (item.path, item.schema) for item in known}
    stem = options["rejects"]
    if stem is not None and len(tables) > 1:
        stem = stem.with_name(f"{stem.stem}-{table.name}")
    with RejectsFile(stem, Origin(_shown(table.path), table.name)) if stem else contextlib.nullcontext() as rejects:
        return judge(
            table.path,
            table.schema,
            parents=parents,
            encoding=table.reading.encoding,
            delimiter=table.reading.delimiter,
            dialect=table.reading.dialect,
            sample=options["sample"],
            memory=options["memory"],
            keep=False,
            rejects=rejects,
            progress=progress,
        )


@contextlib.contextmanager
def _progress(place: str) -> Iterator[Progress | None]:
    """A bar with rows a second and the time left, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[pace]}")]
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(place, total=1.0, pace="")

        def show(rows: int, fraction: float | None) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            pace = f"{rows:,} · {rows / elapsed:,.0f}/s" if elapsed else f"{rows:,}"
            bar.update(task, completed=fraction or 0.0, total=None if fraction is None else 1.0, pace=pace)

        yield show


def _write_text(told: list[tuple[str, Verdict]], language: Language) -> None:
    from pipelines.validation.summary import summary

    for place, verdict in told:
        for line in summary(place, verdict, language):
            click.echo(line)


def _write_json(told: list[tuple[str, Verdict]], language: Language) -> None:
    """Frictionless' report of all files, and beside it the exact totals and how each field was decided."""
    tasks, totals, roads = [], [], []
    for place, verdict in told:
        tasks += verdict.report().to_descriptor()["tasks"]
        totals += [
            {"place": place, "rule": rule, "field": field, "errors": count}
            for (rule, field), count in verdict.totals.items()
        ]
        roads += [
            {"place": place, "field": name, "road": road.kind, "cells": road.cells}
            for name, road in verdict.roads.items()
        ]
    errors = sum(verdict.error_count for _, verdict in told)
    stats = {
        "tasks": len(tasks),
        "errors": errors,
        "warnings": sum(len(task.get("warnings", [])) for task in tasks),
        "seconds": 0,
    }
    report = {"valid": not errors, "stats": stats, "warnings": [], "errors": [], "tasks": tasks, "totals": totals}
    report["roads"] = roads
    click.echo(json.dumps(report, ensure_ascii=False, indent=2))


def _write_csv(told: list[tuple[str, Verdict]], language: Language) -> None:
    from pipelines.validation.verdict import ERRORS

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["place", *ERRORS.names])
    for place, verdict in told:
        writer.writerows([place, *line.values()] for line in verdict.errors.to_pylist())


WRITERS = {"text": _write_text, "json": _write_json, "csv": _write_csv}


def _tell(error: Any, language: Language) -> None:
    mended = "À corriger par" if language == "fr" else "To be mended by"
    click.echo(f"{error.message(language)} {mended} {error.advice(language)}.", err=True)


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    with contextlib.suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)


if __name__ == "__main__":
    command()
