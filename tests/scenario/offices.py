#!/usr/bin/python3
"""What an administrator does: accredit, grant, suspend, revoke; and who can see afterwards that it was
done. At the control endpoint, where keys are only numbers, and at last by TCP.
"""
import sys

import zmq

import stranger
from answers import Desk
from support import Sender, expect, main, memory_folder, step


def key_file(scene, name):
    """The public half of a new pair."""
    public, _ = zmq.curve_keypair()
    path = scene.path(name + ".pub")
    with open(path, "w") as f:
        f.write("# public key of %s\n%s\n" % (name, public.decode()))
    return path, public.decode()


class Administrator(Desk):
    def office(self, *arguments, status=0, says=""):
        """`mandatectl office ...`: ends with `status` and tells a person `says`."""
        got, text = self.ctl("office", *arguments, form="table")
        expect(got == status and says in text,
               "office %s: %d, \"%s\"" % (" ".join(arguments), status, says), got, text)
        return text

    def on_record(self, name):
        return self.rows("office", "show", name)[0]


def accredit(admin):
    laptop, key = key_file(admin.scene, "laptop")
    hub, hub_key = key_file(admin.scene, "hub")
    expect(admin.rows("office", "list") == [], "nobody is accredited at first")
    admin.office("add", "BGD", "--role", "contributor:BGD", "--key", laptop, "--title",
                 "Permanent Mission of Bangladesh", says="office BGD is accredited: 1 device, 2 grants")
    held = admin.on_record("BGD")
    expect(held["devices"] == [{"name": "first", "key": key}] and held["edition"] == 1,
           "its key is on record", held)
    expect(held["grants"][0] == {"access": "write", "contributors": ["BGD"],
                                 "kinds": ["unit", "pledge", "pledge_step", "transfer"]},
           "the role became grants", held)
    admin.office("add", "BGD", status=1, says="accredited already")
    said = admin.office("add", "MONUC")
    expect("device add MONUC" in said and "office grant MONUC" in said, "what to do next", said)
    admin.office("device", "add", "MONUC", "hub", hub, says="may speak from hub")
    expect(admin.on_record("MONUC")["devices"][0]["key"] == hub_key, "with that key")
    admin.office("device", "add", "MONUC", "other", laptop, status=1, says="that of office BGD")
    admin.office("device", "add", "MONUC", "hub", laptop, status=2, says="a new key is a new device")
    admin.office("add", "local", status=1, says="the daemon's own")
    admin.office("show", "NOBODY", status=1, says="NOT_FOUND")
    admin.office("suspend", "NOBODY", status=1, says="no such office")
    step("accredited, with a key and a role, in one line; a key is one office's, a name its own")


def grant(admin):
    wide = 'read operations="EUFOR Althea",ONUB until=2027-06-30'
    admin.office("grant", "MONUC", "write kinds=total,return operations=MONUC", wide,
                 says="has 2 grants more, 2 in all")
    lines = admin.office("show", "MONUC").splitlines()
    expect([line.split(None, 2)[2] for line in lines if line.startswith("grant")] ==
           ["write kinds=return,total operations=MONUC", wide], "listed as they were given", lines)
    admin.office("grant", "MONUC", "write kind=total", status=2, says='what is "kind="?')
    admin.office("grant", "MONUC", status=2, says="nothing is granted")
    admin.office("grant", "MONUC", "--role", "observer", status=2, says="observer:OPERATION")
    admin.office("ungrant", "MONUC", "3", status=2, says="none of its 2 grants")
    admin.office("ungrant", "MONUC", "2", says="may no longer: " + wide)
    expect(len(admin.on_record("MONUC")["grants"]) == 1, "one is left")
    roles = [row["role"] for row in admin.rows("office", "roles")]
    expect("contributor:CODE" in roles and "council-desk" in roles, "the roles that there are", roles)
    step("granted in words, listed in the same words, taken away by number")


