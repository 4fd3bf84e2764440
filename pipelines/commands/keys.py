"""`arobase keys`: the key that signs releases."""

from __future__ import annotations

from pathlib import Path

import click

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
