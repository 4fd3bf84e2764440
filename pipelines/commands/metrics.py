"""`arobase metrics`: the project's figures, as Prometheus reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.core.project import Project


@click.command("metrics")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them to this file (for node_exporter's textfile collector) instead of the standard output.",
)
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(output: Path | None, lang: str | None) -> None:
    """Print rows, rejects, findings, seconds by stage, ages of sources, releases and open alerts, for Prometheus.

    With AROBASE_METRICS_FILE set, `arobase release` writes them there at its end.

    Exit codes: 0 printed or written, 2 could not be.
    """
    from pipelines.monitoring.metrics import metrics_text
    from pipelines.storage import write_text

    text = metrics_text(Project.here(), datetime.now(UTC))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
