"""`arobase keys`: the key that signs releases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.commands._bilingual import Misused, argument, as_group, lang_option, option
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language


@as_group(
    "keys",
    help=Said("Créer et afficher les clés qui signent les versions.", "Make and show the keys that sign releases."),
)
def command() -> None:
    """Keys of releases and of the log."""


@command.command(
    "new",
    help=Said(
        """Créer une clé : CHEMIN et CHEMIN.pub.

        CHEMIN est la clé privée : gardez-la hors du projet. CHEMIN.pub est la clé publique, à donner aux auditeurs.

        Codes de sortie : 0, la clé est créée ; 2, la clé existe déjà.""",
        """Make a key: PATH and PATH.pub.

        PATH is the private key: keep it out of the project. PATH.pub is the public one, to be given to auditors.

        Exit codes: 0, the key was made; 2, PATH already exists.""",
    ),
)
@argument("path", metavar=Said("CHEMIN", "PATH"), type=click.Path(path_type=Path))
@lang_option
def new(path: Path, lang: str | None) -> None:
    """Make a key pair."""
    from pipelines.releases.signature import KEY_FILE, new_key

    key = new_key(path)
    made = Said(
        f"Clé {key.fingerprint}\n"
        f"  privée   {path}  (ne la publiez jamais ; donnez-la par --key ou {KEY_FILE})\n"
        f"  publique {path}.pub",
        f"Key {key.fingerprint}\n"
        f"  private {path}  (never publish it; give it by --key or {KEY_FILE})\n"
        f"  public  {path}.pub",
    )
    click.echo(made[terminal_language(lang)])
    click.echo(f"allowed_signers: arobase {key.public_line}")


@command.command(
    "show",
    help=Said(
        """Afficher les empreintes des clés publiques de CHEMIN.

        CHEMIN est un fichier .pub ou allowed_signers. Codes de sortie : 0, affiché ; 2, fichier illisible.""",
        """Print the fingerprints of the public keys in PATH.

        PATH is a .pub or an allowed_signers file. Exit codes: 0, printed; 2, the file could not be read.""",
    ),
)
@argument("path", metavar=Said("CHEMIN", "PATH"), type=click.Path(path_type=Path))
@lang_option
def show(path: Path, lang: str | None) -> None:
    """Print fingerprints."""
    from pipelines.releases.signature import fingerprint, trusted_keys

    for key in trusted_keys(path):
        click.echo(f"{fingerprint(key)}  {key}")


@command.command(
    "rotate",
    help=Said(
        """Remplacer la clé ANCIENNE du journal et des versions par la clé NOUVELLE.

        Ce sont deux fichiers de clé privée (arobase keys new). ANCIENNE signe le changement, qui devient un événement
        du journal ; NOUVELLE signe tout ce qui suit. Les auditeurs continuent de croire ce qu'ANCIENNE a signé. Pour
        croire ce que NOUVELLE signe, ils ajoutent la ligne affichée à leur allowed_signers : aucun journal ne peut le
        faire pour eux.

        Codes de sortie : 0, le changement est enregistré ; 2, impossible.""",
        """Replace the key OLD of the log and of releases by the key NEW.

        Both are private key files (`arobase keys new`). OLD signs the change, which becomes an event of the log; NEW
        signs everything from then on. Auditors go on trusting what OLD signed. To trust what NEW signs, they add the
        printed line to their allowed_signers: no log can do that for them.

        Exit codes: 0, the change is recorded; 2, impossible.""",
    ),
)
@argument("old", metavar=Said("ANCIENNE", "OLD"), type=click.Path(exists=True, dir_okay=False, path_type=Path))
@argument("new", metavar=Said("NOUVELLE", "NEW"), type=click.Path(exists=True, dir_okay=False, path_type=Path))
@lang_option
def rotate(old: Path, new: Path, lang: str | None) -> None:
    """Let another key sign from now on."""
    from pipelines.pipeline.clock import check_dating
    from pipelines.releases.keys import rotate as change
    from pipelines.releases.signature import load_key

    project, now = Project.here(), datetime.now(UTC)
    check_dating(project, now)
    newer = load_key(new)
    size = change(project.releases, load_key(old), newer, now=now)
    language = terminal_language(lang)
    words = Said("signe désormais le journal, événement", "signs the log from now on, event")[language]
    click.echo(f"{newer.fingerprint} {words} {size - 1}")
    click.echo(f'allowed_signers: arobase valid-after="{now:%Y%m%d%H%M%SZ}" {newer.public_line}')


@command.command(
    "revoke",
    help=Said(
        """Noter que la clé publique RÉVOQUÉE (un fichier .pub) n'est plus à croire.

        Cela vaut pour tout ce qu'elle signera désormais. Ce qu'elle a signé avant reste valable, si le journal montre
        que c'était avant. La clé qui signe le journal ne peut pas se révoquer elle-même : lancez d'abord
        « arobase keys rotate ». La commande affiche la ligne que les auditeurs ajoutent à leur allowed_signers.

        Codes de sortie : 0, la révocation est enregistrée ; 2, impossible.""",
        """Record that the public key REVOKED (a .pub file) must no longer be believed.

        This applies to anything that it signs from now on. What it signed before stays good, as far as the log shows
        that it was before. The key that signs the log cannot revoke itself: run `arobase keys rotate` first. The
        command prints the line that auditors put in their allowed_signers.

        Exit codes: 0, the revocation is recorded; 2, impossible.""",
    ),
)
@argument("revoked", metavar=Said("RÉVOQUÉE", "REVOKED"), type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--key",
    "key_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=Said("La clé qui signe le journal.", "The key that signs the log."),
)
@lang_option
def revoke(revoked: Path, key_path: Path | None, lang: str | None) -> None:
    """Record that a key is not to be believed any more."""
    from pipelines.pipeline.clock import check_dating
    from pipelines.releases.keys import revoke as record
    from pipelines.releases.signature import fingerprint, key_of_environment, load_key, trusted_keys

    key = load_key(key_path) if key_path else key_of_environment()
    if key is None:
        raise Misused(
            Said(
                "donnez la clé du journal : --key, AROBASE_SIGNING_KEY_FILE ou AROBASE_SIGNING_KEY",
                "give the key of the log: --key, AROBASE_SIGNING_KEY_FILE or AROBASE_SIGNING_KEY",
            )
        )
    project, now = Project.here(), datetime.now(UTC)
    check_dating(project, now)
    language = terminal_language(lang)
    for line in trusted_keys(revoked):
        size = record(project.releases, line, key, now=now)
        words = Said("révoquée, événement", "revoked, event")[language]
        click.echo(f"{fingerprint(line)} {words} {size - 1}")
        click.echo(f'allowed_signers: arobase valid-before="{now:%Y%m%d%H%M%SZ}" {line}')


@command.command(
    "vkey",
    help=Said(
        """Afficher la clé publique de CHEMIN comme l'écrivent les politiques de témoins.

        C'est une clé de vérification C2SP. Sans --name, c'est celle du journal de ce projet. Codes de sortie : 0,
        affichée ; 2, impossible.""",
        """Print the public key in PATH as policies of witnesses write it.

        It is a C2SP verifier key. Without --name it is the key of this project's log. Exit codes: 0, printed; 2,
        impossible.""",
    ),
)
@argument("path", metavar=Said("CHEMIN", "PATH"), type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--name",
    metavar=Said("NOM", "NAME"),
    help=Said(
        "Pour un témoin : le nom sous lequel il contresigne (par défaut : le journal de ce projet).",
        "Of a witness: the name that it cosigns under (default: this project's log).",
    ),
)
@lang_option
def vkey(path: Path, name: str | None, lang: str | None) -> None:
    """Print a verifier key."""
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
