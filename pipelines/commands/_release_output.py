"""What `arobase release` prints once a run is over: a line a package, what went wrong, where to look next.

Belongs here: words and layout. Does not: the run (`release.py`), nor what it did (`pipeline/run.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.project import Project
from pipelines.core.text import Language, Said, number

if TYPE_CHECKING:
    from pipelines.pipeline.run import Run

COLON: Said = Said(" : ", ": ")
WIDE = 110
HEADS = {
    "fr": ("Jeu", "Version", "Tables", "Lignes", "Écartées", "Constats", "Où regarder ensuite"),
    "en": ("Package", "Version", "Tables", "Rows", "Rejected", "Findings", "Where to look next"),
}


def report(project: Project, done: Run, language: Language, seconds: float) -> None:
    """Print it, `seconds` after the run began: a table, wide where the terminal is, then one line a fact."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from pipelines.releases import Published, Refused, Unchanged

    colon = COLON[language]
    console = Console(highlight=False, emoji=False)
    lines = [_line(project, name, done, language) for name in sorted({*done.outcomes, *done.blocked})]
    is_wide = console.width >= WIDE
    table = Table(
        *(HEADS[language] if is_wide else HEADS[language][:-1]), box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    for index, column in enumerate(table.columns):
        column.justify = "right" if 2 <= index <= 5 else "left"
        column.no_wrap = True
    for line in lines:
        table.add_row(*(line if is_wide else line[:-1]))
    console.print(table)
    for line in () if is_wide else lines:
        console.print(f"{line[0]} → {line[-1]}", soft_wrap=True)
    for name in sorted(done.outcomes):
        rejects = _rejects(project, done, name)
        if rejects:
            word = Said("enregistrements écartés", "rejected records")[language]
            console.print(f"{escape(name)}{colon}{word} → {escape(rejects)}", soft_wrap=True)
    for mark, text in _failures(project, done, language):
        console.print(f"[{'red' if mark == '✗' else 'yellow'}]{mark}[/] {escape(text)}", soft_wrap=True)
    for name, outcome in done.outcomes.items():
        if isinstance(outcome, Refused):
            for reason in outcome.reasons:
                console.print(f"[red]✗[/] {escape(name + colon + reason[language])}", soft_wrap=True)
        elif isinstance(outcome, Published):
            for warning in outcome.warnings:
                console.print(f"[yellow]![/] {escape(name + colon + warning[language])}", soft_wrap=True)
    if all(isinstance(outcome, Unchanged) for outcome in done.outcomes.values()) and not done.blocked:
        console.print(Said("Rien n'a changé : rien n'est publié.", "Nothing changed: nothing is published.")[language])
    console.print(_catalogue(project, done, language), soft_wrap=True)
    console.print(f"{Said('Durée', 'Took')[language]}{colon}{seconds:.1f} s")


def _catalogue(project: Project, done: Run, language: Language) -> str:
    """Where the catalogue is, or that this run left it as it was."""
    page = project.catalogue / "index.html"
    address = _address(project, page)
    if done.catalogue_is_written:
        return f"Catalogue{COLON[language]}{address}"
    if not page.is_file():
        return Said("Catalogue non écrit.", "Catalogue not written.")[language]
    return Said(
        f"Catalogue non réécrit ; celui d'avant reste en place : {address}",
        f"Catalogue not rewritten; the one from before stays in place: {address}",
    )[language]


def _rejects(project: Project, done: Run, package: str) -> str | None:
    """Where the rejected records of a package are read, when its version has some."""
    path: Path | None = getattr(done.outcomes[package], "path", None)
    if path is None or not _counts(done, package)[1]:
        return None
    file = path / "data" / "qualite" / "rejets.csv"
    return _address(project, file) if file.is_file() else None


def _failures(project: Project, done: Run, language: Language) -> Iterator[tuple[str, str]]:
    """What went wrong, each cause once, then what it cost; then what the sources' files did not expect."""
    from pipelines.pipeline.errors import InputMissing, RowsMissing
    from pipelines.pipeline.inbox import astray_told

    colon = COLON[language]
    causes: dict[str, list[str]] = {}
    costs: dict[str, list[str]] = {}
    for place, error in done.errors:
        package, _, table = place.partition("/")
        if table and package in done.blocked:
            costs.setdefault(package, []).append(table)
        if not isinstance(error, InputMissing | RowsMissing):
            text = f"{error.message(language)} → {error.advice(language)} [{error.code}]"
            causes.setdefault(text, []).append(place)
    for text, places in causes.items():
        # The file that the sentence begins with is not said twice; tables are in the line of what it cost.
        apart = [place for place in places if not text.startswith(place) and (len(places) == 1 or "/" not in place)]
        yield "✗", f"{', '.join(apart)}{colon if apart else ''}{text}"
    for package, tables in costs.items():
        standing = _standing(project, package)
        if language == "fr":
            stays = f"la version {standing} reste en place" if standing else "aucune version n'est publiée"
            yield "✗", f"{package} : tables qui n'ont pas pu être faites : {', '.join(tables)} ; {stays}."
        else:
            stays = f"version {standing} stays in place" if standing else "no version is published"
            yield "✗", f"{package}: tables that could not be made: {', '.join(tables)}; {stays}."
    yield from (("!", told[language]) for told in astray_told(project))
    thin = Said("colonne moins remplie qu'attendu", "column filled less than expected")[language]
    declared = Said("schéma déclaré par le producteur", "schema declared by the publisher")[language]
    unread = Said("colonnes inconnues, laissées de côté", "unknown columns, left aside")[language]
    for name, result in done.records.items():
        yield from (("!", f"{name}{colon}{thin}{colon}{column}") for column in result.summary["thin"])
        yield from (("!", f"{name}{colon}{declared}{colon}{item[language]}") for item in result.summary["declared"])
        yield from (("!", f"{name}{colon}{item[language]}") for item in result.summary["noticed"])
        for part, counts in result.summary["parts"].items():
            if counts["columns_without_field"]:
                yield "!", f"{name}/{part}{colon}{unread}{colon}{', '.join(counts['columns_without_field'])}"


def _standing(project: Project, package: str) -> str | None:
    """The version that is current, none before the first."""
    path = project.releases / package / "latest.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["version"]) if path.is_file() else None


def _line(project: Project, name: str, done: Run, language: Language) -> tuple[str, ...]:
    from pipelines.releases import Published, Unchanged

    rows, rejected = _counts(done, name)
    made = sum(result.package == name for result in done.tables.values())
    findings = str(done.findings[name].rows) if name in done.findings else "–"
    outcome = done.outcomes.get(name)
    if isinstance(outcome, Published):
        version = f"[green]{outcome.version}[/] {Said('nouvelle', 'new')[language]}"
    elif isinstance(outcome, Unchanged):
        version = f"{outcome.version} {Said('inchangée', 'unchanged')[language]}"
    else:
        version = f"[red]{Said('non publiée', 'not published')[language]}[/]"
    path = getattr(outcome, "path", getattr(outcome, "record", project.releases / name))
    counts = (str(made), number(rows, language), str(rejected), findings)
    return name, version, *counts, _address(project, path)


def _counts(done: Run, package: str) -> tuple[int, int]:
    """The rows of a package's tables, and the records that they and their sources refused."""
    tables = [result for result in done.tables.values() if result.package == package]
    sources = {
        result.source for result in done.records.values() if any(key.startswith(f"{package}/") for key in result.tables)
    }
    rejected = sum(result.summary["rejected"] for result in tables)
    rejected += sum(done.records[source].summary["rejected"] for source in sources)
    return sum(result.summary["accepted"] for result in tables), rejected


def _address(project: Project, path: Path) -> str:
    """A path as a person would type it from the project's folder; of outputs on an object store, its address."""
    from pipelines.storage.shared import shared_of

    shared = shared_of(project.outputs)
    if shared is not None and path.is_relative_to(project.outputs):
        return f"{shared.public.address}/{path.relative_to(project.outputs).as_posix()}"
    return str(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
