"""A small mail server that speaks real SMTP (RFC 5321) and can be unwilling on demand."""

import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from typing_extensions import override

PATIENCE_S = 10.0


class PostOffice:
    """Letters it took, by recipient; `unwilling` holds what it answers instead of yes, once each.

    Keys are the words of a client (`RCPT`, `DATA`, `.` for the end of a letter) or an address;
    the answer `None` hangs up. With a `certificate` it takes passwords, and only over TLS.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self.certificate = certificate
        self.passwords: list[str] = []
        self.letters: list[tuple[str, EmailMessage]] = []
        self.unwilling: dict[str, str | None] = {}
        self.connections = 0
        self.words: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.office = self

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @contextmanager
    def opened(self) -> Iterator["PostOffice"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join(PATIENCE_S)
            self._server.server_close()

    def close(self) -> None:
        """Nobody answers at the port any more."""
        self._server.server_close()

    def by(self, recipient: str) -> list[EmailMessage]:
        return [letter for to, letter in self.letters if to == recipient]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    office: PostOffice


class _Talk(socketserver.StreamRequestHandler):
    timeout = PATIENCE_S

    @override
    def handle(self) -> None:
        self.office = cast("_Server", self.server).office
        self.office.connections += 1
        self.recipients: list[str] = []
        self.private = False
        self.say("220 post office")
        while line := self.rfile.readline():
            words = line.decode().strip()
            self.office.words.append(words)
            if not self.answer(words):
                return

    @override
    def finish(self) -> None:
        super().finish()
        # The server closes the socket it knows; over TLS there is another around it.
        self.request.close()

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())

    def answer(self, words: str) -> bool:
        """Whether the talk goes on."""
        verb = words.partition(" ")[0].upper()
        address = words.partition("<")[2].partition(">")[0]
        for key in (verb, address):
            if key and key in self.office.unwilling:
                return self.refuse(key)
        if self.office.certificate is not None and verb in {"EHLO", "STARTTLS", "AUTH"}:
            return self.guarded(verb, words, self.office.certificate)
        match verb:
            case "RCPT":
                self.recipients.append(address)
                self.say("250 yes")
            case "DATA":
                return self.take()
            case "QUIT":
                self.say("221 bye")
                return False
            case _:
                self.say("250 yes")
        return True

    def guarded(self, verb: str, words: str, certificate: Path) -> bool:
        if verb == "STARTTLS":
            return self.begin_tls(certificate)
        if verb == "EHLO":
            self.say("250-post office")
            self.say("250 AUTH PLAIN" if self.private else "250 STARTTLS")
        elif self.private:
            self.office.passwords.append(b64decode(words.rsplit(maxsplit=1)[-1]).decode())
            self.say("235 come in")
        return True

    def begin_tls(self, certificate: Path) -> bool:
        self.say("220 go on")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except ssl.SSLError:
            return False
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)
        self.private = True
        return True

    def take(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if "." in self.office.unwilling:
            return self.refuse(".")
        letter = message_from_bytes(b"".join(lines), policy=policy.SMTP)
        self.office.letters += [(each, cast("EmailMessage", letter)) for each in self.recipients]
        self.recipients = []
        self.say("250 taken")
        return True

    def refuse(self, key: str) -> bool:
        answer = self.office.unwilling.pop(key)
        if answer is None:
            return False
        self.say(answer)
        return True
