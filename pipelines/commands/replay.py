"""`arobase replay SOURCE`: validate again what was rejected, after a correction, and say what came back."""

from __future__ import annotations

import sys

from pipelines.commands._bilingual import argument, as_command, lang_option
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language

LABELS = {
    "came_back": Said("repris", "accepted now"),
    "still_refused": Said("encore écartés", "still rejected"),
    "newly_refused": Said("nouvellement écartés", "newly rejected"),
}


@as_command(
    "replay",
    help=Said(
        """Valider de nouveau les enregistrements de SOURCE, après une correction.

        Une correction est un changement de sa mise en forme, des listes de codes ou de sources/corrections/. Aucune
        source n'est interrogée, rien n'est publié.

        Codes de sortie : 0, plus rien n'est écarté ; 1, il reste des enregistrements écartés ; 2, validation
        impossible.""",
        """Validate the records of SOURCE again, after a fix.

        A fix is a change of its mapping, of the code lists or of sources/corrections/. Asks no source and publishes
        nothing.

        Exit codes: 0, nothing is rejected any more; 1, something still is; 2, the records could not be validated.""",
    ),
)
@argument("source", metavar=Said("SOURCE", "SOURCE"))
@lang_option
def command(source: str, lang: str | None) -> None:
    """Validate the records of a source again."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.pipeline.replay import replay

    language = terminal_language(lang)
    done = replay(Project.here(), source)
    console = Console(emoji=False)
    heads = ("Enregistrements", "Nombre", "Règles") if language == "fr" else ("Records", "Count", "Rules")
    table = Table(*heads)
    table.columns[1].justify = "right"
    for name, words in LABELS.items():
        places = getattr(done, name)
        counted = ", ".join(f"{rule} ({count})" for rule, count in done.by_rule(places).items())
        table.add_row(words[language], str(len(places)), counted)
    console.print(table)
    for place, rules in sorted({**done.still_refused, **done.newly_refused}.items(), key=lambda item: item[0][1:])[:20]:
        _, part, position, into = place
        console.print(f"  {part}:{position} → {into}: {', '.join(rules)}", highlight=False, soft_wrap=True)
    where = done.result.kept.folder
    console.print(f"{Said('Détail : ', 'Details: ')[language]}{where}/rejets.parquet", highlight=False, soft_wrap=True)
    sys.exit(1 if done.still_refused or done.newly_refused else 0)
