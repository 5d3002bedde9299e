#!/usr/bin/python3
"""How ceilings move: UNMIL's temporary 250 more of 2005, UNAMID's two phases of 2017, and UNISFA's
fewer troops and more police of 2019. Days, texts and ceilings are real; head-counts are made up.
"""
import sys

from chronicle import Story, ceilings, operation, options, play_all, returned, state, text, texts
from support import main, memory_folder


def over(component):
    return "CEIL_OVER " + component


def expiring(acronym, until):
    return "MAND_EXPIRING %s:UNSC:%s" % (acronym, until)


# --- UNMIL: 15 000; 15 250 from 2005-11-15 until 2006-03-31, and on by S/RES/1667, which becomes
# known two days after the mandate seems to have ended; 14 875 from 2006-07-13 -------------------

MILITARY = over("UNMIL:military")
MARCH, SEPTEMBER = expiring("UNMIL", "2006-03-31"), expiring("UNMIL", "2006-09-30")

UNMIL = Story(
    "UNMIL: 250 more for a time, to guard the Special Court",
    names=[operation("UNMIL")],
    before=texts("UNMIL", 1509, 1561),
    told=[
        ("2005-09-18", [], [expiring("UNMIL", "2005-09-19") + " opened warn 7"]),
        ("2005-09-19", texts("UNMIL", 1626) + ceilings("UNMIL"),
         [expiring("UNMIL", "2005-09-19") + " closed superseded"]),
        ("2005-09-30", [returned("UNMIL", "2005-09-30", 14900, 1100)], []),
        ("2005-10-31", [returned("UNMIL", "2005-10-31", 15100, 1100)], [MILITARY + " opened warn"]),
        ("2005-11-11", texts("UNMIL", 1638), []),
        ("2005-11-15", [], [MILITARY + " closed resolved"]),
        ("2005-11-30", [returned("UNMIL", "2005-11-30", 15200, 1100)], []),
        ("2005-12-31", [returned("UNMIL", "2005-12-31", 15250, 1100)], [MARCH + " opened info 90"]),
        ("2006-01-30", [], [MARCH + " changed info 60"]),
        ("2006-01-31", [returned("UNMIL", "2006-01-31", 15240, 1100)], []),
        ("2006-02-28", [returned("UNMIL", "2006-02-28", 15251, 1100)], [MILITARY + " opened warn"]),
        ("2006-03-01", [], [MARCH + " changed warn 30"]),
        ("2006-03-17", [], [MARCH + " changed warn 14"]),
        ("2006-03-24", [], [MARCH + " changed warn 7"]),
        ("2006-03-30", [], [MILITARY + " changed alarm"]),
        ("2006-03-31", [returned("UNMIL", "2006-03-31", 15245, 1100)],
         [MILITARY + " closed resolved"]),
        ("2006-04-01", [], [MARCH + " closed over", "MAND_LAPSED UNMIL:UNSC opened alarm"]),
        ("2006-04-03", texts("UNMIL", 1667), ["MAND_LAPSED UNMIL:UNSC closed resolved"]),
        ("2006-04-30", [returned("UNMIL", "2006-04-30", 15245, 1100)], []),
        ("2006-05-31", [returned("UNMIL", "2006-05-31", 15240, 1100)], []),
        ("2006-06-30", [returned("UNMIL", "2006-06-30", 15240, 1100)], []),
        ("2006-07-02", [], [SEPTEMBER + " opened info 90"]),
        ("2006-07-13", texts("UNMIL", 1694), [MILITARY + " opened warn"]),
        ("2006-07-31", [returned("UNMIL", "2006-07-31", 15000, 1200)],
         [MILITARY + " changed warn"]),
        ("2006-08-01", [], [SEPTEMBER + " changed info 60"]),
        ("2006-08-12", [], [MILITARY + " changed alarm"]),
        ("2006-08-31", [returned("UNMIL", "2006-08-31", 14875, 1240)],
         [SEPTEMBER + " changed warn 30", MILITARY + " closed resolved"])],
    states=[
        state("2005-09-18", "UNMIL", "in_force", until="2005-09-19", document="S/RES/1561",
              ceilings={"military": 15000, "police": 1115}),
        state("2005-09-19", "UNMIL", "in_force", until="2006-03-31", document="S/RES/1626",
              ceilings={"military": 15000, "police": 1115}, alerts=[]),
        state("2005-10-30", "UNMIL", present={"military": 14900}, alerts=[]),
        state("2005-10-31", "UNMIL", present={"military": 15100}, alerts=[MILITARY + " warn"]),
        state("2005-11-14", "UNMIL", ceilings={"military": 15000}, alerts=[MILITARY + " warn"]),
        state("2005-11-15", "UNMIL", ceilings={"military": 15250, "police": 1115}, alerts=[]),
        state("2005-12-31", "UNMIL", present={"military": 15250}, alerts=[MARCH + " info"]),
        state("2006-02-27", "UNMIL", alerts=[MARCH + " info"]),
        state("2006-02-28", "UNMIL", present={"military": 15251},
              alerts=[MARCH + " info", MILITARY + " warn"]),
        state("2006-03-29", "UNMIL", alerts=[MARCH + " warn", MILITARY + " warn"]),
        state("2006-03-30", "UNMIL", alerts=[MARCH + " warn", MILITARY + " alarm"]),
        state("2006-04-03", "UNMIL", "in_force", until="2006-09-30", document="S/RES/1667",
              ceilings={"military": 15250}, alerts=[]),
        state("2006-07-12", "UNMIL", ceilings={"military": 15250, "police": 1115},
              alerts=[SEPTEMBER + " info"]),
        state("2006-07-13", "UNMIL", ceilings={"military": 14875, "police": 1240},
              alerts=[SEPTEMBER + " info", MILITARY + " warn"]),
        state("2006-07-14", "UNMIL", ceilings={"military": 14875, "police": 1240}),
        state("2006-08-11", "UNMIL", alerts=[SEPTEMBER + " info", MILITARY + " warn"]),
        state("2006-08-12", "UNMIL", alerts=[SEPTEMBER + " info", MILITARY + " alarm"]),
        state("2006-08-31", "UNMIL", present={"military": 14875},
              alerts=[SEPTEMBER + " warn"])],
    believed=[
        state("2006-03-31", "UNMIL", "in_force", until="2006-03-31", secured="2006-03-31",
              document="S/RES/1626", ceilings={"military": 15250}, applies=True,
              alerts=[MARCH + " warn"]),
        state("2006-04-01", "UNMIL", "ended", how="lapsed", until="2006-03-31",
              ceilings={"military": 15000}, applies=False,
              alerts=["MAND_LAPSED UNMIL:UNSC alarm"]),
        state("2006-04-02", "UNMIL", "ended", alerts=["MAND_LAPSED UNMIL:UNSC alarm"])],
    found=[
        state("2006-03-31", "UNMIL", "in_force", until="2006-09-30", document="S/RES/1667",
              ceilings={"military": 15250}, applies=True, alerts=[]),
        state("2006-04-01", "UNMIL", "in_force", until="2006-09-30",
              ceilings={"military": 15250}, applies=True, alerts=[]),
        state("2006-04-02", "UNMIL", "in_force", alerts=[])])

