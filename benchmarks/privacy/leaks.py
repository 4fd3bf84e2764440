"""The kinds of leaks: a function each, from the invented person of a record to the text that slips into a public cell.

`own_*` and `fichier_*` leak the record's own values, exact or respelled; the others a stranger's, which only patterns
can find."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from urllib.parse import quote

from benchmarks.privacy.people import Person, a_person, a_phone, an_address, plain

Leak = Callable[[random.Random, Person], str]
KINDS: dict[str, Leak] = {}
_UNITS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt")
_MONTHS = [
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
_CYRILLIC = str.maketrans("aeopcxy", "аеорсху")


def leak(function: Leak) -> Leak:
    KINDS[function.__name__] = function
    return function


def stranger(chance: random.Random) -> Person:
    return a_person(chance)


@leak
def own_email(_chance: random.Random, person: Person) -> str:
    return person.courriel


@leak
def own_email_upper(_chance: random.Random, person: Person) -> str:
    return person.courriel.upper()


@leak
def own_email_said(chance: random.Random, person: Person) -> str:
    return person.courriel.replace("@", chance.choice((" at ", " arobase ", "(at)", " chez "))).replace(
        ".", chance.choice((".", " point "))
    )


@leak
def own_email_hash(chance: random.Random, person: Person) -> str:
    return hashlib.new(chance.choice(("md5", "sha1", "sha256")), person.courriel.encode()).hexdigest()


@leak
def own_phone(_chance: random.Random, person: Person) -> str:
    return person.telephone


@leak
def own_phone_respelled(chance: random.Random, person: Person) -> str:
    digits = person.telephone.replace(" ", "")
    return chance.choice(
        (
            digits,
            f"+33{digits[1:]}",
            f"+33 (0){digits[1]} {digits[2:]}",
            "-".join(digits),
            digits[:5] + " " + digits[5:],
        )
    )


@leak
def own_name(_chance: random.Random, person: Person) -> str:
    return f"{person.prenom} {person.nom}"


@leak
def own_name_reversed(_chance: random.Random, person: Person) -> str:
    return f"{person.nom.upper()} {person.prenom}"


@leak
def own_name_plain(_chance: random.Random, person: Person) -> str:
    return f"{plain(person.prenom)}  {plain(person.nom)}"


@leak
def own_surname(_chance: random.Random, person: Person) -> str:
    return person.nom


@leak
def own_initial(_chance: random.Random, person: Person) -> str:
    return f"{person.prenom[0]}. {person.nom}"


@leak
def own_name_invisible(_chance: random.Random, person: Person) -> str:
    return "\u200b".join(person.nom)


@leak
def own_name_lookalike(_chance: random.Random, person: Person) -> str:
    return f"{person.prenom} {person.nom}".translate(_CYRILLIC)


@leak
def own_name_comment(_chance: random.Random, person: Person) -> str:
    return f"<!-- {person.prenom} {person.nom} -->"


@leak
def own_address(_chance: random.Random, person: Person) -> str:
    return f"{person.adresse}, {person.code_postal} {person.ville}"


@leak
def own_address_upper(_chance: random.Random, person: Person) -> str:
    return plain(person.adresse).upper().replace("AVENUE", "AV").replace("BOULEVARD", "BD")


@leak
def own_birth(_chance: random.Random, person: Person) -> str:
    return person.date_naissance


@leak
def own_birth_said(_chance: random.Random, person: Person) -> str:
    year, month, day = person.date_naissance.split("-")
    return f"né le {int(day)} {_MONTHS[int(month) - 1]} {year}"


@leak
def own_words(chance: random.Random, person: Person) -> str:
    words = person.observation.split()
    start = chance.randint(0, len(words) - 12)
    return " ".join(words[start : start + 12])


@leak
def fichier_nom(_chance: random.Random, person: Person) -> str:
    return f"Courrier_{plain(person.nom)}_{plain(person.prenom)}.pdf"


@leak
def fichier_nom_colle(_chance: random.Random, person: Person) -> str:
    return f"{plain(person.prenom)}{plain(person.nom)}.docx".replace(" ", "").replace("-", "")


@leak
def email(chance: random.Random, _person: Person) -> str:
    return stranger(chance).courriel


@leak
def email_bracketed(chance: random.Random, _person: Person) -> str:
    return stranger(chance).courriel.replace(
        "@", chance.choice((" [at] ", "(at)", " (a) ", "{at}", "[arobase]", " (@) "))
    )


@leak
def email_said(chance: random.Random, _person: Person) -> str:
    return (
        stranger(chance)
        .courriel.replace("@", chance.choice((" arobase ", " at ")))
        .replace(".", chance.choice((" point ", ".")))
    )


@leak
def email_spaced(chance: random.Random, _person: Person) -> str:
    return chance.choice(
        (" ".join(stranger(chance).courriel), stranger(chance).courriel.replace("@", " @ ").replace(".", " . "))
    )


@leak
def email_encoded(chance: random.Random, _person: Person) -> str:
    address = stranger(chance).courriel
    return chance.choice(
        (quote(address), address.replace("@", "&#64;"), address.replace("@", "&commat;"), address.replace("@", "%2540"))
    )


@leak
def email_fullwidth(chance: random.Random, _person: Person) -> str:
    return "".join(
        chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in stranger(chance).courriel
    )


@leak
def email_base64(chance: random.Random, _person: Person) -> str:
    return base64.b64encode(stranger(chance).courriel.encode()).decode()


@leak
def phone(chance: random.Random, _person: Person) -> str:
    return a_phone(
        chance, chance.choice((" ", ".", "-", "", "/", "\u00a0")), chance.choice(("06", "07", "0690", "0692"))
    )


@leak
def phone_overseas(chance: random.Random, _person: Person) -> str:
    prefix, size = chance.choice(
        (
            ("+590", 9),
            ("+594", 9),
            ("+596", 9),
            ("+262", 9),
            ("00590", 9),
            ("+687", 6),
            ("+689", 8),
            ("+681", 6),
            ("+508", 6),
        )
    )
    return f"{prefix} {''.join(str(chance.randint(1, 9)) for _ in range(size))}"


@leak
def phone_spelled(chance: random.Random, _person: Person) -> str:
    digits = a_phone(chance, "", chance.choice(("06", "07")))
    pairs = [digits[place : place + 2] for place in range(0, 10, 2)]
    return " ".join(_said(int(pair), leading=pair[0] == "0") for pair in pairs)


def _said(value: int, *, leading: bool) -> str:
    if leading:
        return f"zéro {_UNITS[value]}"
    if value < 20:
        return _UNITS[value]
    ten, unit = divmod(value, 10)
    if ten in (7, 9):
        return f"{_TENS[ten]}-{'et-' if value == 71 else ''}{_UNITS[unit + 10]}"
    if unit == 0:
        return _TENS[ten] + ("s" if value == 80 else "")
    return f"{_TENS[ten]}-{'et-' if unit == 1 and ten < 8 else ''}{_UNITS[unit]}"


@leak
def nir(chance: random.Random, _person: Person) -> str:
    place = chance.choice(("75", "44", "97", "2A", "2B"))
    born, serial = f"{chance.randint(30, 99)}{chance.randint(1, 12):02d}", chance.randint(1, 999)
    body = f"{chance.choice('12')}{born}{place}{chance.randint(1, 999):03d}{serial:03d}"
    key = 97 - int(body.replace("2A", "19").replace("2B", "18")) % 97
    parts = (body[:1], body[1:3], body[3:5], body[5:7], body[7:10], body[10:], f"{key:02d}")
    return chance.choice(("", " ")).join(parts)


@leak
def iban(chance: random.Random, _person: Person) -> str:
    account = "".join(str(chance.randint(0, 9)) for _ in range(23))
    key = 98 - int(f"{account}152700") % 97
    number = f"FR{key:02d}{account}"
    return chance.choice((number, " ".join(number[place : place + 4] for place in range(0, 27, 4)), number.lower()))


@leak
def civility(chance: random.Random, _person: Person) -> str:
    other = stranger(chance)
    return chance.choice(
        (
            f"M. {other.nom}",
            f"Mme {other.prenom} {other.nom}",
            f"Monsieur {other.nom.upper()}",
            f"Mlle {other.nom}",
            f"madame {other.nom.lower()}",
        )
    )


@leak
def address(chance: random.Random, _person: Person) -> str:
    return chance.choice(("demeurant ", "domicilié au ", "j'habite ")) + an_address(chance)


@leak
def coordinates(chance: random.Random, _person: Person) -> str:
    latitude, longitude = chance.uniform(42.5, 50.5), chance.uniform(-1, 7)
    return chance.choice(
        (f"{latitude:.6f}, {longitude:.6f}", f"[{longitude:.7f}, {latitude:.7f}]", f"{latitude:.5f};{longitude:.5f}")
    )


@leak
def comment(chance: random.Random, _person: Person) -> str:
    return f"<!-- voir avec {stranger(chance).prenom} -->"
