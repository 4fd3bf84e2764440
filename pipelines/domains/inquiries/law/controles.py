"""The legal checks of a package's inquiries, and the tables that are published of them.

Belongs here: running every rule on every inquiry, and the tables `controles_legaux`, `regles`, `conformite_annuelle`.
Does not: any rule. A check never rejects a row, and no check knows today's date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import annee
from pipelines.domains.inquiries.law.enquete import Enquete, enquetes
from pipelines.domains.inquiries.law.regimes import SANS_ENQUETE, Choix, choisir, regimes_possibles, reserve_locale
from pipelines.domains.inquiries.law.regles import (
    LOI,
    Regle,
    Resultat,
    lignes,
    non_applicable,
    non_evalue,
    prudent,
    regles,
    version_de,
)
from pipelines.domains.inquiries.law.reserves import (
    CLOTURE_DOUTEUSE,
    cloture_douteuse,
    ensemble,
    reserve_sur_les_faits,
)
from pipelines.findings.versions import RuleVersion
from pipelines.schema import load_package
from pipelines.tables.registry import derived

SANS_VERSION = Said("règle sans version pour ce régime à cette date", "no version of the rule for this regime and date")
EVALUES = ("conforme", "non_conforme", "a_verifier")
ECARTS = ("non_conforme", "a_verifier")
CONTROLES = ("enquete_id", "regle", "regime", "resultat", "calcul", "fait_manquant", "remarque", "base_legale")
SUITE_CONTROLES = ("regle_version", "certitude", "contester")
REGLES = ("regle", "regle_version", "libelle", "libelle_en", "explication", "preuve_du_manquement", "base_legale")
SUITE_REGLES = (
    "valide_du",
    "valide_au",
    "parametre",
    "valeur",
    "certitude",
    "source",
    "faits_necessaires",
    "controlee",
)


@dataclass(frozen=True)
class Constat:
    """One rule on one inquiry. `version` is None where the rule has none for the regime."""

    enquete: Enquete
    regle: Regle
    choix: Choix
    version: RuleVersion | None
    resultat: Resultat

    @property
    def base(self) -> str:
        """The legal basis of the version that was used, else of the rule's first version."""
        return self.version.base if self.version else next(item.base for item in lignes() if item.rule == self.regle.id)

    @property
    def certitude(self) -> str:
        first = next(item.certainty for item in lignes() if item.rule == self.regle.id)
        return self.version.certainty if self.version else first


def controler(enquete: Enquete) -> list[Constat]:
    """Every rule on one inquiry, by identifier."""
    choix = choisir(enquete)
    return [_constat(enquete, item, choix) for item in regles().values()]


def controler_tous(lues: Sequence[Enquete]) -> list[Constat]:
    """Every rule on every inquiry, but for the rules that are out of reach: those are listed in `regles`, not
    counted."""
    constats = [constat for enquete in lues for constat in controler(enquete)]
    atteintes = _atteintes(constats)
    return [constat for constat in constats if constat.regle.id in atteintes]


def _atteintes(constats: Iterable[Constat]) -> set[str]:
    """The rules that some inquiry can reach. A rule that needs facts of `enquete_faits` is reached where one inquiry at
    least has them; any other rule needs only columns that every source may fill."""
    reached = {item.id for item in regles().values() if not item.faits}
    return reached | {constat.regle.id for constat in constats if constat.resultat.resultat in EVALUES}


def controler_regle(identifiant: str, enquete: Enquete) -> Constat:
    """One rule on one inquiry. Raises `UnknownName` for a rule that does not exist."""
    return _constat(enquete, LOI[identifiant], choisir(enquete))


def _constat(enquete: Enquete, item: Regle, choix: Choix) -> Constat:
    if enquete.famille in SANS_ENQUETE:
        return Constat(enquete, item, choix, None, non_applicable(SANS_ENQUETE[enquete.famille]))
    jour = item.datation(enquete) if item.datation else choix.jour
    version = version_de(item.id, choix.regime, jour)
    if version is not None:
        fin = CLOTURE_DOUTEUSE if item.derniere_cloture and cloture_douteuse(enquete) else None
        reserve = ensemble(choix.reserve, reserve_sur_les_faits(enquete), fin, reserve_locale(enquete))
        resultat = prudent(item.controle(enquete, version), version, reserve)
    elif choix.manque and _pourrait_valoir(item, enquete):
        resultat = non_evalue(choix.manque)
    else:
        resultat = non_applicable(SANS_VERSION)
    return Constat(enquete, item, choix, version, resultat)


