#!/usr/bin/python3
"""Policing in Kosovo goes from UNMIK to EULEX: the European Union accepts in February 2008, the
United Nations nine months later. The parties, texts and days of the mandates and of the handover
are real; who tried what before, and head-counts, are made up. So is another end of it, in which one
function is not handed over, one is not in time, and one two days late.
"""
import sys

from chronicle import By, Story, accepts, answered, change, options, play_all, state, unit
from support import main, memory_folder

FUNCTIONS = ("policing", "justice", "customs")
ONE_SIDE = "HANDOVER_ONE_SIDE UNMIK-EULEX"
UNSET = "CEIL_UNSET UNMIK:police info"

NAMES = [
    {"partner": {"code": "EU", "kind": "regional_org"}},
    {"partner": {"code": "OSCE", "kind": "regional_org"}},
    {"operation": {"acronym": "UNMIK", "kind": "un_pko", "hosts": ["XKX"],
                   "start_date": "1999-06-10", "status": "active",
                   "mandate_series_from": "1999-06-10", "mandate_series_to": "open_ended"}},
    {"operation": {"acronym": "EULEX", "kind": "partner", "hosts": ["XKX"],
                   "start_date": "2008-12-09", "status": "active",
                   "mandate_series_to": "none"}},
    {"operation": {"acronym": "OMIK", "kind": "partner", "hosts": ["XKX"],
                   "start_date": "1999-07-01", "mandate_series_to": "none"}}]


def mandate(acronym, party, document, action, adopted, **more):
    return {"instrument": dict(operation=acronym, party=party, document=document, action=action,
                               adopted=adopted, **more)}


def claim(function):
    return {"claim": {"function": function, "area": "XKX", "operation": "UNMIK", "party": "UN",
                      "from": "1999-06-10", "document": "S/RES/1244"}}


def handover(name, giver, receiver, effective, **more):
    """Of policing alone, if nothing else is said. A giver or receiver is (party, operation)."""
    return {"arrangement": dict(dict(
        arrangement=name, kind="handover_of_function", functions=["policing"],
        sides=[{"parties": [giver[0]]}, {"parties": [receiver[0]]}], operation=giver[1],
        other_operation=receiver[1], area="XKX", effective=effective), **more)}


UN, EU, OSCE = ("UN", "UNMIK"), ("EU", "EULEX"), ("OSCE", "OMIK")
ALL = dict(functions=list(FUNCTIONS), proposed="2008-02-16", proposed_by="EU",
           legal_basis="2008/124/CFSP")


def held(on, *holders, functions=FUNCTIONS):
    """Of each function, who holds it, for whom and since when."""
    return [answered(on, ("function", name, "--area", "XKX"), *[
        {"function": name, "area": "XKX", "operation": operation, "parties": [party],
         "from": since, "contested": False} for operation, party, since in holders])
        for name in functions]


UNMIK = "UNMIK", "UN", "1999-06-10"
EULEX = "EULEX", "EU", "2008-12-09"


def agreed(on, arrangement_state, waiting, **more):
    """What is said of it, asked by either operation."""
    row = dict(more, arrangement="UNMIK-EULEX", state=arrangement_state, waiting_for=waiting)
    return [answered(on, ("arrangements", acronym), row) for acronym in ("UNMIK", "EULEX")]


