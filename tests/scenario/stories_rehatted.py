#!/usr/bin/python3
"""Units change the operation, not the place: EUFOR Tchad/RCA to MINURCAT on 2009-03-15, MISCA to
MINUSCA on 2014-09-15. Days, texts and ceilings are real, as are MINURCAT's observers and police of
November 2008; units and other numbers are made up.
"""
import json
import sys

from chronicle import (Story, accepts, answered, ceilings, change, operation, options, play_all,
                       retracted, state, text, texts, transfer, unit)
from support import expect, main, memory_folder


def partners(*codes):
    """Beside those of every story."""
    return [{"partner": {"code": code}} for code in codes]


def partner_operation(acronym, hosts, since, first_day, end_date=None, edition=None):
    closed = dict(end_date=end_date, status="closed") if end_date else dict(status="active")
    return change({"operation": dict(
        closed, acronym=acronym, kind="partner", hosts=hosts, start_date=first_day,
        mandate_series_from=since, mandate_series_to="to_end")}, edition)


def authorized(acronym, number, adopted, until):
    """By the Council."""
    return {"instrument": {"operation": acronym, "party": "UNSC", "document": "S/RES/%d" % number,
                           "action": "establish", "adopted": adopted, "valid_until": until}}


def follows(name, origin, to, giver, effective, adopted, document):
    """With its units; both agree on the day of the text."""
    return [{"arrangement": {
        "arrangement": name, "kind": "succession", "sides": [{"parties": [giver]},
                                                             {"parties": ["UN"]}],
        "operation": origin, "other_operation": to, "effective": effective, "rehatting": True,
        "legal_basis": document}}, accepts(giver, name, adopted), accepts("UN", name, adopted)]


def expiring(acronym, until):
    return "MAND_EXPIRING %s:UNSC:%s" % (acronym, until)


def moved(witness, origin, to, day_before, day, units):
    """N_A(T-1) = N_B(T), unit by unit, to the person."""
    for contributor, name, persons in units:
        for on, where in ((day_before, origin), (day, to)):
            found = [(r["unit"]["operation"], r["unit"]["persons"])
                     for r in witness.rows("contributor", contributor, "--on", on)
                     if "unit" in r and r["unit"]["unit"] == name]
            expect(found == [(where, persons)], "%s, %s on %s: %d in %s" % (
                contributor, name, on, persons, where), found)


def counted(witness, *days):
    """Whoever changes the operation is counted once on every day."""
    for on, military, police, partner in days:
        scope = witness.rows("overview", "--on", on)[0]["scope"]
        found = tuple(scope[name] or 0 for name in ("military", "police", "partner_uniformed"))
        expect(found == (military, police, partner), "all on %s: %s" % (
            on, (military, police, partner)), found)


# --- EUFOR Tchad/RCA to MINURCAT -----------------------------------------------------------------

CHAD = "EUFOR Tchad/RCA"
LIFT = [("AUT", "Transport", 74), ("FIN", "Platoon", 62), ("FRA", "Logistics", 650),
        ("IRL", "Infantry 98", 415), ("POL", "Company Group", 311)]  # 1 512 persons
LATE = ("ALB", "Company 1", 63)
MINURCAT_09, CHAD_09 = expiring("MINURCAT", "2009-03-15"), expiring(CHAD, "2009-03-15")
OVER = "CEIL_OVER MINURCAT:military"
WAY = ("assessed", "verified", "selected", "mou_signed", "pre_deployment_visit", "arriving",
       "deployed")


def pledged(contributor, name, acronym, persons, first_day):
    """Deployed, step by step, on its first day."""
    return [{"pledge": {"contributor": contributor, "pledge": name, "operation": acronym,
                        "unit": name, "component": "troops", "persons": persons,
                        "registered": "2008-01-10"}}] + [
        {"pledge_step": {"contributor": contributor, "pledge": name, "step": n, "state": step,
                         "day": first_day if step == "deployed" else "2008-02-%02d" % n}}
        for n, step in enumerate(WAY, 1)]


