"""Verdicts as rejections: the judge's errors, each at the place of its record in the source.

A rejection carries a value only where the field is public; Frictionless' own message quotes values, so for other fields
it is replaced by the rule's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.errors import Mender
from pipelines.records.rejections import Rejection, Stage
from pipelines.schema import Privacy, TableSchema
from pipelines.validation import Verdict
from pipelines.validation.verdict import ROW

FRENCH = {
    "type-error": "n'a pas la forme attendue (type « {type} »)",
    "constraint-error": "ne respecte pas les contraintes du champ ({constraints})",
    "primary-key": "la clé primaire est vide ou déjà prise par une autre ligne",
    "unique-error": "la valeur est déjà prise par une autre ligne",
    "foreign-key": "la ligne à laquelle celle-ci renvoie n'existe pas ou a été refusée",
    "blank-row": "la ligne est vide",
    "extra-cell": "la ligne a plus de cellules que l'en-tête",
    "missing-cell": "la ligne a moins de cellules que l'en-tête",
}


def refusals(verdict: Verdict, schema: TableSchema, *, table: str, stage: Stage) -> Iterator[Rejection]:
    """Every error of every rejected row, in the judge's order.

    `verdict` is of a table with the reserved columns. An incoming record is its publisher's to mend; a row that passed
    on the way in and is refused on the way out is the mapping's, unless it says the same key twice.
    """
    places = _places(verdict)
    for error in verdict.errors.to_pylist():
        place = places.get(error["row"])
        if place is None:
            continue
        public = error["field"] is None or _is_public(schema, error["field"])
        shown = error["cell"] if public and error["field"] else None
        yield Rejection(
            source=place["_source"],
            snapshot=place["_snapshot"],
            part=place["_part"],
            position=place["_position"],
            table=table,
            champ=error["field"],
            valeur=shown,
            regle=error["rule"],
            message=_french(error["rule"], error["field"], shown, schema),
            message_en=error["message"] if public else f'The value of "{error["field"]}" is refused ({error["rule"]}).',
            a_corriger_par=_mender(error["rule"], stage).value,
            etape=stage,
        )


def _places(verdict: Verdict) -> dict[int, dict[str, Any]]:
    rejected = verdict.rejected
    if rejected is None:
        return {}
    lines = rejected.select([ROW, "_source", "_snapshot", "_part", "_position"]).to_pylist()
    return {line[ROW]: line for line in lines}


def _is_public(schema: TableSchema, name: str) -> bool:
    return name in schema.names and schema[name].privacy is Privacy.PUBLIC


def _mender(rule: str, stage: Stage) -> Mender:
    return (
        Mender.SOURCE if stage == "entree" or rule in ("primary-key", "unique-error", "foreign-key") else Mender.MAPPING
    )


def _french(rule: str, field: str | None, shown: str | None, schema: TableSchema) -> str:
    facts = {"type": "", "constraints": ""}
    if field is not None and field in schema.names:
        item = schema[field]
        facts["type"] = item.type
        facts["constraints"] = ", ".join(
            _constraint(name, value) for name, value in item.descriptor.get("constraints", {}).items()
        )
    what = FRENCH.get(rule, f"est refusé par la règle « {rule} »").format(**facts)
    subject = f"« {shown} »" if shown else "la valeur"
    return (
        f"{field} : {subject} {what}."
        if rule in ("type-error", "constraint-error")
        else f"{what[:1].upper()}{what[1:]}."
    )


def _constraint(name: str, value: object) -> str:
    if isinstance(value, list) and len(value) > 6:
        return f"{name} : {', '.join(map(str, value[:6]))}… ({len(value)} valeurs)"
    return f"{name} : {', '.join(map(str, value)) if isinstance(value, list) else value}"
