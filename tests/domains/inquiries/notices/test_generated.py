"""Random true inquiries printed in many styles: whatever is read of them is true."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domains.inquiries.notices import read_notice
from pipelines.domains.inquiries.notices.pieces import in_words
from pipelines.domains.inquiries.notices.reading import Status

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre"),
    "décembre",
)
HOURS = st.sampled_from([(8, 0), (8, 30), (9, 0), (9, 30), (13, 30), (14, 0), (16, 30), (17, 0), (18, 15)])
INTRODUCTIONS = (
    "L'enquête publique se déroulera {}.",
    "Une enquête publique est ouverte {} en mairie de Saint-Just.",
    "Par arrêté n° 2020-14 du 5 mars 2013, il est procédé à une enquête publique {}.",
    "AVIS D'ENQUÊTE PUBLIQUE {}",
    "L'enquête publique préalable à la déclaration d'utilité publique aura lieu {}, siège : mairie.",
    "Le dossier soumis à enquête publique sera consultable {}.",
)


@st.composite
def styled_date(draw: st.DrawFn, day: date, with_year: bool, weekday: bool) -> str:
    number = draw(st.sampled_from(["1er", "1 er", "1"] if day.day == 1 else [str(day.day), f"{day.day:02d}"]))
    month = draw(st.sampled_from([MONTHS[day.month - 1], MONTHS[day.month - 1].upper(), MONTHS[day.month - 1].title()]))
    if with_year and draw(st.integers(0, 9)) == 0:
        return f"{day.day:02d}/{day.month:02d}/{day.year}"
    blank = draw(st.sampled_from([" ", " ", "\u00a0", "", "\n"]))
    text = f"{number}{blank}{month}" + (f"{draw(st.sampled_from([' ', ' ', '']))}{day.year}" if with_year else "")
    return f"{WEEKDAYS[day.weekday()]} {text}" if weekday else text


@st.composite
def styled_hour(draw: st.DrawFn, hour: tuple[int, int]) -> str:
    hours, minutes = hour
    forms = [
        f"{hours}h{minutes:02d}",
        f"{hours:02d}H{minutes:02d}",
        f"{hours} h {minutes:02d}",
        f"{hours}:{minutes:02d}",
    ]
    forms += [f"{hours} heures" if not minutes else f"{hours} heures {minutes}", f"{hours}heures{minutes:02d}"]
    return draw(st.sampled_from(forms))


@st.composite
def printed_inquiries(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """(the notice, the truth by field); every field of the truth is printed, though perhaps not readably."""
    opening = draw(st.dates(date(1986, 1, 1), date(2035, 12, 31)))
    length = draw(st.integers(15, 62))
    closing = opening + timedelta(days=length - 1)
    truth = {"opening_date": opening.isoformat(), "closing_date": closing.isoformat(), "duration": str(length)}
    left_year = draw(st.booleans())
    first = draw(styled_date(opening, left_year, draw(st.booleans())))
    last = draw(styled_date(closing, not left_year or draw(st.booleans()), draw(st.booleans())))
    if draw(st.booleans()):
        hours = draw(HOURS), draw(HOURS)
        truth |= {"opening_hour": "{:02d}:{:02d}".format(*hours[0]), "closing_hour": "{:02d}:{:02d}".format(*hours[1])}
        first += draw(st.sampled_from([" à {}", " à partir de {}", " ({})", ", {}", " dès {}"])).format(
            draw(styled_hour(hours[0]))
        )
        last += draw(st.sampled_from([" à {}", " jusqu'à {}", " ({})", " inclus, à {}"])).format(
            draw(styled_hour(hours[1]))
        )
    link = draw(st.sampled_from([" au ", " jusqu'au ", " jusqu’au ", ", jusqu'au ", " au\n"]))
    period = (
        f"{draw(st.sampled_from(['du ', 'Du ', 'à compter du ', 'du : ', 'pour la période du ']))}{first}{link}{last}"
    )
    period += draw(st.sampled_from(["", " inclus", " inclusivement"]))
    words = draw(st.sampled_from([str(length), in_words(length), f"{in_words(length).replace(' ', '-')} ({length})"]))
    period += draw(st.sampled_from(["", f", soit {words} jours consécutifs", f", soit pendant {words} jours"]))
    period += draw(st.sampled_from(["", ", et affiché quinze jours au moins avant l'ouverture"]))
    return draw(st.sampled_from(INTRODUCTIONS)).format(period), truth


@settings(max_examples=400, deadline=None)
@given(printed_inquiries())
def test_nothing_that_is_read_of_a_true_inquiry_is_wrong(printed: tuple[str, dict[str, str]]) -> None:
    text, truth = printed
    notice = read_notice(text)
    for name in ("opening_date", "closing_date", "opening_hour", "closing_hour", "duration"):
        assert getattr(notice, name).value in (None, truth.get(name)), text


@settings(max_examples=200, deadline=None)
@given(printed_inquiries())
def test_both_ends_of_a_plainly_printed_period_are_read(printed: tuple[str, dict[str, str]]) -> None:
    text, truth = printed
    notice = read_notice(text)
    assert (notice.opening_date.value, notice.closing_date.value) == (truth["opening_date"], truth["closing_date"]), (
        text
    )


@settings(max_examples=150, deadline=None)
@given(
    st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(15, 62), st.lists(st.integers(1990, 2035), max_size=4)
)
def test_a_year_is_taken_from_the_context_only_where_one_fits(opening: date, length: int, years: list[int]) -> None:
    closing = opening + timedelta(days=length - 1)
    days = [f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}" for day in (opening, closing)]
    fact = read_notice(f"enquête publique du {days[0]} au {days[1]}", years).opening_date
    fitting = [
        year
        for year in set(years)
        if _moved(opening, year) and WEEKDAYS[(_moved(opening, year) or opening).weekday()] == days[0].split()[0]
    ]
    if fact.value is not None:
        assert fact.value[5:] == opening.isoformat()[5:]
        assert int(fact.value[:4]) in fitting


def _moved(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_an_accident(text: str) -> None:
    notice = read_notice(text, [2024])
    facts = [notice.order_number, notice.order_date, notice.opening_date, notice.closing_date, notice.duration]
    facts += [fact for session in notice.sessions for fact in (session.day, session.start, session.end)]
    assert [fact for fact in facts if fact.status is Status.READ and fact.value is None] == []
    assert [fact for fact in facts if fact.status in (Status.AMBIGUOUS, Status.UNREAD) and fact.value] == []
