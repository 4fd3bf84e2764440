"""`arobase keys`: the key that signs releases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language


@click.group("keys")
def command() -> None:
    """Make and show the keys that sign releases."""


@command.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def new(path: Path, lang: str | None) -> None:
    """Make a key: PATH (private: keep it out of the project) and PATH.pub (to be given to auditors).

    Exit codes: 0 when the key was made, 2 when PATH is there already.
    """
    from pipelines.releases.signature import KEY_FILE, new_key

    key = new_key(path)
    if terminal_language(lang) == "fr":
        click.echo(f"Clé {key.fingerprint}")
        click.echo(f"  privée   {path}  (ne jamais publier ; la donner par --key ou {KEY_FILE})")
        click.echo(f"  publique {path}.pub")
    else:
        click.echo(f"Key {key.fingerprint}")
        click.echo(f"  private {path}  (never publish it; give it by --key or {KEY_FILE})")
        click.echo(f"  public  {path}.pub")
    click.echo(f"allowed_signers: arobase {key.public_line}")


@command.command("show")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def show(path: Path, lang: str | None) -> None:
    """Print the fingerprints of the public keys in PATH (a .pub or allowed_signers file). Exit codes: 0, 2."""
    from pipelines.releases.signature import fingerprint, trusted_keys

    for key in trusted_keys(path):
        click.echo(f"{fingerprint(key)}  {key}")


@command.command("rotate")
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def rotate(old: Path, new: Path, lang: str | None) -> None:
    """Let the key NEW sign this project's log and its releases from now on; the key OLD signs that change.

    Both are private key files (`arobase keys new`). The change is an event of the log. Auditors go on trusting what OLD
    signed; to trust what NEW signs they add the printed line to their allowed_signers: no log can do that for them.

    Exit codes: 0 when the change is recorded, 2 when it could not be.
    """
    from pipelines.pipeline.clock import check_dating
    from pipelines.releases.keys import rotate as change
    from pipelines.releases.signature import load_key

    project, now = Project.here(), datetime.now(UTC)
    check_dating(project, now)
    newer = load_key(new)
    size = change(project.releases, load_key(old), newer, now=now)
    french = terminal_language(lang) == "fr"
    words = "signe désormais le journal, événement" if french else "signs the log from now on, event"
    click.echo(f"{newer.fingerprint} {words} {size - 1}")
    click.echo(f'allowed_signers: arobase valid-after="{now:%Y%m%d%H%M%SZ}" {newer.public_line}')


@command.command("revoke")
@click.argument("revoked", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "key_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The log's key.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def revoke(revoked: Path, key_path: Path | None, lang: str | None) -> None:
    """Record that the public key in REVOKED (a .pub file) must not be believed for anything signed from now on.

    What it signed before stays good, as far as the log shows that it was before. The key that signs the log cannot
    revoke itself: `arobase keys rotate` first. Auditors are told the line to put in their allowed_signers.

    Exit codes: 0 when it is recorded, 2 when it could not be.
    """
    from pipelines.pipeline.clock import check_dating
    from pipelines.releases.keys import revoke as record
    from pipelines.releases.signature import fingerprint, key_of_environment, load_key, trusted_keys

    key = load_key(key_path) if key_path else key_of_environment()
    if key is None:
        raise click.UsageError("--key")
    project, now = Project.here(), datetime.now(UTC)
    check_dating(project, now)
    french = terminal_language(lang) == "fr"
    for line in trusted_keys(revoked):
        size = record(project.releases, line, key, now=now)
        words = "révoquée, événement" if french else "revoked, event"
        click.echo(f"{fingerprint(line)} {words} {size - 1}")
        click.echo(f'allowed_signers: arobase valid-before="{now:%Y%m%d%H%M%SZ}" {line}')


@command.command("vkey")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Of a witness: the name that it cosigns under (default: this project's log).")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def vkey(path: Path, name: str | None, lang: str | None) -> None:
    """Print the public key in PATH as policies of witnesses write it (C2SP verifier key). Exit codes: 0, 2.

    Without --name it is the key of this project's log.
    """
    import base64

    from pipelines.releases.errors import NoLog
    from pipelines.releases.log.journal import Journal
    from pipelines.releases.log.notes import COSIGNATURE, ED25519, NoteKey
    from pipelines.releases.signature import trusted_keys

    public = base64.b64decode(trusted_keys(path)[0].split()[1])[-32:]
    if name is not None:
        click.echo(NoteKey(name, COSIGNATURE, public).text)
        return
    head = Journal.read(Project.here().releases).checkpoint
    if head is None:
        raise NoLog(folder="log")
    click.echo(NoteKey(head.origin, ED25519, public).text)
