#!/usr/bin/python3
"""What a desk officer asks: every command that answers, against a real daemon with the example data.
The JSON has the facts, the table tells people the same ones, and CSV has a line for each row.
"""
import csv
import io
import json
import os
import sys

import stranger
from support import expect, main, memory_folder, step

DATA = os.path.join(stranger.HERE, "..", "data")
FILES = ("partners", "operations", "psdata-operations", "mandates", "deployments", "strengths",
         "contributions-monthly", "contributions-locations", "arrangements", "priorities", "finance")

# What the example data has none of: a function handed over, a battalion that is needed and pledged.
MORE = [
    {"claim": {"function": "policing", "area": "LBR", "operation": "UNMIL", "from": "2003-10-01",
               "party": "UN"}},
    {"requirement": {"operation": "UNMIL", "requirement": "SUR 1", "component": "troops",
                     "task": "infantry", "persons": 1000, "needed_by": "2004-01-31"}},
    {"pledge": {"contributor": "BGD", "pledge": "battalion", "operation": "UNMIL",
                "requirement": "SUR 1", "component": "troops", "persons": 850,
                "registered": "2003-10-01", "available": "2004-01-15"}},
    {"pledge_step": {"contributor": "BGD", "pledge": "battalion", "step": 1, "state": "assessed",
                     "day": "2003-11-01"}},
    {"unit": {"operation": "UNMIL", "contributor": "BGD", "unit": "Signals 1",
              "from": "2003-12-01", "component": "troops", "persons": 120, "task": "signals"}},
]
LOWER = {"instrument": {"operation": "MONUC", "party": "UNSC", "document": "S/RES/9999",
                        "action": "amend", "adopted": "2004-12-31",
                        "ceilings": [{"component": "military", "persons": 12000}]}}
NOWHERE = {"total": {"operation": "NOWHERE", "as_of": "2005-01-31", "component": "military",
                     "persons": 100}}


def grouped(number):
    return "{:,}".format(number).replace(",", " ")


class Desk:
    def __init__(self, scene, daemon, folder=DATA):
        self.scene, self.daemon, self.folder = scene, daemon, folder

    def ctl(self, *arguments, form="json"):
        return self.scene.run(self.scene.binary("mandatectl"), "--server", self.daemon.control,
                              "--format", form, *arguments)

    def write(self, name, records):
        path = self.scene.path(name)
        with open(path, "w") as f:
            f.write("".join(json.dumps(r) + "\n" for r in records))
        return path

    def rows(self, *arguments, status=0):
        got, text = self.ctl(*arguments)
        expect(got == status, "%s ends with %d" % (" ".join(arguments), status), got, text)
        return [json.loads(line) for line in text.splitlines()]

    def told(self, *arguments, words, status=0):
        """The table, which must say all of `words`; numbers as people write them."""
        got, text = self.ctl(*arguments, form="table")
        expect(got == status, "%s ends with %d" % (" ".join(arguments), status), got, text)
        for word in words:
            word = grouped(word) if isinstance(word, int) else word
            expect(word in text, "the table of %s says %s" % (" ".join(arguments), word), text)
        return text.splitlines()

    def imported(self, name):
        """What became of the facts of a file."""
        status, text = self.ctl("import", name, os.path.join(self.folder, name + ".csv"))
        total = json.loads(text.splitlines()[-1])
        expect(status == (1 if total["not_taken"] or total["refused"] else 0),
               "the status says whether all was taken", status, text)
        return total

    def lines(self, count, *arguments):
        """CSV: titles and a line a row, each with as many cells."""
        status, text = self.ctl(*arguments, form="csv")
        lines = list(csv.reader(io.StringIO(text)))
        expect(status == 0 and len(lines) == count + 1, "CSV has titles and %d lines" % count, text)
        expect(len(set(map(len, lines))) == 1, "all of as many cells", text)
        return [dict(zip(lines[0], line)) for line in lines[1:]]


def row_of(rows, **members):
    found = [r for r in rows if all(r.get(k) == v for k, v in members.items())]
    expect(len(found) == 1, "one row with %s" % members, rows)
    return found[0]


