#!/usr/bin/python3
"""What an operator meets: starts, stops, mistakes in the configuration, states that are damaged."""
import os
import re
import shutil
import signal
import socket
import sys
import time

import zmq

import stranger
from support import (Daemon, Sender, Stream, day, expect, main, memory_folder, step)
from stranger import head_counts, instrument, key_of, operation, partners, units

NAME = "OPERATIONS"
NOBODY = 65534


def fill(daemon, more=20):
    lane = Sender(daemon.link())
    daemon.day("2014-12-01")  # refused where a clock has entered a later one
    lane.accepted(partners() + [operation(NAME)])
    lane.accepted([instrument(NAME)])
    lane.accepted([head_counts(NAME)])
    for n in range(more):
        lane.accepted(units(NAME, 1)[n:n + 1])
    return lane


def history(daemon):
    """Every event, as bytes, with the last hash."""
    newest = daemon.status().revision
    link = daemon.link()
    stream = Stream(link, credit=1 << 20)
    stream.follow(newest)
    link.socket.close(linger=0)
    return [e.SerializeToString() for e in stream.events.values()], stream.through_hash


def refuse_second(scene):
    first = scene.daemon("one")
    fill(first, 3)
    before = history(first)
    second = scene.daemon("one", ready=False)
    expect(second.wait() == 1, "a second daemon ends with 1", second.log())
    expect("in use by process %d" % first.process.pid in second.log(),
           "it names the process", second.log())
    other = scene.daemon("other", "control=" + first.control, ready=False)
    expect(other.wait() == 1 and "in use" in other.log(), "nor is its control endpoint taken",
           other.log())
    expect(history(first) == before, "the first is unharmed")
    first.stop()
    step("a second daemon on the same directory, or control endpoint, refuses; the first goes on")


def configuration(scene):
    path = scene.path("wrong.conf")
    with open(path, "w") as f:
        f.write("# a comment\nlisten tcp://127.0.0.1:1\nlog_level = info\nsegment_bytes = 3\n"
                "no_such_key = 1\ntimezone = Mars/Olympus\n")
    for arguments in (("-c", path), ("-c", path, "--check")):
        code, text = scene.mandated(*arguments)
        lines = re.findall(re.escape(path) + r":(\d+): ", text)
        expect(code == 78 and lines == ["2", "4", "5", "6"], "78, and each line that is wrong",
               code, text)
    code, text = scene.mandated("-c", scene.path("not there"))
    expect(code == 78 and "not there" in text, "78 for a file that is not there", code, text)
    with open(path, "w") as f:
        f.write("state_dir = %s  # here\nlisten =\n\n" % scene.path("checked"))
    code, text = scene.mandated("-c", path, "--check")
    expect(code == 0 and not os.path.exists(scene.path("checked")), "--check does nothing", text)
    step("mistakes in the configuration: 78, file and line of each; --check does nothing else")
    for wrong in ("tcp://localhost.example:7117", "tcp://127.0.0.1", "tcp://127.0.0.1:70000",
                  "tcp://eth0:7117", "tcp://::1:7117", "inproc://x", "ipc:///tmp/x",
                  "tcp://127.0.0.1:7117 tcp://0.0.0.0"):
        code, text = scene.mandated("-o", "state_dir=" + scene.path("x"), "-o", "listen=" + wrong)
        expect(code == 78 and "listen" in text, "78 for listen = " + wrong, code, text)
    step("an endpoint that is none is refused")


