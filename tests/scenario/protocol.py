#!/usr/bin/python3
"""The client that was written from PROTOCOL.md alone, against the daemon."""
import os
import subprocess
import sys

from support import HERE, expect, main, memory_folder


def play(scene):
    feed = "ipc://" + scene.path("feed")
    daemon = scene.daemon("d", "feed=" + feed)
    daemon.keys("stranger")
    for _ in range(2):  # the second time everything is there already
        done = subprocess.run([sys.executable, os.path.join(HERE, "stranger.py"),
                               "--server", daemon.endpoint, "--feed", feed,
                               "--server-key", daemon.server_key_file,
                               "--key", scene.key_file("stranger")], timeout=60)
        expect(done.returncode == 0, "the stranger is content", daemon.log())
    daemon.stop()


if __name__ == "__main__":
    sys.exit(main(__doc__, play, folder=memory_folder()))