def imports(desk):
    for name in FILES:
        first, again = desk.imported(name), desk.imported(name)
        expect(first["refused"] == 0 and first["accepted"] > 0, name + " goes in", first)
        expect(again["accepted"] == 0 and again["unchanged"] == first["accepted"],
               "a second time it is unchanged", again)
    path = desk.write("strengths.csv", [])
    with open(path, "w") as f:
        f.write("operation,as_of,component,personnel,ceiling_then,source,confidence\n"
                "UNFICYP,2005-02-28,police,44,,another source,high\n"
                "NOWHERE,2005-02-28,police,44,,another source,high\n")
    for _ in range(2):
        status, text = desk.ctl("import", "strengths", path)
        told = [json.loads(line) for line in text.splitlines()]
        expect(status == 1 and {(t["line"], t["code"]) for t in told[:-1]} ==
               {(2, "CLASH"), (3, "UNKNOWN_OPERATION")}, "by line: what clashes, what is unknown",
               text)
    status, text = desk.ctl("push", desk.write("mended", [
        {"action": "correct", "record": {"total": {
            "operation": "UNFICYP", "as_of": "2005-02-28", "component": "police",
            "persons": 43}}}]))
    expect(status == 0 and desk.imported("strengths")["not_taken"] == 0, "an edition ends it", text)
    status, text = desk.ctl("push", desk.write("more", MORE))
    expect(status == 0, "the rest goes in", text)
    step("every kind of file goes in, a second time all is unchanged; what clashes is told by line")


def overview(desk):
    rows = desk.rows("overview", "--on", "2005-03-30")
    scope, monuc = rows[0]["scope"], row_of(rows[1:], operation="MONUC")
    cyprus = row_of(rows[1:], operation="UNFICYP")
    expect((monuc["military"], monuc["military_ceiling"]) == (12206, 16700), "MONUC", monuc)
    expect((cyprus["military"], cyprus["military_ceiling"], cyprus["alarms"]) == (894, 860, 1),
           "Cyprus: an alarm", cyprus)
    expect(scope["operations"] == sum(r["status"] in ("in_force", "withdrawing") for r in rows[1:]),
           "operations in force or withdrawing", scope)
    expect(scope["military"] == sum(r["military"] or 0 for r in rows[1:]), "all of them", scope)
    lines = desk.told("overview", "--on", "2005-03-30",
                      words=[12206, 16700, 894, 860, scope["military"], scope["next_ending"],
                             scope["next_end"], "2004-12-31", "3 months old"])
    expect(lines[0].split()[:2] == ["operation", "status"], "titles", lines[0])
    desk.lines(len(rows) - 1, "overview", "--on", "2005-03-30")
    step("overview: 12 206 of 16 700 in MONUC, an alarm in Cyprus, and all operations together")


def judged(desk):
    spans = desk.rows("timeline", "MINURCAT")
    desk.told("timeline", "MINURCAT", words=[5225, 2225, "2010-05-25", "S/RES/1923", "lapsed"])
    desk.lines(len(spans), "timeline", "MINURCAT")
    row = row_of(spans, on="2010-05-25")
    expect(row["ceilings"]["military"] == 2225 and row["to"] == "2010-12-31", "the last span", row)
    alerts = desk.rows("timeline", "UNFICYP", "--on", "2005-03-30")[0]["alerts"]
    expect("CEIL_OVER" in [a["code"] for a in alerts], "a day has its alerts", alerts)
    desk.told("timeline", "UNFICYP", "--on", "2005-03-30", words=["CEIL_OVER military!"])
    expect(len(desk.rows("timeline", "UNFICYP", "--alerts")) >
           len(desk.rows("timeline", "UNFICYP")), "alerts cut spans, where asked for")

    row = row_of(desk.rows("strength", "MONUC", "--on", "2004-12-31"), component="military")
    expect((row["persons"], row["ceiling"], row["over"]) == (12206, 16700, -4494), "below", row)
    desk.told("strength", "MONUC", "--on", "2004-12-31", words=[12206, 16700, "-4 494", 725])
    rows = desk.rows("strength", "MONUC", "--on", "2004-12-31", "--contributor", "BGD",
                     "--component", "observers")
    expect([(r["contributor"], r["persons"]) for r in rows] == [("BGD", 23)], "of BGD", rows)

    rows = desk.rows("alerts", "--on", "2005-03-30")
    row = next(r["alert"] for r in rows if r["alert"]["code"] == "CEIL_OVER")
    expect((row["persons"], row["ceiling"], row["since"]) == (894, 860, "2005-02-28"), "over", row)
    lines = desk.told("alerts", "--on", "2005-03-30", words=["894 present, 860 allowed (34 over)"])
    order = [line.split()[0] for line in lines[1:]]
    expect(order == sorted(order, key=["alarm", "warn", "info"].index) and order[0] == "alarm",
           "the gravest first", lines)
    desk.lines(len(rows), "alerts", "--on", "2005-03-30")
    log = desk.rows("alerts", "--log")
    expect([r["revision"] for r in log] == sorted(r["revision"] for r in log), "in order", log)
    desk.told("alerts", "--log", words=["opened", "closed (resolved)"])
    step("timeline, strength, alerts: numbers, sentences, the gravest first")