def total(acronym, as_of, component, persons):
    return {"total": {"operation": acronym, "as_of": as_of, "component": component,
                      "persons": persons}}


def rehat(contributor, name, on="2009-03-15"):
    return transfer(contributor, name, on, CHAD, "MINURCAT")


def soldiers(contributor, on, where, persons, *more, elsewhere=()):
    """All that is said of a contributor: how many are where, and `more` there; an operation after
    the other."""
    return answered(on, ("contributor", contributor), *elsewhere, *[
        {"strength": {"operation": where, "component": component, "persons": persons}}
        for component in ("military", "troops")], *more)


NEVER_THERE = rehat("FIN", "Platoon 2")


def battalion(on, where, since):
    """Ireland's: it changes the operation, and stays deployed as it was pledged to the first."""
    here = {"unit": {"unit": "Infantry 98", "operation": where, "from": since, "persons": 415,
                     "home": None}}
    pledge = {"pledge": {"pledge": "Infantry 98", "operation": CHAD, "state": "deployed",
                         "since": "2008-05-01"}}
    if where == CHAD:
        return soldiers("IRL", on, where, 415, here, pledge)
    return soldiers("IRL", on, where, 415, here, elsewhere=[pledge])


def helicopters(on, where, since, until, home, back):
    return soldiers("RUS", on, where, 120, {"unit": {
        "operation": where, "from": since, "to": until, "persons": 120, "home": home,
        "return_day": back}})


def moves_nobody(witness):
    """Finland's second platoon was never there: its transfer is kept, and beforehand it is said."""
    found = witness.rows("get", "transfer", "FIN:Platoon 2:2009-03-15")
    expect([r["record"] for r in found] == [NEVER_THERE], "it is on record", found)
    path = witness.scene.path("whatif.%d" % witness.files)
    with open(path, "w") as f:
        json.dump(rehat("FIN", "Platoon 3"), f)
    found = witness.rows("whatif", path)
    expect("the transfer moves nobody" in json.dumps(found), "a transfer of nobody", found)


def of_chad(witness):
    moves_nobody(witness)
    moved(witness, CHAD, "MINURCAT", "2009-03-14", "2009-03-15", LIFT + [LATE])
    counted(witness, ("2009-03-14", 46 + 120, 238, 1512 + 63 + 900),
            ("2009-03-15", 46 + 120 + 1512 + 63, 238, 900),
            ("2009-03-16", 46 + 120 + 1512 + 63, 238, 0),
            ("2009-04-16", 46 + 120 + 1512 + 63, 238, 0))


