"""Records, rows and gates of invented people, for the tests of this module."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from pipelines.privacy import AllowList, GateReport, PersonalValues, gate
from pipelines.privacy.sifting import passages

TABLE = "enquetes-publiques/essai"
RECORD = ("essai", "0" * 64, "formulaires", 1)

# Invented.
SOLENE = {
    "prenom": "Solène",
    "nom": "Quéméneur",
    "courriel": "solene.quemeneur@example.org",
    "telephone": "06 12 34 56 78",
    "adresse": "12 bis avenue des Lilas, 44000 Nantes",
    "code_postal": "44000",
    "ville": "Nantes",
    "date_naissance": "1970-05-01",
    "civilite": "Madame",
}


def rules_in(text: str) -> set[str]:
    """The rules that hold a text by its patterns."""
    return {passage.rule for passage in passages(text)}


def a_table(cells: Mapping[str, str | None], position: int = 1) -> pa.Table:
    """One row, with where it comes from."""
    columns: dict[str, list[str | int | None]] = {name: [value] for name, value in cells.items()}
    place: dict[str, str | int] = dict(
        zip(("_source", "_snapshot", "_part", "_position"), (*RECORD[:3], position), strict=True)
    )
    return pa.table({**columns, **{name: [value] for name, value in place.items()}})


def gate_of(
    cells: Mapping[str, str | None], person: Mapping[str, str] = SOLENE, allow: AllowList | None = None
) -> GateReport:
    """The gate's report on one row whose record contains the values of `person`."""
    personal = PersonalValues({RECORD: tuple(person.items())})
    return gate({TABLE: a_table(cells)}, personal, allow or AllowList())


def own(cell: str, person: Mapping[str, str] = SOLENE, **others: str) -> set[str]:
    """The kinds of a person's own values that are held in a cell."""
    report = gate_of({"resume": cell, **others}, person)
    return {
        hold.rule.split(":")[1]
        for hold in report.holds
        if hold.rule.startswith("valeur_du_dossier") and hold.field == "resume"
    }
