"""`arobase private`: what is kept about people, until when, and its deletion."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

import click

from pipelines.commands._bilingual import Misused, agrees, as_group, lang_option, option
from pipelines.commands._shared_help import CANCELLED, YES
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, counted, terminal_language


@as_group(
    "private",
    help=Said(
        """Afficher ce qui est conservé sur des personnes, et le supprimer.

        Tout est dans outputs/private/, jusqu'à une date connue. Aucune valeur n'est jamais affichée. Une suppression
        laisse une ligne dans outputs/suppressions.jsonl : quand, pourquoi, et quelles copies ont été supprimées.""",
        """Show what is kept about people, and delete it.

        All of it is in outputs/private/, until a known date. No value is ever shown. A deletion leaves a line in
        outputs/suppressions.jsonl: when, why, and which snapshots went.""",
    ),
)
def command() -> None:
    """What is kept about people."""


@command.command(
    "show",
    help=Said(
        """Afficher ce qui est conservé sur des personnes, et jusqu'à quand.

        Pour chaque copie de source : le nombre de valeurs et la taille. Pour chaque jeu de données : le nombre de
        lignes bloquées.

        Codes de sortie : 0, rien n'est conservé, ou le délai n'est pas passé ; 1, le délai est passé ; 2, la commande
        n'a pas pu lire ce qui est conservé.""",
        """Show what is kept about people, and until when.

        For each snapshot: the number of values and the size. For each package: the number of rows in quarantine.

        Exit codes: 0, nothing is kept, or the time limit is not over; 1, it is over; 2, what is kept could not be
        read.""",
    ),
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    help=Said("Un document JSON, pour les programmes.", "One JSON document, for programs."),
)
@lang_option
def show(as_json: bool, lang: str | None) -> None:
    """Show what is kept."""
    from pipelines.pipeline.retention import deletions, holdings, quarantined
    from pipelines.privacy import Vault

    project, language = Project.here(), terminal_language(lang)
    vault, today = Vault(project.private), datetime.now(UTC).date()
    until = None if vault.is_unopened else vault.keep_until()
    kept, held = holdings(project), quarantined(project)
    is_late = until is not None and today > until and bool(kept or held)
    if as_json:
        listed = [{**vars(item), "obtained": item.obtained and item.obtained.isoformat()} for item in kept]
        document = {"until": until and until.isoformat(), "expired": is_late, "snapshots": listed, "quarantine": held}
        click.echo(json.dumps(document | {"deletions": len(list(deletions(project)))}, ensure_ascii=False, indent=2))
        sys.exit(1 if is_late else 0)
    if not kept and not held:
        click.echo(Said("Rien n'est conservé sur des personnes.", "Nothing is kept about people.")[language])
        return
    for item in kept:
        when = item.obtained.isoformat() if item.obtained else "?"
        values = counted(item.values, Said("valeur", "value"), Said("valeurs", "values"))[language]
        size = counted(item.size, Said("octet", "byte"), Said("octets", "bytes"))[language]
        click.echo(f"{item.source}  {item.snapshot[:12]}  {when}  {values}  {size}")
    for package, count in held.items():
        click.echo(Said(f"{package} : {count} en quarantaine", f"{package}: {count} in quarantine")[language])
    if until is not None:
        click.echo(Said(f"À supprimer après le {until}.", f"To be deleted after {until}.")[language])
    if is_late:
        late = Said(
            "Le délai est passé : arobase private delete --expired", "Overdue: arobase private delete --expired"
        )
        click.echo(late[language], err=True)
        sys.exit(1)


