"""What Dagster shows, in the language of the deployment: AROBASE_LANG, else the system's.

Belongs here: choosing the language, and errors as Dagster shows them. Does not: any sentence but those. Names of
assets, jobs, checks and sensors are of no language: Dagster keeps their history by them.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Language, Said, terminal_language
from pipelines.pipeline.errors import InputMissing, RowsMissing

MACHINE = "arobase"
"""The metadata that programs read: an error's code, who fixes it, and its sentence in both languages."""


LACKING = {RowsMissing.code: "source", InputMissing.code: "input"}
"""Errors of a table that lacks something, with the fact that names what it lacks."""


def language() -> Language:
    return terminal_language()


def say(french: str, english: str) -> str:
    return Said(french, english)[language()]


def in_words(text: Said) -> str:
    return text[language()]


def sentence(error: ArobaseError) -> str:
    """An error in one line: what, who fixes it, its code."""
    return f"{error.message(language())} → {error.advice(language())} [{error.code}]"


def listed(texts: dict[str, str]) -> str:
    """One line a name: `villes: the file is missing`."""
    colon = say(" : ", ": ")
    return "\n".join(f"{name}{colon}{text}" for name, text in texts.items())


def facts_of(error: ArobaseError) -> dict[str, Any]:
    """An error as metadata: its code and who fixes it, for people, and all of it for programs."""
    return {
        "code": error.code,
        say("à corriger par", "to be fixed by"): error.advice(language()),
        MACHINE: facts_for_programs(
            Said(error.message("fr"), error.message("en")),
            Said(error.advice("fr"), error.advice("en")),
            error.code,
            lacks=str(error.facts[LACKING[error.code]]) if error.code in LACKING else "",
        ),
    }


def facts_for_programs(what: Said, who: Said, code: str, lacks: str = "") -> dg.JsonMetadataValue:
    """What alerts are made from, whatever the language of those who are notified. `lacks`: the source or the table that
    is missing, where that is the fault."""
    facts: dict[str, Any] = {"what": [what.fr, what.en], "who": [who.fr, who.en], "code": code}
    return dg.MetadataValue.json({**facts, "lacks": lacks} if lacks else facts)


def failure(error: ArobaseError) -> dg.Failure:
    """An error that a person can act on, as Dagster shows it. One that waiting would not fix is not retried."""
    return dg.Failure(description=error.message(language()), metadata=facts_of(error), allow_retries=error.passes)
