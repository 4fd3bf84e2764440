"""Which questions have a page: those whose tables are published.

Belongs here: the list. A question is found by registration: a file of a domain's charts that calls `asks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from pipelines.catalogue.model import Holding, Version
from pipelines.catalogue.pictures.gallery import Figures, Picture, figures_printed, of_its_time, pictures_of
from pipelines.catalogue.wording import Wording
from pipelines.core.registry import Registry
from pipelines.core.text import Language, Said

Versions = Mapping[str, Version]


@dataclass(frozen=True)
class Answer:
    """One part of an answer: a heading, a sentence with its figures, and the numbers that they come from."""

    heading: Said
    text: Said
    figures: Mapping[Language, Figures] | None = None


@dataclass(frozen=True)
class Question:
    """A question and what the tables answer. `cautions`: what must not be concluded, shown before the answers.

    `tables`: "package/table" of what was read, in their order. `pictures`: names of pictures of those packages.
    """

    name: str
    title: Said
    lead: Said
    cautions: Sequence[Said]
    answers: Sequence[Answer]
    tables: Sequence[str]
    pictures: Sequence[str] = ()
    shown: Sequence[Picture] = field(default=())

    @property
    def path(self) -> str:
        return f"questions/{self.name}.html"


Asked = Callable[[Versions], Question]
QUESTIONS: Registry[tuple[int, tuple[str, ...], Asked]] = Registry(
    Said("une question", "a question"), "charts", order=lambda item: item[0]
)


def asks(place: int, *needs: str) -> Callable[[Asked], Asked]:
    """Register a question: its place among the others, and the tables ("package/table") that it reads."""

    def register(asked: Asked) -> Asked:
        QUESTIONS.register(asked.__name__, (place, needs, asked), asked)
        return asked

    return register


def questions_of(holdings: Sequence[Holding]) -> list[Question]:
    """The questions that what is published now answers, in their order; packages of made-up data answer none."""
    versions = {item.name: item.current for item in holdings if item.current is not None and not item.is_example}
    found: list[Question] = []
    for _, needs, make in QUESTIONS.values():
        if all(_holds(versions, key) for key in needs):
            question = of_its_time(partial(make, versions), make.__name__)
            found += [_with_pictures(question, versions)] if question is not None else []
    return found


def _holds(versions: Versions, key: str) -> bool:
    package, _, table = key.partition("/")
    return package in versions and versions[package].table(table) is not None


def _with_pictures(question: Question, versions: Versions) -> Question:
    packages = dict.fromkeys(key.partition("/")[0] for key in question.tables)
    drawn = {item.name: item for package in packages for item in pictures_of(versions[package])}
    pictures = tuple(drawn[name] for name in question.pictures if name in drawn)
    answers = [_printed(answer) for answer in question.answers]
    return replace(question, answers=answers, shown=pictures)


def _printed(answer: Answer) -> Answer:
    """An answer whose figures are set as those of its language are printed; its texts are already, by `both`."""
    if answer.figures is None:
        return answer
    return replace(answer, figures={item: figures_printed(Wording(item), of) for item, of in answer.figures.items()})


def tenth(text: str) -> float:
    """A decimal as published, to one decimal, halves up: 57.05 is 57.1, which a binary fraction would make 57.0."""
    return float(Decimal(text).quantize(Decimal("0.1"), ROUND_HALF_UP))


def both(fr: str, en: str) -> Said:
    """A text in both languages, with the spaces of French."""
    return Said(Wording("fr").spaced(fr), en)
