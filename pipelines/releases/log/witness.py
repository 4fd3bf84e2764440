"""Witnesses: those who remember the head of a log, and cosign a newer one only when it continues that.

Belongs here: a witness's memory and its answers, asking a witness. Does not: sockets (`commands/witness.py`).
Source: C2SP `tlog-witness`, `tlog-cosignature`. The memory of a log is one file, `<sha256 of its origin>/checkpoint`,
which any web server can serve: it is what auditors ask a witness for.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases import exact_base64
from pipelines.releases.errors import LogForked, NoteUnreadable, WitnessRefused
from pipelines.releases.log.merkle import EMPTY_ROOT, HASH_BYTES, consistency_proof, is_consistent
from pipelines.releases.log.notes import (
    COSIGNATURE,
    Checkpoint,
    NoteKey,
    NoteSignature,
    cosigned_at,
    is_size,
    parse_signatures,
)
from pipelines.releases.log.tiles import Tree
from pipelines.releases.signature import SigningKey
from pipelines.storage import lock, sha256_bytes, write_text
from pipelines.storage.plain import read_plain

LONGEST_PROOF = 63
LARGEST_REQUEST = 1 << 20
SIZE_TYPE = "text/x.tlog.size"
ADD = "add-checkpoint"
WAIT = 30.0

Trusted = Callable[[Checkpoint], Said | None]
"""Who signed a checkpoint: none when it is a key that is trusted for its log, else why not."""


@dataclass(frozen=True)
class Answer:
    """What a witness answers, as HTTP has it."""

    status: int
    body: str = ""
    media_type: str = "text/plain; charset=utf-8"


class UnknownLog(Exception):
    """A log that this witness does not follow."""


@dataclass(frozen=True)
class WitnessMemory:
    """What a witness saw last of each log, in `folder`; `name` and `key` sign what it cosigns."""

    folder: Path
    name: str
    key: SigningKey

    @property
    def note_key(self) -> NoteKey:
        return NoteKey(self.name, COSIGNATURE, self.key.public_bytes)

    def path(self, origin: str) -> Path:
        return self.folder / origin_hash(origin) / "checkpoint"

    def last(self, origin: str) -> Checkpoint | None:
        """The head that was cosigned last. Raises `NoteUnreadable`."""
        path = self.path(origin)
        try:
            return Checkpoint.parse(read_plain(path, LARGEST_REQUEST).decode("utf-8"), path.name)
        except FileNotFoundError:
            return None

    def cosign(self, checkpoint: Checkpoint, old: int, proof: Sequence[bytes], now: int) -> Checkpoint:
        """Cosign a checkpoint whose log's signature was checked, and remember it before anybody has the signature.

        `old`: the size that `proof` starts from; it must be that of the head which was cosigned last.
        Raises `WitnessRefused` with the status that HTTP answers.
        """
        with lock(self.folder / f".{origin_hash(checkpoint.origin)}.lock", wait_seconds=WAIT):
            last = self.last(checkpoint.origin)
            known = last.size if last else 0
            if old > checkpoint.size:
                raise _refused(400, f"{old} > {checkpoint.size}")
            if old != known:
                raise _refused(409, str(known))
            before = last.root if last else EMPTY_ROOT
            if not is_consistent(old, before, checkpoint.size, checkpoint.root, proof):
                raise _refused(422, str(known))
            if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
                raise _refused(422, "0")
            cosigned = checkpoint.cosigned(self.key, self.name, now)
            write_text(self.path(checkpoint.origin), cosigned.text)
        return cosigned

    def answer(self, body: bytes, refusal: Trusted, now: int) -> Answer:
        """What `add-checkpoint` answers. `refusal`: why a checkpoint's own signature is not trusted, none when it is;
        it raises `UnknownLog` for a log that is not followed."""
        try:
            old, proof, checkpoint = parse_request(body)
            if refusal(checkpoint) is not None:
                return Answer(403, "signature\n")
            cosigned = self.cosign(checkpoint, old, proof, now)
        except UnknownLog:
            return Answer(404, "log\n")
        except NoteUnreadable:
            return Answer(400, "form\n")
        except WitnessRefused as error:
            status = error.facts["status"]
            if status == 409:
                return Answer(409, f"{error.facts['found']}\n", SIZE_TYPE)
            return Answer(status, "consistency\n")
        return Answer(200, "".join(item.line for item in own_signatures(cosigned, self.note_key)))

    def served(self, path: str) -> Answer:
        """What a GET of `<origin hash>/checkpoint` answers."""
        origin, _, name = path.strip("/").partition("/")
        if name != "checkpoint" or len(origin) != 64 or not set(origin) <= set("0123456789abcdef"):
            return Answer(404)
        try:
            return Answer(200, read_plain(self.folder / origin / name, LARGEST_REQUEST).decode("utf-8"))
        except OSError:
            return Answer(404)


def follow(memory: WitnessMemory, checkpoint: Checkpoint, tree: Tree, now: int) -> Checkpoint:
    """Cosign the head of a log that can be read here, after checking that it continues what was seen before.

    The root is computed from the log's own tiles. Raises `LogForked` when it does not continue, `LogDamaged`.
    """
    if tree.root != checkpoint.root:
        raise LogForked(origin=checkpoint.origin, size=checkpoint.size, known=checkpoint.size)
    last = memory.last(checkpoint.origin)
    old = last.size if last else 0
    if old > checkpoint.size:
        raise LogForked(origin=checkpoint.origin, size=checkpoint.size, known=old)
    try:
        return memory.cosign(checkpoint, old, consistency_proof(old, checkpoint.size, tree.subtree), now)
    except WitnessRefused as error:
        raise LogForked(origin=checkpoint.origin, size=checkpoint.size, known=old) from error


def own_signatures(checkpoint: Checkpoint, key: NoteKey) -> tuple[NoteSignature, ...]:
    """The signatures of one key under a checkpoint."""
    return tuple(item for item in checkpoint.signatures if (item.name, item.identifier) == (key.name, key.identifier))


def request_body(old: int, proof: Sequence[bytes], checkpoint: Checkpoint) -> bytes:
    """The body of `add-checkpoint`."""
    lines = [f"old {old}", *(base64.b64encode(item).decode() for item in proof)]
    return ("".join(f"{line}\n" for line in lines) + "\n" + checkpoint.text).encode()


def parse_request(body: bytes) -> tuple[int, list[bytes], Checkpoint]:
    """The old size, the proof, the checkpoint. Raises `NoteUnreadable`."""
    expected = Said(
        "« old N », des empreintes, une ligne vide, un point", "“old N”, hashes, a blank line, a checkpoint"
    )
    try:
        head, blank, note = body.decode("utf-8").partition("\n\n")
        lines = head.split("\n")
        proof = [exact_base64.decode(line) for line in lines[1:]]
    except ValueError:
        raise NoteUnreadable(file=ADD, found="base64", expected=expected) from None
    word, _, size = lines[0].partition(" ")
    fits = len(proof) <= LONGEST_PROOF and all(len(item) == HASH_BYTES for item in proof)
    if not blank or word != "old" or not is_size(size) or not fits:
        raise NoteUnreadable(file=ADD, found=ascii(lines[0][:40]), expected=expected)
    return int(size), proof, Checkpoint.parse(note, ADD)


Post = Callable[[bytes], tuple[int, str, bytes]]
"""`post(body)`: the status, the media type and the body of a witness's answer to `add-checkpoint`."""


