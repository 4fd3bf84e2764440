"""Names of people after a civility or a title: "M. Durand", "Mme de La Tour", "Maître Petit"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, detector

_PARTICLE = r"(?:de\s+la\s+|de\s+|du\s+|des\s+|d['’]\s?|le\s+|la\s+|l['’]|el\s+|ben\s+|van\s+(?:der\s+)?|von\s+)"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞŒ]"
_WORD = rf"{_CAPITAL}[\w'’]*(?:-{_CAPITAL}?[\w'’]+)*"
_INITIALS = rf"(?:{_CAPITAL}\.?[\s-]*){{0,2}}"
_TITLE = (
    r"(?:M\.|MM\.|Mr\.?|Mme\.?|Mmes|Mlle\.?|Mlles|Monsieur|Madame|Mademoiselle|Messieurs|Mesdames"
    r"|MONSIEUR|MADAME|MME|MLLE|MR|Me|Maître|Dr\.?|Docteur|Pr\.?)"
)
_INITIAL = re.compile(r"[MDP]")  # of every title: only there is it worth trying what follows
_NAMED = re.compile(
    rf"(?<![\w'’-])(?P<title>{_TITLE})(?:\s+(?:et|ou|/)\s+{_TITLE})?\s*"
    rf"(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD}(?:[ \t]+(?:(?i:{_PARTICLE}))?{_WORD}){{0,3}})"
)
_LOWER = re.compile(r"m(?<![\w'’-]m)(?:me|lle|r|onsieur|adame|ademoiselle)\.?\s+(?P<word>[a-zà-ÿ]{3,}(?:-[a-zà-ÿ]+)*)")

# After a civility these are a function, a form of address or a plain word: they name nobody.
FUNCTIONS = frozenset(
    [
        "maire",
        "maires",
        "maires-adjoints",
        "préfet",
        "préfète",
        "préfets",
        "sous-préfet",
        "sous-préfète",
        "président",
        "présidente",
        "présidents",
        "directeur",
        "directrice",
        "directeurs",
        "ministre",
        "ministres",
        "sénateur",
        "sénatrice",
        "sénateurs",
        "député",
        "députée",
        "députés",
        "conseiller",
        "conseillère",
        "conseillers",
        "adjoint",
        "adjointe",
        "adjoints",
        "commissaire",
        "commissaires",
        "commissaire-enquêteur",
        "commissaires-enquêteurs",
        "secrétaire",
        "chef",
        "cheffe",
        "responsable",
        "juge",
        "procureur",
        "procureure",
        "recteur",
        "rectrice",
        "ambassadeur",
        "gouverneur",
        "haut-commissaire",
        "administrateur",
        "administratrice",
        "vice-président",
        "vice-présidente",
        "rapporteur",
        "rapporteuse",
        "notaire",
        "géomètre",
        "greffier",
        "premier",
        "première",
        "délégué",
        "déléguée",
        "gérant",
        "gérante",
        "maître",
    ]
)
_PLAIN_WORDS = FUNCTIONS | frozenset(
    [
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "des",
        "et",
        "ou",
        "à",
        "au",
        "aux",
        "en",
        "du",
        "de",
        "d",
        "que",
        "qui",
        "quoi",
        "je",
        "tu",
        "il",
        "elle",
        "nous",
        "vous",
        "ils",
        "elles",
        "on",
        "ce",
        "cet",
        "cette",
        "ces",
        "mon",
        "ma",
        "mes",
        "notre",
        "nos",
        "votre",
        "vos",
        "bonjour",
        "monsieur",
        "madame",
        "messieurs",
        "mesdames",
        "mademoiselle",
        "est",
        "sont",
        "a",
        "ont",
        "avait",
        "était",
        "dans",
        "pour",
        "par",
        "sur",
        "avec",
        "sans",
        "sous",
        "chers",
        "chère",
        "cher",
        "tout",
        "tous",
        "toute",
        "toutes",
        "voici",
        "voilà",
        "mme",
        "mlle",
        "mr",
        "né",
        "née",
        "dit",
        "dite",
        "tout-le-monde",
        "the",
        "of",
    ]
)
_STREET_BEFORE = re.compile(
    r"\b(?:rues?|avenues?|av\.?|boulevards?|bd\.?|places?|pl\.?|allées?|impasse|square|quai|chemin|route"
    r"|cours|passage|esplanade"
    r"|écoles?|collège|lycée|salle|stade|gymnase|pont|espace|résidence|parc|centre|médiathèque|bibliothèque"
    r"|maison|foyer|zac|lotissement|hameau)"
    r"\s+(?:(?:publique|primaire|maternelle|élémentaire|municipale?|polyvalente)\s+)?(?:du\s+|de\s+|de\s+la\s+)?$",
    re.IGNORECASE,
)
_PARTICLES = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "el", "ben", "van", "der", "von"])
_WORDS = re.compile(r"[\w-]+")


@detector(
    "nom_civilite",
    sieve=rf"(^|[^\w'’-])({_TITLE}(\s+(et|ou|/)\s+{_TITLE})?\s*(?i:{_PARTICLE})?{_CAPITAL}"
    r"|(mme|mlle|mr|monsieur|madame|mademoiselle)\.?\s+[a-zà-ÿ]{3})",
)
def names_after_a_civility(text: str) -> Iterator[Span]:
    """A civility or title followed by a name. A function ("M. le maire"), a street or a school named after somebody,
    and a number of millions ("5 M. Euros") are not."""
    end = 0
    for initial in _INITIAL.finditer(text):
        match = _NAMED.match(text, initial.start()) if initial.start() >= end else None
        end = match.end() if match else end
        if match and _names_somebody(text, match):
            yield match.span()
    for match in _LOWER.finditer(text):
        if match["word"] not in _PLAIN_WORDS and not _STREET_BEFORE.search(text[: match.start()]):
            yield match.span()


def _names_somebody(text: str, match: re.Match[str]) -> bool:
    before, name = text[max(0, match.start() - 60) : match.start()], match["name"]
    title = match["title"]
    counts = title == "M." and before.rstrip()[-1:].isdigit()
    if counts or (title == "MM." and before[-3:].upper() == "HH:"):  # "5 M. Euros"; "HH:MM.": how an hour is written
        return False
    if not text[match.end("title") : match.start("name")] and not title.endswith("."):
        return False
    if title == "Maître" and re.match(r"(?i)d['’]", name):
        return False
    first = next((word for word in _WORDS.findall(name) if word.lower() not in _PARTICLES), "")
    if not first or first.lower() in _PLAIN_WORDS:
        return False
    if title in ("Me", "Pr", "Dr") and len(first) < 3:
        return False
    return not _STREET_BEFORE.search(before)