def suspend(admin):
    admin.office("suspend", "MONUC", says="office resume MONUC")
    before = admin.on_record("MONUC")
    expect(before["state"] == "suspended", "suspended", before)
    admin.office("suspend", "MONUC", says="so already")
    expect(admin.on_record("MONUC") == before, "which makes no further edition")
    admin.office("resume", "MONUC", says="may speak again")
    expect("state" not in admin.on_record("MONUC"), "active, as at first")
    admin.office("device", "revoke", "MONUC", "hub", says="device hub is revoked")
    admin.office("device", "revoke", "MONUC", "tablet", status=1, says="no such device")
    admin.office("revoke", "MONUC", says="is revoked")
    admin.office("resume", "MONUC", status=1, says="stays so")
    expect([(row["office"], row.get("state")) for row in admin.rows("office", "list")] ==
           [("BGD", None), ("MONUC", "revoked")], "the list tells")
    step("suspended, resumed, revoked: an edition each, and none where nothing changes")


def two_at_once(admin):
    """Two administrators have read the same edition; the second to send is told."""
    held = admin.rows("get", "office", "BGD")[0]
    lane, record = Sender(admin.daemon.link(control=True)), stranger.record

    def retitled(title):
        office = record.Office(office="BGD", title=title)
        return record.Change(action=record.CHANGE_ACTION_CORRECT,
                             record=record.Record(office=office),
                             expected_revision=held["revision"])
    lane.accepted([retitled("one")])
    conflict = lane.refused(stranger.pb.CODE_CONFLICT, [retitled("two")])
    expect(conflict.current.record.office.title == "one", "with what the first one wrote", conflict)
    step("two at once: the second is a CONFLICT, and sees the first")


def as_json(admin):
    """Records of offices both ways."""
    office = {"office": "HQ", "title": "Situation Centre", "state": "active", "until": "2030-12-31",
              "devices": [{"name": "desk", "key": key_file(admin.scene, "desk")[1],
                           "until": "2029-12-31"}],
              "grants": [{"access": "read", "kinds": ["return", "alert"], "operations": ["MONUC"],
                          "must_acknowledge": True, "until": "2030-01-31"},
                         {"access": "write", "kinds": ["acceptance"], "parties": ["UN"]}],
              "administrator": False, "document": "DPO 2026/1"}
    total = admin.rows("push", admin.write("office.json", [{"office": office}]))[-1]
    expect(total["accepted"] == 1, "an office may be pushed", total)
    held = admin.rows("get", "office", "HQ")[0]
    expect(held["record"]["office"] == office, "and comes back as it went", held)
    again = admin.rows("push", admin.write("again.json", [{"record": held["record"],
                                                          "action": "record"}]))[-1]
    expect(again["unchanged"] == 1, "what came back may be pushed again", again)
    expect(len(admin.rows("history", "office", "MONUC")) == 8, "every edition is there")
    for wrong, code in ((dict(office, devices=[{"name": "a", "key": "short"}]), "TEXT"),
                        (dict(office, grants=[{"access": "read", "kinds": ["office"]}]), "RANGE"),
                        (dict(office, grants=[{"access": "read", "operations": ["B", "A"]}]),
                         "NOT_CANONICAL")):
        rows = admin.rows("push", admin.write("wrong.json", [{"office": wrong}]), status=1)
        expect(rows[0]["code"] == code, code, rows)
    step("an office as JSON: pushed, read, pushed again; what is wrong in it is named")


def operators(admin):
    """The key of the first administrator is a setting."""
    _, key = key_file(admin.scene, "admin")
    admin.told("setting", "--", "admin_public_key", key, words=["entered"])
    expect(admin.rows("setting", "admin_public_key")[0]["value"] == key, "held as a setting")
    taken = admin.on_record("HQ")["devices"][0]["key"]
    admin.told("setting", "--", "admin_public_key", taken, words=["that of an office"], status=1)
    admin.told("setting", "admin_public_key", "short", words=["Z85"], status=1)
    admin.told("setting", "no_such", "1", words=["no such setting"], status=1)
    office = {"office": "THIEF", "devices": [{"name": "a", "key": key}]}
    refused = admin.rows("push", admin.write("thief.json", [{"office": office}]), status=1)
    expect("office admin" in refused[0]["reason"], "its key is nobody else's", refused)
    admin.told("checkpoint", words=[])
    step("the first administrator's key is set, and is nobody else's")
    return key


