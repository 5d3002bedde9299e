"""What hostile.py sends: messages with one thing wrong each, and the code that answers it.

Bytes are put together by hand where no library would write them.
"""
import stranger
from stranger import change, day, head_counts, instrument, operation

OPERATION = "HOSTILE"


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def day_value(value):
    return value << 1 ^ value >> 63 if value >= 0 else (-value << 1) - 1


def envelope(body, version=1, correlation=7, office=b"hostile"):
    """`body`: bytes of the envelope's fields from 10 on."""
    head = number(1, version) + number(2, correlation)
    return head + (block(3, office) if office else b"") + body


def submission(changes, lane=99, sequence=1):
    """`changes`: packed changes."""
    head = b"\x09" + lane.to_bytes(8, "little") + number(2, sequence)
    return envelope(block(10, head + b"".join(block(3, c) for c in changes)))


def one(content, action=1, more=b"", **where):
    """A submission of one change, `content` the bytes of its Record."""
    return submission([number(1, action) + block(2, content) + more], **where)


def raw_instrument(*fields, document=b"S/RES/1", adopted=True):
    return block(3, block(1, OPERATION.encode()) + block(2, b"UNSC") + block(3, document) +
                 number(4, 3) + (number(5, day_value(16000)) if adopted else b"") +
                 b"".join(fields))


def partner(name=b"", code=b"XX", more=b""):
    return block(1, block(1, code) + number(2, 1) + block(4, name) + more)


def raw_unit(*fields, days=day_value(16000)):
    return block(7, block(1, OPERATION.encode()) + block(2, b"GAB") + block(3, b"A") +
                 number(4, days) + b"".join(fields))


def packed(*changes, **where):
    return submission([c.SerializeToString() for c in changes], **where)


def with_fields(content, **fields):
    """A change of stranger's with some fields of its record set to other values."""
    message = getattr(content.record, content.record.WhichOneof("content"))
    for name, value in fields.items():
        setattr(message, name, value)
    return content


def framing():
    valid = one(partner(b"Name"))
    yield "SIZE", "empty", b""
    yield "SIZE", "a byte over 32 KiB", valid + bytes(32769 - len(valid))
    yield "SIZE", "the largest that is read", valid + bytes(65536 - len(valid))
    yield "GARBAGE", "ff ff ff", b"\xff\xff\xff"
    yield "GARBAGE", "zeros", bytes(64)
    yield "GARBAGE", "a tag without a value", b"\x08"
    yield "GARBAGE", "a group", envelope(b"\x53\x54")
    yield "GARBAGE", "a length past the end", envelope(b"\x52\x7f\x01")
    yield "GARBAGE", "a length of 2^63", envelope(b"\x52" + varint(1 << 63))
    yield "GARBAGE", "a submission cut short", one(partner(b"Name"))[:-1]
    yield "MISSING", "no body", envelope(b"")
    for office in (b"other", b"local", b"admin", b"Hostile", b"hostile2"):
        yield "UNACCREDITED", "the name of another office", envelope(block(14, b""), office=office)
    yield "VERSION", "version 0", envelope(block(14, b""), version=0)
    yield "VERSION", "version 2, and what is not known", envelope(block(77, b"x"), version=2)
    for field in list(range(20, 27)) + [30]:
        yield "GARBAGE", "field %d, which a daemon sends" % field, envelope(block(field, b""))


