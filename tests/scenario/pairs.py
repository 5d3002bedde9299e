#!/usr/bin/python3
"""Every pair of an office and a record, written and read from outside: only what is granted passes.

Offices get grants by chance (the seed is printed); what each may do is decided here once more, in
the words of DESIGN: to write, one grant covers all that is named; to read, one of the operations
and every contributor.
"""
import itertools
import random
import sys

import stranger
from stranger import Keys, Link
from support import Sender, Stream, change, day, expect, main, memory_folder, step

OFFICES = 24
OPERATIONS = ("MONUC", "UNMIL")
CONTRIBUTORS = ("GHA", "RWA")
PARTIES = ("AU", "UNSC")
KINDS = ("instrument", "return", "total", "unit", "pledge")


def kind_of(name):
    return stranger.record.Kind.Value("KIND_" + name.upper())


class Case:
    """A record: what it is and names. `who` distinguishes those that an office tries to write."""

    def __init__(self, kind, operation, contributor, party, who, number):
        self.kind, self.operation, self.party = kind, operation, party
        self.contributors = [contributor] if contributor else []
        record = stranger.record
        name, on = "%s %d" % (who, number), day("2004-01-01") + number
        troops = record.COMPONENT_TROOPS
        if kind == "instrument":
            self.key = "%s:%s:%s" % (operation, party, name)
            self.content = dict(instrument=record.Instrument(
                operation=operation, party=party, document=name, action=record.ACTION_AMEND,
                adopted=on))
        elif kind == "return":
            self.content = {"return": record.Return(
                operation=operation, as_of=on, covers=[troops], counts=[record.HeadCount(
                    contributor=contributor, component=troops, persons=number)])}
        elif kind == "total":
            self.content = dict(total=record.Total(operation=operation, as_of=on,
                                                   component=troops, persons=number))
        elif kind == "unit":
            self.key = "%s:%s:%s:2004-01-01" % (operation, contributor, name)
            self.content = {"unit": record.Unit(
                operation=operation, contributor=contributor, unit=name, component=troops,
                persons=number, **{"from": day("2004-01-01")})}
        else:
            self.key = "%s:%s" % (contributor, name)
            self.content = dict(pledge=record.Pledge(
                contributor=contributor, pledge=name, operation=operation, component=troops,
                persons=number, registered=day("2004-01-01")))

    def change(self):
        return change(**self.content)


def cases(who, first):
    numbers = itertools.count(first)
    for kind, operation in itertools.product(KINDS, OPERATIONS):
        contributors = CONTRIBUTORS if kind in ("return", "unit", "pledge") else (None,)
        parties = PARTIES if kind == "instrument" else (None,)
        for contributor, party in itertools.product(contributors, parties):
            yield Case(kind, operation, contributor, party, who, next(numbers))


def some(dice, names):
    """A list by chance; an empty one is any."""
    return sorted(n for n in names if dice.random() < 0.5)


def draw_grants(dice):
    record = stranger.record
    return [dict(access=dice.choice([record.ACCESS_READ, record.ACCESS_WRITE]),
                 kinds=some(dice, map(kind_of, KINDS)), operations=some(dice, OPERATIONS),
                 contributors=some(dice, CONTRIBUTORS) if dice.random() < 0.6 else [],
                 parties=some(dice, PARTIES) if dice.random() < 0.4 else [])
            for _ in range(dice.randint(0, 3))]


def covers(listed, named):
    return not listed or bool(named) and set(named) <= set(listed)


def may_write(grants, case):
    return any(g["access"] == stranger.record.ACCESS_WRITE
               and (not g["kinds"] or kind_of(case.kind) in g["kinds"])
               and covers(g["operations"], [case.operation])
               and covers(g["contributors"], case.contributors)
               and covers(g["parties"], [case.party] if case.party else [])
               for g in grants)


def may_read(grants, case):
    return any((not g["kinds"] or kind_of(case.kind) in g["kinds"])
               and (not g["operations"] or case.operation in g["operations"])
               and (not g["contributors"] or set(case.contributors) <= set(g["contributors"]))
               for g in grants)


