"""What `arobase audit` prints: how many inquiries met or missed each rule, in the two languages.

Belongs here: wording and alignment. Does not: the reports (`_audit_report.py`), whose language is the law's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelines.core.text import Language, Said

GAP = "  "


def audited(
    title: str,
    totals: Iterable[tuple[str, Said, Mapping[str, int]]],
    labels: Mapping[str, str],
    language: Language,
) -> Iterator[str]:
    """A title, then a line a rule: its identifier, a number under each result, its title.

    `totals`: rule, its title, inquiries by code of result; `labels`: each code in words, in the columns' order.
    Numbers are to the right; the rules' titles come last, so that a narrow terminal cuts no head.
    """
    heads = [label.split(":")[0].strip() for label in labels.values()]
    rows = [(Said("Règle", "Rule")[language], *heads, "")]
    for rule, title_of_rule, count in totals:
        rule_title = title_of_rule.fr if language == "fr" else title_of_rule.en
        rows.append((rule, *(str(count[code]) for code in labels), rule_title))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield title
    yield ""
    for first, *numbers, last in rows:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
        yield GAP.join((first.ljust(widths[0]), *cells, last)).rstrip()
    yield ""
