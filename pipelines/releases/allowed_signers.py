"""Files of trusted keys, read as OpenSSH reads `allowed_signers`: `ssh-keygen -Y verify` must say the same.

Belongs here: whom a file trusts, for what and when. Does not: reading a line (`openssh_lines.py`), patterns of names
(`openssh_patterns.py`), certificates (`openssh_certificates.py`), nor whether a signature is right (`signature.py`).
Source: `sshsig.c` of OpenSSH 9.2; its functions are named beside ours.
"""

from __future__ import annotations

import base64
import time as clock
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases.errors import KeyUnreadable
from pipelines.releases.openssh_certificates import NOBODY, certificate_refusal
from pipelines.releases.openssh_lines import Allowed, parse_lines, read_key
from pipelines.releases.openssh_patterns import match_list

PRINCIPAL = "arobase"
LARGEST = 1 << 20


@dataclass(frozen=True)
class Trust:
    """Whose signatures an auditor accepts.

    `principal`: the name that the signature has to be good for, as with `ssh-keygen -I`; none: any, for a bare public
    key. `at`: when the signature has to be good, in seconds since 1970, as with `ssh-keygen -O verify-time`.
    """

    lines: tuple[Allowed, ...]
    principal: str | None
    at: float

    @classmethod
    def of_keys(cls, keys: tuple[str, ...]) -> Trust:
        """Trust in public keys (`ssh-ed25519 AAAA…`), for ever and whatever they sign."""
        blobs = [base64.b64decode(key.split()[1]) for key in keys]
        return cls(tuple(Allowed("*", blob) for blob in blobs), None, 0)

    def refusal(self, blob: bytes, namespace: str) -> Said | None:
        """Why a signature by the key or certificate `blob` is not accepted; none when it is.

        As `sshsig_check_allowed_keys`: the first line that accepts it is enough.
        """
        why = NOBODY
        for line in self.lines:
            if self.principal is not None and match_list(self.principal, line.principals) != 1:
                continue
            refused = self._refusal(line, blob, namespace)
            if refused is None:
                return None
            why = refused if refused is not NOBODY else why
        return why

    def _refusal(self, line: Allowed, blob: bytes, namespace: str) -> Said | None:
        """As `check_allowed_keys_line`."""
        if line.is_authority:
            refused = certificate_refusal(blob, line.key, self.principal or PRINCIPAL, self.at)
            if refused is not None:
                return refused
        elif line.key != blob:
            return NOBODY
        if line.namespaces is not None and match_list(namespace, line.namespaces) != 1:
            return Said(f"la clé ne vaut pas pour « {namespace} »", f"the key is not good for “{namespace}”")
        if line.valid_after is not None and self.at < line.valid_after:
            return Said("la clé n'est pas encore valable", "the key is not valid yet")
        if line.valid_before is not None and self.at > line.valid_before:
            return Said("la clé a expiré", "the key has expired")
        return None


def load_trust(path: Path, *, principal: str = PRINCIPAL, at: float | None = None) -> Trust:
    """Read an `allowed_signers` file, or a public key. `at`: now by default. Raises `KeyUnreadable`."""
    expected = Said("une clé publique ou un fichier allowed_signers", "a public key or an allowed_signers file")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        raise KeyUnreadable(file=path.name, expected=expected) from None
    text = data.decode("utf-8", "surrogateescape")
    bare = _bare_keys(text)
    if bare:
        return Trust(tuple(Allowed("*", key) for key in bare), None, 0)
    lines = tuple(parse_lines(text))
    if len(data) > LARGEST or not lines:
        raise KeyUnreadable(file=path.name, expected=expected)
    return Trust(lines, principal, clock.time() if at is None else at)


def _bare_keys(text: str) -> list[bytes]:
    """The keys of a `.pub` file; none when a line is something else."""
    found = []
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            key = read_key(line)
            if key is None:
                return []
            found.append(key[0])
    return found
