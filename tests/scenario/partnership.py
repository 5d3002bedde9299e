#!/usr/bin/python3
"""Two organizations, one record: policing in Kosovo goes from UNMIK to EULEX, and units from MISCA
to MINUSCA. What each side pushes, what is refused and why, what is open on which day.

Days and parties are those of arrangements.csv (UNMIK-EULEX, MISCA-MINUSCA); acceptance by one side
only, for nine months, is how it went: the European Union was ready in February 2008.
"""
import json
import sys
import threading
import time

import stranger
from support import Stream, day, expect, main, memory_folder, step

HANDOVER = {"arrangement": "UNMIK-EULEX", "kind": "handover_of_function",
            "sides": [{"parties": ["UN"]}, {"parties": ["EU"]}], "operation": "UNMIK",
            "other_operation": "EULEX Kosovo", "functions": ["policing"], "area": "XKX",
            "effective": "2008-12-09"}


class Partners:
    """A daemon, and what offices push to it, a JSON line each."""

    def __init__(self, scene, daemon):
        self.scene, self.daemon, self.files = scene, daemon, 0

    def push(self, *records, office="hq", wait=0):
        """Refusals as (code, reason), in order; an empty list: all accepted."""
        self.files += 1
        path = self.scene.path("push.%d.%s" % (self.files, office))
        with open(path, "w") as f:
            for record in records:
                f.write(json.dumps(record) + "\n")
        status, text = self.ctl("--office", office, "push", "--wait", str(wait), path)
        told = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        refused = [(t["code"], t["reason"]) for t in told if "reason" in t]
        expect(status == (1 if refused else 0), "push says in its status what happened", text)
        return refused

    def accepted(self, *records, **how):
        refused = self.push(*records, **how)
        expect(not refused, "all are accepted", refused)

    def refused(self, code, record, *words, **how):
        refused = self.push(record, **how)
        expect(len(refused) == 1 and refused[0][0] == code, "refused with %s" % code, refused)
        for word in words:
            expect(word in refused[0][1], "the reason names " + word, refused)

    def ctl(self, *arguments):
        return self.scene.run(self.scene.binary("mandatectl"), "--server", self.daemon.control,
                              "--format", "json", *arguments)

    def rows(self, *arguments):
        status, text = self.ctl(*arguments)
        expect(status == 0, "%s is answered" % " ".join(arguments), text)
        return [json.loads(line) for line in text.splitlines()]

    def alerts(self, on=None):
        """Keys of alerts that are open, by code."""
        rows = self.rows("alerts", *(["--on", on] if on else []))
        return sorted(r["alert"]["code"] + " " + r["alert"]["key"] for r in rows)

    def holder(self, on):
        link = self.daemon.link()
        answer = link.query(function=stranger.pb.FunctionQuery(function="policing", area="XKX"),
                            on=day(on)).answer
        link.socket.close(linger=0)
        return [r.function.operation for r in answer.rows]


def names(partners):
    partners.accepted(*[{"partner": {"code": code}}
                        for code in ("UNSC", "UN", "EU", "AU", "RWA", "BDI")])
    partners.accepted(
        {"operation": {"acronym": "UNMIK", "kind": "un_pko", "hosts": ["XKX"]}},
        {"operation": {"acronym": "EULEX Kosovo", "kind": "partner", "hosts": ["XKX"]}},
        {"operation": {"acronym": "MISCA", "kind": "partner", "hosts": ["CAF"]}},
        {"operation": {"acronym": "MINUSCA", "kind": "un_pko", "hosts": ["CAF"]}},
        {"instrument": {"operation": "UNMIK", "party": "UNSC", "document": "S/RES/1244",
                        "action": "establish", "adopted": "1999-06-10"}},
        {"instrument": {"operation": "EULEX Kosovo", "party": "EU", "document": "2008/124/CFSP",
                        "action": "establish", "adopted": "2008-02-04",
                        "valid_until": "2010-06-14"}},
        {"claim": {"function": "policing", "area": "XKX", "operation": "UNMIK",
                   "from": "1999-06-10", "party": "UN"}})


