"""Files of trusted keys, read as OpenSSH reads `allowed_signers`: `ssh-keygen -Y verify` must say the same.

Belongs here: principals, options, validity, authorities. Does not: whether a signature is right (`signature.py`).
Source: `sshsig.c`, `sshkey.c`, `auth-options.c`, `match.c`, `misc.c` of OpenSSH 9.2; its functions are named beside
ours. A line that OpenSSH finds malformed is passed over, as there: it trusts nobody.
"""

from __future__ import annotations

import base64
import binascii
import calendar
import re
import struct
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.text import Said
from pipelines.releases.errors import KeyUnreadable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization import SSHCertificate

PRINCIPAL = "arobase"
LARGEST = 1 << 20
BLANKS = " \t"
WHITESPACE = " \t\r\n"
PATTERN_BYTES = 1024
ED25519 = "ssh-ed25519"
CERTIFICATE = "ssh-ed25519-cert-v01@openssh.com"
TYPES = frozenset(
    {
        ED25519,
        "ssh-rsa",
        "ssh-dss",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    }
)
TYPES |= {f"{name.removesuffix('@openssh.com')}-cert-v01@openssh.com" for name in TYPES}
NOBODY = Said("aucune ligne ne lui fait confiance", "no line trusts it")


@dataclass(frozen=True)
class Allowed:
    """One line: who it is about, the key, and what the key may do. Times are seconds since 1970."""

    principals: str
    key: bytes
    is_authority: bool = False
    namespaces: str | None = None
    valid_after: int | None = None
    valid_before: int | None = None


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
            key = _read_key(line)
            if key is None:
                return []
            found.append(key[0])
    return found


def parse_lines(text: str) -> Iterator[Allowed]:
    """The lines that OpenSSH would understand."""
    for line in text.split("\n"):
        found = parse_line(line)
        if found is not None:
            yield found


def parse_line(line: str) -> Allowed | None:
    """One line, as `parse_principals_key_and_options`; none for a comment, a blank, or what OpenSSH calls invalid."""
    rest = line.partition("\0")[0].lstrip(WHITESPACE)
    if not rest or rest.startswith("#"):
        return None
    cut = _first_word(rest)
    if cut is None:
        return None
    principals, rest = cut
    key = _read_key(rest)
    if key is not None:
        return Allowed(principals, key[0])
    end = _past_options(rest)
    if end is None or end >= len(rest):
        return None
    key = _read_key(rest[end + 1 :].lstrip(BLANKS))
    options = _options(rest[:end])
    if key is None or options is None:
        return None
    return Allowed(principals, key[0], **options)  # type: ignore[arg-type]  # the names are those of the fields


def _first_word(text: str) -> tuple[str, str] | None:
    """The first word and what follows it, as `strdelimw`: quotes hold spaces. None when nothing follows."""
    for place, sign in enumerate(text):
        if sign in WHITESPACE:
            return text[:place], text[place:].lstrip(WHITESPACE)
        if sign == '"':
            end = text.find('"', place + 1)
            return None if end < 0 else (text[:place] + text[place + 1 : end], text[end + 1 :].lstrip(WHITESPACE))
    return None


def _read_key(text: str) -> tuple[bytes, str] | None:
    """The key at the start of a text, and what follows it, as `sshkey_read`; none when there is none."""
    kind, blank, rest = _cut(text.lstrip(BLANKS))
    if kind not in TYPES or not blank:
        return None
    encoded, _, after = _cut(rest.lstrip(BLANKS))
    try:
        blob = base64.b64decode(re.sub(r"\s", "", encoded), validate=True)
        (length,) = struct.unpack_from(">I", blob)
    except (binascii.Error, ValueError, struct.error):
        return None
    if blob[4 : 4 + length] != kind.encode() or not _is_whole(blob, kind):
        return None
    return blob, after


def _is_whole(blob: bytes, kind: str) -> bool:
    """Whether a key of ours has the length that it must have; others are only compared."""
    return kind != ED25519 or len(blob) == 4 + len(ED25519) + 4 + 32


def _cut(text: str) -> tuple[str, str, str]:
    for place, sign in enumerate(text):
        if sign in BLANKS:
            return text[:place], sign, text[place + 1 :]
    return text, "", ""


def _past_options(text: str) -> int | None:
    """Where options end, as `sshkey_advance_past_options`; none when a quote is left open."""
    quoted, place = False, 0
    while place < len(text) and (quoted or text[place] not in BLANKS):
        if text[place : place + 2] == '\\"':
            place += 1
        elif text[place] == '"':
            quoted = not quoted
        place += 1
    return None if quoted else place


