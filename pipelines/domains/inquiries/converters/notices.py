"""The reading `avis_enquete`: a printed notice as the fields of an inquiry.

Belongs here: making the parser of `domains/inquiries/notices/` a reading that mappings can name. Does not: any pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.core.project import Project
from pipelines.domains.inquiries.notices import Fact, Notice, Status, read_notice
from pipelines.mapping.registry import Reading, Text, reading

_FACTS = {
    "arrete_numero": "order_number",
    "arrete_date": "order_date",
    "ouverture_date": "opening_date",
    "ouverture_heure": "opening_hour",
    "cloture_date": "closing_date",
    "cloture_heure": "closing_hour",
    "cloture_initiale_date": "initial_closing_date",
    "duree_publiee_jours": "duration",
}


@reading("avis_enquete")
def inquiry_notice(project: Project, options: Mapping[str, Any]) -> Reading:
    """Inputs: texte, annees (years or dates in which the inquiry may open, separated by blanks). Outputs: the fields of
    `enquetes` by their name, and `alerte`: what stays open, is contradicted or is called off, as text."""

    def read(inputs: Mapping[str, Text]) -> Mapping[str, Text]:
        text = inputs.get("texte")
        if text is None:
            return {}
        years = [int(word[:4]) for word in (inputs.get("annees") or "").split() if word[:4].isdecimal()]
        notice = read_notice(text, years)
        values: dict[str, Text] = {field: getattr(notice, name).value for field, name in _FACTS.items()}
        return {**values, "alerte": _warning(notice)}

    return read


def _warning(notice: Notice) -> str | None:
    facts = {field: getattr(notice, name) for field, name in _FACTS.items()}
    told = [f"{field} : {_doubt(fact)}" for field, fact in facts.items() if _is_doubtful(fact)]
    if notice.called_off.value:
        told.insert(0, _called_off(notice.called_off.value, dates_are_read=notice.opening_date.value is not None))
    return " ; ".join(told) or None


def _called_off(what: str, *, dates_are_read: bool) -> str:
    if dates_are_read:  # it may be another inquiry that the notice speaks of
        return f"le texte écrit qu'une enquête est {what} : peut-être celle-ci"
    return f"enquête {what} d'après le texte : les dates annoncées ne sont pas lues"


def _is_doubtful(fact: Fact) -> bool:
    return fact.status in (Status.AMBIGUOUS, Status.CONTRADICTION)


def _doubt(fact: Fact) -> str:
    if fact.status is Status.CONTRADICTION:
        return f"contradiction ({fact.against})"
    return f"ambigu ({' ou '.join(fact.candidates) or 'aucune valeur possible'})"
