"""Help texts of options, and short answers, that several commands have, in both languages."""

from __future__ import annotations

from pipelines.core.text import Said

CANCELLED = Said("Abandonné : rien n'est supprimé.", "Cancelled: nothing is deleted.")
YES = Said("Ne pas demander de confirmation.", "Do not ask again.")
FORMAT = Said(
    "Par défaut : d'après l'adresse, le serveur ou les octets.", "Default: by the address, the server, or the bytes."
)
CONNECTOR = Said(
    "Par défaut : files ; paged_json quand la première réponse annonce une suite.",
    "Default: files; paged_json where the first answer says that there is more.",
)
SHEET = Said("Feuille d'un classeur.", "Sheet of a workbook.")
HEADER_ROW = Said(
    "Ligne de l'en-tête, à partir de 1. Par défaut : trouvée, sous les titres.",
    "Row of the header, from 1. Default: found, below titles.",
)
POINTER = Said(
    "Où est la liste dans un document JSON : results. Par défaut : trouvée.",
    "Where the list is in a JSON document: results. Default: found.",
)
ENCODING = Said("Encodage d'un texte. Par défaut : trouvé.", "Encoding of a text. Default: found.")
HEADERS_CHECKED = Said(
    "Les en-têtes sont des noms de colonnes ; ni eux ni le fichier ne nomment personne : quelqu'un a relu.",
    "The headers are names of columns, and neither they nor the file name anybody: somebody has looked.",
)
