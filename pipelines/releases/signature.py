"""Signatures in the SSH format (SSHSIG), made and checked with no `ssh` installed.

Belongs here: keys, the bytes of a signature. Does not: deciding what is signed (`bag.py`, `ledger.py`).
Source: PROTOCOL.sshsig of OpenSSH; auditors check with `ssh-keygen -Y verify`. Ed25519 only: its signatures are a
function of the key and of the message, so the same release has the same signature.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.settings import SIGNING_KEY, SIGNING_KEY_FILE, folder_of, value_of
from pipelines.core.text import Said
from pipelines.releases import exact_base64
from pipelines.releases.errors import KeyExists, KeyUnreadable
from pipelines.releases.openssh_certificates import CERTIFICATE
from pipelines.releases.openssh_lines import ED25519

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAMESPACE = "arobase-release"
KEY_FILE = SIGNING_KEY_FILE.name
MAGIC = b"SSHSIG"
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


@dataclass(frozen=True)
class SigningKey:
    """A private key. Its `repr` never shows it."""

    _private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.fingerprint})"

    @property
    def public_line(self) -> str:
        """The public key as OpenSSH writes it, without a comment."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public_line)

    @property
    def public_bytes(self) -> bytes:
        """The 32 bytes of the public key, as signed notes have it."""
        return self._private.public_key().public_bytes_raw()

    def sign_raw(self, message: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature of `message`, as signed notes have it."""
        return self._private.sign(message)

    def sign(self, message: bytes, namespace: str = NAMESPACE) -> str:
        """The armoured signature of `message`, ready to be written as a `.sig` file."""
        public = base64.b64decode(self.public_line.split()[1])
        raw = self._private.sign(_signed_part(message, namespace))
        blob = MAGIC + struct.pack(">I", 1) + _string(public) + _string(namespace.encode()) + _string(b"")
        blob += _string(b"sha512") + _string(_string(b"ssh-ed25519") + _string(raw))
        return _armoured(blob)


def load_key(path: Path) -> SigningKey:
    """Read an OpenSSH private key file, Ed25519, without a passphrase. Raises `KeyUnreadable`."""
    try:
        return _parse_key(path.read_bytes(), path.name)
    except OSError:
        raise KeyUnreadable(file=path.name, expected=Said("un fichier lisible", "a readable file")) from None


def key_of_environment(environment: Mapping[str, str] | None = None) -> SigningKey | None:
    """The key in AROBASE_SIGNING_KEY, else in the file that AROBASE_SIGNING_KEY_FILE names, else none.

    Called by front doors only. Raises `KeyUnreadable`.
    """
    text = value_of(SIGNING_KEY, environment).text
    if text:
        return _parse_key(text.encode() + b"\n", SIGNING_KEY.name, or_else=SIGNING_KEY_FILE.name)
    path = folder_of(SIGNING_KEY_FILE, environment)
    return load_key(path) if path else None


def _parse_key(data: bytes, file: str, or_else: str = "") -> SigningKey:
    """`or_else`: the setting that takes a file's path, where this is a setting that takes the key itself."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    expected = Said(
        "clé privée OpenSSH Ed25519 sans phrase secrète", "an OpenSSH Ed25519 private key with no passphrase"
    )
    if or_else:
        expected = Said(
            f"le texte d'une {expected.fr} ; pour un fichier, son chemin dans {or_else}",
            f"the text of {expected.en}; for a file, its path in {or_else}",
        )
    try:
        private = load_ssh_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnreadable(file=file, expected=expected) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnreadable(file=file, expected=expected)
    return SigningKey(private)


