#!/usr/bin/python3
"""mandatectl asks a daemon that means harm, or takes texts that ours would refuse: every text of every
answer holds control and bidirectional characters, bytes that are no UTF-8, or a formula. Nothing of it
may be active in what mandatectl prints, as a table, as CSV or as JSON, nor in what it tells on standard
error."""
import csv
import io
import json
import re
import subprocess
import sys
import threading

import zmq

import stranger
from support import expect, main, step

ACTIVE = {chr(c) for span in ((0, 0x1f), (0x7f, 0x9f), (0x61c, 0x61c), (0x200e, 0x200f),
                              (0x2028, 0x202e), (0x2066, 0x2069)) for c in range(span[0], span[1] + 1)}
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
ESCAPED = re.compile(rb"\\u[0-9a-f]{4}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What the daemon says, each text no longer than its place; the others are no UTF-8 and no JSON.
VALID = [text.encode() for text in (
    "=1+1\x1b[2J", "@SUM(1)\r\n", "\t=1", "-2+3", "'=1", "\uff1d1\u202e", "\x1b]0;t\x07", "\u009b31m\u0085",
    "+\u2066x\u2069", "\u061c\u200f\u2028\u2029", "\x7f\b\"',\n-1")]
BROKEN = [b"=1\xff\x1b[2J", b"-\xc0\xaf", b"@\xed\xa0\x80", b"\xe2\x80", b"x\xc2"]
PLACE = "PLACE FOR A TEXT"
PICKS = 30  # members of a oneof are taken by turns: more than any has


def fill(message, pick, depth=0):
    """Every field of a message, with texts to be replaced."""
    chosen = {oneof.name: oneof.fields[pick % len(oneof.fields)].name
              for oneof in message.DESCRIPTOR.oneofs}
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof and chosen[field.containing_oneof.name] != field.name:
            continue
        many = field.label == field.LABEL_REPEATED
        if field.type == field.TYPE_MESSAGE:
            if depth > 4 and field.label != field.LABEL_REQUIRED:
                continue
            inner = getattr(message, field.name)
            inner = inner.add() if many else inner
            inner.SetInParent()
            fill(inner, pick, depth + 1)
        else:
            value = (PLACE if field.type == field.TYPE_STRING else
                     bytes(32) if field.type == field.TYPE_BYTES else
                     field.enum_type.values[pick % len(field.enum_type.values)].number
                     if field.type == field.TYPE_ENUM else
                     False if field.type == field.TYPE_BOOL else 1)
            if many:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)
    return message


def with_texts(message, texts):
    """Packed, with `texts` by turns in its places: lengths must stay."""
    place = PLACE.encode()
    packed = message.SerializeToString()
    for number in range(packed.count(place)):
        packed = packed.replace(place, texts[number % len(texts)].ljust(len(place), b"x"), 1)
    return packed


class Harmful(threading.Thread):
    """Answers whatever it is asked."""

    def __init__(self, context, endpoint):
        super().__init__(daemon=True)
        self.router = context.socket(zmq.ROUTER)
        self.router.setsockopt(zmq.LINGER, 0)
        self.router.bind(endpoint)
        self.refused = stranger.pb.CODE_STOPPING
        self.texts, self.refuse, self.stop = [], False, False

    def run(self):
        while not self.stop:
            if not self.router.poll(100):
                continue
            peer, frame = self.router.recv_multipart()
            asked = stranger.pb.Envelope.FromString(frame)
            answer = stranger.pb.Envelope(version=1, correlation=asked.correlation)
            for body in self.answers(asked, answer):
                self.router.send_multipart([peer, body])
        self.router.close()

    def answers(self, asked, answer):
        what = asked.WhichOneof("body")
        if what == "ping":
            answer.pong.version = 1
            answer.head.revision, answer.head.event_hash = 0, bytes(32)
            return [answer.SerializeToString()]
        if what == "query":
            fill(answer.answer, 0, 99)
            answer.answer.ClearField("next")
            answer.answer.revision = 7
            if self.refuse:
                fill(answer.answer.refusal, 1, 3)
                return [self.packed(answer)]
            del answer.answer.rows[:]
            answer.answer.ClearField("refusal")
            for pick in range(PICKS):
                fill(answer.answer.rows.add(), pick)
            # Every kind of record and of consequence, too.
            for pick in range(PICKS):
                fill(answer.answer.rows.add().version, pick, 1)
                fill(answer.answer.rows.add().what_if, pick, 1)
            return [self.packed(answer)]
        if what == "operate":
            fill(answer.report, 0)
            answer.report.ClearField("more")
            answer.report.code = self.refused if self.refuse else stranger.pb.CODE_ACCEPTED
            return [self.packed(answer)]
        if what == "submission":
            submission = stranger.pb.Submission.FromString(asked.submission)
            answer.outcome.lane, answer.outcome.sequence = submission.lane, submission.sequence
            fill(answer.outcome.refusal, 3, 3)
            return [self.packed(answer)]
        if what == "subscribe":
            return self.stream(answer)
        return []

    def stream(self, answer):
        place = PLACE.encode()
        for pick in range(PICKS):
            event = fill(stranger.pb.Event(), pick)
            event.revision = event.last_revision = 1 + pick
            if pick == 3:
                entry = answer.frame.events.add(revision=1 + pick, left=True, key=PLACE, kind=1,
                                                digest=bytes(32))
                continue
            if event.WhichOneof("what") == "change":
                fill(event.change.record, pick, 1)
            entry = answer.frame.events.add(event=event.SerializeToString(), salt=bytes(16))
            assert place in entry.event
        answer.frame.through = PICKS
        answer.head.revision, answer.head.event_hash = PICKS, bytes(32)
        first = self.packed(answer)
        answer.end.code, answer.end.text = self.refused, PLACE
        return [first, self.packed(answer)]

    def packed(self, envelope):
        return with_texts(envelope, self.texts)


