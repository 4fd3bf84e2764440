"""What Frictionless' rules mean, in French and English, for somebody who publishes data and knows neither.

Belongs here: one phrase a rule and constraint, and what to do about it. Does not: counting or showing errors.
"""

from __future__ import annotations

import ast
import re
from functools import cache

from pipelines.core.text import Language, Said

TYPES: dict[str, Said] = {
    "integer": Said("un nombre entier", "a whole number"),
    "number": Said(
        "un nombre, avec un point pour les décimales (ou le decimalChar du schéma)",
        "a number, with a point for decimals (or the schema's decimalChar)",
    ),
    "boolean": Said(
        "vrai ou faux (true, false, ou les trueValues et falseValues du schéma)",
        "true or false (or the schema's trueValues and falseValues)",
    ),
    "date": Said("une date (AAAA-MM-JJ)", "a date (YYYY-MM-DD)"),
    "datetime": Said("une date et heure (AAAA-MM-JJThh:mm:ssZ)", "a date and time (YYYY-MM-DDThh:mm:ssZ)"),
    "time": Said("une heure (hh:mm:ss)", "a time (hh:mm:ss)"),
    "year": Said("une année (AAAA)", "a year (YYYY)"),
    "yearmonth": Said("un mois (AAAA-MM)", "a month (YYYY-MM)"),
    "geopoint": Said("un point (longitude, latitude)", "a point (longitude, latitude)"),
    "string": Said("un texte", "a text"),
}
FORMATS: dict[str, Said] = {
    "email": Said("une adresse électronique", "an e-mail address"),
    "uri": Said("une adresse web complète", "a complete web address"),
    "uuid": Said("un identifiant UUID", "a UUID"),
}
CONSTRAINTS: dict[str, Said] = {
    "required": Said("une valeur (elle est obligatoire)", "a value (it is required)"),
    "enum": Said("une de ces valeurs : {bound}", "one of {bound}"),
    "pattern": Said("un texte de la forme {bound}", "a text of the form {bound}"),
    "minimum": Said("au moins {bound}", "at least {bound}"),
    "maximum": Said("au plus {bound}", "at most {bound}"),
    "exclusiveMinimum": Said("plus de {bound}", "more than {bound}"),
    "exclusiveMaximum": Said("moins de {bound}", "less than {bound}"),
    "minLength": Said("au moins {bound} caractères", "at least {bound} characters"),
    "maxLength": Said("au plus {bound} caractères", "at most {bound} characters"),
}
RULES: dict[str, Said] = {
    "siret": Said("Numéro SIRET invalide", "Invalid SIRET number"),
    "siren": Said("Numéro SIREN invalide", "Invalid SIREN number"),
    "phone-number-value": Said("Numéro de téléphone invalide", "Invalid telephone number"),
    "opening-hours-value": Said("Horaires mal écrits", "Badly written opening hours"),
    "french-gps-coordinates": Said("Point hors de France, ou mal écrit", "Point outside France, or badly written"),
    "nomenclature-acte": Said("Matière hors de la nomenclature Actes", "Subject outside the Actes nomenclature"),
    "code-region": Said("Code de région inconnu", "Unknown code of a region"),
    "numero-departement": Said("Numéro de département inconnu", "Unknown number of a department"),
    "french-siret-value": Said("Numéro SIRET invalide", "Invalid SIRET number"),
    "french-siren-value": Said("Numéro SIREN invalide", "Invalid SIREN number"),
    "compare-columns-value": Said("Colonnes dans le mauvais ordre", "Columns in the wrong order"),
    "cohesive-columns-value": Said(
        "Colonnes qui vont ensemble, remplies à moitié",
        "Columns that go together, half filled",
    ),
    "sum-columns-value": Said("Somme inexacte", "Wrong sum"),
    "valeur-hors-type": Said("Valeur que son type ne garde pas", "Value that its type does not keep"),
    "year-interval-value": Said("Période mal écrite", "Badly written period"),
    "one-of-required": Said("Aucune des deux colonnes requises n'est remplie", "Neither of two columns is filled"),
    "nomenclature-actes-value": Said("Matière hors de la nomenclature Actes", "Subject outside the Actes nomenclature"),
    "type-error": Said("Valeur d'un autre type", "Value of another type"),
    "constraint-error": Said("Valeur hors des limites du champ", "Value outside the field's limits"),
    "unique-error": Said("Valeur déjà présente dans une autre ligne", "Value already in another row"),
    "primary-key": Said("Clé vide ou déjà présente", "Key empty or already there"),
    "foreign-key": Said("Renvoi à une ligne qui n'existe pas", "Reference to a row that does not exist"),
    "blank-row": Said("Ligne vide", "Blank row"),
    "missing-cell": Said("Cellule manquante en fin de ligne", "Missing cell at the end of the row"),
    "extra-cell": Said("Cellule en trop en fin de ligne", "Extra cell at the end of the row"),
    "missing-label": Said("Colonne absente de l'en-tête", "Column missing from the header"),
    "extra-label": Said("Colonne que le schéma ne connaît pas", "Column unknown to the schema"),
    "incorrect-label": Said("Colonne d'un autre nom que le champ attendu", "Column named otherwise than the field"),
    "duplicate-label": Said("Colonne nommée deux fois", "Column named twice"),
    "blank-label": Said("Colonne sans nom", "Column without a name"),
    "encoding-error": Said("Fichier écrit dans un autre encodage", "File in another encoding"),
    "scheme-error": Said("Fichier absent ou inaccessible", "File missing or out of reach"),
    "format-error": Said("Fichier d'un autre format", "File of another format"),
    "compression-error": Said("Archive endommagée ou d'un autre format", "Archive damaged or of another format"),
    "hash-count": Said("Empreinte différente de celle du descripteur", "Hash unlike that of the descriptor"),
    "byte-count": Said("Taille différente de celle du descripteur", "Size unlike that of the descriptor"),
    "field-count": Said("Nombre de colonnes différent du descripteur", "Number of columns unlike the descriptor's"),
    "row-count": Said("Nombre de lignes différent du descripteur", "Number of rows unlike the descriptor's"),
    "source-error": Said("Fichier vide ou illisible comme table", "File empty or not readable as a table"),
}
NOTES: dict[str, Said] = {
    'cells composing the primary keys are all "None"': Said("clé vide", "empty key"),
    "the source is empty": Said("le fichier est vide", "the file is empty"),
}
DESCRIPTOR = Said(
    "Vérifiez que c'est le bon fichier, puis corrigez le descripteur.",
    "Check that it is the right file, then correct the descriptor.",
)
ADVICE: dict[str, Said] = {
    "valeur-hors-type": Said(
        "Déclarez des décimales exactes (scale) ou un texte (string).",
        "Declare exact decimals (scale) or a text (string).",
    ),
    "type-error": Said("Réécrivez ces cellules sous la forme attendue.", "Rewrite these cells in the expected form."),
    "constraint-error": Said("Corrigez ces valeurs.", "Correct these values."),
    "unique-error": Said(
        "Supprimez les doublons, ou corrigez l'identifiant.",
        "Remove the repeats, or correct the identifier.",
    ),
    "primary-key": Said("Donnez à chaque ligne une clé qui lui est propre.", "Give each row a key of its own."),
    "foreign-key": Said(
        "Corrigez la valeur, ou ajoutez la ligne manquante.", "Correct the value, or add the missing row."
    ),
    "blank-row": Said("Supprimez ces lignes.", "Remove these rows."),
    "missing-cell": Said(
        "Vérifiez séparateurs et guillemets de ces lignes.", "Check delimiters and quotes of these rows."
    ),
    "extra-cell": Said(
        "Vérifiez séparateurs et guillemets de ces lignes.", "Check delimiters and quotes of these rows."
    ),
    "missing-label": Said("Ajoutez la colonne à la place attendue.", "Add the column where it is expected."),
    "extra-label": Said(
        "Supprimez la colonne, ou ajoutez-la au schéma.", "Remove the column, or add it to the schema."
    ),
    "incorrect-label": Said(
        "Reprenez noms et ordre des colonnes du schéma.", "Take the schema's column names and order."
    ),
    "hash-count": DESCRIPTOR,
    "byte-count": DESCRIPTOR,
    "field-count": DESCRIPTOR,
    "row-count": DESCRIPTOR,
    "scheme-error": Said("Vérifiez le chemin dans le descripteur.", "Check the path in the descriptor."),
    "encoding-error": Said(
        "Enregistrez le fichier en UTF-8, ou nommez son encodage (--encoding cp1252).",
        "Save the file as UTF-8, or name its encoding (--encoding cp1252).",
    ),
}