def writes(link, grants, name, first):
    """Tries every case; answers those that went in and how many did not."""
    sender, taken, refused = Sender(link), [], 0
    for case in cases(name, first):
        outcome = sender.push([case.change()]).outcome
        code = outcome.refusal.code if outcome.HasField("refusal") else stranger.pb.CODE_ACCEPTED
        wanted = stranger.pb.CODE_ACCEPTED if may_write(grants, case) \
            else stranger.pb.CODE_AUTH_SCOPE
        expect(code == wanted, "%s writes %s of %s %s %s" % (
            name, case.kind, case.operation, case.contributors, case.party), grants, outcome)
        if wanted == stranger.pb.CODE_ACCEPTED:
            case.revision = outcome.results[0].revision
            taken.append(case)
        else:
            refused += 1
    return taken, refused


def listed(link, kind):
    """Revisions of all records of a kind, page by page."""
    seen, more = set(), {}
    while True:
        answer = link.query(list=stranger.pb.ListQuery(kind=kind), **more).answer
        expect(not answer.HasField("refusal"), "a list", answer)
        seen.update(r.version.revision for r in answer.rows)
        if not answer.HasField("next"):
            return seen
        more = dict(after=answer.next, pinned=answer.revision)


def reads(link, grants, name, known, newest):
    wanted = {c.revision for c in known if may_read(grants, c)}
    kinds = set(map(kind_of, KINDS))
    rows = set().union(*(listed(link, kind) for kind in kinds))
    expect(rows == wanted, "%s lists what it may read" % name, grants,
           sorted(rows - wanted), sorted(wanted - rows))
    stream = Stream(link, filter=stranger.pb.Filter(kinds=sorted(kinds)), credit=1 << 20)
    stream.follow(newest)
    events = set(stream.events)
    expect(events == wanted, "%s is sent what it may read" % name, grants,
           sorted(events - wanted), sorted(wanted - events))
    return len(wanted), len(known) - len(wanted)


def play(scene):
    record, seed = stranger.record, scene.options.seed or random.getrandbits(32)
    print("--seed %d" % seed)
    dice = random.Random(seed)
    daemon = scene.daemon("pairs")
    local = Sender(daemon.link(control=True))
    for code in CONTRIBUTORS + PARTIES:
        local.accepted([change(partner=record.Partner(code=code))])
    for name in OPERATIONS:
        local.accepted([change(operation=record.Operation(acronym=name))])
    grants, links, known, refused = {}, {}, [], 0
    for i in range(OFFICES):
        name, keys = "OFFICE-%02d" % i, Keys(daemon.server_key, scene.secret_key("OFFICE-%02d" % i))
        grants[name] = draw_grants(dice)
        local.accepted([change(office=record.Office(
            office=name, devices=[record.Device(name="desk", key=keys.public.decode())],
            grants=[record.Grant(**g) for g in grants[name]]))])
        links[name] = Link(scene.context, daemon.endpoint, name, 10, keys)
    for i, name in enumerate(grants):
        taken, not_taken = writes(links[name], grants[name], name, 1 + 100 * i)
        known, refused = known + taken, refused + not_taken
    step("%d offices try every kind, operation, contributor and party: %d go in, %d are beyond "
         "their grants" % (OFFICES, len(known), refused))
    newest, seen, hidden = daemon.status().revision, 0, 0
    for name in grants:
        shown, not_shown = reads(links[name], grants[name], name, known, newest)
        seen, hidden = seen + shown, hidden + not_shown
    step("and read them, by lists and by streams: %d pairs seen, %d not" % (seen, hidden))
    for link in [local.link, *links.values()]:
        link.socket.close(linger=0)


def options(parser):
    parser.add_argument("--seed", type=int, help="of the grants")


if __name__ == "__main__":
    sys.exit(main(__doc__, play, add_options=options, folder=memory_folder()))
