#!/usr/bin/python3
"""A client that knows proto/PROTOCOL.md and the .proto files, and nothing else.

It pushes, repeats, asks, follows with little credit, checks the chain with its own hash function,
loses its connection, resumes. Prints a line a step; exits 1 at the first thing that is not as the
protocol says. Needs Debian's python3-zmq, python3-protobuf and protobuf-compiler.

    stranger.py --server tcp://127.0.0.1:7400 --server-key server.pub --key stranger.key \\
                [--feed ipc:///run/mandated/feed]
    stranger.py --encode        prints, in hex, the messages that it would send
"""
import argparse
import datetime
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time

import zmq

HERE = os.path.dirname(os.path.abspath(__file__))
CREDIT = 20000
UNITS = 150  # a submission of so many changes, twice


def load_schema(folder):
    """The message classes, generated from the schema into a folder that goes again."""
    with tempfile.TemporaryDirectory() as made:
        files = [os.path.join(folder, name) for name in ("record.proto", "mandate.proto")]
        subprocess.run(["protoc", "--proto_path", folder, "--python_out", made] + files, check=True)
        sys.path.insert(0, made)
        sys.dont_write_bytecode = True
        import mandate_pb2
        import record_pb2

        sys.path.remove(made)
    return mandate_pb2, record_pb2


class Surprise(Exception):
    pass


def expect(condition, what, *found):
    if not condition:
        raise Surprise(what + "".join("\n  found: %s" % f for f in found))


