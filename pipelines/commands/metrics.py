"""`arobase metrics`: the project's figures, as Prometheus reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.commands._bilingual import as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Said


@as_command(
    "metrics",
    help=Said(
        """Afficher les chiffres du projet pour Prometheus.

        Lignes, lignes écartées, constats, secondes par étape, âge des sources, versions et alertes en cours. Avec
        AROBASE_METRICS_FILE, « arobase release » les écrit dans ce fichier à la fin de l'exécution.

        Codes de sortie : 0, affichés ou écrits ; 2, impossible.""",
        """Print the project's figures for Prometheus.

        Rows, rejects, findings, seconds per stage, ages of sources, releases and open alerts. With AROBASE_METRICS_FILE
        set, `arobase release` writes them to that file at its end.

        Exit codes: 0, printed or written; 2, impossible.""",
    ),
)
@option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=Said(
        "Les écrire dans ce fichier (pour le collecteur textfile de node_exporter) plutôt que sur la sortie standard.",
        "Write them to this file (for node_exporter's textfile collector) instead of the standard output.",
    ),
)
@lang_option
def command(output: Path | None, lang: str | None) -> None:
    """Print the figures, or write them to a file."""
    from pipelines.monitoring.metrics import metrics_text
    from pipelines.storage import write_text

    text = metrics_text(Project.here(), datetime.now(UTC))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
