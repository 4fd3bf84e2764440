"""`arobase log`: the signed log of this project's events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.commands._bilingual import argument, as_group, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language


@as_group(
    "log",
    help=Said(
        """Afficher le journal signé de ce projet, et le faire horodater.

        Ses événements sont les publications, les refus, les retraits et les changements de clé. Le journal est fait de
        fichiers statiques, dans outputs/log (C2SP tlog-tiles). Sa tête, « checkpoint », est une note signée par
        l'éditeur. Avec une copie de la tête, on peut vérifier plus tard que rien n'a été retiré :
        arobase verify --checkpoint COPIE.""",
        """Show the signed log of this project, and have it time-stamped.

        Its events are releases, refusals, retractions and changes of keys. The log is made of static files in
        outputs/log (C2SP tlog-tiles). Its head, `checkpoint`, is a note that the publisher signs. With a copy of the
        head, anyone can verify later that nothing was taken away: `arobase verify --checkpoint COPY`.""",
    ),
)
def command() -> None:
    """The signed log."""


@command.command(
    "show",
    help=Said(
        """Afficher la tête du journal et ses derniers événements.

        Codes de sortie : 0, affiché ; 2, il n'y a pas de journal, ou il est abîmé.""",
        """Print the head of the log and its last events.

        Exit codes: 0, printed; 2, there is no log, or it is damaged.""",
    ),
)
@option(
    "--last", default=20, show_default=True, help=Said("Nombre d'événements à afficher.", "How many events to show.")
)
@lang_option
def show(last: int, lang: str | None) -> None:
    """Print the head of the log and its last events."""
    from pipelines.releases.errors import NoLog
    from pipelines.releases.log.journal import Journal

    language = terminal_language(lang)
    journal = Journal.read(Project.here().releases)
    if journal.checkpoint is None:
        raise NoLog(folder=journal.folder.name)
    click.echo(journal.checkpoint.text)
    for index, leaf in journal.tree.entries(max(0, journal.size - last)):
        entry = json.loads(leaf)
        about = " ".join(str(entry[name]) for name in ("package", "version", "act") if name in entry)
        when = entry.get("at") or (Said("date inconnue", "date unknown")[language])
        click.echo(f"{index}  {when}  {entry['event']}  {about}")


@command.command(
    "stamp",
    help=Said(
        """Faire horodater la tête du journal par l'autorité à ADRESSE (RFC 3161).

        L'horodatage est conservé dans outputs/log/times ; « arobase verify --time-authority CERTIFICAT » le vérifie.
        Il faut avoir lancé : pip install '.[time]'. Codes de sortie : 0, horodaté ; 2, impossible.""",
        """Have the head of the log time-stamped by the authority at ADDRESS (RFC 3161).

        The stamp is kept in outputs/log/times; `arobase verify --time-authority CERTIFICATE` checks it. Needs
        `pip install '.[time]'`. Exit codes: 0, stamped; 2, impossible.""",
    ),
)
@argument("address", metavar=Said("ADRESSE", "ADDRESS"))
@lang_option
def stamp(address: str, lang: str | None) -> None:
    """Have the head of the log time-stamped."""
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
    words = Said("horodaté", "time-stamped")[terminal_language(lang)]
    click.echo(f"✓ {words} {datetime.now(UTC):%Y-%m-%d} → {path}")
