"""French as it is printed, on every French page: no-break spaces, curved apostrophes, no invented plural."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.catalogue.wording import Wording
from tests.catalogue.builders import a_catalogue, an_award, another_package, retracted, texts_published

FAULTS = {
    "an ordinary space before a sign": re.compile(r"\S [:;!?»](?!\w)"),
    "an ordinary space after «": re.compile(r"« "),
    "a straight apostrophe": re.compile(r"[^\W\d_]'[^\W_]"),
    "an ordinary space within a number": re.compile(r"(?<!\d)\d{1,3} \d{3}(?!\d)|\d %"),
    "an invented plural": re.compile(r"\w\((?:s|e|es|x)\)"),
    "a plural after 0 or 1": re.compile(r"(?<![\w.,\u202f])[01] (?:lignes|champs|listes|versions)\b"),
}
SHOWN = ("aria-label", "title", "alt", "content", "placeholder", "label")
AS_THEY_ARE = ("code", "pre", "script", "style", "template")


class Read(HTMLParser):
    """What a French page says: texts and the attributes that people read or hear. Values of data are as published."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.skipped: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.said += [told[name] for name in SHOWN if name in told and "charset" not in told and "viewport" not in told]
        self.said += [value for name, value in told.items() if name.startswith("data-") and " " in value]
        foreign = told.get("lang", "fr") != "fr"
        published = tag in ("td", "th") and any(kept == "rows" for kept, _ in self.open)
        name = "rows" if tag == "tbody" and any("rows" in kept for kept, _ in self.open[-1:]) else tag
        if tag == "table" and "rows" in told.get("class", "").split():
            name = "table rows"
        if tag not in ("meta", "link", "input", "br", "circle", "path", "rect", "use", "img", "line"):
            self.open.append((name, foreign or published or tag in AS_THEY_ARE))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, _ = self.open.pop()
            if name == tag or (tag, name) in (("table", "table rows"), ("tbody", "rows")):
                return

    def handle_data(self, data: str) -> None:
        if not any(skipped for _, skipped in self.open):
            self.said.append(data)


def faults(source: str) -> list[tuple[str, str]]:
    return [(name, said.strip()) for said in Read(source).said for name, sign in FAULTS.items() if sign.search(said)]


def catalogues(folder: Path) -> Path:
    """A catalogue in which every kind of page is, its texts as people type them."""
    retracted(folder, reason="Valeur fausse : l'année n'est pas « 2024 » !")
    another_package(folder, title="L'accès : qui l'a ?", description="Ce qu'on sait « en 2024 » : 3 000 lignes, 5 % !")
    awards = [{**an_award("2024", "01001", "01"), "remarque": "Cession d'un chemin : 3 000 m"}]
    texts_published(folder, "label", "palmares", [*awards, {**an_award("2025", "97113", "971"), "remarque": ""}])
    return a_catalogue(folder)


def test_every_french_page_is_set_as_french_is(tmp_path: Path) -> None:
    catalogue = catalogues(tmp_path)
    pages = [path for path in sorted(catalogue.rglob("*.html")) if "en" not in path.relative_to(catalogue).parts]
    found = {path.relative_to(catalogue).as_posix(): faults(path.read_text(encoding="utf-8")) for path in pages}
    assert len(pages) > 20
    assert {name: said for name, said in found.items() if said} == {}
    told = (catalogue / "territoires/commune-01001.html").read_text(encoding="utf-8")
    assert "<td>Cession d’un chemin\u00a0: 3\u202f000 m</td>" in told


@pytest.mark.parametrize(
    "fault",
    [
        "<p>Lignes : 3</p>",
        "<p>« mot »</p>",
        "<p>l'année</p>",
        "<p>3 000 lignes</p>",
        "<p>5 %</p>",
        "<p>2 ligne(s)</p>",
        "<p>1 lignes</p>",
        '<div aria-label="Lignes : Prix"></div>',
        "<svg><title>Qui ?</title></svg>",
    ],
)
def test_each_fault_is_seen(fault: str) -> None:
    assert faults(fault)


@pytest.mark.parametrize(
    "kept", ["<code>a : b</code>", "<p lang=''>typed : so</p>", "<p>10:30, a:b</p>", "<p>en 2024 2025</p>"]
)
def test_what_is_no_sentence_is_left(kept: str) -> None:
    assert not faults(kept)


def test_what_is_counted_agrees_with_its_number(tmp_path: Path) -> None:
    """One row and no row are as usual as many: a list of codes may have a single one, corrections none."""
    texts_published(tmp_path, "label", "palmares", [an_award("2024", "01001", "01")])
    catalogue = a_catalogue(tmp_path)
    pages = ("index", "dictionnaire", "table-palmares", "version-1.0.0")
    for folder, one, many in (("label", "1 ligne", "1 lignes"), ("en/label", "1 row", "1 rows")):
        for page in pages:
            told = (catalogue / folder / f"{page}.html").read_text(encoding="utf-8")
            assert re.search(rf"\b{one}\b", told), (folder, page)
            assert not re.search(rf"\b{many}\b", told), (folder, page)
    assert (Wording("fr").counted(0, "ligne", "lignes"), Wording("en").counted(0, "row", "rows")) == (
        "0 ligne",
        "0 rows",
    )


def test_a_sentence_is_set() -> None:
    printed = {
        "Qu'est-ce que « l'accès » ?": "Qu’est-ce que «\u00a0l’accès\u00a0»\u202f?",
        "3 000 habitants, 5 % ; 06 12": "3\u202f000 habitants, 5\u202f%\u202f; 06 12",
        "L'an 2024 200 lignes : 1 234 567 !": "L’an 2024 200 lignes\u00a0: 1\u202f234\u202f567\u202f!",
    }
    assert {typed: Wording("fr").spaced(typed) for typed in printed} == printed
    assert Wording("en").spaced("it's 5 % : so") == "it's 5 % : so"
