"""Hands letters to a mail server by SMTP, each over a connection of its own."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from loa_server.application.send_evening_mail import (
    MailDelayedError,
    MailRefusedError,
    MailServerAwayError,
)
from loa_server.application.write_evening_mail import Mail
from loa_server.config import SmtpTls

PATIENCE_S = 20.0
PERMANENT = 500
"""Replies from here on will be the same tomorrow (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where letters are handed over, as whom, and whose name they bear."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = None
    tls: SmtpTls = SmtpTls.STARTTLS


class SmtpMailer:
    """Implements the port `Mailer`."""

    def __init__(self, address: SmtpAddress) -> None:
        self._address = address

    def send(self, mail: Mail) -> None:
        """Hand over one letter.

        Raises:
            MailRefusedError: the address is none, or the server will never take the letter.
            MailDelayedError: the server does not take this letter now.
            MailServerAwayError: the server is away, or does not let us in.
        """
        message = _message(mail, self._address.sender)
        handed_over = False
        try:
            with self._opened() as server:
                _hand_over(server, message)
                handed_over = True
        except MailServerAwayError:
            # Who breaks off after taking the letter has it.
            if not handed_over:
                raise

    @contextmanager
    def _opened(self) -> Iterator[smtplib.SMTP]:
        """A connection that is let in; what fails on the way means nobody can be written to."""
        try:
            with self._connected() as server:
                if self._address.tls is SmtpTls.STARTTLS:
                    server.starttls(context=ssl.create_default_context())
                if self._address.username is not None:
                    server.login(self._address.username, self._address.password or "")
                yield server
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerAwayError(type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        host, port = self._address.host, self._address.port
        if self._address.tls is SmtpTls.TLS:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=PATIENCE_S, context=context)
        return smtplib.SMTP(host, port, timeout=PATIENCE_S)


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _failure(min(code for code, _ in error.recipients.values())) from error
    except smtplib.SMTPSenderRefused as error:
        # Our own name is refused: so it will be for everybody.
        raise MailServerAwayError(f"sender_refused {error.smtp_code}") from error
    except smtplib.SMTPDataError as error:
        raise _failure(error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefusedError("address_not_ascii") from error


def _failure(code: int) -> MailRefusedError | MailDelayedError:
    return MailRefusedError(str(code)) if code >= PERMANENT else MailDelayedError(str(code))


def _message(mail: Mail, sender: str) -> EmailMessage:
    """The policy refuses line ends in headers, the address takes one address and no list."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(addr_spec=sender, display_name="Loa")
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = mail.subject
    except (ValueError, IndexError, HeaderParseError) as error:
        raise MailRefusedError("bad_address") from error
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
