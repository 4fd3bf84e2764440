"""Pictures: drawn from published tables, absent where the table is, with their numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.model import read_holdings
from pipelines.catalogue.pictures import Picture, marks, pictures_of
from pipelines.catalogue.pictures.standalone import standalone
from pipelines.domains.territories.charts.carte import colour, outlines
from tests.catalogue.builders import a_catalogue, an_award, texts_published


def a_release(outputs: Path, package: str, table: str, rows: Sequence[Mapping[str, str]]) -> list[Picture]:
    """The pictures of a package with one table of texts."""
    texts_published(outputs, package, table, rows)
    current = read_holdings(outputs / "releases")[0].current
    assert current is not None
    return pictures_of(current)


AWARDS = [
    an_award("2024", "01001", "01"),
    an_award("2024", "01002", "01", "3"),
    an_award("2024", "01001", "01"),
    an_award("2024", "200041507", "971", "4", "epci"),
    an_award("2025", "2A004", "2A", "0"),
    an_award("2025", "", "", "2"),
]


def by_name(pictures: Sequence[Picture]) -> dict[str, Picture]:
    return {picture.name: picture for picture in pictures}


def test_the_map_counts_each_collectivity_once_overseas_included(tmp_path: Path) -> None:
    found = by_name(a_release(tmp_path, "label", "palmares", AWARDS))
    assert found["carte-2024"].figures["fr"].lines == [("01", "2"), ("971", "1")]
    assert found["carte-2025"].figures["en"].lines == [("2A", "1")]
    svg = found["carte-2024"].svg["fr"]
    assert '<use href="#dep-01" class="land q2"' in svg
    assert '<use href="#dep-02" class="land q0"' in svg
    assert "Guadeloupe" in svg


def test_a_laureate_whose_department_is_unknown_is_on_no_map(tmp_path: Path) -> None:
    found = a_release(tmp_path, "label", "palmares", [an_award("2025", "", "", "2")])
    assert [picture.name for picture in found] == ["arobases-par-edition"]


def test_levels_are_counted_by_edition(tmp_path: Path) -> None:
    found = by_name(a_release(tmp_path, "label", "palmares", AWARDS))["arobases-par-edition"]
    assert found.figures["fr"].lines == [["2024", "0", "0", "1", "1", "1"], ["2025", "0", "1", "0", "0", "0"]]


def test_no_level_no_picture(tmp_path: Path) -> None:
    assert a_release(tmp_path, "label", "palmares", [an_award("2024", "", "", "")]) == []


def test_the_outlines_are_the_96_metropolitan_departements() -> None:
    codes = set(outlines()["paths"])
    assert codes == {f"{n:02d}" for n in range(1, 96) if n != 20} | {"2A", "2B"}


@pytest.mark.parametrize(
    ("count", "kind"), [(0, "q0"), (1, "q1"), (3, "q3"), (4, "q4"), (5, "q4"), (6, "q5"), (99, "q5")]
)
def test_classes_of_the_map(count: int, kind: str) -> None:
    assert colour(count) == kind


def test_no_curve_is_drawn_where_none_was_computed(tmp_path: Path) -> None:
    row = {"edition": "2026", "decoupage": "taille", "part_population_cumulee": "1", "part_couverte_cumulee": "1"}
    assert a_release(tmp_path, "territoires-numeriques", "courbes_inegalites", [row]) == []


def test_coverage_by_size_is_that_of_the_last_edition(tmp_path: Path) -> None:
    told = {"communes_nombre": "10", "communes_couvertes_nombre": "1", "population": "1000", "etat": "calcule"}
    rows = [
        {"edition": "2024", "classe": "moins_3000", "population_couverte": "9", "part_population": "0.009", **told},
        {"edition": "2025", "classe": "moins_3000", "population_couverte": "500", "part_population": "0.5", **told},
        {"edition": "2025", "classe": "2000_et_plus", "population_couverte": "0", "part_population": "", **told},
        {"edition": "2026", "classe": "autre", "population_couverte": "0", "part_population": "1", **told},
    ]
    found = by_name(a_release(tmp_path, "territoires-numeriques", "couverture_tailles", rows))["couverture-par-taille"]
    assert [line[-1] for line in found.figures["en"].lines] == ["50.0%", "0.0%"]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("couverture_tailles", {"classe": "autre", "edition": "2025"}),
        ("comparaison_europe", {"indicateur": "autre", "annee_observation": "", "zone": "lune", "part": "3"}),
    ],
)
def test_classes_that_are_not_known_are_not_drawn(tmp_path: Path, table: str, row: dict[str, str]) -> None:
    assert a_release(tmp_path, "territoires-numeriques", table, [row]) == []


def test_europe_is_compared_with_france(tmp_path: Path) -> None:
    quoted = {"indicateur": "echanges_en_ligne", "annee_observation": ""}
    later = {"indicateur": "desi_5a1_egovu", "annee_observation": "2015"}
    rows = [
        {**quoted, "zone": "ue28", "part": "32"},
        {**quoted, "zone": "france", "part": "48"},
        {**later, "zone": "france", "part": "54.58"},
        {**later, "zone": "ue28", "part": "57.05"},
        {**later, "annee_observation": "2016", "zone": "ue28", "part": "59.7"},
    ]
    found = by_name(a_release(tmp_path, "territoires-numeriques", "comparaison_europe", rows))["europe"]
    assert [tuple(line) for line in found.figures["en"].lines] == [
        ("France, quoted in 2017", "48.0%"),
        ("Europe, quoted in 2017", "32.0%"),
        ("France, 2015 (DESI 2020)", "54.6%"),
        ("EU of 28, 2015 (DESI 2020)", "57.1%"),
    ]
    assert ">57,1\u202f%<" in found.svg["fr"], "as the sentences of the page round it, halves up"
    assert "57.1%" in found.headline("en")


def test_compliance_by_year_adds_departements_up(tmp_path: Path) -> None:
    told = {"conformes_nombre": "2", "non_conformes_nombre": "1", "a_verifier_nombre": "", "non_evalues_nombre": "4"}
    rows = [{"annee": "2025", **told}, {"annee": "2025", **told}, {"annee": "2024", **told}]
    found = by_name(a_release(tmp_path, "enquetes-publiques", "conformite_annuelle", rows))["conformite-par-annee"]
    assert found.figures["fr"].lines == [["2024", "2", "1", "0", "4"], ["2025", "4", "2", "0", "8"]]


def test_compliance_by_rule_gives_every_rule_evaluated_or_not(tmp_path: Path) -> None:
    rows = [
        {"regle": rule, "resultat": result}
        for rule, result in [("EP-02", "conforme"), ("EP-02", "non_evalue"), ("EP-03", "non_evalue")]
    ] + [{"regle": "EP-04", "resultat": "non_applicable"}]
    found = by_name(a_release(tmp_path, "enquetes-publiques", "controles_legaux", rows))["conformite-par-regle"]
    assert found.figures["fr"].lines == [["EP-02", "1", "0", "0", "1"], ["EP-03", "0", "0", "0", "1"]]


def test_rules_are_named_where_the_table_of_rules_is_published(tmp_path: Path) -> None:
    from pipelines.core.text import Said
    from pipelines.domains.inquiries.charts.enquetes import _labelled

    names = {
        "EP-02": Said("Durée minimale", "Minimum length"),
        "EP-07": Said("Délai entre l'arrêté et l'ouverture de l'enquête", "Time between the order and the opening"),
    }
    assert _labelled("EP-02", "fr", names) == "Durée minimale (EP-02)"
    assert _labelled("EP-07", "fr", names) == "Délai entre l'arrêté et l'ouver… (EP-07)"
    assert _labelled("EP-07", "en", names) == "Time between the order and the… (EP-07)"
    assert _labelled("EP-99", "fr", names) == "EP-99"


def test_a_year_that_is_not_known_is_told_in_the_language_of_the_page(tmp_path: Path) -> None:
    told = {"conformes_nombre": "2", "non_conformes_nombre": "1", "a_verifier_nombre": "", "non_evalues_nombre": "4"}
    rows = [{"annee": "inconnue", **told}]
    found = by_name(a_release(tmp_path, "enquetes-publiques", "conformite_annuelle", rows))["conformite-par-annee"]
    assert [found.figures[language].lines[0][0] for language in ("fr", "en")] == ["inconnue", "unknown"]
    assert ">unknown<" in found.svg["en"]
    assert "complies: 2, does not comply: 1" in found.svg["en"]
    assert "conforme\u00a0: 2, non conforme\u00a0: 1" in found.svg["fr"]


def test_nothing_evaluated_nothing_drawn(tmp_path: Path) -> None:
    rows = [{"regle": "EP-03", "resultat": "non_evalue"}]
    assert a_release(tmp_path, "enquetes-publiques", "controles_legaux", rows) == []


def an_inquiry(opening: str, closing: str, order: str = "", report: str = "", example: str = "false") -> dict[str, str]:
    told = {
        "enquete_id": f"enq-{opening}",
        "titre": f"Enquête inventée du {opening}, au titre assez long pour être coupé",
    }
    dates = {"arrete_date": order, "ouverture_date": opening, "cloture_date": closing, "rapport_date": report}
    return {**told, **dates, "exemple": example}


def test_timelines_show_the_most_recent_inquiries_and_no_example(tmp_path: Path) -> None:
    days = [date(2024, 1, 1) + timedelta(days=30 * number) for number in range(30)]
    rows = [an_inquiry(day.isoformat(), (day + timedelta(days=29)).isoformat()) for day in days]
    rows += [an_inquiry("2030-01-01", "2030-02-01", example="true"), an_inquiry("2031-01-01", "")]
    rows += [an_inquiry("2026-06-15", "2026-07-15", order="2026-05-01", report="2026-08-20")]
    found = by_name(a_release(tmp_path, "enquetes-publiques", "enquetes", rows))["chronologies"]
    lines = found.figures["fr"].lines
    assert len(lines) == 18
    assert lines[-1][1:] == ["2026-05-01", "2026-06-15", "2026-07-15", "2026-08-20"]
    assert lines[0][1] == "–"


def test_an_inquiry_of_one_day_alone_is_drawn(tmp_path: Path) -> None:
    rows = [an_inquiry("2026-06-15", "2026-06-15")]
    assert len(a_release(tmp_path, "enquetes-publiques", "enquetes", rows)) == 1


def test_no_dates_no_timelines(tmp_path: Path) -> None:
    assert a_release(tmp_path, "enquetes-publiques", "enquetes", [an_inquiry("", "")]) == []


def test_every_picture_is_well_formed_named_and_described(tmp_path: Path) -> None:
    for picture in a_release(tmp_path, "label", "palmares", AWARDS):
        for svg in picture.svg.values():
            root = ElementTree.fromstring(svg)
            ids = {node.get("id"): node.text for node in root if node.tag in ("title", "desc")}
            assert all(ids[name] for name in str(root.get("aria-labelledby")).split())
            assert root.get("role") == "img"


def test_pictures_reach_their_page_and_outlines_stand_there_once(tmp_path: Path) -> None:
    a_release(tmp_path, "label", "palmares", AWARDS)
    catalogue = a_catalogue(tmp_path)
    page = (catalogue / "en" / "label" / "images.html").read_text(encoding="utf-8")
    assert page.count('id="dep-01"') == 1
    assert page.count('href="#dep-01"') == 4  # two editions, each for wide and for narrow screens
    assert 'id="carte-2025"' in (catalogue / "label" / "index.html").read_text(encoding="utf-8")


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_ticks_are_few_start_at_zero_and_reach_the_highest_value(highest: float) -> None:
    found = marks.ticks(highest)
    assert found[0] == 0
    assert found[-1] >= highest
    assert 2 <= len(found) <= 7


def test_an_axis_without_values_still_has_two_ticks() -> None:
    assert marks.ticks(0) == [0, 1]


def test_words_in_a_drawing_are_escaped() -> None:
    assert marks.text(0, 0, "<&>") == '<text x="0" y="0">&lt;&amp;&gt;</text>'


def test_titles_say_what_the_figures_say(tmp_path: Path) -> None:
    found = by_name(a_release(tmp_path, "label", "palmares", AWARDS))
    assert {name: picture.headline("fr") for name, picture in found.items()} == {
        "carte-2024": "Édition 2024\u00a0: 3 collectivités labellisées connues dans 2 territoires, surtout Ain (2)",
        "carte-2025": "Édition 2025\u00a0: 1 collectivité labellisée connue dans 1 territoire",
        "arobases-par-edition": "1 niveau connu sur 4 est au maximum\u00a0: cinq arobases",
    }
    assert found["carte-2025"].headline("en") == "2025 edition: 1 known awarded local authority in 1 area"


@pytest.mark.parametrize(
    ("results", "fr", "en"),
    [
        (
            ["conforme", "non_evalue", "non_conforme", "non_conforme", "non_applicable"],
            "Sur 4 contrôles, 1 n’a pas pu être évalué et 2 concluent «\u00a0non conforme\u00a0»",
            "Of 4 checks, 1 could not be evaluated and 2 conclude “does not comply”",
        ),
        (
            ["conforme"],
            "Sur 1 contrôle, 0 n’a pas pu être évalué et 0 conclut «\u00a0non conforme\u00a0»",
            "Of 1 check, 0 could not be evaluated and 0 conclude “does not comply”",
        ),
    ],
)
def test_the_title_of_checks_counts_what_could_not_be_made(
    tmp_path: Path, results: Sequence[str], fr: str, en: str
) -> None:
    rows = [{"regle": "EP-02", "resultat": result} for result in results]
    found = by_name(a_release(tmp_path, "enquetes-publiques", "controles_legaux", rows))["conformite-par-regle"]
    assert (found.headline("fr"), found.headline("en")) == (fr, en)


def test_the_title_of_timelines_counts_first_and_last_day(tmp_path: Path) -> None:
    rows = [an_inquiry("2026-06-01", "2026-06-15"), an_inquiry("2026-07-01", "2026-08-01")]
    found = by_name(a_release(tmp_path, "enquetes-publiques", "enquetes", rows))["chronologies"]
    assert found.headline("fr") == "Les 2 enquêtes les plus récentes ont duré de 15 à 32 jours"


def test_the_title_of_one_timeline_is_of_one(tmp_path: Path) -> None:
    found = a_release(tmp_path, "enquetes-publiques", "enquetes", [an_inquiry("2026-06-15", "2026-06-15")])
    assert found[0].headline("fr") == "L’enquête la plus récente a duré 1 jour"
    assert found[0].headline("en") == "The most recent inquiry lasted 1 day"


def test_a_comparison_that_lacks_a_figure_has_no_finding(tmp_path: Path) -> None:
    row = {"indicateur": "echanges_en_ligne", "annee_observation": "", "zone": "france", "part": "48"}
    found = by_name(a_release(tmp_path, "territoires-numeriques", "comparaison_europe", [row]))["europe"]
    assert found.headline("fr") == found.title["fr"]


def test_coverage_by_size_says_its_extremes(tmp_path: Path) -> None:
    told = {"communes_nombre": "10", "communes_couvertes_nombre": "1", "population": "1000", "etat": "calcule"}
    told |= {"edition": "2025", "population_couverte": "5"}
    rows = [
        {"classe": "moins_3000", "part_population": "0.005", **told},
        {"classe": "100000_et_plus", "part_population": "0.5", **told},
    ]
    found = by_name(a_release(tmp_path, "territoires-numeriques", "couverture_tailles", rows))["couverture-par-taille"]
    assert found.headline("en") == "People covered: from 0.5% (under 3,000 people) to 50.0% (100,000 and more)"


def test_each_picture_is_a_file_that_needs_nothing_else_and_says_its_source(tmp_path: Path) -> None:
    a_release(tmp_path, "label", "palmares", AWARDS)
    catalogue = a_catalogue(tmp_path)
    files = sorted(catalogue.rglob("images/*.svg"))
    assert [path.relative_to(catalogue).as_posix() for path in files] == [
        f"{folder}label/images/{name}.svg"
        for folder in ("en/", "")
        for name in ("arobases-par-edition", "carte-2024", "carte-2025")
    ]
    for path in files:
        source = path.read_text(encoding="utf-8")
        root = ElementTree.fromstring(source)
        ids = {node.get("id") for node in root.iter()}
        assert {str(node.get("href"))[1:] for node in root.iter() if node.tag.endswith("}use")} <= ids
        assert "version 1.0.0" in source
        assert "class=" not in source
        assert "var(" not in source
        assert "<style" not in source
        assert "https://data.example.org/arobase/catalogue/" in source
        assert "http" not in source.replace("http://www.w3.org/2000/svg", "").replace("https://data.example.org/", "")


def test_a_file_is_wide_enough_for_words_where_its_drawing_is_not(tmp_path: Path) -> None:
    (picture,) = a_release(tmp_path, "label", "palmares", [an_award("2025", "", "", "2")])
    dot = '<svg viewBox="0 0 9 9" role="img"><rect width="9" height="9"/></svg>'
    text = standalone(replace(picture, svg={"fr": dot, "en": dot}), "fr", "Palmarès, version 1.0.0")
    _, _, width, height = map(float, ElementTree.fromstring(text).attrib["viewBox"].split())
    assert width > height, "a letter a line made a picture of 2,000 lines"


def test_each_picture_has_its_page_with_what_to_copy(tmp_path: Path) -> None:
    a_release(tmp_path, "label", "palmares", AWARDS)
    page = (a_catalogue(tmp_path) / "label" / "image-carte-2024.html").read_text(encoding="utf-8")
    for words in (
        "surtout Ain (2)</h1>",
        "https://data.example.org/arobase/catalogue/label/images/carte-2024.svg",
        "Ce que cette image ne montre pas",
        "version 1.0.0, données du",
        'download="carte-2024.svg"',
        '<th scope="row">01</th>',
    ):
        assert words in page


def test_the_map_names_its_places_and_shows_paris_larger(tmp_path: Path) -> None:
    found = by_name(a_release(tmp_path, "label", "palmares", AWARDS))
    svg = found["carte-2024"].svg["fr"]
    assert "<title>Ain (01)\u00a0: 2</title>" in svg
    assert svg.count('href="#dep-75"') == 2
    assert svg.count('href="#dep-01"') == 1
    assert set(outlines()["names"]) == set(outlines()["paths"])


def test_a_file_is_painted_as_the_style_sheet_says(tmp_path: Path) -> None:
    found = by_name(a_release(tmp_path, "label", "palmares", AWARDS))["carte-2024"]
    root = ElementTree.fromstring(standalone(found, "fr", "Source : essai."))
    uses = [node for node in root.iter() if str(node.get("href")) in ("#dep-01", "#dep-75")]
    assert [(node.get("fill"), node.get("stroke"), node.get("stroke-width")) for node in uses] == [
        ("#8bb8d3", "#ffffff", ".8"),
        ("#efece4", "#ffffff", ".8"),
        ("#efece4", "#ffffff", ".16"),
    ]
    texts = {str(node.text): node.attrib for node in root.iter() if node.tag.endswith("}text")}
    assert texts["Source : essai."]["fill"] == "#505c69"
    assert texts["Outre-mer"]["font-size"] == "17px"
