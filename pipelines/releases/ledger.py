"""The ledger: one line for each release, refusal and retraction, each naming the hash of the line before it.

Belongs here: the lines and their chain. Does not: deciding what is released. A line about a release is a function of
that release alone, so that a process that dies between the two leaves nothing that the next one cannot complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.releases.errors import LedgerBroken
from pipelines.storage import sha256_bytes, write_text

START = "0" * 64
EVENTS = ("published", "refused", "retracted")


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
        shown = place or path.name
        try:
            data = path.read_bytes() if path.exists() else b""
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            at = data[: error.start].count(b"\n") + 1
            raise LedgerBroken(place=shown, line=at, found=Said("octets", "bytes"), expected="UTF-8") from None
        lines = text.split("\n")
        if lines.pop():
            cut = Said("ligne coupée", "cut line")
            raise LedgerBroken(place=shown, line=len(lines) + 1, found=cut, expected="LF")
        head = START
        for number, line in enumerate(lines, start=1):
            entry = _parsed(line, number, shown)
            if entry.get("seq") != number - 1 or entry.get("previous") != head:
                found = f"seq {entry.get('seq')}, previous {str(entry.get('previous'))[:12]}"
                expected = f"seq {number - 1}, previous {head[:12]}"
                raise LedgerBroken(place=shown, line=number, found=found, expected=expected)
            head = sha256_bytes(line.encode())
        return cls(path, tuple(lines))

    @property
    def head(self) -> str:
        """The hash of the last line: what a witness notes to know later that nothing before it was altered."""
        return sha256_bytes(self.lines[-1].encode()) if self.lines else START

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def of(self, package: str, event: str | None = None) -> list[dict[str, Any]]:
        """The entries of one package, oldest first, of one kind when `event` is given."""
        return [item for item in self.entries if item["package"] == package and event in (None, item["event"])]

    def next_line(self, event: str, facts: Mapping[str, Any]) -> str:
        """The line that would follow the last one."""
        entry = {"seq": len(self.lines), "previous": self.head, "event": event, **facts}
        return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def append(self, lines: Sequence[str]) -> Ledger:
        """The ledger with these lines after its own, written as one atomic replacement of its file.

        Raises `LedgerBroken` for a line that does not follow the one before it.
        """
        grown = list(self.lines)
        head = self.head
        for line in lines:
            entry = _parsed(line, len(grown) + 1, self.path.name)
            if (entry["seq"], entry["previous"]) != (len(grown), head):
                found, expected = f"seq {entry['seq']}", f"seq {len(grown)}"
                raise LedgerBroken(place=self.path.name, line=len(grown) + 1, found=found, expected=expected)
            grown.append(line)
            head = sha256_bytes(line.encode())
        write_text(self.path, "".join(f"{line}\n" for line in grown))
        return Ledger(self.path, tuple(grown))


def _parsed(line: str, number: int, shown: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:
        raise LedgerBroken(place=shown, line=number, found=repr(line[:60]), expected="JSON") from None
    if not isinstance(entry, dict) or entry.get("event") not in EVENTS or not isinstance(entry.get("package"), str):
        raise LedgerBroken(place=shown, line=number, found=repr(line[:60]), expected=", ".join(EVENTS))
    return entry


def ledger_beside(releases: Path) -> Path:
    """Where the ledger of the folder `releases` lies: beside it."""
    return releases.parent / "ledger.jsonl"
