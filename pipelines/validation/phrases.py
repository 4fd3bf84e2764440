"""What Frictionless' rules mean, in French and English, for somebody who publishes data and knows neither.

Belongs here: one phrase a rule and constraint, and what to do about it. Does not: counting or showing errors.
"""

from __future__ import annotations

import ast
import re
from functools import cache

from pipelines.core.text import Language

TYPES: dict[str, tuple[str, str]] = {
    "integer": ("un nombre entier", "a whole number"),
    "number": ("un nombre, avec un point pour les décimales", "a number, with a point for decimals"),
    "boolean": ("vrai ou faux (true, false)", "true or false"),
    "date": ("une date (AAAA-MM-JJ)", "a date (YYYY-MM-DD)"),
    "datetime": ("une date et heure (AAAA-MM-JJThh:mm:ssZ)", "a date and time (YYYY-MM-DDThh:mm:ssZ)"),
    "time": ("une heure (hh:mm:ss)", "a time (hh:mm:ss)"),
    "year": ("une année (AAAA)", "a year (YYYY)"),
    "yearmonth": ("un mois (AAAA-MM)", "a month (YYYY-MM)"),
    "geopoint": ("un point (longitude, latitude)", "a point (longitude, latitude)"),
    "string": ("un texte", "a text"),
}
FORMATS: dict[str, tuple[str, str]] = {
    "email": ("une adresse électronique", "an e-mail address"),
    "uri": ("une adresse web complète", "a complete web address"),
    "uuid": ("un identifiant UUID", "a UUID"),
}
CONSTRAINTS: dict[str, tuple[str, str]] = {
    "required": ("une valeur (elle est obligatoire)", "a value (it is required)"),
    "enum": ("une de ces valeurs : {bound}", "one of {bound}"),
    "pattern": ("un texte de la forme {bound}", "a text of the form {bound}"),
    "minimum": ("au moins {bound}", "at least {bound}"),
    "maximum": ("au plus {bound}", "at most {bound}"),
    "exclusiveMinimum": ("plus de {bound}", "more than {bound}"),
    "exclusiveMaximum": ("moins de {bound}", "less than {bound}"),
    "minLength": ("au moins {bound} caractères", "at least {bound} characters"),
    "maxLength": ("au plus {bound} caractères", "at most {bound} characters"),
}
RULES: dict[str, tuple[str, str]] = {
    "french-siret-value": ("Numéro SIRET invalide", "Invalid SIRET number"),
    "french-siren-value": ("Numéro SIREN invalide", "Invalid SIREN number"),
    "compare-columns-value": ("Colonnes dans le mauvais ordre", "Columns in the wrong order"),
    "cohesive-columns-value": (
        "Colonnes qui vont ensemble, remplies à moitié",
        "Columns that go together, half filled",
    ),
    "sum-columns-value": ("Somme inexacte", "Wrong sum"),
    "year-interval-value": ("Période mal écrite", "Badly written period"),
    "one-of-required": ("Aucune des deux colonnes requises n'est remplie", "Neither of two columns is filled"),
    "nomenclature-actes-value": ("Matière hors de la nomenclature Actes", "Subject outside the Actes nomenclature"),
    "type-error": ("Valeur d'un autre type", "Value of another type"),
    "constraint-error": ("Valeur hors des limites du champ", "Value outside the field's limits"),
    "unique-error": ("Valeur déjà présente dans une autre ligne", "Value already in another row"),
    "primary-key": ("Clé vide ou déjà présente", "Key empty or already there"),
    "foreign-key": ("Renvoi à une ligne qui n'existe pas", "Reference to a row that does not exist"),
    "blank-row": ("Ligne vide", "Blank row"),
    "missing-cell": ("Cellule manquante en fin de ligne", "Missing cell at the end of the row"),
    "extra-cell": ("Cellule en trop en fin de ligne", "Extra cell at the end of the row"),
    "missing-label": ("Colonne absente de l'en-tête", "Column missing from the header"),
    "extra-label": ("Colonne que le schéma ne connaît pas", "Column unknown to the schema"),
    "incorrect-label": ("Colonne d'un autre nom que le champ attendu", "Column named otherwise than the field"),
    "duplicate-label": ("Colonne nommée deux fois", "Column named twice"),
    "blank-label": ("Colonne sans nom", "Column without a name"),
    "encoding-error": ("Fichier écrit dans un autre encodage", "File in another encoding"),
    "scheme-error": ("Fichier absent ou inaccessible", "File missing or out of reach"),
    "format-error": ("Fichier d'un autre format", "File of another format"),
    "compression-error": ("Archive endommagée ou d'un autre format", "Archive damaged or of another format"),
    "hash-count": ("Empreinte différente de celle du descripteur", "Hash unlike that of the descriptor"),
    "byte-count": ("Taille différente de celle du descripteur", "Size unlike that of the descriptor"),
    "field-count": ("Nombre de colonnes différent du descripteur", "Number of columns unlike the descriptor's"),
    "row-count": ("Nombre de lignes différent du descripteur", "Number of rows unlike the descriptor's"),
    "source-error": ("Fichier vide ou illisible comme table", "File empty or not readable as a table"),
}
DESCRIPTOR = (
    "Vérifiez que c'est le bon fichier, puis corrigez le descripteur.",
    "Check that it is the right file, then correct the descriptor.",
)
ADVICE: dict[str, tuple[str, str]] = {
    "type-error": ("Réécrivez ces cellules sous la forme attendue.", "Rewrite these cells in the expected form."),
    "constraint-error": ("Corrigez ces valeurs.", "Correct these values."),
    "unique-error": (
        "Supprimez les doublons, ou corrigez l'identifiant.",
        "Remove the repeats, or correct the identifier.",
    ),
    "primary-key": ("Donnez à chaque ligne une clé qui lui est propre.", "Give each row a key of its own."),
    "foreign-key": ("Corrigez la valeur, ou ajoutez la ligne manquante.", "Correct the value, or add the missing row."),
    "blank-row": ("Supprimez ces lignes.", "Remove these rows."),
    "missing-cell": ("Vérifiez séparateurs et guillemets de ces lignes.", "Check delimiters and quotes of these rows."),
    "extra-cell": ("Vérifiez séparateurs et guillemets de ces lignes.", "Check delimiters and quotes of these rows."),
    "missing-label": ("Ajoutez la colonne à la place attendue.", "Add the column where it is expected."),
    "extra-label": ("Supprimez la colonne, ou ajoutez-la au schéma.", "Remove the column, or add it to the schema."),
    "incorrect-label": ("Reprenez noms et ordre des colonnes du schéma.", "Take the schema's column names and order."),
    "hash-count": DESCRIPTOR,
    "byte-count": DESCRIPTOR,
    "field-count": DESCRIPTOR,
    "row-count": DESCRIPTOR,
    "scheme-error": ("Vérifiez le chemin dans le descripteur.", "Check the path in the descriptor."),
    "encoding-error": (
        "Enregistrez le fichier en UTF-8, ou nommez son encodage (--encoding cp1252).",
        "Save the file as UTF-8, or name its encoding (--encoding cp1252).",
    ),
}


