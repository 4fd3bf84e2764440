"""Rules of inquiries: how one is registered, what it is given, what it answers.

Belongs here: the register, where the versions of its rules are (`regles.csv`), the results. Does not: any rule; each is
in a module beside, with its explanation for the public as its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.core.docstrings import docstring
from pipelines.core.registry import Registry
from pipelines.core.text import Said
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.reserves import ensemble
from pipelines.findings.versions import RuleVersion, VersionLine, read_versions

REGLES = Path(__file__).parent / "regles.csv"
# Only a text that was read, or a logical impossibility, can be missed; any other miss is to be verified.
CERTITUDES_SURES = ("lu", "logique")
TEXTE_NON_LU = Said("le texte de la règle n'a pas été lu en entier", "the text of the rule was not read in full")


@dataclass(frozen=True)
class Resultat:
    """What a rule says of an inquiry; `calcul` is the arithmetic, `manque` the missing fact, `remarque` a reserve."""

    resultat: str
    calcul: str | None = None
    manque: str | None = None
    remarque: Said | None = None


def conforme(calcul: str, remarque: Said | None = None) -> Resultat:
    return Resultat("conforme", calcul, None, remarque)


def non_conforme(calcul: str, remarque: Said | None = None) -> Resultat:
    """A breach: only where every fact that could make the inquiry conform is in the rows."""
    return Resultat("non_conforme", calcul, None, remarque)


def conforme_si(respecte: bool, calcul: str, remarque: Said | None = None) -> Resultat:
    return conforme(calcul, remarque) if respecte else non_conforme(calcul, remarque)


def a_verifier(calcul: str, remarque: Said) -> Resultat:
    return Resultat("a_verifier", calcul, None, remarque)


def incoherent(calcul: str, remarque: Said) -> Resultat:
    """The facts that were read contradict each other: one of them is wrong, and no rule can tell which."""
    texte = Said(f"donnée incohérente : {remarque.fr}", f"inconsistent data: {remarque.en}")
    return Resultat("a_verifier", calcul, None, texte)


def non_evalue(manque: str, calcul: str | None = None, remarque: Said | None = None) -> Resultat:
    return Resultat("non_evalue", calcul, manque, remarque)


def non_applicable(remarque: Said) -> Resultat:
    return Resultat("non_applicable", None, None, remarque)


Controle = Callable[[Enquete, RuleVersion], Resultat]
Datation = Callable[[Enquete], date | None]


@dataclass(frozen=True)
class Regle:
    """A registered rule.

    `preuve`: what would prove a breach, in French, for the public. `faits`: the facts of `enquete_faits` without which
    it never concludes. `datation` gives the day that chooses its version, when it is not the order's.
    `derniere_cloture`: whether a breach counts from the closing after every extension.
    """

    id: str
    titre: Said
    explication: str
    preuve: str
    faits: tuple[str, ...]
    controle: Controle
    datation: Datation | None
    derniere_cloture: bool = False

    @property
    def libelle(self) -> str:
        return self.titre.fr


LOI: Registry[Regle] = Registry(
    Said("une règle du droit des enquêtes", "a rule of the law of inquiries"),
    "rules",
    "pipelines.domains.inquiries.law",
)


def regle(
    identifiant: str,
    titre: str,
    titre_en: str,
    *,
    preuve: str,
    faits: tuple[str, ...] = (),
    datation: Datation | None = None,
    derniere_cloture: bool = False,
) -> Callable[[Controle], Controle]:
    """Register a rule: `controle(enquete, version) -> Resultat`, whose docstring is its public explanation."""

    def register(controle: Controle) -> Controle:
        explication = docstring(controle)
        if not explication:
            raise TypeError(f"la règle {identifiant} n'a pas d'explication")
        libelle = Said(titre, titre_en)
        nouvelle = Regle(identifiant, libelle, explication, preuve, faits, controle, datation, derniere_cloture)
        LOI.register(identifiant, nouvelle, controle)
        return controle

    return register


def regles() -> Mapping[str, Regle]:
    """Every registered rule, by identifier, in their order."""
    return dict(LOI.items())


def lignes() -> tuple[VersionLine, ...]:
    """The lines of `regles.csv`, in their order."""
    return read_versions(REGLES).lines


def version_de(identifiant: str, regime: str | None, jour: date | None) -> RuleVersion | None:
    """The version of a rule for a regime on a day; None when the rule does not hold there."""
    return read_versions(REGLES).on(identifiant, jour, regime)


def prudent(resultat: Resultat, version: RuleVersion, reserve: Said | None) -> Resultat:
    """A breach under a text that was not read, or under a reserve on facts or regime, is only to be verified."""
    if resultat.resultat != "non_conforme":
        return resultat
    reasons = [resultat.remarque, reserve]
    if version.certainty not in CERTITUDES_SURES:
        reasons.insert(1, TEXTE_NON_LU)
    elif reserve is None:
        return resultat
    return replace(resultat, resultat="a_verifier", remarque=ensemble(*reasons))
