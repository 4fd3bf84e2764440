"""A stranger adds a domain, converter, rule, derived table, package, source, format, command: one place each.

Each is told in CONTRIBUTING.md. A project is made, a domain is written in its folder, and `arobase release` publishes.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.packaging.builders import copy_of_the_code

FILES = {
    "mine/__init__.py": "",
    "mine/places/__init__.py": """
        from pipelines.core.domains import Domain

        DOMAIN = Domain(
            {
                "converters": ("converters",), "rules": ("rules",), "derived": ("derived",),
                "formats": ("formats",), "commands": ("commands",),
            }
        )
        """,
    "mine/places/converters.py": """
        from pipelines.mapping.registry import converter

        @converter("majuscules")
        def upper(texts, options):
            \"\"\"A text in capitals.\"\"\"
            return texts[0].upper() if texts[0] else None
        """,
    "mine/places/rules.py": """
        from pipelines.findings.registry import Finding, finding_rule

        @finding_rule("LIEU-01", reads=("exemple/lieux",), base="Seuil du projet")
        def small(tables, project):
            \"\"\"Un lieu a au moins cinq places.\"\"\"
            for row in tables["exemple/lieux"].to_pylist():
                if row["places_nombre"] is not None and row["places_nombre"] < 5:
                    told = f"{row['places_nombre']} < 5"
                    yield Finding("lieux", (row["lieu_id"],), "places_nombre", "non_conforme", told, told, told)
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
    "mine/places/commands.py": "",
    "mine/places/hello.py": """
        import click

        @click.command("hello")
        def command():
            \"\"\"Say hello.\"\"\"
            click.echo("hello")
        """,
}


def arobase(project: Path, *words: str, code: Path | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}
    environment = {**kept, "AROBASE_LANG": "en"} | ({"PYTHONPATH": str(code)} if code else {})
    command = [sys.executable, "-m", "pipelines.cli", *words]
    return subprocess.run(command, cwd=project, env=environment, text=True, capture_output=True, check=False)


def write_files(project: Path) -> None:
    import textwrap

    for name, text in FILES.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    commands = project / "mine" / "places" / "commands"
    (project / "mine" / "places" / "commands.py").unlink()
    commands.mkdir()
    (commands / "__init__.py").touch()
    (project / "mine" / "places" / "hello.py").rename(commands / "hello.py")
    (project / "arobase.yaml").write_text("domains: [mine.places]\n", encoding="utf-8")


def describe(project: Path) -> None:
    """A converter used by the source, a second source, and a package with a derived table."""
    source = yaml.safe_load((project / "sources" / "lieux.yaml").read_text(encoding="utf-8"))
    source["parts"]["lieux"]["rows"][0]["fields"]["nom"] = {"from": "nom", "with": "majuscules"}
    (project / "sources" / "lieux.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")
    more = {**source, "name": "annexes", "address": "data/annexes.csv"}
    (project / "sources" / "annexes.yaml").write_text(yaml.safe_dump(more, allow_unicode=True), encoding="utf-8")
    header = "identifiant,nom,type,ouverture,places,responsable\n"
    line = "A1,Annexe du Lac,Mairie,2024-01-08,3,\n"
    (project / "sources" / "data" / "annexes.csv").write_text(header + line, encoding="utf-8")
    package = yaml.safe_load((project / "schemas" / "exemple" / "package.yaml").read_text(encoding="utf-8"))
    derived = {"name": "types", "derived": "lieux_par_type", "from": ["exemple/lieux"]}
    package |= {"title": "Bilan", "title_en": "Summary", "tables": [derived]}
    (project / "schemas" / "bilan").mkdir()
    (project / "schemas" / "bilan" / "package.yaml").write_text(yaml.safe_dump(package, allow_unicode=True))
    fields = [{"name": "type", "privacy": "public"}, {"name": "nombre", "type": "integer", "privacy": "public"}]
    schema = {"title": "Types", "fields": fields, "primaryKey": "type"}
    (project / "schemas" / "bilan" / "types.json").write_text(json.dumps(schema), encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    assert arobase(folder, "init", "mine").returncode == 0
    project = folder / "mine"
    write_files(project)
    describe(project)
    done = arobase(project, "release")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def data(project: Path, package: str) -> Path:
    return project / "outputs" / "releases" / package / "1.0.0" / "data"


def test_a_domain_in_the_projects_folder_brings_a_command(project: Path) -> None:
    assert arobase(project, "hello").stdout == "hello\n"


def test_a_converter_and_a_source(project: Path) -> None:
    names = {row["lieu_id"]: row["nom"] for row in rows(data(project, "exemple") / "lieux.csv")}
    assert (names["A1"], names["L1"]) == ("ANNEXE DU LAC", "MAIRIE D'EXEMPLE")


def test_a_rule_is_in_the_findings_of_the_release(project: Path) -> None:
    found = rows(data(project, "exemple") / "qualite" / "constats.csv")
    assert {(row["regle"], row["cle"]) for row in found} == {("LIEU-01", "A1"), ("LIEU-01", "L1")}


def test_a_package_and_a_derived_table(project: Path) -> None:
    counted = {row["type"]: row["nombre"] for row in rows(data(project, "bilan") / "types.csv")}
    assert counted == {"mairie": "2", "bibliotheque": "1", "espace_public_numerique": "1", "inconnu": "1"}


def test_a_format_is_in_the_payload_the_descriptor_dcat_and_the_site(project: Path) -> None:
    assert (data(project, "exemple") / "lignes" / "lieux.txt").read_text() == "ligne\n" * 5
    document = json.loads((data(project, "exemple") / "datapackage.json").read_text(encoding="utf-8"))
    assert "lieux-lignes" in [item["name"] for item in document["resources"]]
    catalogue = project / "outputs" / "catalogue"
    assert "file-type/TXT" in (catalogue / "exemple" / "dcat.ttl").read_text(encoding="utf-8")
    assert "lignes/lieux.txt" in (catalogue / "exemple" / "index.html").read_text(encoding="utf-8")
    assert arobase(project, "verify", "outputs/releases").returncode == 0


def test_a_change_in_a_domains_code_makes_its_results_anew(project: Path) -> None:
    path = project / "mine" / "places" / "rules.py"
    path.write_text(path.read_text(encoding="utf-8").replace("< 5", "< 9"), encoding="utf-8")
    done = arobase(project, "release", "exemple")
    assert done.returncode == 0, done.stdout
    release = project / "outputs" / "work" / "findings" / "exemple"
    assert len(list(release.iterdir())) == 2


def test_a_connector_is_known_by_its_file(tmp_path: Path) -> None:
    code = copy_of_the_code(tmp_path / "code")
    files = code / "pipelines" / "sources" / "connectors" / "files.py"
    shutil.copy(files, files.with_name("mine.py"))
    mine = files.with_name("mine.py")
    mine.write_text(
        mine.read_text(encoding="utf-8").replace('@connector("files")', '@connector("mine")'), encoding="utf-8"
    )
    asked = "from pipelines.sources.registry import connector_names; print('mine' in connector_names())"
    environment = {**os.environ, "PYTHONPATH": str(code)}
    command = [sys.executable, "-c", asked]
    done = subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
