#!/usr/bin/python3
"""How operations end: UNAMID with six months to withdraw, and UNMIS, whose units go over to UNMISS
and UNISFA. Days, texts and ceilings are real; head-counts and units are made up.
"""
import sys

from chronicle import (Story, accepts, operation, options, play_all, returned, state, text, texts,
                       transfer, unit)
from support import expect, main, memory_folder

# --- UNAMID: V 2020-12-31 by S/RES/2525, confirmed by S/RES/2559, which allows until 2021-06-30 ---

EXPIRING = "MAND_EXPIRING UNAMID:UNSC:2020-12-31"
ENGINEERS = "DEP_ARRIVES_ENDED UNAMID:PAK:Engineers 7:2021-01-01"
HOSPITAL = "DEP_ARRIVES_ENDED UNAMID:RWA:Hospital:2021-06-30"
STALE = ["DEP_STALE UNAMID:%s" % group for group in ("military", "police")]


def all_of(alerts, words):
    return ["%s %s" % (alert, words) for alert in alerts]


UNAMID = Story(
    "UNAMID ends: withdrawing for six months, then nobody may be there",
    names=[operation("UNAMID")],
    before=texts("UNAMID", 1769, 1828, 1881, 1935, 2003, 2063, 2113, 2148, 2173, 2228, 2296, 2363,
                 2425, 2429, 2479, 2495, 2525) + [
        unit("UNAMID", "ETH", "Battalion 12", "2020-12-31", "2021-05-31", 500),
        unit("UNAMID", "PAK", "Engineers 7", "2021-01-01", "2021-03-15", 100),
        unit("UNAMID", "PAK", "Guard Unit", "2021-01-15", "2021-06-30", 170, task="guard"),
        unit("UNAMID", "RWA", "Closing Team", "2021-02-01", "2021-07-02", 40, task="liquidation"),
        unit("UNAMID", "RWA", "Hospital", "2021-06-30", "2021-07-02", 60, task="medical"),
        unit("UNAMID", "RWA", "Convoy", "2021-07-01", "2021-07-02", 30, task="transport")],
    told=[
        ("2020-10-01", [], []),
        ("2020-10-02", [], [EXPIRING + " opened info 90"]),
        ("2020-10-31", [returned("UNAMID", "2020-10-31", 3540, 2050)], []),
        ("2020-11-01", [], [EXPIRING + " changed info 60"]),
        ("2020-11-30", [returned("UNAMID", "2020-11-30", 3540, 2050)], []),
        ("2020-12-01", [], [EXPIRING + " changed warn 30"]),
        ("2020-12-17", [], [EXPIRING + " changed warn 14"]),
        ("2020-12-22", [text("UNAMID", 2559)], [EXPIRING + " closed resolved"]),
        ("2020-12-31", [returned("UNAMID", "2020-12-31", 4040, 2000)], []),
        ("2021-01-01", [], [ENGINEERS + " opened alarm"]),
        ("2021-02-15", [], all_of(STALE, "opened warn")),
        ("2021-03-16", [], [ENGINEERS + " closed resolved"]),
        ("2021-03-31", [returned("UNAMID", "2021-03-31", 1900, 700)],
         all_of(STALE, "closed resolved")),
        ("2021-05-16", [], all_of(STALE, "opened warn")),
        ("2021-06-30", [], [HOSPITAL + " opened alarm"]),
        ("2021-07-01", [], ["DEP_NO_MANDATE UNAMID opened alarm"] + all_of(STALE, "closed over")),
        ("2021-07-03", [], ["DEP_NO_MANDATE UNAMID closed resolved",
                            HOSPITAL + " closed resolved"]),
        ("2021-07-31", [returned("UNAMID", "2021-07-31", 25, 0)],
         ["DEP_NO_MANDATE UNAMID opened alarm"]),
        ("2021-08-31", [returned("UNAMID", "2021-08-31", 0, 0)],
         ["DEP_NO_MANDATE UNAMID closed resolved"])],
    states=[
        state("2020-10-01", "UNAMID", "in_force", until="2020-12-31", document="S/RES/2525",
              ceilings={"military": 4050, "police": 2500, "fpu_units": None}, alerts=[]),
        state("2020-10-02", "UNAMID", "in_force", alerts=[EXPIRING + " info"]),
        state("2020-12-21", "UNAMID", "in_force", until="2020-12-31", withdraw_by=None,
              document="S/RES/2525", alerts=[EXPIRING + " warn"]),
        state("2020-12-22", "UNAMID", "in_force", until="2020-12-31", withdraw_by="2021-06-30",
              document="S/RES/2559", alerts=[]),
        state("2020-12-30", "UNAMID", "in_force", present={"military": 3540, "police": 2050}),
        state("2020-12-31", "UNAMID", "in_force", applies=True,
              present={"military": 4040, "police": 2000}, alerts=[]),
        # 4 140 are more than 4 050, which bind nobody any more.
        state("2021-01-01", "UNAMID", "withdrawing", until="2020-12-31", withdraw_by="2021-06-30",
              applies=False, ceilings={"military": 4050, "police": 2500},
              present={"military": 4140, "police": 2000}, alerts=[ENGINEERS + " alarm"]),
        state("2021-01-14", "UNAMID", "withdrawing", present={"military": 4140}),
        state("2021-01-15", "UNAMID", "withdrawing", present={"military": 4310},
              alerts=[ENGINEERS + " alarm"]),
        state("2021-02-01", "UNAMID", "withdrawing", present={"military": 4350},
              alerts=[ENGINEERS + " alarm"]),
        state("2021-02-14", "UNAMID", "withdrawing", alerts=[ENGINEERS + " alarm"]),
        state("2021-02-15", "UNAMID", "withdrawing",
              alerts=[ENGINEERS + " alarm"] + all_of(STALE, "warn")),
        state("2021-03-15", "UNAMID", "withdrawing", present={"military": 4350}),
        state("2021-03-16", "UNAMID", "withdrawing", present={"military": 4250},
              alerts=all_of(STALE, "warn")),
        state("2021-03-31", "UNAMID", "withdrawing", present={"military": 1900, "police": 700},
              alerts=[]),
        state("2021-05-31", "UNAMID", "withdrawing", present={"military": 1900}),
        state("2021-06-01", "UNAMID", "withdrawing", present={"military": 1400}),
        state("2021-06-29", "UNAMID", "withdrawing", present={"military": 1400},
              alerts=all_of(STALE, "warn")),
        state("2021-06-30", "UNAMID", "withdrawing", present={"military": 1460, "police": 700},
              alerts=[HOSPITAL + " alarm"] + all_of(STALE, "warn")),
        # The head-count of March says nothing of a closed operation; who is on record does.
        state("2021-07-01", "UNAMID", "ended", how="terminated", until="2020-12-31",
              present={"military": 130, "police": None},
              alerts=["DEP_NO_MANDATE UNAMID alarm", HOSPITAL + " alarm"]),
        state("2021-07-02", "UNAMID", "ended", present={"military": 130},
              alerts=["DEP_NO_MANDATE UNAMID alarm", HOSPITAL + " alarm"]),
        state("2021-07-03", "UNAMID", "ended", alerts=[]),
        state("2021-07-30", "UNAMID", "ended", alerts=[]),
        state("2021-07-31", "UNAMID", "ended", present={"military": 25},
              alerts=["DEP_NO_MANDATE UNAMID alarm"]),
        state("2021-08-31", "UNAMID", "ended", alerts=[])])