def rule_title(rule: str, language: Language) -> str:
    """A rule as a short title; the rule's own name when we have no better."""
    return _spoken(RULES.get(rule, (rule, rule)), language)


def advice(rule: str, language: Language) -> str:
    """What to do about errors of a rule, empty when there is nothing general to say."""
    return _spoken(ADVICE.get(rule, ("", "")), language)


@cache
def expected(note: str, language: Language) -> str:
    """What a cell should have been, from Frictionless' note; empty when the note does not tell. It holds no value."""
    found = re.fullmatch(r'type is "([a-z]+)/(.*)"', note, re.DOTALL)
    if found:
        kind, form = found.groups()
        if form in FORMATS:
            return _spoken(FORMATS[form], language)
        phrase = _spoken(TYPES.get(kind, (kind, kind)), language)
        return phrase if form == "default" else f"{phrase.split(' (')[0]} ({form})"
    found = re.fullmatch(r'constraint "(\w+)" is "(.*)"', note, re.DOTALL)
    if found and found[1] in CONSTRAINTS:
        text = _listed(found[2]) if found[1] == "enum" else found[2]
        bound = text if len(text) <= 80 else text[:77] + "…"
        return _spoken(CONSTRAINTS[found[1]], language).replace("{bound}", bound)
    return ""


def circumstance(note: str, language: Language) -> str:
    """What Frictionless notes of a row rather than of a cell, in the language."""
    found = re.fullmatch(r"the same as in the row at position (\d+)", note)
    if found:
        return f"déjà à la ligne {found[1]}" if language == "fr" else f"already in row {found[1]}"
    if note == 'cells composing the primary keys are all "None"':
        return "clé vide" if language == "fr" else "empty key"
    found = re.fullmatch(r'expected is "(.*)" and actual is "(.*)"', note, re.DOTALL)
    if found:
        wanted, actual = found.groups()
        return f"attendu : {wanted} ; trouvé : {actual}" if language == "fr" else f"expected: {wanted}; found: {actual}"
    found = re.fullmatch(r"\[Errno 2\] No such file or directory: '(.*)'", note, re.DOTALL)
    if found:
        return f"{found[1]} n'existe pas" if language == "fr" else f"{found[1]} does not exist"
    found = re.fullmatch(r'for "(.*)": values "(.*)" not found in the lookup table "(.*)" as "(.*)"', note, re.DOTALL)
    if found:
        fields, values, table, theirs = found.groups()
        place = f"{table}.{theirs}" if table else theirs
        return f"{fields} « {values} » absent de {place}" if language == "fr" else f"{fields} “{values}” not in {place}"
    return note


def _listed(written: str) -> str:
    """The values of a list as Python writes it, in plain words."""
    try:
        values = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return written
    return ", ".join(map(str, values)) if isinstance(values, list) else written


def _spoken(pair: tuple[str, str], language: Language) -> str:
    return pair[0] if language == "fr" else pair[1]