def _options(text: str) -> dict[str, object] | None:
    """What options say, as `sshsigopt_parse`; none when one is unknown or wrong."""
    found: dict[str, object] = {}
    place = 0
    while place < len(text):
        if text[place:].lower().startswith("cert-authority"):
            found["is_authority"] = True
            place += len("cert-authority")
        else:
            name = next((item for item in OPTIONS if text[place:].lower().startswith(f"{item}=")), None)
            value = None if name is None else _dequoted(text, place + len(name) + 1)
            if name is None or value is None or OPTIONS[name] in found:
                return None
            said, place = value
            told = said if name == "namespaces" else absolute_time(said)
            if not told and name != "namespaces":
                return None
            found[OPTIONS[name]] = told
        if place == len(text):
            break
        if text[place] != "," or place + 1 == len(text):
            return None
        place += 1
    after, before = found.get("valid_after"), found.get("valid_before")
    if isinstance(after, int) and isinstance(before, int) and before <= after:
        return None
    return found


OPTIONS = {"namespaces": "namespaces", "valid-after": "valid_after", "valid-before": "valid_before"}


def _dequoted(text: str, place: int) -> tuple[str, int] | None:
    """A quoted value and where it ends, as `opt_dequote`."""
    if text[place : place + 1] != '"':
        return None
    place += 1
    found = ""
    while place < len(text) and text[place] != '"':
        if text[place : place + 2] == '\\"':
            place += 1
        found += text[place]
        place += 1
    return (found, place + 1) if place < len(text) else None


def absolute_time(text: str) -> int | None:
    """Seconds since 1970 of `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, as `parse_absolute_time`; none for others.

    In the zone of this machine, standard time, unless `Z` or `UTC` follows.
    """
    is_utc = False
    for suffix in ("Z", "UTC"):
        if not is_utc and len(text) > len(suffix) and text.upper().endswith(suffix):
            text, is_utc = text[: -len(suffix)], True
    if len(text) not in (8, 12, 14):
        return None
    pieces = [text[:4], *(text[place : place + 2] for place in range(4, len(text), 2))]
    if not all(re.fullmatch(r" *[0-9]+", piece) for piece in pieces):
        return None
    numbers = [int(piece) for piece in pieces]
    most = (9999, 12, 31, 23, 59, 61)
    least = (0, 1, 1, 0, 0, 0)
    for number, low, high in zip(numbers, least, most, strict=False):
        if not low <= number <= high:
            return None
    year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
    try:
        if is_utc:
            found = calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))
        else:
            found = int(clock.mktime((year, month, day, hour, minute, second, 0, 0, 0)))
    except (ValueError, OverflowError):
        return None
    return found if found >= 0 else None


def match_list(text: str, patterns: str) -> int:
    """1 when a pattern of the list fits, -1 when one after a `!` does, 0 else, as `match_pattern_list`."""
    found = 0
    for piece in patterns.split(","):
        negated, pattern = piece.startswith("!"), piece.removeprefix("!")
        if len(pattern) >= PATTERN_BYTES - 1:
            return 0
        if match(text, pattern):
            if negated:
                return -1
            found = 1
    return found


def match(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern of `*` and `?`, as `match_pattern`, in time linear in each star."""
    place = mark = 0
    star = -1
    at = 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("*")


def certificate_refusal(blob: bytes, authority: bytes, principal: str, at: float) -> Said | None:
    """Why a certificate is not good, or is not this authority's; none when it is. As `sshkey_cert_check_authority`."""
    from cryptography.hazmat.primitives.serialization import SSHCertificateType

    found = _certificate(blob, authority)
    if found is None:
        return NOBODY
    refusals = {
        Said("le certificat n'est pas celui d'une personne", "the certificate is not a user's"): (
            found.type is not SSHCertificateType.USER
        ),
        Said("le certificat n'est pas encore valable", "the certificate is not valid yet"): at < found.valid_after,
        Said("le certificat a expiré", "the certificate has expired"): at >= found.valid_before,
        Said("le certificat n'est pas à ce nom", "the certificate is not in this name"): (
            principal.encode() not in found.valid_principals
        ),
    }
    return next((why for why, is_so in refusals.items() if is_so), None)


def _certificate(blob: bytes, authority: bytes) -> SSHCertificate | None:
    """The certificate in `blob` when this authority signed it."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        SSHCertificate,
        load_ssh_public_identity,
    )

    line = f"{CERTIFICATE} {base64.b64encode(blob).decode()}".encode()
    try:
        found = load_ssh_public_identity(line)
        if not isinstance(found, SSHCertificate):
            return None
        signer = found.signature_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        found.verify_cert_signature()
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return None
    return found if base64.b64decode(signer.split()[1]) == authority else None
