#!/usr/bin/python3
"""Worked examples of the definitions, asked of a daemon that was given real files of facts.

Every example names the rows it rests on, which must be in the files as they are cited. With --data
naming a larger folder, the examples of operations that the example data does not have are tried too.
"""
import csv
import datetime
import os
import sys

import stranger
from answers import Desk, row_of
from support import expect, main, memory_folder, step

FILES = ("partners", "operations", "psdata-operations", "mandates", "ceilings", "strengths",
         "arrangements", "priorities", "finance")
# Three files tell of one map: it stays one.
MAPS = ("deployments", "contributions-monthly", "contributions-locations")


def resolution(operation, number, **cells):
    return ("mandates", dict(cells, operation=operation, document="S/RES/%d" % number))


def of(file, **cells):
    return (file, cells)


# --- mandates and ceilings: what the rows are, and what holds on which day -----------------------

MINURCAT = (resolution("MINURCAT", 1834, valid_until="2009-03-15"),
            resolution("MINURCAT", 1861, adopted="2009-01-14", effective="2009-03-15",
                       valid_until="2010-03-15"))
UNMIS = (resolution("UNMIS", 1978, valid_until="2011-07-09"),
         resolution("UNMIS", 1997, adopted="2011-07-11", withdraw_by="2011-08-31"))
ONUMOZ = (of("operations", acronym="ONUMOZ", end_date="1994-12-09"),)
UNISFA = (resolution("UNISFA", 2469, adopted="2019-05-14", ceiling_police="640",
                     ceiling_military="3550", ceiling_fpu_units="3"),)
UNMIL = (resolution("UNMIL", 1509, ceiling_military="15000"),
         of("ceilings", operation="UNMIL", document="S/RES/1626", persons="15250",
            until="2006-03-31", **{"from": "2005-11-15"}))
UNAMID = tuple(of("ceilings", operation="UNAMID", document="S/RES/2363", persons=persons)
               for persons in ("11395", "2888", "8735", "2500"))

MANDATES = [
    ("MONUC", (resolution("MONUC", 1925, valid_until="2010-06-30", action="terminate"),), [
        ("2010-05-27", dict(valid_until="2010-05-31")),
        ("2010-05-28", dict(valid_until="2010-06-30")),
        ("2010-07-01", dict(status="ended", how="terminated"))]),
    ("UNIKOM", (resolution("UNIKOM", 1490, action="terminate"),), [
        ("2003-07-03", dict(valid_until="2003-10-06"))]),
    ("MINURCAT", MINURCAT, [
        ("2009-01-20", dict(valid_until="2009-03-15", secured_until="2010-03-15")),
        ("2010-03-11", dict(valid_until="2010-03-15")),
        ("2010-03-12", dict(valid_until="2010-05-15", military=5225)),
        ("2010-05-12", dict(valid_until="2010-05-26", military=5225)),
        ("2010-05-24", dict(military=5225, police=300)),
        ("2010-05-25", dict(valid_until="2010-12-31", military=2225)),
        ("2011-01-01", dict(status="ended"))]),
    ("UNDOF", (of("operations", acronym="UNDOF", mandate_series_from="2012-12-19"),), [
        ("1980-01-01", dict(status="unknown"))]),
    ("ONUMOZ", ONUMOZ, [("1994-06-01", dict(status="unknown")),
                        ("1995-01-01", dict(status="ended"))]),
    ("UNMIS", (resolution("UNMIS", 1706, carried_out="no"),), [
        ("2006-09-01", dict(valid_until="2006-09-24", military=10000, police=715))]),
    ("UNMIS", UNMIS, [
        ("2011-07-09", dict(status="in_force", valid_until="2011-07-09")),
        ("2011-07-10", dict(status="withdrawing")), ("2011-07-11", dict(status="withdrawing")),
        ("2011-08-31", dict(status="withdrawing", withdraw_by="2011-08-31")),
        ("2011-09-01", dict(status="ended", applies=False))]),
    ("UNITAMS", (resolution("UNITAMS", 2636, technical_rollover="yes"),), [
        ("2022-06-02", dict(valid_until="2022-06-03")),
        ("2022-06-03", dict(valid_until="2023-06-03"))]),
    ("AMISOM", (of("operations", acronym="AMISOM", kind="partner"),), [
        ("2012-03-01", dict(authorized=True, uniformed=17731, military=None, police=None))]),
    ("ISAF", (of("operations", acronym="ISAF", kind="partner"),), [
        ("2002-01-01", dict(authorized=True, status="in_force"))]),
    ("UNISFA", UNISFA, [
        ("2019-05-13", dict(police=50, military=4500, fpu_units=None)),
        ("2019-05-14", dict(police=640, military=3550, fpu_units=3)),
        ("2022-11-15", dict(fpu_units=3))]),
    ("UNMIL", UNMIL, [
        ("2005-11-14", dict(military=15000)), ("2005-11-15", dict(military=15250)),
        ("2006-03-31", dict(military=15250)), ("2006-04-01", dict(military=15250)),
        ("2006-07-12", dict(military=15250)), ("2006-08-01", dict(military=14875))]),
    ("UNAMID", UNAMID, [
        ("2017-06-28", dict(fpu_units=13)),
        ("2017-06-29", dict(fpu_units=None, military=11395, police=2888)),
        ("2018-01-01", dict(military=8735, police=2500))]),
    # The African Union's decisions are not in the file: UNAMID is of one party.
    ("UNAMID", (of("arrangements", id="UNAMID-hybrid"),), [
        ("2010-01-01", dict(status="in_force", valid_until="2010-07-31"))]),
]

