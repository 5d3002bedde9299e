#!/usr/bin/python3
"""The daemon's life: first start, stop, kill, another boot, a second daemon, operators, deaths.

Each step says what an operator does and what is seen from outside.
"""
import glob
import os
import re
import signal
import time

import stranger
from stranger import HERE, Stream, day, expect, partners, step
from support import main, memory_folder

CREDIT = 100000


def run(scene, **how):
    return scene.daemon("state", "calendar=clock", **how)


def started(daemon):
    """What the line says that is logged at a start."""
    line = re.search(r"^\w+ +started (.*)$", daemon.log(), re.M).group(1)
    return dict(re.findall(r'(\w+)=("[^"]*"|\S+)', line))


def head(daemon):
    status = daemon.status()
    return status.revision, status.index


def settings(daemon):
    link = daemon.link(control=True)
    rows = link.query(settings=stranger.pb.SettingsQuery()).answer.rows
    return {row.setting.name: row.setting.value for row in rows}


def alert_settings():
    """As the example of a configuration lists them."""
    with open(os.path.join(HERE, "..", "..", "config", "mandated.conf")) as f:
        return re.findall(r"^#? *(alert\.[a-z_.]+) *=", f.read(), re.M)


def first_start(scene):
    daemon = run(scene)
    expect(started(daemon)["rebuilt"] == '"none is there"', "a new state", started(daemon))
    until = time.monotonic() + 10
    while not daemon.status().day:
        expect(time.monotonic() < until, "the first day is entered")
        time.sleep(0.01)
    status = daemon.status()
    expect(status.day == status.clock_day and status.rules == 3, "day and rules", status)
    found = settings(daemon)
    expect(found.get("timezone") == "America/New_York", "the zone is a setting", found)
    expect("instance.secret" not in found, "the secret is told to nobody", found)
    expect(len(found) == 1 + len(alert_settings()), "and each parameter of the alerts", found)
    sender = stranger.Sender(daemon.link())
    sender.accepted(partners())
    step("a first start: settings, rules 3, the day; revision %d" % head(daemon)[0])
    return daemon


def stop_and_start(scene, daemon):
    before = head(daemon)
    took = daemon.stop()
    expect(os.path.exists(scene.path("state", "clean")), "a clean stop is recorded")
    daemon = run(scene)
    what = started(daemon)
    expect(what["clean"] == "yes" and what["replayed"] == "0", "nothing to replay", what)
    expect(not os.path.exists(scene.path("state", "clean")), "`clean` is gone while it runs")
    expect(head(daemon) == before, "the same history", before, head(daemon))
    step("SIGTERM: ended in %.2f s with 0, started from a clean stop in %s ms"
         % (took, what["total_ms"]))
    return daemon


def kill_and_start(scene, daemon):
    before = head(daemon)
    daemon.kill()
    daemon = run(scene)
    what = started(daemon)
    expect(what["clean"] == "no" and what["rebuilt"] == "no", "the same boot is trusted", what)
    expect(head(daemon) == before, "the same history", before, head(daemon))
    step("kill -9: the state is trusted, started in %s ms" % what["total_ms"])
    return daemon


def another_boot(scene, daemon):
    before = head(daemon)
    daemon.kill()
    elsewhere = {"MANDATED_BOOT_ID": "another boot"}
    daemon = run(scene, environment=elsewhere)
    what = started(daemon)
    expect("not from this boot" in what["rebuilt"], "the state is not trusted", what)
    expect(int(what["replayed"]) == before[1], "every input is replayed", what)
    expect(head(daemon) == before, "the same history", before, head(daemon))
    expect(not glob.glob(scene.path("state", "state.untrusted.*")), "the old state is removed")
    daemon.kill()
    daemon = run(scene, environment=elsewhere)
    expect(started(daemon)["rebuilt"] == "no", "now it is trusted", started(daemon))
    daemon.stop()
    daemon = run(scene)
    expect(started(daemon)["rebuilt"] == "no", "a clean stop outlives the boot", started(daemon))
    step("another boot: rebuilt from the journal, %s inputs" % what["replayed"])
    return daemon


def second_daemon(scene, daemon):
    before = head(daemon)
    code, text = scene.mandated("-o", "state_dir=" + daemon.directory, "-o", "listen=")
    expect(code == 1 and "in use by process %d" % daemon.process.pid in text, "it refuses", text)
    code, text = scene.mandated("-o", "state_dir=" + scene.path("other"), "-o", "listen=",
                                "-o", "control=" + daemon.control)
    expect(code == 1 and "in use by another process" in text, "it takes no path away", text)
    expect(head(daemon) == before, "the first one goes on")
    step("a second daemon: on the directory and on the control endpoint, refused")


def configuration(scene, daemon):
    path = scene.path("wrong.conf")
    with open(path, "w") as f:
        f.write("listen = tcp://eth0:7117\n\nlog_level = loud\n")
    code, text = scene.mandated("--check", "-c", path)
    expect(code == 78, "exit status 78", code)
    expect(path + ":1: listen" in text and path + ":3: log_level" in text, "named", text)
    code, text = scene.mandated("-c", path, "-o", "state_dir=" + scene.path("other"))
    expect(code == 78, "it does not start with it", code, text)
    code, text = scene.mandated("--check", "-o", "segment_bytes=1M")
    expect(code == 0, "a right one", text)
    daemon.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 10
    while "reload" not in daemon.log():
        expect(time.monotonic() < until, "SIGHUP is reported")
        time.sleep(0.01)
    expect("restart_needed=no" in daemon.log(), "nothing has changed", daemon.log())
    daemon.alive()
    step("a wrong configuration: 78, file and line; SIGHUP: reported")


