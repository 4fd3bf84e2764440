"""`arobase verify`: is this release what was published?"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.allowed_signers import Trust
    from pipelines.releases.log.tiles import Read
    from pipelines.releases.verify import Verification
    from pipelines.releases.verify_log import Demands

NOT_REMADE = (
    "les constats, les rejets et la provenance n'ont pas été recalculés : cela se fait dans le projet qui a gardé les "
    "copies des sources",
    "findings, rejects and provenance were not computed again: that takes the project that kept the snapshots",
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
@click.argument("place", metavar="[PATH_OR_URL]", required=False)
@click.option("--key", "key_path", type=FILE, help="Public key, or allowed_signers as OpenSSH reads it.")
@click.option("--principal", default="arobase", show_default=True, help="Name in allowed_signers (ssh-keygen -I).")
@click.option("--time", "when", help="When keys have to be good, YYYYMMDD[HHMM[SS]][Z] (ssh-keygen -O verify-time).")
@click.option("--checkpoint", "seen", multiple=True, help="Head of the log kept earlier (file or address), repeatable.")
@click.option("--witnesses", "policy", type=FILE, help="Policy (C2SP tlog-policy): which witnesses have to agree.")
@click.option("--time-authority", "authorities", type=FILE, multiple=True, help="Certificate (PEM) of RFC 3161 stamps.")
@click.option("--witness", help="Hash of a line of the ledger that you noted earlier: it must still be there.")
@click.option("--expect", help="PACKAGE or PACKAGE/VERSION that this has to be.")
@click.option("--deep", is_flag=True, help="Compute changes again, and make releases of this project again.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(
    *,
    place: str | None,
    key_path: Path | None,
    principal: str,
    when: str | None,
    seen: tuple[str, ...],
    policy: Path | None,
    authorities: tuple[Path, ...],
    witness: str | None,
    expect: str | None,
    deep: bool,
    lang: str | None,
) -> None:
    """Verify a release, the releases of a package, or all releases (default: this project's).

    An address is that of a release on a web server, or of an object store that `arobase release --to` sent to
    (s3://bucket/prefix), whole, one package or one release of it (…/releases/label, …/releases/label/1.0.0).

    Hashes, added or missing files, signature, the descriptor, same values in CSV and Parquet, rows against their
    schema, changes, the signed log and the ledger. Says which package, version, key, log, witnesses and times it found.

    With --deep, changes are computed again from both versions, and the releases of this project are made again by the
    code at hand, where what they were made from is kept: findings, rejects and provenance have to be the same too, and
    so have the pages and descriptions of this project's catalogue, which no signature covers.

    Needs no network unless given an address. Exit codes: 0 sound, 1 not, 2 could not look.
    """
    from pipelines.releases.verify import verify

    language = terminal_language(lang)
    trust = _trust(key_path, principal, when, language)
    demands = _demands(seen, policy, authorities)
    with tempfile.TemporaryDirectory() as folder:
        path, read = _brought(place, Path(folder), language)
        found = verify(
            path,
            trust=trust,
            witness=witness,
            demands=demands,
            deep=deep,
            expected=expect,
            read=read,
            step=lambda name: click.echo(f"… {name}", err=True),
        )
        if deep and found.is_sound:
            found = _remade(found, path)
    _report(found, language)
    sys.exit(0 if found.is_sound else 1)


def _remade(found: Verification, path: Path) -> Verification:
    """The same, after the releases of this project were made again here; elsewhere, with a note that none was."""
    from dataclasses import replace

    from pipelines.core.project import NotAProject
    from pipelines.pipeline.announce import altered_pages
    from pipelines.pipeline.remake import hold_against_remade
    from pipelines.releases.flaws import Flaw
    from pipelines.releases.request import Warned

    try:
        project = Project.here()
        is_here = path.resolve().is_relative_to(project.releases.resolve())
    except NotAProject:
        is_here = False
    if not is_here:
        return replace(found, notes=(*found.notes, Warned(*NOT_REMADE)))
    flaws, notes = list(found.flaws), list(found.notes)
    for item in hold_against_remade(project, [(one.package, one.version) for one in found.verified]):
        if isinstance(item, Flaw):
            flaws.append(item)
        else:
            name, reason = item
            notes.append(
                Warned(f"{name} n'a pas été refaite ici : {reason.fr}", f"{name} was not made again: {reason.en}")
            )
    if path.resolve() == project.releases.resolve() and project.catalogue.is_dir():
        altered, added = altered_pages(project)
        flaws += [Flaw("catalogue", f"catalogue/{altered[0]}", ", ".join(altered[1:])[:120])] if altered else []
        names = ", ".join(added)[:120]
        notes += (
            [Warned(f"catalogue : fichiers ajoutés : {names}", f"catalogue: added files: {names}")] if added else []
        )
    return replace(found, flaws=tuple(flaws), notes=tuple(notes))


def _trust(key_path: Path | None, principal: str, when: str | None, language: Language) -> Trust | None:
    from pipelines.releases.allowed_signers import absolute_time, load_trust

    at = None if when is None else absolute_time(when)
    if when is not None and at is None:
        words = "attendu : AAAAMMJJ[HHMM[SS]][Z]" if language == "fr" else "expected: YYYYMMDD[HHMM[SS]][Z]"
        raise click.UsageError(f"--time {when}; {words}")
    return None if key_path is None else load_trust(key_path, principal=principal, at=at)


def _demands(seen: tuple[str, ...], policy: Path | None, authorities: tuple[Path, ...]) -> Demands:
    from pipelines.releases.log.policy import load_policy
    from pipelines.releases.log.remote import kept_heads, seen_by_witnesses
    from pipelines.releases.log.times import checker
    from pipelines.releases.verify_log import Demands

    rule = None if policy is None else load_policy(policy)
    check = checker([path.read_bytes() for path in authorities]) if authorities else None
    witnesses = None if rule is None else partial(seen_by_witnesses, rule)
    return Demands(kept_heads(seen), rule, check, witnesses)


def _brought(place: str | None, folder: Path, language: Language) -> tuple[Path, Read | None]:
    """What to verify, brought here when it stands elsewhere, and how its log is read when that is not brought."""
    from pipelines.releases.object_store import fetch_depot_with_log
    from pipelines.releases.remote import fetch_with_log, is_address
    from pipelines.storage.buckets import is_bucket

    if place is not None and is_bucket(place):
        return fetch_depot_with_log(place, folder)
    if place is not None and is_address(place):
        return fetch_with_log(place, folder)
    path = Path(place) if place else Project.here().releases
    if not path.exists() and not path.is_symlink():
        raise click.UsageError(f"{path}: " + ("absent" if language == "fr" else "not there"))
    return path, None


def _report(found: Verification, language: Language) -> None:
    french = language == "fr"
    for note in found.notes:
        click.echo(f"! {note.fr if french else note.en}")
    for line in _told(found, french):
        click.echo(line)
    if found.first is not None:
        click.echo(f"✗ {found.first.message(language)} [{found.first.code}]")
        for flaw in found.flaws[1:]:
            click.echo(f"  {'puis' if french else 'then'} {flaw.message(language)} [{flaw.code}]")
        return
    number = len(found.releases)
    click.echo(f"✓ {number} version(s) intacte(s)" if french else f"✓ {number} sound release(s)")


def _told(found: Verification, french: bool) -> list[str]:
    """What was looked at: each release, then the log."""
    lines = []
    for item in found.verified:
        facts = [f"{'signée par' if french else 'signed by'} {item.signer}"] if item.signer else []
        facts += [f"{'événement' if french else 'event'} {item.event}"] if item.event is not None else []
        facts += [f"{'publiée le' if french else 'published'} {item.at}"] if item.at else []
        facts += [f"commit {item.commit[:12]}"] if item.commit else []
        lines.append(f"  {item.package} {item.version}{', ' if facts else ''}{', '.join(facts)}")
    if found.log is not None:
        log = found.log
        facts = [f"{log.size} {'événement(s)' if french else 'event(s)'}"]
        facts += [f"{'signé par' if french else 'signed by'} {log.signer}"] if log.signer else []
        for name, time in sorted(log.witnesses.items()):
            words = "témoin" if french else "witness"
            facts.append(f"{words} {name} ({datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ})")
        facts += [f"{'horodaté le' if french else 'time-stamped'} {time}" for time in log.times]
        lines.append(f"  {'journal' if french else 'log'} {log.origin}{' : ' if french else ': '}{', '.join(facts)}")
    return lines