# --- UNAMID, S/RES/2363: 11 395 and 2 888 by the end of 2017, 8 735 and 2 500 by 2018-06-30 -------

DARFUR, DARFUR_POLICE = over("UNAMID:military"), over("UNAMID:police")
JUNE_17, JUNE_18, JULY_18 = (expiring("UNAMID", until)
                             for until in ("2017-06-30", "2018-06-30", "2018-07-13"))


def monthly(as_of, troops, police, *events):
    return as_of, [returned("UNAMID", as_of, troops, police)], list(events)


PHASES = Story(
    "UNAMID 2017: a lower ceiling in two phases, each with a day to reach it",
    names=[operation("UNAMID")],
    before=texts("UNAMID", 1769, 1828, 1881, 1935, 2003, 2063, 2113, 2148, 2173, 2228, 2296) + [
        returned("UNAMID", "2017-05-31", 13600, 2900)],
    told=[
        ("2017-06-28", [], [JUNE_17 + " opened warn 7"]),
        ("2017-06-29", texts("UNAMID", 2363) + ceilings("UNAMID"),
         [JUNE_17 + " closed superseded", DARFUR + " opened warn",
          DARFUR_POLICE + " opened warn"]),
        monthly("2017-06-30", 13500, 2880, DARFUR + " changed warn",
                DARFUR_POLICE + " closed resolved"),
        monthly("2017-07-31", 13000, 2880, DARFUR + " changed warn"),
        monthly("2017-08-31", 12600, 2800, DARFUR + " changed warn"),
        monthly("2017-09-30", 12200, 2800, DARFUR + " changed warn"),
        monthly("2017-10-31", 11800, 2700, DARFUR + " changed warn"),
        monthly("2017-11-30", 11396, 2600, DARFUR + " changed warn"),
        monthly("2017-12-31", 11395, 2500, DARFUR + " closed resolved"),
        ("2018-01-01", [], [DARFUR + " opened warn"]),
        monthly("2018-01-31", 11000, 2500, DARFUR + " changed warn"),
        monthly("2018-02-28", 10500, 2500, DARFUR + " changed warn"),
        monthly("2018-03-31", 10000, 2500, DARFUR + " changed warn"),
        ("2018-04-01", [], [JUNE_18 + " opened info 90"]),
        monthly("2018-04-30", 9600, 2500, DARFUR + " changed warn"),
        ("2018-05-01", [], [JUNE_18 + " changed info 60"]),
        monthly("2018-05-31", 9300, 2500, JUNE_18 + " changed warn 30", DARFUR + " changed warn"),
        ("2018-06-16", [], [JUNE_18 + " changed warn 14"]),
        ("2018-06-23", [], [JUNE_18 + " changed warn 7"]),
        ("2018-06-29", texts("UNAMID", 2425),
         [JUNE_18 + " closed superseded", JULY_18 + " opened warn 14"]),
        monthly("2018-06-30", 9000, 2500, DARFUR + " changed warn"),
        ("2018-07-01", [], [DARFUR + " changed alarm"]),
        ("2018-07-06", [], [JULY_18 + " changed warn 7"]),
        # The next ceiling has a first day to reach it, too.
        ("2018-07-13", texts("UNAMID", 2429),
         [DARFUR + " changed warn", JULY_18 + " closed superseded"]),
        ("2018-07-14", [], [DARFUR + " changed alarm"])],
    states=[
        state("2017-06-28", "UNAMID", until="2017-06-30", alerts=[JUNE_17 + " warn"],
              ceilings={"military": 15845, "police": 3403, "fpu_units": 13}),
        state("2017-06-29", "UNAMID", until="2018-06-30", document="S/RES/2363",
              ceilings={"military": 11395, "police": 2888, "fpu_units": None},
              alerts=[DARFUR + " warn", DARFUR_POLICE + " warn"]),
        state("2017-06-30", "UNAMID", present={"military": 13500, "police": 2880},
              ceilings={"military": 11395, "police": 2888}, alerts=[DARFUR + " warn"]),
        state("2017-12-30", "UNAMID", alerts=[DARFUR + " warn"]),
        state("2017-12-31", "UNAMID", ceilings={"military": 11395, "police": 2888},
              present={"military": 11395, "police": 2500}, alerts=[]),
        state("2018-01-01", "UNAMID", ceilings={"military": 8735, "police": 2500,
                                                "fpu_units": None}, alerts=[DARFUR + " warn"]),
        state("2018-06-29", "UNAMID", until="2018-07-13", document="S/RES/2425",
              ceilings={"military": 8735, "police": 2500},
              alerts=[DARFUR + " warn", JULY_18 + " warn"]),
        state("2018-06-30", "UNAMID", alerts=[DARFUR + " warn", JULY_18 + " warn"]),
        state("2018-07-01", "UNAMID", alerts=[DARFUR + " alarm", JULY_18 + " warn"]),
        state("2018-07-12", "UNAMID", ceilings={"military": 8735, "police": 2500}),
        state("2018-07-13", "UNAMID", until="2019-06-30", document="S/RES/2429",
              ceilings={"military": 4050, "police": 2500}, alerts=[DARFUR + " warn"]),
        state("2018-07-14", "UNAMID", ceilings={"military": 4050, "police": 2500},
              alerts=[DARFUR + " alarm"])])

