"""Names of people after a civility or a title: "M. Durand", "Mme de La Tour", "Maître Petit"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pipelines.privacy.detectors import Span, accepted, detector
from pipelines.privacy.kinds import FIRST_NAMES
from pipelines.privacy.normalisation import fold
from pipelines.privacy.plain_words import are_plain, words_of

_PARTICLE = r"(?:de\s+la\s+|de\s+|du\s+|des\s+|d['’]\s?|le\s+|la\s+|l['’]|el\s+|ben\s+|van\s+(?:der\s+)?|von\s+)"
# Letters of other scripts and of extended Latin too: after a title, whether they are capitals adds nothing.
_BEYOND = "Ā-\u1fff\u2c00-\ud7ff\uf900-\ufdff\ufe70-\ufefc"
_CAPITAL = f"[A-ZÀ-ÖØ-Þ{_BEYOND}]"
_WORD = rf"{_CAPITAL}[\w'’]*(?:-{_CAPITAL}?[\w'’]+)*"
_INITIALS = rf"(?:{_CAPITAL}\.?[\s-]*){{0,2}}"
_TITLE = (
    r"(?:M\.|MM\.|Mr\.?|Mme\.?|Mmes|Mlle\.?|Mlles|Monsieur|Madame|Mademoiselle|Messieurs|Mesdames"
    r"|MONSIEUR|MADAME|MME|MLLE|MR|Me|Maître|Dr\.?|Docteur|Pr\.?)"
)
_OFFICE = r"(?:[Ll]e|[Ll]a|[Ll]['’]|[Ll]es)\s?(?P<office>[A-Za-zÀ-ÿ-]{4,25})(?P<more>(?:\s[A-Za-zÀ-ÿ-]{2,25}){0,2}?)\s"
_INITIAL = re.compile(r"[MDP]")  # of every title: only there is it worth trying what follows
_NAMED = re.compile(
    rf"(?<![\w'’-])(?P<title>{_TITLE})(?:\s+(?:et|ou|/)\s+{_TITLE})?\s*"
    rf"(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD}(?:[ \t]+(?:(?i:{_PARTICLE}))?{_WORD}){{0,3}})"
)
# "**Mme** Kerléo", "Mme **Kerléo**": Markdown between the two.
_MARKED = re.compile(
    rf"(?<![\w*'’])(?:(?P<mark>\*{{1,3}}|_{{1,3}})(?P<title>{_TITLE})(?P=mark)[ \t]{{1,3}}[*_]{{0,3}}"
    rf"|(?P<bare>{_TITLE})[ \t]{{1,3}}[*_]{{1,3}})(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD})"
)
# "Mme : Kerléo", "Mme (Kerléo)", "Mme_Kerléo": a sign between the two.
_PARTED = re.compile(
    rf"(?<![\w'’-])(?P<title>M\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|MADAME|MONSIEUR|MME|MLLE|MR)"
    rf"[ \t]{{0,2}}[:_(«\"“–—-][ \t]{{0,2}}(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD})"
)
# "KERLÉO, Jeanne (Mme)": as lists of names are kept.
_BEFORE = re.compile(
    rf"(?<![\w'’-])(?P<name>{_WORD}(?:,?[ \t]{_WORD}){{0,2}})[ \t]?"
    r"\((?:M\.?|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|MME|MLLE|MR)\)"
)
# "Nom et prénom : Kerléo Jeanne", '"prenom": "Jeanne"': as forms are pasted.
_ENTERED = re.compile(
    rf"(?:N(?<!\wN)|n(?<!\wn)|P(?<!\wP)|p(?<!\wp))(?i:om(?:\s(?:de\s(?:famille|naissance|jeune\sfille)|d['’]usage|patronymique"
    rf"|(?:et|/)\spr[ée]noms?)|,\s?pr[ée]noms?)|r[ée]noms?(?:\set\snom|,\s?nom)?)[\"']?\s?:\s{{0,3}}[\"']?"
    rf"(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD})"
)
# "M Kerléo", without the dot: "M" is a size, a line and a measure too. Only where something says that it is somebody.
_DOTLESS = re.compile(
    rf"(?<![^\s(«;|])MM?[ \t](?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD}(?:[ \t]{_WORD}){{0,2}})"
    r"(?P<after>,\s(?:maire|adjointe?|propriétaire|riverain|demeurant|domicilié|habitant|président|commissaire|né\s|gérant|agriculteur)\b)?"
)
_DOING = re.compile(
    r"\b(?:par|avec|reçu|rencontré|signé|entendu|(?:observations?|avis|remarques?|demandes?|courriers?|courriels?|lettres?|requêtes?"
    r"|contributions?|questions?|réponse|visite|propriété|parcelles?|maison|habitation|domicile|terrains?)\sde)\s$",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"\s(?:(?:nous|lui|leur|y|en|ne|n['’]|s['’]|se)\s?)?(?:demande|souhaite|indique|précise|signale|conteste|propose|estime"
    r"|habite|réside|demeure|déclare|dépose|exprime|remercie|refuse|accepte|rappelle|souligne|constate|craint|pense|dit|écrit"
    r"|possède|regrette|(?:dés)?approuve|oppose|inquiète|interroge|plaint|fait part"
    r"|est (?:propriétaire|domicilié|opposé|favorable|défavorable|venu|né|riverain|inquiet|contre|pour|d['’]accord)"
    r"|a (?:demandé|dit|écrit|indiqué|déposé|signalé|souhaité|précisé|remis|consulté|été reçu|exprimé|proposé"
    r"|contesté|fait))\b"
)
_IS_A_LETTER = re.compile(
    r"\b(?:le|la|les|du|des|un|une|aux?|ce|cette|lignes?|métro|tram|bus|tailles?|sections?|zones?|secteurs?|b[âa]t(?:iment|\.)?"
    r"|lots?|[îi]lots?|cinéma|salle|porte|escalier|bloc|hall|parking|classe|catégorie|modèle|type|série|feuilles?|parcelles?"
    r"|plan|annexe|niveau)\s$",
    re.IGNORECASE,
)
_LOWER = re.compile(
    rf"[mM](?<![\w'’-][mM])(?:me|lle|r|onsieur|adame|ademoiselle)\.?\s+(?P<particle>{_PARTICLE})?"
    r"(?P<word>[a-zà-ÿ]{3,}(?:-[a-zà-ÿ]+)*)"
)
# "m. kerdoncuff", "M. kerdoncuff": "m." is a measure too, and a list of ordinary words tells them apart. Without a
# space it is code.
_LOWER_INITIAL = re.compile(r"[mM](?<![\w'’.-][mM])\.\s(?P<word>[a-zà-ÿ]{4,}(?:-[a-zà-ÿ]+)*)")

# "M. le docteur Kerléo", "Madame la présidente Jeanne Kerléo": an office is between the title and the name.
_OFFICE_NAMED = re.compile(
    rf"(?<![\w'’-]){_TITLE}\s?{_OFFICE}"
    rf"(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD}(?:[ \t]{_WORD}){{0,2}})"
)
# "M. le maire, Jeanne Kerléo": between commas or in brackets, and with a first name, as towns and places follow too.
_OFFICE_APART = re.compile(
    rf"(?<![\w'’-]){_TITLE}\s?(?:[Ll]e|[Ll]a|[Ll]['’])\s?(?P<office>[A-Za-zÀ-ÿ-]{{4,25}})(?P<more>(?:\s[A-Za-zÀ-ÿ-]{{3,25}}){{0,2}}?)"
    r"(?:\s(?:de\s(?:la\s)?|du\s|des\s|d['’])[\w'’-]{1,40})?(?:\s?,\s?|\s\()"
    rf"(?P<name>(?P<first>{_WORD})[ \t](?:(?i:{_PARTICLE}))?{_WORD})"
)
# "le docteur Kerléo", "professeur Kerléo": a title that is written without a capital. Its letter comes first, so that
# only such letters are tried.
_BEGINS = r"(?<![\w'’-].)"
_PLAIN_TITLE = re.compile(
    rf"(?:d{_BEGINS}(?:octeure?|r\.?)|p{_BEGINS}(?:rofesseure?|r\.?)|m{_BEGINS}aître|v{_BEGINS}(?:euve|ve))\s(?P<name>{_INITIALS}"
    rf"(?:(?i:{_PARTICLE}))?{_WORD}(?:[ \t]{_WORD}){{0,2}})"
)
# "les consorts Kerdoncuff", "époux Kerdoncuff": how owners are named in inquiries on parcels.
_OF_A_FAMILY = re.compile(
    rf"(?<![\w'’-])(?i:consorts|[ée]poux|hoirs|veuve|vve)\s(?P<name>{_INITIALS}(?:(?i:{_PARTICLE}))?{_WORD})"
)
_OFFICES_LIST = """
    docteur docteure professeur professeure doyen colonel capitaine commandant général lieutenant abbé curé
    père pasteur avocat bâtonnier architecte expert
    """
_OFFICES = frozenset(_OFFICES_LIST.split())
_OF_OFFICES_LIST = """
    adjoint adjointe honoraire délégué déléguée général générale enquêteur enquêtrice municipal municipale
    départemental départementale régional régionale suppléant suppléante titulaire principal principale
    rapporteur instructeur sortant sortante
    """
_OF_OFFICES = frozenset(_OF_OFFICES_LIST.split())
# After a title these are no name, although they have a capital: the rest of an office, a body, a trade, a sign.
_NO_NAMES_LIST = """
    état république conseil région département général générale régional régionale départemental
    départementale maritime délégué déléguée technique adjoint adjointe chargé chargée premier première
    bricolage meuble meubles store stores propre cuisine cuisines carrelage literie pizza bébé pneu pneus
    parquet piscine jardinage tissus ouvrage œuvre oeuvre nageur nageurs composteur composteurs artisan
    restaurateur bailleur élève inconnu inconnue untel tout-le-monde x y z
    """
_NO_NAMES = frozenset(_NO_NAMES_LIST.split())

# After a civility these are a function, a form of address or a plain word: they name nobody.
_FUNCTIONS_LIST = """
    maire maires maires-adjoints préfet préfète préfets sous-préfet sous-préfète président présidente
    présidents directeur directrice directeurs ministre ministres sénateur sénatrice sénateurs député députée
    députés conseiller conseillère conseillers adjoint adjointe adjoints commissaire commissaires
    commissaire-enquêteur commissaires-enquêteurs secrétaire chef cheffe responsable juge procureur procureure
    recteur rectrice ambassadeur gouverneur haut-commissaire administrateur administratrice vice-président
    vice-présidente rapporteur rapporteuse notaire géomètre greffier premier première délégué déléguée gérant
    gérante maître
    """
FUNCTIONS = frozenset(_FUNCTIONS_LIST.split())
_PLAIN_WORDS_LIST = """
    le la les l un une des et ou à au aux en du de d que qui quoi je tu il elle nous vous ils elles on ce cet
    cette ces mon ma mes notre nos votre vos bonjour monsieur madame messieurs mesdames mademoiselle est sont
    a ont avait était dans pour par sur avec sans sous chers chère cher tout tous toute toutes voici voilà mme
    mlle mr né née dit dite tout-le-monde the of
    """
# After "madame la" or "monsieur le" in lower case; what is none of them is a name: "madame le goff".
_OTHER_OFFICES_LIST = """
    agent agente animateur animatrice bibliothécaire bâtonnière censeur chancelier chancelière comptable comte
    comtesse consul consule contrôleur contrôleuse coordinateur coordinatrice coordonnateur coordonnatrice
    demandeur demanderesse doyenne défenseur défenseure enseignant enseignante exploitant exploitante
    gestionnaire inspecteur inspectrice ingénieur ingénieure instituteur institutrice intendant intendante
    locataire marquis marquise médiateur médiatrice ordonnateur ordonnatrice payeur percepteur percepteuse
    propriétaire proviseur proviseure pétitionnaire receveur receveuse requérant requérante riverain riveraine
    régisseur régisseuse substitut syndic technicien technicienne trésorier trésorière urbaniste voisin voisine
    chargé chargée duc duchesse baron baronne sous-préfète préfètes suppléant suppléante
    """
_OTHER_OFFICES = frozenset(_OTHER_OFFICES_LIST.split())
_PLAIN_WORDS = FUNCTIONS | frozenset(_PLAIN_WORDS_LIST.split())
_STREET_BEFORE = re.compile(
    r"\b(?:rues?|ruelle|avenues?|av\.?|boulevards?|bd\.?|places?|pl\.?|allées?|impasse|square|quai"
    r"|chemin|route|voie|mail|cours?|passage|esplanade"
    r"|promenade|rond-point|giratoire|carrefour|sentier|montée|cité|quartier|îlot|port|phare"
    r"|écoles?|groupe scolaire|collège|lycée|salle|stade|gymnase|complexe|pont|viaduc|tunnel|espace|résidence"
    r"|parc|jardin"
    r"|centre|médiathèque|bibliothèque|ludothèque|théâtre|cinéma|musée|conservatoire|crèche|multi-accueil|ehpad|hôpital"
    r"|clinique|institut|fondation|université|faculté|amphithéâtre|caserne|fort|tour|château|villa"
    r"|église|chapelle|statue|stèle|monument|mémorial|buste"
    r"|arrêt|station|gare|prix|fonds|maison|foyer|zac|lotissement|hameau|immeuble|bâtiment"
    r"|pavillon|piscine|halle|marché|auditorium|plaine|bois|forêt|centre hospitalier|centre social|restaurant"
    r"|hôtel|compagnie|magasin|enseigne|boutique|brasserie|boulangerie|garage|marque)"
    r"\s+(?:(?:publique|primaire|maternelle|élémentaire|municipale?|polyvalente|hospitalier|social|culturel|sportif"
    r"|intercommunale?|départementale?|communale?)\s+)?(?:dite?\s+)?(?:du\s+|de\s+|de\s+la\s+|(?:[\w'’-]{1,20}\s+){0,3}[«\"“]\s*)?$",
    re.IGNORECASE,
)
# Before a word of `_STREET_BEFORE`: it is what a street is named after ("rue des Écoles", "place de l'Église").
_STREET_OF = re.compile(
    r"\b(?:rues?|ruelle|avenues?|av\.?|boulevards?|bd\.?|places?|pl\.?|allées?|impasse|square|quai|chemin|route|voie|cours?"
    r"|passage|esplanade|promenade|sentier|montée)\s+(?:des\s+|du\s+|de\s+la\s+|de\s+l['’]\s?|de\s+)$",
    re.IGNORECASE,
)
_PARTICLES = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "el", "ben", "van", "der", "von"])
_WORDS = re.compile(r"[\w-]+")
_NOBODY = _PLAIN_WORDS | _NO_NAMES | _OFFICES | _OF_OFFICES


@detector(
    "nom_civilite",
    sieve=rf"(^|[^\w'’]|_)({_TITLE}(\s+(et|ou|/)\s+{_TITLE})?\s*(?i:{_PARTICLE})?{_CAPITAL}"
    rf"|(?i:mme|mlle|mr|monsieur|madame|mademoiselle)\.?\s+({_PARTICLE})?[a-zà-ÿ]{{3}}"
    rf"|{_TITLE}\s?([Ll]e|[Ll]a|[Ll]['’]|[Ll]es)\s?[A-Za-zÀ-ÿ-]{{4,25}}[\s,]"
    rf"|{_TITLE}(\*{{1,3}}|_{{1,3}})?\s{{1,3}}[*_]{{0,3}}(?i:{_PARTICLE})?{_CAPITAL}"
    rf"|MM?\s(?i:{_PARTICLE})?{_CAPITAL}"
    rf"|[mM]\.\s[a-zà-ÿ]{{4}}"
    rf"|{_TITLE}\s{{0,2}}[:_(«\"“–—-]\s{{0,2}}(?i:{_PARTICLE})?{_CAPITAL}"
    rf"|(?i:nom|noms|famille|naissance|fille|usage|patronymique|pr[ée]noms?)[\"']?\s?:\s{{0,3}}[\"']?(?i:{_PARTICLE})?{_CAPITAL}"
    rf"|{_CAPITAL}[\w'’-]*\s?\((?:M|Mr|Mme|Mlle|Monsieur|Madame|MME|MLLE|MR)\.?\)"
    rf"|(?i:consorts|[ée]poux|hoirs|veuve|vve)\s(?i:{_PARTICLE})?{_CAPITAL}"
    rf"|(docteure?|professeure?|maître|dr\.?|pr\.?|veuve|vve)\s(?i:{_PARTICLE})?{_CAPITAL})",
)
def names_after_a_civility(text: str) -> Iterator[Span]:
    """A civility or title followed by a name. A function ("M. le maire"), a street or a school named after somebody,
    and a number of millions ("5 M. Euros") are not."""
    initials = [initial.start() for initial in _INITIAL.finditer(text)]
    for found in (
        _accepted_at(initials, _NAMED, text, _names_somebody),
        _accepted_at(initials, _OFFICE_NAMED, text, _names_after_office),
        _accepted_at(initials, _OFFICE_APART, text, _names_beside_office),
        _accepted_at(initials, _DOTLESS, text, _names_after_a_letter),
        _accepted_at(initials, _PARTED, text, _names_behind_a_sign),
        accepted(_BEFORE, text, _names_behind_a_sign) if "(M" in text else (),
        accepted(_ENTERED, text, _names_behind_a_sign) if ":" in text else (),
        accepted(_MARKED, text, _names_among_marks) if "*" in text or "_" in text else (),
        accepted(_PLAIN_TITLE, text, _names_after_office),
        accepted(_OF_A_FAMILY, text, _names_a_family),
        accepted(_LOWER, text, _names_in_lower_case),
        accepted(_LOWER_INITIAL, text, _names_after_an_initial),
    ):
        yield from (match.span() for match in found)


def _accepted_at(
    starts: Iterable[int], pattern: re.Pattern[str], text: str, is_right: Callable[[re.Match[str]], bool]
) -> Iterator[re.Match[str]]:
    """`accepted` of a pattern that matches at these places alone."""
    end = 0
    for start in starts:
        match = pattern.match(text, start) if start >= end else None
        if match and is_right(match):
            end = match.end()
            yield match


def _is_called_so(match: re.Match[str]) -> bool:
    """Whether a name is that of a street, a school or a shop. After "3 rue des Écoles" it is not: the street has its
    name already."""
    text, start = match.string, match.start()
    near = max(0, start - 60)
    place = _STREET_BEFORE.search(text[near:start])
    if place is None:
        return False
    named = near + place.start()
    return not _STREET_OF.search(text[max(0, named - 30) : named])


def _names_after_office(match: re.Match[str]) -> bool:
    return _is_office(match) and _is_a_name(match) and not _is_called_so(match)


def _names_beside_office(match: re.Match[str]) -> bool:
    parts = fold(match["first"]).decode().split()
    return _is_office(match) and bool(parts) and parts[0] in FIRST_NAMES and not _is_called_so(match)


def _names_after_a_letter(match: re.Match[str]) -> bool:
    text, start, end = match.string, match.start(), match.end()
    before = text[max(0, start - 40) : start]
    first = _first_word(match["name"])
    if not _is_a_name(match) or first in _OTHER_OFFICES or are_plain(words_of(first)) or _is_called_so(match):
        return False
    if match["after"] or _DOING.search(before):
        return True
    if _IS_A_LETTER.search(before):
        return False
    words = fold(match["name"]).decode().split()
    are_several = match[0].startswith("MM") and not before.rstrip()[-1:].isdigit()  # "10 MM" are millimetres
    is_full = are_several or (len(words) > 1 and not FIRST_NAMES.isdisjoint((words[0], words[-1])))
    is_in_capitals = len(first) > 3 and first.upper() in match["name"] and any(map(str.islower, text))
    is_alone = not _LINE_BEFORE.search(before) and not _LINE_AFTER.match(text, end)
    return is_full or is_in_capitals or is_alone or bool(_DOES.match(text, end))


_LINE_BEFORE = re.compile(r"[^\s;|][ \t]*$")
_LINE_AFTER = re.compile(r"[ \t]*\.?[ \t]*[^\s;|.]")


def _names_behind_a_sign(match: re.Match[str]) -> bool:
    return _is_a_name(match) and not are_plain(words_of(match["name"])) and not _is_called_so(match)


def _names_among_marks(match: re.Match[str]) -> bool:
    counts = match["bare"] == "M." and match.string[: match.start()].rstrip()[-1:].isdigit()
    return not counts and _is_a_name(match) and not _is_called_so(match)


def _names_a_family(match: re.Match[str]) -> bool:
    is_street = _STREET_OF.search(match.string[max(0, match.start() - 30) : match.start()])  # "rue des Époux …"
    return _is_a_name(match) and not is_street and not _is_called_so(match)


def _names_in_lower_case(match: re.Match[str]) -> bool:
    parts = {match["word"], *match["word"].split("-")}
    is_plain = match["word"] in _PLAIN_WORDS or match["word"] in _NO_NAMES
    if match["particle"]:
        is_plain = bool(parts & (_NOBODY | _OTHER_OFFICES))
    elif match[0][0] == "M":  # begins a form of address, and sentences: "Madame tient à …"
        is_plain = is_plain or match["word"] in _OTHER_OFFICES or are_plain(words_of(match["word"]))
    return not is_plain and not _is_called_so(match)


def _names_after_an_initial(match: re.Match[str]) -> bool:
    is_a_measure = match.string[: match.start()].rstrip()[-1:].isdigit()
    if not _NOBODY.isdisjoint(match["word"].split("-")) or match["word"] in _OTHER_OFFICES:
        return False
    return not is_a_measure and not are_plain(words_of(match["word"])) and not _is_called_so(match)


def _is_office(match: re.Match[str]) -> bool:
    """Whether what is between a title and a name is an office; a title alone has none."""
    group = match.groupdict().get("office")
    if group is None:
        return True
    office, more = group.lower(), (match["more"] or "").lower().split()
    known = office in _OFFICES or bool(FUNCTIONS.intersection((office, *office.split("-"))))
    return known and all(word in _OF_OFFICES or word in FUNCTIONS or word in _OFFICES for word in more)


def _first_word(name: str) -> str:
    """The first word of a name that is no initial and no particle, in lower case; empty for "X" and "B."."""
    words = (word.lower() for word in _WORDS.findall(name))
    return next((word for word in words if len(word.strip("-_")) > 1 and word not in _PARTICLES), "")


def _is_a_name(match: re.Match[str]) -> bool:
    name, office = match["name"], (match.groupdict().get("office") or "").lower()
    if office and office not in _OFFICES and re.match(r"(?i)d(?:e|u|es|['’])\b", name):
        return False  # "le président de la Région": what is presided
    first = _first_word(name)
    return bool(first) and not {first, *first.split("-")} & _NOBODY


def _names_somebody(match: re.Match[str]) -> bool:
    text, title, name = match.string, match["title"], match["name"]
    before = text[max(0, match.start() - 60) : match.start()]
    counts = title == "M." and before.rstrip()[-1:].isdigit()
    if counts or (title == "MM." and before[-3:].upper() == "HH:"):  # "5 M. Euros"; "HH:MM.": how an hour is written
        return False
    if not text[match.end("title") : match.start("name")] and not title.endswith("."):
        return False
    if title == "Maître" and re.match(
        r"(?i)d['’]\s?(?:ouvrages?|[œo]e?uvres?|h[ôo]tel|[ée]cole|[ée]quipage|armes|internat)\b", name
    ):
        return False
    first = _first_word(name)
    if not first or first in _PLAIN_WORDS or first in _NO_NAMES:
        return False
    if title in ("Me", "Pr", "Dr") and len(first) < 3:
        return False
    return not _is_called_so(match)
