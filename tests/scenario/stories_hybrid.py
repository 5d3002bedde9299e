#!/usr/bin/python3
"""One operation, two mandating parties: UNAMID, from the African Union's mission before it to the
political mission after it. The Council's texts and days and those of PSC/PR/Comm(LXXIX) are real;
later decisions of the African Union, whose own office sends them, and head-counts are made up.
The last two stories are of ends that it might have had.
"""
import sys

from chronicle import (By, Story, accepts, answered, change, operation, options, play_all,
                       returned, state, text, texts, transfer, unit)
from support import main, memory_folder

PARTNERS = [{"partner": {"code": code}} for code in ("AU", "NGA", "SEN")]
AMIS = {"operation": {
    "acronym": "AMIS", "kind": "partner", "lead": "AU", "hosts": ["SDN"],
    "start_date": "2004-06-09", "end_date": "2007-12-31", "status": "closed",
    "mandate_series_from": "2006-11-30", "mandate_series_to": "to_end"}}
UNITAMS = {"operation": {
    "acronym": "UNITAMS", "kind": "un_spm", "hosts": ["SDN"], "start_date": "2020-06-03",
    "status": "active", "mandate_series_from": "2020-06-03", "mandate_series_to": "to_end"}}


def decided(acronym, document, action, adopted, until, **more):
    """By the Peace and Security Council of the African Union."""
    return {"instrument": dict(operation=acronym, party="AU", document=document, action=action,
                               adopted=adopted, valid_until=until, **more)}


def hybrid(end=None):
    more = {"end": end} if end else {}
    return {"arrangement": dict(
        arrangement="UNAMID-hybrid", kind="hybrid", operation="UNAMID",
        sides=[{"parties": ["UN"]}, {"parties": ["AU"]}], proposed="2007-06-12",
        effective="2007-12-31", legal_basis="S/RES/1769; PSC/PR/Comm(LXXIX)", **more)}


def succession(name, origin, to, sides, effective, **more):
    return {"arrangement": dict(
        arrangement=name, kind="succession", sides=[{"parties": side} for side in sides],
        operation=origin, other_operation=to, effective=effective, **more)}


AMIS_UNAMID = succession("AMIS-UNAMID", "AMIS", "UNAMID", [["AU"], ["UN"]], "2007-12-31",
                         rehatting=True, proposed="2007-06-12")
UNAMID_UNITAMS = succession("UNAMID-UNITAMS", "UNAMID", "UNITAMS", [["UN", "AU"], ["UN"]],
                            "2021-01-01", proposed="2020-06-03")


def sides(*said):
    """Of each party: is it in force, until when, by which text."""
    return [{"party": party, "in_force": in_force, "valid_until": until, "document": document}
            for party, in_force, until, document in said]


def bound_by(on, *said):
    return answered(on, ("timeline", "UNAMID"), {"sides": sides(*said)})


def one_sided(on, *parties, until=None, other=None):
    """Whose turn it is: the side that has not acted, its day, and the other's."""
    return answered(on, ("alerts", "--code", "MAND_ONE_SIDED"), *[
        {"alert": {"key": "UNAMID", "severity": "alarm", "party": party, "parties": [party],
                   "valid_until": until, "other_day": other}} for party in parties])


def expiring(party, until, acronym="UNAMID"):
    return "MAND_EXPIRING %s:%s:%s" % (acronym, party, until)


def each(alerts, words):
    return ["%s %s" % (alert, words) for alert in alerts]


# --- 2007 to 2009: the authority passes on 2007-12-31; then each side in turn is late ------------

SIDE = "MAND_ONE_SIDED UNAMID "
FIRST, LATER = "PSC/PR/Comm(LXXIX)", "PSC/PR/Comm(CXL)"
LATE = "PSC/PR/Comm(CXCVIII)"
AMIS_JUNE, AMIS_LAST = expiring("AU", "2007-06-30", "AMIS"), expiring("AU", "2007-12-31", "AMIS")
AU_08, UN_08 = expiring("AU", "2008-06-30"), expiring("UNSC", "2008-07-31")
BOTH_09 = [expiring("AU", "2009-07-31"), expiring("UNSC", "2009-07-31")]
ONE_SIDE = ["HANDOVER_ONE_SIDE AMIS-UNAMID", "HANDOVER_ONE_SIDE UNAMID-hybrid"]
LAPSED = "MAND_LAPSED UNAMID:AU"
MANY = {"military": 19555, "police": 6432, "fpu_units": 19}


