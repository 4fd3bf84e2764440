"""Records validated by the schema that their publisher declares, before anything of ours validates them.

Belongs here: which records that schema refuses, and what is reported. Does not: fetching it (`sources/declared.py`).

Only cells that are still as the publisher wrote them are validated: those of CSV and TSV files. Columns that the schema
does not know pass; columns that it knows and the file lacks are reported.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.errors import PARTIES, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Language, Said
from pipelines.mapping.rejections import Rejection
from pipelines.pipeline.refusals import refusals
from pipelines.schema import TableSchema
from pipelines.schema.reserved import RESERVED
from pipelines.sources import Part, Snapshot, SnapshotStore, Source
from pipelines.sources.declared import REJECT, way
from pipelines.storage.spool import filtered
from pipelines.validation import CannotValidate, validate
from pipelines.validation.errors import SchemaUnusable
from pipelines.validation.result import ROW

AS_WRITTEN = ("csv", "tsv")
FIRST = 2  # Frictionless counts the header as row 1.
STATES = {
    "unknown": Said("inconnu du catalogue de schémas", "not in the catalogue of schemas"),
    "absent": Said("n'est pas à son adresse", "not at its address"),
    "not-a-table-schema": Said("n'est pas un Table Schema", "no Table Schema"),
    "not-the-answer": Said("une autre réponse est à son adresse", "another answer is at its address"),
    "address-refused": Said("son adresse n'est pas de celles que l'on demande", "its address is none that is asked"),
    "not-authorised": Said("son adresse demande une autorisation", "its address asks for an authorisation"),
}
SEVERAL_COLUMNS = ("columns", "othercolumns")


@dataclass(frozen=True)
class AsDeclared:
    """The records that go on, the rejections of the others, and what is recorded of the schema (empty without one)."""

    records: pa.Table
    rejections: list[Rejection] = field(default_factory=list)
    recorded: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[Said] = field(default_factory=list)


def validated_as_declared(
    project: Project,
    source: Source,
    part: Part,
    snapshot: Snapshot,
    records: pa.Table,
    *,
    incoming: TableSchema | None,
    unquoted: Collection[str] = (),
) -> AsDeclared:
    """The records of a part under its publisher's schema. `incoming` says which fields are public; None: no
    rejection is made, errors are only reported. `unquoted`: public fields whose values none quotes all the same.

    A schema by which nothing can be validated is reported and refuses nothing.
    """
    recorded = dict(snapshot.fetch.get("schema") or {})
    digest = snapshot.fetch.get("evidence", {}).get("schema")
    if not recorded:
        return AsDeclared(records)
    name = str(recorded.get("name") or recorded.get("url") or digest)
    place = f"{part.name}: {name}: "
    if digest is None or part.format not in AS_WRITTEN:
        state = str(recorded.get("state"))
        known_state = STATES.get(state, Said(state, state))
        format_told = Said(f"format {part.format}, non validé", f"format {part.format}, not validated")
        reason = Said(f"{known_state.fr} [{state}]", f"{known_state.en} [{state}]") if digest is None else format_told
        return AsDeclared(records, recorded=recorded, warnings=[_at(place, reason)])
    path = SnapshotStore.of(project).objects.path(digest)
    document = json.loads(path.read_text(encoding="utf-8"))
    names = [item["name"] for item in document["fields"]]
    columns, wrong = set(records.column_names), _wrong_names(names)
    known = [] if wrong else [one for one in names if one in columns]
    absent = ", ".join(str(one) for one in names if one not in columns)
    lacks = Said(f"colonnes absentes : {absent}", f"columns absent: {absent}")
    warnings = [_at(place, wrong or lacks)] if wrong or absent else []
    if not known:
        return AsDeclared(records, recorded=recorded, warnings=warnings)
    usable, unusable = _reduced(document, known)
    warnings += [_at(place, item) for item in unusable]
    try:
        validated = records.select([*known, *RESERVED])
        validation = validate(validated, usable, name=f"{source.name}/{part.name}", sample=None)
    except CannotValidate as error:
        return AsDeclared(records, recorded=recorded, warnings=[*warnings, _at(place, _reason(error))])
    warnings += [_at(place, item) for item in validation.warnings]
    recorded |= {"refused": validation.rejected_rows, "errors": validation.error_count}
    if validation.error_count:
        count = f"{validation.rejected_rows}/{records.num_rows}"
        warnings.append(_at(place, Said(f"{count} écartés", f"{count} rejected")))
    if incoming is None or way(source) != REJECT or validation.rejected is None:
        return AsDeclared(records, recorded=recorded, warnings=warnings)
    rows = pa.array(np.arange(FIRST, FIRST + records.num_rows))
    passed = pc.invert(pc.is_in(rows, value_set=validation.rejected.column(ROW).cast(pa.int64()).combine_chunks()))
    refused = list(refusals(validation, incoming, table=f"publie/{name}", stage="entree", hidden=unquoted))
    return AsDeclared(filtered(records, passed), refused, recorded, warnings)


def _at(place: str, text: Said) -> Said:
    return Said(f"{place.replace(': ', ' : ')}{text.fr}", f"{place}{text.en}")


def _wrong_names(names: list[Any]) -> Said | None:
    """Why the names of fields cannot be those of columns, if so."""
    if not all(isinstance(name, str) for name in names):
        return Said("un champ dont le nom n'est pas un texte", "a field whose name is no text")
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        return Said(f"deux champs du nom « {repeated} »", f'two fields named "{repeated}"')
    return None


def _reason(error: CannotValidate) -> Said:
    """The validator's reason and who can fix it: a schema that cannot be used is its publisher's, not ours."""
    who = PARTIES[ResponsibleParty.SOURCE if isinstance(error, SchemaUnusable) else error.responsible]
    return Said(*(f"{error.message(language)} → {who[language]} [{error.code}]" for language in get_args(Language)))


def _reduced(document: Mapping[str, Any], known: list[str]) -> tuple[dict[str, Any], list[Said]]:
    """The schema over the columns that are there, and what of it cannot be used.

    Keys over other columns are left out, and references, whose tables are not given.
    """
    left = ("foreignKeys", "primaryKey", "custom_checks")
    kept = {key: value for key, value in document.items() if key not in left}
    kept["fields"] = [item for item in document["fields"] if item["name"] in known]
    key, unusable = document.get("primaryKey"), list[Said]()
    names = [key] if isinstance(key, str) else key or []
    if not _is_texts(names):
        unusable.append(Said("clé primaire mal écrite, non appliquée", "primary key badly written, not applied"))
    elif names and set(names) <= set(known):
        kept["primaryKey"] = names
    given = document.get("custom_checks") or []
    checks = [item for item in given if _is_check(item)] if isinstance(given, list) else []
    if checks != given:
        warning = Said("contrôles mal écrits, non appliqués", "checks badly written, not applied")
        unusable.append(Said(f"{warning.fr} (custom_checks)", f"{warning.en} (custom_checks)"))
    return kept | ({"custom_checks": checks} if checks else {}), unusable


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_check(item: Any) -> bool:
    """A name, and parameters that are texts, or lists of texts where several columns are named."""
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return False
    params = item.get("params") or {}
    return isinstance(params, dict) and all(
        _is_texts(value) if name in SEVERAL_COLUMNS else isinstance(value, str | bool) for name, value in params.items()
    )
