"""Commands, options and arguments of click whose texts are in French and in English.

Belongs here: the classes that the commands are made of, and the language that is spoken while one runs. Does not: any
command, nor click's own words in French (`_click_french.py`).

The language is chosen before anything is parsed, so that help and errors of use are in it too: `--lang` wherever it
stands on the line (the last one counts), else `terminal_language`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, get_args

import click

from pipelines.commands._click_french import French, install
from pipelines.core.text import Language, Said, terminal_language

LANGUAGES: tuple[Language, ...] = get_args(Language)
CHOSEN = "pipelines.lang"
TYPE_NAMES = {
    "text": Said("TEXTE", "TEXT"),
    "integer": Said("ENTIER", "INTEGER"),
    "integer range": Said("ENTIER", "INTEGER"),
    "float": Said("NOMBRE", "NUMBER"),
    "float range": Said("NOMBRE", "NUMBER"),
    "file": Said("FICHIER", "FILE"),
    "directory": Said("DOSSIER", "FOLDER"),
    "path": Said("CHEMIN", "PATH"),
    "size": Said("TAILLE", "SIZE"),
}
"""What click's types of values are called in a usage line."""
BEFORE_MARKS = re.compile(r" (?=[:;!?»])|(?<=«) ")
"""Spaces at which a French line is not broken."""
_SPOKEN: ContextVar[Language | None] = ContextVar("spoken", default=None)
BEFORE = Said("Elle se place avant la commande : {path} {option} …", "It stands before the command: {path} {option} …")
WORDS = French(lambda: spoken() == "fr")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def spoken() -> Language:
    """The language of the command that runs; outside any, the terminal's."""
    return _SPOKEN.get() or terminal_language()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak this language meanwhile."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def language_of(words: Sequence[str]) -> Language:
    """The language that a command line asks for: its last `--lang` that names one, else the terminal's."""
    wanted = None
    for index, word in enumerate(words):
        if word == "--":
            break
        value = word.removeprefix("--lang=")
        if word == "--lang":
            value = words[index + 1] if index + 1 < len(words) else ""
        if value != word and value in LANGUAGES:
            wanted = value
    return terminal_language(wanted)


class _Text:
    """An attribute that click reads as a string: given in both languages, read in the one that is spoken."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = f"_{name}_in_both"

    def __get__(self, instance: object, owner: type | None = None) -> Any:  # a string, or none
        value: Said | str | None = vars(instance).get(self.slot)
        if not isinstance(value, Said):
            return value
        language = spoken()
        return BEFORE_MARKS.sub("\u00a0", value[language]) if language == "fr" else value[language]

    def __set__(self, instance: object, value: Said | str | None) -> None:
        vars(instance)[self.slot] = value


def _untranslated(kind: click.ParamType[Any]) -> None:
    """Give a type of paths its English name again: click translates it once, in the language spoken at import."""
    if isinstance(kind, click.Path):
        kind.name = "path" if kind.file_okay and kind.dir_okay else "file" if kind.file_okay else "directory"


class Option(click.Option):
    """An option whose help, and whose name for its value where it has one, are in both languages."""

    help = _Text()
    metavar = _Text()

    def __init__(self, declarations: Sequence[str], *, help: Said, **attributes: Any) -> None:  # noqa: A002  # as click calls it  click's
        super().__init__(declarations, **attributes)
        self.help = help
        _untranslated(self.type)

    def make_metavar(self, ctx: click.Context) -> str:
        words = TYPE_NAMES.get(self.type.name)
        if self.metavar is None and words is not None:
            return words[spoken()]
        return super().make_metavar(ctx)


class Argument(click.Argument):
    """An argument whose name on the usage line is in both languages."""

    word: Said

    def __init__(self, declarations: Sequence[str], *, metavar: Said, **attributes: Any) -> None:
        super().__init__(declarations, **attributes)
        self.word = metavar
        _untranslated(self.type)

    @property
    def human_readable_name(self) -> str:
        return self.word[spoken()]

    def make_metavar(self, ctx: click.Context) -> str:
        name = self.word[spoken()]
        metavar = name if self.required else f"[{name}]"
        return metavar if self.nargs == 1 else f"{metavar}..."


class _Spoken(click.Command):
    """What commands and groups share: their own texts, `--lang`, and speaking the language that is asked for."""

    help = _Text()
    epilog = _Text()
    options_metavar = _Text()

    def __init__(self, *arguments: Any, help: Said, epilog: Said | None = None, **attributes: Any) -> None:  # noqa: A002  # as click calls it
        super().__init__(*arguments, **attributes)
        self.help, self.epilog = help, epilog
        self.options_metavar = Said("[OPTIONS]", "[OPTIONS]")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = WORDS.gettext("Show this message and exit.")  # click keeps the option of the first language
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, whole: click would cut it at the width of the list."""
        paragraph = " ".join(str(self.help).partition("\n\n")[0].split())
        return re.split(r"(?<=[.)])\s(?=[A-ZÀ-Ý])", paragraph)[0]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; of an option that stands before the command, it says where."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            above = ctx.parent
            while above is not None:
                if any(error.option_name in (*item.opts, *item.secondary_opts) for item in above.command.params):
                    where = BEFORE[spoken()].format(path=above.command_path, option=error.option_name)
                    raise click.NoSuchOption(error.option_name, f"{error.message} {where}", ctx=ctx) from None
                above = above.parent
            raise

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        words = sys.argv[1:] if args is None else list(args)
        with speaking(language_of(words)):
            return super().main(words, *rest, **extra)