def together(desk):
    row = row_of(desk.rows("lineage", "MONUC", "--on", "2010-07-01"),
                 arrangement="MONUC-MONUSCO")
    expect((row["operation"], row["other_operation"], row["day"], row["state"]) ==
           ("MONUC", "MONUSCO", "2010-07-01", "in_effect"), "MONUC became MONUSCO", row)
    desk.told("lineage", "MONUC", words=["MONUSCO", "succession", "2010-07-01"])
    row = row_of(desk.rows("arrangements", "UNAMID", "--on", "2010-01-01"),
                 arrangement="UNAMID-hybrid")
    expect((row["state"], row["in_effect_from"], row["until"]) ==
           ("in_effect", "2007-12-31", "2020-12-31"), "the hybrid", row)
    desk.told("arrangements", "UNAMID", "--on", "2010-01-01",
              words=["UNAMID-hybrid", "UN; AU", "AU 2007-12-31 inferred"])
    names = [r["arrangement"] for r in desk.rows("arrangements", "--party", "EU", "--on",
                                                    "2016-07-16")]
    expect(names == ["MINUSCA-EUTM"], "the EU's", names)
    row = row_of(desk.rows("function", "policing", "--area", "LBR"), operation="UNMIL")
    expect((row["from"], row["parties"]) == ("2003-10-01", ["UN"]), "held since then", row)
    desk.told("function", "policing", words=["UNMIL", "LBR", "2003-10-01"])
    expect(desk.rows("function", "policing", "--area", "XKX") == [], "nothing elsewhere")
    rows = desk.rows("partner", "AU", "--on", "2010-01-01")
    expect([list(r) for r in rows if len(r) != 1] == [], "each row says its kind", rows)
    expect(rows[0]["version"]["key"] == "AU", "its own record first", rows[0])
    expect("UNAMID-hybrid" in [r["arrangement"]["arrangement"] for r in rows if "arrangement" in r],
           "its arrangements", rows)
    desk.told("partner", "AU", "--on", "2010-01-01",
              words=["African Union", "roles", "arrangements", "UNAMID-hybrid"])
    step("lineage, arrangements, function, partner")


def forces(desk):
    row = row_of(desk.rows("requirements", "UNMIL", "--on", "2003-12-15"), requirement="SUR 1")
    expect((row["persons"], row["pledged"], row["gap"]) == (1000, 850, 150), "150 short", row)
    expect(row["pledges"][0]["state"] == "assessed", "as far as its steps", row)
    desk.told("requirements", "UNMIL", "--on", "2003-12-15",
              words=[1000, 850, 150, "BGD battalion 850 assessed"])
    rows = desk.rows("contributor", "BGD", "--on", "2003-12-15")
    kinds = [k for r in rows for k in r]
    expect({"strength", "unit", "pledge"} <= set(kinds), "people, units, pledges", rows)
    unit = next(r["unit"] for r in rows if "unit" in r)
    expect((unit["unit"], unit["persons"], unit["task"]) == ("Signals 1", 120, "signals"), "", unit)
    lines = desk.told("contributor", "BGD", "--on", "2003-12-15",
                      words=["Signals 1", 120, "battalion", 850, "assessed"])
    expect([t for t in ("present", "units", "pledges") if t not in lines] == [], "titles", lines)
    step("requirements, contributor: 850 pledged of 1 000, 120 there")


