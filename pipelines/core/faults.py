"""Errors that nobody foresaw, made into one that a person can act on: what failed, where, and never a value.

Belongs here: the error and the frames that are logged. Does not: deciding what goes on without what failed.

The text of an exception may hold a cell of a record, so that neither the message nor the log has it: the log has the
kinds of the exceptions and the lines of code they went through.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty

PACKAGE = Path(__file__).resolve().parents[1]
# Of a recursion that never ends, its beginning and its end say everything.
FIRST, LAST = 10, 30
_log = logging.getLogger("arobase.faults")


class UnexpectedFault(ArobaseError):
    """Something failed in a way that the code does not foresee: a fault of Arobase, whatever the input."""

    code: ClassVar[str] = "unexpected-fault"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{file} : « {name} », étape {stage} : erreur imprévue {kind} ({place}). Le reste continue sans « {name} ». "
        "Le journal de l'exécution donne les lignes de code ; signalez-les à la personne qui maintient Arobase."
    )
    en: ClassVar[str] = (
        '{file}: "{name}", stage {stage}: unexpected error {kind} ({place}). Everything else goes on without "{name}". '
        "The log of the run has the lines of code; report them to the maintainer of Arobase."
    )


def unexpected(error: BaseException, *, name: str, stage: str, file: str) -> UnexpectedFault:
    """The error to report and to go on without, its frames logged. It holds no reference to `error`, nor any text of
    it.

    `file`: the description of what failed, relative to the project.
    """
    place, lines = frames_of(error)
    _log.error("%s, %s: %s at %s\n%s", name, stage, type(error).__name__, place, "\n".join(lines))
    return UnexpectedFault(name=name, stage=stage, file=file, kind=type(error).__name__, place=place)


def frames_of(error: BaseException) -> tuple[str, list[str]]:
    """Where an error was raised, in our own code if it went through it; the kinds and lines of it and its causes."""
    lines: list[str] = []
    place = "?"
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        seen.append(current)
        frames = traceback.extract_tb(current.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
        if current is error and frames:
            place = _place((own or list(frames))[-1])
        lines.append(type(current).__name__)
        listed = [f"  {_place(frame)} {frame.name}" for frame in frames]
        if len(listed) > FIRST + LAST:
            listed = [*listed[:FIRST], f"  … {len(listed) - FIRST - LAST}", *listed[-LAST:]]
        lines += listed
        current = current.__cause__ or current.__context__
    return place, lines


def _place(frame: traceback.FrameSummary) -> str:
    """A frame as "pipelines/formats/json.py:42", or by the last parts of its path where it is not ours."""
    path = Path(frame.filename)
    relative = path.relative_to(PACKAGE.parent) if path.is_relative_to(PACKAGE) else Path(*path.parts[-2:])
    return f"{relative.as_posix()}:{frame.lineno}"
