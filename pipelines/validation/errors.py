"""What keeps the judge from judging: each error says who can mend it.

Belongs here: reasons for which there is no verdict at all. Does not: errors of the data; those are Frictionless' own
and stand in the verdict.
"""

from __future__ import annotations

from pipelines.core.errors import ArobaseError, Mender


class JudgeError(ArobaseError):
    """No verdict could be given."""


class SchemaUnusable(JudgeError):
    """The schema is not a Table Schema, or one of its constraints can never be applied."""

    code = "schema-unusable"
    mender = Mender.SCHEMA
    fr = "Le schéma ne peut pas servir à juger ({place}) : {found}. Attendu : {expected}."
    en = "The schema cannot be judged by ({place}): {found}. Expected: {expected}."


class FileUnreadable(JudgeError):
    """There is no such file, or it may not be read."""

    code = "file-unreadable"
    mender = Mender.OPERATOR
    fr = "{file} : lecture impossible ({found})."
    en = "{file}: cannot be read ({found})."


class FileChanged(JudgeError):
    """The file changed while it was read, so that what was judged is no file's content."""

    code = "file-changed"
    mender = Mender.OPERATOR
    fr = "{file} : le fichier a changé pendant sa lecture ; relancez quand personne ne l'écrit plus."
    en = "{file}: the file changed while it was read; run again once nobody writes it."


class ArchiveTooLarge(JudgeError):
    """A compressed file unpacks to far more than any table of that size would."""

    code = "archive-too-large"
    mender = Mender.SOURCE
    fr = "{file} : {packed} octets compressés en donnent plus de {unpacked} ; décompression refusée."
    en = "{file}: {packed} compressed bytes unpack to more than {unpacked}; refused."


class ReferenceMissing(JudgeError):
    """A foreign key names a table that was not given."""

    code = "reference-missing"
    mender = Mender.OPERATOR
    fr = "La clé étrangère {fields} renvoie à la table « {table} », qui n'a pas été donnée ; tables données : {found}."
    en = "The foreign key {fields} refers to the table “{table}”, which was not given; tables given: {found}."


class PatternTooSlow(JudgeError):
    """A pattern takes more than its time on a cell: it would never end."""

    code = "pattern-too-slow"
    mender = Mender.SCHEMA
    fr = "Champ « {field} » : le motif {pattern} dépasse {seconds} s sur une cellule (aucun verdict) ; réécrivez-le."
    en = "Field “{field}”: the pattern {pattern} takes more than {seconds} s on one cell (no verdict); rewrite it."


class PatternInterrupted(JudgeError):
    """The process that matched a pattern was ended by somebody else."""

    code = "pattern-interrupted"
    mender = Mender.OPERATOR
    fr = "Champ « {field} » : le processus qui essayait le motif {pattern} a été arrêté (aucun verdict) ; relancez."
    en = "Field “{field}”: the process that tried the pattern {pattern} was ended (no verdict); run again."


class TableNotText(JudgeError):
    """A table in memory holds a column that is not text."""

    code = "table-not-text"
    mender = Mender.OPERATOR
    fr = "La colonne « {column} » est de type {found} ; le juge lit du texte."
    en = "The column “{column}” is of type {found}; the judge reads text."