def wrong_keys(scene):
    """What is wrong with a key file is told with its name, by --check and by a start: 78."""
    key, state = scene.key_file("server"), "state_dir=" + scene.path("keys")
    with open(key) as f:
        content = f.read()

    def refused(why, path=key, option="secret_key_file", *more):
        for check in ((), ("--check",)):
            arguments = ("-o", state, "-o", option + "=" + path) + more + check
            code, text = scene.mandated(*arguments)
            expect(code == 78 and path in text and why in text, "78 and \"%s\"" % why, code, text)
        expect(not os.path.exists(scene.path("keys")), "nothing has been begun")

    def rewrite(text):
        with open(key, "w") as f:
            f.write(text)

    for mode in (0o644, 0o640, 0o604):
        os.chmod(key, mode)
        refused("mode %04o" % mode)
    os.chmod(key, 0o600)
    refused("No such file", scene.path("no key"))
    os.chmod(key + ".pub", 0o600)
    refused("no secret one", key + ".pub")
    lines = content.splitlines()
    for text, why in ((lines[0] + "\n", "no key in it"), (lines[1][:-1] + "\n", "here are 39"),
                      (lines[1] + "0\n", "here are 41"), (lines[1][:-1] + "~\n", "not Z85"),
                      (lines[1] + "\n" + lines[1], "more lines")):
        rewrite(text)
        refused(why)
    rewrite(content)
    os.chmod(key, 0o644)
    refused("mode 0644", key, "secret_key_file_next", "-o", "listen_next=tcp://127.0.0.1:*")
    os.chmod(key, 0o600)
    code, text = scene.mandated("-o", state, "-o", "listen_next=tcp://127.0.0.1:*", "--check")
    expect(code == 78 and "secret_key_file_next" in text, "78 without the next key", code, text)
    code, text = scene.mandated("-o", state, "-o", "secret_key_file=" + key, "--check")
    expect(code == 0, "a right one", code, text)
    step("key files: of mode 0644, missing, too short, too long: 78, with file and reason")


def server_keys(scene):
    """A first start draws a pair; a configured one, or a credential, is used; two at once."""
    daemon = scene.daemon("first")
    expect("key.drawn" in daemon.log(), "a pair is drawn", daemon.log())
    drawn = daemon.server_key
    daemon.stop()
    daemon = scene.daemon("first")
    expect("key.drawn" not in daemon.log() and daemon.server_key == drawn, "and kept", daemon.log())
    daemon.stop()
    folder = scene.path("credentials")
    os.mkdir(folder)
    shutil.copy(scene.key_file("credential"), os.path.join(folder, "secret_key"))
    daemon = scene.daemon("first", environment=dict(CREDENTIALS_DIRECTORY=folder))
    expect(daemon.server_key == key_of(scene.key_file("credential") + ".pub"), "the credential's",
           daemon.log())
    daemon.stop()
    daemon = scene.daemon("first", "secret_key_file=" + scene.key_file("now"),
                          "listen_next=tcp://127.0.0.1:*",
                          "secret_key_file_next=" + scene.key_file("next"))
    keys = re.findall(r'endpoint=(tcp://\S+) server_key="(\S+)"', daemon.log())
    expect([key.encode() for _, key in keys] ==
           [key_of(scene.key_file(name) + ".pub") for name in ("now", "next")], "both", keys)
    for endpoint, key in keys:
        daemon.endpoint, daemon.server_key = endpoint, key.encode()
        expect(daemon.link().ask(ping=stranger.pb.Ping(version=1)).pong.version, "it answers")
    daemon.stop()
    step("a key drawn at the first start; one configured; a credential; two at once")


def nothing_configured(scene):
    home = scene.path("home")
    os.mkdir(home)
    how, root = {}, os.geteuid() == 0
    if root:
        os.chmod(scene.folder, 0o755)
        os.chown(home, NOBODY, NOBODY)
        how = dict(user=NOBODY, group=NOBODY, extra_groups=[])
    daemon = Daemon(scene, None, environment=dict(HOME=home, PATH="/usr/bin:/bin"), bare=True,
                    ready=False, cwd="/", **how)
    try:
        daemon.wait_ready()
    except stranger.Surprise:
        if "cannot bind tcp://127.0.0.1:7117" in daemon.log():
            return step("skipped: without configuration, for port 7117 is in use")
        if "Permission denied" in daemon.log() or "cannot execute" in daemon.log():
            return step("skipped: without configuration, %s", daemon.log().strip())
        raise
    expect(daemon.endpoint == "tcp://127.0.0.1:7117", "the default endpoint", daemon.endpoint)
    expect(daemon.control == "ipc://%s/.local/state/mandated/control" % home, "under $HOME",
           daemon.control)
    fill(daemon, 1)
    daemon.stop()
    step("without any configuration, as %s: it works, under $HOME",
         "a user without rights" if root else "this user")


