"""`arobase lineage`: a recorded run as OpenLineage's events."""

from __future__ import annotations

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language


@click.command("lineage")
@click.argument("name", default="last", metavar="[RUN]")
@click.option("--send", "is_sent", is_flag=True, help="Hand them to the service that OPENLINEAGE_URL names.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(*, name: str, is_sent: bool, lang: str | None) -> None:
    """Print the events of a run of `arobase release` (default: the last), one JSON object a line.

    With OpenLineage's own settings in the environment, `arobase release` sends them at its end.

    Exit codes: 0 printed or sent; 2 there is no such run, or the service did not take them.
    """
    from pipelines.monitoring.lineage import run_events, send
    from pipelines.pipeline.journal import find_journal

    project = Project.here()
    stem, journal = find_journal(project, name)
    if is_sent:
        count = send(project, stem, journal)
        click.echo(f"{count} événements envoyés" if terminal_language(lang) == "fr" else f"{count} events sent")
        return
    events = run_events(project, stem, journal)
    from openlineage.client.serde import Serde

    for event in events:
        click.echo(Serde.to_json(event))
