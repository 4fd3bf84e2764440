"""Rules of inquiries: how one is registered, what it is given, what it answers.

Belongs here: the register, the versions of rules (`regles.csv`), the results. Does not: any rule; each stands in a
module beside, with its explanation for the public as its docstring.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.core.docstrings import docstring
from pipelines.core.text import Said
from pipelines.domains.inquiries.law.enquete import Enquete

REGLES = Path(__file__).parent / "regles.csv"
# Only a text that was read, or a logical impossibility, can be missed; any other miss is to be verified.
CERTITUDES_SURES = ("lu", "logique")
TEXTE_NON_LU = Said("le texte de la règle n'a pas été lu en entier", "the text of the rule was not read in full")


@dataclass(frozen=True)
class Version:
    """A rule as it stood for a regime on a day: its legal basis, its parameters, how sure its text is."""

    regle: str
    version: str
    base: str
    certitude: str
    parametres: Mapping[str, str]

    def nombre(self, parametre: str) -> int:
        """A parameter that is a number. Raises `KeyError` when this version has not that parameter."""
        return int(self.parametres[parametre])


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
    told = Said(f"donnée incohérente : {remarque.fr}", f"inconsistent data: {remarque.en}")
    return Resultat("a_verifier", calcul, None, told)


def non_evalue(manque: str, calcul: str | None = None, remarque: Said | None = None) -> Resultat:
    return Resultat("non_evalue", calcul, manque, remarque)


def non_applicable(remarque: Said) -> Resultat:
    return Resultat("non_applicable", None, None, remarque)


Controle = Callable[[Enquete, Version], Resultat]
Datation = Callable[[Enquete], date | None]


@dataclass(frozen=True)
class Regle:
    """A registered rule.

    `preuve`: what would prove a breach, in French, for the public. `faits`: the facts of `enquete_faits` without which
    it never concludes. `datation` gives the day that chooses its version, when it is not the order's.
    """

    id: str
    titre: Said
    explication: str
    preuve: str
    faits: tuple[str, ...]
    controle: Controle
    datation: Datation | None

    @property
    def libelle(self) -> str:
        return self.titre.fr


_regles: dict[str, Regle] = {}


def regle(
    identifiant: str,
    titre: str,
    titre_en: str,
    *,
    preuve: str,
    faits: tuple[str, ...] = (),
    datation: Datation | None = None,
) -> Callable[[Controle], Controle]:
    """Register a rule: `controle(enquete, version) -> Resultat`, whose docstring is its public explanation."""

    def register(controle: Controle) -> Controle:
        explication = docstring(controle)
        if not explication:
            raise TypeError(f"la règle {identifiant} n'a pas d'explication")
        nouvelle = Regle(identifiant, Said(titre, titre_en), explication, preuve, faits, controle, datation)
        if _regles.setdefault(identifiant, nouvelle).controle is not controle:
            raise TypeError(f"deux règles s'appellent {identifiant}")
        return controle

    return register


def regles() -> dict[str, Regle]:
    """Every registered rule, by identifier."""
    return dict(sorted(_regles.items()))


@dataclass(frozen=True)
class Ligne:
    """One line of `regles.csv`: a parameter of a rule for some regimes (`*`: all, even none) between two days."""

    regle: str
    regimes: tuple[str, ...]
    valide_du: date | None
    valide_au: date | None
    parametre: str
    valeur: str
    base: str
    certitude: str
    source: str

    @property
    def version(self) -> str:
        """The name of the version: its regimes, and the day from which it holds where they have several."""
        nom = "+".join(self.regimes) if self.regimes != ("*",) else "toutes"
        return f"{nom}@{self.valide_du}" if self.valide_du else nom

    def vaut(self, regime: str | None, jour: date | None) -> bool:
        """Both ends included; without a day, only a line that no day bounds holds."""
        if self.regimes != ("*",) and regime not in self.regimes:
            return False
        if jour is None:
            return self.valide_du is None and self.valide_au is None
        return (self.valide_du is None or self.valide_du <= jour) and (self.valide_au is None or jour <= self.valide_au)


@cache
def lignes() -> tuple[Ligne, ...]:
    """The lines of `regles.csv`, in their order."""
    with REGLES.open(encoding="utf-8", newline="") as file:
        return tuple(_ligne(item) for item in csv.DictReader(file))


def _ligne(item: Mapping[str, str]) -> Ligne:
    bornes = [date.fromisoformat(item[nom]) if item[nom] else None for nom in ("valide_du", "valide_au")]
    return Ligne(
        item["regle"],
        tuple(item["regime"].split("|")),
        bornes[0],
        bornes[1],
        *(item[nom] for nom in ("parametre", "valeur", "base_legale", "certitude", "source")),
    )


def version_de(identifiant: str, regime: str | None, jour: date | None) -> Version | None:
    """The version of a rule for a regime on a day; None when the rule does not hold there."""
    trouvees = [item for item in lignes() if item.regle == identifiant and item.vaut(regime, jour)]
    if not trouvees:
        return None
    premiere = trouvees[0]
    parametres = {item.parametre: item.valeur for item in trouvees}
    return Version(identifiant, premiere.version, premiere.base, premiere.certitude, parametres)


def prudent(resultat: Resultat, version: Version, reserve: Said | None) -> Resultat:
    """A breach under a text that was not read, or under a reserve on facts or regime, is only to be verified."""
    if resultat.resultat != "non_conforme":
        return resultat
    reasons = [resultat.remarque, reserve]
    if version.certitude not in CERTITUDES_SURES:
        reasons.insert(1, TEXTE_NON_LU)
    elif reserve is None:
        return resultat
    return replace(resultat, resultat="a_verifier", remarque=ensemble(*reasons))


def ensemble(*remarques: Said | None) -> Said | None:
    """Several reserves as one; None when there is none."""
    told = [remarque for remarque in remarques if remarque is not None]
    if not told:
        return None
    return Said(" ; ".join(remarque.fr for remarque in told), "; ".join(remarque.en for remarque in told))
