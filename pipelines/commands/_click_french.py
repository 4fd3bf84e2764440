"""click's own words in French.

click asks gettext for each of its sentences by the English one. gettext chooses by the environment only, and what it
would choose would reach every program that a command starts; here the language is that of the command (`--lang`). So
click's modules are given a translation that asks for the language each time. A test reads click's source and fails
when a sentence of the installed version has no French here.
"""

from __future__ import annotations

import gettext
import importlib
from collections.abc import Callable
from typing import Any

MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "shell_completion", "termui", "types", "utils")
"""click's modules that speak to a person on a terminal of Linux or macOS."""

FRENCH = {
    "(Did you mean one of: {possibilities}?)": "(Vouliez-vous dire l'un de ceux-ci : {possibilities} ?)",
    "(dynamic)": "(calculé)",
    "Aborted!": "Abandonné.",
    "Argument {name!r} takes {nargs} values.": "L'argument « {name} » prend {nargs} valeurs.",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.": (
        "Un argument se déclare par un seul nom ; {length} ont été donnés : {decls}."
    ),
    "Boolean option {decl!r} cannot use the same flag for true/false.": (
        "L'option oui/non « {decl} » ne peut pas avoir le même nom pour oui et pour non."
    ),
    "Choice({choices})": "Choix ({choices})",
    "Choose from:\n\t{choices}": "Choisissez parmi :\n\t{choices}",
    "Commands": "Commandes ",
    "Confirm the action without prompting.": "Ne pas demander de confirmation.",
    "Could not determine name for option with declarations {decls!r}": "Aucun nom possible pour l'option {decls}",
    "Could not open file {filename!r}: {message}": "Impossible d'ouvrir le fichier « {filename} » : {message}",
    "Couldn't detect Bash version, shell completion is not supported.": (
        "La version de Bash n'a pas été trouvée ; la complétion n'est pas disponible."
    ),
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}": (
        "Attention : la commande « {name} » est obsolète.{extra_message}"
    ),
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}": (
        "Attention : « {name} » est obsolète.{extra_message}"
    ),
    "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
    "Do you want to continue?": "Voulez-vous continuer ?",
    "Error: The two entered values do not match.": "Erreur : les deux valeurs saisies sont différentes.",
    "Error: invalid input": "Erreur : saisie non valide",
    "Error: {message}": "Erreur : {message}",
    "Got unexpected extra argument ({args})": "Argument en trop : {args}",
    "Got unexpected extra arguments ({args})": "Arguments en trop : {args}",
    "Invalid start character for option ({option})": "Une option ne commence pas ainsi : {option}",
    "Invalid value for {param_hint}: {message}": "Valeur non valide pour {param_hint} : {message}",
    "Invalid value: {message}": "Valeur non valide : {message}",
    "Missing argument": "Argument manquant :",
    "Missing command.": "Commande manquante.",
    "Missing option": "Option manquante :",
    "Missing parameter": "Paramètre manquant :",
    "Missing parameter: {param_name}": "Paramètre manquant : {param_name}",
    "Missing {param_type}": "Il manque {param_type} :",
    "Name '{name}' defined twice": "Le nom « {name} » est défini deux fois",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead? Did you mean to "
    "pass '--{name}'?": (
        "Un nom sans option a été donné ({name}). Fallait-il déclarer un argument, ou écrire « --{name} » ?"
    ),
    "No such command {name!r}.": "La commande « {name} » n'existe pas.",
    "No such option {name!r}.": "L'option « {name} » n'existe pas.",
    "Option {name!r} does not take a value.": "L'option « {name} » ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "L'option « {name} » attend une valeur.",
    "Option {name!r} requires {nargs} arguments.": "L'option « {name} » attend {nargs} valeurs.",
    "Options": "Options ",
    "Positional arguments": "Arguments ",
    "Press any key to continue...": "Appuyez sur une touche pour continuer…",
    "Repeat for confirmation": "Répétez pour confirmer",
    "Shell completion is not supported for Bash versions older than 4.4.": (
        "La complétion demande Bash 4.4 ou une version plus récente."
    ),
    "Show the version and exit.": "Affiche la version et s'arrête.",
    "Show this message and exit.": "Affiche cette aide et s'arrête.",
    "Takes {nargs} values but 1 was given.": "{nargs} valeurs sont attendues ; une seule a été donnée.",
    "Takes {nargs} values but {len} were given.": "{nargs} valeurs sont attendues ; {len} ont été données.",
    "Try '{command} {option}' for help.": "Pour l'aide : {command} {option}",
    "Unknown color {colour!r}": "Couleur inconnue : « {colour} »",
    "Unknown standard stream '{name}'": "Flux standard inconnu : « {name} »",
    "Usage:": "Utilisation :",
    "Value must be an iterable.": "Une liste de valeurs est attendue.",
    "default: {default}": "par défaut : {default}",
    "deprecated": "obsolète",
    "directory": "dossier",
    "env var: {var}": "variable : {var}",
    "file": "fichier",
    "path": "chemin",
    "required": "obligatoire",
    "unknown error": "erreur inconnue",
    "{editor}: Editing failed": "{editor} : l'édition a échoué",
    "{editor}: Editing failed: {e}": "{editor} : l'édition a échoué : {e}",
    "{len_type} values are required, but {len_value} was given.": (
        "{len_type} valeurs sont attendues ; {len_value} a été donnée."
    ),
    "{len_type} values are required, but {len_value} were given.": (
        "{len_type} valeurs sont attendues ; {len_value} ont été données."
    ),
    "{name} {filename!r} does not exist.": "« {filename} » n'existe pas.",
    "{name} {filename!r} is a directory.": "« {filename} » est un dossier ; un fichier est attendu.",
    "{name} {filename!r} is a file.": "« {filename} » est un fichier ; un dossier est attendu.",
    "{name} {filename!r} is not executable.": "« {filename} » n'est pas exécutable.",
    "{name} {filename!r} is not readable.": "« {filename} » n'est pas lisible : vérifiez les droits.",
    "{name} {filename!r} is not writable.": "« {filename} » n'est pas modifiable : vérifiez les droits.",
    "{value!r} does not match the format {format}.": "« {value} » ne suit pas le format {format}.",
    "{value!r} does not match the formats {formats}.": "« {value} » ne suit aucun des formats {formats}.",
    "{value!r} is not a valid UUID.": "« {value} » n'est pas un UUID.",
    "{value!r} is not a valid boolean. Recognized values: {states}": (
        "« {value} » n'est ni oui ni non. Valeurs admises : {states}"
    ),
    "{value!r} is not a valid {number_type}.": "« {value} » n'est pas un {number_type}.",
    "{value!r} is not one of {choices}.": "« {value} » n'est pas l'une de ces valeurs : {choices}.",
    "{value!r} is not {choice}.": "« {value} » n'est pas {choice}.",
    "{value} is not in the range {range}.": "{value} est hors limites ; attendu : {range}.",
    "%(prog)s, version %(version)s": "%(prog)s, version %(version)s",
    "Windows error: {error}": "Erreur de Windows : {error}",
    "d": "j",
}
TERMS = {
    "argument": "un argument",
    "option": "une option",
    "parameter": "un paramètre",
    "integer": "nombre entier",
    "integer range": "nombre entier",
    "float": "nombre",
    "float range": "nombre",
}
"""click's words for kinds of parameters and of numbers, which it puts into its sentences as they are."""


class _Sentence(str):
    """A French sentence that click fills in, its kinds of things in French too."""

    __slots__ = ()

    def format(self, *values: Any, **facts: Any) -> str:
        for kind in ("number_type", "param_type"):
            if kind in facts:
                facts[kind] = TERMS.get(facts[kind], facts[kind])
        return super().format(*values, **facts)


class French(gettext.NullTranslations):
    """click's sentences, in French while `is_french` says so; one that is unknown stays as it is."""

    def __init__(self, is_french: Callable[[], bool]) -> None:
        super().__init__()
        self.is_french = is_french

    def gettext(self, message: str) -> str:
        if not self.is_french():
            return message
        return _Sentence(FRENCH.get(message, message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """French counts zero as one: « 0 valeur »."""
        if not self.is_french():
            return super().ngettext(msgid1, msgid2, n)
        return self.gettext(msgid1 if n < 2 else msgid2)


def install(words: French) -> None:
    """Let click speak these words."""
    for name in MODULES:
        module = importlib.import_module(f"click.{name}")
        for function, ours in (("_", words.gettext), ("ngettext", words.ngettext)):
            if hasattr(module, function):
                setattr(module, function, ours)
