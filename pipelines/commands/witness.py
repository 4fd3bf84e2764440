"""`arobase witness`: see that a log only grows, and say so under one's own key."""

from __future__ import annotations

import http.server
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.project import Project
from pipelines.core.text import terminal_language

if TYPE_CHECKING:
    from pipelines.core.text import Said
    from pipelines.releases.log.notes import Checkpoint
    from pipelines.releases.log.witness import Answer, WitnessMemory

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
LANGUAGE = click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")


@click.group("witness")
def command() -> None:
    """Cosign the heads of logs that only grow, and have one's own log cosigned.

    A witness (an auditor, another town) remembers the head of a log that it saw last. It cosigns a new one only when
    the old one is its beginning, so that a project can neither go back to an earlier state nor rewrite its history
    without being seen. The formats are C2SP's: tlog-cosignature, tlog-witness, tlog-policy.
    """


def _memory(key_path: Path, name: str, folder: Path) -> WitnessMemory:
    from pipelines.releases.log.notes import is_key_name
    from pipelines.releases.log.witness import WitnessMemory
    from pipelines.releases.signature import load_key

    if not is_key_name(name):
        raise click.UsageError(f"--name {name}")
    folder.mkdir(parents=True, exist_ok=True)
    return WitnessMemory(folder, name, load_key(key_path))


def _refusal(trust_path: Path, principal: str) -> Callable[[Checkpoint], Said | None]:
    """Why the log's own signature under a head is not trusted; none when it is."""
    from pipelines.core.text import Said
    from pipelines.releases.allowed_signers import load_trust
    from pipelines.releases.verify_log import signature

    def refusal(checkpoint: Checkpoint) -> Said | None:
        trust = load_trust(trust_path, principal=principal)
        if signature(checkpoint, trust, (), is_signed=True):
            return Said("aucune clé de confiance ne la signe", "no trusted key signs it")
        return None

    return refusal


@command.command("cosign")
@click.argument("log", metavar="LOG")
@click.option("--key", "key_path", type=FILE, required=True, help="The witness's own private key (`arobase keys new`).")
@click.option("--name", required=True, help="The witness's name, such as town.example/witness: no space, no +.")
@click.option("--memory", type=FOLDER, required=True, help="Folder of the heads seen so far: any server may serve it.")
@click.option("--trust", "trust_path", type=FILE, required=True, help="The log's public key, or allowed_signers.")
@click.option("--principal", default="arobase", show_default=True, help="Name in allowed_signers.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the cosigned head here.")
@LANGUAGE
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
    """Look at LOG (a folder of outputs, its log folder, or the address of one) and cosign its head.

    The cosigned head is printed, or written with -o: give it back to the project (`arobase witness add`), and keep it.
    Exit codes: 0 cosigned, 1 the log does not continue what was seen of it, or nobody trusted signs it, 2 could not
    look.
    """
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
        raise click.UsageError(f"{log}: " + ("pas de journal ici" if language == "fr" else "no log here"))
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


@command.command("serve")
@click.option("--key", "key_path", type=FILE, required=True, help="The witness's own private key (`arobase keys new`).")
@click.option("--name", required=True, help="The witness's name, such as town.example/witness: no space, no +.")
@click.option("--memory", type=FOLDER, required=True, help="Folder of the heads seen so far.")
@click.option("--trust", "trust_path", type=FILE, required=True, help="Public keys of the logs, or allowed_signers.")
@click.option("--principal", default="arobase", show_default=True, help="Name in allowed_signers.")
@click.option("--origin", "origins", multiple=True, help="A log that is followed (default: any of a trusted key).")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8470, show_default=True)
@LANGUAGE
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
    """Answer projects that ask for cosignatures (C2SP tlog-witness): POST /add-checkpoint, GET /HASH/checkpoint.

    It speaks plain HTTP and is meant to stand behind a web server. Ends when it is interrupted. Exit codes: 0, 2.
    """
    from pipelines.releases.log.witness import UnknownLog

    kept, trusted = _memory(key_path, name, memory), _refusal(trust_path, principal)

    def refusal(checkpoint: Checkpoint) -> Said | None:
        if origins and checkpoint.origin not in origins:
            raise UnknownLog(checkpoint.origin)
        return trusted(checkpoint)

    server = http.server.ThreadingHTTPServer((host, port), _handler(kept, refusal))
    click.echo(f"{kept.note_key.text}\nhttp://{host}:{server.server_address[1]}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
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


@command.command("ask")
@click.argument("policy", type=FILE)
@LANGUAGE
def ask(policy: Path, lang: str | None) -> None:
    """Ask the witnesses of POLICY that have an address to cosign the head of this project's log.

    Exit codes: 0 when the policy's quorum is met, 1 when it is not, 2 when there is no log.
    """
    from pipelines.core.errors import ArobaseError
    from pipelines.releases.log.cosigning import ask_witnesses
    from pipelines.releases.log.policy import load_policy

    language = terminal_language(lang)
    rule = load_policy(policy)

    def tell(name: str, error: ArobaseError | None) -> None:
        click.echo(f"✓ {name}" if error is None else f"✗ {error.message(language)} [{error.code}]")

    head = ask_witnesses(Project.here().releases, rule, tell)
    sys.exit(0 if rule.is_met(rule.cosigners(head)) else 1)


@command.command("add")
@click.argument("cosigned", type=FILE)
@click.option("--policy", "policy_path", type=FILE, required=True, help="Policy that names the witnesses.")
@LANGUAGE
def add(cosigned: Path, policy_path: Path, lang: str | None) -> None:
    """Put the cosignatures of COSIGNED, a head that a witness gave back, under the head of this project's log.

    Only those that the policy's witnesses made of this log are taken. Exit codes: 0 taken, 1 none was good, 2 no log.
    """
    from pipelines.releases.log.cosigning import add_cosignatures
    from pipelines.releases.log.notes import Checkpoint
    from pipelines.releases.log.policy import load_policy

    french = terminal_language(lang) == "fr"
    head = Checkpoint.parse(cosigned.read_text(encoding="utf-8"), cosigned.name)
    names = add_cosignatures(Project.here().releases, head, load_policy(policy_path))
    if not names:
        click.echo("✗ aucune contresignature de ce journal" if french else "✗ no cosignature of this log")
        sys.exit(1)
    click.echo(f"✓ {', '.join(names)}")
