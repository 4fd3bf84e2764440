"""What stops a release for the sake of people, and what can be wrong with the files of this module. No message holds a
value."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class PersonalDataFound(ArobaseError):
    """The gate found what looks like personal data in something about to be published."""

    code: ClassVar[str] = "personal-data"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "Publication bloquée : {holds} donnée(s) personnelle(s) possible(s). La première : {place}, champ « {field} », "
        "ligne {row} (règle {rule}). Décompte : {counts}. La liste complète : {kept}. Pour décider : corriger la "
        "source ou sa mise en forme ; ou déclarer le champ `about: organisation` avec sa base légale ; ou ajouter "
        "une ligne à schemas/privacy/admis.csv avec sa base légale ; ou permettre dans package.yaml (`quarantine`) que "
        "ces lignes soient retenues."
    )
    en: ClassVar[str] = (
        'Release blocked: {holds} possible personal data. The first: {place}, field "{field}", row {row} (rule '
        "{rule}). Counts: {counts}. The whole list: {kept}. To decide: fix the source or its mapping; or declare the "
        "field `about: organisation` with its legal basis; or add a line with its legal basis to "
        "schemas/privacy/admis.csv; or let package.yaml (`quarantine`) withhold these rows."
    )


class ReasonPersonal(PersonalDataFound):
    """The reason of an act, which is published with it, may name somebody."""

    code: ClassVar[str] = "reason-personal"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{place} : ce motif est publié, et il contient peut-être une donnée personnelle (règles : {rules}). Rien n'est "
        "écrit. Donnez le motif sans nom, adresse ni numéro."
    )
    en: ClassVar[str] = (
        "{place}: this reason is published, and may hold personal data (rules: {rules}). Nothing is written. Give the "
        "reason without a name, an address or a number."
    )


class PersonalValuesGone(ArobaseError):
    """The gate could not look for the personal values of a record: they are not kept any more."""

    code: ClassVar[str] = "personal-values-gone"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{source}, {part} : les valeurs personnelles de cette capture ne sont plus gardées, une autre exécution a pris "
        "la suivante ; rien n'est publié sans les avoir cherchées ; attendu : recommencer quand l'autre a fini."
    )
    en: ClassVar[str] = (
        "{source}, {part}: the personal values of this capture are kept no longer, another run took the next one; "
        "nothing is published without looking for them; expected: run again once the other is done."
    )


class ReasonInvalid(ArobaseError):
    """The reason that would be published with an act says nothing, or too much."""

    code: ClassVar[str] = "reason-invalid"
    fr: ClassVar[str] = "--reason : {found} caractère(s) ; attendu : de 1 à {most}, sans donnée personnelle."
    en: ClassVar[str] = "--reason: {found} character(s); expected: 1 to {most}, without personal data."


class AllowListInvalid(ArobaseError):
    """The list of what may be published cannot be used."""

    code: ClassVar[str] = "privacy-allow-list"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SCHEMA
    fr: ClassVar[str] = "{file}, {place} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{file}, {place}: {found}; expected: {expected}."


class VaultUnsafe(ArobaseError):
    """The private folder could be read by somebody else, or is not what it should be."""

    code: ClassVar[str] = "private-folder-unsafe"
    fr: ClassVar[str] = "{folder} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{folder}: {found}; expected: {expected}."


class CountsInvalid(ArobaseError):
    """A table of counts cannot be protected as it stands."""

    code: ClassVar[str] = "counts-invalid"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "Comptages, champ « {field} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = 'Counts, field "{field}": {found}; expected: {expected}.'
