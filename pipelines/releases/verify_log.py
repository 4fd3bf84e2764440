"""Does the log contain what it says, and is it signed, continued and witnessed as an auditor demands?

Belongs here: what can be distinguished from the log, the ledger beside it, and what an auditor brings (keys, a head
that was kept, a policy of witnesses, authorities of time). Does not: the releases themselves (`verify_bag.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.releases.allowed_signers import Trust
from pipelines.releases.errors import LogDamaged, ReleaseError
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger
from pipelines.releases.log.journal import CHECKPOINT, FOLDER, NEXT, WITNESSED, is_leaf_of, read_checkpoint
from pipelines.releases.log.merkle import consistency_proof, is_consistent, leaf_hash, node_hash
from pipelines.releases.log.notes import ED25519, Checkpoint, NoteKey, signed_by
from pipelines.releases.log.policy import Policy
from pipelines.releases.log.proofs import Proof
from pipelines.releases.log.tiles import ENTRIES, WIDTH, Read, Tree, grown, holds, tile_name
from pipelines.releases.log.times import read_stamp
from pipelines.releases.signature import NAMESPACE, fingerprint_of, plain_key
from pipelines.releases.verify_chain import is_left_aside
from pipelines.releases.verify_keys import PREFIX
from pipelines.storage.atomic import ASIDE

TIMES = "times"


@dataclass(frozen=True)
class Demands:
    """What an auditor brings, beside keys. `seen`: heads of this log that somebody kept, each with who kept it.

    `policy`: the witnesses that have to agree. `token_check`: says when a time stamp of these bytes was made, or
    raises `ReleaseError`. `witnesses_saw`: the head of the log of this origin that each witness saw last, by the names
    of the policy, as far as it says where to ask.
    """

    seen: Sequence[tuple[str, Checkpoint]] = ()
    policy: Policy | None = None
    token_check: Callable[[bytes, bytes], str] | None = None
    witnesses_saw: Callable[[str], Sequence[tuple[str, Checkpoint]]] | None = None


@dataclass(frozen=True)
class LogState:
    """What was found out about a log. `signer`: a fingerprint. `witnesses`: seconds since 1970 by name."""

    origin: str
    size: int
    signer: str | None = None
    witnesses: Mapping[str, int] = field(default_factory=dict)
    times: tuple[str, ...] = ()


def head(read: Read) -> tuple[Checkpoint | None, list[Flaw]]:
    """The head of the log that `read` reads, none when there is no log, and what is wrong with it."""
    try:
        return read_checkpoint(read, CHECKPOINT), []
    except ReleaseError as error:
        return None, [_flaw("log", CHECKPOINT, error)]


def signer_of(checkpoint: Checkpoint, keys: Sequence[bytes]) -> bytes | None:
    """Which of these keys, as OpenSSH encodes them, signed a head; none when none did, or one did wrongly."""
    found = None
    for blob in keys:
        right = signed_by(checkpoint, NoteKey(checkpoint.origin, ED25519, public_of(blob)))
        if right is False:
            return None
        found = blob if right else found
    return found


def public_of(blob: bytes) -> bytes:
    """The 32 bytes of an Ed25519 key, or of that in a certificate, which OpenSSH encoded."""
    return plain_key(blob)[-32:]


def trusted_blobs(trust: Trust) -> list[bytes]:
    """The plain Ed25519 keys of a trust, whatever they may sign."""
    return list(
        dict.fromkeys(line.key for line in trust.lines if line.key.startswith(PREFIX) and not line.is_authority)
    )


def signature(
    checkpoint: Checkpoint,
    trust: Trust | None,
    known: Sequence[bytes],
    *,
    is_signed: bool,
    revoked: Collection[str] = (),
) -> list[Flaw]:
    """Whether the head is signed as it has to be.

    With `trust`: by a key that it accepts. Without: by one of `known`, the keys that releases and events name, unless
    nothing here `is_signed`. `revoked`: the fingerprints of the keys that the log itself says are to be believed no
    more; who has a copy of one can sign a longer log, and an auditor's file may still have it for older releases.
    """
    place = f"{FOLDER}/{CHECKPOINT}"
    keys = known if trust is None else trusted_blobs(trust)
    blob = signer_of(checkpoint, [key for key in keys if fingerprint_of(key) not in revoked])
    if blob is None:
        former = signer_of(checkpoint, [key for key in keys if fingerprint_of(key) in revoked])
        if former is not None:
            return [Flaw("revoked", place, fingerprint_of(former))]
        return [Flaw("log-signer", place)] if trust is not None or is_signed else []
    refusal = None if trust is None else trust.refusal(blob, NAMESPACE)
    return [Flaw("log-signer", place, refusal)] if refusal is not None else []


def tree_flaws(read: Read, checkpoint: Checkpoint) -> Iterator[Flaw]:
    """The tiles and the entries are those of the head."""
    tree = Tree(read, checkpoint.size)
    try:
        if tree.root != checkpoint.root:
            yield Flaw("log", f"{FOLDER}/{CHECKPOINT}", tree.root.hex()[:12], checkpoint.root.hex()[:12])
            return
        for number in range(-(-checkpoint.size // WIDTH)):
            tree.bundle(number)
        yield from _tiles(tree, read)
    except LogDamaged as error:
        yield _flaw("log", error.facts["file"], error)


def _tiles(tree: Tree, read: Read) -> Iterator[Flaw]:
    """Upper tiles, whose hashes `bundle` did not need, are what those under them say."""
    level = 1
    while tree.size >> (8 * level):
        for index in range(tree.size >> (8 * level)):
            below = tree._tile(level - 1, index)
            hashes = [below[place : place + 32] for place in range(0, len(below), 32)]
            while len(hashes) > 1:
                hashes = [node_hash(hashes[place], hashes[place + 1]) for place in range(0, len(hashes), 2)]
            if tree.subtree(8 * level, index) != hashes[0]:
                yield Flaw("log", f"{FOLDER}/{tile_name(level, index // WIDTH)}")
                return
        level += 1


def extra_files(folder: Path, read: Read, checkpoint: Checkpoint) -> Iterator[Flaw]:
    """The folder of the log contains its files and nothing else; older partial tiles begin as the new ones do."""
    announced = announced_proof(read)
    sizes = [checkpoint.size]
    if announced is not None and announced.holds:
        sizes.append(announced.checkpoint.size)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in (CHECKPOINT, WITNESSED, NEXT) or _is_time(name):
            continue
        if path.name.startswith(ASIDE) and is_left_aside(path):
            continue
        data = path.read_bytes()
        if not any(_is_tile(name, data, read, size) for size in sizes):
            yield Flaw("stray", f"{FOLDER}/{name}")


def _is_time(name: str) -> bool:
    parts = name.split("/")
    return len(parts) == 2 and parts[0] == TIMES and parts[1].endswith(".tsr")


def _is_tile(name: str, data: bytes, read: Read, size: int) -> bool:
    """Whether this is a tile that a log of this size has, or had when it was smaller."""
    plain, _, width = name.partition(".p/")
    parts = plain.split("/")
    if len(parts) < 3 or parts[0] != "tile" or not (parts[1] == ENTRIES or parts[1].isdecimal()):
        return False
    digits = "".join(part.removeprefix("x") for part in parts[2:])
    if not digits.isdecimal() or (width and not width.isdecimal()):
        return False
    level = 0 if parts[1] == ENTRIES else int(parts[1])
    index, wide = int(digits), int(width) if width else WIDTH
    now = min(WIDTH, (size >> (8 * level)) - index * WIDTH)
    folder = ENTRIES if parts[1] == ENTRIES else level
    if now < 1 or wide > now or tile_name(folder, index, wide) != name:
        return False
    current = read(tile_name(folder, index, now))
    return current is not None and current.startswith(data) and holds(name, data)


def current(read: Read, checkpoint: Checkpoint, ledger: Ledger) -> tuple[Checkpoint, Read]:
    """The head to check, and how to read its tree.

    It is the one that is written; or the one that was announced for this ledger, when a process died between writing
    the ledger and the log. That one has to be signed as any other.
    """
    announced = announced_proof(read)
    is_ahead = announced is not None and checkpoint.size < announced.checkpoint.size == len(ledger.lines)
    if announced is None or not is_ahead or not announced.holds:
        return checkpoint, read
    size = announced.checkpoint.size
    leaves = [line.encode() for line in ledger.lines[checkpoint.size : size - 1]] + [announced.leaf]
    try:
        files = grown(read, checkpoint.size, leaves)
    except LogDamaged:
        return checkpoint, read
    written = Tree(read, size)
    try:
        is_written = written.root == announced.checkpoint.root
    except LogDamaged:
        is_written = False
    if is_written:
        return announced.checkpoint, read
    return announced.checkpoint, lambda name: files.get(name) or read(name)


def ledger_flaws(read: Read, checkpoint: Checkpoint, ledger: Ledger) -> Iterator[Flaw]:
    """Each leaf of the log is that of a line of the ledger, and each line has one."""
    lines = ledger.lines
    if len(lines) != checkpoint.size:
        yield Flaw("log-ledger", "ledger.jsonl", str(len(lines)), str(checkpoint.size))
        return
    try:
        for index, leaf in Tree(read, checkpoint.size).entries(0):
            if not is_leaf_of(leaf, lines[index]):
                yield Flaw("log-ledger", f"ledger.jsonl, {index + 1}")
                return
    except LogDamaged as error:
        yield _flaw("log", error.facts["file"], error)


def next_leaf(read: Read, checkpoint: Checkpoint | None, size: int, trust: Trust | None) -> bytes | None:
    """The leaf that was announced to come next in a log of `size` events, when its head is signed as it has to be."""
    announced = announced_proof(read)
    if announced is None or announced.index != size or not announced.holds:
        return None
    if checkpoint is not None and checkpoint.origin != announced.checkpoint.origin:
        return None
    if trust is not None and signature(announced.checkpoint, trust, (), is_signed=True):
        return None
    is_signed = checkpoint is not None and bool(checkpoint.signatures)
    return None if is_signed and not announced.checkpoint.signatures else announced.leaf


def announced_proof(read: Read) -> Proof | None:
    """What a publication that was cut had announced; none when there is none, or it has no form."""
    try:
        data = read(NEXT)
        return None if data is None else Proof.parse(data.decode("utf-8"), NEXT)
    except (ReleaseError, UnicodeDecodeError):
        return None


def continues(read: Read, checkpoint: Checkpoint, seen: Checkpoint, by: str) -> Iterator[Flaw]:
    """The log continues a head that was seen before. Reads a tile or two for each power of 256 entries."""
    place = f"{FOLDER}/{CHECKPOINT}"
    if seen.origin != checkpoint.origin:
        yield Flaw("forked", place, checkpoint.origin, seen.origin)
    elif seen.size > checkpoint.size:
        yield Flaw("rolled-back", place, str(checkpoint.size), f"{seen.size} ({by})")
    else:
        try:
            proof = consistency_proof(seen.size, checkpoint.size, Tree(read, checkpoint.size).subtree)
        except LogDamaged as error:
            yield _flaw("log", error.facts["file"], error)
            return
        if not is_consistent(seen.size, seen.root, checkpoint.size, checkpoint.root, proof):
            yield Flaw("forked", place, checkpoint.root.hex()[:12], f"{seen.root.hex()[:12]} ({by})")


def witnessed(
    read: Read, heads: Sequence[Checkpoint], needed: int, policy: Policy
) -> tuple[dict[str, int], list[Flaw]]:
    """Whether a head that contains the first `needed` events was cosigned as a policy demands, and by whom and when."""
    found: dict[str, int] = {}
    for checkpoint in heads:
        cosigners = policy.cosigners(checkpoint)
        if policy.is_met(cosigners) and checkpoint.size >= needed:
            return cosigners, []
        found = found or cosigners
    names = ", ".join(found) or Said("aucun", "none")
    return found, [Flaw("unwitnessed", f"{FOLDER}/{CHECKPOINT}", names, policy.quorum)]


def inclusion(proof: Proof, entry: Mapping[str, Any], place: str, signer: bytes | None = None) -> Iterator[Flaw]:
    """The proof that a release carries leads from its line to the head that it names.

    `signer`: the key that signed the release, which signed that head too; none for a release that is not signed.
    """
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if proof.index != entry["seq"]:
        yield Flaw("inclusion", place, str(proof.index), str(entry["seq"]))
    elif not is_leaf_of(proof.leaf, line):
        yield Flaw("inclusion", place, OTHER_LEAF)
    elif not proof.holds:
        yield Flaw("inclusion", place, NO_WAY)
    elif signer is not None and signer_of(proof.checkpoint, [signer]) is None:
        yield Flaw("inclusion", place, UNSIGNED_HEAD)


OTHER_LEAF = Said("l'événement n'y est pas celui de cette version", "the event in it is not that of this release")
NO_WAY = Said(
    "ses empreintes ne mènent pas à la tête du journal qu'elle nomme",
    "its hashes do not lead to the head of the log that it names",
)
UNSIGNED_HEAD = Said(
    "la clé de la version n'y a pas signé la tête du journal",
    "the release's key did not sign the head of the log in it",
)


def holds_leaf(read: Read, checkpoint: Checkpoint, index: int, leaf: bytes) -> bool:
    """Whether the log of this head has this leaf there. Raises `LogDamaged`."""
    return index < checkpoint.size and Tree(read, checkpoint.size).subtree(0, index) == leaf_hash(leaf)


def time_tokens(
    names: Sequence[str], read: Read, checkpoint: Checkpoint, check: Callable[[bytes, bytes], str] | None
) -> tuple[list[str], list[Flaw]]:
    """When authorities of time saw heads of this log: each stamp is beside the head that it stamps.

    Without `check` no authority is trusted, and no time is shown; that each head is one of this log is checked anyhow.
    """
    times, flaws = [], []
    for name in names:
        try:
            reply, stamped = read_stamp(read(name) or b"{}", name.partition("/")[2])
            wrong = list(continues(read, checkpoint, stamped, name))
            flaws += [Flaw("time", f"{FOLDER}/{name}", flaw.found, flaw.expected) for flaw in wrong[:1]]
            if check is not None and not wrong:
                times.append(check(reply, stamped.body.encode()))
        except (ReleaseError, ValueError, KeyError, TypeError, RecursionError) as error:
            flaws.append(Flaw("time", f"{FOLDER}/{name}", type(error).__name__))
    return times, flaws


def _flaw(code: str, place: str, error: ReleaseError) -> Flaw:
    path = place if place.startswith(FOLDER) else f"{FOLDER}/{place}"
    return Flaw(code, path, error.facts.get("found", ""), error.facts.get("expected", ""))