def audit(admin, key):
    rows = admin.rows("audit")
    acts = [(row["act"], row["key"]) for row in rows if row["office"] == "local"]
    for act in (("accredited", "BGD"), ("suspended", "MONUC"), ("revoked", "MONUC"),
                ("setting", "admin_public_key")):
        expect(act in acts, "%s %s is in the audit" % act, acts)
    deeds = [row["text"] for row in rows if row["act"] == "deed"]
    expect(deeds == ["checkpoint"], "what was asked for is there too", deeds)
    expect([row["text"] for row in admin.rows("audit", "--act", "setting")][-1] == key, "by act")
    of_bgd = admin.rows("audit", "--office", "BGD")
    expect(of_bgd and all(row["key"] == "BGD" for row in of_bgd), "by office", of_bgd)
    expect(admin.rows("audit", "--since", "2100-01-01") == [], "by time")
    expect(admin.rows("audit", "--until", "2020-01-01T00:00Z") == [], "by time")
    expect(len(admin.lines(len(rows), "audit")) == len(rows), "as CSV")
    admin.told("audit", words=["accredited", "admin_public_key", "checkpoint"])
    admin.told("audit", "--since", "yesterday", words=["no time"], status=2)
    step("the audit: %d rows; by office, act and time; as table, JSON and CSV", len(rows))


def from_afar(scene):
    """Operators' requests by TCP: an administrator's are done, and name it; others' are refused."""
    daemon, pb = scene.daemon("afar"), stranger.pb
    admin = Administrator(scene, daemon)
    requests = (dict(day=pb.DayRequest(day=stranger.day("2020-01-02"))),
                dict(setting=pb.SettingRequest(name="alert.mou_missing.days", value="91")),
                dict(checkpoint=pb.CheckpointRequest()), dict(verify=pb.VerifyRequest()))
    for office, code in (("clerk", pb.CODE_FORBIDDEN), ("boss", pb.CODE_ACCEPTED)):
        link = daemon.link(office, administrator=office == "boss", timeout_s=60)
        for what in requests:
            correlation = link.send(operate=pb.Operate(**what))
            report = link.receive(correlation)[0].report
            while report.more:
                report = link.receive(correlation)[0].report
            expect(report.code == code, "%s by %s: %s" % (what, office, pb.Code.Name(code)), report)
    told = [(row["act"], row["key"] or row["text"], row["device"])
            for row in admin.rows("audit", "--office", "boss") if row["act"] != "accredited"]
    expect(told == [("day", "2020-01-02", "test"), ("setting", "alert.mou_missing.days", "test"),
                    ("deed", "checkpoint", "test"), ("deed", "verify", "test")],
           "each is in the audit, with office and device", told)
    expect([row["act"] for row in admin.rows("audit", "--office", "clerk")] == ["accredited"],
           "what was forbidden was not done")
    daemon.stop()
    step("by TCP: an administrator's day, setting, checkpoint and verification; others FORBIDDEN")


def restarted(admin):
    """All of it is in the journal."""
    before = admin.rows("office", "list")
    admin.daemon.kill()
    admin.daemon = admin.scene.daemon("offices", "listen=")
    expect(admin.rows("office", "list") == before, "the same offices after kill -9")
    step("killed and started: the same offices")


def play(scene):
    admin = Administrator(scene, scene.daemon("offices", "listen="))
    accredit(admin)
    grant(admin)
    suspend(admin)
    two_at_once(admin)
    as_json(admin)
    key = operators(admin)
    audit(admin, key)
    restarted(admin)
    from_afar(scene)


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
