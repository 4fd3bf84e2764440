"""Dossiers of Démarche numérique as text columns: one row per dossier, or per row of a repetition.

`options.champs` names columns by the identifier of a form's field, which stays when its label changes. A champ's
canonical value is its column; what else it knows is beside it (`commune.nom`, `commune.departement`). A champ that
is hidden by a condition is absent: its columns are null. `stringValue` is never read where a typed value exists: dates
and numbers are French prose in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.documents import Unread, json_lines, tabulate
from pipelines.formats.json_values import faults_of, json_text
from pipelines.formats.registry import Records, reader
from pipelines.sources.dossiers import descriptor_of

FIELDS = {
    "numero": "number",
    "etat": "state",
    "archive": "archived",
    "date_depot": "dateDepot",
    "date_construction": "datePassageEnConstruction",
    "date_instruction": "datePassageEnInstruction",
    "date_traitement": "dateTraitement",
    "date_modification": "dateDerniereModification",
}
# What a champ holds, by the key that the API answers it under, whatever type it says to be: without a fragment in the
# query the platform calls a commune a text, a yes/no a checkbox and a moment a date.
PLAIN = ("date", "datetime", "checked", "selected", "integerNumber", "decimalNumber", "civilite", "iban", "filled")
CODED = ("commune", "epci", "region", "pays", "departement")
TYPED_TEXT = ("DateChamp", "DatetimeChamp", "DecimalNumberChamp", "IntegerNumberChamp", "CheckboxChamp", "YesNoChamp")
WRONG_SHAPE = (AttributeError, KeyError, TypeError)
"""What Python raises where a dossier has a text for an object, or lacks its number."""
PLACE = {"code": "cityCode", "code_postal": "postalCode", "nom": "cityName", "departement": "departmentCode"}


@reader("demarche")
def read_dossiers(content: Content) -> Records:
    """A position is the line of the dossier; with `options.repetition`, the number of the row among all rows.

    Raises `Damaged`, and what `Content.data` does. The facts name the champs that no column reads.
    """
    named = dict(content.options.get("champs", {}))
    repetition = content.options.get("repetition")
    unread: dict[str, str] = {}
    dossiers = json_lines(content, content.data)
    rows = (
        enumerate(_repeated(dossiers, repetition, named, unread), start=1)
        if repetition
        else ((line, _one(line, dossier, named, unread)) for line, dossier in dossiers)
    )
    records = tabulate(content, rows, "dossiers", {})
    return replace(records, facts={"unread": dict(sorted(unread.items()))})


def _one(line: int, dossier: Any, named: Mapping[str, str], unread: dict[str, str]) -> dict[str, Any] | Unread:
    """The row of a dossier; what is in its place where it cannot be read as it was written."""
    try:
        return _amiss(line, dossier) or _row(dossier, named, unread)
    except WRONG_SHAPE:
        return _of_another_shape(line)


def _amiss(line: int, dossier: Any) -> Unread | None:
    """What keeps a dossier from being read as written, if anything; no value of it."""
    for rule, member, found in faults_of(dossier):
        message = Said(
            f"Dossier de la ligne {line}, « {member} » : {found.fr} ; attendu : une valeur JSON.",
            f'Dossier on line {line}, "{member}": {found.en}; expected: a JSON value.',
        )
        return Unread(rule, message)
    return None


def _of_another_shape(line: int) -> Unread:
    message = Said(
        f"Dossier de la ligne {line} : une autre forme que celle de la plateforme ; attendu : number, champs.",
        f"Dossier on line {line}: another shape than the platform's; expected: number, champs.",
    )
    return Unread("dossier-illisible", message)


def _row(dossier: Mapping[str, Any], named: Mapping[str, str], unread: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: dossier.get(key) for name, key in FIELDS.items()}
    row["revision"] = ((dossier.get("demarche") or {}).get("revision") or {}).get("id")
    applicant = dossier.get("demandeur") or {}
    row |= {"demandeur_siret": applicant.get("siret"), "demandeur_nom": applicant.get("raisonSociale")}
    champs = [*dossier.get("champs", ()), *dossier.get("annotations", ())]
    return row | _columns(champs, named, unread)


def _repeated(
    dossiers: Iterable[tuple[int, Any]], repetition: str, named: Mapping[str, str], unread: dict[str, str]
) -> Iterator[dict[str, Any] | Unread]:
    """The rows of one repetition, each with its dossier's number and its rank from 1; a dossier that cannot be read
    stands for its rows."""
    for line, dossier in dossiers:
        try:
            amiss = _amiss(line, dossier)
            rows = [amiss] if amiss else list(_rows_of(dossier, repetition, named, unread))
        except WRONG_SHAPE:
            rows = [_of_another_shape(line)]
        yield from rows


def _rows_of(
    dossier: Mapping[str, Any], repetition: str, named: Mapping[str, str], unread: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for champ in dossier.get("champs", ()):
        if descriptor_of(champ) == repetition:
            for rank, row in enumerate(champ.get("rows") or (), start=1):
                known = {"numero": dossier["number"], "rang": rank, "ligne": row.get("id")}
                yield known | _columns(row.get("champs", ()), named, unread)


def _columns(champs: Iterable[Mapping[str, Any]], named: Mapping[str, str], unread: dict[str, str]) -> dict[str, Any]:
    by_descriptor = {descriptor_of(champ): champ for champ in champs}
    columns: dict[str, Any] = dict.fromkeys(named)
    for name, descriptor in named.items():
        if descriptor in by_descriptor:
            columns |= {f"{name}{suffix}": text for suffix, text in values(by_descriptor[descriptor]).items()}
    for descriptor, champ in by_descriptor.items():
        if descriptor not in named.values():
            unread.setdefault(descriptor, str(champ.get("label", "")))
    return columns


def values(champ: Mapping[str, Any]) -> dict[str, str | None]:
    """The texts of a champ: its canonical value under `""`, the rest under suffixes that start with a dot."""
    for read in (_place, _company, _choices, _attached):
        found = read(champ)
        if found is not None:
            return found
    for key in PLAIN:
        if key in champ:
            return {"": json_text(champ[key])}
    if champ.get("value") is not None:
        return {"": json_text(champ["value"]) or None}
    if champ.get("__typename") in TYPED_TEXT:
        return {"": None}
    return {"": champ.get("stringValue") or None}


def _place(champ: Mapping[str, Any]) -> dict[str, str | None] | None:
    if "address" in champ:
        # A free address leaves `address` null; what was typed is then only in the text.
        address = champ["address"] or {}
        label = address.get("label") or champ.get("stringValue") or None
        return {"": label} | {f".{name}": json_text(address.get(key)) for name, key in PLACE.items()}
    for key in CODED:
        if key in champ:
            found = champ[key] or {}
            more = {".nom": found.get("name")}
            if key == "commune":
                more[".code_postal"] = found.get("postalCode")
            if key in ("commune", "epci"):
                more[".departement"] = (champ.get("departement") or {}).get("code")
            return {"": found.get("code")} | more
    return None


def _company(champ: Mapping[str, Any]) -> dict[str, str | None] | None:
    if "etablissement" in champ:
        company = champ["etablissement"] or {}
        return {"": company.get("siret") or champ.get("stringValue") or None, ".nom": company.get("raisonSociale")}
    for key in ("rna", "rnf"):
        if key in champ:
            found = champ[key] or {}
            return {"": found.get("id") or champ.get("stringValue") or None, ".titre": found.get("title")}
    return None


def _choices(champ: Mapping[str, Any]) -> dict[str, str | None] | None:
    if "values" in champ:
        return {"": _listed(champ["values"])}
    if "primaryValue" in champ:
        return {"": champ["primaryValue"] or None, ".second": champ.get("secondaryValue") or None}
    return None


def _attached(champ: Mapping[str, Any]) -> dict[str, str | None] | None:
    for key in ("files", "geoAreas", "rows"):
        if key in champ:
            return {"": _listed(champ[key])}
    if "dossier" in champ:
        return {"": json_text((champ["dossier"] or {}).get("number"))}
    return None


def _listed(items: Any) -> str | None:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")) if items else None
