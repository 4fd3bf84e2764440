"""`arobase alerts`: who is told when something needs somebody, what is open, and a try of each channel."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.alerts.alert import Message


@click.group("alerts")
def command() -> None:
    """Tell people of failures, refusals, late sources and quarantined rows, and that they are over (alerts.yaml)."""


@command.command("check")
@click.option("--no-portals", is_flag=True, help="Do not ask portals, even when it is time to.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def check(*, no_portals: bool, lang: str | None) -> None:
    """Look at sources, quarantine and portals now, and send what is due. For a timer, beside `arobase release`.

    Exit codes: 0 every channel took its messages, or none was due; 1 a channel did not; 2 it could not be.
    """
    from pipelines.alerts.errors import NoAlerts
    from pipelines.alerts.observing import of_portals, of_project
    from pipelines.alerts.settings import load_alerts
    from pipelines.alerts.telling import portals_are_due, tell

    language, project, now = terminal_language(lang), Project.here(), datetime.now(UTC)
    settings = load_alerts(project, language)
    if settings is None:
        raise NoAlerts()
    observations = of_project(project, now, quarantined_rows=settings.quarantined_rows)
    asks = not no_portals and portals_are_due(project, settings, now)
    if asks:
        observations += of_portals(project, os.environ, now)
    told = tell(project, settings, observations, now=now, environment=os.environ, asked_portals=asks)
    for channel, title in told.sent:
        click.echo(f"{channel} ← {title}")
    for error in told.errors:
        click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
    if not told.sent and not told.errors:
        click.echo("Rien de nouveau à signaler." if language == "fr" else "Nothing new to tell.")
    sys.exit(1 if told.errors else 0)


@command.command("list")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def list_(lang: str | None) -> None:
    """List the alerts that are open, oldest first. Exit codes: 0."""
    from pipelines.alerts.alert import Message
    from pipelines.alerts.telling import open_alerts

    language = terminal_language(lang)
    found = open_alerts(Project.here())
    for alert, since in found.values():
        click.echo(Message(alert, "open", since=since, at=since).text(language) + "\n")
    if not found:
        click.echo("Aucune alerte en cours." if language == "fr" else "No alert is open.")


@command.command("test")
@click.argument("channels", nargs=-1, metavar="[CHANNEL]...")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def test(channels: tuple[str, ...], lang: str | None) -> None:
    """Send a message that says that it is a try, over each channel (default: all).

    Exit codes: 0 every channel took it, 1 one did not, 2 it could not be.
    """
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
        raise click.UsageError(f"{', '.join(unknown)}? {', '.join(names)}")
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
            click.echo(f"{channel.name} : message d'essai envoyé" if language == "fr" else f"{channel.name}: try sent")
    sys.exit(0 if well else 1)


def _try(now: datetime) -> Message:
    from pipelines.alerts.alert import Alert, Message
    from pipelines.core.text import Said

    what = Said("ceci est un essai : rien n'est arrivé", "this is a try: nothing happened")
    alert = Alert("run-failed", Said("essai", "try"), what, "alerts.yaml", Said("personne", "nobody"))
    instant = now.isoformat(timespec="seconds")
    return Message(alert, "open", since=instant, at=instant)


def after_run(project: Project, run: object, now: datetime, language: Language) -> None:
    """What `arobase release` does at its end: tell of the run and of the project's state, where alerts are set up.

    A channel that fails is told on the standard error and changes nothing else.
    """
    from pipelines.alerts.observing import of_project, of_run
    from pipelines.alerts.settings import load_alerts
    from pipelines.alerts.telling import tell

    settings = load_alerts(project, language)
    if settings is None:
        return
    observations = of_run(project, run) + of_project(project, now, quarantined_rows=settings.quarantined_rows)
    for error in tell(project, settings, observations, now=now, environment=os.environ).errors:
        click.echo(f"✗ {error.message(language)} [{error.code}]", err=True)