def canonical():
    body = partner(b"Name")
    yield "NOT_CANONICAL", "a number in two bytes", envelope(
        block(10, b"\x09" + bytes(7) + b"\x01\x10\x81\x00"))
    yield "NOT_CANONICAL", "a tag in two bytes", envelope(b"\xf2\x80\x00\x00")
    yield "NOT_CANONICAL", "a length in two bytes", envelope(b"\x72\x80\x00")
    yield "NOT_CANONICAL", "a field twice", one(block(1, block(1, b"XX") + block(1, b"XX")))
    yield "NOT_CANONICAL", "fields in another order", one(block(1, number(2, 1) + block(1, b"XX")))
    yield "NOT_CANONICAL", "two kinds of record", one(body + raw_instrument())
    yield "NOT_CANONICAL", "two bodies", envelope(block(14, b"") + block(16, b""))
    yield "NOT_CANONICAL", "an empty packed list", one(
        block(5, block(1, b"HOSTILE") + number(2, day_value(16000)) + block(3, b"")))
    yield "NOT_CANONICAL", "a packed list written apart", one(
        block(5, block(1, b"HOSTILE") + number(2, day_value(16000)) + number(3, 2) + number(3, 3)))
    yield "NOT_CANONICAL", "a count in 64 bits", one(raw_unit(number(6, 3), number(7, 1 << 40)))
    yield "NOT_CANONICAL", "a flag of 2", one(raw_instrument(number(9, 2)))
    counts = [block(4, block(1, c) + number(2, 3) + number(3, 1)) for c in (b"GAB", b"CIV")]
    yield "NOT_CANONICAL", "a return that is not sorted", one(
        block(5, block(1, b"HOSTILE") + number(2, day_value(16000)) + b"".join(counts)))
    unknown = number(99, 1)
    yield "UNKNOWN_FIELD", "in the envelope", envelope(block(14, b"") + unknown)
    yield "UNKNOWN_FIELD", "in a submission", envelope(
        block(10, b"\x09" + bytes(7) + b"\x01" + number(2, 1) + unknown))
    yield "UNKNOWN_FIELD", "in a change", one(body, more=unknown)
    yield "UNKNOWN_FIELD", "in a record", one(block(77, b""))
    yield "UNKNOWN_FIELD", "in a partner", one(partner(b"Name", more=unknown))
    yield "UNKNOWN_FIELD", "in a ceiling", one(raw_instrument(block(12, number(1, 2) + unknown)))
    yield "UNKNOWN_FIELD", "in a source", one(body, more=block(5, unknown))
    yield "UNKNOWN_FIELD", "in a query", envelope(block(11, block(15, unknown)))
    yield "UNKNOWN_FIELD", "in a filter", envelope(
        block(12, number(1, 0) + number(3, 9) + block(4, unknown)))
    yield "UNKNOWN_FIELD", "in an operator's request", envelope(block(15, block(2, unknown)))


def values():
    yield "ENUM_RANGE", "an action", one(partner(), action=9)
    yield "ENUM_RANGE", "zero", one(partner(), action=0)
    yield "ENUM_RANGE", "a negative one", one(partner(), action=(1 << 64) - 1)
    yield "ENUM_RANGE", "a component", one(raw_unit(number(6, 77), number(7, 1)))
    yield "ENUM_RANGE", "in a packed list", one(
        block(5, block(1, b"HOSTILE") + number(2, day_value(16000)) + block(3, b"\x02\x4d")))
    yield "ENUM_RANGE", "a kind that is asked for", envelope(
        block(11, block(10, number(1, 63) + block(2, b"XX"))))
    yield "ENUM_RANGE", "a kind in a filter", envelope(
        block(12, number(1, 0) + number(3, 9) + block(4, block(2, b"\x01\x3f"))))
    texts = {"a lone continuation": b"\x80", "an overlong slash": b"\xc0\xaf",
             "a surrogate": b"\xed\xa0\x80", "past U+10FFFF": b"\xf4\x90\x80\x80",
             "cut short": b"\xe2\x82", "NUL": b"\x00", "a line feed": b"\n", "DEL": b"\x7f",
             "U+0085": b"\xc2\x85", "U+202E": b"\xe2\x80\xae", "U+2066": b"\xe2\x81\xa6",
             "U+200F": b"\xe2\x80\x8f"}
    for what, text in texts.items():
        yield "TEXT", what, one(partner(b"Na" + text + b"me"))
        yield "TEXT", what + " in a key", one(partner(b"Name", code=b"X" + text))
    yield "TEXT", "in the name of an office", envelope(block(14, b""), office=b"a\x1bb")
    yield "TEXT", "a colon in a part of a key", one(partner(b"Name", code=b"X:Y"))
    yield "TEXT", "a code of 65 bytes", one(partner(b"Name", code=b"X" * 65))
    yield "TEXT", "no code", one(partner(b"Name", code=b""))
    yield "TEXT", "1025 bytes", one(partner(b"x" * 1025))
    yield "TEXT", "a country in small letters", one(block(1, block(1, b"XX") + block(3, b"gab")))
    for wrong in (day("2101-01-01"), day("1939-12-31"), (1 << 31) - 1, -(1 << 31)):
        yield "DATE", "day %d" % wrong, one(raw_unit(number(6, 3), number(7, 1),
                                                     days=day_value(wrong)))
    yield "DATE", "gone before it came", one(raw_unit(number(5, day_value(15999)), number(6, 3),
                                                      number(7, 1)))
    yield "DATE", "an end before the start", packed(with_fields(
        operation(OPERATION), end_date=day("2014-04-09")))
    yield "DATE", "valid until before adopted", packed(with_fields(
        instrument(OPERATION), valid_until=day("2014-04-09")))
    yield "DATE", "a map within a month", packed(change(estimate=stranger.record.Estimate(
        operation=OPERATION, as_of=day("2014-09-29"), detail=1)))


