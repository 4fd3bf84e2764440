"""Lines of `allowed_signers` as OpenSSH reads them: principals, options, a key.

Belongs here: one line. Does not: whom a line trusts (`allowed_signers.py`). A line that OpenSSH finds malformed is
passed over, as there. Source: `sshsig.c`, `auth-options.c`, `misc.c` of OpenSSH 9.2; its functions are named beside
ours.
"""

from __future__ import annotations

import calendar
import re
import struct
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.releases import exact_base64

BLANKS = " \t"
WHITESPACE = " \t\r\n"
ED25519 = "ssh-ed25519"
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


@dataclass(frozen=True)
class Allowed:
    """One line: who it is about, the key, and what the key may do. Times are seconds since 1970."""

    principals: str
    key: bytes
    is_authority: bool = False
    namespaces: str | None = None
    valid_after: int | None = None
    valid_before: int | None = None


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
    key = read_key(rest)
    if key is not None:
        return Allowed(principals, key[0])
    end = _past_options(rest)
    if end is None or end >= len(rest):
        return None
    key = read_key(rest[end + 1 :].lstrip(BLANKS))
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


def read_key(text: str) -> tuple[bytes, str] | None:
    """The key at the start of a text, and what follows it, as `sshkey_read`; none when there is none."""
    kind, blank, rest = _cut(text.lstrip(BLANKS))
    if kind not in TYPES or not blank:
        return None
    encoded, _, after = _cut(rest.lstrip(BLANKS))
    try:
        blob = exact_base64.decode(re.sub(r"\s", "", encoded))
        (length,) = struct.unpack_from(">I", blob)
    except (ValueError, struct.error):
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
            option, place = value
            parsed = option if name == "namespaces" else absolute_time(option)
            if not parsed and name != "namespaces":
                return None
            found[OPTIONS[name]] = parsed
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
