"""What can be wrong with the bytes of a source: each error names file, place, what was found, what was expected.

A cell's value is never in a message: whether a column is personal is not known when bytes are read.
"""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.text import Said, counted


class FormatError(ArobaseError):
    """A snapshot cannot be read as its source's description says; the other sources can."""

    code: ClassVar[str] = "format"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = "{file} : {place} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{file}: {place}: {found}; expected: {expected}."


class EmptyFile(FormatError):
    """A file of 0 bytes, or of blanks only."""

    code: ClassVar[str] = "empty-file"
    fr: ClassVar[str] = "{file} est vide ({size}) ; attendu : un fichier {format}."
    en: ClassVar[str] = "{file} is empty ({size}); expected: a {format} file."

    @classmethod
    def of(cls, file: str, size: int, form: str) -> EmptyFile:
        """The error on a file of so many bytes."""
        return cls(file=file, size=counted(size, Said("octet", "byte"), Said("octets", "bytes")), format=form)


class NoRows(FormatError):
    """A file with a header and nothing under it."""

    code: ClassVar[str] = "no-rows"
    fr: ClassVar[str] = (
        "{file}, {place} : aucune ligne sous l'en-tête ; attendu : au moins une (ou expect.rows.min: 0 dans le YAML)."
    )
    en: ClassVar[str] = (
        "{file}, {place}: no row under the header; expected: at least one (or expect.rows.min: 0 in the YAML)."
    )


class NoRecordReadable(FormatError):
    """A file whose records can none of them be read."""

    code: ClassVar[str] = "no-record-readable"
    fr: ClassVar[str] = "{file}, {place} : aucun enregistrement lisible ({count} écartés). {first}"
    en: ClassVar[str] = "{file}, {place}: no record can be read ({count} rejected). {first}"


class NotWhatItSays(FormatError):
    """A file whose bytes are of another format than the description says."""

    code: ClassVar[str] = "not-what-it-says"
    fr: ClassVar[str] = "{file} est {found}, ses premiers octets le montrent ; attendu : {expected}."
    en: ClassVar[str] = "{file} is {found}, as its first bytes show; expected: {expected}."


class WrongEncoding(FormatError):
    """Bytes that are not text in the encoding that was declared."""

    code: ClassVar[str] = "wrong-encoding"
    fr: ClassVar[str] = (
        "{file}, ligne {line} (octet {offset}) : ces octets ne sont pas du {declared} ; encodage probable : {likely}."
    )
    en: ClassVar[str] = (
        "{file}, line {line} (byte {offset}): these bytes are not {declared}; likely encoding: {likely}."
    )


class ImprobableText(FormatError):
    """Bytes that decode without complaint into what nobody wrote: their encoding is not the one that they seem."""

    code: ClassVar[str] = "improbable-text"
    fr: ClassVar[str] = (
        "{file}, ligne {line} (octet {offset}) : lu en {declared}, le texte est invraisemblable ({found}) ; encodage "
        "probable : {likely} (à écrire dans options.encoding si c'est lui)."
    )
    en: ClassVar[str] = (
        "{file}, line {line} (byte {offset}): read as {declared}, the text is improbable ({found}); likely encoding: "
        "{likely} (write it in options.encoding if it is)."
    )


class MixedEncodings(FormatError):
    """A file that is UTF-8 on most lines and something else on some: read as either, a part of it would be wrong."""

    code: ClassVar[str] = "mixed-encodings"
    fr: ClassVar[str] = (
        "{file}, ligne {line} (octet {offset}) : le fichier est en UTF-8, mais pas cette ligne ({count} en tout) ; "
        "attendu : un seul encodage."
    )
    en: ClassVar[str] = (
        "{file}, line {line} (byte {offset}): the file is UTF-8, but this line is not ({count} in all); "
        "expected: a single encoding."
    )


class DamagedText(FormatError):
    """Text that was already damaged where it was published, in too many rows to be published again."""

    code: ClassVar[str] = "damaged-text"
    fr: ClassVar[str] = (
        "{file} : {kind} dans le texte même, colonnes {columns}, positions {rows} : {share} des lignes ; "
        "attendu : {allowed} au plus (options.damaged_text dans le YAML)."
    )
    en: ClassVar[str] = (
        "{file}: {kind} in the text itself, columns {columns}, positions {rows}: {share} of the rows; "
        "expected: {allowed} at most (options.damaged_text in the YAML)."
    )


class WrongDelimiter(FormatError):
    """A header that is one cell because its delimiter is another one, or because it was merged or quoted whole."""

    code: ClassVar[str] = "wrong-delimiter"
    fr: ClassVar[str] = (
        "{file}, ligne {line} : l'en-tête n'a qu'une colonne avec le séparateur {declared} ; "
        "il en aurait {count} avec {likely}."
    )
    en: ClassVar[str] = (
        "{file}, line {line}: the header has a single column with the delimiter {declared}; "
        "it would have {count} with {likely}."
    )


class SheetMissing(FormatError):
    """A workbook lacks a sheet that the description reads."""

    code: ClassVar[str] = "sheet-missing"
    fr: ClassVar[str] = "{file} : la feuille « {sheet} » est absente{nearest} ; feuilles présentes : {found}."
    en: ClassVar[str] = '{file}: the sheet "{sheet}" is missing{nearest}; sheets there: {found}.'


