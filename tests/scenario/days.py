#!/usr/bin/python3
"""Days, entered by operators: alerts open, sharpen and close, the stream carries them, and any past
day can be asked about, as it was known then and as it is known now.

Not called calendar.py, which would hide Python's own module from every script beside it.
"""
import re
import sys

import stranger
from support import Sender, Stream, change, day, expect, main, memory_folder, step
from stranger import operation, partners

NAME = "DAYS"


def date(number):
    return (stranger.datetime.date(1970, 1, 1) + stranger.datetime.timedelta(number)).isoformat()


class Days:
    def __init__(self, scene):
        self.scene, self.pb, self.record = scene, stranger.pb, stranger.record
        self.daemon = scene.daemon("d")
        self.lane = Sender(self.daemon.link("headquarters"))
        self.stream = Stream(self.daemon.link("follower"), credit=1 << 20)
        self.open, self.told = {}, []
        self.ends = []  # (day, revision, what was open then)
        self.day = None

    # --- what is said -------------------------------------------------------------------------

    def enter(self, text):
        code = self.daemon.day(text)
        expect(code == self.pb.CODE_ACCEPTED, "the day %s is entered" % text, code)
        self.day = text
        return self.take()

    def push(self, *content):
        self.lane.accepted(list(content))
        return self.take()

    def instrument(self, document, action, adopted, valid_until, military=None):
        ceilings = [self.record.CeilingEntry(component=self.record.COMPONENT_MILITARY,
                                             persons=military)] if military is not None else []
        return change(instrument=self.record.Instrument(
            operation=NAME, party="UNSC", document=document, action=action, adopted=day(adopted),
            valid_until=day(valid_until), ceilings=ceilings))

    def head_count(self, as_of, persons, correct=False):
        content = change(**{"return": self.record.Return(
            operation=NAME, as_of=day(as_of), covers=[self.record.COMPONENT_MILITARY],
            counts=[self.record.HeadCount(contributor="GAB", persons=persons,
                                          component=self.record.COMPONENT_TROOPS)])})
        if correct:
            content.action = self.record.CHANGE_ACTION_CORRECT
        return content

    # --- what is seen -------------------------------------------------------------------------

    def take(self):
        """What the stream says of alerts since the last call, in words."""
        known = self.stream.through
        self.stream.follow(self.daemon.status().revision)
        said = []
        for revision, event in self.stream.events.items():
            if revision <= known or not event.HasField("alert"):
                continue
            alert, what = event.alert.alert, event.alert
            expect(date(what.on) == self.day, "judged on the state's day", what)
            words = [self.record.AlertCode.Name(alert.code)[len("ALERT_CODE_"):],
                     self.pb.AlertAct.Name(what.act)[len("ALERT_ACT_"):].lower()]
            if what.act == self.pb.ALERT_ACT_CLOSED:
                words.append(self.pb.CloseReason.Name(what.reason)[len("CLOSE_REASON_"):].lower())
                expect(self.open.pop((alert.code, alert.key), None), "it was open", what)
            else:
                words.append(self.record.Severity.Name(alert.severity)[len("SEVERITY_"):].lower())
                self.open[alert.code, alert.key] = alert
            said.append(" ".join(words))
            self.told.append((revision, said[-1]))
        if self.day:
            self.ends.append((self.day, self.stream.through, dict(self.open)))
        return said

    def alerts(self, **how):
        code = how.pop("code", None)
        question = self.pb.AlertsQuery(operation=NAME)
        if code:
            question.code = code
        rows = self.lane.link.query(alerts=question, **how).answer.rows
        return {(r.alert.alert.code, r.alert.alert.key): r.alert.alert for r in rows}

    def expect_said(self, found, *wanted):
        expect(found == list(wanted), "on %s: %s" % (self.day, list(wanted)), found)


def ceiling(days):
    code = days.record.ALERT_CODE_CEIL_OVER
    days.enter("2014-09-29")
    days.expect_said(days.push(*partners(), operation(NAME), days.instrument(
        "S/RES/1", days.record.ACTION_ESTABLISH, "2014-04-10", "2015-04-30", military=500)))
    days.expect_said(days.push(days.head_count("2014-09-30", 570)))
    days.expect_said(days.enter("2014-09-30"), "CEIL_OVER opened warn")
    alert = next(a for a in days.open.values() if a.code == code)
    expect((alert.persons, alert.ceiling, date(alert.since)) == (570, 500, "2014-09-30"),
           "570 over 500 since 2014-09-30", alert)
    days.expect_said(days.enter("2014-10-29"))
    days.expect_said(days.enter("2014-10-30"), "CEIL_OVER changed alarm")
    alert = next(a for a in days.open.values() if a.code == code)
    expect(date(alert.since) == "2014-09-30", "since then", alert)
    step("CEIL_OVER: opens as a warning on 2014-09-30, an alarm after 30 days")
    days.enter("2014-11-05")
    before = days.stream.through
    days.expect_said(days.push(days.head_count("2014-09-30", 480, correct=True)),
                     "CEIL_OVER closed corrected")
    then = days.alerts(on=day("2014-10-31"), known_at=before, code=code)
    now = days.alerts(on=day("2014-10-31"), code=code)
    expect([a.severity for a in then.values()] == [days.record.SEVERITY_ALARM] and not now,
           "2014-10-31: an alarm as known then, none as known now", then, now)
    expect(not days.alerts(on=day("2014-09-29"), known_at=before, code=code), "none before")
    first = days.alerts(on=day("2014-10-29"), known_at=before, code=code)
    expect([a.severity for a in first.values()] == [days.record.SEVERITY_WARN], "a warning", first)
    step("a correction closes it; 2014-10-31 has its alarm as known before, and none as known now")


