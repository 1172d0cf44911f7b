"""A mail server on loopback, which speaks as much SMTP as smtplib asks for."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What a server does and got.

    Args:
        port: where it listens.
        letters: each with its recipient.
        refused: recipients that it does not know.
        breaks_after: letters after which it hangs up; -1 for never.
        logins: the accounts that signed in, as `user:password`.
    """

    port: int = 0
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    breaks_after: int = -1
    logins: list[str] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve until the context ends."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        def handle(self) -> None:
            self.say("220 here")
            to = ""
            while words := self.rfile.readline(10_000).decode().strip():
                verb, _, rest = words.partition(" ")
                if verb.upper() == "EHLO":
                    self.say("250-here\r\n250 AUTH PLAIN")
                elif verb.upper() == "AUTH":
                    parts = base64.b64decode(rest.split()[-1]).decode().split("\0")
                    box.logins.append(":".join(parts[1:]))
                    self.say("235 welcome" if parts[2] == "secret" else "535 wrong password")
                elif verb.upper() == "RCPT":
                    to = rest.partition("<")[2].rstrip(">")
                    self.say("550 nobody" if to in box.refused else "250 yes")
                elif verb.upper() == "DATA":
                    if len(box.letters) == box.breaks_after:
                        return
                    self.say("354 go on")
                    box.letters.append((to, self.letter()))
                    self.say("250 taken")
                elif verb.upper() == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 yes")

        def letter(self) -> bytes:
            lines = []
            while (line := self.rfile.readline(1 << 20)) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        box.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
