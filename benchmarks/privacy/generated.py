"""Invented application forms and observations, with personal values leaked into their public cells on purpose.

Belongs here: clean rows as French administrations write them, and the kinds of leaks. Does not: checking
(`measure.py`). Everybody in it is invented; addresses end in example.org, example.net or example.com. Nothing here
reads the gate's code."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pyarrow as pa

from benchmarks.privacy.leaks import KINDS
from benchmarks.privacy.people import Person, a_person

COMMUNES = (
    ("44109", "Nantes"),
    ("97113", "Le Gosier"),
    ("2B033", "Bastia"),
    ("75056", "Paris"),
    ("13055", "Marseille"),
    ("97411", "Saint-Denis"),
    ("64445", "Pau"),
    ("31555", "Toulouse"),
    ("79191", "Niort"),
    ("85191", "La Roche-sur-Yon"),
    ("73132", "Hauteluce"),
    ("26216", "Moras-en-Valloire"),
    ("17372", "Saint-Pardoult"),
    ("46018", "Aujols"),
    ("97611", "Mamoudzou"),
    ("35238", "Rennes"),
    ("13047", "Istres"),
    ("71076", "Chalon-sur-Saône"),
    ("92073", "Suresnes"),
    ("97311", "Saint-Laurent-du-Maroni"),
    ("40277", "Saint-Pandelon"),
    ("69389", "Lyon"),
    ("14341", "Ifs"),
    ("50129", "Cherbourg"),
    ("13005", "Aubagne"),
    ("2A004", "Ajaccio"),
    ("54395", "Nancy"),
    ("59350", "Lille"),
    ("60057", "Beauvais"),
)
OBJECTS = (
    "Révision du PLU",
    "Parc éolien de la Vallée des Vignes",
    "Élaboration du PLUi valant programme local de l'habitat",
    "Aliénation du chemin rural n° 12",
    "Centrale photovoltaïque au sol",
    "Unité de méthanisation",
    "Déclassement de la rue des Écoles",
    "Captage d'eau potable : déclaration d'utilité publique",
    "Modification n° 4 du plan local d'urbanisme",
    "ZAC du Docteur Calmette",
    "Extension de la carrière du Moulin",
    "Réaménagement de la place du Général de Gaulle",
    "Projet immobilier, 15 avenue de la République",
)
OWNERS = (
    "Commune de {c}",
    "Communauté de communes de {c}",
    "SAS Énergies du Plateau",
    "SARL Martin et fils",
    "Conseil départemental",
    "Syndicat mixte des eaux",
    "Société d'économie mixte d'aménagement de {c}",
    "État (DREAL)",
    "Établissement public foncier",
)
SENTENCES = (
    "Par arrêté n° {y}-{n} du {d1}, M. le maire de {c} a prescrit l'ouverture d'une enquête publique du {d1} "
    "à 9h00 au {d2} à 17h30 inclus.",
    "Le dossier est consultable en mairie de {c}, 1 place de l'Hôtel de Ville, du lundi au vendredi de 8 h "
    "30 à 12 h et de 13 h 30 à 17 h.",
    "Le commissaire enquêteur tiendra {k} permanences à l'hôtel de ville ; le registre compte {n} pages "
    "cotées et paraphées.",
    "La ville a obtenu {k} arobases en {y} ; {n} agents ont été formés et {n2} habitants accompagnés.",
    "Madame la préfète a saisi le tribunal administratif, décision E{y2}0000{n3} / 31 du {iso1}.",
    "Le budget est de {n} 000 euros HT, soit {k} M. Euros sur trois ans ; SIRET du porteur : {siret}.",
    "Les observations peuvent être adressées à enquete-publique@{domain} ou par courrier au siège de "
    "l'enquête, 12 rue de la Gare.",
    "Un espace public numérique ouvre le mercredi de 14h à 18h et le samedi de 9h à 12h, salle Jean Jaurès.",
    "L'accord-cadre {n}/{y}, lots 01 à 0{k}, porte sur la fibre : {n2} prises raccordables au {iso2}.",
    "Standard de la mairie : 02 40 00 {p1} {p2}. Le site compte {n} visites par jour.",
    "Messieurs les conseillers et Mesdames les adjointes ont délibéré le {d2}, délibération {y}/{n3}/DEAL/SEPR/{n}.",
    "Avis favorable assorti de {k} réserves et de deux recommandations ; rapport remis le {iso2}, référence "
    "{siret}-{n}.",
    "Superficie de {n},{n2} hectares, parcelles AB {n} et AB {n3}, altitude {n} m, coordonnées arrondies 47.2, -1.5.",
    "Le wifi public couvre la place du Marché, la rue du Docteur Roux et l'école Madame de Sévigné.",
    "L’enquête dure trente-deux jours pleins et consécutifs, de neuf heures à midi et de quatorze heures à "
    "dix-sept heures trente.",
)
PLACES = (
    "Mairie de {c}",
    "Hôtel de ville de {c}",
    "Salle polyvalente, 3 rue des Écoles",
    "Préfecture, 6 quai Ceineray",
    "Médiathèque de {c}",
)
CHANNELS = ("registre_papier", "courriel", "courrier", "registre_dematerialise", "oral")
THEMES = ("paysage", "bruit", "circulation", "eau", "biodiversite", "procedure")
OPINIONS = (
    "je m'oppose à ce projet parce que le bruit des machines empêche déjà mes enfants de dormir et que "
    "personne ne nous a consultés avant",
    "nous demandons que la haie plantée par mon grand-père le long du chemin soit conservée car elle protège "
    "nos cultures du vent dominant",
    "favorable sous réserve que la route soit élargie devant chez nous, ma fille a failli y être renversée "
    "deux fois cet hiver en rentrant",
    "ayant vécu ici depuis ma naissance je ne comprends pas pourquoi cette source, qui alimente ma ferme, "
    "n'apparaît sur aucun plan du dossier",
)
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


@dataclass(frozen=True)
class Seeded:
    """A leak: the row that holds it, and what kind it is."""

    row: int
    kind: str


@dataclass
class Generated:
    """Public rows with their provenance, the personal values beside them, and where the leaks are."""

    public: pa.Table
    personal: pa.Table
    seeded: list[Seeded] = field(default_factory=list)

    PERSONAL = (
        "prenom",
        "nom",
        "courriel",
        "telephone",
        "adresse",
        "code_postal",
        "ville",
        "date_naissance",
        "observation",
    )


def generate(rows: int, seed: int, share: float = 0.1) -> Generated:
    """`rows` forms and observations, of which `share` leak one value each, all kinds alike often."""
    chance = random.Random(seed)
    public: dict[str, list[str | int]] = {}
    personal: dict[str, list[str | int]] = {}
    seeded: list[Seeded] = []
    kinds = sorted(KINDS)
    for row in range(rows):
        person = a_person(chance, opinion=chance.choice(OPINIONS) + f" ({_words(chance)})")
        cells = _clean_row(chance, row)
        if chance.random() < share:
            kind = kinds[len(seeded) % len(kinds)]
            _leak(chance, cells, KINDS[kind](chance, person), kind)
            seeded.append(Seeded(row, kind))
        place: dict[str, str | int] = {
            "_source": "invente",
            "_snapshot": "0" * 64,
            "_part": "formulaires",
            "_position": row + 1,
        }
        for name, value in (*cells.items(), *place.items()):
            public.setdefault(name, []).append(value)
        for name, value in (*person.fields().items(), *place.items()):
            personal.setdefault(name, []).append(value)
    return Generated(pa.table(public), pa.table(personal), seeded)


def _words(chance: random.Random) -> str:
    return " ".join(
        chance.choice(("demain", "hier", "cela", "vraiment", "encore", "surtout", "parfois", "ici")) for _ in range(4)
    )


def _leak(chance: random.Random, cells: dict[str, str | int], value: str, kind: str) -> None:
    """Put a leaked value in a public cell: inside a sentence, at its end, or instead of it."""
    if kind.startswith("fichier"):
        cells["piece_nom"] = value
        return
    column = chance.choice(("resume", "precisions", "titre", "lieu"))
    before = str(cells[column])
    cells[column] = chance.choice((f"{before} {value}", f"{value} : {before}", value, f"{before} ({value})"))


def _clean_row(chance: random.Random, row: int) -> dict[str, str | int]:
    code, commune = chance.choice(COMMUNES)
    year, month, day = chance.randint(2010, 2026), chance.randint(1, 12), chance.randint(1, 28)
    facts: dict[str, object] = {
        "c": commune,
        "y": year,
        "y2": f"{year % 100:02d}",
        "n": chance.randint(11, 980),
        "n2": chance.randint(11, 4800),
        "n3": chance.randint(101, 999),
        "k": chance.randint(2, 5),
        "d1": f"{day} {MONTHS[month - 1]} {year}",
        "d2": f"{day:02d}/{month:02d}/{year}",
        "iso1": f"{year}-{month:02d}-{day:02d}",
        "iso2": f"{year + 1}-{month:02d}-{day:02d}",
        "siret": f"{chance.randint(200, 999)}{chance.randint(10**10, 10**11 - 1)}",
        "domain": "ville.example.org",
        "p1": f"{chance.randint(0, 99):02d}",
        "p2": f"{chance.randint(0, 99):02d}",
    }

    def said(text: str) -> str:
        return text.format(**facts)

    return {
        "observation_id": f"obs-{row:08d}",
        "titre": f"{chance.choice(OBJECTS)} de {commune}",
        "commune_code": code,
        "commune_nom": commune,
        "maitre_ouvrage": said(chance.choice(OWNERS)),
        "arrete_numero": said("{y}-{n}"),
        "depot_date": said("{iso1}"),
        "ouverture_heure": f"{chance.randint(8, 10):02d}:{chance.choice(('00', '30'))}",
        "canal": chance.choice(CHANNELS),
        "theme": chance.choice(THEMES),
        "lieu": said(chance.choice(PLACES)),
        "siret": said("{siret}"),
        "page_url": f"https://www.registre.example.org/{chance.randint(1000, 99999)}/avis%20d%27enquete",
        "pieces_nombre": chance.randint(0, 9),
        "piece_nom": f"avis_{year}_{chance.randint(1, 99):02d}.pdf",
        "resume": " ".join(said(sentence) for sentence in chance.sample(SENTENCES, 2)),
        "precisions": said(chance.choice(SENTENCES)) if chance.random() < 0.5 else "",
    }


def person_of(table: pa.Table, row: int) -> Person:
    """The invented person of a row, for tests."""
    values = table.slice(row, 1).to_pylist()[0]
    return Person(*(values[name] for name in Generated.PERSONAL))
