"""`arobase alerts`: who is told when something needs somebody, what is open, and a try of each channel."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Misused, argument, as_group, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    from pipelines.alerts.alert import Message


@as_group(
    "alerts",
    help=Said(
        """Prévenir des personnes d'un problème, puis de sa fin.

        Échecs, refus, sources en retard et lignes bloquées ; les destinataires sont dans alerts.yaml.""",
        """Tell people of a problem, and of its end.

        Failures, refusals, late sources and quarantined rows; who is told is in alerts.yaml.""",
    ),
)
def command() -> None:
    """Who is told, and what is open."""


@command.command(
    "check",
    help=Said(
        """Examiner maintenant sources, lignes bloquées et portails, et envoyer ce qui est dû.

        À lancer par une minuterie, à côté de « arobase release ».

        Codes de sortie : 0, chaque canal a pris ses messages, ou aucun n'était dû ; 1, un canal ne les a pas pris ;
        2, impossible.""",
        """Look at sources, quarantine and portals now, and send what is due.

        For a timer, beside `arobase release`.

        Exit codes: 0, every channel took its messages, or none was due; 1, a channel did not; 2, impossible.""",
    ),
)
@option(
    "--no-portals",
    is_flag=True,
    help=Said(
        "Ne pas interroger les portails, même quand c'est le moment.", "Do not ask portals, even when it is time to."
    ),
)
@lang_option
def check(*, no_portals: bool, lang: str | None) -> None:
    """Look now, and send what is due."""
    from pipelines.alerts.errors import NoAlerts
    from pipelines.alerts.notifying import notify, portals_are_due
    from pipelines.alerts.observing import of_portals, of_project
    from pipelines.alerts.settings import load_alerts

    language, project, now = terminal_language(lang), Project.here(), datetime.now(UTC)
    settings = load_alerts(project, language)
    if settings is None:
        raise NoAlerts()
    observations = of_project(project, now, quarantined_rows=settings.quarantined_rows)
    asks = not no_portals and portals_are_due(project, settings, now)
    if asks:
        observations += of_portals(project, os.environ, now)
    outcome = notify(project, settings, observations, now=now, environment=os.environ, asked_portals=asks)
    for channel, title in outcome.sent:
        click.echo(f"{channel} ← {title}")
    for error in outcome.errors:
        click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
    if not outcome.sent and not outcome.errors:
        click.echo(Said("Rien de nouveau à signaler.", "Nothing new to tell.")[language])
    sys.exit(1 if outcome.errors else 0)


@command.command(
    "list",
    help=Said(
        "Lister les alertes en cours, de la plus ancienne à la plus récente. Code de sortie : 0.",
        "List the alerts that are open, oldest first. Exit code: 0.",
    ),
)
@lang_option
def list_(lang: str | None) -> None:
    """List the alerts that are open."""
    from pipelines.alerts.alert import Message
    from pipelines.alerts.notifying import open_alerts

    language = terminal_language(lang)
    found = open_alerts(Project.here())
    for alert, since in found.values():
        click.echo(Message(alert, "open", since=since, at=since).text(language) + "\n")
    if not found:
        click.echo(Said("Aucune alerte en cours.", "No alert is open.")[language])


@command.command(
    "test",
    help=Said(
        """Envoyer un message d'essai par chaque canal (par défaut : tous).

        Codes de sortie : 0, chaque canal l'a pris ; 1, un canal ne l'a pas pris ; 2, impossible.""",
        """Send a test message over each channel (default: all).

        Exit codes: 0, every channel took it; 1, one did not; 2, impossible.""",
    ),
)
@argument("channels", metavar=Said("CANAL", "CHANNEL"), nargs=-1)
@lang_option
def test(channels: tuple[str, ...], lang: str | None) -> None:
    """Send a message that says that it is a test."""
    from pipelines.alerts.errors import AlertNotSent, NoAlerts
    from pipelines.alerts.sending import send
    from pipelines.alerts.settings import load_alerts

    language, now = terminal_language(lang), datetime.now(UTC)
    settings = load_alerts(Project.here(), language)
    if settings is None:
        raise NoAlerts()
    names = [channel.name for channel in settings.channels]
    unknown = [name for name in channels if name not in names]
    if unknown:
        raise Misused(
            Said(
                f"canal inconnu : {', '.join(unknown)} ; attendu : {', '.join(names)}",
                f"unknown channel: {', '.join(unknown)}; expected: {', '.join(names)}",
            )
        )
    well = True
    for channel in settings.channels:
        if channels and channel.name not in channels:
            continue
        try:
            send(channel, _try(now), language=settings.language, environment=os.environ, now=now)
        except AlertNotSent as error:
            click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
            well = False
        else:
            click.echo(Said(f"{channel.name} : message d'essai envoyé", f"{channel.name}: try sent")[language])
    sys.exit(0 if well else 1)


def _try(now: datetime) -> Message:
    from pipelines.alerts.alert import About, Alert, Message, Subject

    what = Said("ceci est un essai : rien n'est arrivé", "this is a try: nothing happened")
    alert = Alert("run-failed", Subject(About.TRY, ""), what, "alerts.yaml", Said("personne", "nobody"))
    instant = now.isoformat(timespec="seconds")
    return Message(alert, "open", since=instant, at=instant)


def after_run(project: Project, run: object, now: datetime, language: Language) -> None:
    """What `arobase release` does at its end: tell of the run and of the project's state, where alerts are set up.

    A channel that fails is told on the standard error and changes nothing else.
    """
    from pipelines.alerts.notifying import notify
    from pipelines.alerts.observing import of_project, of_run
    from pipelines.alerts.settings import load_alerts

    settings = load_alerts(project, language)
    if settings is None:
        return
    observations = of_run(project, run) + of_project(project, now, quarantined_rows=settings.quarantined_rows)
    for error in notify(project, settings, observations, now=now, environment=os.environ).errors:
        click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