def day(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


def blake(data):
    return hashlib.blake2b(data, digest_size=32).digest()


class Chain:
    """h(r), from d(1), d(2), ..."""

    def __init__(self, revision=0, value=bytes(32)):
        self.revision, self.value = revision, value

    def add(self, revision, digest):
        expect(revision == self.revision + 1, "revisions are dense", self.revision, revision)
        self.value = blake(self.value + revision.to_bytes(8, "big") + digest)
        self.revision = revision


def key_of(path):
    """The key in a file: the line that is no comment."""
    with open(path) as f:
        lines = [line.strip() for line in f if line.strip() and not line.startswith("#")]
    expect(len(lines) == 1 and len(lines[0]) == 40, "one key in " + path)
    return lines[0].encode()


class Keys:
    """What a connection by TCP needs."""

    def __init__(self, server, secret):
        self.server, self.secret, self.public = server, secret, zmq.curve_public(secret)

    def secure(self, socket):
        socket.curve_serverkey = self.server
        socket.curve_publickey, socket.curve_secretkey = self.public, self.secret


class Link:
    """One connection; answers are sorted by correlation."""

    def __init__(self, context, endpoint, office, timeout_s, keys=None):
        self.context, self.endpoint, self.keys = context, endpoint, keys
        self.office, self.timeout_s = office, timeout_s
        self.correlation = random.getrandbits(32)
        self.socket = None
        self.connect()

    def connect(self):
        if self.socket:
            self.socket.close(linger=0)
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        if self.keys:
            self.keys.secure(self.socket)
        self.socket.connect(self.endpoint)
        self.waiting = {}

    def send(self, correlation=None, **body):
        if correlation is None:
            self.correlation += 1
            correlation = self.correlation
        envelope = pb.Envelope(version=1, correlation=correlation, office=self.office, **body)
        self.socket.send(envelope.SerializeToString())
        return correlation

    def receive(self, correlation, timeout_s=None):
        """The next (envelope, size) under this correlation; None when the time is over."""
        until = time.monotonic() + (self.timeout_s if timeout_s is None else timeout_s)
        while not self.waiting.get(correlation):
            left = until - time.monotonic()
            if left <= 0 or not self.socket.poll(int(left * 1000) + 1):
                return None
            frames = self.socket.recv_multipart()
            expect(len(frames) == 1, "a message is one frame", len(frames))
            envelope = pb.Envelope.FromString(frames[0])
            expect(envelope.version == 1, "version 1", envelope)
            self.waiting.setdefault(envelope.correlation, []).append((envelope, len(frames[0])))
        return self.waiting[correlation].pop(0)

    def ask(self, **body):
        correlation = self.send(**body)
        answer = self.receive(correlation)
        expect(answer is not None, "an answer to " + ", ".join(body))
        return answer[0]

    def query(self, **fields):
        envelope = self.ask(query=pb.Query(**fields))
        expect(envelope.HasField("answer"), "an answer to a query", envelope)
        return envelope


class Stream:
    """A subscription that checks what it is given."""

    def __init__(self, link, after=0, event_hash=None, credit=CREDIT, **fields):
        self.link, self.chain = link, Chain(after, event_hash or bytes(32))
        self.through, self.through_hash = after, self.chain.value
        self.events, self.taken, self.spent = {}, 0, 0
        self.day = None
        request = pb.Subscribe(after_revision=after, credit_bytes=credit, **fields)
        if event_hash is not None:
            request.event_hash = event_hash
        self.whole = request.digests or not request.HasField("filter")
        self.credit = credit
        self.correlation = link.send(subscribe=request)

    def take(self, timeout_s=None):
        """One message: "frame", or the code of the end; None when none came."""
        got = self.link.receive(self.correlation, timeout_s)
        if got is None:
            return None
        envelope, size = got
        if envelope.HasField("end"):
            return envelope.end.code
        expect(envelope.HasField("frame"), "a frame", envelope)
        self.spent += size
        expect(self.spent <= self.credit, "no more than the credit is under way", self.spent)
        self.taken += size
        for entry in envelope.frame.events:
            self.entry(entry)
        expect(envelope.frame.through >= self.through, "through does not go back", envelope.frame)
        self.through = envelope.frame.through
        self.day = envelope.frame.day
        self.through_hash = envelope.head.event_hash
        expect(envelope.head.revision == self.through, "the head is that of through", envelope.head)
        if self.whole and self.chain.revision == self.through:
            expect(self.chain.value == self.through_hash, "the chain verifies", self.through)
        return "frame"

    def entry(self, entry):
        if entry.HasField("event"):
            event = pb.Event.FromString(entry.event)
            digest, revision = blake(entry.salt + entry.event), event.revision
            expect(len(entry.salt) == 16, "a salt of 16 bytes", entry)
            self.events[revision] = event
        else:
            digest, revision = entry.digest, entry.revision
        if self.whole:
            self.chain.add(revision, digest)

    def give(self):
        """Credit back for all that was taken."""
        if self.taken:
            self.link.send(self.correlation, credit=pb.Credit(bytes=self.taken))
            self.spent -= self.taken
            self.taken = 0

    def follow(self, until):
        """Up to a revision, giving credit back as it goes."""
        while self.through < until:
            got = self.take()
            expect(got == "frame", "frames up to %d" % until, got, self.through)
            self.give()


class Sender:
    """A lane."""

    def __init__(self, link):
        self.link, self.lane, self.sent = link, random.getrandbits(64) | 1, []

    def pack(self, changes, sequence):
        return pb.Submission(lane=self.lane, sequence=sequence, changes=changes).SerializeToString()

    def push(self, changes, sequence=None, packed=None):
        """The envelope of the outcome of a new number, or of the given one."""
        number = sequence or len(self.sent) + 1
        packed = packed or self.pack(changes, number)
        envelope = self.link.ask(submission=packed)
        expect(envelope.HasField("outcome"), "an outcome", envelope)
        outcome = envelope.outcome
        expect((outcome.lane, outcome.sequence) == (self.lane, number), "its own number", outcome)
        if not sequence:
            self.sent.append(packed)
        return envelope

    def accepted(self, changes):
        envelope = self.push(changes)
        expect(not envelope.outcome.HasField("refusal"), "accepted", envelope.outcome)
        expect(len(envelope.outcome.results) == len(changes), "a result a change", envelope)
        return envelope

    def refused(self, code, changes, **how):
        refusal = self.push(changes, **how).outcome.refusal
        expect(refusal.code == code, "refused with %s" % pb.Code.Name(code), refusal)
        return refusal


# --- what it says -----------------------------------------------------------------------------


def change(**content):
    return record.Change(action=record.CHANGE_ACTION_RECORD, record=record.Record(**content))


def partners():
    organ, state = record.PARTNER_KIND_UN_ORGAN, record.PARTNER_KIND_MEMBER_STATE
    return [
        change(partner=record.Partner(code="UNSC", kind=organ, name="Security Council")),
        change(partner=record.Partner(code="GAB", kind=state, iso3="GAB", name="Gabon")),
        change(partner=record.Partner(code="CIV", kind=state, iso3="CIV", name="Côte d'Ivoire")),
    ]


def operation(name):
    return change(operation=record.Operation(
        acronym=name, full_name="An operation of a stranger", lead="UN", hosts=["CAF"],
        kind=record.OPERATION_KIND_UN_PKO, start_date=day("2014-04-10"),
        mandate_series_from=day("2014-04-10"), mandate_series_to=record.SERIES_END_TO_END))


def instrument(name, document="S/RES/9001", military=1500):
    entries = [record.CeilingEntry(component=record.COMPONENT_MILITARY, persons=military),
               record.CeilingEntry(component=record.COMPONENT_POLICE, persons=300)]
    return change(instrument=record.Instrument(
        operation=name, party="UNSC", document=document, action=record.ACTION_ESTABLISH,
        adopted=day("2014-04-10"), valid_until=day("2015-04-30"), ceilings=entries))


def head_counts(name, gabon=450):
    counts = [record.HeadCount(contributor="CIV", component=record.COMPONENT_TROOPS, persons=120),
              record.HeadCount(contributor="GAB", component=record.COMPONENT_TROOPS, persons=gabon,
                               women=31)]
    return change(**{"return": record.Return(operation=name, as_of=day("2014-09-30"),
                                             covers=[record.COMPONENT_MILITARY], counts=counts)})


def units(name, first):
    return [change(unit=record.Unit(
        operation=name, contributor="GAB", unit="Platoon %d" % n, component=record.COMPONENT_TROOPS,
        persons=30, **{"from": day("2014-10-01"), "to": day("2014-10-31")}))
        for n in range(first, first + UNITS)]


def encodings():
    """The kinds of messages that this client sends, for a look at their form alone."""
    name = "STRANGER 1"
    bodies = [dict(ping=pb.Ping(version=1)), dict(unsubscribe=pb.Unsubscribe()),
              dict(credit=pb.Credit(bytes=4711))]
    for changes in (partners(), [operation(name)], [instrument(name)], [head_counts(name)],
                    units(name, 1)):
        packed = pb.Submission(lane=77, sequence=1, changes=changes).SerializeToString()
        bodies.append(dict(submission=packed))
    bodies.append(dict(query=pb.Query(get=pb.GetQuery(kind=record.KIND_PARTNER, key="UNSC"))))
    bodies.append(dict(query=pb.Query(on=day("2014-12-01"), limit=0, after=b"x", pinned=3,
                                      timeline=pb.TimelineQuery(operation=name))))
    bodies.append(dict(subscribe=pb.Subscribe(
        after_revision=0, credit_bytes=CREDIT, event_hash=bytes(32), digests=True, name="me",
        filter=pb.Filter(kinds=[record.KIND_RETURN, record.KIND_ALERT], operations=[name]))))
    return [pb.Envelope(version=1, correlation=7, office="stranger", **b).SerializeToString()
            for b in bodies]


# --- what it does -----------------------------------------------------------------------------


def step(text, *values):
    print("ok  " + text % values, flush=True)


def greet(link):
    pong = link.ask(ping=pb.Ping(version=1)).pong
    expect(pong.version >= 1 and len(pong.instance) == 16, "a pong", pong)
    step("ping: %s, protocol %d", pong.daemon, pong.version)
    link.socket.send_multipart([b"", pb.Envelope(version=1, correlation=1,
                                                 ping=pb.Ping()).SerializeToString()])
    # Which frame of several would hold the correlation? The refusal may have none.
    got = link.receive(0, 2) or link.receive(1, 2)
    expect(got and got[0].refusal.code == pb.CODE_FRAMING, "two frames are refused", got)
    step("a message of two frames: FRAMING")


def push(link, name):
    lane = Sender(link)
    lane.accepted(partners() + [operation(name)])
    first = lane.accepted([instrument(name)])
    third = lane.accepted([head_counts(name)])
    step("pushed 3 partners, operation %s, its mandate and a return: revision %d", name,
         third.outcome.results[0].revision)
    again = lane.push([], sequence=2, packed=lane.sent[1])
    expect(again.outcome == first.outcome, "the first outcome again", first, again)
    step("sent again: the same outcome")
    jump = lane.refused(pb.CODE_SEQ_JUMP, [head_counts(name)], sequence=9)
    expect(jump.expected_sequence == 4, "the number expected is 4", jump)
    step("number 9 after 3: SEQ_JUMP, 4 expected")
    lane.refused(pb.CODE_SEQ_REUSED, [instrument(name, military=1)], sequence=2)
    step("number 2 with other content: SEQ_REUSED")
    same = lane.accepted([instrument(name)]).outcome.results[0]
    expect(same.unchanged and same.revision == first.outcome.results[0].revision,
           "unchanged, at the revision on record", same)
    step("the same fact under a new number: unchanged")
    lane.refused(pb.CODE_UNKNOWN_OPERATION, [instrument(name + " X")])
    step("a mandate of an operation that nobody recorded: UNKNOWN_OPERATION")
    stale = head_counts(name, gabon=451)
    stale.action, stale.expected_revision = record.CHANGE_ACTION_CORRECT, 0
    conflict = lane.refused(pb.CODE_CONFLICT, [stale])
    counts = getattr(conflict.current.record, "return").counts
    expect([c.persons for c in counts] == [120, 450], "the record as it is", conflict)
    step("an update of a record as it was not: CONFLICT, with the record")
    for n in range(2):
        lane.accepted(units(name, 1 + n * UNITS))
    step("pushed %d units in two submissions", 2 * UNITS)
    return lane


def refuse_bad_form(link, lane, name):
    good = lane.pack([head_counts(name)], len(lane.sent) + 1)
    # The sequence, a byte after the lane's nine and its own header, in two bytes instead of one.
    cases = ((pb.CODE_NOT_CANONICAL, good[:10] + bytes([good[10] | 0x80, 0]) + good[11:]),
             (pb.CODE_UNKNOWN_FIELD, good + b"\xfa\x3f\x00"),
             (pb.CODE_GARBAGE, good[:-1]))
    for code, packed in cases:
        envelope = link.ask(submission=packed)
        refusal = envelope.refusal if envelope.HasField("refusal") else envelope.outcome.refusal
        expect(refusal.code == code, "refused with %s" % pb.Code.Name(code), envelope)
    step("submissions of bad form: NOT_CANONICAL, UNKNOWN_FIELD, GARBAGE")


def ask_for_records(link, name):
    get = pb.GetQuery(kind=record.KIND_INSTRUMENT, key=name + ":UNSC:S/RES/9001")
    envelope = link.query(get=get)
    row = envelope.answer.rows[0].version
    expect(row.record.instrument == instrument(name).record.instrument, "the record sent", row)
    expect(len(envelope.head.event_hash) == 32, "a head", envelope.head)
    missing = link.query(get=pb.GetQuery(kind=record.KIND_PARTNER, key="no such partner"))
    expect(missing.answer.refusal.code == pb.CODE_NOT_FOUND, "NOT_FOUND", missing)
    step("get: the record that was sent; NOT_FOUND for another")
    keys, pages, more = [], 0, {}
    while True:
        answer = link.query(limit=100, list=pb.ListQuery(kind=record.KIND_UNIT, operation=name),
                            **more).answer
        expect(len(answer.rows) <= 100, "no more rows than wanted", len(answer.rows))
        keys += [r.version.key for r in answer.rows]
        pages += 1
        if not answer.HasField("next"):
            break
        more = dict(after=answer.next, pinned=answer.revision)
    expect(len(keys) == len(set(keys)) == 2 * UNITS, "every unit once", len(keys))
    step("list: %d units on %d pages of revision %d", len(keys), pages, answer.revision)


def ask_for_folds(link, name):
    mandate = link.query(on=day("2014-10-15"),
                         timeline=pb.TimelineQuery(operation=name)).answer.rows[0].mandate
    ceilings = {c.component: c.persons for c in mandate.ceilings}
    expect(mandate.in_force and ceilings[record.COMPONENT_MILITARY] == 1500,
           "in force with 1500", mandate)
    after = link.query(on=day("2015-05-01"),
                       timeline=pb.TimelineQuery(operation=name)).answer.rows[0].mandate
    expect(not after.in_force, "not in force the day after", after)
    strength = link.query(on=day("2014-10-15"), strength=pb.StrengthQuery(operation=name)).answer
    military = {r.strength.component: r.strength.persons for r in strength.rows}
    expected = 570 + 2 * UNITS * 30
    expect(military.get(record.COMPONENT_MILITARY) == expected, "%d persons" % expected, strength)
    step("timeline and strength: in force, 1500 allowed, %d there", expected)


def follow_and_resume(link):
    newest = link.query(status=pb.StatusQuery()).answer.rows[0].status.revision
    stream = Stream(link)
    while stream.take(1) == "frame":
        pass
    expect(stream.through < newest, "little credit is not enough for all", stream.through, newest)
    step("subscribed from 0 with %d bytes of credit: stops at revision %d of %d", CREDIT,
         stream.through, newest)
    stream.give()
    while stream.through < newest // 2:
        expect(stream.take() == "frame", "more after credit was given")
        stream.give()
    link.connect()
    step("dropped the connection at revision %d; the chain verifies so far", stream.through)
    resumed = Stream(link, stream.through, bytes(stream.through_hash))
    resumed.follow(newest)
    expect(all(r > stream.through for r in resumed.events), "nothing twice")
    step("resumed by revision and hash: %d events more, the chain verifies up to %d",
         len(resumed.events), resumed.through)
    return resumed


def refuse_bad_positions(link, stream):
    wrong = bytes(b ^ 1 for b in stream.through_hash)
    cases = ((pb.CODE_DIVERGED, dict(after=stream.through, event_hash=wrong)),
             (pb.CODE_FUTURE, dict(after=stream.through + 1000000)),
             (pb.CODE_CREDIT, dict(credit=0)), (pb.CODE_CREDIT, dict(credit=1 << 62)))
    for code, how in cases:
        got = Stream(link, **how).take()
        expect(got == code, "the stream ends with %s" % pb.Code.Name(code), got)
    step("a wrong hash: DIVERGED; the future: FUTURE; no credit and too much: CREDIT")


def follow_filtered(link, name, newest):
    only = pb.Filter(kinds=[record.KIND_RETURN], operations=[name])
    filtered = Stream(link, filter=only, digests=True)
    filtered.follow(newest)
    expect(filtered.chain.revision >= newest, "every revision as event or digest")
    expect([e.change.record.WhichOneof("content") for e in filtered.events.values()] == ["return"],
           "the return and nothing else", filtered.events)
    plain = Stream(link, filter=only)
    plain.follow(newest)
    expect(list(plain.events) == list(filtered.events), "the same events without digests")
    step("filtered: 1 event, %d digests; the chain verifies all the same", newest - 1)


def follow_live(link, lane, stream, name, feed):
    correction = head_counts(name, gabon=449)
    correction.action = record.CHANGE_ACTION_CORRECT
    result = lane.accepted([correction]).outcome.results[0]
    expect(result.edition == 2, "the next edition", result)
    stream.follow(result.revision)
    expect(stream.events[result.revision].change.edition == 2, "the correction, live")
    step("a correction arrives live: revision %d, edition 2", result.revision)
    if feed:
        expect(feed.poll(int(link.timeout_s * 1000)), "the event on the feed")
        topic, revisions, packed = feed.recv_multipart()
        expect(topic.decode() == name + "/return/", "its topic", topic)
        revision = int.from_bytes(revisions[:8], "big")
        expect(len(revisions) == 16 and revision == result.revision, "its revision", revisions)
        expect(pb.Event.FromString(packed).revision == revision, "its bytes")
        step("and on the feed, under %s", topic.decode())
    link.send(stream.correlation, unsubscribe=pb.Unsubscribe())
    while (got := stream.take()) == "frame":
        pass
    expect(got == pb.CODE_ACCEPTED, "the stream ends in order", got)
    step("unsubscribed")


def listen(context, endpoint, name):
    feed = context.socket(zmq.SUB)
    feed.setsockopt(zmq.LINGER, 0)
    feed.setsockopt_string(zmq.SUBSCRIBE, name + "/return/")
    feed.connect(endpoint)
    return feed


def run(options):
    context = zmq.Context()
    name = "STRANGER %06X" % random.getrandbits(24)
    keys = Keys(key_of(options.server_key), key_of(options.key)) if options.key else None
    link = Link(context, options.server, options.office, options.timeout, keys)
    try:
        greet(link)
        lane = push(link, name)
        refuse_bad_form(link, lane, name)
        ask_for_records(link, name)
        ask_for_folds(link, name)
        feed = listen(context, options.feed, name) if options.feed else None
        stream = follow_and_resume(link)
        refuse_bad_positions(link, stream)
        follow_filtered(link, name, stream.through)
        follow_live(link, lane, stream, name, feed)
    finally:
        context.destroy(linger=0)


def main():
    global pb, record
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", help="the daemon's endpoint")
    parser.add_argument("--server-key", help="the file of its public key")
    parser.add_argument("--key", help="the file of our secret key")
    parser.add_argument("--feed", help="the daemon's feed")
    parser.add_argument("--office", default="stranger")
    parser.add_argument("--timeout", type=float, default=10, help="seconds for an answer")
    parser.add_argument("--proto", default=os.path.join(HERE, "..", "..", "proto"))
    parser.add_argument("--encode", action="store_true", help="print messages instead")
    options = parser.parse_args()
    if not options.server and not options.encode:
        parser.error("--server or --encode")
    pb, record = load_schema(options.proto)
    if options.encode:
        print("\n".join(e.hex() for e in encodings()))
        return 0
    try:
        run(options)
    except Surprise as surprise:
        print("FAILED: expected " + str(surprise), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
