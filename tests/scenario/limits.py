#!/usr/bin/python3
"""What one office may take, hit from outside: messages, bytes, journal, streams, queries, turns. Each
time another office, and the operator, go on as if nothing were.
"""
import sys
import time

import stranger
from stranger import UNITS, operation, partners, units
from support import Sender, Stream, expect, main, memory_folder, step

NAME = "LIMITS"
HOUR_MS = 3600 * 1000


def refusals(link, correlations):
    """What each of these was told: 0, or the time to wait."""
    told = []
    for correlation in correlations:
        got = link.receive(correlation)
        expect(got, "an answer to each")
        refusal = got[0].refusal if got[0].HasField("refusal") else None
        expect(not refusal or refusal.code == stranger.pb.CODE_BUSY, "BUSY", got)
        told.append(refusal.retry_after_ms if refusal else 0)
        expect(not refusal or refusal.retry_after_ms > 0, "with a time", refusal)
    return told


def pings(link, count):
    return refusals(link, [link.send(ping=stranger.pb.Ping()) for _ in range(count)])


def messages(scene):
    daemon = scene.daemon("messages", "office_messages_per_second=200")
    field, other, local = daemon.link("field"), daemon.link("other"), daemon.link(control=True)
    stream = Stream(field)
    expect(stream.take() == "frame", "a stream, before it is too much")
    told = pings(field, 1000)
    refused = [ms for ms in told if ms]
    expect(200 <= len(told) - len(refused) < 600, "a second's worth passes", told)
    expect(max(refused) <= 110, "who is refused waits for a tenth of a second", max(refused))
    stream.give()  # counted, never refused
    expect(not any(pings(other, 100)), "another office is not concerned")
    expect(not any(pings(local, 1000)), "the operator has no such limit")
    field.receive(field.send(ping=stranger.pb.Ping()))
    told = pings(field, 300)
    waited = 0
    while told[-1]:
        waited += told[-1]
        time.sleep(told[-1] / 1000)
        told = pings(field, 1)
        expect(waited <= 300, "the time told is true", waited)
    expect(stream.take(0.1) is None, "the stream goes on: nothing ended it")
    expect('office.limited office="field"' in daemon.log(), "the log says so", daemon.log())
    daemon.stop()
    step("messages: a burst of a second passes, then BUSY with a time that is true; others go on")


def code_of(outcome):
    return outcome.refusal.code if outcome.HasField("refusal") else 0


def again(lane):
    """The last one, with the same bytes under its own number."""
    return lane.push([], sequence=len(lane.sent), packed=lane.sent[-1]).outcome


def size(scene):
    daemon = scene.daemon("bytes", "office_bytes_per_second=64K")
    lane, busy = Sender(daemon.link("field")), stranger.pb.CODE_BUSY
    lane.accepted(partners() + [operation(NAME)])
    for _ in range(40):
        outcome = lane.push(units(NAME, 1) + units(NAME, 1000)[:100]).outcome
        if code_of(outcome):
            break
    expect(code_of(outcome) == busy, "BUSY, as the outcome of its number", outcome)
    waited = 0
    while code_of(outcome):
        expect(code_of(outcome) == busy and waited < 1000, "the time told is true", outcome, waited)
        waited += outcome.refusal.retry_after_ms
        time.sleep(outcome.refusal.retry_after_ms / 1000)
        outcome = again(lane)
    daemon.stop()
    step("bytes: a message too many is BUSY; after the time told it is taken, under its own number")


def journal(scene):
    daemon = scene.daemon("journal", "office_journal_bytes_per_day=10K")
    daemon.day("2014-12-01")
    pb = stranger.pb
    lanes = {name: Sender(daemon.link(name)) for name in ("field", "other")}
    local = Sender(daemon.link(control=True))
    local.accepted(partners() + [operation(NAME)])
    for name, changes, code in (("field", units(NAME, 1)[:5], 0),
                                ("other", [operation_less()], pb.CODE_UNKNOWN_OPERATION)):
        took, lane = 0, lanes[name]
        while True:
            outcome = lane.push(changes).outcome
            if code_of(outcome) == pb.CODE_BUSY:
                break
            expect(code_of(outcome) == code, "decided as usual until then", outcome)
            took += len(lane.sent[-1])
        expect(5000 < took < 10240 < took + 60 * len(lane.sent),
               "10 KiB of the journal, with what stands around each", took, len(lane.sent))
        refusal = outcome.refusal
        expect(refusal.retry_after_ms == HOUR_MS and "office_journal_bytes_per_day" in refusal.text,
               "only an operator knows when the day ends", refusal)
    for end in (daemon.kill, lambda: daemon.stop(), lambda: daemon.kill()):
        end()
        daemon = scene.daemon("journal", "office_journal_bytes_per_day=10K")
        for name in lanes:
            lanes[name] = Sender(daemon.link(name))
            expect(code_of(lanes[name].push(units(NAME, 1)[:5]).outcome) == pb.CODE_BUSY,
                   "a start gives nothing back", name)
    push_says_why(scene, daemon)
    local = Sender(daemon.link(control=True))
    local.accepted(units(NAME, 1))
    expect(daemon.day("2014-12-02") == pb.CODE_ACCEPTED, "the next day")
    for lane in lanes.values():
        outcome = again(lane)
        expect(code_of(outcome) == 0, "is decided now", outcome)
    damaged(scene, daemon)
    step("journal: 10 KiB a day, accepted or refused, whether the daemon is killed or stopped "
         "meanwhile; BUSY until the next day, which begins anew")


