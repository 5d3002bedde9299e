"""What the scenarios share: daemons in temporary directories, clients, steps that are told.

A scenario is a function that takes a Scene; `main` gives it one, prints a line a step and says in
the exit status how it went. Whatever was started here is ended here.
"""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import zmq

sys.dont_write_bytecode = True  # a test run leaves the work tree clean
import stranger
from stranger import HERE, Keys, Link, Sender, Stream, Surprise, change, day, expect, step

READY_S = 30
STOP_S = 5


class Daemon:
    """One run of mandated. What it logs goes into a file beside its directory."""

    def __init__(self, scene, directory, *options, environment=None, ready=True, bare=False,
                 **popen):
        self.scene, self.directory = scene, directory
        self.log_path = scene.path("log.%d" % len(scene.daemons))
        command = [scene.binary("mandated")]
        if not bare:
            options = ("state_dir=" + directory, "listen=tcp://127.0.0.1:*",
                       "segment_bytes=1M", "calendar=manual") + options
        for option in options:
            command += ["-o", option]
        everything = dict({} if bare else os.environ, **(environment or {}))
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=everything, **popen)
        scene.daemons.append(self)
        self.admitted = scene.admitted.setdefault(directory, set())
        if ready:
            self.wait_ready()

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def wait_ready(self):
        until = time.monotonic() + READY_S
        while not re.search(r"^\w+ +ready ", self.log(), re.M):
            expect(self.process.poll() is None, "the daemon starts", self.log())
            expect(time.monotonic() < until, "the daemon is ready in time", self.log())
            time.sleep(0.005)
        self.endpoint = re.search(r"endpoint=(tcp://\S+)", self.log())
        self.endpoint = self.endpoint and self.endpoint.group(1)
        self.control = re.search(r"endpoint=(ipc://\S+)", self.log()).group(1)
        key = re.search(r'endpoint=tcp://\S+ server_key="(\S+)"', self.log())
        self.server_key = key and key.group(1).encode()
        self.server_key_file = os.path.join(self.directory or "", "secret_key.pub")
        self.alive()

    def alive(self):
        expect(self.process.poll() is None, "the daemon runs", self.process.poll(), self.log())

    def keys(self, office, administrator=True):
        """The keys of an office, which is one from then on; they are the scene's."""
        keys = Keys(self.server_key, self.scene.secret_key(office))
        if office not in self.admitted:
            self.admitted.add(office)
            self.admit(office, keys.public, administrator)
        return keys

    def admit(self, office, key, administrator):
        """Records an office that may write everything, and as an administrator sees everything: so
        the history that it follows has no gaps."""
        record = stranger.record
        content = record.Office(office=office, administrator=administrator or None,
                                devices=[record.Device(name="test", key=key.decode())],
                                grants=[record.Grant(access=record.ACCESS_WRITE)])
        link = self.link(control=True)
        Sender(link).accepted([change(office=content)])
        link.socket.close(linger=0)

    def link(self, office="field", control=False, timeout_s=10, administrator=True):
        if control:
            return Link(self.scene.context, self.control, None, timeout_s)
        return Link(self.scene.context, self.endpoint, office, timeout_s,
                    self.keys(office, administrator))

    def status(self):
        link = self.link(control=True)
        row = link.query(status=stranger.pb.StatusQuery()).answer.rows[0].status
        link.socket.close(linger=0)
        return row

    def operate(self, **what):
        """The last report to an operator's request."""
        link = self.link(control=True, timeout_s=60)
        correlation = link.send(operate=stranger.pb.Operate(**what))
        while True:
            got = link.receive(correlation)
            expect(got, "a report", what)
            if not got[0].report.more:
                link.socket.close(linger=0)
                return got[0].report

    def day(self, text):
        return self.operate(day=stranger.pb.DayRequest(day=day(text))).code

    def wait(self, timeout_s=READY_S):
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Surprise("the daemon ends within %g s\n%s" % (timeout_s, self.log())) from None

    def stop(self):
        """SIGTERM; it must end in order and in time."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.wait(STOP_S + 1)
        took = time.monotonic() - began
        expect(code == 0, "SIGTERM ends it with 0", code, self.log())
        expect(took < STOP_S * self.scene.slow, "it ends within 5 s", took)
        return took

    def kill(self):
        self.process.kill()
        self.process.wait()

    def memory(self):
        """Bytes that are its own: anonymous memory, not mapped files."""
        with open("/proc/%d/smaps_rollup" % self.process.pid) as f:
            return int(re.search(r"^Anonymous: +(\d+) kB", f.read(), re.M).group(1)) * 1024


class Scene:
    """A temporary folder, the programs and whatever runs."""

    def __init__(self, options):
        self.options = options
        self.slow = 4 if options.slow else 1
        self.memory = 32 if options.slow else 1  # freed memory is kept aside there
        self.context = zmq.Context()
        self.folder = tempfile.mkdtemp(prefix="scene.", dir=options.folder)
        self.daemons, self.undo = [], []
        self.admitted = {}  # the offices on record, by state directory

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def binary(self, name):
        return os.path.join(self.options.bin, name)

    def daemon(self, name, *options, **how):
        return Daemon(self, self.path(name), *options, **how)

    def key_file(self, name):
        """The secret key file of a name, drawn when it is first asked for."""
        path = self.path(name + ".key")
        if not os.path.exists(path):
            code, text = self.run(self.binary("mandatectl"), "keygen", path)
            expect(code == 0, "mandatectl keygen", text)
        return path

    def secret_key(self, name):
        return stranger.key_of(self.key_file(name))

    def run(self, *command, **how):
        """A program that must end by itself; its status and what it wrote."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, timeout=120, errors="replace", **how)
        return done.returncode, done.stdout

    def mandated(self, *arguments, **how):
        return self.run(self.binary("mandated"), *arguments, **how)

    def close(self):
        self.context.destroy(linger=0)
        for daemon in self.daemons:
            if daemon.process.poll() is None:
                daemon.kill()
        for undo in reversed(self.undo):
            undo()
        if not self.options.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class Skipped(Exception):
    pass


def memory_folder():
    """Where files are in memory: state and journal of a daemon that is not cut off from power."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main(description, play, add_options=None, folder=None):
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--bin", default=os.path.join(HERE, "..", "..", "build", "release"),
                        help="the folder with the programs")
    parser.add_argument("--folder", default=folder, help="where temporary files are made")
    parser.add_argument("--slow", action="store_true",
                        help="an instrumented build: limits of time and memory are wider")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    if add_options:
        add_options(parser)
    options = parser.parse_args()
    options.bin = os.path.abspath(options.bin)
    stranger.pb, stranger.record = stranger.load_schema(os.path.join(HERE, "..", "..", "proto"))
    scene = Scene(options)
    try:
        play(scene)
    except Skipped as why:
        print("skipped: %s" % why, flush=True)
    except Surprise as surprise:
        print("FAILED: expected " + str(surprise), file=sys.stderr)
        return 1
    finally:
        scene.close()
    return 0
