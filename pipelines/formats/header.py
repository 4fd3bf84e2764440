"""Names of columns: from one or several header rows, and what to say when those that a mapping reads are not there."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.core.text import Said
from pipelines.formats.errors import HeaderMissing
from pipelines.sources.columns import clean, column_names, columns_joined, columns_read

SHOWN = 40

__all__ = ["clean", "column_names", "columns_joined", "columns_read", "missing_columns"]


def missing_columns(
    missing: Sequence[str],
    found: Sequence[str],
    *,
    file: str,
    place: str | Said,
    near: Sequence[Sequence[str]],
    is_header: bool = True,
) -> HeaderMissing:
    """The error for columns that are not there, with the nearest names and the row where the header seems to be.

    `is_header`: whether what was found is certainly a header; else it is counted, and not shown.
    """
    from rapidfuzz import fuzz, process

    fr: list[str] = []
    en: list[str] = []
    for number, row in enumerate(near, start=1):
        if len(set(missing) & {clean(cell) for cell in row}) * 2 > len(missing):
            fr.append(f"l'en-tête semble être à la ligne {number} (options.header_row: {number})")
            en.append(f"the header seems to be on row {number} (options.header_row: {number})")
            break
    else:
        for name in missing[:5]:
            best = process.extractOne(name, list(found), scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
            if best:
                fr.append(f"« {name} » s'appelle peut-être « {best[0]} »")
                en.append(f'"{name}" may now be "{best[0]}"')
    shown = ", ".join(found[:SHOWN]) + (f", … ({len(found)})" if len(found) > SHOWN else "")
    return HeaderMissing(
        file=file,
        place=place,
        missing=", ".join(missing),
        found=(shown or "—") if is_header else Said(f"{len(found)}, aucune attendue", f"{len(found)}, none expected"),
        hint_fr=f" {' ; '.join(fr)}." if fr else "",
        hint_en=f" {'; '.join(en)}." if en else "",
    )
