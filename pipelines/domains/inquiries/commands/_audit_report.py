"""Reports of the legal checks: HTML for a person, CSV for a machine, per inquiry and in total.

Belongs here: showing constats. Does not: making them (`law/controles.py`), reading a release (`audit.py`). Pure
strings: the same constats give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from pipelines.catalogue.wording import Wording
from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import annee
from pipelines.domains.inquiries.law.controles import ECARTS, Constat
from pipelines.domains.inquiries.law.delais import PARIS, heure_de_paris
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.frise import frise

RESULTATS = {
    "non_conforme": "Non conforme",
    "a_verifier": "À vérifier",
    "conforme": "Conforme",
    "non_evalue": "Non évalué",
    "non_applicable": "Sans objet",
}
WORDS = Wording("fr")
COLONNES = (
    *("enquete_id", "titre", "departements", "annee", "regime", "regle", "libelle", "resultat", "calcul"),
    *("fait_manquant", "remarque", "base_legale", "version", "certitude", "contester"),
)
PORTEE = (
    "Un résultat concerne l'enquête telle que les sources la décrivent. Ce n'est pas une décision de justice, ni un "
    "avis juridique. « Non conforme » suppose que le texte a été lu et que tous les faits utiles sont connus. Un fait "
    "qui manque n'est jamais un manquement. Ces enquêtes ont été choisies à la main : elles ne décrivent pas "
    "l'ensemble des enquêtes."
)
STYLE = (
    ":root{color-scheme:light dark;--encre:#1b1f24;--fond:#fff;--doux:#f3f4f6;--trait:#9aa4b2;--lien:#0b5cad}"
    "@media (prefers-color-scheme:dark){:root{--encre:#f2f4f7;--fond:#14181d;--doux:#20262d;--lien:#7db8ff}}"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--encre);background:var(--fond);max-width:70rem;margin:auto;"
    "padding:1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--trait);padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}thead th{background:var(--doux)}a{color:var(--lien)}"
    "section{margin:2rem 0}.large{overflow-x:auto}"
)


def choisis(constats: Iterable[Constat], *, regle: str | None = None, departement: str | None = None) -> list[Constat]:
    """The constats of one rule and of one département; None keeps all."""
    return [
        constat
        for constat in constats
        if (regle is None or constat.regle.id == regle)
        and (departement is None or departement in constat.enquete.departements)
    ]


def rapport_csv(constats: Sequence[Constat], *, contester: str) -> str:
    """One line a constat, comma, LF, UTF-8, in the order given.

    `contester`: how to contest a result, and by when it is answered, written with each that says more than "met".
    """
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, lineterminator="\n")
    ecrivain.writerow(COLONNES)
    for constat in constats:
        enquete, dit, version = constat.enquete, constat.resultat, constat.version
        debut = (enquete.id, enquete.titre, ";".join(enquete.departements), annee(enquete), constat.choix.regime)
        remarque = dit.remarque.fr if dit.remarque else None
        controle = (constat.regle.id, constat.regle.libelle, dit.resultat, dit.calcul, dit.manque, remarque)
        contestation = contester if dit.resultat in ECARTS else None
        fin = (constat.base, version.name if version else None, constat.certitude, contestation)
        ecrivain.writerow((*debut, *controle, *fin))
    return sortie.getvalue()


def totaux(constats: Iterable[Constat]) -> list[tuple[str, Said, Counter[str]]]:
    """(rule, title, number of constats by result), by rule."""
    comptes: dict[tuple[str, Said], Counter[str]] = {}
    for constat in constats:
        comptes.setdefault((constat.regle.id, constat.regle.titre), Counter())[constat.resultat.resultat] += 1
    return [(regle, titre, compte) for (regle, titre), compte in sorted(comptes.items())]


def rapport_html(constats: Sequence[Constat], *, titre: str, contester: str) -> str:
    """A page that stands alone: totals by rule, then each inquiry with its timeline and its constats.

    `contester`: how to contest a result, and by when it is answered. Checks that do not apply are counted
    in the totals and not listed.
    """
    parties = [_totaux(constats)]
    for _, groupe in groupby(constats, key=lambda constat: constat.enquete.id):
        parties.append(_enquete(list(groupe)))
    titre = _texte(titre)
    return (
        '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{titre}</title><style>{STYLE}</style></head><body><h1>{titre}</h1>"
        f"<p>{_texte(PORTEE)}</p><p>{_texte(contester)}</p>" + "".join(parties) + "</body></html>\n"
    )


def _texte(phrase: str) -> str:
    """A sentence for the page: no-break spaces and apostrophes as French is printed, signs of HTML escaped."""
    return escape(WORDS.spaced(phrase))


def _totaux(constats: Sequence[Constat]) -> str:
    tetes = "".join(f'<th scope="col">{nom}</th>' for nom in ("Règle", *RESULTATS.values()))
    lignes = "".join(
        f'<tr><th scope="row">{escape(regle)} {_texte(titre.fr)}</th>'
        + "".join(f"<td>{compte[code]}</td>" for code in RESULTATS)
        + "</tr>"
        for regle, titre, compte in totaux(constats)
    )
    nombre = len({constat.enquete.id for constat in constats})
    enquetes = f"{nombre} enquêtes" if nombre > 1 else f"{nombre} enquête"
    controles = f"{_milliers(len(constats))} contrôles" if len(constats) > 1 else f"{len(constats)} contrôle"
    return (
        f"<section><h2>{_texte(f'Au total : {enquetes}, {controles}')}</h2>"
        f'<div class="large"><table><thead><tr>'
        f"{tetes}</tr></thead><tbody>{lignes}</tbody></table></div></section>"
    )


def _milliers(nombre: int) -> str:
    """A number as French writes it, thousands set apart by a narrow blank."""
    return f"{nombre:,}".replace(",", "\u202f")


def _enquete(constats: Sequence[Constat]) -> str:
    enquete, choix = constats[0].enquete, constats[0].choix
    ordre = list(RESULTATS)
    vus = sorted(
        (constat for constat in constats if constat.resultat.resultat != "non_applicable"),
        key=lambda constat: (ordre.index(constat.resultat.resultat), constat.regle.id),
    )
    lignes = "".join(_ligne(constat) for constat in vus)
    tetes = "".join(f'<th scope="col">{nom}</th>' for nom in ("Règle", "Résultat", "Calcul", "Base légale"))
    exemple = " (enquête fictive)" if enquete.exemple else ""
    regime = choix.regime or f"non déterminé : {choix.manque}"
    return (
        f'<section id="{escape(enquete.id, quote=True)}"><h2>{_texte(enquete.titre)}{exemple}</h2>'
        f"<p>{_texte(f'Régime : {regime}.{_heures(enquete)}')}</p>{frise(enquete)}"
        f'<div class="large"><table><thead><tr>{tetes}</tr></thead><tbody>{lignes}</tbody></table></div></section>'
    )


def _ligne(constat: Constat) -> str:
    dit = constat.resultat
    calcul = " — ".join(
        part
        for part in (
            dit.calcul,
            f"fait manquant : {dit.manque}" if dit.manque else None,
            dit.remarque.fr if dit.remarque else None,
        )
        if part
    )
    base = f"{constat.base} (texte : {constat.certitude})"
    cases = (f"{constat.regle.id} {constat.regle.libelle}", RESULTATS[dit.resultat], calcul, base)
    return "<tr>" + "".join(f"<td>{_texte(case)}</td>" for case in cases) + "</tr>"


def _heures(enquete: Enquete) -> str:
    """The local closing hour, and the one that it is in Paris for a seat overseas."""
    if not (enquete.cloture and enquete.cloture_heure and enquete.fuseau) or enquete.fuseau == PARIS:
        return ""
    jour, heure = heure_de_paris(enquete.cloture, enquete.cloture_heure, enquete.fuseau)
    locale = f" Clôture le {enquete.cloture} à {enquete.cloture_heure}, heure locale ({enquete.fuseau})"
    return f"{locale}, soit le {jour} à {heure} à Paris."
