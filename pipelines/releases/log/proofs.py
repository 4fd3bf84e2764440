"""Proofs that a log contains an event, kept beside what the event is about and checked far from the log.

Belongs here: the file format, and checking one. Does not: whom to trust (`policy.py`). Source: C2SP `tlog-proof`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from pipelines.core.text import Said
from pipelines.releases.errors import NoteUnreadable
from pipelines.releases.log.merkle import HASH_BYTES, is_included, leaf_hash
from pipelines.releases.log.notes import Checkpoint, decoded, is_size

HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_PROOF = 63


@dataclass(frozen=True)
class Proof:
    """That entry number `index` is in the log that `checkpoint` heads. `leaf`: the entry, as the proof carries it."""

    leaf: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    @property
    def holds(self) -> bool:
        """Whether the hashes lead from the leaf to the checkpoint's root. The signatures are another matter."""
        head = self.checkpoint
        return is_included(self.index, head.size, leaf_hash(self.leaf), self.hashes, head.root)

    @property
    def text(self) -> str:
        """The proof as it is written. The leaf is in the line for extra data."""
        lines = [HEADER, f"extra {_encoded(self.leaf)}", f"index {self.index}", *map(_encoded, self.hashes)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.checkpoint.text}"

    def under(self, checkpoint: Checkpoint) -> Proof:
        """The same proof, with a checkpoint of the same head that has other signatures."""
        return replace(self, checkpoint=checkpoint)

    @classmethod
    def parse(cls, text: str, place: str) -> Proof:
        """Raises `NoteUnreadable`."""
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or len(lines) < 3 or lines[0] != HEADER:
            raise NoteUnreadable(file=place, found=ascii(lines[0][:60]), expected=HEADER)
        kinds = [line.partition(" ") for line in lines[1:3]]
        if [kind for kind, _, _ in kinds] != ["extra", "index"] or not is_size(kinds[1][2]):
            raise NoteUnreadable(file=place, found=ascii(lines[1][:60]), expected="extra, index")
        hashes = tuple(decoded(line, place) for line in lines[3:])
        if len(hashes) > LONGEST_PROOF or any(len(item) != HASH_BYTES for item in hashes):
            expected = Said(f"au plus {LONGEST_PROOF} empreintes", f"at most {LONGEST_PROOF} hashes")
            raise NoteUnreadable(file=place, found=str(len(hashes)), expected=expected)
        found = cls(decoded(kinds[0][2], place), int(kinds[1][2]), hashes, Checkpoint.parse(note, place))
        if found.text != text:
            raise NoteUnreadable(file=place, found=Said("une autre forme", "another form"), expected=HEADER)
        return found


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
