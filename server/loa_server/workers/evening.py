"""Sends the evening letters again and again, and says once when the mail server is lost or back.

A thread of its own: a slow mail server must not keep the regular duties waiting.
"""

import logging
import threading

from loa_server.application.send_evening_mail import Mailer, send_evening_mail
from loa_server.application.services import Services

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0


class EveningLetters:
    """One loop of the worker process."""

    def __init__(self, services: Services, mailer: Mailer) -> None:
        self._services = services
        self._mailer = mailer
        self._away: str | None = None

    def run(self, stop: threading.Event) -> None:
        """A turn every minute until told to stop."""
        while not stop.wait(LOOK_EVERY_S):
            try:
                self.turn(stop)
            except Exception:  # the loop must outlive a database that is away for a while
                logger.exception("evening_mail_failed")

    def turn(self, stop: threading.Event) -> None:
        """One round; most find nothing due."""
        found = send_evening_mail(self._services, self._mailer, stopped=stop.is_set)
        if found.away is not None and self._away is None:
            logger.warning("mail_server_away reason=%s", found.away)
        if found.away is None and self._away is not None and found.sent:
            logger.info("mail_server_back")
        if found.away is not None or found.sent:
            self._away = found.away
        for account in found.refused:
            logger.warning("mail_refused account=%s", account)
        if found.sent:
            logger.info("evening_mail_sent count=%d", len(found.sent))
