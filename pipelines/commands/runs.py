"""`arobase runs`: what the last runs did, how long each step took, and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipelines.commands._bilingual import argument, as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

WORDS: dict[str, Said] = {
    "none": Said("Aucune exécution n'est notée ici.", "No run is recorded here."),
    "well": Said("réussie", "succeeded"),
    "badly": Said("en échec", "failed"),
    "made": Said("produit", "made"),
    "kept": Said("inchangé", "unchanged"),
    "failed": Said("échec", "failed"),
    "rows": Said("lignes", "rows"),
    "rejected": Said("écartées", "rejected"),
}


@as_command(
    "runs",
    help=Said(
        """Lister les dernières exécutions de « arobase release », ou les étapes d'une exécution.

        Avec NOM, toutes les étapes de cette exécution ; « arobase runs last » montre la dernière.

        Codes de sortie : 0, affiché ; 2, cette exécution n'existe pas.""",
        """List the last runs of `arobase release`, or the steps of one.

        With NAME, every step of that run; `arobase runs last` shows the newest one.

        Exit codes: 0, shown; 2, there is no such run.""",
    ),
)
@argument("name", metavar=Said("NOM", "NAME"), required=False)
@option("--last", default=20, show_default=True, help=Said("Nombre d'exécutions à lister.", "How many runs to list."))
@lang_option
def command(name: str | None, last: int, lang: str | None) -> None:
    """List runs, or the steps of one."""
    from pipelines.pipeline.errors import JournalDamaged
    from pipelines.pipeline.run_journal import damaged_journals, find_journal, read_journals

    language, project = terminal_language(lang), Project.here()
    journals = read_journals(project)
    if name is None:
        for stem, document in journals[:last]:
            click.echo(_line(stem, document, language))
        damaged = damaged_journals(project)
        if not journals and not damaged:
            click.echo(WORDS["none"][language])
        for stem in damaged:
            click.echo(JournalDamaged(file=f"outputs/runs/{stem}.json").message(language), err=True)
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
    counts = [f"{step[key]} {WORDS[key][language]}" for key in ("rows", "rejected") if step.get(key) is not None]
    counts += [f"[{step['error']}]"] if "error" in step else []
    outcome = WORDS.get(step["outcome"], Said(step["outcome"], step["outcome"]))[language].ljust(9)
    return f"  {place}  {step['seconds']:8.3f} s  {outcome}  {', '.join(counts)}".rstrip()
