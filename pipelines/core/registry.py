"""Things that code registers under a name and that files, commands or other code then ask for: one class for all.

Belongs here: registering, looking up, what is said of a name that nobody registered or that two register. Does not:
any register; each is beside what it registers (`grep "Registry\\["` finds them), as a module's constant.

    CONVERTERS: Registry[Converter] = Registry(Said("un convertisseur", "a converter"), "converters", MODULES)

A register fills itself when it is first read: every module of its folders in the engine is imported, then what the
project's domains bring of its kind. So a new file is known to everything that reads the register.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from difflib import get_close_matches
from functools import partial
from typing import Any, ClassVar, TypeVar, cast, overload

from pipelines.core.domains import Kind, discover
from pipelines.core.errors import ArobaseError
from pipelines.core.text import Said

T = TypeVar("T")
D = TypeVar("D")
F = TypeVar("F", bound=Callable[..., Any])


class UnknownName(ArobaseError):
    """A name is asked for that nothing registered: it is misspelled, or what registers it is not in the project."""

    code: ClassVar[str] = "unknown-name"
    fr: ClassVar[str] = "« {name} » n'est pas le nom d'{thing} ; {expected}."
    en: ClassVar[str] = '"{name}" is not the name of {thing}; {expected}.'


class NameTaken(ArobaseError):
    """Two things of one kind are registered under one name: which of them is meant cannot be known."""

    code: ClassVar[str] = "name-taken"
    fr: ClassVar[str] = (
        "Deux fois le nom « {name} » pour {thing} : dans {first} et dans {second}. Renommez l'un des deux."
    )
    en: ClassVar[str] = 'The name "{name}" is given to {thing} twice: in {first} and in {second}. Rename one of them.'


class Registry(Mapping[str, T]):
    """Things of one kind by name, in the order of names, or of `order` (then of names) where that is given.

    `thing`: one of them, with its article ("un convertisseur", "a converter"). `kind`: what domains call what they
    bring of it. `packages`: those of the engine whose modules register some. `fill` in their place, where modules
    are not to be imported to be known: it registers all there is, each time that the register is read.
    """

    def __init__(
        self,
        thing: Said,
        kind: Kind,
        *packages: str,
        order: Callable[[T], Any] | None = None,
        fill: Callable[[], None] | None = None,
    ) -> None:
        self.thing = thing
        self._fill = partial(self._anew, fill) if fill else partial(discover, kind, *packages)
        self._order = order
        self._items: dict[str, T] = {}
        self._declared: dict[str, object] = {}

    def register(self, name: str, item: T, declared: object | None = None) -> None:
        """Take a thing under its name. `declared`: the function or class that it is, where it wraps one.

        Raises `NameTaken`. The same declaration may come twice: its module was imported again.
        """
        given = item if declared is None else declared
        known = self._declared.get(name)
        if known is not None and known is not given and _place(known) != _place(given):
            places = sorted((_place(known), _place(given)))
            raise NameTaken(name=name, thing=self.thing, first=places[0], second=places[1])
        self._items[name], self._declared[name] = item, given

    def registering(self, *names: str) -> Callable[[F], F]:
        """A decorator that registers the function below it under these names."""

        def take(function: F) -> F:
            for name in names:
                self.register(name, cast(T, function))
            return function

        return take

    def forget(self, name: str) -> None:
        """Take a thing out again: what one test registers is none of the next one's. Raises `KeyError`."""
        del self._items[name], self._declared[name]

    def declaration(self, name: str) -> object:
        """The function, class or module that was registered under a name. Raises `UnknownName`."""
        self[name]
        return self._declared[name]

    def expected(self, name: object) -> Said:
        """What to say of a name that is not known: the nearest that is known, then all of them."""
        return expected_of(name, list(self))

    def __getitem__(self, name: str) -> T:
        self._fill()
        try:
            return self._items[name]
        except KeyError:
            raise UnknownName(name=name, thing=self.thing, expected=self.expected(name)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_order())

    def __len__(self) -> int:
        self._fill()
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        self._fill()
        return name in self._items

    @overload
    def get(self, name: str, /) -> T | None: ...
    @overload
    def get(self, name: str, /, default: T | D) -> T | D: ...
    def get(self, name: str, /, default: T | D | None = None) -> T | D | None:
        self._fill()
        return self._items.get(name, default)

    def items(self) -> ItemsView[str, T]:
        return self._in_order().items()

    def values(self) -> ValuesView[T]:
        return self._in_order().values()

    def _in_order(self) -> dict[str, T]:
        self._fill()
        order = self._order
        if order is None:
            return dict(sorted(self._items.items()))
        return dict(sorted(self._items.items(), key=lambda item: (order(item[1]), item[0])))

    def _anew(self, fill: Callable[[], None]) -> None:
        self._items.clear()
        self._declared.clear()
        fill()


def expected_of(name: object, known: Sequence[str]) -> Said:
    """What to say of a name that is none of those known: the nearest of them, then all."""
    if not known:
        return Said("aucun n'est connu", "none is known")
    listed = ", ".join(known)
    near = get_close_matches(str(name), known, n=1)
    if not near:
        return Said(f"noms connus : {listed}", f"known names: {listed}")
    return Said(f"peut-être « {near[0]} » ; noms connus : {listed}", f'perhaps "{near[0]}"; known names: {listed}')


def _place(declared: object) -> str:
    """Where something is declared, as "mine.places.converters:12"; a module that is given by its name, that name."""
    if isinstance(declared, str):
        return declared
    module = getattr(declared, "__module__", type(declared).__module__)
    code = getattr(declared, "__code__", None)
    if code is not None:
        return f"{module}:{code.co_firstlineno}"
    return f"{module}.{getattr(declared, '__qualname__', type(declared).__name__)}"
