"""What places were called before: states of the history of 1943 to 2019, then differences between yearly vintages.

Belongs here: former names of communes and of EPCI, and the present-day code of each. Does not: fetching packages or
writing files (`build_territories.py`).

A state ends on the first day when it was no longer so. Until 2019-01-01 that day is the event's; later it is the
1 January of the first vintage without the state, because the packages state no events, and `precision` says which.
"""

from __future__ import annotations

from typing import Any

from pipelines.geo.names import normalise

Rows = list[dict[str, Any]]
Later = dict[int, set[tuple[str, str]]]


def name_starts(history: Rows, later: Later) -> dict[tuple[str, str], str | None]:
    """Since when a current commune has borne its name, by (code, name); None: since before the history begins."""
    starts = {key: start for key, start, end, _ in _intervals(history) if end is None}
    found: dict[tuple[str, str], str | None] = {}
    years = sorted(later)
    for key in later[years[-1]]:
        year = years[-1]
        for earlier in reversed(years):
            if key not in later[earlier]:
                break
            year = earlier
        if year > years[0]:
            found[key] = f"{year}-01-01"
        elif key in starts:
            found[key] = starts[key]
        else:
            found[key] = f"{year}-01-01" if key[0] < "975" or key[0][:2] in ("2A", "2B") else None
    return found


def former_communes(history: Rows, later: Later, present: Rows) -> Rows:
    """Every (code, name) that was a commune's and is no longer, with its last interval and present-day commune."""
    now = {(row["code"], row["nom"]) for row in present if row["type"] == "commune-actuelle"}
    today = _present_codes(history, present)
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for key, start, end, _ in _intervals(history):
        if key in now:
            continue
        unseen = next((f"{year}-01-01" for year in sorted(later) if key not in later[year]), None)
        last[key] = _former(key, start, end or unseen, "jour" if end else "millesime", today)
    known = {key for key, *_ in _intervals(history)}
    for year in sorted(later):
        for key in later[year] - now - known:
            if key in last:
                continue
            gone = next(f"{after}-01-01" for after in sorted(later) if after > year and key not in later[after])
            started = None if year == min(later) and key[0] >= "975" else f"{year}-01-01"
            last[key] = _former(key, started, gone, "millesime", today)
    return [last[key] for key in sorted(last)]


def former_epci(by_year: dict[int, Rows], present: Rows) -> Rows:
    """Names that EPCI had in earlier vintages and have no longer (other key or other type), with both end vintages."""
    newest = max(by_year)
    home = {row["code"]: row for row in present if row["type"] == "commune-actuelle"}
    merged = {old: row["code"] for row in home.values() for old in row.get("anciensCodes", [])}
    now_in = {member["code"]: row["code"] for row in by_year[newest] for member in row["membres"]}
    living = {row["code"]: (row["type"], normalise(row["nom"])) for row in by_year[newest]}
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for year in sorted(by_year):
        for row in by_year[year]:
            key = (row["code"], row["type"], normalise(row["nom"]))
            if living.get(row["code"]) == key[1:]:
                continue
            codes = [merged.get(member["code"], member["code"]) for member in row["membres"]]
            heirs = {now_in.get(code) for code in codes}
            heir = row["code"] if row["code"] in living else heirs.pop() if len(heirs) == 1 else None
            departements = sorted({home[code]["departement"] for code in codes if code in home})
            entry = found.setdefault(
                key,
                {
                    "code": row["code"],
                    "type": row["type"],
                    "nom": row["nom"],
                    "cle": key[2],
                    "departements_codes": " ".join(departements),
                    "premier_millesime": year,
                    "dernier_millesime": year,
                    "code_actuel": heir,
                },
            )
            entry["dernier_millesime"] = year
    return [found[key] for key in sorted(found)]


def _intervals(history: Rows) -> list[tuple[tuple[str, str], str | None, str | None, str]]:
    """(code, name), start, end, last state's identifier: adjoining states of a commune with one name made one."""
    by_key: dict[tuple[str, str], Rows] = {}
    for state in history:
        if state["type"] == "COM":
            by_key.setdefault((state["code"], state["nom"]), []).append(state)
    intervals = []
    for key in sorted(by_key):
        start: str | None = None
        end: str | None = ""
        name = ""
        for state in sorted(by_key[key], key=lambda one: (one.get("dateDebut") or "", one.get("dateFin") or "9")):
            if name and state.get("dateDebut") != end:
                intervals.append((key, start, end, name))
                name = ""
            start = start if name else state.get("dateDebut")
            end, name = state.get("dateFin"), state["id"]
        intervals.append((key, start, end, name))
    return intervals


def _former(
    key: tuple[str, str], start: str | None, end: str | None, precision: str, today: dict[str, str]
) -> dict[str, Any]:
    code, name = key
    return {
        "code": code,
        "nom": name,
        "cle": normalise(name),
        "departement_code": code[:3] if code[:2] in ("97", "98") else code[:2],
        "valide_du": start,
        "valide_au": end,
        "precision": precision,
        "code_actuel": today.get(code),
    }


def _present_codes(history: Rows, present: Rows) -> dict[str, str]:
    """The commune of today that is in the place of each code there ever was, where it can be followed."""
    today = {old: row["code"] for row in present for old in row.get("anciensCodes", [])}
    today |= {row["code"]: row["chefLieu"] for row in present if "chefLieu" in row}
    today |= {row["code"]: row["code"] for row in present if row["type"] == "commune-actuelle"}
    after: dict[str, set[str]] = {}
    for state in history:
        for link in ("successeur", "pole"):
            target = state.get(link, "").partition("-")[2].partition("@")[0]
            if target and target != state["code"]:
                after.setdefault(state["code"], set()).add(target)
    found: dict[str, str] = {}
    for code in sorted({state["code"] for state in history} | set(today)):
        seen, front = {code}, {code}
        while front and not any(one in today for one in front):
            front = {target for one in front for target in after.get(one, ())} - seen
            seen |= front
        reached = {today[one] for one in front if one in today}
        if len(reached) == 1:
            found[code] = reached.pop()
    return found