def ask(post: Post, checkpoint: Checkpoint, tree: Tree, key: NoteKey) -> Checkpoint:
    """The checkpoint with the cosignature of a remote witness. The witness says where it is; the proof is then sent
    again from there.

    Raises `WitnessRefused`, `NoteUnreadable`.
    """
    old = 0
    for _ in range(3):
        proof = consistency_proof(old, checkpoint.size, tree.subtree)
        status, media_type, body = post(request_body(old, proof, checkpoint))
        text = body[:LARGEST_REQUEST].decode("utf-8", "replace")
        if status == 200:
            found = checkpoint.joined(parse_signatures(text, key.name))
            if cosigned_at(found, key) is None:
                raise WitnessRefused(name=key.name, status=status, found=ascii(text[:60]))
            return checkpoint.joined(own_signatures(found, key))
        if status != 409 or media_type != SIZE_TYPE or not is_size(text.strip()):
            raise WitnessRefused(name=key.name, status=status, found=ascii(text[:60]))
        old = int(text.strip())
        if old > checkpoint.size:
            raise WitnessRefused(name=key.name, status=status, found=text.strip())
    raise WitnessRefused(name=key.name, status=409, found=str(old))


def origin_hash(origin: str) -> str:
    """The name under which a witness keeps a log."""
    return sha256_bytes(origin.encode())


def _refused(status: int, found: str) -> WitnessRefused:
    return WitnessRefused(name="", status=status, found=found)