EUFOR = Story(
    "EUFOR to MINURCAT: one day, the same soldiers under another flag",
    names=partners("EU", "ALB", "AUT", "FIN", "FRA", "IRL", "POL", "RUS") + [
        operation("MINURCAT", status="active", end_date=None), operation("UNAMID"),
        partner_operation(CHAD, ["TCD", "CAF"], "2007-09-25", "2008-03-15", "2009-03-15")],
    before=texts("MINURCAT", 1778, 1834) + texts("UNAMID", 1769, 1828) + [
        authorized(CHAD, 1778, "2007-09-25", "2009-03-15"),
        total("MINURCAT", "2008-11-30", "observers", 44),
        total("MINURCAT", "2008-11-30", "police", 235),
        unit("UNAMID", "RUS", "Aviation 3", "2008-10-01", None, 120, task="aviation"),
        unit(CHAD, "FRA", "Infantry 1", "2008-03-15", "2009-03-15", 900)]
    + pledged("IRL", "Infantry 98", CHAD, 415, "2008-05-01")
    + [unit(CHAD, contributor, name, "2008-05-01", None, persons)
       for contributor, name, persons in LIFT],
    told=[
        ("2009-01-13", [], [CHAD_09 + " opened info 90", MINURCAT_09 + " opened info 90"]),
        ("2009-01-14", [text("MINURCAT", 1861)]
         + follows("EUFOR-MINURCAT", CHAD, "MINURCAT", "EU", "2009-03-15", "2009-01-14",
                   "S/RES/1861"),
         [CHAD_09 + " changed info 60", MINURCAT_09 + " changed info 60",
          MINURCAT_09 + " closed superseded"]),
        ("2009-01-31", [total("MINURCAT", "2009-01-31", "observers", 46),
                        total("MINURCAT", "2009-01-31", "police", 238)], []),
        ("2009-02-13", [], [CHAD_09 + " changed warn 30"]),
        ("2009-03-01", [], [CHAD_09 + " changed warn 14"]),
        ("2009-03-08", [], [CHAD_09 + " changed warn 7"]),
        # Poland's is given a wrong day; nobody has said yet that Albania's is there.
        ("2009-03-10", [rehat("POL", "Company Group", "2009-03-13"), rehat("ALB", "Company 1"),
                        NEVER_THERE]
         + [rehat(contributor, name) for contributor, name, _ in LIFT if contributor != "POL"]
         + [transfer("RUS", "Aviation 3", "2009-03-16", "UNAMID", "MINURCAT",
                     return_day="2009-04-16")], []),
        ("2009-03-13", [], [OVER + " opened warn"]),
        ("2009-03-14", [retracted(rehat("POL", "Company Group", "2009-03-13"), 2),
                        rehat("POL", "Company Group")], [OVER + " closed corrected"]),
        ("2009-03-16", [], [CHAD_09 + " closed over"]),
        ("2009-04-01", [unit(CHAD, "ALB", "Company 1", "2008-10-01", None, 63)], [])],
    states=[
        state("2009-01-13", "MINURCAT", "in_force", until="2009-03-15", secured="2009-03-15",
              ceilings={"military": 50, "police": 300}, present={"military": 44, "police": 235}),
        state("2009-01-14", "MINURCAT", "in_force", until="2009-03-15", secured="2010-03-15",
              ceilings={"military": 50}, alerts=[]),
        state("2009-03-12", "MINURCAT", "in_force", present={"military": 46, "police": 238},
              alerts=[]),
        state("2009-03-14", "MINURCAT", "in_force", until="2009-03-15", secured="2010-03-15",
              ceilings={"military": 50, "police": 300}, present={"military": 46}, alerts=[]),
        battalion("2009-03-14", CHAD, "2008-05-01"),
        state("2009-03-15", "MINURCAT", "in_force", until="2010-03-15", document="S/RES/1861",
              ceilings={"military": 5225, "police": 300}, applies=True, alerts=[]),
        state("2009-03-15", CHAD, "in_force", until="2009-03-15", authorized=True,
              present={"military": 900}, alerts=[CHAD_09 + " warn"]),
        battalion("2009-03-15", "MINURCAT", "2009-03-15"),
        battalion("2009-03-16", "MINURCAT", "2009-03-15"),
        *[answered(on, ("lineage", "MINURCAT"),
                   {"arrangement": "EUFOR-MINURCAT", "state": said, "day": "2009-03-15"})
          for on, said in (("2009-03-14", "accepted_both"), ("2009-03-15", "in_effect"))],
        helicopters("2009-03-15", "UNAMID", "2008-10-01", "2009-03-15", None, None),
        helicopters("2009-03-16", "MINURCAT", "2009-03-16", "2009-04-15", "UNAMID", "2009-04-16"),
        soldiers("FIN", "2009-03-15", "MINURCAT", 62, {"unit": {"unit": "Platoon"}}),
        state("2009-03-16", CHAD, "ended", how="succeeded", present={"military": 0}, alerts=[]),
        state("2009-03-16", "UNAMID", "in_force", present={"military": 0}, alerts=[]),
        state("2009-04-01", "MINURCAT", present={"military": 1741, "police": 238}, alerts=[]),
        state("2009-04-15", "MINURCAT", present={"military": 1741}, alerts=[]),
        helicopters("2009-04-15", "MINURCAT", "2009-03-16", "2009-04-15", "UNAMID", "2009-04-16"),
        state("2009-04-16", "MINURCAT", present={"military": 1621}, alerts=[]),
        helicopters("2009-04-16", "UNAMID", "2009-04-16", None, None, None),
        state("2009-04-16", "UNAMID", present={"military": 120}, alerts=[])],
    believed=[
        state("2009-03-12", CHAD, present={"military": 2412}),
        state("2009-03-13", CHAD, present={"military": 2101}),
        state("2009-03-13", "MINURCAT", ceilings={"military": 50}, present={"military": 357},
              alerts=[OVER + " warn"]),
        state("2009-03-14", CHAD, "in_force", present={"military": 2412}),
        # Albania's transfer is on record, and moves nobody yet.
        answered("2009-03-15", ("contributor", "ALB")),
        state("2009-03-15", "MINURCAT", present={"military": 1558, "police": 238}),
        state("2009-03-16", "MINURCAT", present={"military": 1678})],
    found=[
        state("2009-03-13", CHAD, present={"military": 2475}),
        state("2009-03-13", "MINURCAT", present={"military": 46}, alerts=[]),
        state("2009-03-14", CHAD, "in_force", present={"military": 2475}),
        soldiers("ALB", "2009-03-14", CHAD, 63,
                 {"unit": {"operation": CHAD, "to": "2009-03-14"}}),
        soldiers("ALB", "2009-03-15", "MINURCAT", 63,
                 {"unit": {"operation": "MINURCAT", "from": "2009-03-15"}}),
        state("2009-03-15", "MINURCAT", present={"military": 1621}),
        state("2009-03-16", "MINURCAT", present={"military": 1741})],
    extra=of_chad)


