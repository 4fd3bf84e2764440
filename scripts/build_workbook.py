"""Build the example workbook of application forms: `sources/data/label/formulaires-exemple.xlsx` and `.xls`.

Seven sheets with the real headers of the platform's workbook (makinacorpus/atlaas, 2014–2015), some of which end in a
space. Filled from the shipped initiatives and the official geographic code. Invented, and said to be in the file: the
people (on example.org, with telephone numbers reserved for fiction), the dates of the sheets, the services. Carries the
traps of the real one: codes kept as numbers that lost their zero, Corsica, 0/0 coordinates, `<br/>`, two families of
identifiers, dates of two kinds. Same inputs, same bytes.

    python scripts/build_workbook.py [FOLDER]
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import md5
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import xlwt
from openpyxl.comments import Comment

ROOT = Path(__file__).resolve().parent.parent
NOTE = "EXEMPLE : dates, services et personnes inventés. Aucun dossier réel."
NOTE_ASCII = "EXEMPLE INVENTE : aucun dossier reel."  # the legacy format's page header takes no accent
MADE = datetime(2026, 11, 23, tzinfo=UTC)
Cell = str | int | float | date | None
Sheets = dict[str, tuple[Sequence[str], list[list[Cell]]]]

HEADERS: dict[str, list[str]] = {
    "Actions": [
        "Id_Action", "Titre", "Sous-titre ", "Date", "Synthèse", "Actions", "Résultats", "Recommandations ", "Liens",
        "Outils", "Prestataires", "Videos", "Photos ",
    ],
    "Services": ["Id_Service", "Axe", "Enjeu de développement ", "Usage", "Service"],
    "Lieux": [
        "Id_Lieu", "Type", "Nom ", "Description", "Latitude", "Longitude", "Adresse web", "Adresse ", "Code postal",
        "Ville", "Telephone ", "Fax", "Courriel ", "Population", "Id_INSEE",
    ],
    "Personnes": [
        "Id_Personne", "Nom ", "Titre ", "Elu", "Adresse", "Code postal", "Ville", "Telephone", "Telephone mobile",
        "Courriel",
    ],
    "Liaison Lieux": ["Id_Action", "Id_Lieu"],
    "Liaison Personnes": ["Id_Action", "Id_Personne"],
    "Liaison Services": ["Id_Action", "Id_Service"],
}  # fmt: skip

# Body as the initiatives print it: municipal code, then the intercommunal body where the place stands for one.
BODIES: dict[str, tuple[str, str]] = {
    "Aix-les-Bains": ("73008", ""), "Marcq-en-Barœul": ("59378", ""), "Fontenay-sous-Bois": ("94033", ""),
    "CAPA (Pays ajaccien)": ("2A004", "CA du Pays Ajaccien"), "Aix-en-Provence": ("13001", ""), "Istres": ("13047", ""),
    "Miramas": ("13063", ""), "Martigues": ("13056", ""), "Saint-Raphaël": ("83118", ""), "Carentoir": ("56033", ""),
    "Pont-Audemer": ("27467", ""), "Mérignac": ("33281", ""), "Besançon": ("25056", ""), "Toulouse": ("31555", ""),
    "Villers-Semeuse": ("08480", ""), "Maurepas": ("78383", ""), "Sèvres": ("92072", ""),
    "Bois-Guillaume": ("76108", ""), "Ivry-sur-Seine": ("94041", ""),
    "La Riviera du Levant": ("97113", "CA La Riviéra du Levant"),
}  # fmt: skip
# A place that no sheet links to, as real workbooks have; and Haute-Corse.
UNLINKED = {"Bastia": ("2B033", "")}
# To a tenth of a degree; every other place has the 0/0 that the platform writes for "unknown".
COORDINATES: dict[str, tuple[float, float]] = {
    "2A004": (41.9, 8.7), "13001": (43.5, 5.4), "13063": (43.6, 5.0), "13056": (43.4, 5.1), "25056": (47.2, 6.0),
    "31555": (43.6, 1.4), "33281": (44.8, -0.6), "97113": (16.2, -61.5),
}  # fmt: skip
PEOPLE = [
    ("Capucine Vraisemblable", "Chargée de mission numérique", "non"),
    ("Théodore Imaginé", "Maire adjoint", "oui"),
    ("Noémie Delafiction", "Correspondante Villes Internet", "non"),
    ("Barnabé Supposé", "Directeur des systèmes d'information", "non"),
]
# The four axes and twelve issues of 2014; one label keeps the hyphen that a line break froze in it.
ISSUES = [
    ("Démocratie et services publics", "Efficacité des ser-vices publics"),
    ("Démocratie et services publics", "Vitalité de la démocratie locale"),
    ("Démocratie et services publics", "Protection de la vie privée"),
    ("Vivre ensemble", "Renforcement de la cohésion sociale"),
    ("Vivre ensemble", "Développement des solidarités"),
    ("Vivre ensemble", "Qualité de la vie quotidienne"),
    ("Partage de la connaissance", "Diffusion et partage des ressources éducatives"),
    ("Partage de la connaissance", "Développement des pratiques culturelles"),
    ("Partage de la connaissance", "Protection et valorisation du patrimoine"),
    ("Création de richesses", "Création d'emplois et employabilité"),
    ("Création de richesses", "Développement économique et durable"),
    ("Création de richesses", "Attractivité du territoire"),
]
FIRST_IDENTIFIER = 15291


def sheets(initiatives: Sequence[dict[str, str]], communes: dict[str, dict[str, object]]) -> Sheets:
    """The seven sheets, header and lines. `communes`: of the reference, by code (nom, population, codes_postaux)."""
    lines: dict[str, list[list[Cell]]] = {name: [] for name in HEADERS}
    places = {body: f"L{rank:03d}" for rank, body in enumerate([*BODIES, *UNLINKED], start=1)}
    for body, (code, group) in (BODIES | UNLINKED).items():
        lines["Lieux"].append(_place(places[body], code, group, communes[code]))
    association = f"L{len(places) + 1:03d}"
    lines["Lieux"].append([association, "autre", "association Villes Internet", *[None] * 3, *[None] * 9])
    for rank, (name, title, elected) in enumerate(PEOPLE, start=1):
        mail = f"personne{rank}@example.org"
        lines["Personnes"].append(
            [f"P{rank}", name, title, elected, None, None, "Exempleville", 199000000 + rank, 639980000 + rank, mail]
        )
    for rank, (axis, issue) in enumerate(ISSUES, start=1):
        lines["Services"].append([f"S{rank}", axis, issue, f"Usage d'exemple {rank}", f"Service d'exemple {rank}"])
    for rank, row in enumerate(initiatives):
        identifier: Cell = FIRST_IDENTIFIER + rank
        if rank % 5 == 4:
            identifier = md5(f"{row['title']}|{row['source_url']}".encode(), usedforsecurity=False).hexdigest()
        lines["Actions"].append(_action(identifier, rank, row))
        lines["Liaison Lieux"].append([identifier, places.get(row["collectivite_as_published"], association)])
        lines["Liaison Personnes"].append([identifier, f"P{rank % len(PEOPLE) + 1}"])
        lines["Liaison Services"].append([identifier, f"S{rank % len(ISSUES) + 1}"])
        if rank % 3 == 0:
            lines["Liaison Services"].append([identifier, f"S{(rank + 5) % len(ISSUES) + 1}"])
    return {name: (HEADERS[name], lines[name]) for name in HEADERS}


def _place(identifier: str, code: str, group: str, commune: dict[str, object]) -> list[Cell]:
    latitude, longitude = COORDINATES.get(code, (0, 0))
    population = int(str(commune["population"]))
    shown: Cell = population if population % 2 else f"{population:,} hab.".replace(",", " ")
    postal = str(commune["codes_postaux"]).split()[0]
    name = group or f"Mairie de {commune['nom']}"
    kind = "autre" if group else "Ville / Village"
    return [
        identifier, kind, name, "Lieu d'exemple", latitude, longitude, "https://example.org/", "1 place de l'Exemple",
        _as_a_number(postal), str(commune["nom"]), 199000099, None, "accueil@example.org", shown, _as_a_number(code),
    ]  # fmt: skip


def _as_a_number(code: str) -> Cell:
    """What a spreadsheet makes of a code: a number, so that a leading zero is lost; Corsican codes stay text."""
    return int(code) if code.isdigit() else code


def _action(identifier: Cell, rank: int, row: dict[str, str]) -> list[Cell]:
    description = row["resume"]
    text = f"{description}<br/>Texte repris d'une page publique, pour l'exemple.<br />Voir les liens."
    return [
        identifier, row["title"], row["domain_as_published"] or None, _sheet_day(rank, row["year"]), description, text,
        None, None, row["source_url"], "Outil d'exemple" if rank % 4 == 0 else None, None, None, None,
    ]  # fmt: skip


def _sheet_day(rank: int, year: str) -> Cell:
    """An invented day of the autumn before the ceremony; none without a year, and every seventh as JJ/MM/AAAA text."""
    if not year:
        return None
    edition = max(int(year), 2009)  # what is told as done in 1994 is in a sheet of 2009
    day = date(edition - 1 if edition > 2009 else edition, 9 + rank % 2, 1 + rank % 28)
    return day.strftime("%d/%m/%Y") if rank % 7 == 6 else day


def write_xlsx(content: Sheets, path: Path) -> None:
    """The workbook as `.xlsx`, an example by its title and by a note on the first cell of every sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator, book.properties.created = NOTE, "Arobase", MADE
    for name, (header, lines) in content.items():
        sheet = book.create_sheet(name)
        for line in [list(header), *lines]:
            sheet.append(line)
        sheet["A1"].comment = Comment(NOTE, "Arobase")
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(_without_clock(buffer.getvalue()))


