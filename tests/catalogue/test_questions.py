"""The four pages of questions, from the tables as the main job publishes them, and from less."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.catalogue.model import Holding, Version, read_holdings
from pipelines.catalogue.pictures import pictures_of
from pipelines.catalogue.pictures.gallery import of_its_time
from pipelines.catalogue.questions import Question, questions_of
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.writing import write_catalogue
from pipelines.commands._trace_output import traced
from pipelines.core.project import Project
from pipelines.pipeline.collect import make_snapshots
from pipelines.pipeline.graph import BuildGraph
from pipelines.releases import publish
from pipelines.releases.trace import trace
from tests.catalogue.builders import another_package, tables_published
from tests.catalogue.test_html import Page
from tests.domains.territories.derived.builders import PROJECT
from tests.releases.builders import field

PACKAGES = ("label", "enquetes-publiques", "territoires-numeriques")
ONE_SHARE = {
    "serie": "s",
    "zone": "france",
    "annee_observation": "2020",
    "part": "10",
    "definition": "D",
    "population_de_reference": "% des foyers",
    "rupture_avant": "false",
    "producteur": "Eux",
}
NAMES = (
    "qui-est-labellise",
    "ou-l-acces-manque",
    "que-sait-on-des-enquetes",
    "comment-la-france-se-compare",
)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the main job releases of three packages, and the catalogue of it."""
    outputs = tmp_path_factory.mktemp("outputs")
    project = Project.at(PROJECT.root, outputs)
    graph = BuildGraph(project)
    sources = {source.name: source for package in PACKAGES for source in graph.sources_of(package)}
    outcomes = dict(make_snapshots(project, sources.values(), now=lambda: datetime(2026, 11, 28, tzinfo=UTC)))
    assert not [outcome for outcome in outcomes.values() if isinstance(outcome, Exception)]
    for package in PACKAGES:
        publish(graph.request(package), project.releases, key=None)
    write_catalogue(project.releases, project.catalogue, base_url="https://data.example.org/arobase/")
    return outputs


@pytest.fixture(scope="module")
def holdings(outputs: Path) -> list[Holding]:
    return read_holdings(outputs / "releases")


@pytest.fixture(scope="module")
def questions(holdings: list[Holding]) -> dict[str, Question]:
    return {question.name: question for question in questions_of(holdings)}


def current(holdings: list[Holding], package: str) -> Version:
    (found,) = [holding.current for holding in holdings if holding.name == package]
    assert found is not None
    return found


@pytest.mark.heavy
def test_four_questions_have_a_page_in_both_languages_and_the_first_page_leads_there(outputs: Path) -> None:
    for language in ("", "en"):
        folder = outputs / "catalogue" / language
        links = Page(folder / "index.html").links
        for name in NAMES:
            assert f"questions/{name}.html" in links
            page = Page(folder / "questions" / f"{name}.html")
            assert page.headings[0] == 1
            assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
            assert len(page.ids) == len(set(page.ids)), name


@pytest.mark.heavy
def test_every_link_of_theirs_opens(outputs: Path) -> None:
    for path in (outputs / "catalogue").rglob("questions/*.html"):
        for link in Page(path).links:
            target = link.partition("#")[0]
            if target and ":" not in target:
                assert (path.parent / target).resolve().is_file(), (path.name, link)


@pytest.mark.heavy
def test_they_are_in_their_order_and_each_says_what_must_not_be_concluded(questions: dict[str, Question]) -> None:
    assert tuple(questions) == NAMES
    for question in questions.values():
        assert question.cautions
        for caution in question.cautions:
            assert caution["fr"] != caution["en"]


@pytest.mark.heavy
def test_the_known_and_the_published_add_up(questions: dict[str, Question], holdings: list[Holding]) -> None:
    editions = [row for row in read_rows(current(holdings, "label"), "editions") if row["labellises_nombre"]]
    total = sum(int(row["labellises_nombre"]) for row in editions)
    assert f"{total:,}" in questions["qui-est-labellise"].lead["en"]


@pytest.mark.heavy
def test_no_page_ranks_departements_by_label(questions: dict[str, Question]) -> None:
    heads = [
        answer.figures["fr"].heads[0] for answer in questions["qui-est-labellise"].answers if answer.figures is not None
    ]
    assert set(heads) == {"Édition"}


@pytest.mark.heavy
def test_three_series_of_fibre_are_never_one_table_nor_one_picture(questions: dict[str, Question]) -> None:
    question = questions["ou-l-acces-manque"]
    headings = [answer.heading["en"] for answer in question.answers]
    assert len(headings) == len(set(headings)) == 5  # two series, each with its lowest, and the isolated facts
    (picture,) = question.shown  # a series of one date is no line
    assert picture.name == "acces-arcep-deploiement-baro2021"
    assert "88,2" in question.lead["fr"]


@pytest.mark.heavy
def test_a_line_stops_where_the_series_breaks(questions: dict[str, Question]) -> None:
    (picture,) = questions["ou-l-acces-manque"].shown
    assert len(re.findall(r'<path class="l1" d="M[^"]*L[^"]*L', picture.svg["fr"])) == 2


@pytest.mark.heavy
def test_what_must_not_be_concluded_stands_under_each_picture_of_access(holdings: list[Holding]) -> None:
    drawn = [
        item for item in pictures_of(current(holdings, "territoires-numeriques")) if item.name.startswith("acces-")
    ]
    assert drawn
    for picture in drawn:
        assert "Mayotte" in picture.note["fr"]
        assert "the label brings fibre" in picture.note["en"]


