"""`arobase settings`: every setting, its value, and where that value came from; secrets are never shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from pipelines.commands._bilingual import as_command, lang_option, option
from pipelines.core.project import NotAProject, Project
from pipelines.core.text import Language, Said, terminal_language

WORDS: dict[str, Said] = {
    "environment": Said("environnement", "environment"),
    "default": Said("par défaut", "default"),
    "unset": Said("non définie", "not set"),
    "masked": Said("définie, masquée", "set, masked"),
    "secrets": Said("Secrets que nomment les fichiers du projet", "Secrets that the project's files name"),
    "unknown": Said("n'est pas un réglage", "is no setting"),
    "near": Said("vouliez-vous dire", "did you mean"),
    "none": Said("Aucun projet ici.", "There is no project here."),
}


@dataclass(frozen=True)
class _Line:
    name: str
    value: str
    origin: str
    use: str


@as_command(
    "settings",
    help=Said(
        """Afficher chaque réglage (AROBASE_…), sa valeur et d'où elle vient.

        Les secrets ne sont jamais affichés : seulement s'ils sont définis. Code de sortie : 0.""",
        """Show every setting (AROBASE_…), its value and where it came from.

        Secrets are never shown, only whether they are set. Exit code: 0.""",
    ),
)
@option("--json", "as_json", is_flag=True, help=Said("En JSON.", "As JSON."))
@lang_option
def command(*, as_json: bool, lang: str | None) -> None:
    """Show the settings."""
    from pipelines.core.settings import SETTINGS, unknown, value_of
    from pipelines.pipeline.private_store import unused_private_store

    language = terminal_language(lang)
    values = [value_of(setting) for setting in SETTINGS]
    lines = [_line(value, language) for value in values]
    try:
        project: Project | None = Project.here()
    except NotAProject:
        project = None
    secrets = list(_secrets(project, language)) if project is not None else []
    unused = unused_private_store()
    if as_json:
        listed = {"settings": lines, "secrets": secrets}
        notices = [unused[language]] if unused else []
        document = {kind: [vars(line) for line in found] for kind, found in listed.items()}
        click.echo(json.dumps({**document, "unknown": unknown(), "notices": notices}, ensure_ascii=False, indent=1))
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
    if unused:
        click.echo(f"! {unused[language]}", err=True)


def _line(value: Any, language: Language) -> _Line:
    setting = value.setting
    text = value.text
    if value.origin == "default":
        text = getattr(setting.default, language)
    elif setting.secret:
        text = WORDS["masked"][language]
    return _Line(setting.name, text, WORDS[value.origin][language], getattr(setting.use, language))


def _secrets(project: Project, language: Language) -> Iterator[_Line]:
    """The variables that descriptions of sources, portals and alerts name: whether each is set, never its value."""
    for name, place in sorted(_named_secrets(project, language).items()):
        is_set = bool(os.environ.get(name, "").strip())
        state = WORDS["masked" if is_set else "unset"][language]
        yield _Line(name, state, WORDS["environment"][language] if is_set else "", place)


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
    """Each setting whole, whatever the terminal's width: a value that is cut says something else."""
    for line in lines:
        origin = f" ({line.origin})" if line.origin else ""
        click.echo(f"{line.name} = {line.value}{origin}")
        click.echo(f"    {line.use}")