KOSOVO = Story(
    "UNMIK to EULEX: accepted by one side for nine months, then one holder on each day",
    names=NAMES,
    before=[mandate("UNMIK", "UNSC", "S/RES/1244", "establish", "1999-06-10"),
            mandate("EULEX", "EU", "2008/124/CFSP", "establish", "2008-02-04",
                    valid_until="2010-06-14"),
            unit("UNMIK", "IND", "Police Group", "2007-06-01", "2008-12-08", 1500,
                 component="individual_police"),
            unit("UNMIK", "GHA", "Liaison", "2008-01-01", None, 8, component="individual_police")]
    + [claim(function) for function in FUNCTIONS],
    told=[
        ("2008-02-15", [
            By("eu", accepts("EU", "UNMIK-EULEX", "2008-02-16"), "NEEDS_EARLIER",
               ["must be proposed first"]),
            # Who does not hold it on that day cannot give it.
            By("eu", handover("EULEX-UNMIK", EU, UN, "2008-06-15"), "NOT_HOLDER", ["policing"]),
            By("osce", handover("OMIK-EULEX", OSCE, EU, "2008-06-15"), "NOT_HOLDER",
               ["policing"])], ["CEIL_UNSET UNMIK:police opened info"]),
        ("2008-02-16", [By("eu", handover("UNMIK-EULEX", UN, EU, "2008-06-15", **ALL)),
                        By("eu", accepts("EU", "UNMIK-EULEX", "2008-02-16")),
                        By("osce", accepts("OSCE", "UNMIK-EULEX", "2008-02-17"),
                           "ILLEGAL_TRANSITION", ["on no side"])], []),
        ("2008-03-17", [], [ONE_SIDE + " opened alarm UN"]),
        # Another day is proposed: what was accepted stays accepted.
        ("2008-11-20", [By("eu", change(handover("UNMIK-EULEX", UN, EU, "2008-12-09", **ALL), 2))],
         [ONE_SIDE + " changed alarm UN"]),
        ("2008-11-26", [mandate("UNMIK", "UNSC", "S/PRST/2008/44", "amend", "2008-11-26",
                                also_amends=True),
                        By("un", accepts("UN", "UNMIK-EULEX", "2008-11-26"))],
         [ONE_SIDE + " closed resolved"]),
        ("2008-12-09", [By("un", handover("UNMIK-OMIK", UN, OSCE, "2009-01-01"), "NOT_HOLDER",
                           ["policing", "EULEX"]),
                        By("eu", handover("EULEX-UNMIK", EU, UN, "2008-12-08"), "NOT_HOLDER",
                           ["policing", "UNMIK"]),
                        unit("EULEX", "IND", "Police Group", "2008-12-09", None, 1400,
                             component="individual_police")],
         ["CEIL_UNSET UNMIK:police changed info"])],
    states=[
        *held("2008-02-15", UNMIK),
        answered("2008-02-15", ("arrangements",)),
        *agreed("2008-02-16", "accepted_one_side", ["UN"]),
        *held("2008-02-16", UNMIK),
        answered("2008-03-16", ("alerts", "--code", "HANDOVER_ONE_SIDE")),
        answered("2008-03-17", ("alerts", "--code", "HANDOVER_ONE_SIDE"),
                 {"alert": {"since": "2008-03-17", "arrangement": "UNMIK-EULEX",
                            "parties": ["UN"]}}),
        # The first day that was proposed comes and goes.
        *held("2008-06-14", UNMIK), *held("2008-06-15", UNMIK), *held("2008-06-16", UNMIK),
        *agreed("2008-06-15", "accepted_one_side", ["UN"]),
        state("2008-06-15", "UNMIK", "in_force", alerts=[UNSET, ONE_SIDE + " alarm UN"]),
        *agreed("2008-11-25", "accepted_one_side", ["UN"]),
        state("2008-11-25", "UNMIK", "in_force", until=None, open_ended=True,
              document="S/RES/1244", alerts=[UNSET, ONE_SIDE + " alarm UN"]),
        *agreed("2008-11-26", "accepted_both", [], in_effect_from="2008-12-09"),
        *held("2008-11-26", UNMIK), *held("2008-11-27", UNMIK),
        state("2008-11-26", "UNMIK", "in_force", until=None, open_ended=True,
              document="S/RES/1244", alerts=[UNSET]),
        *agreed("2008-12-08", "accepted_both", [], in_effect_from="2008-12-09"),
        *held("2008-12-08", UNMIK),
        state("2008-12-08", "UNMIK", "in_force", until=None, open_ended=True,
              document="S/RES/1244", present={"police": 1508}, alerts=[UNSET]),
        state("2008-12-08", "EULEX", "in_force", until="2010-06-14", present={"police": None},
              alerts=[]),
        *agreed("2008-12-09", "in_effect", [], in_effect_from="2008-12-09"),
        *held("2008-12-09", EULEX),
        state("2008-12-09", "UNMIK", "in_force", until=None, open_ended=True,
              document="S/RES/1244", present={"police": 8}, alerts=[UNSET]),
        state("2008-12-09", "EULEX", "in_force", until="2010-06-14", present={"police": 1400},
              alerts=[]),
        *held("2008-12-10", EULEX),
        state("2008-12-10", "UNMIK", "in_force", until=None, open_ended=True,
              document="S/RES/1244", present={"police": 8}, alerts=[UNSET])])

# --- the same handover as three, each of which waits for the other side ---------------------------

POLICING, JUSTICE, CUSTOMS = ("HANDOVER_ONE_SIDE " + name for name in FUNCTIONS)


def separate(function, **more):
    """One function's handover, named after it."""
    return handover(function, UN, EU, "2008-12-09", functions=[function], **more)