# --- UNMIS: V 2011-07-09; S/RES/1997 comes two days later, and brings it not back ---------------

UNMIS_STALE = ["DEP_STALE UNMIS:%s" % group for group in ("military", "police")]
UNMIS_EXPIRING = "MAND_EXPIRING UNMIS:UNSC:2011-07-09"
UNMISS = {"operation": {
    "acronym": "UNMISS", "kind": "un_pko", "hosts": ["SSD"], "start_date": "2011-07-09",
    "status": "active", "mandate_series_from": "2011-07-08", "mandate_series_to": "to_date",
    "mandate_series_to_day": "2026-04-30"}}
FIRST_OF_UNMISS = {"instrument": {
    "operation": "UNMISS", "party": "UNSC", "document": "S/RES/1996", "action": "establish",
    "adopted": "2011-07-08", "effective": "2011-07-09", "valid_until": "2012-07-09",
    "ceilings": [{"component": "military", "persons": 7000},
                 {"component": "police", "persons": 900}]}}


def follows(other, kind, effective, document):
    """Within the United Nations: one party accepts."""
    name = "UNMIS-" + other
    return [{"arrangement": {"arrangement": name, "kind": kind, "sides": [{"parties": ["UN"]}],
                             "operation": "UNMIS", "other_operation": other,
                             "effective": effective, "legal_basis": document}},
            accepts("UN", name, effective)]


