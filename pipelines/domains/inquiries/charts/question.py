"""The page « Que sait-on des enquêtes publiques ? ». Sources: enquetes-publiques/enquetes, controles_legaux.

Belongs here: how much is known, and what controls conclude as a whole. Does not: naming any procedure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.pictures.gallery import Figures
from pipelines.catalogue.questions.asking import Answer, Question, Versions, asks, both
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said

FACTS = {
    "arrete_date": Said("date de l'arrêté d'ouverture", "date of the opening order"),
    "ouverture_date": Said("date d'ouverture", "opening date"),
    "cloture_date": Said("date de clôture", "closing date"),
    "evaluation_environnementale": Said(
        "évaluation environnementale, oui ou non", "environmental assessment, yes or no"
    ),
    "organe": Said("commissaire enquêteur ou commission", "inquiry commissioner or commission"),
    "rapport_date": Said("date du rapport", "date of the report"),
    "registre_url": Said("adresse du registre", "address of the register"),
}
RESULTS = {
    "conforme": Said("conforme", "complies"),
    "a_verifier": Said("à vérifier", "to check"),
    "non_conforme": Said("non conforme", "does not comply"),
    "non_evalue": Said("non évalué : un fait manque", "not evaluated: a fact is missing"),
    "non_applicable": Said("sans objet", "not applicable"),
}
PICKED = both(
    "Ces enquêtes ont été choisies à la main : ces nombres ne disent rien de l'ensemble des enquêtes publiques.",
    "These inquiries were picked by hand: the numbers say nothing of public inquiries as a whole.",
)
Rows = Sequence[Mapping[str, str]]


@asks(3, "enquetes-publiques/enquetes", "enquetes-publiques/controles_legaux")
def what_is_known_of_inquiries(versions: Versions) -> Question:
    """What is known of inquiries: facts that sources give, and results of controls, of real inquiries only."""
    version = versions["enquetes-publiques"]
    rows = [row for row in read_rows(version, "enquetes") if row["exemple"] != "true"]
    real = {row["enquete_id"] for row in rows}
    results = Counter(row["resultat"] for row in read_rows(version, "controles_legaux") if row["enquete_id"] in real)
    applicable = sum(count for result, count in results.items() if result != "non_applicable")
    unknown = results["non_evalue"]
    fr, en = Wording("fr"), Wording("en")
    breaches = results["non_conforme"]
    return Question(
        name="que-sait-on-des-enquetes",
        title=both("Que sait-on des enquêtes publiques ?", "What is known of public inquiries?"),
        lead=both(
            f"{fr.number(len(rows))} enquêtes ont été lues dans des extraits de pages publiques. Sur "
            f"{fr.number(applicable)} contrôles qui s'appliquent, {fr.number(unknown)} "
            f"({fr.share(unknown, applicable)}) ne "
            "peuvent pas être évalués : un fait nécessaire n'est pas dans la source. Contrôles « non conforme » "
            f": {breaches}.",
            f"{en.number(len(rows))} inquiries were read in excerpts of public pages. Of {en.number(applicable)} "
            "controls "
            f"that apply, {en.number(unknown)} ({en.share(unknown, applicable)}) cannot be evaluated: a necessary "
            "fact is not "
            f"in the source. Controls that conclude “does not comply”: {breaches}.",
        ),
        cautions=(
            PICKED,
            both(
                "« À vérifier » n'est pas une illégalité : une prolongation, une autre publication ou une erreur "
                "de saisie "
                "peuvent l'expliquer. « Non évalué » n'est pas un manquement.",
                "“To check” is no illegality: an extension, another publication or a typing error may explain it. “Not "
                "evaluated” is no breach.",
            ),
            both(
                "Aucun de ces résultats n'est une décision de justice. Chacun peut être contesté : le "
                "constat dit à quelle adresse, et sous quel délai vient la réponse.",
                "None of these results is a decision of a court. Each can be contested: the finding says at "
                "which address, and by when it is answered.",
            ),
        ),
        answers=(
            Answer(
                both("Les faits que donnent les sources", "The facts that sources give"),
                both("Pour combien d'enquêtes chaque fait est connu.", "For how many inquiries each fact is known."),
                {language: _facts(rows, language) for language in LANGUAGES},
            ),
            Answer(
                both("Ce que concluent les contrôles", "What controls conclude"),
                both("Tous les contrôles, de toutes les règles.", "All controls, of all rules."),
                {language: _results(results, language) for language in LANGUAGES},
            ),
        ),
        tables=("enquetes-publiques/enquetes", "enquetes-publiques/controles_legaux"),
        pictures=("conformite-par-regle",),
    )


def _facts(rows: Rows, language: Language) -> Figures:
    words = Wording(language)
    heads = (words.choose("Fait", "Fact"), words.choose("Enquêtes", "Inquiries"), words.choose("Part", "Share"))
    lines = []
    for name, label in FACTS.items():
        known = sum(bool(row[name]) for row in rows)
        lines.append((getattr(label, language), words.number(known), words.share(known, len(rows))))
    return Figures(heads, lines)


def _results(results: Counter[str], language: Language) -> Figures:
    words = Wording(language)
    heads = (words.choose("Résultat", "Result"), words.choose("Contrôles", "Controls"))
    return Figures(heads, [(getattr(label, language), words.number(results[code])) for code, label in RESULTS.items()])
