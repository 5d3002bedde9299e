#!/usr/bin/python3
"""Who means harm on a TCP port: the wrong words, the wrong keys, too much, too slow, once again.

Meanwhile an accredited office works, and nothing of it may be lost: every change that it was told is
accepted comes to its follower, in order, over the connection that it began with.
"""
import os
import random
import re
import resource
import sys
import threading
import time

import zmq
from zmq.utils.monitor import recv_monitor_message

import attack_zmtp as zmtp
import stranger
from support import Sender, Stream, change, day, expect, main, memory_folder, step
from stranger import Keys, Link, operation, partners

NAME = "ATTACKED"
HANDSHAKE_S = 10
LINES_PER_SECOND = 5  # about clients that are refused
OFFICE_CONNECTIONS = 170
HANDSHAKES_BURST = 200  # of one key; then 5 a second
GROWTH_BYTES = 24 << 20  # what libzmq and the heap keep of connections that have gone
# Of an unfinished message: 20 MiB, and what comes within two looks of 200 ms.
ENDLESS_BYTES = 128 << 20


def unit(number):
    record = stranger.record
    return change(unit=record.Unit(
        operation=NAME, contributor="GAB", unit="Platoon %d" % number, persons=30,
        component=record.COMPONENT_TROOPS, **{"from": day("2014-10-01"), "to": day("2014-10-31")}))


