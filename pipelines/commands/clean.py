"""`arobase clean`: delete what no published version needs and nobody will ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from pipelines.commands._bilingual import as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

KINDS: dict[str, Said] = {
    "snapshot": Said("copies de réponses", "copies of answers"),
    "result": Said("résultats intermédiaires", "intermediate results"),
}
COLON: Said = Said(" : ", ": ")


@as_command(
    "clean",
    help=Said(
        """Supprimer les anciennes copies de sources et les résultats devenus inutiles.

        Sont supprimées les copies dont aucune version publiée n'a été faite, et les résultats intermédiaires de ce qui
        n'existe plus. Ne sont jamais supprimés : ce qu'il faut pour refaire une version publiée, la dernière copie de
        chaque source, les versions, le registre, le journal et les refus. Pour ce qui est conservé sur des personnes :
        arobase private delete.

        Codes de sortie : 0, supprimé ou affiché ; 2, impossible.""",
        """Delete old snapshots and results that are no longer needed.

        Deleted are snapshots that no published version was made from, and intermediate results of what no longer
        exists. Never deleted: what a published version needs to be made again, the last snapshot of each source,
        releases, ledger, log and refusals. What is kept about people: `arobase private delete`.

        Exit codes: 0, deleted or shown; 2, impossible.""",
    ),
)
@option(
    "--dry-run",
    is_flag=True,
    help=Said(
        "Afficher seulement ce qui serait supprimé, fichier par fichier.", "Only show what would go, file by file."
    ),
)
@option(
    "--older-than",
    default=90,
    show_default=True,
    type=click.IntRange(min=1),
    help=Said("Âge minimal des copies, en jours.", "Least age of snapshots, in days."),
)
@lang_option
def command(*, dry_run: bool, older_than: int, lang: str | None) -> None:
    """Delete what nobody will ask for, or show it."""
    from pipelines.pipeline.cleaning import clean, removable

    project, language = Project.here(), terminal_language(lang)
    now, age = datetime.now(UTC), timedelta(days=older_than)
    found = removable(project, now, age) if dry_run else clean(project, now, age)
    if dry_run:
        for item in found:
            click.echo(f"{item.size:>12}  {item.path.relative_to(project.outputs).as_posix()}")
    for kind, words in KINDS.items():
        sizes = [item.size for item in found if item.kind == kind]
        click.echo(f"{words[language]}{COLON[language]}{len(sizes)}, {_size(sum(sizes), language)}")
    if dry_run:
        click.echo(Said("Rien n'est supprimé (--dry-run).", "Nothing is deleted (--dry-run).")[language])


def _size(size: int, language: Language) -> str:
    """Bytes as people read them: 1,5 Mo, 1.5 MB."""
    names = ("octets", "ko", "Mo", "Go", "To") if language == "fr" else ("bytes", "kB", "MB", "GB", "TB")
    number, step = float(size), 0
    while number >= 1000 and step < len(names) - 1:
        number, step = number / 1000, step + 1
    text = f"{number:.0f}" if step == 0 else f"{number:.1f}"
    return f"{text.replace('.', ',') if language == 'fr' else text} {names[step]}"