def new_key(path: Path) -> SigningKey:
    """Make a key: `path` (private, mode 0600) and `path`.pub, both or neither. Raises `KeyExists`, `OSError`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.generate()
    public = path.with_name(path.name + ".pub")
    path.parent.mkdir(parents=True, exist_ok=True)
    if public.exists():  # the public half of a key that is kept elsewhere
        raise KeyExists(file=public.name)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyExists(file=path.name) from None
    key = SigningKey(private)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        public.write_text(key.public_line + "\n", encoding="ascii")
    except BaseException:  # half a key signs nothing, and would keep its name from being taken again
        path.unlink()
        public.unlink(missing_ok=True)
        raise
    return key


def trusted_keys(path: Path) -> tuple[str, ...]:
    """The public keys (`type base64`) of a `.pub` or `allowed_signers` file. Raises `KeyUnreadable`."""
    expected = Said("une clé publique ssh-ed25519", "an ssh-ed25519 public key")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise KeyUnreadable(file=path.name, expected=expected) from None
    found = []
    for line in lines:
        words = line.split()
        if "ssh-ed25519" in words[:-1] and not line.startswith("#"):
            found.append(f"ssh-ed25519 {words[words.index('ssh-ed25519') + 1]}")
    if not found:
        raise KeyUnreadable(file=path.name, expected=expected)
    return tuple(found)


def fingerprint(public_line: str) -> str:
    """The fingerprint of a public key, as `ssh-keygen -l` prints it; of any text that is not one, the same of it."""
    try:
        blob = base64.b64decode(public_line.split()[1], validate=True)
    except (IndexError, ValueError):
        blob = public_line.encode()
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def fingerprint_of(blob: bytes) -> str:
    """The fingerprint of a key, or of the key in a certificate, as OpenSSH encodes them."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(plain_key(blob)).digest()).decode().rstrip("=")


def signer(message: bytes, armoured: str) -> str | None:
    """The public key that made this signature of `message`, or none when it is not a good signature of it."""
    blob = signing_blob(message, armoured)
    if blob is None:
        return None
    return f"{ED25519} {base64.b64encode(plain_key(blob)).decode()}"


def signing_blob(message: bytes, armoured: str, namespace: str = NAMESPACE) -> bytes | None:
    """The key, or the certificate, that made this signature, as OpenSSH encodes it; none when it is not a good one."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        blob, raw, algorithm = _parse_signature(armoured, namespace)
        public = _strings(plain_key(blob))[1]
        Ed25519PublicKey.from_public_bytes(public).verify(raw, _signed_part(message, namespace, algorithm))
    except (ValueError, IndexError, struct.error, InvalidSignature):
        return None
    return blob


def plain_key(blob: bytes) -> bytes:
    """The key itself of a key or of a certificate. Raises `ValueError`, `struct.error` for neither."""
    (length,) = struct.unpack_from(">I", blob)
    kind = blob[4 : 4 + length]
    if kind == ED25519.encode():
        return blob
    if kind != CERTIFICATE.encode():
        raise ValueError("another kind of key")
    place = 4 + length
    fields = []
    for _ in range(2):  # a number that makes the certificate unique, then the key
        (length,) = struct.unpack_from(">I", blob, place)
        fields.append(blob[place + 4 : place + 4 + length])
        place += 4 + length
    return _string(ED25519.encode()) + _string(fields[1])


def _parse_signature(armoured: str, namespace: str) -> tuple[bytes, bytes, str]:
    """The key or certificate, the raw signature, the hash. Raises `ValueError`, `struct.error`.

    Only as it is written here and by `ssh-keygen`: whatever else changed in the file, something changed it.
    """
    lines = armoured.split("\n")
    if len(lines) < 4 or lines[0] != BEGIN or lines[-2] != END:
        raise ValueError("not an SSH signature")
    blob = exact_base64.decode("".join(lines[1:-2]))
    if _armoured(blob) != armoured:
        raise ValueError("another form of an SSH signature")
    public, space, reserved, algorithm, signature = _strings(blob[len(MAGIC) + 4 :])
    kind, raw = _strings(signature)
    header = (blob[: len(MAGIC) + 4], space, reserved, kind)
    if header != (MAGIC + struct.pack(">I", 1), namespace.encode(), b"", ED25519.encode()):
        raise ValueError("another kind of signature")
    if algorithm not in (b"sha256", b"sha512"):
        raise ValueError("another kind of hash")
    return public, raw, algorithm.decode()


def _armoured(blob: bytes) -> str:
    """A signature as text, in the lines that `ssh-keygen` writes."""
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join([BEGIN, *lines, END, ""])


def _signed_part(message: bytes, namespace: str = NAMESPACE, algorithm: str = "sha512") -> bytes:
    parts = (namespace.encode(), b"", algorithm.encode(), hashlib.new(algorithm, message).digest())
    return MAGIC + b"".join(_string(part) for part in parts)


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _strings(data: bytes) -> list[bytes]:
    found, place = [], 0
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        if place + 4 + length > len(data):
            raise ValueError("a string is cut short")
        found.append(data[place + 4 : place + 4 + length])
        place += 4 + length
    return found
