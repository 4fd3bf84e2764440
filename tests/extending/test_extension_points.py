"""A stranger adds one of each, in one place each, and everything that reads such things knows it.

Each is told in CONTRIBUTING.md. One project and one copy of the code are made, and published once, for all tests.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.extending.stranger import (
    INQUIRIES,
    REPOSITORY,
    arobase,
    python,
    read_yaml,
    rows,
    write_data,
    write_domain,
    write_inquiries,
    write_rule_of_law,
    write_yaml,
)


class Stranger(NamedTuple):
    """A project, and a copy of the code with a rule of law more."""

    project: Path
    code: Path

    def arobase(self, *words: str) -> str:
        """What a command prints, that must succeed."""
        done = arobase(self.project, *words, code=self.code)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, text: str) -> str:
        done = python(self.project, "-c", text, code=self.code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def data(self, package: str) -> Path:
        return self.project / "outputs" / "releases" / package / "1.0.0" / "data"


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    folder = tmp_path_factory.mktemp("stranger")
    code = folder / "code"
    for name in ("pipelines", "scripts"):  # with what Python compiled, which is still right: dates are kept
        shutil.copytree(REPOSITORY / name, code / name)
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / name, code)
    write_rule_of_law(code)
    assert arobase(folder, "init", "mine", code=code).returncode == 0
    made = Stranger(folder / "mine", code)
    write_domain(made.project)
    write_data(made.project)
    write_inquiries(made.project)
    made.arobase("release")
    return made


def test_a_domain_in_the_projects_folder_brings_a_command(stranger: Stranger) -> None:
    assert stranger.arobase("hello") == "hello\n"


def test_a_converter_and_a_source(stranger: Stranger) -> None:
    names = {row["lieu_id"]: row["nom"] for row in rows(stranger.data("exemple") / "lieux.csv")}
    assert (names["A1"], names["L1"]) == ("ANNEXE DU LAC", "MAIRIE D'EXEMPLE")


def test_a_table_of_a_source_with_a_connector_a_file_format_a_reading_and_a_code_list(stranger: Stranger) -> None:
    assert rows(stranger.data("exemple") / "salles.csv") == [
        {"salle_id": "S1", "nom": "Salle du Lac", "jour_code": "lundi", "debut_heure": "9"}
    ]
    codes = rows(stranger.data("exemple") / "codes_jours.csv")
    assert [line["code"] for line in codes] == ["lundi", "mardi"]
    rejects = rows(stranger.data("exemple") / "qualite" / "rejets.csv")
    (refused,) = [line for line in rejects if line["source"] == "salles"]
    assert (refused["position"], "un jour et des heures" in refused["message"]) == ("2", True)


def test_a_rule_is_in_the_findings_of_the_release(stranger: Stranger) -> None:
    found = rows(stranger.data("exemple") / "qualite" / "constats.csv")
    assert {(row["regle"], row["cle"]) for row in found} == {("LIEU-01", "A1"), ("LIEU-01", "L1")}
    versions = {(row["base"], row["version_regle"], row["certitude"], row["calcul"][-3:]) for row in found}
    assert versions == {("Charte des lieux, 2020", "toutes@2020-01-01", "lu", "< 5")}


def test_a_package_and_a_derived_table(stranger: Stranger) -> None:
    counted = {row["type"]: row["nombre"] for row in rows(stranger.data("bilan") / "types.csv")}
    assert counted == {"mairie": "2", "bibliotheque": "1", "espace_public_numerique": "1", "inconnu": "1"}


def test_a_format_is_in_the_payload_the_descriptor_dcat_and_the_site(stranger: Stranger) -> None:
    assert (stranger.data("exemple") / "lignes" / "lieux.txt").read_text() == "ligne\n" * 5
    document = json.loads((stranger.data("exemple") / "datapackage.json").read_text(encoding="utf-8"))
    assert "lieux-lignes" in [item["name"] for item in document["resources"]]
    catalogue = stranger.project / "outputs" / "catalogue"
    assert "file-type/TXT" in (catalogue / "exemple" / "dcat.ttl").read_text(encoding="utf-8")
    assert "lignes/lieux.txt" in (catalogue / "exemple" / "index.html").read_text(encoding="utf-8")
    stranger.arobase("verify", "outputs/releases/exemple/1.0.0")


def test_a_chart_is_in_the_catalogue(stranger: Stranger) -> None:
    assert (stranger.project / "outputs" / "catalogue" / "exemple" / "images" / "places.svg").is_file()


def test_a_detector_is_one_of_the_gates(stranger: Stranger) -> None:
    asked = "from pipelines.privacy.sifting import sieve; from pipelines.privacy.detectors import detectors; "
    asked += "print('BADGE' in sieve(), [item.rule for item in detectors()].count('badge'))"
    assert stranger.python(asked) == "True 1"


def test_a_rule_of_law_is_in_what_is_released(stranger: Stranger) -> None:
    told = rows(stranger.data(INQUIRIES) / "regles.csv")
    assert [row["libelle"] for row in told if row["regle"] == "EP-99"] == ["Objet connu"]
    checks = rows(stranger.data(INQUIRIES) / "controles_legaux.csv")
    checked = [row["resultat"] for row in checks if row["regle"] == "EP-99"]
    assert len(checked) == 5
    assert set(checked) <= {"conforme", "non_evalue"}


def test_a_rule_of_law_is_known_to_audit(stranger: Stranger) -> None:
    told = stranger.arobase("audit", INQUIRIES, "--rule", "EP-99")
    assert "Known object" in told or "Objet connu" in told
    lines = rows(stranger.project / "outputs" / f"audit-{INQUIRIES}-1.0.0-EP-99.csv")
    assert (len(lines), {line["regle"] for line in lines}) == (5, {"EP-99"})


def test_a_rule_of_law_is_in_the_documentation(stranger: Stranger) -> None:
    page = stranger.python(
        f"import sys; sys.path.append({str(stranger.code)!r}); from scripts.reference.registers import rules_page; "
        "print(rules_page())"
    )
    assert "### EP-99" in page
    assert "### LIEU-01" in page
    assert "| 2020-01-01 … | places 5 | Charte des lieux, 2020 | lu |" in page


def test_a_change_in_a_domains_code_makes_its_results_anew(stranger: Stranger) -> None:
    path = stranger.project / "mine" / "places" / "regles.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("places,5", "places,9"), encoding="utf-8")
    stranger.arobase("release", "exemple")
    assert len(list((stranger.project / "outputs" / "work" / "findings" / "exemple").iterdir())) == 2


WRONG_NAMES = [
    ("lieux", "with: majuscules", "with: majuscule", "majuscules"),
    ("salles", "with: horaire", "with: oraire", "horaire"),
    ("salles", "connector: armoire", "connector: armoir", "armoire"),
    ("salles", "format: paires", "format: paire", "paires"),
]


def test_a_name_that_nothing_has_is_told_with_its_file_its_line_and_the_nearest(stranger: Stranger) -> None:
    expected, written = [], []
    for number, (source, right, wrong, nearest) in enumerate(WRONG_NAMES):
        text = (stranger.project / "sources" / f"{source}.yaml").read_text(encoding="utf-8")
        path = stranger.project / "sources" / f"faux-{number}.yaml"
        path.write_text(text.replace(f"name: {source}\n", f"name: faux-{number}\n").replace(right, wrong), "utf-8")
        written.append(path)
        expected.append((f"sources/faux-{number}.yaml, line {line_of(right, text)}", nearest))
    try:
        done = arobase(stranger.project, "release", "bilan", code=stranger.code)
    finally:
        for path in written:
            path.unlink()
    assert done.returncode != 0
    for place, nearest in expected:
        assert is_told(place, f'perhaps "{nearest}"', done.stdout), (place, done.stdout)


def test_a_function_that_no_table_can_be_derived_by_is_told_likewise(stranger: Stranger) -> None:
    package = stranger.project / "schemas" / "bilan" / "package.yaml"
    before = package.read_text(encoding="utf-8")
    try:
        package.write_text(before.replace("lieux_par_type", "lieux_par_types"), encoding="utf-8")
        done = arobase(stranger.project, "release", "bilan", code=stranger.code)
    finally:
        package.write_text(before, encoding="utf-8")
    place = f"schemas/bilan/package.yaml, line {line_of('lieux_par_type', before)}"
    assert (done.returncode, is_told(place, 'perhaps "lieux_par_type"', done.stdout)) == (1, True), done.stdout


def is_told(place: str, words: str, output: str) -> bool:
    """Whether one line of what is printed tells the place and the words."""
    return any(place in line and words in line for line in output.splitlines())


def line_of(words: str, text: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


WRONG_DOMAINS = {
    "name-taken": (
        "converters.py",
        ('"majuscules"', '"mention"'),
        ("sources", "test", "lieux"),
        '"mention" is given to a converter twice: in mine.places.converters:3 and in pipelines.domains.label',
    ),
    "domain-wrong": ("__init__.py", ('"rules": ("rules",)', '"rule": ("rules",)'), ("hello",), "rules | formats"),
    "domain-broken": (
        "rules.py",
        ("def small(", "def small(("),
        ("audit", INQUIRIES, "--rule", "EP-99"),
        "mine.places.rules: the module cannot be loaded: SyntaxError (rules.py:8)",
    ),
}


@pytest.mark.parametrize("code", WRONG_DOMAINS)
def test_a_mistake_in_a_domain_is_told_with_its_place(code: str, stranger: Stranger) -> None:
    file, (right, wrong), words, told = WRONG_DOMAINS[code]
    project = stranger.project
    path = project / "mine" / "places" / file
    before, domains = path.read_text(encoding="utf-8"), read_yaml(project / "arobase.yaml")
    try:
        path.write_text(before.replace(right, wrong), encoding="utf-8")
        write_yaml(project / "arobase.yaml", {"domains": ["mine.places", "inquiries", "label"]})
        done = arobase(project, *words, code=stranger.code)
    finally:
        path.write_text(before, encoding="utf-8")
        write_yaml(project / "arobase.yaml", domains)
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert told in said
    assert f"[{code}]" in said
