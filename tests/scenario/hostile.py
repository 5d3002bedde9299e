#!/usr/bin/python3
"""Bad input: each answered with its own code, and nothing comes of it.

Messages with one thing wrong each, mistakes of a client's logic, random mutations of good messages,
floods, peers that never read, connections that come and go. In the end history holds what was
accepted and nothing else, and the daemon has the memory that it began with.
"""
import os
import random
import subprocess
import sys
import time

import zmq

import hostile_cases as cases
import stranger
from support import (Scene, Sender, Stream, change, day, expect, main, memory_folder, step)
from stranger import Keys, head_counts, instrument, key_of, operation, partners, units

GROWTH_BYTES = 32 << 20  # 280 connections of 40 KiB leave their heap behind
OFFICE = "hostile"


def code_of(envelope):
    """The code in any answer; None in one that says none."""
    for path in ("refusal", "outcome.refusal", "answer.refusal", "end", "report"):
        message = envelope
        for name in path.split("."):
            message = message.HasField(name) and getattr(message, name)
            if not message:
                break
        if message:
            return stranger.pb.Code.Name(message.code)[len("CODE_"):]
    return None


def ask(link, frame):
    """The one answer to a frame of any bytes."""
    link.socket.send(frame)
    expect(link.socket.poll(10000), "an answer", frame[:64].hex())
    return stranger.pb.Envelope.FromString(link.socket.recv())


def sync(link):
    """Waits for a pong; answers all that came before it."""
    mark = random.getrandbits(60)
    link.send(mark, ping=stranger.pb.Ping())
    came = []
    while True:
        expect(link.socket.poll(20000), "a pong")
        frame = link.socket.recv()
        try:
            envelope = stranger.pb.Envelope.FromString(frame)
        except Exception:
            raise stranger.Surprise("an answer can be read: " + frame.hex()) from None
        if envelope.HasField("pong") and envelope.correlation == mark:
            return came
        came.append(envelope)


