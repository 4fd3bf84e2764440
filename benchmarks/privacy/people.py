"""Invented people: names drawn from lists and syllables, addresses on example domains, numbers drawn at random."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import asdict, dataclass

FIRST = [
    "Jean",
    "Marie",
    "Élodie",
    "Françoise",
    "Hervé",
    "Aïcha",
    "Noémie",
    "Théo",
    "Gaëlle",
    "Lætitia",
    "Jean-Pierre",
    "Anne-Sophie",
    "Mehdi",
    "Océane",
    "Loïc",
    "Maëlys",
    "Ophélie",
    "Ismaël",
    "Fatou",
    "Zélie",
    "Kévin",
    "Priscille",
    "Édouard",
    "Solène",
    "Yanis",
    "Maud",
    "Rémi",
    "Tiphaine",
    "Ulysse",
    "Wendy",
    "Célestin",
    "Ginette",
    "Aurélien",
    "Manon",
]
LAST = [
    "Martin",
    "Durand",
    "Lefèvre",
    "Moreau",
    "Lemoine",
    "Garnier",
    "Chevalier",
    "Bonnet",
    "Rousseau",
    "Blanchard",
    "Guérin",
    "Müller",
    "Diallo",
    "Nguyen",
    "Hoarau",
    "Payet",
    "Le-Goff",
    "Bénard",
    "Dufour",
    "Kerléo",
    "Traoré",
    "Benali",
    "Fontaine",
    "Petitjean",
    "Vasseur",
    "Oudinot",
    "Quéméneur",
    "Delacroix",
    "Rochefort",
    "Beaumont",
    "Lenoir",
]
STREETS = ("rue", "avenue", "boulevard", "allée", "impasse", "chemin", "route", "place")
OF = (
    "des Lilas",
    "du Moulin Brûlé",
    "Victor Hugo",
    "de la Fontaine Salée",
    "des Trois Frères",
    "du Puits Perdu",
    "Pasteur",
    "des Acacias",
)
TOWNS = (
    ("44000", "Nantes"),
    ("97190", "Le Gosier"),
    ("20200", "Bastia"),
    ("79000", "Niort"),
    ("85000", "La Roche-sur-Yon"),
)
DOMAINS = ("example.org", "example.net", "example.com", "mail.example.org", "courrier.example.com")
_SYLLABLES = [
    "ba",
    "ber",
    "cas",
    "dou",
    "fer",
    "gal",
    "hin",
    "jou",
    "ker",
    "lan",
    "mar",
    "nou",
    "pel",
    "quin",
    "rou",
    "sal",
    "tou",
    "vil",
    "zan",
    "dier",
    "rier",
    "neau",
    "chet",
    "lard",
    "mont",
    "vois",
]


@dataclass(frozen=True)
class Person:
    """An invented person, and what they wrote."""

    prenom: str
    nom: str
    courriel: str
    telephone: str
    adresse: str
    code_postal: str
    ville: str
    date_naissance: str
    observation: str

    def fields(self) -> dict[str, str]:
        return asdict(self)


def plain(text: str) -> str:
    """Without accents, lower case."""
    return unicodedata.normalize("NFKD", text.replace("æ", "ae")).encode("ascii", "ignore").decode().lower()


def a_phone(chance: random.Random, separator: str = " ", prefix: str | None = None) -> str:
    """Ten digits in pairs."""
    start = prefix or chance.choice(("01", "02", "03", "04", "05", "06", "07", "09", "0590", "0690", "0262", "0692"))
    digits = start + "".join(str(chance.randint(0, 9)) for _ in range(10 - len(start)))
    return separator.join(digits[place : place + 2] for place in range(0, 10, 2))


def an_address(chance: random.Random) -> str:
    """A number and a street."""
    return f"{chance.randint(1, 240)}{chance.choice(('', '', '', ' bis'))} {chance.choice(STREETS)} {chance.choice(OF)}"


def a_person(chance: random.Random, opinion: str = "") -> Person:
    """One more invented person."""
    first = chance.choice(FIRST)
    last = (
        chance.choice(LAST)
        if chance.random() < 0.6
        else "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3))).capitalize()
    )
    user = chance.choice(
        (
            f"{plain(first)}.{plain(last)}",
            f"{plain(first)[0]}{plain(last)}{chance.randint(1, 99)}",
            f"{plain(last)}_{plain(first)}",
        )
    )
    code, town = chance.choice(TOWNS)
    born = f"{chance.randint(1930, 2004)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    return Person(
        first,
        last.replace("-", " ") if last == "Le-Goff" else last,
        f"{user}@{chance.choice(DOMAINS)}",
        a_phone(chance),
        an_address(chance),
        code,
        town,
        born,
        opinion,
    )