def acts(partners):
    partners.refused("NEEDS_EARLIER", {"acceptance": {
        "arrangement": "UNMIK-EULEX", "party": "EU", "reply": "accepted",
        "day": "2008-02-16"}}, "arrangement")
    partners.refused("NOT_HOLDER", {"arrangement": dict(
        HANDOVER, arrangement="EULEX-UNMIK", operation="EULEX Kosovo", other_operation="UNMIK",
        sides=[{"parties": ["EU"]}, {"parties": ["UN"]}])}, "policing")
    partners.accepted({"arrangement": HANDOVER})
    partners.refused("ILLEGAL_TRANSITION", {"acceptance": {
        "arrangement": "UNMIK-EULEX", "party": "AU", "reply": "accepted", "day": "2008-02-16"}})
    partners.refused("UNKNOWN_PARTNER", {"arrangement": dict(
        HANDOVER, arrangement="X", sides=[{"parties": ["UN"]}, {"parties": ["OSCE"]}])}, "OSCE")
    expect(len(partners.rows("refusals")) == 4, "what was tried stays readable")
    step("too early, not the holder, not a party, unknown: each refused with its reason, and kept")


def early(partners):
    """The acceptance reaches the daemon before the proposal that it answers, over another link."""
    package = {"arrangement": {"arrangement": "UN-AU-2007", "kind": "support_package",
                               "sides": [{"parties": ["UN"]}, {"parties": ["AU"]}],
                               "subject": "heavy support"}}
    answer = {"acceptance": {"arrangement": "UN-AU-2007", "party": "AU", "reply": "accepted",
                             "day": "2007-06-12"}}
    told = []
    waiting = threading.Thread(target=lambda: told.append(
        partners.push(answer, office="au", wait=60)))
    waiting.start()
    time.sleep(1)
    expect(waiting.is_alive(), "the acceptance waits for what it accepts", told)
    partners.accepted(package, office="un")
    waiting.join()
    expect(told == [[]], "and is accepted once that is on record", told)
    partners.accepted(
        {"acceptance": {"arrangement": "UN-AU-2008", "party": "AU", "reply": "accepted",
                        "day": "2008-01-10"}},
        {"arrangement": dict(package["arrangement"], arrangement="UN-AU-2008")}, wait=60)
    step("an acceptance that comes first is sent again until its proposal is there")
    crossing(partners, package, answer)
    left_over(partners, answer)


def crossing(partners, package, answer):
    """Two offices at the same time: each accepts first what the other proposes last."""
    def lines(mine, theirs, party):
        answers = [{"acceptance": dict(answer["acceptance"], arrangement=theirs + str(i),
                                       party=party)} for i in range(50)]
        return answers + [{"arrangement": dict(package["arrangement"], arrangement=mine + str(i))}
                          for i in range(50)]

    told = {}
    def push(office, *names):
        told[office] = partners.push(*lines(*names), office=office, wait=60)

    offices = [threading.Thread(target=push, args=a)
               for a in (("un", "UN-", "AU-", "UN"), ("au", "AU-", "UN-", "AU"))]
    for office in offices:
        office.start()
    for office in offices:
        office.join()
    expect(told == {"un": [], "au": []}, "all hundred of each are accepted", told)
    step("two offices accept each other's proposals before they are there: everything goes in")


def left_over(partners, answer):
    """What still waits in the end is named by its line, with what to do."""
    path = partners.scene.path("left.jsonl")
    with open(path, "w") as f:
        f.write(json.dumps({"partner": {"code": "OSCE"}}) + "\n")
        f.write(json.dumps({"acceptance": dict(answer["acceptance"], arrangement="NEVER")}) + "\n")
    began = time.monotonic()
    status, text = partners.ctl("--format", "table", "push", "--wait", "1", path)
    took = time.monotonic() - began
    expect(status == 1, "one has not gone in", status, text)
    expect(path + ":2: NEEDS_EARLIER: " in text, "it is named by its line", text)
    expect("1 accepted, 0 unchanged, 1 refused" in text, "and counted once", text)
    expect("send the same again" in text and "--wait" in text, "what to do is said", text)
    expect(1 <= took < 5 * partners.scene.slow, "after the time given", took)
    with open(path, "a") as f:
        f.write(json.dumps({"arrangement": {
            "arrangement": "NEVER", "kind": "support_package", "subject": "trucks",
            "sides": [{"parties": ["UN"]}, {"parties": ["AU"]}]}}) + "\n")
    status, text = partners.ctl("--format", "table", "push", path)
    expect(status == 0 and "2 accepted, 1 unchanged, 0 refused" in text,
           "the same again, when it is there", text)
    step("an act that still waits is named by its line; the same file again is the way out")


