"""The inquiry that rules check: its facts, each absent when it was not read, built from the typed tables.

Belongs here: the facts and what follows from them alone. Does not: any legal rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

PACKAGE = "enquetes-publiques"
LINKED = (
    "enquete_objets",
    "enquete_territoires",
    "enquete_publicites",
    "enquete_permanences",
    "enquete_evenements",
    "enquete_faits",
)
# Facts of which an inquiry may have several values; the others have one.
SEVERAL = frozenset({"parutions_nationales", "mentions_de_l_avis", "jours_des_observations"})


@dataclass(frozen=True)
class Objet:
    """One object of an inquiry and its outcome."""

    type: str
    avis: str | None = None
    portee: str | None = None
    reserves: int | None = None
    libelle: str | None = None


@dataclass(frozen=True)
class Publicite:
    """One publication of a notice.

    `rang`: 1 before the opening; 2 the reminder in a newspaper, or a later observation of a poster. `constat`: a day on
    which the notice was seen in place. A day of observation proves that the notice was there, never that it was absent
    before.
    """

    support: str
    nom: str | None
    rang: int | None
    jour: date
    constat: date | None = None
    retrait: date | None = None

    @property
    def is_observation(self) -> bool:
        """Whether `jour` only says that the notice was seen that day."""
        return self.rang != 1 or self.constat == self.jour


@dataclass(frozen=True)
class Permanence:
    """One session, hours local HH:MM."""

    jour: date
    debut: str | None = None
    fin: str | None = None
    lieu: str | None = None


@dataclass(frozen=True)
class Evenement:
    """One dated event; `echeance` is the new date that it sets."""

    code: str
    jour: date
    echeance: date | None = None


@dataclass(frozen=True)
class Enquete:
    """One inquiry. None means "not read", never "did not take place".

    `faits` contains the facts of the table `enquete_faits`, by code of the list `enquete_faits`: a value, or a list
    where the code list says that there may be several. A rule that needs one names it when it lacks.
    """

    id: str
    titre: str
    famille: str
    statut: str | None = None
    departements: tuple[str, ...] = ()
    fuseau: str | None = None
    organe: str | None = None
    membres: int | None = None
    suppleant: bool | None = None
    evaluation_environnementale: bool | None = None
    demande: date | None = None
    designation: date | None = None
    tribunal_imprime: str | None = None
    tribunal: str | None = None
    arrete: date | None = None
    ouverture: date | None = None
    ouverture_heure: str | None = None
    cloture_initiale: date | None = None
    cloture: date | None = None
    cloture_heure: str | None = None
    duree_publiee: int | None = None
    pv_synthese: date | None = None
    memoire_reponse: date | None = None
    rapport: date | None = None
    rapport_en_ligne: date | None = None
    registre_url: str | None = None
    dossier_url: str | None = None
    exemple: bool = False
    communes: int = 0
    objets: tuple[Objet, ...] = ()
    publicites: tuple[Publicite, ...] = ()
    permanences: tuple[Permanence, ...] = ()
    evenements: tuple[Evenement, ...] = ()
    faits: Mapping[str, Any] = field(default_factory=dict)

    def fait(self, nom: str) -> Any:
        """A fact of the table `enquete_faits`, or None when it was not read."""
        return self.faits.get(nom)

    def parutions(self, rang: int) -> tuple[Publicite, ...]:
        """The notices in newspapers of that rank, oldest first."""
        return tuple(item for item in self.publicites if item.support == "journal" and item.rang == rang)

    def survenus(self, code: str) -> tuple[Evenement, ...]:
        """The events of that code, oldest first."""
        return tuple(item for item in self.evenements if item.code == code)

    @property
    def prolongee(self) -> bool:
        """Whether an extension was read, by its decision, by two closings or because the source says so."""
        deplacee = self.cloture_initiale is not None and self.cloture_initiale != self.cloture
        return deplacee or self.statut == "prolongee" or bool(self.survenus("prolongation"))

    @property
    def suspendue(self) -> bool:
        """Whether a suspension was read, or a resumption, which follows one."""
        return self.statut == "suspendue" or bool(self.survenus("suspension") or self.survenus("reprise"))

    @property
    def inachevee(self) -> bool:
        """Whether the source says that the inquiry was cancelled or broken off."""
        return self.statut in ("annulee", "interrompue")

    @property
    def cloture_prevue(self) -> date | None:
        """The closing before any extension; None when an extension hides it."""
        if self.cloture_initiale is not None or self.prolongee:
            return self.cloture_initiale
        return self.cloture


COLONNES = {
    "titre": "titre",
    "famille": "famille",
    "statut": "statut",
    "fuseau": "fuseau_horaire",
    "organe": "organe",
    "membres": "membres_nombre",
    "suppleant": "suppleant_designe",
    "evaluation_environnementale": "evaluation_environnementale",
    "demande": "demande_date",
    "designation": "designation_date",
    "tribunal_imprime": "tribunal_numero_imprime",
    "tribunal": "tribunal_numero",
    "arrete": "arrete_date",
    "ouverture": "ouverture_date",
    "ouverture_heure": "ouverture_heure",
    "cloture_initiale": "cloture_initiale_date",
    "cloture": "cloture_date",
    "cloture_heure": "cloture_heure",
    "duree_publiee": "duree_publiee_jours",
    "pv_synthese": "pv_synthese_date",
    "memoire_reponse": "memoire_reponse_date",
    "rapport": "rapport_date",
    "rapport_en_ligne": "rapport_mise_en_ligne_date",
    "registre_url": "registre_url",
    "dossier_url": "dossier_url",
    "exemple": "exemple",
}


def enquetes(tables: Mapping[str, pa.Table]) -> list[Enquete]:
    """The inquiries of the typed tables ("<package>/<table>"), in the order of the table `enquetes`.

    A table that is absent counts as empty, so that a part of a package can be audited.
    """
    linked = {name: _by_inquiry(tables, name) for name in LINKED}
    return [
        _inquiry(row, {name: rows.get(row["enquete_id"], []) for name, rows in linked.items()})
        for row in _rows(tables, "enquetes")
    ]


def _inquiry(row: Mapping[str, Any], linked: Mapping[str, list[dict[str, Any]]]) -> Enquete:
    departements = row["departements_codes"] or ""
    places = {item["territoire_code"] or item["nom_imprime"] for item in linked["enquete_territoires"]}
    objects = sorted(linked["enquete_objets"], key=lambda item: item["rang"])
    notices = sorted(map(_publicite, linked["enquete_publicites"]), key=lambda item: (item.jour, item.nom or ""))
    sessions = sorted(map(_permanence, linked["enquete_permanences"]), key=lambda item: (item.jour, item.debut or ""))
    events = sorted(map(_evenement, linked["enquete_evenements"]), key=lambda item: (item.jour, item.code))
    return Enquete(
        id=row["enquete_id"],
        departements=tuple(departements.split(";")) if departements else (),
        communes=len(places),
        objets=tuple(
            Objet(
                item["objet_type"],
                item["avis"],
                item["avis_portee"],
                item["reserves_nombre"],
                item["avis_libelle_source"],
            )
            for item in objects
        ),
        publicites=tuple(notices),
        permanences=tuple(sessions),
        evenements=tuple(events),
        faits=_faits(linked["enquete_faits"]),
        **{name: row[column] for name, column in COLONNES.items()},
    )


def _faits(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Facts by code: the one value of a fact, or every value in order of rank where the fact may have several."""
    found: dict[str, list[Any]] = {}
    for row in sorted(rows, key=lambda item: item["rang"]):
        values = (row["valeur_date"], row["valeur_nombre"], row["valeur_oui_non"], row["valeur_texte"])
        found.setdefault(row["fait"], []).append(next((value for value in values if value is not None), None))
    return {fact: values if fact in SEVERAL else values[0] for fact, values in found.items()}


def _publicite(row: Mapping[str, Any]) -> Publicite:
    seen, down = row.get("constat_date"), row.get("retrait_date")
    return Publicite(row["support"], row["support_nom"], row["rang"], row["publicite_date"], seen, down)


def _permanence(row: Mapping[str, Any]) -> Permanence:
    return Permanence(row["permanence_date"], row["debut_heure"], row["fin_heure"], row["lieu_nom"])


def _evenement(row: Mapping[str, Any]) -> Evenement:
    return Evenement(row["evenement"], row["evenement_date"], row["echeance_date"])


def _rows(tables: Mapping[str, pa.Table], name: str) -> Iterator[dict[str, Any]]:
    """The rows of a table, whichever package holds it: the law is that of every inquiry."""
    for key, table in tables.items():
        if key.rpartition("/")[2] == name:
            yield from table.to_pylist()


def _by_inquiry(tables: Mapping[str, pa.Table], name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(tables, name):
        found.setdefault(row["enquete_id"], []).append(row)
    return found
