#!/usr/bin/python3
"""Verification proves what is right and reports what is not.

Every byte of two journal batches and random bytes of the state are changed, one a time, and judged by
`mandated --verify` of a stopped directory, a process for each. Whether a byte of the state changed
any pair is decided by LMDB alone (tests/tools/pairs.c).
"""
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import time

import stranger
from support import Sender, day, expect, main, memory_folder, step
from stranger import head_counts, instrument, operation, partners, units

NAME = "VERIFY"
SECTOR, HEADER, ENTRY = 512, 128, 8
FOUND = 1
PAGE, TRANSACTION = 4096, 144  # LMDB's, and where a first page holds its number
WORKERS = 2


def fill(daemon):
    """A small state with something in every table."""
    pb = stranger.pb
    lane = Sender(daemon.link())
    daemon.day("2014-12-01")
    lane.accepted(partners() + [operation(NAME)])
    lane.accepted([instrument(NAME)])
    lane.accepted([head_counts(NAME)])
    clash = instrument(NAME, military=1400)
    lane.accepted([clash])
    lane.refused(pb.CODE_UNKNOWN_OPERATION, [instrument("NOWHERE")])
    for n in range(12):
        lane.accepted(units(NAME, 1)[n:n + 1])
    daemon.operate(cursor=pb.CursorRequest(name="reader", revision=3))
    return lane


def head_of(daemon):
    head = daemon.link().query(status=stranger.pb.StatusQuery()).head
    return head.revision, head.event_hash.hex()