def edge(on, arrangement_state, **more):
    """It is the same from either end."""
    row = dict(more, arrangement="AMIS-UNAMID", operation="AMIS", other_operation="UNAMID",
               state=arrangement_state, rehatting=True)
    return [answered(on, ("lineage", acronym), row) for acronym in ("AMIS", "UNAMID")]


def whose(on, amis, unamid):
    """Military and police of each, and of the UN and of its partners together."""
    def persons(count):
        return dict(zip(("military", "police"), count or (None, None)))
    scope = dict(persons(unamid), partner_uniformed=sum(amis) if amis else None)
    return answered(on, ("overview",), {"scope": scope}, dict(persons(amis), operation="AMIS"),
                    dict(persons(unamid), operation="UNAMID"))


BEGINS = Story(
    "AMIS to UNAMID: the authority passes on one day; then both sides must act in time",
    names=PARTNERS + [AMIS, operation("UNAMID", status="active", end_date=None)],
    before=[decided("AMIS", "PSC/AHG/Comm(LXVI)", "extend", "2006-11-30", "2007-06-30"),
            hybrid(), AMIS_UNAMID,
            unit("AMIS", "NGA", "Battalion 4", "2007-03-01", None, 680),
            unit("AMIS", "RWA", "Battalion 1", "2007-02-01", None, 679),
            unit("AMIS", "SEN", "Battalion 2", "2007-04-01", None, 538),
            unit("AMIS", "GHA", "Police Group", "2007-01-15", None, 61,
                 component="individual_police")],
    told=[
        ("2007-06-21", [], [AMIS_JUNE + " opened warn 14"]),
        ("2007-06-22", [By("au", decided("AMIS", FIRST, "extend", "2007-06-22", "2007-12-31")),
                        By("au", decided("UNAMID", FIRST, "establish", "2007-06-22", "2008-06-30",
                                         effective="2007-12-31")),
                        By("au", accepts("AU", "UNAMID-hybrid", "2007-06-22")),
                        By("au", accepts("AU", "AMIS-UNAMID", "2007-06-22"))],
         [AMIS_JUNE + " closed superseded"]),
        ("2007-07-22", [], each(ONE_SIDE, "opened alarm UN")),
        ("2007-07-31", [text("UNAMID", 1769), accepts("UN", "AMIS-UNAMID", "2007-07-31"),
                        accepts("UN", "UNAMID-hybrid", "2007-07-31")],
         each(ONE_SIDE, "closed resolved")),
        ("2007-10-02", [], [AMIS_LAST + " opened info 90"]),
        ("2007-11-01", [], [AMIS_LAST + " changed info 60"]),
        ("2007-12-01", [], [AMIS_LAST + " changed warn 30"]),
        ("2007-12-17", [], [AMIS_LAST + " changed warn 14"]),
        ("2007-12-24", [], [AMIS_LAST + " changed warn 7"]),
        ("2007-12-28", [transfer(contributor, name, "2007-12-31", "AMIS", "UNAMID")
                        for contributor, name in (
                            ("NGA", "Battalion 4"), ("RWA", "Battalion 1"),
                            ("SEN", "Battalion 2"), ("GHA", "Police Group"))], []),
        ("2008-01-01", [], [AMIS_LAST + " closed over"]),
        ("2008-04-01", [], [AU_08 + " opened info 90"]),
        ("2008-05-01", [], [AU_08 + " changed info 60"]),
        ("2008-05-02", [], [UN_08 + " opened info 90"]),
        ("2008-05-31", [], [AU_08 + " changed warn 30", SIDE + "opened alarm AU"]),
        ("2008-06-01", [], [UN_08 + " changed info 60"]),
        ("2008-06-16", [], [AU_08 + " changed warn 14"]),
        # In time for its own end; now the Council's is the earlier one, but not yet near.
        ("2008-06-20", [By("au", decided("UNAMID", LATER, "extend", "2008-06-20", "2009-07-31"))],
         [AU_08 + " closed superseded", SIDE + "closed resolved"]),
        ("2008-07-01", [], [UN_08 + " changed warn 30", SIDE + "opened alarm UNSC"]),
        ("2008-07-17", [], [UN_08 + " changed warn 14"]),
        ("2008-07-24", [], [UN_08 + " changed warn 7"]),
        ("2008-07-31", texts("UNAMID", 1828),
         [UN_08 + " closed superseded", SIDE + "closed resolved"]),
        ("2009-05-02", [], each(BOTH_09, "opened info 90")),
        ("2009-06-01", [], each(BOTH_09, "changed info 60")),
        # Neither has acted: no side is behind the other.
        ("2009-07-01", [], each(BOTH_09, "changed warn 30")),
        ("2009-07-17", [], each(BOTH_09, "changed warn 14")),
        ("2009-07-24", [], each(BOTH_09, "changed warn 7")),
        ("2009-07-30", texts("UNAMID", 1881),
         [BOTH_09[1] + " closed superseded", SIDE + "opened alarm AU"]),
        ("2009-08-01", [], [BOTH_09[0] + " closed over", LAPSED + " opened alarm",
                            "DEP_NO_MANDATE UNAMID opened alarm"]),
        # It was adopted on the last day, and is on its way for four.
        ("2009-08-04", [By("au", decided("UNAMID", LATE, "extend", "2009-07-31", "2010-07-31"))],
         [LAPSED + " closed resolved", "DEP_NO_MANDATE UNAMID closed resolved",
          SIDE + "closed resolved"])],
    states=[
        state("2007-06-21", "AMIS", "in_force", until="2007-06-30",
              present={"military": 1897, "police": 61}, alerts=[AMIS_JUNE + " warn"]),
        state("2007-06-21", "UNAMID", "unknown", alerts=[]),
        state("2007-06-22", "AMIS", "in_force", until="2007-12-31", document=FIRST, alerts=[]),
        *edge("2007-06-22", "accepted_one_side"),
        state("2007-07-22", "AMIS", "in_force", alerts=[ONE_SIDE[0] + " alarm UN"]),
        *edge("2007-07-30", "accepted_one_side"),
        state("2007-07-31", "UNAMID", "in_force", until="2008-07-31", document="S/RES/1769",
              ceilings=MANY, alerts=[]),
        state("2007-07-31", "AMIS", "in_force", until="2007-12-31", alerts=[]),
        *edge("2007-07-31", "accepted_both", day="2007-12-31"),
        state("2007-08-01", "UNAMID", "in_force", until="2008-07-31"),
        # The Council alone binds until the hybrid is in effect.
        state("2007-12-30", "UNAMID", "in_force", until="2008-07-31", document="S/RES/1769",
              ceilings=MANY, present={"military": None, "police": None}, alerts=[]),
        bound_by("2007-12-30"),
        state("2007-12-30", "AMIS", "in_force", present={"military": 1897, "police": 61}),
        *edge("2007-12-30", "accepted_both", day="2007-12-31"),
        whose("2007-12-30", (1897, 61), None),
        state("2007-12-31", "UNAMID", "in_force", until="2008-06-30", document=FIRST,
              ceilings=MANY, applies=True, present={"military": 1897, "police": 61}, alerts=[]),
        bound_by("2007-12-31", ("AU", True, "2008-06-30", FIRST),
                 ("UNSC", True, "2008-07-31", "S/RES/1769")),
        state("2007-12-31", "AMIS", "in_force", until="2007-12-31",
              present={"military": 0, "police": 0}, alerts=[AMIS_LAST + " warn"]),
        *edge("2007-12-31", "in_effect", day="2007-12-31", last_day="2007-12-31",
              first_day="2007-07-31"),
        whose("2007-12-31", (0, 0), (1897, 61)),
        state("2008-01-01", "AMIS", "ended", how="succeeded", until="2007-12-31", alerts=[]),
        state("2008-01-01", "UNAMID", "in_force", until="2008-06-30", alerts=[]),
        one_sided("2008-05-30"),
        one_sided("2008-05-31", "AU", until="2008-06-30", other="2008-07-31"),
        one_sided("2008-06-01", "AU", until="2008-06-30", other="2008-07-31"),
        state("2008-06-19", "UNAMID", "in_force", until="2008-06-30",
              alerts=[AU_08 + " warn", UN_08 + " info", SIDE + "alarm AU"]),
        one_sided("2008-06-20"),
        state("2008-06-20", "UNAMID", "in_force", until="2008-07-31", document="S/RES/1769",
              ceilings=MANY, alerts=[UN_08 + " info"]),
        bound_by("2008-06-21", ("AU", True, "2009-07-31", LATER),
                 ("UNSC", True, "2008-07-31", "S/RES/1769")),
        one_sided("2008-06-30"),
        one_sided("2008-07-01", "UNSC", until="2008-07-31", other="2009-07-31"),
        one_sided("2008-07-02", "UNSC", until="2008-07-31", other="2009-07-31"),
        state("2008-07-30", "UNAMID", "in_force", until="2008-07-31",
              alerts=[UN_08 + " warn", SIDE + "alarm UNSC"]),
        state("2008-07-31", "UNAMID", "in_force", until="2009-07-31", alerts=[]),
        state("2008-08-01", "UNAMID", "in_force", until="2009-07-31", alerts=[]),
        one_sided("2009-07-29"),
        state("2009-07-29", "UNAMID", "in_force", until="2009-07-31",
              alerts=each(BOTH_09, "warn")),
        one_sided("2009-07-30", "AU", until="2009-07-31", other="2010-07-31"),
        state("2009-08-04", "UNAMID", "in_force", until="2010-07-31", alerts=[])],
    believed=[
        # Whoever has acted binds, as long as the Council has not.
        state("2007-06-22", "UNAMID", "adopted", alerts=[]),
        state("2007-07-21", "UNAMID", "adopted", alerts=[]),
        state("2007-07-22", "UNAMID", "adopted", alerts=[ONE_SIDE[1] + " alarm UN"]),
        state("2007-07-30", "UNAMID", "adopted", ceilings={"military": None}),
        state("2009-07-31", "UNAMID", "in_force", until="2009-07-31", document=LATER,
              alerts=[BOTH_09[0] + " warn", SIDE + "alarm AU"]),
        state("2009-08-01", "UNAMID", "ended", how="lapsed", until="2009-07-31", in_force=False,
              applies=False, ceilings=MANY, present={"military": 1897},
              alerts=[LAPSED + " alarm", "DEP_NO_MANDATE UNAMID alarm", SIDE + "alarm AU"]),
        bound_by("2009-08-02", ("AU", False, "2009-07-31", LATER),
                 ("UNSC", True, "2010-07-31", "S/RES/1881")),
        one_sided("2009-08-03", "AU", until="2009-07-31", other="2010-07-31")],
    found=[
        state("2007-07-22", "UNAMID", alerts=[ONE_SIDE[1] + " alarm UN"]),
        state("2009-07-31", "UNAMID", "in_force", until="2010-07-31", alerts=[]),
        state("2009-08-01", "UNAMID", "in_force", until="2010-07-31", applies=True, alerts=[]),
        bound_by("2009-08-02", ("AU", True, "2010-07-31", LATE),
                 ("UNSC", True, "2010-07-31", "S/RES/1881")),
        one_sided("2009-08-03")])