def together(witness):
    """Whoever changes the operation is counted once; all are of one family."""
    for on, persons in (("2011-06-30", (9300, 0, 0)), ("2011-07-01", (8700, 0, 600)),
                        ("2011-07-08", (8700, 0, 600)), ("2011-07-09", (7600, 1100, 600)),
                        ("2011-07-10", (7600, 1100, 600)), ("2011-07-22", (7600, 1100, 600))):
        rows = witness.rows("overview", "--on", on)
        found = {r["operation"]: r["military"] or 0 for r in rows[1:]}
        got = tuple(found.get(name, 0) for name in ("UNMIS", "UNMISS", "UNISFA"))
        expect(got == persons, "on %s: %s" % (on, persons), got)
        expect(rows[0]["scope"]["military"] == sum(persons) == 9300, "all of them", rows[0])
    wanted = [("UNMIS-UNISFA", "split", "UNISFA", "2011-06-27"),
              ("UNMIS-UNMISS", "succession", "UNMISS", "2011-07-09")]
    for name in ("UNMIS", "UNMISS", "UNISFA"):
        for on, count in (("2011-06-26", 0), ("2011-06-27", 1), ("2011-07-08", 1),
                          ("2011-07-09", 2)):
            rows = witness.rows("lineage", name, "--on", on)
            got = sorted((r["arrangement"], r["kind"], r["other_operation"], r["day"])
                         for r in rows if r["state"] == "in_effect")
            expect(got == wanted[:count], "of %s on %s: %s" % (name, on, wanted[:count]), rows)


