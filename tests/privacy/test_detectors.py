"""Patterns of personal data: what is found, what is left alone. Everybody here is invented."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.registry import NameTaken
from pipelines.privacy.detectors import detector, detectors
from pipelines.privacy.readings import readings
from pipelines.privacy.sifting import passages, sieve, spaces
from tests.privacy.builders import rules_in

FOUND = {
    "courriel": [
        "jean.dupont(at)example.nl",
        "jean.dupont [at] example.ma",
        "jean.dupont@example.org",
        "écrire à jean.dupont [at] example.org",
        "jean dupont arobase example point org",
        "jean.dupont(a)example.org",
        "jean.dupont chez example point org",
        "jean . dupont @ example . org",
        "j e a n . d u p o n t @ e x a m p l e . o r g",
        "ｊｅａｎ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "jean%40example.org",
        "jean%2540example.org",
        "jean&commat;example.org",
        "jean\\u0040example.org",
        "jean<b>@</b>example.org",
        "je\u200ban@exam\u00adple.org",
        "jеаn@ехаmрlе.org",
        "amVhbi5kdXBvbnRAZXhhbXBsZS5vcmc=",
        "6a65616e6e65406578616d706c652e6f7267",
        "amVhbm5lJTQwZXhhbXBsZS5vcmc=",
        "jeanne%u0040example.org",
        "jean\u2800ne@exam\u3164ple.org",
        "jeanne@exemple\u0301.org",
        "jeanne@例え.jp",
        "jeanne_at_example.org",
        "jeanne.d_AT_mail.example_dot_org",
        "jeanne@exemple。test",
        "jeanne@exemple｡test",
        '"jeanne d"@example.org',
        "jeanne.durand@\nexample.org",
        "jeanne.durand@ example.org",
    ],
    "telephone": [
        "0\ufe0f\u20e36\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34\ufe0f\u20e35\ufe0f\u20e36\ufe0f\u20e37\ufe0f\u20e38\ufe0f\u20e3",
        "30363132333435363738",
        "(06)12345678",
        "(+33) 6 12 34 56 78",
        "+(33) 6 12 34 56 78",
        "(33) 6 12 34 56 78",
        "(+262) 692 12 34 56",
        "tel0612345678",
        "+234 803 123 4567",
        "+971 50 123 4567",
        "+509 34 12 3456",
        "00 84 912 345 678",
        "+370 612 34567",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06\u00a012\u00a034\u00a056\u00a078",
        "06–12–34–56–78",
        "0612345678",
        "061 234 567 8",
        "0 6 1 2 3 4 5 6 7 8",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "33 6 12 34 56 78",
        "+590 690 12 34 56",
        "00594 694 12 34 56",
        "+596 696 12 34 56",
        "+262 692 12 34 56",
        "+687 12 34 56",
        "+689 87 12 34 56",
        "+681 72 12 34",
        "+508 41 12 34",
        "tél. 87 12 34 56",
        "+32 470 12 34 56",
        "+41 (0)79 123 45 67",
        "+49 30 123456",
        "0044 20 7946 0958",
        "+1 202-555-0143",
        "+351 912 345 678",
        "00352 621 123 456",
        "+352 621 123 456",
        "+212612345678",
        "06·12·34·56·78",
        "06•12•34•56•78",
        "06:12:34:56:78",
        "O6 12 34 56 78",
        "06-12-3O-56-78",
        "tél. 06123 45678",
        "appeler le 06123 45678",
        "portable : O612345678",
        "٠٦ ١٢ ٣٤ ٥٦ ٧٨",
    ],
    "telephone_en_lettres": [
        "zéro six douze trente-quatre nonante-deux septante-huit",
        "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
        "zero six un deux trois quatre cinq six sept huit",
        "Zéro sept, quatre-vingt-un, vingt et un, soixante et onze, quatre-vingts",
        "plus trente-trois six douze trente-quatre cinquante-six soixante-dix-huit",
    ],
    "nir": ["2 95 10 99 126 111 93", "295109912611193", "2 53 07 2B 073 004 70", "2-53-07-2a-073-004-43"],
    "iban": [
        "FR76_3000_6000_0112_3456_7890_189",
        "FR76  3000  6000  0112  3456  7890  189",
        "FR76/3000/6000/0112/3456/7890/189",
        "FR76 3000 6000 0112 3456 7890 189 merci de votre attention",
        "fr7630006000011234567890189",
        "DE89 3704 0044 0532 0130 00",
    ],
    "nom_civilite": [
        "KERLÉO, Jeanne (Mme)",
        "Kerléo Jeanne (Mme.)",
        "reçu Kerdoncuff (M.)",
        '{"nom": "Kerléo", "prenom": "Jeanne"}',
        "vu M KERLEO hier",
        "vu M Jean Kerléo",
        "M Kerléo souhaite un accès",
        "M Dupont-Invente a demandé un accès",
        "MM Kerléo et Durand",
        "Mme kerdoncuff",
        "M. kerdoncuff",
        "Madame le goff",
        "Mme_Kerléo",
        "Mme-Kerléo",
        "Mme : Kerléo",
        "Mme (Kerléo)",
        "Mme « Kerléo »",
        "Nom et prénom : Kerléo",
        "nom de famille : KERLEO",
        "Prénom : Solène",
        "M. Şahin",
        "Mme Łukasz",
        "M. Παπαδόπουλος",
        "M. Кузнецов",
        "Mme 王小明",
        "Mme محمد",
        "reçu M Dupont-Invente",
        "observation de M Yann Invente",
        "M Dupont-Invente, maire",
        "**Mme** Invente",
        "__Mme__ Invente",
        "Mme **Invente**",
        "M. le maire, Yann Invente",
        "Madame la maire adjointe de Kerlouan (Jeanne Invente)",
        "les consorts Kerdoncuff",
        "époux Le Goff",
        "Veuve Kerléo",
        "hoirs KERDONCUFF",
        "M. Durand habite ici",
        "Mme Jeanne de La Tour",
        "MADAME DURAND",
        "monsieur durand nous a dit",
        "M. et Mme Durand",
        "Maître Petit",
        "M. J.-P. DURAND",
        "M.Durand",
        "Mr Le Goff",
        "Dr Kerléo",
        "vu avec Mlle d'Aubigné",
        "M. le docteur Kerléo",
        "Madame la Présidente Jeanne Kerléo",
        "M. le maire adjoint Le Goff",
        "le docteur Kerléo",
        "madame le goff",
        "monsieur de la tour",
        "Mme la professeure Kerléo",
        "M. l'adjoint Kerléo",
        "veuve Kerléo",
        "m. kerdoncuff",
    ],
    "adresse_postale": [
        "domicilié n°12 rue des Lilas",
        "n°12 rue des Lilas, 44000 Nantes",
        "12 cité des Lilas, 44000 Nantes",
        "12 bis esplanade Jeanne Invente 44000 Nantes",
        "demeurant 12 voie des Lilas",
        "12-14 rue des Lilas",
        "12/14, avenue du Général Leclerc",
        "12 rue des Lilas, 44000 Nantes",
        "demeurant 12 bis, avenue du Général Leclerc",
        "à la mairie, et M. X domicilié au 3 impasse du Puits",
        "171 AV VICTOR HUGO",
        "8 chemin du Moulin",
        "demeurant avenue des Lilas, 12 bis",
    ],
    "coordonnees": [
        "8FW4V75V+8Q",
        "8fw4v75v%2B8QX",
        "V75V+8Q Nantes",
        "652381.42, 6862047.11",
        "652 381,42 ; 6 862 047,11",
        "x: 652381.4 m, y: 6862047.9 m",
        "POINT(652381.42 6862047.11)",
        "6862047.11 652381.42",
        "340123.4 7650123.9",
        "demeurant à la ferme (X : 652381 ; Y : 6862047)",
        "48° 51.4033' N",
        "///table.chaise.lampe",
        "31U DQ 48250 11930",
        "geohash u09tvw0f6",
        "N48.85661 E2.35222",
        "48.85661N, 2.35222E",
        "16.24125 N, 61.53335 W",
        "https://carte.example/?mlat=48.85661",
        "48.85661, 2.35222",
        "[2.352219, 48.856614]",
        "48°51'24.1\"N",
        "-21,115141 ; 55,536384",
        "lat: 48.85661",
        "-17.651919, -149.426042",
    ],
    "date_naissance": [
        "née le 12/03/1985",
        "né le 1er mars 1985 à Nantes",
        "M. X, né à Brest le 3 juin 1962",
        "Date de naissance : 12-03-1985",
        "naissance 1985-03-12",
        "né(e) le 12.03.85",
        "02.04.1962 (date de naissance)",
        "12 mars 1985, date et lieu de naissance",
    ],
    "adresse_ip": [
        "192.0.2.44",
        "IP : 8.8.4.4",
        "déposé depuis 88.120.4.77",
        "໑໙໒.໐.໒.໔໔",
        "2001:db8:85a3::8a2e:370:7334",
        "adresse 52:54:00:ab:cd:ef",
    ],
    "texte_cache": ["bien vu <!-- voir Jeanne --> oui", "&lt;!-- voir Jeanne --&gt;"],
}
LEFT_ALONE = [
    "Nice (06) 20241234",
    "Présidente (Mme)",
    "Le label compte 5@ en 2024",
    '{"prenom": "bonjour"}',
    "Coordonnées Lambert 93 : X = 666438, Y = 6870081",
    "650 000 € ; 6 250 000 €, budget de 650123.45, 6250123.10 euros",
    "2345+67, AB+CD, Bac+23, x+2345678",
    "8CFF2222+22 (au Groenland)",
    "file:///a.bc.de et http:///a.bc.de",
    "652 381, 6 862 047 habitants",
    "ligne M Fourvière est fermée, la M Fourvière a fermé",
    "parcelle M LE BOURG, section M Le Bourg",
    "Prénom : obligatoire ; Nom et prénom : … ; Nom et prénom : Adresse :",
    "Nom : Mairie de Nantes",
    "Madame tient à le dire, Monsieur votre courrier",
    "Mme : Présidente, Mme - Conseillère municipale, Madame : La maire",
    "M. maire, M. euros",
    "pas de 10 MM Acier",
    "2024:06:12:34:56:78, 06:12:34:56, 06:12:34:56:78.5",
    "O3 10 20 30 40 µg, O2 12 34 56 78",
    "communes 06088 07010, 06123 45678",
    "mobile: 0.123456789",
    "joindre au 0825 123456",
    "le champ created_at_utc. De plus, look_at_this et data_at_rest.json",
    '"Mairie"@fr . "Titre"@fr.',
    "tailles S, M Adulte, ligne M Fourvière, 5 M Euros, Cinéma M Lumière",
    "reçu par M le Maire, par M Le Préfet, demande de M l'Inspecteur",
    "ensemble avec M Habitat",
    "M. le maire, Place Jean Jaurès ; M. le préfet, Nantes Métropole (Loire Atlantique)",
    "**Mme** la maire, **M.** le préfet, 5 M. **Euros**",
    "emplacement réservé n°12 rue des Lilas",
    "arrêt n° 12 avenue Foch",
    "l'article 12 cité dans le rapport, 12 Cité des sciences",
    "RD 12 voie de la Liberté et 2 voies vertes, 12 voie de desserte",
    "le 12 juin, 3 esplanade paysagère",
    "le 14 juillet 2024 esplanade des Quinconces",
    "+62 812 345 678 € de crédits",
    "rue des Époux Contoux",
    "le conseil des époux",
    "002348031234567",
    "du 12-14 juin, rue des Lilas",
    "88c4e6bb-0587-4097-88f1-d45271675106",
    "0612345678abcdef0612345678abcdef",
    "d41d8cd98f00b204e9800998ecf8427e",
    "Monsieur Bricolage",
    "Numéro vert : 0 800 00 00 00, ou 0825 123 456",
    "m.parquetRead(m.offset),m.kerdoncuff=1",
    "12 m. carrés, haie de 3 m. environ ; m. le maire",
    "Permis d'aménager au 14 chemin des Vignes",
    "la commune nouvelle, née le 1er janvier 2019",
    "une communauté de communes née de la fusion du 01/01/2017",
    "rubriques 2.1.5.0 et 3.1.2.0 de la nomenclature",
    "article 21.4.1.2 du règlement",
    "http://127.0.0.1:8000 et version 10.15.7.2",
    "14:30:00 à 16:45:00",
    "2019-03-12T14:30:00 et 2019-03-12 14:30:00",
    "de 9h 06 à 12 : 30",
    "madame la trésorière et monsieur l'abbé",
    "école Madame de Sévigné",
    "+12 500 habitants, +1 234 567 €",
    "+1 234 567 890 euros",
    "0032470123456789",
    "Monsieur le Président de la République",
    "Madame la Présidente du Conseil départemental",
    "M. le président de Région",
    "salle du docteur Kerléo",
    "M. X et Mme Y",
    "M. le maire",
    "Madame la Préfète de la Guadeloupe",
    "Monsieur Le Préfet",
    "MONSIEUR LE MAIRE",
    "Maître d'Ouvrage : commune",
    "5 M. Euros",
    "Madame, Monsieur,",
    "madame la maire",
    "rue du Docteur Roux et école Madame de Sévigné",
    "Me Me",
    "01/02/2021 08:30 au 05/03/2021 17:00",
    "2021-02-25 2021-03-29",
    "SIRET 21750001600019",
    "E21000002/97, 2021-82, enq-0f3a9c21b7de, pal-0123456789ab",
    "départements 01004 01005",
    "du lundi 6 janvier 2025 à 9h au vendredi 7 février 2025 inclus, soit 33 jours consécutifs",
    "Mairie, 1 place de l'Hôtel de Ville, 44000 Nantes",
    "siège de l'enquête : 12 rue de la Gare",
    "3 cours d'eau et 12 places de stationnement",
    "15 rue de la Gare BP 12",
    "la ville obtient 4 arobases. En 2012, 5 @ en 2019. La commune @@@@ .",
    "48.85, 2.35 et 12,345678 ha",
    "100.123456, 45.123456",
    "arrêté n° 2019/DEAL/SEPR/997 du 22/11/2019",
    "de neuf heures à douze heures et de quatorze heures à seize heures trente",
    "zéro un deux trois",
    "un deux trois quatre cinq six sept huit neuf dix",
    "295109912611192",
    "FR76 3000 6000 0112 3456 7890 188",
    "AB12 ABCDEFGHIJKLMNOPQ",
    "<!-- -->",
    "https://www.registre.example.org/2339/avis%20d%27enqu%C3%AAte",
    "TWFpcmllIGRlIE5hbnRlcw==",
    "////////////////////",
    "http://docplayer.fr/62769437-Rapport-et-conclusions-president-de-la-commission-d-enquete.html",
]


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FOUND.items() for text in texts])
def test_a_pattern_is_found_however_it_is_dressed(rule: str, text: str) -> None:
    assert rule in rules_in(text)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FOUND.items() for text in texts])
def test_a_pattern_is_found_inside_a_sentence(rule: str, text: str) -> None:
    assert rule in rules_in(f"Réponse du 12 mars. {text}. La suite est au dossier n° 12.")


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_administrative_text_is_left_alone(text: str) -> None:
    assert rules_in(text) == set()


def test_every_detector_has_an_example_here() -> None:
    assert {item.rule for item in detectors()} == set(FOUND)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([text for texts in FOUND.values() for text in texts]),
    st.text(alphabet="aé0 .@-+(MmeTél12°,'", max_size=20),
    st.text(alphabet="aé0 .@-+(MmeTél12°,'", max_size=20),
)
def test_the_sieve_lets_pass_nothing_that_a_detector_would_find(example: str, before: str, after: str) -> None:
    assert not dropped_by_the_sieve(before + example + after)


@pytest.mark.parametrize("text", [text for texts in FOUND.values() for text in texts])
def test_the_sieve_lets_each_example_through(text: str) -> None:
    assert not dropped_by_the_sieve(text)


def dropped_by_the_sieve(text: str) -> set[str]:
    """The rules whose detector finds something in a text that their sieve, or that of all of them, would drop."""
    is_kept = pc.match_substring_regex(pa.array([text]), sieve())[0].as_py()
    return {
        item.rule
        for reading in readings(text)
        for item in detectors()
        if any(True for _ in item.find(reading))
        and not (is_kept and pc.match_substring_regex(pa.array([reading]), spaces(item.sieve))[0].as_py())
    }


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_checked(text: str) -> None:
    for passage in passages(text):
        assert 0 <= passage.start < passage.end <= len(passage.text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("nir", "raccordables au 2023-09-25. 1 56 12 97 094 173 31"),
        ("iban", "par la RD12 FR7630006000011234567890189"),
        ("telephone", "lot 0 12345 06 12 34 56 78"),
        ("telephone", "Observation n° 12 : 06 12 34 56 78"),
        ("telephone", "à 14h 06 12 34 56 78"),
        ("coordonnees", "112.345678, 47.123456, -1.123456"),
        ("date_naissance", "la commune, née de la fusion, M. née le 12/03/1985"),
        ("adresse_postale", "projet au 4 rue du Port. Domicilié 12 rue des Lilas"),
        ("nom_civilite", "Monsieur Bricolage Mme Kerdoncuff"),
        ("nom_civilite", "3 rue des Écoles M. Kerdoncuff"),
        ("nom_civilite", "place de l'Église madame kerdoncuff"),
    ],
)
def test_what_stands_before_a_pattern_hides_nothing(rule: str, text: str) -> None:
    assert rule in rules_in(text)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([(rule, text) for rule in ("nir", "iban", "courriel", "telephone") for text in FOUND[rule][:4]]),
    st.lists(st.sampled_from(["12", "2023-09-25.", "RD12", "0 1", "lot 3,", "112.345678,", "M.", "de"]), max_size=4),
)
def test_nothing_hides_what_follows_it_after_a_stop(example: tuple[str, str], before: list[str]) -> None:
    rule, text = example
    assert rule in rules_in(f"{' '.join(before)} ; {text}")


@pytest.mark.parametrize(
    "text", ["n°12 rue des Lilas", "12 cité des Lilas", "12 esplanade des Lilas", "12 voie des Lilas."]
)
def test_an_address_that_nothing_else_says_is_one_where_it_is_all_that_is_written(text: str) -> None:
    assert "adresse_postale" in rules_in(text)
    assert "adresse_postale" not in rules_in(f"Le lot {text} et ce qui suit")


@pytest.mark.parametrize("text", ["M Kerléo", "M Le Goff.", "MM Kerléo\nsuite", "x ; M Kerléo ; y"])
def test_a_letter_and_a_surname_are_a_name_where_they_are_all_that_is_written(text: str) -> None:
    assert "nom_civilite" in rules_in(text)
    assert "nom_civilite" not in rules_in("ouverture du cinéma M Kerléo ce jour")


@pytest.mark.parametrize("text", ["652381 6862047", "X = 652381 ; Y = 6862047", "SRID=2154;POINT(652381 6862047)"])
def test_metres_of_a_projection_are_a_point_where_they_are_all_that_is_written(text: str) -> None:
    assert "coordonnees" in rules_in(text)
    assert "coordonnees" not in rules_in("Le projet, en 652381 6862047, est public")
    assert "coordonnees" not in rules_in("652300 6862000")


def test_two_detectors_cannot_share_a_rule() -> None:
    with pytest.raises(NameTaken, match="nir"):
        detector("nir", sieve="x")(lambda text: iter([(0, len(text))]))


def test_no_break_spaces_count_as_spaces_in_a_sieve() -> None:
    assert spaces(r"a\s[\s.]\d") == "a[\\s\u00a0\u202f][\\s\u00a0\u202f.]\\d"


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["0", "00", "+", "33", "(0)", "0033", "+33 (0)", "00590", "+262", "0041", "00 ", "0-", "é0", "(0"]),
    st.lists(
        st.tuples(st.sampled_from(["", "", "", " ", ".", "-", "/", "\u00a0", "–", "_", "(0)"]), st.integers(0, 9))
    ),
)
def test_a_number_however_it_is_written_passes_the_sieve(start: str, digits: list[tuple[str, int]]) -> None:
    text = start + "".join(f"{gap}{digit}" for gap, digit in digits)
    telephone = next(item for item in detectors() if item.rule == "telephone")
    if any(True for _ in telephone.find(text)):
        assert pc.match_substring_regex(pa.array([text]), spaces(telephone.sieve))[0].as_py()


def test_identifiers_of_nine_digits_cost_no_search_for_numbers() -> None:
    telephone = next(item for item in detectors() if item.rule == "telephone")
    numbers = pa.array([f"{number:09d}" for number in range(0, 10_000_000, 9_973)])
    assert not pc.any(pc.match_substring_regex(numbers, spaces(telephone.sieve))).as_py()
