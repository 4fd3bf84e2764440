"""What the parsers of JSON and YAML say of a text that is none, in French; what they say that is not known stays, in
brackets.

Belongs here: words of parsers. Does not: where in the text (each reader says it), nor Arobase's own checks.
"""

from __future__ import annotations

import json

from pipelines.core.text import Said

_JSON = {
    "Expecting value": "une valeur manque",
    "Expecting property name enclosed in double quotes": "un nom entre guillemets doubles manque",
    "Expecting ':' delimiter": "un « : » manque",
    "Expecting ',' delimiter": "une virgule manque",
    "Illegal trailing comma before end of object": "une virgule de trop avant la fin d'un objet",
    "Illegal trailing comma before end of array": "une virgule de trop avant la fin d'une liste",
    "Extra data": "du texte suit la fin du document",
    "Unterminated string starting at": "le texte qui commence ici n'est jamais fermé",
    "Invalid control character at": "un caractère de contrôle dans un texte",
    "Invalid \\escape": "un caractère d'échappement « \\ » qui n'échappe rien",
    "Invalid \\uXXXX escape": "un « \\u » sans ses quatre chiffres",
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": "une marque d'ordre des octets en tête",
}
_YAML = {
    "did not find expected key": "une clé manque, ou est mal alignée",
    "did not find expected '-' indicator": "un « - » manque, ou est mal aligné",
    "did not find expected ',' or ']'": "une virgule ou un « ] » manque",
    "did not find expected ',' or '}'": "une virgule ou un « } » manque",
    "did not find expected node content": "une valeur manque",
    "did not find expected <document start>": "un document commence sans « --- »",
    "did not find expected <stream-start>": "le texte ne commence pas",
    "did not find expected comment or line break": "du texte suit ce qui devait finir la ligne",
    "did not find expected whitespace or line break": "un blanc ou une fin de ligne manque",
    "did not find expected alphabetic or numeric character": "une lettre ou un chiffre manque",
    "could not find expected ':'": "un « : » manque",
    "could not find expected directive name": "le nom d'une directive « % » manque",
    "mapping values are not allowed in this context": "un « : » ne peut pas être ici (guillemets oubliés ?)",
    "block sequence entries are not allowed in this context": "un « - » ne peut pas être ici",
    "block mapping entries are not allowed in this context": "une clé ne peut pas être ici",
    "mapping keys are not allowed in this context": "un « ? » ne peut pas être ici",
    "found character that cannot start any token": "un caractère par lequel rien ne commence (tabulation, @, ` ou %)",
    "found a tab character that violates indentation": "une tabulation au lieu d'espaces",
    "found a tab character that violate indentation": "une tabulation au lieu d'espaces",
    "found a tab character where an indentation space is expected": "une tabulation au lieu d'espaces",
    "found unexpected end of stream": "la fin du fichier est dans un texte entre guillemets",
    "found unexpected document indicator": "un « --- » ou « ... » dans un texte entre guillemets",
    "found unexpected ':'": "un « : » ne peut pas être ici",
    "found unknown escape character": "un caractère d'échappement « \\ » qui n'échappe rien",
    "found undefined tag handle": "une étiquette « ! » que rien ne définit",
    "control characters are not allowed": "un caractère de contrôle",
}


def json_words(error: json.JSONDecodeError) -> Said:
    """What a text is that is no JSON."""
    return _words(error.msg, _JSON, "ce n'est pas du JSON")


def yaml_words(problem: str) -> Said:
    """What a text is that is no YAML."""
    return _words(problem, _YAML, "ce n'est pas du YAML")


def _words(found: str, known: dict[str, str], otherwise: str) -> Said:
    return Said(known.get(found, f"{otherwise} [{found}]"), found)
