"""Sealed documents, one file each."""

import logging
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from loa_agent.adapters.disk_errors import disk_code
from loa_agent.durable import write_durably
from loa_agent.ports import Documents, StorageError
from loa_agent.protocol import topics
from loa_agent.protocol.seal import MAX_SEALED_BYTES

log = logging.getLogger(__name__)

SUFFIX = ".jws"
SLASH = "@"
"""Stands for the slash of a key, since no id holds it."""
MAX_DOCUMENTS = 500


class DiskDocuments(Documents):
    """Files in one folder; their content is believed only after its seal was verified again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def keep(self, key: str, raw: bytes) -> None:
        try:
            write_durably(self._folder / (key.replace("/", SLASH) + SUFFIX), raw)
        except OSError as error:
            raise StorageError(disk_code(error)) from error

    @override
    def all(self) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for path in sorted(self._folder.glob(f"[!.]*{SUFFIX}"))[:MAX_DOCUMENTS]:
            key = path.name.removesuffix(SUFFIX).replace(SLASH, "/")
            try:
                with path.open("rb") as file:
                    found[f"{topics.PREFIX}/{key}"] = file.read(MAX_SEALED_BYTES + 1)
            except OSError as error:
                log.warning("document_unreadable key=%s reason=%s", key, error)
        return found