def declines(party, arrangement, on):
    answer = accepts(party, arrangement, on)["acceptance"]
    return {"acceptance": dict(answer, reply="declined")}


def three(on, customs, justice, policing):
    """In which state each is, by name, and whose answer it waits for."""
    return answered(on, ("arrangements", "UNMIK"), *[
        {"arrangement": name, "state": words[0], "waiting_for": list(words[1:])}
        for name, words in zip(sorted(FUNCTIONS), (customs, justice, policing))])


ONE, BOTH = "accepted_one_side", "accepted_both"
LATE = "EULEX", "EU", "2008-12-11"

APART = Story(
    "UNMIK keeps two: one side declines, one is silent too long, one comes late",
    names=NAMES,
    before=[mandate("UNMIK", "UNSC", "S/RES/1244", "establish", "1999-06-10"),
            mandate("EULEX", "EU", "2008/124/CFSP", "establish", "2008-02-04",
                    valid_until="2010-06-14")] + [claim(function) for function in FUNCTIONS],
    told=[
        ("2008-11-01", [
            By("eu", separate("policing", proposed="2008-11-01")),
            By("eu", accepts("EU", "policing", "2008-11-01")),
            By("eu", separate("justice", proposed="2008-11-01", accept_by="2008-11-30")),
            By("eu", accepts("EU", "justice", "2008-11-01"))], []),
        ("2008-11-20", [By("un", separate("customs", proposed="2008-11-20")),
                        By("un", accepts("UN", "customs", "2008-11-20"))], []),
        # 14 days before they are to take effect, which is sooner than 30 after the first side.
        ("2008-11-25", [], [CUSTOMS + " opened alarm EU", JUSTICE + " opened alarm UN",
                            POLICING + " opened alarm UN"]),
        ("2008-11-28", [By("un", declines("UN", "policing", "2008-11-28"))],
         [POLICING + " closed over"]),
        ("2008-12-01", [By("un", accepts("UN", "justice", "2008-12-01"), "ILLEGAL_TRANSITION",
                           ["last day for acceptance"])], [JUSTICE + " closed over"]),
        ("2008-12-11", [By("eu", accepts("EU", "customs", "2008-12-11"))],
         [CUSTOMS + " closed resolved"])],
    states=[
        three("2008-11-20", (ONE, "EU"), (ONE, "UN"), (ONE, "UN")),
        state("2008-11-24", "UNMIK", "in_force", alerts=[]),
        state("2008-11-25", "UNMIK", "in_force",
              alerts=[CUSTOMS + " alarm EU", JUSTICE + " alarm UN", POLICING + " alarm UN"]),
        state("2008-11-27", "UNMIK", "in_force",
              alerts=[CUSTOMS + " alarm EU", JUSTICE + " alarm UN", POLICING + " alarm UN"]),
        three("2008-11-27", (ONE, "EU"), (ONE, "UN"), (ONE, "UN")),
        state("2008-11-28", "UNMIK", "in_force",
              alerts=[CUSTOMS + " alarm EU", JUSTICE + " alarm UN"]),
        three("2008-11-28", (ONE, "EU"), (ONE, "UN"), ("declined",)),
        three("2008-11-30", (ONE, "EU"), (ONE, "UN"), ("declined",)),
        state("2008-11-30", "UNMIK", "in_force",
              alerts=[CUSTOMS + " alarm EU", JUSTICE + " alarm UN"]),
        three("2008-12-01", (ONE, "EU"), ("lapsed", "UN"), ("declined",)),
        state("2008-12-01", "UNMIK", "in_force", alerts=[CUSTOMS + " alarm EU"]),
        # The day on which all three were to be handed over.
        *held("2008-12-08", UNMIK), *held("2008-12-09", UNMIK), *held("2008-12-10", UNMIK),
        three("2008-12-09", (ONE, "EU"), ("lapsed", "UN"), ("declined",)),
        state("2008-12-10", "UNMIK", "in_force", alerts=[CUSTOMS + " alarm EU"]),
        # Both sides, and so not before the later of them.
        *held("2008-12-11", LATE, functions=["customs"]),
        *held("2008-12-11", UNMIK, functions=["justice", "policing"]),
        three("2008-12-11", ("in_effect",), ("lapsed", "UN"), ("declined",)),
        state("2008-12-11", "UNMIK", "in_force", until=None, open_ended=True,
              document="S/RES/1244", alerts=[]),
        *held("2008-12-12", LATE, functions=["customs"]),
        *held("2008-12-12", UNMIK, functions=["justice", "policing"])])


def play(scene):
    play_all(scene, KOSOVO, APART)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
