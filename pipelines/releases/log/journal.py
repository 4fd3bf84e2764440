"""The log of one project, beside its ledger: one leaf per line, under a checkpoint that the publisher signs.

Belongs here: what a leaf holds, adding one, ending what a process that died began. Does not: the tree (`merkle.py`,
`tiles.py`), nor when an event happens (`publish.py`, `retract.py`).

A leaf is the ledger's line, with what a release itself cannot know (the time of its publication, the commit of the code
that made it) added to the lines of releases. An event is added in this order, all under the ledger's lock: `next` is
written, which is the whole addition; then what commits the event (a folder, a tombstone, the ledger's line); then the
ledger's line, the tiles, the checkpoint; `next` goes. Anyone who finds a `next` ends the addition when the ledger holds
its line, and deletes it when not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.releases.errors import KeyMissing, KeyOther, LogDamaged, NoteUnreadable
from pipelines.releases.log.merkle import inclusion_proof
from pipelines.releases.log.notes import ED25519, Checkpoint, NoteKey, signed_by
from pipelines.releases.log.proofs import Proof
from pipelines.releases.log.tiles import Read, Tree, grown, write_tiles
from pipelines.releases.signature import SigningKey, fingerprint
from pipelines.storage import sha256_bytes, sweep, write_text
from pipelines.storage.plain import NotPlain, TooLarge, read_plain

FOLDER, CHECKPOINT, WITNESSED, NEXT = "log", "checkpoint", "witnessed", "next"
LARGEST_NOTE = 1 << 20
LARGEST_TILE = 256 * (2 + 0xFFFF)
CIRCUMSTANCES = ("at", "code", "commit")
"""What a leaf adds to the ledger's line of a release."""


@dataclass(frozen=True)
class Addition:
    """One event that is about to enter the log."""

    leaf: bytes
    files: Mapping[str, bytes]
    checkpoint: Checkpoint
    proof: Proof


@dataclass(frozen=True)
class Journal:
    """The log in `folder`; without a checkpoint when it was never begun."""

    folder: Path
    checkpoint: Checkpoint | None

    @classmethod
    def read(cls, releases: Path) -> Journal:
        """The log beside the folder `releases`. Raises `NoteUnreadable`, `LogDamaged`."""
        folder = log_beside(releases)
        return cls(folder, read_checkpoint(folder_reader(folder), CHECKPOINT))

    @property
    def size(self) -> int:
        return self.checkpoint.size if self.checkpoint else 0

    @property
    def tree(self) -> Tree:
        return Tree(folder_reader(self.folder), self.size)

    @property
    def is_signed(self) -> bool:
        return self.checkpoint is not None and bool(self.checkpoint.signatures)

    def check_key(self, entries: Sequence[Mapping[str, Any]], key: SigningKey | None) -> None:
        """Whether `key` may sign what comes next. `entries`: the ledger's.

        Raises `KeyMissing` when the log is signed and no key was given, `KeyOther` when another one signs it.
        """
        current = signing_key_of(self.checkpoint, entries)
        if current is None:
            return
        if key is None:
            raise KeyMissing(signer=current)
        if key.fingerprint != current and not self._signed_with(key, entries):
            raise KeyOther(signer=current, given=key.fingerprint)

    def _signed_with(self, key: SigningKey, entries: Sequence[Mapping[str, Any]]) -> bool:
        if self.checkpoint is None or any(entry.get("act") == "rotated" for entry in entries):
            return False
        return signed_by(self.checkpoint, NoteKey(self.checkpoint.origin, ED25519, key.public_bytes)) is True

    def addition(self, leaves: Sequence[bytes], keys: Sequence[SigningKey], origin: str | None = None) -> Addition:
        """What it takes to add these leaves; the proof is that of the last. Writes nothing. Raises `LogDamaged`.

        `origin`: the name of a log that begins; a log keeps the name that it has.
        """
        read = folder_reader(self.folder)
        files = grown(read, self.size, leaves)
        size = self.size + len(leaves)
        tree = Tree(lambda name: files.get(name) or read(name), size)
        name = self.checkpoint.origin if self.checkpoint else origin or _own_name(tree.entry(0))
        checkpoint = Checkpoint(name, size, tree.root)
        for key in keys:
            checkpoint = checkpoint.signed(key)
        proof = Proof(leaves[-1], size - 1, tuple(inclusion_proof(size - 1, size, tree.subtree)), checkpoint)
        return Addition(leaves[-1], files, checkpoint, proof)

    def last_proof(self) -> Proof:
        """The proof of the last leaf under this log's head. Raises `LogDamaged`; there has to be a head."""
        if self.checkpoint is None:
            raise LogDamaged(file=CHECKPOINT, found="∅", expected=CHECKPOINT)
        tree, last = self.tree, self.size - 1
        hashes = inclusion_proof(last, self.size, tree.subtree)
        return Proof(tree.entry(last), last, tuple(hashes), self.checkpoint)

    def announce(self, addition: Addition) -> None:
        """Write down what is about to be added, before anything of it can be seen."""
        write_text(self.folder / NEXT, addition.proof.text)

    def add(self, addition: Addition) -> Journal:
        """Write the tiles, then the checkpoint; the ledger has the line already."""
        write_tiles(self.folder, dict(addition.files))
        write_text(self.folder / CHECKPOINT, addition.checkpoint.text)
        (self.folder / NEXT).unlink(missing_ok=True)
        return Journal(self.folder, addition.checkpoint)

    def put(self, checkpoint: Checkpoint) -> Journal:
        """The same head, with other signatures under it."""
        write_text(self.folder / CHECKPOINT, checkpoint.text)
        return Journal(self.folder, checkpoint)

    def settled(self, lines: Sequence[str]) -> Journal:
        """This log once what a process that died had announced is added, when the ledger has its line.

        Raises `LogDamaged` when ledger and log cannot both be right.
        """
        if self.folder.is_dir():
            sweep(self.folder)
        announced = self._announced()
        if announced is None:
            return self
        for folder in [item for item in self.folder.rglob("*") if item.is_dir()]:
            sweep(folder)
        if len(lines) <= announced.index or announced.index < self.size or not announced.holds:
            (self.folder / NEXT).unlink()
            return self
        leaves = [line.encode() for line in lines[self.size : announced.index]] + [announced.leaf]
        if not is_leaf_of(announced.leaf, lines[announced.index]):
            (self.folder / NEXT).unlink()
            return self
        addition = self.addition(leaves, (), announced.checkpoint.origin)
        if addition.checkpoint.root != announced.checkpoint.root:
            raise LogDamaged(
                file=NEXT, found=addition.checkpoint.root.hex()[:12], expected=announced.checkpoint.root.hex()[:12]
            )
        return self.add(Addition(addition.leaf, addition.files, announced.checkpoint, announced))

    def _announced(self) -> Proof | None:
        try:
            text = read_plain(self.folder / NEXT, LARGEST_NOTE).decode("utf-8")
            return Proof.parse(text, NEXT)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, NoteUnreadable):
            (self.folder / NEXT).unlink(missing_ok=True)
            return None

    def check_lines(self, lines: Sequence[str]) -> None:
        """The ledger has a line for each leaf and no other, but for a log that never began. Raises `LogDamaged`."""
        if self.checkpoint is not None and len(lines) != self.size:
            found = Said(f"{len(lines)} lignes au registre", f"{len(lines)} lines in the ledger")
            raise LogDamaged(file=CHECKPOINT, found=found, expected=str(self.size))


def leaf_of(line: str, circumstances: Mapping[str, str]) -> bytes:
    """The leaf of a ledger's line, with what is known of the event beyond it."""
    entry = json.loads(line)
    event = {name: value for name, value in circumstances.items() if value}
    if not event:
        return line.encode()
    return json.dumps({**event, **entry}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_leaf_of(leaf: bytes, line: str) -> bool:
    """Whether a leaf is that of a ledger's line: the same, but for what leaves add to releases."""
    if leaf == line.encode():
        return True
    try:
        event, entry = json.loads(leaf), json.loads(line)
    except ValueError:
        return False
    if not isinstance(event, dict) or entry.get("event") != "published":
        return False
    added = {name: event[name] for name in CIRCUMSTANCES if name in event and name not in entry}
    return leaf_of(line, added) == leaf


def signing_key_of(checkpoint: Checkpoint | None, entries: Sequence[Mapping[str, Any]]) -> str | None:
    """The fingerprint of the key that signs a log, as far as its events show; none for one that nobody signs."""
    if checkpoint is None or not checkpoint.signatures:
        return None
    for entry in reversed(entries):
        if entry.get("act") == "rotated":
            return fingerprint(entry["new"])
        if entry["event"] == "published" and entry["signer"] != "none":
            return str(entry["signer"])
    return "?"


def _own_name(first: bytes) -> str:
    """The name of a log that nobody named: that of its first leaf."""
    return f"arobase.invalid/{sha256_bytes(first)[:16]}"


def log_beside(releases: Path) -> Path:
    """Where the log of the folder `releases` is: beside it."""
    return releases.parent / FOLDER


def folder_reader(folder: Path) -> Read:
    """How the files of a log in a folder are read: plain ones of a bounded size. Raises `LogDamaged` for others."""

    def read(name: str) -> bytes | None:
        try:
            return read_plain(folder / name, LARGEST_TILE)
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            return None
        except (NotPlain, TooLarge) as error:
            raise LogDamaged(file=name, found=type(error).__name__, expected=Said("un fichier", "a file")) from None

    return read


def read_checkpoint(read: Read, name: str) -> Checkpoint | None:
    """A checkpoint, none when it is not there. Raises `NoteUnreadable`."""
    data = read(name)
    if data is None:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteUnreadable(file=f"{FOLDER}/{name}", found=Said("octets", "bytes"), expected="UTF-8") from None
    return Checkpoint.parse(text, f"{FOLDER}/{name}")
