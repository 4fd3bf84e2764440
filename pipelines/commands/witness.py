"""`arobase witness`: see that a log only grows, and say so under one's own key."""

from __future__ import annotations

import http.server
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands._bilingual import Decorated, Misused, argument, as_group, lang_option, option
from pipelines.commands._trust import FILE, principal_option
from pipelines.core.interruption import Interrupted
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.log.notes import Checkpoint
    from pipelines.releases.log.witness import Answer, WitnessMemory

FOLDER = click.Path(file_okay=False, path_type=Path)


def witness_options(decorated: Decorated) -> Decorated:
    """Who the witness is, what it remembers, and whose logs it follows: the same wherever a head is cosigned."""
    for given in (
        principal_option,
        option(
            "--trust",
            "trust_path",
            type=FILE,
            required=True,
            help=Said("Clés publiques des journaux, ou allowed_signers.", "Public keys of logs, or allowed_signers."),
        ),
        option(
            "--memory",
            type=FOLDER,
            required=True,
            help=Said(
                "Dossier des têtes déjà vues ; n'importe quel serveur peut le publier.",
                "Folder of the heads seen so far; any server may serve it.",
            ),
        ),
        option(
            "--name",
            required=True,
            metavar=Said("NOM", "NAME"),
            help=Said(
                "Le nom du témoin, comme ville.example/temoin : sans espace ni +.",
                "The witness's name, such as town.example/witness: no space, no +.",
            ),
        ),
        option(
            "--key",
            "key_path",
            type=FILE,
            required=True,
            help=Said(
                "La clé privée du témoin (arobase keys new).", "The witness's own private key (`arobase keys new`)."
            ),
        ),
    ):
        decorated = given(decorated)
    return decorated


@as_group(
    "witness",
    help=Said(
        """Contresigner la tête d'un journal, et faire contresigner le sien.

        Un témoin (un auditeur, une autre ville) se souvient de la dernière tête vue d'un journal. Il n'en contresigne
        une nouvelle que si l'ancienne en est le début. Un projet ne peut donc ni revenir en arrière ni réécrire son
        histoire sans que cela se voie. Les formats sont ceux de C2SP : tlog-cosignature, tlog-witness, tlog-policy.""",
        """Cosign the head of a log, and have one's own log cosigned.

        A witness (an auditor, another town) remembers the head of a log that it saw last. It cosigns a new one only
        when the old one is its beginning, so that a project can neither go back to an earlier state nor rewrite its
        history without being seen. The formats are C2SP's: tlog-cosignature, tlog-witness, tlog-policy.""",
    ),
)
def command() -> None:
    """Cosign logs."""


