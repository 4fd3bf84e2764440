"""Names of places as keys: what a printer changes without changing the name is taken away.

Belongs here: case, accents, ligatures, hyphens, apostrophes, St/Saint, lès/lez, articles, and what is around a name
("la commune de", brackets). Does not: knowing any place (`gazetteer.py`) or choosing one (`resolution.py`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

ARTICLES = ("le", "la", "les", "l")
# The wording that introduces a name in running text; what follows it may have lost its article ("du Fresnay").
_INTRODUCED = re.compile(
    r"^(?:la |le |les |l )?(?:commune|ville|village|mairie|municipalite|commune nouvelle)s? (?=d |de |du |des )"
)
_PREPOSITION = re.compile(r"^(de la|de l|du|des|de|d) (?=\S)")
_RESTORED = {"de la": ("la ", ""), "de l": ("l ", ""), "du": ("le ", ""), "des": ("les ", ""), "de": ("",), "d": ("",)}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_WORDS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "lez": "les", "s": "sur", "ss": "sous"}
_SEPARATORS = re.compile(r"[^0-9a-z]+")
_UNDER = re.compile(r"(?<=[0-9a-z]) s s (?=[0-9a-z])")
# "s/", "s." or "s" between two words, or a bare slash between them: "sur" for one printer, "sous" for another.
_ON = re.compile(r"(?<=[0-9a-z])(?:[\s\-]+s(?:[\s\-]*[/.][\s\-]*|[\s\-]+)|\s*/\s*)(?=[a-z])")
_ON_WORDS = (" sur ", " sous ", " les ")
_LONG_FORMS = (
    (re.compile(r"\bn d\b|\bnd\b"), "notre dame"),
    (re.compile(r"\bmt\b"), "mont"),
    (re.compile(r"\bgd\b"), "grand"),
    (re.compile(r"\bgde\b"), "grande"),
    (re.compile(r"\bvx\b"), "vieux"),
)
# The words of a postal address after a town: "LILLE CEDEX 9".
_CEDEX = re.compile(r"(?<=\S)\s+cedex(?:\s+\d{1,2})?$", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def strip_accents(text: str) -> str:
    """The text in lower case with its letters undressed: "Marcq-en-Barœul" gives "marcq-en-baroeul"."""
    bare = text
    for _ in range(2):  # a second pass, because folding may bring out letters that decompose again
        bare = unicodedata.normalize("NFKD", bare).casefold().translate(_LIGATURES)
        bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return bare


def normalise(name: str) -> str:
    """The key of a name: lower-case ASCII words between single spaces. Idempotent; the article stays a word of it.

    "Hérouville St Clair", "HEROUVILLE-SAINT-CLAIR" and "Hérouville-Saint-Clair" share a key; "La Rochelle" and
    "Rochelle" do not.
    """
    words = _UNDER.sub(" ss ", _SEPARATORS.sub(" ", strip_accents(name))).split()
    # "s" stands for "sur" only inside a name ("Ivry s/ Seine"): a last or first one is a letter of the name.
    inside = range(1, len(words) - 1)
    return " ".join(
        _WORDS.get(word, word) if word not in ("s", "ss") or place in inside else word
        for place, word in enumerate(words)
    )


@lru_cache(maxsize=4096)
def spelled_out(name: str) -> tuple[str, ...]:
    """The keys that a printed name may stand for once its abbreviations are written out; its own key comes first.

    "Fontenay s/Bois" is "fontenay sur bois" or "fontenay sous bois": which of them exists is for the gazetteer to say.
    """
    key = normalise(name)
    keys = [key]
    text = strip_accents(name)
    if _ON.search(text):
        keys += [normalise(_ON.sub(word, text)) for word in _ON_WORDS]
    long = key
    for short, words in _LONG_FORMS:
        long = short.sub(words, long)
    keys.append(long)
    return tuple(dict.fromkeys(keys))


def without_article(key: str) -> str:
    """The key without its leading article, if it has one and something is left."""
    first, _, rest = key.partition(" ")
    return rest if first in ARTICLES and rest else key


def spoken_variants(key: str) -> tuple[str, ...]:
    """The keys that a name in running text may stand for, most literal first; the key itself is always the first.

    "la commune du fresnay sur sarthe" may be "le fresnay sur sarthe" or "fresnay sur sarthe".
    """
    bare = _INTRODUCED.sub("", key)
    match = _PREPOSITION.match(bare)
    if match is None:
        return (key,) if bare == key else (key, bare)
    rest = bare[match.end() :]
    return (key, *(article + rest for article in _RESTORED[match.group(1)]))


def keeps_the_accents_of(printed: str, official: str) -> bool:
    """Whether every accent that was printed is in the official name: printers lose accents, they do not invent them.

    Only meaningful for names with the same key. "Changé" may not stand for "Change"; "Change" may stand for "Changé".
    """
    mine, its = _dressed(printed), _dressed(official)
    if len(mine) != len(its):
        return True
    return all(letter in (other, strip_accents(other)) for letter, other in zip(mine, its, strict=True))


def _dressed(name: str) -> str:
    """The letters of a name in the order of its key, accents kept, abbreviations written out."""
    folded = unicodedata.normalize("NFC", name).casefold().translate(_LIGATURES)
    words = re.findall(r"[^\W_]+", folded)
    return "".join(_WORDS.get(word, word) if word not in ("s", "ss") else word for word in words)


@dataclass(frozen=True)
class Printed:
    """A name as printed, taken apart: the name, its key, and the brackets that were added to it."""

    name: str
    key: str
    brackets: tuple[str, ...]


@lru_cache(maxsize=4096)
def take_apart(text: str) -> Printed:
    """Separate a printed name from its brackets; an article in brackets goes back in front ("Rochelle (La)"), and
    "Cedex 9" goes."""
    found = tuple(part.strip() for part in _BRACKETS.findall(text) if part.strip())
    name = _CEDEX.sub("", " ".join(_BRACKETS.sub(" ", text).split()))
    for part in found:
        if normalise(part) in ARTICLES:
            name = f"{part} {name}" if normalise(part) != "l" else f"{part}{name}"
    brackets = tuple(part for part in found if normalise(part) not in ARTICLES)
    return Printed(name, normalise(name), brackets)
