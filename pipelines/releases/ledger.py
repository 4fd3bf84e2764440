"""The ledger: one line for each event (release, refusal, retraction, key), each naming the hash of the line before it.

Belongs here: the lines and their chain. Does not: deciding what is released, nor signing (`log/`, where each line is a
leaf). A line about a release is a function of that release alone, so that a process that dies between the two leaves
nothing that the next one cannot complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from pipelines.core.text import Said
from pipelines.releases.errors import LedgerBroken
from pipelines.storage import sha256_bytes, write_bytes
from pipelines.storage.plain import NotPlain, TooLarge, read_plain

START = "0" * 64
ABOUT_PACKAGES = ("published", "refused", "retracted", "reason-withdrawn")
EVENTS = (*ABOUT_PACKAGES, "key")
LARGEST_LEDGER = 1 << 28
LONGEST_LINE = 0xFFFF - 256  # a leaf of the log contains the line, and the circumstances of a release


@dataclass(frozen=True)
class Ledger:
    """The lines of a ledger, checked as a chain when they were read."""

    path: Path
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path, place: str | None = None) -> Ledger:
        """The ledger in `path`; empty when there is none. `place`: where it came from, for errors, when not from there.

        Raises `LedgerBroken`.
        """
        name = place or path.name
        try:
            data = read_plain(path, LARGEST_LEDGER)
            text = data.decode("utf-8")
        except FileNotFoundError:
            return cls(path, ())
        except (NotPlain, TooLarge) as error:
            wanted = Said("un fichier", "a file")
            raise LedgerBroken(place=name, line=0, found=type(error).__name__, expected=wanted) from None
        except UnicodeDecodeError as error:
            at = data[: error.start].count(b"\n") + 1
            raise LedgerBroken(place=name, line=at, found=Said("octets", "bytes"), expected="UTF-8") from None
        before, known = _LAST.parsed
        if data == before:
            return known.at(path)
        lines = text.split("\n")
        if lines.pop():
            cut = Said("ligne coupée", "cut line")
            raise LedgerBroken(place=name, line=len(lines) + 1, found=cut, expected="LF")
        head = START
        entries = []
        for number, line in enumerate(lines, start=1):
            entry = _parsed(line, number, name)
            if entry.get("seq") != number - 1 or entry.get("previous") != head:
                found = f"seq {entry.get('seq')}, previous {str(entry.get('previous'))[:12]}"
                expected = f"seq {number - 1}, previous {head[:12]}"
                raise LedgerBroken(place=name, line=number, found=found, expected=expected)
            head = sha256_bytes(line.encode())
            entries.append(entry)
        ledger = cls(path, tuple(lines))
        vars(ledger)["entries"] = entries  # as `entries` would find them, without parsing every line again
        _LAST.parsed = data, ledger
        return ledger

    def at(self, path: Path) -> Ledger:
        """The same lines, already parsed, in another file."""
        same = Ledger(path, self.lines)
        vars(same)["entries"] = self.entries
        vars(same)["_by_package"] = self._by_package
        return same

    @property
    def head(self) -> str:
        """The hash of the last line: what a witness notes to know later that nothing before it was altered."""
        return sha256_bytes(self.lines[-1].encode()) if self.lines else START

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.lines]

    @cached_property
    def _by_package(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for entry in self.entries:
            if entry["event"] in ABOUT_PACKAGES:
                found.setdefault(entry["package"], []).append(entry)
        return found

    @property
    def about_packages(self) -> list[dict[str, Any]]:
        """The entries about packages, oldest first."""
        return [item for item in self.entries if item["event"] in ABOUT_PACKAGES]

    @property
    def packages(self) -> list[str]:
        """The packages that some line is about, in alphabetical order."""
        return sorted(self._by_package)

    def of(self, package: str, event: str | None = None) -> list[dict[str, Any]]:
        """The entries of one package, oldest first, of one kind when `event` is given."""
        return [item for item in self._by_package.get(package, []) if event in (None, item["event"])]

    @property
    def keys(self) -> list[dict[str, Any]]:
        """The entries about keys, oldest first."""
        return [item for item in self.entries if item["event"] == "key"]

    def next_line(self, event: str, facts: Mapping[str, Any]) -> str:
        """The line that would follow the last one."""
        return _line_of({"seq": len(self.lines), "previous": self.head, "event": event, **facts})

    def append(self, lines: Sequence[str]) -> Ledger:
        """The ledger with these lines after its own, written as one atomic replacement of its file.

        Raises `LedgerBroken` for a line that does not follow the one before it.
        """
        added: list[tuple[str, dict[str, Any]]] = []
        head = self.head
        for line in lines:
            number = len(self.lines) + len(added)
            entry = _parsed(line, number + 1, self.path.name)
            if (entry["seq"], entry["previous"]) != (number, head):
                found, expected = f"seq {entry['seq']}", f"seq {number}"
                raise LedgerBroken(place=self.path.name, line=number + 1, found=found, expected=expected)
            added.append((line, entry))
            head = sha256_bytes(line.encode())
        grown = Ledger(self.path, (*self.lines, *(line for line, _ in added)))
        vars(grown)["entries"] = [*self.entries, *(entry for _, entry in added)]
        data = "".join(f"{line}\n" for line in grown.lines).encode()
        write_bytes(self.path, data)
        _LAST.parsed = data, grown
        return grown


class _Last:
    """The ledger that was parsed last: it is read several times a publication, and is the same most times."""

    def __init__(self) -> None:
        self.parsed = (b"", Ledger(Path(), ()))


_LAST = _Last()


def _parsed(line: str, number: int, file: str) -> dict[str, Any]:
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        raise LedgerBroken(place=file, line=number, found=repr(line[:60]), expected="JSON") from None
    if isinstance(entry, dict) and isinstance(entry.get("event"), str) and entry["event"] not in EVENTS:
        named = ascii(entry["event"][:40])[1:-1]
        newer = Said(
            f"événement « {named} », inconnu ici ; peut-être écrit par un code plus récent : mettez Arobase à jour",
            f'event "{named}", unknown here; the code that wrote it may be newer: update Arobase',
        )
        raise LedgerBroken(place=file, line=number, found=newer, expected=", ".join(EVENTS))
    is_known = isinstance(entry, dict) and entry.get("event") in EVENTS and len(line) <= LONGEST_LINE
    if not is_known or not (entry["event"] == "key" or isinstance(entry.get("package"), str)):
        raise LedgerBroken(place=file, line=number, found=repr(line[:60]), expected=", ".join(EVENTS))
    if not _is_as_written(line, entry):
        expected = Said("JSON tel qu'Arobase l'écrit", "JSON as Arobase writes it")
        raise LedgerBroken(place=file, line=number, found=repr(line[:60]), expected=expected)
    found: dict[str, Any] = entry
    return found


def _is_as_written(line: str, entry: Mapping[str, Any]) -> bool:
    """Whether a line is the one text of what it says: its hash is in the next line, and the last one has no next."""
    if msgspec.json.encode(entry, order="sorted").decode() == line:  # a tenth of the time of the other
        return True
    return _line_of(entry) == line


def _line_of(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def ledger_beside(releases: Path) -> Path:
    """Where the ledger of the folder `releases` is: beside it."""
    return releases.parent / "ledger.jsonl"