class UsedAreaTooLarge(FormatError):
    """A sheet whose last cell is so far away that reading what lies before it would take the machine's memory."""

    code: ClassVar[str] = "used-area-too-large"
    fr: ClassVar[str] = (
        "{file}, feuille « {sheet} » : cellules remplies : {cells}, mais la dernière est en {corner} ; attendu : une "
        "zone de {maximum} cellules au plus (effacez ce qui est loin, ou augmentez options.maximum_cells dans le YAML)."
    )
    en: ClassVar[str] = (
        '{file}, sheet "{sheet}": filled cells: {cells}, but the last one is at {corner}; expected: an area of at '
        "most {maximum} cells (delete what is far away, or raise options.maximum_cells in the YAML)."
    )


class FormulasNotComputed(FormatError):
    """A sheet with formulas whose value nobody computed: its cells would be read as empty."""

    code: ClassVar[str] = "formulas-not-computed"
    fr: ClassVar[str] = (
        "{file}, feuille « {sheet} » : formules sans valeur calculée : {count} ({cells}) ; attendu : un classeur "
        "ouvert et enregistré par un tableur (ou options.formulas: accept dans le YAML)."
    )
    en: ClassVar[str] = (
        '{file}, sheet "{sheet}": formulas without a computed value: {count} ({cells}); expected: a workbook opened '
        "and saved by a spreadsheet (or options.formulas: accept in the YAML)."
    )


class PasswordProtected(FormatError):
    """A workbook that asks for a password."""

    code: ClassVar[str] = "password-protected"
    fr: ClassVar[str] = "{file} est protégé par un mot de passe ; attendu : un classeur lisible sans mot de passe."
    en: ClassVar[str] = "{file} is protected by a password; expected: a workbook that can be read without one."


class Encrypted(FormatError):
    """A Parquet file with columns that only the holder of a key can read."""

    code: ClassVar[str] = "encrypted"
    fr: ClassVar[str] = "{file} a des colonnes chiffrées ; attendu : un fichier lisible sans clé."
    en: ClassVar[str] = "{file} has encrypted columns; expected: a file that can be read without a key."


class HeaderMissing(FormatError):
    """A table lacks columns that the mapping reads: they were renamed, or the header is elsewhere."""

    code: ClassVar[str] = "header-missing"
    fr: ClassVar[str] = "{file}, {place} : colonnes absentes : {missing} ; colonnes lues : {found}.{hint_fr}"
    en: ClassVar[str] = "{file}, {place}: missing columns: {missing}; columns read: {found}.{hint_en}"


class RowTooLong(FormatError):
    """A row with more cells than the header has columns: its delimiter or its quotes are wrong, or the header is not
    the first line."""

    code: ClassVar[str] = "row-too-long"
    fr: ClassVar[str] = (
        "{file}, ligne {line} : cellules : {cells} ; attendu, comme l'en-tête : {columns} (sous des titres, "
        "options.header_row dit sa ligne)."
    )
    en: ClassVar[str] = (
        "{file}, line {line}: cells: {cells}; expected, as in the header: {columns} (below titles, "
        "options.header_row says its line)."
    )


class Damaged(FormatError):
    """A file that is cut or corrupt."""

    code: ClassVar[str] = "damaged-file"
    fr: ClassVar[str] = "{file} est tronqué ou abîmé ({detail}) ; attendu : un fichier {format} entier."
    en: ClassVar[str] = "{file} is cut or damaged ({detail}); expected: a whole {format} file."


class TooLarge(FormatError):
    """A file that unpacks to more than the limit: a compression bomb, or a limit to raise."""

    code: ClassVar[str] = "too-large"
    fr: ClassVar[str] = (
        "{file} donne plus de {limit} octets une fois décompressé ({ratio} fois sa taille) ; "
        "attendu : moins (options.maximum_size dans le YAML)."
    )
    en: ClassVar[str] = (
        "{file} unpacks to more than {limit} bytes ({ratio} times its size); "
        "expected: less (options.maximum_size in the YAML)."
    )


class TooManyCells(FormatError):
    """A Parquet file that announces more cells than its bytes are worth: nothing is allocated for them."""

    code: ClassVar[str] = "too-many-cells"
    fr: ClassVar[str] = (
        "{file} annonce {rows} × {columns} cellules ; attendu : {maximum} au plus (options.maximum_cells dans le YAML)."
    )
    en: ClassVar[str] = (
        "{file} announces {rows} × {columns} cells; expected: at most {maximum} (options.maximum_cells in the YAML)."
    )


class MemberMissing(FormatError):
    """An archive lacks the file that the description reads, or holds several and the description names none."""

    code: ClassVar[str] = "member-missing"
    fr: ClassVar[str] = "{file} : l'archive n'a pas de fichier « {member} » ; fichiers présents : {found}."
    en: ClassVar[str] = '{file}: the archive has no file "{member}"; files there: {found}.'


class MemberAmbiguous(FormatError):
    """An archive holds several files of the name that the description reads: twice the same, or in several folders."""

    code: ClassVar[str] = "member-ambiguous"
    fr: ClassVar[str] = (
        "{file} : l'archive a {count} fichiers « {member} » ({found}) ; attendu : un seul (le chemin entier dans "
        "options.member, s'ils sont dans plusieurs dossiers)."
    )
    en: ClassVar[str] = (
        '{file}: the archive has {count} files "{member}" ({found}); expected: a single one (the whole path in '
        "options.member, where they are in several folders)."
    )