def push_says_why(scene, daemon):
    with open(scene.path("lines"), "w") as f:
        f.write('{"partner":{"code":"AU","name":"%s"}}\n' % (1000 * "x"))
    code, text = scene.run(scene.binary("mandatectl"), "--server", daemon.endpoint, "--server-key",
                           daemon.server_key_file, "--key", scene.key_file("field"), "--timeout",
                           "1", "push", scene.path("lines"))
    expect(code != 0 and "BUSY: this office has used up its bytes of the journal" in text and
           "come back in 1 h 00 min" in text, "who pushes is told why, and when", code, text)


def damaged(scene, daemon):
    """A file of counts that is none, cut, or of another journal: the journal is read."""
    lane, took = Sender(daemon.link("field")), 0
    while code_of(lane.push(units(NAME, 1)[:5]).outcome) != stranger.pb.CODE_BUSY:
        took += 1
    expect(took > 10, "there was room", took)
    daemon.stop()
    path = scene.path("journal/tally")
    with open(path) as f:
        whole = f.read()
    head = whole.splitlines()[1]
    index, position = head.split()[1:]
    for text in ("", "nonsense\n" + whole, whole[:-1], whole.replace(index, "99999", 1),
                 whole.replace(position, "ff" * 24), whole.replace("field", "x" * 65)):
        with open(path, "w") as f:
            f.write(text)
        daemon = scene.daemon("journal", "office_journal_bytes_per_day=10K")
        expect("tally.recount" in daemon.log(), "it says so", text, daemon.log())
        expect(code_of(Sender(daemon.link("field")).push(units(NAME, 1)[:5]).outcome) ==
               stranger.pb.CODE_BUSY, "and nothing is given back", text)
        daemon.stop()


def operation_less():
    """A fact of an operation that nobody recorded."""
    return units("NOBODY'S", 1)[0]


def streams(scene):
    daemon = scene.daemon("streams")
    links, ended, lives = [], 0, 0
    for n in range(17):
        links.append(daemon.link("field"))
        following = [Stream(links[-1]) for _ in range(16)]
        for stream in following:
            got = stream.take()
            lives += got == "frame"
            ended += got == stranger.pb.CODE_LIMIT
    expect((lives, ended) == (256, 16), "256 streams, the others LIMIT", lives, ended)
    for link in (daemon.link("other"), daemon.link(control=True)):
        expect(Stream(link).take() == "frame", "another office has one")
    links = [daemon.link("wide") for _ in range(3)]
    following = [Stream(links[n // 16], credit=4 << 20) for n in range(33)]
    got = [stream.take() for stream in following]  # in whichever order their connections were read
    expect(got.count("frame") == 32 and got.count(stranger.pb.CODE_LIMIT) == 1,
           "128 MiB of credit of an office", got)
    first = following[got.index("frame")]
    first.link.send(first.correlation, unsubscribe=stranger.pb.Unsubscribe())
    expect(Stream(first.link, credit=(4 << 20) - 1).take() == "frame", "what was given back is free")
    daemon.stop()
    step("streams: 256 of an office, then LIMIT, and 128 MiB of credit; another one gets its own")


def queries(scene):
    daemon = scene.daemon("queries")
    daemon.day("2014-12-01")
    local = Sender(daemon.link(control=True))
    local.accepted(partners() + [operation(NAME), stranger.instrument(NAME)])
    local.accepted(units(NAME, 1))
    pb = stranger.pb
    slow = pb.Query(whatif=pb.WhatIfQuery(changes=units(NAME, 500), days=3653))
    links = [daemon.link("field") for _ in range(8)]
    other = daemon.link("other")
    other.query(status=pb.StatusQuery())  # connected, so that what is timed is the answer
    asked = [(link, link.send(query=slow)) for link in links for _ in range(64)]
    began = time.monotonic()
    other.query(status=pb.StatusQuery())
    took = time.monotonic() - began
    answers = [link.receive(correlation, 60)[0].answer for link, correlation in asked]
    everything = time.monotonic() - began
    limited = [code_of(answer) for answer in answers if code_of(answer)]
    expect(0 < len(limited) <= 512 - 256 and set(limited) == {pb.CODE_LIMIT},
           "256 may wait, the others LIMIT", limited)
    expect(took < everything / 4, "another's is answered after a few of them", took, everything)
    daemon.stop()
    step("queries: %d of 512 at once are LIMIT; the others take %.2f s, another office's %.2f s "
         "meanwhile", len(limited), everything, took)


def turns(scene):
    """Thousands of submissions at once, and one of somebody else behind them."""
    daemon, count, pb = scene.daemon("turns"), 4000, stranger.pb
    flood, other = Sender(daemon.link("flood", timeout_s=60)), Sender(daemon.link("other"))
    flood.accepted(partners() + [operation(NAME)])
    other.accepted(units(NAME, 1)[:1])
    frames = [pb.Envelope(version=1, correlation=n, submission=flood.pack(
        [unit(2 + n % UNITS, n % 97)], n + 2)).SerializeToString() for n in range(count)]
    for frame in frames:
        flood.link.socket.send(frame)
    index = other.accepted([unit(1000, 1)]).outcome.index
    outcomes = [flood.link.receive(n)[0].outcome for n in range(count)]
    expect(not any(o.HasField("refusal") for o in outcomes), "each of them is accepted")
    indexes = [o.index for o in outcomes]
    expect(indexes == sorted(indexes), "in their order")
    before = sum(i < index for i in indexes)
    expect(before < count * 3 // 4, "the other one does not wait for all of them", before)
    daemon.stop()
    step("turns: %d submissions at once; another's one had %d of them before it", count, before)


def unit(number, persons):
    """A unit's next edition."""
    one = units(NAME, number)[0]
    one.action, one.record.unit.persons = stranger.record.CHANGE_ACTION_CORRECT, persons
    return one


def play(scene):
    messages(scene)
    size(scene)
    journal(scene)
    streams(scene)
    queries(scene)
    turns(scene)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
