#!/usr/bin/python3
"""A full disk: FULL is answered, reads go on, nothing accepted is lost, and once there is room again
the daemon goes on by itself. On a small file system of its own, which takes root's rights."""
import os
import shutil
import sys
import threading
import time

import stranger
from support import Sender, Skipped, Stream, expect, main, step
from stranger import operation, partners, units

NAME = "FULL"
DISK_BYTES = 24 << 20
BALLAST_BYTES = 11 << 20
WINDOW = 64


def make_disk(scene):
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        raise Skipped("a full disk: needs root and mkfs.ext4")
    image, mount = scene.path("image"), scene.path("disk")
    with open(image, "wb") as f:
        f.truncate(DISK_BYTES)
    os.mkdir(mount)
    for command in (("mkfs.ext4", "-q", "-m", "0", image), ("mount", "-o", "loop", image, mount)):
        code, text = scene.run(*command)
        if code != 0:
            raise Skipped("a full disk: %s: %s" % (command[0], text.strip()))
    scene.undo.append(lambda: scene.run("umount", mount))
    return mount


def take_room(path, most=None):
    """A file of so many bytes, or of all there is; real blocks, no hole."""
    taken, block = 0, bytes(1 << 16)
    with open(path, "wb", buffering=0) as f:
        try:
            while most is None or taken < most:
                taken += f.write(block)
        except OSError:
            if most is not None:
                raise
        try:
            os.fsync(f.fileno())
        except OSError:
            pass  # all is taken, and that is what was wanted
    return taken


class Filler:
    """One lane, many under way; keeps every outcome."""

    def __init__(self, daemon):
        self.daemon, self.lane, self.outcomes = daemon, Sender(daemon.link()), {}
        self.outcomes[1] = self.lane.accepted(partners() + [operation(NAME)]).outcome
        self.next = 2

    def pack(self, sequence):
        content = units(NAME, 1)[:6]
        for n, unit in enumerate(content):
            unit.record.unit.unit = "%d.%d" % (sequence, n)
            unit.source.text = unit.source.note = "x" * 1000
        return self.lane.pack(content, sequence)

    def send(self, sequence):
        return self.lane.link.send(submission=self.pack(sequence))

    def push(self, sequence):
        """One alone: its refusal's code, or 0."""
        outcome = self.lane.link.ask(submission=self.pack(sequence)).outcome
        if not outcome.HasField("refusal"):
            self.outcomes[sequence] = outcome
        return outcome.refusal

    def until_full(self, seconds=30):
        """Keeps a window under way until FULL comes; what is refused is not counted."""
        end, full, waiting = time.monotonic() + seconds, 0, {}
        while not full and time.monotonic() < end:
            while len(waiting) < WINDOW:
                waiting[self.send(self.next)] = self.next
                self.next += 1
            full = self.take(waiting)
        while waiting:
            full += self.take(waiting)
        self.next = max(self.outcomes) + 1
        return full

    def take(self, waiting):
        first = next(iter(waiting))
        got = self.lane.link.receive(first)
        expect(got, "every submission is answered", waiting[first], self.daemon.log())
        sequence, outcome = waiting.pop(first), got[0].outcome
        if not outcome.HasField("refusal"):
            self.outcomes[sequence] = outcome
            return 0
        code, pb = outcome.refusal.code, stranger.pb
        expect(code in (pb.CODE_FULL, pb.CODE_SEQ_JUMP, pb.CODE_BUSY), "FULL", outcome, self.daemon.log())
        return code == pb.CODE_FULL

    def until_accepted(self, seconds=20):
        end = time.monotonic() + seconds
        while True:
            refusal = self.push(self.next)
            if not refusal.code or self.next in self.outcomes:
                self.next += 1
                return
            expect(refusal.code == stranger.pb.CODE_FULL and refusal.retry_after_ms, "FULL",
                   refusal)
            expect(time.monotonic() < end, "it goes on by itself", refusal)
            time.sleep(refusal.retry_after_ms / 1000)