# --- alerts ---------------------------------------------------------------------------------------

STALE = (of("deployments", operation="MONUC", as_of_month="2004-12", contributor="URY",
            component="troops"),)
OVER = (of("strengths", operation="UNFICYP", as_of="2005-02-28", component="troops",
           personnel="894"), resolution("UNFICYP", 1568, ceiling_military="860"))

ALERTS = [
    ("UNFICYP", "CEIL_OVER", "UNFICYP:military", OVER, [
        ("2005-02-27", None), ("2005-02-28", "warn"), ("2005-03-29", "warn"),
        ("2005-03-30", "alarm"), ("2005-05-31", "alarm"), ("2005-06-01", None)]),
    ("MONUC", "DEP_STALE", "MONUC:military", STALE, [("2005-02-14", None), ("2005-02-15", "warn")]),
    ("EUFOR Althea", "MAND_LAPSED", "EUFOR Althea:UNSC",
     (resolution("EUFOR Althea", 1575, valid_until="2005-11-22"),), [
         ("2005-11-22", None), ("2005-11-23", "info"), ("2010-01-01", "info")]),
    ("UNMISET", "FIN_PERIOD", "UNMISET:2003-07-01:2004-05-20",
     (of("finance", operation="UNMISET", period_start="2003-07-01", period_end="2004-05-20"),), [
         ("2003-06-01", None), ("2003-12-01", None), ("2004-05-20", None)]),
    ("UNITAMS", "SUCC_OVERLAP", "UNAMID-UNITAMS", (of("arrangements", id="UNAMID-UNITAMS"),),
     [("2020-07-01", None), ("2020-12-31", None), ("2021-02-15", None)]),
]


class Example:
    """The daemon, and what the files say; what they do not speak of is left out."""

    def __init__(self, desk, folder):
        self.desk, self.files = desk, {}
        for name in FILES + MAPS:
            with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as f:
                self.files[name] = list(csv.DictReader(f))
        self.operations = {r["acronym"]: r for r in self.files["operations"]}
        self.tried = 0

    def rests_on(self, operation, rows):
        """Are these rows among the facts? False if nothing is known of the operation."""
        if operation not in self.operations:
            return False
        for file, cells in rows:
            found = [r for r in self.files[file] if all(r[c] == v for c, v in cells.items())]
            expect(found, "%s.csv has the row %s" % (file, cells))
        self.tried += 1
        return True

    def on(self, operation, day):
        row, = self.desk.rows("timeline", operation, "--on", day)
        return dict(row["ceilings"], **row)

    def estimate(self, operation, day):
        row = row_of(self.desk.rows("strength", operation, "--on", day), component="military")
        return row["estimate"]


