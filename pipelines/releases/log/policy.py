"""Policies: which logs and which witnesses an auditor trusts, and how many of them have to agree.

Belongs here: reading a policy file, and counting. Does not: fetching anything. Source: C2SP `tlog-policy`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases.errors import NoteUnreadable, PolicyUnreadable
from pipelines.releases.log.notes import COSIGNATURE, ED25519, Checkpoint, NoteKey, cosigned_at

LARGEST = 1 << 20
NONE = "none"


@dataclass(frozen=True)
class Witness:
    """Somebody who cosigns checkpoints. `place`: the address, or the folder, where what they saw last can be read."""

    name: str
    key: NoteKey
    place: str = ""


@dataclass(frozen=True)
class Group:
    """At least `threshold` of these members, each the name of a witness or of another group."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What a policy file says."""

    logs: tuple[NoteKey, ...] = ()
    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def is_met(self, cosigned: Collection[str], name: str | None = None) -> bool:
        """Whether the witnesses named in `cosigned` make the quorum."""
        wanted = self.quorum if name is None else name
        if wanted == NONE:
            return True
        if wanted in self.witnesses:
            return wanted in cosigned
        group = self.groups[wanted]
        return sum(self.is_met(cosigned, member) for member in group.members) >= group.threshold

    def cosigners(self, checkpoint: Checkpoint) -> dict[str, int]:
        """The witnesses that cosigned a checkpoint, by name, each with the time, in seconds since 1970."""
        found = {name: cosigned_at(checkpoint, item.key) for name, item in self.witnesses.items()}
        return {name: time for name, time in found.items() if time is not None}


def load_policy(path: Path) -> Policy:
    """Read a policy file. Raises `PolicyUnreadable`, which names the line."""
    try:
        data = path.read_bytes()
    except OSError:
        expected = Said("un fichier lisible", "a readable file")
        raise PolicyUnreadable(file=path.name, line=0, found="∅", expected=expected) from None
    allowed = {9, 10, *range(0x20, 0x7F), *range(0x80, 0x100)}
    if len(data) > LARGEST or not set(data) <= allowed:
        expected = Said("du texte, sans autre caractère de contrôle", "text, with no other control character")
        raise PolicyUnreadable(file=path.name, line=0, found=str(len(data)), expected=expected)
    return _Reading(path.name).of(data.decode("utf-8", "surrogateescape"))


class _Reading:
    """A policy file as it is read, line by line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 0
        self.logs: list[NoteKey] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.members: set[str] = set()
        self.quorum: str | None = None

    def of(self, text: str) -> Policy:
        kinds = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        for number, line in enumerate(text.split("\n"), start=1):
            self.line = number
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if not words or words[0].startswith("#"):
                continue
            if words[0] not in kinds:
                raise self._error(words[0], ", ".join(kinds))
            kinds[words[0]](words[1:])
        if self.quorum is None:
            raise self._error("∅", "quorum NAME")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)

    def _log(self, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise self._error(" ".join(words), "log VKEY [URL]")
        key = self._key(words[0], ED25519)
        if key.public in {item.public for item in self.logs}:
            raise self._error(words[0], TWICE)
        self.logs.append(key)

    def _witness(self, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise self._error(" ".join(words), "witness NAME VKEY [URL]")
        key = self._key(words[1], COSIGNATURE)
        if key.public in {item.key.public for item in self.witnesses.values()}:
            raise self._error(words[1], TWICE)
        self.witnesses[self._new(words[0])] = Witness(words[0], key, words[2] if len(words) == 3 else "")

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise self._error(" ".join(words), "group NAME all|any|K NAME…")
        name, threshold, members = words[0], words[1], words[2:]
        for member in members:
            self._known(member)
            if member in self.members:
                raise self._error(member, TWICE)
            self.members.add(member)
        wanted = {"all": len(members), "any": 1}.get(threshold, int(threshold) if threshold.isdecimal() else 0)
        if not 1 <= wanted <= len(members):
            raise self._error(threshold, f"all, any, 1–{len(members)}")
        self.groups[self._new(name)] = Group(wanted, tuple(members))

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1 or self.quorum is not None:
            raise self._error(" ".join(words), Said("une seule ligne « quorum NOM »", "one line “quorum NAME”"))
        if words[0] != NONE:
            self._known(words[0])
        self.quorum = words[0]

    def _new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise self._error(name, Said("un nom qui ne sert pas encore", "a name that is not used yet"))
        return name

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            known = ", ".join([*self.witnesses, *self.groups]) or "∅"
            raise self._error(name, Said(f"un nom défini plus haut ({known})", f"a name defined above ({known})"))

    def _key(self, text: str, kind: int) -> NoteKey:
        try:
            key = NoteKey.parse(text)
        except NoteUnreadable as error:
            raise self._error(ascii(text[:60]), error.facts["expected"]) from None
        if key.kind != kind:
            raise self._error(f"0x{key.kind:02x}", f"0x{kind:02x}")
        return key

    def _error(self, found: str, expected: str | Said) -> PolicyUnreadable:
        return PolicyUnreadable(file=self.file, line=self.line, found=ascii(found[:80])[1:-1], expected=expected)


TWICE = Said("chacun une seule fois", "each only once")
