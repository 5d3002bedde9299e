#!/usr/bin/python3
"""What is known when: MINURCAT's short renewals of 2010, each on the day of its adoption, and how
mistakes about UNISFA are made and mended. Days, texts and ceilings of MINURCAT are real; so are
those of UNISFA but for the mistakes. Head-counts are made up.
"""
import sys

from chronicle import (Story, operation, options, play_all, retracted, returned, state, text,
                       texts)
from support import day, expect, main, memory_folder

# --- MINURCAT: rollovers of two months and of eleven days, then seven months with fewer troops ----


def minurcat(until):
    return "MAND_EXPIRING MINURCAT:UNSC:" + until


MARCH_09, MARCH, MAY_15, MAY_26, LAST = map(minurcat, (
    "2009-03-15", "2010-03-15", "2010-05-15", "2010-05-26", "2010-12-31"))
MANY, FEW = {"military": 5225, "police": 300}, {"military": 2225, "police": 300}


def never_without(witness):
    """In force every day, by spans that leave no day out."""
    rows = [r for r in witness.rows("timeline", "MINURCAT") if r["to"] is None or
            r["to"] >= "2010-03-12"]
    expect(rows[0]["on"] <= "2010-03-12", "since then", rows)
    next_day = day(rows[0]["on"])
    for row in rows:
        expect(day(row["on"]) == next_day, "no day is left out", rows)
        if row["on"] > "2010-12-31":
            expect(row["status"] == "ended" and row["on"] == "2011-01-01", "ended", row)
            return
        expect(row["in_force"] and row["applies"], "in force", row)
        next_day = day(row["to"]) + 1
    expect(False, "it ends", rows)


MINURCAT = Story(
    "MINURCAT: renewed for two months, for eleven days, for the last time",
    names=[operation("MINURCAT")],
    before=texts("MINURCAT", 1778, 1834),
    told=[
        ("2009-01-13", [], [MARCH_09 + " opened info 90"]),
        # In effect two months later; secured at once.
        ("2009-01-14", texts("MINURCAT", 1861),
         [MARCH_09 + " changed info 60", MARCH_09 + " closed superseded"]),
        ("2009-12-15", [], [MARCH + " opened info 90"]),
        ("2010-01-14", [], [MARCH + " changed info 60"]),
        ("2010-02-13", [], [MARCH + " changed warn 30"]),
        ("2010-03-01", [], [MARCH + " changed warn 14"]),
        ("2010-03-08", [], [MARCH + " changed warn 7"]),
        ("2010-03-12", texts("MINURCAT", 1913),
         [MARCH + " closed superseded", MAY_15 + " opened info 90"]),
        ("2010-03-16", [], [MAY_15 + " changed info 60"]),
        ("2010-04-15", [], [MAY_15 + " changed warn 30"]),
        ("2010-05-01", [], [MAY_15 + " changed warn 14"]),
        ("2010-05-08", [], [MAY_15 + " changed warn 7"]),
        ("2010-05-12", texts("MINURCAT", 1922),
         [MAY_15 + " closed superseded", MAY_26 + " opened warn 14"]),
        ("2010-05-19", [], [MAY_26 + " changed warn 7"]),
        ("2010-05-25", texts("MINURCAT", 1923), [MAY_26 + " closed superseded"]),
        ("2010-10-02", [], [LAST + " opened info 90"]),
        ("2010-11-01", [], [LAST + " changed info 60"]),
        ("2010-12-01", [], [LAST + " changed warn 30"]),
        ("2010-12-17", [], [LAST + " changed warn 14"]),
        ("2010-12-24", [], [LAST + " changed warn 7"]),
        ("2011-01-01", [], [LAST + " closed over"])],
    states=[
        state("2009-01-13", "MINURCAT", until="2009-03-15", secured="2009-03-15",
              ceilings={"military": 50, "police": 300}, alerts=[MARCH_09 + " info"]),
        state("2009-01-14", "MINURCAT", until="2009-03-15", secured="2010-03-15",
              document="S/RES/1834", ceilings={"military": 50, "police": 300}, alerts=[]),
        state("2009-01-20", "MINURCAT", until="2009-03-15", secured="2010-03-15"),
        state("2009-03-14", "MINURCAT", until="2009-03-15",
              ceilings={"military": 50, "police": 300}, alerts=[]),
        state("2009-03-15", "MINURCAT", until="2010-03-15", document="S/RES/1861", ceilings=MANY,
              alerts=[]),
        state("2009-03-16", "MINURCAT", "in_force", ceilings=MANY),
        state("2010-03-11", "MINURCAT", "in_force", until="2010-03-15", document="S/RES/1861",
              ceilings=MANY, alerts=[MARCH + " warn"]),
        state("2010-03-12", "MINURCAT", "in_force", until="2010-05-15", document="S/RES/1913",
              ceilings=MANY, alerts=[MAY_15 + " info"]),
        state("2010-03-13", "MINURCAT", "in_force", until="2010-05-15", ceilings=MANY),
        state("2010-05-11", "MINURCAT", "in_force", until="2010-05-15", ceilings=MANY,
              alerts=[MAY_15 + " warn"]),
        state("2010-05-12", "MINURCAT", "in_force", until="2010-05-26", document="S/RES/1922",
              ceilings=MANY, alerts=[MAY_26 + " warn"]),
        state("2010-05-13", "MINURCAT", "in_force", until="2010-05-26", ceilings=MANY),
        state("2010-05-24", "MINURCAT", "in_force", until="2010-05-26", ceilings=MANY,
              alerts=[MAY_26 + " warn"]),
        state("2010-05-25", "MINURCAT", "in_force", until="2010-12-31", document="S/RES/1923",
              ceilings=FEW, alerts=[]),
        state("2010-05-26", "MINURCAT", "in_force", until="2010-12-31", ceilings=FEW, alerts=[]),
        state("2010-12-30", "MINURCAT", "in_force", alerts=[LAST + " warn"]),
        state("2010-12-31", "MINURCAT", "in_force", until="2010-12-31", ceilings=FEW, applies=True,
              alerts=[LAST + " warn"]),
        state("2011-01-01", "MINURCAT", "ended", how="lapsed", ceilings=FEW, applies=False,
              alerts=[])],
    extra=never_without)

