"""`arobase diff`: what changed between two versions, or two data packages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language

if TYPE_CHECKING:
    from pipelines.releases.compare import Comparison


@click.command("diff")
@click.argument("first", metavar="PACKAGE|DIR1")
@click.argument("second", metavar="[V1|DIR2]", required=False)
@click.argument("third", metavar="[V2]", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(
    *, first: str, second: str | None, third: str | None, form: str, output: Path | None, lang: str | None
) -> None:
    """Compare two versions of a package (default: the current one and the one before), or two folders.

    A folder is any data package: it holds a datapackage.json. Exit codes: 0 no difference, 1 differences, 2 could not
    compare.
    """
    from pipelines.releases.comparison_views import as_html, as_json, as_text

    language = terminal_language(lang)
    found = _compare(first, second, third)
    shown = {"text": lambda: as_text(found, language), "json": lambda: as_json(found)}
    told = shown.get(form, lambda: as_html(found, language))()
    if output is None:
        click.echo(told, nl=False)
    else:
        from pipelines.storage import write_text

        write_text(output, told)
    sys.exit(0 if found.is_same else 1)


def _compare(first: str, second: str | None, third: str | None) -> Comparison:
    from pipelines.releases.compare import compare_packages, compare_versions

    if third is None and second is not None and Path(first).is_dir() and Path(second).is_dir():
        return compare_packages(Path(first), Path(second))
    return compare_versions(Project.here().releases, first, second, third)