def _memory(key_path: Path, name: str, folder: Path) -> WitnessMemory:
    from pipelines.releases.log.notes import is_key_name
    from pipelines.releases.log.witness import WitnessMemory
    from pipelines.releases.signature import load_key

    if not is_key_name(name):
        raise Misused(
            Said(
                f"--name {name} ; attendu : un nom sans espace ni +",
                f"--name {name}; expected: a name without space or +",
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    return WitnessMemory(folder, name, load_key(key_path))


def _refusal(trust_path: Path, principal: str) -> Callable[[Checkpoint], Said | None]:
    """Why the log's own signature under a head is not trusted; none when it is."""
    from pipelines.releases.allowed_signers import load_trust
    from pipelines.releases.verify_log import signature

    def refusal(checkpoint: Checkpoint) -> Said | None:
        trust = load_trust(trust_path, principal=principal)
        if signature(checkpoint, trust, (), is_signed=True):
            return Said("aucune clé de confiance ne la signe", "no trusted key signs it")
        return None

    return refusal


@command.command(
    "cosign",
    help=Said(
        """Lire JOURNAL et contresigner sa tête.

        JOURNAL est un dossier de sorties, son dossier log, ou l'adresse de l'un d'eux. La tête contresignée est
        affichée, ou écrite avec -o : rendez-la au projet (arobase witness add), et gardez-la.

        Codes de sortie : 0, contresigné ; 1, le journal ne prolonge pas ce qui en a été vu, ou aucune clé de confiance
        ne le signe ; 2, impossible à lire.""",
        """Read LOG and cosign its head.

        LOG is a folder of outputs, its log folder, or the address of one. The cosigned head is printed, or written with
        -o: give it back to the project (`arobase witness add`), and keep it.

        Exit codes: 0, cosigned; 1, the log does not continue what was seen of it, or no trusted key signs it; 2, it
        could not be read.""",
    ),
)
@argument("log", metavar=Said("JOURNAL", "LOG"))
@witness_options
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help=Said("Écrire ici la tête contresignée.", "Write the cosigned head here."),
)
@lang_option
def cosign(
    *,
    log: str,
    key_path: Path,
    name: str,
    memory: Path,
    trust_path: Path,
    principal: str,
    output: Path | None,
    lang: str | None,
) -> None:
    """Cosign the head of a log."""
    from pipelines.releases.errors import LogDamaged, LogForked
    from pipelines.releases.log.journal import CHECKPOINT, read_checkpoint
    from pipelines.releases.log.remote import reader_of
    from pipelines.releases.log.tiles import Tree
    from pipelines.releases.log.witness import follow
    from pipelines.storage import write_text

    language = terminal_language(lang)
    read = reader_of(log)
    head = read_checkpoint(read, CHECKPOINT)
    if head is None:
        raise Misused(Said(f"{log} : pas de journal ici", f"{log}: no log here"))
    refused = _refusal(trust_path, principal)(head)
    if refused is not None:
        click.echo(f"✗ {head.origin}, {head.size} : {getattr(refused, language)} [log-signer]")
        sys.exit(1)
    try:
        cosigned = follow(_memory(key_path, name, memory), head, Tree(read, head.size), int(time.time()))
    except (LogForked, LogDamaged) as error:
        click.echo(f"✗ {error.message(language)} [{error.code}]")
        sys.exit(1)
    if output is None:
        click.echo(cosigned.text, nl=False)
    else:
        write_text(output, cosigned.text)
        click.echo(f"✓ {head.origin}, {head.size} → {output}")


@command.command(
    "serve",
    help=Said(
        """Répondre aux projets qui demandent une contresignature (C2SP tlog-witness).

        POST /add-checkpoint et GET /EMPREINTE/checkpoint, en HTTP simple : placez la commande derrière un serveur web.
        Ctrl-C l'arrête. Codes de sortie : 0, arrêtée ; 2, impossible.""",
        """Answer projects that ask for cosignatures (C2SP tlog-witness).

        POST /add-checkpoint and GET /HASH/checkpoint, over plain HTTP: put the command behind a web server. Ctrl-C
        stops it. Exit codes: 0, stopped; 2, impossible.""",
    ),
)
@witness_options
@option(
    "--origin",
    "origins",
    multiple=True,
    metavar=Said("JOURNAL", "LOG"),
    help=Said(
        "Un journal suivi (par défaut : tout journal signé par une clé de confiance).",
        "A log that is followed (default: any that a trusted key signs).",
    ),
)
@option("--host", default="127.0.0.1", show_default=True, help=Said("Adresse d'écoute.", "Address to listen on."))
@option("--port", default=8470, show_default=True, help=Said("Port d'écoute.", "Port to listen on."))
@lang_option
def serve(
    *,
    key_path: Path,
    name: str,
    memory: Path,
    trust_path: Path,
    principal: str,
    origins: tuple[str, ...],
    host: str,
    port: int,
    lang: str | None,
) -> None:
    """Answer projects that ask for cosignatures."""
    from pipelines.releases.log.witness import UnknownLog

    kept, trusted = _memory(key_path, name, memory), _refusal(trust_path, principal)

    def refusal(checkpoint: Checkpoint) -> Said | None:
        if origins and checkpoint.origin not in origins:
            raise UnknownLog(checkpoint.origin)
        return trusted(checkpoint)

    server = http.server.ThreadingHTTPServer((host, port), _handler(kept, refusal))
    try:
        click.echo(f"{kept.note_key.text}\nhttp://{host}:{server.server_address[1]}/")
        server.serve_forever()
    except (KeyboardInterrupt, Interrupted):
        server.server_close()


def _handler(
    kept: WitnessMemory, refusal: Callable[[Checkpoint], Said | None]
) -> type[http.server.BaseHTTPRequestHandler]:
    from pipelines.releases.log.witness import ADD, LARGEST_REQUEST, Answer

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path.strip("/") != ADD:
                self._send(Answer(404))
            elif not length.isdecimal() or int(length) > LARGEST_REQUEST:
                self._send(Answer(413))
            else:
                self._send(kept.answer(self.rfile.read(int(length)), refusal, int(time.time())))

        def do_GET(self) -> None:
            self._send(kept.served(self.path))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing of who asked."""

    return Handler


@command.command(
    "ask",
    help=Said(
        """Demander aux témoins de POLITIQUE de contresigner la tête du journal de ce projet.

        Seuls ceux qui ont une adresse sont interrogés. Codes de sortie : 0, le quorum est atteint ; 1, il ne l'est pas
        ; 2, il n'y a pas de journal.""",
        """Ask the witnesses of POLICY to cosign the head of this project's log.

        Only those that have an address are asked. Exit codes: 0, the quorum is met; 1, it is not; 2, there is no
        log.""",
    ),
)
@argument("policy", metavar=Said("POLITIQUE", "POLICY"), type=FILE)
@lang_option
def ask(policy: Path, lang: str | None) -> None:
    """Ask the witnesses for cosignatures."""
    from pipelines.core.errors import ArobaseError
    from pipelines.releases.log.cosigning import ask_witnesses
    from pipelines.releases.log.policy import load_policy

    language = terminal_language(lang)
    rule = load_policy(policy)

    def show(name: str, error: ArobaseError | None) -> None:
        click.echo(f"✓ {name}" if error is None else f"✗ {error.message(language)} [{error.code}]")

    head = ask_witnesses(Project.here().releases, rule, show)
    sys.exit(0 if rule.is_met(rule.cosigners(head)) else 1)


