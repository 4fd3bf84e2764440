"""What a resolution says: the territory, how it was found, how sure that is, and its rivals.

Belongs here: the shape of the answer and its codes. Does not: any decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.geo.entities import Entity

# Methods, from the surest to the most forgiving; `aucune`: the question stays open.
METHODS = (
    "correction", "code", "nom_exact", "nom_normalise", "nom_ancien", "article", "nom_unique", "epci_nom", "epci_type",
    "epci_partiel", "sigle", "graphie_voisine", "aucune",
)  # fmt: skip
CERTAINTIES = ("certaine", "probable", "aucune")
ALERTS = (
    "homonymes", "nom_inconnu", "departement_contredit", "precision_inconnue", "graphie_corrigee", "plus_une_commune",
    "nature_contredite", "nature_autre", "code_inconnu", "code_et_nom_se_contredisent", "type_epci_different", "sigle",
    "commune_ou_epci", "departement_inconnu", "nom_abrege", "nature_non_dite", "code_postal_contredit",
    "epci_sans_historique", "epci_inexistant",
)  # fmt: skip


@dataclass(frozen=True)
class Resolution:
    """`code` is None while the question is open, and for what has no code (`nature` then says so).

    `present` is the territory of today that is in its place; `candidates` are the codes of all that share the name, the
    chosen one left out; `alerts` name what contradicts or weakens the answer; `correction` is the identifier of the
    correction that settled it.
    """

    code: str | None
    nature: str | None
    name: str | None
    departement: str | None
    region: str | None
    present: str | None
    method: str
    certainty: str
    candidates: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    correction: str | None = None

    @property
    def is_settled(self) -> bool:
        """Resolved, or settled by a person as being outside the code."""
        return self.method != "aucune"

    def with_alert(self, alert: str) -> Resolution:
        """The same with one more alert; an empty one changes nothing."""
        return replace(self, alerts=(*self.alerts, alert)) if alert and alert not in self.alerts else self


def resolved(
    entity: Entity, method: str, certainty: str, day: str | None, *, rivals: tuple[str, ...] = (), alert: str = ""
) -> Resolution:
    """An answer that names one territory, with its nature and its name on that day."""
    nature = entity.nature
    if entity.until is not None and not entity.lives_on(day):
        nature = {"commune": "ancienne_commune", "epci": "ancien_epci"}.get(nature, nature)
    others = tuple(sorted(set(rivals) - {entity.code}))
    return Resolution(
        entity.code, nature, entity.name, entity.departement, entity.region, entity.present, method, certainty, others,
        (alert,) if alert else (),
    )  # fmt: skip


def unresolved(reason: str, candidates: tuple[str, ...] = ()) -> Resolution:
    """The open question, with everything that it might be."""
    return Resolution(None, None, None, None, None, None, "aucune", "aucune", tuple(sorted(set(candidates))), (reason,))