# --- UNISFA 2012: 4 830 instead of 3 840 people, a return of somewhere else, the day of
# adoption for that of the end, and a text that is recorded before it is adopted -------------------

OVER = "CEIL_OVER UNISFA:military"
LAPSED = "MAND_LAPSED UNISFA:UNSC"
STALE = ["DEP_STALE UNISFA:military", "DEP_STALE UNISFA:police"]
MAY, WRONG, NOVEMBER = ("MAND_EXPIRING UNISFA:UNSC:" + until
                        for until in ("2012-05-27", "2012-05-17", "2012-11-16"))
DRAFT = text("UNISFA", 2075, adopted="2012-11-13")
ELSEWHERE = returned("UNISFA", "2012-02-29", 4500, 40)


def said(alerts, words):
    return ["%s %s" % (alert, words) for alert in alerts]


MISTAKES = Story(
    "UNISFA 2012: what was believed, and what is",
    names=[operation("UNISFA")],
    before=texts("UNISFA", 1990, 2024, 2032),
    told=[
        ("2012-01-30", [], []),
        ("2012-01-31", [returned("UNISFA", "2012-01-31", 4830, 40)], [OVER + " opened warn"]),
        ("2012-02-10", [returned("UNISFA", "2012-01-31", 3840, 40, edition=2)],
         [OVER + " closed corrected"]),
        ("2012-02-27", [], [MAY + " opened info 90"]),
        ("2012-02-29", [ELSEWHERE], [OVER + " opened warn"]),
        ("2012-03-02", [retracted(ELSEWHERE, 2)], [OVER + " closed corrected"]),
        ("2012-03-17", [], said(STALE, "opened warn")),
        ("2012-03-28", [], [MAY + " changed info 60"]),
        ("2012-04-27", [], [MAY + " changed warn 30"]),
        ("2012-05-13", [], [MAY + " changed warn 14"]),
        ("2012-05-17", [text("UNISFA", 2047, valid_until="2012-05-17")],
         [WRONG + " opened warn 7", MAY + " closed superseded"]),
        ("2012-05-18", [], [WRONG + " closed over", LAPSED + " opened alarm"]
         + said(STALE, "closed over")),
        ("2012-05-19", [text("UNISFA", 2047, edition=2)],
         [LAPSED + " closed corrected"] + said(STALE, "opened warn")),
        ("2012-05-31", [returned("UNISFA", "2012-05-31", 3850, 45)],
         said(STALE, "closed resolved")),
        ("2012-07-16", [], said(STALE, "opened warn")),
        ("2012-08-18", [], [NOVEMBER + " opened info 90"]),
        ("2012-09-17", [], [NOVEMBER + " changed info 60"]),
        ("2012-10-17", [], [NOVEMBER + " changed warn 30"]),
        ("2012-11-02", [], [NOVEMBER + " changed warn 14"]),
        ("2012-11-09", [], [NOVEMBER + " changed warn 7"]),
        ("2012-11-13", [DRAFT], [NOVEMBER + " closed superseded"]),
        ("2012-11-18", [retracted(DRAFT, 2)],
         [LAPSED + " opened alarm"] + said(STALE, "closed over")),
        ("2012-11-20", [text("UNISFA", 2075, edition=3)],
         [LAPSED + " closed corrected"] + said(STALE, "opened warn"))],
    states=[
        state("2012-01-30", "UNISFA", "in_force", until="2012-05-27", alerts=[],
              ceilings={"military": 4200, "police": 50}, present={"military": None}),
        state("2012-02-10", "UNISFA", present={"military": 3840}, alerts=[]),
        state("2012-02-28", "UNISFA", present={"military": 3840}, alerts=[MAY + " info"]),
        state("2012-03-02", "UNISFA", present={"military": 3840}, alerts=[MAY + " info"]),
        state("2012-03-03", "UNISFA", present={"military": 3840}, alerts=[MAY + " info"]),
        state("2012-05-16", "UNISFA", "in_force", until="2012-05-27", document="S/RES/2032",
              alerts=[MAY + " warn"] + said(STALE, "warn")),
        state("2012-05-19", "UNISFA", "in_force", until="2012-11-16", document="S/RES/2047",
              alerts=said(STALE, "warn")),
        state("2012-11-12", "UNISFA", "in_force", until="2012-11-16", document="S/RES/2047",
              alerts=[NOVEMBER + " warn"] + said(STALE, "warn")),
        state("2012-11-20", "UNISFA", "in_force", until="2013-05-31", document="S/RES/2075",
              alerts=said(STALE, "warn"))],
    believed=[
        state("2012-01-31", "UNISFA", present={"military": 4830}, alerts=[OVER + " warn"]),
        state("2012-02-09", "UNISFA", present={"military": 4830}, alerts=[OVER + " warn"]),
        state("2012-02-29", "UNISFA", present={"military": 4500},
              alerts=[MAY + " info", OVER + " warn"]),
        state("2012-03-01", "UNISFA", present={"military": 4500},
              alerts=[MAY + " info", OVER + " warn"]),
        state("2012-05-17", "UNISFA", "in_force", until="2012-05-17", document="S/RES/2047",
              alerts=[WRONG + " warn"] + said(STALE, "warn")),
        state("2012-05-18", "UNISFA", "ended", how="lapsed", until="2012-05-17", applies=False,
              alerts=[LAPSED + " alarm"]),
        state("2012-11-13", "UNISFA", "in_force", until="2013-05-31", alerts=said(STALE, "warn")),
        state("2012-11-17", "UNISFA", "in_force", until="2013-05-31", document="S/RES/2075",
              alerts=said(STALE, "warn")),
        state("2012-11-18", "UNISFA", "ended", how="lapsed", until="2012-11-16",
              document="S/RES/2047", alerts=[LAPSED + " alarm"]),
        state("2012-11-19", "UNISFA", "ended", alerts=[LAPSED + " alarm"])],
    found=[
        state("2012-01-31", "UNISFA", present={"military": 3840}, alerts=[]),
        state("2012-02-09", "UNISFA", present={"military": 3840}, alerts=[]),
        state("2012-02-29", "UNISFA", present={"military": 3840}, alerts=[MAY + " info"]),
        state("2012-05-17", "UNISFA", "in_force", until="2012-11-16", alerts=said(STALE, "warn")),
        state("2012-05-18", "UNISFA", "in_force", until="2012-11-16", applies=True,
              alerts=said(STALE, "warn")),
        state("2012-11-13", "UNISFA", "in_force", until="2012-11-16",
              alerts=[NOVEMBER + " warn"] + said(STALE, "warn")),
        state("2012-11-15", "UNISFA", "in_force", until="2012-11-16", document="S/RES/2047",
              alerts=[NOVEMBER + " warn"] + said(STALE, "warn")),
        state("2012-11-16", "UNISFA", "in_force", until="2013-05-31", document="S/RES/2075",
              alerts=said(STALE, "warn")),
        state("2012-11-18", "UNISFA", "in_force", until="2013-05-31",
              alerts=said(STALE, "warn"))])


def play(scene):
    play_all(scene, MINURCAT, MISTAKES)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
