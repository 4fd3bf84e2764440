"""The inquiry that rules judge: its facts, each absent when it was not read, built from the typed tables.

Belongs here: the facts and what follows from them alone. Does not: any legal rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

PACKAGE = "enquetes-publiques"


@dataclass(frozen=True)
class Objet:
    """One object of an inquiry and its outcome."""

    type: str
    avis: str | None = None
    portee: str | None = None
    reserves: int | None = None


@dataclass(frozen=True)
class Publicite:
    """One publication of a notice; `rang` 1 is before the opening, 2 the reminder."""

    support: str
    nom: str | None
    rang: int | None
    jour: date
    retrait: date | None = None


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

    `faits` holds the facts that no published column carries yet, by name: a rule that needs one names it when it lacks.
    """

    id: str
    titre: str
    famille: str
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
        """A fact that no column carries, or None."""
        return self.faits.get(nom)

    def parutions(self, rang: int) -> tuple[Publicite, ...]:
        """The notices in newspapers of that rank, oldest first."""
        return tuple(item for item in self.publicites if item.support == "journal" and item.rang == rang)

    def survenus(self, code: str) -> tuple[Evenement, ...]:
        """The events of that code, oldest first."""
        return tuple(item for item in self.evenements if item.code == code)

    @property
    def prolongee(self) -> bool:
        """Whether an extension was read, by its decision or by two closings."""
        deplacee = self.cloture_initiale is not None and self.cloture_initiale != self.cloture
        return deplacee or bool(self.survenus("prolongation"))

    @property
    def cloture_prevue(self) -> date | None:
        """The closing before any extension; None when an extension hides it."""
        if self.cloture_initiale is not None or self.prolongee:
            return self.cloture_initiale
        return self.cloture

    @property
    def annee(self) -> str:
        """The year under which the inquiry is counted: of its order, else opening, closing, report."""
        connues = (self.arrete, self.ouverture, self.cloture, self.rapport)
        return next((str(jour.year) for jour in connues if jour), "inconnue")


COLONNES = {
    "titre": "titre",
    "famille": "famille",
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
    "pv_synthese": "pv_synthese_date",
    "memoire_reponse": "memoire_reponse_date",
    "rapport": "rapport_date",
    "rapport_en_ligne": "rapport_mise_en_ligne_date",
    "registre_url": "registre_url",
    "dossier_url": "dossier_url",
    "exemple": "exemple",
}


def enquetes(tables: Mapping[str, pa.Table]) -> list[Enquete]:
    """The inquiries of the typed tables ("enquetes-publiques/<table>"), in the order of the table `enquetes`.

    A table that is absent counts as empty, so that a part of a package can be audited.
    """
    objets = _par_enquete(tables, "enquete_objets")
    territoires = _par_enquete(tables, "enquete_territoires")
    publicites = _par_enquete(tables, "enquete_publicites")
    permanences = _par_enquete(tables, "enquete_permanences")
    evenements = _par_enquete(tables, "enquete_evenements")
    trouvees = []
    for ligne in _lignes(tables, "enquetes"):
        cle = ligne["enquete_id"]
        communes = {item["territoire_code"] or item["nom_imprime"] for item in territoires.get(cle, ())}
        trouvees.append(
            Enquete(
                id=cle,
                departements=tuple((ligne["departements_codes"] or "").split(";"))
                if ligne["departements_codes"]
                else (),
                communes=len(communes),
                objets=tuple(
                    Objet(item["objet_type"], item["avis"], item["avis_portee"], item["reserves_nombre"])
                    for item in sorted(objets.get(cle, ()), key=lambda item: item["rang"])
                ),
                publicites=tuple(
                    sorted(map(_publicite, publicites.get(cle, ())), key=lambda item: (item.jour, item.nom or ""))
                ),
                permanences=tuple(
                    sorted(map(_permanence, permanences.get(cle, ())), key=lambda item: (item.jour, item.debut or ""))
                ),
                evenements=tuple(
                    Evenement(item["evenement"], item["evenement_date"], item["echeance_date"])
                    for item in sorted(
                        evenements.get(cle, ()), key=lambda item: (item["evenement_date"], item["evenement"])
                    )
                ),
                **{nom: ligne[colonne] for nom, colonne in COLONNES.items()},
            )
        )
    return trouvees


def _publicite(ligne: Mapping[str, Any]) -> Publicite:
    return Publicite(
        ligne["support"], ligne["support_nom"], ligne["rang"], ligne["publicite_date"], ligne.get("retrait_date")
    )


def _permanence(ligne: Mapping[str, Any]) -> Permanence:
    return Permanence(ligne["permanence_date"], ligne["debut_heure"], ligne["fin_heure"], ligne["lieu_nom"])


def _lignes(tables: Mapping[str, pa.Table], nom: str) -> Iterator[dict[str, Any]]:
    table = tables.get(f"{PACKAGE}/{nom}")
    if table is not None:
        yield from table.to_pylist()


def _par_enquete(tables: Mapping[str, pa.Table], nom: str) -> dict[str, list[dict[str, Any]]]:
    par_enquete: dict[str, list[dict[str, Any]]] = {}
    for ligne in _lignes(tables, nom):
        par_enquete.setdefault(ligne["enquete_id"], []).append(ligne)
    return par_enquete