def rule_title(rule: str, language: Language) -> str:
    """A rule as a short title; the rule's own name when we have no better."""
    return RULES.get(rule, Said(rule, rule))[language]


def advice(rule: str, language: Language) -> str:
    """What to do about errors of a rule, empty when there is nothing general to say."""
    return ADVICE.get(rule, Said("", ""))[language]


@cache
def expected(note: str, language: Language) -> str:
    """What a cell should have been, from Frictionless' note; empty when the note does not say. It contains no value."""
    found = re.fullmatch(r'type is "([a-z]+)/(.*)"', note, re.DOTALL)
    if found:
        kind, form = found.groups()
        if form in FORMATS:
            return FORMATS[form][language]
        phrase = TYPES.get(kind, Said(kind, kind))[language]
        return phrase if form == "default" else f"{phrase.split(' (')[0]} ({form})"
    found = re.fullmatch(r'constraint "(\w+)" is "(.*)"', note, re.DOTALL)
    if found and found[1] in CONSTRAINTS:
        text = _listed(found[2]) if found[1] == "enum" else found[2]
        bound = text if len(text) <= 80 else text[:77] + "…"
        return CONSTRAINTS[found[1]][language].replace("{bound}", bound)
    return ""


def circumstance(note: str, language: Language) -> str:
    """What Frictionless notes of a row rather than of a cell, in the language."""
    found = re.fullmatch(r"the same as in the row at position (\d+)", note)
    if found:
        return Said(f"déjà à la ligne {found[1]}", f"already in row {found[1]}")[language]
    if note in NOTES:
        return NOTES[note][language]
    found = re.fullmatch(r'expected is "(.*)" and actual is "(.*)"', note, re.DOTALL)
    if found:
        wanted, actual = found.groups()
        return Said(f"attendu : {wanted} ; trouvé : {actual}", f"expected: {wanted}; found: {actual}")[language]
    found = re.fullmatch(r"\[Errno 2\] No such file or directory: '(.*)'", note, re.DOTALL)
    if found:
        return Said(f"{found[1]} n'existe pas", f"{found[1]} does not exist")[language]
    found = re.fullmatch(r'for "(.*)": values "(.*)" not found in the lookup table "(.*)" as "(.*)"', note, re.DOTALL)
    if found:
        fields, values, table, theirs = found.groups()
        place = f"{table}.{theirs}" if table else theirs
        return Said(f"{fields} « {values} » absent de {place}", f"{fields} “{values}” not in {place}")[language]
    return note


def _listed(written: str) -> str:
    """The values of a list as Python writes it, in plain words."""
    try:
        values = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return written
    return ", ".join(map(str, values)) if isinstance(values, list) else written