# --- 2020: the last day, a decision that comes two days too late, and what follows ----------------

AU_OCT, AU_DEC = expiring("AU", "2020-10-31"), expiring("AU", "2020-12-31")
UN_DEC = expiring("UNSC", "2020-12-31")
NEXT = "HANDOVER_ONE_SIDE UNAMID-UNITAMS "
GAP = "SUCC_GAP UNAMID-UNITAMS "
YEAR, LAST = "PSC/PR/Comm(DCCCLXXXVIII)", "PSC/PR/Comm(CMLX)"


def successor(arrangement_state, **more):
    return dict(more, arrangement="UNAMID-UNITAMS", operation="UNAMID", other_operation="UNITAMS",
                state=arrangement_state)


def family(on, arrangement_state, of=("AMIS", "UNAMID", "UNITAMS"), **more):
    """All three, whichever is asked about."""
    rows = [{"arrangement": "AMIS-UNAMID", "operation": "AMIS", "other_operation": "UNAMID",
             "state": "in_effect", "day": "2007-12-31"}, successor(arrangement_state, **more)]
    return [answered(on, ("lineage", acronym), *rows) for acronym in of]


ENDS = Story(
    "UNAMID to UNITAMS: two parties until the last day, the Council alone from the next",
    names=PARTNERS + [AMIS, UNITAMS, operation("UNAMID")],
    before=[hybrid(end="2020-12-31"), AMIS_UNAMID, UNAMID_UNITAMS,
            accepts("AU", "UNAMID-hybrid", "2007-06-22"),
            accepts("UN", "UNAMID-hybrid", "2007-07-31"),
            accepts("AU", "AMIS-UNAMID", "2007-06-22"), accepts("UN", "AMIS-UNAMID", "2007-07-31"),
            accepts("UN", "UNAMID-UNITAMS", "2020-06-03"),
            decided("UNAMID", FIRST, "establish", "2007-06-22", "2008-06-30",
                    effective="2007-12-31"),
            decided("UNAMID", YEAR, "extend", "2019-10-25", "2020-10-31"),
            {"instrument": {"operation": "UNITAMS", "party": "UNSC", "document": "S/RES/2524",
                            "action": "establish", "adopted": "2020-06-03",
                            "valid_until": "2021-06-03"}}]
    + texts("UNAMID", 1769, 2429, 2479, 2495, 2525),
    told=[
        ("2020-09-30", [returned("UNAMID", "2020-09-30", 4000, 2000)],
         [AU_OCT + " opened info 60", NEXT + "opened alarm AU"]),
        ("2020-10-01", [], [AU_OCT + " changed warn 30", SIDE + "opened alarm AU"]),
        ("2020-10-02", [], [UN_DEC + " opened info 90"]),
        # Both agree to what comes on 2021-01-01, and nothing secures the days up to it.
        ("2020-10-15", [By("au", accepts("AU", "UNAMID-UNITAMS", "2020-10-15"))],
         [NEXT + "closed resolved", GAP + "opened warn"]),
        ("2020-10-17", [], [AU_OCT + " changed warn 14"]),
        ("2020-10-24", [], [AU_OCT + " changed warn 7"]),
        ("2020-10-31", [returned("UNAMID", "2020-10-31", 4000, 2000)], []),
        ("2020-11-01", [], [AU_OCT + " closed over", UN_DEC + " changed info 60",
                            "MAND_LAPSED UNAMID:AU opened alarm"]),
        # Adopted too late: the day between stays without a mandate.
        ("2020-11-02", [By("au", decided("UNAMID", LAST, "extend", "2020-11-02", "2020-12-31"))],
         [AU_DEC + " opened info 60", "MAND_LAPSED UNAMID:AU closed resolved",
          SIDE + "closed resolved", GAP + "closed resolved"]),
        ("2020-11-30", [returned("UNAMID", "2020-11-30", 3900, 1900)], []),
        ("2020-12-01", [], [AU_DEC + " changed warn 30", UN_DEC + " changed warn 30"]),
        ("2020-12-17", [], [AU_DEC + " changed warn 14", UN_DEC + " changed warn 14"]),
        ("2020-12-22", texts("UNAMID", 2559), [UN_DEC + " closed resolved"]),
        ("2020-12-24", [], [AU_DEC + " changed warn 7"]),
        ("2020-12-31", [returned("UNAMID", "2020-12-31", 3800, 1800)], []),
        ("2021-01-01", [], [AU_DEC + " closed over"])],
    states=[
        one_sided("2020-09-30"),
        *family("2020-09-30", "accepted_one_side", of=("AMIS", "UNAMID")),
        one_sided("2020-10-01", "AU", until="2020-10-31", other="2020-12-31"),
        state("2020-10-14", "UNAMID", "in_force", until="2020-10-31", document=YEAR,
              alerts=[AU_OCT + " warn", UN_DEC + " info", NEXT + "alarm AU", SIDE + "alarm AU"]),
        bound_by("2020-10-14", ("AU", True, "2020-10-31", YEAR),
                 ("UNSC", True, "2020-12-31", "S/RES/2525")),
        state("2020-10-15", "UNAMID", "in_force",
              alerts=[AU_OCT + " warn", UN_DEC + " info", GAP + "warn", SIDE + "alarm AU"]),
        *family("2020-10-15", "accepted_both", day="2021-01-01"),
        state("2020-10-31", "UNAMID", "in_force", until="2020-10-31", applies=True),
        bound_by("2020-11-01", ("AU", False, "2020-10-31", YEAR),
                 ("UNSC", True, "2020-12-31", "S/RES/2525")),
        state("2020-11-02", "UNAMID", "in_force", until="2020-12-31",
              alerts=[AU_DEC + " info", UN_DEC + " info"]),
        state("2020-11-03", "UNAMID", "in_force", until="2020-12-31"),
        state("2020-12-30", "UNAMID", "in_force", until="2020-12-31", withdraw_by="2021-06-30"),
        *family("2020-12-31", "accepted_both", day="2021-01-01"),
        state("2020-12-31", "UNAMID", "in_force", until="2020-12-31", applies=True,
              present={"military": 3800, "police": 1800}, alerts=[AU_DEC + " warn"]),
        bound_by("2020-12-31", ("AU", True, "2020-12-31", LAST),
                 ("UNSC", True, "2020-12-31", "S/RES/2559")),
        answered("2020-12-31", ("arrangements", "UNAMID"),
                 {"arrangement": "AMIS-UNAMID", "state": "in_effect"},
                 {"arrangement": "UNAMID-UNITAMS", "state": "accepted_both"},
                 {"arrangement": "UNAMID-hybrid", "state": "in_effect"}),
        # Both lived side by side for 212 days; the authority passes once.
        state("2020-12-31", "UNITAMS", "in_force", until="2021-06-03", alerts=[]),
        *family("2021-01-01", "in_effect", day="2021-01-01", last_day="2020-12-31",
                first_day="2020-06-03"),
        state("2021-01-01", "UNAMID", "withdrawing", until="2020-12-31", withdraw_by="2021-06-30",
              document="S/RES/2559", applies=False, present={"military": 3800, "police": 1800},
              alerts=[]),
        bound_by("2021-01-01"),
        answered("2021-01-01", ("arrangements", "UNAMID"),
                 {"arrangement": "AMIS-UNAMID", "state": "in_effect"},
                 {"arrangement": "UNAMID-UNITAMS", "state": "in_effect"},
                 {"arrangement": "UNAMID-hybrid", "state": "ended"}),
        state("2021-01-01", "UNITAMS", "in_force", until="2021-06-03", alerts=[]),
        state("2021-01-31", "UNAMID", "withdrawing", alerts=[]),
        # No overlap is told of: what is withdrawing is not in force.
        state("2021-02-01", "UNAMID", "withdrawing", alerts=[])],
    believed=[
        # Not before all have accepted is what came before its own past.
        answered("2020-09-30", ("lineage", "UNITAMS"), successor("accepted_one_side", day=None)),
        state("2020-11-01", "UNAMID", "ended", how="lapsed", until="2020-10-31", in_force=False,
              applies=False, present={"military": None, "police": None},
              alerts=[UN_DEC + " info", "MAND_LAPSED UNAMID:AU alarm", GAP + "warn",
                      SIDE + "alarm AU"])],
    # What was too late stays so; but the gap before the succession is closed, and the time to
    # withdraw that S/RES/2559 gives is one for this day, too.
    found=[
        *family("2020-09-30", "accepted_one_side", of=("UNITAMS",)),
        state("2020-11-01", "UNAMID", "withdrawing", until="2020-10-31", withdraw_by="2021-06-30",
              in_force=False, applies=False, present={"military": 4000, "police": 2000},
              alerts=[UN_DEC + " info", "MAND_LAPSED UNAMID:AU alarm", SIDE + "alarm AU"])])

