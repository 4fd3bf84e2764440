"""The timeline and the reports: they say in words what they show, and their colours can be read."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from pipelines.domains.inquiries.commands._audit_report import choisis, rapport_csv, rapport_html, totaux
from pipelines.domains.inquiries.law import controler
from pipelines.domains.inquiries.law.frise import CLAIR, SOMBRE, frise
from tests.domains.inquiries.law.builders import an_inquiry

SVG = "{http://www.w3.org/2000/svg}"
WHOLE = an_inquiry(
    title="PLU de <Nulle-Part> & alentours",
    designation="2014-01-02",
    order="2014-01-20",
    opening="2014-02-10",
    initial_closing="2014-03-14",
    closing="2014-03-28",
    cloture_heure="16:00",
    fuseau="America/Guadeloupe",
    summary="2014-04-02",
    reply="2014-04-15",
    report="2014-04-25",
    online="2014-05-02",
    first_notices=[("2014-01-25", "A"), ("2014-01-24", "B")],
    reminders=[("2014-02-12", "A"), ("2014-02-13", "B")],
    posters=[("2014-01-25", "2014-03-28")],
    pages=["2014-01-25"],
    sessions=["2014-02-10", "2014-02-20", "2014-03-28"],
)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [CLAIR, SOMBRE])
def test_colours_have_the_contrast_that_readers_need(palette: dict[str, str]) -> None:
    assert contrast(palette["encre"], palette["fond"]) >= 7
    assert contrast(palette["fait"], palette["fond"]) >= 4.5
    assert contrast(palette["fait"], palette["bande"]) >= 3
    assert contrast(palette["limite"], palette["fond"]) >= 3
    assert contrast(palette["trait"], palette["fond"]) >= 3


def test_a_timeline_is_a_picture_with_a_title_and_its_text() -> None:
    picture = ElementTree.fromstring(frise(WHOLE))
    assert picture.get("role") == "img"
    title, text = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert text is not None
    assert picture.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
    assert title.text == "Frise de l'enquête : PLU de <Nulle-Part> & alentours"
    assert "Enquête : du 2014-02-10 au 2014-03-14" in str(text.text)
    assert "Prolongation : du 2014-03-14 au 2014-03-28" in str(text.text)
    assert (
        "Rappel, presse : 2014-02-12, 2014-02-13 (limite légale : à partir du 2014-02-10 et jusqu'au 2014-02-17)"
        in str(text.text)
    )


def test_everything_that_took_place_is_drawn_within_the_picture() -> None:
    picture = ElementTree.fromstring(frise(WHOLE))
    width = float(str(picture.get("viewBox")).split()[2])
    marks = picture.findall(f"{SVG}circle")
    assert len(marks) == 15
    assert all(0 <= float(str(mark.get("cx"))) <= width for mark in marks)
    assert {"fait", "bande"} == {str(shape.get("class")) for shape in picture.findall(f"{SVG}rect")} - {"fond"}


def test_an_inquiry_without_a_date_says_so() -> None:
    assert "Aucune date lue" in frise(an_inquiry())
    assert ElementTree.fromstring(frise(an_inquiry())) is not None


def test_an_inquiry_with_one_end_shows_it() -> None:
    assert "Clôture : 2014-07-12" in frise(an_inquiry(closing="2014-07-12"))
    before_the_law = an_inquiry(
        order="1984-01-02", opening="1984-02-01", first_notices=["1984-01-20"], reminders=["1984-02-03"]
    )
    assert "limite légale" not in frise(before_the_law)


def test_a_month_is_the_limit_where_the_law_says_a_month() -> None:
    expropriation = an_inquiry(family="enquete_dup", order="2018-12-01", closing="2019-01-31", report="2019-02-20")
    assert "jusqu'au 2019-02-28" in frise(expropriation)


def test_a_long_inquiry_keeps_few_marks_of_months() -> None:
    picture = frise(
        an_inquiry(designation="2010-01-04", order="2014-01-20", opening="2014-02-10", closing="2014-03-14")
    )
    assert 0 < picture.count('class="repere"') <= 13


def test_the_picture_is_the_same_each_time() -> None:
    assert frise(WHOLE) == frise(WHOLE)


def test_a_report_says_totals_arithmetic_and_the_hour_in_paris() -> None:
    page = rapport_html(controler(WHOLE), titre="Contrôles & essais", contester="Écrire à x@example.org.")
    assert "<title>Contrôles &amp; essais</title>" in page
    assert "1 enquête, 40 contrôles" in page
    assert "Écrire à x@example.org." in page
    assert "PLU de &lt;Nulle-Part&gt; &amp; alentours" in page
    assert "soit le 2014-03-28 à 21:00 à Paris" in page
    assert "2014-03-14 − 2014-02-10 + 1 = 33 jours ≥ 30" in page


def test_a_report_says_an_open_regime_and_an_example() -> None:
    page = rapport_html(controler(an_inquiry(family="indeterminee", exemple=True)), titre="x", contester="")
    assert "non déterminé : famille de droit de l’enquête" in page
    assert "(enquête fictive)" in page


def test_a_report_for_machines_has_a_line_a_check() -> None:
    lines = list(csv.DictReader(io.StringIO(rapport_csv(controler(WHOLE), contester="écrire à a@example.org"))))
    assert len(lines) == 40
    told = {line["regle"]: line["resultat"] for line in lines}
    assert told["EP-22"] == "conforme"
    assert {line["departements"] for line in lines} == {"27"}


def test_a_line_that_says_more_than_met_says_how_to_contest_it() -> None:
    checks = controler(
        an_inquiry(order="2014-01-10", opening="2014-02-01", closing="2014-03-01", designation="2014-02-02")
    )
    lines = list(csv.DictReader(io.StringIO(rapport_csv(checks, contester="écrire à a@example.org"))))
    contested = {line["resultat"]: line["contester"] for line in lines}
    assert contested["a_verifier"] == "écrire à a@example.org"
    assert contested["conforme"] == contested["non_evalue"] == contested["non_applicable"] == ""


def test_checks_are_chosen_by_rule_and_by_department() -> None:
    checks = controler(WHOLE) + controler(an_inquiry(departements=("974",), id="enq-111111111111"))
    assert {check.regle.id for check in choisis(checks, regle="EP-12")} == {"EP-12"}
    assert {check.enquete.departements for check in choisis(checks, departement="974")} == {("974",)}
    assert len(choisis(checks)) == 80


def test_totals_count_each_rule() -> None:
    assert [(rule, sum(count.values())) for rule, _, count in totaux(controler(WHOLE))][:2] == [
        ("EP-01", 1),
        ("EP-02", 1),
    ]
