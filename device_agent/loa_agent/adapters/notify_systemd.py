"""Words to the service manager over its socket; silent where there is none."""

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


class SystemdNotices:
    """`sd_notify(3)` in a few lines; without NOTIFY_SOCKET every word is swallowed."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._address = (os.environ if environ is None else environ).get("NOTIFY_SOCKET", "")

    def ready(self) -> None:
        """The station runs."""
        self._tell(b"READY=1")

    def alive(self) -> None:
        """The loop still turns; without this word the service is started anew."""
        self._tell(b"WATCHDOG=1")

    def stopping(self) -> None:
        """An orderly end has begun."""
        self._tell(b"STOPPING=1")

    def _tell(self, words: bytes) -> None:
        if not self._address:
            return
        # A leading @ stands for the abstract namespace, whose names begin with a zero byte.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
                wire.sendto(words, address)
        except OSError as error:
            log.debug("service_manager_deaf reason=%s", error)