@pytest.mark.heavy
def test_mayotte_is_not_among_the_lowest(questions: dict[str, Question]) -> None:
    for answer in questions["ou-l-acces-manque"].answers:
        if answer.heading["en"].startswith("Deployment") and answer.heading["en"].endswith("lowest"):
            assert answer.figures is not None
            assert "976" not in [line[0] for line in answer.figures["fr"].lines]


@pytest.mark.heavy
def test_for_town_halls_the_page_says_that_no_figure_exists(questions: dict[str, Question]) -> None:
    assert "mairies" in questions["ou-l-acces-manque"].answers[-1].text["fr"]


@pytest.mark.heavy
def test_no_procedure_is_named_and_nothing_is_accused(questions: dict[str, Question], outputs: Path) -> None:
    question = questions["que-sait-on-des-enquetes"]
    assert question.lead["fr"].endswith("Contrôles «\u00a0non conforme\u00a0»\u00a0: 0.")
    text = (outputs / "catalogue/questions/que-sait-on-des-enquetes.html").read_text(encoding="utf-8")
    version = current(read_holdings(outputs / "releases"), "enquetes-publiques")
    titles = [row["titre"] for row in read_rows(version, "enquetes") if len(row["titre"]) > 20]
    assert titles
    assert not [title for title in titles if title in text]


@pytest.mark.heavy
def test_france_is_above_or_below_by_the_definition(questions: dict[str, Question]) -> None:
    lead = questions["comment-la-france-se-compare"].lead["en"]
    assert "48%" in lead
    assert "32%" in lead
    assert "54.6% against 57.1%" in lead


@pytest.mark.heavy
def test_no_series_of_europe_is_headed_by_its_code(questions: dict[str, Question]) -> None:
    answers = questions["comment-la-france-se-compare"].answers
    assert answers[0].heading["en"] == "Online exchanges with administrations, as an article quoted them in 2017"
    for answer in answers:
        assert "_" not in answer.heading["fr"], answer.heading["fr"]
        assert answer.heading["fr"] != answer.heading["en"]
        assert "Code\u00a0: " in answer.text["fr"]


def test_a_series_is_named_by_the_labels_of_the_version_and_by_its_code_where_it_has_none(tmp_path: Path) -> None:
    compared = [{"comparaison_id": name, "indicateur": name, **ONE_SHARE} for name in ("b1", "b2")]
    key = {"fields": ["indicateur"], "reference": {"resource": "codes_indicateurs_europe", "fields": ["code"]}}
    fields = [field(name) for name in compared[0]]
    raw = {
        "comparaison_europe": {"title": "C", "fields": fields, "primaryKey": ["comparaison_id"], "foreignKeys": [key]},
        "codes_indicateurs_europe": {
            "title": "Codes",
            "fields": [field("code"), field("libelle_fr"), field("libelle_en")],
            "primaryKey": ["code"],
        },
    }
    codes = [{"code": "b1", "libelle_fr": "Foyers : fibre", "libelle_en": "Homes: fibre"}, {"code": "b2"}]
    told = {"comparaison_europe": compared, "codes_indicateurs_europe": codes}
    tables_published(tmp_path, "territoires-numeriques", raw, told, [])
    (question,) = questions_of(read_holdings(tmp_path / "releases"))
    assert [answer.heading["fr"] for answer in question.answers] == ["Foyers\u00a0: fibre", "b2"]
    assert question.answers[0].text["en"].endswith("Series: s. Source: Eux. Code: b1.")


def test_without_its_tables_a_question_has_no_page(tmp_path: Path) -> None:
    another_package(tmp_path)
    write_catalogue(tmp_path / "releases", tmp_path / "catalogue", base_url="https://data.example.org/arobase/")
    assert questions_of(read_holdings(tmp_path / "releases")) == []
    assert not (tmp_path / "catalogue" / "questions").exists()
    assert 'id="questions"' not in (tmp_path / "catalogue" / "index.html").read_text(encoding="utf-8")


@pytest.mark.heavy
def test_a_corrected_name_leads_to_its_correction(outputs: Path, holdings: list[Holding]) -> None:
    version = current(holdings, "label")
    row = next(row for row in read_rows(version, "palmares") if row["correction_id"])
    (found,) = trace(outputs / "releases", "label", "palmares", [row["fait_id"]]).corrections
    assert found["correction_id"] == row["correction_id"]
    assert all(found[name] for name in ("nom_publie", "motif", "source_url", "auteur", "decidee_le"))
    shown = "\n".join(traced(trace(outputs / "releases", "label", "palmares", [row["fait_id"]]), "en", {}, {}))
    assert "Corrected by a person" in shown
    assert f"motif = {found['motif']}" in shown
    plain = next(row for row in read_rows(version, "palmares") if not row["correction_id"])
    assert trace(outputs / "releases", "label", "palmares", [plain["fait_id"]]).corrections == ()


@pytest.mark.heavy
def test_the_page_of_a_row_leads_from_a_key_to_the_row_that_it_names(outputs: Path) -> None:
    page = (outputs / "catalogue" / "label" / "table-palmares.html").read_text(encoding="utf-8")
    assert '"leads":"table-corrections.html"' in page


def test_what_the_current_version_is_too_old_to_tell_is_left_out_and_no_other_fault_is() -> None:
    assert of_its_time(lambda: {"serie": 1}["serie"], "europe") == 1
    assert of_its_time(lambda: {"annee": 1}["serie"], "europe") is None
    with pytest.raises(ValueError, match="serie"):
        of_its_time(lambda: int("serie"), "europe")