UNMIS = Story(
    "UNMIS becomes UNMISS and UNISFA: units change their operation, and are counted once",
    names=[operation("UNMIS", status="active", end_date=None), operation("UNISFA"), UNMISS]
    + follows("UNISFA", "split", "2011-06-27", "S/RES/1990")
    + follows("UNMISS", "succession", "2011-07-09", "S/RES/1996"),
    before=texts("UNMIS", 1590, 1627, 1663, 1706, 1709, 1714, 1755, 1784, 1812, 1870, 1919,
                 1978) + [
        unit("UNMIS", "IND", "Battalion 1", "2010-11-01", None, 850),
        unit("UNMIS", "BGD", "Engineers 2", "2010-12-01", None, 250),
        unit("UNMIS", "ZMB", "Battalion 4", "2011-02-01", None, 600),
        unit("UNMIS", "PAK", "Guard Unit", "2011-03-01", "2011-08-31", 200, task="guard"),
        unit("UNMIS", "RWA", "Transport 3", "2011-03-01", "2011-09-02", 60)],
    told=[
        ("2011-06-24", [], [UNMIS_EXPIRING + " opened warn 30"]),
        ("2011-06-25", [], [UNMIS_EXPIRING + " changed warn 14"]),
        ("2011-06-27", texts("UNISFA", 1990), []),
        ("2011-06-30", [returned("UNMIS", "2011-06-30", 9300, 640)], []),
        ("2011-07-01", [transfer("ZMB", "Battalion 4", "2011-07-01", "UNMIS", "UNISFA")], []),
        ("2011-07-02", [], [UNMIS_EXPIRING + " changed warn 7"]),
        ("2011-07-08", [FIRST_OF_UNMISS,
                        transfer("IND", "Battalion 1", "2011-07-09", "UNMIS", "UNMISS"),
                        transfer("BGD", "Engineers 2", "2011-07-09", "UNMIS", "UNMISS")], []),
        ("2011-07-10", [], [UNMIS_EXPIRING + " closed over", "MAND_LAPSED UNMIS:UNSC opened alarm",
                            "DEP_NO_MANDATE UNMIS opened alarm"]),
        ("2011-07-11", [text("UNMIS", 1997), operation("UNMIS", edition=2)],
         ["MAND_LAPSED UNMIS:UNSC closed resolved", "DEP_NO_MANDATE UNMIS closed resolved"]),
        ("2011-08-15", [], all_of(UNMIS_STALE, "opened warn")),
        ("2011-09-01", [], ["DEP_NO_MANDATE UNMIS opened alarm"]
         + all_of(UNMIS_STALE, "closed over")),
        ("2011-09-03", [], ["DEP_NO_MANDATE UNMIS closed resolved"])],
    states=[
        state("2011-06-26", "UNISFA", "unknown", ceilings={"military": None}),
        state("2011-06-27", "UNISFA", "in_force", until="2011-12-27",
              ceilings={"military": 4200, "police": 50}, present={"military": None}),
        state("2011-06-30", "UNMIS", "in_force", until="2011-07-09", document="S/RES/1978",
              ceilings={"military": 10000, "police": 715},
              present={"military": 9300, "police": 640}, alerts=[UNMIS_EXPIRING + " warn"]),
        state("2011-07-01", "UNMIS", "in_force", present={"military": 8700, "police": 640}),
        state("2011-07-01", "UNISFA", "in_force", present={"military": 600}, alerts=[]),
        state("2011-07-07", "UNMISS", "unknown"),
        state("2011-07-08", "UNMISS", "adopted", ceilings={"military": None}, alerts=[]),
        state("2011-07-08", "UNMIS", "in_force", applies=True, present={"military": 8700}),
        state("2011-07-09", "UNMIS", "in_force", applies=True, present={"military": 7600},
              alerts=[UNMIS_EXPIRING + " warn"]),
        state("2011-07-09", "UNMISS", "in_force", until="2012-07-09", document="S/RES/1996",
              ceilings={"military": 7000, "police": 900}, present={"military": 1100}, alerts=[]),
        state("2011-07-11", "UNMIS", "withdrawing", until="2011-07-09", withdraw_by="2011-08-31",
              in_force=False, applies=False, ceilings={"military": 10000},
              present={"military": 7600, "police": 640}, alerts=[]),
        state("2011-08-14", "UNMIS", "withdrawing", alerts=[]),
        state("2011-08-15", "UNMIS", "withdrawing", alerts=all_of(UNMIS_STALE, "warn")),
        state("2011-08-31", "UNMIS", "withdrawing", present={"military": 7600}),
        state("2011-09-01", "UNMIS", "ended", how="terminated", until="2011-07-09",
              present={"military": 60, "police": None}, alerts=["DEP_NO_MANDATE UNMIS alarm"]),
        state("2011-09-02", "UNMIS", "ended", alerts=["DEP_NO_MANDATE UNMIS alarm"]),
        state("2011-09-03", "UNMIS", "ended", alerts=[])],
    believed=[
        state("2011-07-10", "UNMIS", "ended", how="succeeded", present={"military": 260},
              withdraw_by=None, alerts=["MAND_LAPSED UNMIS:UNSC alarm",
                                        "DEP_NO_MANDATE UNMIS alarm"])],
    found=[
        state("2011-07-10", "UNMIS", "withdrawing", until="2011-07-09", in_force=False,
              withdraw_by="2011-08-31", present={"military": 7600}, alerts=[])],
    extra=together)


def play(scene):
    play_all(scene, UNAMID, UNMIS)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
