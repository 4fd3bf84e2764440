"""`arobase log`: the signed log of this project's events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language

LANGUAGE = click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")


@click.group("log")
def command() -> None:
    """Show the log of this project's events (releases, refusals, retractions, keys), and have it time-stamped.

    The log lies in outputs/log as static files (C2SP tlog-tiles): its head is `checkpoint`, a note that the publisher
    signs. Whoever keeps a copy of it can tell later that nothing was taken away: `arobase verify --checkpoint COPY`.
    """


@command.command("show")
@click.option("--last", default=20, show_default=True, help="How many events to show.")
@LANGUAGE
def show(last: int, lang: str | None) -> None:
    """Print the head of the log and its last events. Exit codes: 0, 2 when there is no log or it is damaged."""
    from pipelines.releases.errors import NoLog
    from pipelines.releases.log.journal import Journal

    french = terminal_language(lang) == "fr"
    journal = Journal.read(Project.here().releases)
    if journal.checkpoint is None:
        raise NoLog(folder=journal.folder.name)
    click.echo(journal.checkpoint.text)
    for index, leaf in journal.tree.entries(max(0, journal.size - last)):
        entry = json.loads(leaf)
        about = " ".join(str(entry[name]) for name in ("package", "version", "act") if name in entry)
        when = entry.get("at") or ("date inconnue" if french else "date unknown")
        click.echo(f"{index}  {when}  {entry['event']}  {about}")


@command.command("stamp")
@click.argument("address")
@LANGUAGE
def stamp(address: str, lang: str | None) -> None:
    """Have the head of the log stamped by the authority of time at ADDRESS (RFC 3161); kept in outputs/log/times.

    `arobase verify --time-authority CERTIFICATE` checks it. Needs `pip install '.[time]'`. Exit codes: 0, 2.
    """
    import requests

    from pipelines.releases.errors import TimeStampRefused
    from pipelines.releases.log.journal import Journal
    from pipelines.releases.log.times import LARGEST_REPLY, QUERY
    from pipelines.releases.log.times import stamp as stamped
    from pipelines.sources.http.session import a_session_for

    def post(place: str, query: bytes) -> bytes:
        try:
            answer = a_session_for(place).post(
                place, data=query, headers={"Content-Type": QUERY}, timeout=30, allow_redirects=False, stream=True
            )
            data: bytes = answer.raw.read(LARGEST_REPLY, decode_content=True)
        except requests.RequestException as error:
            raise TimeStampRefused(address=place, found=type(error).__name__) from None
        if answer.status_code != 200:
            raise TimeStampRefused(address=place, found=str(answer.status_code))
        return data

    path: Path = stamped(Journal.read(Project.here().releases), address, post)
    words = "horodaté" if terminal_language(lang) == "fr" else "time-stamped"
    click.echo(f"✓ {words} {datetime.now(UTC):%Y-%m-%d} → {path}")
