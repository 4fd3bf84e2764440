"""Names of columns that suggest a person: "Courriel", "nom_du_maire", "adressemail"; not "atelier" nor "nb_adresses".

Belongs here: what a column's name alone shows. Does not: what its cells show, which the privacy check says
(`proposal.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.privacy.columns import COUNTING
from pipelines.starter.names import PROPERTIES, plain_name

_TERM = (
    r"e?_?mails?|courriels?|tel|telephones?|phones?|gsm|prenoms?|contacts?|adresses?|adr|naiss|naissance|civilites?|"
    r"nir|nss|login|username|signataires?|deposants?|interlocuteurs?|representants?|utilisateurs?"
)
_ALONE = re.compile(rf"(?:{_TERM})\d*")
# As programs and schemas join words: "adressemail", "numtel", "datenaissance", "contactemail", "telfixe".
_JOINED = re.compile(
    r"(?:num|numero|no|nom|date|lieu|adresse|contact|mail|email|tel|telephone|prenom)"
    r"(?:e?mail|courriel|tel|telephone|contact|naissance|prenom|nom|fixe|portable|mobile|postale|complete|adresse|perso|pro|agent|resp)\d*"
)
_PHRASES = re.compile(
    r"(^|_)(nom_complet|nom_et_prenom|identite|num(ero)?_secu|securite_sociale|user_?name|plaque_immatriculation|"
    r"immatriculation|nom_naiss)(_|$)|^(president|presidente|gerant|gerante|responsable|directeur|directrice)$"
)
# "Paiement sans contact", "points de contact": of nobody.
_OF_NOBODY = re.compile(r"(^|_)(sans_contact|points?_de_contact|point_contact|(uid|id|ban|cle|code)_adresse)(_|$)")
# A surname says so itself, or stands beside a first name: « Nom » alone is that of a place as well.
_SURNAME = re.compile(r"(^|_)(patronyme|nom_(de_|d_)?(famille|naissance|jeune_fille|usage|usuel|marital))(_|$)")
# Who owns, rents or asks, where a column names them: "proprio_nom", "nom_du_demandeur", "Propriétaire"; not
# "proprio_type".
_OWNERS = r"(proprio|proprietaire|locataire|demandeur|petitionnaire|requerant|declarant|riverain|plaignant|defunt)s?"
# Who else is named where "nom" stands beside; alone these may be a number of people, or a place ("Maire" is none).
_OTHERS = (
    r"(maire|elu|elue|president|presidente|directeur|directrice|responsable|signataire|representant|referent|gerant|agent|"
    r"enseignant|medecin|candidat|candidate|usager|deposant|parent|mere|pere|epoux|epouse|conjoint|enfant|eleve|etudiant|"
    r"patient|salarie|employe|adherent|benevole|licencie|victime|occupant|interlocuteur)s?"
)
_OF = r"(du_|de_la_|de_l_|des_|d_)?"
_NAMED = rf"({_OWNERS}|{_OTHERS})"
_PERSON_NAMED = re.compile(rf"^{_OWNERS}$|(^|_){_NAMED}_nom(_|$)|(^|_)(nom|identite)(_complet)?_{_OF}{_NAMED}(_|$)")
_FIRST_NAME = re.compile(r"(^|_)prenoms?(_|$)")
_ONE_OF_MANY = re.compile(r"adresses|contacts|e?mails|courriels|telephones|prenoms|utilisateurs|naissances")
_COUNT = re.compile(r"\d{1,5}")


def suggests_a_person(column: str, cells: Sequence[str] = ()) -> bool:
    """Whether a column's name suggests data of a person. `cells`: those that are filled; a plural name over whole
    numbers is a count ("adresses", 12)."""
    name = _unjoined(column.removeprefix(PROPERTIES))
    words = name.split("_")
    if not COUNTING.isdisjoint(words) or _OF_NOBODY.search(name):
        return False
    told = [word for word in words if _ALONE.fullmatch(word) or _JOINED.fullmatch(word)]
    if not told:
        return bool(_PHRASES.search(name))
    are_plural = all(_ONE_OF_MANY.fullmatch(word) for word in told)
    return not (are_plural and cells and all(_COUNT.fullmatch(cell) for cell in cells))


def names_of_people(columns: Sequence[str]) -> set[str]:
    """The columns of surnames: by their own names, or by that of a first name which is otherwise the same.

    `Nom` with `Prénom`, `Nom du maire` with `Prénom du maire`; not `Nom de la commune`, whatever is beside it. So are
    those of owners, applicants and others who may be private persons.
    """
    plain = {column: _unjoined(column.removeprefix(PROPERTIES)) for column in columns}
    beside = {_FIRST_NAME.sub(r"\1nom\2", name) for name in plain.values() if _FIRST_NAME.search(name)}
    return {column for column, name in plain.items() if name in beside or _names_somebody(name)}


def _names_somebody(name: str) -> bool:
    is_counted = not COUNTING.isdisjoint(name.split("_"))
    return bool(_SURNAME.search(name) or _PERSON_NAMED.search(name)) and not is_counted


def _unjoined(column: str) -> str:
    """A plain name whose words may have been joined by capitals (`nomUsage`), or be several of one (`noms`)."""
    return re.sub(r"(^|_)noms(_|$)", r"\1nom\2", plain_name(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)))
