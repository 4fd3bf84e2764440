"""Names of columns: from one or several header rows, and what to say when those that a mapping reads are not there."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.core.unicode_forms import OTHER_FORM, looks_the_same
from pipelines.formats.errors import HeaderMissing
from pipelines.sources.columns import clean, column_names, columns_joined, columns_read
from pipelines.storage.spool import chunks_of

if TYPE_CHECKING:
    from pipelines.formats.registry import Records
    from pipelines.sources import Part

HEADED = frozenset({"csv", "tsv", "xlsx", "xls", "xlsb", "ods", "parquet", "html"})
"""Formats of tables, which have a row of names; in the others, members of objects are columns."""
SHOWN = 40
ALIKE = ((12, 70), (6, 85), (0, 100))
"""From how many letters on, how much two names have to be alike, in hundredths, to be taken for the same."""

__all__ = ["clean", "column_names", "columns_joined", "columns_read", "missing_columns", "unclear_names"]


def missing_columns(
    missing: Sequence[str],
    found: Sequence[str],
    *,
    file: str,
    place: str | Said,
    near: Sequence[Sequence[str]],
    needed: Collection[str] = (),
    is_header: bool = True,
) -> HeaderMissing:
    """The error for columns that are not there, with the nearest names and the row where the header seems to be.

    `needed`: all the names that are read; the others that were found are counted, and not shown: a header may be
    somebody's name or address. One that much resembles a missing name is shown, since it most likely is that name.
    `is_header`: whether what was found is certainly a header; else it is only counted.
    """
    fr: list[str] = []
    en: list[str] = []
    for number, row in enumerate(near, start=1):
        if len(set(missing) & {clean(cell) for cell in row}) * 2 > len(missing):
            fr.append(f"l'en-tête semble être à la ligne {number} (options.header_row: {number})")
            en.append(f"the header seems to be on row {number} (options.header_row: {number})")
            break
    unknown = [name for name in found if name not in needed]
    resembling = {name: nearest for name in missing if (nearest := _resembling(name, unknown))}
    if not fr:
        for name, nearest in list(resembling.items())[:5]:
            if looks_the_same(name, nearest):
                fr.append(f"« {name} » : {OTHER_FORM.fr} ; écrivez la colonne comme le fichier")
                en.append(f'"{name}": {OTHER_FORM.en}; write the column as the file does')
                continue
            fr.append(f"« {name} » s'appelle peut-être « {nearest} »")
            en.append(f'"{name}" may now be "{nearest}"')
    return HeaderMissing(
        file=file,
        place=place,
        missing=", ".join(missing),
        found=_listed(found, {*needed, *resembling.values()})
        if is_header
        else Said(f"{len(found)}, aucune attendue", f"{len(found)}, none expected"),
        hint_fr=f" {' ; '.join(fr)}." if fr else "",
        hint_en=f" {'; '.join(en)}." if en else "",
    )


def unclear_names(records: Records, part: Part) -> Iterator[Said]:
    """What to report of a header: columns without a name that contain something, and a name that is read and that two
    columns have. In formats of objects, names are members, and nothing of the kind."""
    if records.is_sparse:
        return
    read = set(columns_read(part))
    drop = set(part.options.get("drop", ()))
    unnamed = [
        name
        for name, original, column in zip(records.names, records.originals, records.columns, strict=True)
        if not original.strip() and name not in read | drop and any(map(_holds_text, chunks_of(column)))
    ]
    if unnamed:
        listed = ", ".join(unnamed)
        french = f"colonnes sans nom dans l'en-tête, et qui contiennent quelque chose : {listed}"
        yield Said(french, f"columns without a name in the header, which contain something: {listed}")
    counts = Counter(clean(original) for original in records.originals)
    twice = [name for name in records.names if name in read and counts[name] > 1]
    if twice:
        listed = ", ".join(twice)
        french = f"plusieurs colonnes de ce nom, dont la première est lue : {listed}"
        yield Said(french, f"several columns of this name, the first of which is read: {listed}")


def _holds_text(cells: Any) -> bool:
    """Whether a cell contains anything but blanks."""
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), "")).as_py())


def _resembling(name: str, found: Sequence[str]) -> str | None:
    """The name among those found that is this one but for its case, accents, signs or a few letters; or none.

    A short word resembles a first name too easily ("nom", "Simon"): it has to be the same word.
    """
    from rapidfuzz import fuzz, process

    least = next(hundredths for count, hundredths in ALIKE if len(letters(name)) >= count)
    safe = [one for one in found if "@" not in one]
    best = process.extractOne(name, safe, scorer=fuzz.ratio, processor=letters, score_cutoff=least)
    return best[0] if best else None


def letters(name: str) -> str:
    """A name without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _listed(found: Sequence[str], needed: Collection[str]) -> str | Said:
    """The names found that are read, and how many others there are."""
    known = [name for name in found if name in needed]
    others = len(found) - len(known)
    words = [*known[:SHOWN], *(["…"] if len(known) > SHOWN else [])]
    if not others:
        return ", ".join(words) or "—"
    french = "autre non montrée" if others == 1 else "autres non montrées"
    english = "other not shown" if others == 1 else "others not shown"
    return Said(", ".join([*words, f"{others} {french}"]), ", ".join([*words, f"{others} {english}"]))
