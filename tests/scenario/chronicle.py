"""How a story is told: by what became known on which day, and what is true of which day.

A story has `names` (partners and operations, which are on record before anything else), `told` (on
which day which facts and acts arrive, and what the alert log says on that day: on all others,
nothing) and `states`, the expected state by day. It is lived through day by day, each state seen on
its own day; asked again afterwards, as it was known then and as all is known; and once more of
daemons that get everything at once, in other orders: facts in any, acts after what they act on.

What was answered on a day for lack of a fact that came later, or by a wrong one, is a state of
`believed`: seen on its day and as known then, but not when all is known. What is only seen then is
in `found`.
"""
import csv
import datetime
import itertools
import os
import random

import stranger
from partnership import Partners
from support import expect, step

DATA = os.path.join(stranger.HERE, "..", "data")
PARTNERS = ("UNSC", "UN", "BGD", "ETH", "GHA", "IND", "PAK", "RWA", "ZMB")
KEYS = {"return": ("operation", "as_of"), "instrument": ("operation", "party", "document"),
        "transfer": ("contributor", "unit", "day")}
OF_AN_EVENT = ("revision", "time_ms")  # told of what is open now, not of what was then
ACTS = ("claim", "arrangement", "acceptance", "pledge", "pledge_step")  # and what they act on
SHUFFLES = 2

# --- facts -----------------------------------------------------------------------------------