def _inherited(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        ctx.meta[CHOSEN] = value
    found: str | None = ctx.meta.get(CHOSEN)
    return found


LANG: dict[str, Any] = {
    "type": click.Choice(LANGUAGES),
    "callback": _inherited,
    "help": Said("Langue des messages et de l'aide.", "Language of messages and help."),
}


class Command(_Spoken):
    """A command whose help is in both languages."""


class Group(_Spoken, click.Group):
    """A group of commands whose help is in both languages, and which takes `--lang` for all of them."""

    command_class = Command
    subcommand_metavar = _Text()

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.subcommand_metavar = Said("COMMANDE [ARGUMENTS]...", "COMMAND [ARGS]...")
        self.params.append(Option(["--lang"], **LANG, expose_value=False))


def as_command(name: str, *, help: Said, epilog: Said | None = None) -> Callable[[Decorated], Command]:  # noqa: A002  # as click calls it
    """A command of `arobase`. `help`: its first sentence is what the list of commands shows."""
    return click.command(name, cls=Command, help=help, epilog=epilog)


def as_group(name: str, *, help: Said) -> Callable[[Decorated], Group]:  # noqa: A002  # as click calls it
    """A group of commands of `arobase`."""
    return click.group(name, cls=Group, help=help)


def option(*declarations: str, help: Said, **attributes: Any) -> Callable[[Decorated], Decorated]:  # noqa: A002  # as click calls it
    """An option, as `click.option` takes it."""
    return click.option(*declarations, cls=Option, help=help, **attributes)


def argument(name: str, *, metavar: Said, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """An argument, as `click.argument` takes it. `metavar`: its bare name; brackets and dots are added."""
    return click.argument(name, cls=Argument, metavar=metavar, **attributes)


def lang_option(decorated: Decorated) -> Decorated:
    """`--lang`, which each command has: its value is what the line says, here or at a group above, if anything."""
    return click.option("--lang", cls=Option, **LANG)(decorated)


class Misused(click.UsageError):
    """A command line that cannot be carried out, said in both languages."""

    def __init__(self, words: Said) -> None:
        super().__init__(words[spoken()])


def agrees(question: Said) -> bool:
    """Whether the person at the terminal says yes, in a word of the language; no answer is no.

    The question goes to the standard error, so that what is printed stays what was asked for.
    """
    agreed, choices = {"fr": (("o", "oui"), "o/N"), "en": (("y", "yes"), "y/N")}[spoken()]
    try:
        answer = click.prompt(
            f"{question[spoken()]} [{choices}]", default="", show_default=False, prompt_suffix=" ", err=True
        )
    except click.Abort:
        click.echo(err=True)
        return False
    return str(answer).strip().lower() in agreed


install(WORDS)
