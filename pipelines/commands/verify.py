"""`arobase verify`: is this release what was published?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.verify import Verification


@click.command("verify")
@click.argument("place", metavar="[PATH_OR_URL]", required=False)
@click.option("--key", "key_path", type=click.Path(exists=True, dir_okay=False), help="Public key, or allowed_signers.")
@click.option("--witness", help="Hash of a line of the ledger that you noted earlier: it must still be there.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(place: str | None, key_path: str | None, witness: str | None, lang: str | None) -> None:
    """Verify a release, the releases of a package, or all releases (default: this project's).

    An address is that of a release on a web server, or of an object store that `arobase release --to` sent to
    (s3://bucket/prefix), whole, one package or one release of it (…/releases/label, …/releases/label/1.0.0).

    Hashes, added or missing files, signature, same values in CSV and Parquet, rows against their schema, the chain of
    releases and the ledger. Needs no network unless given an address. Exit codes: 0 sound, 1 not, 2 could not look.
    """
    from pipelines.releases.object_store import fetch_depot
    from pipelines.releases.remote import fetch, is_address
    from pipelines.releases.signature import trusted_keys
    from pipelines.releases.verify import verify
    from pipelines.storage.buckets import is_bucket

    language = terminal_language(lang)
    keys = trusted_keys(Path(key_path)) if key_path else ()
    if place is not None and (is_address(place) or is_bucket(place)):
        with tempfile.TemporaryDirectory() as folder:
            brought = (fetch_depot if is_bucket(place) else fetch)(place, Path(folder))
            found = verify(brought, keys=keys, witness=witness)
    else:
        path = Path(place) if place else Project.here().releases
        if not path.exists():
            raise click.UsageError(f"{path}: " + ("absent" if language == "fr" else "not there"))
        found = verify(path, keys=keys, witness=witness, step=lambda name: click.echo(f"… {name}", err=True))
    _report(found, language)
    sys.exit(0 if found.is_sound else 1)


def _report(found: Verification, language: Language) -> None:
    french = language == "fr"
    for note in found.notes:
        click.echo(f"! {note.fr if french else note.en}")
    if found.first is not None:
        click.echo(f"✗ {found.first.message(language)} [{found.first.code}]")
        for flaw in found.flaws[1:]:
            click.echo(f"  {'puis' if french else 'then'} {flaw.message(language)} [{flaw.code}]")
        return
    number = len(found.releases)
    click.echo(f"✓ {number} version(s) intacte(s)" if french else f"✓ {number} sound release(s)")
