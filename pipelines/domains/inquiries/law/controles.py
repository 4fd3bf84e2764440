"""The legal checks of a package's inquiries, and the tables that are published of them.

Belongs here: running every rule on every inquiry, and the tables `controles_legaux`, `regles`, `conformite_annuelle`.
Does not: any rule. A check never rejects a row, and no check knows today's date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.inquiries.law import durees, organe, publicite, suites  # noqa: F401 - importing a module registers its rules
from pipelines.domains.inquiries.law.enquete import PACKAGE, Enquete, enquetes
from pipelines.domains.inquiries.law.regimes import Choix, choisir, regimes_possibles
from pipelines.domains.inquiries.law.registre import (
    Regle,
    Resultat,
    Version,
    lignes,
    non_applicable,
    non_evalue,
    prudent,
    regles,
    version_de,
)
from pipelines.tables.registry import derived

EVALUES = ("conforme", "non_conforme", "a_verifier")
CONTROLES = ("enquete_id", "regle", "regime", "resultat", "calcul", "fait_manquant", "remarque", "base_legale")
SUITE_CONTROLES = ("regle_version", "certitude")
REGLES = ("regle", "regle_version", "libelle", "explication", "base_legale", "valide_du", "valide_au", "parametre")
SUITE_REGLES = ("valeur", "certitude", "source")


@dataclass(frozen=True)
class Constat:
    """One rule on one inquiry. `version` is None where the rule has none for the regime."""

    enquete: Enquete
    regle: Regle
    choix: Choix
    version: Version | None
    resultat: Resultat

    @property
    def base(self) -> str:
        """The legal basis of the version that was used, else of the rule's first version."""
        return (
            self.version.base if self.version else next(item.base for item in lignes() if item.regle == self.regle.id)
        )

    @property
    def certitude(self) -> str:
        first = next(item.certitude for item in lignes() if item.regle == self.regle.id)
        return self.version.certitude if self.version else first


def controler(enquete: Enquete) -> list[Constat]:
    """Every rule on one inquiry, by identifier."""
    choix = choisir(enquete)
    return [_constat(enquete, item, choix) for item in regles().values()]


def controler_regle(identifiant: str, enquete: Enquete) -> Constat:
    """One rule on one inquiry. Raises `KeyError` for a rule that does not exist."""
    return _constat(enquete, regles()[identifiant], choisir(enquete))


def _constat(enquete: Enquete, item: Regle, choix: Choix) -> Constat:
    jour = item.datation(enquete) if item.datation else choix.jour
    version = version_de(item.id, choix.regime, jour)
    if version is not None:
        resultat = prudent(item.controle(enquete, version), version, choix.reserve)
    elif choix.manque and _pourrait_valoir(item, enquete):
        resultat = non_evalue(choix.manque)
    else:
        resultat = non_applicable("règle sans version pour ce régime à cette date")
    return Constat(enquete, item, choix, version, resultat)


def _pourrait_valoir(item: Regle, enquete: Enquete) -> bool:
    """Whether the rule has a version for one of the regimes that the family leaves open."""
    possibles = regimes_possibles(enquete)
    return any(possibles.intersection(ligne.regimes) for ligne in lignes() if ligne.regle == item.id)


def controles(tables: Mapping[str, pa.Table]) -> pa.Table:
    """`controles_legaux` as text, from the typed tables of the package: one row per inquiry and rule."""
    constats = [constat for enquete in enquetes(tables) for constat in controler(enquete)]
    return _table((*CONTROLES, *SUITE_CONTROLES), (_ligne(constat) for constat in constats))


def _ligne(constat: Constat) -> tuple[str | None, ...]:
    dit, version = constat.resultat, constat.version
    vu = (
        constat.enquete.id,
        constat.regle.id,
        constat.choix.regime,
        dit.resultat,
        dit.calcul,
        dit.manque,
        dit.remarque,
    )
    return (*vu, constat.base, version.version if version else None, constat.certitude)


def regles_table() -> pa.Table:
    """`regles` as text: one row per rule, version and parameter."""
    connues = regles()

    def rangs() -> Iterator[tuple[str | None, ...]]:
        for item in lignes():
            dite = connues[item.regle]
            bornes = [jour.isoformat() if jour else None for jour in (item.valide_du, item.valide_au)]
            debut = (item.regle, item.version, dite.libelle, dite.explication, item.base, *bornes, item.parametre)
            yield (*debut, item.valeur or None, item.certitude, item.source)

    return _table((*REGLES, *SUITE_REGLES), rangs())


def conformite_annuelle(controles_legaux: pa.Table, tables: Mapping[str, pa.Table]) -> pa.Table:
    """`conformite_annuelle` as text: by year, first département and family, how many checks have which result.

    Inquiries that are examples, and checks that do not apply, are left out.
    """
    connues = {enquete.id: enquete for enquete in enquetes(tables) if not enquete.exemple}
    comptes: dict[tuple[str, str, str], Counter[str]] = {}
    ids: dict[tuple[str, str, str], set[str]] = {}
    paires = zip(
        *(controles_legaux.column(nom).cast(pa.string()).to_pylist() for nom in ("enquete_id", "resultat")), strict=True
    )
    for identifiant, resultat in paires:
        enquete = connues.get(identifiant)
        if enquete is not None:
            cle = (enquete.annee, enquete.departements[0] if enquete.departements else "inconnu", enquete.famille)
            comptes.setdefault(cle, Counter())[resultat] += 1
            ids.setdefault(cle, set()).add(identifiant)
    noms = ("annee", "departement_code", "famille", "enquetes_nombre", "controles_nombre", "evalues_nombre")
    suite = ("conformes_nombre", "non_conformes_nombre", "a_verifier_nombre", "non_evalues_nombre")
    return _table((*noms, *suite), (_compte(cle, comptes[cle], len(ids[cle])) for cle in sorted(comptes)))


def _compte(cle: tuple[str, str, str], compte: Counter[str], nombre: int) -> tuple[str, ...]:
    evalues = sum(compte[code] for code in EVALUES)
    nombres = (nombre, evalues + compte["non_evalue"], evalues, *(compte[code] for code in (*EVALUES, "non_evalue")))
    return (*cle, *map(str, nombres))


def _table(noms: tuple[str, ...], rangs: Iterator[tuple[str | None, ...]]) -> pa.Table:
    colonnes = list(zip(*rangs, strict=True)) or [() for _ in noms]
    return pa.table({nom: pa.array(colonne, pa.string()) for nom, colonne in zip(noms, colonnes, strict=True)})


@derived("controles_legaux")
def _controles_legaux(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    return controles(tables)


@derived("regles")
def _regles(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    return regles_table()


@derived("conformite_annuelle")
def _conformite_annuelle(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    return conformite_annuelle(tables[f"{PACKAGE}/controles_legaux"], tables)
