"""The picture of an inquiry's dates: what took place, and the limits that the law set, as SVG with its text.

Belongs here: drawing. Does not: checking; limits come from the versions of rules that the checks use. A pure string: no
clock, no font measured. Colours are CSS variables, with defaults for light and for dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from pipelines.domains.inquiries.law.delais import jours, plus_mois
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.regimes import choisir
from pipelines.domains.inquiries.law.regles import version_de
from pipelines.findings.versions import RuleVersion

LARGEUR, GAUCHE, DROITE, LIGNE, HAUT = 860, 300, 24, 28, 16
CLAIR = {
    "fond": "#ffffff",
    "encre": "#1b1f24",
    "fait": "#0b5cad",
    "limite": "#8a6100",
    "bande": "#ffe9b3",
    "trait": "#6b7280",
}
SOMBRE = {
    "fond": "#14181d",
    "encre": "#f2f4f7",
    "fait": "#7db8ff",
    "limite": "#ffd166",
    "bande": "#4a3a10",
    "trait": "#9aa4b2",
}


@dataclass(frozen=True)
class Rangee:
    """One line of the picture: days that took place, a period, and the band in which the law wanted them."""

    libelle: str
    jours: tuple[date, ...] = ()
    periode: tuple[date, date] | None = None
    bande: tuple[date | None, date | None] | None = None
    bande_dite: str = "limite légale"

    @property
    def dates(self) -> Iterator[date]:
        yield from self.jours
        yield from self.periode or ()
        yield from (jour for jour in self.bande or () if jour is not None)

    @property
    def texte(self) -> str:
        """The line in words, for anyone who does not see it."""
        dit = self.libelle
        if self.periode:
            dit += f" : du {self.periode[0]} au {self.periode[1]}"
        else:
            dit += f" : {', '.join(map(str, self.jours))}"
        if self.bande:
            debut, fin = self.bande
            limite = " et ".join(
                part for part in (f"à partir du {debut}" if debut else "", f"jusqu'au {fin}" if fin else "") if part
            )
            dit += f" ({self.bande_dite} : {limite})"
        return dit


def frise(enquete: Enquete) -> str:
    """The timeline of an inquiry as a whole SVG document, with a title and a description in French.

    Order, notices, posters, opening and closing, extension, reminder, sessions, summary, reply, report; bands show the
    days that the law of its regime allowed. What was not read is not drawn.
    """
    rangees = [rangee for rangee in _rangees(enquete) if rangee.jours or rangee.periode]
    dates = [jour for rangee in rangees for jour in rangee.dates]
    titre = f"Frise de l'enquête : {enquete.titre}"
    texte = " ; ".join(rangee.texte for rangee in rangees) or "aucune date lue"
    hauteur = HAUT + LIGNE * (len(rangees) + 1) + 12
    corps = "".join(_dessin(rangees, dates)) if dates else _mot(GAUCHE, HAUT + 16, "Aucune date lue")
    cle = escape(enquete.id, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="frise" viewBox="0 0 {LARGEUR} {hauteur}" width="100%" '
        f'role="img" aria-labelledby="titre-{cle} texte-{cle}" lang="fr">'
        f'<title id="titre-{cle}">{escape(titre, quote=False)}</title>'
        f'<desc id="texte-{cle}">{escape(texte, quote=False)}.</desc>'
        f"<style>{_style()}</style>"
        f'<rect class="fond" width="{LARGEUR}" height="{hauteur}"/>{corps}</svg>\n'
    )


def _rangees(enquete: Enquete) -> Iterator[Rangee]:
    choix = choisir(enquete)

    def regle(identifiant: str) -> RuleVersion | None:
        return version_de(identifiant, choix.regime, choix.jour)

    def avant_ouverture(version: RuleVersion | None) -> tuple[None, date] | None:
        if version is None or enquete.ouverture is None:
            return None
        return None, enquete.ouverture - jours(version.number("avance_jours"))

    def un(jour: date | None) -> tuple[date, ...]:
        return (jour,) if jour else ()

    def publies(support: str, *rangs: int | None) -> tuple[date, ...]:
        return tuple(
            sorted({item.jour for item in enquete.publicites if item.support == support and item.rang in rangs})
        )

    yield Rangee("Désignation", un(enquete.designation))
    yield Rangee("Arrêté d'ouverture", un(enquete.arrete), bande=avant_ouverture(regle("EP-07")))
    yield Rangee("Premier avis, presse", publies("journal", 1), bande=avant_ouverture(regle("EP-11")))
    yield Rangee("Avis en ligne", publies("web", 1, None), bande=avant_ouverture(regle("EP-15")))
    poses, constats = jours_d_affichage(enquete)
    yield Rangee("Affichage", poses, bande=avant_ouverture(regle("EP-14")))
    yield Rangee("Constat d'affichage", constats)
    if enquete.ouverture and enquete.cloture_prevue:
        yield Rangee("Enquête", periode=(enquete.ouverture, enquete.cloture_prevue))
    else:
        yield Rangee("Ouverture", un(enquete.ouverture))
        yield Rangee("Clôture", un(enquete.cloture))
    if enquete.cloture_initiale and enquete.cloture and enquete.cloture_initiale < enquete.cloture:
        yield Rangee("Prolongation", periode=(enquete.cloture_initiale, enquete.cloture))
    rappel = regle("EP-12")
    fenetre = None
    if rappel and enquete.ouverture:
        fenetre = enquete.ouverture, enquete.ouverture + jours(rappel.number("rappel_jours") - 1)
    yield Rangee("Rappel, presse", publies("journal", 2), bande=fenetre)
    yield Rangee("Permanences", tuple(sorted({item.jour for item in enquete.permanences})))
    yield Rangee("Procès-verbal de synthèse", un(enquete.pv_synthese), bande=_apres(enquete.cloture, regle("EP-21")))
    yield Rangee(
        "Mémoire en réponse",
        un(enquete.memoire_reponse),
        bande=_apres(enquete.pv_synthese, regle("EP-22")),
        bande_dite="délai facultatif",
    )
    yield Rangee("Rapport", un(enquete.rapport), bande=_apres(enquete.cloture, regle("EP-23")))
    yield Rangee("Rapport en ligne", un(enquete.rapport_en_ligne))


def jours_d_affichage(enquete: Enquete) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """(days on which a poster was put up, days on which it was only seen)."""
    affiches = [item for item in enquete.publicites if item.support == "affichage"]
    poses = {item.jour for item in affiches if not item.is_observation}
    vus = {item.jour for item in affiches if item.is_observation} | {item.constat for item in affiches if item.constat}
    return tuple(sorted(poses)), tuple(sorted(vus - poses))


def _apres(depart: date | None, version: RuleVersion | None) -> tuple[date, date] | None:
    if depart is None or version is None:
        return None
    if "delai_mois" in version.parameters:
        return depart, plus_mois(depart, version.number("delai_mois"))
    return depart, depart + jours(version.number("delai_jours"))


def _dessin(rangees: list[Rangee], dates: list[date]) -> Iterator[str]:
    debut, fin = min(dates) - jours(5), max(dates) + jours(5)

    def x(jour: date) -> float:
        part = (jour - debut) / (fin - debut)
        return round(GAUCHE + part * (LARGEUR - GAUCHE - DROITE), 1)

    bas = HAUT + LIGNE * len(rangees)
    for mois in _mois(debut, fin):
        yield f'<line class="trait" x1="{x(mois)}" y1="{HAUT}" x2="{x(mois)}" y2="{bas}"/>'
        yield _mot(x(mois), bas + 18, f"{mois:%m/%Y}", "repere")
    for rang, rangee in enumerate(rangees):
        y = HAUT + LIGNE * rang
        if rangee.bande:
            gauche, droite = rangee.bande[0] or debut, rangee.bande[1] or fin
            largeur = round(max(x(droite) - x(gauche), 2), 1)
            yield f'<rect class="bande" x="{x(gauche)}" y="{y + 4}" width="{largeur}" height="{LIGNE - 8}"/>'
        if rangee.periode:
            premier, dernier = rangee.periode
            largeur = round(max(x(dernier) - x(premier), 2), 1)
            yield f'<rect class="fait" x="{x(premier)}" y="{y + 9}" width="{largeur}" height="{LIGNE - 18}"/>'
        for jour in rangee.jours:
            yield f'<circle class="fait" cx="{x(jour)}" cy="{y + LIGNE / 2}" r="5"/>'
        montres = rangee.periode or (rangee.jours if len(rangee.jours) < 3 else ())
        dit = " → ".join(f"{jour:%d/%m/%Y}" for jour in montres) or f"{len(rangee.jours)} jours"
        yield _mot(12, y + 19, f"{rangee.libelle} · {dit}")


def _mois(debut: date, fin: date) -> Iterator[date]:
    """The first days of months between two days, twelve at most."""
    tous = []
    jour = (debut.replace(day=1) + timedelta(days=32)).replace(day=1)
    while jour <= fin:
        tous.append(jour)
        jour = (jour + timedelta(days=32)).replace(day=1)
    yield from tous[:: max(1, -(-len(tous) // 12))]


def _mot(x: float, y: float, texte: str, classe: str = "mot") -> str:
    return f'<text class="{classe}" x="{x}" y="{y}">{escape(texte, quote=False)}</text>'


def _style() -> str:
    claires = "".join(f"--frise-{nom}:{couleur};" for nom, couleur in CLAIR.items())
    sombres = "".join(f"--frise-{nom}:{couleur};" for nom, couleur in SOMBRE.items())
    return (
        f".frise{{{claires}}}@media (prefers-color-scheme:dark){{.frise{{{sombres}}}}}"
        ".frise text{font:13px system-ui,sans-serif;fill:var(--frise-encre)}"
        ".frise .repere{font-size:11px;text-anchor:middle}"
        ".frise .fond{fill:var(--frise-fond)}.frise .fait{fill:var(--frise-fait)}"
        ".frise .bande{fill:var(--frise-bande);stroke:var(--frise-limite);stroke-dasharray:4 2}"
        ".frise .trait{stroke:var(--frise-trait);stroke-width:.5}"
    )