def mandates(e):
    e.tried = 0
    for operation, rows, days in MANDATES:
        if not e.rests_on(operation, rows):
            continue
        for day, members in days:
            found = e.on(operation, day)
            for name, value in members.items():
                expect(found.get(name) == value,
                       "%s on %s: %s is %s" % (operation, day, name, value), found)
    step("%d examples of mandates and ceilings" % e.tried)


def alerts(e):
    e.tried = 0
    for operation, code, key, rows, days in ALERTS:
        if not e.rests_on(operation, rows):
            continue
        for day, severity in days:
            found = [r["alert"]["severity"] for r in e.desk.rows("alerts", "--on", day)
                     if (r["alert"]["code"], r["alert"]["key"]) == (code, key)]
            expect(found == [severity] * bool(severity), "%s of %s on %s is %s" % (
                code, operation, day, severity), found)
    step("%d examples of alerts" % e.tried)


def maps(e):
    """Imports the files of maps, one after the other."""
    known = e.rests_on("MINUSCA", [of(name, operation="MINUSCA") for name in MAPS])
    for name in MAPS:
        e.desk.imported(name)
        expect(not known or e.estimate("MINUSCA", "2020-10-31") == 12385,
               "MINUSCA 2020-10 is 12 385 after " + name)
    sums = {}
    for key in ("MONUSCO:2019-09-30", "UNIFIL:2020-02-29"):
        for version in e.desk.rows("history", "estimate", key + ":contributor"):
            counts = version["change"]["record"]["estimate"]["contributors"]
            sums[key, version["change_edition"]] = (
                sum(c["persons"] for c in counts), {c["contributor"] for c in counts})
    found = [sums["MONUSCO:2019-09-30", n][0] for n in (1, 2, 3)]
    expect(found == [13245, 14210, 14060], "MONUSCO 2019-09: three editions of one map", found)
    for edition, here, gone in ((1, "KGZ", "KAZ"), (2, "KAZ", "KGZ")):
        persons, contributors = sums["UNIFIL:2020-02-29", edition]
        expect(persons == 8300 and here in contributors and gone not in contributors,
               "UNIFIL 2020-02, edition %d: %s, not %s" % (edition, here, gone), contributors)
    place, = [p for p in e.desk.rows("get", "estimate", "UNAMID:2014-07-31:place")[0]["record"]
              ["estimate"]["places"] if p["name"] == "El Fasher"]
    expect({"contributor": "RWA", "persons": 150 + 300} in place["contingents"],
           "El Fasher: two units of RWA", place)
    # Last-known-per-contributor would give 6 840.
    if e.rests_on("UNMIL", []) and any(r["month"] == "2018-03" and r["operation"] == "UNMIL"
                                       for r in e.files["contributions-monthly"]):
        found = e.estimate("UNMIL", "2018-03-31")
        expect(found == 150, "UNMIL 2018-03 sums to 150", found)
    step("maps: one fact of three files, editions of whole maps, units at one place")


def strengths(e):
    def persons(operation, day, component):
        row = row_of(e.desk.rows("strength", operation, "--on", day), component=component)
        return row["persons"], row["basis"], row["ceiling"]

    e.rests_on("MONUC", STALE)
    expect(persons("MONUC", "2004-12-31", "military") == (12206, "return", 16700), "11 481 + 725")
    expect(persons("MONUC", "2004-12-20", "military") == (12216, "total", 16700), "11 491 + 725")
    if e.rests_on("UNMISS", []):
        found = [persons("UNMISS", "2020-09-08", c)[0]
                 for c in ("police", "individual_police", "formed_police")]
        expect(found == [1824, 611, 1143], "UNMISS: the parent stands", found)
    step("head-counts: 12 206 by the return, 12 216 by the total before it")


