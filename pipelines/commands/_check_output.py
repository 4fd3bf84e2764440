"""What `arobase check` found, as text for a person, as JSON and CSV for a program; and its errors."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.text import Language, Said

if TYPE_CHECKING:
    from pipelines.commands._check_found import Found

# What to do about a path that is wrong: where it was given.
PATHS: dict[str, Said] = {
    "FILE": Said("Vérifiez le chemin donné.", "Check the path that was given."),
    "-": Said("Branchez un tube ou un fichier sur l'entrée standard.", "Connect a pipe or a file to standard input."),
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
        path = PATHS.get(option, Said(f"Vérifiez le chemin donné à {option}.", f"Check the path given to {option}."))
        return f"{error.message(language)} {path[language]}"
    message = error.message(language)
    if error.responsible is ResponsibleParty.SCHEMA:
        return f"{message} {Said('Corrigez le schéma.', 'Correct the schema.')[language]}"
    if error.responsible is ResponsibleParty.OPERATOR:
        return message  # the person who reads it is the one who can: the sentence says what to do
    return f"{message} {Said('À corriger par', 'To be fixed by')[language]} {error.advice(language)}."


def write_text(found: Found, language: Language) -> None:
    """What a publisher of data reads; what could not be validated goes to the standard error."""
    from pipelines.validation.summary import package_errors, summary

    for place, errors in _by_place(found.errors):
        for line in package_errors(place, errors, language):
            click.echo(line)
    for place, validation in found.results:
        for line in summary(place, validation, language):
            click.echo(line)
    for place, record in found.quotes:
        where = Said(f"✘ {place} : ", f"✘ {place}: ")[language]
        click.echo(f"{where}{getattr(record.message, language)} [{record.fault}]")
    for place, notice in found.notices:
        click.echo(Said(f"  ! {place} : {notice.fr}", f"  ! {place}: {notice.en}")[language])
    _tell_failures(found, language)


def write_json(found: Found, language: Language) -> None:
    """Frictionless' report of everything; beside it exact totals, roads, and what there is no result on."""
    from frictionless import Report

    reports = [validation.report() for _, validation in found.results]
    whole = Report.from_validation_reports(time=0, reports=reports)
    if found.errors:
        errors = [error for _, error in found.errors]
        whole = Report.from_validation(tasks=whole.tasks, errors=errors)
    report = whole.to_descriptor()
    report["valid"] = whole.valid and not (found.failures or found.refused or found.quotes)
    report["totals"] = [
        {"place": validation.report().tasks[0].place, "rule": rule, "field": field, "errors": count}
        for _, validation in found.results
        for (rule, field), count in validation.totals.items()
    ]
    report["roads"] = [
        {"place": validation.report().tasks[0].place, "field": name, "road": road.kind, "cells": road.cells}
        for _, validation in found.results
        for name, road in validation.roads.items()
    ]
    report["failures"] = [
        {"place": place, "code": error.code, "message": error.message("en"), "message_fr": error.message("fr")}
        for place, error in found.failures
    ]
    report["quotes"] = [
        {"place": place, "rule": str(record.fault), "lines": [record.first, record.last], "message": record.message.en}
        for place, record in found.quotes
    ]
    report["notices"] = [{"place": place, "message": notice.en} for place, notice in found.notices]
    click.echo(json.dumps(report, ensure_ascii=False, indent=2, default=str))
    _tell_failures(found, language)


def write_csv(found: Found, language: Language) -> None:
    """One line an error; those of a package as a whole have no row."""
    from pipelines.validation.error_counts import as_row
    from pipelines.validation.result import ERRORS
    from pipelines.validation.stray_quotes import quote_error

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["place", *ERRORS.names])
    for place, error in found.errors:
        row = as_row(error)
        writer.writerow([place, *(row[name] for name in ERRORS.names)])
    for place, validation in found.results:
        writer.writerows([place, *line.values()] for line in validation.errors.to_pylist())
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