def drain(scene):
    daemon = scene.daemon("drain")
    lane = fill(daemon, 1)
    link, pb = lane.link, stranger.pb
    first, count, change = len(lane.sent) + 1, 900, units(NAME, 1)[:1]
    answered, refused = set(), set()
    frames = [pb.Envelope(version=1, office=link.office, submission=lane.pack(change, first + n))
              .SerializeToString() for n in range(count)]
    for n, frame in enumerate(frames):
        link.socket.send(frame)
        if n == count // 2:
            daemon.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
    while link.socket.poll(200) or daemon.process.poll() is None:
        if not link.socket.poll(0):
            continue
        outcome = pb.Envelope.FromString(link.socket.recv()).outcome
        where = refused if outcome.HasField("refusal") else answered
        where.add(outcome.sequence)
        if outcome.HasField("refusal"):
            expect(outcome.refusal.code in (pb.CODE_STOPPING, pb.CODE_SEQ_JUMP),
                   "STOPPING", outcome)
    code, took = daemon.wait(), time.monotonic() - began
    expect(code == 0 and took < 5, "SIGTERM: 0 within 5 s", code, took, daemon.log())
    daemon = scene.daemon("drain")
    lane.link = daemon.link()
    jump = lane.refused(pb.CODE_SEQ_JUMP, units(NAME, 1)[:1], sequence=1 << 40)
    admitted = set(range(first, jump.expected_sequence))
    expect(answered == admitted, "what was admitted was answered",
           "%d answered, %d admitted" % (len(answered), len(admitted)))
    daemon.stop()
    step("SIGTERM under load: stopped in %.2f s, %d admitted and answered, %d told STOPPING", took,
         len(admitted), len(refused))


def notify(scene):
    path = scene.path("notify")
    inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    inbox.bind(path)
    inbox.settimeout(5)
    got = []

    def until(what):
        while not any(what in message for message in got):
            got.append(inbox.recv(4096).decode())

    daemon = scene.daemon("notify.d", environment=dict(NOTIFY_SOCKET=path, WATCHDOG_USEC="400000"))
    until("READY=1")
    expect("STATUS=revision 0" in got[-1], "READY comes with a status", got[-1])
    fill(daemon, 1)
    began = time.monotonic()
    while time.monotonic() - began < 1.2:
        got.append(inbox.recv(4096).decode())
    alive = [m for m in got if "WATCHDOG=1" in m]
    expect(len(alive) >= 4, "the watchdog is told more than twice a period", got)
    expect(any(re.search(r"STATUS=revision [1-9]", m) for m in got), "a status that moves", got)
    daemon.process.send_signal(signal.SIGHUP)
    until("STATUS=")
    daemon.process.send_signal(signal.SIGTERM)
    until("STOPPING=1")
    expect(daemon.wait(6) == 0 and " reload " in daemon.log(), "SIGHUP reloads", daemon.log())
    inbox.close()
    step("sd_notify: READY, STATUS, %d WATCHDOG in 1.2 s of a period of 0.4, STOPPING", len(alive))


def deaf_manager(scene):
    """Who does not read its notices must not stop the daemon."""
    path = scene.path("deaf")
    inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    inbox.bind(path)
    daemon = scene.daemon("deaf.d", environment=dict(NOTIFY_SOCKET=path, WATCHDOG_USEC="200000"))
    lane = fill(daemon, 1)
    began, answered = time.monotonic(), 0
    while time.monotonic() - began < 3:  # sixty signs of life: any queue of datagrams is full
        lane.accepted(units(NAME, 1)[:1])
        answered += 1
    daemon.process.send_signal(signal.SIGTERM)
    expect(daemon.wait(6) == 0, "it stops in order", daemon.log())
    inbox.close()
    step("a service manager that does not read: %d submissions answered all the same", answered)


