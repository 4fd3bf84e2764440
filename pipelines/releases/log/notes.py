"""Signed notes and checkpoints: a short text, and who signed it.

Belongs here: the format of notes, of keys in it, of checkpoints and of cosignatures. Does not: deciding whom to trust.
Source: C2SP `signed-note`, `tlog-checkpoint`, `tlog-cosignature` (Ed25519, types 0x01 and 0x04).
"""

from __future__ import annotations

import base64
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from pipelines.core.text import Said
from pipelines.releases import exact_base64
from pipelines.releases.errors import NoteUnreadable
from pipelines.releases.log.merkle import HASH_BYTES

ED25519, COSIGNATURE = 0x01, 0x04
KEY_BYTES, SIGNATURE_BYTES, TIME_BYTES, ID_BYTES = 32, 64, 8, 4
DASH = "— "
LARGEST_NOTE = 1 << 20
LARGEST_TIME = (1 << 63) - 1


class Signer(Protocol):
    """Anyone who can make raw Ed25519 signatures."""

    @property
    def public_bytes(self) -> bytes: ...

    def sign_raw(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class NoteKey:
    """A public key as notes name it. `kind`: 0x01 signs notes, 0x04 cosigns checkpoints at a time."""

    name: str
    kind: int
    public: bytes

    @property
    def identifier(self) -> bytes:
        """The four bytes that are before a signature of this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """The verifier key (`vkey`): name, identifier, kind and key."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.identifier.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> NoteKey:
        """From a `vkey`. Raises `NoteUnreadable`."""
        name, _, rest = text.strip().partition("+")
        identifier, _, encoded = rest.partition("+")
        material = decoded(encoded, text[:80])
        if not is_key_name(name) or len(material) != 1 + KEY_BYTES or material[0] not in (ED25519, COSIGNATURE):
            raise NoteUnreadable(file=text[:80], found=Said("autre chose", "something else"), expected=VKEY)
        key = cls(name, material[0], material[1:])
        if key.identifier.hex() != identifier:
            raise NoteUnreadable(file=text[:80], found=identifier, expected=key.identifier.hex())
        return key


VKEY = Said("une clé de vérification Ed25519 (nom+empreinte+clé)", "an Ed25519 verifier key (name+identifier+key)")


@dataclass(frozen=True)
class NoteSignature:
    """One line of signature: the name, the four bytes of the key, the rest."""

    name: str
    identifier: bytes
    raw: bytes

    @property
    def line(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.identifier + self.raw).decode()}\n"


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: its origin, its size, its root, and the signatures under them; none when it is not signed."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def body(self) -> str:
        """The text that is signed."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)

    @property
    def text(self) -> str:
        """The note as it is written."""
        return f"{self.body}\n{''.join(item.line for item in self.signatures)}"

    def signed(self, key: Signer) -> Checkpoint:
        """With the log's own signature added; the key's name is the origin."""
        named = NoteKey(self.origin, ED25519, key.public_bytes)
        return self._with(NoteSignature(named.name, named.identifier, key.sign_raw(self.body.encode())))

    def cosigned(self, key: Signer, name: str, time: int) -> Checkpoint:
        """With the cosignature of the witness `name` at `time` (seconds since 1970)."""
        named = NoteKey(name, COSIGNATURE, key.public_bytes)
        raw = struct.pack(">Q", time) + key.sign_raw(_cosigned_part(self.body, time))
        return self._with(NoteSignature(named.name, named.identifier, raw))

    def joined(self, signatures: Sequence[NoteSignature]) -> Checkpoint:
        """With these signatures too; one of the same key takes the place of the one that was there."""
        found = self
        for item in signatures:
            found = found._with(item)
        return found

    def _with(self, item: NoteSignature) -> Checkpoint:
        same = (item.name, item.identifier)
        others = tuple(one for one in self.signatures if (one.name, one.identifier) != same)
        return replace(self, signatures=(*others, item))

    @classmethod
    def parse(cls, text: str, place: str) -> Checkpoint:
        """From a note; one without signatures is read too. `place`: for errors. Raises `NoteUnreadable`."""
        body, signatures = parse_note(text, place)
        lines = body.split("\n")[:-1]
        if len(lines) < 3 or not all(lines):
            raise NoteUnreadable(file=place, found=f"{len(lines)}", expected=CHECKPOINT)
        size, root = lines[1], decoded(lines[2], place)
        if not is_size(size) or len(root) != HASH_BYTES:
            raise NoteUnreadable(file=place, found=f"{size[:30]} {lines[2][:50]}", expected=CHECKPOINT)
        return cls(lines[0], int(size), root, tuple(lines[3:]), signatures)


CHECKPOINT = Said("origine, taille, racine, chacune sur sa ligne", "origin, size, root, each on a line of its own")


def parse_note(text: str, place: str) -> tuple[str, tuple[NoteSignature, ...]]:
    """The body of a note and its signatures. Raises `NoteUnreadable`."""
    body, blank, signed = text.rpartition("\n\n")
    body += "\n"
    controls = any(sign < " " and sign != "\n" for sign in text)
    if not blank or controls or len(text) > LARGEST_NOTE or (signed and not signed.endswith("\n")):
        raise NoteUnreadable(file=place, found=Said("une autre forme", "another form"), expected=NOTE)
    return body, tuple(_signature(line, place) for line in signed.split("\n")[:-1])


NOTE = Said("un texte, une ligne vide, des signatures", "a text, a blank line, signatures")


def parse_signatures(text: str, place: str) -> tuple[NoteSignature, ...]:
    """Lines of signatures, as a witness answers them. Raises `NoteUnreadable`."""
    if not text.endswith("\n"):
        raise NoteUnreadable(file=place, found=ascii(text[-20:]), expected=NOTE)
    return tuple(_signature(line, place) for line in text.split("\n")[:-1])


def _signature(line: str, place: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    data = decoded(encoded, place)
    if not line.startswith(DASH) or not is_key_name(name) or len(data) <= ID_BYTES:
        raise NoteUnreadable(file=place, found=ascii(line[:60]), expected=NOTE)
    return NoteSignature(name, data[:ID_BYTES], data[ID_BYTES:])


def signed_by(checkpoint: Checkpoint, key: NoteKey) -> bool | None:
    """Whether `key` signed it: true, false when a signature of that name and identifier is wrong, none without any."""
    found = [item for item in checkpoint.signatures if (item.name, item.identifier) == (key.name, key.identifier)]
    if not found:
        return None
    return all(_is_right(checkpoint.body, item, key) for item in found)


def cosigned_at(checkpoint: Checkpoint, key: NoteKey) -> int | None:
    """When the witness `key` cosigned it, in seconds since 1970; none when it did not, or wrongly."""
    for item in checkpoint.signatures:
        if (item.name, item.identifier) == (key.name, key.identifier) and _is_right(checkpoint.body, item, key):
            return int(struct.unpack(">Q", item.raw[:TIME_BYTES])[0])
    return None


def _is_right(body: str, item: NoteSignature, key: NoteKey) -> bool:
    message, raw = body.encode(), item.raw
    if key.kind == COSIGNATURE:
        if len(raw) != TIME_BYTES + SIGNATURE_BYTES:
            return False
        (time,) = struct.unpack(">Q", raw[:TIME_BYTES])
        if time > LARGEST_TIME:
            return False
        message, raw = _cosigned_part(body, time), raw[TIME_BYTES:]
    return is_signature(key.public, raw, message)


def _cosigned_part(body: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def is_signature(public: bytes, raw: bytes, message: bytes) -> bool:
    """Whether `raw` is the Ed25519 signature of `message` by the key `public` (32 bytes)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def is_key_name(name: str) -> bool:
    """Whether notes accept this name of a key: not empty, no space of any alphabet, no plus, no control character."""
    if not name or "+" in name:
        return False
    return not any(sign.isspace() or unicodedata.category(sign) == "Cc" for sign in name)


def is_size(text: str) -> bool:
    """Whether this is a decimal number with no leading zero."""
    return text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0")) and len(text) < 20


def decoded(text: str, place: str) -> bytes:
    """The bytes of a text in base64, in the form in which they are written. Raises `NoteUnreadable`."""
    try:
        return exact_base64.decode(text)
    except ValueError:
        raise NoteUnreadable(file=place, found=ascii(text[:60]), expected="base64") from None
