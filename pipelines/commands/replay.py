"""`arobase replay SOURCE`: judge again what was refused, after a correction, and say what came back."""

from __future__ import annotations

import sys

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language

SAID = {
    "came_back": {"fr": "revenus", "en": "came back"},
    "still_refused": {"fr": "encore refusés", "en": "still refused"},
    "newly_refused": {"fr": "nouvellement refusés", "en": "newly refused"},
}


@click.command("replay")
@click.argument("source")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(source: str, lang: str | None) -> None:
    """Judge the records of SOURCE again, after its mapping, the code lists or sources/corrections/ changed.

    Asks no source and publishes nothing. Exit codes: 0 when nothing is refused any more, 1 when something still is,
    2 when the records could not be judged.
    """
    from rich.console import Console
    from rich.table import Table

    from pipelines.pipeline.replay import replay

    language = terminal_language(lang)
    done = replay(Project.here(), source)
    console = Console()
    heads = ("Enregistrements", "Nombre", "Règles") if language == "fr" else ("Records", "Count", "Rules")
    table = Table(*heads)
    table.columns[1].justify = "right"
    for name, words in SAID.items():
        places = getattr(done, name)
        counted = ", ".join(f"{rule} ({count})" for rule, count in done.by_rule(places).items())
        table.add_row(words[language], str(len(places)), counted)
    console.print(table)
    for place, rules in sorted({**done.still_refused, **done.newly_refused}.items(), key=lambda item: item[0][1:])[:20]:
        _, part, position, into = place
        console.print(f"  {part}:{position} → {into}: {', '.join(rules)}", highlight=False, soft_wrap=True)
    where = done.result.kept.folder
    console.print(
        f"{'Détail' if language == 'fr' else 'Details'}: {where}/rejets.parquet", highlight=False, soft_wrap=True
    )
    sys.exit(1 if done.still_refused or done.newly_refused else 0)