@command.command(
    "add",
    help=Said(
        """Ajouter les contresignatures de CONTRESIGNÉE, une tête rendue par un témoin.

        Seules sont prises celles que les témoins de la politique ont faites de ce journal. Codes de sortie : 0, prises
        ; 1, aucune n'est valable ; 2, il n'y a pas de journal.""",
        """Add the cosignatures of COSIGNED, a head that a witness gave back.

        Only those that the policy's witnesses made of this log are taken. Exit codes: 0, taken; 1, none was good; 2,
        there is no log.""",
    ),
)
@argument("cosigned", metavar=Said("CONTRESIGNÉE", "COSIGNED"), type=FILE)
@option(
    "--policy",
    "policy_path",
    type=FILE,
    required=True,
    help=Said("Politique qui désigne les témoins.", "Policy that names the witnesses."),
)
@lang_option
def add(cosigned: Path, policy_path: Path, lang: str | None) -> None:
    """Take the cosignatures of a head."""
    from pipelines.releases.log.cosigning import add_cosignatures
    from pipelines.releases.log.notes import Checkpoint
    from pipelines.releases.log.policy import load_policy

    language = terminal_language(lang)
    head = Checkpoint.parse(cosigned.read_text(encoding="utf-8"), cosigned.name)
    names = add_cosignatures(Project.here().releases, head, load_policy(policy_path))
    if not names:
        click.echo(Said("✗ aucune contresignature de ce journal", "✗ no cosignature of this log")[language])
        sys.exit(1)
    click.echo(f"✓ {', '.join(names)}")