class Judge:
    """Verifies copies of a directory; `flip` changes a byte, asks and changes it back."""

    def __init__(self, scene):
        self.scene = scene

    def verify(self, directory, *arguments):
        """Exit status, negative for a signal, and what it said last."""
        done = subprocess.run(
            [self.scene.binary("mandated"), "--verify", "-o", "state_dir=" + directory, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            timeout=60 * self.scene.slow, errors="replace")
        lines = done.stdout.strip().splitlines()
        return done.returncode, lines[-1] if lines else ""

    def flip(self, directory, name, at, mask):
        with open(os.path.join(directory, name), "r+b", buffering=0) as f:
            def write():
                byte = os.pread(f.fileno(), 1, at)
                os.pwrite(f.fileno(), bytes([byte[0] ^ mask]), at)
            write()
            try:
                pairs = self.pairs(directory) if name.startswith("state") else None
                return (*self.verify(directory), pairs)
            finally:
                write()

    def pairs(self, directory):
        """All pairs of the state as LMDB reads them; None if it does not."""
        done = subprocess.run([self.scene.options.pairs, os.path.join(directory, "state")],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=60)
        return done.stdout if done.returncode == 0 else None

    def spread(self, directory, tasks, look):
        """Runs `look(copy, task)` for all tasks, on a copy of the directory for each worker."""
        copies = []
        for n in range(WORKERS):
            copies.append("%s.%d" % (directory, n))
            shutil.copytree(directory, copies[-1], ignore=lambda d, names: [
                n for n in names if n in ("control", "feed")])

        def work(n):
            return [look(copies[n], task) for task in tasks[n::WORKERS]]

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            results = [r for part in pool.map(work, range(WORKERS)) for r in part]
        for copy in copies:
            shutil.rmtree(copy)
        return results


def batches(path):
    """(offset, bytes with entries, bytes with padding) of each frame of a segment."""
    with open(path, "rb") as f:
        data = f.read()
    at, magic, found = SECTOR, data[SECTOR:SECTOR + 8], []
    while data[at:at + 8] == magic and any(magic):
        size = HEADER + int.from_bytes(data[at + 44:at + 48], "big")
        whole = (size + SECTOR - 1) // SECTOR * SECTOR
        found.append((at, size, whole))
        at += whole
    return found


def proves(scene, judge):
    daemon = scene.daemon("d")
    fill(daemon)
    revision, event_hash = head_of(daemon)
    pb = stranger.pb
    for right, head in ((True, None), (True, event_hash), (False, "00" + event_hash[2:])):
        request = pb.VerifyRequest()
        if head:
            request.head.revision, request.head.event_hash = revision, bytes.fromhex(head)
        report = daemon.operate(verify=request)
        expect(report.code == (pb.CODE_ACCEPTED if right else pb.CODE_DIVERGED),
               "the daemon verifies itself", head, report)
    daemon.stop()
    directory = scene.path("d")
    code, text = judge.verify(directory)
    expect(code == 0 and text.startswith("proven"), "the directory is proven", code, text)
    step("as it is: %s", text)
    return directory, revision, event_hash


def rewritten(scene, judge, directory, revision, event_hash):
    """Another journal with the same start."""
    tales = []
    for name, persons in (("first", 11), ("second", 12)):
        shutil.copytree(directory, scene.path(name), ignore=lambda d, names: [
            n for n in names if n in ("control", "feed")])
        daemon = scene.daemon(name)
        lane = Sender(daemon.link())
        content = units(NAME, 1)[100:101]
        content[0].record.unit.persons = persons
        lane.accepted(content)
        tales.append((scene.path(name), *head_of(daemon)))
        daemon.stop()
    (first, number, first_hash), (second, again, second_hash) = tales
    expect(number == again and first_hash != second_hash, "two histories")
    for where, head, code in (
            (first, (number, first_hash), 0), (second, (number, second_hash), 0),
            (first, (revision, event_hash), 0), (second, (revision, event_hash), 0),
            (first, (number, second_hash), 1), (second, (number, first_hash), 1),
            (directory, (number, first_hash), 1)):
        found, text = judge.verify(where, "--head", "%d:%s" % head)
        expect(found == code and text.startswith(("proven", "rewritten")[code]),
               "verify --head: %d" % code, where, head, found, text)
    step("a history that went on differently: its own head is proven, the other's is not, and "
         "that of their common past is")
    return first


def journal_flips(scene, judge, directory, what, stride):
    name = os.path.join("journal", sorted(os.listdir(os.path.join(directory, "journal")))[0])
    frames = batches(os.path.join(directory, name))
    rng = random.Random(scene.options.seed)
    for which, (at, size, whole) in (("batch %d of %d" % (len(frames) // 2, len(frames)),
                                      frames[len(frames) // 2 - 1]),
                                     ("the last answered batch", frames[-1])):
        first = rng.randrange(stride)
        tasks = [(at + n, 1 << rng.randrange(8)) for n in range(first, whole, stride)]
        results = judge.spread(directory, tasks, lambda copy, task: (
            task, judge.flip(copy, name, *task)))
        missed = [(place - at, mask, code, text) for (place, mask), (code, text, _) in results
                  if code == 0 and place < at + size]
        expect(not missed, "every flip is reported", *map(str, missed[:5]))
        told = sum(code != 0 for _, (code, _, _) in results)
        odd = [r for r in results if r[1][0] not in (0, FOUND) and r[1][0] >= 0]
        expect(not odd, "1, or death by a signal", *map(str, odd[:3]))
        step("%s, %s: %d of %d flips reported, all within its %d bytes%s", what, which, told,
             len(tasks), size, "" if told == len(tasks) else " (the rest is padding)")


def state_flips(scene, judge, directory, count):
    rng = random.Random(scene.options.seed)
    name = os.path.join("state", "data.mdb")
    size = os.path.getsize(os.path.join(directory, name))
    right = judge.pairs(directory)
    expect(right, "the pairs can be read")
    tasks = [(rng.randrange(size), 1 << rng.randrange(8)) for _ in range(count)]
    # The transactions' numbers in both first pages: they decide which of two states is the newer.
    tasks += [(page * PAGE + TRANSACTION + n, 1) for page in (0, 1) for n in range(8)]
    began = time.monotonic()
    results = judge.spread(directory, tasks, lambda copy, task: (
        task, judge.flip(copy, name, *task)))
    took = time.monotonic() - began
    changed = [(t, code, text) for t, (code, text, pairs) in results if pairs != right]
    same = [(t, code, text) for t, (code, text, pairs) in results if pairs == right]
    missed = [r for r in changed if r[1] == 0]
    expect(not missed, "every flip that changes a pair is reported", "seed %d" % scene.options.seed,
           *map(str, missed[:9]))
    odd = [r for r in changed if r[1] not in (0, FOUND) and r[1] >= 0]
    expect(not odd, "reported with 1, or by a signal", *map(str, odd[:9]))
    alarms = [r for r in same if r[1] != 0]
    died = sum(r[1] < 0 for r in changed)
    step("state, %d bytes of %d, nearly all at random, seed %d: %d change a pair, all reported, %d of them by a "
         "signal; %d change none, %d of them damage the file otherwise and are reported; %.1f ms "
         "each", len(tasks), size, scene.options.seed, len(changed), died, len(same), len(alarms),
         took * 1000 / len(tasks))
    for place, code, text in alarms[:scene.options.show]:
        print("    byte %d of page %d: %s" % (place[0] % PAGE, place[0] // PAGE, text))


def play(scene):
    judge = Judge(scene)
    directory, revision, event_hash = proves(scene, judge)
    rewritten(scene, judge, directory, revision, event_hash)
    options = scene.options
    journal_flips(scene, judge, directory, "stopped", options.stride)
    killed = scene.daemon("killed")
    fill(killed)
    killed.kill()
    journal_flips(scene, judge, scene.path("killed"), "killed", options.stride)
    state_flips(scene, judge, directory, options.flips)


def add_options(parser):
    here = os.path.join(stranger.HERE, "..", "..", "build", "release", "tests", "tools", "pairs")
    parser.add_argument("--pairs", default=here, help="the program that reads pairs")
    parser.add_argument("--flips", type=int, default=120, help="of the state")
    parser.add_argument("--stride", type=int, default=24, help="of the journal: every n-th byte")
    parser.add_argument("--show", type=int, default=0, help="so many reports of harmless flips")
    parser.add_argument("--seed", type=int, default=int(time.time()))


if __name__ == "__main__":
    sys.exit(main(__doc__, play, add_options, memory_folder()))
