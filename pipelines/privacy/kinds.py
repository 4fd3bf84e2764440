"""What a personal field holds, by its name and its value; and the words that identify nobody by themselves.

Belongs here: the rule of distinctiveness of the strong test. Does not: searching.

A value is looked for **alone** when it can be distinguished from ordinary text: an e-mail address, a number of 8 digits
or more, a date of birth, an address, a name of two words or more, a surname of three letters or more that is not one of
`COMMON`. It is looked for only as a **whole cell** when it is a first name or shorter; and never when it is one of
`COMMON`, or says where (a town, a postal code) or in what capacity (civility, function): such values are shared by
thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from pipelines.privacy.normalisation import fold


class Kind(StrEnum):
    EMAIL = "courriel"
    PHONE = "telephone"
    BIRTH = "date_naissance"
    ADDRESS = "adresse"
    FIRST_NAME = "prenom"
    NAME = "nom"
    TEXT = "texte"
    PLACE = "lieu"
    ROLE = "qualite"
    OTHER = "autre"


_BY_NAME: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.BIRTH, r"(^|_)(date_)?(de_)?naiss|birth"),
        (Kind.EMAIL, r"courriel|e_?mail|(^|_)mail|(^|_)mel($|_)"),
        (Kind.PHONE, r"(^|_)tel|phone|portable|mobile|(^|_)fax($|_)|gsm"),
        (
            Kind.PLACE,
            r"ville|commune|postal|(^|_)cp($|_)|pays|departement|region|insee|localite|(^|_)city|(^|_)lieu($|_)",
        ),
        (
            Kind.ROLE,
            r"civilite|(^|_)titre($|_)|fonction|qualite|statut|(^|_)type|(^|_)elu($|_)|(^|_)role|sexe|genre|canal|theme"
            r"|consent|(^|_)date|(^|_)heure|langue",
        ),
        (Kind.ADDRESS, r"adresse(?!_ip)|address|(^|_)rue($|_)|(^|_)voie|domicile"),
        (Kind.FIRST_NAME, r"prenom|first_?name|given"),
        (Kind.TEXT, r"observation|texte|message|commentaire|contribution|contenu|(^|_)corps($|_)|body"),
        (
            Kind.NAME,
            r"(^|_)noms?($|_)|name|auteur|author|deposant|contact|responsable|signataire|demandeur|representant|usager"
            r"|personne|proprietaire",
        ),
    )
)

_FIRST_NAMES = """ adam adele agathe agnes alain albert alexandra alexandre alexis alice aline amandine amelie anais
andre andree angelique anne annick annie anthony antoine arnaud arthur audrey aurelie aurelien axel baptiste beatrice
benjamin benoit bernadette bernard bertrand brigitte bruno camille carine carole caroline catherine cecile cedric celine
chantal charles charlotte chloe christian christiane christelle christine christophe claire claude claudine clement
colette corinne cyril damien daniel danielle david delphine denis denise didier dominique dorothee edith edouard eliane
elisabeth elise elodie emilie emma emmanuel emmanuelle eric estelle eugene eva evelyne fabien fabienne fabrice fanny
fatima felix fernand florence florian francis francois francoise franck frederic gabriel gael genevieve georges gerard
germaine ghislaine gilbert gilles ginette gregory guillaume guy helene henri herve hugo hugues ines irene isabelle
jacqueline jacques jean jeanne jennifer jeremy jerome joel joelle josephine joseph josette josiane julie julien juliette
justine karim karine kevin laetitia laura laurence laurent lea leon leonie liliane lionel loic louis louise luc lucas
lucie lucien lucienne lydie madeleine manon marc marcel marcelle margaux marguerite maria marie marine marion marthe
martine mathieu mathilde matthieu maurice max maxime melanie michel michele mickael mireille mohamed monique morgane
muriel nadia nadine nathalie nathan nicolas nicole noel odette odile olivier pascal pascale patrice patricia patrick
paul paule paulette pauline philippe pierre pierrette quentin rachel raphael raymond raymonde remi rene renee richard
robert roger roland romain rose sabine samuel sandra sandrine sarah sebastien serge severine simone simon solange sonia
sophie stephane stephanie suzanne sylvain sylvie sylviane theo therese thibault thierry thomas valentin valerie vanessa
veronique victor vincent virginie viviane william xavier yann yannick yves yvette yvon yvonne zoe """
# What is typed in a field for a surname without being one.
_WORDS = """ accueil administration agence agent anonyme association aucun autre bureau citoyen citoyenne citoyens
collectif collectivite commission commissaire commune communaute conseil conseiller contact departement direction
directeur directrice etat famille groupe habitant habitante habitants inconnu inconnue internet mairie maire metropole
neant non oui particulier personne prefecture prefet president presidente proprietaire public region responsable
riverain riveraine riverains sans secretariat secretaire service services societe syndicat territoire usager vide
village ville villes """
CIVILITIES = frozenset(
    ["m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "me", "maitre", "dr", "docteur", "pr"]
)
FIRST_NAMES = frozenset(_FIRST_NAMES.split())
COMMON = frozenset(_WORDS.split()) | CIVILITIES


def kind_of(field: str, value: str) -> Kind:
    """What `value` is: an address sign decides first, then the folded name of the field, then its length."""
    if "@" in value and _MAIL.fullmatch(value.strip()):
        return Kind.EMAIL
    kind = kind_by_name(field)
    return Kind.TEXT if value.count(" ") > 8 and kind in (Kind.NAME, Kind.OTHER) else kind


def kinds_of(fields: Sequence[str], values: Sequence[str]) -> list[Kind]:
    """`kind_of` each value: nearly always what the name of its field says."""
    by_name = {field: kind_by_name(field) for field in set(fields)}
    kinds = [by_name[field] for field in fields]
    for place in [place for place, value in enumerate(values) if "@" in value or value.count(" ") > 8]:
        kinds[place] = kind_of(fields[place], values[place])
    return kinds


_MAIL = re.compile(r"\S+@\S+\.\S+")


@lru_cache(maxsize=4096)
def kind_by_name(field: str) -> Kind:
    """What a field of this name holds."""
    name = fold(field).decode().strip().replace(" ", "_")
    return next((kind for kind, pattern in _BY_NAME if pattern.search(name)), Kind.OTHER)