# --- 2020 as it was not: one side leaves, and both sides end it -----------------------------------

AGREED = [hybrid(end="2020-12-31"), accepts("AU", "UNAMID-hybrid", "2007-06-22"),
          accepts("UN", "UNAMID-hybrid", "2007-07-31"),
          decided("UNAMID", FIRST, "establish", "2007-06-22", "2008-06-30", effective="2007-12-31")
          ] + texts("UNAMID", 1769, 2429, 2479, 2495, 2525)
NO_MANDATE = "DEP_NO_MANDATE UNAMID "
LEAVES, ENDED = "PSC/PR/Comm(CMLI)", "PSC/PR/Comm(CMLXXV)"

LEFT = Story(
    "UNAMID is left: the African Union ends its side, and then the Council is alone",
    names=PARTNERS + [operation("UNAMID")],
    before=AGREED + [decided("UNAMID", YEAR, "extend", "2019-10-25", "2020-10-31"),
                     unit("UNAMID", "PAK", "Engineers 7", "2020-01-01", None, 100)],
    told=[
        ("2020-10-20", [], [AU_OCT + " opened warn 14", UN_DEC + " opened info 90",
                            SIDE + "opened alarm AU"]),
        ("2020-10-22", [By("au", decided("UNAMID", LEAVES, "terminate", "2020-10-22",
                                         "2020-10-31"))],
         [AU_OCT + " closed resolved", SIDE + "changed alarm AU"]),
        ("2020-11-01", [], [UN_DEC + " changed info 60", NO_MANDATE + "opened alarm"]),
        # The arrangement is said to have ended with it: there are no sides any more.
        ("2020-11-03", [By("un", change(hybrid(end="2020-10-31"), 2))],
         [NO_MANDATE + "closed corrected", SIDE + "closed over"])],
    states=[
        state("2020-10-21", "UNAMID", "in_force", until="2020-10-31", document=YEAR,
              alerts=[AU_OCT + " warn", UN_DEC + " info", SIDE + "alarm AU"]),
        state("2020-10-22", "UNAMID", "in_force", until="2020-10-31", document=LEAVES,
              alerts=[UN_DEC + " info", SIDE + "alarm AU"]),
        state("2020-10-31", "UNAMID", "in_force", until="2020-10-31", applies=True,
              present={"military": 100}, alerts=[UN_DEC + " info", SIDE + "alarm AU"]),
        bound_by("2020-10-31", ("AU", True, "2020-10-31", LEAVES),
                 ("UNSC", True, "2020-12-31", "S/RES/2525")),
        state("2020-11-03", "UNAMID", "in_force", until="2020-12-31", document="S/RES/2525",
              applies=True, present={"military": 100}, alerts=[UN_DEC + " info"]),
        bound_by("2020-11-03"),
        answered("2020-11-03", ("arrangements", "UNAMID"),
                 {"arrangement": "UNAMID-hybrid", "state": "ended", "until": "2020-10-31"}),
        state("2020-11-04", "UNAMID", "in_force", until="2020-12-31", alerts=[UN_DEC + " info"])],
    believed=[
        state("2020-11-01", "UNAMID", "ended", how="terminated", until="2020-10-31",
              in_force=False, applies=False, present={"military": 100},
              alerts=[UN_DEC + " info", SIDE + "alarm AU", NO_MANDATE + "alarm"]),
        answered("2020-11-02", ("arrangements", "UNAMID"),
                 {"arrangement": "UNAMID-hybrid", "state": "in_effect"})],
    found=[
        state("2020-11-01", "UNAMID", "in_force", until="2020-12-31", document="S/RES/2525",
              applies=True, present={"military": 100}, alerts=[UN_DEC + " info"])])

