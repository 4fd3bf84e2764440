"""Dossiers of Démarche numérique: what is kept of one, how changed ones join the rest, how a form drifts.

Belongs here: the shapes of that interface, without the network. Does not: asking (`connectors/demarche.py`), reading
champs as columns (`records/formats/demarche.py`).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.sources.descriptions import Source

# Everything else that a dossier holds (e-mail addresses, names, messages, files of the administration) is dropped.
KEPT = (
    "id",
    "number",
    "archived",
    "state",
    "dateDepot",
    "datePassageEnConstruction",
    "datePassageEnInstruction",
    "dateTraitement",
    "dateDerniereModification",
    "demarche",
)
NUMBER, MODIFIED = re.compile(rb'"number":(\d+)'), re.compile(rb'"dateDerniereModification":"([^"]+)"')
COMPANY = ("siren", "raisonSociale", "formeJuridiqueCode", "etatAdministratif")
NEVER_READ = ("champs", "updatedAt", "prefilled", "columns")
FileKept = Callable[[Mapping[str, Any]], str]


def kept_dossier(node: Mapping[str, Any], keep_file: FileKept | None = None) -> dict[str, Any]:
    """What is kept of a dossier: dates, state, champs; of an applicant only an organisation's SIRET and name.

    The champs of `node` are changed in place.
    """
    kept = {key: node[key] for key in KEPT if key in node}
    applicant = node.get("demandeur") or {}
    if applicant.get("siret"):
        company = applicant.get("entreprise") or {}
        kept["demandeur"] = {"siret": applicant["siret"]} | {key: company[key] for key in COMPANY if company.get(key)}
    for name in ("champs", "annotations"):
        if node.get(name):
            kept[name] = [_kept_champ(champ, keep_file) for champ in node[name]]
    return kept


def _kept_champ(champ: dict[str, Any], keep_file: FileKept | None) -> dict[str, Any]:
    """A champ without what is never read; changed in place, because there are a million of them in a large form."""
    for key in NEVER_READ:
        champ.pop(key, None)
    if champ.get("files"):
        champ["files"] = [_kept_file(file, keep_file) for file in champ["files"]]
    if champ.get("etablissement"):
        company = champ["etablissement"].get("entreprise") or {}
        known = {key: company[key] for key in COMPANY if company.get(key)}
        champ["etablissement"] = {"siret": champ["etablissement"].get("siret")} | known
    if champ.get("rows"):
        champ["rows"] = [
            {"id": row.get("id"), "champs": [_kept_champ(item, keep_file) for item in row.get("champs", ())]}
            for row in champ["rows"]
        ]
    return champ


def _kept_file(file: Mapping[str, Any], keep_file: FileKept | None) -> dict[str, Any]:
    """A file without its address, which expires; with its digest when it was fetched."""
    told = {key: file.get(key) for key in ("filename", "contentType", "checksum", "byteSize")}
    return told | ({"sha256": keep_file(file)} if keep_file else {})


def descriptor_of(champ: Mapping[str, Any]) -> str:
    """The identifier of a champ's descriptor; inside a repetition the champ's own has the row's added to it."""
    found = str(champ.get("champDescriptorId") or champ["id"])
    try:
        plain = base64.b64decode(found, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return found
    return base64.b64encode(plain.partition("|")[0].encode("utf-8")).decode("ascii") if "|" in plain else found


def form(revision: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a revision by identifier, those of repetitions included: `{"type": …, "label": …}`."""
    return {item["id"]: {"type": item["__typename"], "label": item["label"]} for item in _described(revision)}


def _described(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in holder.get("champDescriptors") or ():
        yield item
        yield from _described(item)


def drift(before: Mapping[str, Any] | None, now: Mapping[str, Any], source: Source) -> list[dict[str, str]]:
    """What changed in the form since `before`, and which fields that the YAML names are not in it any more."""
    found: list[dict[str, str]] = []
    old = now if before is None else before
    for key in sorted({*old, *now}):
        if key not in now:
            found.append({"champ": key, "what": "removed", "label": old[key]["label"]})
        elif key not in old:
            found.append({"champ": key, "what": "added", "label": now[key]["label"]})
        else:
            found += [
                {"champ": key, "what": what, "label": now[key]["label"], "was": old[key][name]}
                for name, what in (("type", "retyped"), ("label", "renamed"))
                if old[key][name] != now[key][name]
            ]
    named = {champ for part in source.parts for champ in part.options.get("champs", {}).values()}
    return found + [{"champ": champ, "what": "missing"} for champ in sorted(named - set(now))]


@lru_cache(maxsize=4096)
def instant(text: str) -> str:
    """An instant in UTC, so that two compare as text: the platform writes Paris time, summer and winter."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def _known_by(line: bytes) -> tuple[int, str]:
    """The number of a dossier that we wrote, and when it was modified: both stand before its champs."""
    number, modified = NUMBER.search(line), MODIFIED.search(line)
    if number is None or modified is None:
        raise ValueError("a line that kept_dossier did not write")
    return int(number[1]), instant(modified[1].decode("ascii"))


@dataclass
class Merged:
    """Dossiers of two files, the newest of each number: where each lies, and what was withdrawn."""

    files: tuple[Path, ...]
    places: dict[int, tuple[str, int, int]]
    withdrawn: list[dict[str, Any]]

    @classmethod
    def of(cls, base: Path | None, changes: Path, withdrawn: Iterable[Mapping[str, Any]]) -> Merged:
        """The dossiers of `base` (the last capture) and `changes`; later lines win where dates are equal.

        A dossier that a list of deletions names goes, unless it was modified after its deletion (it was restored).
        """
        files = tuple(path for path in (base, changes) if path is not None)
        places: dict[int, tuple[str, int, int]] = {}
        for which, path in enumerate(files):
            offset = 0
            with path.open("rb") as file:
                for line in file:
                    number, day = _known_by(line)
                    if number not in places or places[number][0] <= day:
                        places[number] = (day, which, offset)
                    offset += len(line)
        gone: dict[int, dict[str, Any]] = {}
        for item in withdrawn:
            number, day = int(item["number"]), instant(item["dateSupression"]) if item.get("dateSupression") else "9999"
            if number not in places or places[number][0] <= day:
                places.pop(number, None)
                told = {"number": number, "date": item.get("dateSupression"), "reason": item.get("reason")}
                gone[number] = told
        return cls(files, places, [gone[number] for number in sorted(gone)])

    def write(self, path: Path) -> None:
        """All of them, by number, as JSON Lines."""
        opened = [file.open("rb") for file in self.files]
        try:
            with path.open("wb") as out:
                reached = [0] * len(opened)
                for number in sorted(self.places):
                    _day, which, offset = self.places[number]
                    # A seek throws the read-ahead away: dossiers mostly stand in the order of their numbers already.
                    if reached[which] != offset:
                        opened[which].seek(offset)
                    line = opened[which].readline()
                    reached[which] = offset + len(line)
                    out.write(line)
        finally:
            for file in opened:
                file.close()