def look(name, form, valid, out, err):
    for stream in out, err:
        try:
            text = stream.decode()
        except UnicodeDecodeError as error:
            expect(False, "%s --format %s prints UTF-8" % (name, form), error)
        active = sorted(hex(ord(c)) for c in set(text) & (ACTIVE - {"\n"}))
        expect(not active, "%s --format %s prints nothing that acts" % (name, form), active, text)
    if form == "json" and valid:
        for line in out.decode().splitlines():
            json.loads(line)
    if form == "csv":
        for row in csv.reader(io.StringIO(out.decode())):
            for cell in row:
                runs = cell.lstrip(" ").startswith(FORMULA) and not NUMBER.fullmatch(cell)
                expect(not runs, "%s has no formula in a cell" % name, cell)


COMMANDS = """overview; timeline X; timeline X --on 2005-01-01; strength X; strength; alerts; alerts --log;
lineage X; function X; arrangements; requirements; contributor X; partner X; money; priorities; refusals;
get partner X; list partner; list office; history partner X; status; setting; setting no_such_name;
cursors; day; verify; checkpoint; office list; office show X; office suspend X; audit; follow --count 30;
whatif FILE; push FILE; import partners CSV"""


def play(scene):
    endpoint = "ipc://" + scene.path("harmful")
    fake = Harmful(scene.context, endpoint)
    fake.start()
    with open(scene.path("facts"), "w") as f:
        f.write('{"partner":{"code":"XX"}}\n')
    with open(scene.path("partners.csv"), "w") as f:
        f.write("kind,code,iso3,name,seat\nmember_state,AFG,AFG,Afghanistan,\n"
                "=1\x1b[2J,\u202e,=1,-1,@1\n")
    commands = [c.split() for c in COMMANDS.replace("\n", " ").replace("FILE", scene.path("facts"))
                .replace("CSV", scene.path("partners.csv")).split(";")]
    runs, told = 0, set()
    for fake.texts in VALID, BROKEN:
        for fake.refuse in (False, True) if fake.texts is VALID else (False,):
            for command in commands:
                for form in "table", "csv", "json":
                    done = subprocess.run(
                        [scene.binary("mandatectl"), "--server", endpoint, "--format", form,
                         "--timeout", "10"] + command, stdin=subprocess.DEVNULL, timeout=60,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    expect(done.returncode in (0, 1, 2, 3, 4), "%s ends in order" % command,
                           done.returncode, done.stderr)
                    look(" ".join(command), form, fake.texts is VALID, done.stdout, done.stderr)
                    runs += 1
                    if ESCAPED.search(done.stdout + done.stderr):
                        told.add(command[0])
    fake.stop = True
    fake.join()
    # The texts got there, or there was nothing to see.
    missing = {c[0] for c in commands} - told
    expect(not missing, "each command shows a text", missing)
    step("nothing of it acts in %d runs of %d commands", runs, len(commands))


if __name__ == "__main__":
    sys.exit(main(__doc__, play))