# --- UNISFA 2019: 4 500 and 50 become 3 550 and 640, with three formed units ---------------------

ABYEI = over("UNISFA:military")
MAY_19, NOVEMBER_19 = expiring("UNISFA", "2019-05-15"), expiring("UNISFA", "2019-11-15")
ABYEI_STALE = ["DEP_STALE UNISFA:military", "DEP_STALE UNISFA:police"]

UNISFA = Story(
    "UNISFA 2019: fewer troops, more police",
    names=[operation("UNISFA")],
    before=texts("UNISFA", 1990, 2024, 2032, 2047, 2075, 2104, 2126, 2156, 2179, 2205, 2230, 2251,
                 2287, 2318, 2352, 2386, 2416, 2445) + [
        returned("UNISFA", "2019-04-30", 4400, 35)],
    told=[
        ("2019-05-13", [], [MAY_19 + " opened warn 7"]),
        ("2019-05-14", texts("UNISFA", 2469),
         [ABYEI + " opened warn", MAY_19 + " closed superseded"]),
        ("2019-05-31", [returned("UNISFA", "2019-05-31", 3550, 35)], [ABYEI + " closed resolved"]),
        ("2019-07-16", [], [word + " opened warn" for word in ABYEI_STALE]),
        ("2019-08-17", [], [NOVEMBER_19 + " opened info 90"]),
        ("2019-09-16", [], [NOVEMBER_19 + " changed info 60"]),
        ("2019-10-16", [], [NOVEMBER_19 + " changed warn 30"]),
        ("2019-11-01", [], [NOVEMBER_19 + " changed warn 14"]),
        ("2019-11-08", [], [NOVEMBER_19 + " changed warn 7"]),
        ("2019-11-14", texts("UNISFA", 2497), [NOVEMBER_19 + " closed superseded"])],
    states=[
        state("2019-05-13", "UNISFA", until="2019-05-15", document="S/RES/2445",
              ceilings={"military": 4500, "police": 50, "fpu_units": None},
              present={"military": 4400, "police": 35}, alerts=[MAY_19 + " warn"]),
        state("2019-05-14", "UNISFA", until="2019-11-15", document="S/RES/2469",
              ceilings={"military": 3550, "police": 640, "fpu_units": 3},
              alerts=[ABYEI + " warn"]),
        state("2019-05-15", "UNISFA", ceilings={"military": 3550, "police": 640, "fpu_units": 3},
              alerts=[ABYEI + " warn"]),
        state("2019-05-31", "UNISFA", present={"military": 3550}, alerts=[]),
        # Restating the number of police leaves the units as they were.
        state("2019-11-14", "UNISFA", until="2020-05-15", document="S/RES/2497",
              ceilings={"military": 3550, "police": 640, "fpu_units": 3},
              alerts=[word + " warn" for word in ABYEI_STALE])])


def play(scene):
    play_all(scene, UNMIL, PHASES, UNISFA)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
