"""Dossiers of Démarche numérique: what is read and kept of one, how a form drifts.

Belongs here: the shapes of that interface, without the network. Does not: asking (`connectors/demarche.py`), joining
changed dossiers with the rest (`merging.py`), reading champs as columns (`formats/demarche.py`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Decoder, Encoder, decode

from pipelines.sources.descriptions import Source

# What an organisation that applies is known by; its directors, its address and its history are dropped.
COMPANY = ("siren", "raisonSociale", "formeJuridiqueCode", "etatAdministratif")
# The flat list that repeats `rows`, and the copy of every value that a table of the platform's own shows.
TWICE = ("champs", "columns")
FileKept = Callable[[Mapping[str, Any]], str]


class Company(Struct, rename="camel"):
    """What is read of an organisation."""

    siren: str | None = None
    raison_sociale: str | None = None
    forme_juridique_code: str | None = None
    etat_administratif: str | None = None


class Applicant(Struct, rename="camel"):
    """Who applies: of a person nothing is read; of an organisation its SIRET and what `Company` has."""

    siret: str | UnsetType | None = UNSET
    siren: str | UnsetType = UNSET
    raison_sociale: str | UnsetType = UNSET
    forme_juridique_code: str | UnsetType = UNSET
    etat_administratif: str | UnsetType = UNSET
    entreprise: Company | UnsetType | None = UNSET

    def flat(self) -> Applicant | UnsetType:
        """The organisation in one level, `UNSET` for who has no SIRET."""
        if not self.siret:
            return UNSET
        company = self.entreprise or Company()
        return Applicant(
            self.siret,
            company.siren or UNSET,
            company.raison_sociale or UNSET,
            company.forme_juridique_code or UNSET,
            company.etat_administratif or UNSET,
        )


class Dossier(Struct, rename="camel", kw_only=True):
    """What is read of a dossier. Everything else that one holds (e-mail addresses, names, messages) is passed over.

    `champs` and `annotations` are slices of the page's own text: there are a million of them in a large form, and most
    are kept as they came. The number and the last change are before them: `merging.py` finds a line by both.
    """

    id: str | UnsetType | None = UNSET
    number: int
    archived: bool | UnsetType | None = UNSET
    state: str | UnsetType | None = UNSET
    date_depot: str | UnsetType | None = UNSET
    date_passage_en_construction: str | UnsetType | None = UNSET
    date_passage_en_instruction: str | UnsetType | None = UNSET
    date_traitement: str | UnsetType | None = UNSET
    date_derniere_modification: str
    demarche: Any = UNSET
    demandeur: Applicant | UnsetType | None = UNSET
    champs: Raw | UnsetType = UNSET
    annotations: Raw | UnsetType = UNSET


class Establishment(Struct):
    """The shape of an organisation that a champ names."""

    entreprise: dict[str, Any] | None = None


class Row(Struct):
    """The shape of a row of a repetition."""

    champs: list[Cut] | None = None


class Cut(Struct):
    """The members of a champ that are not kept as they came: addresses that expire, companies, rows, copies."""

    files: list[dict[str, Any]] | UnsetType | None = UNSET
    etablissement: Establishment | UnsetType | None = UNSET
    rows: list[Row] | UnsetType | None = UNSET
    champs: Any = UNSET
    columns: Any = UNSET


_cuts = Decoder(list[Cut] | None)
_encode = Encoder().encode
NOTHING_TO_CUT = Cut()


def kept_dossier(dossier: Dossier, keep_file: FileKept | None = None) -> Dossier:
    """The same dossier with what may be kept of it; changed in place.

    Raises `ValueError`, which gives the place and no value, for champs of another shape, their rows' included.
    """
    if dossier.demandeur is not UNSET:
        dossier.demandeur = dossier.demandeur.flat() if dossier.demandeur else UNSET
    dossier.champs = _kept_champs(dossier.champs, keep_file)
    dossier.annotations = _kept_champs(dossier.annotations, keep_file)
    return dossier


def _kept_champs(champs: Raw | UnsetType, keep_file: FileKept | None) -> Raw | UnsetType:
    """The champs as they came when nothing in them is to be cut and they fit on a line; else written again."""
    found = None if champs is UNSET else _cuts.decode(champs)
    if champs is UNSET or not found:
        return UNSET
    text = bytes(champs)
    # Between two members a line break is allowed; inside a text JSON has it escaped.
    if all(champ == NOTHING_TO_CUT for champ in found) and b"\n" not in text and b"\r" not in text:
        return champs
    return Raw(_encode([_kept_champ(champ, keep_file) for champ in decode(champs)]))


def _kept_champ(champ: dict[str, Any], keep_file: FileKept | None) -> dict[str, Any]:
    """A champ without what is never read; changed in place."""
    for key in TWICE:
        champ.pop(key, None)
    if champ.get("files"):
        champ["files"] = [_kept_file(file, keep_file) for file in champ["files"]]
    if champ.get("etablissement"):
        company = champ["etablissement"].get("entreprise") or {}
        known = {key: company[key] for key in COMPANY if company.get(key)}
        champ["etablissement"] = {"siret": champ["etablissement"].get("siret")} | known
    if champ.get("rows"):
        champ["rows"] = [
            {"id": row.get("id"), "champs": [_kept_champ(item, keep_file) for item in row.get("champs") or ()]}
            for row in champ["rows"]
        ]
    return champ


def _kept_file(file: Mapping[str, Any], keep_file: FileKept | None) -> dict[str, Any]:
    """A file without its address, which expires; with its digest when it was fetched."""
    facts = {key: file.get(key) for key in ("filename", "contentType", "checksum", "byteSize")}
    return facts | ({"sha256": keep_file(file)} if keep_file else {})


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


class PageInfo(Struct, rename="camel"):
    """Whether there is more after a page, and from where."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Dossiers(Struct, rename="camel"):
    """A page of dossiers."""

    nodes: list[Dossier]
    page_info: PageInfo


class _Demarche(Struct):
    dossiers: Dossiers


class _Data(Struct):
    demarche: _Demarche


class _Document(Struct):
    data: _Data
    errors: Any = None


_documents = Decoder(_Document)


def dossiers_of(body: bytes) -> Dossiers:
    """The dossiers of an answer. Raises `ValueError`, which says where and what, never a value."""
    body.decode("utf-8")
    document = _documents.decode(body)
    if document.errors:
        raise ValueError("errors")
    return document.data.demarche.dossiers