@command.command(
    "delete",
    help=Said(
        """Supprimer ce qui est conservé sur des personnes ; rien de publié ne change.

        Une personne se saisit au terminal ou sur l'entrée standard, jamais sur la ligne de commande, que d'autres
        peuvent lire. Les versions faites de ce qui est supprimé ne peuvent plus être refaites ; « arobase rebuild »
        l'indique. Une publication en cours est attendue, une minute au plus : elle réécrirait ce qu'elle a lu.

        Codes de sortie : 0, supprimé, ou rien n'avait dépassé son délai ; 1, abandonné ; 2, impossible.""",
        """Delete what is kept about people; nothing published changes.

        A person is read from the terminal or from standard input, never from the command line, which others can read.
        Releases made from what is deleted can no longer be made again, and `arobase rebuild` says so. A release under
        way is waited for, a minute at most: it would write again what it has read.

        Exit codes: 0, deleted, or nothing had expired; 1, cancelled; 2, impossible.""",
    ),
)
@option(
    "--source",
    default="",
    metavar=Said("SOURCE", "SOURCE"),
    help=Said("Tout ce qui est conservé d'une source.", "All that is kept of one source."),
)
@option(
    "--before",
    metavar=Said("AAAA-MM-JJ", "YYYY-MM-DD"),
    help=Said("Ce qui a été obtenu avant ce jour.", "What was obtained before that day."),
)
@option(
    "--person",
    is_flag=True,
    help=Said(
        "Les réponses qui contiennent une personne : un nom, une adresse ou un numéro est demandé.",
        "The answers that a person is in: a name, address or number is asked for.",
    ),
)
@option(
    "--expired",
    is_flag=True,
    help=Said(
        "Tout, si la date de conservation.json est passée.", "All, once the date of conservation.json has passed."
    ),
)
@option("--all", "whole", is_flag=True, help=Said("Tout.", "All."))
@option("--yes", is_flag=True, help=YES)
@lang_option
def delete(
    *, source: str, before: str | None, person: bool, expired: bool, whole: bool, yes: bool, lang: str | None
) -> None:
    """Delete what is kept about people."""
    from pipelines.pipeline.clock import check_expiring
    from pipelines.pipeline.private_store import check_private_store
    from pipelines.pipeline.retention import delete as delete_kept
    from pipelines.privacy import Vault

    project, language = Project.here(), terminal_language(lang)
    if sum((bool(source or before), person, expired, whole)) != 1:
        raise Misused(
            Said(
                "un seul choix attendu : --source et --before, --person, --expired ou --all",
                "exactly one choice is expected: --source and --before, --person, --expired or --all",
            )
        )
    day = _day(before) if before else None
    check_private_store(project)
    if expired:
        vault, now = Vault(project.private), datetime.now(UTC)
        check_expiring(project, now)
        if vault.is_unopened or not vault.is_expired(now.date()):
            click.echo(Said("Rien n'a dépassé son délai.", "Nothing has outlived its time.")[language])
            return
    name = _asked_person(language) if person else ""
    if not yes and not agrees(Said("Supprimer pour toujours ?", "Delete for ever?")):
        click.echo(CANCELLED[language], err=True)
        sys.exit(1)
    done = delete_kept(project, now=datetime.now(UTC), source=source, before=day, person=name, whole=whole or expired)
    deleted = Said(
        f"Supprimé : {len(done.snapshots)} réponses, {done.values} valeurs, {done.quarantined} en quarantaine "
        f"(événement {done.event} de outputs/suppressions.jsonl).",
        f"Deleted: {len(done.snapshots)} answers, {done.values} values, {done.quarantined} holds in quarantine "
        f"(event {done.event} of outputs/suppressions.jsonl).",
    )
    click.echo(deleted[language])
    if person:
        click.echo(
            Said(
                "Pour que cette personne ne revienne pas, retirez aussi ses dossiers dans sources/retraits/.",
                "So that this person does not come back, withdraw their records in sources/retraits/ too.",
            )[language],
            err=True,
        )


def _asked_person(language: Language) -> str:
    """A name, an address or a number, from a terminal without echo, else one line of standard input."""
    prompt = Said("Nom, courriel ou téléphone", "Name, e-mail address or telephone")[language]
    given = click.prompt(prompt, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    if not str(given).strip():
        raise Misused(
            Said("--person : l'entrée standard ne contient aucun nom", "--person: the standard input contains no name")
        )
    return str(given).strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misused(
            Said(f"--before {text} ; attendu : AAAA-MM-JJ", f"--before {text}; expected: YYYY-MM-DD")
        ) from None
