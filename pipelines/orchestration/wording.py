"""What Dagster shows, in the language of the deployment: AROBASE_LANG, else the system's.

Belongs here: choosing the language, and errors as Dagster shows them. Does not: any sentence but those. Names of
assets, jobs, checks and sensors are of no language: Dagster keeps their history by them.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Language, Said, terminal_language

MACHINE = "arobase"
"""The metadata that programs read: an error's code, who mends it, and its sentence in both languages."""


def language() -> Language:
    return terminal_language()


def say(french: str, english: str) -> str:
    return french if language() == "fr" else english


def in_words(said: Said) -> str:
    return getattr(said, language())  # type: ignore[no-any-return]  # a text of a named tuple


def sentence(error: ArobaseError) -> str:
    """An error in one line: what, who mends it, its code."""
    return f"{error.message(language())} → {error.advice(language())} [{error.code}]"


def listed(said: dict[str, str]) -> str:
    """One line a name: `villes: the file is missing`."""
    colon = say(" : ", ": ")
    return "\n".join(f"{name}{colon}{text}" for name, text in said.items())


def facts_of(error: ArobaseError) -> dict[str, Any]:
    """An error as metadata: its code and who mends it, for people, and all of it for programs."""
    return {
        "code": error.code,
        say("à corriger par", "to be fixed by"): error.advice(language()),
        MACHINE: told_to_programs(
            Said(error.message("fr"), error.message("en")), Said(error.advice("fr"), error.advice("en")), error.code
        ),
    }


def told_to_programs(what: Said, who: Said, code: str) -> dg.JsonMetadataValue:
    """What alerts are made from, whatever the language of those who are told."""
    return dg.MetadataValue.json({"what": list(what), "who": list(who), "code": code})


def failure(error: ArobaseError) -> dg.Failure:
    """An error that a person can act on, as Dagster shows it. One that nobody's waiting would mend is not retried."""
    return dg.Failure(description=error.message(language()), metadata=facts_of(error), allow_retries=error.passes)