def agenda(desk):
    row = row_of(desk.rows("money", "UNISFA", "--on", "2022-11-15"), operation="UNISFA")
    expect((row["authorized"], row["supplementary"]) == (268170000, 8510000), "authorized", row)
    desk.told("money", "UNISFA", "--on", "2022-11-15", words=[268170000, 8510000, "2022-07-01"])
    expect(desk.rows("money", "UNISFA", "--on", "2011-12-31") == [], "no other period's")
    expect(len(desk.rows("money", "UNISFA", "--on", "2011-12-31", "--all")) == 1, "all periods")
    row = row_of(desk.rows("priorities", "UNAMID", "--on", "2014-04-02"), operation="UNAMID")
    expect((row["document"], row["endorsed"], len(row["items"])) == ("S/RES/1935", True, 2),
           "until the next list", row)
    lines = desk.told("priorities", "UNAMID", "--on", "2014-04-03",
                      words=["S/RES/2148", "Mediation between", "UNDP"])
    expect(len(lines) == 4, "a line an item", lines)
    step("money, priorities")


def whatif(desk):
    before = desk.daemon.status().revision
    lower, nowhere = desk.write("lower", [LOWER]), desk.write("nowhere", [NOWHERE])
    when = ("--on", "2004-12-31", "--days", "30")
    rows = desk.rows("whatif", lower, *when)
    alert = [r["alert"] for r in rows if "alert" in r]
    expect([(a["act"], a["alert"]["code"], a["on"]) for a in alert] ==
           [("opened", "CEIL_OVER", "2004-12-31"), ("changed", "CEIL_OVER", "2005-01-30")],
           "over at once, an alarm after 30 days", rows)
    expect([r["strength"]["over"] for r in rows if "strength" in r] == [206], "by 206", rows)
    expect(rows[-1] == {"computed_at": {"revision": before}}, "at this revision", rows[-1])
    desk.told("whatif", lower, *when,
              words=["CEIL_OVER MONUC:military opens on 2004-12-31: 12 206 present, 12 000 allowed"
                     " (206 over)", "computed at revision " + grouped(before)])
    rows = desk.rows("whatif", nowhere, status=1)
    expect(rows[0]["refusal"]["code"] == "UNKNOWN_OPERATION", "what would be refused", rows)
    desk.told("whatif", nowhere, status=1, words=["refused: change 1: UNKNOWN_OPERATION"])
    desk.told("whatif", desk.write("wrong", [{"x": 1}]), status=1, words=[":1: bad_change: x"])
    expect(desk.daemon.status().revision == before, "nothing is recorded")
    step("whatif: who would be over, by how many, on which day; what would be refused; no trace")


def known_at(desk):
    before = desk.daemon.status().revision
    status, text = desk.ctl("push", desk.write("push", [LOWER]))
    expect(status == 0, "the ceiling is lowered", text)

    def ceiling(*when):
        rows = desk.rows("strength", "MONUC", "--on", "2004-12-31", *when)
        return row_of(rows, component="military")["ceiling"]

    expect((ceiling(), ceiling("--known-at", str(before))) == (12000, 16700),
           "what is, and what was believed")
    for command in (("overview",), ("lineage", "MONUC"), ("arrangements",), ("money",),
                    ("requirements",), ("priorities",), ("contributor", "BGD"), ("partner", "AU"),
                    ("function", "policing"), ("alerts",), ("whatif", desk.write("w", [LOWER]))):
        desk.rows(*command, "--on", "2004-12-31", "--known-at", str(before))
    step("--known-at: what is, and what was believed, of every answer")


def play(scene):
    desk = Desk(scene, scene.daemon("answers"))
    desk.daemon.day("2005-03-30")
    for act in (imports, overview, judged, together, forces, agenda, whatif, known_at):
        act(desk)
    desk.daemon.stop()


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