def _pourrait_valoir(item: Regle, enquete: Enquete) -> bool:
    """Whether the rule has a version for one of the regimes that the family leaves open."""
    possibles = regimes_possibles(enquete)
    return any(possibles.intersection(ligne.regimes) for ligne in lignes() if ligne.rule == item.id)


def contester(project: Project, package: str) -> Said:
    """How to contest a result on a named procedure that `package` publishes, and by when it is answered.

    The address is its contact's, the time is `contestation` of its `package.yaml`, where that says one.
    """
    declared = load_package(project.schemas, package)
    return voie_de_recours(declared.contact, declared.more.get("contestation"))


def voie_de_recours(contact: Mapping[str, str], contestation: Mapping[str, int] | None = None) -> Said:
    """The sentence that says so, for the contact of a package; without `contestation` it promises no time."""
    adresse = contact.get("email") or contact.get("url") or contact.get("title", "")
    fr = f"Pour contester ce résultat : {adresse}, en citant l'enquête et la règle"
    en = f"To contest this result: {adresse}, quoting the inquiry and the rule"
    if contestation is None:
        return Said(f"{fr}.", f"{en}.")
    jours = contestation["reponse_jours"]
    return Said(f"{fr} ; réponse sous {jours} jours.", f"{en}; answer within {jours} days.")


def jeu_des_enquetes(tables: Mapping[str, pa.Table]) -> str:
    """The package whose inquiries these tables hold: that of `enquetes`, or of the first table where it is absent."""
    lue = next((key for key in tables if key.endswith("/enquetes")), next(iter(tables)))
    return lue.partition("/")[0]


def controles(tables: Mapping[str, pa.Table], recours: str | None = None) -> pa.Table:
    """`controles_legaux` as text, from the typed tables of the package: one row per inquiry and rule.

    `recours`: how to contest a result, and by when it is answered, written with each that says more than "met".
    """
    constats = controler_tous(enquetes(tables))
    return _table((*CONTROLES, *SUITE_CONTROLES), (_ligne(constat, recours) for constat in constats))


def _ligne(constat: Constat, recours: str | None) -> tuple[str | None, ...]:
    dit, version = constat.resultat, constat.version
    vu = (
        constat.enquete.id,
        constat.regle.id,
        constat.choix.regime,
        dit.resultat,
        dit.calcul,
        dit.manque,
        dit.remarque.fr if dit.remarque else None,
    )
    suite = (constat.base, version.name if version else None, constat.certitude)
    return (*vu, *suite, recours if dit.resultat in ECARTS else None)


def regles_table(lues: Sequence[Enquete]) -> pa.Table:
    """`regles` as text: one row per rule, version and parameter, and whether an inquiry of the release reaches it."""
    connues = regles()
    atteintes = _atteintes(constat for enquete in lues for constat in controler(enquete))

    def rangs() -> Iterator[tuple[str | None, ...]]:
        for item in lignes():
            dite = connues[item.rule]
            debut = (item.rule, item.name, dite.titre.fr, dite.titre.en, dite.explication, dite.preuve, item.base)
            bornes = [jour.isoformat() if jour else None for jour in (item.valid_from, item.valid_until)]
            fin = (";".join(dite.faits) or None, "true" if item.rule in atteintes else "false")
            yield (*debut, *bornes, item.parameter, item.value or None, item.certainty, item.source, *fin)

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
            cle = (annee(enquete), enquete.departements[0] if enquete.departements else "inconnu", enquete.famille)
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
    return controles(tables, contester(project, jeu_des_enquetes(tables)).fr)


@derived("regles")
def _regles(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    return regles_table(enquetes(tables))


@derived("conformite_annuelle")
def _conformite_annuelle(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    return conformite_annuelle(tables[f"{jeu_des_enquetes(tables)}/controles_legaux"], tables)
