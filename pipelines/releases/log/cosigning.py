"""Cosignatures of this project's own log: asked for, brought back, kept under its head.

Belongs here: what a publisher does with witnesses. Does not: what a witness does (`witness.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.core.errors import ArobaseError
from pipelines.releases.errors import NoLog, NoteUnreadable, WitnessRefused
from pipelines.releases.log.journal import WITNESSED, Journal
from pipelines.releases.log.merkle import consistency_proof, is_consistent
from pipelines.releases.log.notes import Checkpoint, NoteSignature
from pipelines.releases.log.policy import Policy
from pipelines.releases.log.witness import ADD, LARGEST_REQUEST, ask, own_signatures
from pipelines.storage import lock, write_text

OnAnswer = Callable[[str, ArobaseError | None], None]
LEDGER_WAIT = 600.0
TIMEOUT_SECONDS = 30


def ask_witnesses(releases: Path, policy: Policy, on_answer: OnAnswer) -> Checkpoint:
    """Ask each witness that has an address; returns the head with what they signed, which is written.

    `on_answer` is called with each witness, and the error that kept it from signing. Raises `NoLog`, `LogDamaged`.
    """
    journal = _begun(releases)
    head = _head(journal)
    found = head
    for witness in policy.witnesses.values():
        if not witness.place.startswith(("http://", "https://")):
            continue
        try:
            cosigned = ask(_post(witness.name, witness.place), head, journal.tree, witness.key)
        except (WitnessRefused, NoteUnreadable) as error:
            on_answer(witness.name, error)
            continue
        found = found.joined(own_signatures(cosigned, witness.key))
        on_answer(witness.name, None)
    return _write(releases, found)


def add_cosignatures(releases: Path, cosigned: Checkpoint, policy: Policy) -> list[str]:
    """Keep the good cosignatures of a head that a witness gave back; returns whose they are.

    The head may be an older one of this log. Raises `NoLog`, `LogDamaged`.
    """
    journal = _begun(releases)
    head = _head(journal)
    if cosigned.origin != head.origin or cosigned.size > head.size:
        return []
    proof = consistency_proof(cosigned.size, head.size, journal.tree.subtree)
    if not is_consistent(cosigned.size, cosigned.root, head.size, head.root, proof):
        return []
    names = sorted(policy.cosigners(cosigned))
    signatures: list[NoteSignature] = []
    for name in names:
        signatures += own_signatures(cosigned, policy.witnesses[name].key)
    if signatures:
        base = head if cosigned.body == head.body else Checkpoint.parse(cosigned.text, WITNESSED)
        _write(releases, base.joined(signatures))
    return names


def _write(releases: Path, head: Checkpoint) -> Checkpoint:
    """Keep a head with its cosignatures: as the log's head when it still is, and as the last that was witnessed."""
    with lock(releases / ".ledger.lock", wait_seconds=LEDGER_WAIT):
        journal = Journal.read(releases)
        now = _head(journal)
        if now.body == head.body:
            head = now.joined(head.signatures)
            journal.put(head)
        write_text(journal.folder / WITNESSED, head.text)
    return head


def _begun(releases: Path) -> Journal:
    journal = Journal.read(releases)
    _head(journal)
    return journal


def _head(journal: Journal) -> Checkpoint:
    if journal.checkpoint is None:
        raise NoLog(folder=journal.folder.name)
    return journal.checkpoint


def _post(name: str, place: str) -> Callable[[bytes], tuple[int, str, bytes]]:
    import requests

    from pipelines.sources.http.session import a_session_for

    session = a_session_for(place)

    def post(body: bytes) -> tuple[int, str, bytes]:
        address = f"{place.rstrip('/')}/{ADD}"
        try:
            answer = session.post(address, data=body, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True)
            data: bytes = answer.raw.read(LARGEST_REQUEST, decode_content=True)
        except requests.RequestException as error:
            raise WitnessRefused(name=name, status=0, found=type(error).__name__) from None
        return answer.status_code, answer.headers.get("Content-Type", ""), data

    return post
