"""What `arobase check` found, as text for a person, as JSON and CSV for a program; and its errors."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from pipelines.core.errors import ArobaseError, Mender
from pipelines.core.text import Language

if TYPE_CHECKING:
    from pipelines.commands._check_run import Found

# What to do about a path that is wrong: where it was given.
PATHS: dict[str, tuple[str, str]] = {
    "FILE": ("Vérifiez le chemin donné.", "Check the path that was given."),
    "-": ("Branchez un tube ou un fichier sur l'entrée standard.", "Connect a pipe or a file to standard input."),
}


def tell(error: BaseException, language: Language) -> None:
    """Write an error to the standard error: what failed, then what to do."""
    click.echo(_sentence(error, language), err=True)


def _sentence(error: BaseException, language: Language) -> str:
    french = language == "fr"
    if not isinstance(error, ArobaseError):
        found = f"{type(error).__name__}: {error}"
        if french:
            return f"La validation s'est arrêtée sans résultat ({found}). Signalez-le avec le fichier et le schéma."
        return f"Validation stopped without a result ({found}). Report it with the file and the schema."
    option = getattr(error, "option", None)
    if option is not None:
        path = PATHS.get(option, (f"Vérifiez le chemin donné à {option}.", f"Check the path given to {option}."))
        return f"{error.message(language)} {path[0 if french else 1]}"
    message = error.message(language)
    if error.mender is Mender.SCHEMA:
        return f"{message} {'Corrigez le schéma.' if french else 'Correct the schema.'}"
    if error.mender is Mender.OPERATOR:
        return message  # the person who reads it is the one who can: the sentence says what to do
    return f"{message} {'À corriger par' if french else 'To be fixed by'} {error.advice(language)}."


def write_text(found: Found, language: Language) -> None:
    """What a publisher of data reads; what could not be validated goes to the standard error."""
    from pipelines.validation.summary import package_errors, summary

    for place, errors in _by_place(found.errors):
        for line in package_errors(place, errors, language):
            click.echo(line)
    for place, verdict in found.verdicts:
        for line in summary(place, verdict, language):
            click.echo(line)
    for place, record in found.quotes:
        where = f"✘ {place} : " if language == "fr" else f"✘ {place}: "
        click.echo(f"{where}{getattr(record.message, language)} [{record.fault}]")
    for place, notice in found.notices:
        click.echo(f"  ! {place} : {notice.fr}" if language == "fr" else f"  ! {place}: {notice.en}")
    _tell_failures(found, language)


def write_json(found: Found, language: Language) -> None:
    """Frictionless' report of everything; beside it exact totals, roads, and what there is no verdict on."""
    from frictionless import Report

    reports = [verdict.report() for _, verdict in found.verdicts]
    whole = Report.from_validation_reports(time=0, reports=reports)
    if found.errors:
        errors = [error for _, error in found.errors]
        whole = Report.from_validation(tasks=whole.tasks, errors=errors)
    told = whole.to_descriptor()
    told["valid"] = whole.valid and not (found.failures or found.refused or found.quotes)
    told["totals"] = [
        {"place": verdict.report().tasks[0].place, "rule": rule, "field": field, "errors": count}
        for _, verdict in found.verdicts
        for (rule, field), count in verdict.totals.items()
    ]
    told["roads"] = [
        {"place": verdict.report().tasks[0].place, "field": name, "road": road.kind, "cells": road.cells}
        for _, verdict in found.verdicts
        for name, road in verdict.roads.items()
    ]
    told["failures"] = [
        {"place": place, "code": error.code, "message": error.message("en"), "message_fr": error.message("fr")}
        for place, error in found.failures
    ]
    told["quotes"] = [
        {"place": place, "rule": str(record.fault), "lines": [record.first, record.last], "message": record.message.en}
        for place, record in found.quotes
    ]
    told["notices"] = [{"place": place, "message": notice.en} for place, notice in found.notices]
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    _tell_failures(found, language)


def write_csv(found: Found, language: Language) -> None:
    """One line an error; those of a package as a whole have no row."""
    from pipelines.validation.stray_quotes import quote_error
    from pipelines.validation.tally import as_row
    from pipelines.validation.verdict import ERRORS

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["place", *ERRORS.names])
    for place, error in found.errors:
        row = as_row(error)
        writer.writerow([place, *(row[name] for name in ERRORS.names)])
    for place, verdict in found.verdicts:
        writer.writerows([place, *line.values()] for line in verdict.errors.to_pylist())
    for place, record in found.quotes:
        error = quote_error(record)
        writer.writerow([place, *(error[name] for name in ERRORS.names)])
    _tell_failures(found, language)


def _tell_failures(found: Found, language: Language) -> None:
    for _, error in found.failures:
        tell(error, language)
    for address in dict.fromkeys(found.refused):
        french = (
            f"{address} : adresse non lue. Donnez --remote pour lire ce qu'un jeu de données nomme par son adresse."
        )
        english = f"{address}: not read. Give --remote to read what a package names by its address."
        click.echo(french if language == "fr" else english, err=True)


def _by_place(errors: list[tuple[str, Any]]) -> list[tuple[str, list[Any]]]:
    places: dict[str, list[Any]] = {}
    for place, error in errors:
        places.setdefault(place, []).append(error)
    return list(places.items())


WRITERS: dict[str, Callable[[Found, Language], None]] = {"text": write_text, "json": write_json, "csv": write_csv}