class Office(threading.Thread):
    """An accredited office at work: pushes a unit, follows until it comes back, over and over."""

    def __init__(self, daemon, name="field", pause_s=0.02, first=1):
        super().__init__(daemon=True)
        self.daemon_under_test, self.keys = daemon, daemon.keys(name)
        self.name_of_office, self.pause_s, self.next = name, pause_s, first
        self.slowest, self.times, self.told = 0, [], {}  # units by revision
        self.over, self.failure = threading.Event(), None
        self.link = Link(daemon.scene.context, daemon.endpoint, name, 30, self.keys)
        self.monitors = [self.link.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)]
        self.sender = Sender(self.link)
        self.stream = Stream(self.link, credit=1 << 20)

    def run(self):
        try:
            while not self.over.is_set():
                self.work()
                time.sleep(self.pause_s)
        except Exception as failure:  # told where it is waited for
            self.failure = failure

    def work(self):
        began = time.monotonic()
        result = self.sender.accepted([unit(self.next)]).outcome.results[0]
        self.told[result.revision] = self.next
        self.next += 1
        self.stream.follow(result.revision)
        self.times.append(time.monotonic() - began)

    def latency_ms(self):
        """Half of the rounds since the last time this was asked took less, all took at most ..."""
        until = time.monotonic() + 30
        while not self.times:
            expect(time.monotonic() < until, "it works on", repr(self.failure))
            time.sleep(0.01)
        times, self.times = sorted(self.times), []
        return times[len(times) // 2] * 1000, times[-1] * 1000

    def check(self):
        expect(not self.failure, "an accredited office is served", repr(self.failure))
        came = {revision: event.change.record.unit.unit
                for revision, event in self.stream.events.items() if event.HasField("change")}
        for revision, number in list(self.told.items()):
            expect(came.get(revision) in (None, "Platoon %d" % number), "its own unit", revision)

    def finish(self):
        """All that it was told is accepted has come, and it was never cut off."""
        self.over.set()
        if self.ident:
            self.join(60)
        expect(not self.failure and not self.is_alive(), "an accredited office is served",
               repr(self.failure))
        for revision, number in self.told.items():
            event = self.stream.events.get(revision)
            expect(event and event.change.record.unit.unit == "Platoon %d" % number,
                   "no update is lost", revision, number)
        expect(list(self.stream.events) == list(range(1, self.stream.through + 1)),
               "no revision is lost")
        for monitor in self.monitors:
            expect(not monitor.poll(0), "no connection is lost",
                   monitor.poll(0) and recv_monitor_message(monitor))
        self.link.socket.disable_monitor()
        self.link.socket.close(linger=0)
        return len(self.told)


class Peak(threading.Thread):
    """The most private memory that the daemon has while this runs."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.of, self.most, self.over = daemon, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):
            self.most = max(self.most, self.of.memory())

    def end(self):
        self.over.set()
        self.join()
        return max(self.most, self.of.memory())


class Attack:
    def __init__(self, scene):
        self.scene, self.pb = scene, stranger.pb
        self.daemon = scene.daemon("d", "connections_max=8000",
                                   "office_connections_max=%d" % OFFICE_CONNECTIONS)
        expect(self.daemon.day("2014-12-01") == self.pb.CODE_ACCEPTED, "a day is entered")
        for name in ("field", "hostile", "victim", "crowd"):
            self.daemon.keys(name)
        Sender(self.daemon.link(control=True)).accepted(partners() + [operation(NAME)])
        self.office = Office(self.daemon)
        self.office.start()
        self.seen = 0  # of the log
        self.connections = 1
        self.memory = self.daemon.memory()

    # --- means --------------------------------------------------------------------------------

    def client(self, keys=None, again_ms=-1, **options):
        """A socket that connects once."""
        socket = self.scene.context.socket(zmq.DEALER)
        socket.linger, socket.reconnect_ivl = 0, again_ms
        for name, value in options.items():
            setattr(socket, name, value)
        if keys:
            keys.secure(socket)
        socket.connect(self.daemon.endpoint)
        return socket

    def ping(self, socket, office=None, correlation=1):
        socket.send(self.pb.Envelope(version=1, correlation=correlation, office=office,
                                     ping=self.pb.Ping()).SerializeToString(), zmq.DONTWAIT)

    def unheard(self, socket, what, wait_ms=400):
        try:
            self.ping(socket)
        except zmq.Again:
            pass  # it was refused before there was time to say anything
        expect(not socket.poll(wait_ms), "no answer to " + what)
        socket.close(linger=0)

    def refused_lines(self, count, timeout_s=3):
        """The lines about refused clients since this was asked last: so many."""
        until, lines = time.monotonic() + timeout_s, []
        while True:
            lines = [line for line in self.daemon.log().splitlines()[self.seen:]
                     if "client.refused" in line]
            told = sum(int((re.search(r" more=(\d+)", line) or [0, 1])[1]) for line in lines)
            if told >= count or time.monotonic() > until:
                break
            time.sleep(0.05)
        expect(told == count, "%d refused clients are told" % count, *lines)
        self.calm()
        return lines

    def told(self, words, timeout_s=10):
        """The log has a line with these words."""
        until = time.monotonic() + timeout_s * self.scene.slow
        while not any(words in line for line in self.daemon.log().splitlines()[self.seen:]):
            expect(time.monotonic() < until, "a line says " + words, self.daemon.log())
            time.sleep(0.05)

    def calm(self):
        """All that was to be told is told, and a new second begins."""
        time.sleep(1.2)
        self.seen = len(self.daemon.log().splitlines())

    def unharmed(self, within_s=5, memory=GROWTH_BYTES):
        """Alive, served, and nobody is left."""
        self.daemon.alive()
        self.office.check()
        until = time.monotonic() + within_s * self.scene.slow
        while (left := self.daemon.status().connections) > self.connections:
            expect(time.monotonic() < until, "the attackers' connections end", left, self.connections)
            time.sleep(0.05)
        grown = self.daemon.memory() - self.memory
        expect(grown < memory * self.scene.memory, "memory is as before", grown)

    # --- the wrong words ----------------------------------------------------------------------

    def languages(self):
        for what, data in (
                ("NULL", zmtp.greeting(zmtp.NULL) + zmtp.READY),
                ("NULL of 3.1", zmtp.greeting(zmtp.NULL, 3, 1) + zmtp.READY),
                ("PLAIN", zmtp.greeting(zmtp.PLAIN) + zmtp.HELLO_OF_PLAIN),
                ("ZMTP 1.0", zmtp.ZMTP_1 + b"\x05\x00ping"),
                ("ZMTP 2.0", zmtp.ZMTP_2 + b"\x00\x04ping")):
            wire = zmtp.dial(self.daemon.endpoint)
            wire.sendall(data)
            said, cut = zmtp.until_cut(wire, 2 * self.scene.slow)
            expect(cut and len(said) <= zmtp.GREETING_BYTES, what + " is cut after the greeting",
                   cut, said)
            wire.close()
            line, = self.refused_lines(1)
            expect("not our protocol" in line, "a line that says so", line)
        self.unheard(self.client(), "NULL")
        self.unheard(self.client(plain_username=b"admin", plain_password=b"secret"), "PLAIN")
        self.refused_lines(2)
        self.unharmed()
        step("NULL, PLAIN, ZMTP 1.0 and 2.0, by hand and by the library: cut after the greeting")

    def wrong_keys(self):
        right, nobody = self.daemon.server_key, zmq.curve_keypair()
        known = self.scene.secret_key("victim")
        for what, server, secret, words in (
                ("an unknown key", right, nobody[1], ["no accredited key", nobody[0].decode()]),
                ("another server key", nobody[0], known, ["another server key"])):
            self.unheard(self.client(Keys(server, secret)), what)
            line, = self.refused_lines(1)
            expect(all(word in line for word in words ), "one line", line)
            began = time.monotonic()
            sockets = [self.client(Keys(server, secret)) for _ in range(40)]
            lines = self.refused_lines(40, 10)
            most = LINES_PER_SECOND * (int(time.monotonic() - began) + 1)
            expect(len(lines) < 40 and len([x for x in lines if "reason" in x]) <= most,
                   "%d lines a second, and how many more" % LINES_PER_SECOND, *lines)
            for socket in sockets:
                socket.close(linger=0)
        self.what_clients_are_told()
        self.unharmed()
        step("an unknown key, another server key: refused, one line each; 40 at once: %d lines",
             len(lines))

    def what_clients_are_told(self):
        """mandatectl: of our daemon under another key, of one that lets nobody in, of no CURVE."""
        plain = self.scene.context.socket(zmq.ROUTER)
        plain.bind("tcp://127.0.0.1:*")
        other = self.scene.key_file("another") + ".pub"
        for server, key_file, secret, words in (
                (self.daemon.endpoint, other, "victim", "hangs up: its key is not"),
                (self.daemon.endpoint, self.daemon.server_key_file, "another",
                 "does not admit our key"),
                (plain.last_endpoint.decode(), self.daemon.server_key_file, "victim",
                 "daemon of ours")):  # who hung up first decides in which words
            code, text = self.scene.run(self.scene.binary("mandatectl"), "--server", server,
                                        "--server-key", key_file, "--key",
                                        self.scene.key_file(secret), "--timeout", "10", "status")
            expect(code != 0 and words in text, "it says what is wrong", words, code, text)
        plain.close(linger=0)
        self.calm()

    # --- somebody else's name -----------------------------------------------------------------

    def routing_ids(self):
        """Queries are answered to who asked, whatever others call themselves: nobody has the name
        that he claims, so that a name may be claimed by many."""
        keys, other = self.daemon.keys("victim"), self.daemon.keys("hostile")
        victim = self.client(keys, routing_id=b"victim")
        self.ping(victim)
        expect(victim.poll(5000), "the victim is answered")
        victim.recv()
        rng = random.Random(self.scene.options.seed)
        # Automatic ones are a zero and a number that begins at random.
        claims = 4 * [b"victim"] + [bytes(5), b"\0" + b"\xff" * 4, b"\0", b"\0" * 255,
                                    b"\xff" * 255, b"x"]
        claims += [b"\0" + number.to_bytes(4, "big") for number in range(1, 40)]
        claims += [b"\0" + rng.randbytes(4) for _ in range(40)] + zmtp.unseeded_ids()
        thieves = [self.client(other, routing_id=claim) for claim in claims]
        for thief in thieves:
            self.ping(thief, correlation=77)
        for number in range(50):
            self.ping(victim, "victim", 1000 + number)
        for number in range(50):
            expect(victim.poll(5000), "the victim's answers are its own", number)
            pong = self.pb.Envelope.FromString(victim.recv())
            expect(pong.correlation == 1000 + number, "in order", pong)
        for _ in range(zmtp.AHEAD):  # whoever comes would get the next automatic one
            link = self.daemon.link("victim")
            expect(link.ask(ping=self.pb.Ping()).HasField("pong"), "it is let in")
            link.socket.close(linger=0)
        for claim, thief in zip(claims, thieves):
            expect(thief.poll(5000), "who claims a name is heard by another", claim)
            pong = self.pb.Envelope.FromString(thief.recv())
            expect(pong.correlation == 77 and not thief.poll(0), "its own, nothing else", pong)
            thief.close()
        victim.close()
        self.unharmed()
        step("routing ids: another peer's, of 255 bytes, %d that look automatic: none is given, "
             "nothing is stolen", len(claims) - 4)

    # --- a good key, too often ----------------------------------------------------------------

    def crowd(self, more=100):
        """One office connects without an end: so many get in, and the next when there is time."""
        keys = self.daemon.keys("crowd")
        sockets = [self.client(keys) for _ in range(HANDSHAKES_BURST - 1)]
        for socket in sockets:
            self.ping(socket)
        self.office.latency_ms()
        self.told("too many connections of one office")
        self.calm()
        half, most = self.office.latency_ms()
        count = self.daemon.status().connections - self.connections
        expect(count == OFFICE_CONNECTIONS, "so many stay", count)
        sockets += [self.client(keys) for _ in range(more)]
        late = Link(self.scene.context, self.daemon.endpoint, "crowd", 40, keys)
        late.send(1, ping=self.pb.Ping())
        self.told("connects too often")
        expect(not late.receive(1, 0.5), "it is one of too many")
        for socket in sockets:
            socket.close(linger=0)
        began = time.monotonic()
        expect(late.receive(1), "who was refused comes back")
        took = time.monotonic() - began
        late.socket.close(linger=0)
        self.unharmed(HANDSHAKE_S + 5)
        self.calm()
        step("%d connections of one office at once: %d stay; another office is served in %.0f ms, "
             "%.0f at most; who was refused comes in %.1f s after they have gone", HANDSHAKES_BURST,
             count, half, most, took)

    # --- the wrong bytes ----------------------------------------------------------------------

    def session(self, office="victim", endpoint=None, rewrite=None):
        """A session through somebody on the wire, who keeps what is said: one change."""
        wire = zmtp.Wire(endpoint or self.daemon.endpoint, rewrite)
        link = Link(self.scene.context, wire.endpoint, office, 10, self.daemon.keys(office))
        link.socket.reconnect_ivl = -1
        return wire, link

    def recorded(self):
        wire, link = self.session()
        self.office.check()
        Sender(link).accepted([unit(10 ** 6)])
        link.socket.close(linger=0)
        wire.cut.wait(5)
        expect(len(b"".join(wire.said)) > zmtp.GREETING_BYTES + 600, "a session", wire.said)
        return wire

    def revision(self):
        """Of what others than the office at work have entered."""
        status = self.daemon.status()
        return status.revision - len(self.office.told), status

    def mutations(self, count, seed):
        session = b"".join(self.recorded().said)
        zmtp.throw(self.daemon.endpoint, seed, session, count)
        self.unharmed(HANDSHAKE_S + 5)
        rng, live = random.Random(seed + 1), max(count // 20, 1)
        for _ in range(live):
            at = rng.randrange(7)  # of the greeting in three, HELLO, INITIATE, messages
            wire, link = self.session(rewrite=lambda number, piece: piece if number < at else
                                      zmtp.mutate(rng, piece))
            for _ in range(3):
                self.ping(link.socket, "victim")
                link.socket.poll(5)
            link.socket.close()
            wire.cut.wait(0.2)
            wire.close()
        self.unharmed(HANDSHAKE_S + 5)
        step("%d mutated sessions, seed %d, and %d of one on the wire", count, seed, live)

    def gigabytes(self):
        peak, filler = Peak(self.daemon), bytes(1 << 16)
        hello = zmtp.greeting(zmtp.CURVE)
        for first in (hello, hello + zmtp.command(b"HELLO", bytes(194))[:50], b""):
            for flags in (0, zmtp.MORE, zmtp.COMMAND):
                wire = zmtp.dial(self.daemon.endpoint)
                began, cut = time.monotonic(), False
                try:
                    wire.sendall(first + zmtp.header(flags, zmtp.GIB))
                    for _ in range(64):
                        wire.sendall(filler)
                except OSError:
                    cut = True
                cut = zmtp.until_cut(wire, 2)[1] or cut
                expect(cut and time.monotonic() - began < 2 * self.scene.slow, "it is cut", first)
                wire.close()
        for flags in (0, zmtp.MORE, zmtp.COMMAND):
            wire, link = self.session("hostile")
            link.ask(ping=self.pb.Ping())
            wire.add(zmtp.header(flags, zmtp.GIB) + filler)
            expect(wire.cut.wait(2 * self.scene.slow), "cut after the handshake, too", flags)
            link.socket.close(linger=0)
        self.unharmed()
        grown = peak.end() - self.memory
        expect(grown < GROWTH_BYTES * self.scene.memory, "no memory for it", grown)
        step("frames of 1 GiB, in the greeting, in and after the handshake: cut; %.1f MiB at most",
             grown / (1 << 20))

    def endless(self, frame_bytes, frames):
        """libzmq gives us a message when it is whole: until then it keeps what has come."""
        self.calm()  # lines are so many a second: the one that is waited for is among them
        socket = self.client(self.daemon.keys("hostile"))
        socket.copy_threshold = 0  # nor do we keep as many copies
        self.ping(socket)
        expect(socket.poll(5000), "it is let in")
        peak, frame = Peak(self.daemon), b"x" * frame_bytes
        before = self.daemon.log().count("client.cut")
        self.office.latency_ms()
        for _ in range(frames):
            socket.send(frame, zmq.SNDMORE, copy=frame_bytes < 1024)
        socket.send(b"")
        until = time.monotonic() + 20 * self.scene.slow
        while self.daemon.log().count("client.cut") == before:
            expect(time.monotonic() < until, "it is cut", self.daemon.log())
            time.sleep(0.02)
        grown = peak.end() - self.memory
        expect(grown < ENDLESS_BYTES * self.scene.memory, "memory is bounded", grown)
        line = [x for x in self.daemon.log().splitlines() if "client.cut" in x][-1]
        expect("sends without an end" in line and "127.0.0.1" in line, "a line says so", line)
        socket.close(linger=0)
        half, all_ms = self.office.latency_ms()
        self.unharmed(memory=ENDLESS_BYTES)  # the heap keeps some of it
        self.memory = self.daemon.memory()
        step("a message without an end, of %d bytes a frame: cut; %.0f MiB at most; another office "
             "is served in %.0f ms, %.0f at most", frame_bytes, grown / (1 << 20), half, all_ms)

    def replay(self):
        wire = self.recorded()
        before, _ = self.revision()
        self.calm()
        for pace in (0, 0.02):
            again = zmtp.dial(self.daemon.endpoint)
            try:
                for piece in wire.said:
                    again.sendall(piece)
                    time.sleep(pace)
            except OSError:
                pass  # cut already
            said, cut = zmtp.until_cut(again, 2 * self.scene.slow)
            # The greeting and the answer to HELLO; what follows HELLO needs the keys of its own connection.
            expect(cut and len(said) < len(b"".join(wire.heard)), "it is cut", cut, len(said))
            expect(b"READY" not in said, "before the handshake's end", said)
            again.close()
        self.refused_lines(2)
        wire, link = self.session()
        link.ask(ping=self.pb.Ping())
        self.ping(link.socket, "victim", 4711)
        expect(link.receive(4711), "a pong")
        wire.add(wire.said[-1])
        expect(link.receive(4711, 0.3) is None, "a frame that comes again is not read")
        expect(wire.cut.wait(2 * self.scene.slow), "and ends the connection")
        link.socket.close(linger=0)
        self.unharmed()
        expect(self.revision()[0] == before, "no effect")
        step("a recorded session, and a recorded frame within its session: cut, without effect")

    # --- too many -----------------------------------------------------------------------------

    def slow_bytes(self, count):
        """Each sends a byte of its greeting in a round, of a second or more."""
        room = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (room, room))
        count = min(count, room - 500)
        self.office.latency_ms()
        time.sleep(1)
        quiet = self.office.latency_ms()
        wires, lasted, opened, most = {}, [], 0, 0
        while wires or opened < count:
            began = time.monotonic()
            while opened < count and time.monotonic() < began + 0.5:
                wires[zmtp.dial(self.daemon.endpoint, 20)] = [time.monotonic(), 0]
                opened += 1
            for wire, (since, sent) in list(wires.items()):
                expect(sent < zmtp.GREETING_BYTES, "cut before the greeting is over", sent)
                if zmtp.trickle(wire, sent):
                    wires[wire][1] += 1
                else:
                    lasted.append(time.monotonic() - since)
                    del wires[wire]
                    wire.close()
            most = max(most, self.daemon.status().connections)
            link = self.daemon.link("victim")  # a new one comes in, too
            expect(link.ask(ping=self.pb.Ping()).HasField("pong"), "a new one is served")
            link.socket.close(linger=0)
            time.sleep(max(0, began + 1 - time.monotonic()))
        loud = self.office.latency_ms()
        expect(max(lasted) < (HANDSHAKE_S + 4) * self.scene.slow, "within the handshake's time",
               max(lasted))
        expect(most > count / 2, "they are there together", most)
        expect(loud[0] < max(10 * quiet[0], 100) * self.scene.slow, "an office is served", loud)
        self.unharmed(memory=GROWTH_BYTES + count * 16384)
        step("%d idle connections (%d at once), a byte a second: cut after %.1f to %.1f s; an office "
             "is served in %.0f ms, %.0f at most (%.0f and %.0f without)", count, most, min(lasted),
             max(lasted), *loud, *quiet)

    def no_descriptors(self):
        pid = self.daemon.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        spare, attackers = 5, 12
        used = {int(fd) for fd in os.listdir("/proc/%d/fd" % pid)}
        free = [fd for fd in range(len(used) + spare) if fd not in used][:spare]
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (free[-1] + 1, before[1]))
        wires = [zmtp.dial(self.daemon.endpoint) for _ in range(spare + attackers)]
        self.office.latency_ms()
        late = self.daemon.link("victim")
        late.send(1, ping=self.pb.Ping())
        expect(late.receive(1, 0.5) is None, "there is no descriptor for it")
        self.office.check()
        half, most = self.office.latency_ms()
        for wire in wires:
            wire.close()
        began = time.monotonic()
        expect(late.receive(1, HANDSHAKE_S), "who waited is let in")
        took = time.monotonic() - began
        late.socket.close(linger=0)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        self.unharmed()
        step("no descriptors: an office that is in is served in %.0f ms, %.0f at most; one that "
             "waits gets in %.0f ms after there are some", half, most, took * 1000)

    # --- no longer ----------------------------------------------------------------------------

    def revocation(self):
        record, secret = stranger.record, self.scene.secret_key("revoked")
        public = zmq.curve_public(secret).decode()

        def written(state, **how):
            one = change(office=record.Office(
                office="revoked", state=state, devices=[record.Device(name="test", key=public)],
                grants=[record.Grant(access=record.ACCESS_WRITE)]))
            one.action = how.get("action", record.CHANGE_ACTION_RECORD)
            return one

        admin = Sender(self.daemon.link(control=True))
        admin.accepted([written(record.OFFICE_STATE_ACTIVE)])
        keys = Keys(self.daemon.server_key, secret)
        link = Link(self.scene.context, self.daemon.endpoint, "revoked", 10, keys)
        sender, stream = Sender(link), Stream(link, credit=1 << 20, digests=True)
        self.office.check()
        stream.follow(sender.accepted([unit(2 * 10 ** 6)]).outcome.results[0].revision)
        admin.accepted([written(record.OFFICE_STATE_REVOKED,
                                action=record.CHANGE_ACTION_CORRECT)])
        began = time.monotonic()
        got = link.ask(submission=sender.pack([unit(2 * 10 ** 6 + 1)], 2))
        refusal = got.refusal if got.HasField("refusal") else got.outcome.refusal
        expect(refusal.code == self.pb.CODE_UNACCREDITED, "its next message is refused", got)
        refused = time.monotonic() - began
        while (end := stream.take(5)) == "frame":
            pass
        ended = time.monotonic() - began
        expect(end == self.pb.CODE_UNACCREDITED, "its stream ends", end)
        expect(refused < 1 and ended < 5, "within 1 and 5 s", refused, ended)
        self.calm()
        again = self.client(keys)
        self.unheard(again, "one that is revoked")
        line, = self.refused_lines(1)
        expect(public in line and "no accredited key" in line, "refused by its key", line)
        link.socket.close(linger=0)
        admin.link.socket.close(linger=0)
        self.unharmed()
        step("revoked while connected: refused after %.1f ms, its stream ends after %.1f ms, and it "
             "does not come back", refused * 1000, ended * 1000)

    def end(self):
        self.unharmed()
        count = self.office.finish()
        report = self.daemon.operate(verify=self.pb.VerifyRequest())
        expect(report.code == self.pb.CODE_ACCEPTED, "it verifies", report)
        step("all the while an office pushed and followed %d changes over one connection: none is "
             "lost; %s; SIGTERM: stopped in %.2f s", count, report.text.split(";")[0],
             self.daemon.stop())


# --- another key of ours ----------------------------------------------------------------------


class Moving(Office):
    """Goes to another endpoint when it is told to: at once, with a change that is not answered yet
    and a stream in the middle."""

    def __init__(self, *args, **how):
        self.move, self.moved = None, threading.Event()
        super().__init__(*args, **how)

    def work(self):
        if self.move:
            number = len(self.sender.sent) + 1
            packed = self.sender.pack([unit(self.next)], number)
            if self.link.socket.closed is False:
                self.link.send(submission=packed)
                self.link.socket.disable_monitor()
            self.link.endpoint, self.link.keys = self.move
            self.move = None
            self.link.connect()
            self.sender.sent.append(packed)
            self.monitors = []
            before = self.stream
            result = self.sender.push([], number, packed).outcome
            expect(not result.HasField("refusal"), "the same number, at the other endpoint", result)
            self.told[result.results[0].revision] = self.next
            self.next += 1
            self.stream = Stream(self.link, before.through, bytes(before.through_hash), 1 << 20)
            self.stream.events.update(before.events)
            self.stream.follow(result.results[0].revision)
            self.moved.set()
        super().work()

    def go(self, endpoint, server_key):
        self.moved.clear()
        self.move = endpoint, Keys(server_key, self.keys.secret)
        expect(self.moved.wait(20), "it has moved", repr(self.failure))


def rotation(scene):
    """Two keys at once; clients move; the old key goes."""
    files = [scene.key_file(name) for name in ("server", "server_next")]
    public = [stranger.key_of(path + ".pub") for path in files]
    daemon = scene.daemon("r", "secret_key_file=" + files[0], "listen_next=tcp://127.0.0.1:*",
                          "secret_key_file_next=" + files[1])
    daemon.day("2014-12-01")
    Sender(daemon.link(control=True)).accepted(partners() + [operation(NAME)])
    old, new = re.findall(r"endpoint=(tcp://\S+)", daemon.log())
    office, other = Moving(daemon, pause_s=0), Moving(daemon, "other", 0, 10 ** 6)
    for one in (office, other):
        one.start()
    for one in (office, other):
        one.go(new, public[1])
        one.go(old, public[0])
        one.go(new, public[1])
    crossed = Link(scene.context, new, "field", 10, Keys(public[0], office.keys.secret))
    expect(crossed.receive(crossed.send(ping=stranger.pb.Ping()), 0.4) is None,
           "the old key does not open the new endpoint")
    crossed.socket.close(linger=0)
    counts = [one.finish() for one in (office, other)]
    daemon.stop()
    daemon = scene.daemon("r", "secret_key_file=" + files[1], "listen=" + new)
    expect(daemon.server_key == public[1], "the next key is the key", daemon.log())
    later = Office(daemon, first=2 * 10 ** 6)
    later.work()
    later.finish()
    crossed = Link(scene.context, new, "field", 10, Keys(public[0], office.keys.secret))
    expect(crossed.receive(crossed.send(ping=stranger.pb.Ping()), 0.4) is None, "the old one is none")
    daemon.stop()
    step("another server key: two offices move from one endpoint to the other, back, and again, "
         "while they push %d and %d changes: none is lost", *counts)


def play(scene):
    options = scene.options
    if not options.only or "rotation" in options.only:
        rotation(scene)
    cases = [("languages",), ("wrong_keys",), ("routing_ids",), ("crowd",), ("mutations", options.mutations, options.seed),
             ("gigabytes",), ("endless", 32768, 8192), ("endless", 1, 1000000), ("replay",),
             ("slow_bytes", options.idle), ("no_descriptors",), ("revocation",)]
    attack = Attack(scene)
    for name, *arguments in cases:
        if not options.only or name in options.only:
            getattr(attack, name)(*arguments)
    attack.end()


def add_options(parser):
    parser.add_argument("--mutations", type=int, default=3000)
    parser.add_argument("--idle", type=int, default=2000, help="idle connections")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", nargs="+", metavar="CASE", help="methods of Attack, or rotation")


if __name__ == "__main__":
    sys.exit(main(__doc__, play, add_options, memory_folder()))
