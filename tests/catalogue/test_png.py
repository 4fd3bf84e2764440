"""Pictures as PNG: the same points everywhere, every letter of them, drawn again only when their SVG changed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import resvg_py

from pipelines.catalogue.pictures import png
from pipelines.catalogue.site import Site
from tests.catalogue.builders import BASE, a_catalogue, an_award, texts_published

SMALL = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" width="60" height="20">{}</svg>'
LETTERS = "AZaz09éèêëàâäçîïíôöóûüùñœŒæÆÉÈÊÀÂÇÎÔ’'«»“”–—-…€%‰°²³½×≤≥→·\u202f\u00a0"


def text(words: str, **more: str) -> str:
    return SMALL.format(
        f'<text x="2" y="15" {" ".join(f"{name}={value!r}" for name, value in more.items())}>{words}</text>'
    )


DRAW = png.draw
"""As it is: from the first test on, what one process of the tests has drawn, others take (`known_work.py`)."""


@pytest.fixture(autouse=True)
def nothing_drawn_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(png, "draw", DRAW)
    DRAW.cache_clear()
    yield
    DRAW.cache_clear()


def written(folder: Path, svg: str) -> list[str]:
    site = Site()
    png.add_png(site, "images/a.png", svg)
    return site.write(folder / "catalogue")


def test_a_picture_has_the_same_bytes_each_time_it_is_drawn() -> None:
    first = png.draw(text("Été"))
    png.draw.cache_clear()
    assert png.draw(text("Été")) == first
    assert struct.unpack(">II", first[16:24]) == (png.WIDTH, png.WIDTH // 3)


def test_a_font_of_the_machine_decides_nothing() -> None:
    own = png.draw(text("Été"))
    assert png.draw(text("Été", **{"font-family": "Liberation Sans, Noto Sans, sans-serif"})) == own
    assert png.draw(text("Été", **{"font-weight": "700"})) != own


def test_every_letter_of_french_and_english_is_drawn() -> None:
    def points(letter: str, weight: str) -> bytes:
        fonts = [str(png._font(name)) for name in png.FACES]
        told = {"font_files": fonts, "font_family": png.FAMILY, "skip_system_fonts": True}
        return resvg_py.svg_to_bytes(svg_string=text(f"|{letter}|", **{"font-weight": weight}), **told)  # type: ignore[arg-type]

    for weight in ("400", "700"):
        missing = {points(letter, weight) for letter in "\ue000\u4e2d"}
        assert not [letter for letter in LETTERS if points(letter, weight) in missing]


def test_what_changed_is_drawn_again_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = png.draw.__wrapped__
    monkeypatch.setattr(png, "draw", lambda svg: drawn.append(svg) or draw(svg))
    assert "images/a.png" in written(tmp_path, text("a"))
    assert written(tmp_path, text("a")) == []
    assert "images/a.png" in written(tmp_path, text("b"))
    assert drawn == [text("a"), text("b")]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data[:90] + b"?" + data[91:], lambda data: b""]
)
def test_a_picture_that_was_damaged_is_drawn_again(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    written(tmp_path, text("a"))
    path = tmp_path / "catalogue/images/a.png"
    right = path.read_bytes()
    path.write_bytes(damage(right))
    assert written(tmp_path, text("a")) == ["images/a.png"]
    assert path.read_bytes() == right


def test_each_picture_has_a_png_beside_its_svg_and_its_page_shows_it_where_it_is_linked_to(tmp_path: Path) -> None:
    texts_published(tmp_path, "label", "palmares", [an_award("2024", "01001", "01")])
    catalogue = a_catalogue(tmp_path)
    for folder in ("label/images", "en/label/images"):
        drawn = {path.stem for path in (catalogue / folder).glob("*.svg")}
        assert {path.stem for path in (catalogue / folder).glob("*.png")} == drawn != set()
    for language in ("", "en/"):
        page = (catalogue / language / "label/image-carte-2024.html").read_text(encoding="utf-8")
        assert f'<meta property="og:image" content="{BASE}catalogue/{language}label/images/carte-2024.png">' in page
        assert '<a href="images/carte-2024.png" download="carte-2024.png">PNG</a>' in page
