"""The shapes that the benchmark measures: invented tables made from a seed, each with its Table Schema and its dialect.

`observations` is the table of `data.py`; the others are what French public data also looks like. A share of the rows
can get one wrong cell each. Belongs here: schemas and rows. Does not: measuring (`run.py`, `contestants.py`).
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.validation.data import SCHEMA as OBSERVATIONS
from benchmarks.validation.data import WORDS, WRONG, line

SEED = 20261128
REQUIRED = {"required": True}
COMMUNE = "^([013-9]\\d|2[AB1-9])\\d{3}$"
ITINERANCE = "(?:(?:^|,)(^[A-Z]{2}[A-Z0-9]{4,33}$|Non concerné))+$"
HOURS = "(.*?)((\\d{1,2}:\\d{2})-(\\d{1,2}:\\d{2})|24/7)"
VALIDATED = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json"}
Cells = list[str]
Row = Callable[[int, random.Random], Cells]


@dataclass(frozen=True)
class Shape:
    """One kind of table. `wrong`: a place of a row and the cell that is refused there."""

    name: str
    title: str
    fields: list[dict[str, Any]]
    row: Row
    wrong: list[tuple[int, str]] = field(default_factory=list)
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    space: bool = False  # a space after each delimiter, that the dialect skips
    packed: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        return {"fields": self.fields}

    @property
    def dialect(self) -> dict[str, Any]:
        control = {"delimiter": self.delimiter, "skipInitialSpace": self.space}
        return {"csv": control if self.quote == '"' else control | {"quoteChar": self.quote}}

    def lines(self, rows: int, share: float) -> Iterator[str]:
        """The file, line by line."""
        rng = random.Random(SEED)
        header = [item["name"] for item in self.fields]
        yield self._line(header)
        for number in range(rows):
            cells = self.row(number, rng)
            if share and rng.random() < share:
                place, cell = self.wrong[number % len(self.wrong)]
                cells[place] = cell.replace("#", str(number))
            yield self._line(cells)

    def _line(self, cells: Cells) -> str:
        written = io.StringIO()
        csv.writer(written, delimiter=self.delimiter, quotechar=self.quote, lineterminator="\n").writerow(cells)
        text = written.getvalue()
        return text.replace(self.delimiter, self.delimiter + " ") if self.space else text

    def write(self, folder: Path, rows: int, share: float = 0.0) -> Path:
        """The file of the shape; one that is there is kept."""
        path = folder / f"{self.name}-{rows}-{share:g}.csv{'.gz' if self.packed else ''}"
        if path.exists():
            return path
        aside = path.with_suffix(".part")
        opening = gzip.open if self.packed else open
        with opening(aside, "wt", encoding=self.encoding, newline="") as file:
            file.writelines(self.lines(rows, share))
        aside.rename(path)
        return path


def _observations(number: int, rng: random.Random) -> Cells:
    return next(csv.reader([line(number, rng, 0.0)]))


def _texts(number: int, rng: random.Random) -> Cells:
    return [f"{rng.choice(WORDS)} {rng.getrandbits(24)}" for _ in range(60)]


def _day(rng: random.Random) -> str:
    return f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(1990, 2026)}"


def _decimal(rng: random.Random) -> str:
    return f"{rng.randint(-90_000, 90_000)},{rng.randint(0, 99):02}"


def _decimals(number: int, rng: random.Random) -> Cells:
    return [*(_decimal(rng) for _ in range(5)), *(_day(rng) for _ in range(5))]


def _grouped(rng: random.Random) -> str:
    return f"{rng.randint(0, 9_999_999):,}".replace(",", " ") + f",{rng.randint(0, 99):02}"


def _email(number: int, rng: random.Random) -> str:
    return f"{rng.choice(WORDS[:2])}.personne{rng.getrandbits(40):x}@{rng.choice(HOSTS)}"


def _address(number: int, rng: random.Random) -> str:
    return f"https://{rng.choice(HOSTS)}/jeux/{rng.getrandbits(48):x}?page={rng.randint(1, 99)}"


def _commune(rng: random.Random) -> str:
    return f"{rng.randint(1, 95):02}{rng.randrange(1000):03}".replace("20", "21", 1)


def _place(rng: random.Random) -> str:
    return f"[{rng.uniform(-5, 9):.6f}, {rng.uniform(41, 51):.6f}]"


def _mix(number: int, rng: random.Random) -> Cells:
    return [
        f"FRA99P{rng.getrandbits(40):010X}",
        _grouped(rng),
        _grouped(rng),
        _day(rng),
        _day(rng),
        _email(number, rng),
        _commune(rng),
        _place(rng),
    ]


HOSTS = ["example.org", "mairie.example.net", "donnees.example.com"]
TRUTHS = ["true", "false"]
OPENINGS = ["24/7", "Mo-Fr 08:00-12:00", "Mo-Su 06:30-22:00", "Mo-Sa 09:00-19:30"]
SITES = [
    "Voirie",
    "Parking public",
    "Parking privé à usage public",
    "Parking privé réservé à la clientèle",
    "Station dédiée à la recharge rapide",
]
ACCESS = ["Accès libre", "Accès réservé"]
ROOM = ["Réservé PMR", "Accessible mais non réservé PMR", "Non accessible", "Accessibilité inconnue"]
LINK = ["Direct", "Indirect"]


def _field(name: str, kind: str, constraints: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    limits = {"constraints": dict(constraints)} if constraints else {}
    return {"name": name, "type": kind, **more, **limits}


_truth = partial(_field, kind="boolean", constraints=REQUIRED)
IRVE = [
    _field("nom_amenageur", "string"),
    _field("siren_amenageur", "string", {"pattern": "^\\d{9}$"}),
    _field("contact_amenageur", "string", format="email"),
    _field("nom_operateur", "string"),
    _field("contact_operateur", "string", REQUIRED, format="email"),
    _field("telephone_operateur", "string"),
    _field("nom_enseigne", "string", REQUIRED),
    _field("id_station_itinerance", "string", REQUIRED | {"pattern": ITINERANCE}),
    _field("id_station_local", "string"),
    _field("nom_station", "string", REQUIRED),
    _field("implantation_station", "string", REQUIRED | {"enum": SITES}),
    _field("adresse_station", "string", REQUIRED),
    _field("code_insee_commune", "string", {"pattern": COMMUNE}),
    _field("coordonneesXY", "geopoint", REQUIRED, format="array"),
    _field("nbre_pdc", "integer", REQUIRED | {"minimum": 0}),
    _field("id_pdc_itinerance", "string", REQUIRED | {"pattern": ITINERANCE}),
    _field("id_pdc_local", "string"),
    _field("puissance_nominale", "number", REQUIRED | {"minimum": 0}),
    *(_truth(f"prise_type_{kind}") for kind in ("ef", "2", "combo_ccs", "chademo", "autre")),
    _field("gratuit", "boolean"),
    *(_truth(f"paiement_{kind}") for kind in ("acte", "cb", "autre")),
    _field("tarification", "string"),
    _field("condition_acces", "string", REQUIRED | {"enum": ACCESS}),
    _truth("reservation"),
    _field("horaires", "string", REQUIRED | {"pattern": HOURS}),
    _field("accessibilite_pmr", "string", REQUIRED | {"enum": ROOM}),
    _field("restriction_gabarit", "string", REQUIRED),
    _truth("station_deux_roues"),
    _field("raccordement", "string", {"enum": LINK}),
    _field("num_pdl", "string", {"maxLength": 64}),
    _field("date_mise_en_service", "date"),
    _field("observations", "string"),
    _field("date_maj", "date", REQUIRED),
    _field("cable_t2_attache", "boolean"),
]


def _station(number: int, rng: random.Random) -> Cells:
    operator = rng.randrange(400)
    truths = rng.choices(TRUTHS, k=11)
    return [
        f"Aménageur {operator}",
        f"{100_000_000 + operator * 7919}",
        f"contact{operator}@example.org",
        f"Opérateur {operator % 60}",
        f"aide{operator % 60}@example.net",
        f"01990000{operator % 100:02}",
        f"Réseau {operator % 60}",
        f"FRA{operator % 100:02}P{rng.getrandbits(36):09X}",
        "",
        f"Station {rng.choice(WORDS)} {rng.randrange(40_000)}",
        rng.choice(SITES),
        f"{rng.randrange(1, 200)} rue {rng.choice(WORDS)}, {rng.choice(WORDS)}",
        _commune(rng),
        _place(rng),
        str(rng.randint(1, 24)),
        f"FRA{operator % 100:02}E{rng.getrandbits(44):011X}",
        str(rng.getrandbits(20)),
        rng.choice(["7.4", "22", "50.0", "150"]),
        *truths[:5],
        truths[5],
        *truths[6:9],
        "0,45 €/kWh",
        rng.choice(ACCESS),
        truths[9],
        rng.choice(OPENINGS),
        rng.choice(ROOM),
        "inconnu",
        truths[10],
        rng.choice(LINK),
        str(rng.getrandbits(46)),
        f"{rng.randint(2012, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "",
        f"{rng.randint(2024, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        rng.choice(["true", "false", ""]),
    ]


FRENCH_DECIMAL = {"decimalChar": ","}
WIDE = 20_000
SHAPES = [
    Shape("observations", "the observations of `data.py`, 11 columns", OBSERVATIONS["fields"], _observations, WRONG),
    Shape(
        "texts",
        "60 text columns",
        [_field(f"texte_{number}", "string") for number in range(60)],
        _texts,
    ),
    Shape(
        "decimals",
        "French decimals and dates, 10 columns",
        [
            *(_field(f"montant_{number}", "number", **FRENCH_DECIMAL) for number in range(5)),
            *(_field(f"jour_{number}", "date", format="%d/%m/%Y") for number in range(5)),
        ],
        _decimals,
        [(0, "12.#"), (5, "31/02/2024"), (7, "2024-01-#")],
        delimiter=";",
    ),
    Shape(
        "irve",
        "the national IRVE schema, 40 columns",
        IRVE,
        _station,
        [(7, "frp#"), (17, "#,4"), (34, "31/01/2024"), (13, "[200, #]"), (4, "aide#")],
    ),
    Shape(
        "mix",
        "a French mix, 8 columns",
        [
            _field("id_pdc", "string", REQUIRED | {"pattern": ITINERANCE}),
            _field("montant", "number", **FRENCH_DECIMAL, groupChar=" "),
            _field("total", "number", {"minimum": 0}, **FRENCH_DECIMAL, groupChar=" "),
            _field("depuis", "date", format="%d/%m/%Y"),
            _field("jusque", "date", format="%d/%m/%Y"),
            _field("courriel", "string", format="email"),
            _field("commune", "string", {"pattern": COMMUNE}),
            _field("lieu", "geopoint", format="array"),
        ],
        _mix,
        [(0, "fr#"), (1, "12.#"), (3, "31/02/2024"), (5, "x#"), (6, "2D#"), (7, "[200, #]")],
        delimiter=";",
    ),
    Shape(
        "emails",
        "40 e-mail columns, all cells distinct",
        [_field(f"courriel_{number}", "string", format="email") for number in range(40)],
        lambda number, rng: [_email(number, rng) for _ in range(40)],
        [(3, "personne#"), (20, "a b#@example.org")],
    ),
    Shape(
        "uris",
        "2 URI columns, all cells distinct",
        [_field("page", "string", format="uri"), _field("fichier", "string", REQUIRED, format="uri")],
        lambda number, rng: [_address(number, rng), _address(number, rng)],
        [(0, "www#.example.org"), (1, "://#")],
    ),
    Shape(
        "wide",
        f"{WIDE:,} columns",
        [_field(f"mesure_{number}", "integer" if number % 2 else "string") for number in range(WIDE)],
        lambda number, rng: [str(rng.randrange(1000)) for _ in range(WIDE)],
        [(1, "x#"), (9_001, "1,#")],
    ),
]
BY_NAME = {shape.name: shape for shape in SHAPES}


def _variant(name: str, **more: Any) -> Shape:
    plain = BY_NAME["observations"]
    return Shape(name, f"the observations, {name}", plain.fields, plain.row, plain.wrong, **more)


DIALECTS = [
    _variant("semicolon", delimiter=";"),
    _variant("cp1252", delimiter=";", encoding="cp1252"),
    _variant("gz", packed=True),
    _variant("space", space=True),
    _variant("quote", delimiter=";", quote="'"),
]
BY_NAME |= {shape.name: shape for shape in DIALECTS}
