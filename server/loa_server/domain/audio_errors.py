"""Named reasons why an upload cannot become a bulletin's voice."""

from collections.abc import Mapping
from enum import StrEnum


class AudioFault(StrEnum):
    """What is wrong; the words for users live in the web catalogue by this code."""

    NOT_AUDIO = "not_audio"
    EMPTY_FILE = "empty_file"
    SILENT_AUDIO = "silent_audio"
    TRUNCATED_AUDIO = "truncated_audio"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    DISK_FULL = "disk_full"
    DECODE_FAILED = "decode_failed"


# Our own fault, not the file's: the same upload succeeds once there is room again.
RETRYABLE = frozenset({AudioFault.DISK_FULL})


class AudioRejected(Exception):  # noqa: N818 - named after the status of the bulletin
    """The upload was judged and cannot be used; `retryable` says whether to try it again."""

    def __init__(self, code: AudioFault, facts: Mapping[str, int | float | str]) -> None:
        super().__init__(code.value, dict(facts))
        self.code = code
        self.facts = dict(facts)

    @property
    def retryable(self) -> bool:
        """Whether the same file may succeed later."""
        return self.code in RETRYABLE