def numbers():
    yield "RANGE", "1 000 001 persons", one(raw_unit(number(6, 3), number(7, 1000001)))
    yield "RANGE", "2^32 - 1 persons", one(raw_unit(number(6, 3), number(7, (1 << 32) - 1)))
    yield "RANGE", "more women than persons", packed(change(**{"return": stranger.record.Return(
        operation=OPERATION, as_of=day("2014-09-30"), counts=[stranger.record.HeadCount(
            contributor="GAB", component=3, persons=3, women=4)])}))
    yield "RANGE", "a decrease past all measure", one(
        raw_instrument(block(12, number(1, 2) + number(3, (1 << 64) - 1000001))))
    yield "RANGE", "91 degrees north", packed(with_fields(operation(OPERATION), latitude=9100000))
    yield "RANGE", "edition 1 000 001", one(partner(b"Name"), more=number(3, 1000001))
    yield "RANGE", "a revision of 2^63", one(partner(b"Name"), more=number(4, 1 << 63))
    yield "RANGE", "lane 0", one(partner(b"Name"), lane=0)
    yield "RANGE", "sequence 0", one(partner(b"Name"), sequence=0)
    yield "RANGE", "sequence 2^63", one(partner(b"Name"), sequence=1 << 63)
    yield "RANGE", "257 changes", submission([number(1, 1) + block(2, partner())] * 257)
    yield "RANGE", "17 hosts", packed(with_hosts(17))
    yield "SIZE", "a change over 16 KiB", packed(change(estimate=stranger.record.Estimate(
        operation=OPERATION, as_of=day("2014-09-30"), detail=2,
        places=[stranger.record.Place(name="%03d" % n + "x" * 1000) for n in range(17)])))
    yield "MISSING", "no changes", submission([])
    yield "MISSING", "no record", submission([number(1, 1)])
    yield "MISSING", "an empty record", one(b"")
    yield "MISSING", "a part of the key", one(block(3, block(1, b"HOSTILE")))
    yield "MISSING", "an instrument's day", one(raw_instrument(adopted=False))
    yield "MISSING", "the persons of a unit", one(raw_unit(number(6, 3)))
    yield "MISSING", "an operator who asks nothing", envelope(block(15, b""))


def with_hosts(count):
    content = operation(OPERATION)
    content.record.operation.hosts[:] = ["C%s%s" % (chr(65 + n), "A") for n in range(count)]
    return content


FORMS = (("framing and garbage", framing), ("canonical form and unknown fields", canonical),
         ("enums, texts and dates", values), ("numbers, lists, what is missing", numbers))