# --- MISCA to MINUSCA ----------------------------------------------------------------------------

BANGUI = [("BDI", "Battalion 1", 850), ("COD", "Battalion 1", 840), ("COG", "Battalion 1", 700),
          ("GAB", "Battalion 1", 500), ("RWA", "Battalion 1", 850)]  # 3 740 persons
MISCA_12, MISCA_09 = expiring("MISCA", "2014-12-05"), expiring("MISCA", "2014-09-15")
DOUBLE = "DEP_DOUBLE CMR:Battalion 1"
WITHOUT = "DEP_NO_MANDATE MISCA"
UNSET = "CEIL_UNSET MINUSCA:military"


def of_bangui(witness):
    moved(witness, "MISCA", "MINUSCA", "2014-09-14", "2014-09-15",
          BANGUI + [("CMR", "Battalion 1", 800), ("CMR", "Formed Police 1", 140)])
    counted(witness, ("2014-09-14", 150, 0, 3740 + 800 + 140 + 200),
            ("2014-09-15", 150 + 3740 + 800, 140, 200), ("2014-09-18", 4690, 140, 200),
            ("2014-09-19", 4690, 140, 0))
    log = [row["change"]["alert"]["key"] for row in witness.rows("alerts", "--log")
           if row["change"]["alert"]["code"] == "DEP_DOUBLE"]
    expect(set(log) <= {"CMR:Battalion 1"}, "never of who was re-hatted", log)


