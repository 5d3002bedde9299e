"""What an attacker speaks below ZeroMQ: bytes of greetings and frames, and one who sits on the wire."""
import ctypes
import random
import selectors
import socket
import struct
import threading

NULL, PLAIN, CURVE = b"NULL", b"PLAIN", b"CURVE"
GREETING_BYTES = 64
MORE, LONG, COMMAND = 1, 2, 4  # flags of a frame
GIB = 1 << 30


def greeting(mechanism, major=3, minor=0, server=0):
    """ZMTP 3: signature, version, mechanism, role, filler."""
    return (b"\xff" + bytes(8) + b"\x7f" + bytes((major, minor)) + mechanism.ljust(20, b"\0") +
            bytes((server,)) + bytes(31))


def command(name, body=b""):
    content = bytes((len(name),)) + name + body
    return bytes((COMMAND, len(content))) + content


def header(flags, size):
    return bytes((flags | LONG,)) + struct.pack(">Q", size)


READY = command(b"READY", b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER")
HELLO_OF_PLAIN = command(b"HELLO", b"\x05admin\x06secret")
ZMTP_1 = b"\x01\x00"  # an anonymous peer: a frame with nothing in it
ZMTP_2 = b"\xff" + bytes(7) + b"\x01\x7f" + bytes((1, 5)) + b"\x00\x00"  # a DEALER


def port_of(endpoint):
    return int(endpoint.rsplit(":", 1)[1])


def dial(endpoint, timeout_s=5):
    return socket.create_connection(("127.0.0.1", port_of(endpoint)), timeout_s)


def until_cut(wire, timeout_s):
    """What the other side says until it ends the connection; None for the end if it does not."""
    wire.settimeout(timeout_s)
    said = b""
    try:
        while piece := wire.recv(4096):
            said += piece
    except socket.timeout:
        return said, False
    except ConnectionError:
        pass
    return said, True


def trickle(wire, sent):
    """Sends the next byte of the greeting; False: the connection has been cut."""
    try:
        wire.sendall(greeting(CURVE)[sent:sent + 1])
        wire.setblocking(False)
        while wire.recv(100):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        wire.settimeout(5)


def mutate(rng, data):
    """Cut, repeated, continued, or with some bytes that are others."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at, how = rng.randrange(len(data) + 1), rng.randrange(6)
        if how == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1 and at < len(data):
            data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif how == 2:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif how == 3:
            del data[at:at + rng.choice((1, 2, 8, 64, 4096))]
        elif how == 4:
            data[at:at] = data[at:at + rng.randrange(1, 300)]
        elif how == 5:  # a header in the middle of something
            data[at:at] = header(rng.randrange(256), rng.choice((0, 1, 255, 65536, GIB, 1 << 63)))
    return bytes(data)


class Wire(threading.Thread):
    """Sits between a client and the daemon, for one connection: keeps what passes, changes it if
    `rewrite` does (it is given the number of a piece and the piece), and adds to it."""

    def __init__(self, endpoint, rewrite=None):
        super().__init__(daemon=True)
        self.far, self.rewrite = endpoint, rewrite
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.said, self.heard = [], []  # by the client, by the daemon
        self.server = self.client = None
        self.cut = threading.Event()  # one of them has ended it
        self.start()

    def run(self):
        try:
            self.client = self.listener.accept()[0]
            self.server = dial(self.far)
            self.carry()
        except OSError:
            pass
        self.cut.set()
        self.close()

    def carry(self):
        with selectors.DefaultSelector() as both:
            both.register(self.client, selectors.EVENT_READ)
            both.register(self.server, selectors.EVENT_READ)
            while True:
                for ready, _ in both.select():
                    piece = ready.fileobj.recv(65536)
                    if not piece:
                        return
                    if ready.fileobj is self.server:
                        self.heard.append(piece)
                        self.client.sendall(piece)
                        continue
                    if self.rewrite:
                        piece = self.rewrite(len(self.said), piece)
                    self.said.append(piece)
                    self.server.sendall(piece)

    def add(self, data):
        """To the daemon, as if the client had said it."""
        try:
            self.server.sendall(data)
        except OSError:
            pass  # cut meanwhile, which is what the caller looks at

    def close(self):
        for one in (self.listener, self.client, self.server):
            if one:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                one.close()


AHEAD, SOCKETS = 8, 8


def unseeded_ids():
    """The next automatic routing ids, if the daemon left it to libzmq where they begin: each of its
    sockets draws two numbers from rand(), which nobody has seeded. Where one is taken when its turn
    comes, libzmq aborts the process."""
    libc = ctypes.CDLL(None)
    libc.srand(1)
    firsts = [libc.rand() | libc.rand() << 31 for _ in range(SOCKETS)]
    return [b"\0" + ((first + n) & 0xFFFFFFFF).to_bytes(4, "big")
            for first in firsts for n in range(AHEAD)]


def garbage(rng, session):
    """Bytes of no session: a recorded one that is changed, or none at all."""
    how = rng.randrange(8)
    if how == 0:
        return rng.randbytes(rng.randrange(1, 2000))
    if how == 1:
        return greeting(rng.choice((NULL, PLAIN, CURVE, b"GSSAPI", rng.randbytes(20))),
                        rng.randrange(5), rng.randrange(3), rng.randrange(2)) + rng.randbytes(99)
    if how == 2:
        return mutate(rng, rng.choice((ZMTP_1, ZMTP_2, greeting(NULL) + READY)))
    if how == 3:  # the handshake right up to the last step
        return session[:GREETING_BYTES] + mutate(rng, session[GREETING_BYTES:])
    return mutate(rng, session)


def throw(endpoint, seed, session, count, at_once=50):
    """Sends `count` such strings, over as many connections."""
    rng = random.Random(seed)
    for first in range(0, count, at_once):
        wires = []
        for _ in range(min(at_once, count - first)):
            wires.append(dial(endpoint))
            wires[-1].settimeout(5)
        for wire in wires:
            data = garbage(rng, session)
            half = rng.choice((len(data), rng.randrange(len(data) + 1)))
            try:
                wire.sendall(data[:half])
                wire.sendall(data[half:])
                if rng.randrange(2):
                    wire.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # cut already
        for wire in wires:
            until_cut(wire, 0.002)
            wire.close()
