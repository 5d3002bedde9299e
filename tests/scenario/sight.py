#!/usr/bin/python3
"""Who sees what in streams and on the feed, from outside: grants, what leaves, revocation."""
import json
import subprocess
import sys
import time

import zmq

import stranger
from stranger import Keys, Link
from support import Sender, Stream, change, day, expect, main, memory_folder, step

END_S = 5  # a revoked office's streams end within it
SECRETS = {}  # of the offices, by name


def sealed(scene, daemon, name):
    """A connection with the key of an office, which is on record as the scenario wants it."""
    return Link(scene.context, daemon.endpoint, name, 10, Keys(daemon.server_key, SECRETS[name]))


def office(name, *grants, **fields):
    """The record of an office that reads the operations of each grant; an empty one: all."""
    record, access = stranger.record, stranger.record.ACCESS_READ
    return change(office=record.Office(
        office=name, devices=[record.Device(name="desk", key=zmq.curve_public(SECRETS[name]).decode())],
        grants=[record.Grant(access=access, operations=sorted(grant)) for grant in grants],
        **fields))


def corrected(one):
    one.action = stranger.record.CHANGE_ACTION_CORRECT
    return one


def operation(name):
    return change(operation=stranger.record.Operation(acronym=name))


def pledge(name, where, persons):
    record = stranger.record
    return change(pledge=record.Pledge(contributor="GHA", pledge=name, operation=where,
                                       component=record.COMPONENT_TROOPS, persons=persons,
                                       registered=day("2004-09-01")))


