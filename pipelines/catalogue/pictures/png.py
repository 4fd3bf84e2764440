"""A picture's file as PNG, for whatever shows no SVG: previews of links, office tools, old mailers.

Belongs here: drawing the SVG file in points, the same points on every machine: with the fonts that are in `fonts/`,
and none of the machine's. Does not: what is drawn (`standalone.py`). A PNG says from which SVG it was drawn, so that
only pictures that changed are drawn again. The privacy gate reads the SVG, of which the PNG is every word.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from functools import cache, lru_cache, partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from pipelines.catalogue.site import Site

WIDTH = 1200  # points: what previews of links show whole
FAMILY, FACES = "DejaVu Sans", ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_END = len(SIGNATURE) + 25  # the chunk IHDR, which comes first, is 25 bytes
KEYWORD = b"Arobase-SVG\0"
REMEMBERED = 128  # pictures


def add_png(site: Site, path: str, svg: str) -> None:
    """Keep the PNG of an SVG file; it is drawn when the one that is there was drawn from another."""
    mark = mark_of(svg)
    site.make(path, partial(write_png, svg, mark), partial(is_png_of, mark))


def mark_of(svg: str) -> str:
    """What identifies a PNG's origin: a digest of all that its points depend on."""
    return hashlib.sha256(f"{_drawn_with()} {svg}".encode()).hexdigest()


def write_png(svg: str, mark: str, path: Path) -> None:
    """Draw an SVG file, and say in the PNG what it was drawn from."""
    drawn = draw(svg)
    path.write_bytes(drawn[:HEADER_END] + _chunk(b"tEXt", KEYWORD + mark.encode()) + drawn[HEADER_END:])


def is_png_of(mark: str, path: Path) -> bool:
    """Whether a file is a whole PNG, drawn from the SVG with this mark."""
    try:
        found = list(_chunks(path.read_bytes()))
    except (OSError, ValueError, struct.error):
        return False
    return (b"tEXt", KEYWORD + mark.encode()) in found


@lru_cache(maxsize=REMEMBERED)
def draw(svg: str) -> bytes:
    """The points of an SVG file, as PNG. Raises `ValueError` where it is no SVG."""
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=WIDTH,
        skip_system_fonts=True,
        font_files=[str(_font(name)) for name in FACES],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )


@cache
def _drawn_with() -> str:
    fonts = [hashlib.sha256(_font(name).read_bytes()).hexdigest() for name in FACES]
    return " ".join([version("resvg-py"), str(WIDTH), *fonts])


def _font(name: str) -> Path:
    return Path(str(files("pipelines.catalogue.pictures").joinpath("fonts", name)))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG, by kind. Raises `ValueError` where it is none, damaged or cut, and `struct.error`."""
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG")
    place, kind = len(SIGNATURE), b""
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 12 + length
        kind, inside = data[place + 4 : place + 8], data[place + 8 : end - 4]
        if data[place:end] != _chunk(kind, inside):
            raise ValueError("damaged PNG")
        yield kind, inside
        place = end
    if kind != b"IEND":
        raise ValueError("cut PNG")