def _without_clock(archive: bytes) -> bytes:
    """The same archive with one date everywhere and nothing compressed, so that no clock and no zlib shows in it."""
    out = io.BytesIO()
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            target.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), data)
    return out.getvalue()


def write_xls(content: Sheets, path: Path) -> None:
    """The workbook as legacy `.xls`, an example by its owner and by the page header of every sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    book.owner = NOTE_ASCII
    dated = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    plain = xlwt.easyxf()
    for name, (header, lines) in content.items():
        sheet = book.add_sheet(name)
        sheet.header_str = NOTE_ASCII.encode()
        table: list[list[Cell]] = [list(header), *lines]
        for row, line in enumerate(table):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(row, column, value, dated if isinstance(value, date) else plain)
    book.save(str(path))


def build(folder: Path) -> None:
    """Write both workbooks into `folder`, from the project's own initiatives and reference."""
    with (ROOT / "sources/data/label/initiatives.csv").open(encoding="utf-8", newline="") as file:
        initiatives = [row for row in csv.DictReader(file) if row["nature_page"] == "presse"]
    table = pq.read_table(ROOT / "sources/reference/communes-2026.parquet", filters=[("type", "==", "commune")])
    wanted = {code for code, _ in (BODIES | UNLINKED).values()}
    communes = {row["code"]: row for row in table.to_pylist() if row["code"] in wanted}
    content = sheets(initiatives, communes)
    write_xlsx(content, folder / "formulaires-exemple.xlsx")
    write_xls(content, folder / "formulaires-exemple.xls")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sources/data/label")
