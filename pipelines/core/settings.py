"""Settings: every variable of the environment that the project reads, in one place, with what it is for.

Belongs here: their list, reading one, and where its value came from. Does not: what is set in the project's own files
(`arobase.yaml`, `catalogue.yaml`, `sources/`, `schemas/`), nor secrets that those files name, which `arobase settings`
lists beside these.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar, Literal

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Said

PREFIX = "AROBASE_"
Origin = Literal["environment", "default"]


@dataclass(frozen=True)
class Setting:
    """One variable. `use`: what it is for; `default`: what holds when it is not set; `expected`: what it may be.

    The value of a `secret` is never shown.
    """

    name: str
    use: Said
    default: Said
    expected: Said
    secret: bool = False


class SettingWrong(ArobaseError):
    """A variable of the environment has a value that it cannot have."""

    code: ClassVar[str] = "setting-wrong"
    fr: ClassVar[str] = "{name} = {value} : {expected} est attendu."
    en: ClassVar[str] = "{name} = {value}: expected {expected}."


@dataclass(frozen=True)
class Value:
    """What a setting is in an environment; `text` is empty when the default holds."""

    setting: Setting
    text: str
    origin: Origin


ROOT = Setting(
    "AROBASE_ROOT",
    Said("le dossier du projet", "the folder of the project"),
    Said(
        "le premier dossier qui est un projet, en remontant depuis le dossier courant",
        "the first folder that is a project, upwards from the current one",
    ),
    Said("un dossier qui contient arobase.yaml", "a folder that holds arobase.yaml"),
)
OUTPUTS = Setting(
    "AROBASE_OUTPUTS",
    Said("le dossier de tout ce qui est produit", "the folder of everything that is made"),
    Said("outputs/ dans le projet", "outputs/ in the project"),
    Said("un dossier, ou s3://seau/préfixe (un dépôt d'objets)", "a folder, or s3://bucket/prefix (an object store)"),
)
PRIVATE_STORE = Setting(
    "AROBASE_PRIVATE_STORE",
    Said(
        "où sont gardées les valeurs personnelles quand AROBASE_OUTPUTS est un dépôt d'objets",
        "where personal values are kept when AROBASE_OUTPUTS is an object store",
    ),
    Said("aucune valeur personnelle n'est lue ni écrite", "no personal value is read or written"),
    Said(
        "s3://seau/préfixe, chiffré par le dépôt, fermé au public",
        "s3://bucket/prefix, encrypted by the store, closed to the public",
    ),
)
PRIVATE_KEY = Setting(
    "AROBASE_PRIVATE_ACCESS_KEY_ID",
    Said("l'identifiant de la clé du dépôt privé", "the identifier of the private store's key"),
    Said("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"),
    Said("l'identifiant d'une clé S3", "the identifier of an S3 key"),
)
PRIVATE_SECRET = Setting(
    "AROBASE_PRIVATE_SECRET_ACCESS_KEY",
    Said("le secret de la clé du dépôt privé", "the secret of the private store's key"),
    Said("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"),
    Said("le secret d'une clé S3", "the secret of an S3 key"),
    secret=True,
)
SCRATCH = Setting(
    "AROBASE_SCRATCH",
    Said(
        "le dossier des copies de travail quand AROBASE_OUTPUTS est un dépôt d'objets",
        "the folder of working copies when AROBASE_OUTPUTS is an object store",
    ),
    Said("~/.cache/arobase", "~/.cache/arobase"),
    Said("un dossier, sur un disque chiffré", "a folder, on an encrypted disk"),
)
STORE_PATIENCE = Setting(
    "AROBASE_STORE_PATIENCE",
    Said(
        "combien de secondes un dépôt d'objets qui ne répond pas (arrêté, redémarré, surchargé) est attendu",
        "how many seconds an object store that does not answer (stopped, restarted, overloaded) is waited for",
    ),
    Said("60", "60"),
    Said("un nombre entier à partir de 1 ; au plus 300 convient", "a whole number from 1; up to 300 does well"),
)
SOURCES_PER_RUN = Setting(
    "AROBASE_SOURCES_PER_RUN",
    Said(
        "combien de sources une exécution de Dagster traite quand AROBASE_OUTPUTS est un dépôt d'objets",
        "how many sources one run of Dagster takes when AROBASE_OUTPUTS is an object store",
    ),
    Said("50 ; avec un dossier, toutes en une exécution", "50; with a folder, all of them in one run"),
    Said("un nombre entier à partir de 1 ; de 20 à 100 convient", "a whole number from 1; 20 to 100 does well"),
)
MEMORY = Setting(
    "AROBASE_MEMORY",
    Said(
        "la mémoire qu'une exécution peut prendre : une table qui en fait plus d'un seizième est gardée sur disque "
        "(`outputs/work/`) ; une source trop grande même ainsi est refusée avant d'être lue",
        "the memory that a run may take: a table of more than a sixteenth of it is kept on disk (`outputs/work/`); a "
        "source too large even so is refused before it is read",
    ),
    Said("celle qui est libre sur la machine, ou dans son conteneur", "what is free on the machine, or its container"),
    Said("un nombre d'octets, comme 6G ou 800M", "a number of bytes, such as 6G or 800M"),
)
LANGUAGE = Setting(
    "AROBASE_LANG",
    Said(
        "la langue des messages, des alertes et de ce que Dagster montre",
        "the language of messages, of alerts and of what Dagster shows",
    ),
    Said(
        "celle du système (LC_ALL, LC_MESSAGES, LANG), sinon l'anglais",
        "the system's (LC_ALL, LC_MESSAGES, LANG), else English",
    ),
    Said("fr ou en", "fr or en"),
)
SIGNING_KEY = Setting(
    "AROBASE_SIGNING_KEY",
    Said("le texte de la clé privée qui signe les versions", "the text of the private key that signs releases"),
    Said("AROBASE_SIGNING_KEY_FILE, sinon aucune signature", "AROBASE_SIGNING_KEY_FILE, else no signature"),
    Said("une clé privée OpenSSH Ed25519 sans phrase secrète", "an OpenSSH Ed25519 private key with no passphrase"),
    secret=True,
)
SIGNING_KEY_FILE = Setting(
    "AROBASE_SIGNING_KEY_FILE",
    Said("le fichier de la clé privée qui signe les versions", "the file of the private key that signs releases"),
    Said("aucune signature", "no signature"),
    Said("un fichier lisible", "a readable file"),
)
METRICS_FILE = Setting(
    "AROBASE_METRICS_FILE",
    Said(
        "le fichier où arobase release écrit ses chiffres pour Prometheus",
        "the file that arobase release writes its figures to, for Prometheus",
    ),
    Said("aucun fichier ; arobase metrics les affiche", "no file; arobase metrics prints them"),
    Said(
        "un fichier, comme /var/lib/node_exporter/arobase.prom", "a file, such as /var/lib/node_exporter/arobase.prom"
    ),
)
CLOCK_IS_RIGHT = Setting(
    "AROBASE_CLOCK_IS_RIGHT",
    Said(
        "indique que l'horloge de la machine est juste, après un événement daté par une horloge en avance",
        "says that the clock of the machine is right, after an event that a clock ahead of time dated",
    ),
    Said(
        "une date d'avant le dernier événement, ou d'un an après, est refusée",
        "a date before the last event, or a year after it, is refused",
    ),
    Said("1, pour une seule exécution", "1, for one run only"),
)
SETTINGS: tuple[Setting, ...] = (
    ROOT,
    OUTPUTS,
    PRIVATE_STORE,
    PRIVATE_KEY,
    PRIVATE_SECRET,
    SCRATCH,
    STORE_PATIENCE,
    SOURCES_PER_RUN,
    MEMORY,
    LANGUAGE,
    SIGNING_KEY,
    SIGNING_KEY_FILE,
    METRICS_FILE,
    CLOCK_IS_RIGHT,
)
"""Every setting, in the order in which people meet them. A test holds that no other variable is read."""


def value_of(setting: Setting, environment: Mapping[str, str] | None = None) -> Value:
    """The setting's value; one that is set to nothing, or to blanks, is not set."""
    given = os.environ if environment is None else environment
    text = given.get(setting.name, "").strip()
    if not text:
        return Value(setting, "", "default")
    return Value(setting, text, "environment")


def is_set(setting: Setting, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a setting that is either on or off is on."""
    return value_of(setting, environment).text not in ("", "0")


def count_of(setting: Setting, default: int) -> int:
    """The whole number from 1 that a setting gives, `default` when it is not set. Raises `SettingWrong`."""
    text = value_of(setting).text
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise SettingWrong(name=setting.name, value=text, expected=setting.expected)
    return int(text)


def folder_of(setting: Setting, environment: Mapping[str, str] | None = None) -> Path | None:
    """The folder or file that a setting names, none when it is not set."""
    text = value_of(setting, environment).text
    return Path(text) if text else None


def unknown(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables that begin as settings do and are none, with the setting that was probably meant, "" where none is
    near."""
    given = os.environ if environment is None else environment
    known = [setting.name.removeprefix(PREFIX) for setting in SETTINGS]
    strange = sorted(name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX))
    near = {name: get_close_matches(name, known, n=1) for name in strange if name not in known}
    return {PREFIX + name: PREFIX + found[0] if found else "" for name, found in near.items()}