def operators(scene, daemon):
    pb = stranger.pb
    today = daemon.status().day
    code = daemon.operate(day=pb.DayRequest(day=today)).code
    expect(code == pb.CODE_RANGE, "the calendar only grows", code)
    code = daemon.operate(day=pb.DayRequest(day=today + 40)).code
    expect(code == pb.CODE_RANGE, "no day that is yet to come", code)
    report = daemon.operate(day=pb.DayRequest())
    expect(report.code == pb.CODE_ACCEPTED and report.status.day == today, "the days", report)
    for name, value, expected in (("alert.mand_expiring.days", "60", pb.CODE_ACCEPTED),
                                  ("alert.mand_expiring.days", "soon", pb.CODE_RANGE),
                                  ("timezone", "Mars/Olympus", pb.CODE_RANGE),
                                  ("timezone", "UTC", pb.CODE_ACCEPTED),
                                  ("instance.secret", "x", pb.CODE_NOT_FOUND)):
        code = daemon.operate(setting=pb.SettingRequest(name=name, value=value)).code
        expect(code == expected, "%s = %s" % (name, value), code)
    found = settings(daemon)
    expect(found["alert.mand_expiring.days"] == "60" and found["timezone"] == "UTC", "set", found)
    link = daemon.link(office="clerk", administrator=False)
    report = link.ask(operate=pb.Operate(checkpoint=pb.CheckpointRequest())).report
    expect(report.code == pb.CODE_FORBIDDEN, "only on the control endpoint", report)
    step("operators: days, settings; nobody else")


def positions(scene, daemon):
    pb = stranger.pb
    link = daemon.link(office="unhq")
    stream = Stream(link, credit=CREDIT, name="map")
    revision = head(daemon)[0]
    while stream.through < revision:
        expect(stream.take(10) == "frame", "frames up to %d" % revision, stream.through)
        stream.give()
    link.send(stream.correlation, unsubscribe=pb.Unsubscribe())
    while (took := stream.take(10)) == "frame":
        pass
    expect(took == pb.CODE_ACCEPTED, "the stream ends", took)
    until = time.monotonic() + 10
    rows = []
    while not rows:
        expect(time.monotonic() < until, "the position is on record")
        rows = link.query(cursors=pb.CursorsQuery()).answer.rows
        rows = [r.cursor for r in rows if r.cursor.name == "map"]
        time.sleep(0.01)
    expect(rows[0].office == "unhq" and 0 < rows[0].revision <= revision, "not newer", rows)
    step("a named subscription: its position %d of %d is kept" % (rows[0].revision, revision))


def deaths(scene, daemon):
    before = head(daemon)
    for rebuilt in ("no", "two runs died early"):
        daemon.process.send_signal(signal.SIGSEGV)
        daemon.wait()
        daemon = run(scene)
        found = started(daemon)["rebuilt"]
        expect(rebuilt in found, rebuilt, found)
        expect(head(daemon) == before, "the same history", before, head(daemon))
    daemon.process.send_signal(signal.SIGSEGV)
    daemon.wait()
    daemon = run(scene)
    expect(started(daemon)["rebuilt"] == "no", "counted anew", started(daemon))
    step("two deaths of fatal signals within 60 s of starting: the state is built anew")
    return daemon


def end_of_streams(scene, daemon):
    link = daemon.link()
    stream = Stream(link, credit=CREDIT)
    expect(stream.take(10) == "frame", "a frame")
    daemon.process.send_signal(signal.SIGTERM)
    while (took := stream.take(10)) == "frame":
        pass
    expect(took == stranger.pb.CODE_STOPPING, "the stream is told", took)
    expect(daemon.wait() == 0, "ended with 0", daemon.log())
    step("SIGTERM: streams are told STOPPING")


def by_hand(scene):
    pb = stranger.pb
    daemon = scene.daemon("manual", "calendar=manual", "timezone=UTC")
    expect(daemon.day("2004-09-30") == pb.CODE_ACCEPTED, "an operator enters a day")
    expect(daemon.day("2004-09-29") == pb.CODE_RANGE, "no earlier one")
    expect(daemon.day("2040-01-01") == pb.CODE_ACCEPTED, "any later one")
    expect(daemon.status().day == day("2040-01-01"), "the day", daemon.status())
    daemon.stop()
    step("calendar = manual: days are an operator's")


def play(scene):
    daemon = first_start(scene)
    daemon = stop_and_start(scene, daemon)
    daemon = kill_and_start(scene, daemon)
    daemon = another_boot(scene, daemon)
    second_daemon(scene, daemon)
    configuration(scene, daemon)
    operators(scene, daemon)
    positions(scene, daemon)
    daemon = deaths(scene, daemon)
    end_of_streams(scene, daemon)
    by_hand(scene)


if __name__ == "__main__":
    raise SystemExit(main(__doc__, play, folder=memory_folder()))
