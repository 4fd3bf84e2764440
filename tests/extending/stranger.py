"""What a stranger writes: a domain of their own, a package, tables, sources, code lists; and a rule of law in ours.

Every file is what CONTRIBUTING.md tells to write and nothing else; no list of the engine names any of them.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
INQUIRIES, EXAMPLES = "enquetes-publiques", "projets-environnement"
FILLED = ("enquetes", "enquete_objets", "enquete_territoires", "enquete_publicites", "enquete_evenements")
"""The tables of inquiries that the examples fill."""

DOMAIN: dict[str, str] = {
    "mine/__init__.py": "",
    "mine/places/__init__.py": """
        from pipelines.core.domains import Domain

        DOMAIN = Domain(
            {
                "readers": ("readers",), "connectors": ("connectors",), "converters": ("converters",),
                "detectors": ("detectors",), "derived": ("derived",), "rules": ("rules",), "formats": ("formats",),
                "charts": ("charts",), "commands": ("commands",),
            }
        )
        """,
    "mine/places/readers.py": """
        import pyarrow as pa
        from pipelines.formats.registry import Records, reader

        @reader("paires")
        def pairs(content):
            \"\"\"Lines of name=value, an empty line between two records.\"\"\"
            blocks = [block.splitlines() for block in content.data.decode("utf-8").strip().split("\\n\\n")]
            records = [dict(line.split("=", 1) for line in block) for block in blocks]
            names = list(records[0])
            columns = [pa.array([record[name] for record in records], pa.string()) for name in names]
            return Records(names, names, columns, pa.array(range(1, len(records) + 1), pa.int64()), content.file)
        """,
    "mine/places/connectors.py": """
        import shutil
        from pipelines.sources.registry import Fetched, connector

        @connector("armoire")
        def cupboard(source, previous, context):
            \"\"\"A file of a cupboard: the folder of that name in the project.\"\"\"
            for part in source.parts:
                copy = context.folder / part.name
                shutil.copy(context.project.root / "armoire" / part.path, copy)
                yield Fetched(part.name, copy, f"https://example.org/armoire/{part.path}")
        """,
    "mine/places/converters.py": """
        from pipelines.mapping.registry import Unreadable, converter, reading

        @converter("majuscules")
        def upper(texts, options):
            \"\"\"A text in capitals.\"\"\"
            return texts[0].upper() if texts[0] else None

        @reading("horaire")
        def opening(project, options):
            \"\"\"A day and its hours: "lundi 9-12".\"\"\"

            def read(texts):
                words = (texts["texte"] or "").split()
                if len(words) != 2:
                    raise Unreadable("un jour et des heures", "a day and hours")
                start, _, end = words[1].partition("-")
                return {"jour": words[0], "debut": start, "fin": end}

            return read
        """,
    "mine/places/detectors.py": """
        import re
        from pipelines.privacy.detectors import detector

        @detector("badge", sieve=r"BADGE-\\d")
        def badge(text):
            \"\"\"The number of a badge.\"\"\"
            for match in re.finditer(r"BADGE-\\d{6}", text):
                yield match.span()
        """,
    "mine/places/rules.py": """
        from datetime import date
        from pathlib import Path
        from pipelines.findings import Finding, finding_rule, read_versions

        VERSIONS = Path(__file__).with_name("regles.csv")

        @finding_rule("LIEU-01", reads=("exemple/lieux",), base="Seuil du projet", versions=VERSIONS)
        def small(tables, project):
            \"\"\"Un lieu a assez de places.\"\"\"
            version = read_versions(VERSIONS).on("LIEU-01", date(2026, 1, 1))
            least = version.number("places")
            for row in tables["exemple/lieux"].to_pylist():
                if row["places_nombre"] is not None and row["places_nombre"] < least:
                    message = f"{row['places_nombre']} < {least}"
                    place = ("lieux", (row["lieu_id"],), "places_nombre")
                    yield Finding(*place, "non_conforme", message, message, message, version=version)
        """,
    "mine/places/regles.csv": """
        regle,regime,valide_du,valide_au,parametre,valeur,base_legale,certitude,source
        LIEU-01,*,,2019-12-31,places,2,"Charte des lieux, 2010",lu,texte lu
        LIEU-01,*,2020-01-01,,places,5,"Charte des lieux, 2020",lu,texte lu
        """,
    "mine/places/derived.py": """
        import pyarrow as pa
        from pipelines.tables.registry import derived

        @derived("lieux_par_type")
        def by_type(tables, project):
            counted = tables["exemple/lieux"].group_by("type_code").aggregate([("lieu_id", "count")])
            kinds = [str(kind or "inconnu") for kind in counted.column("type_code").to_pylist()]
            return pa.table({"type": kinds, "nombre": counted.column("lieu_id_count")})
        """,
    "mine/places/formats.py": """
        from pipelines.core.text import Said
        from pipelines.releases.csvfile import Written
        from pipelines.releases.formats import OutputFormat, output_format

        @output_format
        class Lines(OutputFormat):
            \"\"\"One line a row, for those who count lines.\"\"\"

            name, suffix, media_type = "lignes", ".txt", "text/plain"
            label, short, file_type, order, folder = Said("Lignes", "Lines"), "Lignes", "TXT", 9, "lignes/"
            described = {"format": "txt", "mediatype": "text/plain"}

            def write(self, published, path):
                import hashlib

                data = ("ligne\\n" * published.table.num_rows).encode()
                path.write_bytes(data)
                return Written(len(data), hashlib.sha256(data).hexdigest(), published.table.num_rows)

            def check(self, released, path):
                yield from ()
        """,
    "mine/places/charts.py": """
        from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
        from pipelines.catalogue.questions.asking import both
        from pipelines.catalogue.rows import read_rows

        SVG = '<svg viewBox="0 0 9 9" role="img"><title>Places</title><rect width="9" height="9"/></svg>'

        @draws("exemple/lieux")
        def seats(version):
            rows = read_rows(version, "lieux")
            lines = {language: [[row["nom"], row["places_nombre"] or ""] for row in rows] for language in ("fr", "en")}
            yield Picture(
                name="places", title=both("Places par lieu", "Seats by place"), note=both("Fictif.", "Made up."),
                svg={"fr": SVG, "en": SVG}, table="lieux",
                figures={language: Figures(["nom", "places"], lines[language]) for language in lines},
            )
        """,
    "mine/places/commands/__init__.py": "",
    "mine/places/commands/hello.py": """
        import click

        @click.command("hello")
        def command():
            \"\"\"Say hello.\"\"\"
            click.echo("hello")
        """,
}
ROOM = ("identifiant=S1\nnom=Salle du Lac\nhoraire=lundi 9-12\n", "identifiant=S2\nnom=Salle du Port\nhoraire=fermé\n")
RULE_OF_LAW = '''
"""A rule that somebody adds."""

from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.regles import Resultat, conforme_si, non_evalue, regle
from pipelines.findings import RuleVersion


@regle("EP-99", "Objet connu", "Known object", preuve="L'arrêté sans objet.")
def objet_connu(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'enquête a au moins un objet."""
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    return conforme_si(bool(enquete.objets), f"{len(enquete.objets)} objets")
'''
VERSION_OF_THE_RULE = "EP-99,*,,,objet,,Règle du test,logique,impossibilité logique\n"


def arobase(project: Path, *words: str, code: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`arobase …` in a project, of a copy of the code where one is given."""
    return python(project, "-m", "pipelines.cli", *words, code=code)


def python(folder: Path, *words: str, code: Path | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}
    environment = {**kept, "AROBASE_LANG": "en"} | ({"PYTHONPATH": str(code)} if code else {})
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)


def write_domain(project: Path) -> None:
    for name, text in DOMAIN.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    (project / "arobase.yaml").write_text("domains: [mine.places, inquiries]\n", encoding="utf-8")


def write_rule_of_law(code: Path) -> None:
    """A file beside the other rules, and a line of `regles.csv`."""
    law = code / "pipelines" / "domains" / "inquiries" / "law"
    (law / "ajoutee.py").write_text(RULE_OF_LAW.lstrip(), encoding="utf-8")
    with (law / "regles.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(VERSION_OF_THE_RULE)


def write_data(project: Path) -> None:
    """A source that uses the converter; a table with its source and its code list; a package with a derived table."""
    source = read_yaml(project / "sources" / "lieux.yaml")
    source["example"] = False  # beside packages that are none, examples are in no DCAT
    source["parts"]["lieux"]["rows"][0]["fields"]["nom"] = {"from": "nom", "with": "majuscules"}
    write_yaml(project / "sources" / "lieux.yaml", source)
    header = "identifiant,nom,type,ouverture,places,responsable\n"
    more = {**source, "name": "annexes", "address": "data/annexes.csv"}
    write_yaml(project / "sources" / "annexes.yaml", more)
    write_text(project / "sources" / "data" / "annexes.csv", header + "A1,Annexe du Lac,Mairie,2024-01-08,3,\n")
    _rooms(project, source)
    package = read_yaml(project / "schemas" / "exemple" / "package.yaml")
    package["tables"].append({"name": "salles", "rows": {"loss": 0.6}})
    write_yaml(project / "schemas" / "exemple" / "package.yaml", package)
    derived = {"name": "types", "derived": "lieux_par_type", "from": ["exemple/lieux"]}
    summary = package | {"title": "Bilan", "title_en": "Summary", "tables": [derived]}
    write_yaml(project / "schemas" / "bilan" / "package.yaml", summary)
    fields = [{"name": "type", "privacy": "public"}, {"name": "nombre", "type": "integer", "privacy": "public"}]
    write_json(project / "schemas" / "bilan" / "types.json", {"title": "Types", "fields": fields, "primaryKey": "type"})


def _rooms(project: Path, like: Mapping[str, Any]) -> None:
    """A table, the code list of one of its fields, and a source in a format and of a connector that nobody knew."""
    write_text(
        project / "schemas" / "codelists" / "jours.csv",
        "code,libelle_fr,libelle_en,valide_du,valide_au,source\nlundi,Lundi,Monday,,,Exemple\nmardi,Mardi,Tuesday,,,Exemple\n",
    )
    names = ("salle_id", "nom", "jour_code", "debut_heure")
    fields = [{"name": name, "type": "string", "privacy": "public"} for name in names]
    fields[2]["codelist"] = "jours"
    table = {"title": "Salles", "title_en": "Rooms", "fields": fields, "primaryKey": ["salle_id"]}
    write_json(project / "schemas" / "exemple" / "salles.json", table)
    received = [{"name": name, "type": "string", "privacy": "public"} for name in ("identifiant", "nom", "horaire")]
    write_json(project / "schemas" / "entrants" / "salles.json", {"title": "Salles", "fields": received})
    looked = {"with": "horaire", "from": {"texte": "horaire"}, "into": {"jour": "jour_code", "debut": "debut_heure"}}
    rows = {"table": "exemple/salles", "fields": {"salle_id": "identifiant", "nom": "nom"}, "readings": [looked]}
    part = {"format": "paires", "path": "salles.txt", "schema": "salles", "rows": [rows]}
    described = {**like, "name": "salles", "connector": "armoire", "address": "armoire", "parts": {"salles": part}}
    write_yaml(project / "sources" / "salles.yaml", described)
    write_text(project / "armoire" / "salles.txt", "\n".join(ROOM))


def write_inquiries(project: Path) -> None:
    """The five made-up inquiries that ship, as the package of inquiries: the tables that they fill, and the law's."""
    schemas, shipped = project / "schemas", REPOSITORY / "schemas"
    for folder in (INQUIRIES, "label", "codelists", "entrants"):
        shutil.copytree(shipped / folder, schemas / folder, dirs_exist_ok=True)
    for path in ("reference", f"data/inquiries/{EXAMPLES}.json"):
        origin, target = REPOSITORY / "sources" / path, project / "sources" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(origin) if origin.is_dir() else shutil.copy(origin, target)
    (schemas / "label" / "package.yaml").unlink()  # its schema of corrections is what that of inquiries is like
    (project / "sources" / "corrections").mkdir(exist_ok=True)
    source = (REPOSITORY / "sources" / f"{EXAMPLES}.yaml").read_text(encoding="utf-8")
    write_text(project / "sources" / f"{EXAMPLES}.yaml", source.replace(f"{EXAMPLES}/", f"{INQUIRIES}/"))
    package = read_yaml(schemas / INQUIRIES / "package.yaml")
    read = [f"{INQUIRIES}/{name}" for name in FILLED]
    derived = [item for item in package["tables"] if item["name"] == "corrections"]
    derived += [{"name": name, "derived": name, "from": read} for name in ("controles_legaux", "regles")]
    package["tables"] = [*({"name": name, "rows": {"min": 0}} for name in FILLED), *derived]
    write_yaml(schemas / INQUIRIES / "package.yaml", package)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_yaml(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def write_yaml(path: Path, value: Mapping[str, Any]) -> None:
    write_text(path, yaml.safe_dump(dict(value), allow_unicode=True, sort_keys=False))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False))


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
