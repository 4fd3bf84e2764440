"""Where a private person lives: postal addresses that no public place or project explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, accepted, detector

STREETS = (
    "rue|r\\.|avenue|ave?\\.?|boulevard|bd\\.?|bld|blvd|place|pl\\.?|all[ée]es?|all\\.|impasse|imp\\.?|chemin|che?m?\\.|route|rte|ruelle|quai"
    "|square|cours|passage|sente|sentier|mont[ée]e|traverse|venelle|villa|clos|hameau|lieu-dit|lotissement|lot\\.|r[ée]sidence|faubourg|fg"
)
_WAYS = "cit[ée]|esplanade|voie"
_ADDRESS = re.compile(
    rf"\d(?<![\w°.,/-]\d)(?<!n° \d)\d{{0,3}}(?:\s?[-–/]\s?\d{{1,4}})?"
    rf"\s?(?:bis|ter|quater|[A-Da-d]\b)?\s?,?\s{{1,4}}(?:{STREETS})\s{{1,4}}"
    r"(?!d['’]eau|de fer|à niveau|de (?:stationnement|parking)|rura|d[ée]partementale|nationale|communale|foresti)"
    r"[\w'’.-]+(?:[ ,]+[^\W\d][\w'’.-]*){0,3}",
    re.IGNORECASE,
)
# "n°" numbers lots and orders too, "cité" is a participle, "voie" a lane: an address only where something more says so.
_UNSURE = re.compile(
    r"(?:(?<!\w)n°\s?\d{1,4}|\d(?<![\w°.,/-]\d)\d{0,2})\s?(?:bis|ter|quater|[A-Da-d]\b)?\s?,?\s{1,4}"
    rf"(?:(?<=\s)(?:{STREETS}|{_WAYS}))\s{{1,4}}(?:de\s(?:la\s|l['’])?|du\s|des\s|d['’])?"
    r"(?!desserte|service|garage|circulation|bus\b|accès|secours|retournement|stockage|recours|tram|communal|vert|rapide|ferrée"
    r"|cyclable|douce|nouvelle|priv|publique|lente|centrale|scolaire|administrative|judiciaire|sciences|musique|universitaire"
    r"|jardin|paysag|stationnement|parking|eau\b|fer\b|niveau|départementale|nationale|foresti)"
    r"(?-i:[^\W\d_a-zà-ÿ])[\w'’.-]*(?:[ ]+[^\W\d][\w'’.-]*){0,4}",
    re.IGNORECASE,
)
_POSTAL_CODE = re.compile(r"\s?[,–-]?\s?\d{5}\b")
# After "demeurant" the street may come first: "demeurant rue des Lilas, 12 bis".
_STREET_FIRST = re.compile(
    rf"(?:{STREETS})\s{{1,3}}[\w'’.-]{{1,40}}(?:\s[\w'’.-]{{1,40}}){{0,4}}?\s?,?\s?(?:n°\s?|numéro )?\d{{1,4}}"
    r"\s?(?:bis|ter|quater)?\b",
    re.IGNORECASE,
)
_BOX = re.compile(r"\b(?:BP|B\.P\.|bo[iî]te postale)\s*\d", re.IGNORECASE)
LIVES = re.compile(
    r"\b(?:demeurant|domicili[ée]e?s?|habit(?:e|ent|ant|ons)|r[ée]sid(?:e|ent|ant|ons)|log(?:é|ée|és|ées|e|ent)"
    r"|chez|mon adresse|adresse (?:personnelle|du domicile)|domicile)\b"
    r"[^.;]{0,30}$"
)
# Each alternative of `LIVES` begins with one of these.
_LIVING = ("demeurant", "domicil", "habit", "résid", "resid", "log", "chez", "adresse")
# Before an address, in the same sentence, these say that it is a public place, an organisation's or a project's. Both
# expressions are compared with lower case: one that minds no case tries each of its words at each letter.
_EXPLAINED = re.compile(
    r"\b(?:mairie|h[ôo]tels? (?:de|d['’]|du)|pr[ée]fecture|sous-pr[ée]fecture|d[.]?d[.]?t"
    r"|d[.]?r[.]?e[.]?a[.]?l|deal|tribunal|salle|si[èe]ge"
    r"|m[ée]diath[èe]que|biblioth[èe]que|[ée]cole|coll[èe]ge|lyc[ée]e|gymnase|centre|maison (?:de|des|du"
    r"|pour|france)|b[âa]timents?|direction|service"
    r"|bureau|soci[ée]t[ée]|sas|sarl|s\.a|sem|spl|epf|syndicat|communaut[ée]|m[ée]tropole|agglom[ée]ration"
    r"|conseil|universit[ée]|espace|cyber"
    r"|epn|office|agence|minist[èe]re|cit[ée] administrative|association|office|ccas|projets?|travaux"
    r"|am[ée]nagement|construction|d[ée]molition"
    r"|r[ée]novation|zac|lot|op[ée]ration|plu|immeuble|chantier|parking"
    r"|carrefour|terrain|parcelle|site"
    r"|affichage|lieu|accueil|permanences?|permis|d[ée]claration|autorisation|certificat|r[ée]fection|voirie"
    r"|viabilisation"
    r"|stationnement|circulation|d[ée]viation|ravalement|installation|mise aux normes|implantation|magasin"
    r"|commerce|boutique"
    r"|restaurant|caf[ée]|atelier|local|locaux|cr[èe]che|ehpad|cabinet|pharmacie|boulangerie|garage|h[ôo]tel|camping"
    r"|mus[ée]e|th[ée][âa]tre|cin[ée]ma|[ée]glise|stade|piscine|cimeti[èe]re|d[ée]ch[èe]terie|gare|poste|tr[ée]sorerie"
    r"|borne|station|antenne|relais|friche|usine|entrep[ôo]t|tribune|maison m[ée]dicale|mission locale"
    r"|enqu[êe]te|logements|r[ée]alisation|extension|r[ée]habilitation|[ée]quipement|halle|tiers-lieu"
    r"|entreprise|ets|[ée]tablissements?)s?\b[^;\n]{0,90}$"
)


@detector(
    "adresse_postale",
    sieve=rf"(?i)\d\s?(bis|ter|quater|[a-d]\b)?\s?,?\s+({STREETS}|{_WAYS})\s"
    rf"|(demeurant|domicil|habit|r[ée]sid|log[ée]|chez|adresse)[^.;]{{0,40}}({STREETS})\s[^.;]{{1,200}}\d",
)
def private_addresses(text: str) -> Iterator[Span]:
    """A number and a street, unless the words before it name a public place, an organisation or a project.

    After "demeurant", "domicilié", "chez"… nothing excuses it. Post-office boxes are organisations'.
    """
    yield from (match.span() for match in accepted(_ADDRESS, text, _is_private))
    yield from (match.span() for match in accepted(_UNSURE, text, _is_surely_private))
    lower = text.lower()
    for match in _STREET_FIRST.finditer(text) if any(word in lower for word in _LIVING) else ():
        if LIVES.search(text[max(0, match.start() - 60) : match.start()].lower()):
            yield match.span()


def _is_private(match: re.Match[str]) -> bool:
    text, start = match.string, match.start()
    before = text[max(0, start - 120) : start].lower()
    if LIVES.search(before):
        return True
    return not _EXPLAINED.search(before) and not _BOX.search(text[start : match.end() + 40])


def _is_surely_private(match: re.Match[str]) -> bool:
    """Whether somebody lives there, or a postal code follows, or the text is this address and nothing else."""
    text, start, end = match.string, match.start(), match.end()
    if LIVES.search(text[max(0, start - 120) : start].lower()):
        return True
    is_whole = not text[:start].strip() and not text[end:].strip(" .")
    return (is_whole or bool(_POSTAL_CODE.match(text, end))) and _is_private(match)