class Watch(Stream):
    """Also takes note of what has left."""

    def __init__(self, *args, **fields):
        self.left = {}
        super().__init__(*args, **fields)

    def entry(self, entry):
        super().entry(entry)
        if entry.left:
            expect(entry.HasField("kind") and not entry.HasField("event"), "no more than its key",
                   entry)
            self.left[entry.revision] = entry.key

    def end(self, timeout_s=END_S):
        """The code with which it ends in time."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            got = self.take(0.1)
            if got not in (None, "frame"):
                return got
            self.give()
        return None


def keys_of(stream):
    return [e.change.record.pledge.pledge for e in stream.events.values()
            if e.change.record.HasField("pledge")]


def follow(scene, daemon, name):
    """mandatectl follow, as an office, with its lines as they come."""
    return subprocess.Popen([scene.binary("mandatectl"), "--server", daemon.endpoint,
                             "--server-key", daemon.server_key_file, "--key", scene.key_file(name),
                             "--format", "json", "follow", "--from", "1"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def lines_until(process, wanted):
    lines = []
    for line in process.stdout:
        lines.append(json.loads(line))
        if wanted(lines[-1]):
            return lines
    expect(False, "mandatectl goes on", lines)


def who_sees_what(scene, daemon, sender, feed):
    record = stranger.record
    step("two operations, an office for one of them, one for all")
    sender.accepted([change(partner=record.Partner(code="GHA", iso3="GHA"))])
    sender.accepted([operation("MONUC")])
    sender.accepted([operation("UNMIL")])
    sender.accepted([office("CONGO", ["MONUC"])])
    sender.accepted([office("UNHQ", [])])
    congo = Watch(sealed(scene, daemon, "CONGO"), digests=True)
    unhq = Watch(sealed(scene, daemon, "UNHQ"), digests=True)
    table = follow(scene, daemon, "CONGO")
    sender.accepted([pledge("P-1", "MONUC", 800)])
    sender.accepted([pledge("P-2", "UNMIL", 800)])
    moved = sender.accepted([corrected(pledge("P-1", "UNMIL", 800))]).head.revision
    last = sender.accepted([corrected(pledge("P-1", "UNMIL", 700))]).head.revision
    congo.follow(last)
    unhq.follow(last)
    expect(keys_of(congo) == ["P-1"], "only what is granted", keys_of(congo))
    expect(congo.left == {moved: "GHA:P-1"}, "told that it left, once", congo.left)
    expect(keys_of(unhq) == ["P-1", "P-2", "P-1", "P-1"], "all of it", keys_of(unhq))
    expect(not unhq.left, "nothing leaves who sees all", unhq.left)
    expect(congo.chain.revision == unhq.chain.revision == last, "both chains verify")
    step("what leaves is told without its content, and both chains verify")
    got = lines_until(table, lambda line: "left" in line)
    expect(got[-1] == {"revision": moved, "left": True, "kind": "pledge", "key": "GHA:P-1"},
           "a line for what left", got[-1])
    topics = []
    while feed.poll(500):
        topics.append(feed.recv_multipart()[0].decode())
    expect(topics == ["-/office/", "MONUC/pledge/"], "the feed carries what CONGO may see: its "
           "own record, and its operation's", topics)
    step("the feed carries what its clearance allows: %s", ", ".join(topics))
    return congo, unhq, table


def other_grants(scene, daemon, sender, congo, unhq, table):
    link = sealed(scene, daemon, "CONGO")
    at, hash_there = congo.through, congo.through_hash
    told = len(congo.events)
    widened = sender.accepted([corrected(office("CONGO", ["MONUC", "UNMIL"])),
                               pledge("P-3", "UNMIL", 5)]).head
    expect(congo.end() == stranger.pb.CODE_REGRANTED, "REGRANTED")
    expect(len(congo.events) == told, "nothing is sent behind the change")
    late = Watch(link, after=at, event_hash=hash_there)
    expect(late.end() == stranger.pb.CODE_REGRANTED, "REGRANTED to one that was away, too")
    again = Watch(link, after=widened.revision, event_hash=widened.event_hash, digests=True)
    sender.accepted([pledge("P-4", "UNMIL", 5)])
    last = sender.accepted([pledge("P-5", "MONUC", 5)]).head.revision
    again.follow(last)
    expect(keys_of(again) == ["P-4", "P-5"], "by the new grants", keys_of(again))
    step("wider grants end its stream and lead to a snapshot; a resume from before them, too")
    got = lines_until(table, lambda line: line.get("revision") == last)
    ends = [line["snapshot_ends"] for line in got if "snapshot_ends" in line]
    shown = [line["snapshot"]["key"] for line in got if "snapshot" in line]
    expect(any("snapshot_begins" in line for line in got) and len(ends) == 1, "a snapshot", got)
    expect({"GHA:P-1", "GHA:P-2", "GHA:P-3"} <= set(shown), "all that is seen now", shown)
    expect(ends[0]["revision"] >= widened.revision and ends[0]["records"] == len(shown), "where it ends",
           ends)
    step("mandatectl follow lists what may be seen now and goes on")
    unhq.follow(last)
    expect(keys_of(unhq)[-3:] == ["P-3", "P-4", "P-5"], "others lose nothing", keys_of(unhq))
    return again


def revoked(scene, daemon, sender, congo, unhq, table):
    told = len(congo.events)
    sender.accepted([corrected(office("CONGO", ["MONUC", "UNMIL"],
                                      state=stranger.record.OFFICE_STATE_REVOKED)),
                     pledge("P-6", "MONUC", 5)])
    began = time.monotonic()
    expect(congo.end() == stranger.pb.CODE_UNACCREDITED, "UNACCREDITED within %d s" % END_S)
    step("a revoked office's stream ends, after %.0f ms", (time.monotonic() - began) * 1000)
    expect(len(congo.events) == told, "nothing is sent behind it")
    ask = {"subscribe": stranger.pb.Subscribe(after_revision=0, credit_bytes=65536)}
    answer = congo.link.ask(**ask)
    expect(answer.refusal.code == stranger.pb.CODE_UNACCREDITED, "and no new one begins", answer)
    link = sealed(scene, daemon, "CONGO")
    expect(link.receive(link.send(**ask), 1) is None, "nor a new connection")
    expect(table.wait(END_S) == 1, "mandatectl follow ends, refused")
    last = sender.accepted([pledge("P-7", "MONUC", 5)]).head.revision
    unhq.follow(last)
    expect(unhq.chain.revision == last, "the others go on, every revision verified")


def expired(scene, daemon, sender):
    """Nothing is recorded on the day on which a grant expires, and yet nobody keeps what it gave."""
    record, pb = stranger.record, stranger.pb
    sender.accepted([change(office=record.Office(
        office="GUEST",
        devices=[record.Device(name="desk", key=zmq.curve_public(SECRETS["GUEST"]).decode())],
        grants=[record.Grant(access=record.ACCESS_READ, operations=["MONUC"]),
                record.Grant(access=record.ACCESS_READ, operations=["UNMIL"],
                             until=day("2004-10-31"))]))])
    last = sender.accepted([pledge("P-8", "UNMIL", 5)]).head.revision
    link = sealed(scene, daemon, "GUEST")
    away = Watch(link, digests=True)
    stays = Watch(sealed(scene, daemon, "GUEST"), digests=True)
    away.follow(last)
    stays.follow(last)
    expect("P-8" in keys_of(away), "as long as it is granted", keys_of(away))
    link.send(away.correlation, unsubscribe=pb.Unsubscribe())
    expect(away.end() == pb.CODE_ACCEPTED, "it leaves")
    named = [scene.binary("mandatectl"), "--server", daemon.endpoint, "--server-key",
             daemon.server_key_file, "--key", scene.key_file("GUEST"), "--format", "json",
             "follow", "--name", "desk", "--until-current"]
    code, text = scene.run(*named)
    expect(code == 0 and "GHA:P-8" not in text and '"P-8"' in text, "a named follower", text)
    expect(daemon.day("2004-10-31") == pb.CODE_ACCEPTED, "its last day")
    mark = dict(after=away.through, event_hash=away.through_hash, digests=True)
    told = Watch(link, **mark, day=away.day)
    expect(told.take() == "frame" and told.day == day("2004-10-31"), "it resumes", told.day)
    link.send(told.correlation, unsubscribe=pb.Unsubscribe())
    expect(told.end() == pb.CODE_ACCEPTED, "it leaves again")
    expect(daemon.day("2004-11-01") == pb.CODE_ACCEPTED, "the day after it")
    expect(stays.end() == pb.CODE_REGRANTED, "REGRANTED to one that is there")
    late = Watch(link, **mark, day=told.day)
    expect(late.end() == pb.CODE_REGRANTED, "REGRANTED to one that was away")
    answer = link.query(list=pb.ListQuery(kind=record.KIND_PLEDGE)).answer
    expect(answer.day == day("2004-11-01") and answer.revision == away.through, "as of today",
           answer.day)
    expect("GHA:P-8" not in [row.version.key for row in answer.rows], "out of the snapshot")
    again = Watch(link, **mark, day=answer.day)
    expect(again.take() == "frame", "after it, at the same revision, it goes on")
    code, text = scene.run(*named)
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    shown = [line["snapshot"]["key"] for line in lines if "snapshot" in line]
    expect(code == 0 and any("snapshot_ends" in line for line in lines), "a snapshot, by name",
           text)
    expect("GHA:P-8" not in shown and "GHA:P-5" in shown, "of what is granted today", shown)
    step("a grant that expires ends who is there, and who was away when it comes back")


def play(scene):
    SECRETS.update((name, scene.secret_key(name)) for name in ("CONGO", "UNHQ", "GUEST"))
    feed = "ipc://" + scene.path("feed")
    daemon = scene.daemon("d", "feed=" + feed, "feed_clearance=CONGO")
    expect(daemon.day("2004-10-01") == stranger.pb.CODE_ACCEPTED, "a day")
    listener = scene.context.socket(zmq.SUB)
    listener.setsockopt_string(zmq.SUBSCRIBE, "")
    listener.connect(feed)
    time.sleep(0.2)  # the feed tells nobody who has not joined yet
    sender = Sender(daemon.link(control=True))
    congo, unhq, table = who_sees_what(scene, daemon, sender, listener)
    scene.undo.append(table.kill)
    congo = other_grants(scene, daemon, sender, congo, unhq, table)
    revoked(scene, daemon, sender, congo, unhq, table)
    expired(scene, daemon, sender)
    daemon.stop()


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