def one_side(partners, seen):
    partners.accepted({"acceptance": {"arrangement": "UNMIK-EULEX", "party": "EU",
                                      "reply": "accepted", "day": "2008-02-16"}}, office="eu")
    partners.daemon.day("2008-03-16")
    expect(partners.alerts() == [], "a month is none too many", partners.alerts())
    partners.daemon.day("2008-03-17")
    expect(partners.alerts() == ["HANDOVER_ONE_SIDE UNMIK-EULEX"],
           "30 days after the first side it is said", partners.alerts())
    partners.daemon.day("2008-11-25")
    partners.accepted({"acceptance": {"arrangement": "UNMIK-EULEX", "party": "UN",
                                      "reply": "accepted", "day": "2008-11-26"}}, office="un")
    partners.daemon.day("2008-11-26")
    expect(partners.alerts() == [], "both have accepted", partners.alerts())
    expect(partners.alerts(on="2008-06-01") == ["HANDOVER_ONE_SIDE UNMIK-EULEX"],
           "in June it was", partners.alerts(on="2008-06-01"))
    seen.follow(partners.daemon.status().revision)
    kinds = [e.change.record.WhichOneof("content") for e in seen.events.values()
             if e.HasField("change")]
    expect(kinds == ["operation", "instrument", "arrangement", "acceptance", "acceptance"],
           "who follows EULEX alone sees what is about it", kinds)
    step("HANDOVER_ONE_SIDE opens after 30 days, closes when the other side accepts")


def function(partners):
    expect(partners.holder("2008-12-08") == ["UNMIK"], "UNMIK holds it on 2008-12-08")
    expect(partners.holder("2008-12-09") == ["EULEX Kosovo"], "EULEX on 2008-12-09")
    partners.daemon.day("2010-06-15")
    expect("FUNCTION_ORPHAN policing:XKX" in partners.alerts(),
           "nobody holds it once EULEX has ended", partners.alerts())
    partners.accepted({"instrument": {"operation": "EULEX Kosovo", "party": "EU",
                                      "document": "2010/322/CFSP", "action": "extend",
                                      "adopted": "2010-06-08", "valid_until": "2012-06-14"}})
    expect(partners.alerts() == [], "the extension was on its way", partners.alerts())
    step("policing/XKX: UNMIK until 2008-12-08, then EULEX; nobody when its mandate ends unrenewed")


def rehatting(partners):
    partners.daemon.day("2014-09-14")
    partners.accepted(
        {"unit": {"operation": "MISCA", "contributor": "RWA", "unit": "Rwandan Battalion",
                  "from": "2014-01-16", "component": "troops", "persons": 850}},
        {"transfer": {"contributor": "RWA", "unit": "Rwandan Battalion", "day": "2014-09-15",
                      "operation": "MISCA", "other_operation": "MINUSCA"}})

    def persons(operation, on):
        rows = partners.rows("strength", operation, "--on", on)
        return sum(r["persons"] or 0 for r in rows
                   if r["component"] == "military" and not r["contributor"])

    for on, there, here in (("2014-09-14", 850, 0), ("2014-09-15", 0, 850)):
        expect((persons("MISCA", on), persons("MINUSCA", on)) == (there, here),
               "re-hatted on 2014-09-15: on %s" % on, persons("MISCA", on), persons("MINUSCA", on))
    expect(not [a for a in partners.alerts("2014-09-15") if a.startswith("DEP_DOUBLE")],
           "nobody is counted twice")
    partners.accepted({"unit": {"operation": "MISCA", "contributor": "BDI", "unit": "Battalion 1",
                                "from": "2014-01-16", "component": "troops", "persons": 850}},
                      {"unit": {"operation": "MINUSCA", "contributor": "BDI",
                                "unit": "Battalion 1", "from": "2014-09-01",
                                "component": "troops", "persons": 850}})
    expect("DEP_DOUBLE BDI:Battalion 1" in partners.alerts(), "in two places at once",
           partners.alerts())
    step("re-hatted on 2014-09-15: 850 persons before in MISCA, after in MINUSCA, none twice")


def kept(partners):
    before = partners.alerts(), partners.daemon.status().revision
    partners.daemon.kill()
    partners.daemon = partners.scene.daemon("partners")
    after = partners.alerts(), partners.daemon.status().revision
    expect(before == after, "after kill -9 it is as it was", before, after)
    report = partners.daemon.operate(verify=stranger.pb.VerifyRequest())
    expect(report.code == stranger.pb.CODE_ACCEPTED, "journal and state agree", report)
    step("kill -9: the same alerts; the journal proves the state")


def play(scene):
    partners = Partners(scene, scene.daemon("partners"))
    partners.daemon.day("2008-02-15")
    names(partners)
    seen = Stream(partners.daemon.link(), filter=stranger.pb.Filter(operations=["EULEX Kosovo"],
                  kinds=[k for k in range(1, 21)]), credit=1 << 20)
    acts(partners)
    one_side(partners, seen)
    function(partners)
    rehatting(partners)
    early(partners)
    kept(partners)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
