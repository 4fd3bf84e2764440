"""The list of known weaknesses that is kept beside the locks, and how pinned versions are compared with it.

The list is made of the Python Packaging Advisory Database (CC BY 4.0), of which it keeps, by package, the identifier of
each advisory and the ranges of versions that are affected. It has the date of the database and the pins that were
locked when it was made: so that a pin that is newer than the list is told, without asking what day it is.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).resolve().parent / "advisories.json"
LOCKS = (ROOT / "requirements.lock", ROOT / "requirements-test.lock")
SOURCE = "Python Packaging Advisory Database (CC BY 4.0)"
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)

Range = tuple[str, str, str]
"""From a version on ("0": from the first), to one, and whether that one is "fixed" or the "last" affected; "" and ""
where there is no end."""


def pinned(lock: Path) -> dict[str, str]:
    """The packages that a lock pins, by their normal names, with their versions."""
    return {normal(name): version for name, version in PIN.findall(lock.read_text(encoding="utf-8"))}


def normal(name: str) -> str:
    """A package's name as PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Advisories:
    """Advisories by package, each with its identifier and its ranges; `pins` as they were when the list was made."""

    date: str
    commit: str
    by_package: Mapping[str, Mapping[str, Sequence[Range]]]
    pins: Mapping[str, Mapping[str, str]]

    @property
    def number(self) -> int:
        return sum(map(len, self.by_package.values()))

    @classmethod
    def read(cls, path: Path) -> Advisories:
        document = json.loads(path.read_text(encoding="utf-8"))
        by_package = {
            name: {identifier: [(one[0], one[1], one[2]) for one in ranges] for identifier, ranges in items.items()}
            for name, items in document["advisories"].items()
        }
        return cls(document["date"], document["commit"], by_package, document["pins"])

    def write(self, path: Path, locks: Sequence[Path]) -> None:
        """Write the list, a package a line, with the pins of today's locks."""
        pins = {lock.name: pinned(lock) for lock in locks}
        head = {"source": SOURCE, "date": self.date, "commit": self.commit, "pins": pins}
        lines = [f" {json.dumps(name)}: {json.dumps(items)}" for name, items in sorted(self.by_package.items())]
        body = json.dumps(head, indent=1)[:-2]
        path.write_text(f'{body},\n "advisories": {{\n' + ",\n".join(lines) + "\n }\n}\n", encoding="utf-8")

    def against(self, pins: Mapping[str, str], lock: str) -> Iterator[str]:
        """A line for each pinned version that an advisory affects."""
        for name, version in pins.items():
            for identifier, ranges in self.by_package.get(name, {}).items():
                if any(is_within(version, one) for one in ranges):
                    yield f"{lock}: {name} {version}: {identifier}"

    def changed_since(self, locks: Sequence[Path]) -> list[str]:
        """The pins that were not locked, or not at this version, when the list was made."""
        found = []
        for lock in locks:
            before = self.pins.get(lock.name, {})
            found += [f"{name} {version}" for name, version in pinned(lock).items() if before.get(name) != version]
        return sorted(set(found))


def is_within(version: str, affected: Range) -> bool:
    """Whether a version is in a range; one that is no version of PEP 440 is taken to do so."""
    first, end, kind = affected
    try:
        found = Version(version)
        if first != "0" and found < Version(first):
            return False
        if not kind:
            return True
        return found < Version(end) if kind == "fixed" else found <= Version(end)
    except InvalidVersion:
        return True


def read_database(folder: Path) -> Advisories:
    """The advisories of a checkout of the database, bare or not. Withdrawn ones are left out."""
    git = ["git", "-C", str(folder)]
    commit, date = _run([*git, "log", "-1", "--format=%H %cs"]).split()
    names = _run([*git, "ls-tree", "-r", "--name-only", "HEAD", "vulns"]).split("\n")
    paths = [name for name in names if name.endswith((".yaml", ".yml"))]
    asked = "".join(f"HEAD:{name}\n" for name in paths).encode()
    answer = subprocess.run([*git, "cat-file", "--batch"], input=asked, capture_output=True, check=True).stdout
    found: dict[str, dict[str, list[Range]]] = {}
    for document in _documents(answer):
        for affected in () if document.get("withdrawn") else document.get("affected", ()):
            ranges = [one for item in affected.get("ranges", ()) for one in _ranges(item)]
            if ranges:
                name = normal(affected["package"]["name"])
                found.setdefault(name, {})[document["id"]] = ranges
    return Advisories(date, commit, found, {})


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _documents(answer: bytes) -> Iterator[dict[str, Any]]:
    """The files of `git cat-file --batch`: a line with the size, the bytes, a line end."""
    place = 0
    while place < len(answer):
        end = answer.index(b"\n", place)
        size = int(answer[place:end].split()[-1])
        yield yaml.load(answer[end + 1 : end + 1 + size], yaml.CSafeLoader)
        place = end + 1 + size + 1


def _ranges(item: Mapping[str, Any]) -> Iterator[Range]:
    """The ranges of one item: events in order, where each "introduced" begins one."""
    if item["type"] != "ECOSYSTEM":
        return
    first = ""
    for event in item["events"]:
        if "introduced" in event:
            first = event["introduced"]
        elif first and "fixed" in event:
            yield first, event["fixed"], "fixed"
            first = ""
        elif first and "last_affected" in event:
            yield first, event["last_affected"], "last"
            first = ""
    if first:
        yield first, "", ""
