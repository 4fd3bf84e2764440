"""What can be wrong with a file under `schemas/`."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class SchemaFileError(ArobaseError):
    """A file under `schemas/` cannot be used as it stands."""

    code: ClassVar[str] = "schema-file"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SCHEMA
    fr: ClassVar[str] = "{file} : {place} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{file}: {place}: {found}; expected: {expected}."


class PackageFileError(SchemaFileError):
    """A file `schemas/<package>/package.yaml` cannot be used as it stands; the other packages can."""

    code: ClassVar[str] = "package-file"
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


class CodeListTitlesError(SchemaFileError):
    """The file `schemas/codelists/titles.yaml` cannot be used as it stands."""

    code: ClassVar[str] = "code-list-titles"
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


class PrivacyMissing(SchemaFileError):
    """A field without a privacy class: nobody decided whether it may be published."""

    code: ClassVar[str] = "privacy-missing"
    fr: ClassVar[str] = (
        "{file} : le champ « {field} » n'a pas de classe de confidentialité (privacy : {found}) ; attendu : public, "
        "personnel ou interne."
    )
    en: ClassVar[str] = (
        '{file}: field "{field}" has no privacy class (privacy: {found}); expected: public, personnel or interne.'
    )


class SchemaNotFound(SchemaFileError):
    """A schema, package or code list that something names does not exist."""

    code: ClassVar[str] = "schema-not-found"
    fr: ClassVar[str] = "{file} n'existe pas, mais {asked_by} le demande."
    en: ClassVar[str] = "{file} does not exist, but {asked_by} asks for it."


class ProposalPending(ArobaseError):
    """A table whose types, keys and privacy classes were proposed would be published before a person confirmed them."""

    code: ClassVar[str] = "proposal-pending"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SCHEMA
    fr: ClassVar[str] = (
        "{file} : les types, la clé et les classes de confidentialité ont été proposés d'après un "
        "fichier, et personne ne les a confirmés ; rien n'est publié. Relisez le fichier, corrigez-le, puis lancez : "
        "arobase init {folder} --accept."
    )
    en: ClassVar[str] = (
        "{file}: its types, key and privacy classes were proposed from a file, and nobody has "
        "confirmed them; nothing is published. Read the file, correct it, then run: arobase init {folder} --accept."
    )