def back(days):
    revision = days.daemon.status().revision
    for text in ("2014-11-04", "2014-11-05", "1999-01-01"):
        expect(days.daemon.day(text) == days.pb.CODE_RANGE, "no step back to %s" % text)
    expect(days.daemon.status().revision == revision, "no revision was used")
    step("a step back, or none: RANGE")


def expiring(days):
    stages = []
    for text in ("2015-01-29", "2015-01-30", "2015-03-01", "2015-03-31", "2015-04-16",
                 "2015-04-23"):
        said = [s for s in days.enter(text) if s.startswith("MAND")]
        alert = [a for a in days.open.values()
                 if a.code == days.record.ALERT_CODE_MAND_EXPIRING]
        stages.append((text, said, [a.stage for a in alert]))
    wanted = [("2015-01-29", [], []), ("2015-01-30", ["MAND_EXPIRING opened info"], [90]),
              ("2015-03-01", ["MAND_EXPIRING changed info"], [60]),
              ("2015-03-31", ["MAND_EXPIRING changed warn"], [30]),
              ("2015-04-16", ["MAND_EXPIRING changed warn"], [14]),
              ("2015-04-23", ["MAND_EXPIRING changed warn"], [7])]
    expect(stages == wanted, "its stages", *map(str, stages))
    step("MAND_EXPIRING: 90, 60, 30, 14 and 7 days")
    days.enter("2015-04-24")
    said = days.push(days.instrument("S/RES/2", days.record.ACTION_EXTEND, "2015-04-24",
                                     "2015-06-30"))
    days.expect_said(sorted(said), "MAND_EXPIRING closed superseded",
                     "MAND_EXPIRING opened info")
    alert = [a for a in days.open.values() if a.code == days.record.ALERT_CODE_MAND_EXPIRING]
    expect([date(a.valid_until) for a in alert] == ["2015-06-30"] and alert[0].stage == 90,
           "the next one, of 2015-06-30", alert)
    step("a rollover: superseded, and the next one opens at once")


def lapsed(days):
    days.enter("2015-06-30")
    said = [s for s in days.enter("2015-07-01") if s.startswith("MAND")]
    expect(sorted(s.split(" ")[:2] for s in said) == [["MAND_EXPIRING", "closed"],
                                                      ["MAND_LAPSED", "opened"]],
           "lapsed", said)
    alert = next(a for a in days.open.values() if a.code == days.record.ALERT_CODE_MAND_LAPSED)
    expect(date(alert.since) == "2015-07-01" and date(alert.valid_until) == "2015-06-30",
           "since the day after the last", alert)
    days.enter("2015-07-05")
    said = days.push(days.instrument("S/RES/3", days.record.ACTION_EXTEND, "2015-07-05",
                                     "2016-07-04"))
    expect([s for s in said if s.startswith("MAND")] == ["MAND_LAPSED closed resolved"],
           "a new mandate closes it", said)
    step("MAND_LAPSED: opens on the first day without, closes with a new establishment")


def told(days, *options):
    """What `follow` shows a person of mandates' ends: act and stage."""
    status, said = days.scene.run(
        days.scene.binary("mandatectl"), "--server", days.daemon.control, "--format", "table",
        "follow", "--from", "1", "--until-current", *options)
    expect(status == 0, "follow ends well", said)
    return re.findall(r"alert (\w+): \w+ MAND_EXPIRING \S+, within (\d+) days", said), said


def unasked(days):
    lines, said = told(days)
    expect(lines == [("changed", "7"), ("closed", "7")] * 2, "the last days", said)
    expect("5 of them ends of mandates more than 7 days away (--early)" in said, "a note", said)
    lines, said = told(days, "--early")
    expect([stage for _, stage in lines] == ["90", "60", "30", "14", "7", "7", "90", "7", "7"],
           "every stage when asked", said)
    step("a person is told of a mandate's end in its last 7 days; of the rest when asked")


def past(days):
    """What is computed for a day, as known then, is what was open then."""
    for text, revision, was_open in days.ends:
        found = days.alerts(on=day(text), known_at=revision)
        expect(found == was_open, "the alerts of %s as known at %d" % (text, revision),
               sorted(found.items()), sorted(was_open.items()))
    now = days.alerts()
    expect(now == days.open, "what is open is what the stream says", now, days.open)
    rows, more = [], {}
    while True:
        answer = days.lane.link.query(alerts=days.pb.AlertsQuery(operation=NAME, log=True),
                                      **more).answer
        rows += [r.alert.revision for r in answer.rows]
        if not answer.HasField("next"):
            break
        more = dict(after=answer.next, pinned=answer.revision)
    expect(rows == [revision for revision, _ in days.told], "the log is what the stream said",
           rows, days.told)
    step("each of %d moments, computed: what was open then; the log has the %d events of the "
         "stream", len(days.ends), len(rows))


def play(scene):
    days = Days(scene)
    ceiling(days)
    back(days)
    expiring(days)
    lapsed(days)
    unasked(days)
    past(days)
    report = days.daemon.operate(verify=days.pb.VerifyRequest())
    expect(report.code == days.pb.CODE_ACCEPTED, "it verifies", report)
    days.daemon.stop()


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
