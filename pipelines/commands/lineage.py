"""`arobase lineage`: a recorded run as OpenLineage's events."""

from __future__ import annotations

import click

from pipelines.commands._bilingual import argument, as_command, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language


@as_command(
    "lineage",
    help=Said(
        """Afficher les événements OpenLineage d'une exécution (par défaut : la dernière).

        Un objet JSON par ligne. Quand les réglages d'OpenLineage sont dans l'environnement, « arobase release » les
        envoie à la fin de l'exécution.

        Codes de sortie : 0, affichés ou envoyés ; 2, l'exécution n'existe pas, ou le service ne les a pas pris.""",
        """Print the OpenLineage events of a run (default: the last).

        One JSON object per line. With OpenLineage's own settings in the environment, `arobase release` sends them at
        its end.

        Exit codes: 0, printed or sent; 2, there is no such run, or the service did not take them.""",
    ),
)
@argument("name", metavar=Said("EXÉCUTION", "RUN"), default="last")
@option(
    "--send",
    "is_sent",
    is_flag=True,
    help=Said(
        "Les envoyer au service que désigne OPENLINEAGE_URL.", "Send them to the service that OPENLINEAGE_URL names."
    ),
)
@lang_option
def command(*, name: str, is_sent: bool, lang: str | None) -> None:
    """Print or send the events of a run."""
    from pipelines.monitoring.lineage import run_events, send
    from pipelines.pipeline.run_journal import find_journal

    project = Project.here()
    stem, journal = find_journal(project, name)
    if is_sent:
        count = send(project, stem, journal)
        click.echo(Said(f"{count} événements envoyés", f"{count} events sent")[terminal_language(lang)])
        return
    events = run_events(project, stem, journal)
    from openlineage.client.serde import Serde

    for event in events:
        click.echo(Serde.to_json(event))
