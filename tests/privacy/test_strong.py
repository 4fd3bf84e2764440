"""The strong test: a record's own values, respelled, in what is published of it. Everybody here is invented."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import PersonalValues
from pipelines.privacy.normalisation import fold, unmask
from tests.privacy.builders import SOLENE, gate_of, own


@pytest.mark.parametrize(
    "cell",
    [
        "Solène Quéméneur",
        "QUEMENEUR Solene",
        "quemeneur,  solène",
        "S. Quéméneur",
        "Quéméneur S.",
        "Quéméneur",
        "avis de Que\u0301me\u0301neur",
        "Qué\u200bméneur",
        "Quémеnеur (е cyrillique)",
        "CV_solenequemeneur.pdf",
    ],
)
def test_a_name_is_found_whatever_its_case_accents_and_order(cell: str) -> None:
    assert "nom" in own(cell)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("courriel", "SOLENE.QUEMENEUR@EXAMPLE.ORG"),
        ("courriel", "solene point quemeneur arobase example point org"),
        ("courriel", "solene-quemeneur"),
        ("courriel", hashlib.sha256(b"solene.quemeneur@example.org").hexdigest()),
        ("courriel", hashlib.md5(b"solene.quemeneur@example.org").hexdigest().upper()),
        ("telephone", "0612345678"),
        ("telephone", "+33 (0)6-12-34-56-78"),
        ("telephone", "06123 45678"),
        ("telephone", hashlib.sha1(b"0612345678").hexdigest()),
        ("adresse", "12 BIS AV DES LILAS"),
        ("adresse", "au 12 bis, avenue des lilas"),
        ("date_naissance", "née le 1er mai 1970"),
        ("date_naissance", "01/05/1970"),
        ("date_naissance", "1/5/1970"),
        ("date_naissance", "19700501"),
    ],
)
def test_a_value_is_found_in_its_other_spellings(kind: str, cell: str) -> None:
    assert kind in own(cell)


@pytest.mark.parametrize(
    "cell", ["Nantes", "44000", "Madame la maire", "avenue Pasteur", "rue des Lilas", "2 mai 1970", "mai"]
)
def test_what_thousands_share_is_not_held(cell: str) -> None:
    assert own(cell) == set()


def test_a_first_name_is_held_only_as_a_whole_cell() -> None:
    assert own("Solène") == {"prenom"}
    assert own("École Solène") == set()


def test_a_surname_that_the_place_names_of_the_row_explain_is_not_held() -> None:
    from pipelines.privacy.allowlist import Allowed, AllowList

    places = AllowList((Allowed("lieu", "*", "commune_nom", "lieu_officiel", "", "", "COG", "S", "noms de communes"),))
    person = {"prenom": "Jean", "nom": "Beaumont"}
    cells = {"resume": "PLU de Beaumont", "commune_nom": "Beaumont"}
    assert gate_of(cells, person, places).is_clean
    assert not gate_of(cells | {"commune_nom": "Nantes"}, person, places).is_clean
    assert not gate_of(cells | {"resume": "Jean Beaumont, de Beaumont"}, person, places).is_clean


@pytest.mark.parametrize(
    ("field", "value", "cell", "is_held"),
    [
        ("nom", "Ly", "Ly", True),
        ("nom", "Ly", "il y a Ly", False),
        ("nom", "anonyme", "anonyme", False),
        ("nom", "Monsieur", "Monsieur", False),
        ("nom", "M. Jean Kerléo", "dit Kerléo", True),
        ("nom", "Jean Paul", "Paul Jean", True),
        ("identifiant", "ab-12-cd", "réf. AB 12 CD", True),
        ("identifiant", "a1", "a1", False),
        ("identifiant", "123456789", "n° 123 456 789", True),
        ("identifiant", "12345", "n° 12345", True),
        ("identifiant", "123", "n° 123", False),
        ("identifiant", "kerlouan", "Kerlouan", True),
        ("identifiant", "bleu ciel uni", "bleu ciel uni", True),
        ("identifiant", "a bc", "a bc", True),
        ("telephone", "12 34", "12 34", False),
        ("telephone", "12 34 56", "123456", True),
        ("date_naissance", "inconnue", "inconnue", False),
        ("date_naissance", "1970-13-45", "19701345", True),
        ("adresse", "Kerlouan", "Kerlouan", False),
        ("adresse", "Mairie, 1 place du Marché", "1 place du Marché", False),
        ("adresse", "4 bd Foch", "4 boulevard Foch", True),
        ("courriel", "@@", "@@", False),
        ("nom", "山田太郎", "avis de 山田太郎", True),
        ("message", "trop de bruit ici la nuit", "Il y a trop de bruit ici la nuit.", True),
        ("message", "trop", "trop", False),
    ],
)
def test_the_rule_of_distinctiveness(field: str, value: str, cell: str, is_held: bool) -> None:
    assert bool(own(cell, {field: value})) is is_held


def test_a_citizens_own_words_are_found_from_eleven_words_on() -> None:
    text = (
        "je m'oppose à ce projet car le bruit des machines empêche déjà mes enfants de dormir la nuit et "
        "personne ne nous écoute"
    )
    words = text.split()
    for start in range(len(words) - 11):
        assert own("Résumé : " + " ".join(words[start : start + 11]), {"observation": text}) == {"texte"}
    assert own("le bruit des machines", {"observation": text}) == set()
    assert own(text, {"nom": text}) == {"texte"}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["prenom nom", "nom prenom"]),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from([" ", "  ", "-", ", ", "_", "\u00a0", " \u200b"]),
    st.booleans(),
    st.text(alphabet="abcdefghij é.,;:()«»’", max_size=30),
)
def test_any_spelling_of_a_full_name_is_found_anywhere(order, case, gap, has_accents, around) -> None:
    name = case(order.replace(" ", gap).replace("prenom", "Solène").replace("nom", "Quéméneur"))
    if not has_accents:
        name = name.translate(str.maketrans("èéÈÉ", "eeEE"))
    assert "nom" in own(f"{around} {name} {around}")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["", " ", ".", "-", "/", "\u00a0", "\u202f"]), min_size=10, max_size=10))
def test_a_phone_is_found_whatever_stands_between_its_digits(gaps: list[str]) -> None:
    written = "".join(digit + gap for digit, gap in zip("0612345678", gaps, strict=True))
    assert "telephone" in own(f"joindre {written} svp")


def test_a_value_cut_between_two_cells_is_not_made_up() -> None:
    assert own("Kerléo", {"nom": "Jean Kerlouan"}, titre="Jean") == set()
    assert gate_of({"a": "061234", "b": "5678"}, {"telephone": "0612345678"}).is_clean


def test_folding_makes_two_spellings_equal() -> None:
    assert fold("  L’Œuvre d'ÆGIDE — Straße ") == b" l oeuvre d aegide strasse "
    assert fold(unmask("Ｄｕｐоｎｔ")) == b" dupont "
    assert fold("") == b"  "


def test_everyones_full_names_are_known_but_no_single_word() -> None:
    personal = PersonalValues({("s", "h", "p", 1): tuple(SOLENE.items()), ("s", "h", "p", 2): (("nom", "Jean Paul"),)})
    everyone = personal.everyone()
    assert everyone.kind_in("reçu de QUEMENEUR Solène hier") == "nom"
    assert everyone.kind_in("solenequemeneur") == "nom"
    assert everyone.kind_in("appel du 06.12.34.56.78") == "telephone"
    assert everyone.kind_in("0612345678 2024") == everyone.kind_in("06 12 34 56 78 / 01 42 00 00 00") == "telephone"
    assert everyone.kind_in("réf. 2024-06 12 34 56 78") == "telephone"
    assert everyone.kind_in("061234567 82024") is None
    assert everyone.kind_in("Quéméneur") is None
    assert everyone.kind_in("rue Jean Paul") is None
    assert everyone.kind_in("le 12 34 56 78 90") is None
    assert not PersonalValues().everyone()
    assert PersonalValues().everyone().kind_in("Solène Quéméneur") is None


def test_values_of_two_sources_of_a_row_are_put_together() -> None:
    one = PersonalValues({("s", "h", "p", 1): (("nom", "Kerléo"),)})
    two = PersonalValues(
        {("s", "h", "p", 1): (("nom", "Kerléo"), ("ville", "Pau")), ("s", "h", "p", 2): (("nom", "Payet"),)}
    )
    both = one | two
    assert len(both) == 2
    assert both.of([("s", "h", "p", 1), ("s", "h", "p", 2), ("s", "h", "p", 3)]) == (
        ("nom", "Kerléo"),
        ("ville", "Pau"),
        ("nom", "Payet"),
    )


@pytest.mark.parametrize(
    "cell",
    [
        "Qu&eacutem&eacuteneur",
        "Sol%E8ne%20Qu%E9m%E9neur",
        "U29sw6huZSBRdcOpbcOpbmV1cg==",
        "UXXDqW3DqW5ldXI=",
        "Qu\\xe9m\\xe9neur",
        "Qu=C3=A9m=C3=A9neur",
        "Q u é m é n e u r",
        "Q.u.é.m.é.n.e.u.r",
        "Qué<b>mén</b>eur",
        "Quémé-\nneur",
        "QuÃ©mÃ©neur",
        "Qᴜᴇᴍᴇɴᴇᴜʀ",
    ],
)
def test_a_surname_shows_however_it_was_encoded(cell: str) -> None:
    assert "nom" in own(cell)


@pytest.mark.parametrize("cell", ["01/05/70", "1970-05-01T00:00:00Z", "vu le 01.05.70"])
def test_a_birth_date_shows_with_two_digits_of_the_year_or_an_hour(cell: str) -> None:
    assert own(cell) == {"date_naissance"}


def test_an_address_shows_with_its_number_glued() -> None:
    assert "adresse" in own("12bis, avenue des Lilas")


COUPLE = {
    "nom": "Durand et Lefebvre",
    "prenom": "Anne / Paul",
    "telephone": "06 12 34 56 78 / 01 40 00 00 00",
    "courriel": "anne.durand@example.org; plefebvre@example.org",
}


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("telephone", "appeler le 0612345678"),
        ("telephone", "appeler le +33 1 40 00 00 00"),
        ("courriel", "ANNE.DURAND (at) example.org"),
        ("courriel", "plefebvre arobase example point org"),
        ("courriel", hashlib.sha256(b"plefebvre@example.org").hexdigest()),
        ("nom", "avis de Lefebvre"),
        ("nom", "avis de Durand"),
        ("nom", "LEFEBVRE P."),
        ("prenom", "Paul"),
    ],
)
def test_each_value_of_a_cell_of_several_is_found(kind: str, cell: str) -> None:
    assert kind in own(cell, COUPLE)


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("telephone", "02 40 11 22 33 poste 12", "le 0240112233"),
        ("telephone", "02 40 11 22 33, 06 12 34 56 78", "le 0240112233"),
        ("telephone", "0240112233\n0612345678", "le 0240112233"),
        ("courriel", "a.durand@example.org b.petit@example.org", "b.petit@example.org"),
        ("contact", "a.durand@example.org, b.petit@example.org", "b.petit chez example.org"),
        ("nom", "Durand & Lefebvre", "Lefebvre"),
        ("nom", "Durand et Martin", "vu avec Martin"),
        ("nom", "Lefebvre, Jean", "chez Lefebvre"),
        ("nom", "M. Kerdoncuff et Mme Lefebvre", "chez Lefebvre"),
        ("nom", "Anne et Paul Kerdoncuff", "P. Kerdoncuff"),
        ("nom", "Solen Kerdoncuff; Ewen Quiniou", "Quiniou Ewen"),
    ],
)
def test_a_cell_of_several_is_taken_apart_at_every_sign(field: str, value: str, cell: str) -> None:
    assert own(cell, {field: value})


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("nom", "Lefebvre, Jean", "place Jean Jaurès"),
        ("nom", "Anne et Paul Kerdoncuff", "école Anne Frank"),
        ("nom", "Kerdoncuff et Mme", "Mme"),
        ("responsable", "Direction de l'eau et du logement", "projet du logement"),
        ("nom", "Kerdoncuff et autre", "un autre avis"),
        ("telephone", "02 40 11 22 33 poste 12", "12 arbres"),
    ],
)
def test_what_joins_several_values_is_nobodys(field: str, value: str, cell: str) -> None:
    assert not own(cell, {field: value})


DOUBLE = {
    "prenom": "Solène",
    "nom": "Kerdoncuff-Quiniou",
    "courriel": "solene.kerdoncuff@example.org",
    "adresse": "12 bis avenue des Lilas, 44000 Nantes",
}


@pytest.mark.parametrize(
    "cell",
    [
        "avis de Solène Quiniou",
        "KERDONCUFF Solène",
        "S. Kerdoncuff",
        "Quiniou S.",
        "solenequiniou.pdf",
        "S. Kerdoncuff-Quiniou",
        "Kerdoncuff Quiniou Solène",
    ],
)
def test_half_of_a_double_surname_beside_a_first_name_is_somebodys(cell: str) -> None:
    assert "nom" in own(cell, DOUBLE)


@pytest.mark.parametrize("cell", ["Quiniou", "rue Kerdoncuff", "M. Quiniou Ewen"])
def test_half_of_a_double_surname_alone_is_not_hers(cell: str) -> None:
    assert "nom" not in own(cell, DOUBLE)


@pytest.mark.parametrize(
    "cell",
    ["avenue des Lilas, 12 bis", "av. des Lilas n° 12 bis", "AVENUE DES LILAS 12BIS", "avenue des lilas au 12 bis"],
)
def test_an_address_is_found_with_its_number_last(cell: str) -> None:
    assert "adresse" in own(cell, DOUBLE)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("nom", "solene_kerdoncuff_at_example_dot_org"),
        ("courriel", "solene point kerdoncuff arobase example"),
        ("courriel", "solene_dot_kerdoncuff_at_example_dot_org"),
        ("courriel", hashlib.md5(b"solene.kerdoncuff@example.org").hexdigest()),
        ("courriel", "empreinte " + hashlib.sha256(b"solene.kerdoncuff@example.org").hexdigest().upper()),
        ("nom", "S. Kerdoncuff-Quiniou"),
        ("nom", "KERDONCUFF QUINIOU S."),
        ("nom", "vu avec Quiniou Solène"),
    ],
)
def test_everybodys_values_are_found_where_no_record_is_known(kind: str, text: str) -> None:
    everyone = PersonalValues({("s", "0" * 64, "p", 1): tuple(DOUBLE.items())}).everyone()
    assert everyone.kind_in(text) == kind
    assert list(everyone.kinds_in(["rien", text, "rien non plus"])) == [(1, kind)]


def test_looking_for_everybody_in_many_texts_is_looking_in_each() -> None:
    records = {("s", "0" * 64, "p", place): tuple(who.items()) for place, who in enumerate((SOLENE, DOUBLE))}
    everyone = PersonalValues(records).everyone()
    texts = [
        "",
        "Nantes",
        "Solène Quéméneur",
        "06 12 34 56 78",
        "88c4e6bb-0587-4097-88f1-d45271675106",
        "\x1f",
        "a\x1fb",
    ]
    texts += ["f" * 64, "à Example", "solenekerdoncuffquiniou", "é", "Kerdoncuff Quiniou Solène\x1e"]
    one_by_one = [(place, kind) for place, text in enumerate(texts) if (kind := everyone.kind_in(text))]
    assert list(everyone.kinds_in(texts)) == one_by_one
    assert [place for place, _ in one_by_one] == [2, 3, 9, 11]


def test_a_random_identifier_holds_nobodys_number() -> None:
    everyone = PersonalValues({("s", "0" * 64, "p", 1): (("telephone", "0805874097"),)}).everyone()
    assert everyone.kind_in("88c4e6bb-0587-4097-88f1-d45271675106") is None
    assert everyone.kind_in("appeler le 08 05 87 40 97") == "telephone"


MAILBOXES = ["recharge", "espaces.verts", "service.technique", "mobilite-electrique", "mairie57", "enquetepublique"]


@pytest.mark.parametrize("local", MAILBOXES)
def test_the_words_of_a_mailbox_are_nobodys_name(local: str) -> None:
    """A contact such as recharge@example.org once made the word "recharge" somebody's name in every text."""
    people = PersonalValues({("s", "0" * 64, "p", 1): (("contact", f"{local}@example.org"),)})
    words = local.replace(".", " ").replace("-", " ")
    for text in (f"Le {words} de la commune", words.replace(" ", ""), local):
        assert people.everyone().kind_in(text) is None
    assert people.everyone().kind_in(f"{local}@example.org") in (None, "courriel")
    assert own(f"Le {words} de la commune", {"contact": f"{local}@example.org"}) == set()
    assert own(f"{words} : {local} arobase example point org", {"contact": f"{local}@example.org"}) == {"courriel"}


