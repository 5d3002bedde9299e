#!/usr/bin/python3
"""Files of facts, imported in many orders of their lines: records, folds and alerts are the same.

Names come first, since who names what is not on record is refused: partners, then operations. All
other files follow in any order, each with its lines in any order.
"""
import json
import os
import random
import sys

from support import Scene, expect, main, memory_folder, step

NAMES = [["partners"], ["operations", "psdata-operations"]]
FACTS = ["mandates", "ceilings", "deployments", "strengths", "contributions-monthly",
         "contributions-locations", "arrangements", "priorities", "finance"]
KINDS = ["partner", "operation", "instrument", "ceiling", "return", "total", "estimate",
         "arrangement", "acceptance", "priorities", "endorsement", "amount"]
DAYS = ["1965-07-01", "1993-06-30", "2000-02-29", "2005-02-15", "2007-12-31", "2010-03-12",
        "2014-09-15", "2017-06-29", "2020-10-31", "2023-12-31"]
LAST_DAY = "2025-12-31"
OF_AN_ORDER = {"revision", "time_ms", "last_revision", "index"}  # and of nothing else
TIMES = 3


def strip(value):
    """Without what depends on the order by its nature."""
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if k not in OF_AN_ORDER}
    return [strip(v) for v in value] if isinstance(value, list) else value


class Imported:
    """A daemon that was given all files in one order, and what can be seen of it."""

    def __init__(self, scene, number, chance):
        self.scene, self.chance = scene, chance
        self.daemon = scene.daemon("order.%d" % number)
        expect(self.daemon.day(LAST_DAY) == 1, "the day is entered")
        self.statuses = {}
        for group in self.order():
            for kind in group:
                self.take(kind, number)

    def order(self):
        facts = FACTS[:]
        if self.chance:
            self.chance.shuffle(facts)
        return NAMES + [facts]

    def ctl(self, *arguments):
        return self.scene.run(self.scene.binary("mandatectl"), "--server", self.daemon.control,
                              "--format", "json", *arguments)

    def take(self, kind, number):
        source = os.path.join(self.scene.options.data, kind + ".csv")
        if not os.path.exists(source):
            return
        with open(source, encoding="utf-8", newline="") as f:
            head, *lines = f.read().splitlines(keepends=True)
        if self.chance:
            self.chance.shuffle(lines)
        folder = self.scene.path("files.%d" % number)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, kind + ".csv"), "w", encoding="utf-8", newline="") as f:
            f.write(head + "".join(lines))
        self.statuses[kind], said = self.ctl("import", kind, f.name)
        expect(self.statuses[kind] in (0, 1), "the file is imported", kind, said[-2000:])

    def rows(self, *arguments):
        status, out = self.ctl(*arguments)
        expect(status == 0, "an answer", arguments, out[-2000:])
        return sorted(json.dumps(strip(json.loads(line)), sort_keys=True)
                      for line in out.splitlines())

    def seen(self):
        seen = {"statuses": [json.dumps(self.statuses, sort_keys=True)]}
        for kind in KINDS:
            seen["list " + kind] = self.rows("list", kind)
        for on in DAYS + [LAST_DAY]:
            seen["overview on " + on] = self.rows("overview", "--on", on)
            seen["alerts on " + on] = self.rows("alerts", "--on", on)
        for row in seen["list operation"]:
            name = json.loads(row)["key"]
            seen["timeline " + name] = self.rows("timeline", name)
        self.daemon.stop()
        return seen


def play(scene: Scene):
    seed = scene.options.seed or random.randrange(1 << 32)
    print("--seed %d" % seed, flush=True)
    first = Imported(scene, 0, None).seen()
    step("%d records, as the files have them", sum(len(first["list " + k]) for k in KINDS))
    for n in range(1, scene.options.times + 1):
        other = Imported(scene, n, random.Random(seed + n)).seen()
        for what in first:
            if first[what] != other[what]:
                gone = sorted(set(first[what]) - set(other[what]))[:3]
                come = sorted(set(other[what]) - set(first[what]))[:3]
                expect(False, "%s does not depend on the order" % what, gone, come)
        expect(first.keys() == other.keys(), "all is seen of both")
    step("%d other orders of files and lines: %d lists and folds are the same",
         scene.options.times, len(first))


def options(parser):
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--data", default=os.path.join(here, "..", "data"),
                        help="the folder with the files")
    parser.add_argument("--times", type=int, default=TIMES, help="how many orders")
    parser.add_argument("--seed", type=int, help="of the first order")


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
