"""The law of public inquiries as findings: regimes, rules, checks, the picture of an inquiry's dates, reports.

Belongs here: what the law asked of an inquiry and what the facts that were read allow one to say. Does not: reading a
source, rejecting a row. Rules are data where they can be (`regimes.csv`, `regles.csv`) and small functions where
arithmetic is needed.
"""

from pipelines.domains.inquiries.law.controles import (
    Constat,
    conformite_annuelle,
    controler,
    controler_regle,
    controler_tous,
    controles,
    regles_table,
)
from pipelines.domains.inquiries.law.enquete import Enquete, Evenement, Objet, Permanence, Publicite, enquetes

__all__ = [
    "Constat",
    "Enquete",
    "Evenement",
    "Objet",
    "Permanence",
    "Publicite",
    "conformite_annuelle",
    "controler",
    "controler_regle",
    "controler_tous",
    "controles",
    "enquetes",
    "regles_table",
]
