"""Files that are not what they should be: each error names the file, the place, what was found, and who can fix it.

What a record alone can have wrong is in `test_bad_values.py`; what a whole run does about it in `test_recovery.py`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from tests.acceptance.builders import WORKBOOK, a_copy, cell, in_json, in_text, in_workbook, records_of

AWARDS = "data/label/palmares.csv"
PROJECTS = "data/inquiries/projets-environnement.json"
INQUIRIES = "data/inquiries/enquetes.csv"
SESSIONS = "data/inquiries/permanences.csv"
Change = Callable[[Project], None]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The shipped sources, never collected."""
    return a_copy(tmp_path)


def refused(project: Project, source: str) -> ArobaseError:
    """The error that stops a source."""
    with pytest.raises(ArobaseError) as raised:
        records_of(project, source)
    return raised.value


def now_holds(where: str, content: bytes | Callable[[bytes], bytes]) -> Change:
    def change(project: Project) -> None:
        path = project.sources / where
        path.write_bytes(content if isinstance(content, bytes) else content(path.read_bytes()))

    return change


def in_book(edit: Callable[[Any], None]) -> Change:
    return lambda project: in_workbook(project, edit)


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lisez-moi.txt", "rien d'un classeur")
    return buffer.getvalue()


def without_a_sheet(book: Any) -> None:
    del book["Lieux"]


def with_a_sheet_renamed(book: Any) -> None:
    book["Lieux"].title = "Lieux 2024"


def with_a_header_renamed(book: Any) -> None:
    cell(book["Actions"], "Recommandations", 1).value = "Recommandation"


def with_a_merged_header(book: Any) -> None:
    book["Actions"].insert_rows(1)
    book["Actions"]["A1"] = "Fiches des actions"
    book["Actions"].merge_cells("A1:M1")


def without_actions(book: Any) -> None:
    book["Actions"].delete_rows(2, book["Actions"].max_row)


def recoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda data: data.decode("utf-8").encode(encoding, "replace")


def renamed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new, 1)


def header_quoted_whole(data: bytes) -> bytes:
    header, _, rest = data.partition(b"\n")
    return b'"' + header.strip() + b'"\n' + rest


def header_only(data: bytes) -> bytes:
    return data.partition(b"\n")[0] + b"\n"


