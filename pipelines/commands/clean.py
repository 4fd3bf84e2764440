"""`arobase clean`: delete what no published version needs and nobody will ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

KINDS: dict[str, dict[Language, str]] = {
    "snapshot": {"fr": "copies de réponses", "en": "copies of answers"},
    "result": {"fr": "résultats intermédiaires", "en": "intermediate results"},
}
COLON: dict[Language, str] = {"fr": " : ", "en": ": "}


@click.command("clean")
@click.option("--dry-run", is_flag=True, help="Only say what would go, file by file.")
@click.option("--older-than", default=90, show_default=True, type=click.IntRange(min=1), help="Of answers, in days.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(*, dry_run: bool, older_than: int, lang: str | None) -> None:
    """Delete old copies of answers that no published version was made of, and results of what is no more.

    Never deleted: what a published version needs to be made again, the last answer of any source, releases, ledger,
    log and refusals. What is kept about people: `arobase private delete`.

    Exit codes: 0 deleted, or told; 2 could not be.
    """
    from pipelines.pipeline.cleaning import clean, removable

    project, language = Project.here(), terminal_language(lang)
    now, age = datetime.now(UTC), timedelta(days=older_than)
    found = removable(project, now, age) if dry_run else clean(project, now, age)
    if dry_run:
        for item in found:
            click.echo(f"{item.size:>12}  {item.path.relative_to(project.outputs).as_posix()}")
    for kind, words in KINDS.items():
        sizes = [item.size for item in found if item.kind == kind]
        click.echo(f"{words[language]}{COLON[language]}{len(sizes)}, {_shown(sum(sizes), language)}")
    if dry_run:
        click.echo("Rien n'est supprimé (--dry-run)." if language == "fr" else "Nothing is deleted (--dry-run).")


def _shown(size: int, language: Language) -> str:
    """Bytes as people read them: 1,5 Mo, 1.5 MB."""
    names = ("octets", "ko", "Mo", "Go", "To") if language == "fr" else ("bytes", "kB", "MB", "GB", "TB")
    number, step = float(size), 0
    while number >= 1000 and step < len(names) - 1:
        number, step = number / 1000, step + 1
    text = f"{number:.0f}" if step == 0 else f"{number:.1f}"
    return f"{text.replace('.', ',') if language == 'fr' else text} {names[step]}"
