"""The command line's front door: `arobase COMMAND …`.

Belongs here: finding commands and saying what went wrong. Does not: any command; those are files of `commands/`, found
by their names and imported only when they run, so that `arobase --help` answers at once.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import click

from pipelines.commands._bilingual import Group, Option, language_of, option, spoken
from pipelines.core.domains import modules_of
from pipelines.core.errors import ArobaseError
from pipelines.core.interruption import ending_in_one_line
from pipelines.core.logs import Format, error_line, logger, set_up
from pipelines.core.project import is_address
from pipelines.core.registry import Registry
from pipelines.core.settings import OUTPUTS, PRIVATE_STORE, value_of
from pipelines.core.text import Language, Said, check_language
from pipelines.storage.faults import fault_of

CANNOT = 2
WITHOUT_OUTPUTS = frozenset({"check", "init", "keys", "settings"})
DELETING = frozenset({"clean", "private"})
"""Commands that have to see every snapshot that is kept, to delete some."""
_READY: set[str] = set()


class ReaderGone(Exception):  # nobody's error
    """The reader of what is printed closed its end of the pipe (`| head`).

    click would make exit code 1 of it, which means of many commands that something is wrong with the data."""


@contextmanager
def _readers_that_go() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone from error


class Commands(Group):
    """The files of `pipelines/commands/` and of the project's domains, each with a click command called `command`."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        with _readers_that_go():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> object:
        with _readers_that_go():
            try:
                return super().invoke(ctx)
            except click.UsageError as error:
                if not error_line(error.format_message(), code="usage", exit=CANNOT):
                    raise
                sys.exit(CANNOT)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        _have_outputs(command, cmd_name)
        return command


def _register_modules() -> None:
    """Register the module of each command under the file's name, without importing it."""
    package = importlib.import_module("pipelines.commands")
    engine = [f"pipelines.commands.{info.name}" for info in pkgutil.iter_modules(package.__path__)]
    for module in (*engine, *modules_of("commands")):
        name = module.rpartition(".")[2]
        if not name.startswith("_") and name != "commands":
            COMMANDS.register(name, module)


COMMANDS: Registry[str] = Registry(Said("une commande", "a command"), "commands", fill=_register_modules)


def _have_outputs(command: click.Command, name: str) -> None:
    """Let a command find its outputs in a folder also where AROBASE_OUTPUTS names an object store."""
    if name in _READY:
        return
    _READY.add(name)
    invoke = command.invoke

    def on_outputs(ctx: click.Context) -> object:
        if not is_address(value_of(OUTPUTS).text):
            if name not in WITHOUT_OUTPUTS:
                _tell_unused_store()
            return invoke(ctx)
        from pipelines.pipeline.working_copy import at_hand

        with at_hand(is_used=name not in WITHOUT_OUTPUTS, whole=name in DELETING):
            return invoke(ctx)

    command.invoke = on_outputs  # type: ignore[method-assign]  # as click hands it the context, whatever the command


def _tell_unused_store() -> None:
    """Warn that a private store is set and that personal values stay in a folder all the same."""
    if not value_of(PRIVATE_STORE).text:
        return
    from pipelines.pipeline.private_store import unused_private_store

    unused = unused_private_store()
    if unused is not None:
        logger("settings").warning("%s", unused[spoken()])


@click.command(
    cls=Commands,
    help=Said(
        """Arobase : des documents publics français transformés en données ouvertes vérifiables.

        Les messages et l'aide sont en français ou en anglais, selon --lang, AROBASE_LANG ou la langue du système.""",
        """Arobase: French public records turned into open data that can be trusted.

        Messages and help are in French or in English, by --lang, by AROBASE_LANG or by the system's language.""",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(
    version("arobase"),
    prog_name="arobase",
    cls=Option,
    help=Said("Affiche la version et s'arrête.", "Show the version and exit."),
)
@option(
    "-v",
    "--verbose",
    count=True,
    help=Said(
        "Une ligne par étape, avec ses lignes et ses secondes ; -vv pour plus.",
        "A line for each stage, with rows and seconds; -vv for more.",
    ),
)
@option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help=Said(
        "Ces lignes et les erreurs, pour des personnes ou pour des machines.",
        "Those lines, and errors, for people or for machines.",
    ),
)
def commands(verbose: int, log_format: Format) -> None:
    """`arobase`, with everything that its commands share."""
    set_up(verbose=verbose, log_format=log_format)


def main() -> None:
    """Runs a command; an error that a person can act on is one sentence, who can fix it, and exit code 2.

    What the disk answers is one too. A reader that closed its end of a pipe (`| head`) is nobody's error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or a pipe that knows no « é » or no arrow gets a question mark, not a run that ends in a crash.
            stream.reconfigure(errors="replace")
    # Next to nothing that a run makes refers to itself: looking for such things would be a twentieth of its time.
    gc.set_threshold(50_000, 20, 20)
    language = language_of(sys.argv[1:])
    with ending_in_one_line(lambda: language):
        try:
            check_language()
            commands(prog_name="arobase")
        except ArobaseError as error:
            _exit_with(error, language)
        except (ReaderGone, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to print goes nowhere
            sys.exit(CANNOT)
        except OSError as error:
            _exit_with(fault_of(error), language)


def _exit_with(error: ArobaseError, language: Language) -> None:
    message, advice = error.message(language), error.advice(language)
    if not error_line(message, code=error.code, responsible=error.responsible, exit=CANNOT):
        fix = Said("À corriger par", "To be fixed by")[language]
        click.echo(f"arobase: {message}\n{fix} {advice}. [{error.code}]", err=True)
    sys.exit(CANNOT)


if __name__ == "__main__":
    main()
