"""What `arobase audit` prints: how many inquiries met or missed each rule, in the two languages.

Belongs here: wording and alignment. Does not: the reports (`rules/inquiries/rapport.py`), whose language is the law's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelines.language import Language

GAP = "  "
# The titles of the rules, which their modules give in French, the law's language.
TITLES_EN = {
    "EP-01": "Order of events",
    "EP-02": "Minimum length",
    "EP-03": "Length reduced without environmental assessment",
    "EP-04": "Maximum length",
    "EP-05": "Length of the extension",
    "EP-06": "Announcement of the extension",
    "EP-07": "Time between the order and the opening",
    "EP-08": "Time for the court's appointment",
    "EP-09": "Odd number of members",
    "EP-10": "Substitutes",
    "EP-11": "First notice in the press",
    "EP-12": "Second notice in the press",
    "EP-13": "Operation of national importance",
    "EP-14": "Posting",
    "EP-15": "Online notice",
    "EP-16": "File online, on paper and on a computer on site",
    "EP-17": "Content of the notice",
    "EP-18": "Electronic observations",
    "EP-19": "Period of observations",
    "EP-20": "Sessions during the inquiry",
    "EP-21": "Minutes of synthesis",
    "EP-22": "Statement in reply",
    "EP-23": "Delivery of the report",
    "EP-24": "Report after a replacement",
    "EP-25": "Sense of the conclusions",
    "EP-26": "Conclusions of a single inquiry",
    "EP-27": "Supplement to the conclusions",
    "EP-28": "Report made available",
    "EP-29": "Suspension and resumption",
    "EP-30": "Supplementary inquiry",
    "EP-31": "Unfavourable conclusions",
    "EP-32": "Time for the declaration of public utility",
    "EP-33": "Validity of the inquiry",
    "EP-34": "Closing of the registers",
    "EP-35": "Independence",
    "PC-01": "Length of the parallel consultation",
    "PC-02": "Notice of the parallel consultation",
    "PC-03": "Meetings of the parallel consultation",
    "PC-04": "Report of the parallel consultation",
    "PC-05": "Observations published during the consultation",
    "VOIRIE-15": "Length of road inquiries",
}


def audited(
    title: str,
    totals: Iterable[tuple[str, str, Mapping[str, int]]],
    labels: Mapping[str, str],
    language: Language,
) -> Iterator[str]:
    """A title, then a line a rule: its identifier, a number under each result, its title.

    `totals`: rule, its French title, inquiries by code of result; `labels`: each code in words, in the columns' order.
    Numbers are to the right; the rules' titles stand last, so that a narrow terminal cuts no head.
    """
    heads = [label.split(":")[0].strip() for label in labels.values()]
    rows = [("Règle" if language == "fr" else "Rule", *heads, "")]
    for rule, french, count in totals:
        told = french if language == "fr" else TITLES_EN.get(rule, french)
        rows.append((rule, *(str(count[code]) for code in labels), told))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield title
    yield ""
    for first, *numbers, last in rows:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
        yield GAP.join((first.ljust(widths[0]), *cells, last)).rstrip()
    yield ""
