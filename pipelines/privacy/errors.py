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
        "Publication bloquée : {holds}. La première : {place}, champ « {field} », ligne {row} (règle {rule}). "
        "Décompte : {counts}. La liste complète : {kept}. Choisissez une des quatre solutions : "
        "(1) corrigez la source ou sa mise en forme ; "
        "(2) déclarez le champ `about: organisation`, avec sa base légale ; "
        "(3) ajoutez une ligne à schemas/privacy/admis.csv, avec sa base légale ; "
        "(4) écrivez `quarantine` dans package.yaml pour que ces lignes soient bloquées et le reste publié."
    )
    en: ClassVar[str] = (
        'Release blocked: {holds}. The first: {place}, field "{field}", row {row} (rule {rule}). Counts: {counts}. '
        "The whole list: {kept}. Choose one of four solutions: "
        "(1) fix the source or its mapping; "
        "(2) declare the field `about: organisation`, with its legal basis; "
        "(3) add a line to schemas/privacy/admis.csv, with its legal basis; "
        "(4) write `quarantine` in package.yaml, so that these rows are withheld and the rest is released."
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
        "{place}: this reason is published, and may contain personal data (rules: {rules}). Nothing is written. Give "
        "the reason without a name, an address or a number."
    )


class PersonalValuesGone(ArobaseError):
    """The gate could not look for the personal values of a record: they are not kept any more."""

    code: ClassVar[str] = "personal-values-gone"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{source}, {part} : les valeurs personnelles de cette copie de la source ne sont plus gardées, car une autre "
        "exécution a pris la suivante. Rien n'est publié sans les avoir cherchées. Relancez quand l'autre a fini."
    )
    en: ClassVar[str] = (
        "{source}, {part}: the personal values of this snapshot are no longer kept, because another run took the next "
        "one. Nothing is published without looking for them. Run again once the other is done."
    )


class ReasonInvalid(ArobaseError):
    """The reason that would be published with an act says nothing, or too much."""

    code: ClassVar[str] = "reason-invalid"
    fr: ClassVar[str] = "--reason : {found} ; attendu : de 1 à {most}, sans donnée personnelle."
    en: ClassVar[str] = "--reason: {found}; expected: 1 to {most}, without personal data."


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


class VaultDamaged(ArobaseError):
    """A file of kept personal values cannot be read, so that nobody can be looked for in what is published."""

    code: ClassVar[str] = "private-values-damaged"
    fr: ClassVar[str] = (
        "{file} est abîmé : ses valeurs ne peuvent pas être lues. Lancez « arobase release », qui les reprend dans la "
        "copie de la source ; ou supprimez ce qui en est conservé : arobase private delete --source {source}."
    )
    en: ClassVar[str] = (
        "{file} is damaged: its values cannot be read. Run `arobase release`, which takes them from the snapshot "
        "again; or delete what is kept of the source: arobase private delete --source {source}."
    )


class CountsInvalid(ArobaseError):
    """A table of counts cannot be protected as it stands."""

    code: ClassVar[str] = "counts-invalid"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "Comptages, champ « {field} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = 'Counts, field "{field}": {found}; expected: {expected}.'