def reads_go_on(daemon, filler):
    pb, link = stranger.pb, daemon.link()
    while not (code := filler.push(filler.next).code) or filler.next in filler.outcomes:
        filler.next += 1  # one alone may need less room than many
    expect(code == pb.CODE_FULL, "still FULL", code)
    again = filler.lane.link.ask(submission=filler.pack(2)).outcome
    expect(again == filler.outcomes[2], "a repeat gets its outcome", again)
    status = link.query(status=pb.StatusQuery()).answer.rows[0].status
    expect("full" in status.trouble, "the status says why", status)
    row = link.query(get=pb.GetQuery(kind=stranger.record.KIND_OPERATION, key=NAME)).answer.rows
    expect(len(row) == 1, "a query is answered", row)
    check_history(daemon, filler)
    expect(daemon.day("2014-12-01") == pb.CODE_FULL, "an operator's day: FULL")


def check_history(daemon, filler):
    """The stream has all that was accepted, and the chain verifies."""
    newest = daemon.status().revision
    accepted = {r.revision for o in filler.outcomes.values() for r in o.results}
    link = daemon.link()
    stream = Stream(link, credit=1 << 20)
    stream.follow(newest)
    expect(accepted <= set(stream.events), "the stream has all that was accepted",
           len(accepted - set(stream.events)))
    link.socket.close(linger=0)


def kick_in_need(daemon):
    """Who is to be put out is put out, and the operator is told that there is no record of it."""
    pb, link = stranger.pb, daemon.link()
    expect(link.ask(ping=pb.Ping()).HasField("pong"), "somebody is there")
    count = daemon.status().connections
    report = daemon.operate(kick=pb.KickRequest())
    expect(count >= 1 and report.code == pb.CODE_ACCEPTED and
           "%d connections are ended; the audit does not have it" % count in report.text,
           "they are put out", report, count)
    line = [x for x in daemon.log().splitlines() if "asked" in x and "kick" in x][-1]
    expect('office="local"' in line and "audit=yes" not in line, "the log has it", line)
    link.connect()
    expect(link.ask(ping=pb.Ping()).HasField("pong"), "who may comes back")
    link.socket.close(linger=0)


def play(scene):
    disk = make_disk(scene)
    ballast, taken = os.path.join(disk, "ballast"), os.path.join(disk, "taken")
    take_room(ballast, BALLAST_BYTES)
    daemon = scene.daemon(os.path.join("disk", "state"), "feed=")
    filler = Filler(daemon)
    full = filler.until_full()
    expect(full, "the disk gets full", daemon.status())
    step("%d submissions of 14 kB accepted, then FULL", len(filler.outcomes))
    reads_go_on(daemon, filler)
    step("full: queries, streams and repeats are answered, the status says why")
    os.unlink(ballast)
    filler.until_accepted()
    daemon.alive()
    step("a file of %d MiB removed: accepted again, without a restart", BALLAST_BYTES >> 20)

    # Somebody else takes all the room there is.
    if scene.options.race:
        taker = threading.Thread(target=take_room, args=(taken,))
        taker.start()
        expect(filler.until_full(), "FULL", daemon.log())
        taker.join()
    take_room(taken + ".rest")
    time.sleep(0.2)  # it looks at the disk every 50 ms; what comes between is `--race`
    filler.until_full()
    daemon.alive()
    reads_go_on(daemon, filler)
    kick_in_need(daemon)
    step("another program takes the last byte: FULL, reads go on, a kick ends every connection")
    for name in os.listdir(disk):
        if name.startswith("taken"):
            os.unlink(os.path.join(disk, name))
    filler.until_accepted()
    step("its files removed: accepted again, without a restart")

    daemon.stop()
    daemon = scene.daemon(os.path.join("disk", "state"), "feed=")
    filler.lane.link = daemon.link()
    check_history(daemon, filler)
    for sequence in sorted(filler.outcomes)[1::7]:
        again = filler.lane.link.ask(submission=filler.pack(sequence)).outcome
        expect(again == filler.outcomes[sequence], "the first outcome", sequence, again)
    report = daemon.operate(verify=stranger.pb.VerifyRequest())
    expect(report.code == stranger.pb.CODE_ACCEPTED, "it verifies", report)
    daemon.stop()
    step("after a restart: all %d outcomes as they were; %s", len(filler.outcomes),
         report.text.split(";")[0])


if __name__ == "__main__":
    sys.exit(main(__doc__, play, lambda parser: parser.add_argument(
        "--race", action="store_true", help="the last byte is taken in the middle of the load")))
