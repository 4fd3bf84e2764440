"""`arobase settings`: every setting, its value, and where that value came from; secrets are never shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from pipelines.core.project import NotAProject, Project
from pipelines.core.text import Language, terminal_language

WORDS: dict[str, dict[Language, str]] = {
    "environment": {"fr": "environnement", "en": "environment"},
    "default": {"fr": "par défaut", "en": "default"},
    "unset": {"fr": "non définie", "en": "not set"},
    "masked": {"fr": "définie, masquée", "en": "set, masked"},
    "secrets": {"fr": "Secrets que nomment les fichiers du projet", "en": "Secrets that the project's files name"},
    "unknown": {"fr": "n'est pas un réglage", "en": "is no setting"},
    "near": {"fr": "vouliez-vous dire", "en": "did you mean"},
    "none": {"fr": "Aucun projet ici.", "en": "There is no project here."},
}


@dataclass(frozen=True)
class _Line:
    name: str
    value: str
    origin: str
    use: str


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(*, as_json: bool, lang: str | None) -> None:
    """Show every setting (AROBASE_…), its value and where it came from, and which secrets are set.

    Exit codes: 0 shown.
    """
    from pipelines.core.settings import SETTINGS, unknown, value_of

    language = terminal_language(lang)
    values = [value_of(setting) for setting in SETTINGS]
    lines = [_line(value, language) for value in values]
    try:
        project: Project | None = Project.here()
    except NotAProject:
        project = None
    secrets = list(_secrets(project, language)) if project is not None else []
    if as_json:
        told = {"settings": lines, "secrets": secrets}
        document = {kind: [vars(line) for line in found] for kind, found in told.items()}
        click.echo(json.dumps({**document, "unknown": unknown()}, ensure_ascii=False, indent=1))
        return
    _show(lines)
    if project is None:
        click.echo(f"\n{WORDS['none'][language]}")
    if secrets:
        click.echo(f"\n{WORDS['secrets'][language]}")
        _show(secrets)
    for name, near in unknown().items():
        hint = f" ; {WORDS['near'][language]} {near} ?" if near and language == "fr" else ""
        hint = f"; {WORDS['near'][language]} {near}?" if near and language == "en" else hint
        click.echo(f"! {name} {WORDS['unknown'][language]}{hint}", err=True)


def _line(value: Any, language: Language) -> _Line:
    setting = value.setting
    shown = value.text
    if value.origin == "default":
        shown = getattr(setting.default, language)
    elif setting.secret:
        shown = WORDS["masked"][language]
    return _Line(setting.name, shown, WORDS[value.origin][language], getattr(setting.use, language))


def _secrets(project: Project, language: Language) -> Iterator[_Line]:
    """The variables that descriptions of sources, portals and alerts name: whether each is set, never its value."""
    for name, place in sorted(_named_secrets(project, language).items()):
        is_set = bool(os.environ.get(name, "").strip())
        shown = WORDS["masked" if is_set else "unset"][language]
        yield _Line(name, shown, WORDS["environment"][language] if is_set else "", place)


def _named_secrets(project: Project, language: Language) -> dict[str, str]:
    """Names of variables, with the file that names each. A file that cannot be read names none: others say why."""
    from pipelines.alerts.settings import FILE, load_alerts
    from pipelines.core.errors import ArobaseError
    from pipelines.portals.descriptions import portal_files, read_portal
    from pipelines.sources import load_sources

    found = {
        name: f"sources/{source.name}.yaml" for source in load_sources(project).values() for name in source.secrets
    }
    for path in portal_files(project):
        try:
            found[read_portal(path).token] = f"sources/portals/{path.name}"
        except ArobaseError as error:
            click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
    try:
        alerts = load_alerts(project)
    except ArobaseError as error:
        click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
    else:
        channels = alerts.channels if alerts is not None else ()
        found |= {name: FILE for channel in channels for name in channel.secrets.values()}
    return found


def _show(lines: list[_Line]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE, show_header=False, pad_edge=False, collapse_padding=True)
    table.add_column(no_wrap=True)
    for line in lines:
        table.add_row(line.name, escape(line.value), line.origin, escape(line.use))
    Console(highlight=False).print(table)
