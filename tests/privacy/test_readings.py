"""Many texts are read together as each is read by itself; what is in one of many pages alike is found."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import AllowList, CleanFiles, PersonalValues, scan_folder
from pipelines.privacy.readings import FEW, readings, readings_together
from tests.privacy.builders import RECORD, SOLENE

NOTHING = AllowList()
PERSONAL = PersonalValues({RECORD: tuple(SOLENE.items())})
PAGES = 60
PIECES = st.sampled_from(
    [
        *"aàéœÃÂ½…ªº–—’·•.-_ @<>&=%\\/\n\t\r\u00a0\u202f\u00ad\u200b\u2003\u3000\x0b\x1c\x85",
        "<b>",
        "</td>",
        "<a href='x/y?cle=a+%7C+b'>",
        "&#39;",
        "&amp;#64;",
        "%C3%A9",
        "%2540",
        "\\u00e9",
        "=C3=A9",
        "Ã©",
        "а",
        "a b c d e f g h",
        "j.e.a.n.d.u.p.o.n.t",
        "dépar-\n  tement",
        "    ",
        "amVhbi5kdXBvbnRAZXhhbXBsZS5vcmc=",
        "territoires/commune/91103",
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=40)


def together(texts: list[str]) -> list[tuple[str, ...]]:
    padded = [*texts, *["rien"] * (FEW + 1)]
    return readings_together(pa.array(padded, pa.large_string()))[: len(texts)]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_texts_are_read_together_as_each_is_by_itself(texts: list[str]) -> None:
    assert together(texts) == list(map(readings, texts))


def test_every_character_is_read_together_as_by_itself() -> None:
    characters = [character for code in range(0x3100) if (character := chr(code)).isprintable() or code < 0x100]
    forms = ("a {0} b", "a {0} <b>b</b>", "a {0} <b c='d'>b</b>", "{0}{0}{0}{0}{0} = %", "{0} \u202f =", "a{0}=C3=A9")
    texts = [form.format(character) for form in forms for character in characters]
    assert together(texts) == list(map(readings, texts))


def site(folder: Path, *, head: str = "Accueil", line: str = "<p>rien</p>", foot: str = "Pied") -> Path:
    """Pages of one template, of which the middle one has `line`."""
    folder.mkdir(exist_ok=True)
    for number in range(PAGES):
        own = line if number == PAGES // 2 else ""
        page = f"<html>\n<nav>{head}</nav>\n<h1>Page {number}</h1>\n{own}\n<footer>{foot}</footer>\n</html>\n"
        (folder / f"page-{number:02}.html").write_text(page, encoding="utf-8")
    return folder


LEAKS = [
    "jean.dupont@example.org",
    "jean.dupont&#64;example.org",
    "jean.dupont%40example.org",
    "jean.<b>dupont</b>@example.org",
    "amVhbi5kdXBvbnRAZXhhbXBsZS5vcmc=",
    "06\u00a012\u202f34 56 78",
    "j e a n . d u p o n t @ e x a m p l e . o r g",
    "vu avec Quéméneur&nbsp;Solène",
    "vu avec <i>Qu&eacute;m&eacute;neur</i> Solène",
]


@pytest.mark.parametrize("leak", LEAKS)
def test_what_stands_in_one_page_of_many_is_found_there(tmp_path: Path, leak: str) -> None:
    report = scan_folder(site(tmp_path, line=f"<p>{leak}</p>"), NOTHING, PERSONAL)
    assert {hold.place for hold in report.holds} == {f"page-{PAGES // 2}.html"}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("place", ["head", "foot"])
def test_what_stands_in_what_all_pages_share_is_found_in_each(tmp_path: Path, leak: str, place: str) -> None:
    report = scan_folder(site(tmp_path, **{place: leak}), NOTHING, PERSONAL)
    assert len({hold.place for hold in report.holds}) == PAGES


def test_what_is_cut_between_the_template_and_a_page_is_found(tmp_path: Path) -> None:
    folder = site(tmp_path, line="Quéméneur", foot="Solène")
    for path in folder.iterdir():
        path.write_text(path.read_text().replace("<footer>", "").replace("</footer>", ""))
    report = scan_folder(folder, NOTHING, PERSONAL)
    assert {hold.place for hold in report.holds} == {f"page-{PAGES // 2}.html"}


def test_the_name_of_one_page_of_many_is_checked(tmp_path: Path) -> None:
    folder = site(tmp_path / "s")
    (folder / "page-07.html").rename(folder / "quemeneur-solene.html")
    clean = CleanFiles(tmp_path / "m.json", "k")
    assert [hold.field for hold in scan_folder(folder, NOTHING, PERSONAL, clean=clean).holds] == ["nom_de_fichier"]


def test_a_page_that_is_held_is_not_remembered_with_the_others(tmp_path: Path) -> None:
    folder, memory = site(tmp_path / "s", line=f"<p>{LEAKS[0]}</p>"), tmp_path / "m.json"
    for _ in range(2):
        clean = CleanFiles.read(memory, "k")
        report = scan_folder(folder, NOTHING, PERSONAL, clean=clean)
        assert {hold.place for hold in report.holds} == {f"page-{PAGES // 2}.html"}
        clean.save()
    assert scan_folder(folder, NOTHING, PERSONAL, clean=CleanFiles.read(memory, "k")).cells < PAGES


def test_pages_found_clean_are_not_checked_again_by_a_second_look_of_the_same_run(tmp_path: Path) -> None:
    folder = site(tmp_path / "s", line=f"<p>{LEAKS[0]}</p>")
    clean = CleanFiles(tmp_path / "m.json", "k")
    first = scan_folder(folder, NOTHING, PERSONAL, clean=clean)
    second = scan_folder(folder, NOTHING, PERSONAL, clean=clean)
    assert second.holds == first.holds
    assert second.cells < first.cells / 10
