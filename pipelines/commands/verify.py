"""`arobase verify`: is this release what was published?"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.commands._trust import FILE, principal_option
from pipelines.commands._verify_place import to_verify
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, counted, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.allowed_signers import Trust
    from pipelines.releases.log.tiles import Read
    from pipelines.releases.verify import Verification
    from pipelines.releases.verify_log import Demands

NOT_REMADE = (
    "les constats, les lignes écartées et la provenance n'ont pas été recalculés : cela se fait dans le projet qui a "
    "gardé les copies des sources",
    "findings, rejected rows and provenance were not computed again: that takes the project that kept the snapshots",
)


@as_command(
    "verify",
    help=Said(
        """Vérifier une version, celles d'un jeu de données, ou toutes (par défaut : celles de ce projet).

        Une adresse est celle d'une version sur un serveur web, ou d'un dépôt d'objets rempli par « arobase release --to
        » (s3://seau/préfixe) : entier, un jeu de données ou une version (…/releases/label, …/releases/label/1.0.0).

        Sont vérifiés : les empreintes, les fichiers ajoutés ou absents, la signature, le descripteur, l'égalité des
        valeurs entre CSV et Parquet, les lignes selon leur schéma, les changements, le journal signé et le registre.
        La commande affiche le jeu de données, la version, la clé, le journal, les témoins et les dates trouvés.

        Avec --deep, les changements sont recalculés à partir des deux versions. Les versions de ce projet sont refaites
        par le code présent, si ce dont elles sont faites est conservé : constats, lignes écartées et origines doivent
        être les mêmes, ainsi que les pages et les descriptions du catalogue, qu'aucune signature ne couvre.

        Aucun réseau n'est nécessaire, sauf pour une adresse. Codes de sortie : 0, tout est intact ; 1, quelque chose ne
        l'est pas ; 2, la vérification n'a pas pu être faite.""",
        """Verify a release, the releases of a package, or all releases (default: this project's).

        An address is that of a release on a web server, or of an object store that `arobase release --to` sent to
        (s3://bucket/prefix): whole, one package or one release of it (…/releases/label, …/releases/label/1.0.0).

        Checked are hashes, added or missing files, signature, descriptor, same values in CSV and Parquet, rows against
        their schema, changes, the signed log and the ledger. The command shows which package, version, key, log,
        witnesses and times it found.

        With --deep, changes are computed again from both versions. The releases of this project are made again by the
        code at hand, where what they were made from is kept: findings, rejects and provenance have to be the same, and
        so have the pages and descriptions of the catalogue, which no signature covers.

        Needs no network unless given an address. Exit codes: 0, everything is sound; 1, something is not; 2, it could
        not be checked.""",
    ),
)
@argument("place", metavar=Said("CHEMIN_OU_URL", "PATH_OR_URL"), required=False)
@option(
    "--key",
    "key_path",
    type=FILE,
    help=Said(
        "Clé publique, ou fichier allowed_signers d'OpenSSH.", "Public key, or allowed_signers as OpenSSH reads it."
    ),
)
@principal_option
@option(
    "--time",
    "when",
    metavar=Said("DATE", "TIME"),
    help=Said(
        "Date à laquelle les clés doivent être valables : AAAAMMJJ[HHMM[SS]][Z] (ssh-keygen -O verify-time).",
        "When keys have to be valid: YYYYMMDD[HHMM[SS]][Z] (ssh-keygen -O verify-time).",
    ),
)
@option(
    "--checkpoint",
    "seen",
    multiple=True,
    metavar=Said("FICHIER_OU_URL", "FILE_OR_URL"),
    help=Said(
        "Tête du journal conservée plus tôt ; peut être répétée.", "Head of the log kept earlier; may be repeated."
    ),
)
@option(
    "--witnesses",
    "policy",
    type=FILE,
    help=Said(
        "Politique (C2SP tlog-policy) : les témoins qui doivent être d'accord.",
        "Policy (C2SP tlog-policy): which witnesses have to agree.",
    ),
)
@option(
    "--time-authority",
    "authorities",
    type=FILE,
    multiple=True,
    help=Said("Certificat (PEM) d'une autorité d'horodatage RFC 3161.", "Certificate (PEM) of RFC 3161 stamps."),
)
@option(
    "--witness",
    metavar=Said("EMPREINTE", "HASH"),
    help=Said(
        "Repère : empreinte d'une ligne du registre, notée plus tôt, qui doit toujours y être.",
        "Hash of a line of the ledger that you noted earlier; it must still be there.",
    ),
)
@option(
    "--expect",
    metavar=Said("JEU[/VERSION]", "PACKAGE[/VERSION]"),
    help=Said(
        "Le jeu de données, et la version, que l'on attend ici : tout autre est une erreur.",
        "The package, and the version, expected here: any other is an error.",
    ),
)
@option(
    "--deep",
    is_flag=True,
    help=Said(
        "Recalculer les changements et refaire les versions de ce projet.",
        "Compute changes again, and make releases of this project again.",
    ),
)
@lang_option
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
    """Verify what PLACE names, and exit by what was found."""
    from pipelines.releases.verify import verify

    language = terminal_language(lang)
    trust = _trust(key_path, principal, when)
    demands = _demands(seen, policy, authorities)
    with tempfile.TemporaryDirectory() as folder:
        path, read = _brought(place, Path(folder))
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
    from pipelines.pipeline.catalogue import altered_pages
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


def _trust(key_path: Path | None, principal: str, when: str | None) -> Trust | None:
    from pipelines.releases.allowed_signers import load_trust
    from pipelines.releases.openssh_lines import absolute_time

    at = None if when is None else absolute_time(when)
    if when is not None and at is None:
        raise Misused(
            Said(f"--time {when} ; attendu : AAAAMMJJ[HHMM[SS]][Z]", f"--time {when}; expected: YYYYMMDD[HHMM[SS]][Z]")
        )
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


def _brought(place: str | None, folder: Path) -> tuple[Path, Read | None]:
    """What to verify, brought here when it stands elsewhere, and how its log is read when that is not brought."""
    from pipelines.releases.remote import fetch_with_log, is_address
    from pipelines.releases.store_fetching import fetch_depot_with_log
    from pipelines.storage.buckets import is_bucket

    if place is not None and is_bucket(place):
        return fetch_depot_with_log(place, folder)
    if place is not None and is_address(place):
        return fetch_with_log(place, folder)
    return to_verify(Path(place) if place else Project.here().releases), None


def _report(found: Verification, language: Language) -> None:
    for note in found.notes:
        click.echo(f"! {note.fr if language == 'fr' else note.en}")
    for line in _summary(found, language):
        click.echo(line)
    if found.first is not None:
        click.echo(f"✗ {found.first.message(language)} [{found.first.code}]")
        for flaw in found.flaws[1:]:
            click.echo(f"  {Said('puis', 'then')[language]} {flaw.message(language)} [{flaw.code}]")
        return
    one, many = Said("version intacte", "intact release"), Said("versions intactes", "intact releases")
    click.echo(f"✓ {counted(len(found.releases), one, many)[language]}")


def _summary(found: Verification, language: Language) -> list[str]:
    """What was looked at: each release, then the log."""
    lines = []
    for item in found.verified:
        facts = [f"{Said('signée par', 'signed by')[language]} {item.signer}"] if item.signer else []
        facts += [f"{Said('événement', 'event')[language]} {item.event}"] if item.event is not None else []
        facts += [f"{Said('publiée le', 'published')[language]} {item.at}"] if item.at else []
        facts += [f"commit {item.commit[:12]}"] if item.commit else []
        lines.append(f"  {item.package} {item.version}{', ' if facts else ''}{', '.join(facts)}")
    if found.log is not None:
        log = found.log
        facts = [counted(log.size, Said("événement", "event"), Said("événements", "events"))[language]]
        facts += [f"{Said('signé par', 'signed by')[language]} {log.signer}"] if log.signer else []
        for name, time in sorted(log.witnesses.items()):
            words = Said("témoin", "witness")[language]
            facts.append(f"{words} {name} ({_instant_of(time)})")
        facts += [f"{Said('horodaté le', 'time-stamped')[language]} {time}" for time in log.times]
        lines.append(
            f"  {Said('journal', 'log')[language]} {log.origin}{Said(' : ', ': ')[language]}{', '.join(facts)}"
        )
    return lines


def _instant_of(seconds: int) -> str:
    """When a witness says that it signed; the number that it wrote where no calendar has that day."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, OSError, ValueError):
        return f"1970 + {seconds} s"