def damage(path, pages=4096):
    """All but the two meta pages becomes noise."""
    with open(path, "r+b") as f:
        size = f.seek(0, os.SEEK_END)
        f.seek(2 * pages)
        f.write(os.urandom(size - 2 * pages))


def died_twice(scene):
    daemon = scene.daemon("twice")
    fill(daemon)
    before = history(daemon)
    daemon.kill()
    damage(scene.path("twice", "state", "data.mdb"))
    for n in range(2):
        daemon = scene.daemon("twice", ready=False)
        code = daemon.wait()
        expect(code != 0 and " ready " not in daemon.log(), "it dies over its state", code,
               daemon.log())
    daemon = scene.daemon("twice")
    expect('rebuilt="two runs died early"' in daemon.log(), "the state is built anew",
           daemon.log())
    expect(history(daemon) == before, "everything is there")
    step("a damaged state: two starts die, the third builds it anew and serves everything")
    for n in range(2):
        daemon.process.send_signal(signal.SIGSEGV)
        expect(daemon.wait() != 0, "a signal kills it")  # a sanitizer makes it an exit status
        daemon = scene.daemon("twice")
    expect('rebuilt="two runs died early"' in daemon.log(), "built anew", daemon.log())
    expect(history(daemon) == before, "everything is there")
    daemon.stop()
    daemon = scene.daemon("twice")
    expect("rebuilt=no" in daemon.log(), "then it is believed again", daemon.log())
    daemon.stop()
    step("two early deaths by a signal: the same; after a clean stop it is believed again")


def boots(scene):
    def start(boot, *options):
        return scene.daemon("boot", *options, environment=dict(MANDATED_BOOT_ID=boot))

    daemon = start("a")
    lane = fill(daemon)
    before = history(daemon)
    daemon.kill()
    daemon = start("a")
    expect("rebuilt=no" in daemon.log() and history(daemon) == before, "the same boot: believed",
           daemon.log())
    daemon.kill()
    daemon = start("b")
    expect(re.search('rebuilt="not from this boot.* checkpoint=0 ', daemon.log()),
           "another boot: built anew", daemon.log())
    expect(history(daemon) == before, "the same history")
    report = daemon.operate(checkpoint=stranger.pb.CheckpointRequest())
    expect(report.code == stranger.pb.CODE_ACCEPTED, "a checkpoint", report)
    lane.link = daemon.link()
    for n in range(5):
        lane.accepted(units(NAME, 1)[50 + n:51 + n])
    before = history(daemon)
    daemon.kill()
    daemon = start("c")
    found = re.search(r'rebuilt="not from this boot.* checkpoint=(\d+) replayed=(\d+)',
                      daemon.log())
    expect(found and int(found.group(1)) > 0 and int(found.group(2)) == 5,
           "another boot: from the checkpoint and the 5 inputs after it", daemon.log())
    expect(history(daemon) == before, "the same history")
    for verify in (dict(), dict(from_checkpoint=True)):
        report = daemon.operate(verify=stranger.pb.VerifyRequest(**verify))
        expect(report.code == stranger.pb.CODE_ACCEPTED, "it verifies", verify, report)
    daemon.stop()
    daemon = start("d")
    expect("rebuilt=no" in daemon.log() and "clean=yes" in daemon.log(),
           "a clean stop and another boot: believed", daemon.log())
    expect(history(daemon) == before, "the same history")
    daemon.stop()
    step("after kill -9: the same boot believes the state; another rebuilds it, from the journal, "
         "and from a checkpoint (%s) and 5 inputs; it verifies", found.group(1))


def play(scene):
    refuse_second(scene)
    configuration(scene)
    wrong_keys(scene)
    server_keys(scene)
    nothing_configured(scene)
    notify(scene)
    deaf_manager(scene)
    drain(scene)
    died_twice(scene)
    boots(scene)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