class Hostile:
    def __init__(self, scene: Scene):
        self.scene, self.pb = scene, stranger.pb
        self.daemon = scene.daemon("d")
        expect(self.daemon.day("2014-12-01") == self.pb.CODE_ACCEPTED, "a day is entered")
        self.link = self.office_link()
        self.lane = Sender(self.link)
        self.accepted = set()  # indices of inputs that changed something
        self.take(self.lane.accepted(partners() + [operation(cases.OPERATION)]))
        self.take(self.lane.accepted([instrument(cases.OPERATION)]))
        self.take(self.lane.accepted([head_counts(cases.OPERATION)]))
        self.memory = self.daemon.memory()

    def take(self, envelope):
        if any(not r.unchanged for r in envelope.outcome.results):
            self.accepted.add(envelope.outcome.index)
        return envelope

    def unharmed(self, revision):
        self.daemon.alive()
        now = self.daemon.status()
        expect(now.revision == revision, "no revision was used", revision, now)

    # --- one thing wrong ----------------------------------------------------------------------

    def forms(self):
        for what, make in cases.FORMS:
            revision, done = self.daemon.status().revision, 0
            for code, why, frame in make():
                found = ask(self.link, frame)
                expect(code_of(found) == code, "%s for %s" % (code, why), frame.hex()[:200], found)
                done += 1
            self.unharmed(revision)
            step("%s: %d messages, each with its own code", what, done)

    def frames(self):
        for parts in ([b"", cases.envelope(b"")], [b"x"] * 3, [b""] * 1000):
            self.link.socket.send_multipart(parts)
            expect(self.link.socket.poll(10000), "an answer to several frames", len(parts))
            found = self.pb.Envelope.FromString(self.link.socket.recv())
            expect(code_of(found) == "FRAMING", "FRAMING", found)
        revision = self.daemon.status().revision
        for size in (65537, 1 << 20, 64 << 20):
            self.link.socket.send(bytes(size))
            # Nobody reads so much: the connection is closed, and made anew by the library.
            expect(not self.link.socket.poll(50), "no answer to %d bytes" % size)
            other = self.office_link()
            sync(other)
            other.socket.close(linger=0)
            self.link.connect()
        self.unharmed(revision)
        step("several frames: FRAMING; frames over 64 KiB: the connection is closed")

    def truncated(self):
        whole = self.lane.pack([instrument(cases.OPERATION, military=7)], 1)
        frame = cases.envelope(cases.block(10, whole))
        revision = self.daemon.status().revision
        for end in range(1, len(frame)):
            code = code_of(ask(self.link, frame[:end]))
            expect(code in ("GARBAGE", "MISSING", "NOT_CANONICAL"), "cut short", end, code)
        for end in range(len(whole)):
            code = code_of(ask(self.link, cases.envelope(cases.block(10, whole[:end]))))
            expect(code in ("GARBAGE", "MISSING", "TEXT"), "cut short within", end, code)
        self.unharmed(revision)
        step("a submission cut short after each of its %d bytes: refused", len(frame))

    # --- a client's logic ---------------------------------------------------------------------

    def logic(self):
        lane, name = self.lane, cases.OPERATION
        revision = self.daemon.status().revision
        first = lane.push([], sequence=2, packed=lane.sent[1])
        expect(first.outcome.results[0].revision and not first.outcome.HasField("refusal"),
               "the first outcome", first)
        expect(lane.push([], sequence=2, packed=lane.sent[1]).outcome == first.outcome, "again")
        refused = lane.refused(self.pb.CODE_SEQ_JUMP, [instrument(name)], sequence=9)
        expect(refused.expected_sequence == 4, "4 is expected", refused)
        lane.refused(self.pb.CODE_SEQ_REUSED, [instrument(name, military=1)], sequence=2)
        unknown = head_counts(name)
        getattr(unknown.record, "return").counts[0].contributor = "AAA"
        stale = head_counts(name, gabon=460)
        stale.action, stale.expected_revision = stranger.record.CHANGE_ACTION_CORRECT, 1
        party = instrument(name)
        party.record.instrument.party = "NOBODY"
        for code, content in ((self.pb.CODE_UNKNOWN_OPERATION, instrument("NOWHERE")),
                              (self.pb.CODE_UNKNOWN_PARTNER, party),
                              (self.pb.CODE_UNKNOWN_CONTRIBUTOR, unknown),
                              (self.pb.CODE_CONFLICT, stale)):
            # All or nothing: what stands before it is not taken either.
            good = change(partner=stranger.record.Partner(code="NEVER", name="Never"))
            refused = lane.refused(code, [good, content])
            expect(refused.change == 1, "the second change is named", refused)
        expect(refused.current_revision and refused.current.HasField("record"),
               "a conflict holds the record", refused)
        self.unharmed(revision)
        gone = self.link.query(get=self.pb.GetQuery(kind=1, key="NEVER"))
        expect(code_of(gone) == "NOT_FOUND", "nothing of it is there", gone)
        kept = self.link.query(refusals=self.pb.RefusalsQuery(office=OFFICE)).answer.rows
        expect(len(kept) == 4, "four refusals are kept", len(kept))
        step("repeat, jump, reuse; unknown operation, party, contributor; stale revision")

    def streams(self):
        pb, link = self.pb, self.link
        newest = self.daemon.status()
        revision, hashes = newest.revision, Stream(link)
        hashes.follow(revision)
        good = hashes.chain.value
        wrong = bytes([good[0] ^ 1]) + good[1:]
        for code, how in (("CREDIT", dict(credit=0)), ("CREDIT", dict(credit=1 << 63)),
                          ("CREDIT", dict(credit=4194305)), ("FUTURE", dict(after=revision + 1)),
                          ("FUTURE", dict(after=(1 << 63) - 1)), ("FUTURE", dict(after=2)),
                          ("DIVERGED", dict(after=revision, event_hash=wrong)),
                          ("DIVERGED", dict(after=0, event_hash=good))):
            got = Stream(link, **how).take()
            expect(got == pb.Code.Value("CODE_" + code), code, how, got)
        for bytes_given in (0, 1 << 63, (1 << 64) - 1):
            stream = Stream(link)
            stream.follow(revision)
            link.send(stream.correlation, credit=pb.Credit(bytes=bytes_given))
            expect(stream.take() == pb.CODE_CREDIT, "CREDIT", bytes_given)
        for what in (dict(credit=pb.Credit(bytes=9)), dict(unsubscribe=pb.Unsubscribe())):
            expect(code_of(link.ask(**what)) == "NO_STREAM", "NO_STREAM", what)
        short = pb.Subscribe(after_revision=1, credit_bytes=9, event_hash=b"x" * 31)
        expect(code_of(link.ask(subscribe=short)) == "RANGE", "a hash of 31 bytes")
        many = [Stream(link) for _ in range(15)]  # one is there
        expect(Stream(link).take() == pb.CODE_LIMIT, "the 17th stream: LIMIT")
        for stream in many + [hashes]:
            link.send(stream.correlation, unsubscribe=pb.Unsubscribe())
            while stream.take() == "frame":
                pass
        self.unharmed(revision)
        step("streams: CREDIT, FUTURE, DIVERGED, NO_STREAM, LIMIT")

    def queries(self):
        pb, link = self.pb, self.link
        revision = self.daemon.status().revision
        first = link.query(limit=2, list=pb.ListQuery(kind=1)).answer
        mark, get = first.next, dict(get=pb.GetQuery(kind=1, key="UNSC"))
        partners_list, everything = dict(list=pb.ListQuery(kind=1)), dict(overview=pb.OverviewQuery())
        forged = [bytes([b ^ 1 if i == n else b for i, b in enumerate(mark)])
                  for n in range(len(mark))]
        for after in forged + [mark[:-1], mark + b"x", b"", bytes(40), b"\xff" * 500]:
            answer = link.query(pinned=first.revision, after=after, **partners_list)
            expect(code_of(answer) == "RANGE", "a forged mark: RANGE", after.hex(), answer)
        other = dict(list=pb.ListQuery(kind=2))
        for code, ask_for in (
                ("RANGE", dict(pinned=first.revision, after=mark, **other)),
                ("RANGE", dict(pinned=0, after=mark, **partners_list)),
                ("MISSING", dict(after=mark, **partners_list)),
                ("LIMIT", dict(limit=0, **partners_list)), ("LIMIT", dict(limit=1001, **other)),
                ("FUTURE", dict(pinned=revision + 1, **partners_list)),
                ("FUTURE", dict(known_at=revision + 1, **everything)),
                ("FUTURE", dict(known_at=2, **everything)),
                ("RANGE", dict(on=day("2014-12-01"), **get)),
                ("RANGE", dict(known_at=1, status=pb.StatusQuery())),
                ("NOT_FOUND", dict(get=pb.GetQuery(kind=64, key="no such alert"))),
                ("NOT_FOUND", dict(timeline=pb.TimelineQuery(operation="NOWHERE"))),
                ("NOT_FOUND", dict(history=pb.GetQuery(kind=5, key="a:b:c:d:e:f")))):
            found = link.ask(query=pb.Query(**ask_for))
            expect(code_of(found) == code, code, ask_for, found)
        for code, ask_for in (("RANGE", dict(known_at=1 << 63)), ("DATE", dict(on=1 << 30))):
            found = link.ask(query=pb.Query(**ask_for, **everything))
            expect(code_of(found) == code, code, ask_for, found)
        operate = (dict(verify=pb.VerifyRequest()), dict(day=pb.DayRequest(day=day("2020-01-01"))),
                   dict(setting=pb.SettingRequest(name="timezone", value="UTC")),
                   dict(checkpoint=pb.CheckpointRequest()),
                   dict(cursor=pb.CursorRequest(name="x", revision=1)))
        for what in operate:
            found = link.ask(operate=pb.Operate(**what))
            expect(code_of(found) == "FORBIDDEN", "FORBIDDEN", found)
        self.unharmed(revision)
        step("queries: forged marks, wrong positions; operators' requests over TCP: FORBIDDEN")

    # --- at random ----------------------------------------------------------------------------

    def templates(self):
        pb, name = self.pb, cases.OPERATION
        bodies = [dict(ping=pb.Ping(version=1)), dict(credit=pb.Credit(bytes=99)),
                  dict(unsubscribe=pb.Unsubscribe()),
                  dict(subscribe=pb.Subscribe(after_revision=3, credit_bytes=9999, name="me",
                                              filter=pb.Filter(kinds=[5, 64], operations=[name]))),
                  dict(operate=pb.Operate(day=pb.DayRequest(day=18000)))]
        for question in (dict(get=pb.GetQuery(kind=1, key="UNSC")),
                         dict(list=pb.ListQuery(kind=7), limit=3),
                         dict(timeline=pb.TimelineQuery(operation=name), on=16300),
                         dict(alerts=pb.AlertsQuery(log=True)),
                         dict(strength=pb.StrengthQuery(operation=name))):
            bodies.append(dict(query=pb.Query(**question)))
        for content in (partners(), [operation(name)], [instrument(name)], [head_counts(name)],
                        units(name, 1)[:3]):
            bodies += [dict(submission=(content, pb))] * 3
        return bodies

    def mutate(self, rng, data):
        data = bytearray(data)
        for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
            at, how = rng.randrange(len(data) + 1), rng.randrange(6)
            if how == 0 and at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            elif how == 1 and at < len(data):
                data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
            elif how == 2:
                data[at:at] = rng.randbytes(rng.randrange(1, 5))
            elif how == 3:
                del data[at:at + rng.randrange(1, 5)]
            elif how == 4:
                piece = data[at:at + rng.randrange(1, 40)]
                where = rng.randrange(len(data) + 1)
                data[where:where] = piece
            elif how == 5 and at:
                data[at - 1] = (data[at - 1] + rng.choice((-1, 1))) & 0xFF
        return bytes(data[:32768])

    def mutations(self, count, seed):
        rng, link = random.Random(seed), self.office_link("mutant")
        bodies, tally = self.templates(), {}
        for sent in range(1, count + 1):
            body = rng.choice(bodies)
            if "submission" in body:
                content, pb = body["submission"]
                lane = rng.getrandbits(64) | 1
                body = dict(submission=pb.Submission(lane=lane, sequence=1, changes=content)
                            .SerializeToString())
            frame = self.pb.Envelope(version=1, correlation=sent, office="mutant", **body)
            link.socket.send(self.mutate(rng, frame.SerializeToString()))
            if sent % 50 == 0 or sent == count:
                for envelope in sync(link):
                    if envelope.HasField("outcome") and not envelope.outcome.HasField("refusal"):
                        self.take(envelope)
                    what = code_of(envelope) or envelope.WhichOneof("body")
                    tally[what] = tally.get(what, 0) + 1
        # Outcomes come after their sync, later than pongs.
        while link.socket.poll(500):
            envelope = self.pb.Envelope.FromString(link.socket.recv())
            if envelope.HasField("outcome") and not envelope.outcome.HasField("refusal"):
                self.take(envelope)
        link.socket.close(linger=0)
        self.daemon.alive()
        common = sorted(tally, key=tally.get, reverse=True)[:7]
        step("%d mutations, seed %d: %s", count, seed,
             ", ".join("%s %d" % (c, tally[c]) for c in common))

    # --- much -----------------------------------------------------------------------------------

    def latencies(self, link, count=60):
        times = []
        for n in range(count):
            began = time.monotonic()
            link.query(get=self.pb.GetQuery(kind=1, key="UNSC"))
            times.append(time.monotonic() - began)
        times.sort()
        return times[count // 2] * 1000, times[-1] * 1000

    def flood(self):
        quiet = self.latencies(self.link)
        self.daemon.keys("flood")  # an office of its own: past its limits only it is told BUSY
        child = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--flood",
                                  self.daemon.endpoint, self.daemon.server_key_file,
                                  self.scene.key_file("flood")], stdout=subprocess.PIPE)
        try:
            child.stdout.readline()  # it has begun
            loud = self.latencies(self.link)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        expect(loud[0] < 100 * self.scene.slow and loud[1] < 1000 * self.scene.slow,
               "served during a flood: half within 100 ms, all within 1 s", loud)
        step("a flood by one office: another is answered in %.1f ms, %.1f at most "
             "(%.1f and %.1f without)", *loud, *quiet)

    def silent_subscriber(self):
        socket = self.quiet_socket("deaf")
        socket.send(self.pb.Envelope(
            version=1, correlation=1, office="deaf", subscribe=self.pb.Subscribe(
                after_revision=0, credit_bytes=4194304)).SerializeToString())
        text = "x" * 1000
        lane, name, sent = Sender(self.link), cases.OPERATION, 0
        while sent < 12 << 20:
            content = units(name, 1)[:13]
            for n, unit in enumerate(content):
                unit.record.unit.unit = "U%d.%d" % (sent, n)
                unit.source.text = unit.source.note = text
            self.take(lane.accepted(content))
            sent += len(lane.sent[-1])
        grown = self.daemon.memory() - self.memory
        expect(grown < GROWTH_BYTES * self.scene.memory, "it costs its credit at most", grown)
        socket.close(linger=0)
        step("a subscriber that never reads, %d MiB of events: memory has grown by %.1f MiB",
             sent >> 20, grown / (1 << 20))

    def deaf_asker(self):
        socket = self.quiet_socket("deaf")
        frame = self.pb.Envelope(version=1, correlation=1, office="deaf", query=self.pb.Query(
            list=self.pb.ListQuery(kind=stranger.record.KIND_UNIT))).SerializeToString()
        before = self.daemon.memory()
        for _ in range(60):
            for _ in range(30):
                try:
                    socket.send(frame, zmq.DONTWAIT)
                except zmq.Again:
                    break
            time.sleep(0.005)
        grown = self.daemon.memory() - before
        expect(grown < (12 << 20) * self.scene.memory, "a peer that never reads answers is given 8 MiB of them", grown)
        socket.close()
        step("one that asks and never reads: memory grows by %.1f MiB", grown / (1 << 20))

    def crowd(self):
        """Streams of peers that vanish, so many that they stand in the way of others; with so
        little credit that no frame can tell that the peer is gone."""
        sockets = []
        for n in range(140):
            office = "fleeting %d" % (n // 16)  # no more streams than one office may have
            sockets.append(self.quiet_socket(office))
            for stream in range(16):
                sockets[-1].send(self.pb.Envelope(
                    version=1, correlation=stream, office=office, subscribe=self.pb.Subscribe(
                        after_revision=0, credit_bytes=1 + n % 2 * 999)).SerializeToString())
            self.quiet_socket(office).close()  # in the middle of its greeting
        self.until("all of them subscribed", lambda s: s.streams >= 140 * 16)
        for socket in sockets:
            socket.close()

    def crowd_is_gone(self):
        self.until("their streams end", lambda s: s.streams <= 2048, 30)
        step("280 connections dropped, half of them with 16 streams each: they end")

    def office_link(self, office=OFFICE):
        """Of one that may record everything, but is no administrator."""
        return self.daemon.link(office, administrator=False)

    def quiet_socket(self, office):
        socket = self.scene.context.socket(zmq.DEALER)
        for option, value in ((zmq.RCVHWM, 1), (zmq.RCVBUF, 4096), (zmq.LINGER, 0)):
            socket.setsockopt(option, value)
        self.daemon.keys(office, administrator=False).secure(socket)
        socket.connect(self.daemon.endpoint)
        return socket

    def until(self, what, check, timeout_s=20):
        end = time.monotonic() + timeout_s
        while not check(self.daemon.status()):
            expect(time.monotonic() < end, what, self.daemon.status())
            time.sleep(0.05)

    # --- the end ------------------------------------------------------------------------------

    def end(self):
        newest = self.daemon.status()
        stream = Stream(self.daemon.link(control=True), credit=1 << 20)
        stream.follow(newest.revision)
        expect(list(stream.events) == list(range(1, newest.revision + 1)), "revisions are dense")
        day_input = {e.index for e in stream.events.values() if e.HasField("alert")} - self.accepted
        found = {e.index for e in stream.events.values() if e.HasField("change") and
                 not e.change.record.HasField("office")}
        expect(found == self.accepted, "history holds what was accepted",
               found ^ self.accepted)
        expect(len(day_input) <= 1, "alerts come of what was accepted", day_input)
        step("history: %d revisions of %d inputs, each of them accepted", newest.revision,
             len(found))
        report = self.daemon.operate(verify=self.pb.VerifyRequest())
        expect(report.code == self.pb.CODE_ACCEPTED, "it verifies", report)
        time.sleep(0.5)
        grown = self.daemon.memory() - self.memory
        expect(grown < GROWTH_BYTES * self.scene.memory, "memory is as before", grown)
        step("memory: %.1f MiB at first, %.1f MiB in the end; %s", self.memory / (1 << 20),
             (self.memory + grown) / (1 << 20), report.text.split(";")[0])
        step("SIGTERM: stopped in %.2f s", self.daemon.stop())


def flood(endpoint, server_key, key):
    """Sends good and bad messages without reading an answer, until it is killed or its parent is."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 0)
    Keys(key_of(server_key), key_of(key)).secure(socket)
    socket.connect(endpoint)
    frames = [cases.envelope(b""), cases.one(cases.partner(b"Flood"), sequence=2), b"\xff" * 999,
              cases.envelope(cases.block(11, cases.block(10, cases.number(1, 1) +
                                                         cases.block(2, b"UNSC"))))]
    until, parent, begun = time.monotonic() + 20, os.getppid(), False
    while time.monotonic() < until and os.getppid() == parent:
        for frame in frames * 50:
            try:
                socket.send(frame, zmq.DONTWAIT)
            except zmq.Again:
                if not begun:
                    begun = True
                    print("full", flush=True)
                socket.poll(10, zmq.POLLOUT)


def play(scene):
    hostile = Hostile(scene)
    hostile.forms()
    hostile.frames()
    hostile.truncated()
    hostile.logic()
    hostile.streams()
    hostile.queries()
    hostile.crowd()
    hostile.mutations(scene.options.mutations, scene.options.seed)
    hostile.flood()
    hostile.silent_subscriber()
    hostile.deaf_asker()
    hostile.crowd_is_gone()
    hostile.end()


def add_options(parser):
    parser.add_argument("--mutations", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=int(time.time()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--flood"]:
        flood(*sys.argv[2:])
        sys.exit(0)
    sys.exit(main(__doc__, play, add_options, memory_folder()))
