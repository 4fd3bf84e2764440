"""Inquiries and tables for the tests of this module: what a test does not say is "not read"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.domains.inquiries.law import Constat, Enquete, Evenement, Objet, Permanence, Publicite, controler_regle
from pipelines.schema import load_table
from pipelines.schema.arrow import typed

SCHEMAS = Path(__file__).parents[4] / "schemas"
FRENCH = {
    "order": "arrete",
    "opening": "ouverture",
    "closing": "cloture",
    "initial_closing": "cloture_initiale",
    "designation": "designation",
    "application": "demande",
    "summary": "pv_synthese",
    "reply": "memoire_reponse",
    "report": "rapport",
    "online": "rapport_en_ligne",
}


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def days(texts: Sequence[str]) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def an_inquiry(
    *,
    family: str = "enquete_environnementale",
    first_notices: Sequence[str | tuple[str, str]] = (),
    reminders: Sequence[str | tuple[str, str]] = (),
    posters: Sequence[str | tuple[str, str]] = (),
    pages: Sequence[str] = (),
    notices: Sequence[tuple[Any, ...]] = (),
    sessions: Sequence[str | tuple[str, str, str]] = (),
    events: Sequence[tuple[str, ...]] = (),
    objects: Sequence[str | tuple[Any, ...]] = ("plu_elaboration",),
    facts: Mapping[str, Any] | None = None,
    departements: tuple[str, ...] = ("27",),
    **given: Any,
) -> Enquete:
    """An inquiry. Dates are ISO texts; a notice is a date or (date, newspaper); a poster (date, taken down).

    `notices`: (medium, name, rank, date, seen on, taken down). `events`: (code, date, new date). `objects`: a type, or
    (type, outcome, scope, reserves). `facts`: as rules name them.
    """
    dated = {FRENCH[name]: day(given.pop(name)) for name in FRENCH if name in given}
    dated |= {name: day(given.pop(name)) for name in FRENCH.values() if name in given}
    published = [
        _notice("journal", item, rank) for rank, items in ((1, first_notices), (2, reminders)) for item in items
    ]
    for item in posters:
        posted, down = (item, None) if isinstance(item, str) else item
        published.append(Publicite("affichage", "commune", 1, date.fromisoformat(posted), retrait=day(down)))
    published += [Publicite("web", "site", 1, date.fromisoformat(item)) for item in pages]
    published += [_publicity(item) for item in notices]
    return Enquete(
        id=given.pop("id", "enq-000000000000"),
        titre=given.pop("title", "Enquête inventée"),
        famille=family,
        departements=departements,
        objets=tuple(Objet(item) if isinstance(item, str) else Objet(*item) for item in objects),
        publicites=tuple(published),
        permanences=tuple(_session(item) for item in sessions),
        evenements=tuple(
            Evenement(item[0], date.fromisoformat(item[1]), day(item[2] if len(item) > 2 else None)) for item in events
        ),
        faits={name: _fact(value) for name, value in (facts or {}).items()},
        **dated,
        **given,
    )


def _fact(value: Any) -> Any:
    """A fact as the tables give it: an ISO text is a date."""
    return date.fromisoformat(value) if isinstance(value, str) and value[:4].isdecimal() else value


def _publicity(item: tuple[Any, ...]) -> Publicite:
    support, name, rank, printed, seen, down = (*item, None, None)[:6]
    return Publicite(support, name, rank, date.fromisoformat(printed), day(seen), day(down))


def _notice(support: str, item: str | tuple[str, str], rank: int) -> Publicite:
    printed, paper = (item, None) if isinstance(item, str) else item
    return Publicite(support, paper, rank, date.fromisoformat(printed))


def _session(item: str | tuple[str, str, str]) -> Permanence:
    return (
        Permanence(date.fromisoformat(item))
        if isinstance(item, str)
        else Permanence(date.fromisoformat(item[0]), *item[1:])
    )


def check(rule: str, inquiry: Enquete) -> Constat:
    return controler_regle(rule, inquiry)


def result(rule: str, inquiry: Enquete) -> str:
    return check(rule, inquiry).resultat.resultat


def arithmetic(rule: str, inquiry: Enquete) -> str | None:
    return check(rule, inquiry).resultat.calcul


def missing(rule: str, inquiry: Enquete) -> str | None:
    found = check(rule, inquiry).resultat
    assert found.resultat == "non_evalue"
    return found.manque


def a_table(name: str, rows: Sequence[Mapping[str, str]]) -> pa.Table:
    """A typed table of the package from rows of text; what a row does not say is null."""
    schema = load_table(SCHEMAS, "enquetes-publiques", name)
    text = {field: pa.array([row.get(field) for row in rows], pa.string()) for field in schema.names}
    return typed(pa.table(text), schema)
