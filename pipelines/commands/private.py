"""`arobase private`: what is kept about people, until when, and its deletion."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language


@click.group("private")
def command() -> None:
    """Show what is kept about people in outputs/private/, until when, and delete it.

    No value is ever shown. A deletion leaves a line in outputs/suppressions.jsonl: when, why, which snapshots went.
    """


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, for programs.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def show(as_json: bool, lang: str | None) -> None:
    """What is kept, by source and snapshot: values, bytes of the answers, holds in quarantine, and until when.

    Exit codes: 0 kept within its time or nothing kept, 1 kept longer than its time, 2 could not look.
    """
    from pipelines.pipeline.retention import deletions, holdings, quarantined
    from pipelines.privacy import Vault

    project, french = Project.here(), terminal_language(lang) == "fr"
    vault, today = Vault(project.private), datetime.now(UTC).date()
    until = None if vault.is_unopened else vault.keep_until()
    kept, held = holdings(project), quarantined(project)
    is_late = until is not None and today > until and bool(kept or held)
    if as_json:
        told = [{**vars(item), "obtained": item.obtained and item.obtained.isoformat()} for item in kept]
        document = {"until": until and until.isoformat(), "expired": is_late, "snapshots": told, "quarantine": held}
        click.echo(json.dumps(document | {"deletions": len(list(deletions(project)))}, ensure_ascii=False, indent=2))
        sys.exit(1 if is_late else 0)
    if not kept and not held:
        click.echo("Rien n'est conservé sur des personnes." if french else "Nothing is kept about people.")
        return
    for item in kept:
        when = item.obtained.isoformat() if item.obtained else "?"
        values = f"{item.values} valeurs" if french else f"{item.values} values"
        size = f"{item.size} octets" if french else f"{item.size} bytes"
        click.echo(f"{item.source}  {item.snapshot[:12]}  {when}  {values}  {size}")
    for package, count in held.items():
        click.echo(f"{package}: {count} en quarantaine" if french else f"{package}: {count} in quarantine")
    if until is not None:
        click.echo(f"À supprimer après le {until}." if french else f"To be deleted after {until}.")
    if is_late:
        late = (
            "Le délai est passé : arobase private delete --expired"
            if french
            else "Overdue: arobase private delete --expired"
        )
        click.echo(late, err=True)
        sys.exit(1)


@command.command("delete")
@click.option("--source", default="", help="All that is kept of one source.")
@click.option("--before", metavar="YYYY-MM-DD", help="What was obtained before that day.")
@click.option("--person", is_flag=True, help="The answers that a person is in: a name, address or number is asked for.")
@click.option("--expired", is_flag=True, help="All, once the date of conservation.json has passed.")
@click.option("--all", "whole", is_flag=True, help="All.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def delete(
    *, source: str, before: str | None, person: bool, expired: bool, whole: bool, yes: bool, lang: str | None
) -> None:
    """Delete what is kept about people; nothing published changes.

    A person is read from the terminal or from standard input, never from the command line, which others can read.
    Releases made from what goes can no longer be made again, and `arobase rebuild` says so.

    Exit codes: 0 deleted, or nothing had expired; 1 given up; 2 could not be.
    """
    from pipelines.pipeline.clock import check_expiring
    from pipelines.pipeline.retention import delete as delete_kept
    from pipelines.privacy import Vault

    project, french = Project.here(), terminal_language(lang) == "fr"
    if sum((bool(source or before), person, expired, whole)) != 1:
        raise click.UsageError("one of --source and --before, --person, --expired, --all")
    day = _day(before) if before else None
    if expired:
        vault, now = Vault(project.private), datetime.now(UTC)
        check_expiring(project, now)
        if vault.is_unopened or not vault.is_expired(now.date()):
            click.echo("Rien n'a dépassé son délai." if french else "Nothing has outlived its time.")
            return
    name = _asked_person(french=french) if person else ""
    asked = "Supprimer pour toujours ?" if french else "Delete for ever?"
    if not yes and not click.confirm(asked, default=False, err=True):
        click.echo("Abandonné : rien n'est supprimé." if french else "Given up: nothing is deleted.", err=True)
        sys.exit(1)
    done = delete_kept(project, now=datetime.now(UTC), source=source, before=day, person=name, whole=whole or expired)
    if french:
        click.echo(
            f"Supprimé : {len(done.snapshots)} réponses, {done.values} valeurs, {done.quarantined} en quarantaine "
            f"(événement {done.event} de outputs/suppressions.jsonl)."
        )
    else:
        click.echo(
            f"Deleted: {len(done.snapshots)} answers, {done.values} values, {done.quarantined} holds in quarantine "
            f"(event {done.event} of outputs/suppressions.jsonl)."
        )
    if person:
        click.echo(
            "Pour que cette personne ne revienne pas, retirez aussi ses dossiers dans sources/retraits/."
            if french
            else "So that this person does not come back, withdraw their records in sources/retraits/ too.",
            err=True,
        )


def _asked_person(*, french: bool) -> str:
    """A name, an address or a number, from a terminal without echo, else one line of standard input."""
    prompt = "Nom, courriel ou téléphone" if french else "Name, e-mail address or telephone"
    given = click.prompt(prompt, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    if not str(given).strip():
        raise click.UsageError("--person: standard input holds no name")
    return str(given).strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError("--before: YYYY-MM-DD") from None