TOGETHER = Story(
    "UNAMID by both: each side ends it for the same day, and gives its own time to withdraw",
    names=PARTNERS + [operation("UNAMID")],
    before=AGREED + [decided("UNAMID", LAST, "extend", "2020-10-30", "2020-12-31"),
                     unit("UNAMID", "PAK", "Engineers 7", "2020-01-01", "2021-01-02", 100)],
    told=[
        ("2020-12-16", [], [AU_DEC + " opened warn 30", UN_DEC + " opened warn 30"]),
        ("2020-12-17", [], [AU_DEC + " changed warn 14", UN_DEC + " changed warn 14"]),
        ("2020-12-22", texts("UNAMID", 2559), [UN_DEC + " closed resolved"]),
        ("2020-12-23", [By("au", decided("UNAMID", ENDED, "terminate", "2020-12-23",
                                         "2020-12-31", withdraw_by="2021-03-31"))],
         [AU_DEC + " closed resolved"])],
    states=[
        state("2020-12-21", "UNAMID", "in_force", until="2020-12-31", withdraw_by=None,
              alerts=[AU_DEC + " warn", UN_DEC + " warn"]),
        state("2020-12-22", "UNAMID", "in_force", until="2020-12-31", withdraw_by="2021-06-30",
              alerts=[AU_DEC + " warn"]),
        state("2020-12-23", "UNAMID", "in_force", until="2020-12-31", withdraw_by="2021-06-30",
              alerts=[]),
        state("2020-12-31", "UNAMID", "in_force", until="2020-12-31", applies=True, alerts=[]),
        bound_by("2020-12-31", ("AU", True, "2020-12-31", ENDED),
                 ("UNSC", True, "2020-12-31", "S/RES/2559")),
        # The later of two days, though the hybrid has ended.
        state("2021-01-01", "UNAMID", "withdrawing", until="2020-12-31", withdraw_by="2021-06-30",
              applies=False, present={"military": 100}, alerts=[]),
        state("2021-01-02", "UNAMID", "withdrawing", present={"military": 100}, alerts=[]),
        state("2021-01-03", "UNAMID", "withdrawing", present={"military": 0}, alerts=[])])


def play(scene):
    play_all(scene, BEGINS, ENDS, LEFT, TOGETHER)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, options, folder=memory_folder()))