@pytest.mark.parametrize(
    ("local", "text"),
    [
        ("solene.quemeneur", "fichier solenequemeneur.pdf"),
        ("annequemeneur", "annequemeneur a écrit"),
        ("quemeneur1970", "voir quemeneur1970"),
        ("recharge.quemeneur", "rechargequemeneur"),
    ],
)
def test_the_words_of_somebodys_address_are_theirs_without_its_domain(local: str, text: str) -> None:
    people = PersonalValues({("s", "0" * 64, "p", 1): (("contact", f"{local}@example.org"),)})
    assert people.everyone().kind_in(text) is not None


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"numero": "12 bis", "voie": "avenue des Lilas"}, "adresse"),
        ({"numero": "12", "repetition": "bis", "voie": "av. des Lilas"}, "adresse"),
        ({"voie": "avenue des Lilas", "numero": "12 bis"}, "adresse"),
        ({"j": "1", "m": "5", "a": "1970"}, "date_naissance"),
        ({"a": "1970", "m": "05", "j": "01"}, "date_naissance"),
        ({"j": "1er", "m": "mai", "a": "1970"}, "date_naissance"),
    ],
)
def test_a_value_that_is_cut_into_columns_side_by_side_is_held(cells: dict[str, str], kind: str) -> None:
    rules = {(hold.rule, hold.field) for hold in gate_of({"avant": "x", **cells, "apres": "y"}).holds}
    assert (f"valeur_du_dossier:{kind}", next(iter(cells))) in rules


def test_cells_apart_or_with_something_else_between_them_say_nothing_together() -> None:
    assert gate_of({"numero": "12", "nombre": "4", "voie": "avenue des Lilas"}).is_clean
    assert gate_of({"a": "1970", "b": "x", "m": "5", "j": "1"}).is_clean