MISCA = Story(
    "MISCA to MINUSCA: re-hatted on the day on which the ceiling begins",
    names=partners("AU", "BDI", "CMR", "COD", "COG", "GAB", "GNQ") + [
        operation("MINUSCA"), partner_operation("MISCA", ["CAF"], "2013-12-05", "2013-12-19")],
    before=texts("MINUSCA", 2149) + ceilings("MINUSCA") + [
        authorized("MISCA", 2127, "2013-12-05", "2014-12-05"),
        unit("MISCA", "CMR", "Battalion 1", "2014-01-16", None, 800),
        unit("MISCA", "CMR", "Formed Police 1", "2014-02-01", None, 140,
             component="formed_police"),
        unit("MISCA", "GNQ", "Company 1", "2014-01-16", "2014-09-18", 200),
        unit("MINUSCA", "PAK", "Engineers 1", "2014-09-01", None, 150, task="engineers")]
    + [unit("MISCA", contributor, name, "2014-01-16", None, persons)
       for contributor, name, persons in BANGUI]
    + follows("MISCA-MINUSCA", "MISCA", "MINUSCA", "AU", "2014-09-15", "2014-04-10",
              "S/RES/2149"),
    told=[
        # The first come before the day from which there is a number.
        ("2014-09-01", [], [UNSET + " opened info"]),
        ("2014-09-06", [], [MISCA_12 + " opened info 90"]),
        ("2014-09-10", [transfer(contributor, name, "2014-09-15", "MISCA", "MINUSCA")
                        for contributor, name, _ in BANGUI]
         + [transfer("CMR", "Formed Police 1", "2014-09-15", "MISCA", "MINUSCA")], []),
        # Cameroon's battalion is said to have arrived, not that it came from MISCA.
        ("2014-09-15", [partner_operation("MISCA", ["CAF"], "2013-12-05", "2013-12-19",
                                          "2014-09-15", edition=2),
                        unit("MINUSCA", "CMR", "Battalion 1", "2014-09-15", None, 800)],
         [UNSET + " closed resolved", MISCA_09 + " opened warn 7",
          MISCA_12 + " closed superseded", DOUBLE + " opened alarm"]),
        ("2014-09-16", [transfer("CMR", "Battalion 1", "2014-09-15", "MISCA", "MINUSCA")],
         [MISCA_09 + " closed over", WITHOUT + " opened alarm", WITHOUT + " changed alarm",
          DOUBLE + " closed resolved"]),
        ("2014-09-19", [], [WITHOUT + " closed resolved"])],
    states=[
        state("2014-08-31", "MINUSCA", "in_force", until="2015-04-30",
              ceilings={"military": None, "police": None}, present={"military": None}, alerts=[]),
        state("2014-09-01", "MINUSCA", present={"military": 150}, alerts=[UNSET + " info"]),
        state("2014-09-14", "MINUSCA", "in_force", ceilings={"military": None, "police": None},
              present={"military": 150, "police": None}, alerts=[UNSET + " info"]),
        state("2014-09-14", "MISCA", "in_force", authorized=True,
              present={"military": 4740, "police": 140}),
        state("2014-09-15", "MINUSCA", "in_force", until="2015-04-30",
              ceilings={"military": 10000, "police": 1800}, applies=True,
              present={"military": 4690, "police": 140}),
        state("2014-09-16", "MINUSCA", "in_force", present={"military": 4690, "police": 140},
              alerts=[]),
        *[answered(on, ("lineage", "MISCA"), {"arrangement": "MISCA-MINUSCA", "state": said,
                                              "day": "2014-09-15"})
          for on, said in (("2014-09-14", "accepted_both"), ("2014-09-15", "in_effect"))],
        # Who stays on in an operation that has ended is there without a mandate.
        state("2014-09-16", "MISCA", "ended", how="succeeded", until="2014-09-15",
              present={"military": 200, "police": 0}, alerts=[WITHOUT + " alarm"]),
        state("2014-09-18", "MISCA", "ended", present={"military": 200},
              alerts=[WITHOUT + " alarm"]),
        state("2014-09-19", "MISCA", "ended", present={"military": 0}, alerts=[]),
        state("2014-09-19", "MINUSCA", present={"military": 4690, "police": 140}, alerts=[])],
    believed=[
        state("2014-09-14", "MISCA", until="2014-12-05", alerts=[MISCA_12 + " info"]),
        state("2014-09-15", "MISCA", "in_force", until="2014-09-15",
              present={"military": 1000, "police": 0}, alerts=[MISCA_09 + " warn"]),
        state("2014-09-15", "MINUSCA", alerts=[DOUBLE + " alarm"])],
    found=[
        state("2014-09-14", "MISCA", until="2014-09-15", alerts=[MISCA_09 + " warn"]),
        state("2014-09-15", "MISCA", "in_force", until="2014-09-15",
              present={"military": 200, "police": 0}, alerts=[MISCA_09 + " warn"]),
        state("2014-09-15", "MINUSCA", alerts=[])],
    extra=of_bangui)


def play(scene):
    play_all(scene, EUFOR, MISCA)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
