"""What can be wrong with a mapping, or with a record that a mapping reads."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class MappingError(ArobaseError):
    """A `rows` entry of a source's file cannot be applied as it stands. `at`: its line, where that is known."""

    code: ClassVar[str] = "mapping"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "{file}{at} : partie « {part} », {place} : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}{at}: part "{part}", {place}: {found}; expected: {expected}.'


class MappingColumnUnknown(MappingError):
    """A mapping reads a column that the schema of the incoming records does not know: its name is wrong there."""

    code: ClassVar[str] = "mapping-column-unknown"
    fr: ClassVar[str] = (
        "{file}, ligne {line} : partie « {part} » : la colonne « {column} » n'est pas dans {schema} ; "
        "attendu : {expected}."
    )
    en: ClassVar[str] = (
        '{file}, line {line}: part "{part}": the column "{column}" is not in {schema}; expected: {expected}.'
    )


class PersonalFieldCopied(MappingError):
    """A mapping copies a personal field as it stands into a field that is published."""

    code: ClassVar[str] = "personal-field-copied"
    fr: ClassVar[str] = (
        "{file} : partie « {part} » : le champ personnel « {column} » serait copié dans « {field} », qui est publié."
    )
    en: ClassVar[str] = (
        '{file}: part "{part}": the personal field "{column}" would be copied into "{field}", which is published.'
    )


class InternalFieldCopied(MappingError):
    """A mapping copies a field that is classed internal, as every field of a new source is, into a published one."""

    code: ClassVar[str] = "internal-field-copied"
    fr: ClassVar[str] = (
        "{file} : partie « {part} » : le champ « {column} », de classe « interne » dans le schéma d'entrée, serait "
        "copié dans « {field} », qui est publié ; s'il peut l'être, écrivez-y privacy: public."
    )
    en: ClassVar[str] = (
        '{file}: part "{part}": the field "{column}", classed "interne" in the incoming schema, would be copied into '
        '"{field}", which is published; if it may be, write privacy: public there.'
    )
