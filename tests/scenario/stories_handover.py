#!/usr/bin/python3
"""Policing in Kosovo goes from UNMIK to EULEX: the European Union accepts in February 2008, the
United Nations nine months later. The parties, texts and days of the mandates and of the handover
are real; who tried what before, and head-counts, are made up.
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


def play(scene):
    play_all(scene, KOSOVO)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
