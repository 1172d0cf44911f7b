"""A mail server on loopback, which speaks as much SMTP as smtplib asks for."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Mailbox:
    """What a server does and got.

    Args:
        port: where it listens.
        letters: each with its recipient.
        refused: recipients that it does not know.
        breaks_after: letters after which it hangs up; -1 for never.
        logins: the accounts that signed in, as `user:password`.
        encrypted: for each letter, whether it came over an encrypted connection.
    """

    port: int = 0
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    breaks_after: int = -1
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Mailbox]:
    """Serve until the context ends.

    Args:
        tls: the server's certificate; None for a server that cannot encrypt.
        at_once: whether it encrypts from the first byte on, instead of after STARTTLS.
    """
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        def handle(self) -> None:
            with suppress(OSError):  # whoever does not trust the certificate hangs up
                if tls and at_once:
                    self.encrypt(tls)
                self.talk()

        def encrypt(self, context: ssl.SSLContext) -> None:
            self.request = context.wrap_socket(self.request, server_side=True)
            self.setup()  # new files over the encrypted connection

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            self.request.close()

        def talk(self) -> None:
            self.say("220 here")
            to = ""
            while words := self.rfile.readline(10_000).decode().strip():
                verb, _, rest = words.partition(" ")
                if verb.upper() == "EHLO":
                    is_open = tls and not isinstance(self.request, ssl.SSLSocket)
                    self.say("250-here\r\n250 " + ("STARTTLS" if is_open else "AUTH PLAIN"))
                elif verb.upper() == "STARTTLS" and tls:
                    self.say("220 go ahead")
                    self.encrypt(tls)
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
                    box.encrypted.append(isinstance(self.request, ssl.SSLSocket))
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


def certificate(folder: Path, address: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A certificate for an address that nobody has signed but itself.

    Args:
        folder: where its files are written.
        address: for which address it is.

    Returns:
        The server's side of it, and the file that makes a client trust it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail for tests")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    trusted, secret = folder / "mail.pem", folder / "mail.key"
    trusted.write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted
