"""`arobase runs`: what the last runs did, how long each step took, and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

WORDS: dict[str, dict[Language, str]] = {
    "none": {"fr": "Aucune exécution n'est notée ici.", "en": "No run is recorded here."},
    "well": {"fr": "réussie", "en": "succeeded"},
    "badly": {"fr": "en échec", "en": "failed"},
    "made": {"fr": "produit", "en": "made"},
    "kept": {"fr": "inchangé", "en": "unchanged"},
    "failed": {"fr": "échec", "en": "failed"},
    "rows": {"fr": "lignes", "en": "rows"},
    "rejected": {"fr": "écartées", "en": "rejected"},
}


@click.command("runs")
@click.argument("name", required=False)
@click.option("--last", default=20, show_default=True, help="How many runs to list.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(name: str | None, last: int, lang: str | None) -> None:
    """List the last runs of `arobase release`; with NAME, every step of that run.

    `arobase runs last` shows the newest one.

    Exit codes: 0 shown, 2 there is no such run.
    """
    from pipelines.pipeline.journal import find_journal, read_journals

    language, project = terminal_language(lang), Project.here()
    journals = read_journals(project)
    if name is None:
        for stem, document in journals[:last]:
            click.echo(_line(stem, document, language))
        if not journals:
            click.echo(WORDS["none"][language])
        return
    found = find_journal(project, name)
    click.echo(_line(*found, language))
    width = max((len(f"{step['stage']} {step['name']}") for step in found[1]["steps"]), default=0)
    for step in found[1]["steps"]:
        click.echo(_step(step, width, language))


def _line(stem: str, document: Mapping[str, Any], language: Language) -> str:
    word = WORDS["well" if document["went_well"] else "badly"][language]
    packages = ", ".join(f"{name} {version or '–'}" for name, version in document["packages"].items())
    return f"{stem}  {document['seconds']:8.1f} s  {word.ljust(9)}  {packages}"


def _step(step: Mapping[str, Any], width: int, language: Language) -> str:
    place = f"{step['stage']} {step['name']}".ljust(width)
    told = [f"{step[key]} {WORDS[key][language]}" for key in ("rows", "rejected") if step.get(key) is not None]
    told += [f"[{step['error']}]"] if "error" in step else []
    return (
        f"  {place}  {step['seconds']:8.3f} s  {WORDS[step['outcome']][language].ljust(9)}  {', '.join(told)}".rstrip()
    )