def rows_of(name, operation):
    with open(os.path.join(DATA, name + ".csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    return [r for r in rows if (r.get("operation") or r.get("acronym")) == operation]


def filled(**members):
    return {name: value for name, value in members.items() if value not in ("", None, [])}


def operation(acronym, edition=None, **more):
    """As the example data has it, but `more`."""
    row, = rows_of("operations", acronym)
    series, _, until = row["mandate_series_to"].partition("to_2")
    known = dict(acronym=acronym, kind=row["kind"], hosts=row["host_iso3"].split(";"),
                 start_date=row["start_date"], end_date=row["end_date"], status=row["status"],
                 mandate_series_from=row["mandate_series_from"],
                 mandate_series_to="to_date" if until else series,
                 mandate_series_to_day=until and "2" + until)
    return change({"operation": filled(**dict(known, **more))}, edition)


def text(acronym, number, edition=None, **more):
    """What resolution `number` says of the operation, as the example data has it, but `more`."""
    row, = [r for r in rows_of("mandates", acronym) if r["document"] == "S/RES/%d" % number]
    entries = [{"component": c, "persons": int(row["ceiling_" + c])}
               for c in ("uniformed", "military", "police", "fpu_units") if row["ceiling_" + c]]
    said = filled(ceilings=entries, carried_out=False if row["carried_out"] == "no" else None,
                  **{name: row[name] for name in (
                      "operation", "party", "document", "action", "adopted", "effective",
                      "valid_until", "withdraw_by")})
    return change({"instrument": dict(said, **more)}, edition)


def texts(acronym, *numbers):
    return [text(acronym, number) for number in numbers]


def ceilings(acronym):
    """The entries that stand beside a resolution."""
    return [{"ceiling": filled(persons=int(r["persons"]), **{k: r[k] for k in (
        "operation", "document", "component", "from", "until", "comply_by")})}
            for r in rows_of("ceilings", acronym)]


def returned(acronym, as_of, troops, police, edition=None):
    """A head-count; of one contributor, which is enough here."""
    counts = [{"contributor": "GHA", "component": component, "persons": persons}
              for component, persons in (("troops", troops), ("individual_police", police))
              if persons]
    return change({"return": {"operation": acronym, "as_of": as_of, "counts": counts}}, edition)


def unit(acronym, contributor, name, since, to, persons, **more):
    return {"unit": filled(**dict(dict(
        operation=acronym, contributor=contributor, unit=name, component="troops",
        persons=persons, to=to, mou="signed", mou_signed=since, **{"from": since}), **more))}


def change(record, edition=None):
    """A higher edition is a correction."""
    return filled(edition=edition, action="correct" if edition else "record", record=record)


def retracted(fact, edition):
    """It is named by its key, and nothing is said of it."""
    (kind, content), = fact.get("record", fact).items()
    key = {name: content[name] for name in KEYS[kind]}
    return {"action": "retract", "edition": edition, "record": {kind: key}}


def transfer(contributor, name, on, origin, to, **more):
    return {"transfer": dict(contributor=contributor, unit=name, day=on, operation=origin,
                             other_operation=to, **more)}


def accepts(party, arrangement, on):
    return {"acceptance": {"arrangement": arrangement, "party": party, "reply": "accepted",
                           "day": on}}


class By:
    """A fact that another office sends, which may be refused: with this code and these words."""

    def __init__(self, office, fact, refused=None, words=()):
        self.office, self.fact, self.refused, self.words = office, fact, refused, words


def sent(item):
    """The office, and what it sends."""
    return (item.office, item.fact) if isinstance(item, By) else (None, item)


def is_act(item):
    _, fact = sent(item)
    return any(kind in ACTS for kind in fact.get("record", fact))


def other_order(chance, items):
    """Facts anywhere; acts anywhere too, but one after the other as they came."""
    items = [item for item in items if not (isinstance(item, By) and item.refused)]
    acts = [item for item in items if is_act(item)]
    chance.shuffle(items)
    acts.reverse()
    return [acts.pop() if is_act(item) else item for item in items]


# --- states ----------------------------------------------------------------------------------


def state(on, acronym, status=None, **expected):
    """Of `on`: status, until (V), secured (U), withdraw_by, how, document, ceilings, applies,
    present (persons by component), alerts (all that are open)."""
    if status:
        expected["status"] = status
    return on, acronym, expected


def answered(on, question, *expected):
    """Of `on`: what mandatectl answers to the question, row by row; only what is given of a row is
    compared, None if it must not be there."""
    return on, tuple(question), expected


def holds(wanted, got):
    """Is all that is wanted in what there is?"""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(holds(v, got.get(k)) for k, v in wanted.items())
    if isinstance(wanted, list):
        return (isinstance(got, list) and len(wanted) == len(got)
                and all(map(holds, wanted, got)))
    return wanted == got


def days(first, last):
    day = datetime.date.fromisoformat(first)
    while day <= datetime.date.fromisoformat(last):
        yield day.isoformat()
        day += datetime.timedelta(1)


def said_of(alert, act=None, reason=None):
    words = [alert["code"], alert["key"], act, reason if act == "closed" else alert["severity"]]
    if "stage" in alert and act in ("opened", "changed"):
        words.append("%d" % alert["stage"])
    if act != "closed":
        words += alert.get("parties", [])
    return " ".join(w for w in words if w)


class Witness(Partners):
    """A daemon that is told a story, and asked."""

    def log(self):
        """What the alert log says, by day."""
        found = {}
        for row in self.rows("alerts", "--log"):
            change = row["change"]
            found.setdefault(change["on"], []).append(
                said_of(change["alert"], change["act"], change.get("reason")))
        return found

    def tell(self, items):
        """One after the other, by whoever sends them."""
        for item in items:
            if isinstance(item, By) and item.refused:
                self.refused(item.refused, item.fact, *item.words, office=item.office)
            else:
                self.accept([item])

    def accept(self, items):
        for office, group in itertools.groupby(map(sent, items), lambda pair: pair[0]):
            self.accepted(*[fact for _, fact in group], **filled(office=office))

    def seen(self, entry, *how):
        """What is answered of the operation on that day; people where they are expected."""
        on, acronym, expected = entry
        if isinstance(acronym, tuple):
            return [{name: row[name] for name in row if name not in OF_AN_EVENT}
                    for row in self.rows(*acronym, "--on", on, *how)]
        where = (acronym, "--on", on) + how
        return (self.rows("timeline", *where)[0],
                self.rows("strength", *where) if "present" in expected else [])

    def check(self, found, on, acronym, expected):
        if isinstance(acronym, tuple):
            expect(holds(list(expected), found),
                   "%s on %s: %s" % (" ".join(acronym), on, list(expected)), *found)
            return
        mandate, strength = found
        names = {"until": "valid_until", "secured": "secured_until"}
        for what, wanted in expected.items():
            if what == "present":
                got = {r["component"]: r["persons"] for r in strength if not r["contributor"]}
                got = {c: got.get(c) for c in wanted}
            elif what == "ceilings":
                got = {c: mandate["ceilings"].get(c) for c in wanted}
            elif what == "alerts":
                wanted, got = sorted(wanted), sorted(map(said_of, mandate["alerts"]))
            else:
                got = mandate[names.get(what, what)]
            expect(got == wanted, "%s on %s: %s %s" % (acronym, on, what, wanted), got)


class Story:
    def __init__(self, title, names, before, told, states, believed=(), found=(), extra=None):
        self.title, self.before, self.told, self.extra = title, before, told, extra
        self.names = [{"partner": {"code": code}} for code in PARTNERS] + names
        self.states, self.believed, self.found = states, believed, found

    def live(self, witness):
        """Day by day; ret: what was seen, and at which revision."""
        arrives, due, seen = {on: facts for on, facts, _ in self.told}, {}, []
        for entry in [*self.states, *self.believed]:
            due.setdefault(entry[0], []).append(entry)
        first, last = min(*arrives, *due), max(*arrives, *due)
        expect(witness.daemon.day(first) == 1, "the first day")
        witness.accepted(*self.names)
        witness.accepted({"changes": self.before})
        for on in days(first, last):
            expect(on == first or witness.daemon.day(on) == 1, "the day %s is entered" % on)
            witness.tell(arrives.get(on, ()))
            for entry in due.get(on, ()):
                rows = witness.seen(entry)
                witness.check(rows, *entry)
                seen.append((entry, str(witness.daemon.status().revision), rows))
        return seen

    def expect_log(self, witness):
        wanted = {on: events for on, _, events in self.told if events}
        found = witness.log()
        for on in sorted({*wanted, *found}):
            expect(found.get(on) == wanted.get(on), "the log of %s: %s" % (on, wanted.get(on)),
                   found.get(on))
        return sum(map(len, found.values()))

    def afterwards(self, witness):
        """What is true of each day once all is known."""
        for entry in [*self.states, *self.found]:
            witness.check(witness.seen(entry), *entry)
        if self.extra:
            self.extra(witness)

    def play(self, scene, seed):
        name = self.title.split(":")[0].replace(" ", "-")
        witness = Witness(scene, scene.daemon(name))
        seen = self.live(witness)
        events = self.expect_log(witness)
        for entry, revision, rows in seen:
            then = witness.seen(entry, "--known-at", revision)
            expect(then == rows, "%s on %s, as known then, is what was answered then" %
                   (entry[1], entry[0]), then, rows)
        self.afterwards(witness)
        witness.daemon.stop()
        for n in range(SHUFFLES):
            self.shuffled(scene, "%s.%d" % (name, n), random.Random(seed + n))
        step("%s: %d states, %d events, %d other orders", self.title,
             len(self.states) + len(self.believed) + len(self.found), events, SHUFFLES)

    def shuffled(self, scene, name, chance):
        witness = Witness(scene, scene.daemon(name))
        told = self.before + [item for _, items, _ in self.told for item in items]
        expect(witness.daemon.day(max(entry[0] for entry in self.states)) == 1, "a day")
        witness.accepted(*self.names)
        witness.accept(other_order(chance, told))
        self.afterwards(witness)
        witness.daemon.stop()


def options(parser):
    parser.add_argument("--seed", type=int, help="of the other orders")


def play_all(scene, *stories):
    seed = scene.options.seed or random.randrange(1 << 32)
    print("--seed %d" % seed, flush=True)
    for story in stories:
        story.play(scene, seed)