def money(e):
    def authorized(operation, day):
        row = row_of(e.desk.rows("money", operation, "--on", day), operation=operation)
        return row["authorized"], row["conditional"]

    e.rests_on("UNISFA", (of("finance", operation="UNISFA", period_start="2022-07-01",
                             amount="259660000"),))
    expect(authorized("UNISFA", "2022-07-01") == (268170000, 161487178),
           "UNISFA: 259 660 000 + 8 510 000; 227 of 365 days are conditional",
           authorized("UNISFA", "2022-07-01"))
    if e.rests_on("MINURSO", (of("finance", operation="MINURSO", amount="60908900"),)):
        found = authorized("MINURSO", "2021-07-01")[0]
        expect(found == 60908900, "MINURSO: the other view is added to nothing", found)
    for day, document in (("2014-04-02", "S/RES/1935"), ("2014-04-03", "S/RES/2148")):
        row = row_of(e.desk.rows("priorities", "UNAMID", "--on", day), operation="UNAMID")
        expect((row["document"], row["endorsed"]) == (document, True), "in effect on " + day, row)
    step("money and priorities")


def together(e):
    if e.rests_on("AMIS", (of("arrangements", id="AMIS-UNAMID"),)):
        found = [(r["operation"], r["other_operation"], r["day"])
                 for r in e.desk.rows("lineage", "AMIS", "--on", "2021-01-01")]
        expect(found == [("AMIS", "UNAMID", "2007-12-31"), ("UNAMID", "UNITAMS", "2021-01-01")],
               "AMIS -> UNAMID -> UNITAMS", found)
    if e.rests_on("UNMIK", (of("arrangements", id="UNMIK-EULEX"),)):
        for function in ("policing", "justice", "customs"):
            for day, holder in (("2008-12-08", "UNMIK"), ("2008-12-09", "EULEX")):
                found = [r["operation"] for r in e.desk.rows(
                    "function", function, "--area", "XKX", "--on", day)]
                expect(found == [holder], "%s on %s" % (function, day), found)
        expect(e.on("UNMIK", "2008-12-09")["in_force"], "its mandate is untouched")
    if e.rests_on("ONUB", (of("arrangements", id="ONUB-BINUB", parties="UN"),)):
        row = row_of(e.desk.rows("arrangements", "ONUB", "--on", "2007-01-01"),
                     arrangement="ONUB-BINUB")
        expect(row["state"] == "in_effect", "one acceptance suffices", row)
    step("lineage, functions, a succession of one side")


def counted(e):
    """What thresholds and severities rest on, counted by the rules over all rows."""
    spans = {o: e.desk.rows("timeline", o) for o in e.operations}
    unset = [o for o, rows in spans.items() if e.operations[o]["kind"] == "un_pko" and
             all(r["ceilings"].get("police") is None for r in rows)]
    said = {r["operation"] for r in e.files["mandates"]
            if r["ceiling_police"] and r["carried_out"] != "no"}
    said |= {r["operation"] for r in e.files["ceilings"] if r["component"] == "police"}
    expect(sorted(unset) == sorted(o for o, r in e.operations.items() if
                                   r["kind"] == "un_pko" and o not in said),
           "no police number on any day where none is in the files", unset)
    renewals = late = 0
    for row in e.files["mandates"]:
        if row["action"] != "extend" or row["carried_out"] == "no":
            continue
        adopted = datetime.date.fromisoformat(row["adopted"])
        before = str(adopted - datetime.timedelta(1))
        span = [r for r in spans[row["operation"]]
                if r["on"] <= before and (r["to"] is None or before <= r["to"])]
        if not span or not span[0]["in_force"] or not span[0]["valid_until"]:
            continue
        renewals += 1
        late += (datetime.date.fromisoformat(span[0]["valid_until"]) - adopted).days <= 7
    expect(late > 0.8 * renewals, "renewals come in the last 7 days", late, renewals)
    numbers = {11: (3, 183, 151), 49: (18, 332, 272)}.get(len(e.operations))
    expect(numbers in (None, (len(unset), renewals, late)), "as counted by hand", len(unset),
           renewals, late)
    step("%d operations never have a police number; %d of %d renewals came in the last 7 days"
         % (len(unset), late, renewals))


def play(scene):
    desk = Desk(scene, scene.daemon("definitions"), scene.options.data)
    desk.daemon.day("2025-12-31")
    e = Example(desk, scene.options.data)
    for name in FILES:
        desk.imported(name)
    maps(e)
    for act in (mandates, strengths, alerts, money, together, counted):
        act(e)
    desk.daemon.stop()


def options(parser):
    parser.add_argument("--data", default=os.path.join(stranger.HERE, "..", "data"),
                        help="a folder with files of facts")


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
