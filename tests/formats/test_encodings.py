"""Encodings: what is announced, what the bytes show, and whether anybody would have written the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.formats import PartReading, read_part
from pipelines.formats.errors import Damaged, DamagedText, ImprobableText, MixedEncodings, WrongEncoding
from pipelines.formats.plausible import plausibility
from tests.formats.builders import a_file, a_part, records

FRENCH = "commune;note\nHérouville;déjà là, l'été\nÉvreux;garçon naïf à Nîmes\nOrléans;forêt\n"


def reading_of(folder: Path, content: bytes, announced: str | None = None, **options: object) -> PartReading:
    path = a_file(folder, content)
    return read_part(a_part(options=options), path, source="mairie", snapshot="ab" * 32, announced=announced)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-32", "utf-32-le", "utf-32-be"])
def test_what_french_software_writes_is_read_without_being_declared(tmp_path: Path, encoding: str) -> None:
    found = reading_of(tmp_path, FRENCH.encode(encoding))
    assert [row["commune"] for row in records(found.table)] == ["Hérouville", "Évreux", "Orléans"]
    assert not found.notices


def test_the_latin_alphabet_of_the_euro_is_read_and_told(tmp_path: Path) -> None:
    found = reading_of(tmp_path, "commune;note\nHérouville;Œuvre à 10 €\n".encode("iso8859-15"))
    assert records(found.table)[0]["note"] == "Œuvre à 10 €"
    assert "iso8859-15" in found.notices[0].fr


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman", "cp437"])
def test_an_encoding_that_is_not_said_is_refused_and_named(tmp_path: Path, encoding: str) -> None:
    content = "commune;note\nHérouville;déjà là\nOrléans;garçon\n".encode(encoding)
    with pytest.raises((ImprobableText, WrongEncoding)) as raised:
        reading_of(tmp_path, content)
    # The two alphabets of MS-DOS have the same small letters.
    assert raised.value.facts["likely"] in {encoding, "cp850" if encoding == "cp437" else encoding}
    found = reading_of(tmp_path, content, encoding=encoding)
    assert records(found.table)[0]["commune"] == "Hérouville"


@pytest.mark.parametrize("name", ["ÉVRY", "SAINT-ÉTIENNE", "Évry"])
def test_a_capital_of_a_mac_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImprobableText) as raised:
        reading_of(tmp_path, f"commune;dep\n{name};91\n".encode("mac-roman"))
    assert "mac-roman" in str(raised.value.facts["likely"])


def test_a_letter_that_french_does_not_have_leaves_a_doubt(tmp_path: Path) -> None:
    found = reading_of(tmp_path, "commune;note\nFORÊT;ISÈRE\n".encode("cp850"))
    assert "encodage supposé" in found.notices[0].fr


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ISÈRE", "cp850"),
        ("CÔTE-D'OR", "cp850"),
        ("DÉCÈS ISÈRE", "mac-roman"),
        ("12\u00a0000", "cp850"),
        ("ISÈRE", "mac-roman"),
        ("n°12", "cp850"),
    ],
)
def test_a_word_that_is_as_french_in_another_encoding_leaves_a_doubt(tmp_path: Path, text: str, encoding: str) -> None:
    content = f"nom;dep\n{text};38\n".encode(encoding)
    try:
        found = reading_of(tmp_path, content)
    except (ImprobableText, WrongEncoding) as error:
        assert encoding in str(error.facts["likely"])  # noqa: PT017 - refused is as good as told
        return
    assert any("encodage supposé" in notice.fr for notice in found.notices)


@pytest.mark.parametrize(
    "word",
    ["ISÈRE", "école", "été", "L'Haÿ-les-Roses", "Évry", "forêt", "À pied", "où", "CÔTÉ", "tâche"],
)
def test_a_word_that_is_french_in_windows_alone_leaves_none(tmp_path: Path, word: str) -> None:
    assert not reading_of(tmp_path, f"nom;dep\n{word};38\n".encode("cp1252")).notices


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("miasto;x\nŁódź;a\nGdańsk;b\nKraków;c\n", "cp1250"), ("x;y\nМосква;a\nПривет мир;b\n", "cp1251")],
)
def test_text_of_another_alphabet_is_not_french(tmp_path: Path, text: str, encoding: str) -> None:
    with pytest.raises((ImprobableText, WrongEncoding)):
        reading_of(tmp_path, text.encode(encoding))


@pytest.mark.parametrize(
    ("announced", "encoding"),
    [("iso-8859-15", "iso8859-15"), ("macintosh", "mac-roman"), ("ISO-8859-1", "cp1252"), ("cp850", "cp850")],
)
def test_what_the_server_announces_is_believed(tmp_path: Path, announced: str, encoding: str) -> None:
    found = reading_of(tmp_path, "nom\nHérouville à l'été\n".encode(encoding), announced)
    assert records(found.table) == [{"nom": "Hérouville à l'été"}]


def test_what_the_server_announces_is_not_believed_against_the_bytes(tmp_path: Path) -> None:
    found = reading_of(tmp_path, FRENCH.encode(), "iso-8859-1")
    assert records(found.table)[0]["commune"] == "Hérouville"
    assert "iso-8859-1" in found.notices[0].fr
    other = reading_of(tmp_path, FRENCH.encode("cp1252"), "utf-8")
    assert records(other.table)[0]["commune"] == "Hérouville"
    assert other.notices
    with pytest.raises(ImprobableText):
        reading_of(tmp_path, "nom\nHérouville déjà\n".encode("cp850"), "windows-1252")


def test_lines_of_another_encoding_are_told_by_the_first(tmp_path: Path) -> None:
    with pytest.raises(MixedEncodings) as raised:
        reading_of(tmp_path, FRENCH.encode() + "Châlons;été\n".encode("cp1252"))
    assert (raised.value.facts["line"], raised.value.facts["count"]) == (5, 1)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_file_cut_inside_a_character_is_cut(tmp_path: Path, cut: int) -> None:
    with pytest.raises(Damaged, match="cut inside a character"):
        reading_of(tmp_path, "nom\nÉvreux\n10 €".encode()[:-cut])


@pytest.mark.parametrize("damaged", ["H\ufffdrouville", "HÃ©rouville", "lâ€™Oise", "CÅ“ur", "nÂ° 3"])
def test_text_that_was_damaged_before_is_told_while_it_is_rare_and_refused_above(tmp_path: Path, damaged: str) -> None:
    rows = "".join(f"Arras;{number}\n" for number in range(199))
    found = reading_of(tmp_path, f"nom;n\n{rows}{damaged};x\n".encode())
    assert records(found.table)[-1]["nom"] == damaged
    assert "201" in found.notices[0].fr
    with pytest.raises(DamagedText) as raised:
        reading_of(tmp_path, f"nom;n\nArras;1\n{damaged};x\n".encode())
    assert damaged not in raised.value.message("fr")
    assert reading_of(tmp_path, f"nom;n\nArras;1\n{damaged};x\n".encode(), damaged_text=0.5).notices


@pytest.mark.parametrize(
    "text",
    [
        "l’eau et « l’été »… – n° 3, 10 m² à 20 € ½ tarif",
        "HÉROUVILLE ÇA ÉTÉ",
        "habitant·e·s, São Paulo, Køln, Straße, Señor, Århus",
        "CRÉÉE à Créteil : créée, œuvre, Œuvre",
        "",
    ],
)
def test_what_people_type_is_plausible(text: str) -> None:
    assert plausibility(text).improbable == 0


@pytest.mark.parametrize("text", ["HŽrouville", "H‚rouville", "dÚjÓ", "¼uvre", "10 ¤", "Ïðèâåò", "a\x81b", "£ódŸ"])
def test_what_nobody_types_is_not(text: str) -> None:
    assert plausibility(text).improbable


@pytest.mark.parametrize("declared", ["latin-1", "iso-8859-15"])
def test_a_byte_that_the_declared_alphabet_lacks_is_refused(tmp_path: Path, declared: str) -> None:
    with pytest.raises(WrongEncoding) as raised:
        reading_of(tmp_path, "nom;prix\né;10 €\n".encode("cp1252"), encoding=declared)
    assert (raised.value.facts["line"], raised.value.facts["likely"]) == (2, "cp1252")
    assert records(reading_of(tmp_path, "nom;note\né;à\n".encode(declared), encoding=declared).table)[0]["note"] == "à"


def test_letters_of_another_alphabet_that_a_server_announces_are_told(tmp_path: Path) -> None:
    found = reading_of(tmp_path, "nom;note\né;1\n".encode("cp1252"), announced="koi8-r")
    assert [one.en for one in found.notices] == ["announced encoding: koi8-r, in which most letters are none of French"]
