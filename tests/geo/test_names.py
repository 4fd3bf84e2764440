"""What a printer changes without changing the name is taken away, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.geo.epci_names import acronym, announces_an_epci, looks_like_an_acronym, type_and_core
from pipelines.geo.names import keeps_the_accents_of, normalise, spoken_variants, take_apart, without_article


@given(st.text())
def test_a_key_is_its_own_key(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_a_key_is_made_of_plain_words(text):
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in normalise(text).split())


@pytest.mark.parametrize(
    "spellings",
    [
        ("Hérouville St Clair", "Hérouville-Saint-Clair", "HEROUVILLE SAINT CLAIR"),
        ("Faches Thumesnil", "Faches-Thumesnil"),
        ("Ivry s/ Seine", "Ivry sur Seine", "Ivry-sur-Seine"),
        ("L'Isle Adam", "l’Isle-Adam", "L'Isle-Adam"),
        ("Marcq-en-Baroeul", "Marcq-en-Barœul"),
        ("Ste-Eulalie", "Sainte Eulalie"),
        ("Lambres-lez-Douai", "Lambres-lès-Douai"),
        ("Rosny ss Bois", "Rosny-sous-Bois"),
        ("Villeneuve-D'Ascq", "Villeneuve-d'Ascq"),
    ],
)
def test_spellings_of_one_name_share_a_key(spellings):
    assert len({normalise(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("La Rochelle", "Rochelle"), ("Saint-Denis", "Sainte-Denise")])
def test_other_names_keep_other_keys(one, other):
    assert normalise(one) != normalise(other)


def test_a_single_letter_at_an_end_of_a_name_is_no_abbreviation():
    assert normalise("Val d'S") == "val d s"


def test_an_article_goes_only_when_something_is_left():
    assert [without_article(key) for key in ("la rochelle", "les", "port")] == ["rochelle", "les", "port"]


@pytest.mark.parametrize(
    ("key", "variants"),
    [
        ("la commune du fresnay sur sarthe", ("le fresnay sur sarthe", "fresnay sur sarthe")),
        ("commune de la rochelle", ("la rochelle", "rochelle")),
        ("mairie d ivry sur seine", ("ivry sur seine",)),
        ("ville des abymes", ("les abymes", "abymes")),
        ("ville de l isle adam", ("l isle adam", "isle adam")),
        ("agen", ()),
    ],
)
def test_a_name_in_running_text_may_have_lost_its_article(key, variants):
    assert spoken_variants(key) == (key, *variants)


def test_printers_lose_accents_and_do_not_invent_them():
    assert keeps_the_accents_of("Change", "Changé")
    assert not keeps_the_accents_of("Changé", "Change")
    assert keeps_the_accents_of("Hérouville St Clair", "Hérouville-Saint-Clair")
    assert keeps_the_accents_of("La Rochelle (Charente)", "La Rochelle")


def test_brackets_are_set_apart_and_an_article_in_them_comes_back_in_front():
    assert take_apart("Montévrain (77144)").brackets == ("77144",)
    assert take_apart("Rochelle (La)").key == "la rochelle"
    assert take_apart("Isle-Adam (L')").key == "l isle adam"
    assert take_apart("Wingles [62] ( )").key == "wingles"


@pytest.mark.parametrize(
    ("printed", "kind", "core"),
    [
        ("communauté de communes de Parthenay-Gâtine", "CC", "parthenay gatine"),
        ("La Communauté d'agglomération du Centre Littoral", "CA", "centre littoral"),
        ("CA Amiens Métropole", "CA", "amiens metropole"),
        ("Métropole du Grand Nancy", "METRO", "grand nancy"),
        ("Grand Poitiers Communauté urbaine", "CU", "grand poitiers"),
        ("communauté du Val", "", "val"),
        ("La Riviera du Levant", None, "riviera du levant"),
    ],
)
def test_the_name_of_a_group_is_a_type_and_a_core(printed, kind, core):
    assert type_and_core(normalise(printed)) == (kind, core)


def test_only_a_type_announces_a_group():
    assert announces_an_epci("ca du pays ajaccien")
    assert not announces_an_epci("caen")


def test_acronyms():
    assert acronym("CA", "centre littoral") == "CACL"
    assert acronym("CA", "pays ajaccien") == "CAPA"
    assert looks_like_an_acronym("CAPA")
    assert not looks_like_an_acronym("Eu")
    assert not looks_like_an_acronym("Capa")