HTML, PDF = b"<!DOCTYPE html><html><body>503</body></html>", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BAD: dict[str, tuple[str, str, Change, str, tuple[str, ...]]] = {
    # what is wrong: source, file, change, code of the error, what the French message names besides the file
    "sheet missing": (
        "formulaires",
        WORKBOOK,
        in_book(without_a_sheet),
        "sheet-missing",
        ("« Lieux »", "Actions, Services, Personnes"),
    ),
    "sheet renamed": ("formulaires", WORKBOOK, in_book(with_a_sheet_renamed), "sheet-missing", ("« Lieux 2024 » ?",)),
    "header renamed": (
        "formulaires",
        WORKBOOK,
        in_book(with_a_header_renamed),
        "header-missing",
        ("feuille « Actions »", "« Recommandations » s'appelle peut-être « Recommandation »"),
    ),
    "header merged above": (
        "formulaires",
        WORKBOOK,
        in_book(with_a_merged_header),
        "header-missing",
        ("feuille « Actions »", "l'en-tête semble être à la ligne 2"),
    ),
    "sheet of no rows": ("formulaires", WORKBOOK, in_book(without_actions), "no-rows", ("feuille « Actions »",)),
    "PDF named xlsx": ("formulaires", WORKBOOK, now_holds(WORKBOOK, PDF), "not-what-it-says", ("pdf", "xlsx")),
    "page named xlsx": ("formulaires", WORKBOOK, now_holds(WORKBOOK, HTML), "not-what-it-says", ("HTML", "xlsx")),
    "zip named xlsx": ("formulaires", WORKBOOK, now_holds(WORKBOOK, a_zip()), "damaged-file", ("xlsx",)),
    "truncated zip": ("formulaires", WORKBOOK, now_holds(WORKBOOK, lambda data: data[:60_000]), "damaged-file", ()),
    "one byte altered": (
        "formulaires",
        WORKBOOK,
        now_holds(WORKBOOK, lambda data: data[:5_000] + bytes([data[5_000] ^ 0xFF]) + data[5_001:]),
        "damaged-file",
        (),
    ),
    "empty workbook": ("formulaires", WORKBOOK, now_holds(WORKBOOK, b""), "empty-file", ("0 octet)", "xlsx")),
    "awards in cp1252": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, recoded("cp1252")),
        "wrong-encoding",
        ("ligne 2", "utf-8", "cp1252"),
    ),
    "awards in UTF-16": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, recoded("utf-16")),
        "wrong-encoding",
        ("ligne 1", "utf-16"),
    ),
    "awards in UTF-16 without a mark": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, recoded("utf-16-le")),
        "wrong-encoding",
        ("utf-16-le",),
    ),
    "workbook named csv": (
        "palmares",
        AWARDS,
        lambda project: now_holds(AWARDS, (project.sources / WORKBOOK).read_bytes())(project),
        "not-what-it-says",
        ("zip", "csv"),
    ),
    "page named csv": ("palmares", AWARDS, now_holds(AWARDS, HTML), "not-what-it-says", ("HTML", "csv")),
    "empty awards": ("palmares", AWARDS, now_holds(AWARDS, b""), "empty-file", ("0 octet)",)),
    "awards without rows": ("palmares", AWARDS, now_holds(AWARDS, header_only), "no-rows", ("ligne 1",)),
    "awards cut in a line": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, lambda data: data[:20_000]),
        "too-few-records",
        ("au moins 200",),
    ),
    "column of awards renamed": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, renamed(b"name_as_published", b"name_as_printed")),
        "header-missing",
        ("ligne 1", "« name_as_published » s'appelle peut-être « name_as_printed »"),
    ),
    "header merged into one cell": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, header_quoted_whole),
        "wrong-delimiter",
        ("ligne 1", "sans ses guillemets"),
    ),
    "title above the header": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, lambda data: b"Palmares,,,,,,,,,,,,,\n" + data),
        "header-missing",
        ("l'en-tête semble être à la ligne 2",),
    ),
    "semicolons": (
        "palmares",
        AWARDS,
        now_holds(AWARDS, lambda data: data.replace(b",", b";")),
        "wrong-delimiter",
        ("14 avec ';'",),
    ),
    "page instead of JSON": (
        "projets-environnement",
        PROJECTS,
        now_holds(PROJECTS, HTML),
        "not-what-it-says",
        ("HTML", "json"),
    ),
    "JSON cut": (
        "projets-environnement",
        PROJECTS,
        now_holds(PROJECTS, lambda data: data[:3_000]),
        "damaged-file",
        ("ligne 98", "json"),
    ),
    "JSON without a list": ("projets-environnement", PROJECTS, now_holds(PROJECTS, b"{}"), "format", ("liste",)),
    "JSON list of nothing": ("projets-environnement", PROJECTS, now_holds(PROJECTS, b"[]"), "no-rows", ()),
    "empty JSON": ("projets-environnement", PROJECTS, now_holds(PROJECTS, b""), "empty-file", ("json",)),
    "key of JSON renamed": (
        "projets-environnement",
        PROJECTS,
        lambda project: in_json(
            project,
            PROJECTS,
            lambda rows: [{f"{key}x" if key == "dc_title" else key: row[key] for key in row} for row in rows],
        ),
        "header-missing",
        ("dc_title",),
    ),
    "inquiries without rows": (
        "enquetes-collectees",
        INQUIRIES,
        now_holds(INQUIRIES, header_only),
        "no-rows",
        ("ligne 1",),
    ),
    "sessions without rows": (
        "enquetes-collectees",
        SESSIONS,
        now_holds(SESSIONS, header_only),
        "no-rows",
        ("permanences",),
    ),
    "sessions missing": (
        "enquetes-collectees",
        SESSIONS,
        lambda project: (project.sources / SESSIONS).unlink(),
        "source-file-absent",
        ("« permanences »", "publicites.csv"),
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_told_with_its_name_its_place_and_who_mends_it(project: Project, what: str) -> None:
    source, file, change, code, named = BAD[what]
    change(project)
    error = refused(project, source)
    assert error.code == code
    french, english = error.message("fr"), error.message("en")
    assert source in french
    assert source in english
    assert file in french
    assert file in english
    for words in named:
        assert words in french
    assert error.responsible is (ResponsibleParty.MAPPING if code == "source-file-absent" else ResponsibleParty.SOURCE)
    assert error.advice("fr") != error.advice("en")
    assert not (project.work / "records" / source).is_dir() or not list((project.work / "records" / source).iterdir())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_mark_at_the_beginning_of_utf_8_is_no_fault(project: Project, encoding: str) -> None:
    now_holds(AWARDS, recoded(encoding))(project)
    assert records_of(project, "palmares").summary["rows"]["label/palmares"] == 284


@pytest.mark.parametrize("sheet", ["Personnes", "Lieux"])
def test_a_sheet_that_lost_its_header_stops_and_shows_none_of_its_cells(project: Project, sheet: str) -> None:
    cells = []

    def lose(book: Any) -> None:
        cells.extend(str(item.value) for item in book[sheet][2] if item.value not in (None, 0, 1) and item.value != "")
        book[sheet].delete_rows(1)

    in_workbook(project, lose)
    error = refused(project, "formulaires")
    assert error.code in ("header-unknown", "header-missing")
    told = error.message("fr") + error.message("en")
    assert WORKBOOK in told
    assert [text for text in cells if len(text) > 3 and text in told] == []


def test_a_personal_column_under_another_name_stops_the_source(project: Project) -> None:
    in_workbook(project, lambda book: setattr(cell(book["Personnes"], "Courriel", 1), "value", "Adresse électronique"))
    error = refused(project, "formulaires")
    assert error.code == "header-unknown"
    assert "Courriel" in error.message("fr")
    assert "Adresse électronique" not in error.message("fr") + error.message("en")


def test_a_column_that_nobody_described_goes_no_further_and_is_told(project: Project) -> None:
    in_text(project, AWARDS, lambda text: text.replace(",remarque\n", ",remarque,humeur\n", 1))
    summary = records_of(project, "palmares").summary
    assert summary["parts"]["palmares"]["columns_without_field"] == ["humeur"]
    assert summary["rows"]["label/palmares"] == 284


def test_a_column_that_may_be_named_after_somebody_is_counted_and_named_nowhere(project: Project) -> None:
    """A table by person has names for headers; a fault of such a column is a reject, which is published."""

    def by_person(text: str) -> str:
        head, first, *rest = text.splitlines(keepends=True)
        return "".join([head.replace(",remarque\n", ",remarque,Kerdoncuff\n"), first.replace("\n", ",a\0b\n"), *rest])

    in_text(project, AWARDS, by_person)
    result = records_of(project, "palmares")
    assert result.summary["parts"]["palmares"]["columns_without_field"] == ["… (1)"]
    assert "Kerdoncuff" not in str(result.summary)
    told = result.rejects.to_pylist()
    assert [line["regle"] for line in told] == ["octet-nul"]
    assert "Kerdoncuff" not in str(told)
